# SPDX-License-Identifier: MIT
"""What a chain is made of, and what is told of it. Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from lg_notify.message import NotificationStatus

if TYPE_CHECKING:
    from lg_core.models import RequestModel
    from lg_notify.hours import SendingHours

__all__ = [
    "GO_ON",
    "PATIENCE",
    "Advanced",
    "Attempt",
    "Chain",
    "ChainState",
    "ChainStep",
    "Started",
    "StopWhen",
    "Way",
]

GO_ON: Final = frozenset(
    {NotificationStatus.PERMANENT_FAILURE, NotificationStatus.TEMPORARY_FAILURE}
)
"""The failures after which a chain goes on to the next way, unless it is told otherwise."""

PATIENCE: Final[Mapping[str, timedelta]] = MappingProxyType(
    {
        # The provider tries for up to 72 hours (docs, 'Statuses'); then the poller has an hour.
        "email": timedelta(hours=73),
        "sms": timedelta(hours=73),
        # Printed on a working day, and never known to have arrived: long enough for Christmas.
        "letter": timedelta(days=10),
    }
)
"""How long a message of each channel is waited for, unless a chain is told otherwise."""


class ChainState(StrEnum):
    """Where a chain stands."""

    RUNNING = "running"
    """One of its messages is with the outbox or on the way."""
    DELIVERED = "delivered"
    """One of its messages arrived."""
    HANDED_OVER = "handed_over"
    """A letter was posted, or a text went abroad: nothing more will be heard of it."""
    FAILED = "failed"
    """No way is left, or the last failure is none to go on after; `reason` says which."""
    COST_CAP = "cost_cap"
    """The next message would have cost more than what was left."""
    EXPIRED = "expired"
    """When the next message's turn came it was no longer worth sending."""
    STOPPED = "stopped"
    """You stopped it, or took its message out of the outbox."""

    @property
    def needs_a_person(self) -> bool:
        """Whether the chain ended without reaching anybody."""
        return self in {ChainState.FAILED, ChainState.COST_CAP, ChainState.EXPIRED}


class StopWhen(StrEnum):
    """What is enough to end a chain."""

    HANDED_OVER = "handed_over"
    """A message arrived, or is one of which nothing more is heard: a posted letter, a text
    abroad."""
    DELIVERED = "delivered"
    """A message is known to have arrived. One that is never known to have is waited for in vain,
    and the next way is taken; at the last way its being handed over is the end."""


@dataclass(frozen=True, slots=True)
class Way:
    """A message of a chain, where more is to be said of it than what it is.

    Args:
        message: what to send: `Sms`, `Email` or a letter.
        patience: how long it is waited for, from when Notify accepts it; `PATIENCE` of its channel
            where it is not given. After that it counts as failed.
        go_on: Notify's words for the failures after which the next way is taken. A
            technical-failure has its own rule, and is not among them.
        cost: what it is expected to cost, in pounds without VAT; worked out where it is not given.
        hours: when it may be sent; the outbox's hours of its channel where it is not given.
    """

    message: "RequestModel" = field(repr=False)
    patience: timedelta | None = field(kw_only=True, default=None)
    go_on: frozenset[str] = field(kw_only=True, default=GO_ON)
    cost: Decimal | None = field(kw_only=True, default=None)
    hours: "SendingHours | None" = field(kw_only=True, default=None)


@dataclass(frozen=True, slots=True)
class Started:
    """What became of a chain that was to begin.

    Attributes:
        chain: the chain's name.
        is_new: False where it had begun before: nothing was done then.
        state: where it stands.
    """

    chain: str
    is_new: bool
    state: ChainState


@dataclass(frozen=True, slots=True)
class Attempt:
    """A message of a chain that was given to the outbox.

    Attributes:
        reference: the outbox's name for it.
        number: which step of the chain it belongs to, from 1.
        attempt: 1, or 2 where it was sent again after a technical-failure.
        begins_at: when it might be sent at the earliest (UTC).
        doubt: whether it was taken back while nobody knew whether Notify has it.
        seen: which revision of it in the outbox the chain has acted on.
    """

    reference: str
    number: int
    attempt: int
    begins_at: datetime
    doubt: bool = False
    seen: int = 0


@dataclass(frozen=True, slots=True)
class ChainStep:
    """A message of a chain, without its words and its recipient.

    Attributes:
        number: which one of the chain it is, from 1.
        kind: the class of the message, such as `Sms`.
        channel: `sms`, `email` or `letter`.
        template_id: the template; None for a letter of your own.
        patience: how long it is waited for.
        go_on: the failures after which the next way is taken.
        cost: what one such message is expected to cost, in pounds; None where that is not known.
        hours: its own sending hours, as text.
        attempts: what was given to the outbox of it; empty while its turn has not come.
    """

    number: int
    kind: str
    channel: str
    template_id: str | None
    patience: timedelta
    go_on: frozenset[str]
    cost: Decimal | None
    hours: str | None = None
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain, as it stands.

    Attributes:
        name: the chain's name.
        case: your own id of what it is about; not printed.
        period: what sets it apart from the next one of the same case; not printed.
        state: where it stands.
        reason: a short code that says why, such as `permanent-failure` or `no_news`.
        step: which of its messages is, or was last, the turn of, from 1.
        steps: its messages, in order.
        stop_when: what is enough to end it.
        cost_cap: what all its messages may cost together, in pounds; None for no limit.
        expires_at: from when none of its messages is worth sending (UTC).
        account: whose key sends.
        council: the council that it is for.
        priority: a higher one is sent first.
        created_at: when it began (UTC).
        changed_at: when it last moved (UTC).
        due_at: when it is looked at again, without news (UTC); None where it has ended.
        ended_at: when it ended (UTC).
        handled_at: when you said that a person has looked after it (UTC).
    """

    name: str
    case: str = field(repr=False)
    period: str = field(repr=False)
    state: ChainState
    created_at: datetime
    changed_at: datetime
    step: int = 1
    steps: tuple[ChainStep, ...] = ()
    reason: str | None = None
    stop_when: StopWhen = StopWhen.HANDED_OVER
    cost_cap: Decimal | None = None
    expires_at: datetime | None = None
    account: str = "default"
    council: str | None = None
    priority: int = 0
    due_at: datetime | None = None
    ended_at: datetime | None = None
    handled_at: datetime | None = None

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """What was given to the outbox of it, oldest first."""
        return tuple(each for step in self.steps for each in step.attempts)

    @property
    def needs_a_person(self) -> bool:
        """Whether it ended without reaching anybody, and nobody has looked after it."""
        return self.state.needs_a_person and self.handled_at is None


@dataclass(frozen=True, slots=True)
class Advanced:
    """What a look at the chains did.

    Attributes:
        looked: how many were looked at.
        sent: for how many a message was given to the outbox.
        ended: how many ended.
    """

    looked: int = 0
    sent: int = 0
    ended: int = 0
