# SPDX-License-Identifier: MIT
"""What a process with a store does: it puts jobs or does them until it is killed, or begins."""

import itertools
from datetime import timedelta
from multiprocessing.synchronize import Event

import sqlalchemy
from children import Tell

from lg_core.store import Job, Store, Worker, WorkQueue

__all__ = ["do", "prepare", "put"]

_MANY = 10**6


def _queue(store: Store) -> WorkQueue:
    return WorkQueue(store, name="q", lease=timedelta(seconds=0.2), max_attempts=_MANY)


def put(tell: Tell, *, url: str, name: str) -> None:
    """Put one job and twenty together, again and again, and tell their keys."""
    queue = _queue(Store(url))
    for number in itertools.count():
        key = f"{name}-{number}"
        queue.put(key, {"key": key})
        tell(key)
        keys = [f"{key}-{each}" for each in range(20)]
        queue.put_many((each, {"key": each}) for each in keys)
        tell(" ".join(keys))


def do(tell: Tell, *, url: str) -> None:
    """Do jobs: write a line into the ledger in the transaction that marks the job; tell its key."""
    store = Store(url)
    queue = _queue(store)

    def handle(job: Job) -> None:
        with store.begin() as connection:
            line = sqlalchemy.text("INSERT INTO t_ledger (key) VALUES (:key)")
            connection.execute(line, {"key": job.payload["key"]})
            queue.done(job, connection=connection)
        tell(job.key)

    worker = Worker(queue, handle)
    while True:
        worker.run_once()


def prepare(tell: Tell, *, url: str, name: str, go: Event) -> None:
    """Put a job into a database that may be new, as soon as all may go."""
    store = Store(url)
    tell("ready")
    assert go.wait(20)
    WorkQueue(store, name="q").put(name, {})
