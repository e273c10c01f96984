"""lg_core.limits: no window of one period holds more calls than the rate."""

import threading
from itertools import accumulate

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lg_core.limits import Limiter, Rate

# Whole sixty-fourths of a second add up exactly in floating point.
TICKS = st.integers(0, 200).map(lambda tick: tick / 64)
PERIODS = st.integers(1, 256).map(lambda tick: tick / 64)
RATES = st.builds(Rate, st.integers(1, 8), PERIODS)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def most_in_a_window(starts: list[float], seconds: float) -> int:
    """Return the most calls that any window of this length holds, its end not included."""
    return max(
        (sum(1 for s in starts if begin <= s < begin + seconds) for begin in starts), default=0
    )


@given(rate=RATES, gaps=st.lists(TICKS, min_size=1, max_size=40))
def test_no_window_of_a_period_holds_more_calls_than_the_rate(
    rate: Rate, gaps: list[float]
) -> None:
    """Wherever the platform's own window begins, it counts no more calls than it allows."""
    clock = Clock()
    limiter = Limiter({"get": rate}, clock=clock)
    starts: list[float] = []
    for now in accumulate(gaps):
        clock.now = now
        wait = limiter.reserve("get", max_wait=10_000)
        assert wait is not None
        assert wait >= 0
        starts.append(now + wait)

    assert starts == sorted(starts)
    assert most_in_a_window(starts, rate.seconds) <= rate.calls


@given(rate=RATES, gaps=st.lists(TICKS, min_size=1, max_size=40))
def test_no_call_waits_longer_than_it_must(rate: Rate, gaps: list[float]) -> None:
    """A call that waits begins just when the call before the last full rate is a period old."""
    clock = Clock()
    limiter = Limiter({"get": rate}, clock=clock)
    starts: list[float] = []
    for now in accumulate(gaps):
        clock.now = now
        wait = limiter.reserve("get", max_wait=10_000)
        assert wait is not None
        earliest = starts[-rate.calls] + rate.seconds if len(starts) >= rate.calls else 0.0
        starts.append(now + wait)
        assert max(now, earliest) == starts[-1]


@given(rate=RATES, refused=st.integers(1, 5))
def test_a_refusal_takes_no_token(rate: Rate, refused: int) -> None:
    """A wait longer than is of use is refused, and the next call waits no longer for it."""
    clock = Clock()
    limiter = Limiter({"get": rate}, clock=clock)
    waits = [limiter.reserve("get", max_wait=0) for _ in range(rate.calls)]
    refusals = [limiter.reserve("get", max_wait=rate.seconds / 2) for _ in range(refused)]

    assert [0.0] * rate.calls == waits
    assert [None] * refused == refusals
    assert rate.seconds == limiter.reserve("get", max_wait=rate.seconds)


@given(
    calls=st.integers(1, 12),
    workers=st.integers(1, 12),
    asks=st.lists(st.tuples(st.integers(0, 11), TICKS), min_size=1, max_size=60),
)
@example(calls=3, workers=2, asks=[(0, 0.0), (1, 0.0)] * 2)
def test_workers_that_divide_a_rate_keep_it_together(
    calls: int, workers: int, asks: list[tuple[int, float]]
) -> None:
    """With share=, no window of one period holds more calls of all workers than the rate.

    Where there are more workers than calls, each is held to one call in its longer period.
    """
    clock = Clock()
    rate = Rate(calls, 1.0)
    limiters = [Limiter({"get": rate}, share=workers, clock=clock) for _ in range(workers)]
    starts: list[tuple[int, float]] = []
    for worker, gap in asks:
        clock.now += gap
        wait = limiters[worker % workers].reserve("get", max_wait=10_000)
        assert wait is not None
        starts.append((worker % workers, clock.now + wait))

    if workers <= calls:
        assert most_in_a_window([start for _, start in starts], 1.0) <= calls
    else:
        for worker in range(workers):
            own = [start for who, start in starts if who == worker]
            assert most_in_a_window(own, workers / calls * (1 - 1e-9)) <= 1


@given(calls=st.integers(1, 1000), workers=st.integers(1, 1000))
def test_shares_do_not_add_up_to_more_than_the_rate(calls: int, workers: int) -> None:
    """In the long run all workers together make no more calls than the rate."""
    part = Rate(calls, 60.0).shared(workers)

    assert part.calls >= 1
    assert workers * part.calls / part.seconds <= calls / 60.0 * (1 + 1e-9)


def test_threads_that_hammer_one_limiter_stay_below_the_rate() -> None:
    """Eight threads take fifty tokens each: each instant is given to no more than the rate."""
    limiter = Limiter({"get": Rate(5, 1.0)}, clock=Clock())
    waits: list[list[float | None]] = [[] for _ in range(8)]

    def hammer(own: list[float | None]) -> None:
        own.extend(limiter.reserve("get", max_wait=10_000) for _ in range(50))

    threads = [threading.Thread(target=hammer, args=(own,)) for own in waits]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    taken = sorted(wait for own in waits for wait in own if wait is not None)
    assert [float(n // 5) for n in range(400)] == taken


def test_a_bucket_without_a_rate_is_not_limited() -> None:
    """A kind of call for which the platform names no limit never waits."""
    limiter = Limiter({"get": Rate(1, 60.0)})

    assert [0.0] * 3 == [limiter.reserve("create", max_wait=0) for _ in range(3)]


def test_buckets_do_not_disturb_each_other() -> None:
    """A full bucket holds up only its own kind of call."""
    limiter = Limiter({"get": Rate(1, 60.0), "create": Rate(1, 60.0)}, clock=Clock())
    limiter.reserve("get", max_wait=0)

    assert limiter.reserve("get", max_wait=0) is None
    assert limiter.reserve("create", max_wait=0) == 0


@pytest.mark.parametrize("share", [0, -1])
def test_a_share_of_nobody_is_refused(share: int) -> None:
    """Share counts this worker too."""
    with pytest.raises(ValueError, match="number of workers"):
        Limiter({}, share=share)


@given(
    calls=st.integers(1, 8),
    burst=st.integers(1, 40),
    gaps=st.lists(TICKS, min_size=1, max_size=60),
)
def test_a_rate_with_a_burst_is_kept_in_every_window(
    calls: int, burst: int, gaps: list[float]
) -> None:
    """No window holds more calls than the burst and what came back in it."""
    clock = Clock()
    limiter = Limiter({"send": Rate(calls, 1.0, burst=burst)}, clock=clock)
    starts: list[float] = []
    for now in accumulate(gaps):
        clock.now = now
        wait = limiter.reserve("send", max_wait=10_000)
        assert wait is not None
        starts.append(now + wait)

    assert all(
        1 + last - first <= burst + (starts[last] - starts[first]) * calls + 1e-6
        for first in range(len(starts))
        for last in range(first, len(starts))
    )


def test_a_burst_is_saved_up_and_not_given_at_the_beginning() -> None:
    """A bucket begins with the calls of one period: another process may have just sent."""
    clock = Clock()
    limiter = Limiter({"send": Rate(2, 1.0, burst=5)}, clock=clock)
    first = [limiter.reserve("send", max_wait=9) for _ in range(3)]
    clock.now = 60.0
    later = [limiter.reserve("send", max_wait=9) for _ in range(6)]

    assert [0.0, 0.0, 0.5] == first
    assert [0.0] * 5 + [0.5] == later


def test_a_refusal_of_a_burst_takes_no_token() -> None:
    """A wait that is of no use is not waited, and nobody waits longer for it."""
    limiter = Limiter({"send": Rate(1, 1.0, burst=3)}, clock=Clock())
    waits = [limiter.reserve("send", max_wait=0) for _ in range(4)]

    assert [0.0, None, None, None] == waits
    assert 1.0 == limiter.reserve("send", max_wait=1)


def test_workers_divide_a_burst() -> None:
    """As they divide the rate; each keeps one call of it."""
    assert (Rate(2, 1.0, 5), Rate(1, 1.6, 1)) == (
        Rate(5, 1.0, 10).shared(2),
        Rate(5, 1.0, 7).shared(8),
    )
    with pytest.raises(ValueError, match="burst"):
        Rate(1, burst=0)
