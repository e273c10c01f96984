# SPDX-License-Identifier: MIT
"""The lines that finance posts for a payment: pure, and the same each time that they are made."""

import threading
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from lg_core.money import Pence, VatRate, split_vat
from lg_pay.basket import Line

if TYPE_CHECKING:
    from lg_patterns.garden_waste.cases import Case
    from lg_patterns.garden_waste.settings import LedgerPart

__all__ = [
    "Ledger",
    "LedgerLine",
    "LineKind",
    "MemoryLedger",
    "basket_line",
    "line_for",
    "reversal_of",
]


class LineKind(StrEnum):
    """What a line is for. A payment has one line of a kind at the most."""

    PAYMENT = "payment"
    """Money was taken."""
    REVERSAL = "reversal"
    """It could not be taken after all: the same amounts, below nought."""
    PAID_AGAIN = "paid_again"
    """It came after all, once the line before had been taken back."""


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One posting of income.

    Attributes:
        day: the day on which the money was taken, or was found not to come, in Europe/London.
        payment_id: GOV.UK Pay's name for the payment.
        reference: the council's reference, as it stands on the payment.
        description: what was sold.
        fund: the fund.
        cost_centre: the cost centre.
        gl_code: the code of the general ledger.
        vat_code: finance's code for the VAT treatment.
        net: pence without VAT.
        vat: pence of VAT.
        kind: what the line is for.
    """

    day: date
    payment_id: str
    reference: str
    description: str
    fund: str
    cost_centre: str
    gl_code: str
    vat_code: str
    net: Pence
    vat: Pence
    kind: LineKind = LineKind.PAYMENT

    @property
    def key(self) -> str:
        """The line's own name: the payment's, and what the line is for where it is another."""
        if self.kind is LineKind.PAYMENT:
            return self.payment_id
        return f"{self.payment_id}:{self.kind}"

    @property
    def gross(self) -> Pence:
        """Pence in all: what the payer paid."""
        return self.net + self.vat


class Ledger(Protocol):
    """Takes lines for finance. Safe to use from several threads at once."""

    def post(self, line: LedgerLine) -> None:
        """Take a line. A second line of the same `key` changes nothing.

        A payment whose money could not be taken after all has a second line, which takes the first
        one back: tell them apart by `key`, and not by `payment_id`.

        Args:
            line: the line.
        """
        ...


class MemoryLedger:
    """Keeps lines in this process, for development and tests."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lines: dict[str, LedgerLine] = {}

    @property
    def lines(self) -> tuple[LedgerLine, ...]:
        """Every line, in the order in which they came."""
        with self._lock:
            return tuple(self._lines.values())

    def post(self, line: LedgerLine) -> None:
        """Take a line. A second line of the same `key` changes nothing."""
        with self._lock:
            self._lines.setdefault(line.key, line)


def line_for(
    gross: Pence,
    *,
    day: date,
    payment_id: str,
    reference: str,
    description: str,
    fund: str,
    cost_centre: str,
    gl_code: str,
    vat_code: str,
    vat_rate: VatRate | None,
) -> LedgerLine:
    """Make the line of a payment.

    Args:
        gross: pence that the payer paid.
        day: the day on which the money was taken.
        payment_id: GOV.UK Pay's name for the payment.
        reference: the council's reference.
        description: what was sold.
        fund: the fund.
        cost_centre: the cost centre.
        gl_code: the code of the general ledger.
        vat_code: finance's code for the VAT treatment.
        vat_rate: the rate that the price includes; None where there is no VAT in it.

    Returns:
        The line; its net and VAT add up to the gross.
    """
    split = None if vat_rate is None else split_vat(gross, rate=vat_rate)
    return LedgerLine(
        day=day,
        payment_id=payment_id,
        reference=reference,
        description=description,
        fund=fund,
        cost_centre=cost_centre,
        gl_code=gl_code,
        vat_code=vat_code,
        net=gross if split is None else split.net,
        vat=Pence(0) if split is None else split.vat,
    )


def reversal_of(line: LedgerLine, *, day: date) -> LedgerLine:
    """Make the line that takes a line back.

    Args:
        line: the line of the payment.
        day: the day on which the money was found not to come.

    Returns:
        The line, with the same amounts below nought.
    """
    return replace(line, day=day, net=line.net * -1, vat=line.vat * -1, kind=LineKind.REVERSAL)


def basket_line(case: "Case", ledger: "LedgerPart") -> Line:
    """Make the line that travels with the payment, so that finance can post from GOV.UK Pay alone.

    Args:
        case: the case.
        ledger: where finance posts the money.

    Returns:
        The line: the case's reference as its account, and as its narrative the UPRN of the
        property, where the resident chose one.
    """
    uprn = case.answers.get("address", {}).get("uprn") or ""
    return Line(
        fund=ledger.fund,
        account=case.reference,
        amount=case.quote.amount,
        vat_code=ledger.vat_code,
        vat_rate=ledger.vat_percent,
        narrative=str(uprn).lstrip("0"),  # with its noughts it could look like a telephone number
    )
