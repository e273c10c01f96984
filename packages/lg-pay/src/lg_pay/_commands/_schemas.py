# SPDX-License-Identifier: MIT
"""The tables that lg-pay keeps in a store, and how those of a store stand."""

from typing import Final

from lg_core.store import (
    RECORDS_SCHEMA,
    WORK_SCHEMA,
    Schema,
    SchemaTooNewError,
    Store,
)
from lg_pay._commands._open import UPGRADE
from lg_pay.book import BOOK_SCHEMA
from lg_pay.reconcile.posting_book import POSTING_SCHEMA

__all__ = ["GOOD", "SCHEMAS", "state_of"]

SCHEMAS: Final[tuple[Schema, ...]] = (BOOK_SCHEMA, POSTING_SCHEMA, WORK_SCHEMA, RECORDS_SCHEMA)
"""The payment book, the postings, the inbox, and the poller's records."""

GOOD: Final = "of this version"
"""What is said of tables with which nothing is to be done."""


def state_of(store: Store, schema: Schema) -> str:
    """Say how the tables of a schema stand, without changing them.

    Args:
        store: the store.
        schema: the tables.
    """
    try:
        script = store.upgrade_sql(schema)
    except SchemaTooNewError:
        return "of a newer version than this program: upgrade lg-pay"
    if script.startswith("-- Nothing"):
        return GOOD
    if "INSERT INTO lg_schema" in script:  # a row for tables that are new
        return "not there yet: they are made at the first use"
    return f"old: run {UPGRADE}"
