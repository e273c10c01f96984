# SPDX-License-Identifier: MIT
"""Which tables there are, of which version, and how one version becomes the next.

Every schema has one row in the table `lg_schema`. Steps within a major release are additive: they
add a table, a column with a default or an index, so that the release before still works.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy
from sqlalchemy.schema import CreateIndex, CreateTable

from lg_core.store._errors import SchemaTooNewError, SchemaTooOldError
from lg_core.store._instants import Instant

__all__ = [
    "NAMES",
    "Schema",
    "Step",
    "carry_out",
    "create",
    "is_new",
    "lock_schemas",
    "plan",
    "script",
    "versions",
]

NAMES: Final = sqlalchemy.MetaData()
_LG_SCHEMA: Final = sqlalchemy.Table(
    "lg_schema",
    NAMES,
    sqlalchemy.Column("name", sqlalchemy.String(80), primary_key=True),
    sqlalchemy.Column("version", sqlalchemy.Integer, nullable=False),
    sqlalchemy.Column("changed", Instant, nullable=False),
)
_NAME = re.compile(r"[a-z][a-z0-9.\-]{0,79}")
_LOCK: Final = 7_130_926_114
"""The number of PostgreSQL's advisory lock under which tables are made; any number would do."""


@dataclass(frozen=True, slots=True)
class Step:
    """How the version before becomes this one.

    Args:
        to: the version that it makes.
        statements: SQL, or a function of the dialect's name (`sqlite`, `postgresql`) that returns
            it. Each is one statement without a semicolon at its end.
    """

    to: int
    statements: tuple[str, ...] | Callable[[str], tuple[str, ...]]

    def sql(self, dialect: str) -> tuple[str, ...]:
        """Return the statements.

        Args:
            dialect: `sqlite` or `postgresql`.
        """
        return self.statements(dialect) if callable(self.statements) else self.statements


@dataclass(frozen=True, slots=True)
class Schema:
    """The tables of one owner, as of one version.

    Args:
        name: such as `lg-pay.book`; small letters, digits, `.` and `-`.
        metadata: the tables as they are at `version`. Their names begin with the owner's:
            `lg_pay_book_payment`.
        version: from 1.
        steps: how each earlier version becomes the next: one for 2, one for 3, and so on.
        upgrade_command: the command that carries the steps out, such as `lg-pay store upgrade`;
            None where several packages share the tables, and the store says which one is in use.

    Raises:
        ValueError: the name has another shape, or a step is missing.
    """

    name: str
    metadata: sqlalchemy.MetaData
    version: int = 1
    steps: tuple[Step, ...] = ()
    upgrade_command: str | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError("A schema's name is small letters, digits, dots and dashes.")
        if tuple(range(2, self.version + 1)) != tuple(step.to for step in self.steps):
            raise ValueError(
                f"The schema {self.name} needs one step for each version from 2 to its own."
            )


def versions(connection: sqlalchemy.Connection) -> Mapping[str, int]:
    """Return the version of every schema that the database has."""
    if not sqlalchemy.inspect(connection).has_table(_LG_SCHEMA.name):
        return {}
    rows = connection.execute(sqlalchemy.select(_LG_SCHEMA.c.name, _LG_SCHEMA.c.version))
    return {row.name: row.version for row in rows}


def is_new(schema: Schema, found: int | None, *, command: str | None = None) -> bool:
    """Say whether the tables must be made.

    Args:
        schema: what the program needs.
        found: the version in the database; None where there is none.
        command: the command that upgrades tables which name none of their own.

    Raises:
        SchemaTooOldError: the tables must be upgraded first.
        SchemaTooNewError: a newer release wrote them.
    """
    if found is not None and found < schema.version:
        raise SchemaTooOldError(
            schema.name,
            found=found,
            wanted=schema.version,
            command=schema.upgrade_command or command,
        )
    if found is not None and found > schema.version:
        raise SchemaTooNewError(schema.name, found=found, wanted=schema.version)
    return found is None


def lock_schemas(connection: sqlalchemy.Connection) -> None:
    """Let one process at a time make tables, until the transaction ends.

    SQLite needs nothing more than its write transaction.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sqlalchemy.select(sqlalchemy.func.pg_advisory_xact_lock(_LOCK)))


def create(connection: sqlalchemy.Connection, schema: Schema, *, at: datetime) -> None:
    """Make the tables of a schema, and note its version."""
    NAMES.create_all(connection)
    schema.metadata.create_all(connection)
    connection.execute(
        sqlalchemy.insert(_LG_SCHEMA).values(name=schema.name, version=schema.version, changed=at)
    )


def plan(schema: Schema, found: int) -> tuple[Step, ...]:
    """Return the steps from a version to the schema's own.

    Raises:
        SchemaTooNewError: a newer release wrote the tables.
    """
    if found > schema.version:
        raise SchemaTooNewError(schema.name, found=found, wanted=schema.version)
    return tuple(step for step in schema.steps if step.to > found)


def carry_out(
    connection: sqlalchemy.Connection, schema: Schema, step: Step, *, at: datetime
) -> None:
    """Take one step, and note the version."""
    for statement in step.sql(connection.dialect.name):
        connection.execute(sqlalchemy.text(statement.replace(":", "\\:")))
    connection.execute(
        sqlalchemy.update(_LG_SCHEMA)
        .where(_LG_SCHEMA.c.name == schema.name)
        .values(version=step.to, changed=at)
    )


def script(
    connection: sqlalchemy.Connection,
    schemas: tuple[Schema, ...],
    *,
    at: datetime,
) -> str:
    """Write what an upgrade would do as SQL, for a database administrator."""
    found = versions(connection)
    lines = [] if sqlalchemy.inspect(connection).has_table(_LG_SCHEMA.name) else [NAMES]
    statements = [each for metadata in lines for each in _tables(metadata, connection.dialect)]
    for schema in schemas:
        statements += _statements(schema, found.get(schema.name), connection.dialect, at=at)
    if not statements or (lines and len(statements) == len(NAMES.tables)):
        return "-- Nothing to do.\n"
    body = "".join(f"{statement};\n" for statement in ("BEGIN", *statements, "COMMIT"))
    return f"-- Make a backup first.\n{body}"


def _statements(
    schema: Schema, found: int | None, dialect: sqlalchemy.Dialect, *, at: datetime
) -> Iterator[str]:
    row = _LG_SCHEMA
    if found is None:
        yield from _tables(schema.metadata, dialect)
        yield _literal(
            sqlalchemy.insert(row).values(name=schema.name, version=schema.version, changed=at),
            dialect,
        )
        return
    for step in plan(schema, found):
        yield from step.sql(dialect.name)
        yield _literal(
            sqlalchemy.update(row)
            .where(row.c.name == schema.name)
            .values(version=step.to, changed=at),
            dialect,
        )


def _tables(metadata: sqlalchemy.MetaData, dialect: sqlalchemy.Dialect) -> Iterator[str]:
    for table in metadata.sorted_tables:
        yield str(CreateTable(table).compile(dialect=dialect)).strip()
        for index in sorted(table.indexes, key=lambda each: str(each.name)):
            yield str(CreateIndex(index).compile(dialect=dialect)).strip()


def _literal(statement: sqlalchemy.ClauseElement, dialect: sqlalchemy.Dialect) -> str:
    return str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
