# SPDX-License-Identifier: MIT
"""Open the database as payments need it: nothing is told done before it is on the disk.

SQLite: write-ahead log, so that readers do not wait for the writer; `synchronous=FULL`, since
with NORMAL a power cut may take back transactions that were told done (sqlite.org, 'PRAGMA
synchronous'), and a payment's intent must stand before the payment is asked for;
`BEGIN IMMEDIATE` for writes, since a reader that becomes a writer may be refused half way;
`secure_delete`, so that what is erased is overwritten.

PostgreSQL: READ COMMITTED for writes, whatever the server's default is, and REPEATABLE READ for
reads, so that several queries see one state as they do on SQLite.
"""

import logging
import sqlite3
import time
from pathlib import Path
from typing import Final

import sqlalchemy
from sqlalchemy import event

from lg_core.errors import ConfigError
from lg_core.store._errors import in_plain_words
from lg_core.store._places import Place, mounts_here, refuse_share

__all__ = ["LOGGED_AS", "READ", "WAIT", "open_engine"]

WAIT: Final = 30.0
"""How long a writer waits for the others, in seconds."""

LOGGED_AS: Final = "lg_core_store"
READ: Final = "lg_read"

for _logger in ("sqlalchemy.engine.Engine", "sqlalchemy.pool.impl.QueuePool"):
    # At DEBUG SQLAlchemy prints every row that is read. These two are our own engines' alone.
    logging.getLogger(f"{_logger}.{LOGGED_AS}").setLevel(logging.WARNING)


def open_engine(place: Place, *, write: bool) -> sqlalchemy.Engine:
    """Open a database, and see that it can be written.

    Args:
        place: where it is.
        write: whether to write to a file. Once in a process and its children is enough.

    Raises:
        ConfigError: the place cannot hold a store, or a driver is missing.
        StoreError: the database cannot be opened or written.
    """
    engine = _sqlite(place, place.file) if place.file else _postgresql(place)
    try:
        with in_plain_words():
            if place.file is None or not write:
                engine.connect().close()
            else:
                with engine.begin() as connection:
                    _write_once(connection)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _sqlite(place: Place, file: Path) -> sqlalchemy.Engine:
    refuse_share(file, mounts=mounts_here())
    engine = sqlalchemy.create_engine(
        place.url,
        hide_parameters=True,
        logging_name=LOGGED_AS,
        pool_logging_name=LOGGED_AS,
        pool_timeout=WAIT,
        max_overflow=50,
        connect_args={"timeout": WAIT, "isolation_level": None},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(raw: sqlite3.Connection, _record: object) -> None:
    _write_ahead(raw)
    for setting in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        raw.execute(f"PRAGMA {setting}").close()


def _write_ahead(raw: sqlite3.Connection, *, patience: float = WAIT) -> None:
    """Switch to the write-ahead log. SQLite does not wait by itself while others do the same."""
    until = time.monotonic() + patience
    while True:
        try:
            (mode,) = raw.execute("PRAGMA journal_mode=WAL").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.005)
            continue
        if mode != "wal":
            raise ConfigError(
                "The file system of the store's file cannot hold SQLite's write-ahead log, as "
                "network shares cannot. Name a file on a local disk, or use PostgreSQL."
            )
        return


def _begin_sqlite(connection: sqlalchemy.Connection) -> None:
    reads = connection.get_execution_options().get(READ)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _write_once(connection: sqlalchemy.Connection) -> None:
    """Write the file's header as it is: a disk or a right that is missing shows at once."""
    version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    connection.exec_driver_sql(f"PRAGMA user_version={int(version)}")


def _postgresql(place: Place) -> sqlalchemy.Engine:
    try:
        return sqlalchemy.create_engine(
            place.url,
            hide_parameters=True,
            logging_name=LOGGED_AS,
            pool_logging_name=LOGGED_AS,
            pool_timeout=WAIT,
            max_overflow=15,
            pool_pre_ping=True,
            isolation_level="READ COMMITTED",
            use_native_hstore=False,
            connect_args={"connect_timeout": 10},
        )
    except ImportError:
        raise ConfigError(
            "PostgreSQL needs psycopg 3, which is not installed. Install it with "
            '`pip install "lg-core[postgresql]"`.'
        ) from None
