# SPDX-License-Identifier: MIT
"""Work through a queue: take a job, let a function do it, mark it, and keep the lease alive."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from lg_core.errors import LgError
from lg_core.logs import get_logger
from lg_core.store._errors import LeaseLostError, StoreError
from lg_core.store._jobs import Job, check_reason, reason_of
from lg_core.store._work import WorkQueue

__all__ = ["Ran", "RetryLater", "SetAside", "Worker"]

_log: Final = get_logger("lg_core.store")
_BEATS_A_LEASE: Final = 3


class RetryLater(LgError):  # noqa: N818 -- an answer of a handler, not a fault
    """Raised by a handler: the job cannot be done yet.

    Args:
        at: when to try again; None for a wait that grows with each attempt.
        reason: a short code, 1 to 80 letters, digits, `_`, `.` and `-`; it is printed.
    """

    def __init__(self, at: datetime | None = None, reason: str = "later") -> None:
        super().__init__("The job cannot be done yet, and is tried again later.")
        self.at = at
        self.reason = check_reason(reason)


class SetAside(LgError):  # noqa: N818 -- an answer of a handler, not a fault
    """Raised by a handler: the job can never be done, and a person should look at it.

    Args:
        reason: a short code, 1 to 80 letters, digits, `_`, `.` and `-`; it is printed.
    """

    def __init__(self, reason: str) -> None:
        super().__init__("The job cannot be done, and is set aside for a person to look at.")
        self.reason = check_reason(reason)


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of the jobs that a worker took.

    Attributes:
        done: how many were done.
        retried: how many failed and are tried again later, or were set aside after their last
            attempt.
        aside: how many the handler set aside.
        lost: how many were taken by another worker while the handler ran, since the lease ran out.
    """

    done: int = 0
    retried: int = 0
    aside: int = 0
    lost: int = 0

    @property
    def taken(self) -> int:
        """How many jobs were taken."""
        return self.done + self.retried + self.aside + self.lost

    def __add__(self, other: "Ran") -> "Ran":
        return Ran(
            self.done + other.done,
            self.retried + other.retried,
            self.aside + other.aside,
            self.lost + other.lost,
        )


class Worker:
    """Works through a queue, one job at a time.

    Start as many workers as are needed, in threads, processes or on machines.

    Args:
        queue: whose jobs.
        handle: does a job. It returns when the job is done; it may also mark the job itself, with
            `queue.done(job, connection=...)` in its own transaction. It raises `RetryLater` or
            `SetAside`; any other exception is a retry with the name of its class as the reason.
        heartbeat: whether a thread extends the lease while the handler runs.
    """

    def __init__(
        self, queue: WorkQueue, handle: Callable[[Job], None], *, heartbeat: bool = True
    ) -> None:
        self._queue = queue
        self._handle = handle
        self._heartbeat = heartbeat

    def __repr__(self) -> str:
        return f"Worker({self._queue!r})"

    def run_once(self, *, limit: int = 100) -> Ran:
        """Do the jobs that are due now.

        Args:
            limit: how many at most.

        Returns:
            What became of them.

        Raises:
            StoreError: the database could not do what it was asked.
        """
        with _Heart(self._queue, beats=self._heartbeat) as heart:
            ran = Ran()
            while ran.taken < limit:
                one = self._next(heart)
                if not one.taken:
                    break
                ran += one
            return ran

    def run(self, stop: threading.Event, poll: float = 1.0) -> Ran:
        """Do jobs as they become due, until asked to stop.

        A database that is away for a while is waited for.

        Args:
            stop: set it to stop after the job at hand.
            poll: how long to wait where nothing is due, in seconds.

        Returns:
            What became of all jobs.

        Raises:
            StoreError: the database could not do what it was asked, and waiting does not help.
        """
        ran = Ran()
        with _Heart(self._queue, beats=self._heartbeat) as heart:
            while not stop.is_set():
                try:
                    one = self._next(heart)
                except StoreError as error:
                    if not error.retryable:
                        raise
                    _log.warning("lg-core.store_away", reason=error.fault.value)
                    one = Ran()
                ran += one
                if not one.taken:
                    stop.wait(poll)
        return ran

    def _next(self, heart: "_Heart") -> Ran:
        for job in self._queue.take(limit=1):
            try:
                with heart.beating_for(job):
                    return self._do(job)
            except LeaseLostError:
                _log.warning("lg-core.lease_lost", attempts=job.attempts)
                return Ran(lost=1)
        return Ran()

    def _do(self, job: Job) -> Ran:
        try:
            self._handle(job)
        except RetryLater as answer:
            self._queue.retry(job, at=answer.at, reason=answer.reason)
            return Ran(retried=1)
        except SetAside as answer:
            self._queue.set_aside(job, reason=answer.reason)
            return Ran(aside=1)
        except Exception as error:  # noqa: BLE001 -- whatever fails is tried again, and is logged
            reason = reason_of(error)
            _log.warning("lg-core.job_failed", reason=reason, attempts=job.attempts)
            self._queue.retry(job, reason=reason)
            return Ran(retried=1)
        except BaseException:  # KeyboardInterrupt, SystemExit: the program ends, the job does not
            self._queue.give_back(job)
            raise
        try:
            self._queue.done(job)
        except LeaseLostError:
            if not self._queue.was_done(job):
                raise
        return Ran(done=1)


class _Heart:
    """Extends the lease of the job at hand, in a thread of its own."""

    def __init__(self, queue: WorkQueue, *, beats: bool) -> None:
        self._queue = queue
        self._every = queue.lease.total_seconds() / _BEATS_A_LEASE
        self._job: Job | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True) if beats else None

    def __enter__(self) -> Self:
        if self._thread:
            self._thread.start()
        return self

    def __exit__(self, *_ignored: object) -> None:
        self._stopped.set()
        if self._thread:
            self._thread.join()

    @contextmanager
    def beating_for(self, job: Job) -> Generator[None]:
        """Keep a job's lease alive in the block."""
        self._job = job
        try:
            yield
        finally:
            self._job = None

    def _beat(self) -> None:
        while not self._stopped.wait(self._every):
            job = self._job
            if job is None:
                continue
            try:
                self._queue.extend(job)
            except LeaseLostError:
                self._job = None  # finished in between, or lost: whoever finishes it is told
            except StoreError as error:
                _log.warning("lg-core.heartbeat_missed", reason=error.fault.value)
