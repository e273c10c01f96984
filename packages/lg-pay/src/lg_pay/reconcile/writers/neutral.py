# SPDX-License-Identifier: MIT
"""Write the neutral files, CSV and JSON Lines. Each column is described in 'The posting format'."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import BinaryIO, Final

from lg_core.csv_files import MACHINES, CsvValue, write_rows
from lg_core.money import Pence, format_pounds
from lg_pay.reconcile.batches import Batch
from lg_pay.reconcile.postings import Posting

__all__ = ["COLUMNS", "CsvWriter", "JsonWriter", "control", "rate_text"]

_VERSION: Final = 1

COLUMNS: Final = (
    "batch", "row", "key", "line", "kind", "id", "payment_id", "pay_account", "day", "at",
    "reference", "provider", "provider_id", "method", "fund", "account_reference", "cost_centre",
    "gl_code", "vat_code", "vat_rate", "gross", "net", "vat", "narrative", "rule", "adjustment",
)  # fmt: skip
"""The columns of the neutral CSV file."""


class CsvWriter:
    """Write the neutral CSV file: a header, and a row a line. Amounts are pounds."""

    ending = ".csv"

    def write(self, batch: Batch, lines: Iterable[Posting], file: BinaryIO) -> int:
        """Write the file.

        Args:
            batch: the batch.
            lines: its lines.
            file: open for writing bytes. It is not closed.

        Returns:
            How many lines were written.
        """
        return write_rows(file, COLUMNS, _rows(batch, lines), profile=MACHINES)


def _rows(batch: Batch, lines: Iterable[Posting]) -> Iterator[tuple[CsvValue, ...]]:
    for row, one in enumerate(lines, start=1):
        yield (
            batch.name, row, one.key, one.line, one.kind.value, one.id, one.payment_id,
            one.account, one.day,
            one.at.astimezone(UTC).isoformat(timespec="milliseconds"),
            one.origin.reference, one.origin.provider, one.origin.provider_id,
            one.origin.method, one.fund, one.account_reference, one.cost_centre, one.gl_code,
            one.vat_code, rate_text(one.vat_rate), _pounds(one.gross), _pounds(one.net),
            _pounds(one.vat), one.narrative, one.rule, one.adjustment.value,
        )  # fmt: skip


class JsonWriter:
    """Write the neutral JSON Lines file: the batch, then its lines. Amounts are pence.

    The bytes after the first line are those that the batch's digest was made of, so whoever loads
    the file can check it with any SHA-256.
    """

    ending = ".jsonl"

    def write(self, batch: Batch, lines: Iterable[Posting], file: BinaryIO) -> int:
        """Write the file.

        Args:
            batch: the batch.
            lines: its lines.
            file: open for writing bytes. It is not closed.

        Returns:
            How many lines were written.
        """
        head = json.dumps(_described(batch), ensure_ascii=False, separators=(",", ":"))
        file.write(f"{head}\n".encode())
        count = 0
        for one in lines:
            file.write(f"{one.to_json()}\n".encode())
            count += 1
        return count


def control(batch: Batch, *, matches_digest: bool = True) -> bytes:
    """Return the control file of a batch: what whoever loads it compares. Amounts are pence.

    Args:
        batch: the batch.
        matches_digest: False where references were erased since the batch was made.

    Returns:
        JSON in UTF-8.
    """
    described = {**_described(batch), "lines_match_digest": matches_digest}
    return f"{json.dumps(described, ensure_ascii=False, indent=2)}\n".encode()


def _described(batch: Batch) -> dict[str, object]:
    totals = batch.totals
    return {
        "format": "lg-pay postings",
        "version": _VERSION,
        "amounts": "pence",
        "ledger": batch.ledger,
        "number": batch.number,
        "name": batch.name,
        "day": batch.day.isoformat(),
        "digest": batch.digest,
        "lines": totals.lines,
        "payments": int(totals.payments),
        "refunds": int(totals.refunds),
        "disputes": int(totals.disputes),
        "fees": int(totals.fees),
        "total": int(totals.net),
        "adjustments": int(totals.adjustments),
        "suspense_lines": totals.suspense,
        "funds": [
            {
                "fund": one.fund,
                "vat_code": one.vat_code,
                "lines": one.lines,
                "gross": int(one.gross),
                "net": int(one.net),
                "vat": int(one.vat),
            }
            for one in totals.funds
        ],
    }


def rate_text(basis_points: int | None) -> str:
    """Write a rate of VAT in per cent with two decimals, such as `20.00`; nothing where None.

    Args:
        basis_points: the rate in hundredths of a per cent.

    Returns:
        The rate, as text.
    """
    return "" if basis_points is None else f"{basis_points // 100}.{basis_points % 100:02}"


def _pounds(amount: Pence) -> str:
    return format_pounds(amount, symbol=False, commas=False)
