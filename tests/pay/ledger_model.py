# SPDX-License-Identifier: MIT
"""A small pure model of GOV.UK Pay's ledger, as a search sees it, defects included."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from lg_core.calls import Call, QueryValue
from lg_pay.search import AgreementPage, AgreementSearch, RefundPage, RefundSearch

__all__ = ["EPOCH", "AgreementLedger", "RefundLedger", "Row", "read_agreements", "read_refunds"]

EPOCH = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
"""The instant that rows are counted from."""


@dataclass(frozen=True)
class Row:
    """A row: its id, and microseconds after `EPOCH`."""

    id: str
    at: int

    @property
    def created(self) -> datetime:
        """When it was created."""
        return EPOCH + timedelta(microseconds=self.at)

    @property
    def shown(self) -> str:
        """The same as an answer shows it: cut to milliseconds."""
        return self.created.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class _Ledger:
    """Rows, newest first; those of one instant in an order that changes with every answer."""

    rows: list[Row] = field(default_factory=list[Row])
    asked: int = 0

    def page(self, query: Mapping[str, QueryValue], found: list[Row]) -> tuple[int, bytes]:
        """Answer one page of rows."""
        self.asked += 1
        turn = 1 if self.asked % 2 else -1
        found = sorted(found, key=lambda row: (-row.at, turn * int(row.id)))
        number, size = int(str(query["page"])), int(str(query["display_size"]))
        if number > max(1, -(-len(found) // size)):
            return 404, json.dumps({"code": "P1100", "description": "Page not found"}).encode()
        results = [self.written(row) for row in found[(number - 1) * size : number * size]]
        body = {"total": len(found), "count": len(results), "page": number, "results": results}
        return 200, json.dumps(body).encode()

    def written(self, row: Row) -> dict[str, object]:
        """Write a row."""
        raise NotImplementedError


class RefundLedger(_Ledger):
    """Searched by date: both bounds are exclusive."""

    def written(self, row: Row) -> dict[str, object]:
        """Write a refund."""
        return {
            "refund_id": row.id,
            "payment_id": "hu20sqlact5260q2nanm0q8u93",
            "amount": 1,
            "created_date": row.shown,
            "status": "success",
        }

    def answer(self, call: Call[RefundPage]) -> RefundPage:
        """Answer a call."""
        query = call.query
        start, end = (
            datetime.fromisoformat(str(query[name])) if query[name] else None
            for name in ("from_date", "to_date")
        )
        found = [
            row
            for row in self.rows
            if (start is None or row.created > start) and (end is None or row.created < end)
        ]
        status, body = self.page(query, found)
        assert status in call.success
        return RefundPage.model_validate_json(body)


class AgreementLedger(_Ledger):
    """Cannot be searched by date."""

    def written(self, row: Row) -> dict[str, object]:
        """Write an agreement."""
        return {
            "agreement_id": row.id,
            "reference": "x",
            "description": "x",
            "status": "active",
            "created_date": row.shown,
        }

    def answer(self, call: Call[AgreementPage]) -> AgreementPage:
        """Answer a call."""
        status, body = self.page(call.query, self.rows)
        assert status in call.success
        return AgreementPage.model_validate_json(body.replace(b"P1100", b"P2402"))


Between = Callable[[int], None]


def read_refunds(search: RefundSearch, ledger: RefundLedger, between: Between) -> list[str]:
    """Read a whole list as the reconciliation does; something happens between the pages."""
    cursor, ids, turn = None, list[str](), 0
    while True:
        page = ledger.answer(search.call(cursor))
        ids += [refund.refund_id for refund in search.items(page)]
        cursor = search.next_cursor(page, cursor)
        if cursor is None:
            return ids
        between(turn)
        turn += 1


def read_agreements(
    search: AgreementSearch, ledger: AgreementLedger, between: Between
) -> list[str]:
    """Read a whole list; something happens between the pages."""
    cursor, ids, turn = None, list[str](), 0
    while True:
        page = ledger.answer(search.call(cursor))
        ids += [agreement.agreement_id for agreement in search.unseen(page, cursor)]
        cursor = search.next_cursor(page, cursor)
        if cursor is None:
            return ids
        between(turn)
        turn += 1
