# SPDX-License-Identifier: MIT
"""A run takes as long as the rate, the day's limit and the sending hours make it take."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_core.errors import InvalidValueError
from lg_notify.bulk import schedule
from lg_notify.hours import SendingHours

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
DAYTIME = SendingHours(start=time(8), end=time(20))


def test_fifty_leave_in_a_second() -> None:
    """200,000 messages take 4,000 seconds."""
    found = schedule(200_000, now=NOON, per_day=250_000)

    assert (NOON, NOON + timedelta(seconds=4000)) == (found.begins, found.ends)
    assert (4000, 1, False) == (found.seconds, found.days, found.waits_for_hours)


def test_what_is_over_the_limit_of_a_day_waits_for_midnight_in_utc() -> None:
    """45,000 letters need three days."""
    found = schedule(45_000, now=NOON, per_day=20_000)

    assert 3 == found.days
    assert datetime(2026, 11, 29, 0, 1, 40, tzinfo=UTC) == found.ends


def test_at_night_it_waits_for_the_hours() -> None:
    """A run that is begun at nine in the evening begins at eight."""
    found = schedule(100, now=NOON.replace(hour=21), hours=DAYTIME, per_day=250_000)

    assert datetime(2026, 11, 28, 8, tzinfo=UTC) == found.begins
    assert found.begins + timedelta(seconds=2) == found.ends
    assert found.waits_for_hours


def test_hours_break_a_long_run_off() -> None:
    """What does not fit before eight in the evening goes on at eight in the morning."""
    found = schedule(50 * 3600 * 9, now=NOON, hours=DAYTIME, per_day=10_000_000)

    assert datetime(2026, 11, 28, 9, tzinfo=UTC) == found.ends
    assert 2 == found.days


def test_hours_until_midnight_and_a_limit_of_the_day() -> None:
    """Hours that end with the day, in summer, when London's midnight is not UTC's."""
    now = datetime(2026, 7, 1, 12, tzinfo=UTC)
    hours = SendingHours(start=time(8), end=time(0))

    found = schedule(250, now=now, hours=hours, per_day=100)

    assert 3 == found.days
    assert datetime(2026, 7, 3, 7, 0, 1, tzinfo=UTC) == found.ends


def test_nothing_takes_no_time() -> None:
    """A run without rows ends when it begins."""
    found = schedule(0, now=NOON, per_day=50)

    assert (NOON, 0, 0) == (found.ends, found.seconds, found.days)


@pytest.mark.parametrize("wrong", [{"per_day": 0}, {"per_day": 1, "per_second": 0}])
def test_a_limit_below_one_is_refused(wrong: dict[str, Any]) -> None:
    """Nothing would ever be sent."""
    with pytest.raises(InvalidValueError, match="1 or more"):
        schedule(1, now=NOON, **wrong)


@given(
    numbers=st.tuples(st.integers(1, 3000), st.integers(1, 1000)),
    minutes=st.integers(0, 366 * 24 * 60),
    hours=st.sampled_from(
        [None, DAYTIME, SendingHours(start=time(0), end=time(1, 30)), SendingHours(end=time(0))]
    ),
)
def test_a_schedule_keeps_to_every_limit(
    numbers: tuple[int, int], minutes: int, hours: SendingHours | None
) -> None:
    """It ends in the hours, on no fewer days than the limit needs, and not before the rate."""
    count, per_day = numbers
    now = NOON + timedelta(minutes=minutes)

    found = schedule(count, now=now, hours=hours, per_day=per_day)

    assert now <= found.begins <= found.ends
    assert -(-count // per_day) <= found.days
    assert found.ends - found.begins >= timedelta(seconds=count / 50) - timedelta(seconds=1)
    assert found.ends.date() >= found.begins.date() + timedelta(days=found.days - 1)
    if hours is not None:
        assert found.begins == hours.next_allowed(found.begins)
