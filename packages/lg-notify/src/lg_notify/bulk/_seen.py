# SPDX-License-Identifier: MIT
"""Remember what stood in a file, and in which line, without keeping it in memory.

It lies in a database of SQLite's without a name: a file that the system removes by itself, and
that holds digests alone. So a file of a million rows takes no more memory than one of a thousand.
"""

import hashlib
import sqlite3
from typing import Self

__all__ = ["Seen"]


class Seen:
    """What was seen so far. For one thread; close it when done."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        for statement in (
            "PRAGMA journal_mode = OFF",
            "PRAGMA cache_size = -2048",
            "CREATE TABLE seen (digest BLOB PRIMARY KEY, line INTEGER) WITHOUT ROWID",
            "BEGIN",  # never committed: it is gone when it is closed
        ):
            self._database.execute(statement)

    def close(self) -> None:
        """Forget everything."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_ignored: object) -> None:
        self.close()

    def first(self, what: str, *, line: int) -> int:
        """Note that something stands in a line, and return the first line in which it stood.

        Args:
            what: the thing; only its digest is kept.
            line: where it stands now.
        """
        digest = hashlib.sha256(what.encode("utf-8", "surrogatepass")).digest()[:16]
        new = self._database.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (digest, line))
        if new.rowcount:
            return line
        found = self._database.execute("SELECT line FROM seen WHERE digest = ?", (digest,))
        return int(found.fetchone()[0])
