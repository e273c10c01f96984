# SPDX-License-Identifier: MIT
"""What GOV.UK Pay can say no to: one class for each kind of thing a developer does about it.

    ApiError (lg_core)
    └── PayError                       GOV.UK Pay answered, and the answer is no
        ├── InvalidKeyError            the API key is wrong or revoked
        ├── AccountNotReadyError       the account may not do this: ask GOV.UK Pay to switch it on
        ├── InvalidFieldError          a field of a refund, a search or an agreement is wrong
        │   └── InvalidPaymentError    a field of a payment is missing, wrong or not allowed
        ├── RequestBlockedError        the firewall in front of GOV.UK Pay refused a character
        ├── KeyReusedError             the idempotency key was used for another payment
        ├── PaymentNotFoundError       no such payment for this API key
        ├── RefundNotFoundError        no such refund of this payment
        ├── AgreementNotFoundError     no such agreement for this API key
        ├── CannotCancelError          the payment has gone too far to cancel
        ├── CannotCaptureError         the payment is not waiting for its money to be taken
        ├── RefundMismatchError        what can be refunded is not what you saw
        ├── RefundNotAvailableError    the payment cannot be refunded now
        ├── AgreementNotActiveError    the agreement is not active, so it cannot be cancelled
        ├── TooManyRequestsError       the account's rate limit
        └── PayUnavailableError        GOV.UK Pay failed on a call that changes nothing

    LgError (lg_core)
    └── SearchIncompleteError          a list changed so that it could not be read whole

Each also is the error of lg_core for its kind, such as `NotFoundError`. What does not depend on
GOV.UK Pay's answer (`RequestNotSentError`, `OutcomeUnknownError`, `ConfigError`) is in
`lg_core.errors`.
"""

from enum import StrEnum
from typing import Any

from lg_core.errors import (
    ApiError,
    AuthenticationError,
    ConflictError,
    InvalidRequestError,
    LgError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    ServerError,
)
from lg_core.texts import Text
from lg_pay.payer_messages import CANNOT_START, CANNOT_TELL

__all__ = [
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
]


class PayError(ApiError):
    """GOV.UK Pay answered, and the answer is no. `code` is its own code, such as `P0102`."""

    @property
    def payer_message(self) -> Text:
        """What to tell the payer, in English and Welsh, without a word of the reason.

        A payment that could not be created has cost nobody anything. For every other call the
        payment exists, and the payer is told not to pay again.
        """
        return CANNOT_START if self.capability == "lg-pay.create_payment" else CANNOT_TELL


class InvalidKeyError(PayError, AuthenticationError):
    """401: GOV.UK Pay does not know the API key, or it was revoked."""


class AccountNotReadyError(PayError, PermissionDeniedError):
    """The account may not do this, or not yet (P0195, P0196, P0930, P0940, P0941, P0942)."""


class InvalidFieldError(PayError, InvalidRequestError):
    """A field of a refund, a search or an agreement is missing or wrong."""


class InvalidPaymentError(InvalidFieldError):
    """A field of a payment is missing, wrong or not allowed (P0101 to P0105, P0197)."""


class RequestBlockedError(PayError, InvalidRequestError):
    """P0920: the firewall refused the request, or the return address is not https."""


class KeyReusedError(PayError, ConflictError):
    """P0191: the idempotency key was used for another payment, or is in use at this moment."""


class PaymentNotFoundError(PayError, NotFoundError):
    """There is no such payment for this API key (P0200, P0300, P0500 and their like)."""


class CannotCancelError(PayError, ConflictError):
    """The payment has gone too far, or is at work, so it was not cancelled (P0501, P0502)."""


class CannotCaptureError(PayError, ConflictError):
    """The payment is not waiting for its money to be taken (P1001), or is at work (P1003)."""


class RefundNotFoundError(PayError, NotFoundError):
    """There is no such refund of this payment (P0700)."""


class RefundMismatchError(PayError, ConflictError):
    """P0604: what can be refunded is not what you saw, so nothing was refunded by this call.

    After a call whose outcome is unknown, and which you made again with the same `available`, this
    means that a refund went through in between: as a rule the first call. Get the payment's refunds
    before you decide on another.
    """


class RefundRefusal(StrEnum):
    """Why a payment cannot be refunded now."""

    DISPUTED = "disputed"
    """The payer's bank has asked for the money back."""
    STATUS = "status"
    """The payment is not finished, has failed, or has been refunded in full."""


class RefundNotAvailableError(PayError, ConflictError):
    """P0603: the payment cannot be refunded now.

    Args:
        message: what GOV.UK Pay refused, and what to do.
        reason: why.
        fields: the fields of `lg_core.errors.ApiError`.
    """

    def __init__(
        self,
        message: str,
        *,
        reason: RefundRefusal,
        **fields: Any,  # noqa: ANN401 -- passed to ApiError as they are
    ) -> None:
        super().__init__(message, **fields)
        self.reason = reason


class AgreementNotFoundError(PayError, NotFoundError):
    """There is no such agreement for this API key (P2200, P2500)."""


class AgreementNotActiveError(PayError, ConflictError):
    """P2501: the agreement is not active, so there is nothing to cancel."""


class TooManyRequestsError(PayError, RateLimitedError):
    """P0900: the account's rate limit, and waiting longer would pass the deadline."""


class PayUnavailableError(PayError, ServerError):
    """GOV.UK Pay failed on a call that changes nothing, and went on failing until the deadline."""


class SearchIncompleteError(LgError):
    """A list could not be read whole: rows that were there were missing from the next page.

    What was listed is right, and something may be missing. Make the search again.
    """
