# SPDX-License-Identifier: MIT
"""Forgetting: all messages to a person at once, and what ended long ago."""

from datetime import datetime, timedelta
from typing import Final

from lg_core.store import HostConnection, WorkQueue
from lg_notify.outbox._entries import MessageState
from lg_notify.outbox._schema import MESSAGES
from lg_notify.outbox.errors import MessageInFlightError

# lg_core.store says what to install where this is missing, so it comes first.
import sqlalchemy as sa  # isort: skip

__all__ = ["erase", "purge"]

_C: Final = MESSAGES.c
_NO_NEWS: Final = timedelta(days=8)
"""After 7 days Notify has forgotten a message: nothing more comes, whatever its last word was."""


def erase(
    connection: sa.Connection,
    which: sa.ColumnElement[bool],
    *,
    queue: WorkQueue,
    host: HostConnection,
) -> int:
    """Remove messages and their jobs.

    Args:
        connection: the transaction.
        which: which messages.
        queue: the queue of their jobs.
        host: the connection that the queue joins.

    Returns:
        How many were removed.

    Raises:
        MessageInFlightError: one is being sent. Nothing was removed.
    """
    # Each row is locked, so that none begins to be sent in between.
    rows = connection.execute(
        sa.select(_C.reference, _C.state).where(which).order_by(_C.reference).with_for_update()
    ).all()
    in_flight = sum(row.state == MessageState.SENDING for row in rows)
    if in_flight:
        raise MessageInFlightError(in_flight)
    for row in rows:
        queue.cancel(row.reference, connection=host)
    return connection.execute(sa.delete(MESSAGES).where(which)).rowcount


def purge(
    connection: sa.Connection, *, before: datetime, content_before: datetime, now: datetime
) -> int:
    """Remove messages that have ended, and forget the words and recipients of others.

    Args:
        connection: the transaction.
        before: what last changed before this instant is removed.
        content_before: what last changed up to this instant loses its words and recipient.
        now: the present instant.

    Returns:
        How many were removed.
    """
    over = _C.ended_at.is_not(None) | (_C.state == MessageState.SENT)
    connection.execute(
        sa.update(MESSAGES)
        .where(_C.content.is_not(None), over, _C.changed_at <= content_before)
        .where(_C.ended_at.is_not(None) | (_C.sent_at <= now - _NO_NEWS))
        .values(content=None)
    )
    return connection.execute(sa.delete(MESSAGES).where(over, _C.changed_at < before)).rowcount
