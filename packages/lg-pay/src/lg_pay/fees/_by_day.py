# SPDX-License-Identifier: MIT
"""The kinds of price that go by days: whole weeks that are left, and steps since an event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from lg_core.money import Pence
from lg_pay.fees._priced import (
    NOTHING,
    Days,
    Priced,
    check_prices,
    first_of,
    item_fault,
    only_one,
    plain,
    price_fault,
)
from lg_pay.fees._quote import Item

__all__ = ["ProRata", "Step", "Steps"]

_WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class ProRata:
    """Ask a minimum and a price for each whole week that is left, for each unit.

    Both the day on which it begins and the last day count, so seven days are one week.

    Args:
        weekly: pence for each whole week.
        minimum: pence in any case.
        weeks_in_minimum: how many weeks the minimum has paid for.
        most: the most that a unit costs, such as the price of a whole year.
    """

    weekly: Pence
    minimum: Pence = NOTHING
    weeks_in_minimum: int = 0
    most: Pence | None = None

    def __post_init__(self) -> None:
        check_prices(self.weekly, self.minimum, self.most or NOTHING)
        if self.weeks_in_minimum < 0:
            raise price_fault("must have 0 or more weeks in the minimum")

    def price_of(self, items: Sequence[Item], *, days: Days) -> tuple[Priced, ...]:
        """Price the items of one charge.

        Args:
            items: the items that ask for this charge.
            days: the days that count.

        Returns:
            What each item costs, in the same order.

        Raises:
            InvalidValueError: an item says what is not priced so, or leaves out what is.
        """
        item = only_one(items)
        plain(item, ends=True)
        if item.ends is None:
            raise item_fault("needs `ends`, the last day that is paid for", item, code="missing")
        if item.ends < days.begins:
            raise item_fault("has a last day that is over", item, code="out_of_range")
        weeks = ((item.ends - days.begins).days + 1) // _WEEK
        unit = self.minimum + self.weekly * max(0, weeks - self.weeks_in_minimum)
        if self.most is not None:
            unit = min(unit, self.most)
        return (Priced(unit * item.count, first_of(item, unit)),)


@dataclass(frozen=True, slots=True)
class Step:
    """Hold what is asked up to a day after an event.

    Args:
        days: the last day on which it holds, counted from the event; None for all days after.
        price: pence.
    """

    days: int | None
    price: Pence


@dataclass(frozen=True, slots=True)
class Steps:
    """Ask a price by the days since an event, such as half a penalty charge for 14 days.

    Days are days in Europe/London. The law says for each charge whether the day of the event
    counts as the first: 'within 14 days beginning with the date of the notice' counts it.

    Args:
        steps: the prices, the earliest first; the last one may have no end.
        first_day_counts: whether the day of the event is day 1. Otherwise the next day is.
    """

    steps: tuple[Step, ...]
    first_day_counts: bool

    def __post_init__(self) -> None:
        limits = [step.days for step in self.steps]
        ends = [days for days in limits if days is not None]
        if (
            not limits
            or None in limits[:-1]
            or sorted(set(ends)) != ends
            or min(ends, default=1) < 1
        ):
            raise price_fault("must have steps whose `days` grow; only the last may leave it out")
        check_prices(*(step.price for step in self.steps))

    def price_of(self, items: Sequence[Item], *, days: Days) -> tuple[Priced, ...]:
        """Price the items of one charge.

        Args:
            items: the items that ask for this charge.
            days: the days that count.

        Returns:
            What each item costs, in the same order.

        Raises:
            InvalidValueError: an item says what is not priced so, or leaves out what is.
        """
        item = only_one(items)
        plain(item, since=True)
        if item.since is None:
            raise item_fault("needs `since`, the day of the event", item, code="missing")
        if item.since > days.paid:
            raise item_fault("has an event that is still to come", item, code="out_of_range")
        passed = (days.paid - item.since).days + self.first_day_counts
        for step in self.steps:
            if step.days is None or passed <= step.days:
                return (Priced(step.price * item.count, first_of(item, step.price)),)
        raise item_fault("can no longer be paid: its last step has ended", item, code="over")

    def last_day(self, since: date, *, step: int) -> date | None:
        """Return the last day on which a step holds, to tell the payer.

        Args:
            since: the day of the event, in Europe/London.
            step: which step, from 0.

        Returns:
            The day; None where the step has no end.
        """
        days = self.steps[step].days
        return None if days is None else since + timedelta(days=days - self.first_day_counts)
