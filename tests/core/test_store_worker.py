"""lg_core.store.Worker: takes jobs, lets a function do them, and keeps their lease alive."""

import logging
import pickle
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import pytest
import sqlalchemy
from databases import DIALECTS, database_url

from lg_core.errors import InvalidValueError
from lg_core.store import (
    Job,
    LeaseLostError,
    Ran,
    RetryLater,
    SetAside,
    Store,
    StoreError,
    Worker,
    WorkQueue,
)

START = datetime(2026, 11, 22, 12, tzinfo=UTC)
PATIENCE = 20.0


@pytest.fixture(params=DIALECTS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store, on each database in turn, at a time that stands."""
    with Store(database_url(str(request.param), tmp_path), now=lambda: START) as made:
        yield made


@pytest.fixture
def queue(store: Store) -> WorkQueue:
    """A queue whose jobs may be taken twice."""
    return WorkQueue(store, name="q", max_attempts=2)


def wait_for(condition: Callable[[], object]) -> None:
    """Wait until something is so."""
    never, looks = threading.Event(), int(PATIENCE / 0.01)
    assert any(condition() or never.wait(0.01) for _ in range(looks))


class Heard(logging.Handler):
    """Sets an event when a line is logged."""

    def __init__(self, event: str) -> None:
        super().__init__()
        self._event = event
        self.heard = threading.Event()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Listen."""
        self.lines.append(record.getMessage())
        if self._event in self.lines[-1]:
            self.heard.set()

    def __enter__(self) -> Self:
        logging.getLogger("lg_core.store").addHandler(self)
        return self

    def __exit__(self, *_ignored: object) -> None:
        logging.getLogger("lg_core.store").removeHandler(self)


def test_all_that_is_due_is_done(queue: WorkQueue) -> None:
    """In order, each once, up to the limit."""
    queue.put_many((str(number), {"n": number}) for number in range(5))
    queue.put("later", {}, due=START + timedelta(seconds=1))
    seen: list[object] = []
    worker = Worker(queue, lambda job: seen.append(job.payload["n"]))

    assert Ran(done=2) == worker.run_once(limit=2)
    assert Ran(done=3) == worker.run_once()
    assert Ran() == worker.run_once()
    assert [0, 1, 2, 3, 4] == seen
    assert f"Worker({queue!r})" == repr(worker)


def test_a_handler_says_what_becomes_of_a_job(queue: WorkQueue) -> None:
    """Later, aside, or a failure, which is tried again until it is set aside."""
    at = START + timedelta(hours=1)
    answers: dict[str, Exception] = {
        "later": RetryLater(at, "not_yet"),
        "never": SetAside("no_such_payment"),
        "fails": KeyError("Gwenllian"),
    }

    def handle(job: Job) -> None:
        raise answers[job.key]

    queue.put_many((key, {}) for key in answers)
    with Heard("lg-core.job_failed") as log:
        first = Worker(queue, handle).run_once()
    counts = queue.counts()

    assert Ran(retried=2, aside=1) == first
    assert 3 == first.taken
    assert (2, 1) == (counts.waiting, counts.aside)
    assert ["no_such_payment"] == [each.reason for each in queue.aside()]
    assert log.heard.is_set()
    assert "KeyError" in " ".join(log.lines)
    assert "Gwenllian" not in " ".join(log.lines)


def test_what_fails_each_time_is_set_aside_with_its_class(store: Store) -> None:
    """The last attempt is the last, and the reason names the class alone."""
    queue = WorkQueue(store, name="q", max_attempts=1)
    queue.put("a", {})

    def fail(_job: Job) -> None:
        raise ValueError("Gwenllian")

    assert Ran(retried=1) == Worker(queue, fail).run_once()
    assert ["ValueError"] == [each.reason for each in queue.aside()]


@pytest.mark.parametrize("answer", [RetryLater(START, "a_code"), SetAside("a_code"), RetryLater()])
def test_an_answer_holds_a_code(answer: RetryLater | SetAside) -> None:
    """It pickles, and its text is fixed."""
    again = pickle.loads(pickle.dumps(answer))

    assert (answer.message, vars(answer)) == (again.message, vars(again))
    with pytest.raises(InvalidValueError):
        SetAside("Gwenllian did not answer")
    with pytest.raises(InvalidValueError):
        RetryLater(reason="Gwenllian did not answer")


def test_a_handler_may_mark_its_job_itself(store: Store, queue: WorkQueue) -> None:
    """With what it writes, in one transaction; the worker sees that it is done."""

    def handle(job: Job) -> None:
        with store.begin() as connection:
            queue.done(job, connection=connection)

    queue.put("a", {})

    assert Ran(done=1) == Worker(queue, handle).run_once()
    assert 1 == queue.counts().done


@pytest.mark.parametrize("how", ["returns", "raises"])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_job_that_another_worker_took_is_lost(dialect: str, how: str, tmp_path: Path) -> None:
    """Neither worker's mark is doubled: the one that holds the lease has it."""
    now = [START]
    shared = Store(database_url(dialect, tmp_path), now=lambda: now[0])
    queue = WorkQueue(shared, name="q")
    queue.put("a", {})
    other: list[Job] = []

    def handle(_job: Job) -> None:
        now[0] += timedelta(minutes=2)
        other.extend(queue.take())
        if how == "raises":
            raise ValueError

    with Heard("lg-core.lease_lost") as log:
        ran = Worker(queue, handle, heartbeat=False).run_once(limit=1)
    queue.done(*other)
    shared.close()

    assert Ran(lost=1) == ran
    assert log.heard.is_set()


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_a_program_that_ends_gives_its_job_back(
    queue: WorkQueue, error: type[BaseException]
) -> None:
    """Another worker may take it at once, and the attempt is not counted."""
    queue.put("a", {})

    def stop(_job: Job) -> None:
        raise error

    with pytest.raises(error):
        Worker(queue, stop).run_once()
    (job,) = queue.take()

    assert 1 == job.attempts


def lease_of(store: Store) -> datetime:
    """Read until when the job is held."""
    with store.read() as connection:
        asked = sqlalchemy.text("SELECT lease_until FROM lg_work")
        return connection.execute(asked).scalar_one()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_lease_is_extended_while_the_handler_runs(dialect: str, tmp_path: Path) -> None:
    """Work that takes longer than a lease is not handed to another."""
    with Store(database_url(dialect, tmp_path)) as store:
        queue = WorkQueue(store, name="q", lease=timedelta(seconds=0.3))
        queue.put("a", {})

        def handle(_job: Job) -> None:
            before = lease_of(store)
            wait_for(lambda: lease_of(store) != before)

        assert Ran(done=1) == Worker(queue, handle).run_once()


def test_a_heart_that_finds_the_job_finished_stops_beating(tmp_path: Path) -> None:
    """What the handler marked itself is not held any longer."""
    beats: list[str] = []

    def now() -> datetime:
        if threading.current_thread() is not threading.main_thread():
            beats.append("beat")
        return START

    with Store(tmp_path / "a.db", now=now) as store:
        queue = WorkQueue(store, name="q", lease=timedelta(seconds=0.05))
        queue.put("a", {})

        def handle(job: Job) -> None:
            queue.done(job)
            wait_for(lambda: beats)

        assert Ran(done=1) == Worker(queue, handle).run_once()


def test_a_heart_without_a_job_does_nothing(tmp_path: Path) -> None:
    """A worker that waits extends no lease."""
    stop, looks = threading.Event(), [0]

    def now() -> datetime:
        looks[0] += 1
        if looks[0] == 20:
            stop.set()
        return START

    with Store(tmp_path / "a.db", now=now) as store:
        queue = WorkQueue(store, name="q", lease=timedelta(seconds=0.03))

        assert Ran() == Worker(queue, lambda _job: None).run(stop, poll=0.01)


def impatient(store: Store) -> None:
    """Let the store's one pooled connection wait for no other writer."""
    with store.read() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=0")


def test_a_beat_that_is_missed_is_logged_and_the_work_goes_on(tmp_path: Path) -> None:
    """A database that is busy for one beat costs no job."""
    with (
        Store(tmp_path / "a.db") as store,
        closing(sqlite3.connect(tmp_path / "a.db", isolation_level=None)) as other,
        Heard("lg-core.heartbeat_missed") as log,
    ):
        queue = WorkQueue(store, name="q", lease=timedelta(seconds=0.3))
        queue.put("a", {})
        impatient(store)

        def handle(_job: Job) -> None:
            other.execute("BEGIN IMMEDIATE")
            assert log.heard.wait(PATIENCE)
            other.execute("ROLLBACK")

        assert Ran(done=1) == Worker(queue, handle).run_once()
    assert "busy" in " ".join(log.lines)


def test_a_worker_runs_until_it_is_stopped(queue: WorkQueue) -> None:
    """It does what comes while it runs, and ends after the job at hand."""
    stop = threading.Event()
    seen: list[str] = []

    def handle(job: Job) -> None:
        seen.append(job.key)
        if job.key == "last":
            stop.set()
        else:
            queue.put("last", {})
            queue.put("never", {}, priority=-1)

    queue.put("first", {})
    ran = Worker(queue, handle).run(stop, poll=0.01)

    assert (Ran(done=2), ["first", "last"]) == (ran, seen)


def test_a_worker_waits_for_what_is_not_there_yet(queue: WorkQueue) -> None:
    """It looks again until something is due."""
    stop = threading.Event()
    worker = Worker(queue, lambda _job: stop.set())
    thread = threading.Thread(target=worker.run, args=(stop, 0.01))
    thread.start()
    queue.put("a", {})
    thread.join(PATIENCE)

    assert 1 == queue.counts().done


def test_a_worker_waits_for_a_database_that_is_away(tmp_path: Path) -> None:
    """It logs that it waits, and goes on when the database is back."""
    stop = threading.Event()
    with (
        Store(tmp_path / "a.db") as store,
        closing(
            sqlite3.connect(tmp_path / "a.db", isolation_level=None, check_same_thread=False)
        ) as other,
        Heard("lg-core.store_away") as log,
    ):
        queue = WorkQueue(store, name="q")
        queue.put("a", {})
        impatient(store)
        other.execute("BEGIN IMMEDIATE")
        worker = Worker(queue, lambda _job: stop.set(), heartbeat=False)
        thread = threading.Thread(target=worker.run, args=(stop, 0.01))
        thread.start()
        assert log.heard.wait(PATIENCE)
        other.execute("ROLLBACK")
        thread.join(PATIENCE)

        assert 1 == queue.counts().done


def test_a_worker_ends_where_waiting_does_not_help(store: Store, queue: WorkQueue) -> None:
    """A table that is gone does not come back."""
    with store.begin() as connection:
        connection.exec_driver_sql("DROP TABLE lg_work")
    with pytest.raises(StoreError, match="prepare"):
        Worker(queue, lambda _job: None).run(threading.Event(), poll=0.01)


def test_a_handler_that_loses_its_lease_in_its_own_transaction(
    store: Store, queue: WorkQueue
) -> None:
    """Its transaction is undone, and the job counts as lost."""

    def handle(job: Job) -> None:
        queue.done(job)
        with store.begin() as connection:
            queue.done(job, connection=connection)

    queue.put("a", {})

    assert Ran(lost=1) == Worker(queue, handle).run_once()
    with pytest.raises(LeaseLostError):
        queue.extend(Job("a", {}, 1, START, "x"))
