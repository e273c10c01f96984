# SPDX-License-Identifier: MIT
"""What one message costs, in pounds without VAT."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from lg_core.errors import InvalidValueError
from lg_notify.costs._rates import Rates
from lg_notify.message import TemplateType
from lg_notify.recipients._multipliers import HIGHEST

__all__ = ["Cost", "email_cost", "letter_cost", "letter_price", "sms_cost", "sms_price"]

_SHIPPED: Final = Rates()
_FREE: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one message should cost. Its `repr` does not show which message it is.

    Attributes:
        channel: how it goes.
        rate: pounds for one fragment of a text, or for the letter; without VAT.
        fragments: of a text: how many are charged for in the United Kingdom.
        multiplier: of a text: how many times the rate its country costs; None where that is not
            known.
        sheets: of a letter.
        postage: of a letter.
        message: the reference of the message, or Notify's id of it, to find it by afterwards.
    """

    channel: TemplateType
    rate: Decimal
    fragments: int = 0
    multiplier: int | None = 1
    sheets: int = 0
    postage: str = ""
    message: str | None = field(default=None, repr=False)

    @property
    def units(self) -> int:
        """Fragments times the multiplier, which is counted as 1 where it is not known."""
        return self.fragments * (1 if self.multiplier is None else self.multiplier)

    @property
    def most_units(self) -> int:
        """Fragments times the multiplier, which is counted as 12 where it is not known."""
        return self.fragments * (HIGHEST if self.multiplier is None else self.multiplier)

    @property
    def pounds(self) -> Decimal:
        """What it costs without a free allowance; the least, where the multiplier is not known."""
        return self.rate * self.units if self.channel is TemplateType.SMS else self.rate

    @property
    def most_pounds(self) -> Decimal:
        """The same; the most, where the multiplier is not known."""
        return self.rate * self.most_units if self.channel is TemplateType.SMS else self.rate


def sms_price(
    fragments: int, *, on: date, multiplier: int = 1, rates: Rates | None = None
) -> Decimal:
    """Return what a text costs.

    One fragment costs 2.4p, so the price is no `Pence`, which are whole: 0.024 pounds times 3 is
    0.072 pounds. Round the total of a bill, not the price of a message.

    Args:
        fragments: how many texts the text counts as: 160 characters, then 153 each; 70 and 67
            where a letter is none of the basic alphabet (Notify, 'Text message pricing').
        on: the day on which it is sent, in Europe/London.
        multiplier: how many times the rate, by country; `check_phone` gives it.
        rates: a council's own table, in place of the shipped one.

    Returns:
        Pounds, without VAT and before any free allowance.

    Raises:
        InvalidValueError: a number is none or is under its least, or no rate is known for the day.
    """
    return (
        (rates or _SHIPPED).on(on).sms
        * _whole(fragments, least=0, name="fragments")
        * _whole(multiplier, least=1, name="multiplier")
    )


def letter_price(sheets: int, postage: str, *, on: date, rates: Rates | None = None) -> Decimal:
    """Return what a letter costs.

    Args:
        sheets: sheets of paper, 1 to 5. Notify prints on both sides.
        postage: `first`, `second`, `economy`, `europe` or `rest-of-world`.
        on: the day on which it is sent, in Europe/London.
        rates: a council's own table, in place of the shipped one.

    Returns:
        Pounds, without VAT: economy has tenths of a penny.

    Raises:
        InvalidValueError: there is no such letter, or no rate is known for the day.
    """
    return (rates or _SHIPPED).on(on).letter(postage, sheets=sheets)


def sms_cost(
    fragments: int,
    *,
    on: date,
    multiplier: int | None = 1,
    rates: Rates | None = None,
    message: str | None = None,
) -> Cost:
    """Return the cost of a text, to add up.

    Args:
        fragments: how many texts it counts as.
        on: the day on which it is sent, in Europe/London.
        multiplier: how many times the rate; None where it is not known: the estimate then has
            a least and a most.
        rates: a council's own table, in place of the shipped one.
        message: its reference, or Notify's id of it.

    Returns:
        The cost.

    Raises:
        InvalidValueError: a number is none or is under its least, or no rate is known for the day.
    """
    return Cost(
        TemplateType.SMS,
        (rates or _SHIPPED).on(on).sms,
        fragments=_whole(fragments, least=0, name="fragments"),
        multiplier=None if multiplier is None else _whole(multiplier, least=1, name="multiplier"),
        message=message,
    )


def email_cost(*, message: str | None = None) -> Cost:
    """Return the cost of an e-mail, which is nothing.

    Args:
        message: its reference, or Notify's id of it.

    Returns:
        The cost.
    """
    return Cost(TemplateType.EMAIL, _FREE, message=message)


def letter_cost(
    sheets: int,
    postage: str,
    *,
    on: date,
    rates: Rates | None = None,
    message: str | None = None,
) -> Cost:
    """Return the cost of a letter, to add up.

    Args:
        sheets: sheets of paper, 1 to 5.
        postage: `first`, `second`, `economy`, `europe` or `rest-of-world`.
        on: the day on which it is sent, in Europe/London.
        rates: a council's own table, in place of the shipped one.
        message: its reference, or Notify's id of it.

    Returns:
        The cost.

    Raises:
        InvalidValueError: there is no such letter, or no rate is known for the day.
    """
    price = letter_price(sheets, postage, on=on, rates=rates)
    return Cost(TemplateType.LETTER, price, sheets=sheets, postage=str(postage), message=message)


def _whole(value: int, *, least: int, name: str) -> int:
    if type(value) is int and value >= least:
        return value
    raise InvalidValueError(
        f"{name} must be a whole number, {least} or more.", field=name, code="out_of_range"
    )
