# SPDX-License-Identifier: MIT
"""Callbacks as the sandbox sends them: late, twice, out of order, and dropped as Notify drops."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from databases import sqlite_url

from lg_core.endpoints import Endpoint, Request
from lg_core.limits import Limiter
from lg_core.store import Inbox, Store
from lg_core.testing import AsgiTransport, asgi
from lg_notify import Email, Letter, Notification, NotifyClient, Sms
from lg_notify.callbacks import (
    DeliveryReceipt,
    complaints,
    receipts,
    received_texts,
    returned_letters,
    worker,
)
from lg_notify.poller import ReceiptPoller
from lg_sandbox import Sandbox
from lg_sandbox.notify import (
    BIN_DAY,
    PAYMENT_RECEIVED,
    REMINDER_LETTER,
    CallbackKind,
    CallbackStatus,
    Channel,
    Status,
)

TOKEN = "zebra-crossing-token"
NUMBER = "07700 900123"
ADDRESS = "sian@example.org"


@pytest.fixture
def sandbox() -> Sandbox:
    """A sandbox whose clock stands still, and whose service has a number."""
    sandbox = Sandbox()
    sandbox.clock.freeze()
    sandbox.notify.account.inbound_number = "07700900999"
    return sandbox


@pytest.fixture
def way(sandbox: Sandbox) -> Iterator[AsgiTransport]:
    """The way to Notify, in process."""
    way = asgi(sandbox.notify.app)
    yield way
    way.close()


@pytest.fixture
def notify(sandbox: Sandbox, way: AsgiTransport) -> Iterator[NotifyClient]:
    """A client."""
    with NotifyClient(
        sandbox.notify.new_api_key(),
        base_url="http://localhost",
        transport=way,
        limiter=Limiter({}),
    ) as notify:
        yield notify


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    """An inbox in a file."""
    with Store(sqlite_url(tmp_path)) as store:
        yield Inbox(store, name="lg-notify.callbacks")


class Host:
    """A web framework with one endpoint: what is raised is answered 500."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.away = False

    def __call__(self, headers: Mapping[str, str], body: bytes) -> int:
        """Take a callback."""
        lower = {name.lower(): value for name, value in headers.items()}
        if self.away:
            return 500
        return self.endpoint.handle(Request("POST", "/", headers=lower, body=body)).status


def a_text(notify: NotifyClient) -> str:
    """Send a text, and return its id."""
    values = {"name": "Siân", "day": "Monday", "garden": "no"}
    return notify.send(Sms(phone_number=NUMBER, template_id=BIN_DAY.id, personalisation=values)).id


def an_email(notify: NotifyClient) -> str:
    """Send an e-mail, and return its id."""
    values = {"name": "Siân", "amount": "£1", "items": ["a"], "reference": "GW-1"}
    return notify.send(
        Email(email_address=ADDRESS, template_id=PAYMENT_RECEIVED.id, personalisation=values)
    ).id


def test_all_that_the_sandbox_tells_is_acted_on(
    sandbox: Sandbox, notify: NotifyClient, inbox: Inbox
) -> None:
    """Every kind, twice and shuffled: each is kept once and acted on once."""
    for kind, make in (
        (CallbackKind.DELIVERY_RECEIPT, receipts),
        (CallbackKind.RECEIVED_TEXT, received_texts),
        (CallbackKind.RETURNED_LETTER, returned_letters),
        (CallbackKind.COMPLAINT, complaints),
    ):
        host = Host(make(inbox, tokens=[TOKEN]))
        sandbox.notify.set_callback(kind, bearer_token=TOKEN, send=host)
    disorder = sandbox.notify.callback_disorder
    disorder.shuffle = disorder.duplicate = True
    text, email = a_text(notify), an_email(notify)
    letter = notify.send(
        Letter(
            template_id=REMINDER_LETTER.id,
            personalisation={
                "address_line_1": "Siân Jones",
                "address_line_2": "1 High Street",
                "address_line_3": "SW1A 1AA",
                **dict.fromkeys(("name", "amount", "date"), "x"),
            },
        )
    ).id
    sandbox.notify.end(text)
    sandbox.notify.end(email, status=Status.PERMANENT_FAILURE)
    sandbox.notify.end(letter)
    sandbox.notify.return_letter(letter)
    sandbox.notify.complain(email)
    sandbox.notify.receive_text("STOP")
    tries = sandbox.notify.deliver_callbacks()
    acted: list[tuple[str, str]] = []
    work = worker(
        inbox,
        read=notify.get_notification,
        act=lambda notification, receipt: acted.append((receipt.id, str(notification.status))),
        received_text=lambda told: acted.append((told.message, told.source_number)),
        returned_letter=lambda told: acted.append((told.notification_id, "returned")),
        complaint=lambda told: acted.append((told.notification_id, "complaint")),
    )

    assert [200] * 10 == [each.status for each in tries]
    assert 5 == work.run_once().done
    assert sorted([
        (text, "delivered"),
        (email, "permanent-failure"),
        (letter, "returned"),
        (email, "complaint"),
        ("STOP", "447900900123"),
    ]) == sorted(acted)  # fmt: skip


def test_a_receipt_that_could_not_be_kept_comes_again(
    sandbox: Sandbox, notify: NotifyClient, inbox: Inbox
) -> None:
    """A 500 brings it again in 5 minutes; it is told once."""
    host = Host(receipts(inbox, tokens=[TOKEN]))
    sandbox.notify.set_callback(CallbackKind.DELIVERY_RECEIPT, bearer_token=TOKEN, send=host)
    sandbox.notify.end(a_text(notify))
    host.away = True
    assert [500] == [each.status for each in sandbox.notify.deliver_callbacks()]
    host.away = False
    sandbox.clock.advance(timedelta(minutes=5))

    assert [200] == [each.status for each in sandbox.notify.deliver_callbacks()]
    assert 1 == inbox.queue.counts().waiting


def test_the_poller_finds_what_the_callbacks_lost(
    sandbox: Sandbox, notify: NotifyClient, inbox: Inbox
) -> None:
    """A token that was wrong for an hour, and a message that Notify gave up on in silence."""
    host = Host(receipts(inbox, tokens=[TOKEN]))
    sandbox.notify.set_callback(
        CallbackKind.DELIVERY_RECEIPT, bearer_token="another-token", send=host
    )
    lost = a_text(notify)
    sandbox.notify.plan_end(Status.TECHNICAL_FAILURE, channel=Channel.SMS)
    silent = a_text(notify)
    waiting = {each: (each, "sms", sandbox.clock.now()) for each in (lost, silent)}
    told: dict[str, str] = {}

    def act(notification: Notification, receipt: DeliveryReceipt) -> None:
        told[receipt.id] = str(notification.status)
        del waiting[receipt.id]

    poller = ReceiptPoller(
        notify, unended=lambda: [*waiting.values()], act=act, now=sandbox.clock.now
    )
    sandbox.notify.end(lost)
    assert [401] == [each.status for each in sandbox.notify.deliver_callbacks()]
    assert [CallbackStatus.DROPPED] == [each.status for each in sandbox.notify.callbacks]
    for _ in range(6 * 12):
        sandbox.clock.advance(timedelta(minutes=5))
        poller.poll_once()
        sandbox.notify.deliver_callbacks()

    assert {lost: "delivered", silent: "technical-failure"} == told
    assert 0 == inbox.queue.counts().waiting
