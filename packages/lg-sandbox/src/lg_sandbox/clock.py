# SPDX-License-Identifier: MIT
"""The time that the stand-ins see: it runs with real time, and a test may move or stop it."""

import threading
import time
from datetime import UTC, datetime, timedelta

__all__ = ["Clock"]


class Clock:
    """A clock that only goes forward, and that you may move.

    It starts at the present, or at `start`, and then runs with real time until it is frozen.
    Every expiry and rate limit of the stand-ins is measured on it; a slow answer is not, since
    your client's own time limits are real.

    Args:
        start: the first instant; aware. The present when left out.

    Raises:
        ValueError: when `start` has no time zone.
    """

    def __init__(self, *, start: datetime | None = None) -> None:
        self._lock = threading.Lock()
        self._base = _aware(start) if start is not None else datetime.now(UTC)
        self._since: float | None = time.monotonic()

    def now(self) -> datetime:
        """Return the present instant of this clock, in UTC."""
        with self._lock:
            return self._read()

    def advance(self, by: timedelta | None = None, *, seconds: float = 0) -> datetime:
        """Move the clock forward and return the new instant.

        Args:
            by: how far.
            seconds: how far, in seconds; added to `by`.

        Returns:
            The new instant.

        Raises:
            ValueError: when this would move the clock back.
        """
        step = (by or timedelta()) + timedelta(seconds=seconds)
        if step < timedelta():
            raise ValueError("The clock only goes forward: give a positive step.")
        with self._lock:
            self._set(self._read() + step)
            return self._base

    def freeze(self, at: datetime | None = None) -> datetime:
        """Stop the clock, so that time passes only by `advance`.

        Args:
            at: the instant to stop at; the present of this clock when left out.

        Returns:
            The instant at which it stands.

        Raises:
            ValueError: when `at` lies before the present of this clock, or has no time zone.
        """
        with self._lock:
            present = self._read()
            stop = present if at is None else _aware(at)
            if stop < present:
                raise ValueError("The clock only goes forward: freeze it at a later instant.")
            self._base = stop
            self._since = None
            return stop

    def resume(self) -> None:
        """Let the clock run with real time again, from where it stands."""
        with self._lock:
            self._base = self._read()
            self._since = time.monotonic()

    def _read(self) -> datetime:
        if self._since is None:
            return self._base
        return self._base + timedelta(seconds=time.monotonic() - self._since)

    def _set(self, instant: datetime) -> None:
        self._base = instant
        if self._since is not None:
            self._since = time.monotonic()


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("Give an instant with a time zone, such as datetime(..., tzinfo=UTC).")
    return instant.astimezone(UTC)
