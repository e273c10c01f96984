# SPDX-License-Identifier: MIT
"""Records with revisions that outlive the process: `lg_core.records.Records` on a store.

A key is often a secret (the name of a session is its password), so the table holds its SHA-256:
who reads the database, or a backup of it, cannot use it.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import sqlalchemy
from sqlalchemy.dialects import postgresql, sqlite

from lg_core.records import Record, RecordChangedError
from lg_core.store._hosts import HostConnection
from lg_core.store._instants import Instant, aware
from lg_core.store._schema import Schema
from lg_core.store._store import Store

__all__ = ["RECORDS_SCHEMA", "StoredRecords"]

_METADATA: Final = sqlalchemy.MetaData()
_RECORDS: Final = sqlalchemy.Table(
    "lg_record",
    _METADATA,
    sqlalchemy.Column("kind", sqlalchemy.String(80), primary_key=True),
    sqlalchemy.Column("key_digest", sqlalchemy.String(64), primary_key=True),
    sqlalchemy.Column("data", sqlalchemy.Text, nullable=False),
    sqlalchemy.Column("revision", sqlalchemy.Integer, nullable=False),
    sqlalchemy.Column("expires_at", Instant, nullable=False, index=True),
)

RECORDS_SCHEMA: Final = Schema("lg-core.records", _METADATA)
"""The table of all records."""


class StoredRecords:
    """Keeps records in a store, for sessions, saved answers and cases.

    Args:
        store: where they are kept; its table is made if it is missing.

    Raises:
        ConfigError: the tables are of another version.
        StoreError: the database could not do what it was asked.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        store.prepare(RECORDS_SCHEMA)

    def __repr__(self) -> str:
        return f"StoredRecords({self._store!r})"

    def load(self, kind: str, key: str) -> Record | None:
        """Return a record, or None where there is none or it has expired.

        Args:
            kind: what it is, at most 80 characters.
            key: its name among its kind.

        Raises:
            StoreError: the database could not do what it was asked.
        """
        c = _RECORDS.c
        asked = sqlalchemy.select(c.data, c.revision, c.expires_at).where(
            *_named(kind, key), c.expires_at > self._store.now()
        )
        with self._store.read() as connection:
            row = connection.execute(asked).first()
        if row is None:
            return None
        return Record(kind, key, json.loads(row.data), row.revision, row.expires_at)

    def save(
        self,
        kind: str,
        key: str,
        *,
        data: Mapping[str, Any],
        expected: int | None,
        expires_at: datetime,
        connection: HostConnection | None = None,
    ) -> Record:
        """Write a record.

        Args:
            kind: what it is, at most 80 characters.
            key: its name among its kind.
            data: a JSON object.
            expected: the revision that was read; None to make a new record.
            expires_at: the instant from which it is gone; aware.
            connection: a transaction to join; see `Store.begin`.

        Returns:
            The record as it stands now.

        Raises:
            RecordChangedError: somebody wrote it in between.
            InvalidValueError: the instant has no time zone.
            ValueError: a number is not a JSON number.
            TypeError: the data is not JSON.
            StoreError: the database could not do what it was asked.
        """
        until = aware(expires_at, field="expires_at")
        text = json.dumps(dict(data), allow_nan=False)
        revision = (expected or 0) + 1
        written = {"data": text, "revision": revision, "expires_at": until}
        now = self._store.now()
        statement = (
            self._new(kind, key, written=written, now=now)
            if expected is None
            else sqlalchemy.update(_RECORDS)
            .where(*_named(kind, key))
            .where(_RECORDS.c.revision == expected, _RECORDS.c.expires_at > now)
            .values(written)
        )
        with self._store.begin(connection) as ours:
            if ours.execute(statement).rowcount != 1:
                raise RecordChangedError(kind)
        return Record(kind, key, json.loads(text), revision, until)

    def _new(
        self, kind: str, key: str, *, written: Mapping[str, Any], now: datetime
    ) -> sqlalchemy.Insert:
        """Insert a record; one that has expired is replaced."""
        insert = sqlite.insert if self._store.dialect == "sqlite" else postgresql.insert
        return (
            insert(_RECORDS)
            .values(kind=kind, key_digest=_digest(key), **written)
            .execution_options(preserve_rowcount=True)
            .on_conflict_do_update(
                index_elements=["kind", "key_digest"],
                set_=dict(written),
                where=_RECORDS.c.expires_at <= now,
            )
        )

    def remove(self, kind: str, key: str) -> None:
        """Remove a record; does nothing where there is none.

        Args:
            kind: what it is.
            key: its name among its kind.

        Raises:
            StoreError: the database could not do what it was asked.
        """
        self.erase(kind, key)

    def erase(self, kind: str, key: str) -> bool:
        """Remove a record, and every trace of it.

        Args:
            kind: what it is.
            key: its name among its kind.

        Returns:
            False where there is none.

        Raises:
            StoreError: the database could not do what it was asked.
        """
        return self._delete(*_named(kind, key)) == 1

    def purge(self) -> int:
        """Remove the records that have expired. Run it daily.

        Returns:
            How many were removed.

        Raises:
            StoreError: the database could not do what it was asked.
        """
        return self._delete(_RECORDS.c.expires_at <= self._store.now())

    def _delete(self, *which: sqlalchemy.ColumnElement[bool]) -> int:
        with self._store.begin() as connection:
            return connection.execute(sqlalchemy.delete(_RECORDS).where(*which)).rowcount


def _named(kind: str, key: str) -> tuple[sqlalchemy.ColumnElement[bool], ...]:
    return _RECORDS.c.kind == kind, _RECORDS.c.key_digest == _digest(key)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
