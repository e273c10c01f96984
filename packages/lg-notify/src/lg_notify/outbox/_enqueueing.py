# SPDX-License-Identifier: MIT
"""How messages come into the outbox: each once, in the transaction of whoever enqueues it."""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Final, cast

from lg_core.errors import InvalidValueError
from lg_core.store import HostConnection, Store, WorkQueue
from lg_notify.hours import SendingHours
from lg_notify.outbox import _content
from lg_notify.outbox._entries import MessageState, OutboxMessage, Queued, ToSend
from lg_notify.outbox._schema import MESSAGES, values_of

# lg_core.store says what to install where this is missing, so it comes first.
import sqlalchemy as sa  # isort: skip
from sqlalchemy.dialects import postgresql, sqlite  # isort: skip

if TYPE_CHECKING:
    from lg_notify.new_message import Message

__all__ = ["Row", "enqueue", "rows_of"]

_BATCH: Final = 500
_LONGEST_CASE: Final = 255
_LONGEST_NAME: Final = 80
_INSERTS: Final = {
    "sqlite": sqlite.insert(MESSAGES).on_conflict_do_nothing(index_elements=["dedupe"]),
    "postgresql": postgresql.insert(MESSAGES).on_conflict_do_nothing(index_elements=["dedupe"]),
}
_FIRSTS: Final = sa.select(MESSAGES.c.dedupe, MESSAGES.c.reference).where(
    MESSAGES.c.dedupe.in_(sa.bindparam("digests", expanding=True))
)


@dataclass(frozen=True, slots=True)
class Row:
    """A message that is to be enqueued, checked and written out.

    Attributes:
        message: what the outbox will tell of it.
        values: the row of its table.
    """

    message: OutboxMessage
    values: Mapping[str, object] = field(repr=False)

    @property
    def digest(self) -> str:
        """What it shares with the same message."""
        return cast("str", self.values["dedupe"])


def rows_of(
    given: Iterable[ToSend], *, now: datetime, hours: Mapping[str, SendingHours]
) -> Iterator[Row]:
    """Check messages, and write out the row of each.

    Args:
        given: the messages.
        now: the present.
        hours: the outbox's hours, by channel.

    Raises:
        InvalidValueError: one cannot be kept; the text says what is wrong with it.
    """
    for each in given:
        yield _row(each, now=now, hours=hours)


def _row(given: ToSend, *, now: datetime, hours: Mapping[str, SendingHours]) -> Row:
    _check(given)
    kind = type(given.message).__name__
    channel = _content.channel_of(kind)
    message = cast("Message", given.message)
    recipient = _content.recipient_of(message)
    due = now if given.send_at is None else max(now, given.send_at)
    open_in = given.hours or hours.get(channel)
    entry = OutboxMessage(
        reference=f"lg-{uuid.uuid4().hex}",
        kind=kind,
        channel=channel,
        account=given.account,
        case=given.case,
        period=given.period,
        template_id=getattr(message, "template_id", None),
        council=given.council,
        their_reference=message.reference,
        state=MessageState.WAITING,
        priority=given.priority,
        created_at=now,
        due_at=due if open_in is None else open_in.next_allowed(due),
        changed_at=now,
        expires_at=given.expires,
    )
    values = values_of(entry) | {
        "dedupe": _content.message_digest(
            case=entry.case,
            channel=channel,
            template=entry.template_id,
            recipient=recipient,
            period=entry.period,
        ),
        "recipient": _content.recipient_digest(channel, recipient),
        "hours": None if given.hours is None else given.hours.to_text(),
        "content": _content.dump(message),
    }
    return Row(entry, values)


def _check(given: ToSend) -> None:
    lengths = (
        ("case", given.case, 1, _LONGEST_CASE),
        ("period", given.period, 0, _LONGEST_NAME),
        ("account", given.account, 1, _LONGEST_NAME),
        ("council", "x" if given.council is None else given.council, 1, _LONGEST_NAME),
    )
    for name, value, least, most in lengths:
        if not least <= len(value) <= most or "\0" in value:
            raise InvalidValueError(
                f"{name} must be of {least} to {most} characters.", field=name, code="length"
            )
    for name, instant in (("send_at", given.send_at), ("expires", given.expires)):
        if instant is not None and instant.tzinfo is None:
            raise InvalidValueError(
                f"{name} must have a time zone: use datetime.now(UTC).", field=name, code="naive"
            )


def enqueue(
    store: Store, queue: WorkQueue, rows: Iterable[Row], *, connection: HostConnection | None
) -> Iterator[Queued]:
    """Write messages and their jobs, in batches of 500, each batch in one transaction.

    Args:
        store: where they are kept.
        queue: where their jobs are put.
        rows: the messages.
        connection: a transaction to join, for all batches.

    Yields:
        What became of each, in order, when its batch is written.
    """
    left = iter(rows)
    while batch := list(islice(left, _BATCH)):
        # Where one batch has a message twice, the first of them counts.
        first: dict[str, Row] = {}
        for row in batch:
            first.setdefault(row.digest, row)
        with store.begin(connection) as ours:
            # In one order, so that on PostgreSQL no two that write the same wait for each other.
            values = [first[digest].values for digest in sorted(first)]
            ours.execute(_INSERTS[store.dialect], values)
            kept = {
                row.dedupe: row.reference
                for row in ours.execute(_FIRSTS, {"digests": sorted(first)})
            }
            # The queue joins the host's own connection: it cannot join one that is lent to us.
            new = [row for row in first.values() if _is_kept(row, kept)]
            _put(queue, new, ours if connection is None else connection)
        for row in batch:
            yield Queued(kept[row.digest], is_new=first[row.digest] is row and _is_kept(row, kept))


def _is_kept(row: Row, kept: Mapping[str, str]) -> bool:
    return kept[row.digest] == row.message.reference


def _put(queue: WorkQueue, rows: list[Row], connection: HostConnection) -> None:
    """Put the jobs, those of one instant and priority at once."""
    alike: dict[tuple[datetime, int], list[str]] = {}
    for row in rows:
        message = row.message
        alike.setdefault((message.due_at, message.priority), []).append(message.reference)
    for (due, priority), references in alike.items():
        jobs = ((reference, dict[str, str]()) for reference in references)
        queue.put_many(jobs, due=due, priority=priority, connection=connection)
