# SPDX-License-Identifier: MIT
"""Add up what many rows cost, in as much memory as one, and stop at a budget.

Pounds without VAT, as `Decimal`: see `lg_notify.costs`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from lg_core.errors import InvalidValueError
from lg_notify.costs import Budget, BudgetReachedError, Cost
from lg_notify.message import TemplateType

__all__ = ["BulkCost", "Spending"]

_NOTHING: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class BulkCost:
    """What the rows of a file cost together, in pounds without VAT.

    Attributes:
        fragments: of texts, as long texts count.
        units: fragments times the multiplier of each country: what is charged for, or is free.
        free_units: how many of the units the allowance makes free.
        sheets: of letters.
        pounds: what all of it costs after the allowance.
        most_pounds: what it costs at the most, where the multipliers of some countries are not
            known; else the same.
        unknown: how many texts go to a country whose multiplier is not known.
    """

    fragments: int = 0
    units: int = 0
    free_units: int = 0
    sheets: int = 0
    pounds: Decimal = _NOTHING
    most_pounds: Decimal = _NOTHING
    unknown: int = 0

    @classmethod
    def of(cls, costs: Iterable[tuple[Cost, int]], *, free_fragments: int = 0) -> "BulkCost":
        """Add costs up.

        All texts of a file are sent on one day, at one rate, so the order in which they use the
        allowance makes no difference.

        Args:
            costs: each cost, and how many rows have it.
            free_fragments: what is left of the year's allowance.

        Raises:
            InvalidValueError: `free_fragments` is negative.
        """
        if free_fragments < 0:
            raise InvalidValueError(
                "free_fragments must be a whole number, 0 or more.",
                field="free_fragments",
                code="out_of_range",
            )
        kept = tuple(costs)
        texts = [(cost, rows) for cost, rows in kept if cost.channel is TemplateType.SMS]
        letters = sum(
            (cost.pounds * rows for cost, rows in kept if cost.channel is TemplateType.LETTER),
            _NOTHING,
        )
        units = sum(cost.units * rows for cost, rows in texts)
        most = sum(cost.most_units * rows for cost, rows in texts)
        rate = max((cost.rate for cost, _ in texts), default=_NOTHING)
        return cls(
            fragments=sum(cost.fragments * rows for cost, rows in texts),
            units=units,
            free_units=min(units, free_fragments),
            sheets=sum(cost.sheets * rows for cost, rows in kept),
            pounds=rate * max(units - free_fragments, 0) + letters,
            most_pounds=rate * max(most - free_fragments, 0) + letters,
            unknown=sum(rows for cost, rows in texts if cost.multiplier is None),
        )


class Spending:
    """What rows have cost so far. Once one does not fit, nothing after it does.

    So what is left unsent is the end of the file, and not a selection from it. A text whose
    country's multiplier is not known counts as the most that it can cost.

    Args:
        budget: pounds; None for no limit.
        free_fragments: what is left of the year's allowance, used first.
    """

    def __init__(self, budget: Decimal | None = None, *, free_fragments: int = 0) -> None:
        self._budget = None if budget is None else Budget(budget)
        self._free = free_fragments
        self._reached = False

    @property
    def reached(self) -> bool:
        """Whether a row did not fit."""
        return self._reached

    @property
    def spent(self) -> Decimal:
        """What is spent, in pounds; nought where there is no budget."""
        return _NOTHING if self._budget is None else self._budget.spent

    def takes(self, cost: Cost) -> bool:
        """Count a row, unless the budget is reached; say whether it was counted.

        Args:
            cost: what it costs.
        """
        if self._budget is None:
            return True
        if self._reached:
            return False
        free = min(cost.most_units, self._free) if cost.channel is TemplateType.SMS else 0
        try:
            self._budget.spend(cost.most_pounds - cost.rate * free)
        except BudgetReachedError:
            self._reached = True
            return False
        self._free -= free
        return True
