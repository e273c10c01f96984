# SPDX-License-Identifier: MIT
"""Whether a message went whose answer was lost: what can be said, and from what. Pure.

Theory of operation. When the client stopped waiting, at `left_at`, every byte that left had left.
Notify's API gives up on a request after 30 seconds. So 30 seconds later the message is either
stored or never will be, and Notify's list of messages with its reference is a proof, with these
exceptions, for which the answer is STILL_UNKNOWN:

- the list could not be read;
- the message went to a smoke-test number or address: Notify accepts those and never stores them;
- it is so long ago that Notify may have deleted it (7 days, unless the service says otherwise);
- it had no reference.

A key lists only what keys of its own kind have sent (live, team, test), so ask with the same one.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from lg_core.calls import Call
from lg_core.errors import InvalidValueError, LgError, OutcomeUnknownError
from lg_notify._one_form import is_smoke_test
from lg_notify.errors import SendOutcomeUnknownError
from lg_notify.message import Notification, TemplateType
from lg_notify.new_message import Email, Letter, PrecompiledLetter, Sms

__all__ = ["GIVES_UP_AFTER", "KEPT_FOR", "Doubt", "FoundOut", "FoundOutcome", "StillUnknown"]

GIVES_UP_AFTER: Final = timedelta(seconds=30)
"""How long Notify's API works on a request at the most (the API's code)."""

KEPT_FOR: Final = timedelta(days=7)
"""How long Notify keeps a message, unless the service's settings say otherwise."""

# Notify's clock and this machine's differ by less, or the key would have been refused.
_CLOCKS_DIFFER = timedelta(seconds=30)
_MADE = re.compile(r"lg-[0-9a-f]{32}")


class FoundOutcome(StrEnum):
    """What is known of the message now."""

    SENT = "sent"
    """Notify has it. Do not send it again."""
    NOT_SENT = "not_sent"
    """Notify does not have it, and will not get it any more. It can be sent again."""
    STILL_UNKNOWN = "still_unknown"
    """It cannot be told. Do not send it again without a person."""


class StillUnknown(StrEnum):
    """Why it cannot be told."""

    LOOKUP_FAILED = "lookup_failed"
    """The list could not be read: ask again later."""
    TOO_OLD = "too_old"
    """Notify may have deleted it since."""
    SMOKE_TEST = "smoke_test"
    """Notify stores nothing that goes to a smoke-test number or address."""
    NO_REFERENCE = "no_reference"
    """It had no reference to look for."""


@dataclass(frozen=True, slots=True)
class FoundOut:
    """What was found out.

    Attributes:
        outcome: what is known of the message now.
        notification: the message as Notify has it, where it was sent.
        reason: why it cannot be told, where it cannot.
        error: what went wrong with the look-up, where that is the reason.
    """

    outcome: FoundOutcome
    notification: Notification | None = None
    reason: StillUnknown | None = None
    error: LgError | None = None

    @classmethod
    def still_unknown(cls, reason: StillUnknown, error: LgError | None = None) -> "FoundOut":
        """Say that it cannot be told.

        Args:
            reason: why.
            error: what went wrong with the look-up.
        """
        return cls(FoundOutcome.STILL_UNKNOWN, reason=reason, error=error)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A message of which no answer came, and what is needed to look it up.

    Attributes:
        reference: the message's reference; None where it had none.
        template_type: `sms`, `email` or `letter`; None where it is not known.
        left_at: when the client stopped waiting for an answer.
        began_at: when the call began; None where it is not known. An older message with the same
            reference is then not taken for this one.
        is_stored: False for a smoke test.
    """

    reference: str | None = field(repr=False)
    template_type: str | None
    left_at: datetime
    began_at: datetime | None = None
    is_stored: bool = True

    @classmethod
    def of(
        cls,
        error_or_reference: OutcomeUnknownError | str,
        *,
        template_type: str | None,
        since: datetime | None,
        now: datetime,
    ) -> "Doubt":
        """Read it from the error, or from the reference that the caller kept.

        Args:
            error_or_reference: the error of the call, or the message's reference.
            template_type: `sms`, `email` or `letter`; the error's own by default.
            since: when the client stopped waiting; the error's own by default, else now.
            now: the instant.

        Raises:
            InvalidValueError: a word is none that Notify knows, `since` has no zone or is still to
                come, or the error is of no message or lost its reference when it was pickled.
        """
        if template_type is not None and template_type not in frozenset(map(str, TemplateType)):
            raise InvalidValueError(
                "template_type must be sms, email or letter.", field="template_type", code="enum"
            )
        if since is not None and (since.tzinfo is None or since > now):
            raise InvalidValueError(
                "since must be an instant that has passed, with its time zone.",
                field="since",
                code="since",
            )
        if isinstance(error_or_reference, str):
            return cls(error_or_reference, template_type, since or now)
        error = error_or_reference
        if not isinstance(error, SendOutcomeUnknownError):
            raise InvalidValueError(
                "find_out takes the error of a message that was sent, or the message's reference.",
                field="error_or_reference",
                code="not_a_message",
            )
        return cls(
            error.reference,
            template_type or error.template_type,
            since or error.left_at,
            error.began_at,
            error.is_stored,
        )

    def unanswerable(self, *, now: datetime, kept_for: timedelta) -> StillUnknown | None:
        """Say why no look-up can prove anything, or return None.

        Args:
            now: the instant.
            kept_for: how long the service keeps its messages.
        """
        if self.reference is None:
            return StillUnknown.NO_REFERENCE
        if not self.is_stored:
            return StillUnknown.SMOKE_TEST
        # A message that is about to be deleted may be gone when the list is read.
        if now + GIVES_UP_AFTER >= (self.began_at or self.left_at) + kept_for:
            return StillUnknown.TOO_OLD
        return None

    def seconds_left(self, *, now: datetime) -> float:
        """Return for how many seconds Notify may still be at work on the request.

        Args:
            now: the instant.
        """
        return max(0.0, (self.left_at + GIVES_UP_AFTER - now).total_seconds())

    def conclude(self, listed: Iterable[Notification]) -> FoundOut:
        """Say what the messages with the reference prove, when Notify has given up for certain.

        Args:
            listed: the messages that Notify lists for the reference, newest first.
        """
        since = None if self.began_at is None else self.began_at - _CLOCKS_DIFFER
        for each in listed:
            if since is None or each.created_at >= since:
                return FoundOut(FoundOutcome.SENT, each)
        return FoundOut(FoundOutcome.NOT_SENT)


_TYPES: Mapping[type, TemplateType] = {
    Sms: TemplateType.SMS,
    Email: TemplateType.EMAIL,
    Letter: TemplateType.LETTER,
    PrecompiledLetter: TemplateType.LETTER,
}


def doubt_of_call(
    call: Call[Any], lost: OutcomeUnknownError, *, began_at: datetime, left_at: datetime
) -> SendOutcomeUnknownError | None:
    """Make the error that can be found out about, or return None where the call sends no message.

    Args:
        call: the call whose outcome is unknown.
        lost: its error.
        began_at: when it began.
        left_at: when the client stopped waiting.
    """
    message = call.body
    if not isinstance(message, Sms | Email | Letter | PrecompiledLetter):
        return None
    reference = message.reference
    return SendOutcomeUnknownError(
        lost.message,
        reference=reference,
        was_made=reference is not None and _MADE.fullmatch(reference) is not None,
        template_type=str(_TYPES[type(message)]),
        began_at=began_at,
        left_at=left_at,
        is_stored=not _is_smoke_test(message),
        reason=lost.reason,
        find_out=lost.find_out,
        safe_to_repeat=lost.safe_to_repeat,
        capability=lost.capability,
        status=lost.status,
        request_id=lost.request_id,
        attempts=lost.attempts,
        previous=lost.previous,
    )


def _is_smoke_test(message: Sms | Email | Letter | PrecompiledLetter) -> bool:
    if isinstance(message, Sms):
        return is_smoke_test("sms", message.phone_number)
    return isinstance(message, Email) and is_smoke_test("email", message.email_address)


def at(seconds: float) -> datetime:
    """Return the instant of so many seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def midnight_after(instant: datetime) -> datetime:
    """Return the midnight (UTC) at which Notify counts a day's messages anew."""
    return (instant + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


PDF_FIRST_WAIT, PDF_LONGEST_WAIT = 1.0, 10.0


def pdf_wait(asked: int) -> float:
    """Return how long to wait before a PDF is asked for again, in seconds.

    Args:
        asked: how often it was asked for.
    """
    return min(PDF_LONGEST_WAIT, PDF_FIRST_WAIT * 2.0 ** (asked - 1))
