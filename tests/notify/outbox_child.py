# SPDX-License-Identifier: MIT
"""A process of a council, to be killed: enqueues messages, or sends them.

python outbox_child.py enqueue STORE NAME
python outbox_child.py send STORE NOTIFY_URL API_KEY SETTLE

Each line of its output is a fact that stands. SETTLE is in seconds: the sandbox answers at once, so
that its list tells the truth soon.
"""

import itertools
import sys
import threading
from datetime import timedelta

from notify.outboxes import a_text

from lg_core.limits import Limiter
from lg_notify import NotifyClient
from lg_notify.outbox import Dispatcher, Outbox, ToSend

__all__ = ["LEASE", "TIMEOUT", "main"]

LEASE = timedelta(seconds=17)
TIMEOUT = 1.5


def _enqueue(store: str, name: str) -> None:
    with Outbox(store, lease=LEASE) as outbox:
        for number in itertools.count():
            case = f"{name}-{number}"
            queued = outbox.enqueue(a_text(), case=case)
            sys.stdout.write(f"{queued.reference}\n")
            given = [ToSend(a_text(), case=f"{case}-{each}") for each in range(7)]
            for each in outbox.enqueue_many(given):
                sys.stdout.write(f"{each.reference}\n")
            sys.stdout.flush()


def _send(store: str, url: str, key: str, *, settle: str) -> None:
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
            settle=timedelta(seconds=float(settle)),
        )
        sys.stdout.write("began\n")
        sys.stdout.flush()
        while True:
            done = dispatcher.run_once(limit=3)
            sys.stdout.write(f"{done.taken}\n")
            sys.stdout.flush()
            if not done.taken:
                threading.Event().wait(0.05)


def main() -> None:
    """Do what is asked until killed."""
    what, *rest = sys.argv[1:]
    if what == "enqueue":
        _enqueue(*rest)
    else:
        _send(*rest[:-1], settle=rest[-1])


if __name__ == "__main__":
    main()
