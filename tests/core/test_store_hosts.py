"""lg_core.store inside a transaction of the program around it: joined, and never ended."""

import sqlite3
import uuid
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any, cast

import django_project
import psycopg
import pytest
import sqlalchemy
from core.test_store import SCHEMA, START, THINGS, add, names
from databases import DIALECTS, database_url, fresh_postgres
from django.db import connections, transaction
from psycopg.rows import dict_row
from psycopg.types.string import TextLoader
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from lg_core.errors import ConfigError
from lg_core.store import Instant, Store, StoreError, StoreFault


@pytest.fixture(params=DIALECTS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store with one table, on each database in turn."""
    with Store(database_url(str(request.param), tmp_path)) as made:
        made.prepare(SCHEMA)
        yield made


Host = Callable[[Store], AbstractContextManager[tuple[Any, Callable[[], Any], Callable[[], Any]]]]
"""Opens a host's transaction: its connection, what commits it, and what rolls it back."""


def engine_of(store: Store) -> sqlalchemy.Engine:
    """Make an engine as a host has one, with the driver's own settings."""
    return sqlalchemy.create_engine(store._place.url, poolclass=sqlalchemy.NullPool)


@contextmanager
def core(store: Store) -> Generator[tuple[Any, Any, Any]]:
    """SQLAlchemy's Connection."""
    with engine_of(store).connect() as connection:
        yield connection, connection.commit, connection.rollback


@contextmanager
def core_begun(store: Store) -> Generator[tuple[Any, Any, Any]]:
    """SQLAlchemy's Connection, with a transaction that was begun by name."""
    with engine_of(store).connect() as connection:
        transaction = connection.begin()
        yield connection, transaction.commit, transaction.rollback


@contextmanager
def orm(store: Store) -> Generator[tuple[Any, Any, Any]]:
    """SQLAlchemy's Session."""
    with Session(engine_of(store)) as session:
        yield session, session.commit, session.rollback


@contextmanager
def orm_scoped(store: Store) -> Generator[tuple[Any, Any, Any]]:
    """SQLAlchemy's session of the present thread."""
    session = scoped_session(sessionmaker(engine_of(store)))
    yield session, session.commit, session.rollback
    session.remove()


def _sqlite_file(store: Store) -> str:
    return str(store._place.file)


@contextmanager
def driver(store: Store) -> Generator[tuple[Any, Any, Any]]:
    """The driver's connection as it is."""
    if store.dialect == "sqlite":
        with closing(sqlite3.connect(_sqlite_file(store))) as raw:
            yield raw, raw.commit, raw.rollback
    else:
        url = store._place.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(url) as connection:
            yield connection, connection.commit, connection.rollback


@contextmanager
def driver_of_taste(store: Store) -> Generator[tuple[Any, Any, Any]]:
    """The driver's connection with rows of the host's own kind, and transactions by hand."""
    if store.dialect == "sqlite":
        with closing(sqlite3.connect(_sqlite_file(store), isolation_level=None)) as raw:
            raw.row_factory = sqlite3.Row
            raw.execute("BEGIN")
            yield raw, raw.commit, raw.rollback
    else:
        url = store._place.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(url, autocommit=True, row_factory=cast("Any", dict_row)) as connection:
            connection.execute("BEGIN")
            yield (
                connection,
                lambda: connection.execute("COMMIT"),
                lambda: connection.execute("ROLLBACK"),
            )


@contextmanager
def django_atomic(store: Store) -> Generator[tuple[Any, Any, Any]]:
    """Django's connection, inside of `transaction.atomic()`."""
    connection = django_connection(store)
    atomic: Any = transaction.Atomic(connection.alias, savepoint=True, durable=False)
    atomic.__enter__()
    ended = False

    def end(*error: object) -> None:
        nonlocal ended
        ended = True
        atomic.__exit__(*error)

    yield connection, lambda: end(None, None, None), lambda: end(ValueError, ValueError(), None)
    if not ended:
        end(ValueError, ValueError(), None)
    connection.close()


def django_connection(store: Store) -> Any:
    """Return Django's connection to the store's database, without a settings module."""
    url, name = store._place.url, uuid.uuid4().hex
    kind = "sqlite3" if store.dialect == "sqlite" else "postgresql"
    django_project.set_up()
    cast("Any", connections).settings[name] = {
        "ENGINE": f"django.db.backends.{kind}",
        "NAME": url.database,
        "USER": url.username or "",
        "PASSWORD": "",
        "HOST": str(url.query.get("host", "")),
        "PORT": "",
        "ATOMIC_REQUESTS": False,
        "AUTOCOMMIT": True,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": False,
        "OPTIONS": {},
        "TIME_ZONE": None,
        "TEST": {},
    }
    return cast("Any", connections)[name]


HOSTS: tuple[Host, ...] = (
    core,
    core_begun,
    orm,
    orm_scoped,
    driver,
    driver_of_taste,
    django_atomic,
)


@pytest.mark.parametrize("host", HOSTS)
def test_the_host_commits(store: Store, host: Host) -> None:
    """Nothing is there before the host commits, and all is there after it did."""
    with host(store) as (connection, commit, _rollback):
        with store.begin(connection) as joined:
            add(joined, "a", START)
            found = joined.execute(sqlalchemy.select(THINGS)).all()
        with store.begin(connection) as joined:
            add(joined, "b", START)
        before = names(store)
        commit()
        after = names(store)

    assert [("a", START)] == found
    assert ([], ["a", "b"]) == (before, after)


@pytest.mark.parametrize("host", HOSTS)
def test_the_host_rolls_back(store: Store, host: Host) -> None:
    """What was written for the host goes with what it wrote itself."""
    with host(store) as (connection, _commit, rollback):
        with store.begin(connection) as joined:
            add(joined, "a")
        rollback()

    assert [] == names(store)


@pytest.mark.parametrize("host", HOSTS)
def test_what_fails_is_undone_alone(store: Store, host: Host) -> None:
    """A host that goes on after an error commits its own work, and no half of ours."""

    def fail(connection: object) -> None:
        with store.begin(connection) as joined:
            add(joined, "b")
            add(joined, "a")

    with host(store) as (connection, commit, _rollback):
        with store.begin(connection) as joined:
            add(joined, "a")
        with pytest.raises(StoreError) as caught:
            fail(connection)
        with store.begin(connection) as joined:
            add(joined, "c")
        commit()

    assert StoreFault.CONFLICT == caught.value.fault
    assert ["a", "c"] == names(store)


def test_the_host_keeps_its_settings(store: Store) -> None:
    """Its rows are of its own kind after the store has used the connection."""
    with driver_of_taste(store) as (connection, commit, _rollback):
        with store.begin(connection) as joined:
            add(joined, "a", START)
        row = connection.execute("SELECT name FROM t_thing").fetchone()
        commit()

    assert "a" == row["name"]


def test_no_transaction_is_no_transaction_to_join(store: Store) -> None:
    """A connection that commits each statement by itself is refused."""
    hosts: list[Any] = []
    if store.dialect == "sqlite":
        hosts.append(sqlite3.connect(_sqlite_file(store), isolation_level=None))
    else:
        url = store._place.url.set(drivername="postgresql").render_as_string(hide_password=False)
        hosts.append(psycopg.connect(url, autocommit=True))
    autocommit = engine_of(store).connect().execution_options(isolation_level="AUTOCOMMIT")
    hosts += [autocommit, django_connection(store)]
    for host in hosts:
        with pytest.raises(ConfigError, match="no transaction to join"), store.begin(host):
            raise AssertionError
        host.close()

    assert [] == names(store)


def test_another_kind_of_database_is_refused(tmp_path: Path) -> None:
    """A connection to SQLite does not write the tables of PostgreSQL, nor the reverse."""
    url = fresh_postgres()
    with (
        Store(tmp_path / "a.db") as file,
        Store(url) as server,
        closing(sqlite3.connect(":memory:")) as lite,
        psycopg.connect(url) as post,
        engine_of(file).connect() as core_lite,
        engine_of(server).connect() as core_post,
    ):
        for store, host in ((file, post), (file, core_post), (server, lite), (server, core_lite)):
            with pytest.raises(ConfigError, match="another kind"), store.begin(host):
                raise AssertionError


@pytest.mark.parametrize("host", [object(), 1, "sqlite:///a.db"])
def test_what_is_no_connection_is_refused(store: Store, host: object) -> None:
    """The error names what can be joined."""
    with pytest.raises(ConfigError, match="none that a store can join"), store.begin(host):
        raise AssertionError


def test_another_file_is_refused(tmp_path: Path) -> None:
    """A host's connection must be to the store's own file, by whatever name."""
    (tmp_path / "link.db").symlink_to(tmp_path / "a.db")
    with Store(tmp_path / "a.db") as store:
        store.prepare(SCHEMA)
        for name in (str(tmp_path / "b.db"), ":memory:"):
            with (
                closing(sqlite3.connect(name)) as raw,
                pytest.raises(ConfigError, match="another file"),
                store.begin(raw),
            ):
                raise AssertionError
        with closing(sqlite3.connect(tmp_path / "link.db")) as raw:
            with store.begin(raw) as joined:
                add(joined, "a")
            raw.commit()
        assert ["a"] == names(store)


def test_texts_of_another_kind_are_refused(tmp_path: Path) -> None:
    """A connection that reads texts as bytes would give the store what it did not write."""
    with Store(tmp_path / "a.db") as store, closing(sqlite3.connect(tmp_path / "a.db")) as raw:
        store.prepare(SCHEMA)
        raw.text_factory = bytes
        with pytest.raises(ConfigError, match="text_factory"), store.begin(raw):
            raise AssertionError


def test_a_joined_block_may_stand_in_one_of_the_stores_own(store: Store) -> None:
    """The connection of the store's own transaction can be given on."""
    with store.begin() as outer, store.begin(outer) as inner:
        add(inner, "a")

    assert ["a"] == names(store)


@pytest.mark.parametrize("host", HOSTS)
def test_what_joined_a_host_can_be_joined_in_turn(store: Store, host: Host) -> None:
    """A block in the host's transaction gives its connection on, as to a queue of the store's."""
    with host(store) as (connection, commit, _rollback):
        with store.begin(connection) as joined, store.begin(joined) as inner:
            add(inner, "a")
        before = names(store)
        commit()

    assert ([], ["a"]) == (before, names(store))


def test_an_instant_is_read_rightly_whatever_the_host_has_set() -> None:
    """Django without time zones reads instants as local times; the store's cursors do not."""
    url = fresh_postgres()
    with Store(url) as store, psycopg.connect(url) as connection:
        store.prepare(SCHEMA)
        connection.execute("SET TIME ZONE 'Asia/Tokyo'")
        connection.adapters.register_loader("timestamptz", TextLoader)
        with store.begin(connection) as joined:
            add(joined, "a", START)
            found = joined.execute(sqlalchemy.select(THINGS.c.at)).scalar_one()

    assert isinstance(THINGS.c.at.type, Instant)
    assert START == found
