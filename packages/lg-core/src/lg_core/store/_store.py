# SPDX-License-Identifier: MIT
"""Where state is kept that must survive: one SQLite file or one PostgreSQL database."""

import os
import threading
import weakref
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Literal, Self

import sqlalchemy

from lg_core import _fork
from lg_core.errors import ConfigError
from lg_core.store import _schema
from lg_core.store._engine import READ, open_engine
from lg_core.store._errors import in_plain_words
from lg_core.store._forks import Gate, renewing
from lg_core.store._hosts import Guests, HostConnection
from lg_core.store._instants import utc_now
from lg_core.store._places import place_of
from lg_core.store._schema import Schema

__all__ = ["Store"]

_left_to_the_parent: list[object] = []
"""Connections of the process that forked us. Closing them here would speak on them."""


class Store:
    """Keeps tables in a SQLite file or a PostgreSQL database.

    Safe to use from several threads and, after a fork, from several processes. Nothing is opened
    before the first use. Close it when done, or use it in a `with` block.

    Args:
        url: the path of a file, `sqlite:///file`, or `postgresql://user@host/database`.
        now: tells the time, in UTC.
        upgrade_command: the command of the tool in use that upgrades the tables which several
            packages share (queues, records), such as `lg-pay store upgrade`; for the error where
            they are too old. Tables of one package name their own.

    Raises:
        ConfigError: the address is none of these, or names a database in memory.
    """

    def __init__(
        self,
        url: str | os.PathLike[str],
        *,
        now: Callable[[], datetime] = utc_now,
        upgrade_command: str | None = None,
    ) -> None:
        self._place = place_of(url)
        self._now = now
        self._upgrade_command = upgrade_command
        self._prepared: frozenset[str] = frozenset()
        self._was_written = False
        self._fresh()

    def __repr__(self) -> str:
        return f"Store({self._place.shown!r})"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("A Store is not pickled. Build it where it is used, from its address.")

    @property
    def dialect(self) -> Literal["sqlite", "postgresql"]:
        """The kind of database."""
        return self._place.dialect

    def now(self) -> datetime:
        """Return the present instant, in UTC."""
        return self._now().astimezone(UTC)

    def close(self) -> None:
        """Close all connections. The store may be used again, and then opens new ones."""
        self._own()
        with self._lock:
            engine, self._engine = self._engine, None
            self._guests = Guests(self._place, lambda: self._opened().dialect)
        if engine is not None:
            engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_ignored: object) -> None:
        self.close()

    # ------------------------------------------------------------------ transactions

    def begin(
        self, connection: HostConnection | None = None
    ) -> AbstractContextManager[sqlalchemy.Connection]:
        """Open a write transaction, or join one of the program around us.

        Without `connection` the transaction is the store's own: committed at the end of the
        block, rolled back where the block raises. With it, the work is part of the transaction
        of that connection, which is neither committed nor rolled back nor closed here; where the
        block raises, what was done in it is undone by a savepoint.

        Args:
            connection: SQLAlchemy's Connection or Session, sqlite3's or psycopg's Connection, or
                Django's `connection`, with a transaction open in the store's own database.

        Raises:
            ConfigError: the connection cannot be joined, or this thread has a transaction of
                this store open already.
            StoreError: the database could not do what it was asked.
        """
        return self._write() if connection is None else self._join(connection)

    def read(self) -> AbstractContextManager[sqlalchemy.Connection]:
        """Open a transaction that only reads: all its queries see one state.

        Raises:
            StoreError: the database could not do what it was asked.
        """
        return self._read()

    @contextmanager
    def _write(self) -> Generator[sqlalchemy.Connection]:
        if getattr(self._here, "writes", -1) == _fork.generation():
            raise ConfigError(
                "This thread has a transaction of this store open, and a second one would wait "
                "for it for ever. Give the first to what you call: connection=connection."
            )
        with self._passage(), in_plain_words():
            engine = self._opened()
            self._here.writes = _fork.generation()
            try:
                with engine.begin() as connection:
                    yield connection
            finally:
                self._here.writes = -1

    @contextmanager
    def _join(self, host: HostConnection) -> Generator[sqlalchemy.Connection]:
        with self._passage():
            self._opened()  # the dialect has to have met the database
        with in_plain_words(), self._guests.joined(host) as connection:
            yield connection

    @contextmanager
    def _read(self) -> Generator[sqlalchemy.Connection]:
        options: dict[str, object] = (
            {READ: True}
            if self._place.file
            else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        )
        with self._passage(), in_plain_words(), self._opened().connect() as connection:
            connection.execution_options(**options)
            with connection.begin():
                yield connection

    # ------------------------------------------------------------------ tables

    def prepare(self, *schemas: Schema) -> None:
        """Make the tables where there are none, and check their versions where there are.

        Several processes may do this at once.

        Args:
            schemas: the tables that the caller needs.

        Raises:
            SchemaTooOldError: the tables are older; the error names the command that upgrades.
            SchemaTooNewError: a newer release wrote the tables.
            StoreError: the database could not do what it was asked.
        """
        wanted = tuple(each for each in schemas if each.name not in self._prepared)
        if not wanted:
            return
        with self.read() as connection:
            found = _schema.versions(connection)
        command = self._upgrade_command
        new = [_schema.is_new(each, found.get(each.name), command=command) for each in wanted]
        if any(new):
            with self.begin() as connection:
                _schema.lock_schemas(connection)
                found = _schema.versions(connection)
                for each in wanted:
                    if _schema.is_new(each, found.get(each.name), command=command):
                        _schema.create(connection, each, at=self.now())
        self._prepared |= {each.name for each in wanted}

    def upgrade(self, *schemas: Schema) -> tuple[str, ...]:
        """Bring the tables to the versions that this program needs, in one transaction.

        Args:
            schemas: the tables.

        Returns:
            What was done, one line each, such as `lg-pay.book: 1 to 2`; empty where nothing was.

        Raises:
            SchemaTooNewError: a newer release wrote the tables.
            StoreError: the database could not do what it was asked.
        """
        done: list[str] = []
        with self.begin() as connection:
            _schema.lock_schemas(connection)
            found = _schema.versions(connection)
            for each in schemas:
                version = found.get(each.name)
                if version is None:
                    _schema.create(connection, each, at=self.now())
                    done.append(f"{each.name}: new, at {each.version}")
                    continue
                for step in _schema.plan(each, version):
                    _schema.carry_out(connection, each, step, at=self.now())
                    done.append(f"{each.name}: {step.to - 1} to {step.to}")
        return tuple(done)

    def upgrade_sql(self, *schemas: Schema) -> str:
        """Return what `upgrade` would do as SQL, for a database administrator.

        Args:
            schemas: the tables.

        Returns:
            A script with one transaction, or a comment where there is nothing to do.

        Raises:
            SchemaTooNewError: a newer release wrote the tables.
            StoreError: the database could not do what it was asked.
        """
        with self.read() as connection:
            return _schema.script(connection, schemas, at=self.now())

    # ------------------------------------------------------------------ connections

    def _opened(self) -> sqlalchemy.Engine:
        self._own()
        if self._engine is None:
            with self._lock:
                if self._engine is None:
                    self._engine = open_engine(self._place, write=not self._was_written)
                    self._was_written = True
        return self._engine

    def _passage(self) -> AbstractContextManager[None]:
        """Keep this process from being forked while a SQLite file is in use."""
        self._own()
        return self._gate.passage() if self._gate else nullcontext()

    def _own(self) -> None:
        """In a forked child, leave the connections and the locks to the parent."""
        if self._generation == _fork.generation():
            return
        with renewing():
            if self._generation == _fork.generation():
                return
            if self._gate and self._gate.was_open_at_fork:
                raise ConfigError(
                    "This process was forked while its parent had a transaction of the store "
                    "open, and SQLite cannot be used safely after that. Fork outside of "
                    "transactions, or start the process by `spawn`."
                )
            _left_to_the_parent.append((self._engine, self._guests))
            self._fresh()

    def _close_idle(self) -> None:
        if self._engine is not None:
            self._engine.dispose()

    def _fresh(self) -> None:
        self._lock = threading.Lock()
        self._here = threading.local()
        self._engine: sqlalchemy.Engine | None = None
        self._guests = Guests(self._place, lambda: self._opened().dialect)
        self._gate = Gate(_weakly(self._close_idle)) if self._place.file else None
        self._generation = _fork.generation()


def _weakly(method: Callable[[], None]) -> Callable[[], None]:
    """Call a method while its object lives, without keeping it alive."""
    reference = weakref.WeakMethod(method)

    def call() -> None:
        alive = reference()
        if alive is not None:
            alive()

    return call
