# SPDX-License-Identifier: MIT
"""The public types of lg-pay, as type checkers see them. Never run: checked by pyright, strict."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import assert_type

from lg_core import Pence
from lg_core.calls import Answer, Call
from lg_core.clients import AsyncPages, Pages
from lg_core.errors import ApiError, ConflictError, InvalidRequestError, LgError
from lg_core.texts import Language, Text
from lg_pay import (
    AccountNotReadyError,
    AccountsFailedError,
    Agreement,
    AgreementNotActiveError,
    AgreementNotFoundError,
    AgreementPaymentType,
    AgreementStatus,
    AsyncPayAccounts,
    AsyncPayClient,
    AsyncPaymentBook,
    AuthorisationMode,
    BillingAddress,
    CannotCancelError,
    CannotCaptureError,
    Dispute,
    DisputeReason,
    DisputeStatus,
    InvalidFieldError,
    InvalidKeyError,
    InvalidPaymentError,
    KeyReusedError,
    NewAgreement,
    NewPayment,
    PayAccount,
    PayAccounts,
    PayClient,
    PayError,
    Payment,
    PaymentBook,
    PaymentEvent,
    PaymentEvents,
    PaymentInstrument,
    PaymentNotFoundError,
    PaymentProvider,
    PaymentState,
    PaymentStatus,
    PayUnavailableError,
    PrefilledCardholderDetails,
    Refund,
    RefundMismatchError,
    RefundNotAvailableError,
    RefundNotFoundError,
    RefundRefusal,
    Refunds,
    RefundStatus,
    RequestBlockedError,
    SearchIncompleteError,
    TooManyRequestsError,
    calls,
)
from lg_pay.agreement_rules import Renewal, renewals_due, retry_at
from lg_pay.limits import amount_limits, check_amount
from lg_pay.links import payment_link_url
from lg_pay.refund_outcome import RefundFinding, refund_outcome
from lg_pay.search import (
    AgreementSearch,
    DisputeSearch,
    PaymentPage,
    PaymentSearch,
    RefundPage,
    RefundSearch,
)

__all__: list[str] = []


def a_payment() -> NewPayment:
    """Each field takes its own type."""
    return NewPayment(
        amount=Pence(4650),
        reference="GW-0001",
        description="Garden waste",
        return_url="https://www.example.gov.uk/back",
        language=Language.WELSH,
        metadata={"ledger": "GW", "lines": 2, "rate": 0.2, "online": True},
        prefilled_cardholder_details=PrefilledCardholderDetails(
            cardholder_name="A Tester", billing_address=BillingAddress(country="GB")
        ),
        authorisation_mode=AuthorisationMode.WEB,
        agreement_payment_type=AgreementPaymentType.RECURRING,
    )


def wrong_payments() -> None:
    """What a type checker must refuse: each of these needs its comment, or the check fails."""
    NewPayment(amount=46.5, reference="x", description="x")  # pyright: ignore[reportArgumentType]  # a float is no amount
    NewPayment(amount=4650, reference="x", description="x")  # pyright: ignore[reportArgumentType]  # a bare number has no unit
    NewPayment(amount=Pence(1), refrence="x", description="x")  # pyright: ignore[reportCallIssue]  # a slip of the pen
    NewPayment(amount=Pence(1), reference=1, description="x")  # pyright: ignore[reportArgumentType]  # a number is no text


def with_the_client(pay: PayClient, payment_id: str) -> None:
    """The synchronous client gives values."""
    assert_type(pay.create_payment(a_payment(), timeout=3.0), Payment)
    assert_type(pay.create_payment(a_payment(), idempotency_key="order-1"), Payment)
    assert_type(pay.get_payment(payment_id), Payment)
    assert_type(pay.get_payment_events(payment_id), PaymentEvents)
    assert_type(pay.with_options(timeout=3, attempts=2, council="E06000001"), PayClient)
    assert_type(pay.exchange(calls.create_payment(a_payment())), Answer[Payment])
    assert_type(pay.exchange(calls.cancel_payment(payment_id)).value, None)
    assert_type(PayClient.from_env(council="E06000001"), PayClient)
    assert_type(calls.get_payment_events(payment_id), Call[PaymentEvents])
    with pay as same:
        assert_type(same, PayClient)
    pay.get_payment(payment_id, 3)  # pyright: ignore[reportCallIssue]  # keyword-only after the subject


async def with_the_other_client(pay: AsyncPayClient, payment_id: str) -> None:
    """The asynchronous client gives the same, awaited."""
    assert_type(await pay.create_payment(a_payment(), timeout=3.0), Payment)
    assert_type(await pay.get_payment(payment_id), Payment)
    assert_type(await pay.get_payment_events(payment_id), PaymentEvents)
    assert_type(await pay.exchange(calls.get_payment(payment_id)), Answer[Payment])
    assert_type(pay.with_options(attempts=2), AsyncPayClient)
    assert_type(AsyncPayClient.from_env(), AsyncPayClient)
    async with pay as same:
        assert_type(same, AsyncPayClient)


def what_is_answered(payment: Payment, events: PaymentEvents) -> None:
    """Money is Pence, words are text, and what may be absent says so."""
    assert_type(payment.amount, Pence)
    assert_type(payment.next_url, str | None)
    assert_type(payment.state, PaymentState)
    assert_type(payment.state.status, str)
    assert_type(payment.state.payer_message, Text | None)
    assert_type(payment.state.status == PaymentStatus.SUCCESS, bool)
    assert_type(events.events, tuple[PaymentEvent, ...])


def what_is_refused() -> None:
    """Each error is a PayError, and the error of lg_core for its kind."""
    own: list[type[PayError]] = [
        AccountNotReadyError,
        AgreementNotActiveError,
        AgreementNotFoundError,
        CannotCancelError,
        CannotCaptureError,
        InvalidFieldError,
        InvalidKeyError,
        InvalidPaymentError,
        KeyReusedError,
        PaymentNotFoundError,
        PayUnavailableError,
        RefundMismatchError,
        RefundNotAvailableError,
        RefundNotFoundError,
        RequestBlockedError,
        TooManyRequestsError,
    ]
    kinds: list[type[LgError]] = [*own, ApiError, SearchIncompleteError, AccountsFailedError]
    conflict: type[ConflictError] = CannotCancelError
    request: type[InvalidRequestError] = RequestBlockedError
    del kinds, conflict, request


def the_payer(error: PayError) -> None:
    """Every refusal has a text for the payer."""
    assert_type(error.payer_message, Text)
    assert_type(error.payer_message.text("cy"), str)


NOW = datetime(2026, 11, 22, tzinfo=UTC)
WINDOW = (NOW, NOW)


def money_goes_back(pay: PayClient, payment_id: str) -> None:
    """Refunds and captures; what can be refunded is always said."""
    assert_type(pay.refund_payment(payment_id, amount=Pence(1), available=Pence(2)), Refund)
    assert_type(pay.get_refund(payment_id, "r"), Refund)
    assert_type(pay.get_refunds(payment_id), Refunds)
    assert_type(pay.get_refunds(payment_id).refunds, tuple[Refund, ...])
    assert_type(pay.exchange(calls.capture_payment(payment_id)).value, None)
    assert_type(calls.refund_payment(payment_id, amount=Pence(1), available=Pence(2)), Call[Refund])
    pay.refund_payment(payment_id, amount=Pence(1))  # pyright: ignore[reportCallIssue]  # available is required
    pay.refund_payment(payment_id, amount=1, available=2)  # pyright: ignore[reportArgumentType]  # bare numbers have no unit


def agreements(pay: PayClient) -> None:
    """An agreement, its card and its rules."""
    agreement = pay.create_agreement(NewAgreement(reference="x", description="x"))
    assert_type(agreement, Agreement)
    assert_type(agreement.status == AgreementStatus.ACTIVE, bool)
    assert_type(agreement.payment_instrument, PaymentInstrument | None)
    assert_type(pay.get_agreement("a"), Agreement)
    assert_type(retry_at([pay.get_payment("p")]), datetime | None)
    due = renewals_due([Renewal(agreement, date(2026, 4, 1))], now=NOW, today=date(2026, 4, 1))
    assert_type(due, list[Renewal])


def lists(pay: PayClient) -> None:
    """A list gives its own kind of item."""
    assert_type(
        pay.search_payments(created=(NOW, None), state=PaymentStatus.SUCCESS), Pages[Payment]
    )
    assert_type(pay.search_refunds(created=WINDOW), Pages[Refund])
    assert_type(pay.search_disputes(status=DisputeStatus.LOST), Pages[Dispute])
    assert_type(pay.search_agreements(reference="x"), Pages[Agreement])
    assert_type(pay.read(PaymentSearch(created=WINDOW)), Pages[Payment])
    assert_type(pay.read(AgreementSearch(), cursor="c", max_pages=1), Pages[Agreement])
    reader = PaymentSearch(created=WINDOW)
    answer = pay.exchange(reader.call(None))
    assert_type(answer, Answer[PaymentPage])
    assert_type(reader.items(answer.value), list[Payment])
    assert_type(reader.next_cursor(answer.value, None), str | None)
    assert_type(RefundSearch().call(None), Call[RefundPage])
    assert_type(
        [each.reason == DisputeReason.FRAUDULENT for each in pay.read(DisputeSearch())], list[bool]
    )


async def lists_elsewhere(pay: AsyncPayClient) -> None:
    """The same, asynchronously."""
    assert_type(pay.search_payments(), AsyncPages[Payment])
    assert_type([each async for each in pay.search_refunds()], list[Refund])
    assert_type(await pay.refund_payment("p", amount=Pence(1), available=Pence(2)), Refund)


def several_accounts(account: PayAccount, answer: AsyncPayAccounts) -> None:
    """A client for each account."""
    with PayAccounts({"garden": account}) as accounts:
        assert_type(accounts, PayAccounts)
        assert_type(accounts.for_service("garden"), PayClient)
        assert_type(accounts.for_fund("GW"), PayClient)
        assert_type(accounts.search_payments(), Iterator[tuple[str, Payment]])
        assert_type(PayAccounts.from_toml("accounts.toml"), PayAccounts)
    assert_type(answer.for_council("E08000035"), AsyncPayClient)


def rules(new: NewPayment, payment: Payment, refunds: Refunds) -> None:
    """Pure functions."""
    assert_type(amount_limits(PaymentProvider.STRIPE), tuple[Pence, Pence])
    check_amount(new, provider="a provider to come")
    assert_type(payment_link_url("https://example", amount=Pence(1)), str)
    found = refund_outcome(payment, refunds, amount=Pence(1), available=Pence(2), since=NOW)
    assert_type(found, RefundFinding)


def why(error: RefundNotAvailableError, refund: Refund) -> None:
    """The reason is one of a closed list; a status is open."""
    assert_type(error.reason, RefundRefusal)
    assert_type(refund.status, str)
    assert_type(refund.status == RefundStatus.ERROR, bool)


def the_book(path: str) -> None:
    """A book is built from where it is kept."""
    assert_type(PaymentBook(path), PaymentBook)
    assert_type(AsyncPaymentBook(path), AsyncPaymentBook)
