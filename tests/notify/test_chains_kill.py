# SPDX-License-Identifier: MIT
"""Chains under kill -9: each message of each chain is with Notify exactly once, and in turn."""

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
from notify.chain_child import start, work
from notify.chain_desks import three
from notify.outbox_child import LEASE, TIMEOUT

from lg_core.limits import Limiter
from lg_core.store import Store, utc_now
from lg_notify import NotifyClient
from lg_notify.chains import Chains, ChainState
from lg_notify.outbox import Dispatcher, Outbox
from lg_sandbox import Sandbox
from lg_sandbox.notify import Channel, Status

LONGEST = 1.5
"""How long a child is let live: one that waits for the lease of another is killed as it waits."""


def rounds() -> int:
    """Say how often all are killed: more in the long profile."""
    return max(2, settings().max_examples // 25)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.enable_socket
@pytest.mark.parametrize("dialect", DIALECTS)
def test_whatever_is_killed_each_way_is_tried_once(dialect: str, tmp_path: Path) -> None:
    """Children are killed while they begin, send, and between noting a failure and acting on it."""
    url = database_url(dialect, tmp_path)
    chance = Random(20_261_128)  # noqa: S311 -- when to kill, not what to keep secret
    told: set[str] = set()
    with Outbox(url) as outbox:
        Chains(outbox)  # the tables
    with Sandbox() as sandbox:
        notify = sandbox.notify
        notify.account.rate_limited = False
        notify.account.sending_after = notify.account.done_after = timedelta(0)
        for channel in (Channel.EMAIL, Channel.SMS):
            notify.plan_end(Status.PERMANENT_FAILURE, channel=channel, times=100_000)
        for turn in range(rounds()):
            beginning = Child(partial(start, store=url, name=f"{turn}"), steps=chance.randint(3, 9))
            working = [
                Child(
                    partial(work, store=url, url=notify.url, key=notify.api_key),
                    steps=chance.randint(1, 3),
                    at=at,
                )
                for at in ("noted", "worked")
            ]
            for child in (beginning, *working):
                child.wait_begun()
                assert -9 == child.ended(within=LONGEST)
            told.update(beginning.told)
        _finish(url, sandbox)
        record = Counter((each.reference, each.channel.value) for each in notify.messages)
        with Outbox(url, lease=LEASE) as outbox:
            chains = Chains(outbox)
            begun = [chains.get(each) for each in told]
            counts = chains.counts()
            ways = {
                chain.case: [
                    each.channel
                    for each in sorted(outbox.for_case(chain.case), key=lambda one: one.created_at)
                ]
                for chain in begun
                if chain is not None
            }

    assert {1} == set(record.values())
    assert told == ways.keys()
    assert {("email", "sms", "letter")} == {tuple(each) for each in ways.values()}
    assert {ChainState.HANDED_OVER} == {each.state for each in begun if each is not None}
    assert 3 * sum(counts.values()) == len(record)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.enable_socket
@pytest.mark.parametrize("dialect", DIALECTS)
def test_who_is_killed_between_the_note_and_the_act_loses_nothing(
    dialect: str, tmp_path: Path
) -> None:
    """The failure is noted, the process dies, and another one takes the next way, once."""
    url = database_url(dialect, tmp_path)
    with Sandbox() as sandbox, Outbox(url, lease=LEASE) as outbox:
        notify = sandbox.notify
        notify.account.sending_after = notify.account.done_after = timedelta(0)
        notify.plan_end(Status.PERMANENT_FAILURE, channel=Channel.EMAIL)
        chains = Chains(outbox)
        chains.start("1", three())
        working = partial(work, store=url, url=notify.url, key=notify.api_key)
        child = Child(working, steps=1, at="noted")
        assert -9 == child.ended()
        _finish(url, sandbox)
        chain = chains.get("1")
        sent = [each.channel.value for each in notify.messages]

    assert "noted" in child.told
    assert chain is not None
    assert ChainState.DELIVERED is chain.state
    assert ["email", "sms"] == sorted(sent)


def _finish(url: str, sandbox: Sandbox) -> None:
    """Do what is left when every lease has run out, an hour ahead of the children."""
    with (
        Store(url, now=lambda: utc_now() + timedelta(hours=1)) as store,
        Outbox(store, lease=LEASE) as outbox,
        NotifyClient(
            sandbox.notify.api_key, base_url=sandbox.notify.url, limiter=Limiter({})
        ) as notify,
        stamina.set_testing(True, attempts=3, cap=True),
    ):
        chains = Chains(outbox)
        dispatcher = Dispatcher(outbox, notify, threads=4, rate=None, timeout=TIMEOUT)
        for _ in range(100):  # PostgreSQL may still be ending what a killed client had begun
            dispatcher.run_once(limit=100_000)
            for each in outbox.unended():
                chains.note(notify.get_notification(each.notification_id or ""))
            chains.advance()
            if not chains.counts()[ChainState.RUNNING]:
                return
            threading.Event().wait(0.05)
        raise AssertionError("a chain does not end")
