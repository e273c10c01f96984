# SPDX-License-Identifier: MIT
"""How a message moves from state to state. Pure: two tables, and what reads them.

The theory. What we do to a message is a step; only the steps of the first table exist:

    waiting ──intend──> sending ──accept──> sent ──told──> delivered
     │  ^  ^              │  │                 └───told──> failed
     │  │  └───release────┘  ├──set aside──> aside ──┐
     │  │                    └──give up──> in doubt ─┤
     │  └────────────────put back────────────────────┘
     └──cancel, expire, suppress, set aside──> cancelled, expired, suppressed, aside

Notify has no idempotency key, so `release`, which leads to sending again, is only for an attempt
that is proven to have left nothing with Notify.

What Notify says is evidence, and comes late, twice and in any order (facts of its callbacks: no
event id, duplicates, receipts of one id that change). Three rules make the order not matter:

- that Notify has the message outranks whatever we believed: a message that we took for not sent
  is sent from then on, and never sent again;
- that it arrived outranks that it did not. A phone may be switched on after Notify gave up; but a
  message that arrived did arrive, whatever a late `technical-failure` says. Such a word is noted
  as `contradicted`, and changes nothing;
- of two words for a failure the first stays, and no word for being on the way follows an end.

`sent` (a text abroad) and `received` (a letter that was printed and posted) are ends too: nothing
more is heard of them, and arrival is never known. The state stays `sent`.

Nothing may stand in this file that reads a clock, a table or a network.
"""

from dataclasses import replace
from datetime import datetime
from enum import Enum, auto
from typing import Final, Protocol

from lg_notify.message import NotificationStatus
from lg_notify.outbox._entries import MessageState, OutboxMessage

__all__ = [
    "CONTRADICTED",
    "FINISHED",
    "NOT_SENT",
    "SECOND_COPY",
    "SMOKE_TEST",
    "Step",
    "Told",
    "accepted",
    "follow",
    "step",
]

CONTRADICTED: Final = "contradicted"
"""The reason of a message that arrived, and of which Notify later said that it failed."""
SECOND_COPY: Final = "second_copy"
"""The reason of a message that Notify has twice. It must never be seen: tell us."""

SMOKE_TEST: Final = "smoke_test"
"""The reason of a message to one of Notify's smoke tests, of which Notify keeps nothing."""

_LONGEST_WORD: Final = 40


class Step(Enum):
    """What is done to a message."""

    INTEND = auto()
    """Write down that it is about to be sent."""
    RELEASE = auto()
    """Note that Notify is proven not to have it."""
    GIVE_UP = auto()
    """Note that nobody can find out any more."""
    SET_ASIDE = auto()
    """Note that it cannot be sent as it is."""
    CANCEL = auto()
    """Take it back."""
    EXPIRE = auto()
    """Note that it is too late."""
    SUPPRESS = auto()
    """Note that the person does not want it."""
    PUT_BACK = auto()
    """Let it be sent after all: a person decided."""


_S = MessageState

_STEPS: Final[dict[tuple[MessageState, Step], MessageState]] = {
    (_S.WAITING, Step.INTEND): _S.SENDING,
    (_S.WAITING, Step.SET_ASIDE): _S.ASIDE,
    (_S.WAITING, Step.CANCEL): _S.CANCELLED,
    (_S.WAITING, Step.EXPIRE): _S.EXPIRED,
    (_S.WAITING, Step.SUPPRESS): _S.SUPPRESSED,
    (_S.SENDING, Step.RELEASE): _S.WAITING,
    (_S.SENDING, Step.SET_ASIDE): _S.ASIDE,
    (_S.SENDING, Step.GIVE_UP): _S.IN_DOUBT,
    (_S.ASIDE, Step.PUT_BACK): _S.WAITING,
    (_S.ASIDE, Step.CANCEL): _S.CANCELLED,
    (_S.IN_DOUBT, Step.PUT_BACK): _S.WAITING,
    (_S.IN_DOUBT, Step.CANCEL): _S.CANCELLED,
}
"""A step that is not here does not exist."""

FINISHED: Final = frozenset({_S.DELIVERED, _S.FAILED, _S.CANCELLED, _S.EXPIRED, _S.SUPPRESSED})
"""The states after which nothing more is to be done."""

NOT_SENT: Final = frozenset(_S) - {_S.SENT, _S.DELIVERED, _S.FAILED}
"""The states in which Notify is not known to have the message."""


class Told(Protocol):
    """What Notify says of a message: a `Notification`, or a receipt with the same names."""

    @property
    def id(self) -> str:
        """Notify's name for it."""
        ...

    @property
    def reference(self) -> str | None:
        """Our name for it."""
        ...

    @property
    def status(self) -> str:
        """Notify's word for where it stands."""
        ...

    @property
    def completed_at(self) -> datetime | None:
        """When it ended."""
        ...


def step(
    message: OutboxMessage, what: Step, *, now: datetime, reason: str | None = None
) -> OutboxMessage | None:
    """Do something to a message.

    Args:
        message: the message as it is.
        what: the step.
        now: when.
        reason: why, as a short code.

    Returns:
        The message as it is then, one revision on; None where the step does not exist.
    """
    after = _STEPS.get((message.state, what))
    if after is None:
        return None
    return replace(
        message,
        state=after,
        reason=reason,
        revision=message.revision + 1,
        changed_at=now,
        attempts=0 if what is Step.PUT_BACK else message.attempts,
        # What a person lets go after all is worth sending whenever they do.
        expires_at=None if what is Step.PUT_BACK else message.expires_at,
        ended_at=now if after in FINISHED else None,
        # Who acted on an end that is one no longer acts on the next one anew.
        acted_at=None,
    )


def accepted(
    message: OutboxMessage, notification_id: str | None, *, now: datetime, reason: str | None = None
) -> OutboxMessage | None:
    """Note that Notify has a message, whatever was believed before.

    Args:
        message: the message as it is.
        notification_id: Notify's name for it, where it was told.
        now: when.
        reason: how that was learnt, where not from Notify's answer; with `SMOKE_TEST` nothing more
            will be heard of it.

    Returns:
        The message as it is then, or None where that is known.
    """
    if message.state not in NOT_SENT:
        if notification_id in (None, message.notification_id):
            return None
        if message.notification_id is not None:
            return replace(message, reason=SECOND_COPY, revision=message.revision + 1)
    return replace(
        message,
        state=_S.SENT if message.state in NOT_SENT else message.state,
        reason=reason,
        notification_id=notification_id,
        revision=message.revision + 1,
        sent_at=message.sent_at or now,
        changed_at=now,
        ended_at=now if reason == SMOKE_TEST else None,
        acted_at=None,
    )


class _Said(Enum):
    """What a word of Notify's amounts to."""

    ON_THE_WAY = auto()
    HANDED_OVER = auto()
    FAILED = auto()
    ARRIVED = auto()


_N = NotificationStatus
_WORDS: Final[dict[str, _Said]] = {
    _N.CREATED: _Said.ON_THE_WAY,
    _N.SENDING: _Said.ON_THE_WAY,
    _N.PENDING: _Said.ON_THE_WAY,
    _N.ACCEPTED: _Said.ON_THE_WAY,
    _N.PENDING_VIRUS_CHECK: _Said.ON_THE_WAY,
    _N.SENT: _Said.HANDED_OVER,
    _N.RECEIVED: _Said.HANDED_OVER,
    _N.DELIVERED: _Said.ARRIVED,
    _N.PERMANENT_FAILURE: _Said.FAILED,
    _N.TEMPORARY_FAILURE: _Said.FAILED,
    _N.TECHNICAL_FAILURE: _Said.FAILED,
    _N.CANCELLED: _Said.FAILED,
    _N.VIRUS_SCAN_FAILED: _Said.FAILED,
    _N.VALIDATION_FAILED: _Said.FAILED,
    "returned-letter": _Said.FAILED,
}


def follow(  # noqa: PLR0911 -- a line a rule
    message: OutboxMessage, told: Told, *, now: datetime
) -> OutboxMessage | None:
    """Let a message follow what Notify says of it.

    A word that is not known is kept as `status`, and is no end.

    Args:
        message: the message as it is.
        told: what Notify says.
        now: when that is noted.

    Returns:
        The message as it is then; None where nothing about it is new.
    """
    seen = accepted(message, told.id, now=now, reason="found" if message.sent_at is None else None)
    if seen is not None and seen.reason == SECOND_COPY:
        return seen
    known = seen or message
    word = str(told.status)[:_LONGEST_WORD]
    match _WORDS.get(word, _Said.ON_THE_WAY):
        case _Said.ARRIVED if known.state is not _S.DELIVERED:
            return _ended(known, told, state=_S.DELIVERED, word=word, now=now)
        case _Said.FAILED if known.state is _S.SENT:
            return _ended(known, told, state=_S.FAILED, word=word, now=now)
        case _Said.HANDED_OVER if known.state is _S.SENT and not known.ended:
            return _ended(known, told, state=_S.SENT, word=word, now=now)
        case _Said.FAILED if known.state is _S.DELIVERED and known.reason != CONTRADICTED:
            return replace(known, reason=CONTRADICTED, revision=message.revision + 1)
        case _Said.ON_THE_WAY if known.state is _S.SENT and not known.ended:
            if word == known.status:
                return seen
            return replace(known, status=word, revision=message.revision + 1)
        case _:
            return seen


def _ended(
    message: OutboxMessage, told: Told, *, state: MessageState, word: str, now: datetime
) -> OutboxMessage:
    return replace(
        message,
        state=state,
        status=word,
        reason=None,
        revision=message.revision + 1,
        changed_at=now,
        completed_at=told.completed_at,
        ended_at=now,
        acted_at=None,
    )
