# SPDX-License-Identifier: MIT
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_core.days import format_day, london_day


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 6, 30, 23, 30, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), date(2026, 12, 31)),
    ],
)
def test_the_day_is_londons(instant: datetime, day: date) -> None:
    """In summer the day begins an hour before midnight UTC."""
    assert day == london_day(instant)


@given(st.datetimes(min_value=datetime(1972, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001 -- given its zone below
def test_the_day_is_never_more_than_one_away(naive: datetime) -> None:
    """London is at UTC or an hour ahead of it."""
    instant = naive.replace(tzinfo=UTC)

    assert london_day(instant) in {instant.date(), instant.date() + timedelta(days=1)}


def test_an_instant_without_a_zone_is_refused() -> None:
    """A naive time is nobody's instant."""
    with pytest.raises(ValueError, match="time zone"):
        london_day(datetime(2026, 1, 1))  # noqa: DTZ001 -- that is the point


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "1 April 2027"), ("cy", "1 Ebrill 2027"), ("fr", "1 April 2027")],
)
def test_a_day_is_written_out(language: str, text: str) -> None:
    """In words, without a nought in front, in the language of the page."""
    assert text == format_day(date(2027, 4, 1), language)
