# SPDX-License-Identifier: MIT
"""What a process beside a run does: makes the same day, is killed while it does, or writes."""

import os
import signal
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from children import Tell
from pay.reconciling import DAY, a_coding, at_noon, run_day
from sqlalchemy import event

from lg_core.store import Store
from lg_pay.reconcile import Plan, PostingBook, Recording, reconcile

__all__ = ["make_batch", "make_until", "write"]

_SOME = 3


def make_batch(tell: Tell, *, store: str, folder: Path) -> None:
    """Make the batch of the day, and tell its number, its digest and whether it was there."""
    with Store(store) as opened:
        outcome = run_day(PostingBook(opened), Recording(folder))
    tell(f"{outcome.batch.number} {outcome.batch.digest} {outcome.repeated}")


def write(_tell: Tell, *, file: Path, refund: str) -> None:
    """Write the lines of a refund into the book's file, without waiting long for it."""
    with sqlite3.connect(file, timeout=1, isolation_level=None) as opened:
        opened.execute("BEGIN IMMEDIATE")
        opened.execute("INSERT INTO lg_pay_refund_lines VALUES (?, '[]')", (refund,))
        opened.execute("COMMIT")


def make_until(_tell: Tell, *, store: str, folder: Path, point: str) -> None:
    """Make the batch of the day, and end this process with SIGKILL at a point.

    Args:
        store: the database.
        folder: the pages.
        point: `rows` while it computes, `lines` between lines, `batch` before its batch is
            written, or `commit` before it is committed.
    """
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

    with Store(store) as opened:
        reconcile(
            DAY,
            recording=Recording(folder),
            book=PostingBook(opened),
            plan=Plan(a_coding()),
            now=at_noon(DAY + timedelta(days=2)),
            told=told,
        )


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


def _end() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
