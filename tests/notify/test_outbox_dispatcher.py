# SPDX-License-Identifier: MIT
"""lg_notify.Dispatcher: what it does with each answer, and with none."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy
import stamina  # noqa: TID253 -- a test may load it
from databases import DIALECTS
from notify.outboxes import START, Desk, a_text, desk_on

from lg_core.errors import ConfigError
from lg_core.store import StoreError, StoreFault
from lg_core.testing import Trouble
from lg_core.transport import FailureReason, TransportFailure, WireAnswer, WireRequest
from lg_notify import NotifyClient
from lg_notify.outbox import Dispatched, Dispatcher, MessageState, SendRate, ToSend

S = MessageState
SETTLED = 91.0


@pytest.fixture(autouse=True)
def _no_waits() -> Iterator[None]:
    """Let the client ask again at once."""
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


@pytest.fixture
def desk() -> Iterator[Desk]:
    """An outbox on SQLite."""
    with desk_on("sqlite") as made:
        yield made


@pytest.fixture(params=DIALECTS)
def each_desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    """An outbox, on each database in turn."""
    with desk_on(str(request.param)) as made:
        yield made


class Says:
    """A transport that answers each call to send with one refusal, and lets others through."""

    def __init__(
        self, desk: Desk, status: int, name: str, *, text: str = "x", times: int = 99
    ) -> None:
        self.desk, self.status, self.times, self.asked = desk, status, times, 0
        self.body = json.dumps({"errors": [{"error": name, "message": text}]}).encode()

    def send(self, request: WireRequest) -> WireAnswer:
        """Answer."""
        if request.method == "POST":
            self.asked += 1
            if self.asked <= self.times:
                return WireAnswer(self.status, {"content-type": "application/json"}, self.body)
        return self.desk.way.send(request)

    def close(self) -> None:
        """Hold nothing."""


def enqueue(desk: Desk, many: int = 1) -> None:
    """Enqueue some texts."""
    desk.outbox.enqueue_many(ToSend(a_text(), case=str(number)) for number in range(many))


# ------------------------------------------------------------------ doubt


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble.LOST_ANSWER,
        Trouble.RESET_AFTER,
        Trouble.ERROR_AFTER,
        Trouble.TRUNCATED,
        Trouble.HTML,
    ],
)
def test_what_was_accepted_without_an_answer_is_found(desk: Desk, trouble: Trouble) -> None:
    """It is not sent again: Notify's list has it."""
    enqueue(desk)
    assert Dispatched(later=1) == desk.run(trouble)
    assert Dispatched() == desk.run()
    desk.wait(SETTLED)

    assert Dispatched(found=1) == desk.run()
    message = desk.one()
    assert (1, desk.sandbox.notify.messages[0].id) == (desk.sent(), message.notification_id)
    assert S.DELIVERED is message.state  # the list says so by then


@pytest.mark.parametrize(
    "trouble", [Trouble.LOST_REQUEST, Trouble.RESET_BEFORE, Trouble.ERROR_BEFORE]
)
def test_what_was_never_accepted_is_sent_when_that_is_proven(desk: Desk, trouble: Trouble) -> None:
    """Not before the list tells the truth."""
    enqueue(desk)
    desk.run(trouble)
    desk.wait(89)
    assert Dispatched() == desk.run()
    desk.wait(2)

    assert Dispatched(sent=1, later=1) == desk.run()
    assert (1, 2) == (desk.sent(), desk.one().attempts)


def test_a_program_that_ends_leaves_a_doubt(each_desk: Desk) -> None:
    """KeyboardInterrupt while the call is on its way."""
    enqueue(each_desk)
    with pytest.raises(KeyboardInterrupt):
        each_desk.run(Trouble.STOPPED_AFTER)
    assert S.SENDING is each_desk.one().state
    each_desk.wait(SETTLED)

    assert Dispatched(found=1) == each_desk.run()
    assert 1 == each_desk.sent()


def test_the_list_is_asked_again_where_it_does_not_answer(desk: Desk) -> None:
    """And the message is not sent meanwhile."""
    enqueue(desk)
    desk.run(Trouble.RESET_AFTER)
    desk.wait(SETTLED)
    for _ in range(3):
        assert Dispatched(later=1) == desk.run(*[Trouble.REFUSED] * 9)
        assert S.SENDING is desk.one().state
        desk.wait(3600)

    assert Dispatched(found=1) == desk.run()
    assert 1 == desk.sent()


def test_another_kind_of_key_proves_nothing(desk: Desk) -> None:
    """Each lists what it sent alone: after 7 days a person decides."""
    enqueue(desk)
    desk.run(Trouble.RESET_AFTER, key_kind="live")
    desk.wait(SETTLED)
    assert Dispatched(later=1) == desk.run(key_kind="team")
    desk.wait(7 * 86_400)

    assert Dispatched(in_doubt=1) == desk.run(key_kind="team")
    assert 1 == desk.sent()


def test_a_smoke_test_leaves_nothing_at_notify(desk: Desk) -> None:
    """So that it is not found says nothing: it counts as sent, and is never sent again."""
    desk.outbox.enqueue(a_text("07700 900000"), case="1")
    desk.outbox.enqueue(a_text("07700900111"), case="2")
    desk.run(Trouble.RESET_AFTER)
    desk.wait(SETTLED)
    done = desk.run()

    assert 1 == done.found
    assert {(S.SENT, "smoke_test", True)} == {
        (each.state, each.reason, each.ended) for each in desk.outbox._read()
    }
    assert () == desk.outbox.unended()


def test_a_message_that_fails_again_and_again_is_set_aside(desk: Desk) -> None:
    """Each time it is proven not to have been sent, and each time later."""
    enqueue(desk)

    class Deaf(Says):
        def send(self, request: WireRequest) -> WireAnswer:
            if request.method == "POST":
                raise TransportFailure(FailureReason.RESET, left=True)
            return self.desk.way.send(request)

    client = desk.client(transport=Deaf(desk, 0, ""))
    for _ in range(8):
        desk.run(client=client, max_attempts=3)
        desk.wait(3600)

    assert (S.ASIDE, "too_many_attempts", 3) == (
        desk.one().state, desk.one().reason, desk.one().attempts,
    )  # fmt: skip
    assert 0 == desk.sent()


# ------------------------------------------------------------------ refusals


@pytest.mark.parametrize(
    ("status", "name", "text", "reason"),
    [
        (400, "BadRequestError", "Missing personalisation: day", "invalid_message"),
        (400, "InvalidPhoneError", "Not a UK mobile number", "invalid_recipient"),
        (403, "BadRequestError", "Cannot send letters with a team api key", "not_allowed"),
    ],
)
def test_what_cannot_be_sent_is_set_aside(
    desk: Desk, status: int, name: str, *, text: str, reason: str
) -> None:
    """With the reason, and the others go on."""
    enqueue(desk, 2)
    way = Says(desk, status, name, text=text, times=1)

    assert Dispatched(sent=1, aside=1) == desk.run(client=desk.client(transport=way))
    assert [reason] == [each.reason for each in desk.outbox.aside()]
    assert 1 == desk.sent()


def test_too_fast_waits_and_is_no_attempt(desk: Desk) -> None:
    """The bucket is empty for all, for a while."""
    enqueue(desk, 3)
    desk.run(client=desk.client(transport=Says(desk, 429, "RateLimitError", times=1)))

    assert 3 == desk.sent()
    assert {1} == {each.attempts for each in desk.outbox._read()}
    assert timedelta(seconds=5) <= desk.now() - START <= timedelta(seconds=6)


def test_a_day_that_is_full_stops_its_channel_until_midnight(desk: Desk) -> None:
    """All texts of the account wait; one call was made in vain."""
    enqueue(desk, 40)
    desk.sandbox.notify.account.daily_limit = 2
    desk.run(rate=SendRate())
    assert (2, 38) == (desk.sent(), desk.outbox.counts().waiting)
    assert {datetime(2026, 11, 29, tzinfo=UTC)} == {
        each.due_at for each in desk.outbox._read() if each.state is S.WAITING
    }
    desk.sandbox.notify.account.daily_limit = None
    desk.wait(12 * 3600 - 10)
    assert Dispatched() == desk.run()
    desk.wait(10)

    assert 38 == desk.run().sent


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Invalid token: API key revoked", "key_refused"),
        ("Error: Your system clock must be accurate to within 30 seconds", "clock"),
    ],
)
def test_a_key_that_is_refused_pauses_its_account(desk: Desk, text: str, reason: str) -> None:
    """Nothing is set aside, each look is longer after the last, and success ends the pause."""
    enqueue(desk, 3)
    way = Says(desk, 403, "AuthError", text=text)
    client = desk.client(transport=way)
    assert Dispatched(later=3) == desk.run(client=client)
    assert (1, reason) == (way.asked, desk.outbox._read()[0].reason)
    waits: list[timedelta] = []
    for _ in range(4):
        due = max(each.due_at for each in desk.outbox._read())
        waits.append(due - desk.now())
        desk.wait((due - desk.now()).total_seconds())
        desk.run(client=client)
    assert [15, 30, 60, 120] == [wait.total_seconds() for wait in waits]
    way.times = 0
    desk.wait(240)
    assert 3 == desk.run(client=client).sent

    way.times = 99
    desk.outbox.enqueue(a_text(), case="new")
    way.asked = 0
    desk.run(client=client)
    (new,) = desk.outbox.for_case("new")
    assert desk.now() + timedelta(seconds=15) == new.due_at  # it begins anew


def test_a_way_that_is_closed_is_no_attempt(desk: Desk) -> None:
    """However long: the message is there when the way opens."""
    enqueue(desk, 2)
    for _ in range(30):
        desk.run(Trouble.REFUSED, max_attempts=2)
        desk.wait(1800)

    assert 2 == desk.run(max_attempts=2).sent
    assert {1} == {each.attempts for each in desk.outbox._read()}


def test_an_answer_that_is_not_notifys_sets_nothing_aside(desk: Desk) -> None:
    """A proxy's sign-in page is no reason to give up a message."""
    enqueue(desk)
    way = Says(desk, 302, "x", times=1)
    assert Dispatched(later=1) == desk.run(client=desk.client(transport=way))
    desk.wait(60)

    assert 1 == desk.run().sent


def test_a_fault_of_a_transport_leaves_a_doubt(desk: Desk) -> None:
    """The dispatcher goes on with the others."""
    enqueue(desk, 2)

    class Broken(Says):
        def send(self, request: WireRequest) -> WireAnswer:
            answer = self.desk.way.send(request)
            if request.method == "POST" and self.desk.sent() == 1:
                raise ZeroDivisionError
            return answer

    assert Dispatched(sent=1, later=1) == desk.run(
        client=desk.client(transport=Broken(desk, 0, ""))
    )
    desk.wait(SETTLED)
    assert Dispatched(found=1) == desk.run()
    assert 2 == desk.sent()


# ------------------------------------------------------------------ who may send, and when


def test_who_does_not_want_it_is_not_sent_to(each_desk: Desk) -> None:
    """The list is asked right before; where it cannot answer, the message waits."""
    desk = each_desk
    desk.outbox.enqueue(a_text("07700 900124"), case="no")
    desk.outbox.enqueue(a_text(), case="yes")

    class List:
        away = True

        def is_suppressed(self, channel: str, recipient: str, /) -> bool:
            if self.away:
                raise StoreError(StoreFault.UNREACHABLE)
            return (channel, recipient) == ("sms", "07700 900124")

    suppression = List()
    assert Dispatched(later=2) == desk.run(suppression=suppression)
    suppression.away = False
    desk.wait(61)

    assert Dispatched(sent=1, ended=1) == desk.run(suppression=suppression)
    assert S.SUPPRESSED is desk.outbox.for_case("no")[0].state


def test_each_account_has_its_client(desk: Desk) -> None:
    """One that is not there waits, and nothing of it is lost."""
    desk.outbox.enqueue(a_text(), case="1", account="housing")
    desk.outbox.enqueue(a_text(), case="2", account="parking")
    assert Dispatched(sent=1, later=1) == desk.run(client={"housing": desk.client()})
    desk.wait(301)

    def of_any(account: str) -> NotifyClient:
        assert account == "parking"
        return desk.client()

    assert Dispatched(sent=1) == desk.run(client=of_any)


def test_a_message_that_this_release_cannot_read_is_set_aside(desk: Desk) -> None:
    """Another release of lg-notify wrote it."""
    enqueue(desk)
    with desk.store.begin() as connection:
        connection.execute(sqlalchemy.text("UPDATE lg_notify_message SET kind = 'Telegram'"))

    assert Dispatched(aside=1) == desk.run()
    assert "unreadable" == desk.one().reason


def test_it_keeps_below_the_rate_and_waits_for_its_turn(desk: Desk) -> None:
    """A burst, and then one message for each token."""
    enqueue(desk, 30)
    rate = SendRate(60, spare=10)  # a burst of 10, and one a second

    assert 30 == desk.run(rate=rate).sent
    assert timedelta(seconds=20) == desk.now() - START


def test_a_turn_that_is_far_off_is_given_back(desk: Desk) -> None:
    """Somebody else has taken the tokens of the next minute."""
    enqueue(desk)
    rate = SendRate(6, spare=1)
    greedy = desk.dispatcher(rate=rate)
    for _ in range(2):
        greedy._rates.take("default", patience=timedelta(hours=1))

    assert Dispatched(later=1) == desk.run(rate=rate)
    assert ("rate", 0) == (desk.one().reason, desk.sent())


# ------------------------------------------------------------------ two dispatchers


@pytest.mark.parametrize("seconds", [29.5, 31.0, 130.0, 700.0])
def test_who_was_stopped_before_the_call_does_not_make_it(each_desk: Desk, seconds: float) -> None:
    """Its message may be another's by now: the call's time was written with the intent."""
    desk = each_desk
    enqueue(desk)
    first, second = desk.dispatcher(), desk.dispatcher()
    intend = first._turns.intend

    def stopped(*args: object, **named: object) -> object:
        first._turns.intend = intend  # once
        intent = intend(*args, **named)  # pyright: ignore[reportArgumentType]  # as it was given
        desk.wait(seconds)
        second.run_once()
        return intent

    first._turns.intend = stopped  # pyright: ignore[reportAttributeAccessIssue]  # as it says
    first.run_once()
    desk.wait(SETTLED + 60)
    second.run_once()

    assert 1 == desk.sent()
    assert S.SENT is desk.one().state or S.DELIVERED is desk.one().state


def test_an_answer_that_comes_after_the_lease_counts_all_the_same(desk: Desk) -> None:
    """It is written although the job is another's."""
    enqueue(desk)

    class Slow(Says):
        def send(self, request: WireRequest) -> WireAnswer:
            answer = self.desk.way.send(request)
            if request.method == "POST":
                self.desk.wait(200)
                self.desk.outbox.queue.take()
            return answer

    assert Dispatched(sent=1) == desk.run(client=desk.client(transport=Slow(desk, 0, "")))
    assert S.SENT is desk.one().state
    desk.wait(200)
    assert Dispatched(ended=1) == desk.run()
    assert 1 == desk.sent()


def test_many_threads_send_each_message_once(each_desk: Desk) -> None:
    """Two dispatchers of four threads."""
    desk = each_desk
    desk.sandbox.clock.resume()
    enqueue(desk, 60)
    dispatchers = [desk.dispatcher(threads=4, rate=None) for _ in range(2)]
    done: list[Dispatched] = []

    def run(dispatcher: Dispatcher) -> None:
        done.append(dispatcher.run_once())

    threads = [threading.Thread(target=run, args=(each,)) for each in dispatchers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert 60 == sum(each.sent for each in done)
    assert 60 == len({each.reference for each in desk.sandbox.notify.messages}) == desk.sent()


# ------------------------------------------------------------------ running


def test_it_runs_until_it_is_told_to_stop(desk: Desk) -> None:
    """And gives back what it had taken."""
    enqueue(desk, 20)
    stop = threading.Event()

    class Last(Says):
        def send(self, request: WireRequest) -> WireAnswer:
            if self.desk.sent() == 4:
                stop.set()
            return self.desk.way.send(request)

    done = desk.dispatcher(client=desk.client(transport=Last(desk, 0, ""))).run(stop, poll=0.01)

    assert Dispatched(sent=5) == done
    assert (15, 0) == (desk.outbox.queue.counts().waiting, desk.outbox.queue.counts().leased)


def test_it_stops_while_it_waits_for_its_turn(desk: Desk) -> None:
    """The token and the message are given back."""
    enqueue(desk, 3)
    stop = threading.Event()

    def sleep(seconds: float) -> None:
        assert seconds > 0
        stop.set()

    dispatcher = desk.dispatcher(rate=SendRate(60, spare=20), sleep=sleep)
    done = dispatcher.run(stop, poll=0.01)

    assert (1, 2) == (done.sent, desk.outbox.counts().waiting)


@pytest.mark.parametrize(
    "wrong", [{"threads": 0}, {"max_attempts": 0}, {"timeout": 1}, {"timeout": 110}]
)
def test_a_dispatcher_that_makes_no_sense_is_refused(desk: Desk, wrong: dict[str, float]) -> None:
    """A message must be held for longer than its call may take."""
    with pytest.raises(ConfigError):
        Dispatcher(desk.outbox, desk.client(), **wrong)  # pyright: ignore[reportArgumentType]  # what is refused


def test_a_dispatcher_says_what_it_is(desk: Desk) -> None:
    """Its threads and its outbox."""
    assert "threads=1" in repr(desk.dispatcher())
    assert 7 == Dispatched(1, 1, 1, 1, 1, 1, 1).taken
