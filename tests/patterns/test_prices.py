# SPDX-License-Identifier: MIT
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_core import ConfigError, InvalidValueError, Pence
from lg_patterns.garden_waste.prices import Kind, MonthDay, PriceList, quote

APRIL = MonthDay(4, 1)
LISTS = (
    PriceList(date(2027, 4, 1), Pence(4800), Pence(3150), Pence(4650), Pence(3000)),
    PriceList(date(2026, 4, 1), Pence(4650), Pence(3000), Pence(4650), Pence(3000)),
)

DAYS = st.dates(min_value=date(2026, 4, 1), max_value=date(2090, 1, 1))
YEARS = st.none() | st.builds(MonthDay, st.integers(1, 12), st.integers(1, 28))


@pytest.mark.parametrize(
    ("kind", "today", "bins", "starts", "ends", "amount"),
    [
        (Kind.NEW, date(2026, 11, 22), 1, date(2026, 11, 22), date(2027, 3, 31), 4650),
        (Kind.NEW, date(2026, 11, 22), 3, date(2026, 11, 22), date(2027, 3, 31), 10650),
        (Kind.RENEWAL, date(2027, 3, 31), 2, date(2027, 4, 1), date(2028, 3, 31), 7650),
        (Kind.NEW, date(2027, 3, 31), 1, date(2027, 3, 31), date(2027, 3, 31), 4650),
        (Kind.NEW, date(2027, 4, 1), 2, date(2027, 4, 1), date(2028, 3, 31), 7950),
    ],
)
def test_a_price_is_that_of_the_first_day(
    *, kind: Kind, today: date, bins: int, starts: date, ends: date, amount: int
) -> None:
    """A new subscription begins today, a renewal with the next year, each at its day's price."""
    found = quote(LISTS, kind=kind, bins=bins, today=today, year_starts=APRIL)

    assert (starts, ends, Pence(amount)) == (found.starts, found.ends, found.amount)
    assert found.prices_from == max(one.starts for one in LISTS if one.starts <= starts)


def test_without_a_fixed_year_a_subscription_lasts_a_year() -> None:
    """It runs from the day of purchase, also from the day that most years do not have."""
    ends = [
        quote(LISTS, kind=Kind.NEW, bins=1, today=today, year_starts=None).ends
        for today in (date(2026, 11, 22), date(2028, 2, 29), date(2028, 3, 1))
    ]

    assert [date(2027, 11, 21), date(2029, 2, 28), date(2029, 2, 28)] == ends


@given(today=DAYS, bins=st.integers(1, 10), kind=st.sampled_from(Kind), year=YEARS)
def test_a_quote_is_whole(*, today: date, bins: int, kind: Kind, year: MonthDay | None) -> None:
    """It is money, it begins today or later, and it lasts from one day to a leap year."""
    found = quote(LISTS, kind=kind, bins=bins, today=today, year_starts=year)

    assert isinstance(found.amount, Pence)
    assert found.amount >= Pence(4650)
    assert today <= found.starts <= found.ends
    assert found.ends - found.starts <= timedelta(days=365)


@given(today=DAYS, bins=st.integers(1, 9), kind=st.sampled_from(Kind), year=YEARS)
def test_another_bin_costs_the_price_of_another_bin(
    *, today: date, bins: int, kind: Kind, year: MonthDay | None
) -> None:
    """The price grows by the same step for each bin after the first."""
    amounts = [
        quote(LISTS, kind=kind, bins=number, today=today, year_starts=year).amount
        for number in (bins, bins + 1)
    ]
    one, two = (
        quote(LISTS, kind=kind, bins=number, today=today, year_starts=year).amount
        for number in (1, 2)
    )

    assert two - one == amounts[1] - amounts[0]


def test_a_day_before_the_first_list_has_no_price() -> None:
    """A council that forgot a list is told which one to add, instead of a wrong price."""
    with pytest.raises(ConfigError, match="2026-03-31"):
        quote(LISTS, kind=Kind.NEW, bins=1, today=date(2026, 3, 31), year_starts=APRIL)


def test_no_bins_cost_nothing_that_can_be_said() -> None:
    """A subscription has at least one bin."""
    with pytest.raises(InvalidValueError, match="1 or more"):
        quote(LISTS, kind=Kind.NEW, bins=0, today=date(2027, 1, 1), year_starts=APRIL)


@pytest.mark.parametrize(("month", "day"), [(2, 29), (2, 30), (13, 1), (0, 1), (4, 31)])
def test_a_year_begins_on_a_day_of_every_year(month: int, day: int) -> None:
    """29 February cannot begin a subscription year, nor a day that does not exist."""
    with pytest.raises(InvalidValueError, match="every year has"):
        MonthDay(month, day)


@given(day=DAYS, month=st.integers(1, 12), of_month=st.integers(1, 28))
def test_the_next_such_day_is_later_and_within_a_year(day: date, month: int, of_month: int) -> None:
    """The next 1 April after a day is later than it, and at most a leap year away."""
    following = MonthDay(month, of_month).after(day)

    assert (month, of_month) == (following.month, following.day)
    assert timedelta(0) < following - day <= timedelta(days=366)
