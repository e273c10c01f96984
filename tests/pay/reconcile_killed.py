# SPDX-License-Identifier: MIT
"""A run that ends its own process with SIGKILL at a point: while it computes, or while it writes.

python reconcile_killed.py STORE FOLDER rows|lines|batch|commit
"""

import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa
from pay.reconciling import DAY, a_coding, at_noon
from sqlalchemy import event

from lg_core.store import Store
from lg_pay.reconcile import Plan, PostingBook, Recording, reconcile

_SOME = 3


def _end() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _at(point: str) -> Callable[[str], None]:
    """Return what is told of each statement, and ends the process at the point."""
    seen = {"lines": 0}

    def tell(statement: str) -> None:
        if "INSERT INTO lg_pay_posting" in statement:
            seen["lines"] += 1
            if point == "lines" and seen["lines"] == _SOME:
                _end()
        if point == "batch" and "INSERT INTO lg_pay_batch" in statement:
            _end()

    return tell


def main() -> None:
    """Make the batch of the day, as far as the point allows."""
    url, folder, point = sys.argv[1:]
    tell = _at(point)
    wrote = [False]

    @event.listens_for(sa.Engine, "before_cursor_execute")
    def _(_c: object, _u: object, statement: str, *_more: object) -> None:
        wrote[0] = wrote[0] or "INSERT INTO lg_pay_batch" in statement
        tell(statement)

    @event.listens_for(sa.Engine, "commit")
    def _(_connection: object) -> None:
        if point == "commit" and wrote[0]:
            _end()

    def told(rows: int) -> None:
        if point == "rows" and rows:
            _end()

    with Store(url) as store:
        reconcile(
            DAY,
            recording=Recording(folder),
            book=PostingBook(store),
            plan=Plan(a_coding()),
            now=at_noon(DAY + timedelta(days=2)),
            told=told,
        )


if __name__ == "__main__":
    main()
