# SPDX-License-Identifier: MIT
"""Keep an instant in a column so that it comes back as the same instant, in UTC."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy
from sqlalchemy.types import TypeDecorator, TypeEngine

from lg_core.errors import InvalidValueError

__all__ = ["Instant", "aware", "utc_now"]


def utc_now() -> datetime:
    """Return the present instant, in UTC."""
    return datetime.now(UTC)


def aware(instant: datetime, *, field: str) -> datetime:
    """Return an instant in UTC.

    Args:
        instant: any instant with a time zone.
        field: the name of the argument, for the error.

    Raises:
        InvalidValueError: it has no time zone.
    """
    if instant.tzinfo is None:
        raise InvalidValueError(
            f"{field} must have a time zone: use datetime.now(UTC).", field=field, code="naive"
        )
    return instant.astimezone(UTC)


class Instant(TypeDecorator[datetime]):
    """A column for an instant. A value without a time zone is refused.

    PostgreSQL keeps it as `timestamp with time zone`. SQLite, which has no such type, keeps it as
    text of one length (`2026-11-22T10:00:00.000000Z`), so that it sorts as it should.
    """

    impl = sqlalchemy.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: sqlalchemy.Dialect) -> TypeEngine[Any]:
        """Choose the column's type."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sqlalchemy.String(27))
        return dialect.type_descriptor(sqlalchemy.TIMESTAMP(timezone=True))

    def process_bind_param(
        self, value: datetime | None, dialect: sqlalchemy.Dialect
    ) -> datetime | str | None:
        """Write an instant."""
        if value is None:
            return None
        instant = aware(value, field="an instant")
        if dialect.name != "sqlite":
            return instant
        return instant.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"

    def process_result_value(
        self, value: datetime | str | None, dialect: sqlalchemy.Dialect
    ) -> datetime | None:
        """Read an instant."""
        if value is None:
            return None
        if dialect.name == "sqlite" or isinstance(value, str):
            return datetime.fromisoformat(str(value))
        return value.astimezone(UTC)
