# SPDX-License-Identifier: MIT
"""What OS Places can say no to: one class for each kind of thing a developer does about it.

    ApiError (lg_core)
    └── PlacesError                    OS Places answered, and the answer is no
        ├── InvalidKeyError            the API key is wrong
        ├── NotEntitledError           the project has no access to OS Places
        ├── UnknownPostcodeError       OS does not know the postcode: ask the person to check it
        ├── InvalidQueryError          a part of the question is wrong
        ├── TooManyRequestsError       the project's rate limit
        └── PlacesUnavailableError     OS Places failed, and went on failing until the deadline

Each also is the error of lg_core for its kind, such as `NotFoundError`. What does not depend on
the answer (`RequestNotSentError`, `OutcomeUnknownError`, `ConfigError`) is in `lg_core.errors`.

For a page: `UnknownPostcodeError` is for the person, who may have mistyped. Every other error here
is a fault, and the person goes on by typing the address.
"""

from lg_core.errors import (
    ApiError,
    AuthenticationError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    ServerError,
)

__all__ = [
    "InvalidKeyError",
    "InvalidQueryError",
    "NotEntitledError",
    "PlacesError",
    "PlacesUnavailableError",
    "TooManyRequestsError",
    "UnknownPostcodeError",
]


class PlacesError(ApiError):
    """OS Places answered, and the answer is no. `code` is the gateway's, where it gave one."""


class InvalidKeyError(PlacesError, AuthenticationError):
    """401: OS does not know the API key."""


class NotEntitledError(PlacesError, PermissionDeniedError):
    """403: the key's project does not include OS Places."""


class UnknownPostcodeError(PlacesError, NotFoundError):
    """400: the postcode has the form of one, and OS does not know it.

    It may be mistyped, very new, or have ended. A postcode that is known and has no addresses is
    no error: the answer is empty.
    """


class InvalidQueryError(PlacesError, InvalidRequestError):
    """400: a part of the question is missing or wrong."""


class TooManyRequestsError(PlacesError, RateLimitedError):
    """429: the project's rate limit, and waiting longer would pass the deadline."""


class PlacesUnavailableError(PlacesError, ServerError):
    """OS Places failed, and went on failing until the deadline."""
