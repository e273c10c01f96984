# SPDX-License-Identifier: MIT
"""Several workers move the same chains at once: each message is given to the outbox once."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from databases import DIALECTS
from examples import LONG
from notify.chain_desks import three
from notify.outboxes import Desk, desk_on

from lg_core.store import Store
from lg_notify import Notification
from lg_notify.chains import Chains, ChainState
from lg_notify.outbox import Outbox
from lg_sandbox.notify import Status

WORKERS = 4
CHAINS = 12 if LONG else 6


def at_once(desk: Desk, work: Callable[[Chains], object]) -> None:
    """Let several workers, each with a store of its own, do the same at the same time."""
    gate = threading.Barrier(WORKERS)

    def one(_number: int) -> None:
        url = desk.store._place.url
        with Store(url.render_as_string(hide_password=False), now=desk.now) as store:
            chains = Chains(Outbox(store))
            gate.wait(30)
            work(chains)

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(one, range(WORKERS)))


def told(desk: Desk) -> list[Notification]:
    """Return what Notify says of all messages."""
    with desk.client() as client:
        return [client.get_notification(each.id) for each in desk.sandbox.notify.messages]


@pytest.mark.timeout(120)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_workers_that_hear_the_same_news_move_a_chain_once(dialect: str) -> None:
    """All begin, note, act and advance the same chains, and one of them does it."""
    with desk_on(dialect) as desk:
        at_once(desk, lambda chains: [chains.start(str(each), three()) for each in range(CHAINS)])
        for status in (Status.PERMANENT_FAILURE, Status.TEMPORARY_FAILURE, Status.DELIVERED):
            desk.run(limit=1000)
            for message in desk.sandbox.notify.messages:
                if not message.finished:
                    desk.sandbox.notify.end(message.id, status=status)
            news = told(desk)

            def hear(chains: Chains, news: list[Notification] = news) -> None:
                for each in news:
                    chains.note(each)
                chains.advance()

            at_once(desk, hear)
            desk.wait(1)
        Chains(desk.outbox).advance()
        sent = Counter(each.channel.value for each in desk.sandbox.notify.messages)
        counts = Chains(desk.outbox).counts()

    assert dict.fromkeys(("email", "sms", "letter"), CHAINS) == sent
    assert CHAINS == counts[ChainState.HANDED_OVER]


@pytest.mark.timeout(120)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_chain_that_is_stopped_while_others_move_it_sends_nothing_more(dialect: str) -> None:
    """Whoever comes first: the text was given to the outbox and is taken back, or never was."""
    with desk_on(dialect) as desk:
        chains = Chains(desk.outbox)
        for case in range(CHAINS):
            chains.start(str(case), three())
        desk.run(limit=1000)
        for message in desk.sandbox.notify.messages:
            desk.sandbox.notify.end(message.id, status=Status.PERMANENT_FAILURE)
        news = told(desk)
        turn = iter(range(WORKERS))

        def work(mine: Chains) -> None:
            if next(turn) % 2:
                for each in news:
                    mine.note(each)
                mine.advance()
            else:
                for case in range(CHAINS):
                    mine.stop(str(case))

        at_once(desk, work)
        chains.advance()
        desk.run(limit=1000)

        assert {"email": CHAINS} == Counter(
            each.channel.value for each in desk.sandbox.notify.messages
        )
        assert CHAINS == chains.counts()[ChainState.STOPPED]
