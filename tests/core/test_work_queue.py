"""lg_core.store.WorkQueue: each job is done once, late or set aside, and never lost."""

import contextlib
import dataclasses
import pickle
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from databases import DIALECTS, database_url
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from lg_core.errors import ConfigError, InvalidValueError
from lg_core.store import (
    Aside,
    Inbox,
    Job,
    LeaseLostError,
    QueueCounts,
    Store,
    StoreError,
    WorkQueue,
    _jobs,
)

START = datetime(2026, 11, 22, 12, tzinfo=UTC)
LEASE = timedelta(seconds=60)
KEEP = timedelta(hours=1)
SECOND = timedelta(seconds=1)
KEYS = st.sampled_from(["a", "b", "c"])
SPANS = st.one_of(st.none(), st.integers(-5, 90))


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now

    def forward(self, span: timedelta) -> None:
        """Let time pass."""
        self.now += span


@pytest.fixture
def clock() -> Clock:
    """The clock of the store."""
    return Clock()


@pytest.fixture(params=DIALECTS)
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """An empty store, on each database in turn."""
    with Store(database_url(str(request.param), tmp_path), now=clock) as made:
        yield made


@pytest.fixture
def queue(store: Store) -> WorkQueue:
    """A queue whose jobs may be taken three times."""
    return WorkQueue(store, name="q", lease=LEASE, max_attempts=3, keep_done=KEEP)


def keys(jobs: tuple[Job | Aside, ...]) -> list[str]:
    """Name the jobs."""
    return [job.key for job in jobs]


# ------------------------------------------------------------------ against a model


@dataclasses.dataclass
class Row:
    """A job as the model has it."""

    key: str
    number: int
    payload: dict[str, Any]
    due: datetime
    priority: int
    expires: datetime | None
    updated: datetime
    attempts: int = 0
    state: str = "waiting"
    token: str = ""
    until: datetime = START
    reason: str = ""


def _some_held(machine: "AgainstAModel") -> bool:
    return bool(machine.held)


class AgainstAModel(RuleBasedStateMachine):
    """The queue and a dict are told the same, and must say the same."""

    store: Store
    clock: Clock

    def __init__(self) -> None:
        super().__init__()
        name = uuid.uuid4().hex
        self.queue = WorkQueue(self.store, name=name, lease=LEASE, max_attempts=3, keep_done=KEEP)
        self.rows: dict[str, Row] = {}
        self.numbers = 0
        self.held: list[Job] = []

    @property
    def now(self) -> datetime:
        """The present instant."""
        return self.clock.now

    def at(self, seconds: int | None) -> datetime | None:
        """Return an instant from now."""
        return None if seconds is None else self.now + timedelta(seconds=seconds)

    @rule(key=KEYS, due=SPANS, priority=st.integers(-1, 1), expires=SPANS, number=st.integers())
    def put(  # noqa: PLR0917 -- hypothesis passes them by name
        self, key: str, due: int | None, priority: int, expires: int | None, number: int
    ) -> None:
        """Put a job."""
        held = self.rows.get(key)
        forgotten = held is not None and held.state == "done" and held.updated <= self.now - KEEP
        put = self.queue.put(
            key, {"n": number}, due=self.at(due), priority=priority, expires=self.at(expires)
        )
        assert put == (held is None or forgotten)
        if put:
            self.numbers += 1
            place = held.number if held else self.numbers  # it keeps its place in the table
            when = self.at(due) or self.now
            until = self.at(expires)
            self.rows[key] = Row(key, place, {"n": number}, when, priority, until, self.now)

    @rule(limit=st.integers(1, 3))
    def take(self, limit: int) -> None:
        """Take jobs."""
        taken = self.queue.take(limit=limit)
        expected: list[Row] = []
        while len(expected) < limit:
            free = sorted(
                (row for row in self.rows.values() if self.free(row)),
                key=lambda row: (-row.priority, row.due, row.number),
            )
            if not free:
                break
            row, lapsed = free[0], free[0].state == "leased"
            row.updated, row.token = self.now, ""
            if row.expires and row.expires <= self.now:
                row.state, row.reason = "aside", "expired"
            elif lapsed and row.attempts >= 3:
                row.state, row.reason = "aside", "lease_ran_out"
            else:
                row.state, row.until = "leased", self.now + LEASE
                row.attempts += 1
                expected.append(row)
        assert [(row.key, row.payload, row.attempts, row.until) for row in expected] == [
            (job.key, job.payload, job.attempts, job.lease_until) for job in taken
        ]
        for row, job in zip(expected, taken, strict=True):
            row.token = job.token
        self.held += taken

    def free(self, row: Row) -> bool:
        """Say whether a job may be taken."""
        if row.state == "waiting":
            return row.due <= self.now
        return row.state == "leased" and row.until <= self.now

    def finish(self, index: int, way: str, work: Callable[[Job], object]) -> Row | None:
        """Do something with a job that was taken once, held or not."""
        job = self.held[index % len(self.held)]
        row = self.rows.get(job.key)
        if row is None or row.state != "leased" or row.token != job.token:
            with pytest.raises(LeaseLostError):
                work(job)
            return None
        work(job)
        row.updated = self.now
        if way:
            row.state = way
        return row

    @precondition(_some_held)
    @rule(index=st.integers(0, 9))
    def done(self, index: int) -> None:
        """Mark a job as done."""
        row = self.finish(index, "done", self.queue.done)
        if row:
            row.payload = {}

    @precondition(_some_held)
    @rule(index=st.integers(0, 9))
    def extend(self, index: int) -> None:
        """Hold a job for longer."""
        row = self.finish(index, "", self.queue.extend)
        if row:
            row.until = self.now + LEASE

    @precondition(_some_held)
    @rule(index=st.integers(0, 9), seconds=SPANS)
    def retry(self, index: int, seconds: int | None) -> None:
        """Give a job back for later."""
        at = self.at(seconds)
        row = self.finish(
            index, "waiting", lambda job: self.queue.retry(job, at=at, reason="Later")
        )
        if row and row.attempts >= 3:
            row.state, row.reason = "aside", "Later"
        elif row:
            row.due = at or self.now + _jobs.backoff(row.attempts)

    @precondition(_some_held)
    @rule(index=st.integers(0, 9))
    def set_aside(self, index: int) -> None:
        """Set a job aside."""
        row = self.finish(index, "aside", lambda job: self.queue.set_aside(job, reason="Never"))
        if row:
            row.reason = "Never"

    @precondition(_some_held)
    @rule(index=st.integers(0, 9))
    def give_back(self, index: int) -> None:
        """Give a job back as if it had not been taken."""
        row = self.finish(index, "waiting", self.queue.give_back)
        if row:
            row.attempts -= 1

    @precondition(_some_held)
    @rule(index=st.integers(0, 9), seconds=st.integers(-5, 90))
    def postpone(self, index: int, seconds: int) -> None:
        """Give a job back for later as if it had not been taken."""
        at = self.now + timedelta(seconds=seconds)
        row = self.finish(
            index, "waiting", lambda job: self.queue.postpone(job, at=at, reason="Closed")
        )
        if row:
            row.attempts -= 1
            row.due = at

    @precondition(_some_held)
    @rule(index=st.integers(0, 9))
    def forget(self, index: int) -> None:
        """Remove a job that is held."""
        row = self.finish(index, "", self.queue.forget)
        if row:
            del self.rows[row.key]

    @rule(key=KEYS)
    def cancel(self, key: str) -> None:
        """Remove a job that waits."""
        row = self.rows.get(key)
        waits = row is not None and row.state == "waiting"
        assert waits == self.queue.cancel(key)
        if waits:
            del self.rows[key]

    @rule(key=KEYS)
    def put_back(self, key: str) -> None:
        """Let a job that was set aside be taken again."""
        row = self.rows.get(key)
        is_aside = row is not None and row.state == "aside"
        assert is_aside == self.queue.put_back(key)
        if row and is_aside:
            row.state, row.attempts, row.due = "waiting", 0, self.now
            row.expires, row.updated = None, self.now

    @rule(key=KEYS)
    def erase(self, key: str) -> None:
        """Remove a job."""
        row = self.rows.get(key)
        ended = row is not None and row.state in {"done", "aside"}
        assert ended == self.queue.erase(key)
        if ended:
            del self.rows[key]

    @rule(seconds=st.integers(-90, 5))
    def purge(self, seconds: int) -> None:
        """Remove what ended long ago."""
        before = self.now + timedelta(seconds=seconds)
        gone = [
            row.key
            for row in self.rows.values()
            if row.state in {"done", "aside"} and row.updated < before
        ]
        assert len(gone) == self.queue.purge(before=before)
        for key in gone:
            del self.rows[key]

    @rule(seconds=st.sampled_from([1, 5, 59, 60, 61, 3600]))
    def wait(self, seconds: int) -> None:
        """Let time pass."""
        self.clock.forward(timedelta(seconds=seconds))

    @invariant()
    def says_the_same(self) -> None:
        """The counts and what is set aside are the model's."""
        rows = list(self.rows.values())
        due = [row.due for row in rows if row.state == "waiting" and row.due <= self.now]
        number = {state: sum(row.state == state for row in rows) for state in _jobs.JobState}
        assert self.queue.counts() == QueueCounts(
            waiting=number[_jobs.JobState.WAITING],
            due=len(due),
            leased=number[_jobs.JobState.LEASED],
            aside=number[_jobs.JobState.ASIDE],
            done=number[_jobs.JobState.DONE],
            oldest_due=min(due, default=None),
        )
        aside = sorted(
            (row for row in rows if row.state == "aside"), key=lambda row: (row.updated, row.number)
        )
        assert [
            Aside(row.key, row.payload, row.attempts, row.reason, row.updated) for row in aside
        ] == [*self.queue.aside()]


def test_the_queue_does_what_the_model_does(store: Store, clock: Clock) -> None:
    """In whatever order jobs are put, taken, finished, lost and removed."""

    class Here(AgainstAModel):
        pass

    Here.store, Here.clock = store, clock
    run_state_machine_as_test(
        Here,
        settings=settings(max_examples=examples(12), stateful_step_count=30),
    )


# ------------------------------------------------------------------ putting


def test_a_payload_comes_back_as_it_was(queue: WorkQueue) -> None:
    """Whatever JSON and text it holds, on both databases."""
    payload: dict[str, Any] = {
        "text": "Ŵ€😀\x00\ud800'\"\\%:x",
        "numbers": [0, -1, 2**70, 0.5],
        "nothing": None,
        "": {"deep": [True, False]},
    }
    queue.put("a", payload)

    assert (payload,) == tuple(job.payload for job in queue.take())


@given(text=st.text(max_size=300))
def test_a_key_is_kept_or_refused(text: str) -> None:
    """Printable characters, 1 to 200 of them."""
    if 0 < len(text) <= 200 and text.isprintable():
        assert text == _jobs.check_key(text)
    else:
        with pytest.raises(InvalidValueError):
            _jobs.check_key(text)


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"a": object()}, "invalid"),
        ({"a": float("nan")}, "invalid"),
        ({"a": "x" * 1_000_001}, "too_long"),
    ],
)
def test_a_payload_that_cannot_be_kept_is_refused(
    queue: WorkQueue, payload: dict[str, Any], code: str
) -> None:
    """Nothing is put, and the error does not repeat it."""
    with pytest.raises(InvalidValueError) as caught:
        queue.put("a", payload)

    assert ("payload", code) == (caught.value.field, caught.value.code)
    assert caught.value.__context__ is None
    assert 0 == queue.counts().waiting


@pytest.mark.parametrize("field", ["due", "expires"])
def test_an_instant_without_a_zone_is_refused(queue: WorkQueue, field: str) -> None:
    """It could be any of 24 hours."""
    naive: Any = {field: datetime(2026, 11, 22)}  # noqa: DTZ001 -- what is refused
    with pytest.raises(InvalidValueError) as caught:
        queue.put("a", {}, **naive)

    assert field == caught.value.field


@pytest.mark.parametrize("priority", [2**31, -(2**31) - 1])
def test_a_priority_fits_in_both_databases(queue: WorkQueue, priority: int) -> None:
    """A number that PostgreSQL cannot keep is refused on both."""
    with pytest.raises(InvalidValueError, match="32 bits"):
        queue.put("a", {}, priority=priority)


def test_many_are_put_in_their_order(queue: WorkQueue) -> None:
    """All that are not known, each once, over several batches."""
    queue.put("7", {"first": True})
    put = queue.put_many((str(number % 1050), {"n": number}) for number in range(1100))
    taken = queue.take(limit=1100)

    assert 1049 == put
    assert ["7", *(str(number) for number in range(1050) if number != 7)] == keys(taken)


def test_many_are_put_whole_or_not_at_all(queue: WorkQueue) -> None:
    """One that cannot be kept stops them all, also in a later batch."""
    jobs: Any = [*((str(number), {}) for number in range(1500)), ("last", {"a": object()})]
    with pytest.raises(InvalidValueError):
        queue.put_many(jobs)

    assert 0 == queue.counts().waiting


def test_none_is_put(queue: WorkQueue) -> None:
    """An empty list of jobs is no error."""
    assert 0 == queue.put_many([])


@pytest.mark.parametrize("way", ["cancel", "extend", "forget", "postpone"])
def test_what_is_rolled_back_did_not_happen(
    store: Store, queue: WorkQueue, clock: Clock, *, way: str
) -> None:
    """A job is changed with what is written beside it, or not at all."""
    queue.put("a", {})
    queue.put("b", {})
    (job,) = queue.take()
    ways: dict[str, Callable[[sqlalchemy.Connection], object]] = {
        "cancel": lambda connection: queue.cancel("b", connection=connection),
        "extend": lambda connection: queue.extend(job, connection=connection),
        "forget": lambda connection: queue.forget(job, connection=connection),
        "postpone": lambda connection: queue.postpone(
            job, at=clock.now, reason="Later", connection=connection
        ),
    }
    before = queue.counts()
    clock.forward(SECOND)
    with contextlib.suppress(LookupError), store.begin() as connection:
        ways[way](connection)
        raise LookupError

    assert (before.waiting, before.leased) == (queue.counts().waiting, queue.counts().leased)
    clock.forward(LEASE - SECOND)
    assert {"a", "b"} == set(keys(queue.take(limit=9)))  # the lease ran out when it would have


def test_a_job_is_put_with_the_hosts_own_work(store: Store, queue: WorkQueue) -> None:
    """It is there when the host's transaction is committed, and not when it is rolled back."""
    engine = sqlalchemy.create_engine(store._place.url, poolclass=sqlalchemy.NullPool)
    with engine.connect() as connection:
        assert queue.put("a", {}, connection=connection)
        connection.rollback()
        assert queue.put("b", {}, connection=connection)
        assert not queue.put("b", {}, connection=connection)
        assert 0 == queue.counts().waiting
        connection.commit()

    assert ["b"] == keys(queue.take(limit=9))


def test_queues_do_not_mix(store: Store) -> None:
    """The same key in two queues is two jobs."""
    one, two = WorkQueue(store, name="one"), WorkQueue(store, name="two")

    assert (True, True, False) == (one.put("a", {}), two.put("a", {}), one.put("a", {}))
    assert ["a"] == keys(one.take(limit=9))
    assert 1 == two.counts().waiting


@pytest.mark.parametrize(
    ("lease", "attempts"), [(timedelta(0), 1), (-SECOND, 1), (SECOND, 0), (SECOND, -1)]
)
def test_terms_that_cannot_work_are_refused(store: Store, lease: timedelta, attempts: int) -> None:
    """No lease would hold, or no attempt be made."""
    with pytest.raises(ConfigError, match="above zero"):
        WorkQueue(store, name="q", lease=lease, max_attempts=attempts)


@pytest.mark.parametrize("name", ["", "a b", "ŵ", "a" * 81])
def test_a_queues_name_is_a_code(store: Store, name: str) -> None:
    """It is printed in errors and logs."""
    with pytest.raises(InvalidValueError):
        WorkQueue(store, name=name)


# ------------------------------------------------------------------ taking and finishing


def test_a_limit_below_one_is_refused(queue: WorkQueue) -> None:
    """Taking nothing is a mistake."""
    with pytest.raises(InvalidValueError, match="at least 1"):
        queue.take(limit=0)


def test_workers_at_once_take_different_jobs(queue: WorkQueue) -> None:
    """Each job is handed to one of them, and none is left."""
    queue.put_many((str(number), {}) for number in range(60))
    taken: list[str] = []

    def work() -> None:
        while jobs := queue.take(limit=3):
            taken.extend(keys(jobs))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(str(number) for number in range(60)) == sorted(taken)


def test_a_mark_stands_or_falls_with_the_hosts_own_work(store: Store, queue: WorkQueue) -> None:
    """What was rolled back is not done, and can be done again."""
    queue.put("a", {})
    (job,) = queue.take()
    engine = sqlalchemy.create_engine(store._place.url, poolclass=sqlalchemy.NullPool)
    with engine.connect() as connection:
        queue.done(job, connection=connection)
        connection.rollback()
        before = queue.counts().done
        queue.done(job, connection=connection)
        connection.commit()

    assert (0, 1) == (before, queue.counts().done)
    assert queue.was_done(job)
    with pytest.raises(LeaseLostError):
        queue.done(job)


def test_a_job_that_is_done_is_forgotten_but_for_its_key(store: Store, queue: WorkQueue) -> None:
    """Nothing of the payload stays in the table."""
    queue.put("a", {"name": "Gwenllian"})
    queue.done(*queue.take())
    with store.read() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM lg_work").mappings().all()

    assert ["{}"] == [row["payload"] for row in rows]
    assert "Gwenllian" not in repr(rows)


def test_what_is_erased_is_gone_from_the_file(tmp_path: Path) -> None:
    """SQLite writes over it, so that a copy of the file does not hold it."""
    file = tmp_path / "a.db"
    with Store(file) as store:
        queue = WorkQueue(store, name="q")
        queue.put("a", {"name": "Gwenllian"})
        queue.set_aside(*queue.take(), reason="Never")
        assert queue.erase("a")

    assert [file] == [*tmp_path.iterdir()]
    assert b"Gwenllian" not in file.read_bytes()


@given(attempts=st.integers(1, 10**9))
def test_the_wait_grows_to_an_hour(attempts: int) -> None:
    """It never shrinks, and never passes an hour."""
    waits = [_jobs.backoff(each) for each in (attempts, attempts + 1)]

    assert timedelta(seconds=5) <= waits[0] <= waits[1] <= timedelta(hours=1)
    assert [5, 10, 20] == [_jobs.backoff(each).total_seconds() for each in (1, 2, 3)]


@given(text=st.text(max_size=100))
def test_a_reason_is_a_code(text: str) -> None:
    """A sentence, which may hold a name, is refused."""
    plain = text.isascii() and text.replace("_", "").replace(".", "").replace("-", "").isalnum()
    if 0 < len(text) <= 80 and (plain or (text != "" and set(text) <= set("_.-"))):
        assert text == _jobs.check_reason(text)
    else:
        with pytest.raises(InvalidValueError):
            _jobs.check_reason(text)


@given(name=st.text(min_size=1, max_size=100))
def test_the_name_of_any_class_becomes_a_reason(name: str) -> None:
    """Whatever letters it is written in."""
    reason = _jobs.reason_of(type("X", (Exception,), {"__qualname__": "X"})())
    assert "X" == reason
    strange = type(Exception)("Ŵ" + "x" * len(name), (Exception,), {})
    assert _jobs.check_reason(_jobs.reason_of(strange()))


@pytest.mark.parametrize("way", ["retry", "set_aside"])
def test_a_reason_that_is_no_code_changes_nothing(queue: WorkQueue, way: str) -> None:
    """The job is still held."""
    queue.put("a", {})
    (job,) = queue.take()
    with pytest.raises(InvalidValueError):
        getattr(queue, way)(job, reason="said Gwenllian")

    queue.done(job)


def test_purging_needs_a_zone(queue: WorkQueue) -> None:
    """An instant without one could be any of 24 hours."""
    with pytest.raises(InvalidValueError):
        queue.purge(before=datetime(2026, 11, 22))  # noqa: DTZ001 -- what is refused


def test_a_job_that_has_expired_is_set_aside(queue: WorkQueue, clock: Clock) -> None:
    """It is handed out until its last instant, and then never; the next one is taken instead."""
    queue.put("a", {}, expires=START + SECOND, priority=1)
    queue.put("b", {})
    clock.forward(SECOND)

    assert ["b"] == keys(queue.take())
    assert [("a", "expired", 0)] == [
        (each.key, each.reason, each.attempts) for each in queue.aside()
    ]


def test_a_job_that_kills_each_worker_is_set_aside(queue: WorkQueue, clock: Clock) -> None:
    """After its last lease has run out it is handed out no more."""
    queue.put("a", {})
    for _ in range(3):
        assert ["a"] == keys(queue.take())
        clock.forward(LEASE)

    assert () == queue.take()
    assert [("lease_ran_out", 3)] == [(each.reason, each.attempts) for each in queue.aside()]


# ------------------------------------------------------------------ what is shown


def test_neither_key_nor_payload_is_printed(queue: WorkQueue) -> None:
    """A key may be a person's reference."""
    queue.put("secret", {"name": "secret"})
    (job,) = queue.take()
    queue.set_aside(job, reason="Never")
    with pytest.raises(LeaseLostError) as caught:
        queue.done(job)

    assert "secret" not in repr(job) + repr(queue.aside()) + repr(caught.value)
    assert job.token not in repr(job)
    assert job == pickle.loads(pickle.dumps(job))
    assert ("q", caught.value.message) == (
        (error := pickle.loads(pickle.dumps(caught.value))).queue,
        error.message,
    )


def test_a_queue_names_itself(store: Store, queue: WorkQueue) -> None:
    """Its repr says where it is, without a password."""
    assert f"WorkQueue({store!r}, name='q')" == repr(queue)
    assert (store, "q", LEASE) == (queue.store, queue.name, queue.lease)
    assert f"Inbox({store!r}, name='in')" == repr(Inbox(store, name="in"))


def test_a_queue_of_a_store_that_is_away_says_so(tmp_path: Path) -> None:
    """The tables are looked for when the queue is built."""
    with pytest.raises(StoreError):
        WorkQueue(Store(f"postgresql://u@/pay?host={tmp_path}"), name="q")
