# SPDX-License-Identifier: MIT
"""The limit of the client, held against the bucket that Notify keeps."""

from math import ceil
from random import Random

import pytest
from examples import examples
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lg_core.limits import Limiter
from lg_notify.limits import BURST, GET, RATES, SEND, limiter

RATE = 3000  # a minute: technical documentation, 'Rate limits'
LONGEST_DELAY = 10.0


class Bucket:
    """Notify's own bucket: each request takes a token, a refused one too; it refills steadily."""

    def __init__(self) -> None:
        self.size = min(ceil(RATE / 3) + 1, 1000)
        self.tokens = float(self.size)
        self.last = 0.0

    def takes(self, now: float) -> bool:
        """Say whether a request that arrives now is let through."""
        self.tokens = min(self.size, self.tokens + (now - self.last) * RATE / 60)
        self.last = now
        self.tokens = max(0.0, self.tokens - 1)
        return self.tokens >= 1


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def test_the_bucket_is_that_of_notify() -> None:
    """A burst of 999 goes through, and the request after it does not."""
    bucket = Bucket()

    assert [True] * 999 + [False] == [bucket.takes(0.0) for _ in range(1000)]


# A wave: seconds of rest before it, and how many messages at once.
WAVES = st.lists(st.tuples(st.floats(0, 30), st.integers(1, 900)), min_size=1, max_size=6)


def departures(waves: list[tuple[float, int]], *, restart: int | None) -> list[float]:
    """Return when a client that never stops asking would let each message go."""
    clock = Clock()
    mine = Limiter(RATES, clock=clock)
    gone: list[float] = []
    for number, (rest, many) in enumerate(waves):
        # A sender does not ask for more while it waits for what it asked for.
        clock.now = max([clock.now, *gone[-1:]]) + rest
        if number == restart:
            mine = Limiter(RATES, clock=clock)  # the process began anew
        for _ in range(many):
            wait = mine.reserve(SEND, max_wait=10_000)
            assert wait is not None
            gone.append(clock.now + wait)
    return gone


@given(
    waves=WAVES,
    restart=st.none() | st.integers(0, 5),
    way=st.sampled_from(["steady", "random", "jam"]),
    phase=st.floats(0, LONGEST_DELAY),
    seed=st.integers(0, 2**32),
)
@example(waves=[(0, 1), (30, 900), (0, 300)], restart=None, way="jam", phase=0.0, seed=0)
@example(waves=[(0, 1), (30, 850), (0, 60)], restart=2, way="jam", phase=0.0, seed=0)
@settings(max_examples=examples(60))
def test_one_process_is_never_refused(
    *,
    waves: list[tuple[float, int]],
    restart: int | None,
    way: str,
    phase: float,
    seed: int,
) -> None:
    """Whatever the waves, and however requests of up to 10 seconds overtake each other.

    The worst for Notify's bucket is a jam: all that left in 10 seconds arrives in one instant.
    """
    random = Random(seed)  # noqa: S311 -- delays of a simulation
    arrivals: list[float] = []
    for left in departures(waves, restart=restart):
        jam_ends = ((left - phase) // LONGEST_DELAY + 1) * LONGEST_DELAY + phase
        delay = {
            "steady": LONGEST_DELAY,
            "random": random.uniform(0, LONGEST_DELAY),
            "jam": min(LONGEST_DELAY, max(0.0, jam_ends - left)),
        }[way]
        arrivals.append(left + delay)
    bucket = Bucket()
    took = [bucket.takes(each) for each in sorted(arrivals)]

    assert all(took)


def test_the_worst_jam_is_let_through() -> None:
    """A restart, a full burst, and all that left in 10 seconds arrives in one instant."""
    left = departures([(0, 1), (60, 5000)], restart=None)
    again = departures([(0, 50)], restart=None)
    jam = max(left) + 1 + LONGEST_DELAY
    held = [each for each in left if each > jam - LONGEST_DELAY - 1]
    bucket = Bucket()
    took = [bucket.takes(each) for each in left if each not in set(held)]
    took += [bucket.takes(jam) for _ in [*held, *again]]

    assert all(took)
    assert BURST + 50 + LONGEST_DELAY * 50 <= 999


def test_a_rest_is_saved_up() -> None:
    """A new process begins with one second's worth; after a rest the burst goes at once."""
    clock = Clock()
    mine = Limiter(RATES, clock=clock)
    first = [mine.reserve(SEND, max_wait=60) for _ in range(51)]
    clock.now = 100.0
    later = [mine.reserve(SEND, max_wait=60) for _ in range(BURST + 1)]

    assert [0.0] * 50 == first[:-1]
    assert pytest.approx(0.02) == first[-1]
    assert [0.0] * BURST == later[:-1]
    assert pytest.approx(0.02) == later[-1]


@pytest.mark.parametrize(("share", "calls"), [(1, 50), (4, 12)])
def test_workers_divide_the_rate(share: int, calls: int) -> None:
    """50 a second between them for sending; asking is free."""
    buckets = limiter(share=share)
    waits = [buckets.reserve(SEND, max_wait=5) for _ in range(calls + 3)]

    assert 50 == RATES[SEND].calls
    assert [0.0] * calls == waits[:calls]
    assert waits[-1]
    assert 0.0 == buckets.reserve(GET, max_wait=0)
