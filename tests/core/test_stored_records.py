"""lg_core.store.StoredRecords: the records of lg_core.records, kept for good."""

import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import sqlalchemy
from core.test_records import KEYS, AgainstADict
from databases import DIALECTS, database_url
from examples import examples
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from lg_core.errors import InvalidValueError
from lg_core.records import Record, RecordChangedError
from lg_core.store import Store, StoredRecords

START = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = START + timedelta(hours=1)


@pytest.fixture
def now() -> list[datetime]:
    """The present instant, to be moved."""
    return [START]


@pytest.fixture(params=DIALECTS)
def store(request: pytest.FixtureRequest, tmp_path: Path, now: list[datetime]) -> Iterator[Store]:
    """An empty store, on each database in turn."""
    with Store(database_url(str(request.param), tmp_path), now=lambda: now[0]) as made:
        yield made


@pytest.fixture
def records(store: Store) -> StoredRecords:
    """Records on the store."""
    return StoredRecords(store)


class AgainstTheSameDict(AgainstADict):
    """What the records in memory are held against, for the records on a database."""

    database: Store
    moved: list[datetime]

    def __init__(self) -> None:
        super().__init__()
        self.moved[0] = START
        self.stored = StoredRecords(self.database)
        self.store = self.stored
        with self.database.begin() as connection:
            connection.execute(sqlalchemy.text("DELETE FROM lg_record"))

    @rule(seconds=st.integers(0, 60))
    def wait(self, seconds: int) -> None:
        """Let time pass."""
        super().wait(seconds)
        self.moved[0] = self.now

    @rule()
    def purge(self) -> None:
        """Remove what has expired."""
        gone = [key for key in self.model if self.alive(key) is None]
        assert len(gone) == self.stored.purge()
        for key in gone:
            del self.model[key]

    @rule(key=KEYS)
    def erase(self, key: str) -> None:
        """Remove a record for good."""
        assert self.stored.erase("k", key) == (self.model.pop(key, None) is not None)

    def says_the_same(self) -> None:
        """Every key reads as the model has it."""
        for key in ("a", "b", "c"):
            held = self.alive(key)
            assert self.store.load("k", key) == (Record("k", key, *held) if held else None)
            assert self.store.load("another kind", key) is None


def test_the_records_do_what_a_dict_does(store: Store, now: list[datetime]) -> None:
    """The tests of the records in memory are passed by the records on a database."""

    class Here(AgainstTheSameDict):
        pass

    Here.database, Here.moved = store, now
    run_state_machine_as_test(
        Here,
        settings=settings(max_examples=examples(12), stateful_step_count=25),
    )


def test_of_many_writers_each_write_is_seen(records: StoredRecords) -> None:
    """Threads that read, add one and write again lose no addition."""
    records.save("k", "a", data={"sum": 0}, expected=None, expires_at=LATER)

    def add() -> None:
        done = 0
        while done < 15:
            read = records.load("k", "a")
            assert read is not None
            try:
                data = {"sum": read.data["sum"] + 1}
                records.save("k", "a", data=data, expected=read.revision, expires_at=LATER)
            except RecordChangedError:
                continue
            done += 1

    threads = [threading.Thread(target=add) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = records.load("k", "a")

    assert found is not None
    assert ({"sum": 45}, 46) == (found.data, found.revision)


def test_of_many_that_make_a_record_one_does(records: StoredRecords) -> None:
    """The others are told that it is there."""
    made: list[str] = []
    barrier = threading.Barrier(4)

    def make(name: str) -> None:
        barrier.wait(20)
        try:
            records.save("k", "a", data={"by": name}, expected=None, expires_at=LATER)
        except RecordChangedError:
            return
        made.append(name)

    threads = [threading.Thread(target=make, args=(str(number),)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = records.load("k", "a")

    assert found is not None
    assert [found.data["by"]] == made


@pytest.mark.parametrize(
    ("data", "expires_at", "error"),
    [
        ({}, datetime(2026, 11, 22), InvalidValueError),  # noqa: DTZ001 -- what is refused
        ({"a": object()}, LATER, TypeError),
        ({"a": float("nan")}, LATER, ValueError),
    ],
)
def test_what_cannot_be_kept_is_refused(  # noqa: PLR0917 -- pytest passes them by name
    records: StoredRecords, data: dict[str, Any], expires_at: datetime, error: type[Exception]
) -> None:
    """An instant without a zone, and what is not JSON."""
    with pytest.raises(error):
        records.save("k", "a", data=data, expected=None, expires_at=expires_at)

    assert records.load("k", "a") is None


def test_any_mapping_and_any_text_can_be_kept(records: StoredRecords) -> None:
    """The data need not be a dict, and may hold what PostgreSQL's own JSON refuses."""
    data: Mapping[str, Any] = MappingProxyType({"a\x00": "\ud800Ŵ"})
    records.save("k", "a", data=data, expected=None, expires_at=LATER)
    found = records.load("k", "a")

    assert found is not None
    assert dict(data) == found.data


def test_the_key_is_not_in_the_database(records: StoredRecords, store: Store) -> None:
    """Who reads a backup cannot take over a session."""
    records.save("lg-web.session", "the-cookie", data={}, expected=None, expires_at=LATER)
    with store.read() as connection:
        rows = connection.execute(sqlalchemy.text("SELECT * FROM lg_record")).all()

    assert 1 == len(rows)
    assert "the-cookie" not in repr(rows)
    assert f"StoredRecords({store!r})" == repr(records)


def test_a_record_is_written_with_the_hosts_own_work(records: StoredRecords, store: Store) -> None:
    """It is there when the host's transaction is committed, and not when it is rolled back."""
    engine = sqlalchemy.create_engine(store._place.url, poolclass=sqlalchemy.NullPool)
    with engine.connect() as host:
        for key, end in (("a", host.rollback), ("b", host.commit)):
            records.save("k", key, data={}, expected=None, expires_at=LATER, connection=host)
            end()

    assert (None, 1) == (records.load("k", "a"), (found := records.load("k", "b")) and 1)
    assert found is not None
