# SPDX-License-Identifier: MIT
"""GOV.UK Pay for council services: take a payment, know what happened to it, never charge twice.

In short:

    with PayClient.from_env() as pay:
        payment = pay.create_payment(NewPayment(amount=Pence(4650), ...))
        # send the payer to payment.next_url
"""

from typing import TYPE_CHECKING

from lg_core.lazy import lazy_names

if TYPE_CHECKING:
    from lg_pay._async.client import AsyncPayClient
    from lg_pay._sync.client import PayClient
    from lg_pay.errors import (
        AccountNotReadyError,
        CannotCancelError,
        InvalidKeyError,
        InvalidPaymentError,
        KeyReusedError,
        PayError,
        PaymentNotFoundError,
        PayUnavailableError,
        RequestBlockedError,
        TooManyRequestsError,
    )
    from lg_pay.new_payment import (
        AgreementPaymentType,
        AuthorisationMode,
        BillingAddress,
        NewPayment,
        PrefilledCardholderDetails,
    )
    from lg_pay.payment import Payment, PaymentEvent, PaymentEvents, PaymentState, PaymentStatus

_HOMES = {
    "AsyncPayClient": "lg_pay._async.client",
    "PayClient": "lg_pay._sync.client",
    **dict.fromkeys(
        (
            "AccountNotReadyError",
            "CannotCancelError",
            "InvalidKeyError",
            "InvalidPaymentError",
            "KeyReusedError",
            "PayError",
            "PayUnavailableError",
            "PaymentNotFoundError",
            "RequestBlockedError",
            "TooManyRequestsError",
        ),
        "lg_pay.errors",
    ),
    **dict.fromkeys(
        (
            "AgreementPaymentType",
            "AuthorisationMode",
            "BillingAddress",
            "NewPayment",
            "PrefilledCardholderDetails",
        ),
        "lg_pay.new_payment",
    ),
    **dict.fromkeys(
        ("Payment", "PaymentEvent", "PaymentEvents", "PaymentState", "PaymentStatus"),
        "lg_pay.payment",
    ),
}

__all__ = [
    "AccountNotReadyError",
    "AgreementPaymentType",
    "AsyncPayClient",
    "AuthorisationMode",
    "BillingAddress",
    "CannotCancelError",
    "InvalidKeyError",
    "InvalidPaymentError",
    "KeyReusedError",
    "NewPayment",
    "PayClient",
    "PayError",
    "PayUnavailableError",
    "Payment",
    "PaymentEvent",
    "PaymentEvents",
    "PaymentNotFoundError",
    "PaymentState",
    "PaymentStatus",
    "PrefilledCardholderDetails",
    "RequestBlockedError",
    "TooManyRequestsError",
]

if not TYPE_CHECKING:
    __getattr__ = lazy_names(__name__, _HOMES)
