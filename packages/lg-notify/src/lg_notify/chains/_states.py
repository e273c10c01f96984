# SPDX-License-Identifier: MIT
"""How a chain moves from message to message. Pure: two tables, and what reads them.

The theory. A chain is a list of steps, each a message by another way. One is the step whose turn
it is; its message is in the outbox. What the outbox knows of that message is one finding, and the
first table says what follows from it:

    on the way ─────────────────────────> wait
    arrived, handed over ───────────────> end: delivered, handed over
    failed, and it is one to go on after ─> next step
    failed otherwise ───────────────────> end: failed
    technical-failure ──────────────────> the same step once more; the second time, next step
    not sent: suppressed, expired, no such recipient ──> next step
    overdue ────────────────────────────> next step, and what still waits is taken back
    taken back by somebody, or erased ──> end: stopped

A letter that ended as technical-failure may have been printed all the same (Notify's documentation:
do not send it again). So it is not tried again, and no later letter of the chain is sent either.

The next step's message goes out if there is one, if the chain has not expired, and if its cost
fits in what is left of the limit. What was given to the outbox counts as spent, until the outbox
knows that it was never sent, or that it was a text that ended as technical-failure, which Notify
does not charge for (documentation, 'Statuses').

Evidence comes late. A message that was given up on may arrive: then the chain ends, and whatever
still waits is taken back. That holds also for a chain that has ended without reaching anybody; the
second table says for which states. A chain that you stopped stays stopped.

Time. A message is waited for from when Notify accepted it. One that was never accepted is waited
for from when it might first have been sent; waiting for the hours in which messages may be sent is
not held against it. A message that is being sent at this instant is left alone until the outbox
knows more, since it can neither be taken back nor be said to have failed.

Nothing may stand in this file that reads a clock, a table or a network.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum, auto
from typing import Final

from lg_notify.chains._entries import Attempt, Chain, ChainState, ChainStep, StopWhen
from lg_notify.message import NotificationStatus
from lg_notify.outbox._entries import MessageState, OutboxMessage

__all__ = [
    "NO_NEWS",
    "UNREADABLE",
    "Finding",
    "Follows",
    "Plan",
    "deadline",
    "decide",
    "finding",
    "follows",
    "spent",
    "stopped",
]

NO_NEWS: Final = "no_news"
"""The reason of a step whose patience ran out."""
UNREADABLE: Final = "unreadable"
"""The reason of a chain whose next message this release cannot read."""
GONE: Final = "message_gone"
"""The reason of a chain whose message is no longer in the outbox: it was erased."""

_BEING_SENT: Final = timedelta(minutes=1)
_NOTHING: Final = Decimal(0)
_S = MessageState
_C = ChainState

TAKEN_BACK: Final = frozenset({_S.WAITING, _S.ASIDE, _S.IN_DOUBT})
"""The states in which the outbox can take a message back."""
_NO_SUCH_RECIPIENT: Final = "invalid_recipient"
_TECHNICAL: Final = NotificationStatus.TECHNICAL_FAILURE.value


class Finding(Enum):
    """What the outbox knows of a message of a chain."""

    ON_THE_WAY = auto()
    """It is to be sent, is being sent, or was sent."""
    ARRIVED = auto()
    """It arrived."""
    HANDED_OVER = auto()
    """Nothing more will be heard of it."""
    FAILED = auto()
    """It failed, and the next way is to be taken."""
    FAILED_OTHERWISE = auto()
    """It failed in a way that is none to go on after."""
    TECHNICAL = auto()
    """Notify or its provider failed, and it may be tried again."""
    NOT_SENT = auto()
    """It was not sent, and will not be."""
    OVERDUE = auto()
    """There is no news of it, and patience has run out."""
    TAKEN_BACK = auto()
    """Somebody took it back."""
    GONE = auto()
    """The outbox does not have it."""


class Follows(Enum):
    """What follows from a finding."""

    WAIT = auto()
    NEXT = auto()
    AGAIN = auto()
    DELIVERED = auto()
    HANDED_OVER = auto()
    FAILED = auto()
    STOPPED = auto()


_FOLLOWS: Final[Mapping[Finding, Follows]] = {
    Finding.ON_THE_WAY: Follows.WAIT,
    Finding.ARRIVED: Follows.DELIVERED,
    Finding.HANDED_OVER: Follows.HANDED_OVER,
    Finding.FAILED: Follows.NEXT,
    Finding.FAILED_OTHERWISE: Follows.FAILED,
    Finding.TECHNICAL: Follows.AGAIN,
    Finding.NOT_SENT: Follows.NEXT,
    Finding.OVERDUE: Follows.NEXT,
    Finding.TAKEN_BACK: Follows.STOPPED,
    Finding.GONE: Follows.STOPPED,
}
"""What follows for the step whose turn it is."""

_ENDS: Final[Mapping[Follows, ChainState]] = {
    Follows.DELIVERED: _C.DELIVERED,
    Follows.HANDED_OVER: _C.HANDED_OVER,
    Follows.FAILED: _C.FAILED,
    Follows.STOPPED: _C.STOPPED,
}

_LATE: Final[Mapping[ChainState, frozenset[Finding]]] = {
    _C.RUNNING: frozenset({Finding.ARRIVED, Finding.HANDED_OVER}),
    _C.HANDED_OVER: frozenset({Finding.ARRIVED}),
    _C.FAILED: frozenset({Finding.ARRIVED, Finding.HANDED_OVER}),
    _C.COST_CAP: frozenset({Finding.ARRIVED, Finding.HANDED_OVER}),
    _C.EXPIRED: frozenset({Finding.ARRIVED, Finding.HANDED_OVER}),
}
"""What ends a chain anew, learnt of any of its messages. Of `stopped` and `delivered`, nothing."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do with a chain.

    Attributes:
        state: where it stands then.
        step: whose turn it is then.
        reason: why, as a short code.
        send: which attempt of that step to give to the outbox; 0 for none.
        take_back: the references of what the outbox is to take back.
        noted: the references of what has ended, and has now been acted on.
        due_at: when to look again without news; None where the chain has ended or sends.
    """

    state: ChainState
    step: int
    reason: str | None = None
    send: int = 0
    take_back: tuple[str, ...] = ()
    noted: tuple[str, ...] = ()
    due_at: datetime | None = None


def follows(found: Finding) -> Follows:
    """Say what follows from a finding about the step whose turn it is.

    Args:
        found: the finding.
    """
    return _FOLLOWS[found]


def deadline(step: ChainStep, attempt: Attempt, message: OutboxMessage) -> datetime:
    """Return when patience with a message runs out.

    Args:
        step: the step that it belongs to.
        attempt: when it was given to the outbox.
        message: the message.
    """
    if message.sent_at is not None:
        return message.sent_at + step.patience
    for_hours = message.state is _S.WAITING and message.reason == "quiet_hours"
    begins = message.due_at if for_hours else attempt.begins_at
    return max(begins, attempt.begins_at) + step.patience


_FOUND: Final[Mapping[MessageState, Finding]] = {
    _S.DELIVERED: Finding.ARRIVED,
    _S.SUPPRESSED: Finding.NOT_SENT,
    _S.EXPIRED: Finding.NOT_SENT,
    _S.CANCELLED: Finding.TAKEN_BACK,
    _S.SENDING: Finding.ON_THE_WAY,
}
"""What the outbox's state says by itself. The others need a look at the message, or the time."""


def finding(
    chain: Chain, attempt: Attempt, message: OutboxMessage | None, *, now: datetime
) -> Finding:
    """Say what the outbox knows of a message of a chain.

    Args:
        chain: the chain.
        attempt: when the message was given to the outbox, for which step.
        message: the message; None where the outbox does not have it.
        now: the present.
    """
    if message is None:
        return Finding.GONE
    step = chain.steps[attempt.number - 1]
    match message.state:
        case _S.FAILED:
            return _failure(step, attempt, message)
        case _S.SENT if message.ended and _is_enough(chain, step):
            return Finding.HANDED_OVER
        case _S.ASIDE if message.reason == _NO_SUCH_RECIPIENT:
            return Finding.NOT_SENT
        case state:
            overdue = now >= deadline(step, attempt, message)
            return _FOUND.get(state, Finding.OVERDUE if overdue else Finding.ON_THE_WAY)


def _is_enough(chain: Chain, step: ChainStep) -> bool:
    return chain.stop_when is StopWhen.HANDED_OVER or step.number == len(chain.steps)


def _failure(step: ChainStep, attempt: Attempt, message: OutboxMessage) -> Finding:
    if message.status != _TECHNICAL:
        return Finding.FAILED if message.status in step.go_on else Finding.FAILED_OTHERWISE
    again = attempt.attempt == 1 and step.channel != "letter"
    return Finding.TECHNICAL if again else Finding.FAILED


def decide(chain: Chain, messages: Mapping[str, OutboxMessage], *, now: datetime) -> Plan:
    """Say what to do with a chain.

    Args:
        chain: the chain as it is.
        messages: what the outbox has of its messages, by reference.
        now: the present.
    """
    noted = tuple(each.reference for each in chain.attempts if _to_note(messages, each))
    late = _late(chain, messages, now=now)
    if late is not None:
        return _ended(chain, _ENDS[late], messages, noted=noted, reason=None)
    if chain.state is not _C.RUNNING:
        # What was being sent when the chain ended, and was not, waits again now.
        return _ended(chain, chain.state, messages, noted=noted, reason=chain.reason)
    step = chain.steps[chain.step - 1]
    if not step.attempts:
        return _send(chain, messages, number=chain.step, attempt=1, noted=noted, now=now, why=None)
    attempt = step.attempts[-1]
    message = messages.get(attempt.reference)
    found = finding(chain, attempt, message, now=now)
    why = _why(found, message)
    what = follows(found)
    if message is not None and what is Follows.WAIT:
        due = deadline(step, attempt, message)
        if message.state is _S.SENDING:
            due = max(due, now + _BEING_SENT)
        return Plan(chain.state, chain.step, chain.reason, noted=noted, due_at=due)
    if what is Follows.NEXT or what is Follows.AGAIN:
        number = chain.step if what is Follows.AGAIN else _next(chain, messages)
        tried = len(step.attempts) + 1 if what is Follows.AGAIN else 1
        return _send(chain, messages, number=number, attempt=tried, noted=noted, now=now, why=why)
    return _ended(chain, _ENDS[what], messages, noted=noted, reason=why)


def stopped(chain: Chain, messages: Mapping[str, OutboxMessage]) -> Plan:
    """Say what to do with a running chain that is stopped.

    Args:
        chain: the chain as it is.
        messages: what the outbox has of its messages, by reference.
    """
    noted = tuple(each.reference for each in chain.attempts if _to_note(messages, each))
    return _ended(chain, _C.STOPPED, messages, noted=noted, reason="stopped")


def _late(chain: Chain, messages: Mapping[str, OutboxMessage], *, now: datetime) -> Follows | None:
    """Return what any message of the chain ends it with; that it arrived before anything else."""
    known = {
        finding(chain, attempt, messages.get(attempt.reference), now=now)
        for attempt in chain.attempts
    } & _LATE.get(chain.state, frozenset())
    if Finding.ARRIVED in known:
        return Follows.DELIVERED
    return Follows.HANDED_OVER if known else None


def _send(
    chain: Chain,
    messages: Mapping[str, OutboxMessage],
    *,
    number: int,
    attempt: int,
    noted: tuple[str, ...],
    now: datetime,
    why: str | None,
) -> Plan:
    back = _to_take_back(chain, messages)
    if number > len(chain.steps):
        return _ended(chain, _C.FAILED, messages, noted=noted, reason=why)
    if chain.expires_at is not None and chain.expires_at <= now:
        return _ended(chain, _C.EXPIRED, messages, noted=noted, reason="expired")
    cost = chain.steps[number - 1].cost
    if chain.cost_cap is not None and (
        cost is None or spent(chain, messages, taken_back=back) + cost > chain.cost_cap
    ):
        return _ended(chain, _C.COST_CAP, messages, noted=noted, reason="cost_cap")
    return Plan(chain.state, number, why, send=attempt, take_back=back, noted=noted)


def _next(chain: Chain, messages: Mapping[str, OutboxMessage]) -> int:
    """Return the number of the next step; one more than there are where there is none."""
    no_letter = any(
        message is not None and message.channel == "letter" and message.status == _TECHNICAL
        for message in (messages.get(each.reference) for each in chain.attempts)
    )
    later = (
        step.number
        for step in chain.steps[chain.step :]
        if not (no_letter and step.channel == "letter")
    )
    return next(later, len(chain.steps) + 1)


def _ended(
    chain: Chain,
    state: ChainState,
    messages: Mapping[str, OutboxMessage],
    *,
    noted: tuple[str, ...],
    reason: str | None,
) -> Plan:
    back = _to_take_back(chain, messages)
    return Plan(state, chain.step, reason, take_back=back, noted=noted)


def _to_take_back(chain: Chain, messages: Mapping[str, OutboxMessage]) -> tuple[str, ...]:
    return tuple(
        each.reference for each, message in _had(chain, messages) if message.state in TAKEN_BACK
    )


def _had(
    chain: Chain, messages: Mapping[str, OutboxMessage]
) -> Iterator[tuple[Attempt, OutboxMessage]]:
    for attempt in chain.attempts:
        message = messages.get(attempt.reference)
        if message is not None:
            yield attempt, message


def _to_note(messages: Mapping[str, OutboxMessage], attempt: Attempt) -> bool:
    message = messages.get(attempt.reference)
    return message is not None and message.ended and message.acted_at is None


def _why(found: Finding, message: OutboxMessage | None) -> str | None:
    match found:
        case Finding.GONE:
            return GONE
        case Finding.OVERDUE:
            return NO_NEWS
        case Finding.FAILED | Finding.FAILED_OTHERWISE | Finding.TECHNICAL:
            return None if message is None else message.status
        case Finding.NOT_SENT | Finding.TAKEN_BACK:
            return None if message is None else message.reason
        case _:
            return None


def spent(
    chain: Chain, messages: Mapping[str, OutboxMessage], *, taken_back: tuple[str, ...] = ()
) -> Decimal:
    """Add up what the messages of a chain are expected to have cost, in pounds without VAT.

    Args:
        chain: the chain.
        messages: what the outbox has of its messages, by reference.
        taken_back: the references of what is being taken back now.
    """
    return sum(
        (
            step.cost or _NOTHING
            for step in chain.steps
            for each in step.attempts
            if not _is_free(each, messages.get(each.reference), taken_back)
        ),
        _NOTHING,
    )


def _is_free(attempt: Attempt, message: OutboxMessage | None, taken_back: tuple[str, ...]) -> bool:
    """Say whether Notify will not charge for a message."""
    if message is None:
        return False
    match message.state:
        case _S.EXPIRED | _S.SUPPRESSED:
            return True
        case _S.CANCELLED:
            return not attempt.doubt
        case _S.WAITING | _S.ASIDE:
            return message.reference in taken_back
        case _S.FAILED:
            return message.channel == "sms" and message.status == _TECHNICAL
        case _:
            return False
