# SPDX-License-Identifier: MIT
"""The outbox under kill -9: every message that was committed is with Notify exactly once."""

import threading
from collections import Counter
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random

import pytest
import stamina  # noqa: TID253 -- a test may load it
from children import Child
from databases import DIALECTS, database_url
from hypothesis import settings
from notify.outbox_child import LEASE, TIMEOUT, enqueue, send

from lg_core.limits import Limiter
from lg_core.store import Store, utc_now
from lg_notify import NotifyClient
from lg_notify.outbox import Dispatcher, MessageState, Outbox
from lg_sandbox import Fault, Sandbox


def rounds() -> int:
    """Say how often all are killed: more in the long profile."""
    return max(2, settings().max_examples // 50)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.enable_socket
@pytest.mark.parametrize("dialect", DIALECTS)
def test_whatever_is_killed_each_message_is_sent_once(dialect: str, tmp_path: Path) -> None:
    """Children enqueue and send, and are killed in the middle; the rest is sent at the end."""
    url = database_url(dialect, tmp_path)
    chance = Random(20_261_128)  # noqa: S311 -- when to kill, not what to keep secret
    told: set[str] = set()
    with Outbox(url):
        pass  # the tables
    with Sandbox() as sandbox:
        notify = sandbox.notify
        notify.account.rate_limited = False
        for turn in range(rounds()):
            for fault in (Fault.RESET_AFTER, Fault.RESET_BEFORE, Fault.TIMEOUT_AFTER):
                notify.faults.add(fault, operation="send_sms")
            enqueuing = [
                Child(
                    partial(enqueue, store=url, name=f"{turn}-{each}"), steps=chance.randint(8, 24)
                )
                for each in range(2)
            ]
            sending = [
                Child(
                    partial(send, store=url, url=notify.url, key=notify.api_key, settle=1.0),
                    steps=chance.randint(2, 12),
                )
                for _ in range(2)
            ]
            for child in enqueuing + sending:
                assert -9 == child.ended()
            told.update(reference for child in enqueuing for reference in child.told)
        notify.faults.clear()
        _finish(url, sandbox)
        record = Counter(each.reference for each in notify.messages)
        with Outbox(url, lease=LEASE) as outbox:
            messages = outbox._read()

    assert {1} == set(record.values())
    assert told <= record.keys()
    assert record.keys() == {each.reference for each in messages}
    assert {MessageState.SENT, MessageState.DELIVERED} >= {each.state for each in messages}


def _finish(url: str, sandbox: Sandbox) -> None:
    """Send what is left when every lease has run out, an hour ahead of the children."""
    with (
        Store(url, now=lambda: utc_now() + timedelta(hours=1)) as store,
        Outbox(store, lease=LEASE) as outbox,
        NotifyClient(
            sandbox.notify.api_key, base_url=sandbox.notify.url, limiter=Limiter({})
        ) as notify,
        stamina.set_testing(True, attempts=3, cap=True),
    ):
        dispatcher = Dispatcher(outbox, notify, threads=4, rate=None, timeout=TIMEOUT)
        for _ in range(100):  # PostgreSQL may still be ending what a killed client had begun
            dispatcher.run_once(limit=100_000)
            counts = outbox.counts()
            if not counts.waiting + counts.sending:
                return
            threading.Event().wait(0.05)
        raise AssertionError("a message does not end")
