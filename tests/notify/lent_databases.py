# SPDX-License-Identifier: MIT
"""Databases that tests have one after the other: PostgreSQL takes its time to make a new one.

Whoever gives one back leaves the tables of ours, and no row in them. Opening a store there is what
the second process of a council does. One that is not as we left it is not lent again.
"""

import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg
import pytest
from databases import DIALECTS, fresh_postgres, sqlite_url
from psycopg import sql

__all__ = ["lent", "lent_url"]

_VERSIONS: Final = "lg_schema"
_TABLES: Final = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
_free: list[tuple[int, str]] = []


@contextmanager
def lent(dialect: str) -> Generator[str]:
    """Lend the address of a database without a message; the next one gets it after us.

    Args:
        dialect: `sqlite`, which is a new file in memory each time, or `postgresql`.
    """
    if dialect == "sqlite":
        where = os.environ.get("LG_TEST_FOLDER")
        with tempfile.TemporaryDirectory(prefix="lg-tests-", dir=where) as folder:
            yield sqlite_url(Path(folder))
        return
    mine = [each for each in _free if each[0] == os.getpid()]  # a forked child makes its own
    if mine:
        _free.remove(mine[-1])
    url = mine[-1][1] if mine else fresh_postgres()
    yield url  # where a test fails, its database is not lent again
    if _emptied(url):
        _free.append((os.getpid(), url))


@pytest.fixture(params=DIALECTS)
def lent_url(request: pytest.FixtureRequest) -> Generator[str]:
    """A database without a message, of each kind in turn."""
    with lent(str(request.param)) as url:
        yield url


def _emptied(url: str) -> bool:
    """Take all rows out of our tables, and say whether that leaves it as it was made."""
    with psycopg.connect(url) as connection:
        names = {str(name) for (name,) in connection.execute(_TABLES)}
        if not all(name.startswith("lg_") for name in names):
            return False
        connection.execute("SET LOCAL lock_timeout = '2s'")
        try:
            for name in sorted(names - {_VERSIONS}):
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
        except psycopg.errors.LockNotAvailable:  # somebody is in there still
            connection.rollback()
            return False
    return True
