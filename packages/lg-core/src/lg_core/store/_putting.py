# SPDX-License-Identifier: MIT
"""How jobs are written into their table: in batches, each key once."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final

import sqlalchemy
from pydantic import JsonValue
from sqlalchemy.dialects import postgresql, sqlite

from lg_core.errors import InvalidValueError
from lg_core.store._instants import aware
from lg_core.store._jobs import FREE, JOBS, JobState, check_key, to_json

__all__ = ["put_rows", "put_statement"]

_BATCH: Final = 1000
_GIVEN: Final = ("queue", "key", "payload", "due", "priority", "expires", "created", "updated")


def put_statement(dialect: str) -> sqlalchemy.Insert:
    """Return what inserts a job; where its key is known, only one done long ago is replaced.

    Args:
        dialect: `sqlite` or `postgresql`.
    """
    insert = sqlite.insert(JOBS) if dialect == "sqlite" else postgresql.insert(JOBS)
    values: dict[str, sqlalchemy.ColumnElement[Any]] = {
        name: sqlalchemy.bindparam(name) for name in _GIVEN
    }
    values |= {"attempts": sqlalchemy.literal(0), "state": sqlalchemy.literal(JobState.WAITING)}
    again = {name: insert.excluded[name] for name in values if name not in {"queue", "key"}}
    forgotten = sqlalchemy.bindparam("forgotten", type_=JOBS.c.updated.type)
    return (
        insert.values(values)
        .inline()
        .execution_options(preserve_rowcount=True)
        .on_conflict_do_update(
            index_elements=["queue", "key"],
            set_={**again, **FREE, "reason": None},
            where=sqlalchemy.and_(JOBS.c.state == JobState.DONE, JOBS.c.updated <= forgotten),
        )
    )


def put_rows(
    jobs: Iterable[tuple[str, Mapping[str, JsonValue]]],
    common: Mapping[str, Any],
    *,
    now: datetime,
    keep_done: timedelta,
) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows of jobs in batches.

    Args:
        jobs: keys and payloads.
        common: `queue`, `due`, `priority` and `expires` of all of them.
        now: the present instant.
        keep_done: how long a key is known after its job is done.

    Raises:
        InvalidValueError: a key, a payload, a priority or an instant cannot be kept.
    """
    due, expires = common["due"], common["expires"]
    if not -(2**31) <= common["priority"] < 2**31:
        raise InvalidValueError("A priority must fit in 32 bits.", field="priority")
    row = {
        **common,
        "due": now if due is None else aware(due, field="due"),
        "expires": None if expires is None else aware(expires, field="expires"),
        "created": now,
        "updated": now,
        "forgotten": now - keep_done,
    }
    rows = ({**row, "key": check_key(key), "payload": to_json(load)} for key, load in jobs)
    while batch := list(islice(rows, _BATCH)):
        yield batch
