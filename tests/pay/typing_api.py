# SPDX-License-Identifier: MIT
"""The public types of lg-pay, as type checkers see them. Never run: checked by pyright, strict."""

from typing import assert_type

from lg_core import Pence
from lg_core.calls import Answer, Call
from lg_core.errors import ApiError, ConflictError, InvalidRequestError, LgError
from lg_core.texts import Language, Text
from lg_pay import (
    AccountNotReadyError,
    AgreementPaymentType,
    AsyncPayClient,
    AuthorisationMode,
    BillingAddress,
    CannotCancelError,
    InvalidKeyError,
    InvalidPaymentError,
    KeyReusedError,
    NewPayment,
    PayClient,
    PayError,
    Payment,
    PaymentEvent,
    PaymentEvents,
    PaymentNotFoundError,
    PaymentState,
    PaymentStatus,
    PayUnavailableError,
    PrefilledCardholderDetails,
    RequestBlockedError,
    TooManyRequestsError,
    calls,
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
        CannotCancelError,
        InvalidKeyError,
        InvalidPaymentError,
        KeyReusedError,
        PaymentNotFoundError,
        PayUnavailableError,
        RequestBlockedError,
        TooManyRequestsError,
    ]
    kinds: list[type[LgError]] = [*own, ApiError]
    conflict: type[ConflictError] = CannotCancelError
    request: type[InvalidRequestError] = RequestBlockedError
    del kinds, conflict, request


def the_payer(error: PayError) -> None:
    """Every refusal has a text for the payer."""
    assert_type(error.payer_message, Text)
    assert_type(error.payer_message.text("cy"), str)
