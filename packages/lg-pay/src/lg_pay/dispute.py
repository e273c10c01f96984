# SPDX-License-Identifier: MIT
"""Disputes: a payer's bank asks for the money back. As GOV.UK Pay answers them.

Statuses and reasons are plain text here, so that a new one is read and not refused.
`DisputeStatus` and `DisputeReason` name those that GOV.UK Pay documents.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from pydantic import AliasChoices, Field

from lg_core.models import AnswerModel
from lg_core.money import Pence
from lg_pay.payment import Link

__all__ = ["Dispute", "DisputeLinks", "DisputeReason", "DisputeSettlement", "DisputeStatus"]


class DisputeStatus(StrEnum):
    """The statuses that GOV.UK Pay documents (API reference, 'Search disputes')."""

    NEEDS_RESPONSE = "needs_response"
    """Evidence is wanted before `evidence_due_date`."""
    UNDER_REVIEW = "under_review"
    """The evidence is with the bank."""
    WON = "won"
    """The money stays with you."""
    LOST = "lost"
    """The money, and a fee, go back."""


class DisputeReason(StrEnum):
    """The reasons that GOV.UK Pay documents (API reference, 'Search disputes')."""

    CREDIT_NOT_PROCESSED = "credit_not_processed"
    DUPLICATE = "duplicate"
    FRAUDULENT = "fraudulent"
    GENERAL = "general"
    PRODUCT_NOT_RECEIVED = "product_not_received"
    PRODUCT_UNACCEPTABLE = "product_unacceptable"
    UNRECOGNISED = "unrecognised"
    SUBSCRIPTION_CANCELLED = "subscription_cancelled"
    OTHER = "other"


class DisputeSettlement(AnswerModel):
    """When a lost dispute left your account.

    Attributes:
        settled_date: the day on which it was taken from a payout; lost disputes only.
    """

    shown: ClassVar[frozenset[str]] = frozenset({"settled_date"})

    settled_date: date | None = None


class DisputeLinks(AnswerModel):
    """Where the payment is.

    Attributes:
        payment: the payment that is disputed.
    """

    payment: Link | None = None


class Dispute(AnswerModel):
    """A dispute as GOV.UK Pay has it.

    Attributes:
        dispute_id: GOV.UK Pay's name for the dispute.
        payment_id: the payment.
        amount: pence in dispute.
        fee: what the provider keeps for it, where it was lost.
        net_amount: what it cost in all, below 0, where it was lost.
        created_date: when it began (UTC).
        evidence_due_date: when evidence must be in (UTC).
        status: one of `DisputeStatus`, or a word that GOV.UK Pay has added since.
        reason: one of `DisputeReason`, or another word.
        settlement_summary: when it left your account.
        links: where the payment is. The API says `links` and its reference `_links`: both are read.
    """

    shown: ClassVar[frozenset[str]] = frozenset(
        {
            "dispute_id",
            "payment_id",
            "amount",
            "fee",
            "net_amount",
            "created_date",
            "evidence_due_date",
            "status",
            "reason",
            "settlement_summary",
        }
    )

    dispute_id: str
    payment_id: str
    amount: Pence
    fee: Pence | None = None
    net_amount: Pence | None = None
    created_date: datetime
    evidence_due_date: datetime | None = None
    status: str
    reason: str | None = None
    settlement_summary: DisputeSettlement | None = None
    links: DisputeLinks | None = Field(
        default=None, validation_alias=AliasChoices("links", "_links")
    )
