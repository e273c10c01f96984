# SPDX-License-Identifier: MIT
"""Where the lines of a batch wait until all of them are made: a temporary file of its own.

A run takes seconds to minutes. Nobody who writes to the store waits for it: the lines go here
first, and into the store in one short transaction at the end. The file is for this user alone and
is removed with the run.
"""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Final, Self

__all__ = ["AT_ONCE", "Row", "Stage", "in_parts"]

AT_ONCE: Final = 500
"""How many names one statement asks for."""

Row = tuple[str, int, str, str, int, str, str, str]
"""Key, line, place in the batch, payment, pence, day, reference, and the line as JSON."""

_PLACES: Final = ", ".join("?" * AT_ONCE)


def in_parts(names: Iterable[str]) -> Iterator[list[str]]:
    """Give the names without repeats, as many at a time as one statement asks for.

    Args:
        names: the names.
    """
    wanted = list(dict.fromkeys(names))
    for at in range(0, len(wanted), AT_ONCE):
        yield wanted[at : at + AT_ONCE]


class Stage:
    """Lines that wait. Not for several threads at once."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="lg-pay-batch-")
        path = Path(self._folder.name) / "batch.sqlite3"
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for setting in ("journal_mode = OFF", "synchronous = OFF"):
            self._database.execute(f"PRAGMA {setting}").close()
        self._database.execute(
            "CREATE TABLE waiting (key TEXT NOT NULL, line INTEGER NOT NULL, at TEXT NOT NULL,"
            " payment_id TEXT NOT NULL, gross INTEGER NOT NULL, day TEXT NOT NULL,"
            " reference TEXT NOT NULL, data TEXT NOT NULL)"
        )
        self._database.execute("CREATE INDEX by_key ON waiting (key, gross)")
        # One transaction that nobody ends: nothing here has to survive.
        self._database.execute("BEGIN")

    def add(self, rows: Sequence[Row]) -> None:
        """Add lines.

        Args:
            rows: the lines.
        """
        self._database.executemany("INSERT INTO waiting VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def posted(self, keys: Iterable[str]) -> dict[str, int]:
        """Return the pence of those movements that wait here, by name.

        Args:
            keys: the names of movements, suffix included.
        """
        found: dict[str, int] = {}
        sql = f"SELECT key, sum(gross) FROM waiting WHERE key IN ({_PLACES}) GROUP BY key"  # noqa: S608 -- question marks alone
        for some in in_parts(keys):
            found.update(self._database.execute(sql, _padded(some)))
        return found

    def of_payments(self, payment_ids: Iterable[str]) -> Iterator[tuple[str, str, str, int, str]]:
        """Give the payment, the place, the key, the line and the JSON of each line of payments.

        Args:
            payment_ids: GOV.UK Pay's names for payments, at most `AT_ONCE`.
        """
        # Made when it is first asked for: most lines are in by then, and it is made at one go.
        self._database.execute("CREATE INDEX IF NOT EXISTS by_payment ON waiting (payment_id)")
        sql = f"SELECT payment_id, at, key, line, data FROM waiting WHERE payment_id IN ({_PLACES})"  # noqa: S608 -- as above
        yield from self._database.execute(sql, _padded(list(payment_ids)))

    def sums(self) -> Iterator[tuple[str, int]]:
        """Give each movement and its pence with what was changed or taken back, by name."""
        sql = (
            "SELECT replace(replace(key, ':reversed', ''), ':changed', '') AS plain, sum(gross)"
            " FROM waiting GROUP BY plain ORDER BY plain"
        )
        with closing(self._database.execute(sql)) as rows:
            yield from rows

    def before(self, day: str) -> set[str]:
        """Return the movements whose lines belong to earlier days, by name without suffix.

        Args:
            day: the day, written 2026-04-01.
        """
        sql = (
            "SELECT DISTINCT replace(replace(key, ':reversed', ''), ':changed', '') FROM waiting"
            " WHERE day < ?"
        )
        return {key for (key,) in self._database.execute(sql, (day,))}

    def texts(self) -> Iterator[str]:
        """Give the JSON of each line, in the order of the batch."""
        self._database.execute("CREATE INDEX IF NOT EXISTS by_place ON waiting (at, key, line)")
        sql = "SELECT data FROM waiting INDEXED BY by_place ORDER BY at, key, line"
        with closing(self._database.execute(sql)) as rows:
            for (text,) in rows:
                yield text

    def rows(self, *, ledger: str, number: int) -> Iterator[list[tuple[object, ...]]]:
        """Give all lines as rows of the ledger's table, some at a time, in the order of the names.

        Args:
            ledger: the name of the ledger.
            number: the number of the batch.
        """
        sql = (
            "SELECT ?, key, line, ?, at, payment_id, gross, day, reference, data FROM waiting"
            " ORDER BY key, line"
        )
        with closing(self._database.execute(sql, (ledger, number))) as rows:
            while some := rows.fetchmany(2 * AT_ONCE):
                yield some

    def close(self) -> None:
        """Remove the temporary file."""
        self._database.close()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _padded(some: list[str]) -> list[str]:
    # Always as many places, so that the statement is prepared once.
    return some + some[-1:] * (AT_ONCE - len(some)) if some else [""] * AT_ONCE
