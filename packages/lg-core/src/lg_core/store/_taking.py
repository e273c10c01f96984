# SPDX-License-Identifier: MIT
"""How jobs are handed out: each to one worker, and none that is worth no further attempt."""

import json
import os
import socket
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy

from lg_core.store._jobs import FREE, JOBS, Job, JobState

__all__ = ["Terms", "take"]


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a queue hands out its jobs.

    Attributes:
        queue: the queue's name.
        lease: how long a job is held.
        max_attempts: how often a job is handed out.
    """

    queue: str
    lease: timedelta
    max_attempts: int


def take(
    connection: sqlalchemy.Connection, terms: Terms, *, now: datetime, limit: int
) -> tuple[Job, ...]:
    """Lease jobs that are due and held by nobody; set aside those that are not worth doing.

    Args:
        connection: a write transaction.
        terms: the queue's.
        now: the present instant.
        limit: how many at most.
    """
    taken: list[Job] = []
    while len(taken) < limit:
        rows = _free(connection, terms.queue, now=now, limit=limit - len(taken))
        if not rows:
            break
        for row in rows:
            spent = _spent(row, terms, now)
            if spent:
                change = {**FREE, "state": JobState.ASIDE, "reason": spent, "updated": now}
            else:
                job = _job(row, now + terms.lease)
                change = {**_held(job), "updated": now}
                taken.append(job)
            connection.execute(sqlalchemy.update(JOBS).where(JOBS.c.id == row.id).values(change))
    return tuple(taken)


def _free(
    connection: sqlalchemy.Connection, queue: str, *, now: datetime, limit: int
) -> list[sqlalchemy.Row[Any]]:
    """Find what may be taken. PostgreSQL passes over what another worker is taking now."""
    c = JOBS.c
    found = [
        row
        for free in (
            sqlalchemy.and_(c.state == JobState.WAITING, c.due <= now),
            sqlalchemy.and_(c.state == JobState.LEASED, c.lease_until <= now),
        )
        for row in connection.execute(
            sqlalchemy.select(JOBS)
            .where(c.queue == queue, free)
            .order_by(c.priority.desc(), c.due, c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    ]
    found.sort(key=lambda row: (-row.priority, row.due, row.id))
    return found[:limit]


def _spent(row: sqlalchemy.Row[Any], terms: Terms, now: datetime) -> str:
    if row.expires is not None and row.expires <= now:
        return "expired"
    # A job that killed its worker each time comes back as one whose lease has run out.
    if row.attempts >= terms.max_attempts and row.state == JobState.LEASED:
        return "lease_ran_out"
    return ""


def _job(row: sqlalchemy.Row[Any], until: datetime) -> Job:
    return Job(row.key, json.loads(row.payload), row.attempts + 1, until, uuid.uuid4().hex)


def _held(job: Job) -> dict[str, object]:
    return {
        "state": JobState.LEASED,
        "token": job.token,
        "lease_owner": f"{socket.gethostname()[:100]}:{os.getpid()}",
        "lease_until": job.lease_until,
        "attempts": job.attempts,
    }
