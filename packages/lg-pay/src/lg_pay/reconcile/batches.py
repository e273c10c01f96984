# SPDX-License-Identifier: MIT
"""A day's batch: its number, its control totals and its digest."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from lg_core.money import Pence
from lg_pay.reconcile.happenings import Kind
from lg_pay.reconcile.postings import Adjustment, Posting

__all__ = ["AdjustmentTotal", "Batch", "ControlTotals", "FundTotal", "Tally", "add_up", "digest_of"]


@dataclass(frozen=True, slots=True)
class FundTotal:
    """What a batch posts to one fund.

    Attributes:
        fund: the fund's code.
        vat_code: the code of the VAT treatment.
        lines: how many lines.
        gross: pence with VAT.
        vat: the pence of VAT in it.
    """

    fund: str
    vat_code: str
    lines: int
    gross: Pence
    vat: Pence

    @property
    def net(self) -> Pence:
        """Pence without VAT."""
        return self.gross - self.vat


@dataclass(frozen=True, slots=True)
class AdjustmentTotal:
    """What a batch posts for one reason that lines belong to another day.

    Attributes:
        adjustment: the reason.
        lines: how many lines.
        gross: their pence.
    """

    adjustment: Adjustment
    lines: int
    gross: Pence


@dataclass(frozen=True, slots=True)
class ControlTotals:
    """What a batch adds up to, for whoever loads it to compare.

    Attributes:
        lines: how many lines.
        payments: pence that payers paid.
        refunds: pence that went back, 0 or below.
        disputes: pence that banks took back, 0 or below.
        fees: pence that the provider kept, 0 or below.
        adjustments: pence of all that within these which belongs to another day.
        suspense: how many lines nothing decided.
        funds: what is posted to each fund and VAT code, in the order of their codes.
        adjusted: the adjustments by their reason, in the order of `Adjustment`.
    """

    lines: int
    payments: Pence
    refunds: Pence
    disputes: Pence
    fees: Pence
    adjustments: Pence
    suspense: int
    funds: tuple[FundTotal, ...] = field(default=())
    adjusted: tuple[AdjustmentTotal, ...] = field(default=())

    @property
    def gross(self) -> Pence:
        """Pence of income, before fees."""
        return self.payments + self.refunds + self.disputes

    @property
    def net(self) -> Pence:
        """Pence that come to the council, after fees."""
        return self.gross + self.fees


@dataclass(frozen=True, slots=True)
class Batch:
    """A day's batch, without its lines.

    Attributes:
        ledger: the name of the council's ledger.
        number: from 1, one more for each day.
        day: the day, in Europe/London.
        totals: what it adds up to.
        digest: the SHA-256 of its lines, in hexadecimal.
    """

    ledger: str
    number: int
    day: date
    totals: ControlTotals
    digest: str

    @property
    def name(self) -> str:
        """Its name for people and file names, such as `income-2026-04-01-000017`."""
        return f"{self.ledger}-{self.day.isoformat()}-{self.number:06}"


_PART = {
    Kind.PAYMENT: "payments",
    Kind.REFUND: "refunds",
    Kind.DISPUTE: "disputes",
    Kind.FEE: "fees",
    Kind.DISPUTE_FEE: "fees",
}


class Tally:
    """Adds up the lines of a batch as they are made, in any order."""

    __slots__ = ("_adjusted", "_funds", "_lines", "_parts", "_suspense")

    def __init__(self) -> None:
        self._parts: dict[str, int] = dict.fromkeys(_PART.values(), 0)
        self._adjusted: dict[Adjustment, list[int]] = {}
        self._funds: dict[tuple[str, str], list[int]] = {}
        self._lines = self._suspense = 0

    def add(self, one: Posting) -> None:
        """Count a line.

        Args:
            one: the line.
        """
        gross = int(one.gross)
        self._lines += 1
        self._suspense += one.in_suspense
        self._parts[_PART[one.kind]] += gross
        if one.adjustment is not Adjustment.NONE:
            reason = self._adjusted.setdefault(one.adjustment, [0, 0])
            reason[0] += 1
            reason[1] += gross
        held = self._funds.get((one.fund, one.vat_code))
        if held is None:
            held = self._funds[one.fund, one.vat_code] = [0, 0, 0]
        held[0] += 1
        held[1] += gross
        held[2] += int(one.vat)

    def totals(self) -> ControlTotals:
        """Return what the lines add up to."""
        return ControlTotals(
            lines=self._lines,
            suspense=self._suspense,
            adjustments=Pence(sum(gross for _, gross in self._adjusted.values())),
            adjusted=tuple(
                AdjustmentTotal(reason, *self._count(reason))
                for reason in Adjustment
                if reason in self._adjusted
            ),
            funds=tuple(
                FundTotal(fund, vat_code, count, Pence(gross), Pence(vat))
                for (fund, vat_code), (count, gross, vat) in sorted(self._funds.items())
            ),
            **{name: Pence(pence) for name, pence in self._parts.items()},
        )

    def _count(self, reason: Adjustment) -> tuple[int, Pence]:
        lines, gross = self._adjusted[reason]
        return lines, Pence(gross)


def digest_of(lines: Iterable[str]) -> str:
    """Return the digest of lines as they are kept: the SHA-256, in hexadecimal.

    Args:
        lines: each line as JSON (`Posting.to_json`), in the order of the batch.
    """
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line.encode())
        digest.update(b"\n")
    return digest.hexdigest()


def add_up(postings: Iterable[Posting]) -> tuple[ControlTotals, str]:
    """Return the control totals and the digest of postings, read once.

    Whoever holds the lines of a batch can prove with it that they are the batch's.

    Args:
        postings: the lines, in the order of the batch.
    """
    tally = Tally()

    def counted() -> Iterator[str]:
        for one in postings:
            tally.add(one)
            yield one.to_json()

    digest = digest_of(counted())
    return tally.totals(), digest
