# SPDX-License-Identifier: MIT
"""Which command the error names where tables are too old: one that is there for the tool in use."""

import pickle
from pathlib import Path

import pytest
import sqlalchemy

from lg_core.store import (
    RECORDS_SCHEMA,
    WORK_SCHEMA,
    Inbox,
    SchemaTooOldError,
    Store,
    StoredRecords,
)

SHARED = [WORK_SCHEMA, RECORDS_SCHEMA]


def age(place: Path) -> None:
    """Make the tables of a store, and let them be of a version before the first."""
    with Store(place) as store:
        store.prepare(*SHARED)
        with store.begin() as connection:
            connection.execute(sqlalchemy.text("UPDATE lg_schema SET version = 0"))


def refused(place: Path, command: str | None) -> list[SchemaTooOldError]:
    """Open what stands on shared tables, and return what is said of each."""
    found: list[SchemaTooOldError] = []
    with Store(place, upgrade_command=command) as store:
        for build in (lambda: Inbox(store, name="webhooks"), lambda: StoredRecords(store)):
            with pytest.raises(SchemaTooOldError) as caught:
                build()
            found.append(caught.value)
    return found


@pytest.mark.parametrize("command", ["lg-pay store upgrade", "lg-notify store upgrade"])
def test_a_tool_names_its_own_command(tmp_path: Path, command: str) -> None:
    """Queues and records belong to no package: the store knows which tool is in use."""
    age(tmp_path / "old.db")

    for error in refused(tmp_path / "old.db", command):
        assert command == error.command
        assert f"run `{command}`, or give" in error.message
        assert f"`{command} --sql`" in error.message


def test_without_a_tool_each_command_is_named(tmp_path: Path) -> None:
    """Who built the store by hand is told of every command, and of the way without one."""
    age(tmp_path / "old.db")

    for error in refused(tmp_path / "old.db", None):
        assert error.command is None
        for way in ("`lg-pay store upgrade`", "`lg-notify store upgrade`", "Store.upgrade()"):
            assert way in error.message
        again = pickle.loads(pickle.dumps(error))
        assert (error.message, None) == (again.message, again.command)


def test_nothing_names_a_command_that_is_not_there() -> None:
    """Shared tables have no command of their own."""
    assert [None, None] == [schema.upgrade_command for schema in SHARED]
