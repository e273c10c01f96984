# SPDX-License-Identifier: MIT
"""The tables of the outbox, and how a row becomes a message.

`lg_notify_message`: a row a message. `dedupe` is unique, so the database decides which of two that
are the same is the first. `content` is NULL once the message has ended: then nothing in the row
says what it said, and `recipient` is a digest.
`lg_notify_rate`: the bucket of each account and kind of key, shared by all processes.
`lg_notify_pause`: accounts, or channels of one, that may not send for a while.
"""

from dataclasses import dataclass, field, fields
from typing import Any, Final

from lg_core.store import Instant, Schema
from lg_notify.outbox._entries import MessageState, OutboxMessage

# lg_core.store says what to install where this is missing, so it comes first.
from sqlalchemy import (  # isort: skip
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    RowMapping,
    String,
    Table,
    Text,
)

__all__ = [
    "LATER",
    "MESSAGES",
    "OUTBOX_SCHEMA",
    "PAUSES",
    "RATES",
    "Kept",
    "kept_of",
    "later_values_of",
    "message_of",
    "values_of",
]

_metadata = MetaData()

MESSAGES: Final = Table(
    "lg_notify_message",
    _metadata,
    Column("reference", String(40), primary_key=True),
    Column("dedupe", String(64), nullable=False, unique=True),
    Column("recipient", String(64), nullable=False, index=True),
    Column("kind", String(40), nullable=False),
    Column("channel", String(10), nullable=False),
    Column("account", String(80), nullable=False),
    Column("case_id", String(255), nullable=False, index=True),
    Column("period", String(80), nullable=False),
    Column("template_id", String(36)),
    Column("council", String(80)),
    Column("their_reference", String(1000)),
    Column("state", String(12), nullable=False),
    Column("reason", String(80)),
    Column("status", String(40)),
    Column("notification_id", String(64), index=True),
    Column("attempts", Integer, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("intended_at", Instant),
    Column("give_up_at", Instant),
    Column("asked_of", String(300)),
    Column("sent_at", Instant),
    Column("completed_at", Instant),
    Column("ended_at", Instant),
    Column("acted_at", Instant),
    Column("hours", String(60)),
    Column("content", Text),
    Index("lg_notify_message_state", "state", "changed_at"),
    Index("lg_notify_message_expires", "expires_at"),
)
"""Every message."""

RATES: Final = Table(
    "lg_notify_rate",
    _metadata,
    Column("account", String(80), primary_key=True),
    Column("key_kind", String(20), primary_key=True),
    Column("tokens", Float, nullable=False),
    Column("at", Instant, nullable=False),
)
"""The level of each bucket."""

PAUSES: Final = Table(
    "lg_notify_pause",
    _metadata,
    Column("account", String(80), primary_key=True),
    Column("channel", String(10), primary_key=True),
    Column("until", Instant, nullable=False),
    Column("reason", String(80), nullable=False),
    Column("times", Integer, nullable=False),
)
"""Who may not send now. The channel is empty where it is all of the account."""

OUTBOX_SCHEMA: Final = Schema(
    name="lg-notify.outbox",
    metadata=_metadata,
    version=1,
    upgrade_command="lg-notify store upgrade",
)
"""The schema, for `Store.prepare()` and for a database administrator."""

_COLUMNS: Final = {
    each.name: "case_id" if each.name == "case" else each.name for each in fields(OutboxMessage)
}
LATER: Final = (
    "state",
    "reason",
    "status",
    "notification_id",
    "attempts",
    "revision",
    "due_at",
    "changed_at",
    "expires_at",
    "intended_at",
    "give_up_at",
    "asked_of",
    "sent_at",
    "completed_at",
    "ended_at",
    "acted_at",
)
"""The columns that change after a message was enqueued, `content` apart."""
_FIRST: Final = {
    name: column
    for name, column in _COLUMNS.items()
    if column not in LATER
    or column in {"state", "attempts", "revision", "due_at", "changed_at", "expires_at"}
}


@dataclass(frozen=True, slots=True)
class Kept:
    """A message with what is needed to send it.

    Attributes:
        message: the message.
        content: what is to be sent; None once it was forgotten.
        hours: its own sending hours, as text; None where it has none.
    """

    message: OutboxMessage
    content: str | None = field(repr=False)
    hours: str | None


def message_of(row: RowMapping) -> OutboxMessage:
    """Read a row.

    Args:
        row: the row, by the names of its columns.
    """
    values: dict[str, Any] = {name: row[column] for name, column in _COLUMNS.items()}
    values["state"] = MessageState(values["state"])
    return OutboxMessage(**values)


def kept_of(row: RowMapping) -> Kept:
    """Read a row, with what is to be sent.

    Args:
        row: the row, by the names of its columns.
    """
    return Kept(message_of(row), row["content"], row["hours"])


def values_of(message: OutboxMessage) -> dict[str, object]:
    """Return what the row of a message that is new holds, by the names of its columns.

    What is not known of any message before it is sent is left to be NULL.

    Args:
        message: the message.
    """
    return {column: getattr(message, name) for name, column in _FIRST.items()}


def later_values_of(message: OutboxMessage) -> dict[str, object]:
    """Return what may change in a row of a message, by the names of its columns.

    Args:
        message: the message.
    """
    return {name: getattr(message, name) for name in LATER}
