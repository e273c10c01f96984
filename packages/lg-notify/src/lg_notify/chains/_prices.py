# SPDX-License-Identifier: MIT
"""What a message of a chain is expected to cost, in pounds without VAT. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from lg_core.models import RequestModel
    from lg_notify.costs import Rates

__all__ = ["Prices"]

_FREE: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Prices:
    """What is known of the templates, to say what a message costs before it is sent.

    Args:
        texts: the body of each text's template, by the template's id.
        prefix: the service's name, where the service begins its texts with it; None where not.
        letters: sheets of paper and postage of each letter's template, by the template's id, such
            as `(1, "second")`.
        rates: a council's own table, in place of the shipped one.
    """

    texts: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    prefix: str | None = None
    letters: Mapping[str, tuple[int, str]] = field(default_factory=dict[str, tuple[int, str]])
    rates: "Rates | None" = None

    def of(self, message: "RequestModel", *, on: date) -> Decimal | None:
        """Return what a message costs, without a free allowance.

        A text to a country whose multiplier is not known costs the most that it can.

        Args:
            message: the message.
            on: the day on which it is sent, in Europe/London.

        Returns:
            Pounds; None where the template is not known here.

        Raises:
            InvalidValueError: there is no such letter, or no rate is known for the day.
        """
        kind, template = type(message).__name__, str(getattr(message, "template_id", None))
        if kind == "Email":
            return _FREE
        if kind == "Sms" and template in self.texts:
            return self._text(message, self.texts[template], on=on)
        if kind == "Letter" and template in self.letters:
            # The rates are read from a file, which a chain without a limit does not need.
            from lg_notify.costs import letter_price  # noqa: PLC0415 -- as above

            sheets, postage = self.letters[template]
            return letter_price(sheets, postage, on=on, rates=self.rates)
        return None

    def _text(self, message: "RequestModel", body: str, *, on: date) -> Decimal:
        # The renderer, the rates and telephone numbers load for who sets a limit alone.
        from lg_notify import render  # noqa: PLC0415 -- as above
        from lg_notify.costs import sms_cost  # noqa: PLC0415 -- as above
        from lg_notify.recipients import check_phone  # noqa: PLC0415 -- as above

        values: Mapping[str, object] = getattr(message, "personalisation", {})
        checked = check_phone(str(getattr(message, "phone_number", "")), international=True)
        return sms_cost(
            render.sms(body, values, prefix=self.prefix).fragments,
            on=on,
            multiplier=checked.rate_multiplier,
            rates=self.rates,
        ).most_pounds
