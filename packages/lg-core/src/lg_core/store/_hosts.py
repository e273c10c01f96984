# SPDX-License-Identifier: MIT
"""Work inside a transaction of the program around us: join it, and never end it.

Whatever is done inside is one savepoint. If it fails, it alone is undone, so a host that catches
the error does not commit half of it; the rest of the host's transaction stays the host's.
"""

import sqlite3
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

import sqlalchemy

from lg_core.errors import ConfigError
from lg_core.store._engine import LOGGED_AS
from lg_core.store._places import Place

if TYPE_CHECKING:
    import psycopg

__all__ = ["Guests", "HostConnection"]

HostConnection = object
"""A connection of the program around us: SQLAlchemy's Connection or Session, sqlite3's or
psycopg's Connection, or Django's `connection`."""

_ANOTHER_KIND = (
    "The connection that was given is of another kind of database than the store, so it cannot "
    "write the store's tables. Keep the store in the same database as your own tables, or leave "
    "`connection` out."
)
_NO_TRANSACTION = (
    "The connection that was given commits every statement by itself, so there is no transaction "
    "to join. Open one first: `with connection.begin():`, `with connection.transaction():`, or "
    "Django's `with transaction.atomic():`."
)
_UNKNOWN = (
    "The connection that was given is none that a store can join: SQLAlchemy's Connection or "
    "Session, sqlite3.Connection, psycopg.Connection, or Django's connection. An asynchronous "
    "one is joined through its run_sync()."
)


class _Django(Protocol):
    """As much as we need of Django's connection."""

    vendor: str
    in_atomic_block: bool
    connection: object

    def ensure_connection(self) -> None: ...


class Guests:
    """Joins transactions of the program around us.

    Args:
        place: where the store is.
        dialect: gives the store's own dialect, which has spoken to the database before.
    """

    def __init__(self, place: Place, dialect: Callable[[], sqlalchemy.Dialect]) -> None:
        self._place = place
        self._dialect = dialect
        self._lent = threading.local()
        self._engine: sqlalchemy.Engine | None = None

    @contextmanager
    def joined(self, host: HostConnection) -> Generator[sqlalchemy.Connection]:
        """Join the host's transaction.

        Args:
            host: its connection.

        Raises:
            ConfigError: it cannot be joined.
        """
        theirs = _sqlalchemy_of(host)
        if theirs is not None:
            if theirs.dialect.name != self._place.dialect:
                raise ConfigError(_ANOTHER_KIND)
            raw = _lent_by(theirs.connection.driver_connection)
            self._check(raw)
            theirs.begin() if theirs.get_transaction() is None else None
            self._begin(raw)
            with theirs.begin_nested():
                yield theirs
            return
        raw = _raw_of(host)
        self._check(raw)
        self._begin(raw)
        with self._lend(raw) as ours, ours.begin_nested():
            yield ours

    def _check(self, raw: object) -> None:
        """Refuse what the store's statements would not mean the same on."""
        if not isinstance(raw, sqlite3.Connection):
            if self._place.dialect != "postgresql" or not _is_psycopg(raw):
                raise ConfigError(_ANOTHER_KIND if _is_psycopg(raw) else _UNKNOWN)
            return
        if self._place.file is None:
            raise ConfigError(_ANOTHER_KIND)
        if raw.text_factory is not str:
            raise ConfigError(
                "The connection that was given has a text_factory of its own, so texts would "
                "come back as something else. Give one that reads texts as str."
            )
        if not _same_file(raw, self._place.file):
            raise ConfigError(
                "The connection that was given is to another file than the store's. Keep the "
                "store in the same file as your own tables, or leave `connection` out."
            )

    def _begin(self, raw: object) -> None:
        """See that there is a transaction: a savepoint outside of one would commit by itself."""
        if isinstance(raw, sqlite3.Connection):
            if raw.in_transaction:
                return
            if raw.isolation_level is None or getattr(raw, "autocommit", -1) is True:
                raise ConfigError(_NO_TRANSACTION)
            raw.execute("BEGIN IMMEDIATE").close()
        elif _commits_by_itself(cast("psycopg.Connection", raw)):
            raise ConfigError(_NO_TRANSACTION)

    @contextmanager
    def _lend(self, raw: object) -> Generator[sqlalchemy.Connection]:
        """Let SQLAlchemy speak over a driver's connection that somebody else owns."""
        engine = self._guest_engine()
        before = getattr(self._lent, "raw", None)
        self._lent.raw = _Borrowed(raw)
        try:
            ours = engine.connect()
        finally:
            self._lent.raw = before
        with ours, ours.begin():
            yield ours

    def _guest_engine(self) -> sqlalchemy.Engine:
        if self._engine is None:
            dialect = self._dialect()
            pool = sqlalchemy.NullPool(
                lambda: self._lent.raw, reset_on_return=None, dialect=dialect
            )
            # Not create_engine(): that would ask the host's connection questions and roll it back.
            self._engine = sqlalchemy.Engine(
                pool, dialect, self._place.url, logging_name=LOGGED_AS, hide_parameters=True
            )
        return self._engine


def _lent_by(raw: object) -> object:
    """Return a driver's connection itself, where a store lent it in a block around this one."""
    return raw.lender if isinstance(raw, _Borrowed) else raw


class _Borrowed:
    """A driver's connection that SQLAlchemy may speak on and may not end.

    Its cursors read rows as plain tuples and instants as they are, whatever the host has set.
    """

    def __init__(self, raw: object) -> None:
        self._raw: Any = raw

    @property
    def lender(self) -> object:
        """The driver's connection."""
        return self._raw

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- whatever the driver's has
        return getattr(self._raw, name)

    def cursor(self) -> Any:  # noqa: ANN401 -- the driver's cursor
        """Open a cursor."""
        if isinstance(self._raw, sqlite3.Connection):
            cursor = self._raw.cursor()
            cursor.row_factory = None
            return cursor
        from psycopg import Cursor  # noqa: PLC0415 -- only where the host has loaded it already
        from psycopg.rows import tuple_row  # noqa: PLC0415 -- as above
        from psycopg.types.datetime import TimestamptzLoader  # noqa: PLC0415 -- as above

        cursor = Cursor(self._raw, row_factory=tuple_row)
        cursor.adapters.register_loader("timestamptz", TimestamptzLoader)
        return cursor

    def commit(self) -> None:
        """Leave the transaction open: it is the host's."""

    def rollback(self) -> None:
        """Leave the transaction open: it is the host's."""

    def close(self) -> None:
        """Leave the connection open: it is the host's."""


def _sqlalchemy_of(host: object) -> sqlalchemy.Connection | None:
    if isinstance(host, sqlalchemy.Connection):
        return host
    if "sqlalchemy.orm" not in sys.modules:  # a host that has a Session has loaded it
        return None
    from sqlalchemy.orm import Session, scoped_session  # noqa: PLC0415 -- costs nothing by now

    if isinstance(host, Session | scoped_session):
        return cast("Session", host).connection()
    return None


def _raw_of(host: object) -> object:
    if not (hasattr(host, "vendor") and hasattr(host, "ensure_connection")):
        return host
    django = cast("_Django", host)
    django.ensure_connection()
    if not django.in_atomic_block:
        raise ConfigError(_NO_TRANSACTION)
    return django.connection


def _is_psycopg(raw: object) -> bool:
    if "psycopg" not in sys.modules:  # a host that has a connection has loaded it
        return False
    from psycopg import Connection  # noqa: PLC0415 -- costs nothing by now

    return isinstance(raw, Connection)


def _commits_by_itself(raw: "psycopg.Connection") -> bool:
    return raw.autocommit and raw.info.transaction_status.name == "IDLE"


def _same_file(raw: sqlite3.Connection, file: Path) -> bool:
    cursor = raw.cursor()
    cursor.row_factory = None
    attached = cursor.execute("PRAGMA database_list").fetchall()
    path = next(path for _number, name, path in attached if name == "main")
    return bool(path) and Path(path).exists() and file.samefile(path)
