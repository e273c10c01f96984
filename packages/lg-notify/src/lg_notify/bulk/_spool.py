# SPDX-License-Identifier: MIT
"""Keep, for each line of a file, which message of the outbox it became, or why it became none.

On disk, in a file without a name that the system removes by itself, as `Seen` does: what a run
knows of its lines takes no memory, and what must survive is in the outbox.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Self

__all__ = ["Spool", "Spooled"]

_AT_ONCE: Final = 500
_NEXT: Final = "SELECT * FROM spool WHERE line > ? ORDER BY line LIMIT ?"


@dataclass(frozen=True, slots=True)
class Spooled:
    """What became of a line.

    Attributes:
        line: the line of the file.
        reference: the outbox's name for its message; None where it was not enqueued.
        pounds: what it should cost, as text; None where that is not known.
        reason: why it was not enqueued; empty where it was.
    """

    line: int
    reference: str | None
    pounds: str | None
    reason: str = ""


class Spool:
    """What became of the lines so far. For one thread; close it when done."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        for statement in (
            "PRAGMA journal_mode = OFF",
            "PRAGMA cache_size = -2048",
            "CREATE TABLE spool (line INTEGER PRIMARY KEY, reference, pounds, reason)",
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

    def put(self, lines: Iterable[Spooled]) -> None:
        """Keep some lines, in place of what was kept of them.

        Args:
            lines: what became of each.
        """
        self._database.executemany(
            "INSERT OR REPLACE INTO spool VALUES (?, ?, ?, ?)",
            ((each.line, each.reference, each.pounds, each.reason) for each in lines),
        )

    def batches(self) -> Iterator[list[Spooled]]:
        """Give what was kept, in the order of the lines, some at a time."""
        after = 0
        while batch := self._database.execute(_NEXT, (after, _AT_ONCE)).fetchall():
            yield [Spooled(*row) for row in batch]
            after = batch[-1][0]
