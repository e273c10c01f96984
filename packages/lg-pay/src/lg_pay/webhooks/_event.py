# SPDX-License-Identifier: MIT
"""Verify a webhook of GOV.UK Pay, and read it in the API's own words."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, NoReturn, cast

from pydantic import AliasChoices, AwareDatetime, Field, ValidationError

from lg_core.errors import LgError
from lg_core.models import AnswerModel
from lg_core.money import Pence
from lg_core.signatures import RevealsSecret, matches
from lg_pay.payment import PaymentState, PaymentStatus, RefundSummary, SettlementSummary

__all__ = [
    "PaymentEvent",
    "PaymentEventType",
    "PaymentSnapshot",
    "WebhookFault",
    "WebhookRefusedError",
    "event_from",
    "verify",
]

_SIGNATURE: Final = re.compile(r"[0-9a-f]{64}", re.IGNORECASE)
_NAME: Final = r"^[A-Za-z0-9_-]{1,100}$"


class PaymentEventType(StrEnum):
    """The events that are known (technical documentation, 'Webhooks'; there may be more)."""

    SUCCEEDED = "card_payment_succeeded"
    """The payer has paid. Not yet proof of money."""
    CAPTURED = "card_payment_captured"
    """The provider has taken the money."""
    SETTLED = "card_payment_settled"
    """The money has been paid into your account. Documented; has not been seen to be sent."""
    REFUNDED = "card_payment_refunded"
    """Money was paid back. Which refund it was is not said."""
    FAILED = "card_payment_failed"
    """The payment ended without money: declined, cancelled, or an error."""
    EXPIRED = "card_payment_expired"
    """The payer did not finish in time."""


class WebhookFault(StrEnum):
    """Why a message was refused: the `code` of the error."""

    SIGNATURE_MISSING = "signature_missing"
    """There is no header `Pay-Signature`."""
    SIGNATURE_MALFORMED = "signature_malformed"
    """The header is not 64 hexadecimal digits."""
    SIGNATURE_WRONG = "signature_wrong"
    """None of the secrets signed exactly these bytes."""
    UNREADABLE = "unreadable"
    """Signed, and not a message of the form that is known."""
    NOT_A_PAYMENT = "not_a_payment"
    """Signed, and about something else than a payment."""
    CONTRADICTORY = "contradictory"
    """Signed, and it names two different payments."""

    @property
    def signed(self) -> bool:
        """Whether the message is GOV.UK Pay's own all the same."""
        return not self.name.startswith("SIGNATURE")


class WebhookRefusedError(LgError):
    """A message is not one of GOV.UK Pay's, or cannot be read. Nothing of it is repeated.

    Args:
        message: what was wrong, and what to do.
        code: a stable name of the fault.
    """

    def __init__(self, message: str, *, code: WebhookFault) -> None:
        super().__init__(message)
        self.code = code


class PaymentSnapshot(AnswerModel):
    """The payment as the message shows it, in the API's words, without anything personal.

    Do not act on it. It may be older or newer than the event, and a cancellation by the service
    looks like one by the payer (`failed`, P0030): get the payment.

    Attributes:
        payment_id: GOV.UK Pay's name for the payment.
        amount: what was asked for, in pence.
        state: where it stood.
        payment_provider: such as `stripe`.
        created_date: when it was created (UTC).
        refund_summary: how much could be refunded.
        settlement_summary: when the money moved; without the settled date.
    """

    shown: ClassVar[frozenset[str]] = frozenset(
        {"payment_id", "amount", "state", "payment_provider", "created_date"}
    )

    payment_id: str
    amount: Pence | None = None
    state: PaymentState | None = None
    payment_provider: str | None = None
    created_date: datetime | None = None
    refund_summary: RefundSummary | None = None
    settlement_summary: SettlementSummary | None = None


@dataclass(frozen=True, slots=True)
class PaymentEvent:
    """Something that happened to a payment.

    Attributes:
        message_id: the message's own name; the same when it is sent again.
        event_type: one of `PaymentEventType`, or a word that GOV.UK Pay has added since.
        payment_id: the payment.
        created_date: when it happened (UTC).
        snapshot: the payment as the message shows it, to look at; None where it shows none that
            can be read, and for an event that came through the inbox.
    """

    message_id: str
    event_type: str
    payment_id: str
    created_date: datetime
    snapshot: PaymentSnapshot | None = field(default=None, repr=False)

    def record(self) -> dict[str, str]:
        """Return what the inbox keeps: nothing personal."""
        return {
            "message_id": self.message_id,
            "event_type": self.event_type,
            "payment_id": self.payment_id,
            "created_date": self.created_date.isoformat(),
        }


class _Message(AnswerModel):
    """A message on the wire. The reference calls the first field `id`."""

    message_id: str = Field(
        validation_alias=AliasChoices("webhook_message_id", "id"), pattern=_NAME
    )
    event_type: str = Field(pattern=_NAME)
    payment_id: str = Field(validation_alias="resource_id", pattern=_NAME)
    resource_type: str
    created_date: AwareDatetime


def verify(
    body: bytes, signature: str | None, *, secrets: Sequence[str | RevealsSecret]
) -> PaymentEvent:
    """Check that GOV.UK Pay sent a message, and read it.

    `Pay-Signature` is the HMAC-SHA256 of the raw body (technical documentation, 'Webhooks'). It
    covers no time, so an old message verifies again: remember `message_id`, as `endpoint` does.

    Args:
        body: the raw bytes, before any JSON parsing.
        signature: the header `Pay-Signature` as it came, or None.
        secrets: the signing secrets of your webhooks; several while one replaces another.

    Returns:
        The event, with its snapshot in the API's words.

    Raises:
        WebhookRefusedError: the signature is missing, malformed or wrong, or the message is
            signed and cannot be read. `code` says which.
        ConfigError: there is no secret, or one cannot be used.
    """
    signed = matches(body, signature, secrets=secrets)
    if signature is None or not signature.strip():
        _refuse(
            WebhookFault.SIGNATURE_MISSING,
            "The request has no Pay-Signature. Pass the header on, and do not read the body.",
        )
    if not _SIGNATURE.fullmatch(signature.strip()):
        _refuse(
            WebhookFault.SIGNATURE_MALFORMED,
            "Pay-Signature is not 64 hexadecimal digits, so GOV.UK Pay did not send it.",
        )
    if not signed:
        _refuse(
            WebhookFault.SIGNATURE_WRONG,
            "None of the signing secrets signed this body. Give the secret of this webhook, and "
            "the raw bytes of the body.",
        )
    return _event(body)


def event_from(record: Mapping[str, object]) -> PaymentEvent:
    """Read an event that the inbox kept.

    Raises:
        WebhookRefusedError: it is no event.
    """
    message = _read({**record, "resource_id": record.get("payment_id"), "resource_type": "payment"})
    return PaymentEvent(
        message.message_id, message.event_type, message.payment_id, message.created_date
    )


def _event(body: bytes) -> PaymentEvent:
    found = _parsed(body)
    if not isinstance(found, Mapping):
        _refuse(WebhookFault.UNREADABLE, "The message is no JSON object. Update lg-pay.")
    wire = cast("Mapping[str, object]", found)
    message = _read(wire)
    # The wire says PAYMENT and the documentation payment.
    if message.resource_type.casefold() != "payment":
        _refuse(
            WebhookFault.NOT_A_PAYMENT,
            "The message is about something else than a payment. Update lg-pay, or take the "
            "event out of the webhook.",
        )
    snapshot = _snapshot(wire.get("resource"))
    if snapshot is not None and snapshot.payment_id != message.payment_id:
        _refuse(
            WebhookFault.CONTRADICTORY,
            "The message names one payment, and shows another. Nothing can be done with it.",
        )
    return PaymentEvent(
        message.message_id,
        message.event_type,
        message.payment_id,
        message.created_date,
        snapshot,
    )


def _parsed(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None  # what is null is refused likewise, outside the handler


def _read(wire: Mapping[str, object]) -> _Message:
    try:
        return _Message.model_validate({"id": wire.get("message_id"), **wire})
    except ValidationError as error:
        fields = sorted({str(fault["loc"][0]) for fault in error.errors(include_input=False)})
    # Raised outside the handler: pydantic's own error holds the message.
    raise WebhookRefusedError(
        f"The message cannot be read: {', '.join(fields)}. Update lg-pay.",
        code=WebhookFault.UNREADABLE,
    )


def _snapshot(resource: object) -> PaymentSnapshot | None:
    """Read what is shown. It is only to look at, so what cannot be read is left out."""
    if not isinstance(resource, Mapping):
        return None
    shown = cast("Mapping[str, object]", resource)
    try:
        return PaymentSnapshot.model_validate({**shown, "state": _state(shown.get("state"))})
    except ValidationError:
        return None


def _state(state: object) -> object:
    """Put a state of a webhook into the words of the API.

    Webhooks say `declined`, `timedout` and `cancelled` where the API says `failed` with a code.
    `cancelled` is the API's word too, for the service's own cancellation; it comes with P0030 in
    a webhook, so that the two cannot be told apart there.
    """
    if not isinstance(state, Mapping):
        return state
    words = cast("Mapping[str, object]", state)
    status, code = words.get("status"), words.get("code")
    usual = _FAILED.get(status) if isinstance(status, str) else None
    if usual is None or code == "P0040":
        return words
    return {**words, "status": PaymentStatus.FAILED.value, "code": code or usual}


_FAILED: Final = {"declined": "P0010", "timedout": "P0020", "cancelled": "P0030"}


def _refuse(code: WebhookFault, message: str) -> NoReturn:
    raise WebhookRefusedError(message, code=code)
