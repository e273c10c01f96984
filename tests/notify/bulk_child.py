# SPDX-License-Identifier: MIT
"""`lg-notify send` in a process that is killed: it tells each step, so that one can be chosen.

Its settings come from the command line, and its clock is ahead of the machine's, so that nobody
waits for a lease. All the rest is the command's own.
"""

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from notify.bulk_files import RULES, SMS

from lg_core.limits import Limiter
from lg_core.store import Store
from lg_notify import NotifyClient
from lg_notify._commands._sending import Sending, Wishes, send_rows
from lg_notify.bulk import BulkFile
from lg_notify.outbox import Dispatcher, Outbox

__all__: list[str] = []


def tell(word: str) -> None:
    """Say a step, at once."""
    os.write(1, f"{word}\n".encode())


def clock(ahead: float) -> Callable[[], datetime]:
    """Return a clock that is ahead, and that tells each look at it: before every transaction."""

    def now() -> datetime:
        tell("now")
        return datetime.now(UTC) + timedelta(seconds=ahead)

    return now


def main(*given: str) -> int:
    """Send the rows, and return the command's number."""
    url, base_url, key, rows, ahead, results = given
    now = clock(float(ahead))
    with (
        Store(url, now=now) as store,
        NotifyClient(key, base_url=base_url, limiter=Limiter({})) as notify,
        Outbox(store) as outbox,
    ):
        sending = Sending(
            file=BulkFile(rows, template=SMS, rules=RULES),
            outbox=lambda: outbox,
            dispatcher=lambda each: Dispatcher(each, notify, threads=4, rate=None, key_kind="test"),
            agree=tell,
            now=now,
        )
        wishes = Wishes(name="killed", results=Path(results), patience=timedelta())
        return send_rows(sending, wishes)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
