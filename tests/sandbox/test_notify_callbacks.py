# SPDX-License-Identifier: MIT
"""lg_sandbox.notify.callbacks, .callback_queue and .callback_desk: what Notify tells, and when."""

import json
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sandbox.notify_caller import EMAIL, LETTER, TEXT, Caller
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lg_sandbox import Sandbox
from lg_sandbox.notify import Account, CallbackKind, CallbackStatus, KeyKind, Status
from lg_sandbox.notify.callback_queue import (
    RETRIES,
    RETRY_EVERY,
    Callback,
    CallbackQueue,
)

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
RECEIPT = CallbackKind.DELIVERY_RECEIPT


class Receiver:
    """Takes what is told, and answers with the next status of a list, the last one for ever."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses or (200,))
        self.told: list[dict[str, Any]] = []
        self.headers: list[Mapping[str, str]] = []

    def __call__(self, headers: Mapping[str, str], body: bytes) -> int:
        """Take one."""
        self.headers.append(headers)
        self.told.append(json.loads(body))
        status = self.statuses[0]
        if len(self.statuses) > 1:
            self.statuses.pop(0)
        if not status:
            raise ConnectionError
        return status


def told_of(sandbox: Sandbox, receiver: Receiver, kind: CallbackKind = RECEIPT) -> None:
    """Set a callback up."""
    sandbox.notify.set_callback(kind, send=receiver, bearer_token="a-token")


def test_a_receipt_is_told_once_its_message_has_ended(idle: Sandbox) -> None:
    """Not before; with the token, and the parts that Notify documents."""
    receiver = Receiver()
    told_of(idle, receiver)
    sent = Caller(idle).send("sms", TEXT, reference="b-1")

    assert () == idle.notify.deliver_callbacks()
    idle.clock.advance(seconds=30)
    (attempt,) = idle.notify.deliver_callbacks()
    assert () == idle.notify.deliver_callbacks()
    assert (200, True) == (attempt.status, attempt.delivered)
    assert "Bearer a-token" == receiver.headers[0]["Authorization"]
    (body,) = receiver.told
    assert (sent["id"], "b-1", "delivered", "sms", 1) == (
        body["id"],
        body["reference"],
        body["status"],
        body["notification_type"],
        body["template_version"],
    )
    (telling,) = idle.notify.callbacks
    assert (CallbackStatus.DELIVERED, sent["id"]) == (telling.status, telling.about)


@pytest.mark.parametrize("status", [0, 429, 500, 503])
def test_what_fails_is_told_again_every_five_minutes(idle: Sandbox, status: int) -> None:
    """Five times more, and then never."""
    receiver = Receiver(status)
    told_of(idle, receiver)
    Caller(idle).send("sms", TEXT)
    idle.clock.advance(seconds=5)
    tries = [len(idle.notify.deliver_callbacks())]
    for _ in range(8):
        idle.clock.advance(RETRY_EVERY - timedelta(seconds=1))
        assert () == idle.notify.deliver_callbacks()
        idle.clock.advance(seconds=1)
        tries.append(len(idle.notify.deliver_callbacks()))

    assert [1, 1, 1, 1, 1, 1, 0, 0, 0] == tries
    (telling,) = idle.notify.callbacks
    assert (CallbackStatus.GIVEN_UP, None) == (telling.status, telling.due_at)
    assert {status or None} == {each.status for each in telling.attempts}


@pytest.mark.parametrize("status", [301, 400, 401, 404, 410])
def test_what_is_refused_is_lost_for_good(idle: Sandbox, status: int) -> None:
    """Notify never tells it again."""
    receiver = Receiver(status, 200)
    told_of(idle, receiver)
    Caller(idle).send("sms", TEXT)
    idle.clock.advance(seconds=5)
    idle.notify.deliver_callbacks()
    idle.clock.advance(timedelta(days=1))

    assert () == idle.notify.deliver_callbacks()
    assert [CallbackStatus.DROPPED] == [each.status for each in idle.notify.callbacks]


@given(st.lists(st.sampled_from([None, 200, 204, 302, 400, 404, 429, 500, 502]), min_size=7))
def test_the_tries_follow_their_rules(answers: list[int | None]) -> None:
    """At most six, five minutes apart; the first 2xx or refusal ends them."""
    queue = CallbackQueue()
    queue.set_up(Callback(RECEIPT, "a", None, "t", NOW))
    queue.tell(RECEIPT, b"{}", account="a", about="m", at=NOW)
    now, used = NOW, 0
    while True:
        due = queue.due(now=now)
        if not due:
            break
        queue.record(due[0], answers[used], now=now)
        used += 1
        assert () == queue.due(now=now + RETRY_EVERY - timedelta(microseconds=1))
        now += RETRY_EVERY
    (telling,) = queue.tellings

    retried = {None, 429, 500, 502}
    expected = next(
        (number for number, each in enumerate(answers, 1) if each not in retried), RETRIES + 1
    )
    assert min(expected, RETRIES + 1) == used == len(telling.attempts)
    last = telling.attempts[-1].status
    ends = {200: CallbackStatus.DELIVERED, 204: CallbackStatus.DELIVERED}
    refused = CallbackStatus.GIVEN_UP if last in retried else CallbackStatus.DROPPED
    assert ends.get(last or 0, refused) == telling.status


def test_what_notify_gives_up_on_is_never_told(idle: Sandbox) -> None:
    """Created for four hours, then a technical failure: whoever does not ask does not know."""
    receiver = Receiver()
    told_of(idle, receiver)
    idle.notify.plan_end(Status.TECHNICAL_FAILURE)
    sent = Caller(idle).send("sms", TEXT)["id"]
    idle.clock.advance(timedelta(hours=3))
    early = idle.notify.message(sent).status
    idle.clock.advance(timedelta(hours=1))
    idle.notify.deliver_callbacks()

    assert (Status.CREATED, Status.TECHNICAL_FAILURE) == (early, idle.notify.message(sent).status)
    assert [] == receiver.told


def test_a_message_that_nobody_reports_fails_after_three_days(idle: Sandbox) -> None:
    """Sending until then; the sweep tells of it. Planned for one recipient, for one time."""
    receiver = Receiver()
    told_of(idle, receiver)
    idle.notify.plan_end(Status.SENDING, to="07900 900 123", times=2)
    call = Caller(idle)
    call.send("sms", TEXT, phone_number="07900900456")
    first, second, third = (call.send("sms", TEXT)["id"] for _ in range(3))
    idle.clock.advance(timedelta(hours=71))
    states = [idle.notify.message(each).status for each in (first, second, third)]
    idle.clock.advance(timedelta(hours=1))
    idle.notify.deliver_callbacks()

    assert [Status.SENDING, Status.SENDING, Status.DELIVERED] == states
    failed = {each["id"] for each in receiver.told if each["status"] == "temporary-failure"}
    assert {first, second} == failed
    assert 4 == len(receiver.told)


@pytest.mark.parametrize(
    ("named", "match"),
    [
        ({"status": Status.CANCELLED}, "Use one of"),
        ({"status": Status.DELIVERED, "times": 0}, "1 or more"),
        ({"status": Status.DELIVERED, "to": "nobody"}, "look at `to`"),
    ],
)
def test_a_plan_that_makes_no_sense_is_told(
    idle: Sandbox, named: dict[str, Any], match: str
) -> None:
    """Nothing is planned then."""
    with pytest.raises(ValueError, match=match):
        idle.notify.plan_end(**named)


def test_letters_and_texts_abroad_have_no_receipt(idle: Sandbox) -> None:
    """Nor has anything whose service has no callback."""
    receiver = Receiver()
    told_of(idle, receiver)
    idle.notify.account.international_sms = True
    other = idle.notify.add_account()
    Caller(idle).send("letter", LETTER)
    Caller(idle).send("sms", TEXT, phone_number="+1 202 555 0100")
    Caller(idle, key=other.new_api_key()).send("sms", TEXT)
    idle.clock.advance(timedelta(days=5))
    idle.notify.deliver_callbacks()

    assert [] == receiver.told


def test_a_network_may_change_its_word(idle: Sandbox) -> None:
    """Each end that a test gives is told, and so was the end before it."""
    receiver = Receiver()
    told_of(idle, receiver)
    sent = Caller(idle).send("email", EMAIL)["id"]
    idle.clock.advance(seconds=10)
    idle.notify.end(sent, status=Status.PERMANENT_FAILURE)
    idle.notify.end(sent, status=Status.TECHNICAL_FAILURE)
    idle.notify.deliver_callbacks()

    assert ["delivered", "permanent-failure"] == [each["status"] for each in receiver.told]


def test_a_callback_tells_of_what_ends_after_it_was_set_up(idle: Sandbox) -> None:
    """Not of what had ended; a new one takes the place of the old one."""
    first, second = Receiver(500), Receiver()
    call = Caller(idle)
    call.send("sms", TEXT, reference="old")
    idle.clock.advance(seconds=10)
    call.send("sms", TEXT, reference="new")
    told_of(idle, first)
    idle.clock.advance(seconds=10)
    idle.notify.deliver_callbacks()
    told_of(idle, second)
    idle.clock.advance(RETRY_EVERY)
    idle.notify.deliver_callbacks()

    assert ["new"] == [each["reference"] for each in first.told]
    assert ["new"] == [each["reference"] for each in second.told]
    idle.notify.remove_callback(RECEIPT)
    call.send("sms", TEXT)
    idle.clock.advance(seconds=10)
    assert () == idle.notify.deliver_callbacks()
    assert 1 == len(idle.notify.callbacks)


def test_callbacks_may_come_twice_and_in_another_order(idle: Sandbox) -> None:
    """As Notify promises no order and no single delivery; the same for the same seed."""
    receiver = Receiver()
    told_of(idle, receiver)
    call = Caller(idle)
    for number in range(6):
        call.send("sms", TEXT, reference=str(number))
    idle.clock.advance(seconds=10)
    idle.notify.callback_disorder.shuffle = True
    idle.notify.callback_disorder.duplicate = True
    attempts = idle.notify.deliver_callbacks()

    seen = [each["reference"] for each in receiver.told]
    assert seen[::2] == seen[1::2] != sorted(seen[::2])
    assert [False, True] * 6 == [each.repeat for each in attempts]
    assert all(1 == len(each.attempts) for each in idle.notify.callbacks)


def test_a_received_text_is_told_and_listed(idle: Sandbox) -> None:
    """By the callback of its kind."""
    receiver = Receiver()
    told_of(idle, receiver, CallbackKind.RECEIVED_TEXT)
    text = idle.notify.receive_text("Stop", user_number="447900900123")
    idle.notify.deliver_callbacks()

    (body,) = receiver.told
    assert {
        "id": text.id,
        "source_number": "447900900123",
        "destination_number": "07700900500",
        "message": "Stop",
        "date_received": body["date_received"],
    } == body
    assert (text,) == idle.notify.received_texts
    assert "Stop" not in repr(text)
    idle.notify.account.inbound_number = None
    with pytest.raises(ValueError, match="inbound_number"):
        idle.notify.receive_text("Stop")


def test_a_returned_letter_is_told(idle: Sandbox) -> None:
    """With its template's name; a precompiled letter has none."""
    receiver = Receiver()
    told_of(idle, receiver, CallbackKind.RETURNED_LETTER)
    call = Caller(idle)
    letter = call.send("letter", LETTER, reference="l-1")["id"]
    pdf = call.send("letter", {"reference": "p-1", "content": "JVBERi0="})["id"]
    idle.clock.advance(seconds=10)
    for each in (letter, pdf):
        idle.notify.return_letter(each)
    idle.notify.deliver_callbacks()

    assert [(letter, "l-1", "Reminder", "API"), (pdf, "p-1", None, "API")] == [
        (each["notification_id"], each["reference"], each["template_name"], each["sent_by"])
        for each in receiver.told
    ]


def test_a_complaint_is_told(idle: Sandbox) -> None:
    """Of an email only."""
    receiver = Receiver()
    told_of(idle, receiver, CallbackKind.COMPLAINT)
    call = Caller(idle)
    email, text = call.send("email", EMAIL)["id"], call.send("sms", TEXT)["id"]
    idle.notify.complain(email)
    idle.notify.deliver_callbacks()

    (body,) = receiver.told
    assert (email, "ann@example.org") == (body["notification_id"], body["to"])
    assert {"complaint_id", "complaint_date", "reference"} < set(body)
    with pytest.raises(ValueError, match="Only an email"):
        idle.notify.complain(text)


def test_a_job_is_listed_where_it_is_asked_for(idle: Sandbox) -> None:
    """What staff send from a spreadsheet has their name, and shows with a live key."""
    sent = idle.notify.send_job(
        TEXT["template_id"],
        [{"phone number": "07900900123", **TEXT["personalisation"]}] * 2,
        sent_by="Bob",
    )
    call = Caller(idle, key=idle.notify.new_api_key(kind=KeyKind.NORMAL))

    assert [] == call.get("/v2/notifications")["notifications"]
    listed = call.get("/v2/notifications", include_jobs="true")["notifications"]
    assert [each.id for each in reversed(sent)] == [each["id"] for each in listed]
    assert {"Bob"} == {each["created_by_name"] for each in listed}
    letters = idle.notify.send_job(LETTER["template_id"], [LETTER["personalisation"]])
    assert [True] == [each.in_job for each in letters]
    for row in ({"phone number": "x"}, {"phone number": "07900900123"}):
        with pytest.raises(ValueError, match="Row 1 cannot be sent"):
            idle.notify.send_job(TEXT["template_id"], [row])
    with pytest.raises(LookupError, match=r"templates\.all"):
        idle.notify.send_job("x", [])


def test_an_asgi_app_can_receive(idle: Sandbox) -> None:
    """In process, by the path of the address."""
    seen: list[bytes] = []

    async def take(request: Request) -> Response:
        seen.append(await request.body())
        return Response(status_code=204)

    app = Starlette(routes=[Route("/notify", take, methods=["POST"])])
    idle.notify.set_callback(RECEIPT, "https://x.example/notify", app=app, bearer_token="t")
    Caller(idle).send("sms", TEXT)
    idle.clock.advance(seconds=10)

    assert [204] == [each.status for each in idle.notify.deliver_callbacks()]
    assert 1 == len(seen)


def test_it_tells_over_loopback_and_nowhere_else(idle: Sandbox) -> None:
    """An address of another machine is refused before anything is sent; a closed port fails."""
    told: list[tuple[str | None, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            told.append((self.headers["Authorization"], self.rfile.read(size)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- its name there
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/callback?x=1"
        idle.notify.set_callback(RECEIPT, url, bearer_token="t")
        Caller(idle).send("sms", TEXT)
        idle.clock.advance(seconds=10)
        attempts = idle.notify.deliver_callbacks()
        thread.join()

    assert [200] == [each.status for each in attempts]
    assert [("Bearer t", True)] == [(who, b"delivered" in body) for who, body in told]
    Caller(idle).send("sms", TEXT)
    idle.clock.advance(seconds=10)
    assert [None] == [each.status for each in idle.notify.deliver_callbacks()]
    wrong: tuple[tuple[str | None, Callable[..., int] | None], ...] = (
        ("https://council.example/", None),
        ("http://192.0.2.1/", None),
        (None, None),
        ("http://127.0.0.1/", Receiver()),
    )
    for address, send in wrong:
        with pytest.raises(ValueError, match=r"127\.0\.0\.1|one way"):
            idle.notify.set_callback(RECEIPT, address, send=send, bearer_token="t")


def test_a_receiver_may_ask_the_api_back(idle: Sandbox) -> None:
    """The lock is not held while something is told; a second delivery does nothing meanwhile."""
    call = Caller(idle)
    seen: list[Any] = []

    def receive(_headers: Mapping[str, str], body: bytes) -> int:
        thread = threading.Thread(target=lambda: seen.append(idle.notify.deliver_callbacks()))
        thread.start()
        thread.join()
        seen.append(call.get(f"/v2/notifications/{json.loads(body)['id']}")["status"])
        return 200

    idle.notify.set_callback(RECEIPT, send=receive, bearer_token="t")
    call.send("sms", TEXT)
    idle.clock.advance(seconds=10)
    idle.notify.deliver_callbacks()

    assert [(), "delivered"] == seen


def test_a_callback_may_be_taken_away_while_others_are_told(idle: Sandbox) -> None:
    """What is left waits, as if nobody had answered."""

    def receive(_headers: Mapping[str, str], _body: bytes) -> int:
        idle.notify.remove_callback(RECEIPT)
        return 200

    idle.notify.set_callback(RECEIPT, send=receive, bearer_token="t")
    for _ in range(2):
        Caller(idle).send("sms", TEXT)
    idle.clock.advance(seconds=10)

    assert [200, None] == [each.status for each in idle.notify.deliver_callbacks()]


def test_each_service_has_its_own_callbacks(idle: Sandbox) -> None:
    """One is told of its own messages only."""
    receiver = Receiver()
    other = idle.notify.add_account(Account())
    idle.notify.set_callback(RECEIPT, send=receiver, bearer_token="t", account=other.account)
    Caller(idle).send("sms", TEXT, reference="first")
    Caller(idle, key=other.new_api_key()).send("sms", TEXT, reference="other")
    idle.clock.advance(seconds=10)
    idle.notify.deliver_callbacks()

    assert ["other"] == [each["reference"] for each in receiver.told]
    assert "t" not in repr(idle.notify.callbacks).split()
