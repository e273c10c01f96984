# SPDX-License-Identifier: MIT
"""GOV.UK Pay for council services: take a payment, know what happened to it, never charge twice.

In short:

    with PayClient.from_env() as pay:
        payment = pay.create_payment(NewPayment(amount=Pence(4650), ...))
        # send the payer to payment.next_url

Further modules: `lg_pay.basket`, `lg_pay.funds`, `lg_pay.fees`, `lg_pay.references` (what money is
for); `lg_pay.book`, `lg_pay.mop_up`, `lg_pay.webhooks`, `lg_pay.poller` (what became of payments);
`lg_pay.reconcile`, `lg_pay.settlement`, `lg_pay.disputes`, `lg_pay.admin_export` (finance);
`lg_pay.part_payments`, `lg_pay.invitations`, `lg_pay.links`, `lg_pay.agreement_rules`;
`lg_pay.calls` and `lg_pay.search` (the operations, pure), `lg_pay.accounts`, `lg_pay.limits`,
`lg_pay.refund_outcome`, `lg_pay.payer_messages`.
"""

from typing import TYPE_CHECKING

from lg_core.lazy import lazy_names

if TYPE_CHECKING:
    from lg_pay._async.accounts import AsyncPayAccounts
    from lg_pay._async.book import AsyncPaymentBook
    from lg_pay._async.client import AsyncPayClient
    from lg_pay._sync.accounts import PayAccounts
    from lg_pay._sync.book import PaymentBook
    from lg_pay._sync.client import PayClient
    from lg_pay.accounts import AccountsFailedError, PayAccount
    from lg_pay.agreement import Agreement, AgreementStatus, NewAgreement, PaymentInstrument
    from lg_pay.dispute import Dispute, DisputeReason, DisputeStatus
    from lg_pay.errors import (
        AccountNotReadyError,
        AgreementNotActiveError,
        AgreementNotFoundError,
        CannotCancelError,
        CannotCaptureError,
        InvalidFieldError,
        InvalidKeyError,
        InvalidPaymentError,
        KeyReusedError,
        PayError,
        PaymentNotFoundError,
        PayUnavailableError,
        RefundMismatchError,
        RefundNotAvailableError,
        RefundNotFoundError,
        RefundRefusal,
        RequestBlockedError,
        SearchIncompleteError,
        TooManyRequestsError,
    )
    from lg_pay.limits import PaymentProvider
    from lg_pay.new_payment import (
        AgreementPaymentType,
        AuthorisationMode,
        BillingAddress,
        NewPayment,
        PrefilledCardholderDetails,
    )
    from lg_pay.payment import Payment, PaymentEvent, PaymentEvents, PaymentState, PaymentStatus
    from lg_pay.refund import Refund, Refunds, RefundStatus

_HOMES = {
    "AsyncPayAccounts": "lg_pay._async.accounts",
    "AsyncPayClient": "lg_pay._async.client",
    "AsyncPaymentBook": "lg_pay._async.book",
    "PayAccounts": "lg_pay._sync.accounts",
    "PayClient": "lg_pay._sync.client",
    "PaymentBook": "lg_pay._sync.book",
    **dict.fromkeys(("AccountsFailedError", "PayAccount"), "lg_pay.accounts"),
    **dict.fromkeys(
        ("Agreement", "AgreementStatus", "NewAgreement", "PaymentInstrument"), "lg_pay.agreement"
    ),
    **dict.fromkeys(("Dispute", "DisputeReason", "DisputeStatus"), "lg_pay.dispute"),
    **dict.fromkeys(
        (
            "AccountNotReadyError",
            "AgreementNotActiveError",
            "AgreementNotFoundError",
            "CannotCancelError",
            "CannotCaptureError",
            "InvalidFieldError",
            "InvalidKeyError",
            "InvalidPaymentError",
            "KeyReusedError",
            "PayError",
            "PayUnavailableError",
            "PaymentNotFoundError",
            "RefundMismatchError",
            "RefundNotAvailableError",
            "RefundNotFoundError",
            "RefundRefusal",
            "RequestBlockedError",
            "SearchIncompleteError",
            "TooManyRequestsError",
        ),
        "lg_pay.errors",
    ),
    "PaymentProvider": "lg_pay.limits",
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
    **dict.fromkeys(("Refund", "RefundStatus", "Refunds"), "lg_pay.refund"),
}

__all__ = [
    "AccountNotReadyError",
    "AccountsFailedError",
    "Agreement",
    "AgreementNotActiveError",
    "AgreementNotFoundError",
    "AgreementPaymentType",
    "AgreementStatus",
    "AsyncPayAccounts",
    "AsyncPayClient",
    "AsyncPaymentBook",
    "AuthorisationMode",
    "BillingAddress",
    "CannotCancelError",
    "CannotCaptureError",
    "Dispute",
    "DisputeReason",
    "DisputeStatus",
    "InvalidFieldError",
    "InvalidKeyError",
    "InvalidPaymentError",
    "KeyReusedError",
    "NewAgreement",
    "NewPayment",
    "PayAccount",
    "PayAccounts",
    "PayClient",
    "PayError",
    "PayUnavailableError",
    "Payment",
    "PaymentBook",
    "PaymentEvent",
    "PaymentEvents",
    "PaymentInstrument",
    "PaymentNotFoundError",
    "PaymentProvider",
    "PaymentState",
    "PaymentStatus",
    "PrefilledCardholderDetails",
    "Refund",
    "RefundMismatchError",
    "RefundNotAvailableError",
    "RefundNotFoundError",
    "RefundRefusal",
    "RefundStatus",
    "Refunds",
    "RequestBlockedError",
    "SearchIncompleteError",
    "TooManyRequestsError",
]

if not TYPE_CHECKING:
    __getattr__ = lazy_names(__name__, _HOMES)
