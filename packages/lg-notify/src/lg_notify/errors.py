# SPDX-License-Identifier: MIT
"""What GOV.UK Notify can say no to: one class for each kind of thing a developer does about it.

    ApiError (lg_core)
    └── NotifyError                     Notify answered, and the answer is no
        ├── InvalidKeyError             the API key is wrong or revoked
        ├── ClockError                  this machine's clock is more than 30 seconds off
        ├── NotAllowedError             the service or the key may not send this, or not to them
        ├── InvalidMessageError         a field, the template or the personalisation is wrong
        │   └── InvalidRecipientError   the telephone number or the e-mail address is wrong
        ├── MessageNotFoundError        no such message, or no longer
        ├── RateLimitError              too many requests in this minute
        ├── TooManyRequestsError        too many messages on this day
        └── NotifyUnavailableError      Notify failed on a call that changes nothing

Each also is the error of lg_core for its kind, such as `NotFoundError`. What does not depend on
Notify's answer (`RequestNotSentError`, `OutcomeUnknownError`, `ConfigError`) is in
`lg_core.errors`.

Notify repeats what it was sent in its texts, and asks that nobody relies on them. So an error here
holds a text of Notify's only where it is one that this package knows, and never the values in it.
"""

from dataclasses import dataclass

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
    "ClockError",
    "InvalidKeyError",
    "InvalidMessageError",
    "InvalidRecipientError",
    "MessageNotFoundError",
    "NotAllowedError",
    "NotifyError",
    "NotifyUnavailableError",
    "Problem",
    "RateLimitError",
    "TooManyRequestsError",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """One of the errors that Notify listed in an answer.

    Attributes:
        name: Notify's name of the kind of error, such as `ValidationError`.
        text: what is wrong, in words that hold nothing of the request; None where Notify's own
            words are not known to this package.
        field: the field that Notify named, where it named one.
    """

    name: str
    text: str | None = None
    field: str | None = None


class NotifyError(ApiError):
    """Notify answered, and the answer is no. `code` is its name of the error.

    Attributes:
        problems: each error that Notify listed: a request can be wrong in several places.
    """

    problems: tuple[Problem, ...] = ()


class InvalidKeyError(NotifyError, AuthenticationError):
    """401 or 403 AuthError: Notify does not know the key, or it was revoked."""


class ClockError(NotifyError, AuthenticationError):
    """403 AuthError: the clock of this machine and Notify's are more than 30 seconds apart."""


class NotAllowedError(NotifyError, PermissionDeniedError):
    """The service is in trial mode, the key is a team key, or the service may not send this."""


class InvalidMessageError(NotifyError, InvalidRequestError):
    """A field, the template or the personalisation is wrong."""


class InvalidRecipientError(InvalidMessageError):
    """The telephone number or the e-mail address is one that Notify does not send to."""


class MessageNotFoundError(NotifyError, NotFoundError):
    """404 NoResultFound: no such message, one kept no longer (7 days as a rule), or a smoke test.

    Messages to Notify's smoke-test numbers and addresses are accepted and never stored.
    """


class RateLimitError(NotifyError, RateLimitedError):
    """429 RateLimitError: too many requests in this minute, and waiting would pass the deadline.

    Notify does not say how long to wait. Refused requests count against the limit too: wait a few
    seconds, and send more slowly.
    """


class TooManyRequestsError(NotifyError, RateLimitedError):
    """429 TooManyRequestsError: the service has sent all that it may on this day.

    The count begins again at midnight UTC. The client never tries again by itself.
    """


class NotifyUnavailableError(NotifyError, ServerError):
    """Notify failed on a call that changes nothing, and went on failing until the deadline."""
