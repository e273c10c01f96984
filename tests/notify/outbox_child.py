# SPDX-License-Identifier: MIT
"""What a process of a council does until it is killed: it enqueues messages, or sends them.

Each step that is told is a fact that stands.
"""

import itertools
import threading
from datetime import timedelta

from children import Tell
from notify.outboxes import a_text

from lg_core.limits import Limiter
from lg_notify import NotifyClient
from lg_notify.outbox import Dispatcher, Outbox, ToSend

__all__ = ["LEASE", "TIMEOUT", "enqueue", "send"]

LEASE = timedelta(seconds=17)
TIMEOUT = 1.5


def enqueue(tell: Tell, *, store: str, name: str) -> None:
    """Enqueue one message and seven together, again and again, and tell their references."""
    with Outbox(store, lease=LEASE) as outbox:
        for number in itertools.count():
            case = f"{name}-{number}"
            tell(outbox.enqueue(a_text(), case=case).reference)
            given = [ToSend(a_text(), case=f"{case}-{each}") for each in range(7)]
            for each in outbox.enqueue_many(given):
                tell(each.reference)


def send(tell: Tell, *, store: str, url: str, key: str, settle: float) -> None:
    """Send what is there, and tell how much was taken.

    The sandbox answers at once, so that its list tells the truth soon: after `settle` seconds.
    """
    with (
        Outbox(store, lease=LEASE) as outbox,
        NotifyClient(key, base_url=url, limiter=Limiter({})) as notify,
    ):
        dispatcher = Dispatcher(
            outbox,
            notify,
            threads=2,
            rate=None,
            timeout=TIMEOUT,
            settle=timedelta(seconds=settle),
        )
        tell("began")
        while True:
            done = dispatcher.run_once(limit=3)
            tell(str(done.taken))
            if not done.taken:
                threading.Event().wait(0.05)
