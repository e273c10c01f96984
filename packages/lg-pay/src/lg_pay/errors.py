# SPDX-License-Identifier: MIT
"""What GOV.UK Pay can say no to: one class for each kind of thing a developer does about it.

    ApiError (lg_core)
    └── PayError                       GOV.UK Pay answered, and the answer is no
        ├── InvalidKeyError            the API key is wrong or revoked
        ├── AccountNotReadyError       the account may not do this: ask GOV.UK Pay to switch it on
        ├── InvalidPaymentError        a field is missing, wrong or not allowed
        ├── RequestBlockedError        the firewall in front of GOV.UK Pay refused a character
        ├── KeyReusedError             the idempotency key was used for another payment
        ├── PaymentNotFoundError       no such payment for this API key
        ├── CannotCancelError          the payment has gone too far to cancel
        ├── TooManyRequestsError       the account's rate limit
        └── PayUnavailableError        GOV.UK Pay failed on a call that changes nothing

Each also is the error of lg_core for its kind, such as `NotFoundError`. What does not depend on
GOV.UK Pay's answer (`RequestNotSentError`, `OutcomeUnknownError`, `ConfigError`) is in
`lg_core.errors`.
"""

from lg_core.errors import (
    ApiError,
    AuthenticationError,
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    ServerError,
)
from lg_core.texts import Text
from lg_pay.payer_messages import CANNOT_START, CANNOT_TELL

__all__ = [
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


class InvalidPaymentError(PayError, InvalidRequestError):
    """A field is missing, wrong or not allowed (P0101 to P0105, P0197)."""


class RequestBlockedError(PayError, InvalidRequestError):
    """P0920: the firewall refused the request, or the return address is not https."""


class KeyReusedError(PayError, ConflictError):
    """P0191: the idempotency key was used for another payment, or is in use at this moment."""


class PaymentNotFoundError(PayError, NotFoundError):
    """There is no such payment for this API key (P0200, P0300, P0500)."""


class CannotCancelError(PayError, ConflictError):
    """The payment has gone too far, or is at work, so it was not cancelled (P0501, P0502)."""


class TooManyRequestsError(PayError, RateLimitedError):
    """P0900: the account's rate limit, and waiting longer would pass the deadline."""


class PayUnavailableError(PayError, ServerError):
    """GOV.UK Pay failed on a call that changes nothing, and went on failing until the deadline."""
