# SPDX-License-Identifier: MIT
"""Turn the admin tool's CSV file into recorded pages, for a council without a developer.

The file has no capture time, so a payment's day is that of its creation, and no ids of refunds, so
those are made from what the row says. Both differ from what the API gives: a ledger that is made
from files is a ledger of its own, and the two are never mixed.
"""

import hashlib
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from lg_core.errors import InvalidValueError
from lg_pay.admin_export import BadRow, ExportKind, ExportRow, ExportState, read_export
from lg_pay.reconcile.pages import Pages, Recording

__all__ = ["record_export"]

_AT_ONCE: Final = 500
_NAMED: Final = 10
_STATUS: Final = {
    ExportState.IN_PROGRESS: "submitted",  # it may still bring money
    ExportState.SUCCESS: "success",
    ExportState.DECLINED: "failed",
    ExportState.TIMED_OUT: "failed",
    ExportState.CANCELLED: "cancelled",
    ExportState.ERROR: "error",
    ExportState.REFUND_SUBMITTED: "submitted",
    ExportState.REFUND_SUCCESS: "success",
    ExportState.REFUND_ERROR: "error",
    ExportState.DISPUTE_NEEDS_RESPONSE: "needs_response",
    ExportState.DISPUTE_UNDER_REVIEW: "under_review",
    ExportState.DISPUTE_LOST: "lost",
    ExportState.DISPUTE_WON: "won",
}


def record_export(path: Path, *, account: str, recording: Recording) -> int:
    """Record the rows of a file as pages.

    Args:
        path: the file.
        account: the name of the account that it was downloaded for.
        recording: where the pages are kept.

    Returns:
        How many rows there are.

    Raises:
        InvalidValueError: it cannot be read, is not the admin tool's file, or has rows that cannot
            be read; each is named by its line and column.
    """
    writer = _Writer(recording, account)
    bad: list[BadRow] = []
    wrong = ""
    try:
        with path.open("rb") as file:
            for row in read_export(file).rows:
                if isinstance(row, BadRow):
                    bad.append(row)
                else:
                    writer.add(row)
    except OSError as error:
        wrong = type(error).__name__
    if wrong:  # raised outside the handler: that error holds the path
        raise InvalidValueError(
            f"The file could not be read ({wrong}). Check its path.", field="--from-export"
        )
    if bad:
        named = "; ".join(
            f"line {row.line}: {row.column or 'the row'}, {row.fault}" for row in bad[:_NAMED]
        )
        more = f"; and {len(bad) - _NAMED} more" if len(bad) > _NAMED else ""
        raise InvalidValueError(
            f"Rows of the file cannot be read, so nothing was posted: {named}{more}. Download the "
            "file again, and do not change it in a spreadsheet.",
            field="--from-export",
        )
    return writer.end()


class _Writer:
    """Gathers rows, and records a page of each kind when it is full."""

    def __init__(self, recording: Recording, account: str) -> None:
        self._recording = recording
        self._account = account
        self._pages: dict[Pages, list[dict[str, object]]] = {
            Pages.PAYMENTS: [],
            Pages.REFUNDS: [],
            Pages.DISPUTES: [],
        }
        self._alike: Counter[str] = Counter()
        self._rows = 0

    def add(self, row: ExportRow) -> None:
        """Add a row."""
        self._rows += 1
        if row.kind is ExportKind.PAYMENT:
            self._put(Pages.PAYMENTS, _payment(row))
        elif row.kind is ExportKind.REFUND:
            self._put(Pages.REFUNDS, _refund(row, name=self._name(row)))
        else:
            self._put(Pages.DISPUTES, _dispute(row, name=self._name(row)))

    def end(self) -> int:
        """Record what is left, and at least one page of payments."""
        for kind, rows in self._pages.items():
            if rows or kind is Pages.PAYMENTS:
                self._record(kind)
        self._recording.finish()
        return self._rows

    def _put(self, kind: Pages, body: dict[str, object]) -> None:
        self._pages[kind].append(body)
        if len(self._pages[kind]) == _AT_ONCE:
            self._record(kind)

    def _record(self, kind: Pages) -> None:
        rows = self._pages[kind]
        page: dict[str, object] = {"total": len(rows), "page": 1, "results": rows}
        self._recording.add(json.dumps(page).encode(), kind=kind, account=self._account)
        self._pages[kind] = []

    def _name(self, row: ExportRow) -> str:
        """Make a name of what does not change: the payment, the instant, the amount, the place.

        Of rows that are alike in all of these, one stands for the other.
        """
        said = f"{row.kind}|{row.payment_id}|{row.created.isoformat()}|{int(row.amount)}"
        self._alike[said] += 1
        digest = hashlib.sha256(f"{said}|{self._alike[said]}".encode()).hexdigest()
        return f"export{digest[:26]}"


def _payment(row: ExportRow) -> dict[str, object]:
    taken = row.state is ExportState.SUCCESS
    return {
        "payment_id": row.payment_id,
        "amount": int(row.amount),
        "description": row.description,
        "reference": row.reference,
        "state": {"status": _STATUS[row.state], "finished": row.finished},
        "payment_provider": row.provider,
        "provider_id": row.provider_id or None,
        "created_date": _stamp(row.created),
        "metadata": dict(row.metadata) or None,
        "moto": row.moto,
        "settlement_summary": {"capture_submit_time": _stamp(row.created)} if taken else {},
        **_pence("corporate_card_surcharge", row.surcharge or None),
        **_pence("total_amount", row.total_amount if row.surcharge else None),
        **_pence("fee", row.fee or None),
        "_links": {},
    }


def _refund(row: ExportRow, *, name: str) -> dict[str, object]:
    return {
        "refund_id": name,
        "payment_id": row.payment_id,
        "amount": -int(row.amount),
        "created_date": _stamp(row.created),
        "status": _STATUS[row.state],
    }


def _dispute(row: ExportRow, *, name: str) -> dict[str, object]:
    return {
        "dispute_id": name,
        "payment_id": row.payment_id,
        "amount": abs(int(row.amount)),
        "created_date": _stamp(row.created),
        "status": _STATUS[row.state],
    }


def _pence(name: str, amount: int | None) -> dict[str, object]:
    return {} if amount is None else {name: int(amount)}


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
