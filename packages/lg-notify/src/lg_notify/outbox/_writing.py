# SPDX-License-Identifier: MIT
"""Read and write single messages. Whoever changes one locks its row first, and then its job's.

All keep to that order, so that on PostgreSQL no two wait for each other. Each write names the
revision that was read, so that one caller makes a change and is told of it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from lg_notify.outbox._entries import OutboxMessage
from lg_notify.outbox._schema import LATER, MESSAGES, Kept, kept_of, later_values_of, message_of
from lg_notify.outbox._states import FINISHED

# lg_core.store says what to install where this is missing, so it comes first.
import sqlalchemy as sa  # isort: skip

__all__ = ["kept", "locked", "read_all", "write"]

_C: Final = MESSAGES.c
# Built once: making a statement anew takes SQLAlchemy longer than carrying it out.
_LOCK: Final = sa.select(MESSAGES).where(_C.reference == sa.bindparam("this")).with_for_update()
_WRITE: Final = (
    sa.update(MESSAGES)
    .where(_C.reference == sa.bindparam("this"), _C.revision == sa.bindparam("read"))
    .values({name: sa.bindparam(name) for name in LATER})
)
_WRITE_AND_FORGET: Final = _WRITE.values(content=None)


def locked(connection: sa.Connection, reference: str) -> Kept | None:
    """Read a message, and keep others from changing it until the transaction ends.

    Args:
        connection: a write transaction.
        reference: the outbox's name for it.
    """
    row = connection.execute(_LOCK, {"this": reference}).mappings().first()
    return None if row is None else kept_of(row)


def kept(connection: sa.Connection, references: Sequence[str]) -> Mapping[str, Kept]:
    """Read messages, with what is needed to send them.

    Args:
        connection: a transaction.
        references: the outbox's names for them.
    """
    rows = connection.execute(sa.select(MESSAGES).where(_C.reference.in_(references))).mappings()
    return {row["reference"]: kept_of(row) for row in rows}


def read_all(
    connection: sa.Connection,
    *conditions: sa.ColumnElement[bool],
    order: sa.ColumnElement[Any] = _C.created_at,
    limit: int | None = None,
) -> tuple[OutboxMessage, ...]:
    """Read messages that meet all conditions, oldest first.

    Args:
        connection: a transaction.
        conditions: what they meet.
        order: what says which is the oldest.
        limit: how many at the most.
    """
    asked = sa.select(MESSAGES).where(*conditions).order_by(order, _C.reference).limit(limit)
    return tuple(message_of(row) for row in connection.execute(asked).mappings())


def write(
    connection: sa.Connection,
    before: OutboxMessage,
    after: OutboxMessage,
    *,
    keep_content: bool,
) -> bool:
    """Write a message over the revision that was read.

    Args:
        connection: a write transaction.
        before: the message as it was read.
        after: the message as it is to be.
        keep_content: whether what it says is kept, also where it has ended.

    Returns:
        False where it is another by now; nothing was written then.
    """
    values = later_values_of(after) | {"this": before.reference, "read": before.revision}
    forget = not keep_content and (after.state in FINISHED or after.ended)
    done = connection.execute(_WRITE_AND_FORGET if forget else _WRITE, values)
    return done.rowcount == 1
