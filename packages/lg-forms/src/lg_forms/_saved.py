# SPDX-License-Identifier: MIT
"""Where a resident's answers are kept until they are sent: in records, under a random key.

The session holds the key and nothing else. Every write says which revision it read: where two tabs
send at once, the slower one reads again and adds its own answer, so neither loses the other's.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from lg_core.records import Record, RecordChangedError
from lg_web.visits import Visit

__all__ = ["KIND", "Saved", "begin", "forget", "load", "save"]

KIND: Final = "lg-forms.answers"
_KEY_BYTES: Final = 32
_TRIES: Final = 20


@dataclass(slots=True)
class Saved:
    """What is kept of one journey of one browser. Changed in place, then written.

    Attributes:
        answers: by field.
        prefilled: what is shown in a field before it is answered, by field.
        memory: what pages keep for themselves, by page.
    """

    answers: dict[str, Any] = field(default_factory=dict[str, Any], repr=False)
    prefilled: dict[str, Any] = field(default_factory=dict[str, Any], repr=False)
    memory: dict[str, Any] = field(default_factory=dict[str, Any], repr=False)


def begin(visit: Visit, journey: str) -> str:
    """Return the key of the answers, a new one where the session has none.

    The session keeps it from the first page on, so that two tabs share it; a record is made only
    with the first answer.
    """
    name = _name(journey)
    key = visit.session.get(name)
    if not isinstance(key, str):
        key = secrets.token_urlsafe(_KEY_BYTES)
        visit.session.set(name, key)
    return key


def load(visit: Visit, key: str) -> Saved:
    """Return what is kept; nothing where it has expired or was never written."""
    return _saved(visit.site.records.load(KIND, key))


def save(visit: Visit, key: str, change: Callable[[Saved], None], *, keep: timedelta) -> Saved:
    """Make a change to what is kept, and return it as it stands then.

    Args:
        visit: the request.
        key: as `begin` returned it.
        change: makes the change; may be called again on a later state.
        keep: how long from now it is kept.

    Raises:
        RecordChangedError: other requests wrote in between, again and again.
    """
    records = visit.site.records
    for tries in range(1, _TRIES + 1):
        record = records.load(KIND, key)
        saved = _saved(record)
        change(saved)
        try:
            records.save(
                KIND,
                key,
                data={
                    "answers": saved.answers,
                    "prefilled": saved.prefilled,
                    "memory": saved.memory,
                },
                expected=record.revision if record else None,
                expires_at=visit.site.now() + keep,
            )
        except RecordChangedError:
            if tries == _TRIES:
                raise
        else:
            return saved
    raise AssertionError  # the last try returns or raises


def forget(visit: Visit, journey: str) -> None:
    """Remove what is kept, and the key from the session."""
    key = visit.session.pop(_name(journey))
    if isinstance(key, str):
        visit.site.records.remove(KIND, key)


def _name(journey: str) -> str:
    return f"lg-forms.{journey}"


def _saved(record: Record | None) -> Saved:
    return Saved(**record.data) if record else Saved()
