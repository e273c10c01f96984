# SPDX-License-Identifier: MIT
"""Move counts by time: every few minutes, at midnight, and when the process ends."""

import atexit
import threading
import weakref
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from lg_core.telemetry._counting import Counter

__all__ = ["EVERY", "flusher", "seconds_to_wait", "start", "turn"]

EVERY: Final = 300.0
"""Seconds between two moves at the most."""


def start(counter: Counter) -> None:
    """Begin to move a counter's counts, in a thread that never keeps the process alive.

    Args:
        counter: what counts. The thread does not keep it: one that was replaced ends the thread.
    """
    flush = flusher(counter)
    atexit.register(flush)
    pause = threading.Event()
    threading.Thread(
        target=turn, args=(flush, pause.wait), name="lg_core.telemetry", daemon=True
    ).start()


def flusher(counter: Counter) -> Callable[[], bool]:
    """Return a function that moves a counter's counts, and says whether there is still a counter.

    Args:
        counter: what counts. The function does not keep it.
    """
    kept = weakref.ref(counter)

    def flush() -> bool:
        one = kept()
        if one is not None:
            one.flush()
        return one is not None

    return flush


def turn(flush: Callable[[], bool], wait: Callable[[float], object]) -> None:
    """Wait and flush in turn, until there is nothing to flush any more.

    Args:
        flush: moves the counts, and says whether there is still a counter.
        wait: waits for a number of seconds.
    """
    going_on = True
    while going_on:
        wait(seconds_to_wait(datetime.now(UTC)))
        going_on = flush()


def seconds_to_wait(now: datetime) -> float:
    """Return the seconds until the next move: at midnight at the latest, so that days stay apart.

    Args:
        now: an instant in UTC.
    """
    midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), UTC)
    return min(EVERY, max((midnight - now).total_seconds() - 1, 1.0))
