# SPDX-License-Identifier: MIT
"""lg_notify.outbox: the bucket that all dispatchers share, against GOV.UK Notify's own."""

import heapq
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from databases import store_url
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from lg_core.errors import ConfigError
from lg_core.store import Store
from lg_notify.outbox import OUTBOX_SCHEMA, SendRate
from lg_notify.outbox._rates import Level, SharedRate, drained, promise
from lg_sandbox.notify import KeyKind
from lg_sandbox.notify.limits import Limits

__all__ = ["store_url"]

START = datetime(2026, 11, 28, 12, tzinfo=UTC)
PATIENCE = timedelta(seconds=10)
STEP = timedelta(seconds=0.1)


_Phase = tuple[float, frozenset[int], int]
"""How long nothing is sent before, whose requests hang, and how many are made."""


class _Sender:
    """A process: it fetches tokens in blocks, and its requests take a while to arrive."""

    def __init__(self, *, threads: int) -> None:
        self.threads = threads
        self.tokens: list[datetime] = []
        self.flying = 0


PHASES = st.tuples(
    st.sampled_from([0.0, 1.0, 24.5, 60.0]),
    st.frozensets(st.integers(0, 3)),
    st.sampled_from([60, 3000]),
)


@settings(max_examples=examples(60))
@given(
    per_minute=st.sampled_from([600, 1500, 3000, 6000]),
    threads=st.lists(st.integers(1, 12), min_size=2, max_size=4),
    phases=st.lists(PHASES, min_size=1, max_size=4),
    seed=st.integers(0, 10_000),
)
def test_nothing_is_refused_while_only_dispatchers_send(  # noqa: PLR0917 -- by name
    per_minute: int, threads: list[int], phases: list[_Phase], seed: int
) -> None:
    """Whatever the way takes: Notify's real bucket always has a token for each request."""
    spare = 2 * sum(threads)

    assert 0 == _refused(per_minute, spare, threads=threads, phases=phases, seed=seed)


def test_without_spare_room_some_are_refused() -> None:
    """Requests that hang while the bucket fills come on top of the next burst."""
    phases: list[_Phase] = [(0.0, frozenset({0, 1}), 60), (24.5, frozenset(), 4000)]
    spares = {
        spare: _refused(3000, spare, threads=[12, 12, 1], phases=phases, seed=1) > 0
        for spare in (1, 50)
    }

    assert {1: True, 50: False} == spares


def _refused(
    per_minute: int,
    spare: int,
    *,
    threads: list[int],
    phases: list[_Phase],
    seed: int,
) -> int:
    """Count what Notify refuses; in a phase, after a rest, the requests of some senders hang."""
    random = Random(seed)  # noqa: S311 -- no secret
    rate, notify, refused = SendRate(per_minute, spare=spare), Limits(), 0
    level, now, asked = Level(rate.burst, START), START, 0
    senders = [_Sender(threads=each) for each in threads]
    flying: list[tuple[datetime, int, _Sender]] = []

    def arrive(*, until: datetime) -> datetime:
        nonlocal refused
        present = now
        while flying and flying[0][0] <= until:
            at, _, sender = heapq.heappop(flying)
            present = max(present, at)
            sender.flying -= 1
            refused += not notify.take(KeyKind.NORMAL, rate=per_minute, now=present)
        return present

    for rest, hanging, many in phases:
        now = max(arrive(until=now + timedelta(seconds=rest)), now + timedelta(seconds=rest))
        for _ in range(many):
            number = random.randrange(len(senders))
            sender = senders[number]
            if random.random() < 0.02:
                now = max(arrive(until=now + STEP), now + STEP)
            if sender.flying >= sender.threads:  # each thread has one request on the way
                continue
            if not sender.tokens:
                after, instants = promise(
                    level, rate, now=now, count=sender.threads, patience=PATIENCE
                )
                if after is None:
                    now = arrive(until=instants[0] - PATIENCE)
                    now = max(now, instants[0] - PATIENCE)
                    continue
                level, sender.tokens = after, list(instants)
            due = max(now, sender.tokens.pop(0))
            asked += 1
            sender.flying += 1
            takes = 25.0 if number in hanging else random.choice([0.0, 0.0, 0.3])
            heapq.heappush(flying, (due + timedelta(seconds=takes), asked, sender))
            now = arrive(until=now)
    arrive(until=now + timedelta(days=1))
    return refused


def test_the_whole_burst_is_there_after_a_rest() -> None:
    """999 of Notify's 1,000, without what may be on the way."""
    rate = SendRate()
    level, instants = promise(
        Level(rate.burst, START), rate, now=START, count=rate.burst + 50, patience=PATIENCE
    )

    assert 799 == rate.burst
    assert [START] * 799 == [*instants[:799]]
    assert START + timedelta(seconds=1) == instants[-1]
    assert Level(-50, START) == level


def test_a_token_that_is_too_far_off_is_not_taken() -> None:
    """Who asks is told when to ask again."""
    rate = SendRate()
    level, instants = promise(Level(-600, START), rate, now=START, count=8, patience=PATIENCE)

    assert level is None
    assert (START + timedelta(seconds=12.02),) == instants


def test_a_refusal_lets_the_others_have_a_turn() -> None:
    """Nothing is sent for 5 seconds."""
    rate = SendRate()
    _, instants = promise(drained(rate, now=START), rate, now=START, count=1, patience=PATIENCE)

    assert (START + timedelta(seconds=5.02),) == instants


@given(seconds=st.integers(-100_000, 100_000), tokens=st.integers(-500, 799))
def test_a_clock_that_is_wrong_stops_nobody(seconds: int, tokens: int) -> None:
    """Set back or ahead, the next token is never further off than the level says."""
    rate, now = SendRate(), START + timedelta(seconds=seconds)
    level, instants = promise(
        Level(tokens, START), rate, now=now, count=1, patience=timedelta(days=1)
    )

    assert level is not None
    assert level.tokens <= rate.burst
    assert now <= instants[0] <= now + timedelta(seconds=max(0, 1 - tokens) / rate.per_second + 1)


@pytest.mark.parametrize(("per_minute", "spare"), [(0, 1), (1, 0)])
def test_a_rate_that_lets_nothing_through_is_refused(per_minute: int, spare: int) -> None:
    """The error says which numbers."""
    with pytest.raises(ConfigError):
        SendRate(per_minute, spare=spare)


def test_a_small_limit_has_a_burst_of_one() -> None:
    """Spare room is not taken below that."""
    assert 1 == SendRate(6).burst


class _Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


def test_two_processes_share_one_bucket(store_url: str) -> None:
    """What one takes the other does not get; each kind of key and account has its own."""
    clock = _Clock()
    with Store(store_url, now=clock) as one, Store(store_url, now=clock) as other:
        one.prepare(OUTBOX_SCHEMA)
        rate = SendRate(60, spare=15)  # a burst of 5, and one a second
        rates = [
            SharedRate(each, rate, key_kind="live", block=2, now=clock) for each in (one, other)
        ]
        got = [rates[number % 2].take("a", patience=PATIENCE) for number in range(8)]
        test = SharedRate(one, rate, key_kind="test", block=1, now=clock)

        waits = sorted((at - START).total_seconds() for taken, at in got if taken)
        assert [0, 0, 0, 0, 0, 1, 2, 3] == waits
        assert (True, START) == test.take("a", patience=PATIENCE)
        assert (True, START) == rates[0].take("b", patience=PATIENCE)


def test_a_token_that_was_not_used_is_used_later(store_url: str) -> None:
    """It is given back to the process, and a refusal takes all it holds."""
    clock = _Clock()
    with Store(store_url, now=clock) as store:
        store.prepare(OUTBOX_SCHEMA)
        rates = SharedRate(store, SendRate(60, spare=19), key_kind="live", block=1, now=clock)
        assert (True, START) == rates.take("a", patience=timedelta())
        assert (False, START + timedelta(seconds=1)) == rates.take("a", patience=timedelta())
        rates.give_back("a", START)
        assert (True, START) == rates.take("a", patience=timedelta())

        rates.give_back("a", START)
        rates.refused("a")
        rates.refused("a")  # a second refusal of the same burst makes it no worse
        assert (True, START + timedelta(seconds=6)) == rates.take("a", patience=PATIENCE)


def test_a_clock_that_is_set_back_does_not_hold_tokens_for_hours(store_url: str) -> None:
    """What was promised for a time that is far off again is asked for anew."""
    clock = _Clock()
    with Store(store_url, now=clock) as store:
        store.prepare(OUTBOX_SCHEMA)
        rates = SharedRate(store, SendRate(60, spare=19), key_kind="live", block=3, now=clock)
        rates.take("a", patience=PATIENCE)
        clock.now -= timedelta(hours=2)
        taken, at = rates.take("a", patience=PATIENCE)

        assert taken
        assert at - clock.now <= PATIENCE


def test_no_rate_is_no_table(tmp_path: Path) -> None:
    """Who keeps the rate elsewhere asks nobody here."""
    with Store(tmp_path / "o.db") as store:
        rates = SharedRate(store, None, key_kind="live", block=1, now=lambda: START)

        assert (True, START) == rates.take("a", patience=timedelta())
        rates.refused("a")
        assert repr(store.dialect) == "'sqlite'"
