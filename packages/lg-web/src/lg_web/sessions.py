# SPDX-License-Identifier: MIT
"""What is remembered of one browser between its requests, kept in records.

The browser holds only an id of 256 random bits, in a cookie. The store holds the data under the
id's digest, so that who reads the store cannot take over a session. Rules:

- An id that the store does not know is never adopted: the next session has an id of our making.
- Nothing is stored until something is set, so that a visitor who only reads leaves no trace.
- Two requests at once each change only the names that they set: the slower one reads again.
- A session that another request ended or renewed in between stays ended.
- `renew` gives the same data a new id, and the old id is worth nothing from then on. Do so when
  somebody signs in (OWASP, 'Session Management', renew the id after a change of privilege).
"""

import copy
import hashlib
import json
import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from lg_core.errors import InvalidValueError
from lg_core.records import Record, RecordChangedError, Records

__all__ = ["SESSION_KIND", "Session"]

SESSION_KIND: Final = "lg-web.session"
"""The kind under which sessions are kept in the records."""

_ID_BYTES = 32
_ID = re.compile(r"[A-Za-z0-9_-]{43}")
_TOUCH_AFTER = 0.1  # of the idle time: a page that changes nothing seldom writes
_GONE: Final = object()


class Session:
    """The data of one browser: names and JSON values. `site.page` opens and saves it.

    Its `repr` shows neither its id nor its data.

    Args:
        records: where sessions are kept.
        key: the id from the browser's cookie, or None.
        idle: how long it lives without a request; within a tenth of it, so that not every page
            has to be a write.
        now: tells the time, in UTC.
    """

    __slots__ = (
        "_changes",
        "_cleared",
        "_data",
        "_ended",
        "_idle",
        "_key",
        "_now",
        "_record",
        "_records",
        "_renewing",
        "_sent",
    )

    def __init__(
        self,
        records: Records,
        *,
        key: str | None,
        idle: timedelta,
        now: Callable[[], datetime],
    ) -> None:
        self._records = records
        self._idle = idle
        self._now = now
        self._sent = self._record = None
        if key is not None and _ID.fullmatch(key):
            self._record = records.load(SESSION_KIND, _digest(key))
            self._sent = key if self._record else None
        self._key: str | None = self._sent
        self._data: dict[str, Any] = self._record.data if self._record else {}
        self._changes: dict[str, Any] = {}
        self._cleared = self._renewing = self._ended = False

    @property
    def key(self) -> str | None:
        """The id that the browser should hold from now on; None where it should hold none.

        It is a secret: never log it. A session that was never saved has none.
        """
        return self._key

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 -- a JSON value
        """Return a value, a copy that is the caller's own.

        Args:
            name: such as `lg-forms.answers`: begin it with the package's or the service's name.
            default: what to return where there is none.
        """
        return copy.deepcopy(self._data[name]) if name in self._data else default

    def set(self, name: str, value: Any) -> None:  # noqa: ANN401 -- a JSON value
        """Remember a value.

        Args:
            name: its name.
            value: a JSON value: text, numbers, True, False, None, and lists and dicts of them.

        Raises:
            InvalidValueError: it is not a JSON value.
        """
        try:
            text = json.dumps(value, allow_nan=False)
        except (TypeError, ValueError):
            text = None
        if text is None:  # raised here, where no error that holds the value is chained
            raise InvalidValueError(
                "A session keeps JSON values only: text, numbers, True, False, None, and lists "
                "and dicts of them.",
                field=name,
                code="not_json",
            )
        # Compared as text: to Python, 0 and False are the same.
        if name not in self._data or json.dumps(self._data[name]) != text:
            self._data[name] = self._changes[name] = json.loads(text)

    def pop(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 -- a JSON value
        """Forget a value and return it.

        Args:
            name: its name.
            default: what to return where there is none.
        """
        if name not in self._data:
            return default
        self._changes[name] = _GONE
        return self._data.pop(name)

    def clear(self) -> None:
        """Forget all values. The id stays."""
        if self._data:
            self._data = {}
            self._changes = {}
            self._cleared = True

    def renew(self) -> None:
        """Keep the data under a new id, and make the old id worth nothing.

        It happens when the session is saved. Until then nobody sees a difference.
        """
        self._renewing = self._record is not None

    def end(self) -> None:
        """Forget everything, here and in the browser. What is set later begins a new session."""
        self._ended = True
        self._data = {}
        self._changes = {}
        self._cleared = self._renewing = False

    @property
    def key_changed(self) -> bool:
        """Whether the browser must be told a new id, or to forget the one it has."""
        return self._key != self._sent

    def save(self) -> bool:
        """Write what changed, if anything did.

        Returns:
            False where another request ended or renewed the session in between, so that there was
            nothing left to change. The browser has heard of it from that request.
        """
        if self._ended and self._record is not None:
            self._records.remove(SESSION_KIND, _digest(str(self._sent)))
            self._record = None
            self._key = None
        if self._record is None:
            return self._begin()
        return self._move(self._record) if self._renewing else self._keep(self._record)

    def _begin(self) -> bool:
        if self._data:
            self._key = secrets.token_urlsafe(_ID_BYTES)
            self._record = self._write(self._key, self._data, expected=None)
            self._settle(self._record)
        return True

    def _keep(self, record: Record) -> bool:
        """Write our own changes on top of what the store has by now."""
        key = str(self._key)
        while self._changed() or self._is_due(record):
            try:
                record = self._write(key, self._applied(record), expected=record.revision)
            except RecordChangedError:
                again = self._records.load(SESSION_KIND, _digest(key))
                if again is None:
                    return False
                record = again
            else:
                self._settle(record)
        return True

    def _move(self, record: Record) -> bool:
        """Write the data under a new id, then take the old one away.

        The old record is emptied with its revision before it is removed: what another request
        wrote into it in between is noticed, and comes along.
        """
        old, new = str(self._key), secrets.token_urlsafe(_ID_BYTES)
        revision: int | None = None
        while True:
            moved = self._write(new, self._applied(record), expected=revision)
            revision = moved.revision
            try:
                self._write(old, {}, expected=record.revision)
            except RecordChangedError:
                again = self._records.load(SESSION_KIND, _digest(old))
                if again is None:
                    self._records.remove(SESSION_KIND, _digest(new))
                    return False
                record = again
            else:
                self._records.remove(SESSION_KIND, _digest(old))
                self._key = new
                self._settle(moved)
                return True

    def _write(self, key: str, data: dict[str, Any], *, expected: int | None) -> Record:
        return self._records.save(
            SESSION_KIND,
            _digest(key),
            data=data,
            expected=expected,
            expires_at=self._now() + self._idle,
        )

    def _applied(self, record: Record) -> dict[str, Any]:
        merged = {**({} if self._cleared else record.data), **self._changes}
        return {name: value for name, value in merged.items() if value is not _GONE}

    def _changed(self) -> bool:
        return self._cleared or bool(self._changes)

    def _is_due(self, record: Record) -> bool:
        return record.expires_at - self._now() < self._idle * (1 - _TOUCH_AFTER)

    def _settle(self, record: Record) -> None:
        """Go on from what was written."""
        self._record = record
        self._data = record.data
        self._changes = {}
        self._cleared = self._renewing = self._ended = False

    def __contains__(self, name: str) -> bool:
        return name in self._data

    def __repr__(self) -> str:
        return f"Session({', '.join(sorted(self._data))})"


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
