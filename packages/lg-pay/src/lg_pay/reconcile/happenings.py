# SPDX-License-Identifier: MIT
"""What moved money, read from GOV.UK Pay's records: pure, one value a movement, each on its day.

A payment moves money when its capture is submitted, a refund when it is made, a lost dispute when
it is settled. A fee is a movement of its own, so that gross income and cost are posted apart.
A dispute that is won gives back what it took, where it was lost before.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from lg_core.days import london_day
from lg_core.money import Pence
from lg_pay.dispute import Dispute, DisputeStatus
from lg_pay.payment import PaymentStatus
from lg_pay.reconcile._listed import AnyPayment
from lg_pay.refund import Refund, RefundStatus

__all__ = [
    "DayBasis",
    "Happening",
    "Kind",
    "amount_taken",
    "of_dispute",
    "of_payment",
    "of_refund",
    "waits_for_capture",
]


class Kind(StrEnum):
    """What kind of movement it is."""

    PAYMENT = "payment"
    """A payer paid."""
    REFUND = "refund"
    """Money went back to a payer."""
    DISPUTE = "dispute"
    """A payer's bank took money back."""
    FEE = "fee"
    """The provider kept a fee for a payment."""
    DISPUTE_FEE = "dispute-fee"
    """The provider kept a fee for a lost dispute."""


class DayBasis(StrEnum):
    """What decides on which day a payment is posted."""

    CAPTURE_SUBMITTED = "capture-submitted"
    """The London day on which GOV.UK Pay asked the provider for the money. The usual one."""
    CAPTURED = "captured"
    """The day on which the provider took it, as the provider tells it."""
    CREATED = "created"
    """The London day on which the payment was created, though only once it is captured."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One movement of money.

    Attributes:
        kind: what kind it is.
        id: GOV.UK Pay's name for the payment, the refund or the dispute.
        payment_id: the payment that it belongs to.
        account: the name of the GOV.UK Pay account.
        day: the day that it belongs to, in Europe/London.
        at: the instant in UTC, for the order within a day; midnight where only the day is known.
        amount: pence, from the council's side: a payment is above 0, the others below.
        undone: whether it has been taken back since: a success whose capture failed, a refund that
            the provider refused, a dispute that was won.
    """

    kind: Kind
    id: str
    payment_id: str
    account: str
    day: date
    at: datetime
    amount: Pence
    undone: bool = field(default=False)

    @property
    def key(self) -> str:
        """Its name in the ledger. What has been posted under this name is not posted again."""
        return f"{self.kind}:{self.id}"


def amount_taken(payment: AnyPayment) -> Pence:
    """Return what the payer paid: the amount, and a corporate card surcharge with it.

    Source: API reference, 'Corporate card surcharges': `amount` excludes it.

    Args:
        payment: the payment.
    """
    surcharge = payment.corporate_card_surcharge
    return payment.amount if surcharge is None else payment.amount + surcharge


def waits_for_capture(payment: AnyPayment) -> bool:
    """Say whether money may still come: authorised or paid, and not yet asked of the provider.

    Args:
        payment: the payment.

    Returns:
        True where it may.
    """
    taken = payment.settlement_summary and payment.settlement_summary.capture_submit_time
    if payment.state.status == PaymentStatus.SUCCESS:
        return taken is None
    return payment.state.status in {PaymentStatus.SUBMITTED, PaymentStatus.CAPTURABLE}


def of_payment(
    payment: AnyPayment, *, account: str, basis: DayBasis = DayBasis.CAPTURE_SUBMITTED
) -> Iterator[Happening]:
    """Read the movements of a payment: the money, and the provider's fee where it is known.

    `success` is not proof of money (facts: a success can become an error when the capture fails),
    so nothing comes of a payment before its capture is submitted. A payment in the state `error`
    gives a movement that is undone: where it was posted before, it is posted back. Its day and
    amount then only matter for that. So does one that failed or was cancelled: GOV.UK Pay knows no
    way there from a success, and if one ever comes, the money is not there.

    Args:
        payment: the payment.
        account: the name of the GOV.UK Pay account.
        basis: what decides on its day.

    Yields:
        The payment, where it moved money, and its fee where GOV.UK Pay tells one, 0 too. A failed
        payment can cost a fee (API reference, 'Fees': net_amount is then below 0).
    """
    day = _day(payment, basis)
    summary = payment.settlement_summary
    at = (summary.capture_submit_time if summary else None) or payment.created_date
    undone = payment.state.status in _NO_MONEY
    if undone or (day is not None and payment.state.status == PaymentStatus.SUCCESS):
        yield Happening(
            Kind.PAYMENT,
            payment.payment_id,
            payment.payment_id,
            account,
            day or london_day(payment.created_date),
            at,
            amount_taken(payment),
            undone=undone,
        )
    if payment.fee is not None:
        yield Happening(
            Kind.FEE,
            payment.payment_id,
            payment.payment_id,
            account,
            day or london_day(payment.created_date),
            at,
            -payment.fee,
        )


_NO_MONEY: Final = {PaymentStatus.ERROR, PaymentStatus.FAILED, PaymentStatus.CANCELLED}


def _day(payment: AnyPayment, basis: DayBasis) -> date | None:
    summary = payment.settlement_summary
    if summary is None or summary.capture_submit_time is None:
        return None
    if basis is DayBasis.CREATED:
        return london_day(payment.created_date)
    if basis is DayBasis.CAPTURED:
        return summary.captured_date
    return london_day(summary.capture_submit_time)


def of_refund(refund: Refund, *, account: str, payment_id: str | None = None) -> Happening | None:
    """Read the movement of a refund, on the London day on which it was made.

    Args:
        refund: the refund.
        account: the name of the GOV.UK Pay account.
        payment_id: its payment, where the refund does not name it.

    Returns:
        The movement; undone where the provider refused it. None where no payment is known.
    """
    owner = refund.payment_id or payment_id
    if owner is None:
        return None
    return Happening(
        Kind.REFUND,
        refund.refund_id,
        owner,
        account,
        london_day(refund.created_date),
        refund.created_date,
        -refund.amount,
        undone=refund.status == RefundStatus.ERROR,
    )


def of_dispute(dispute: Dispute, *, account: str) -> Iterator[Happening]:
    """Read the movements of a dispute: a lost one moves money, on its settled day.

    One that is won gives the same movements, undone: a bank can change its mind after the money
    went. Where they were posted, they are posted back, the fee too, since it is kept for a lost
    dispute alone (API reference, 'Search disputes'). Their day and amount only matter for that.

    Args:
        dispute: the dispute.
        account: the name of the GOV.UK Pay account.

    Yields:
        The amount, and the provider's fee. Nothing where GOV.UK Pay does not tell the settled day
        of a lost one (providers other than Stripe).
    """
    settlement = dispute.settlement_summary
    day = settlement.settled_date if settlement else None
    undone = dispute.status == DisputeStatus.WON
    if undone:
        day = day or london_day(dispute.created_date)
    elif dispute.status != DisputeStatus.LOST or day is None:
        return
    for kind, amount in ((Kind.DISPUTE, dispute.amount), (Kind.DISPUTE_FEE, dispute.fee)):
        if undone or amount or (kind is Kind.DISPUTE_FEE and amount is not None):
            yield Happening(
                kind,
                dispute.dispute_id,
                dispute.payment_id,
                account,
                day,
                dispute.created_date,
                Pence(0) if amount is None else -amount,
                undone=undone,
            )
