# SPDX-License-Identifier: MIT
"""Let no fork happen while this process has a SQLite file open.

SQLite notes in the process's memory which locks the process holds. A child inherits the note and
not the locks, and its parent's transaction looks to it as one that never ends (sqlite.org, 'How To
Corrupt An SQLite Database File', section 2.6). So before a fork the open transactions of other
threads are waited for, and all connections are closed. A child that was forked inside of a
transaction may not use the store.
"""

import os
import threading
import weakref
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from typing import Final

__all__ = ["Gate", "renewing"]

_PATIENCE: Final = 10.0
"""How long a fork waits for the transactions of other threads, in seconds."""


class Gate:
    """Counts the transactions that are open in this process, and lets a fork wait for them.

    Args:
        close: closes all connections that are not in use. It must not refer to the gate's owner
            strongly, or neither would ever be freed.
    """

    def __init__(self, close: Callable[[], None]) -> None:
        self._close = close
        self._condition = threading.Condition()
        self._open = 0
        self._here = threading.local()
        self.was_open_at_fork = False
        _gates.add(self)

    @contextmanager
    def passage(self) -> Generator[None]:
        """Hold the gate open for a transaction."""
        with self._condition:
            self._open += 1
        self._here.open = self._mine() + 1
        try:
            yield
        finally:
            self._here.open -= 1
            with self._condition:
                self._open -= 1
                self._condition.notify_all()

    def hold(self) -> None:
        """Before a fork: let nobody in."""
        self._condition.acquire()

    def empty(self) -> None:
        """Before a fork: wait for the others to leave, and close what is open."""
        self._condition.wait_for(lambda: self._open == self._mine(), _PATIENCE)
        self.was_open_at_fork = self._open > 0
        if not self._open:
            self._close()

    def reopen(self) -> None:
        """After a fork, in the parent: let the others in again."""
        self.was_open_at_fork = False
        self._condition.release()

    def _mine(self) -> int:
        return getattr(self._here, "open", 0)


_gates: Final["weakref.WeakSet[Gate]"] = weakref.WeakSet()


class _Forking:
    """Shuts all gates before a fork, and opens them after it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shut: list[Gate] = []
        self.renewing = threading.Lock()

    def before(self) -> None:
        self._lock.acquire()
        for gate in list(_gates):
            gate.hold()
            self._shut.append(gate)  # noted first: whatever fails, it is let go after the fork
            gate.empty()

    def in_parent(self) -> None:
        while self._shut:
            self._shut.pop().reopen()
        self._lock.release()

    def in_child(self) -> None:
        self._shut.clear()  # their owners make new ones
        self._lock = threading.Lock()
        self.renewing = threading.Lock()


_forking = _Forking()


def renewing() -> AbstractContextManager[bool]:
    """Let one thread of a forked child at a time make anew what it may not share."""
    return _forking.renewing


if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(
        before=_forking.before,
        after_in_parent=_forking.in_parent,
        after_in_child=_forking.in_child,
    )
