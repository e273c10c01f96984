# SPDX-License-Identifier: MIT
"""What the stand-in keeps: accounts, payments, their states and events, and the money moved."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum, StrEnum

from lg_sandbox.pay.fees import FeePlan

__all__ = [
    "Account",
    "Address",
    "AuthorisationMode",
    "CardDetails",
    "Charge",
    "Event",
    "Payment",
    "Provider",
    "State",
]


class Provider(StrEnum):
    """Who processes the payments of an account (spec, `payment_provider`)."""

    SANDBOX = "sandbox"
    STRIPE = "stripe"
    WORLDPAY = "worldpay"


class AuthorisationMode(StrEnum):
    """How a payment is authorised (spec, `CreateCardPaymentRequest.authorisation_mode`)."""

    WEB = "web"
    MOTO_API = "moto_api"
    AGREEMENT = "agreement"


class State(Enum):
    """Where a payment stands: the status on the wire, whether it is the end, code and message.

    Source: API reference, 'Payment status meanings' and 'GOV.UK Pay API error codes' (P0010 to
    P0050); connector code, `ExternalChargeState`, for the messages. Two states show as `success`:
    the payer saw success at once, and the money is only taken when the provider captured it.
    """

    CREATED = ("created", False, None, None, 0)
    STARTED = ("started", False, None, None, 1)
    SUBMITTED = ("submitted", False, None, None, 2)
    CAPTURABLE = ("capturable", False, None, None, 3)
    SUCCESS = ("success", True, None, None, 4)
    CAPTURED = ("success", True, None, None, 5)
    REJECTED = ("failed", True, "P0010", "Payment method rejected", 6)
    EXPIRED = ("failed", True, "P0020", "Payment expired", 7)
    CANCELLED_BY_PAYER = ("failed", True, "P0030", "Payment was cancelled by the user", 8)
    CANCELLED_BY_SERVICE = ("cancelled", True, "P0040", "Payment was cancelled by the service", 9)
    ERROR = ("error", True, "P0050", "Payment provider returned an error", 10)

    @property
    def status(self) -> str:
        """The status on the wire."""
        return self.value[0]

    @property
    def finished(self) -> bool:
        """Whether the payer's journey is over."""
        return self.value[1]

    @property
    def code(self) -> str | None:
        """The code on the wire, where the payment failed."""
        return self.value[2]

    @property
    def message(self) -> str | None:
        """The message on the wire, where the payment failed."""
        return self.value[3]


@dataclass(slots=True)
class Account:
    """A service's account with Pay. A test may change its options at any time.

    Args:
        id: the account's name, as it shows in the records.
        live: whether its keys are live keys. No money moves either way.
        provider: who processes its payments. Stripe refuses less than 30 pence, Worldpay more
            than 500,000.
        moto_enabled: whether `moto` payments are allowed.
        moto_api_enabled: whether `authorisation_mode` may be `moto_api`.
        zero_amount_allowed: whether a payment may be of 0 pence.
        recurring_enabled: whether agreements may be used.
        disabled: whether Pay has closed the account to new payments.
        rate_limited: whether Pay's rate limits apply.
        captures_at_once: whether the provider takes the money the moment a payment succeeds, as
            Pay's own sandbox does. When off, `complete_capture` and `fail_capture` decide.
        refunds_settle_later: whether a refund stays `submitted` until `complete_refund` or
            `fail_refund`. When off it is a success at once, as with test payments.
        ledger_delay: how many seconds of the virtual clock a search lags behind.
        fee_plan: gives the fee in pence for an amount in pence; Stripe alone takes fees so.
        failed_fee: pence that the provider takes for a payment that failed; Stripe alone.
        fees_on_test: whether fees are taken with test keys too (spec: never; the API reference
            says that test accounts can show them).
        corporate_surcharge: pence on top of the amount for a corporate card; 0 for none.
    """

    id: str
    live: bool = False
    provider: Provider = Provider.SANDBOX
    moto_enabled: bool = False
    moto_api_enabled: bool = False
    zero_amount_allowed: bool = False
    recurring_enabled: bool = True
    disabled: bool = False
    rate_limited: bool = True
    captures_at_once: bool = True
    refunds_settle_later: bool = False
    ledger_delay: float = 0
    fee_plan: Callable[[int], int] = field(default_factory=FeePlan)
    failed_fee: int = 0
    fees_on_test: bool = False
    corporate_surcharge: int = 0

    @property
    def takes_fees(self) -> bool:
        """Whether fees show in the API, and leave a payout.

        Source: spec, `fee`: Stripe alone, and never with a test key.
        """
        return self.provider is Provider.STRIPE and (self.live or self.fees_on_test)

    @property
    def lag(self) -> timedelta:
        """How far a search lags behind."""
        return timedelta(seconds=self.ledger_delay)

    @property
    def minimum(self) -> int:
        """The smallest amount in pence.

        Source: publicapi code says 1 although the spec says 0; API reference, 'Create a
        payment', says 30 for Stripe.
        """
        if self.zero_amount_allowed:
            return 0
        return 30 if self.provider is Provider.STRIPE else 1

    @property
    def maximum(self) -> int:
        """The largest amount in pence.

        Source: spec, `amount` (10,000,000); technical documentation for Worldpay's default.
        """
        return 500_000 if self.provider is Provider.WORLDPAY else 10_000_000


@dataclass(frozen=True, slots=True)
class Address:
    """A billing address (spec, `Address`)."""

    line1: str | None = None
    line2: str | None = None
    postcode: str | None = None
    city: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class CardDetails:
    """What Pay keeps of a card (spec, `CardDetails`): never the whole number, never the CVC."""

    cardholder_name: str | None = None
    billing_address: Address | None = None
    brand: str | None = None
    type: str | None = None
    first_digits: str | None = None
    last_digits: str | None = None
    expiry_date: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One change of status that `GET /v1/payments/{id}/events` shows."""

    state: State
    at: datetime


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment, read-only: each step of the state machine makes a new one.

    Args:
        id: Pay's id, 26 characters.
        account: the id of the account whose key created it.
        provider: who processes it.
        amount: pence.
        reference: the service's reference.
        description: what the payer reads.
        return_url: where the payer goes at the end; None in modes without pages.
        created_at: when it was created.
        state: where it stands.
        history: the changes of status, oldest first.
        touched_at: when it last changed; Pay does not expire what changed in the last 5 minutes.
        language: `en` or `cy`.
        delayed_capture: whether the service captures by itself.
        moto: whether it is a mail or telephone order.
        authorisation_mode: how it is authorised.
        metadata: the service's own pairs; order not kept by the real Pay.
        email: the payer's address.
        card: what is known of the payer and the card.
        provider_id: the provider's id, once authorisation was tried.
        capture_submitted_at: when Pay asked for the money.
        captured_at: when the money was taken.
        surcharge: pence on top of the amount, for a corporate card.
        fee: pence that the provider keeps; None where it takes none, or did not yet.
        settled_on: the day of the payout; Stripe alone.
        refunded: pence of all refunds that did not fail.
        disputed: whether the payer disputed it.
        agreement_id: Pay's id of the agreement that it sets up or is taken under.
        sets_up_agreement: whether its success stores the card with the agreement.
        can_retry: for a failed payment under an agreement, whether the card may be tried again.
    """

    id: str
    account: str
    provider: Provider
    amount: int
    reference: str = field(repr=False)
    description: str = field(repr=False)
    return_url: str | None = field(repr=False)
    created_at: datetime
    state: State
    history: tuple[Event, ...]
    touched_at: datetime
    language: str = "en"
    delayed_capture: bool = False
    moto: bool = False
    authorisation_mode: AuthorisationMode = AuthorisationMode.WEB
    metadata: tuple[tuple[str, str | int | float | bool], ...] = field(default=(), repr=False)
    email: str | None = field(default=None, repr=False)
    card: CardDetails | None = field(default=None, repr=False)
    provider_id: str | None = None
    capture_submitted_at: datetime | None = None
    captured_at: datetime | None = None
    surcharge: int = 0
    fee: int | None = None
    settled_on: date | None = None
    refunded: int = 0
    disputed: bool = False
    agreement_id: str | None = None
    sets_up_agreement: bool = False
    can_retry: bool | None = None

    @property
    def total_amount(self) -> int:
        """What the payer pays, in pence: the amount with the surcharge."""
        return self.amount + self.surcharge

    @property
    def net_amount(self) -> int | None:
        """What is left after the fee, in pence; negative for a failed payment with a fee."""
        if self.fee is None:
            return None
        return (self.total_amount if self.charged else 0) - self.fee

    @property
    def refundable(self) -> int:
        """What could still be refunded, in pence."""
        return self.total_amount - self.refunded

    @property
    def refund_status(self) -> str:
        """Whether it can be refunded (spec, `RefundSummary.status`).

        Source: API reference, 'Refund status': pending until the money is taken, unavailable
        where it never is; connector code, `RefundService`, for disputed payments.
        """
        if self.disputed or (self.finished and self.code is not None):
            return "unavailable"
        if not self.charged:
            return "pending"
        return "available" if self.refundable else "full"

    @property
    def status(self) -> str:
        """The status on the wire."""
        return self.state.status

    @property
    def code(self) -> str | None:
        """The code on the wire, where the payment failed."""
        return self.state.code

    @property
    def finished(self) -> bool:
        """Whether the payer's journey is over."""
        return self.state.finished

    @property
    def charged(self) -> bool:
        """Whether the payer's money was taken."""
        return self.captured_at is not None


@dataclass(frozen=True, slots=True)
class Charge:
    """Money that moved: one for each captured payment, and never more.

    Args:
        payment_id: Pay's id of the payment.
        account: the id of the account that was paid.
        amount: pence.
        reference: the service's reference.
        at: when.
    """

    payment_id: str
    account: str
    amount: int
    reference: str = field(repr=False)
    at: datetime
