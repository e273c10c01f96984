"""lg_sandbox.clock: time that a test may move."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_sandbox import Clock

NOON = datetime(2026, 3, 28, 12, tzinfo=UTC)


def test_a_frozen_clock_stands_still() -> None:
    """Two looks at a frozen clock see the same instant."""
    clock = Clock(start=NOON)

    stopped = clock.freeze()

    assert stopped == clock.now() == clock.now()


def test_a_clock_can_be_frozen_at_a_later_instant() -> None:
    """A test may jump to a known instant."""
    clock = Clock(start=NOON)

    clock.freeze(NOON + timedelta(hours=1))

    assert NOON + timedelta(hours=1) == clock.now()


@pytest.mark.parametrize("frozen", [True, False])
def test_a_clock_moves_by_what_it_is_told(*, frozen: bool) -> None:
    """The two ways to name a step add up."""
    clock = Clock(start=NOON)
    if frozen:
        clock.freeze()
    before = clock.now()

    after = clock.advance(timedelta(minutes=1), seconds=30)

    assert timedelta(seconds=90) <= after - before < timedelta(seconds=100)


def test_a_resumed_clock_runs_on_from_where_it_stood() -> None:
    """Resuming neither jumps nor goes back."""
    clock = Clock(start=NOON)
    clock.freeze(NOON + timedelta(days=1))

    clock.resume()

    assert clock.now() >= NOON + timedelta(days=1)
    assert clock.now() < NOON + timedelta(days=1, minutes=1)


def test_a_clock_starts_at_the_present_in_utc() -> None:
    """Without a start, a test sees the real time."""
    now = Clock().now()

    assert timedelta() == now.utcoffset()
    assert abs(datetime.now(UTC) - now) < timedelta(minutes=1)


@given(steps=st.lists(st.floats(0, 1e6)))
def test_a_clock_never_goes_back(steps: list[float]) -> None:
    """However it is moved, each instant is no earlier than the one before."""
    clock = Clock(start=NOON)
    clock.freeze()
    seen = [clock.now(), *(clock.advance(seconds=step) for step in steps)]

    assert sorted(seen) == seen


def test_a_step_back_is_refused() -> None:
    """Expiry and limits rely on a clock that goes forward."""
    clock = Clock(start=NOON)
    with pytest.raises(ValueError, match="forward"):
        clock.advance(seconds=-1)
    with pytest.raises(ValueError, match="forward"):
        clock.freeze(NOON - timedelta(seconds=1))


def test_an_instant_without_a_time_zone_is_refused() -> None:
    """A naive instant could mean two."""
    with pytest.raises(ValueError, match="time zone"):
        Clock(start=datetime(2026, 1, 1))  # noqa: DTZ001 -- what is tested
