# SPDX-License-Identifier: MIT
"""What a garden waste subscription costs, and how long it lasts: pure functions of a dated list.

Councils publish their prices by year, and let residents renew before the year ends. So a price
is looked up at the day on which the subscription begins: a new one begins today, a renewal when
the year that is running ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from lg_core.errors import ConfigError, InvalidValueError
from lg_core.money import Pence

__all__ = ["Kind", "MonthDay", "PriceList", "Quote", "quote"]


class Kind(StrEnum):
    """What a resident asks for."""

    NEW = "new"
    RENEWAL = "renewal"


@dataclass(frozen=True, slots=True)
class MonthDay:
    """A day of every year, such as 1 April.

    Args:
        month: 1 to 12.
        day: of the month, in every year: so not 29 February.

    Raises:
        InvalidValueError: there is no such day in some year.
    """

    month: int
    day: int

    def __post_init__(self) -> None:
        try:
            date(2023, self.month, self.day)  # a year without 29 February
        except ValueError:
            raise InvalidValueError(
                "A subscription year must begin on a day that every year has: month 1 to 12, and "
                "a day of that month.",
                field="year_starts",
                code="no_such_day",
            ) from None

    def after(self, day: date) -> date:
        """Return the first such day later than a day.

        Args:
            day: the day.
        """
        this_year = date(day.year, self.month, self.day)
        return this_year if this_year > day else date(day.year + 1, self.month, self.day)


@dataclass(frozen=True, slots=True)
class PriceList:
    """The prices of subscriptions that begin on a day or later, until the next list.

    Attributes:
        starts: the first day on which it holds.
        first_bin: pence for the first bin, a year.
        other_bin: pence for each further bin, a year.
        renewal_first_bin: the same where a subscription is renewed.
        renewal_other_bin: the same where a subscription is renewed.
    """

    starts: date
    first_bin: Pence
    other_bin: Pence
    renewal_first_bin: Pence
    renewal_other_bin: Pence

    def cost(self, kind: Kind, bins: int) -> Pence:
        """Return what a number of bins costs.

        Args:
            kind: new or renewed.
            bins: how many, from 1.
        """
        if kind is Kind.NEW:
            return self.first_bin + self.other_bin * (bins - 1)
        return self.renewal_first_bin + self.renewal_other_bin * (bins - 1)


@dataclass(frozen=True, slots=True)
class Quote:
    """What a resident is asked to pay, and for what.

    Attributes:
        kind: new or renewed.
        bins: how many bins.
        starts: the first day of the subscription.
        ends: its last day.
        amount: pence in all.
        prices_from: the first day of the price list that was used.
    """

    kind: Kind
    bins: int
    starts: date
    ends: date
    amount: Pence
    prices_from: date


def quote(
    lists: Sequence[PriceList],
    *,
    kind: Kind,
    bins: int,
    today: date,
    year_starts: MonthDay | None,
) -> Quote:
    """Say what a subscription costs.

    Args:
        lists: the price lists, in any order.
        kind: new or renewed.
        bins: how many bins, from 1.
        today: the day in Europe/London.
        year_starts: the first day of the council's subscription year; None where a year runs from
            the day on which a resident subscribes.

    Returns:
        The quote.

    Raises:
        ConfigError: no price list holds on the day on which the subscription begins.
        InvalidValueError: the number of bins is less than 1.
    """
    if bins < 1:
        raise InvalidValueError("bins must be 1 or more.", field="bins", code="too_few")
    starts, ends = _period(kind, today, year_starts)
    known = [prices for prices in lists if prices.starts <= starts]
    if not known:
        raise ConfigError(
            f"No price list holds on {starts.isoformat()}. Add one to [[prices]] whose `from` is "
            "that day or earlier.",
            setting="prices",
        )
    prices = max(known, key=lambda one: one.starts)
    return Quote(kind, bins, starts, ends, prices.cost(kind, bins), prices.starts)


def _period(kind: Kind, today: date, year_starts: MonthDay | None) -> tuple[date, date]:
    if year_starts is None:
        return today, _a_year_after(today) - timedelta(days=1)
    if kind is Kind.NEW:
        return today, year_starts.after(today) - timedelta(days=1)
    starts = year_starts.after(today)
    return starts, year_starts.after(starts) - timedelta(days=1)


def _a_year_after(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return date(day.year + 1, 3, 1)
