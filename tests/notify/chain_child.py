# SPDX-License-Identifier: MIT
"""What a process of a council does until it is killed: begins chains, or sends and moves them.

Each step that is told is a fact that stands.
"""

import itertools
import threading
from datetime import timedelta

from children import Tell
from notify.chain_desks import three
from notify.outbox_child import LEASE, TIMEOUT

from lg_core.limits import Limiter
from lg_notify import NotifyClient
from lg_notify.chains import Chains
from lg_notify.outbox import Dispatcher, Outbox

__all__ = ["start", "work"]


def start(tell: Tell, *, store: str, name: str) -> None:
    """Begin one chain after the other, and tell their cases."""
    with Outbox(store, lease=LEASE) as outbox:
        chains = Chains(outbox)
        for number in itertools.count():
            chains.start(f"{name}-{number}", three())
            tell(f"{name}-{number}")


def work(tell: Tell, *, store: str, url: str, key: str) -> None:
    """Send what is there, and move the chains whose messages have ended."""
    with (
        Outbox(store, lease=LEASE) as outbox,
        NotifyClient(key, base_url=url, limiter=Limiter({})) as notify,
    ):
        chains = Chains(outbox)
        dispatcher = Dispatcher(
            outbox, notify, threads=2, rate=None, timeout=TIMEOUT, settle=timedelta(seconds=1)
        )
        tell("began")
        for turn in itertools.count():
            done = dispatcher.run_once(limit=5)
            for each in outbox.unended(limit=10):
                change = outbox.note(notify.get_notification(each.notification_id or ""))
                if change is not None:
                    tell("noted")  # and here it may be killed, before it acts
                    chains.act(change)
            if turn % 3 == 0:
                chains.advance(limit=5)
            tell("worked")
            if not done.taken:
                threading.Event().wait(0.02)
