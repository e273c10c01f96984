# SPDX-License-Identifier: MIT
"""What each movement of money must come to, worked out a second time from GOV.UK Pay's own bytes.

This module shares nothing with what makes the ledger: no model, no day arithmetic, no coding, no
money type. It reads the JSON with the standard library and keeps the sums in a temporary database
of its own. Where the two differ, one of them is wrong, and nothing is posted.
"""

import json
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

__all__ = ["Expected"]

_UK: Final = ZoneInfo("Europe/London")
_BATCH: Final = 2_000
_HOUR: Final = len("2026-04-01T23")

_Sum = tuple[str, str, int, bool]
"""A movement's name, its day, its pence, and whether it was given back whatever its day is."""


class Expected:
    """The sums that the ledger must hold, by the name of each movement.

    Args:
        basis: `capture-submitted`, `captured` or `created`: what decides on a payment's day.
    """

    def __init__(self, *, basis: str) -> None:
        self._basis = basis
        self._folder = tempfile.TemporaryDirectory(prefix="lg-pay-check-")
        path = Path(self._folder.name) / "expected.sqlite3"
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.execute(
            "CREATE TABLE expected (key TEXT PRIMARY KEY, day TEXT NOT NULL,"
            " pence INTEGER NOT NULL, given_back INTEGER NOT NULL) WITHOUT ROWID"
        )

    def read(self, pages: Iterable[tuple[str, str, bytes]]) -> None:
        """Read pages. Of a row that comes twice, the later one counts.

        Args:
            pages: the account, the kind and the bytes of each: `payments`, `refunds`, `disputes`,
                or `payment` for one by itself.
        """
        rows: list[_Sum] = []
        for _, kind, raw in pages:
            if kind == "payment":
                continue  # an older payment, kept for its coding alone
            for result in json.loads(raw)["results"]:
                rows.extend(self._sums(str(kind), result))
            if len(rows) >= _BATCH:
                self._keep(rows)
        self._keep(rows)

    def _keep(self, rows: list[_Sum]) -> None:
        self._database.execute("BEGIN")
        self._database.executemany("INSERT OR REPLACE INTO expected VALUES (?, ?, ?, ?)", rows)
        self._database.execute("COMMIT")
        rows.clear()

    def _sums(self, kind: str, row: dict[str, Any]) -> Iterator[_Sum]:
        if kind == "payments":
            yield from self._of_payment(row)
        elif kind == "refunds":
            day = _day_of(row["created_date"])
            pence = 0 if row["status"] == "error" else -row["amount"]
            yield f"refund:{row['refund_id']}", day, pence, False
        else:
            summary: dict[str, Any] = row.get("settlement_summary") or {}
            settled = summary.get("settled_date")
            own, fee = f"dispute:{row['dispute_id']}", f"dispute-fee:{row['dispute_id']}"
            if row["status"] == "won":
                day = settled or _day_of(row["created_date"])
                yield own, day, 0, True
                yield fee, day, 0, True
            elif row["status"] == "lost" and settled:
                yield own, settled, -row["amount"], False
                if row.get("fee") is not None:
                    yield fee, settled, -row["fee"], False

    def _of_payment(self, row: dict[str, Any]) -> Iterator[_Sum]:
        summary: dict[str, Any] = row.get("settlement_summary") or {}
        submitted = summary.get("capture_submit_time")
        status = row["state"]["status"]
        day: str | None = None
        if submitted and self._basis == "capture-submitted":
            day = _day_of(submitted)
        elif submitted and self._basis == "captured":
            day = summary.get("captured_date")
        elif submitted:
            day = _day_of(row["created_date"])
        if status in {"error", "failed", "cancelled"}:
            yield f"payment:{row['payment_id']}", day or _day_of(row["created_date"]), 0, False
        elif day and status == "success":
            paid = row.get("total_amount") or row["amount"]
            yield f"payment:{row['payment_id']}", day, paid, False
        if row.get("fee") is not None:
            told = day or _day_of(row["created_date"])
            yield f"fee:{row['payment_id']}", told, -row["fee"], False

    def given_back(self) -> list[str]:
        """Return the movements that must come to nought whatever their day is, by name."""
        found = self._database.execute("SELECT key FROM expected WHERE given_back ORDER BY key")
        return [key for (key,) in found]

    def differences(
        self, posted: Iterable[tuple[str, int, bool]], *, first: str, last: str
    ) -> list[tuple[str, int, int]]:
        """Compare the sums with what the ledger holds.

        Args:
            posted: the name and the pence of each movement that the ledger holds, and whether it
                stands in the new batch, in the order of the names. A movement, its changes and
                its reversal are one sum. What stands in earlier batches need not be on these
                pages.
            first: the first day that the ledger covers, written 2026-04-01.
            last: the last day that it covers.

        Returns:
            Each movement that differs: its name, the pence expected and the pence posted. Empty
            where the ledger is right.
        """
        wanted = self._database.execute(
            "SELECT key, pence FROM expected WHERE (day >= ? AND day <= ?) OR given_back"
            " ORDER BY key",
            (first, last),
        )
        with closing(wanted):
            return list(_differing(iter(wanted), iter(posted)))

    def total(self, *, day: str) -> tuple[int, int]:
        """Return the pence of income and of fees of a day.

        Args:
            day: the day, written 2026-04-01.
        """
        income, fees = self._database.execute(
            "SELECT coalesce(sum(CASE WHEN key LIKE '%fee:%' THEN 0 ELSE pence END), 0),"
            " coalesce(sum(CASE WHEN key LIKE '%fee:%' THEN pence ELSE 0 END), 0)"
            " FROM expected WHERE day = ?",
            (day,),
        ).fetchone()
        return int(income), int(fees)

    def close(self) -> None:
        """Remove the temporary database."""
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


def _day_of(instant: str) -> str:
    if instant.endswith("Z"):
        # The United Kingdom is a whole number of hours from UTC, so an hour is all on one day.
        return _day_of_hour(instant[:_HOUR])
    # UTC first: an offset that a server may write is no reason to post on another day.
    moment = datetime.fromisoformat(instant)
    return moment.astimezone(UTC).astimezone(_UK).date().isoformat()


@lru_cache(maxsize=4_096)
def _day_of_hour(hour: str) -> str:
    moment = datetime.fromisoformat(f"{hour}:00+00:00")
    return moment.astimezone(_UK).date().isoformat()


def _differing(
    wanted: Iterator[tuple[str, int]], posted: Iterator[tuple[str, int, bool]]
) -> Iterator[tuple[str, int, int]]:
    """Walk two sorted lists side by side, so that neither is held in memory."""
    want, have = next(wanted, None), next(posted, None)
    while want is not None or have is not None:
        if have is None or (want is not None and want[0] < have[0]):
            assert want is not None  # noqa: S101 -- the loop's own condition, for the type checker
            if want[1]:
                yield want[0], want[1], 0
            want = next(wanted, None)
        elif want is None or have[0] < want[0]:
            if have[2] and have[1]:
                yield have[0], 0, have[1]
            have = next(posted, None)
        else:
            if want[1] != have[1]:
                yield want[0], want[1], have[1]
            want, have = next(wanted, None), next(posted, None)
