# SPDX-License-Identifier: MIT
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any

import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from pay.payments import a_payment, full_answer

from lg_core.errors import InvalidValueError, LgError, ResponseShapeError
from lg_core.limits import Limiter
from lg_core.records import MemoryRecords, RecordChangedError
from lg_core.testing import asgi
from lg_pay import PayClient, Payment
from lg_pay.errors import PaymentNotFoundError
from lg_pay.poller import Polled, Poller
from lg_pay.refund import Refund
from lg_sandbox import Sandbox

START = datetime(2026, 11, 20, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ENDS = ("captured", "success", "declined", "expired", "cancelled", "error", "reversed", "open")


@dataclass
class Kept:
    """An inbox in memory: each key once, as the real one."""

    bodies: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    replays: int = 0

    def receive(self, key: str, body: Any, /) -> bool:
        """Keep an event."""
        if key in self.bodies:
            self.replays += 1
            return False
        self.bodies[key] = dict(body)
        return True

    def types(self, payment_id: str) -> set[str]:
        """Return what is told of a payment."""
        return {
            str(body["event_type"])
            for body in self.bodies.values()
            if body["payment_id"] == payment_id
        }


@dataclass(frozen=True)
class Story:
    """A payment: when it is created, when it changes, and how it ends; minutes from the start."""

    at: int
    paid_after: int
    captured_after: int
    end: str
    refunded_after: int | None


@dataclass
class Platform:
    """GOV.UK Pay as these rules need it: reading is strong, searching lags behind."""

    stories: dict[str, Story]
    lag: int = 0
    minute: int = 0
    fails_after: int | None = None
    lost: frozenset[str] = frozenset()

    def now(self) -> datetime:
        """Tell the time."""
        return START + self.minute * MINUTE

    def search_payments(self, *, created: tuple[datetime, datetime]) -> Iterator[Payment]:
        """Yield what was created in a time, as it was a while ago."""
        for number, (name, story) in enumerate(self.stories.items()):
            if number == self.fails_after:
                raise LgError("It is down.")
            seen = self.minute - self.lag
            at = START + story.at * MINUTE
            if created[0] <= at < created[1] and story.at <= seen:
                yield self._payment(name, seen)

    def search_refunds(self, *, created: tuple[datetime, datetime]) -> Iterator[Refund]:
        """Yield the refunds that were asked for in a time, as they were a while ago."""
        for name, story in self.stories.items():
            seen = self.minute - self.lag
            if story.refunded_after is None or story.refunded_after > seen:
                continue
            if created[0] <= START + story.refunded_after * MINUTE < created[1]:
                yield self._refund(name, seen)

    def get_payment(self, payment_id: str) -> Payment:
        """Return a payment as it is."""
        if payment_id in self.lost:
            raise PaymentNotFoundError("No such payment.", status=404)
        return self._payment(payment_id, self.minute)

    def get_refund(self, payment_id: str, refund_id: str) -> Refund:
        """Return a refund as it is."""
        assert refund_id == "r" + payment_id[1:]
        return self._refund(payment_id, self.minute)

    def _payment(self, name: str, minute: int) -> Payment:
        story = self.stories[name]
        captured = minute >= story.captured_after
        done = minute >= story.paid_after and story.end != "open"
        state: dict[str, object] = {"status": "created", "finished": False}
        if done and story.end in {"captured", "success", "reversed"}:
            state = {"status": "success", "finished": True}
        elif done:
            code = {"declined": "P0010", "expired": "P0020", "cancelled": "P0040"}.get(story.end)
            status = {"cancelled": "cancelled", "error": "error"}.get(story.end, "failed")
            state = {"status": status, "finished": True, "code": code or "P0050"}
        if story.end == "reversed" and captured:
            state = {"status": "error", "finished": True, "code": "P0050"}
        settled = {"captured_date": "2026-11-21"} if story.end == "captured" and captured else {}
        return Payment.model_validate(
            full_answer(
                payment_id=name,
                state=state,
                settlement_summary=settled,
                created_date=(START + story.at * MINUTE).isoformat(),
            )
        )

    def _refund(self, name: str, minute: int) -> Refund:
        asked = self.stories[name].refunded_after
        assert asked is not None
        return Refund.model_validate(
            {
                "refund_id": "r" + name[1:],
                "payment_id": name,
                "amount": 100,
                "created_date": (START + asked * MINUTE).isoformat(),
                "status": "success" if minute >= asked + 30 else "submitted",
            }
        )


def expected(story: Story) -> set[str]:
    """Return what webhooks would have said in the end."""
    end = {
        "captured": {"card_payment_succeeded", "card_payment_captured"},
        "success": {"card_payment_succeeded"},
        "reversed": {"card_payment_succeeded", "card_payment_failed"},
        "expired": {"card_payment_expired"},
        "open": set[str](),
    }.get(story.end, {"card_payment_failed"})
    return end | ({"card_payment_refunded"} if story.refunded_after is not None else set())


def poller_of(platform: Platform, inbox: Kept, **changes: Any) -> Poller:
    """Return a poller with an overlap of 20 minutes."""
    options: dict[str, Any] = {
        "records": MemoryRecords(now=platform.now),
        "account": "garden-waste",
        "since": START,
        "every": 5 * MINUTE,
        "overlap": 20 * MINUTE,
        "now": platform.now,
    }
    return Poller(platform, inbox, **{**options, **changes})


@st.composite
def stories(draw: st.DrawFn) -> dict[str, Story]:
    """Some payments over two hours."""
    kept: dict[str, Story] = {}
    for number in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, 120))
        end = draw(st.sampled_from(ENDS))
        paid = at + draw(st.integers(1, 90))
        # A reversal that comes before anybody looks is seen as a failure alone.
        captured = paid + draw(st.integers(120, 600))
        refunded = captured + draw(st.integers(1, 600)) if end == "captured" else None
        kept[f"p{number:025}"] = Story(at, paid, captured, end, refunded)
    return kept


@given(
    stories(),
    st.integers(0, 19),
    st.lists(st.tuples(st.integers(3, 15), st.sampled_from([None, None, 0, 1, 2])), min_size=1),
)
def test_nothing_is_missed_and_nothing_is_told_twice(
    told: dict[str, Story], lag: int, looks: list[tuple[int, int | None]]
) -> None:
    """Whatever the search's delay below the overlap, and wherever a look breaks off."""
    platform, inbox = Platform(told, lag=lag), Kept()
    poller = poller_of(platform, inbox)
    failed = 0
    for wait, fails_after in cycle(looks):
        platform.fails_after = fails_after if failed < 3 and platform.minute < 300 else None
        failed = 0 if platform.fails_after is None else failed + 1
        with suppress(LgError):
            poller.poll_once()
        platform.minute += wait if platform.minute < 1000 else 480
        if platform.minute > 13 * 24 * 60:
            break

    assert {name: expected(story) for name, story in told.items()} == {
        name: inbox.types(name) for name in told
    }
    assert sum(map(len, map(expected, told.values()))) == len(inbox.bodies)


def test_a_restart_goes_on_where_it_was() -> None:
    """What is known is in the records, so another process takes over."""
    story = Story(at=3, paid_after=60, captured_after=90, end="captured", refunded_after=None)
    platform, inbox = Platform({"p" * 26: story}), Kept()
    records = MemoryRecords(now=platform.now)
    platform.minute = 5
    assert Polled(1, 0, 1) == poller_of(platform, inbox, records=records).poll_once()
    platform.minute = 100

    assert Polled(1, 2, 0) == poller_of(platform, inbox, records=records).poll_once()
    assert {"card_payment_succeeded", "card_payment_captured"} == inbox.types("p" * 26)


def test_one_that_never_ends_is_given_up_by_name() -> None:
    """A person can look into it."""
    story = Story(at=3, paid_after=4, captured_after=0, end="open", refunded_after=None)
    platform, inbox = Platform({"p" * 26: story}), Kept()
    poller = poller_of(platform, inbox, watch=timedelta(hours=1))
    platform.minute = 5
    poller.poll_once()
    platform.minute = 70

    assert ("p" * 26,) == poller.poll_once().given_up
    assert 0 == poller.poll_once().watched


def test_one_that_cannot_be_found_any_more_is_given_up_by_name() -> None:
    """A payment of another key is looked for until the watch ends."""
    story = Story(at=3, paid_after=4, captured_after=0, end="open", refunded_after=None)
    platform, inbox = Platform({"p" * 26: story}), Kept()
    poller = poller_of(platform, inbox, watch=timedelta(hours=1))
    platform.minute = 5
    poller.poll_once()
    platform.lost = frozenset({"p" * 26})
    platform.minute = 40
    assert Polled(1, 0, 1) == poller.poll_once()
    platform.minute = 70

    assert ("p" * 26,) == poller.poll_once().given_up


def test_what_was_before_the_beginning_is_not_told() -> None:
    """A poller that starts today does not tell of years."""
    story = Story(at=3, paid_after=4, captured_after=5, end="captured", refunded_after=None)
    platform, inbox = Platform({"p" * 26: story}, minute=30), Kept()

    poller_of(platform, inbox, since=START + 10 * MINUTE).poll_once()

    assert not inbox.bodies


def test_a_clock_that_went_back_does_no_harm() -> None:
    """The window never turns round, and the record never goes back."""
    platform, inbox = Platform({}, minute=60), Kept()
    poller = poller_of(platform, inbox)
    poller.poll_once()
    platform.minute = -60

    assert Polled(0, 0, 0) == poller.poll_once()


def test_the_slower_of_two_pollers_is_told() -> None:
    """Both told the same events, so they are told once; one of them keeps the record."""
    story = Story(at=3, paid_after=4, captured_after=5, end="captured", refunded_after=None)
    platform, inbox = Platform({"p" * 26: story}, minute=30), Kept()
    records = MemoryRecords(now=platform.now)
    other = poller_of(platform, inbox, records=records)

    class Slow(Platform):
        def search_payments(self, *, created: tuple[datetime, datetime]) -> Iterator[Payment]:
            other.poll_once()
            return super().search_payments(created=created)

    slow = Slow(platform.stories, minute=30)
    with pytest.raises(RecordChangedError):
        poller_of(slow, inbox, records=records).poll_once()

    assert 2 == len(inbox.bodies)


def test_a_refund_that_names_no_payment_stops_the_look() -> None:
    """It is not passed over: nobody would hear of it."""

    class Nameless(Platform):
        def search_refunds(self, *, created: tuple[datetime, datetime]) -> Iterator[Refund]:
            for refund in super().search_refunds(created=created):
                yield refund.model_copy(update={"payment_id": None})

    story = Story(at=3, paid_after=4, captured_after=5, end="captured", refunded_after=6)
    platform = Nameless({"p" * 26: story}, minute=30)

    with pytest.raises(ResponseShapeError):
        poller_of(platform, Kept()).poll_once()


def test_what_a_search_has_shown_is_not_read_again() -> None:
    """A payment that is watched and also in the window is looked at once."""
    story = Story(at=3, paid_after=90, captured_after=95, end="captured", refunded_after=None)
    platform, inbox = Platform({"p" * 26: story}, minute=5), Kept()
    poller = poller_of(platform, inbox)
    poller.poll_once()
    platform.minute = 11

    assert Polled(1, 0, 1) == poller.poll_once()


def test_it_runs_until_it_is_stopped() -> None:
    """Once it is told to stop, no further look begins."""
    stop = threading.Event()

    class Stopping(Platform):
        def search_payments(self, *, created: tuple[datetime, datetime]) -> Iterator[Payment]:
            stop.set()
            return super().search_payments(created=created)

    platform = Stopping({}, minute=30)
    poller_of(platform, Kept()).run(stop)
    poller_of(platform, Kept()).run(stop)

    assert stop.is_set()


@pytest.mark.parametrize(
    "wrong",
    [
        {"every": timedelta(0)},
        {"overlap": -MINUTE},
        {"watch": timedelta(0)},
        {"since": datetime(2026, 1, 1)},  # noqa: DTZ001 -- that is the point
    ],
)
def test_a_setting_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    """The field is named."""
    with pytest.raises(InvalidValueError) as caught:
        poller_of(Platform({}), Kept(), **wrong)

    assert next(iter(wrong)) == caught.value.field


@settings(max_examples=examples(8), deadline=None)
@given(
    st.integers(0, 1100),
    st.lists(st.tuples(st.integers(1, 14), st.booleans()), min_size=1, max_size=6),
)
def test_it_tells_what_the_sandbox_did(delay: int, payers: list[tuple[int, bool]]) -> None:
    """With the real search, which lags behind: each payment is told, once."""
    sandbox, inbox = Sandbox(), Kept()
    since = sandbox.clock.freeze() - MINUTE  # created dates are cut to milliseconds
    sandbox.pay.account.rate_limited = False
    sandbox.pay.account.ledger_delay = delay
    made: dict[str, bool] = {}
    with PayClient(
        sandbox.pay.api_key,
        base_url="http://localhost",
        transport=asgi(sandbox.pay.app),
        limiter=Limiter({}),
    ) as pay:
        poller = Poller(
            pay,
            inbox,
            records=MemoryRecords(now=sandbox.clock.now),
            account="garden-waste",
            since=since,
            overlap=20 * MINUTE,
            now=sandbox.clock.now,
        )
        for wait, pays in payers:
            payment_id = pay.create_payment(a_payment()).payment_id
            if pays:
                sandbox.pay.pay(payment_id)
            made[payment_id] = pays
            poller.poll_once()
            sandbox.clock.advance(wait * MINUTE)
        for _ in range(30):
            sandbox.clock.advance(10 * MINUTE)
            poller.poll_once()

    paid = {"card_payment_succeeded", "card_payment_captured"}
    assert {name: paid if pays else {"card_payment_expired"} for name, pays in made.items()} == {
        name: inbox.types(name) for name in made
    }
