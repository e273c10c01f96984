# SPDX-License-Identifier: MIT
"""What the stand-in for GOV.UK Notify keeps: the service's settings, messages and their states."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from lg_sandbox.notify.keys import KeyKind

__all__ = ["ENDS", "FINAL", "Account", "Channel", "Letter", "Message", "Status"]


class Channel(StrEnum):
    """How a message is sent."""

    SMS = "sms"
    EMAIL = "email"
    LETTER = "letter"


class Status(StrEnum):
    """The state of a message (technical documentation, 'Email status', 'Text message status').

    A letter has other words for some of these: see `Message.state`.
    """

    CREATED = "created"
    SENDING = "sending"
    SENT = "sent"
    PENDING = "pending"
    DELIVERED = "delivered"
    PERMANENT_FAILURE = "permanent-failure"
    TEMPORARY_FAILURE = "temporary-failure"
    TECHNICAL_FAILURE = "technical-failure"
    PENDING_VIRUS_CHECK = "pending-virus-check"
    VIRUS_SCAN_FAILED = "virus-scan-failed"
    VALIDATION_FAILED = "validation-failed"
    CANCELLED = "cancelled"
    RETURNED_LETTER = "returned-letter"


ENDS: Mapping[Channel, frozenset[Status]] = {
    **dict.fromkeys(
        (Channel.SMS, Channel.EMAIL),
        frozenset(
            {
                Status.SENT,
                Status.DELIVERED,
                Status.PERMANENT_FAILURE,
                Status.TEMPORARY_FAILURE,
                Status.TECHNICAL_FAILURE,
            }
        ),
    ),
    Channel.LETTER: frozenset(
        {
            Status.DELIVERED,
            Status.PERMANENT_FAILURE,
            Status.TECHNICAL_FAILURE,
            Status.VIRUS_SCAN_FAILED,
            Status.VALIDATION_FAILED,
            Status.CANCELLED,
            Status.RETURNED_LETTER,
        }
    ),
}
"""The states in which a message ends, by how it is sent."""

FINAL = frozenset(status for ends in ENDS.values() for status in ends)
"""The states that a message stays in."""

# notifications-api, `get_letter_status`: what the API says of a letter (technical documentation,
# 'Letter status').
_OF_LETTERS = {
    Status.CREATED: "accepted",
    Status.SENDING: "accepted",
    Status.DELIVERED: "received",
    Status.RETURNED_LETTER: "received",
}
# notifications-api, `NOTIFICATION_STATUS_TYPES_COMPLETED`: these have no time of their end.
_WITHOUT_END = frozenset({Status.VALIDATION_FAILED, Status.VIRUS_SCAN_FAILED})

# technical documentation, 'Limits': how many messages a service may send in a day.
_A_DAY = {Channel.SMS: 250_000, Channel.EMAIL: 250_000, Channel.LETTER: 20_000}
_A_DAY_IN_TRIAL = 50


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
        inbound_number: the number to which people can send texts; None where there is none.
        contact_link: how a person asks about a file; without one no file is sent.
        team: phone numbers and email addresses of the team.
        guest_list: others that a team key may send to; Notify's pages take five.
        trial: whether the service is still in trial mode.
        archived: whether the service was deleted.
        sms_enabled: whether it may send texts.
        email_enabled: whether it may send emails.
        letters_enabled: whether it may send letters.
        international_sms: whether it may send texts abroad.
        international_letters: whether it may send letters abroad.
        rate_limited: whether `rate_limit` applies.
        rate_limit: how many messages a minute it may send with each kind of key.
        daily_limit: how many messages of each channel it may send in a day (UTC); Notify's
            own numbers when None: 250,000 texts and emails, 20,000 letters, 50 in trial mode.
        daily_limits: the same for single channels.
        international_limit: how many of its texts in a day may go abroad.
        sending_after: how long a message stays created.
        done_after: how long it takes until a message is delivered, or has failed.
        checked_after: how long a precompiled letter waits for its virus check.
        pdf_after: how long it takes until the PDF of a letter can be read.
        gives_up_after: how long Notify tries before a message that it cannot send at all has
            failed: 48 tries, 5 minutes apart.
        retention: how long the API still knows a message.
        ties_skipped: whether a page of a list begins after the *time* of the last message, as it
            does on Notify: messages of the same instant are then lost between two pages. Off,
            since many messages have one instant while the clock is frozen.
        clock_skew: how far the service's clock is ahead of the caller's.
    """

    id: str = field(default_factory=_new_id)
    name: str = "Sandbox Council"
    prefix_sms: bool = True
    sms_sender: str = "GOVUK"
    from_email: str = "sandbox.council@notify.example"
    sms_senders: dict[str, str] = field(default_factory=dict[str, str])
    email_reply_to: dict[str, str] = field(default_factory=dict[str, str], repr=False)
    inbound_number: str | None = "07700900500"
    contact_link: str | None = "https://council.example/contact"
    team: set[str] = field(default_factory=set[str], repr=False)
    guest_list: set[str] = field(default_factory=set[str], repr=False)
    trial: bool = False
    archived: bool = False
    sms_enabled: bool = True
    email_enabled: bool = True
    letters_enabled: bool = True
    international_sms: bool = False
    international_letters: bool = False
    rate_limited: bool = True
    rate_limit: int = 3000
    daily_limit: int | None = None
    daily_limits: dict[Channel, int] = field(default_factory=dict[Channel, int])
    international_limit: int = 100
    sending_after: timedelta = timedelta(seconds=1)
    done_after: timedelta = timedelta(seconds=5)
    checked_after: timedelta = timedelta(seconds=2)
    pdf_after: timedelta = timedelta(seconds=10)
    gives_up_after: timedelta = timedelta(hours=4)
    retention: timedelta = timedelta(days=7)
    ties_skipped: bool = False
    clock_skew: timedelta = timedelta()

    def messages_a_day(self, channel: Channel, *, key: KeyKind) -> int:
        """Return how many messages of a channel the service may send in a day (UTC).

        Args:
            channel: how they are sent.
            key: the kind of key: a test key has the limits of a live service.
        """
        if channel in self.daily_limits:
            return self.daily_limits[channel]
        if self.daily_limit is not None:
            return self.daily_limit
        trial = self.trial and key is not KeyKind.TEST
        return _A_DAY_IN_TRIAL if trial else _A_DAY[channel]


@dataclass(frozen=True, slots=True)
class Letter:
    """What only a letter has.

    Args:
        postage: `first`, `second`, `economy`, `europe` or `rest-of-world`.
        address: the lines that are printed; none for a precompiled letter.
        given: the values that the API gives back: `line_1` to `line_6`, and `postcode`.
        contact_block: the service's address at its top.
        pages: how many there are.
        content: the PDF that was sent, for a precompiled letter; None for one of a template.
        estimated_delivery: when it should have arrived.
    """

    postage: str
    address: tuple[str, ...] = field(repr=False)
    given: Mapping[str, str | None] = field(repr=False)
    contact_block: str | None = field(repr=False)
    pages: int
    content: bytes | None = field(repr=False)
    estimated_delivery: datetime

    @property
    def precompiled(self) -> bool:
        """Whether the PDF was made by the service."""
        return self.content is not None

    @property
    def sheets(self) -> int:
        """How many sheets of paper it takes, printed on both sides."""
        return (self.pages + 1) // 2


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
        to: the recipient, as it was given; for a letter the first line of its address.
        body: the text, with all values and without the service's name before it.
        delivered_text: the text as it arrives: for a text message, with the service's name.
        subject: the subject of an email, or the heading of a letter.
        reference: the sender's own reference.
        unsubscribe_url: where one click unsubscribes, for an email that has it.
        fragments: how many messages a text is charged as; 0 for the others.
        multiplier: what each of them counts.
        outcome: the state it will end in.
        sending_after: how long it stays created.
        done_after: how long it takes until its end.
        account: the id of the service that sent it.
        recipient: the phone number or email address in its normal form.
        sender: whom it comes from.
        letter: what only a letter has.
        checked_after: how long a precompiled letter waits for its virus check.
        sent_by: who sent it on Notify's pages; None for the API.
        in_job: whether it was sent from a spreadsheet on Notify's pages.
        silent: whether its end is Notify's own word, of which no callback tells.
        status: the state, as it is now.
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
    account: str = ""
    recipient: str = field(default="", repr=False)
    sender: str = field(default="", repr=False)
    letter: Letter | None = None
    checked_after: timedelta = timedelta()
    sent_by: str | None = field(default=None, repr=False)
    in_job: bool = False
    silent: bool = False
    status: Status = Status.CREATED
    ended_at: datetime | None = None

    @property
    def state(self) -> str:
        """The state in the API's words: a letter is `accepted`, then `received`."""
        if self.channel is Channel.LETTER:
            return _OF_LETTERS.get(self.status, self.status.value)
        return self.status.value

    @property
    def finished(self) -> bool:
        """Whether the message stays as it is."""
        return self.status in FINAL

    @property
    def sent_at(self) -> datetime | None:
        """When it was handed to a provider."""
        if self.status in {Status.CREATED, Status.PENDING_VIRUS_CHECK}:
            return None
        if self.channel is Channel.LETTER and (
            # Recorded answer 'get list accepted letter': a test key's letter never goes to print.
            self.key is KeyKind.TEST or self.status not in {Status.SENDING, *_PRINTED}
        ):
            return None
        planned = self.created_at + self.sending_after
        return planned if self.ended_at is None else min(planned, self.ended_at)

    @property
    def completed_at(self) -> datetime | None:
        """When it came to its end."""
        if not self.finished or self.status in _WITHOUT_END:
            return None
        return self.ended_at or self.created_at + self.done_after


_PRINTED = frozenset({Status.DELIVERED, Status.RETURNED_LETTER, Status.PERMANENT_FAILURE})
