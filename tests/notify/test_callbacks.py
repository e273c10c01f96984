# SPDX-License-Identifier: MIT
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from databases import sqlite_url, store_url
from hypothesis import given
from hypothesis import strategies as st
from notify.callback_bodies import (
    COMPLAINT,
    ID,
    RECEIPT,
    RETURNED_LETTER,
    TEXT,
    TOKEN,
    a_notification,
    calling,
)
from pydantic import SecretStr

from lg_core.endpoints import Endpoint
from lg_core.errors import ConfigError
from lg_core.store import Inbox, Store, Worker
from lg_core.testing import asgi
from lg_notify import MessageNotFoundError, Notification, NotifyClient, NotifyUnavailableError, Sms
from lg_notify.callbacks import (
    DeliveryReceipt,
    bearer_matches,
    complaints,
    receipt_of,
    receipts,
    received_texts,
    returned_letters,
    worker,
)
from lg_sandbox import Sandbox
from lg_sandbox.notify import BIN_DAY

__all__ = ["store_url"]

Make = Callable[..., Endpoint]
ALL: tuple[tuple[Make, Mapping[str, Any]], ...] = (
    (receipts, RECEIPT),
    (received_texts, TEXT),
    (returned_letters, RETURNED_LETTER),
    (complaints, COMPLAINT),
)


@pytest.fixture
def inbox(store_url: str) -> Iterator[Inbox]:
    """An inbox in an empty database, of each kind in turn."""
    with Store(store_url) as store:
        yield Inbox(store, name="lg-notify.callbacks")


@pytest.fixture
def local_inbox(tmp_path: Path) -> Iterator[Inbox]:
    """An inbox in a file."""
    with Store(sqlite_url(tmp_path)) as store:
        yield Inbox(store, name="lg-notify.callbacks")


def never(*_given: object) -> Notification:
    """Stand for a function that must not be called."""
    raise AssertionError


def gone(_notification_id: str) -> Notification:
    """Answer as Notify does of a message that it has no longer."""
    raise MessageNotFoundError("No such message.", status=404)


# ------------------------------------------------------------------ the token


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (f"Bearer {TOKEN}", True),
        (f"bearer  {TOKEN} ", True),
        (TOKEN, False),
        (f"Basic {TOKEN}", False),
        (f"Bearer {TOKEN}x", False),
        ("Bearer", False),
        ("", False),
        (None, False),
    ],
)
def test_only_the_token_opens(header: str | None, *, expected: bool) -> None:
    """With its scheme, in any letters of the scheme."""
    assert expected is bearer_matches(header, tokens=[TOKEN])


@given(st.text(max_size=40))
def test_no_other_token_opens(text: str) -> None:
    """Whatever is sent in its place; one that was replaced still opens while it is listed."""
    tokens = ["the-new-token", SecretStr(TOKEN)]

    assert (text.strip() in {TOKEN, "the-new-token"}) is bearer_matches(
        f"Bearer {text}", tokens=tokens
    )
    assert bearer_matches(f"Bearer {TOKEN}", tokens=tokens)


@pytest.mark.parametrize(
    "tokens", [[], TOKEN, None, [" " * 12], ["short"], [f" {TOKEN}"], ["two words here"], [7]]
)
def test_a_token_that_cannot_be_is_found_at_the_start(tokens: Any, local_inbox: Inbox) -> None:
    """Not when the first callback comes; the error does not repeat it."""
    for make, _ in ALL:
        with pytest.raises(ConfigError) as caught:
            make(local_inbox, tokens=tokens)

        assert "tokens" == caught.value.setting
        assert TOKEN not in str(caught.value)


# ------------------------------------------------------------------ the endpoints


@pytest.mark.parametrize(("make", "wire"), ALL, ids=lambda value: getattr(value, "__name__", ""))
def test_a_message_is_kept_once_and_answered_each_time(
    make: Make, wire: Mapping[str, Any], inbox: Inbox
) -> None:
    """A repeat is answered 200 and known, with its fields in another order too."""
    answer = make(inbox, tokens=[TOKEN]).handle
    turned = {name: wire[name] for name in sorted(wire, reverse=True)}

    assert [200, 200] == [answer(calling(each)).status for each in (wire, turned)]
    (job,) = inbox.queue.take(limit=5)
    assert not {"to", "sent_by", "template_name"} & set(job.payload)
    assert wire.get("message") == job.payload.get("message")


def test_another_state_of_a_message_is_another_receipt(local_inbox: Inbox) -> None:
    """A text can be pending first; each receipt is worked on."""
    answer = receipts(local_inbox, tokens=[TOKEN]).handle
    for status in ("pending", "delivered", "pending"):
        answer(calling({**RECEIPT, "status": status}))

    assert 2 == local_inbox.queue.counts().waiting


@pytest.mark.parametrize("header", [None, "", "Bearer nobodys-token", f"Basic {TOKEN}"])
def test_a_wrong_token_is_answered_401_without_a_word(
    header: str | None, local_inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is kept, and a line says so: Notify would drop its own message here."""
    for make, wire in ALL:
        reply = make(local_inbox, tokens=[TOKEN]).handle(calling(wire, authorization=header))

        assert (401, b"", ()) == (reply.status, reply.body, reply.headers)
    assert 0 == local_inbox.queue.counts().waiting
    assert 4 == caplog.text.count("lg-notify.callback_refused")


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[1]", b'{"id": "x", "to": "07700900003"}'])
def test_what_cannot_be_read_is_kept_and_set_aside_by_name(
    body: bytes, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    """A 4xx would lose it for good, and a 5xx bring it again for half an hour."""
    for make, _ in ALL:
        answer = make(inbox, tokens=[TOKEN]).handle
        assert [200, 200] == [answer(calling(body)).status for _ in range(2)]

    ran = worker(inbox, read=never, act=never).run_once()

    assert 4 == ran.aside
    assert ["unreadable"] * 4 == [each.reason for each in inbox.queue.aside()]
    assert "lg-notify.callback_unreadable" in caplog.text
    receipt = next(each for each in inbox.queue.aside() if each.payload["kind"] == "receipt")
    assert "07700900003" not in str(receipt.payload)


def test_a_failing_inbox_is_not_answered_with_200() -> None:
    """Notify must send again what could not be kept."""

    class Broken:
        def receive(self, _key: str, _body: object, /) -> bool:
            raise TimeoutError

    for make, wire in ALL:
        for body in (wire, b"unreadable"):
            with pytest.raises(TimeoutError):
                make(Broken(), tokens=[TOKEN]).handle(calling(body))


def test_the_endpoints_are_posts_with_paths_of_their_own(local_inbox: Inbox) -> None:
    """All four fit into one mount."""
    made = [make(local_inbox, tokens=[TOKEN]) for make, _ in ALL]

    assert 4 == len({each.path for each in made})
    assert {"POST"} == {each.method for each in made}
    assert "/x" == receipts(local_inbox, tokens=[TOKEN], path="/x").path


# ------------------------------------------------------------------ the worker


def test_the_worker_acts_on_what_it_reads(inbox: Inbox) -> None:
    """A receipt of the past is read again: order and repeats do not matter."""
    acted: list[tuple[object, object]] = []
    sandbox = Sandbox()
    answer = receipts(inbox, tokens=["the-old-token", TOKEN]).handle
    with NotifyClient(
        sandbox.notify.api_key, base_url="http://localhost", transport=asgi(sandbox.notify.app)
    ) as notify:
        values = {"name": "Siân", "day": "Monday", "garden": "no"}
        sent = notify.send(
            Sms(phone_number="07700 900123", template_id=BIN_DAY.id, personalisation=values)
        )
        sandbox.notify.end(sent.id)
        for status in ("delivered", "pending", "delivered"):
            answer(calling({**RECEIPT, "id": sent.id, "status": status}))
        work = worker(
            inbox,
            read=notify.get_notification,
            act=lambda notification, receipt: acted.append((notification.status, receipt.status)),
        )

        assert 2 == work.run_once().done
        assert 0 == work.run_once().taken
    assert [("delivered", "delivered"), ("delivered", "pending")] == acted


def test_a_message_that_notify_has_no_longer_is_set_aside_or_acted_on_alone(
    local_inbox: Inbox,
) -> None:
    """Set aside by name; put back, the receipt alone is given to who takes it."""
    receipts(local_inbox, tokens=[TOKEN]).handle(calling(RECEIPT))
    assert 1 == worker(local_inbox, read=gone, act=never).run_once().aside
    (aside,) = local_inbox.queue.aside()
    assert "message_gone" == aside.reason
    told: list[DeliveryReceipt] = []
    local_inbox.queue.put_back(aside.key)

    ran = worker(local_inbox, read=gone, act=never, gone=told.append).run_once()

    assert 1 == ran.done
    assert [(ID, "temporary-failure")] == [(each.id, each.status) for each in told]


def test_one_worker_serves_all_kinds(inbox: Inbox) -> None:
    """Each kind has its function; words of a person are forgotten once they are acted on."""
    for make, wire in ALL:
        make(inbox, tokens=[TOKEN]).handle(calling(wire))
    told: list[str] = []

    def tell(event: object) -> None:
        told.append(type(event).__name__)

    ran = worker(
        inbox,
        read=lambda _id: a_notification(),
        act=lambda _notification, receipt: tell(receipt),
        received_text=tell,
        returned_letter=tell,
        complaint=tell,
    ).run_once()

    assert 4 == ran.done
    assert ["Complaint", "DeliveryReceipt", "ReceivedText", "ReturnedLetter"] == sorted(told)
    with inbox.queue.store.read() as connection:
        rows = connection.exec_driver_sql("SELECT payload FROM lg_work").scalars().all()
    assert ["{}"] * 4 == list(rows)


def test_what_nobody_takes_is_set_aside_by_name(local_inbox: Inbox) -> None:
    """Nothing is dropped where a function is not given, or the payload is somebody else's."""
    for make, wire in ALL[1:]:
        make(local_inbox, tokens=[TOKEN]).handle(calling(wire))
    local_inbox.receive("theirs", {"kind": "other"})

    assert 4 == worker(local_inbox, read=never, act=never).run_once().aside
    assert ["no_function"] * 3 + ["unreadable"] == [
        each.reason for each in local_inbox.queue.aside()
    ]


def test_a_failure_is_tried_again(local_inbox: Inbox) -> None:
    """Notify being down loses no receipt."""
    receipts(local_inbox, tokens=[TOKEN]).handle(calling(RECEIPT))

    def down(_notification_id: str) -> Notification:
        raise NotifyUnavailableError("It is down.", status=500)

    ran = worker(local_inbox, read=down, act=never).run_once()

    assert 1 == ran.retried
    assert 1 == local_inbox.queue.counts().waiting


def test_a_worker_that_dies_after_acting_acts_again(store_url: str) -> None:
    """The receipt is not lost with it, and `act` must bear a repeat."""
    acted: list[str] = []
    with Store(store_url) as store:
        inbox = Inbox(store, name="lg-notify.callbacks")
        receipts(inbox, tokens=[TOKEN]).handle(calling(RECEIPT))

        def dies(_notification: object, receipt: DeliveryReceipt) -> None:
            acted.append(receipt.id)
            raise KeyboardInterrupt

        def of(act: Callable[[Notification, DeliveryReceipt], None]) -> Worker:
            return worker(inbox, read=lambda _id: a_notification(), act=act)

        with pytest.raises(KeyboardInterrupt):
            of(dies).run_once()
        done = of(lambda _notification, receipt: acted.append(receipt.id)).run_once()

    assert 1 == done.done
    assert [ID, ID] == acted


def test_a_repeated_receipt_has_the_key_of_the_first(local_inbox: Inbox) -> None:
    """Whatever the way of writing it: the same message, state and times."""
    receipt = receipt_of(a_notification())
    answer = receipts(local_inbox, tokens=[TOKEN]).handle
    for wire in (RECEIPT, {**RECEIPT, "template_version": 9}, json.dumps(RECEIPT, indent=4)):
        answer(calling(wire.encode() if isinstance(wire, str) else wire))

    assert 1 == local_inbox.queue.counts().waiting
    assert receipt != replace(receipt, status="pending")
