# SPDX-License-Identifier: MIT
"""The one table of the suppression list, and what is told of its rows.

A row a person, way and list; no list is the empty name and stands for all messages of the way. The
person is a digest; `key_id` names the secret that it was made with, so that a list which is opened
without a secret that it needs can say so, and does not forget those people in silence.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from lg_core.store import Instant, Schema

# lg_core.store says what to install where this is missing, so it comes first.
import sqlalchemy as sa  # isort: skip
from sqlalchemy.dialects import postgresql, sqlite  # isort: skip

__all__ = [
    "SUPPRESSION_SCHEMA",
    "TABLE",
    "ImportedSuppressions",
    "SuppressionCount",
    "counted",
    "put",
    "standing",
]

_metadata = sa.MetaData()

TABLE: Final = sa.Table(
    "lg_notify_suppression",
    _metadata,
    sa.Column("channel", sa.String(16), primary_key=True),
    sa.Column("digest", sa.String(32), primary_key=True),
    sa.Column("list_name", sa.String(80), primary_key=True),
    sa.Column("key_id", sa.String(8), nullable=False, index=True),
    sa.Column("reason", sa.String(80), nullable=False),
    sa.Column("since", Instant, nullable=False),
)

SUPPRESSION_SCHEMA: Final = Schema(
    name="lg-notify.suppression",
    metadata=_metadata,
    version=1,
    upgrade_command="lg-notify store upgrade",
)
"""The schema, for `Store.prepare()` and for a database administrator."""


@dataclass(frozen=True, slots=True)
class ImportedSuppressions:
    """What became of the rows of a file.

    Attributes:
        read: how many rows the file has.
        added: how many people were not on the list.
        known: how many were, or stand in the file twice.
        refused: the lines whose cell can be no recipient, or that are not whole.
    """

    read: int
    added: int
    known: int
    refused: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SuppressionCount:
    """How many people are on the list.

    Attributes:
        channel: the way that they do not want.
        list_name: the list that they left; None for all messages of the way.
        reason: why.
        count: how many.
    """

    channel: str
    list_name: str | None
    reason: str
    count: int


def standing(
    connection: sa.Connection, *, channel: str, digests: Iterable[str], lists: Iterable[str]
) -> set[str]:
    """Return which of the digests are on one of the lists."""
    c = TABLE.c
    asked = sa.select(c.digest).where(
        c.channel == channel, c.digest.in_([*digests]), c.list_name.in_([*lists])
    )
    return set(connection.execute(asked).scalars())


def put(connection: sa.Connection, rows: list[Mapping[str, Any]]) -> int:
    """Add rows; one that is there stays as it is. Return how many were new."""
    if not rows:
        return 0
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = (
        insert(TABLE)
        .values({column.name: sa.bindparam(column.name) for column in TABLE.c})
        .on_conflict_do_nothing()
        .execution_options(preserve_rowcount=True)
    )
    return connection.execute(statement, rows).rowcount


def counted(connection: sa.Connection) -> Iterator[SuppressionCount]:
    """Count the rows by way, list and reason."""
    by = (TABLE.c.channel, TABLE.c.list_name, TABLE.c.reason)
    for row in connection.execute(sa.select(*by, sa.func.count()).group_by(*by).order_by(*by)):
        yield SuppressionCount(row[0], row[1] or None, row[2], row[3])
