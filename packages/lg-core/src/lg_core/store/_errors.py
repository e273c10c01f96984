# SPDX-License-Identifier: MIT
"""What can go wrong with a store: it is not there, it is of another version, somebody was faster.

An error of a database driver repeats what was to be written ("Key (reference)=(...) already
exists"), so none leaves a store as it is: it becomes a `StoreError`, and what it said is dropped.
"""

from collections.abc import Generator
from contextlib import contextmanager
from enum import StrEnum
from typing import Final

from sqlalchemy import exc

from lg_core.errors import ConfigError, LgError

__all__ = [
    "LeaseLostError",
    "SchemaTooNewError",
    "SchemaTooOldError",
    "StoreError",
    "StoreFault",
    "in_plain_words",
]


class StoreFault(StrEnum):
    """What kept a store from doing its work."""

    BUSY = "busy"
    """Others held it for too long, or two writers waited for each other. Try again."""

    UNREACHABLE = "unreachable"
    """The database does not answer, or the connection was lost. Try again later."""

    REFUSED = "refused"
    """The database does not accept the name, the password or the rights, or is not there."""

    FULL = "full"
    """The disk is full."""

    READ_ONLY = "read_only"
    """The file or the database may not be written."""

    DAMAGED = "damaged"
    """The file is damaged, is no SQLite database, or its disk cannot be read."""

    CONFLICT = "conflict"
    """A rule of the tables forbids it, such as a key that must be unique."""

    NOT_PREPARED = "not_prepared"
    """A table or a column is missing."""

    FAILED = "failed"
    """Anything else."""


_ADVICE: Final = {
    StoreFault.BUSY: "Others held the database for too long. Nothing was written; try again.",
    StoreFault.UNREACHABLE: (
        "The database does not answer, or the connection was lost. What was being written is "
        "written whole or not at all: look before you write it again."
    ),
    StoreFault.REFUSED: (
        "The database refused the connection or the statement. Check the name of the database, "
        "the user, the password and the user's rights."
    ),
    StoreFault.FULL: "The disk is full. Nothing was written; make room and try again.",
    StoreFault.READ_ONLY: (
        "The database may not be written. Check the rights on the file and on its folder, in "
        "which SQLite keeps two more files, or that the server is not a read-only copy."
    ),
    StoreFault.DAMAGED: (
        "The file is damaged, is no SQLite database, or its disk cannot be read. Nothing was "
        "written; bring back the last backup, or name another file."
    ),
    StoreFault.CONFLICT: "A rule of the tables forbids what was to be written. Nothing was.",
    StoreFault.NOT_PREPARED: (
        "A table or a column is missing. Call prepare() with the schema, or run the command that "
        "upgrades the store."
    ),
    StoreFault.FAILED: "The database could not do what it was asked. Nothing was written.",
}

_RETRYABLE: Final = frozenset({StoreFault.BUSY, StoreFault.UNREACHABLE})


class StoreError(LgError):
    """The database could not do what it was asked. What was to be written is not repeated.

    Args:
        fault: what kept it from it.
        detail: the database's own code, such as `23505` (PostgreSQL) or `SQLITE_BUSY`.
    """

    def __init__(self, fault: StoreFault, *, detail: str = "") -> None:
        super().__init__(_ADVICE[fault] + (f" (The database says {detail}.)" if detail else ""))
        self.fault = fault
        self.detail = detail

    @property
    def retryable(self) -> bool:
        """Whether the same may succeed later without a change."""
        return self.fault in _RETRYABLE


class SchemaTooOldError(ConfigError):
    """The tables are of an older version than this program needs.

    Args:
        schema: the name of the schema, such as `lg-pay.book`.
        found: the version of the tables.
        wanted: the version that this program needs.
        command: the command that upgrades them; None where several packages share the tables, and
            nobody has said which one is in use.
    """

    def __init__(self, schema: str, *, found: int, wanted: int, command: str | None = None) -> None:
        how = (
            "run `store upgrade` of the package that you use them with, such as `lg-pay store "
            "upgrade` or `lg-notify store upgrade`; in Python, Store.upgrade() with the schema "
            "does the same. Each command prints the statements for your database administrator "
            "with `--sql`."
            if command is None
            else f"run `{command}`, or give your database administrator the statements that "
            f"`{command} --sql` prints."
        )
        super().__init__(
            f"The tables of {schema} are of version {found}, and this program needs version "
            f"{wanted}. Stop what uses them, make a backup, and {how}"
        )
        self.schema = schema
        self.found = found
        self.wanted = wanted
        self.command = command


class SchemaTooNewError(ConfigError):
    """The tables are of a newer version than this program knows.

    Args:
        schema: the name of the schema, such as `lg-pay.book`.
        found: the version of the tables.
        wanted: the version that this program knows.
    """

    def __init__(self, schema: str, *, found: int, wanted: int) -> None:
        super().__init__(
            f"The tables of {schema} are of version {found}, and this program knows version "
            f"{wanted}. A newer release wrote them: install that release here too, or bring back "
            "the backup that was made before the upgrade."
        )
        self.schema = schema
        self.found = found
        self.wanted = wanted


class LeaseLostError(LgError):
    """The job is no longer held by who held it: its lease ran out, or it was finished before.

    Undo what was done for it in the same transaction. Somebody else has it, or has done it.

    Args:
        queue: the name of the queue.
    """

    def __init__(self, queue: str) -> None:
        super().__init__(
            f"A job of the queue {queue} is no longer yours: its lease ran out and another worker "
            "took it, or it was finished before. Roll back what you did for it. If this happens "
            "often, the lease is too short, or the machines' clocks differ."
        )
        self.queue = queue


_SQLITE: Final = {
    3: StoreFault.REFUSED,  # SQLITE_PERM
    5: StoreFault.BUSY,
    6: StoreFault.BUSY,  # SQLITE_LOCKED
    8: StoreFault.READ_ONLY,
    10: StoreFault.DAMAGED,  # SQLITE_IOERR
    11: StoreFault.DAMAGED,  # SQLITE_CORRUPT
    13: StoreFault.FULL,
    14: StoreFault.REFUSED,  # SQLITE_CANTOPEN
    19: StoreFault.CONFLICT,
    26: StoreFault.DAMAGED,  # SQLITE_NOTADB
}
"""SQLite's primary result codes (sqlite.org, 'Result and Error Codes')."""

_POSTGRESQL: Final = (
    ("08", StoreFault.UNREACHABLE),
    ("23", StoreFault.CONFLICT),
    ("25006", StoreFault.READ_ONLY),
    ("28", StoreFault.REFUSED),
    ("3D", StoreFault.REFUSED),
    ("40", StoreFault.BUSY),
    ("42501", StoreFault.REFUSED),
    ("42P01", StoreFault.NOT_PREPARED),
    ("42703", StoreFault.NOT_PREPARED),
    ("53100", StoreFault.FULL),
    ("53", StoreFault.BUSY),
    ("55P03", StoreFault.BUSY),
    ("57P", StoreFault.UNREACHABLE),
)
"""The beginnings of SQLSTATE codes (PostgreSQL manual, appendix A), the first that fits."""


@contextmanager
def in_plain_words() -> Generator[None]:
    """Turn what a database driver raises into a `StoreError` that repeats nothing.

    Raises:
        StoreError: the database could not do what it was asked.
    """
    try:
        yield
    except exc.DBAPIError as error:
        raise _told(error) from None
    except exc.TimeoutError:
        raise StoreError(StoreFault.BUSY, detail="no free connection") from None


def _told(error: exc.DBAPIError) -> StoreError:
    fault, detail = _fault_of(error)
    # The driver's error stays on ours as its context: what it said is taken out of it first.
    error.args = (type(error.orig).__name__,)
    error.orig = None
    error.params = None
    error.__cause__ = error.__context__ = None
    return StoreError(fault, detail=detail)


def _fault_of(error: exc.DBAPIError) -> tuple[StoreFault, str]:
    code: object = getattr(error.orig, "sqlite_errorcode", None)
    if isinstance(code, int):
        name = str(getattr(error.orig, "sqlite_errorname", ""))
        missing = code == 1 and str(error.orig).startswith(("no such table", "no such column"))
        if missing:
            return StoreFault.NOT_PREPARED, name
        return _SQLITE.get(code & 0xFF, StoreFault.FAILED), name
    state = str(getattr(error.orig, "sqlstate", None) or "")
    for beginning, fault in _POSTGRESQL:
        if state.startswith(beginning):
            return fault, state
    if not state and isinstance(error, exc.OperationalError):
        return _without_a_code(str(error.orig)), ""
    return StoreFault.FAILED, state


def _without_a_code(said: str) -> StoreFault:
    """Judge a failure to connect: libpq passes on the server's sentence, and no code with it."""
    refusals = ("FATAL:  password", "authentication failed", "does not exist", "no pg_hba.conf")
    if any(each in said for each in refusals):
        return StoreFault.REFUSED
    return StoreFault.UNREACHABLE
