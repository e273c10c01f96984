# SPDX-License-Identifier: MIT
"""What GOV.UK Notify can say no to: one class for each kind of thing a developer does about it.

    ApiError (lg_core)
    └── NotifyError                     Notify answered, and the answer is no
        ├── InvalidKeyError             the API key is wrong or revoked
        ├── ClockError                  this machine's clock is more than 30 seconds off
        ├── NotAllowedError             the service or the key may not send this, or not to them
        ├── InvalidMessageError         a field, the template or the personalisation is wrong
        │   ├── InvalidFileError        a file of an e-mail is too large, or of a wrong type
        │   └── InvalidRecipientError   the number, the e-mail address or the address is wrong
        ├── MessageNotFoundError        no such message, or no longer
        │   └── TemplateNotFoundError   no such template, or no such version of it
        ├── PDFNotReadyError            the PDF of a letter is not made yet
        ├── RateLimitError              too many requests in this minute
        ├── TooManyRequestsError        too many messages on this day
        └── NotifyUnavailableError      Notify failed on a call that changes nothing
            └── NotifyTimeoutError      504: Notify gave up after 30 seconds

    OutcomeUnknownError (lg_core)
    └── SendOutcomeUnknownError         a message left, and no answer came: look it up

Notify's own names of errors stand in `code`: `ValidationError` and `BadRequestError` are
InvalidMessageError or what their text says, `AuthError` is InvalidKeyError or ClockError,
`InvalidPhoneError` and `InvalidEmailError` are InvalidRecipientError, `NoResultFound` and
`DataError` are MessageNotFoundError.

Each also is the error of lg_core for its kind, such as `NotFoundError`. What does not depend on
Notify's answer (`RequestNotSentError`, `OutcomeUnknownError`, `ConfigError`) is in
`lg_core.errors`.

Notify repeats what it was sent in its texts, and asks that nobody relies on them. So an error here
holds a text of Notify's only where it is one that this package knows, and never the values in it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import SecretStr

from lg_core.errors import (
    ApiError,
    AuthenticationError,
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    OutcomeUnknownError,
    PermissionDeniedError,
    RateLimitedError,
    ServerError,
)

__all__ = [
    "ClockError",
    "InvalidFileError",
    "InvalidKeyError",
    "InvalidMessageError",
    "InvalidRecipientError",
    "MessageNotFoundError",
    "NotAllowedError",
    "NotifyError",
    "NotifyTimeoutError",
    "NotifyUnavailableError",
    "PDFNotReadyError",
    "Problem",
    "RateLimitError",
    "SendOutcomeUnknownError",
    "TemplateNotFoundError",
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
    """The number, the e-mail address or the postal address is one that Notify does not send to."""


class InvalidFileError(InvalidMessageError):
    """A file of an e-mail is too large, empty, or of a type that Notify does not take."""


class MessageNotFoundError(NotifyError, NotFoundError):
    """404 NoResultFound: no such message, one kept no longer (7 days as a rule), or a smoke test.

    Messages to Notify's smoke-test numbers and addresses are accepted and never stored.
    """


class TemplateNotFoundError(MessageNotFoundError):
    """404 NoResultFound: the service has no such template, or no such version of it."""


class PDFNotReadyError(NotifyError, ConflictError):
    """400 PDFNotReadyError: the PDF of a letter is not made yet. Ask again in a while."""


class RateLimitError(NotifyError, RateLimitedError):
    """429 RateLimitError: too many requests in this minute, and waiting would pass the deadline.

    Notify does not say how long to wait. Refused requests count against the limit too: wait a few
    seconds, and send more slowly.
    """


class TooManyRequestsError(NotifyError, RateLimitedError):
    """429 TooManyRequestsError: the service has sent all that it may on this day.

    The count begins again at midnight UTC. The client never tries again by itself.

    Attributes:
        resets_at: the midnight after the call began (UTC), at which the count begins again. None
            where no client made the call.
    """

    resets_at: datetime | None = None


class NotifyUnavailableError(NotifyError, ServerError):
    """Notify failed on a call that changes nothing, and went on failing until the deadline."""


class NotifyTimeoutError(NotifyUnavailableError):
    """504: Notify gave up on the request after 30 seconds (`EventletTimeout` and its like)."""


class SendOutcomeUnknownError(OutcomeUnknownError):
    """A message left, and no answer came: Notify may have it or not. It is never sent again.

    Give this error to `find_out` of the client, which waits until Notify must have given up on the
    request, and then looks the message up.

    It can be pickled. A reference that the client made is then kept, and one of yours is left out,
    since it may be personal: give your reference to `find_out` in place of the error.

    Args:
        message: what happened, and how to find out.
        reference: the message's reference.
        was_made: whether the client made the reference.
        template_type: `sms`, `email` or `letter`.
        began_at: when the call began (UTC).
        left_at: when the client stopped waiting for an answer (UTC): all that left had left before.
        is_stored: False for Notify's smoke-test numbers and addresses, which it accepts and never
            stores, so that they cannot be looked up.
        fields: the fields of `lg_core.errors.OutcomeUnknownError`.
    """

    def __init__(
        self,
        message: str,
        *,
        reference: str | None,
        was_made: bool,
        template_type: str,
        began_at: datetime,
        left_at: datetime,
        is_stored: bool = True,
        **fields: Any,  # noqa: ANN401 -- passed to OutcomeUnknownError as they are
    ) -> None:
        super().__init__(message, **fields)
        # Hidden: variables of an error are printed in many places, and a reference may be personal.
        self._reference = None if reference is None else SecretStr(reference)
        self.was_made = was_made
        self.template_type = template_type
        self.began_at = began_at
        self.left_at = left_at
        self.is_stored = is_stored

    @property
    def reference(self) -> str | None:
        """The message's reference; None where it had none, or after pickling where it was yours."""
        return None if self._reference is None else self._reference.get_secret_value()

    def __reduce__(self) -> tuple[Any, ...]:
        rebuild, (kind, message, state) = super().__reduce__()
        if not self.was_made:
            state["_reference"] = None
        return rebuild, (kind, message, state)
