"""lg_core.store under kill -9: what was put and committed is done once or waits, and never both.

Child processes put jobs and do them; doing one writes a line into a ledger in the transaction that
marks the job. They are killed after a random number of steps, in the middle of whatever they do.
"""

import random
import threading
from collections import Counter
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy
from children import Child
from core.store_child import do, put
from databases import DIALECTS, database_url
from hypothesis import settings

from lg_core.store import Job, QueueCounts, Schema, Store, Worker, WorkQueue, utc_now

METADATA = sqlalchemy.MetaData()
LEDGER = sqlalchemy.Table(
    "t_ledger",
    METADATA,
    sqlalchemy.Column("id", sqlalchemy.Integer, primary_key=True),
    sqlalchemy.Column("key", sqlalchemy.String(80), nullable=False),
)
PATIENCE = 60.0


def rounds() -> int:
    """Say how often all are killed: more in the long profile."""
    return max(2, settings().max_examples // 25)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_nothing_is_lost_and_nothing_is_done_twice(dialect: str, tmp_path: Path) -> None:
    """Whenever its workers die, each job that was put is done exactly once in the end."""
    url = database_url(dialect, tmp_path)
    chance = random.Random(20261122)  # noqa: S311 -- when to kill, not what to keep secret
    with Store(url) as store:
        store.prepare(Schema("t.ledger", METADATA))
        WorkQueue(store, name="q")
    told_put: set[str] = set()
    told_done: list[str] = []
    for turn in range(rounds()):
        putting = [
            Child(partial(put, url=url, name=f"{turn}-{each}"), steps=chance.randint(6, 14))
            for each in range(2)
        ]
        doing = [Child(partial(do, url=url), steps=chance.randint(1, 60)) for _ in range(2)]
        for child in putting + doing:
            assert -9 == child.ended()
        told_put.update(key for child in putting for told in child.told for key in told.split())
        told_done += [key for child in doing for key in child.told]

    counts, ledger = finish(url)

    assert (0, 0, 0) == (counts.waiting, counts.leased, counts.aside)
    assert counts.done == sum(ledger.values())
    assert {1} == set(ledger.values())
    assert told_put <= ledger.keys()
    assert set(told_done) <= ledger.keys()
    assert len(told_done) == len(set(told_done))


def finish(url: str) -> tuple[QueueCounts, Counter[str]]:
    """Do what is left when every lease has run out, and read what was done."""
    with Store(url, now=lambda: utc_now() + timedelta(hours=1)) as store:
        queue = WorkQueue(store, name="q", max_attempts=10**6)

        def handle(job: Job) -> None:
            with store.begin() as connection:
                connection.execute(LEDGER.insert().values(key=job.payload["key"]))
                queue.done(job, connection=connection)

        worker, never = Worker(queue, handle, heartbeat=False), threading.Event()
        for _ in range(1000):  # PostgreSQL may still be ending what a killed client had begun
            worker.run_once(limit=10**6)
            counts = queue.counts()
            if not counts.waiting + counts.leased:
                break
            never.wait(0.01)
        with store.read() as connection:
            keys = connection.execute(sqlalchemy.select(LEDGER.c.key)).scalars()
            return queue.counts(), Counter(keys)
