# SPDX-License-Identifier: MIT
"""`lg-notify work`: sends, receives, polls and tells, once or until it is stopped."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import timedelta
from functools import partial
from importlib import import_module
from pathlib import Path

import pytest
from children import Child
from notify import command_child
from notify.council import Council, a_council, a_text

from lg_core.endpoints import Request
from lg_core.store import Inbox, Store, StoreError, StoreFault
from lg_notify import Outbox
from lg_notify._commands._open import INBOX
from lg_notify._commands.work import again
from lg_notify.callbacks import receipts
from lg_notify.outbox import OutboxMessage
from lg_sandbox import Sandbox
from lg_sandbox.notify import CallbackKind

pytestmark = pytest.mark.usefixtures("own_process")
TOKEN = "a-callback-token-of-some-length-0001"
TOLD: list[tuple[str, str]] = []
FAIL: list[bool] = []


def tell(message: OutboxMessage) -> None:
    """Note what was told, as a council's own function would act on it; fail where asked to."""
    if FAIL:
        FAIL.pop()
        raise RuntimeError
    TOLD.append((message.reference, message.state.value))


@pytest.fixture
def council(tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Council:
    """Give a council whose ends are told to a function here."""
    TOLD.clear()
    FAIL.clear()
    more = f'[work]\ntell = "{__name__}:tell"\nkey_kind = "test"\nthreads = 2\n'
    return a_council(tmp_path, sandbox, monkeypatch, more=more)


def receive(council: Council) -> None:
    """Let the sandbox deliver its receipts into the inbox, as an endpoint would."""
    with Store(council.store) as store:
        endpoint = receipts(Inbox(store, name=INBOX), tokens=[TOKEN])

        def send(headers: Mapping[str, str], body: bytes) -> int:
            named = {name.lower(): value for name, value in headers.items()}
            return endpoint.handle(Request("POST", endpoint.path, headers=named, body=body)).status

        council.sandbox.notify.set_callback(
            CallbackKind.DELIVERY_RECEIPT, bearer_token=TOKEN, send=send
        )
        council.sandbox.clock.advance(seconds=60)
        council.sandbox.notify.deliver_callbacks()


def states(council: Council) -> list[str]:
    """Return how the messages stand."""
    with Outbox(council.store) as outbox:
        return [each.state.value for each in outbox.for_case("case-1")]


def test_messages_are_sent_and_their_receipts_noted_and_told(council: Council) -> None:
    """Each is sent once, comes to its end by the receipt, and its end is told once."""
    references = council.enqueue(a_text(), a_text(phone_number="07700900003"))
    worked = council.json("work", "--once")
    assert (2, 0, 0) == (worked["sent"], worked["set_aside"], worked["told"])
    assert ["sent", "sent"] == states(council)

    receive(council)
    worked = council.json("work", "--once")
    assert (2, 2) == (worked["receipts"], worked["told"])
    assert ["delivered", "failed"] == states(council)
    assert {(references[0], "delivered"), (references[1], "failed")} == set(TOLD)
    assert 0 == council.json("work", "--once")["told"]
    assert 2 == len(council.sandbox.notify.messages)


def test_what_no_receipt_tells_is_asked_for(council: Council) -> None:
    """The poller finds the end of a message that is older than a quarter of an hour."""
    council.enqueue(a_text())
    council.run("work", "--once")
    council.sandbox.clock.advance(seconds=60)
    with Store(council.store) as store, store.begin() as connection:
        _age(connection, timedelta(minutes=20))
    assert 0 == council.json("work", "--once", "--poll-minutes", "0")["looked"]
    assert 1 == council.json("work", "--once")["looked"]
    assert ["delivered"] == states(council)


def _age(connection: object, by: timedelta) -> None:
    from sqlalchemy import Connection, select, update  # noqa: PLC0415 -- as above

    from lg_notify.outbox._schema import MESSAGES  # noqa: PLC0415 -- loads SQLAlchemy

    assert isinstance(connection, Connection)
    row = connection.execute(select(MESSAGES.c.reference, MESSAGES.c.sent_at)).one()
    connection.execute(update(MESSAGES).values(sent_at=row.sent_at - by))


def test_a_function_that_fails_is_told_again(council: Council) -> None:
    """What it did not take stays until it takes it; the command ends with 1 meanwhile."""
    council.enqueue(a_text())
    council.run("work", "--once")
    receive(council)
    FAIL.append(True)

    assert 1 == council.run("work", "--once").exit_code
    assert [] == TOLD
    assert 0 == council.run("work", "--once").exit_code
    assert 1 == len(TOLD)


def test_what_needs_a_person_ends_with_1(council: Council) -> None:
    """A message that Notify refuses is set aside, told, and counted."""
    council.enqueue(a_text(personalisation={"name": "Sam"}))
    done = council.run("work", "--once")

    assert 1 == done.exit_code
    assert "set aside" in done.stdout
    assert ["aside"] == states(council)
    assert ["aside"] == [state for _, state in TOLD]


def test_receipts_of_several_accounts_are_read_where_they_are(
    council: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A receipt does not say whose message it is: each account is asked in turn."""
    desk = council.sandbox.notify.add_account()
    monkeypatch.setenv("OTHER_KEY", desk.new_api_key())
    another = (
        f'[accounts.another]\nkey_env = "OTHER_KEY"\nbase_url = "{council.sandbox.notify.url}"\n'
    )
    text = council.file.read_text()
    council.file.write_text(text.replace("[accounts.main]", f"{another}[accounts.main]"))
    council.enqueue(a_text())
    council.run("work", "--once")
    receive(council)
    assert 1 == council.json("work", "--once")["receipts"]
    assert ["delivered"] == states(council)


def test_a_poll_that_cannot_be_made_is_counted(council: Council) -> None:
    """Notify takes the key no more: the rest goes on, and the command ends with 1."""
    council.enqueue(a_text())
    council.run("work", "--once")
    with Store(council.store) as store, store.begin() as connection:
        _age(connection, timedelta(minutes=20))
    council.sandbox.notify.revoke(council.sandbox.notify.api_key)
    done = council.run("work", "--once", "--json")

    assert (1, 1) == (done.exit_code, json.loads(done.stdout)["failed"])


def when(holds: Callable[[], object], act: Callable[[], object]) -> threading.Thread:
    """Do something as soon as something holds, in a thread of its own."""

    def watch() -> None:
        tick = threading.Event()
        deadline = time.monotonic() + 60
        while not holds() and time.monotonic() < deadline:
            tick.wait(0.05)
        act()

    thread = threading.Thread(target=watch)
    thread.start()
    return thread


@pytest.mark.slow
def test_a_process_tells_and_polls_until_it_is_asked_to_stop(
    council: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is set aside is told while it runs, and a signal ends it after the work at hand."""
    monkeypatch.setattr(import_module("lg_notify._commands.work"), "_TELL_SECONDS", 0.1)
    council.enqueue(a_text(personalisation={"name": "Sam"}))
    stopping = when(lambda: TOLD, lambda: os.kill(os.getpid(), signal.SIGTERM))
    worked = council.json("work", "--poll-minutes", "1")
    stopping.join()

    assert (1, 1) == (worked["set_aside"], worked["told"])


@pytest.mark.slow
def test_a_database_that_is_lost_ends_it(council: Council) -> None:
    """Where waiting does not help, the tool ends with the error, and not in silence."""
    council.enqueue(a_text())

    def spoil() -> None:
        with closing(sqlite3.connect(council.store)) as database:
            database.execute("DROP TABLE lg_work")

    spoiling = when(lambda: council.sandbox.notify.messages, spoil)
    done = council.run("work")
    spoiling.join()

    assert isinstance(done.exception, StoreError)


def test_a_database_that_is_away_is_waited_for() -> None:
    """A task is done again after a fault that passes, and ends with one that does not."""
    stop = threading.Event()
    faults = [StoreError(StoreFault.BUSY), None, StoreError(StoreFault.DAMAGED)]
    failed: list[str] = []

    def task() -> None:
        if (fault := faults.pop(0)) is not None:
            raise fault

    with pytest.raises(StoreError):
        again(task, every=0, stop=stop, failed=lambda event, _error: failed.append(event))

    assert ["lg-notify.store_away"] == failed
    assert [] == faults
    stop.set()
    again(task, every=0, stop=stop, failed=lambda event, _error: failed.append(event))


@pytest.mark.slow
def test_it_works_until_it_is_stopped(council: Council) -> None:
    """A process of its own sends what comes, and ends with 0 at SIGTERM."""
    council.file.write_text(council.file.read_text().replace(f'tell = "{__name__}:tell"\n', ""))
    council.enqueue(a_text())
    with subprocess.Popen(  # noqa: S603 -- this interpreter, and a command of ours
        [sys.executable, "-m", "lg_notify", "work", "--json", "--file", str(council.file)],
        env=dict(os.environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        deadline = time.monotonic() + 60
        tick = threading.Event()
        while not council.sandbox.notify.messages and time.monotonic() < deadline:
            tick.wait(0.1)
        process.send_signal(signal.SIGTERM)
        said, noted = process.communicate(timeout=60)

    assert 0 == process.returncode, noted
    assert "at work" in noted
    assert 1 == json.loads(said)["sent"]
    assert 1 == len(council.sandbox.notify.messages)


@pytest.mark.slow
def test_a_worker_that_is_killed_sends_nothing_twice(council: Council) -> None:
    """Killed while it sends, and started again: each message went once."""
    council.file.write_text(council.file.read_text().replace(f'tell = "{__name__}:tell"\n', ""))
    council.enqueue(*(a_text(phone_number=f"0770090{at:04}") for at in range(10, 50)))
    environment = {"COUNCIL_NOTIFY_KEY": council.sandbox.notify.api_key}
    words = ("work", "--file", str(council.file))
    child = Child(partial(command_child.command, words=words, environment=environment))
    deadline = time.monotonic() + 60
    tick = threading.Event()
    while len(council.sandbox.notify.messages) < 5 and time.monotonic() < deadline:
        tick.wait(0.005)
    child.kill()
    assert -9 == child.ended()
    council.run("work", "--once")

    sent = [message.reference for message in council.sandbox.notify.messages]
    assert len(sent) == len(set(sent))
    # Those in the hands of the one that was killed wait until its lease runs out.
    assert (
        40 - len(sent) <= states(council).count("waiting") + states(council).count("sending") <= 8
    )
    assert {"sent", "sending", "waiting"} >= set(states(council))
