# SPDX-License-Identifier: MIT
"""What the outbox tells of a message: an entry, a change, what was queued, counts. Plain values."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lg_core.models import RequestModel
    from lg_notify.hours import SendingHours

__all__ = [
    "Change",
    "MessageState",
    "OutboxCounts",
    "OutboxMessage",
    "Queued",
    "ToSend",
]


class MessageState(StrEnum):
    """Where a message of the outbox stands."""

    WAITING = "waiting"
    """It is to be sent, now or later. GOV.UK Notify does not have it."""
    SENDING = "sending"
    """The intent to send it is written. Whether Notify has it may not be known yet."""
    SENT = "sent"
    """Notify has accepted it."""
    DELIVERED = "delivered"
    """Notify knows that it arrived."""
    FAILED = "failed"
    """Notify says that it did not arrive; `status` is its word for why."""
    CANCELLED = "cancelled"
    """You took it back before it was sent."""
    EXPIRED = "expired"
    """It was no longer worth sending when its turn came."""
    SUPPRESSED = "suppressed"
    """The person does not want such messages."""
    IN_DOUBT = "in_doubt"
    """Nobody can find out any more whether Notify has it: a person must decide."""
    ASIDE = "aside"
    """It cannot be sent as it is; `reason` says why. A person must look at it."""


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """One message, as the outbox has it, without its words and its recipient.

    Attributes:
        reference: the outbox's name for it, which is its reference in GOV.UK Notify.
        kind: the class of the message, such as `Sms`.
        channel: `sms`, `email` or `letter`.
        account: whose key sends it.
        case: your own id of what it is about; not printed.
        period: what sets it apart from the next one of the same case and template.
        template_id: the template; None for a letter of your own.
        council: the council that it is sent for.
        their_reference: the reference that you gave it; not printed.
        state: where it stands.
        reason: a short code that says why, where there is a why.
        status: Notify's word, such as `delivered` or `temporary-failure`.
        notification_id: Notify's name for it; None while Notify is not known to have it.
        attempts: how often the intent to send it was written.
        priority: a higher one is sent first.
        revision: one more with each change.
        created_at: when it was enqueued (UTC).
        due_at: when it may be sent (UTC).
        changed_at: when it last came to another state (UTC).
        expires_at: from when it is no longer worth sending (UTC).
        intended_at: when the last intent to send it was written (UTC).
        give_up_at: when that attempt has ended at the latest (UTC).
        asked_of: which kind of key and which address that attempt used.
        sent_at: when it was learnt that Notify has it (UTC).
        completed_at: when it ended, as Notify says (UTC).
        ended_at: when the outbox learnt that nothing more will come (UTC).
        acted_at: when you said that its end was acted on (UTC).
    """

    reference: str
    kind: str
    channel: str
    account: str
    case: str = field(repr=False)
    period: str = field(repr=False)
    state: MessageState
    created_at: datetime
    due_at: datetime
    changed_at: datetime
    template_id: str | None = None
    council: str | None = None
    their_reference: str | None = field(default=None, repr=False)
    reason: str | None = None
    status: str | None = None
    notification_id: str | None = None
    attempts: int = 0
    priority: int = 0
    revision: int = 1
    expires_at: datetime | None = None
    intended_at: datetime | None = None
    give_up_at: datetime | None = None
    asked_of: str | None = None
    sent_at: datetime | None = None
    completed_at: datetime | None = None
    ended_at: datetime | None = None
    acted_at: datetime | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it by itself."""
        return self.ended_at is not None

    @property
    def needs_a_person(self) -> bool:
        """Whether it goes on only when a person has decided."""
        return self.state in {MessageState.ASIDE, MessageState.IN_DOUBT}


@dataclass(frozen=True, slots=True)
class ToSend:
    """A message to enqueue, and how.

    Args:
        message: what to send: `Sms`, `Email` or a letter.
        case: your own id of what it is about, 1 to 255 characters; nothing personal.
        period: what sets this message apart from the next one of the same case, template and
            recipient, such as `2027-04`; at most 80 characters.
        send_at: when it may be sent; at once where it is not given.
        expires: from when it is no longer worth sending.
        priority: a higher one is sent first.
        hours: when messages may be sent; the outbox's hours of its channel where it is not given.
        account: whose key sends it.
        council: the council that it is sent for.
    """

    message: "RequestModel" = field(repr=False)
    case: str = field(kw_only=True, repr=False)
    period: str = field(kw_only=True, default="", repr=False)
    send_at: datetime | None = field(kw_only=True, default=None)
    expires: datetime | None = field(kw_only=True, default=None)
    priority: int = field(kw_only=True, default=0)
    hours: "SendingHours | None" = field(kw_only=True, default=None)
    account: str = field(kw_only=True, default="default")
    council: str | None = field(kw_only=True, default=None)


@dataclass(frozen=True, slots=True)
class Queued:
    """What became of a message that was given to the outbox.

    Attributes:
        reference: the outbox's name for it.
        is_new: False where the same message was enqueued before: it is not sent again, and the
            reference is the first one's.
    """

    reference: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Change:
    """What was learnt of a message, told to one caller.

    Attributes:
        before: the message as it was.
        after: the message as it is now.
    """

    before: OutboxMessage
    after: OutboxMessage


@dataclass(frozen=True, slots=True)
class OutboxCounts:
    """How many messages stand where.

    Attributes:
        waiting: to be sent, now or later.
        due: those of them that may be sent now.
        sending: the intent is written, and the outcome is not.
        sent: accepted by Notify, and not known to have arrived.
        delivered: arrived.
        failed: did not arrive.
        cancelled: taken back.
        expired: not sent, since it was too late.
        suppressed: not sent, since the person does not want them.
        in_doubt: a person must decide.
        aside: a person must look.
        oldest_due: since when the one that has waited longest could have been sent (UTC).
    """

    waiting: int
    due: int
    sending: int
    sent: int
    delivered: int
    failed: int
    cancelled: int
    expired: int
    suppressed: int
    in_doubt: int
    aside: int
    oldest_due: datetime | None
