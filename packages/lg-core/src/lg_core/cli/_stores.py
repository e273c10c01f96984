# SPDX-License-Identifier: MIT
"""What the commands `store status` and `store upgrade` of every tool do."""

from collections.abc import Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from typing import TYPE_CHECKING, Final

from lg_core.cli._exits import Exit
from lg_core.cli._output import emit, table

if TYPE_CHECKING:
    from lg_core.store import Schema, Store

__all__ = ["GOOD", "StoreStatus", "show_removed", "show_status", "state_of", "upgrade_tables"]

GOOD: Final = "of this version"
"""What is said of tables with which nothing is to be done."""
_OLD: Final = "old"
_NEWER: Final = "of a newer version than this program"


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """How a store stands.

    Args:
        tables: how each group of tables stands, by its name.
        numbers: what waits in them.
        to_do: whether a person must look at something in them.

    Attributes:
        good: whether nothing is to be done: nothing in them, and every group of tables is of this
            version, or is made at the first use.
    """

    tables: Mapping[str, str]
    numbers: Mapping[str, int | str | None]
    to_do: InitVar[bool] = False
    good: bool = field(init=False)

    def __post_init__(self, to_do: bool) -> None:
        usable = not any(state.startswith((_OLD, _NEWER)) for state in self.tables.values())
        object.__setattr__(self, "good", usable and not to_do)


def state_of(store: "Store", schema: "Schema", *, program: str) -> str:
    """Say how the tables of a schema stand, without changing them.

    Args:
        store: the store.
        schema: the tables.
        program: the tool, such as `lg-pay`.

    Returns:
        `GOOD`, or what is to be done.
    """
    from lg_core.store import SchemaTooNewError  # noqa: PLC0415 -- loads SQLAlchemy

    try:
        script = store.upgrade_sql(schema)
    except SchemaTooNewError:
        return f"{_NEWER}: upgrade {program}"
    if script.startswith("-- Nothing"):
        return GOOD
    if "INSERT INTO lg_schema" in script:  # a row for tables that are new
        return "not there yet: they are made at the first use"
    return f"{_OLD}: run {program} store upgrade"


def show_status(found: StoreStatus, *, json: bool) -> None:
    """Print how a store stands.

    Args:
        found: how it stands.
        json: whether to print JSON.

    Raises:
        Exit: with 1, where something is to be done.
    """
    import typer

    emit(found, json=json, human=_as_text)
    if not found.good:
        raise typer.Exit(Exit.FOUND)


def upgrade_tables(store: "Store", schemas: "Sequence[Schema]", *, sql: bool, json: bool) -> None:
    """Make the tables or bring them to this version, and print what was done.

    Args:
        store: the store.
        schemas: the tables.
        sql: print the statements in place of it.
        json: whether to print JSON.

    Raises:
        StoreError: the database could not do it.
    """
    if sql:
        script = store.upgrade_sql(*schemas)
        emit({"sql": script}, json=json, human=lambda found: found["sql"].rstrip())
        return
    done = store.upgrade(*schemas)
    emit(done, json=json, human=lambda steps: "\n".join(steps) or "Nothing to do.")


def show_removed(removed: Mapping[str, int], *, json: bool) -> None:
    """Print how much was removed.

    Args:
        removed: how many, by what.
        json: whether to print JSON.
    """
    emit(removed, json=json, human=_counted)


def _as_text(found: StoreStatus) -> str:
    parts = [table(found.tables.items(), columns=("Tables", "Are"))]
    if found.numbers:
        parts.append(table(found.numbers.items(), columns=("What", "Number")))
    return "\n\n".join(parts)


def _counted(removed: Mapping[str, int]) -> str:
    return table(removed.items(), columns=("What", "Removed"))
