# SPDX-License-Identifier: MIT
"""A queue of jobs that outlives the process: each is done once, late or set aside, never lost."""

import dataclasses
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import chain

import sqlalchemy
from pydantic import JsonValue

from lg_core.errors import ConfigError, InvalidValueError
from lg_core.store._errors import LeaseLostError
from lg_core.store._hosts import HostConnection
from lg_core.store._instants import aware
from lg_core.store._jobs import (
    FREE,
    JOBS,
    WORK_SCHEMA,
    Aside,
    Job,
    JobState,
    QueueCounts,
    backoff,
    check_reason,
)
from lg_core.store._putting import put_rows, put_statement
from lg_core.store._store import Store
from lg_core.store._taking import Terms, take

__all__ = ["WorkQueue"]


class WorkQueue:
    """Keeps jobs until they are done.

    Several queues, threads, processes and machines may share one store. A worker that dies loses
    its lease, and another takes the job: so what a job does must be safe to begin twice, or be
    written in the transaction in which the job is marked done (`connection=`).

    Args:
        store: where the jobs are kept; its table is made if it is missing.
        name: the queue's name, such as `lg-pay.webhooks`: 1 to 80 letters, digits, `_`, `.`, `-`.
        lease: how long a job is held before another may take it.
        max_attempts: how often a job is taken before it is set aside.
        keep_done: how long the key of a job that is done is known, so that a replay is not put
            again. The payload is forgotten when the job is done.

    Raises:
        InvalidValueError: the name has another shape.
        ConfigError: the lease or the number of attempts is not above zero, or the tables are of
            another version.
    """

    def __init__(
        self,
        store: Store,
        *,
        name: str,
        lease: timedelta = timedelta(seconds=60),
        max_attempts: int = 20,
        keep_done: timedelta = timedelta(days=30),
    ) -> None:
        if lease <= timedelta(0) or max_attempts < 1:
            raise ConfigError("A lease and a number of attempts must be above zero.")
        self._store = store
        self._name = check_reason(name)
        self._lease = lease
        self._max_attempts = max_attempts
        self._keep_done = keep_done
        self._put = put_statement(store.dialect)
        store.prepare(WORK_SCHEMA)

    def __repr__(self) -> str:
        return f"WorkQueue({self._store!r}, name={self._name!r})"

    @property
    def name(self) -> str:
        """The queue's name."""
        return self._name

    @property
    def store(self) -> Store:
        """Where the jobs are kept."""
        return self._store

    @property
    def lease(self) -> timedelta:
        """How long a job is held before another may take it."""
        return self._lease

    # ------------------------------------------------------------------ putting

    def put(
        self,
        key: str,
        payload: Mapping[str, JsonValue],
        *,
        due: datetime | None = None,
        priority: int = 0,
        expires: datetime | None = None,
        connection: HostConnection | None = None,
    ) -> bool:
        """Put a job, unless its key is known.

        Args:
            key: its name in this queue, 1 to 200 printable characters.
            payload: what to do, as a JSON object.
            due: when it may be taken; at once where it is not given.
            priority: a higher one is taken first.
            expires: from when it is no longer worth doing; it is then set aside.
            connection: a transaction to join; see `Store.begin`.

        Returns:
            False where a job of this key waits, is held, is set aside, or was done within
            `keep_done`. Nothing is changed then.

        Raises:
            InvalidValueError: the key, the payload or an instant cannot be kept.
            StoreError: the database could not do what it was asked.
        """
        common = {"due": due, "priority": priority, "expires": expires}
        return self._put_all([(key, payload)], connection, common) == 1

    def put_many(
        self,
        jobs: Iterable[tuple[str, Mapping[str, JsonValue]]],
        *,
        due: datetime | None = None,
        priority: int = 0,
        expires: datetime | None = None,
        connection: HostConnection | None = None,
    ) -> int:
        """Put many jobs in one transaction: all that are not known, or none.

        Args:
            jobs: keys and payloads, in the order in which they are to be taken.
            due: when they may be taken; at once where it is not given.
            priority: a higher one is taken first.
            expires: from when they are no longer worth doing.
            connection: a transaction to join; see `Store.begin`.

        Returns:
            How many were put. The others were known.

        Raises:
            InvalidValueError: a key, a payload or an instant cannot be kept. None was put.
            StoreError: the database could not do what it was asked. None was put.
        """
        common = {"due": due, "priority": priority, "expires": expires}
        return self._put_all(jobs, connection, common)

    def _put_all(
        self,
        jobs: Iterable[tuple[str, Mapping[str, JsonValue]]],
        connection: HostConnection | None,
        common: Mapping[str, object],
    ) -> int:
        now, common = self._store.now(), {**common, "queue": self._name}
        rows = put_rows(jobs, common, now=now, keep_done=self._keep_done)
        first = next(rows, None)  # what cannot be kept is refused before a transaction is open
        if first is None:
            return 0
        with self._store.begin(connection) as ours:
            return sum(ours.execute(self._put, batch).rowcount for batch in chain([first], rows))

    # ------------------------------------------------------------------ taking

    def take(self, *, limit: int = 1) -> tuple[Job, ...]:
        """Take jobs that are due and held by nobody.

        Args:
            limit: how many at most, from 1.

        Returns:
            The jobs by priority, then by when they were due, then in the order in which they were
            put. They are held for the lease. Empty where none is due.

        Raises:
            InvalidValueError: the limit is below 1.
            StoreError: the database could not do what it was asked.
        """
        if limit < 1:
            raise InvalidValueError("limit must be at least 1.", field="limit")
        terms = Terms(self._name, self._lease, self._max_attempts)
        with self._store.begin() as connection:
            return take(connection, terms, now=self._store.now(), limit=limit)

    # ------------------------------------------------------------------ finishing

    def extend(self, job: Job, *, connection: HostConnection | None = None) -> Job:
        """Hold a job for one more lease from now: the heart-beat of long work.

        With `connection` it also proves, to all that is written in the same transaction, that the
        job is still held.

        Args:
            job: as it was taken.
            connection: a transaction to join; see `Store.begin`.

        Returns:
            The job as it is held now.

        Raises:
            LeaseLostError: another worker has it, or it is finished.
            StoreError: the database could not do what it was asked.
        """
        now = self._store.now()
        until = now + self._lease
        self._change(job, {"lease_until": until, "updated": now}, connection)
        return dataclasses.replace(job, lease_until=until)

    def done(self, job: Job, *, connection: HostConnection | None = None) -> None:
        """Mark a job as done, and forget its payload. Its key stays known for `keep_done`.

        With `connection` the mark stands or falls with what is written in the same transaction.

        Args:
            job: as it was taken.
            connection: a transaction to join; see `Store.begin`.

        Raises:
            LeaseLostError: another worker has it, or it is finished: nothing is marked twice.
            StoreError: the database could not do what it was asked.
        """
        # The token stays, so that a worker can tell a job that its handler marked itself.
        change = {**FREE, "token": job.token, "state": JobState.DONE, "payload": "{}"}
        self._change(job, {**change, "reason": None, "updated": self._store.now()}, connection)

    def retry(self, job: Job, *, at: datetime | None = None, reason: str) -> None:
        """Give a job back to be taken again later, or set it aside after its last attempt.

        Args:
            job: as it was taken.
            at: when it may be taken again; 5 seconds from now where it is not given, doubled with
                each attempt up to 1 hour.
            reason: a short code or the name of a class; it is printed.

        Raises:
            InvalidValueError: the reason is no code, or the instant has no time zone.
            LeaseLostError: another worker has it, or it is finished.
            StoreError: the database could not do what it was asked.
        """
        if job.attempts >= self._max_attempts:
            self.set_aside(job, reason=reason)
            return
        now = self._store.now()
        due = now + backoff(job.attempts) if at is None else aware(at, field="at")
        change = {"state": JobState.WAITING, "due": due, "reason": check_reason(reason)}
        self._change(job, {**FREE, **change, "updated": now})

    def set_aside(self, job: Job, *, reason: str) -> None:
        """Set a job aside, for a person to look at.

        Args:
            job: as it was taken.
            reason: a short code or the name of a class; it is printed.

        Raises:
            InvalidValueError: the reason is no code.
            LeaseLostError: another worker has it, or it is finished.
            StoreError: the database could not do what it was asked.
        """
        change = {"state": JobState.ASIDE, "reason": check_reason(reason)}
        self._change(job, {**FREE, **change, "updated": self._store.now()})

    def give_back(self, job: Job) -> None:
        """Give a job back as if it had not been taken, since the worker stops.

        Raises:
            LeaseLostError: another worker has it, or it is finished.
            StoreError: the database could not do what it was asked.
        """
        change = {"state": JobState.WAITING, "attempts": job.attempts - 1}
        self._change(job, {**FREE, **change, "updated": self._store.now()})

    def postpone(
        self,
        job: Job,
        *,
        at: datetime,
        reason: str,
        connection: HostConnection | None = None,
    ) -> None:
        """Give a job back to be taken later, as if it had not been taken: no attempt is counted.

        Args:
            job: as it was taken.
            at: when it may be taken again.
            reason: a short code or the name of a class; it is printed.
            connection: a transaction to join; see `Store.begin`.

        Raises:
            InvalidValueError: the reason is no code, or the instant has no time zone.
            LeaseLostError: another worker has it, or it is finished.
            StoreError: the database could not do what it was asked.
        """
        change = {
            "state": JobState.WAITING,
            "due": aware(at, field="at"),
            "attempts": job.attempts - 1,
            "reason": check_reason(reason),
        }
        self._change(job, {**FREE, **change, "updated": self._store.now()}, connection)

    def forget(self, job: Job, *, connection: HostConnection | None = None) -> None:
        """Remove a job that is held, and its key: for an owner who keeps its own record of it.

        Args:
            job: as it was taken.
            connection: a transaction to join; see `Store.begin`.

        Raises:
            LeaseLostError: another worker has it, or it is finished.
            StoreError: the database could not do what it was asked.
        """
        held = sqlalchemy.delete(JOBS).where(*self._held(job))
        with self._store.begin(connection) as ours:
            if ours.execute(held).rowcount != 1:
                raise LeaseLostError(self._name)

    def cancel(self, key: str, *, connection: HostConnection | None = None) -> bool:
        """Remove a job that waits, so that it is never done.

        Args:
            key: its name in this queue.
            connection: a transaction to join; see `Store.begin`.

        Returns:
            False where no job of this key waits: it is held, set aside, done or unknown.

        Raises:
            StoreError: the database could not do what it was asked.
        """
        waits = sqlalchemy.delete(JOBS).where(
            JOBS.c.queue == self._name, JOBS.c.key == key, JOBS.c.state == JobState.WAITING
        )
        with self._store.begin(connection) as ours:
            return ours.execute(waits).rowcount == 1

    def _held(self, job: Job) -> tuple[sqlalchemy.ColumnElement[bool], ...]:
        return (
            JOBS.c.queue == self._name,
            JOBS.c.key == job.key,
            JOBS.c.token == job.token,
            JOBS.c.state == JobState.LEASED,
        )

    def _change(
        self, job: Job, change: Mapping[str, object], connection: HostConnection | None = None
    ) -> None:
        """Write to a job that is held by this token, and to no other."""
        held = sqlalchemy.update(JOBS).where(*self._held(job))
        with self._store.begin(connection) as ours:
            if ours.execute(held.values(change)).rowcount != 1:
                raise LeaseLostError(self._name)

    def _row(self, key: str) -> sqlalchemy.Update:
        return sqlalchemy.update(JOBS).where(JOBS.c.queue == self._name, JOBS.c.key == key)

    def was_done(self, job: Job) -> bool:
        """Say whether a job was marked as done by who holds it, and by nobody else."""
        asked = sqlalchemy.select(JOBS.c.id).where(
            JOBS.c.queue == self._name,
            JOBS.c.key == job.key,
            JOBS.c.token == job.token,
            JOBS.c.state == JobState.DONE,
        )
        with self._store.read() as connection:
            return connection.execute(asked).first() is not None

    # ------------------------------------------------------------------ for people

    def aside(self) -> tuple[Aside, ...]:
        """Return what was set aside, the longest first.

        Raises:
            StoreError: the database could not do what it was asked.
        """
        c = JOBS.c
        asked = (
            sqlalchemy.select(c.key, c.payload, c.attempts, c.reason, c.updated)
            .where(c.queue == self._name, c.state == JobState.ASIDE)
            .order_by(c.updated, c.id)
        )
        with self._store.read() as connection:
            rows = connection.execute(asked).all()
        return tuple(
            Aside(row.key, json.loads(row.payload), row.attempts, row.reason, row.updated)
            for row in rows
        )

    def put_back(self, key: str) -> bool:
        """Let a job that was set aside be taken again, at once and with all its attempts.

        It no longer expires.

        Args:
            key: its name in this queue.

        Returns:
            False where no job of this key is set aside.

        Raises:
            StoreError: the database could not do what it was asked.
        """
        now = self._store.now()
        back = {"state": JobState.WAITING, "attempts": 0, "due": now, "expires": None}
        aside = self._row(key).where(JOBS.c.state == JobState.ASIDE)
        with self._store.begin() as connection:
            change = {**back, "reason": None, "updated": now}
            return connection.execute(aside.values(change)).rowcount == 1

    def counts(self) -> QueueCounts:
        """Count the queue's jobs.

        Raises:
            StoreError: the database could not do what it was asked.
        """
        c, now = JOBS.c, self._store.now()
        count = sqlalchemy.func.count()
        states = (
            sqlalchemy.select(c.state, count.label("number"))
            .where(c.queue == self._name)
            .group_by(c.state)
        )
        due = sqlalchemy.select(count, sqlalchemy.func.min(c.due)).where(
            c.queue == self._name, c.state == JobState.WAITING, c.due <= now
        )
        with self._store.read() as connection:
            by_state = {row.state: row.number for row in connection.execute(states)}
            number_due, oldest = connection.execute(due).one()
        return QueueCounts(
            waiting=by_state.get(JobState.WAITING, 0),
            due=number_due,
            leased=by_state.get(JobState.LEASED, 0),
            aside=by_state.get(JobState.ASIDE, 0),
            done=by_state.get(JobState.DONE, 0),
            oldest_due=oldest,
        )

    def erase(self, key: str) -> bool:
        """Remove a job that is done or set aside, and every trace of it.

        A job that waits or is held is still to be done, so it stays.

        Args:
            key: its name in this queue.

        Returns:
            False where no such job is done or set aside.

        Raises:
            StoreError: the database could not do what it was asked.
        """
        return self._remove(JOBS.c.key == key) == 1

    def purge(self, *, before: datetime) -> int:
        """Remove the jobs that were done or set aside before an instant.

        Args:
            before: aware. A job that was done later stays known.

        Returns:
            How many were removed.

        Raises:
            InvalidValueError: the instant has no time zone.
            StoreError: the database could not do what it was asked.
        """
        return self._remove(JOBS.c.updated < aware(before, field="before"))

    def _remove(self, which: sqlalchemy.ColumnElement[bool]) -> int:
        ended = JOBS.c.state.in_([JobState.DONE, JobState.ASIDE])
        with self._store.begin() as connection:
            return connection.execute(
                sqlalchemy.delete(JOBS).where(JOBS.c.queue == self._name, ended, which)
            ).rowcount
