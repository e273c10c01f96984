# SPDX-License-Identifier: MIT
"""Turns for the threads of one run of a dispatcher."""

import threading
from collections import deque

from lg_notify.outbox._dispatched import Dispatched, counted
from lg_notify.outbox._turns import Turn, Turns

__all__ = ["Supply"]


class Supply:
    """Hands out turns to the threads of one run, and takes more when they are used up.

    Args:
        turns: where they are taken from.
        limit: how many at the most.
        block: how many at a time.
        stop: set where no further turn is to begin.
    """

    def __init__(self, turns: Turns, *, limit: int, block: int, stop: threading.Event) -> None:
        self._turns = turns
        self._left = limit
        self._block = block
        self._stop = stop
        self._closed = False
        self._lock = threading.Lock()
        self._ready: deque[Turn] = deque()
        self._settled = Dispatched()

    @property
    def stopping(self) -> bool:
        """Whether no further turn is to begin."""
        return self._closed or self._stop.is_set()

    def next(self) -> Turn | None:
        """Return the next turn, or None where nothing is due or the run is to end."""
        with self._lock:
            while not self._ready:
                if self.stopping or self._left <= 0:
                    return None
                calling, others = self._turns.take(min(self._block, self._left))
                if not calling and not others:
                    return None
                self._left -= len(calling) + len(others)
                self._settled = sum((counted(turn.plan) for turn in others), self._settled)
                self._ready.extend(calling)
            return None if self.stopping else self._ready.popleft()

    def settled(self) -> Dispatched:
        """Return what was done without a call, once."""
        with self._lock:
            done, self._settled = self._settled, Dispatched()
            return done

    def close(self) -> None:
        """Let no further turn begin."""
        self._closed = True

    def give_back(self) -> None:
        """Give back what was taken and not begun."""
        with self._lock:
            left, self._ready = list(self._ready), deque()
        self._turns.give_back(left)
