# SPDX-License-Identifier: MIT
"""What GOV.UK Pay answers: a payment, its state, its links, and what happened to it.

Words that GOV.UK Pay may add to (states, providers, card brands) are plain text here, so that a new
one is read and not refused. `PaymentStatus` names those that it documents.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, ClassVar

from pydantic import (
    BeforeValidator,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
)

from lg_core.models import AnswerModel, read_part
from lg_core.money import Pence
from lg_core.texts import Text
from lg_pay.payer_messages import message_for_state

__all__ = [
    "Address",
    "AuthorisationSummary",
    "CardDetails",
    "Exemption",
    "ExemptionOutcome",
    "Link",
    "Payment",
    "PaymentEvent",
    "PaymentEvents",
    "PaymentLinks",
    "PaymentState",
    "PaymentStatus",
    "RefundSummary",
    "SettlementSummary",
    "ThreeDSecure",
]


_AsItCame = Any
"""A part that is read, and checked, when it is asked for."""


class PaymentStatus(StrEnum):
    """The states that GOV.UK Pay documents (API reference, 'Payment status meanings')."""

    CREATED = "created"
    """The payer has not been to `next_url` yet."""
    STARTED = "started"
    """The payer is on the payment pages."""
    SUBMITTED = "submitted"
    """The payer has entered a card, and has not confirmed yet."""
    CAPTURABLE = "capturable"
    """Authorised, with delayed capture: waiting for you to take the money."""
    SUCCESS = "success"
    """The payer has paid. Not yet proof of money: that is the captured and the settled date."""
    FAILED = "failed"
    """Declined (P0010), expired (P0020) or cancelled by the payer (P0030)."""
    CANCELLED = "cancelled"
    """Cancelled by your service (P0040)."""
    ERROR = "error"
    """The payment provider or GOV.UK Pay failed (P0050)."""


# In this order, since nearly all are text: what fits first is taken.
_Scalar = Annotated[
    StrictStr | StrictBool | StrictInt | StrictFloat, Field(union_mode="left_to_right")
]


# Not a model: a list has one a row, and a dataclass is made in half the time.
@dataclass(frozen=True, slots=True)
class PaymentState:
    """Where a payment stands.

    Attributes:
        status: one of `PaymentStatus`, or a word that GOV.UK Pay has added since.
        finished: whether the payer's journey has ended.
        code: why it failed, such as `P0010`.
        message: the same in words, for a developer.
        can_retry: for a failed agreement payment, whether the agreement may be charged again.
    """

    status: str
    finished: bool
    code: str | None = None
    message: str | None = field(default=None, repr=False)
    can_retry: bool | None = None

    @property
    def payer_message(self) -> Text | None:
        """What to tell the payer, in English and Welsh, or None where all is well."""
        return message_for_state(self.status, self.code)


class Link(AnswerModel):
    """A way on from here.

    Attributes:
        href: the address.
        method: the HTTP method.
        type: the media type of what is sent to it, with POST.
        params: what is sent to it, with POST. Holds a one-time token: give it to the payer only.
    """

    shown: ClassVar[frozenset[str]] = frozenset({"method"})

    href: str
    method: str = "GET"
    type: str | None = None
    params: Mapping[str, str] | None = None


class PaymentLinks(AnswerModel):
    """What can be done with a payment now. A link that is None cannot be followed now.

    Attributes:
        self_: the payment.
        next_url: where to send the payer. Works once, for this payer alone.
        next_url_post: the same as a form to post.
        auth_url_post: where card details go, with the mode `moto_api`.
        events: what has happened to the payment.
        refunds: its refunds.
        cancel: to cancel it.
        capture: to take the money, with delayed capture.
    """

    self_: Link | None = Field(default=None, alias="self")
    next_url: Link | None = None
    next_url_post: Link | None = None
    auth_url_post: Link | None = None
    events: Link | None = None
    refunds: Link | None = None
    cancel: Link | None = None
    capture: Link | None = None


class RefundSummary(AnswerModel):
    """How much of a payment can be refunded.

    Attributes:
        status: `pending`, `unavailable`, `available` or `full`.
        amount_available: pence that can be refunded, a corporate card surcharge included.
        amount_submitted: pence that have been refunded.
    """

    shown: ClassVar[frozenset[str]] = frozenset({"status", "amount_available", "amount_submitted"})

    status: str
    amount_available: Pence | None = None
    amount_submitted: Pence | None = None


class SettlementSummary(AnswerModel):
    """When the money moved.

    Attributes:
        capture_submit_time: when GOV.UK Pay asked the provider to take the money (UTC).
        captured_date: the day on which the provider took it.
        settled_date: the day on which it was paid into your account; Stripe only.
    """

    shown: ClassVar[frozenset[str]] = frozenset(
        {"capture_submit_time", "captured_date", "settled_date"}
    )

    capture_submit_time: datetime | None = None
    captured_date: date | None = None
    settled_date: date | None = None


class Address(AnswerModel):
    """The billing address of a card.

    Attributes:
        line1: the first line.
        line2: the second line.
        city: the town or city.
        postcode: the postcode.
        country: two letters (ISO 3166-1 alpha-2).
    """

    line1: str | None = None
    line2: str | None = None
    city: str | None = None
    postcode: str | None = None
    country: str | None = None


def _no_null_word(value: object) -> object:
    """Read the word 'null', which the published specification lists, as no value."""
    return None if value == "null" else value


class CardDetails(AnswerModel):
    """The card. A wallet's payer need not be the person named: do not use it to identify anybody.

    Attributes:
        card_brand: such as `Visa`.
        card_type: `debit`, `credit`, or None where it is not known.
        first_digits_card_number: the first six digits; None for a wallet.
        last_digits_card_number: the last four digits.
        expiry_date: `MM/YY`.
        cardholder_name: the name on the card.
        billing_address: the address of its holder.
        wallet_type: `Apple Pay` or `Google Pay`.
    """

    shown: ClassVar[frozenset[str]] = frozenset({"card_brand", "card_type", "wallet_type"})

    card_brand: str | None = None
    card_type: Annotated[str | None, BeforeValidator(_no_null_word)] = None
    first_digits_card_number: str | None = None
    last_digits_card_number: str | None = None
    expiry_date: str | None = None
    cardholder_name: str | None = None
    billing_address: Address | None = None
    wallet_type: str | None = None


class ThreeDSecure(AnswerModel):
    """Whether 3-D Secure was used.

    Attributes:
        required: True where the payment was authorised with it.
    """

    shown: ClassVar[frozenset[str]] = frozenset({"required"})

    required: bool | None = None


class AuthorisationSummary(AnswerModel):
    """How the payment was authorised.

    Attributes:
        three_d_secure: whether 3-D Secure was used.
    """

    shown: ClassVar[frozenset[str]] = frozenset({"three_d_secure"})

    three_d_secure: ThreeDSecure | None = None


class ExemptionOutcome(AnswerModel):
    """What became of a request for an exemption from 3-D Secure.

    Attributes:
        result: `honoured`, `rejected` or `out of scope`.
    """

    shown: ClassVar[frozenset[str]] = frozenset({"result"})

    result: str | None = None


class Exemption(AnswerModel):
    """A request for an exemption from 3-D Secure.

    Attributes:
        requested: whether one was asked for.
        type: `corporate`, or None.
        outcome: what became of it.
    """

    shown: ClassVar[frozenset[str]] = frozenset({"requested", "type", "outcome"})

    requested: bool | None = None
    type: str | None = None
    outcome: ExemptionOutcome | None = None


class Payment(AnswerModel):
    """A payment as GOV.UK Pay has it.

    Amounts are pence. What GOV.UK Pay leaves out is None: it gives `provider_id` only once
    authorisation was tried, fees only for Stripe and live keys, `total_amount` only with a
    corporate card surcharge.

    In a list of payments the summaries, the card, the links and what concerns 3-D Secure are read
    when they are asked for; one of another shape then raises `ResponseShapeError`. All else is
    read at once.

    Attributes:
        payment_id: GOV.UK Pay's name for the payment, 26 characters.
        amount: what was asked for, without a surcharge.
        description: what is paid for.
        reference: your name for the payment.
        language: of the payment pages.
        email: the payer's e-mail address.
        metadata: the pairs that you sent; their order is not kept.
        state: where the payment stands.
        payment_provider: such as `stripe`, `worldpay` or `sandbox`.
        provider_id: the provider's name for the payment.
        created_date: when it was created (UTC).
        return_url: where the payer comes back to.
        authorisation_mode: such as `web`.
        agreement_id: the agreement that it was charged to.
        agreement_payment_type: why it was charged to an agreement.
        delayed_capture: whether the money is taken later.
        moto: whether it is a payment by post or telephone.
        refund_given: how much can be refunded, as it came; `refund_summary` reads it.
        settlement_given: when the money moved, as it came; `settlement_summary` reads it.
        card_given: the card as it came; `card_details` reads it.
        corporate_card_surcharge: what was added for a corporate card.
        total_amount: the amount with the surcharge.
        fee: what the provider keeps.
        net_amount: what is paid to you; below 0 where a failed payment cost a fee.
        authorisation_given: how it was authorised, as it came; `authorisation_summary` reads it.
        exemption_given: a request for an exemption, as it came; `exemption` reads it.
        links_given: what can be done with it now, as it came; `links` reads it.
    """

    shown: ClassVar[frozenset[str]] = frozenset(
        {"payment_id", "amount", "state", "payment_provider", "created_date"}
    )

    payment_id: str
    amount: Pence
    description: str
    reference: str
    language: str | None = None
    email: str | None = None
    metadata: dict[str, _Scalar] | None = None
    state: PaymentState
    payment_provider: str
    provider_id: str | None = None
    created_date: datetime
    return_url: str | None = None
    authorisation_mode: str | None = None
    agreement_id: str | None = None
    agreement_payment_type: str | None = None
    delayed_capture: bool | None = None
    moto: bool | None = None
    refund_given: _AsItCame = Field(default=None, alias="refund_summary")
    settlement_given: _AsItCame = Field(default=None, alias="settlement_summary")
    card_given: _AsItCame = Field(default=None, alias="card_details")
    corporate_card_surcharge: Pence | None = None
    total_amount: Pence | None = None
    fee: Pence | None = None
    net_amount: Pence | None = None
    authorisation_given: _AsItCame = Field(default=None, alias="authorisation_summary")
    exemption_given: _AsItCame = Field(default=None, alias="exemption")
    links_given: _AsItCame = Field(alias="_links")

    later: ClassVar[tuple[str, ...]] = (
        "refund_summary",
        "settlement_summary",
        "card_details",
        "authorisation_summary",
        "exemption",
        "links",
    )

    @cached_property
    def refund_summary(self) -> RefundSummary | None:
        """How much can be refunded."""
        return None if self.refund_given is None else read_part(RefundSummary, self.refund_given)

    @cached_property
    def settlement_summary(self) -> SettlementSummary | None:
        """When the money moved."""
        given = self.settlement_given
        return None if given is None else read_part(SettlementSummary, given)

    @cached_property
    def card_details(self) -> CardDetails | None:
        """The card."""
        return None if self.card_given is None else read_part(CardDetails, self.card_given)

    @cached_property
    def authorisation_summary(self) -> AuthorisationSummary | None:
        """How it was authorised."""
        given = self.authorisation_given
        return None if given is None else read_part(AuthorisationSummary, given)

    @cached_property
    def exemption(self) -> Exemption | None:
        """A request for an exemption from 3-D Secure."""
        return None if self.exemption_given is None else read_part(Exemption, self.exemption_given)

    @cached_property
    def links(self) -> PaymentLinks:
        """What can be done with it now."""
        return read_part(PaymentLinks, self.links_given)

    @property
    def next_url(self) -> str | None:
        """Where to send the payer, or None where the payer has nothing more to do.

        The address works once, for this payer alone: redirect to it and do not keep it. To let a
        payer go on with an unfinished payment, get the payment again and use its new address.
        """
        return self.links.next_url.href if self.links.next_url else None


class PaymentEvent(AnswerModel):
    """One thing that happened to a payment.

    Attributes:
        payment_id: the payment.
        state: the state that it came to.
        updated: when (UTC).
    """

    shown: ClassVar[frozenset[str]] = frozenset({"payment_id", "state", "updated"})

    payment_id: str
    state: PaymentState
    updated: datetime


class PaymentEvents(AnswerModel):
    """What happened to a payment.

    Attributes:
        payment_id: the payment.
        events: what happened, oldest first.
    """

    shown: ClassVar[frozenset[str]] = frozenset({"payment_id", "events"})

    payment_id: str
    events: tuple[PaymentEvent, ...]
