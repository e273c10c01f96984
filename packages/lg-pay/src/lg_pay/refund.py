# SPDX-License-Identifier: MIT
"""Refunds of a payment, as GOV.UK Pay answers them, and how to ask for one.

Statuses are plain text here, so that a new one is read and not refused. `RefundStatus` names those
that GOV.UK Pay documents.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import AliasChoices, AliasPath, Field

from lg_core.models import AnswerModel, RequestModel
from lg_core.money import Pence
from lg_pay.new_payment import MAX_AMOUNT
from lg_pay.payment import Link

__all__ = [
    "NewRefund",
    "Refund",
    "RefundLinks",
    "RefundSettlement",
    "RefundStatus",
    "Refunds",
]


class RefundStatus(StrEnum):
    """The statuses that GOV.UK Pay documents (API reference, 'Refund status meanings')."""

    SUBMITTED = "submitted"
    """GOV.UK Pay has asked the provider to pay the money back."""
    SUCCESS = "success"
    """The provider has taken the request. The payer's bank may need some days more."""
    ERROR = "error"
    """The provider refused: nothing was paid back, and the amount can be refunded again."""


class NewRefund(RequestModel):
    """A refund to ask GOV.UK Pay for.

    Attributes:
        amount: pence to pay back, from 1 to 10,000,000.
        refund_amount_available: the pence that could be refunded when you looked. GOV.UK Pay
            refuses the refund where that has changed (code P0604), so a repeat cannot refund
            twice.

    Raises:
        InvalidValueError: one or more fields are wrong.
    """

    shown: ClassVar[frozenset[str]] = frozenset({"amount", "refund_amount_available"})

    amount: Annotated[Pence, Field(ge=1, le=int(MAX_AMOUNT))]
    refund_amount_available: Annotated[Pence, Field(ge=0)]


class RefundSettlement(AnswerModel):
    """When a refund left your account.

    Attributes:
        settled_date: the day on which it was taken from a payout; Stripe only.
    """

    shown: ClassVar[frozenset[str]] = frozenset({"settled_date"})

    settled_date: date | None = None


class RefundLinks(AnswerModel):
    """Where a refund and its payment are.

    Attributes:
        self_: the refund.
        payment: the payment.
    """

    self_: Link | None = Field(default=None, alias="self")
    payment: Link | None = None


class Refund(AnswerModel):
    """A refund as GOV.UK Pay has it.

    Attributes:
        refund_id: GOV.UK Pay's name for the refund.
        payment_id: the payment; None where it was asked for through the payment, whose id you know.
        amount: pence that are paid back.
        created_date: when it was asked for (UTC).
        status: one of `RefundStatus`, or a word that GOV.UK Pay has added since.
        settlement_summary: when it left your account.
        links: where it and its payment are.
    """

    shown: ClassVar[frozenset[str]] = frozenset(
        {"refund_id", "payment_id", "amount", "created_date", "status", "settlement_summary"}
    )

    refund_id: str
    payment_id: str | None = None
    amount: Pence
    created_date: datetime
    status: str
    settlement_summary: RefundSettlement | None = None
    links: RefundLinks | None = Field(
        default=None, validation_alias=AliasChoices("_links", "links")
    )


class Refunds(AnswerModel):
    """The refunds of one payment. May lack what happened a moment ago: eventually consistent.

    Attributes:
        payment_id: the payment.
        refunds: its refunds, those that failed included.
    """

    shown: ClassVar[frozenset[str]] = frozenset({"payment_id", "refunds"})

    payment_id: str
    refunds: tuple[Refund, ...] = Field(validation_alias=AliasPath("_embedded", "refunds"))
