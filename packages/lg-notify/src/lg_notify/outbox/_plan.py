# SPDX-License-Identifier: MIT
"""What a dispatcher does with a message whose turn has come, and with an answer. Pure.

A message in state `sending` was left by somebody whose outcome is not known: who died, who lost
the lease, or who got no answer. It is sent again only when it is proven that Notify does not have
it. The proof is a look at Notify's list of messages by our reference, which is its message's alone,
made with the same kind of key at the same address (a key lists what its kind sent), so long after
the attempt that nothing of it can be on the way, and before Notify forgets (7 days as a rule).

How long is long enough: the attempt has ended at `give_up_at`. Notify then works for up to 30
seconds on what arrived last ('Timeout serving request'). And the clock that wrote `give_up_at` and
the one that reads it may be 60 seconds apart: Notify refuses tokens of clocks that are more than
30 seconds off, either way, so no clock further off can have sent. Together 90 seconds.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import Enum, auto
from typing import Final

from lg_core.errors import ApiError, LgError, RequestNotSentError
from lg_notify import errors
from lg_notify.hours import SendingHours
from lg_notify.outbox._entries import MessageState, OutboxMessage

__all__ = ["SETTLE", "Act", "Pause", "Plan", "Policy", "Verdict", "plan", "verdict", "wait_longer"]

SETTLE: Final = timedelta(seconds=90)
"""How long after the end of an attempt Notify's list tells the truth about it."""

_FIRST_WAIT: Final = timedelta(seconds=5)
_LONGEST_WAIT: Final = timedelta(minutes=30)
_FIRST_PAUSE: Final = timedelta(seconds=15)
_OTHER_KEY_WAIT: Final = timedelta(hours=1)


class Act(Enum):
    """What to do with a message whose turn has come."""

    FORGET = auto()
    """Nothing: it has ended or waits for a person. Its job is removed."""
    POSTPONE = auto()
    """Not now."""
    EXPIRE = auto()
    """It is too late."""
    SET_ASIDE = auto()
    """A person must look at it."""
    SUPPRESS = auto()
    """The person does not want it."""
    SEND = auto()
    """Send it."""
    LOOK_UP = auto()
    """Find out whether Notify has it."""
    GIVE_UP = auto()
    """It can no longer be found out: a person must decide."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do, when again, and why."""

    act: Act
    at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Pause:
    """An account, or a channel of one, that may not send for a while.

    Attributes:
        until: until when.
        reason: why.
        times: how often in a row.
    """

    until: datetime
    reason: str
    times: int


@dataclass(frozen=True, slots=True)
class Policy:
    """What a dispatcher goes by.

    Attributes:
        asked_of: its kind of key and its address.
        settle: how long after an attempt Notify's list is believed.
        retention: how long after an attempt Notify's list is asked at all.
        max_attempts: how often a message is tried.
    """

    asked_of: str
    settle: timedelta
    retention: timedelta
    max_attempts: int


def plan(  # noqa: PLR0911 -- a line a rule
    message: OutboxMessage | None,
    policy: Policy,
    *,
    now: datetime,
    pause: Pause | None,
    hours: SendingHours | None,
) -> Plan:
    """Say what to do with a message whose turn has come.

    Args:
        message: the message; None where it was erased.
        policy: what the dispatcher goes by.
        now: the present.
        pause: what keeps its account or channel from sending.
        hours: when it may be sent.
    """
    if message is None or message.state not in {MessageState.WAITING, MessageState.SENDING}:
        return Plan(Act.FORGET)
    paused = pause is not None and pause.until > now
    if message.state is MessageState.SENDING:
        if paused and pause is not None and pause.reason != _DAY:
            return Plan(Act.POSTPONE, pause.until, pause.reason)
        return _doubt(message, policy, now=now)
    if message.expires_at is not None and message.expires_at <= now:
        return Plan(Act.EXPIRE, reason="expired")
    if message.attempts >= policy.max_attempts:
        return Plan(Act.SET_ASIDE, reason="too_many_attempts")
    if paused and pause is not None:
        return Plan(Act.POSTPONE, pause.until, pause.reason)
    if hours is not None and (allowed := hours.next_allowed(now)) > now:
        return Plan(Act.POSTPONE, allowed, "quiet_hours")
    return Plan(Act.SEND)


def _doubt(message: OutboxMessage, policy: Policy, *, now: datetime) -> Plan:
    if message.intended_at is None or message.give_up_at is None:
        return Plan(Act.GIVE_UP, reason="outcome_unknown")
    settled = message.give_up_at + policy.settle
    if now < settled:
        return Plan(Act.POSTPONE, settled, "in_doubt")
    if now >= message.intended_at + policy.retention:
        return Plan(Act.GIVE_UP, reason="outcome_unknown")
    if message.asked_of != policy.asked_of:
        return Plan(Act.POSTPONE, now + _OTHER_KEY_WAIT, "other_key")
    return Plan(Act.LOOK_UP)


_DAY: Final = "daily_limit"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows from a call that was not answered with yes.

    Attributes:
        doubt: whether Notify may have the message.
        aside: whether a person must look at it.
        at: when it may be tried again.
        reason: why, as a short code.
        pause: who else must wait until then: nobody (None), its channel (True) or all of its
            account (False).
        drain: whether the shared bucket is empty.
        counts: whether it was an attempt.
    """

    reason: str
    doubt: bool = False
    aside: bool = False
    at: datetime | None = None
    pause: bool | None = None
    drain: bool = False
    counts: bool = True


_ASIDE: Final[tuple[tuple[type[LgError], str], ...]] = (
    (errors.InvalidRecipientError, "invalid_recipient"),
    (errors.InvalidMessageError, "invalid_message"),
    (errors.NotAllowedError, "not_allowed"),
)
_NOT_TRIED: Final = frozenset({"deadline", "rate", "pool"})


def verdict(error: LgError, *, now: datetime, pauses: int) -> Verdict:  # noqa: PLR0911 -- as above
    """Say what follows from an error of a call to send.

    Args:
        error: the error.
        now: the present.
        pauses: how often in a row its account was paused.
    """
    match error:
        case RequestNotSentError():
            if error.reason in _NOT_TRIED:
                return Verdict("not_sent", at=now + _FIRST_WAIT, counts=False)
            # The way to Notify is closed: for this message as for all others of the account.
            at = now + wait_longer(_FIRST_WAIT, pauses)
            return Verdict("unreachable", at=at, pause=False, counts=False)
        case errors.TooManyRequestsError():
            return Verdict(_DAY, at=_next_day(now), pause=True, counts=False)
        case errors.RateLimitError():
            return Verdict("rate_limited", at=now + _FIRST_WAIT, drain=True, counts=False)
        case errors.InvalidKeyError() | errors.ClockError():
            at = now + wait_longer(_FIRST_PAUSE, pauses)
            reason = "clock" if isinstance(error, errors.ClockError) else "key_refused"
            return Verdict(reason, at=at, pause=False, counts=False)
        case ApiError():
            for kind, reason in _ASIDE:
                if isinstance(error, kind):
                    return Verdict(reason, aside=True)
            # A no that is not Notify's, such as that of a wrong base_url or of a proxy.
            at = now + wait_longer(_FIRST_PAUSE, pauses)
            return Verdict("refused", at=at, pause=False, counts=False)
        case _:
            return Verdict("in_doubt", doubt=True)


def wait_longer(first: timedelta, times: int) -> timedelta:
    """Return a wait that doubles each time, up to 30 minutes.

    Args:
        first: the first wait.
        times: how often it was waited before.
    """
    return min(first * 2 ** min(times, 20), _LONGEST_WAIT)


def _next_day(now: datetime) -> datetime:
    """Return the next midnight in UTC, when Notify's count of the day begins again."""
    return datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(0), tzinfo=UTC)
