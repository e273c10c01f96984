# SPDX-License-Identifier: MIT
"""A small council and GOV.UK Pay's records of its money, for the tests of the reconciliation."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from lg_core.money import Pence, VatRate
from lg_pay.basket import Line, encode
from lg_pay.dispute import Dispute
from lg_pay.funds import Funds
from lg_pay.payment import Payment
from lg_pay.reconcile import (
    Coding,
    CodingRules,
    Outcome,
    Pages,
    PartRefunds,
    Plan,
    PostingBook,
    Recording,
    reconcile,
)
from lg_pay.refund import Refund

__all__ = [
    "ACCOUNT",
    "DAY",
    "FUNDS",
    "NOON",
    "STANDARD",
    "a_coding",
    "a_dispute",
    "a_payment_row",
    "a_refund",
    "at_noon",
    "basket_row",
    "line",
    "page",
    "read_dispute",
    "read_payment",
    "read_refund",
    "record",
    "run_day",
]

ACCOUNT = "main"
DAY = date(2026, 6, 1)
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
STANDARD = VatRate(2000)

FUNDS = Funds.from_toml("""
[funds.GW]
name = "Garden waste"
cost_centre = "40010"
gl_code = "8210"
vat_code = "S"
[funds.CT]
name = "Council tax"
[funds.SUSP]
name = "Suspense"
[funds.FEES]
name = "Fees"
[vat.S]
rate = "20%"
[vat.OS]
rate = "outside the scope"
[suspense]
fund = "SUSP"
[fees]
fund = "FEES"
""")

RULES = CodingRules.from_toml(
    """
[[rules]]
name = "links"
description = "Link*"
fund = "CT"
vat_code = "OS"
""",
    funds=FUNDS,
)


def a_coding(policy: PartRefunds = PartRefunds.SUSPENSE, **changes: Any) -> Coding:
    """Return how the council codes its money."""
    return Coding(FUNDS, RULES, policy, **changes)


def line(amount: int, *, fund: str = "GW", account: str = "A1", vat: bool = True) -> Line:
    """Return a line, of the standard rate or outside the scope of VAT."""
    return Line(
        fund, account, Pence(amount), "S" if vat else "OS", STANDARD if vat else None, "BIN"
    )


def at_noon(day: date) -> datetime:
    """Return noon of a day, in UTC."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def a_payment_row(
    payment_id: str = "p1",
    *,
    amount: int = 4650,
    at: datetime = NOON,
    captured: datetime | None = None,
    status: str = "success",
    description: str = "Link to pay",
    metadata: Mapping[str, object] | None = None,
    waiting: bool = False,
    **changes: object,
) -> dict[str, Any]:
    """Return a payment as GOV.UK Pay lists it: captured when it was made, unless it waits."""
    taken = captured or at
    summary: dict[str, object] = {}
    if not waiting:
        summary = {
            "capture_submit_time": _stamp(taken),
            "captured_date": taken.astimezone(UTC).date().isoformat(),
        }
    return {
        "payment_id": payment_id,
        "amount": amount,
        "description": description,
        "reference": f"REF-{payment_id}",
        "state": {"status": status, "finished": True},
        "payment_provider": "stripe",
        "created_date": _stamp(at),
        "settlement_summary": summary,
        "metadata": dict(metadata) if metadata else None,
        "_links": {},
        **changes,
    }


def basket_row(payment_id: str, lines: list[Line], **changes: Any) -> dict[str, Any]:
    """Return a payment with a basket."""
    amount = sum(int(one.amount) for one in lines)
    return a_payment_row(payment_id, amount=amount, metadata=encode(lines), **changes)


def a_refund(
    refund_id: str,
    amount: int,
    *,
    payment_id: str = "p1",
    at: datetime = NOON,
    status: str = "success",
) -> dict[str, Any]:
    """Return a refund as GOV.UK Pay lists it."""
    return {
        "refund_id": refund_id,
        "payment_id": payment_id,
        "amount": amount,
        "created_date": _stamp(at),
        "status": status,
    }


def a_dispute(
    dispute_id: str,
    amount: int,
    *,
    payment_id: str = "p1",
    settled: date | None = DAY,
    status: str = "lost",
    fee: int | None = 1500,
) -> dict[str, Any]:
    """Return a dispute as GOV.UK Pay lists it."""
    return {
        "dispute_id": dispute_id,
        "payment_id": payment_id,
        "amount": amount,
        "fee": fee,
        "net_amount": -amount - (fee or 0),
        "created_date": _stamp(NOON - timedelta(days=3)),
        "status": status,
        "reason": "fraudulent",
        "settlement_summary": {"settled_date": settled.isoformat()} if settled else None,
    }


def read_payment(row: Mapping[str, Any]) -> Payment:
    """Read a row."""
    return Payment.model_validate_json(json.dumps(row))


def read_refund(row: Mapping[str, Any]) -> Refund:
    """Read a row."""
    return Refund.model_validate_json(json.dumps(row))


def read_dispute(row: Mapping[str, Any]) -> Dispute:
    """Read a row."""
    return Dispute.model_validate_json(json.dumps(row))


def page(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Write a page as GOV.UK Pay does."""
    every = list(rows)
    body = {"total": len(every), "count": len(every), "page": 1, "results": every}
    return json.dumps(body).encode()


def record(
    folder: Path,
    payments: Iterable[Mapping[str, Any]] = (),
    *,
    refunds: Iterable[Mapping[str, Any]] = (),
    disputes: Iterable[Mapping[str, Any]] = (),
    singles: Iterable[Mapping[str, Any]] = (),
) -> Recording:
    """Keep one page of each list in a folder that is not there yet."""
    assert not folder.exists()
    recording = Recording(folder)
    recording.add(page(payments), kind=Pages.PAYMENTS, account=ACCOUNT)
    recording.add(page(refunds), kind=Pages.REFUNDS, account=ACCOUNT)
    recording.add(page(disputes), kind=Pages.DISPUTES, account=ACCOUNT)
    for row in singles:
        recording.add(json.dumps(row).encode(), kind=Pages.PAYMENT, account=ACCOUNT)
    recording.finish()
    return recording


def run_day(
    book: PostingBook, recording: Recording, *, day: date = DAY, plan: Plan | None = None
) -> Outcome:
    """Make the batch of a day, on the day after the next."""
    now = at_noon(day + timedelta(days=2))
    plan = plan or Plan(a_coding())
    return reconcile(day, recording=recording, book=book, plan=plan, now=now)
