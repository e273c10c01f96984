# SPDX-License-Identifier: MIT
"""Check what a chain is to be, and write it out. Pure."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final, cast
from zoneinfo import ZoneInfo

from lg_core.errors import InvalidValueError
from lg_notify.chains._entries import Chain, ChainState, ChainStep, StopWhen, Way
from lg_notify.chains._prices import Prices
from lg_notify.chains._schema import step_values
from lg_notify.message import NotificationStatus
from lg_notify.outbox._content import channel_of, dump, recipient_digest, recipient_of

if TYPE_CHECKING:
    from lg_core.models import RequestModel
    from lg_notify.new_message import Message

__all__ = ["Begun", "Defaults", "begun", "checked_patience"]

_LONDON: Final = ZoneInfo("Europe/London")
_LONGEST_PERIOD: Final = 60
_LONGEST_PATIENCE: Final = timedelta(days=365)
_MOST_STEPS: Final = 20
_N = NotificationStatus
_FAILURES: Final = frozenset(
    {
        _N.PERMANENT_FAILURE.value,
        _N.TEMPORARY_FAILURE.value,
        _N.CANCELLED.value,
        _N.VIRUS_SCAN_FAILED.value,
        _N.VALIDATION_FAILED.value,
        "returned-letter",
    }
)


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds for a step that says nothing else.

    Attributes:
        patience: how long a message is waited for, by channel.
        prices: what is known of the templates.
    """

    patience: Mapping[str, timedelta]
    prices: Prices


@dataclass(frozen=True, slots=True)
class Begun:
    """A chain that is to begin.

    Attributes:
        chain: the chain.
        rows: the rows of its steps.
    """

    chain: Chain
    rows: tuple[Mapping[str, object], ...] = field(repr=False)


def begun(
    chain: Chain, ways: Sequence["RequestModel | Way"], defaults: Defaults, *, now: datetime
) -> Begun:
    """Write out a chain with its messages.

    Args:
        chain: the chain, as far as it is known without them.
        ways: its messages, in order.
        defaults: what holds for a message that says nothing else.
        now: the present.

    Raises:
        InvalidValueError: something of it cannot be kept; the text names the step.
    """
    _check(chain)
    given = [each if isinstance(each, Way) else Way(each) for each in ways]
    if not 1 <= len(given) <= _MOST_STEPS:
        raise InvalidValueError(
            f"A chain has 1 to {_MOST_STEPS} messages.", field="ways", code="length"
        )
    name = f"ch-{uuid.uuid4().hex}"
    rows: list[Mapping[str, object]] = []
    steps: list[ChainStep] = []
    for number, way in enumerate(given, 1):
        step = _step(number, way, defaults, chain=chain, now=now)
        message = cast("Message", way.message)
        recipient = recipient_digest(step.channel, recipient_of(message))
        rows.append(step_values(step, chain=name, recipient=recipient, content=dump(message)))
        steps.append(step)
    whole = Chain(
        name=name,
        case=chain.case,
        period=chain.period,
        state=ChainState.RUNNING,
        created_at=now,
        changed_at=now,
        steps=tuple(steps),
        stop_when=StopWhen(chain.stop_when),
        cost_cap=chain.cost_cap,
        expires_at=chain.expires_at,
        account=chain.account,
        council=chain.council,
        priority=chain.priority,
        due_at=now,
    )
    return Begun(whole, tuple(rows))


def _step(number: int, way: Way, defaults: Defaults, *, chain: Chain, now: datetime) -> ChainStep:
    kind = type(way.message).__name__
    channel = channel_of(kind)
    patience = way.patience or defaults.patience.get(channel)
    if patience is None:
        raise InvalidValueError(
            f"Step {number}: give a patience for this channel, here or to Chains(patience=...).",
            field="patience",
            code="missing",
        )
    if not way.go_on <= _FAILURES:
        raise InvalidValueError(
            f"Step {number}: go_on takes {', '.join(sorted(_FAILURES))}. After technical-failure a "
            "text or an e-mail is sent once more by itself, and a letter never.",
            field="go_on",
            code="unknown",
        )
    cost = way.cost
    if cost is None:
        cost = defaults.prices.of(way.message, on=now.astimezone(_LONDON).date())
    if cost is None and chain.cost_cap is not None:
        raise InvalidValueError(
            f"Step {number}: with a cost_cap the cost of each message must be known. Give "
            "Way(message, cost=...) in pounds, or Chains(prices=Prices(...)) with its template.",
            field="cost",
            code="unknown",
        )
    if cost is not None:
        _pounds(cost, field="cost")
    return ChainStep(
        number=number,
        kind=kind,
        channel=channel,
        template_id=getattr(way.message, "template_id", None),
        patience=checked_patience(patience),
        go_on=frozenset(str(each) for each in way.go_on),
        cost=cost,
        hours=None if way.hours is None else way.hours.to_text(),
    )


def checked_patience(patience: timedelta) -> timedelta:
    """Return how long a message is waited for, in whole seconds.

    Args:
        patience: the span.

    Raises:
        InvalidValueError: it is shorter than a second or longer than a year.
    """
    whole = timedelta(seconds=int(patience.total_seconds()))
    if not timedelta(0) < whole <= _LONGEST_PATIENCE:
        raise InvalidValueError(
            "patience must be a span of 1 second to 365 days.",
            field="patience",
            code="out_of_range",
        )
    return whole


def _check(chain: Chain) -> None:
    lengths = (
        ("case", chain.case, 1, 255),
        ("period", chain.period, 0, _LONGEST_PERIOD),
        ("account", chain.account, 1, 80),
        ("council", "x" if chain.council is None else chain.council, 1, 80),
    )
    for name, value, least, most in lengths:
        if not least <= len(value) <= most or "\0" in value:
            raise InvalidValueError(
                f"{name} must be of {least} to {most} characters.", field=name, code="length"
            )
    if chain.stop_when not in tuple(StopWhen):
        raise InvalidValueError(
            f"stop_when must be one of {', '.join(StopWhen)}.", field="stop_when", code="unknown"
        )
    if chain.expires_at is not None and chain.expires_at.tzinfo is None:
        raise InvalidValueError(
            "expires must have a time zone: use datetime.now(UTC).", field="expires", code="naive"
        )
    if chain.cost_cap is not None:
        _pounds(chain.cost_cap, field="cost_cap")


def _pounds(value: Decimal, *, field: str) -> None:
    if isinstance(value, Decimal) and value.is_finite() and 0 <= value < _MOST_POUNDS:  # pyright: ignore[reportUnnecessaryIsInstance] -- callers without a type checker
        return
    raise InvalidValueError(
        f'{field} must be pounds as a Decimal, 0 or more, such as Decimal("0.75").',
        field=field,
        code="out_of_range",
    )


_MOST_POUNDS: Final = Decimal(1_000_000)
