# SPDX-License-Identifier: MIT
"""Webhooks as GOV.UK Pay makes them: which event, what it says, its signature, when to try again.

Sources: webhooks code (alphagov/pay-webhooks), `EventMapper` (which change is which event),
`PaymentApiRepresentation` and `WebhookMessageBody` (what a message says), `SendAttempter` (when it
is sent again); technical documentation, 'Webhooks', for the signature. Only pure functions here.
"""

import hashlib
import hmac
import json
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from lg_sandbox.pay.model import Payment, State
from lg_sandbox.pay.wire import payment_body, timestamp

__all__ = [
    "KEPT_FOR",
    "RETRY_AFTER",
    "EventType",
    "events_between",
    "message_body",
    "payment_snapshot",
    "retry_after",
    "sign",
]

RETRY_AFTER: tuple[timedelta, ...] = (
    timedelta(seconds=60),
    timedelta(minutes=5),
    timedelta(hours=1),
    timedelta(days=1),
    timedelta(days=2),
)
"""How long after each failed attempt the next one comes (webhooks code, `SendAttempter`)."""

KEPT_FOR = timedelta(days=7)
"""How long Pay keeps a message, delivered or not (webhooks code, message deletion)."""


class EventType(StrEnum):
    """What a message is about (webhooks code, `EventTypeName`).

    Nothing leads to `STARTED` in the code read, and the documented `card_payment_settled` is not
    in it.
    """

    STARTED = "card_payment_started"
    SUCCEEDED = "card_payment_succeeded"
    CAPTURED = "card_payment_captured"
    REFUNDED = "card_payment_refunded"
    FAILED = "card_payment_failed"
    EXPIRED = "card_payment_expired"


_SUCCESSES = frozenset({State.SUCCESS, State.CAPTURED})
_FAILURES = frozenset(
    {State.REJECTED, State.CANCELLED_BY_PAYER, State.CANCELLED_BY_SERVICE, State.ERROR}
)


def events_between(before: Payment, after: Payment) -> tuple[EventType, ...]:
    """Say which events a change of a payment makes, in their order.

    Source: webhooks code, `EventMapper`. A capture that fails after the payer saw success makes
    none: no internal event of that kind is mapped. Refunds come by another way.

    Args:
        before: the payment before the change.
        after: the payment after it.

    Returns:
        The events; none for most changes.
    """
    events: list[EventType] = []
    was_success = before.state in _SUCCESSES
    if after.state in _SUCCESSES and not was_success:
        events.append(EventType.SUCCEEDED)
    if after.state is State.CAPTURED and before.state is not State.CAPTURED:
        events.append(EventType.CAPTURED)
    if after.state is not before.state:
        if after.state in _FAILURES and not was_success:
            events.append(EventType.FAILED)
        if after.state is State.EXPIRED:
            events.append(EventType.EXPIRED)
    return tuple(events)


# ledger code, transaction state version 2, as the webhooks read it: a failed payment has a word of
# its own for each reason, and a service's cancellation comes as the payer's, since the first match
# by status wins.
_WORDS: dict[State, tuple[str, str, str]] = {
    State.REJECTED: ("declined", "P0010", "Payment method rejected"),
    State.EXPIRED: ("timedout", "P0020", "Payment expired"),
    State.CANCELLED_BY_PAYER: ("cancelled", "P0030", "Payment was cancelled by the user"),
    State.CANCELLED_BY_SERVICE: ("cancelled", "P0030", "Payment was cancelled by the user"),
}

# webhooks code, `PaymentApiRepresentation`: these parts and no others. No links, no provider_id,
# no agreement_id, no authorisation_mode.
_PARTS = (
    "payment_id",
    "amount",
    "state",
    "return_url",
    "description",
    "reference",
    "email",
    "payment_provider",
    "created_date",
    "language",
    "delayed_capture",
    "moto",
    "refund_summary",
    "settlement_summary",
    "card_details",
    "corporate_card_surcharge",
    "total_amount",
    "metadata",
    "fee",
    "net_amount",
)
_SETTLEMENT_PARTS = ("capture_submit_time", "captured_date")


def payment_snapshot(payment: Payment) -> dict[str, Any]:
    """Write a payment as a webhook's `resource` has it.

    Args:
        payment: the payment as it is, or was, when the snapshot is taken.

    Returns:
        The object that stands under `resource`.
    """
    whole = payment_body(payment, base="", token=None)
    snapshot = {name: whole[name] for name in _PARTS if name in whole}
    snapshot["state"] = _state(payment, whole["state"])
    settled: dict[str, Any] = whole.get("settlement_summary", {})
    snapshot["settlement_summary"] = {
        name: settled[name] for name in _SETTLEMENT_PARTS if name in settled
    }
    card: dict[str, Any] = whole.get("card_details", {})
    snapshot["card_details"] = {
        name: value for name, value in card.items() if name != "wallet_type" and value is not None
    }
    snapshot["authorisation_summary"] = {"three_d_secure": {"required": False}}
    return snapshot


def _state(payment: Payment, state: dict[str, Any]) -> dict[str, Any]:
    if payment.state not in _WORDS:
        # No can_retry: the webhooks do not know it.
        return {name: value for name, value in state.items() if name != "can_retry"}
    status, code, message = _WORDS[payment.state]
    return {"status": status, "finished": True, "code": code, "message": message}


def message_body(
    message_id: str,
    event: EventType,
    *,
    at: datetime,
    payment_id: str,
    resource: dict[str, Any],
) -> bytes:
    """Write the body of a message (webhooks code, `WebhookMessageBody`).

    Args:
        message_id: Pay's id of the message; the documentation calls it `id`, the wire does not.
        event: what it is about.
        at: when that happened.
        payment_id: Pay's id of the payment, also for a refund.
        resource: the snapshot.

    Returns:
        The bytes that are signed and sent.
    """
    body = {
        "webhook_message_id": message_id,
        "api_version": 1,
        "created_date": timestamp(at),
        "resource_id": payment_id,
        # Upper case on the wire, although the documentation shows lower case.
        "resource_type": "PAYMENT",
        "event_type": event.value,
        "resource": resource,
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def sign(body: bytes, *, secret: str) -> str:
    """Return the header `Pay-Signature` of a body.

    Source: technical documentation, 'Verify webhook messages': lower-case hex of an HMAC-SHA256
    over the raw body. No time is in it.

    Args:
        body: the bytes that are sent.
        secret: the webhook's signing secret.
    """
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def retry_after(failures: int) -> timedelta | None:
    """Say how long to wait after a failed attempt.

    Args:
        failures: how many attempts failed so far, 1 or more.

    Returns:
        The wait; None when Pay gives up (webhooks code: six attempts in all).
    """
    return RETRY_AFTER[failures - 1] if failures <= len(RETRY_AFTER) else None
