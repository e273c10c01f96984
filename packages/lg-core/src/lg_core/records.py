# SPDX-License-Identifier: MIT
"""Where sessions, saved answers and cases are kept: one small Protocol, and a store in memory.

A record is a JSON object under a kind and a key, with a revision that every write raises. A writer
says which revision it read, so two requests at once never overwrite each other unseen: the slower
one gets a `RecordChangedError`, reads again, and decides again. Records expire by themselves.
"""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from lg_core.errors import LgError

__all__ = ["MemoryRecords", "Record", "RecordChangedError", "Records"]

_SWEEP_EVERY = 512


class RecordChangedError(LgError):
    """Somebody else wrote the record first. Read it again, and decide again.

    Args:
        kind: the kind of the record.
    """

    def __init__(self, kind: str) -> None:
        super().__init__(
            f"A record of the kind {kind} was written by another request in between. Load it "
            "again, make the change again, and save it."
        )
        self.kind = kind

    def __reduce__(self) -> tuple[type["RecordChangedError"], tuple[str]]:
        return type(self), (self.kind,)


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it was read.

    Attributes:
        kind: what it is, such as `lg-web.session`.
        key: its name among its kind. Often a secret, so it is not printed.
        data: the JSON object, a copy that is the reader's own; never printed.
        revision: from 1, one more with each write.
        expires_at: the instant from which it is gone, in UTC.
    """

    kind: str
    key: str = field(repr=False)
    data: dict[str, Any] = field(repr=False)
    revision: int
    expires_at: datetime


class Records(Protocol):
    """Keeps records. Safe to use from several threads at once."""

    def load(self, kind: str, key: str) -> Record | None:
        """Return a record, or None where there is none or it has expired.

        Args:
            kind: what it is.
            key: its name among its kind.
        """
        ...

    def save(
        self,
        kind: str,
        key: str,
        *,
        data: Mapping[str, Any],
        expected: int | None,
        expires_at: datetime,
    ) -> Record:
        """Write a record.

        Args:
            kind: what it is.
            key: its name among its kind.
            data: a JSON object.
            expected: the revision that was read; None to make a new record.
            expires_at: the instant from which it is gone; aware.

        Returns:
            The record as it stands now.

        Raises:
            RecordChangedError: the revision is another one by now, or, with None, the record is
                there already.
        """
        ...

    def remove(self, kind: str, key: str) -> None:
        """Remove a record; does nothing where there is none.

        Args:
            kind: what it is.
            key: its name among its kind.
        """
        ...


class MemoryRecords:
    """Keeps records in this process, for development and tests: gone when the process ends.

    Args:
        now: tells the time, in UTC.
    """

    def __init__(self, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], tuple[str, int, datetime]] = {}
        self._writes = 0

    def load(self, kind: str, key: str) -> Record | None:
        """Return a record, or None where there is none or it has expired."""
        with self._lock:
            kept = self._alive(kind, key)
        if kept is None:
            return None
        text, revision, expires_at = kept
        return Record(kind, key, json.loads(text), revision, expires_at)

    def save(
        self,
        kind: str,
        key: str,
        *,
        data: Mapping[str, Any],
        expected: int | None,
        expires_at: datetime,
    ) -> Record:
        """Write a record.

        Raises:
            RecordChangedError: somebody wrote it in between.
            ValueError: the instant has no time zone, or a number is not a JSON number.
            TypeError: the data is not JSON.
        """
        if expires_at.tzinfo is None:
            raise ValueError("expires_at must have a time zone: use datetime.now(UTC).")
        text = json.dumps(dict(data), ensure_ascii=False, allow_nan=False)
        with self._lock:
            kept = self._alive(kind, key)
            if (None if kept is None else kept[1]) != expected:
                raise RecordChangedError(kind)
            revision = (expected or 0) + 1
            self._kept[kind, key] = (text, revision, expires_at)
            self._sweep()
        return Record(kind, key, json.loads(text), revision, expires_at)

    def remove(self, kind: str, key: str) -> None:
        """Remove a record; does nothing where there is none."""
        with self._lock:
            self._kept.pop((kind, key), None)

    def __len__(self) -> int:
        now = self._now()
        with self._lock:
            return sum(expires_at > now for _, _, expires_at in self._kept.values())

    def _alive(self, kind: str, key: str) -> tuple[str, int, datetime] | None:
        kept = self._kept.get((kind, key))
        return kept if kept is not None and kept[2] > self._now() else None

    def _sweep(self) -> None:
        """Forget what has expired, now and then, so that memory does not grow for ever."""
        self._writes += 1
        if self._writes % _SWEEP_EVERY == 0:
            now = self._now()
            self._kept = {name: kept for name, kept in self._kept.items() if kept[2] > now}
