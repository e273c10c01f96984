"""lg_core.store in several processes: forked, started at once, and without what it needs."""

import gc
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pytest
from children import Child
from core.store_child import prepare
from core.test_fork import in_a_child, result_of
from core.test_store import SCHEMA, add, names
from databases import DIALECTS, database_url

from lg_core.errors import ConfigError
from lg_core.store import Store, WorkQueue

# Python 3.12 and later warn of what is tested here.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")


@pytest.fixture(params=DIALECTS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store with one table, on each database in turn."""
    with Store(database_url(str(request.param), tmp_path)) as made:
        made.prepare(SCHEMA)
        yield made


def test_a_forked_child_has_connections_of_its_own(store: Store) -> None:
    """Parent and child write through one store at once, and nothing is mixed or lost."""

    def write(who: str) -> int:
        for number in range(20):
            with store.begin() as connection:
                add(connection, f"{who}{number:02}")
        return len(names(store))

    write("before")
    children = [in_a_child(lambda who=who: write(who)) for who in ("b", "c")]
    write("d")
    ended = [result_of(*child) for child in children]
    write("e")

    assert all(isinstance(each, int) for each in ended)
    assert 100 == len(names(store))


def test_a_child_forked_inside_of_a_transaction(store: Store) -> None:
    """On SQLite it may not use the store, since the parent's locks would stay for ever."""

    def read_and_close() -> list[str]:
        try:
            found = names(store)
        except ConfigError as error:
            return [error.message]
        store.close()
        return found

    with store.begin() as connection:
        add(connection, "a")
        found = result_of(*in_a_child(read_and_close))
        add(connection, "b")

    assert isinstance(found, list)
    if store.dialect == "sqlite":
        assert "Fork outside of transactions" in found[0]
    else:
        assert [] == found
    assert ["a", "b"] == names(store)


def test_a_fork_waits_for_the_transactions_of_other_threads(store: Store) -> None:
    """A child is forked when they have ended, so it may write at once."""
    inside, go_on = threading.Event(), threading.Event()

    def write() -> None:
        with store.begin() as connection:
            add(connection, "a")
            inside.set()
            go_on.wait(20)

    def write_too() -> list[str]:
        with store.begin() as connection:
            add(connection, "b")
        return names(store)

    thread = threading.Thread(target=write)
    thread.start()
    inside.wait(20)
    threading.Timer(0.05, go_on.set).start()
    found = result_of(*in_a_child(write_too))
    thread.join()

    assert found in (["b"], ["a", "b"])  # PostgreSQL's writers do not wait for each other
    assert ["a", "b"] == names(store)


def test_a_store_that_is_gone_does_not_hinder_a_fork(tmp_path: Path) -> None:
    """Neither it nor its connections are kept alive by what waits for forks."""
    made = Store(tmp_path / "a.db")
    made.prepare(SCHEMA)
    made.close()
    gone = weakref.ref(made)
    gate = made._gate
    assert gate is not None
    del made
    gc.collect()

    assert gone() is None
    assert 1 == result_of(*in_a_child(lambda: 1))
    gate.hold()
    gate.empty()
    gate.reopen()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_processes_may_prepare_a_new_database_at_once(dialect: str, tmp_path: Path) -> None:
    """One makes the tables, the others wait and find them."""
    url = database_url(dialect, tmp_path)
    go = get_context("forkserver").Event()
    children = [Child(partial(prepare, url=url, name=str(number), go=go)) for number in range(4)]
    for child in children:
        child.wait_begun()
    go.set()

    assert [0] * 4 == [child.ended() for child in children]
    with Store(url) as store:
        assert 4 == WorkQueue(store, name="q").counts().waiting


def said_by(script: str, *arguments: str) -> str:
    """Run a script in a process of its own, and return what it printed."""
    return subprocess.run(  # noqa: S603 -- our own Python
        [sys.executable, "-c", script, *arguments],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    ).stdout


def test_without_sqlalchemy_the_error_says_what_to_install() -> None:
    """Importing the package is enough to be told."""
    script = """
import sys
from lg_core.errors import ConfigError

sys.modules["sqlalchemy"] = None
try:
    import lg_core.store
except ConfigError as error:
    print(error)
"""
    assert 'pip install "lg-core[store]"' in said_by(script)


def test_without_psycopg_the_error_says_what_to_install() -> None:
    """A store on PostgreSQL is told so when it is first used."""
    script = """
import sys
from lg_core.errors import ConfigError
from lg_core.store import Store, WorkQueue

sys.modules["psycopg"] = None
try:
    WorkQueue(Store("postgresql://u@host/d"), name="q")
except ConfigError as error:
    print(error)
"""
    assert 'pip install "lg-core[postgresql]"' in said_by(script)


def test_sqlite_loads_neither_psycopg_nor_the_orm(tmp_path: Path) -> None:
    """Not when it works, and not when it looks at what it was given to join."""
    script = """
import sys
from lg_core.errors import ConfigError
from lg_core.store import Store, WorkQueue

queue = WorkQueue(Store(sys.argv[1]), name="q")
try:
    queue.put("a", {}, connection=object())
except ConfigError:
    queue.put("a", {})
print(queue.counts().waiting, {"psycopg", "sqlalchemy.orm"} & set(sys.modules))
"""
    assert "1 set()\n" == said_by(script, str(tmp_path / "a.db"))
