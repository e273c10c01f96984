# SPDX-License-Identifier: MIT
"""Keep the state of the stand-in in one SQLite file, so that it outlives the process.

Everything the office holds is kept: accounts, keys, payments, money, agreements, webhooks. Each
request that changes something is one transaction, ended before its answer is sent, so that what was
answered is in the file even when the process is killed. Only what changed is written.

The file has one table: the place of a value in the office, its key there, and the value.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import is_dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any, cast

from lg_sandbox.pay.kept_values import NotKeptError, UnreadableError, from_text, to_text
from lg_sandbox.pay.shelf import Shelf

__all__ = ["FileInUseError", "Keeper"]

_FORMAT = "1"
_HOME = "lg_sandbox.pay."
# The clock runs by itself, the lock is the process's own, and rate limits last for seconds.
_LEFT_OUT = frozenset({"clock", "limits", "keeper", "_depth", "_lock"})
_WAIT_SECONDS = 0.2
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_CLOCK = ("clock", "")
# A changed row keeps its rowid, so that rows come back in the order of their first writing.
_WRITE = (
    "INSERT INTO kept VALUES (?, ?, ?) "
    "ON CONFLICT (place, key) DO UPDATE SET value = excluded.value"
)


class FileInUseError(RuntimeError):
    """Another sandbox keeps its state in this file."""

    def __init__(self) -> None:
        super().__init__(
            "Another sandbox keeps its state in this file, or it is no file of a sandbox. Stop "
            "the other one, or give another file."
        )


class Keeper:
    """The file.

    Not safe between threads: the office calls it under its lock.

    Args:
        path: where the file is, or shall be. Its folder must exist.

    Raises:
        FileInUseError: when another process holds it, or it is no SQLite file.
        FileNotFoundError: when its folder does not exist.
        UnreadableError: when another version of lg-sandbox wrote it.
    """

    def __init__(self, path: Path) -> None:
        if not path.parent.is_dir():
            raise FileNotFoundError("The folder of the file to keep does not exist: make it first.")
        self._path = path
        self._file: sqlite3.Connection | None = None
        self._written: dict[tuple[str, str], str] = {}
        self._seen: dict[tuple[str, str], object] = {}
        try:
            self._open()
        except sqlite3.Error:
            self.close()
            raise FileInUseError from None

    def load(self, owner: object) -> datetime | None:
        """Put what the file holds into the place it came from.

        Args:
            owner: the office, with everything as it is when it is new.

        Returns:
            The instant on the virtual clock of the last change; None for a new file.

        Raises:
            UnreadableError: when this version cannot read the file. It is let go of.
        """
        try:
            return self._loaded(owner)
        except UnreadableError:
            self.close()
            raise

    def _loaded(self, owner: object) -> datetime | None:
        places = {name: (holder, label) for name, holder, label in _places(owner)}
        found: dict[str, dict[str, Any]] = {}
        for (place, key), text in self._written.items():
            found.setdefault(place, {})[key] = from_text(text)
        for place, items in found.items():
            if place not in places:
                continue  # written by a version that kept more
            holder, label = places[place]
            _fill(holder, label, items)
        return found.get("clock", {}).get("")

    def save(self, owner: object, *, now: datetime) -> None:
        """Write what has changed since the last time, all or nothing.

        Args:
            owner: the office.
            now: the instant on the virtual clock.
        """
        changed: dict[tuple[str, str], str] = {}
        looked_at: dict[tuple[str, str], object] = {}
        present: set[tuple[str, str]] = {_CLOCK}
        for place, holder, label in _places(owner):
            for key, value in _items(getattr(holder, label)):
                name = (place, key)
                present.add(name)
                if name in self._seen and _is_same(self._seen[name], value):
                    continue
                try:
                    text = to_text(value)
                except NotKeptError:
                    continue
                looked_at[name] = value
                if self._written.get(name) != text:
                    changed[name] = text
        gone = self._written.keys() - present
        if changed or gone:
            changed[_CLOCK] = to_text(now)
            file = self._file or self._open()
            with file:
                file.executemany(_WRITE, [(*name, text) for name, text in changed.items()])
                file.executemany("DELETE FROM kept WHERE place = ? AND key = ?", sorted(gone))
        # Only what is in the file counts as written.
        self._written.update(changed)
        self._seen.update(looked_at)
        for name in gone:
            self._written.pop(name, None)
            self._seen.pop(name, None)

    def close(self) -> None:
        """Let go of the file. The next change takes it again."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _open(self) -> sqlite3.Connection:
        file = sqlite3.connect(self._path, timeout=_WAIT_SECONDS, check_same_thread=False)
        self._file = file
        # Exclusive: two sandboxes in one file would each overwrite the other.
        file.execute("PRAGMA locking_mode = EXCLUSIVE")
        with file:
            file.execute("BEGIN EXCLUSIVE")
            file.execute(
                "CREATE TABLE IF NOT EXISTS kept "
                "(place TEXT, key TEXT, value TEXT, PRIMARY KEY (place, key))"
            )
            file.execute("INSERT OR IGNORE INTO kept VALUES ('format', '', ?)", (_FORMAT,))
        with closing(file.execute("SELECT place, key, value FROM kept ORDER BY rowid")) as rows:
            kept = {(place, key): value for place, key, value in rows}
        if kept.pop(("format", "")) != _FORMAT:
            self.close()
            raise UnreadableError
        self._written = kept
        return file


def _places(
    owner: object, prefix: str = "", *, known: set[int] | None = None
) -> Iterator[tuple[str, object, str]]:
    """Find every attribute that holds state: its name as a path, its object, and its label."""
    known = {id(owner)} if known is None else known
    for label, value in vars(owner).items():
        if label in _LEFT_OUT:
            continue
        place = f"{prefix}{label}"
        if _is_part(value):
            # The parts know each other, and each is visited once.
            if id(value) not in known:
                known.add(id(value))
                yield from _places(value, f"{place}.", known=known)
        else:
            yield place, owner, label


def _is_part(value: object) -> bool:
    """Say whether an object of ours holds state in attributes of its own."""
    return (
        not isinstance(value, Shelf)
        and type(value).__module__.startswith(_HOME)
        and not is_dataclass(value)
        and not isinstance(value, Enum)
        and hasattr(value, "__dict__")
    )


def _items(value: object) -> Iterator[tuple[str, object]]:
    """Divide a container, so that a change of one item writes one row."""
    match value:
        case Shelf():
            yield from cast("Shelf[Any]", value).versions()
        case dict():
            for key, each in cast("dict[object, object]", value).items():
                # Most keys are ids; only the others need to be written as JSON.
                yield f"={key}" if isinstance(key, str) else to_text(key), each
        case list():
            for number, each in enumerate(cast("list[object]", value)):
                yield f"{number:012}", each
        case _:
            yield "", value


def _is_same(seen: object, value: object) -> bool:
    """Say without writing it whether a value is what it was; False where that is not sure."""
    if isinstance(value, tuple):
        # Versions of a record: comparing tuples asks first whether their items are the same.
        return seen == value
    parameters = getattr(type(value), "__dataclass_params__", None)
    return seen is value and parameters is not None and parameters.frozen


def _fill(holder: object, label: str, items: dict[str, Any]) -> None:
    value = getattr(holder, label)
    if isinstance(value, Shelf):
        shelf = cast("Shelf[Any]", value)
        for versions in items.values():
            for seen_at, record in versions:
                # As if the ledger had heard of nothing: it looks again at the next search.
                shelf.put(record, seen_at=seen_at, now=_LONG_AGO)
    elif isinstance(value, dict):
        container = cast("dict[Any, Any]", value)
        container.clear()
        container.update(
            {
                key[1:] if key.startswith("=") else from_text(key): each
                for key, each in items.items()
            }
        )
    elif isinstance(value, list):
        cast("list[Any]", value)[:] = [items[key] for key in sorted(items)]
    else:
        setattr(holder, label, items[""])
