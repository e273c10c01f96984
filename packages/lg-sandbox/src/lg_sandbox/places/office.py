# SPDX-License-Identifier: MIT
"""The state of the stand-in: the clock, the project, its keys and how often they asked."""

import secrets
import string
import threading
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime, timedelta

from lg_sandbox.clock import Clock
from lg_sandbox.places.model import Project

__all__ = ["Office"]

_MINUTE = timedelta(minutes=1)
_LETTERS = string.ascii_letters + string.digits
_KEY_LENGTH = 32


class Office:
    """The state of the stand-in. Whoever reads or changes it holds `open()`.

    Args:
        clock: the virtual clock.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.project = Project()
        self._lock = threading.RLock()
        self._keys: set[str] = set()
        self._asked: deque[datetime] = deque()

    @contextmanager
    def open(self) -> Generator[datetime]:
        """Hold the lock, and give the present instant."""
        with self._lock:
            yield self.clock.now()

    def admit(self) -> str:
        """Make a key of the project.

        Returns:
            The key: 32 letters and digits, as the OS Data Hub gives them.
        """
        key = "".join(secrets.choice(_LETTERS) for _ in range(_KEY_LENGTH))
        with self._lock:
            self._keys.add(key)
        return key

    def revoke(self, key: str) -> None:
        """Take a key back.

        Args:
            key: the key.

        Raises:
            LookupError: when it is no key of this stand-in.
        """
        with self._lock:
            if key not in self._keys:
                raise LookupError("This is no key of this sandbox: it may be revoked already.")
            self._keys.remove(key)

    def knows(self, key: str) -> bool:
        """Say whether a key is the project's.

        Args:
            key: the key.
        """
        return key in self._keys

    def take(self, *, now: datetime) -> bool:
        """Count a transaction of the project.

        Args:
            now: the instant on the virtual clock.

        Returns:
            False when it has made as many in the last minute as it may. A refused one does not
            count, so that the project may go on as soon as its rate has fallen.
        """
        while self._asked and self._asked[0] <= now - _MINUTE:
            self._asked.popleft()
        if self.project.rate_limited and len(self._asked) >= self.project.per_minute:
            return False
        self._asked.append(now)
        return True
