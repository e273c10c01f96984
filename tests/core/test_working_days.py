# SPDX-License-Identifier: MIT
import sys
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_core import working_days
from lg_core.errors import ConfigError, InvalidValueError
from lg_core.identifiers import Nation
from lg_core.working_days import WorkingDays

NATIONS = (Nation.ENGLAND, Nation.WALES, Nation.SCOTLAND, Nation.NORTHERN_IRELAND)
DAYS = st.dates(date(2013, 1, 1), date(2027, 1, 1))
CALENDARS = st.sampled_from(NATIONS).map(WorkingDays)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 3, 17), {Nation.ENGLAND, Nation.WALES, Nation.SCOTLAND}),
        (date(2026, 4, 6), {Nation.SCOTLAND}),
        (date(2026, 11, 30), {Nation.ENGLAND, Nation.WALES, Nation.NORTHERN_IRELAND}),
        (date(2026, 12, 25), set[Nation]()),
        (date(2026, 12, 28), set[Nation]()),
        (date(2026, 12, 29), set(NATIONS)),
        (date(2026, 11, 21), set[Nation]()),
    ],
)
def test_each_nation_has_its_own_holidays(day: date, working: set[Nation]) -> None:
    """St Patrick's Day, Easter Monday, St Andrew's Day, Christmas and a Saturday."""
    assert working == {nation for nation in NATIONS if WorkingDays(nation).is_working_day(day)}


@given(CALENDARS, DAYS, st.integers(1, 40))
def test_adding_and_counting_agree(calendar: WorkingDays, day: date, days: int) -> None:
    """What is that many working days on lies that many working days away, on a working day."""
    later = calendar.add(day, days)

    assert calendar.is_working_day(later)
    assert days == calendar.between(day, later)
    assert -days == calendar.between(later, day)
    assert days - 1 == calendar.between(day, later - timedelta(days=1))


@given(CALENDARS, DAYS, st.integers(1, 40))
def test_going_back_undoes_going_on(calendar: WorkingDays, day: date, days: int) -> None:
    """From a working day, as many steps back lead to where one began."""
    start = calendar.add(day, 1)

    assert start == calendar.add(calendar.add(start, days), -days)


def test_the_weekend_between_is_not_counted() -> None:
    """On Friday, Monday is one working day away, and Sunday none."""
    calendar = WorkingDays(Nation.ENGLAND)
    friday = date(2026, 11, 20)

    assert 1 == calendar.between(friday, date(2026, 11, 23))
    assert 0 == calendar.between(friday, date(2026, 11, 22))
    assert friday == calendar.add(friday, 0)
    assert Nation.ENGLAND is calendar.nation


def test_a_day_after_the_last_known_year_is_refused() -> None:
    """Nobody counts a holiday that has not been proclaimed as a working day."""
    calendar = WorkingDays(Nation.SCOTLAND)

    with pytest.raises(InvalidValueError, match="newer version of govuk-bank-holidays") as caught:
        calendar.add(calendar.last, 1)

    assert "not_covered" == caught.value.code
    assert (12, 31) == (calendar.last.month, calendar.last.day)


@pytest.mark.parametrize("day", [date(1999, 1, 4), date(2200, 1, 1)])
def test_a_day_outside_is_refused_by_every_question(day: date) -> None:
    """Also where no step is made, and where it is the end of a span."""
    calendar = WorkingDays(Nation.WALES)

    for question in (
        lambda: calendar.is_working_day(day),
        lambda: calendar.add(day, 0),
        lambda: calendar.between(day, day),
    ):
        with pytest.raises(InvalidValueError):
            question()


def test_an_instant_is_no_day() -> None:
    """An instant is on another day in London than in UTC for a part of the year."""
    with pytest.raises(InvalidValueError, match="london_day"):
        WorkingDays(Nation.ENGLAND).is_working_day(datetime(2026, 7, 1, 23, 30, tzinfo=UTC))


def test_another_nation_is_refused() -> None:
    """A nation without a list of its own is an error, not England."""
    with pytest.raises(InvalidValueError, match=r"Nation\.ENGLAND"):
        WorkingDays(cast("Any", "france"))


def test_without_the_extra_the_user_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A plain install does not have the list."""
    monkeypatch.setitem(sys.modules, "govuk_bank_holidays", cast("Any", None))
    working_days._holidays.cache_clear()

    with pytest.raises(ConfigError, match=r"lg-core\[calendar\]"):
        WorkingDays(Nation.ENGLAND)
    monkeypatch.undo()

    assert WorkingDays(Nation.ENGLAND).is_working_day(date(2026, 11, 23))
