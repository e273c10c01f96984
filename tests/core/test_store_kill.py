"""lg_core.store under kill -9: what was put and committed is done once or waits, and never both.

Child processes put jobs and do them; doing one writes a line into a ledger in the transaction that
marks the job. They are killed after a random number of steps, in the middle of whatever they do.
"""

import random
import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy
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

SETTING = """
import itertools, sys
from datetime import timedelta
import sqlalchemy
from lg_core.store import Store, Worker, WorkQueue

store = Store(sys.argv[1])
queue = WorkQueue(store, name="q", lease=timedelta(seconds=0.2), max_attempts=10**6)
"""
PUTS = """
for number in itertools.count():
    key = f"{sys.argv[2]}-{number}"
    queue.put(key, {"key": key})
    print(key, flush=True)
    keys = [f"{sys.argv[2]}-{number}-{each}" for each in range(20)]
    queue.put_many((each, {"key": each}) for each in keys)
    print(*keys, flush=True)
"""
DOES = """
def handle(job):
    with store.begin() as connection:
        line = sqlalchemy.text("INSERT INTO t_ledger (key) VALUES (:key)")
        connection.execute(line, {"key": job.payload["key"]})
        queue.done(job, connection=connection)
    print(job.key, flush=True)

worker = Worker(queue, handle)
while True:
    worker.run_once()
"""


class Child:
    """A process that tells each step, and is killed after some."""

    def __init__(self, work: str, url: str, name: str, *, steps: int) -> None:
        self.told: list[str] = []
        self._steps = steps
        self._process = subprocess.Popen(  # noqa: S603 -- our own Python
            [sys.executable, "-c", SETTING + work, url, name],
            stdout=subprocess.PIPE,
            text=True,
        )
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                if line.endswith("\n"):  # the last one may be cut by the kill
                    self.told += line.split()
                self._steps -= 1
                if self._steps == 0:
                    self._process.kill()
        self._process.wait(PATIENCE)

    def ended(self) -> int:
        """Wait until it was killed, and return how it ended."""
        self._thread.join(PATIENCE)
        self._process.kill()
        self._thread.join(PATIENCE)
        return self._process.returncode


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
    put: set[str] = set()
    told_done: list[str] = []
    for turn in range(rounds()):
        putting = [
            Child(PUTS, url, f"{turn}-{each}", steps=chance.randint(6, 14)) for each in range(2)
        ]
        doing = [Child(DOES, url, "", steps=chance.randint(1, 60)) for _ in range(2)]
        for child in putting + doing:
            assert child.ended() == -9
        put.update(key for child in putting for key in child.told)
        told_done += [key for child in doing for key in child.told]

    counts, ledger = finish(url)

    assert (0, 0, 0) == (counts.waiting, counts.leased, counts.aside)
    assert counts.done == sum(ledger.values())
    assert {1} == set(ledger.values())
    assert put <= ledger.keys()
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
