# SPDX-License-Identifier: MIT
"""The rows of the suppression list, by person: what the list is made of below its public face."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, TypeAlias

from lg_core.errors import ConfigError
from lg_core.store import HostConnection, Store
from lg_notify.unsubscribe._digests import Key, normal_form
from lg_notify.unsubscribe._files import checked_code
from lg_notify.unsubscribe._rows import (
    SUPPRESSION_SCHEMA,
    TABLE,
    ImportedSuppressions,
    put,
    standing,
)

import sqlalchemy as sa  # isort: skip -- after lg_core.store, which says what to install

__all__ = ["Entry", "People"]

Entry: TypeAlias = tuple[list[str], Mapping[str, Any]]
"""The digests of a person, one for each secret, and the row that would be added."""

_BATCH: Final = 500


class People:
    """Rows on a store, under secrets.

    Args:
        store: where they are kept; the table is made if it is missing.
        keys: the secrets, the one for new rows first.

    Raises:
        ConfigError: there are rows under a secret that is not given.
    """

    def __init__(self, store: Store, keys: Sequence[Key]) -> None:
        self._store = store
        self._keys = keys
        store.prepare(SUPPRESSION_SCHEMA)
        with store.read() as connection:
            found = set(connection.execute(sa.select(TABLE.c.key_id).distinct()).scalars())
        self.check_keys(found)

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The names of the secrets."""
        return tuple(key.id for key in self._keys)

    def check_keys(self, found: Iterable[str]) -> None:
        """Refuse to go on without a secret that people were added with.

        Raises:
            ConfigError: one is missing.
        """
        missing = len(set(found) - set(self.key_ids))
        if missing:
            raise ConfigError(
                f"People were put on the suppression list with {missing} secrets that are not "
                "given, and would be written to. Give every secret that was ever used, the newest "
                "first.",
                setting="secrets",
            )

    def digests(self, way: str, recipient: str) -> list[str]:
        """Name a person under each secret, the first for new rows.

        Raises:
            InvalidValueError: it can be no recipient of the way.
        """
        normal = normal_form(way, recipient)
        return [key.digest(way, normal).hex() for key in self._keys]

    def row(self, way: str, digest: str, *, list_name: str, reason: str) -> dict[str, Any]:
        """Return a new row.

        Raises:
            InvalidValueError: the reason is no code.
        """
        return {
            "channel": way,
            "digest": digest,
            "list_name": list_name,
            "key_id": self._keys[0].id,
            "reason": checked_code(reason),
            "since": self._store.now(),
        }

    def put_all(self, entries: Iterator[Entry], refused: list[int]) -> ImportedSuppressions:
        """Add people in parts, each in a transaction of its own.

        Args:
            entries: the people.
            refused: the lines without one, to which reading the people adds.
        """
        read = added = 0
        while batch := list(islice(entries, max(1, _BATCH // len(self._keys)))):
            read += len(batch)
            with self._store.begin() as connection:
                added += put(connection, [*_unknown(connection, batch)])
        return ImportedSuppressions(read + len(refused), added, read - added, tuple(refused))

    def remove(self, connection: HostConnection | None, *which: sa.ColumnElement[bool]) -> int:
        """Remove rows, and return how many."""
        with self._store.begin(connection) as ours:
            return ours.execute(sa.delete(TABLE).where(*which)).rowcount


def _unknown(connection: sa.Connection, batch: list[Entry]) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of who is not on the list, under any secret."""
    places: dict[tuple[str, str], list[Entry]] = {}
    for entry in batch:
        places.setdefault((entry[1]["channel"], entry[1]["list_name"]), []).append(entry)
    for (channel, list_name), entries in places.items():
        asked = [digest for digests, _ in entries for digest in digests]
        known = standing(connection, channel=channel, digests=asked, lists=[list_name])
        yield from (row for digests, row in entries if known.isdisjoint(digests))
