# SPDX-License-Identifier: MIT
"""The webhooks of the stand-in, their messages, and which of them are due.

Sources as in `webhooks`. Every time here is on the virtual clock. Not safe between threads: the
stand-in calls it under its one lock, and never holds that lock while it sends.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from lg_sandbox.outgoing import Send
from lg_sandbox.pay.book import Change
from lg_sandbox.pay.keys import new_id
from lg_sandbox.pay.model import Payment
from lg_sandbox.pay.money import RefundStatus
from lg_sandbox.pay.webhooks import (
    KEPT_FOR,
    EventType,
    events_between,
    message_body,
    payment_snapshot,
    retry_after,
    sign,
)

__all__ = [
    "Attempt",
    "DeliveryStatus",
    "Disorder",
    "Send",
    "Webhook",
    "WebhookMessage",
    "WebhookQueue",
    "was_delivered",
]

_ALL_EVENTS = frozenset(EventType)


class DeliveryStatus(StrEnum):
    """How the delivery of a message stands (webhooks code, `DeliveryStatus`)."""

    PENDING = "pending"
    """An attempt is still to come."""
    SUCCESSFUL = "successful"
    FAILED = "failed"
    """Six attempts failed, and Pay has given up."""
    WILL_NOT_SEND = "will not send"
    """The webhook was switched off."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook as the admin tool sets it up.

    Args:
        id: Pay's id.
        account: the id of the account whose payments it tells of.
        url: where messages go; None where they are handed over in process.
        secret: the signing secret.
        events: what it is told of.
        created_at: when it was set up.
        active: whether messages are sent.
    """

    id: str
    account: str
    url: str | None
    secret: str = field(repr=False)
    events: frozenset[EventType]
    created_at: datetime
    active: bool = True


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to deliver a message.

    Args:
        message_id: Pay's id of the message.
        webhook_id: Pay's id of the webhook.
        at: when.
        status: the HTTP status answered; None when nothing was.
        delivered: whether it was any 2xx.
        repeat: whether it is the second copy that `Disorder.duplicate` asks for.
    """

    message_id: str
    webhook_id: str
    at: datetime
    status: int | None
    delivered: bool
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class WebhookMessage:
    """A message, with what became of it.

    Args:
        id: Pay's id.
        webhook_id: Pay's id of the webhook.
        event: what it is about.
        payment_id: Pay's id of the payment.
        at: when the event happened.
        body: the bytes that are sent.
        number: its place among all messages, from 0.
        status: how the delivery stands.
        due_at: when the next attempt is due; None when there is none.
        attempts: the attempts so far, oldest first.
    """

    id: str
    webhook_id: str
    event: EventType
    payment_id: str
    at: datetime
    body: bytes = field(repr=False)
    number: int
    status: DeliveryStatus
    due_at: datetime | None
    attempts: tuple[Attempt, ...] = ()


@dataclass(slots=True)
class Disorder:
    """What the network may do to webhooks. Pay promises no order and no single delivery.

    Args:
        shuffle: whether messages that are due come in another order, always the same for a seed.
        duplicate: whether each message comes twice, with the same id.
        stale: whether the snapshot is older than the event. Source: a message seen in the wild,
            `card_payment_captured` with the state `submitted`.
        seed: for the order.
    """

    shuffle: bool = False
    duplicate: bool = False
    stale: bool = False
    seed: int = 0


class WebhookQueue:
    """The webhooks, and their messages by id, oldest first."""

    def __init__(self) -> None:
        self.disorder = Disorder()
        self._webhooks: dict[str, Webhook] = {}
        self._messages: dict[str, WebhookMessage] = {}
        self._made = 0

    @property
    def webhooks(self) -> tuple[Webhook, ...]:
        """The webhooks, oldest first."""
        return tuple(self._webhooks.values())

    def add(
        self,
        url: str | None,
        *,
        account: str,
        secret: str,
        events: Sequence[str] | None,
        now: datetime,
    ) -> Webhook:
        """Set up a webhook.

        Args:
            url: where messages go; None where they are handed over in process.
            account: the id of the account.
            secret: the signing secret.
            events: the names of the events; all when None.
            now: the instant on the virtual clock.

        Raises:
            ValueError: when an event's name is unknown.
        """
        wanted = _ALL_EVENTS if events is None else frozenset(map(_event, events))
        webhook = Webhook(new_id(), account, url, secret, wanted, now)
        self._webhooks[webhook.id] = webhook
        return webhook

    def webhook(self, webhook_id: str) -> Webhook:
        """Return a webhook.

        Raises:
            LookupError: when there is none with this id.
        """
        found = self._webhooks.get(webhook_id)
        if found is None:
            raise LookupError("There is no webhook with this id. Look at `sandbox.pay.webhooks`.")
        return found

    def switch(self, webhook_id: str, *, active: bool) -> Webhook:
        """Switch a webhook on or off, as the admin tool does.

        Raises:
            LookupError: when there is none with this id.
        """
        webhook = replace(self.webhook(webhook_id), active=active)
        self._webhooks[webhook_id] = webhook
        return webhook

    def watch(self, change: Change) -> None:
        """Make the messages that a change of a payment calls for.

        Args:
            change: the change.
        """
        before, after, refund = change.before, change.payment, change.refund
        if before is None:
            return
        for event in events_between(before, after):
            self._tell(event, before=before, after=after, at=change.at)
        # webhooks code, `EventMapper`: a refund that succeeded, told as an event of its payment.
        if refund is not None and refund.status is RefundStatus.SUCCESS:
            self._tell(EventType.REFUNDED, before=before, after=after, at=change.at)

    def _tell(self, event: EventType, *, before: Payment, after: Payment, at: datetime) -> None:
        """Make a message for each webhook that wants an event."""
        seen = before if self.disorder.stale else after
        for webhook in self._webhooks.values():
            if webhook.account != after.account or event not in webhook.events:
                continue
            message_id = new_id()
            self._messages[message_id] = WebhookMessage(
                id=message_id,
                webhook_id=webhook.id,
                event=event,
                payment_id=after.id,
                at=at,
                body=message_body(
                    message_id,
                    event,
                    at=at,
                    payment_id=after.id,
                    resource=payment_snapshot(seen),
                ),
                number=self._made,
                status=DeliveryStatus.PENDING,
                due_at=at,
            )
            self._made += 1

    def messages(self, *, now: datetime) -> tuple[WebhookMessage, ...]:
        """Return the messages that Pay still keeps, oldest first, and forget the others.

        Args:
            now: the instant on the virtual clock.
        """
        old = [each.id for each in self._messages.values() if now - each.at >= KEPT_FOR]
        for message_id in old:
            del self._messages[message_id]
        return tuple(self._messages.values())

    def due(self, *, now: datetime) -> tuple[WebhookMessage, ...]:
        """Return the messages whose next attempt is due, in the order in which they are sent.

        Args:
            now: the instant on the virtual clock.
        """
        found: list[WebhookMessage] = []
        for message in self.messages(now=now):
            if message.due_at is None or message.due_at > now:
                continue
            if self._webhooks[message.webhook_id].active:
                found.append(message)
            else:
                self._messages[message.id] = replace(
                    message, status=DeliveryStatus.WILL_NOT_SEND, due_at=None
                )
        if self.disorder.shuffle:
            found.sort(key=self._place)
        return tuple(found)

    def headers(self, message: WebhookMessage) -> dict[str, str]:
        """Return the headers that a message is sent with.

        Args:
            message: the message.
        """
        secret = self._webhooks[message.webhook_id].secret
        return {
            "Content-Type": "application/json",
            "Pay-Signature": sign(message.body, secret=secret),
        }

    def record(self, message: WebhookMessage, status: int | None, *, now: datetime) -> Attempt:
        """Note how an attempt ended, and plan the next one where that is needed.

        Args:
            message: the message, as `due` gave it.
            status: the HTTP status answered; None when nothing was.
            now: the instant on the virtual clock.
        """
        delivered = was_delivered(status)
        attempt = Attempt(message.id, message.webhook_id, now, status, delivered)
        attempts = (*message.attempts, attempt)
        wait = None if delivered else retry_after(len(attempts))
        if delivered:
            told = DeliveryStatus.SUCCESSFUL
        else:
            told = DeliveryStatus.FAILED if wait is None else DeliveryStatus.PENDING
        self._messages[message.id] = replace(
            message,
            status=told,
            attempts=attempts,
            due_at=None if wait is None else now + wait,
        )
        return attempt

    def _place(self, message: WebhookMessage) -> bytes:
        return hashlib.sha256(f"{self.disorder.seed} {message.number}".encode()).digest()


def was_delivered(status: int | None) -> bool:
    """Say whether an attempt delivered its message.

    Source: webhooks code, `SendAttempter`: any 2xx does, a redirect does not.

    Args:
        status: the HTTP status answered; None when nothing was.

    Returns:
        False where the message is to be sent again.
    """
    return status is not None and 200 <= status <= 299  # noqa: PLR2004 -- HTTP statuses


def _event(name: str) -> EventType:
    # Asked beforehand: the enum's own error would repeat the name.
    if name not in _ALL_EVENTS:
        raise ValueError(f"There is no such event. Use some of: {', '.join(sorted(_ALL_EVENTS))}.")
    return EventType(name)
