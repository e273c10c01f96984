# SPDX-License-Identifier: MIT
"""What the stand-in for GOV.UK Notify keeps: the service's settings, messages and their states."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from lg_sandbox.notify.keys import KeyKind

__all__ = ["FINAL", "Account", "Channel", "Message", "Status"]


class Channel(StrEnum):
    """How a message is sent."""

    SMS = "sms"
    EMAIL = "email"


class Status(StrEnum):
    """The state of a message (technical documentation, 'Email status', 'Text message status')."""

    CREATED = "created"
    SENDING = "sending"
    SENT = "sent"
    PENDING = "pending"
    DELIVERED = "delivered"
    PERMANENT_FAILURE = "permanent-failure"
    TEMPORARY_FAILURE = "temporary-failure"
    TECHNICAL_FAILURE = "technical-failure"


FINAL = frozenset(
    {
        Status.SENT,
        Status.DELIVERED,
        Status.PERMANENT_FAILURE,
        Status.TEMPORARY_FAILURE,
        Status.TECHNICAL_FAILURE,
    }
)
"""The states that a message stays in."""

_GUEST_LIST = 5


def _new_id() -> str:
    return str(uuid.uuid4())


@dataclass(slots=True)
class Account:
    """A service on Notify. A test may change its settings at any time.

    Args:
        id: the service's id.
        name: its name, which stands before its texts.
        prefix_sms: whether it does.
        sms_sender: whom a text comes from.
        from_email: whom an email comes from.
        sms_senders: other senders of texts, by their id.
        email_reply_to: addresses for replies, by their id.
        team: phone numbers and email addresses of the team.
        guest_list: others that a team key may send to.
        trial: whether the service is still in trial mode.
        archived: whether the service was deleted.
        sms_enabled: whether it may send texts.
        email_enabled: whether it may send emails.
        international_sms: whether it may send texts abroad.
        rate_limited: whether `rate_limit` applies.
        rate_limit: how many messages a minute it may send with each kind of key.
        daily_limit: how many messages of each channel it may send in a day (UTC); Notify's
            own numbers when None: 250,000, or 50 in trial mode.
        sending_after: how long a message stays created.
        done_after: how long it takes until a message is delivered, or has failed.
        retention: how long the API still knows a message.
        clock_skew: how far the service's clock is ahead of the caller's.
    """

    id: str = field(default_factory=_new_id)
    name: str = "Sandbox Council"
    prefix_sms: bool = True
    sms_sender: str = "GOVUK"
    from_email: str = "sandbox.council@notify.example"
    sms_senders: dict[str, str] = field(default_factory=dict[str, str])
    email_reply_to: dict[str, str] = field(default_factory=dict[str, str], repr=False)
    team: set[str] = field(default_factory=set[str], repr=False)
    guest_list: set[str] = field(default_factory=set[str], repr=False)
    trial: bool = False
    archived: bool = False
    sms_enabled: bool = True
    email_enabled: bool = True
    international_sms: bool = False
    rate_limited: bool = True
    rate_limit: int = 3000
    daily_limit: int | None = None
    sending_after: timedelta = timedelta(seconds=1)
    done_after: timedelta = timedelta(seconds=5)
    retention: timedelta = timedelta(days=7)
    clock_skew: timedelta = timedelta()

    @property
    def messages_a_day(self) -> int:
        """How many messages of each channel the service may send in a day (UTC)."""
        if self.daily_limit is not None:
            return self.daily_limit
        return 50 if self.trial else 250_000


@dataclass(frozen=True, slots=True)
class Message:
    """One message, as the person receives it, at one instant.

    Args:
        id: Notify's id of it.
        channel: how it is sent.
        key: the kind of key it was sent with.
        template_id: its template.
        template_version: which version of it.
        created_at: when it was accepted, on the virtual clock.
        to: the recipient, as it was given.
        body: the text, with all values and without the service's name before it.
        delivered_text: the text as it arrives: for a text message, with the service's name.
        subject: the subject of an email.
        reference: the sender's own reference.
        unsubscribe_url: where one click unsubscribes, for an email that has it.
        fragments: how many messages a text is charged as; 0 for an email.
        multiplier: what each of them counts.
        outcome: the state it will end in.
        sending_after: how long it stays created.
        done_after: how long it takes until its end.
        ended_at: when a test ended it, before its time or after.
    """

    id: str
    channel: Channel
    key: KeyKind
    template_id: str
    template_version: int
    created_at: datetime
    to: str = field(repr=False)
    body: str = field(repr=False)
    delivered_text: str = field(repr=False)
    subject: str | None = field(repr=False)
    reference: str | None = field(repr=False)
    unsubscribe_url: str | None = field(repr=False)
    fragments: int
    multiplier: int
    outcome: Status
    sending_after: timedelta
    done_after: timedelta
    status: Status = Status.CREATED
    ended_at: datetime | None = None

    @property
    def finished(self) -> bool:
        """Whether the message stays as it is."""
        return self.status in FINAL

    @property
    def sent_at(self) -> datetime | None:
        """When it was handed to a provider."""
        if self.status is Status.CREATED:
            return None
        planned = self.created_at + self.sending_after
        return planned if self.ended_at is None else min(planned, self.ended_at)

    @property
    def completed_at(self) -> datetime | None:
        """When it came to its end."""
        if not self.finished:
            return None
        return self.ended_at or self.created_at + self.done_after
