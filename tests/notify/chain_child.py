# SPDX-License-Identifier: MIT
"""A process of a council, to be killed: begins chains, or sends their messages and moves them.

python chain_child.py start STORE NAME
python chain_child.py work STORE NOTIFY_URL API_KEY

Each line of its output is a fact that stands.
"""

import itertools
import sys
import threading
from datetime import timedelta

from notify.chain_desks import three
from notify.outbox_child import LEASE, TIMEOUT

from lg_core.limits import Limiter
from lg_notify import NotifyClient
from lg_notify.chains import Chains
from lg_notify.outbox import Dispatcher, Outbox

__all__ = ["main"]


def _say(text: object) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _start(store: str, name: str) -> None:
    with Outbox(store, lease=LEASE) as outbox:
        chains = Chains(outbox)
        for number in itertools.count():
            chains.start(f"{name}-{number}", three())
            _say(f"{name}-{number}")


def _work(store: str, url: str, key: str) -> None:
    with (
        Outbox(store, lease=LEASE) as outbox,
        NotifyClient(key, base_url=url, limiter=Limiter({})) as notify,
    ):
        chains = Chains(outbox)
        dispatcher = Dispatcher(
            outbox, notify, threads=2, rate=None, timeout=TIMEOUT, settle=timedelta(seconds=1)
        )
        _say("began")
        for turn in itertools.count():
            done = dispatcher.run_once(limit=5)
            for each in outbox.unended(limit=10):
                change = outbox.note(notify.get_notification(each.notification_id or ""))
                if change is not None:
                    _say("noted")  # and here it may be killed, before it acts
                    chains.act(change)
            if turn % 3 == 0:
                chains.advance(limit=5)
            _say("worked")
            if not done.taken:
                threading.Event().wait(0.02)


def main() -> None:
    """Do what is asked until killed."""
    what, *rest = sys.argv[1:]
    (_start if what == "start" else _work)(*rest)


if __name__ == "__main__":
    main()
