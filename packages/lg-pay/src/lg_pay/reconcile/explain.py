# SPDX-License-Identifier: MIT
"""Say why a payment is coded as it is: the rule that decided, and what each other one missed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lg_core.money import Pence, format_pounds
from lg_pay.basket import is_basket
from lg_pay.payment import Payment
from lg_pay.reconcile.batches import Batch
from lg_pay.reconcile.coding import Coded, Coding, code_payment
from lg_pay.reconcile.happenings import DayBasis, Happening, Kind, of_payment, waits_for_capture
from lg_pay.reconcile.postings import Posting

if TYPE_CHECKING:
    from datetime import date

__all__ = ["Explanation", "TriedRule", "as_text", "explain"]


@dataclass(frozen=True, slots=True)
class TriedRule:
    """A rule of finance's that was looked at.

    Attributes:
        name: its name.
        missed: the condition that failed, such as `description`; None where the rule holds.
    """

    name: str
    missed: str | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a payment is coded as it is.

    Attributes:
        payment_id: GOV.UK Pay's name for the payment.
        account: the name of its GOV.UK Pay account.
        status: the payment's state.
        decided_by: what decided each line, in their order, without repeats: `basket`,
            `rule NAME`, `suspense: REASON`, `surcharge`.
        tried: finance's rules that were looked at, in their order, the one that holds last. Empty
            for a basket: it says itself where the money belongs.
        lines: the lines, together what the payer paid.
        happenings: what moved money, fees too. One that is undone has not.
        waits: whether money may still come.
        posted: what the ledger holds of the payment, each line with its batch, the first one
            first. What was adjusted says why: `late`, `fee-changed` and so on.
    """

    payment_id: str
    account: str = field(repr=False)
    status: str
    decided_by: tuple[str, ...]
    tried: tuple[TriedRule, ...]
    lines: tuple[Coded, ...]
    happenings: tuple[Happening, ...]
    waits: bool
    posted: tuple[tuple[Batch, Posting], ...] = field(default=(), repr=False)

    @property
    def gross(self) -> Pence:
        """Pence that the payer paid, or would pay."""
        return sum((one.line.amount for one in self.lines), Pence(0))

    @property
    def vat(self) -> Pence:
        """The pence of VAT in it."""
        return sum((one.vat for one in self.lines), Pence(0))

    @property
    def day(self) -> "date | None":
        """The day on which the payer's money is posted; None where none has moved."""
        paid = (one for one in self.happenings if one.kind is Kind.PAYMENT and not one.undone)
        return next((one.day for one in paid), None)


def explain(
    payment: Payment,
    *,
    account: str,
    coding: Coding,
    basis: DayBasis = DayBasis.CAPTURE_SUBMITTED,
    posted: Sequence[tuple[Batch, Posting]] = (),
) -> Explanation:
    """Explain the coding of a payment, by today's rules.

    A batch that was made before kept the coding of its day.

    Args:
        payment: the payment.
        account: the name of its GOV.UK Pay account.
        coding: what is known of the council.
        basis: what decides on its day.
        posted: what the ledger holds of it (`PostingBook.history`).

    Returns:
        What decided, what was tried, and the lines.
    """
    lines = code_payment(payment, account=account, coding=coding)
    return Explanation(
        payment_id=payment.payment_id,
        account=account,
        status=payment.state.status,
        decided_by=tuple(dict.fromkeys(one.rule for one in lines)),
        tried=tuple(_tried(payment, account=account, coding=coding)),
        lines=lines,
        happenings=tuple(of_payment(payment, account=account, basis=basis)),
        waits=waits_for_capture(payment),
        posted=tuple(posted),
    )


def _tried(payment: Payment, *, account: str, coding: Coding) -> Iterator[TriedRule]:
    if is_basket(payment.metadata):
        return
    for rule in coding.rules.rules:
        missed = rule.misses(payment, account=account, is_reference=coding.is_reference)
        yield TriedRule(rule.name, missed)
        if missed is None:
            return


def as_text(explanation: Explanation) -> str:
    """Lay out an explanation for a terminal.

    It shows account references and narratives, which are what the coding is about.

    Args:
        explanation: the explanation.

    Returns:
        Lines of text.
    """
    return "\n".join(_text(explanation))


def _text(one: Explanation) -> Iterator[str]:
    from lg_core.cli import table  # noqa: PLC0415 -- for a terminal alone

    yield f"Payment {one.payment_id} of the account {one.account}, {one.status}"
    yield f"Decided by: {'; '.join(one.decided_by)}"
    yield f"Posted on: {_when(one)}"
    yield ""
    yield table(
        (
            (
                coded.line.fund,
                coded.line.account,
                coded.line.vat_code,
                format_pounds(coded.line.amount),
                format_pounds(coded.vat),
                coded.line.narrative,
                coded.rule,
            )
            for coded in one.lines
        ),
        columns=("Fund", "Account", "VAT code", "Gross", "VAT", "Narrative", "Decided by"),
    )
    yield f"Together {format_pounds(one.gross)}, of which VAT {format_pounds(one.vat)}."
    for happening in one.happenings:
        if happening.amount < 0:
            yield f"And a {happening.kind} of {format_pounds(-happening.amount)}."
    yield ""
    yield from _ledger(one)
    if not one.tried:
        yield "No rule was tried."
        return
    yield "Rules, in the order of the file:"
    yield table(
        ((tried.name, _verdict(tried)) for tried in one.tried),
        columns=("Rule", "Result"),
    )


def _ledger(one: Explanation) -> Iterator[str]:
    from lg_core.cli import table  # noqa: PLC0415 -- for a terminal alone

    if not one.posted:
        return
    yield "In the ledger:"
    yield table(
        (
            (
                batch.name,
                posting.kind,
                posting.day.isoformat(),
                posting.fund,
                format_pounds(posting.gross),
                posting.adjustment,
                posting.rule,
            )
            for batch, posting in one.posted
        ),
        columns=("Batch", "Kind", "Its own day", "Fund", "Gross", "Adjustment", "Decided by"),
    )
    yield ""


def _verdict(tried: TriedRule) -> str:
    return "holds" if tried.missed is None else f"does not hold: {tried.missed}"


def _when(one: Explanation) -> str:
    if one.day is not None:
        return one.day.isoformat()
    if one.waits:
        return "not yet: the money is not captured"
    if any(moved.undone for moved in one.happenings):
        return "never: there is no money. Where it was posted before, the next batch takes it back"
    return "never: no money has moved"
