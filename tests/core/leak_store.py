# SPDX-License-Identifier: MIT
"""Probes of what is kept: stores, queues, inboxes and records, and what goes wrong with them."""

import sqlite3
import tempfile
import threading
from collections.abc import Generator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy
from databases import DIALECTS, database_url
from pay.leak_platforms import probe
from pay.leaks import PLANTED, Saw

from lg_core.store import (
    Inbox,
    Instant,
    Job,
    LeaseLostError,
    Ran,
    RetryLater,
    Schema,
    SchemaTooNewError,
    SchemaTooOldError,
    SetAside,
    Step,
    Store,
    StoredRecords,
    Worker,
    WorkQueue,
    utc_now,
)

KEY, NAME = PLANTED["reference"], PLANTED["name"]
PAYLOAD = {PLANTED["metadata key"]: [NAME, PLANTED["e-mail"]], "card": PLANTED["card number"]}
METADATA = sqlalchemy.MetaData()
TABLE = sqlalchemy.Table(
    "t_person",
    METADATA,
    sqlalchemy.Column("name", sqlalchemy.String(40), primary_key=True),
    sqlalchemy.Column("at", Instant),
)
SCHEMA = Schema("t.people", METADATA)


@contextmanager
def stores(saw: Saw) -> Generator[list[Store]]:
    """Open a store on each kind of database."""
    with tempfile.TemporaryDirectory() as folder:
        opened = [Store(database_url(dialect, Path(folder))) for dialect in DIALECTS]
        saw(opened)
        yield opened
        for store in opened:
            store.close()


@probe
def where_a_store_is_kept(saw: Saw) -> None:
    """An address that is wrong, or that cannot be reached, is not repeated."""
    secret = PLANTED["proxy password"]
    for url in (
        f"postgresql://u:{secret}@h:port/d",
        f"postgresql://u:{secret}@h",
        f"postgresql+other://u:{secret}@h/d",
        f"mysql://u:{secret}@h/d",
        f"postgresql://u@h/d?password={secret}",
        f"sqlite://{secret}/d",
        f"sqlite:///d?{secret}",
        f"://{secret}",
    ):
        saw.attempt(Store, url)
    with tempfile.TemporaryDirectory() as folder:
        gone = Store(f"postgresql://u:{secret}@/d?host={folder}")
        saw(gone)
        saw.attempt(gone.prepare, SCHEMA)
        letter = Path(folder) / "letter.txt"
        letter.write_text(NAME * 100)
        saw.attempt(Store(letter).prepare, SCHEMA)
        saw.attempt(Store(Path(folder) / "missing" / "a.db").prepare, SCHEMA)


@probe
def what_a_store_is_told(saw: Saw) -> None:
    """An error of a database repeats no value, and no log line holds one."""
    with stores(saw) as opened:
        for store in opened:
            store.prepare(SCHEMA)
            saw.attempt(write, store, {"name": NAME, "at": store.now()})
            saw.attempt(write, store, {"name": NAME, "at": utc_now()})
            saw.attempt(write, store, {"name": NAME * 9, "at": None})
            saw.attempt(write, store, {"name": NAME, "at": datetime(2026, 1, 1)})  # noqa: DTZ001 -- refused
            saw.attempt(read, store, sqlalchemy.select(TABLE).where(TABLE.c.name == NAME))
            saw.attempt(read, store, sqlalchemy.text("SELECT t_no FROM t_person"))
            saw.attempt(join, store, object())
            saw.attempt(nested, store)
    saw.attempt(Schema, NAME, METADATA)


def write(store: Store, values: dict[str, Any]) -> None:
    """Write a row."""
    with store.begin() as connection:
        connection.execute(TABLE.insert().values(values))


def read(store: Store, statement: sqlalchemy.Executable) -> None:
    """Read rows, and leave them."""
    with store.read() as connection:
        connection.execute(statement).all()


def join(store: Store, host: object) -> None:
    """Write a row for a host, twice."""
    with store.begin(host) as connection:
        connection.execute(TABLE.insert().values([{"name": NAME}, {"name": NAME}]))


def nested(store: Store) -> None:
    """Begin inside of a transaction."""
    with store.begin() as connection:
        connection.execute(TABLE.insert().values({"name": NAME * 2}))
        write(store, {"name": NAME})


@probe
def what_a_host_joins(saw: Saw) -> None:
    """The host's own connection is spoken on, and what fails there repeats nothing either."""
    with stores(saw) as opened:
        for store in opened:
            store.prepare(SCHEMA)
            engine = sqlalchemy.create_engine(
                store._place.url, poolclass=sqlalchemy.NullPool, hide_parameters=True
            )
            with engine.connect() as host:
                saw.attempt(join, store, host)
        file = opened[0]._place.file
        with closing(sqlite3.connect(str(file))) as raw:
            saw.attempt(join, opened[0], raw)


@probe
def how_tables_change(saw: Saw) -> None:
    """Versions, steps and scripts."""
    step = Step(2, lambda _dialect: ("CREATE TABLE t_more (id INTEGER)",))
    newer = Schema("t.people", METADATA, 2, (step,), "t store upgrade")
    saw([step, newer])
    with stores(saw) as opened:
        for store in opened:
            store.prepare(SCHEMA)
            saw.attempt(store.prepare, newer)
            saw.text("script", store.upgrade_sql(newer))
            saw.attempt(store.upgrade, newer)
            with (
                Store(store._place.url.render_as_string(hide_password=False))
                if (store.dialect == "sqlite")
                else store as again
            ):
                saw.attempt(again.upgrade, SCHEMA)
    saw(SchemaTooOldError("t", found=1, wanted=2, command="t"))
    saw(SchemaTooNewError("t", found=2, wanted=1))


@probe
def what_is_to_be_done(saw: Saw) -> None:
    """Jobs, whose keys and payloads are somebody's, through all their states."""
    with stores(saw) as opened:
        for store in opened:
            queue = WorkQueue(store, name="q", max_attempts=2)
            saw(queue)
            saw.attempt(queue.put, KEY, {**PAYLOAD, "wrong": object()})
            saw.attempt(queue.put, KEY * 50, PAYLOAD)
            saw.attempt(queue.put, f"{KEY}\0", PAYLOAD)
            saw.attempt(queue.put, KEY, PAYLOAD, due=datetime(2026, 1, 1))  # noqa: DTZ001 -- refused
            saw.attempt(queue.put, KEY, PAYLOAD)
            saw.attempt(queue.put_many, [(f"{KEY}-{each}", PAYLOAD) for each in range(5)])
            jobs = queue.take(limit=3)
            saw(jobs)
            saw.attempt(queue.extend, jobs[0])
            saw.attempt(queue.done, jobs[0])
            saw.attempt(queue.done, jobs[0])
            saw.attempt(queue.was_done, jobs[0])
            saw.attempt(queue.retry, jobs[1], reason=NAME)
            saw.attempt(queue.retry, jobs[1], reason="Later")
            saw.attempt(queue.set_aside, jobs[2], reason=NAME)
            saw.attempt(queue.set_aside, jobs[2], reason="Never")
            saw.attempt(queue.give_back, jobs[2])
            saw.attempt(queue.give_back, *queue.take())
            (taken,) = queue.take()
            saw.attempt(queue.postpone, taken, at=utc_now(), reason=NAME)
            saw.attempt(queue.postpone, taken, at=utc_now(), reason="Later")
            saw.attempt(queue.postpone, taken, at=utc_now(), reason="Later")
            saw.attempt(queue.forget, taken)
            saw.attempt(queue.forget, *queue.take())
            saw.attempt(queue.cancel, KEY)
            saw(queue.aside())
            saw(queue.counts())
            columns_besides_the_payload(saw, store)
            saw.attempt(queue.put_back, jobs[2].key)
            saw.attempt(queue.erase, jobs[0].key)
            saw.attempt(queue.purge, before=utc_now())
    saw(LeaseLostError("q"))


def columns_besides_the_payload(saw: Saw, store: Store) -> None:
    """Look at what a person who looks at the table sees; a key is the caller's own choice."""
    with store.read() as connection:
        rows = connection.execute(sqlalchemy.text("SELECT * FROM lg_work")).mappings().all()
    for row in rows:
        shown = {name: value for name, value in row.items() if name not in {"payload", "key"}}
        saw.text("columns", repr(shown))


@probe
def who_does_it(saw: Saw) -> None:
    """Workers, whose handlers fail with what they were given in their hands."""

    def handle(job: Job) -> None:
        number = int(job.key.rpartition("-")[2])
        answers = [
            ValueError(NAME),
            RetryLater(utc_now() + timedelta(hours=1), "later"),
            SetAside("never"),
            None,
        ]
        answer = answers[number % len(answers)]
        if answer:
            raise answer

    with stores(saw) as opened:
        for store in opened:
            inbox = Inbox(store, name="in", max_attempts=1)
            saw(inbox)
            for each in range(8):
                saw.attempt(inbox.receive, f"{KEY}-{each}", PAYLOAD)
            worker = Worker(inbox.queue, handle)
            saw(worker)
            saw(worker.run_once(limit=6))
            stop = threading.Event()
            stop.set()
            saw(worker.run(stop, poll=0.01) + Ran())
            saw(inbox.queue.aside())
    for wrong in (RetryLater, SetAside):
        saw.attempt(wrong, reason=NAME)
    saw([RetryLater(datetime.now(UTC), "later"), SetAside("never")])


@probe
def what_is_remembered(saw: Saw) -> None:
    """Records, whose keys are secrets."""
    with stores(saw) as opened:
        for store in opened:
            records = StoredRecords(store)
            saw(records)
            until = utc_now() + timedelta(hours=1)
            for _ in range(2):  # the second is refused
                saw.attempt(save, records, until)
            saw.attempt(save, records, datetime(2026, 1, 1))  # noqa: DTZ001 -- refused
            saw(records.load("k", KEY))
            saw.attempt(records.erase, "k", KEY)
            saw.attempt(records.remove, "k", KEY)
            saw.attempt(records.purge)


def save(records: StoredRecords, until: datetime) -> object:
    """Write a record."""
    return records.save("k", KEY, data=PAYLOAD, expected=None, expires_at=until)
