# SPDX-License-Identifier: MIT
"""The tables of what has been posted, and how their rows are read and written."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Final

import sqlalchemy as sa

from lg_core.money import Pence, VatRate
from lg_core.store import Schema
from lg_pay.basket import Line
from lg_pay.reconcile.batches import AdjustmentTotal, Batch, ControlTotals, FundTotal
from lg_pay.reconcile.happenings import Kind
from lg_pay.reconcile.postings import Adjustment

__all__ = [
    "BATCHES",
    "FLOWING",
    "POSTINGS",
    "POSTING_SCHEMA",
    "REFUNDS",
    "as_text",
    "batches_of",
    "erase_recorded",
    "history_of",
    "lines_of",
    "recorded_for",
    "remove_batch",
    "texts_of",
    "write_batch",
    "write_lines",
]


def _by_code_point(length: int) -> sa.String:
    # A collation of the database would sort otherwise than Python and SQLite do, and may change
    # with a new release of the operating system: a batch written again must be the same bytes.
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


_METADATA: Final = sa.MetaData()
BATCHES: Final = sa.Table(
    "lg_pay_batch",
    _METADATA,
    sa.Column("ledger", sa.String(60), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("day", sa.String(10), nullable=False),
    sa.Column("totals", sa.Text, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.UniqueConstraint("ledger", "day"),
)
POSTINGS: Final = sa.Table(
    "lg_pay_posting",
    _METADATA,
    sa.Column("ledger", sa.String(60), primary_key=True),
    sa.Column("key", _by_code_point(120), primary_key=True),
    sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("at", _by_code_point(50), nullable=False),
    sa.Column("payment_id", sa.String(64), nullable=False),
    sa.Column("gross", sa.BigInteger, nullable=False),
    sa.Column("day", _by_code_point(10), nullable=False),
    sa.Column("reference", sa.String(255), nullable=False),
    sa.Column("data", sa.Text, nullable=False),
    sa.Index("lg_pay_posting_batch", "ledger", "number", "at", "key", "line"),
    sa.Index("lg_pay_posting_payment", "ledger", "payment_id"),
    sa.Index("lg_pay_posting_day", "ledger", "day"),
)
REFUNDS: Final = sa.Table(
    "lg_pay_refund_lines",
    _METADATA,
    sa.Column("refund_id", sa.String(64), primary_key=True),
    sa.Column("lines", sa.Text, nullable=False),
)

POSTING_SCHEMA: Final = Schema(
    name="lg-pay.posting",
    metadata=_METADATA,
    version=1,
    upgrade_command="lg-pay store upgrade",
)
"""The tables of what has been posted."""

FLOWING: Final = {"yield_per": 1_000}


def texts_of(connection: sa.Connection, ledger: str, number: int) -> Iterator[str]:
    yield from connection.scalars(
        sa.select(POSTINGS.c.data)
        .where(POSTINGS.c.ledger == ledger, POSTINGS.c.number == number)
        .order_by(POSTINGS.c.at, POSTINGS.c.key, POSTINGS.c.line),
        execution_options=FLOWING,
    )


def history_of(connection: sa.Connection, ledger: str, payment_id: str) -> list[tuple[int, str]]:
    rows = connection.execute(
        sa.select(POSTINGS.c.number, POSTINGS.c.data)
        .where(POSTINGS.c.ledger == ledger, POSTINGS.c.payment_id == payment_id)
        .order_by(POSTINGS.c.number, POSTINGS.c.at, POSTINGS.c.key, POSTINGS.c.line)
    )
    return [(number, text) for number, text in rows]


def write_lines(connection: sa.Connection, rows: Sequence[tuple[object, ...]]) -> None:
    """Write whole rows of `POSTINGS`, in the order of its columns."""
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    marks = ", ".join([mark] * len(POSTINGS.columns))
    # By the driver's own call: what SQLAlchemy does for each row is a tenth of a run.
    insert = f"INSERT INTO {POSTINGS.name} VALUES ({marks})"  # noqa: S608 -- our own name, and marks
    connection.exec_driver_sql(insert, list(rows))


def write_batch(connection: sa.Connection, batch: Batch) -> None:
    connection.execute(
        sa.insert(BATCHES).values(
            ledger=batch.ledger,
            number=batch.number,
            day=batch.day.isoformat(),
            totals=json.dumps(asdict(batch.totals)),
            digest=batch.digest,
        )
    )


def batches_of(connection: sa.Connection, ledger: str) -> tuple[Batch, ...]:
    rows = connection.execute(
        sa.select(BATCHES).where(BATCHES.c.ledger == ledger).order_by(BATCHES.c.number)
    ).all()
    return tuple(
        Batch(row.ledger, row.number, date.fromisoformat(row.day), _totals(row.totals), row.digest)
        for row in rows
    )


def recorded_for(connection: sa.Connection, refund_id: str) -> tuple[Line, ...]:
    text = connection.scalar(sa.select(REFUNDS.c.lines).where(REFUNDS.c.refund_id == refund_id))
    return () if text is None else lines_of(text)


def lines_of(text: str) -> tuple[Line, ...]:
    return tuple(
        Line(
            fund=one["fund"],
            account=one["account"],
            amount=Pence(one["amount"]),
            vat_code=one["vat_code"],
            vat_rate=None if one["vat_rate"] is None else VatRate(one["vat_rate"]),
            narrative=one["narrative"],
        )
        for one in json.loads(text)
    )


def as_text(lines: Sequence[Line]) -> str:
    return json.dumps(
        [
            {
                "fund": one.fund,
                "account": one.account,
                "amount": int(one.amount),
                "vat_code": one.vat_code,
                "vat_rate": None if one.vat_rate is None else one.vat_rate.basis_points,
                "narrative": one.narrative,
            }
            for one in lines
        ]
    )


def erase_recorded(connection: sa.Connection, reference: str) -> None:
    found = connection.execute(
        sa.select(REFUNDS).where(REFUNDS.c.lines.contains(json.dumps(reference), autoescape=True))
    ).all()
    for row in found:
        lines = [
            replace(one, account="", narrative="") if one.account == reference else one
            for one in lines_of(row.lines)
        ]
        connection.execute(
            sa.update(REFUNDS)
            .where(REFUNDS.c.refund_id == row.refund_id)
            .values(lines=as_text(lines))
        )


def remove_batch(connection: sa.Connection, ledger: str, number: int) -> None:
    """Remove a batch, its lines, and what staff recorded with its refunds."""
    mine = (POSTINGS.c.ledger == ledger, POSTINGS.c.number == number)
    keys = connection.scalars(
        sa.select(POSTINGS.c.key)
        .distinct()
        .where(*mine, POSTINGS.c.key.startswith(f"{Kind.REFUND}:"))
    ).all()
    if keys:
        names = [key.removeprefix(f"{Kind.REFUND}:") for key in keys]
        connection.execute(sa.delete(REFUNDS).where(REFUNDS.c.refund_id.in_(names)))
    connection.execute(sa.delete(POSTINGS).where(*mine))
    connection.execute(
        sa.delete(BATCHES).where(BATCHES.c.ledger == ledger, BATCHES.c.number == number)
    )


def _totals(text: str) -> ControlTotals:
    values = json.loads(text)
    funds = tuple(
        FundTotal(
            one["fund"], one["vat_code"], one["lines"], Pence(one["gross"]), Pence(one["vat"])
        )
        for one in values.pop("funds")
    )
    adjusted = tuple(
        AdjustmentTotal(Adjustment(one["adjustment"]), one["lines"], Pence(one["gross"]))
        for one in values.pop("adjusted", ())  # batches of earlier releases have none
    )
    counts = {name: values.pop(name) for name in ("lines", "suspense")}
    return ControlTotals(
        **counts,
        **{name: Pence(pence) for name, pence in values.items()},
        funds=funds,
        adjusted=adjusted,
    )
