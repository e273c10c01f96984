# SPDX-License-Identifier: MIT
"""What moves money besides a payment: refunds, disputes, the true ledger and payouts."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

__all__ = [
    "Dispute",
    "DisputeReason",
    "DisputeStatus",
    "EntryKind",
    "LedgerEntry",
    "Payout",
    "Refund",
    "RefundStatus",
]


class RefundStatus(StrEnum):
    """Where a refund stands (spec, `Refund.status`)."""

    SUBMITTED = "submitted"
    SUCCESS = "success"
    ERROR = "error"


class DisputeStatus(StrEnum):
    """Where a dispute stands (spec, `DisputeDetailForSearch.status`)."""

    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"


class DisputeReason(StrEnum):
    """Why a payer disputes a payment (spec, `DisputeDetailForSearch.reason`)."""

    CREDIT_NOT_PROCESSED = "credit_not_processed"
    DUPLICATE = "duplicate"
    FRAUDULENT = "fraudulent"
    GENERAL = "general"
    PRODUCT_NOT_RECEIVED = "product_not_received"
    PRODUCT_UNACCEPTABLE = "product_unacceptable"
    UNRECOGNISED = "unrecognised"
    SUBSCRIPTION_CANCELLED = "subscription_cancelled"
    OTHER = "other"


class EntryKind(StrEnum):
    """What moved the money of a ledger entry."""

    PAYMENT = "payment"
    REFUND = "refund"
    DISPUTE = "dispute"
    FEE = "fee"


@dataclass(frozen=True, slots=True)
class Refund:
    """One refund, read-only: each change makes a new one.

    Args:
        id: Pay's id, 26 characters.
        payment_id: Pay's id of the payment.
        account: the id of the account.
        amount: pence.
        created_at: when it was asked for.
        status: where it stands.
        by_staff: whether somebody asked for it in the admin tool, and not the API.
        settled_on: the day the provider took it from a payout; Stripe alone.
    """

    id: str
    payment_id: str
    account: str
    amount: int
    created_at: datetime
    status: RefundStatus
    by_staff: bool = False
    settled_on: date | None = None


@dataclass(frozen=True, slots=True)
class Dispute:
    """One dispute, read-only: each change makes a new one.

    Args:
        id: Pay's id, 26 characters.
        payment_id: Pay's id of the payment.
        account: the id of the account.
        amount: pence in dispute.
        fee: pence that the provider takes for a lost dispute.
        reason: why the payer disputes.
        created_at: when the bank told Pay.
        evidence_due_at: until when evidence may be sent.
        status: where it stands.
        settled_on: the day the provider took a lost one from a payout; Stripe alone.
    """

    id: str
    payment_id: str
    account: str
    amount: int
    fee: int
    reason: DisputeReason
    created_at: datetime
    evidence_due_at: datetime
    status: DisputeStatus = DisputeStatus.NEEDS_RESPONSE
    settled_on: date | None = None

    @property
    def net_amount(self) -> int | None:
        """What is taken from a payout, in pence and negative; None unless it is lost.

        Source: spec, `DisputeDetailForSearch.net_amount`.
        """
        return -(self.amount + self.fee) if self.status is DisputeStatus.LOST else None


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """Money that really moved. The stand-in appends one, and never changes it.

    Args:
        kind: what moved it.
        id: Pay's id of the payment, refund or dispute; for a fee, of what it was charged for.
        payment_id: Pay's id of the payment.
        account: the id of the account.
        amount: pence; positive towards the council, negative away from it.
        at: when.
    """

    kind: EntryKind
    id: str
    payment_id: str
    account: str
    amount: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Payout:
    """One credit, or debit, on the council's bank account.

    Args:
        id: the provider's id of it, which the API does not tell.
        account: the id of the account.
        at: when.
        day: the day that shows as `settled_date`.
        amount: pence; the sum of the items.
        items: what it is made of.
    """

    id: str
    account: str
    at: datetime
    day: date
    amount: int
    items: tuple[LedgerEntry, ...] = field(repr=False)
