"""lg_core.store.Schema: versions of tables, and the steps from one to the next."""

import itertools
import pickle
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
import sqlalchemy
from databases import DIALECTS, database_url
from hypothesis import given
from hypothesis import strategies as st

from lg_core.store import Schema, SchemaTooNewError, SchemaTooOldError, Step, Store

COLUMNS = ("id", "first", "second")


def schema(version: int) -> Schema:
    """Return a schema as a release of that version has it: each adds a column."""
    metadata = sqlalchemy.MetaData()
    table = sqlalchemy.Table(
        "t_note",
        metadata,
        sqlalchemy.Column("id", sqlalchemy.Integer, primary_key=True),
        *(
            sqlalchemy.Column(name, sqlalchemy.String(9), server_default="a:b%c")
            for name in COLUMNS[1:version]
        ),
    )
    if version > 1:
        sqlalchemy.Index("t_note_first", table.c.first)
    index = "CREATE INDEX t_note_first ON t_note (first)"
    steps = (
        Step(2, (_column("first"), index)),
        Step(3, lambda dialect: (_column("second"),) if dialect in DIALECTS else ()),
    )
    return Schema("t.notes", metadata, version, steps[: version - 1], "t store upgrade")


def _column(name: str) -> str:
    return f"ALTER TABLE t_note ADD COLUMN {name} VARCHAR(9) DEFAULT 'a:b%c'"


@pytest.fixture(params=DIALECTS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, of each kind in turn."""
    return database_url(str(request.param), tmp_path)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A store on it."""
    with Store(url) as made:
        yield made


def columns(store: Store) -> tuple[str, ...]:
    """Name the columns of the table."""
    with store.read() as connection:
        found = sqlalchemy.inspect(connection).get_columns("t_note")
    return tuple(each["name"] for each in found)


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_new_database_gets_the_tables_of_its_version(store: Store, version: int) -> None:
    """They are made whole, without steps, and a second time nothing is done."""
    store.prepare(schema(version))
    store.prepare(schema(version))

    assert COLUMNS[:version] == columns(store)
    assert () == store.upgrade(schema(version))


@pytest.mark.parametrize(("before", "after"), [*itertools.combinations([1, 2, 3], 2)], ids=str)
def test_every_version_can_be_upgraded(url: str, before: int, after: int) -> None:
    """The steps make the same table as a new database has, and keep what was in it."""
    with Store(url) as old:
        old.prepare(schema(before))
        with old.begin() as connection:
            connection.exec_driver_sql("INSERT INTO t_note (id) VALUES (7)")
    with Store(url) as new:
        with pytest.raises(SchemaTooOldError) as caught:
            new.prepare(schema(after))
        done = new.upgrade(schema(after))
        new.prepare(schema(after))
        with new.read() as connection:
            rows = connection.exec_driver_sql("SELECT * FROM t_note").all()
        made = columns(new)

    error = caught.value
    assert ("t.notes", before, after, "t store upgrade") == (
        error.schema,
        error.found,
        error.wanted,
        error.command,
    )
    assert "`t store upgrade`" in error.message
    assert error.message == pickle.loads(pickle.dumps(error)).message
    assert tuple(f"t.notes: {each} to {each + 1}" for each in range(before, after)) == done
    assert COLUMNS[:after] == made
    assert 1 == len(rows)


def test_a_newer_database_is_refused(url: str) -> None:
    """An older release neither uses nor changes it."""
    with Store(url) as new:
        new.prepare(schema(3))
    with Store(url) as old:
        for attempt in (old.prepare, old.upgrade, old.upgrade_sql):
            with pytest.raises(SchemaTooNewError, match="newer release") as caught:
                attempt(schema(2))
            error = caught.value
            assert ("t.notes", 3, 2) == (error.schema, error.found, error.wanted)

        assert COLUMNS == columns(old)


def test_an_upgrade_makes_what_is_missing(store: Store) -> None:
    """On an empty database it does what prepare does."""
    assert ("t.notes: new, at 2",) == store.upgrade(schema(2))
    assert COLUMNS[:2] == columns(store)


def test_a_step_that_fails_changes_nothing(url: str) -> None:
    """All steps are one transaction."""
    with Store(url) as store:
        store.prepare(schema(1))
        good = schema(3)
        bad = Schema("t.notes", good.metadata, 3, (good.steps[0], Step(3, ("NONSENSE",))))
        with pytest.raises(Exception, match="could not do"):
            store.upgrade(bad)

        assert COLUMNS[:1] == columns(store)
        assert ("t.notes: 1 to 2", "t.notes: 2 to 3") == store.upgrade(good)


@pytest.mark.parametrize("before", [0, 1, 2])
def test_the_script_does_what_the_upgrade_does(url: str, before: int) -> None:
    """A database administrator may run it with the database's own tool."""
    with Store(url) as store:
        if before:
            store.prepare(schema(before))
        script = store.upgrade_sql(schema(3))
        if store.dialect == "sqlite":
            with closing(sqlite3.connect(str(store._place.file))) as raw:
                raw.executescript(script)
        else:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(script.encode())
    with Store(url) as store:
        store.prepare(schema(3))

        assert COLUMNS == columns(store)
        assert "-- Nothing to do.\n" == store.upgrade_sql(schema(3))


@given(st.text())
def test_a_schema_has_a_plain_name(name: str) -> None:
    """Small letters, digits, dots and dashes, and nothing that a statement could trip over."""
    plain = name != "" and set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-")
    if plain and name[0].isalpha() and len(name) <= 80:
        assert name == Schema(name, sqlalchemy.MetaData()).name
    else:
        with pytest.raises(ValueError, match="small letters"):
            Schema(name, sqlalchemy.MetaData())


@pytest.mark.parametrize("to", [(), (3,), (2, 2), (3, 2), (2, 3, 4)])
def test_no_step_may_be_missing(to: tuple[int, ...]) -> None:
    """Each version from 2 to the schema's own needs one, in order."""
    with pytest.raises(ValueError, match="one step for each version"):
        Schema("t", sqlalchemy.MetaData(), 3, tuple(Step(each, ()) for each in to))
