"""lg_core.store.Inbox: what others send is kept once, and worked on later."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy
from databases import DIALECTS, database_url

from lg_core.store import Inbox, Job, Ran, Store, Worker

START = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def now() -> list[datetime]:
    """The present instant, to be moved."""
    return [START]


@pytest.fixture(params=DIALECTS)
def store(request: pytest.FixtureRequest, tmp_path: Path, now: list[datetime]) -> Iterator[Store]:
    """An empty store, on each database in turn."""
    with Store(database_url(str(request.param), tmp_path), now=lambda: now[0]) as made:
        yield made


def test_a_message_is_kept_once(store: Store, now: list[datetime]) -> None:
    """A replay is known while it waits, while it is worked on, and for as long as it is kept."""
    inbox = Inbox(store, name="in", keep=timedelta(days=1))
    seen: list[object] = []

    def handle(job: Job) -> None:
        seen.append(job.payload)
        assert not inbox.receive("m1", {"n": 2})

    assert inbox.receive("m1", {"n": 1})
    assert not inbox.receive("m1", {"n": 2})
    assert Ran(done=1) == Worker(inbox.queue, handle).run_once()
    now[0] += timedelta(hours=23)
    assert not inbox.receive("m1", {"n": 2})
    assert Ran() == Worker(inbox.queue, handle).run_once()
    now[0] += timedelta(hours=1)
    assert inbox.receive("m1", {"n": 3})
    assert Ran(done=1) == Worker(inbox.queue, handle).run_once()
    assert [{"n": 1}, {"n": 3}] == seen


def test_a_message_is_kept_with_the_hosts_own_work(store: Store) -> None:
    """It is there when the host's transaction is committed."""
    inbox = Inbox(store, name="in")
    engine = sqlalchemy.create_engine(store._place.url, poolclass=sqlalchemy.NullPool)
    with engine.begin() as connection:
        assert inbox.receive("m1", {}, connection=connection)
        assert 0 == inbox.queue.counts().waiting

    assert 1 == inbox.queue.counts().waiting


def test_a_message_that_cannot_be_worked_on_is_set_aside(store: Store) -> None:
    """After its last attempt it waits for a person, and a replay does not bring it back."""
    inbox = Inbox(store, name="in", max_attempts=1, lease=timedelta(seconds=9))

    def fail(_job: Job) -> None:
        raise ValueError

    inbox.receive("m1", {"n": 1})
    Worker(inbox.queue, fail).run_once()

    assert not inbox.receive("m1", {"n": 1})
    assert [("ValueError", {"n": 1})] == [
        (each.reason, each.payload) for each in inbox.queue.aside()
    ]
    assert timedelta(seconds=9) == inbox.queue.lease
