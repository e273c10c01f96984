"""lg_core.store.Store: whole transactions on the disk, at a place that can hold them."""

import pickle
import re
import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import psycopg
import pytest
import sqlalchemy
from databases import DIALECTS, database_url, fresh_postgres
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError, StatementError

from lg_core.errors import ConfigError, InvalidValueError
from lg_core.store import (
    Instant,
    Schema,
    Store,
    StoreError,
    StoreFault,
)

START = datetime(2026, 11, 22, 12, tzinfo=UTC)
METADATA = sqlalchemy.MetaData()
THINGS = sqlalchemy.Table(
    "t_thing",
    METADATA,
    sqlalchemy.Column("name", sqlalchemy.String(80), primary_key=True),
    sqlalchemy.Column("at", Instant),
)
SCHEMA = Schema("t.things", METADATA)


@pytest.fixture(params=DIALECTS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store with one table, on each database in turn."""
    with Store(database_url(str(request.param), tmp_path), now=lambda: START) as made:
        made.prepare(SCHEMA)
        yield made


def add(connection: sqlalchemy.Connection, name: str, at: datetime | None = None) -> None:
    """Write a row."""
    connection.execute(THINGS.insert().values(name=name, at=at))


def names(store: Store) -> list[str]:
    """Read all rows, as somebody else would."""
    with store.read() as connection:
        return [*connection.execute(sqlalchemy.select(THINGS.c.name).order_by("name")).scalars()]


# ------------------------------------------------------------------ transactions


def test_a_block_is_committed_whole(store: Store) -> None:
    """What a block wrote is there for others when it has ended, and not before."""
    with store.begin() as connection:
        add(connection, "a")
        add(connection, "b")
        before = names(store)

    assert ([], ["a", "b"]) == (before, names(store))


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_block_that_raises_writes_nothing(store: Store, error: type[BaseException]) -> None:
    """Whatever is raised, nothing of the block stays, and the error is the block's own."""

    def write_and_raise() -> None:
        with store.begin() as connection:
            add(connection, "a")
            raise error

    with pytest.raises(error):
        write_and_raise()

    assert [] == names(store)


def test_a_second_transaction_in_the_same_thread_is_refused(store: Store) -> None:
    """It would wait for the first for ever; the error says what to give instead."""

    def write_in_two() -> None:
        with store.begin() as connection:
            add(connection, "a")
            with store.begin():
                raise AssertionError

    with pytest.raises(ConfigError, match="connection=connection"):
        write_in_two()

    with store.begin() as connection:
        add(connection, "b")
    assert ["b"] == names(store)


def test_all_reads_of_a_block_see_one_state(store: Store) -> None:
    """A writer in between does not change what a reader has begun to read."""
    count = sqlalchemy.select(sqlalchemy.func.count()).select_from(THINGS)
    with store.read() as reader:
        first = reader.execute(count).scalar_one()
        with store.begin() as connection:
            add(connection, "a")
        second = reader.execute(count).scalar_one()

    assert (0, 0, ["a"]) == (first, second, names(store))


def test_threads_write_one_after_the_other(store: Store) -> None:
    """Writers that read before they write wait for each other, and lose nothing."""

    def work(number: int) -> None:
        for each in range(10):
            with store.begin() as connection:
                connection.execute(sqlalchemy.select(THINGS)).all()
                add(connection, f"{number}-{each}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 40 == len(names(store))


def test_a_closed_store_opens_again(store: Store) -> None:
    """Closing ends the connections and not the store."""
    store.close()
    with store.begin() as connection:
        add(connection, "a")

    assert ["a"] == names(store)


def test_closing_a_store_that_was_never_opened_does_nothing(tmp_path: Path) -> None:
    """No file is made."""
    Store(tmp_path / "a.db").close()

    assert [] == [*tmp_path.iterdir()]


# ------------------------------------------------------------------ instants


@given(
    instant=st.datetimes(
        min_value=datetime(1900, 1, 1),  # noqa: DTZ001 -- hypothesis adds the zone
        max_value=datetime(9998, 1, 1),  # noqa: DTZ001 -- as above
        timezones=st.integers(-23, 23).map(lambda hours: timezone(timedelta(hours=hours))),
    )
)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_instant_comes_back_as_it_was(
    dialect: str, instant: datetime, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """It is the same instant to the microsecond, in UTC, and sorts by time."""
    store = _one_store(dialect, tmp_path_factory)
    earlier = instant - timedelta(microseconds=1)
    with store.begin() as connection:
        connection.execute(THINGS.delete())
        add(connection, "b", instant)
        add(connection, "a", earlier)
    with store.read() as connection:
        found = [*connection.execute(sqlalchemy.select(THINGS.c.at).order_by("at")).scalars()]

    assert [earlier, instant] == found
    assert all(each is not None and each.tzinfo is UTC for each in found)


_stores: dict[str, Store] = {}


def _one_store(dialect: str, folders: pytest.TempPathFactory) -> Store:
    """Keep one store for all examples."""
    if dialect not in _stores:
        _stores[dialect] = Store(database_url(dialect, folders.mktemp("instants")))
        _stores[dialect].prepare(SCHEMA)
    return _stores[dialect]


def test_an_instant_without_a_zone_is_refused(store: Store) -> None:
    """It could be any of 24 hours."""
    naive = datetime(2026, 11, 22)  # noqa: DTZ001 -- what is refused
    with pytest.raises(StatementError) as caught, store.begin() as connection:
        add(connection, "a", naive)

    assert isinstance(caught.value.orig, InvalidValueError)
    assert "naive" == caught.value.orig.code


def test_no_instant_is_no_instant(store: Store) -> None:
    """A column may be empty."""
    with store.begin() as connection:
        add(connection, "a", None)
    with store.read() as connection:
        assert (None,) == connection.execute(sqlalchemy.select(THINGS.c.at)).one()


def test_the_time_is_utc_whatever_the_clock_says() -> None:
    """A clock of another zone is read as the same instant."""
    summer = START.astimezone(timezone(timedelta(hours=1)))

    assert (START, UTC) == (
        (now := Store("a.db", now=lambda: summer).now()),
        now.tzinfo,
    )
    assert Store("a.db").now().tzinfo is UTC


# ------------------------------------------------------------------ errors


def test_an_error_of_the_database_repeats_no_value(store: Store) -> None:
    """The driver's sentence and the parameters are dropped; the code stays."""
    secret = "Gwenllian Quillfeather"
    with store.begin() as connection:
        add(connection, secret)
    with pytest.raises(StoreError) as caught, store.begin() as connection:
        add(connection, secret)
    error = caught.value

    assert StoreFault.CONFLICT == error.fault
    assert error.detail in {"SQLITE_CONSTRAINT_PRIMARYKEY", "23505"}
    assert not error.retryable
    hangs = error.__context__
    assert hangs is not None
    assert hangs.__context__ is None
    assert hangs.__cause__ is None
    for each in (str(error), repr(hangs), str(hangs), repr(vars(hangs)), repr(hangs.args)):
        assert secret not in each
    assert str(error) == str(pickle.loads(pickle.dumps(error)))


def test_a_block_may_handle_an_error_of_the_database_itself(store: Store) -> None:
    """Inside of the block it is the driver's own."""
    with store.begin() as connection:
        add(connection, "a")
        with pytest.raises(IntegrityError), connection.begin_nested():
            add(connection, "a")
        add(connection, "b")

    assert ["a", "b"] == names(store)


@pytest.mark.parametrize("statement", ["SELECT * FROM t_missing", "SELECT missing FROM t_thing"])
def test_a_missing_table_says_what_to_do(store: Store, statement: str) -> None:
    """A table or a column that is not there is named as such."""
    with pytest.raises(StoreError, match=re.escape("prepare()")) as caught, store.read() as reader:
        reader.exec_driver_sql(statement)

    assert StoreFault.NOT_PREPARED == caught.value.fault


def test_a_wrong_statement_is_a_failure(store: Store) -> None:
    """What fits no kind of fault is said with the database's code."""
    with pytest.raises(StoreError) as caught, store.read() as reader:
        reader.exec_driver_sql("NONSENSE")

    assert StoreFault.FAILED == caught.value.fault
    assert caught.value.detail in {"SQLITE_ERROR", "42601"}


def test_a_file_that_is_locked_for_too_long_is_busy(tmp_path: Path) -> None:
    """A writer that others keep out gets an error that may be tried again."""
    with Store(tmp_path / "a.db") as store:
        store.prepare(SCHEMA)
        other = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with store.read() as connection:  # its connection goes back to the pool, and serves again
            connection.exec_driver_sql("PRAGMA busy_timeout=0")
        with pytest.raises(StoreError) as caught, store.begin():
            raise AssertionError
        other.close()

    assert StoreFault.BUSY == caught.value.fault
    assert caught.value.retryable


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """It is not written over."""
    file = tmp_path / "letter.txt"
    file.write_text("Dear council, " * 100)
    with pytest.raises(StoreError) as caught:
        Store(file).prepare(SCHEMA)

    assert StoreFault.DAMAGED == caught.value.fault
    assert file.read_text().startswith("Dear council")


def test_a_database_that_is_not_there_is_refused() -> None:
    """A wrong name is told at the first use, without what the address holds."""
    url = re.sub(r"/lg_\w+", "/lg_missing", fresh_postgres())
    with pytest.raises(StoreError) as caught:
        Store(url).prepare(SCHEMA)

    assert StoreFault.REFUSED == caught.value.fault


def test_a_server_that_is_not_there_is_unreachable(tmp_path: Path) -> None:
    """The error may be tried again, and holds no password."""
    url = f"postgresql://u:hunter2zq@/pay?host={tmp_path}"
    with pytest.raises(StoreError) as caught:
        Store(url).prepare(SCHEMA)

    assert StoreFault.UNREACHABLE == caught.value.fault
    assert "hunter2zq" not in repr(caught.value.__context__)


def test_a_connection_that_was_cut_is_replaced() -> None:
    """After the server ended a connection, the next block opens another."""
    url = fresh_postgres()
    with Store(url) as store, psycopg.connect(url, autocommit=True) as other:
        store.prepare(SCHEMA)
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
        mine = "current_database() AND pid <> pg_backend_pid()"

        def write_and_cut() -> None:
            with store.begin() as connection:
                add(connection, "a")
                other.execute(f"{cut}{mine}".encode())

        with pytest.raises(StoreError) as caught:
            write_and_cut()
        with store.begin() as connection:
            add(connection, "b")
        found = names(store)

    assert StoreFault.UNREACHABLE == caught.value.fault
    assert ["b"] == found


def test_a_pool_that_is_used_up_is_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that holds too many connections is told so, and may try again."""
    store = Store(tmp_path / "a.db")
    store.prepare(SCHEMA)
    engine = store._opened()
    pool = engine.pool
    assert isinstance(pool, sqlalchemy.QueuePool)
    monkeypatch.setattr(pool, "_timeout", 0)
    held = [engine.connect() for _ in range(5 + 50)]
    with pytest.raises(StoreError) as caught, store.read():
        raise AssertionError
    for each in held:
        each.close()
    store.close()

    assert (StoreFault.BUSY, "no free connection") == (caught.value.fault, caught.value.detail)
