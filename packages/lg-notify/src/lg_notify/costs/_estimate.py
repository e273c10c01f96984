# SPDX-License-Identifier: MIT
"""What many messages cost together, with the free allowance taken off."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Self

from lg_core.errors import InvalidValueError
from lg_notify.costs._prices import Cost
from lg_notify.message import TemplateType

__all__ = ["CostEstimate"]

_NOTHING: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class CostEstimate:
    """What a set of messages should cost, in pounds without VAT. Build it with `of`.

    Attributes:
        costs: each message, in the order in which it will be sent.
        texts: how many texts.
        emails: how many e-mails.
        letters: how many letters.
        fragments: of the texts, as long texts count.
        units: fragments times the multiplier of each country: what is charged for, or is free.
        free_fragments: the allowance that was left, as it was given.
        free_units: how many units it made free.
        sheets: sheets of paper.
        sms_pounds: what the texts cost after the allowance.
        letter_pounds: what the letters cost.
        most_pounds: what all of it costs at the most, where the multipliers of some countries are
            not known; otherwise the same as `pounds`.
        unknown: how many texts go to a country whose multiplier is not known.
    """

    costs: tuple[Cost, ...] = field(repr=False)
    texts: int
    emails: int
    letters: int
    fragments: int
    units: int
    free_fragments: int
    free_units: int
    sheets: int
    sms_pounds: Decimal
    letter_pounds: Decimal
    most_pounds: Decimal
    unknown: int

    @classmethod
    def of(cls, costs: Iterable[Cost], *, free_fragments: int = 0) -> Self:
        """Add costs up.

        The allowance is used in the order of the messages, a text abroad using as many fragments
        of it as it is charged for. What Notify says of a message afterwards leaves the allowance
        out (API, `cost_in_pounds`): its bill takes it off.

        Args:
            costs: what each message costs.
            free_fragments: what is left of the year's allowance: `DayRates.allowance` less what
                the service has used since 1 April (Notify's 'Usage' page).

        Returns:
            The sums.

        Raises:
            InvalidValueError: `free_fragments` is no whole number, or is negative.
        """
        if type(free_fragments) is not int or free_fragments < 0:
            raise InvalidValueError(
                "free_fragments must be a whole number, 0 or more.",
                field="free_fragments",
                code="out_of_range",
            )
        kept = tuple(costs)
        texts = [cost for cost in kept if cost.channel is TemplateType.SMS]
        letters = [cost for cost in kept if cost.channel is TemplateType.LETTER]
        letter_pounds = sum((cost.pounds for cost in letters), _NOTHING)
        least, free_units = _after_allowance(
            ((cost.units, cost.rate) for cost in texts), free_fragments
        )
        most, _ = _after_allowance(((cost.most_units, cost.rate) for cost in texts), free_fragments)
        return cls(
            costs=kept,
            texts=len(texts),
            emails=sum(cost.channel is TemplateType.EMAIL for cost in kept),
            letters=len(letters),
            fragments=sum(cost.fragments for cost in texts),
            units=sum(cost.units for cost in texts),
            free_fragments=free_fragments,
            free_units=free_units,
            sheets=sum(cost.sheets for cost in letters),
            sms_pounds=least,
            letter_pounds=letter_pounds,
            most_pounds=most + letter_pounds,
            unknown=sum(cost.multiplier is None for cost in texts),
        )

    @property
    def pounds(self) -> Decimal:
        """What all of it costs after the allowance: the least, where `unknown` is not nought."""
        return self.sms_pounds + self.letter_pounds

    @property
    def full_pounds(self) -> Decimal:
        """What all of it costs without the allowance, as Notify counts each message."""
        return sum((cost.pounds for cost in self.costs), _NOTHING)

    def __add__(self, other: "CostEstimate") -> "CostEstimate":
        """Put two estimates together: the other's messages come after, its allowance is added."""
        return type(self).of(
            (*self.costs, *other.costs), free_fragments=self.free_fragments + other.free_fragments
        )


def _after_allowance(texts: Iterable[tuple[int, Decimal]], free: int) -> tuple[Decimal, int]:
    """Return the pounds of the units that are not free, and how many were."""
    left = free
    # By rate, whole numbers are added up, and money is multiplied once: the sum is exact.
    charged: dict[Decimal, int] = {}
    for units, rate in texts:
        used = min(units, left)
        left -= used
        charged[rate] = charged.get(rate, 0) + units - used
    return sum((rate * units for rate, units in charged.items()), _NOTHING), free - left
