# SPDX-License-Identifier: MIT
"""The one table of the payment book, and how a row becomes an entry.

A row an attempt. `slot` is 1 while an attempt stands for its service, case, reference and amount,
and NULL once another may: as NULLs differ from each other, the one unique index lets any number of
ended attempts stay beside the one that counts, on SQLite and PostgreSQL alike.
"""

from dataclasses import fields
from typing import Final

from lg_core.money import Pence
from lg_core.store import Instant, Schema, Step
from lg_pay.book._entries import BookedPayment

# lg_core.store says what to install where this is missing, so it comes first.
from sqlalchemy import (  # isort: skip
    Column,
    Index,
    Integer,
    MetaData,
    RowMapping,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
)

__all__ = ["BOOK_SCHEMA", "LATER", "TABLE", "entry_of", "later_values_of", "values_of"]

_metadata = MetaData()

TABLE: Final = Table(
    "lg_pay_book_payment",
    _metadata,
    Column("id", String(32), primary_key=True),
    Column("service", String(255), nullable=False),
    Column("case_id", String(255), nullable=False),
    Column("reference", String(255), nullable=False),
    Column("amount", Integer, nullable=False),
    Column("slot", SmallInteger),
    Column("payment_id", String(64), unique=True),
    Column("state", String(40), nullable=False),
    Column("code", String(32)),
    Column("provider", String(32)),
    Column("revision", Integer, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("looked_at", Instant),
    Column("due_at", Instant),
    Column("paid_at", Instant),
    Column("ended_at", Instant),
    Column("submitted_at", Instant),
    Column("reversed_at", Instant),
    Column("undone_at", Instant),
    Column("unheard_since", Instant),
    Column("given_up_reason", String(80)),
    # The reference first: it is also what erase() and a search by reference go by.
    UniqueConstraint(
        "reference", "case_id", "service", "amount", "slot", name="lg_pay_book_payment_one_open"
    ),
    Index("lg_pay_book_payment_due", "due_at"),
    Index("lg_pay_book_payment_state", "state", "asked_at"),
    Index("lg_pay_book_payment_unheard", "unheard_since"),
)
"""Every attempt."""


_TELL_OLD_REVERSALS = (
    "UPDATE lg_pay_book_payment SET reversed_at = changed_at "
    "WHERE state = 'error' AND paid_at IS NOT NULL"
)


def _news_comes_back(dialect: str) -> tuple[str, ...]:
    """From 1 to 2: what a reversal and an end without money need to be told until they are taken.

    Of a payment that was reversed before, nobody can say whether it was acted on: it is told.
    """
    instant = "VARCHAR(27)" if dialect == "sqlite" else "TIMESTAMP WITH TIME ZONE"
    columns = {
        "reversed_at": instant,
        "undone_at": instant,
        "unheard_since": instant,
        "given_up_reason": "VARCHAR(80)",
    }
    return (
        *(f"ALTER TABLE {TABLE.name} ADD COLUMN {name} {kind}" for name, kind in columns.items()),
        f"CREATE INDEX lg_pay_book_payment_unheard ON {TABLE.name} (unheard_since)",
        _TELL_OLD_REVERSALS,
    )


BOOK_SCHEMA: Final = Schema(
    name="lg-pay.book",
    metadata=_metadata,
    version=2,
    steps=(Step(2, _news_comes_back),),
    upgrade_command="lg-pay store upgrade",
)
"""The schema, for `Store.prepare()` and for a database administrator."""

_RENAMED = {"case": "case_id"}
_COLUMNS = {each.name: _RENAMED.get(each.name, each.name) for each in fields(BookedPayment)}
_FIRST = {"id", "service", "case_id", "reference", "amount", "asked_at"}
_LATER = tuple((c, name) for name, c in _COLUMNS.items() if c not in _FIRST)
LATER: Final = frozenset(column for column, _ in _LATER)
"""The columns that change after the intent was written; `slot` is not among them."""


def entry_of(row: RowMapping) -> BookedPayment:
    """Read a row.

    Args:
        row: the row, by the names of its columns.
    """
    values = {name: row[column] for name, column in _COLUMNS.items()}
    values["amount"] = Pence(values["amount"])
    return BookedPayment(**values)


def values_of(entry: BookedPayment) -> dict[str, object]:
    """Return what a row of an entry holds, by the names of its columns.

    `slot` is not among it: it is given when an attempt is made, and taken when it has ended unpaid.

    Args:
        entry: the entry.
    """
    values: dict[str, object] = {column: getattr(entry, name) for name, column in _COLUMNS.items()}
    values["amount"] = int(entry.amount)
    return values


def later_values_of(entry: BookedPayment) -> dict[str, object]:
    """Return what may change in a row of an entry, by the names of its columns.

    Args:
        entry: the entry.
    """
    return {column: getattr(entry, name) for column, name in _LATER}
