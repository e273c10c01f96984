# SPDX-License-Identifier: MIT
"""Jobs: their table, what is handed out of it, and the rules that need no database.

A job is in one of four states:

    put ──> waiting ──take──> leased ──done──> done
              ^  ^               │  │
              │  └────retry──────┘  └──set aside──> aside
              └───────────────put back─────────────────┘

A lease that runs out lets another worker take the job; who held it then gets a `LeaseLostError`.
A job that has been taken `max_attempts` times, or has expired, is set aside and handed out no
more. Nothing leaves the table by itself: `purge` removes what is done or set aside.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import sqlalchemy
from pydantic import JsonValue

from lg_core.errors import InvalidValueError
from lg_core.store._instants import Instant
from lg_core.store._schema import Schema

__all__ = [
    "FREE",
    "JOBS",
    "WORK_SCHEMA",
    "Aside",
    "Job",
    "JobState",
    "QueueCounts",
    "backoff",
    "check_key",
    "check_reason",
    "reason_of",
    "to_json",
]


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    LEASED = "leased"
    ASIDE = "aside"
    DONE = "done"


_METADATA: Final = sqlalchemy.MetaData()
JOBS: Final = sqlalchemy.Table(
    "lg_work",
    _METADATA,
    sqlalchemy.Column(
        "id",
        sqlalchemy.BigInteger().with_variant(sqlalchemy.Integer, "sqlite"),
        sqlalchemy.Identity(),
        primary_key=True,
    ),
    sqlalchemy.Column("queue", sqlalchemy.String(80), nullable=False),
    sqlalchemy.Column("key", sqlalchemy.String(200), nullable=False),
    sqlalchemy.Column("payload", sqlalchemy.Text, nullable=False),
    sqlalchemy.Column("due", Instant, nullable=False),
    sqlalchemy.Column("priority", sqlalchemy.Integer, nullable=False),
    sqlalchemy.Column("expires", Instant),
    sqlalchemy.Column("attempts", sqlalchemy.Integer, nullable=False),
    sqlalchemy.Column("lease_owner", sqlalchemy.String(120)),
    sqlalchemy.Column("lease_until", Instant),
    sqlalchemy.Column("token", sqlalchemy.String(32)),
    sqlalchemy.Column("state", sqlalchemy.String(8), nullable=False),
    sqlalchemy.Column("reason", sqlalchemy.String(80)),
    sqlalchemy.Column("created", Instant, nullable=False),
    sqlalchemy.Column("updated", Instant, nullable=False),
    sqlalchemy.UniqueConstraint("queue", "key", name="lg_work_key"),
)
sqlalchemy.Index(
    "lg_work_waiting",
    JOBS.c.queue,
    JOBS.c.state,
    JOBS.c.priority.desc(),
    JOBS.c.due,
    JOBS.c.id,
)

FREE: Final[Mapping[str, None]] = {"token": None, "lease_owner": None, "lease_until": None}
"""What a job's row says that nobody holds."""

WORK_SCHEMA: Final = Schema("lg-core.work", _METADATA)
"""The table of all queues."""

_REASON: Final = re.compile(r"[A-Za-z0-9_.\-]{1,80}")
_NO_REASON_CHARACTER: Final = re.compile(r"[^A-Za-z0-9_.\-]")
_LONGEST_KEY: Final = 200
_LONGEST_PAYLOAD: Final = 1_000_000
_FIRST_WAIT: Final = timedelta(seconds=5)
_LONGEST_WAIT: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Job:
    """A job that is held by whoever took it.

    Attributes:
        key: its name in its queue; not printed, since it may be a person's reference.
        payload: what to do; never printed.
        attempts: how often it was taken, this time included.
        lease_until: until when it is held, in UTC.
        token: proves who holds it; never printed.
    """

    key: str = field(repr=False)
    payload: Mapping[str, JsonValue] = field(repr=False)
    attempts: int
    lease_until: datetime
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Aside:
    """A job that was set aside, for a person to look at.

    Attributes:
        key: its name in its queue; not printed.
        payload: what was to be done; never printed.
        attempts: how often it was taken.
        reason: why: what `retry` or `set_aside` was told, `expired`, or `lease_ran_out`.
        since: when it was set aside, in UTC.
    """

    key: str = field(repr=False)
    payload: Mapping[str, JsonValue] = field(repr=False)
    attempts: int
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """How many jobs of a queue stand where.

    Attributes:
        waiting: all that wait, due or not.
        due: those of them that may be taken now.
        leased: held by a worker, or left by one whose lease has run out.
        aside: set aside for a person.
        done: done, and remembered so that a replay is known.
        oldest_due: since when the job that has waited longest could have been taken; None where
            none is due.
    """

    waiting: int
    due: int
    leased: int
    aside: int
    done: int
    oldest_due: datetime | None


def check_key(key: str) -> str:
    """Return a key that both databases keep as it is.

    Raises:
        InvalidValueError: it is empty, longer than 200 characters, or holds a control character.
    """
    if not 0 < len(key) <= _LONGEST_KEY or not key.isprintable():
        raise InvalidValueError(
            f"A job's key must be 1 to {_LONGEST_KEY} printable characters.", field="key"
        )
    return key


def check_reason(reason: str) -> str:
    """Return a reason that is a code, and so no sentence that may hold personal data.

    Raises:
        InvalidValueError: it is no code.
    """
    if not _REASON.fullmatch(reason):
        raise InvalidValueError(
            "A reason must be a short code or the name of a class: 1 to 80 letters, digits, "
            "`_`, `.` and `-`. It is printed, so it may hold nothing of the job.",
            field="reason",
        )
    return reason


def reason_of(error: BaseException) -> str:
    """Return the name of an error's class as a reason."""
    return _NO_REASON_CHARACTER.sub("_", type(error).__name__)[:80]


def to_json(payload: Mapping[str, JsonValue]) -> str:
    """Write a payload.

    Raises:
        InvalidValueError: it is longer than 1,000,000 characters or is not JSON.
    """
    try:
        text = json.dumps(dict(payload), allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError):
        text = None
    if text is None:  # raised here, so that what json said does not hang on the error
        raise InvalidValueError(
            "A job's payload must be JSON: texts, whole and decimal numbers, true, false, null, "
            "lists, and objects whose names are texts.",
            field="payload",
        )
    if len(text) > _LONGEST_PAYLOAD:
        raise InvalidValueError(
            f"A job's payload may be {_LONGEST_PAYLOAD:,} characters of JSON and has "
            f"{len(text):,}. Keep what is large elsewhere, and its name in the payload.",
            field="payload",
            code="too_long",
        )
    return text


def backoff(attempts: int) -> timedelta:
    """Return how long to wait before the next attempt: 5 seconds, doubled each time, to 1 hour.

    Args:
        attempts: how often the job was taken, from 1.
    """
    doublings = min(max(attempts, 1) - 1, 20)
    return min(_FIRST_WAIT * 2**doublings, _LONGEST_WAIT)
