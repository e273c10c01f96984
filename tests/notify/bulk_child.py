# SPDX-License-Identifier: MIT
"""`lg-notify send` in a process that is killed: it tells each step, so that one can be chosen.

Its settings are given by the test, and its clock is ahead of the machine's, so that nobody waits
for a lease. All the rest is the command's own.
"""

import io
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path

from children import Tell
from notify.bulk_files import RULES, SMS

from lg_core.limits import Limiter
from lg_core.store import Store
from lg_notify import NotifyClient
from lg_notify._commands._sending import Sending, Wishes, send_rows
from lg_notify.bulk import BulkFile
from lg_notify.outbox import Dispatcher, Outbox

__all__ = ["send"]


def _clock(tell: Tell, ahead: timedelta) -> Callable[[], datetime]:
    """Return a clock that is ahead, and that tells each look at it: before every transaction."""

    def now() -> datetime:
        tell("now")
        return datetime.now(UTC) + ahead

    return now


def send(
    tell: Tell, *, store: str, url: str, key: str, rows: Path, ahead: timedelta, results: Path
) -> int:
    """Send the rows, and return the command's number."""
    now = _clock(tell, ahead)
    with (
        redirect_stdout(io.StringIO()),
        redirect_stderr(io.StringIO()),
        Store(store, now=now) as opened,
        NotifyClient(key, base_url=url, limiter=Limiter({})) as notify,
        Outbox(opened) as outbox,
    ):
        sending = Sending(
            file=BulkFile(rows, template=SMS, rules=RULES),
            outbox=lambda: outbox,
            dispatcher=lambda each: Dispatcher(each, notify, threads=4, rate=None, key_kind="test"),
            agree=tell,
            now=now,
        )
        wishes = Wishes(name="killed", results=results, patience=timedelta())
        return send_rows(sending, wishes)
