# SPDX-License-Identifier: MIT
"""AsyncNotifyClient: a message whose answer was lost, and what is found out."""

import json
import pickle
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import stamina  # noqa: TID253 -- a test may load it
from notify.canned import ID, KEY, Canned, Time, a_notification, refusal

from lg_core.errors import InvalidValueError, OutcomeUnknownError
from lg_core.limits import Limiter
from lg_core.transport import FailureReason, TransportFailure
from lg_notify import (
    AsyncNotifyClient,
    Email,
    FoundOutcome,
    Letter,
    PrecompiledLetter,
    SendOutcomeUnknownError,
    Sms,
    StillUnknown,
)
from lg_notify.found_out import at
from lg_notify.new_message import Message

pytestmark = pytest.mark.anyio

LOST = TransportFailure(FailureReason.TIMEOUT, left=True)
NOTHING: tuple[int, object] = (200, {"notifications": [], "links": {"current": "c"}})
THERE: tuple[int, object] = (
    200,
    {"notifications": [a_notification()], "links": {"current": "c", "next": "n"}},
)
MESSAGES: dict[str, Message] = {
    "sms": Sms(phone_number="07900900123", template_id=ID),
    "email": Email(email_address="a@example.gov.uk", template_id=ID),
    "letter": Letter(template_id=ID, address=["a", "b", "c"]),
    "precompiled letter": PrecompiledLetter(content=b"%PDF-1.4"),
}


@pytest.fixture(autouse=True)
def _no_waits() -> Iterator[None]:
    """Attempts follow each other at once."""
    with stamina.set_testing(True, attempts=5, cap=True):
        yield


def client(way: Canned, time: Time) -> AsyncNotifyClient:
    """Build a client over written answers, with a clock of its own."""
    return AsyncNotifyClient(
        KEY, transport=way, limiter=Limiter({}), clock=time, pause=time.asleep, attempts=2
    )


async def lost(notify: AsyncNotifyClient, message: Any) -> SendOutcomeUnknownError:
    """Send a message whose answer does not come."""
    with pytest.raises(SendOutcomeUnknownError) as doubt:
        await notify.send(message)
    return doubt.value


@pytest.mark.parametrize("way_of_failing", [LOST, (503, {}), (201, {"zq": 1})])
@pytest.mark.parametrize("kind", MESSAGES)
async def test_the_error_holds_what_is_needed(kind: str, way_of_failing: Any) -> None:
    """Once asked, never again; the reference that was made is the one that was sent."""
    time = Time()
    way = Canned(way_of_failing)
    error = await lost(client(way, time), MESSAGES[kind])
    body = json.loads(way.asked[0].body)

    assert 1 == len(way.asked)
    assert body["reference"] == error.reference
    assert error.was_made
    assert kind.rpartition(" ")[2] == error.template_type
    assert (at(time.now), at(time.now)) == (error.began_at, error.left_at)
    assert "find_out" in error.find_out
    assert isinstance(error, OutcomeUnknownError)


async def test_a_message_that_went_is_found() -> None:
    """After Notify must have given up, by reference and kind; the notification comes with it."""
    time = Time()
    way = Canned(LOST, THERE)
    notify = client(way, time)
    error = await lost(notify, MESSAGES["sms"])
    time.now += 10
    found = await notify.find_out(error)

    assert (FoundOutcome.SENT, ID) == (found.outcome, found.notification and found.notification.id)
    assert [20.0] == time.pauses
    assert [("template_type", "sms"), ("reference", str(error.reference))] == way.query
    assert ["POST /v2/notifications/sms", "GET /v2/notifications"] == way.paths


async def test_a_message_that_did_not_go_may_be_sent_again() -> None:
    """Notify has not got it and will not get it, also where an older one has its reference."""
    older = a_notification("2023-11-14T22:00:00.000000Z")
    for answer in (NOTHING, (200, {"notifications": [older], "links": {"current": "c"}})):
        time = Time()
        notify = client(Canned(LOST, answer), time)
        found = await notify.find_out(await lost(notify, MESSAGES["letter"]))

        assert (FoundOutcome.NOT_SENT, None) == (found.outcome, found.notification)
        assert [30.0] == time.pauses


async def test_an_error_of_long_ago_is_looked_up_at_once() -> None:
    """Also one that came out of a pickle, with the reference that was made."""
    time = Time()
    notify = client(Canned(LOST, THERE), time)
    error = pickle.loads(pickle.dumps(await lost(notify, MESSAGES["sms"])))
    time.now += 3600
    found = await notify.find_out(error)

    assert FoundOutcome.SENT is found.outcome
    assert [] == time.pauses


async def test_a_reference_that_was_kept_is_enough() -> None:
    """The whole 30 seconds are waited unless the caller says when it was."""
    time = Time()
    way = Canned(THERE, NOTHING)
    notify = client(way, time)
    found = await notify.find_out("mine")
    later = await notify.find_out("mine", template_type="email", since=at(time.now - 25))

    assert [FoundOutcome.SENT, FoundOutcome.NOT_SENT] == [found.outcome, later.outcome]
    assert [30.0, 5.0] == time.pauses
    assert [("template_type", "email"), ("reference", "mine")] == way.query


@pytest.mark.parametrize(
    "answer",
    [
        refusal(403, "AuthError", "Invalid token: API key not found"),
        (504, {}),
        (200, {"zq": 1}),
        TransportFailure(FailureReason.CONNECT, left=False),
        LOST,
    ],
)
async def test_a_look_up_that_fails_proves_nothing(answer: Any) -> None:
    """The reason is there, and the error with it."""
    time = Time()
    notify = client(Canned(LOST, answer, answer), time)
    found = await notify.find_out(await lost(notify, MESSAGES["email"]))

    assert (FoundOutcome.STILL_UNKNOWN, StillUnknown.LOOKUP_FAILED) == (found.outcome, found.reason)
    assert found.error is not None


@pytest.mark.parametrize(
    "message",
    [
        Sms(phone_number="+44 7700 900 111", template_id=ID),
        Sms(phone_number="07700900000", template_id=ID),
        Email(email_address="simulate-delivered-2@notifications.service.gov.uk", template_id=ID),
    ],
)
async def test_a_smoke_test_cannot_be_found(message: Message) -> None:
    """Notify stores nothing of it, so an empty list proves nothing, and none is asked for."""
    time = Time()
    way = Canned(LOST)
    notify = client(way, time)
    found = await notify.find_out(await lost(notify, message))

    assert (FoundOutcome.STILL_UNKNOWN, StillUnknown.SMOKE_TEST) == (found.outcome, found.reason)
    assert 1 == len(way.asked)


async def test_what_notify_may_have_deleted_cannot_be_found() -> None:
    """After 7 days, or what the service's settings say, an empty list proves nothing."""
    time = Time()
    notify = client(Canned(LOST), time)
    error = await lost(notify, MESSAGES["sms"])
    time.now += 4 * 86400
    found = await notify.find_out(error, kept_for=timedelta(days=3))

    assert StillUnknown.TOO_OLD is found.reason
    assert [] == time.pauses


async def test_only_messages_are_looked_up() -> None:
    """The error of another call is refused, and stays what it was."""
    time = Time()
    notify = client(Canned(*[LOST] * 4), time)
    with pytest.raises(OutcomeUnknownError) as doubt:
        await notify.list_templates()

    assert doubt.value.safe_to_repeat
    with pytest.raises(InvalidValueError):
        await notify.find_out(doubt.value)
    with pytest.raises(InvalidValueError):
        await notify.find_out("mine", template_type="fax")


class _Stop(BaseException):
    """What stops a program from outside."""


class _Stopping(Canned):
    """A way on which the program is stopped."""

    def send(self, request: Any) -> Any:
        """Stop."""
        self.asked.append(request)
        raise _Stop


async def test_a_send_that_is_stopped_says_its_reference() -> None:
    """It may have gone, and there is no error of ours to ask with: a note has the reference."""
    way = _Stopping()
    notify = client(way, Time())
    with pytest.raises(_Stop) as stopped:
        await notify.send(Sms(phone_number="07900900123", template_id=ID))
    with pytest.raises(_Stop) as mine:
        await notify.send(Sms(phone_number="07900900123", template_id=ID, reference="zqmine"))

    notes = " ".join(stopped.value.__notes__)
    assert json.loads(way.asked[0].body)["reference"] in notes
    assert "not known" in notes
    assert "zqmine" not in " ".join(mine.value.__notes__)
