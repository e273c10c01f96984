# SPDX-License-Identifier: MIT
"""What can go wrong, as types.

    LgError
    ├── ConfigError                  something you set is wrong; nothing was sent
    ├── InvalidValueError            a value you gave is wrong; nothing was sent (also a ValueError)
    ├── RequestNotSentError          never left this machine, so it is safe to repeat
    ├── OutcomeUnknownError          sent, and no verdict came back: says how to find out
    ├── ApiError                     the platform answered, and the answer is no
    │   ├── AuthenticationError      401: the key is wrong or revoked
    │   ├── PermissionDeniedError    403: the key may not do this
    │   ├── NotFoundError            404
    │   ├── ConflictError            409, 412: the state has changed
    │   ├── InvalidRequestError      400, 422: the platform refused a value
    │   ├── RateLimitedError         429
    │   └── ServerError              5xx, to a call that changes nothing
    └── ResponseShapeError           the platform answered with something we cannot read

Every error can be pickled, keeps the errors of earlier attempts in `previous`, and never holds
a body, a name, an e-mail address, a card digit or a key.
"""

from typing import Any, Self

__all__ = [
    "ApiError",
    "AuthenticationError",
    "ConfigError",
    "ConflictError",
    "InvalidRequestError",
    "InvalidValueError",
    "LgError",
    "NotFoundError",
    "OutcomeUnknownError",
    "PermissionDeniedError",
    "RateLimitedError",
    "RequestNotSentError",
    "ResponseShapeError",
    "ServerError",
]


def _rebuild(cls: type["LgError"], message: str, state: dict[str, Any]) -> "LgError":
    error = cls.__new__(cls, message)
    error.args = (message,)
    error.__dict__.update(state)
    return error


class LgError(Exception):
    """The root of every error that these packages raise.

    Args:
        message: what was wrong, where, and what to do, for a developer.
        previous: the errors of earlier attempts of the same call, oldest first.
    """

    previous: "tuple[LgError, ...]"

    def __init__(self, message: str, *, previous: "tuple[LgError, ...]" = ()) -> None:
        super().__init__(message)
        self.previous = previous

    @property
    def message(self) -> str:
        """What was wrong, where, and what to do."""
        return str(self.args[0])

    def after(self, previous: "tuple[LgError, ...]") -> Self:
        """Note the errors of earlier attempts, oldest first, and return this error."""
        self.previous = previous
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.message, dict(self.__dict__))


class ConfigError(LgError):
    """Something that you set is wrong or missing. Nothing was sent.

    Args:
        message: what was wrong, where, and what to do.
        setting: the argument or environment variable to look at, such as `LG_PAY_API_KEY`.
    """

    def __init__(self, message: str, *, setting: str | None = None) -> None:
        super().__init__(message)
        self.setting = setting


class InvalidValueError(LgError, ValueError):
    """A value that you gave cannot be what it should be. Nothing was sent.

    The value itself is not repeated: it may be personal.

    Args:
        message: which value, what is wrong with it, and what would be right.
        field: the name of the field, where the value belongs to one.
        code: a stable name of the fault, such as `too_long`, for tests and translations.
        faults: where several fields of a model are wrong, each of them: its name, the stable name
            of its fault, and a sentence.
    """

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        code: str = "invalid",
        faults: tuple[tuple[str, str, str], ...] = (),
    ) -> None:
        super().__init__(message)
        self.field = field
        self.code = code
        self.faults = faults


class RequestNotSentError(LgError):
    """The request never left this machine. It is safe to make the call again.

    Args:
        message: what stopped it, and what to do.
        reason: `connect`, `connect_timeout`, `tls`, `proxy`, `pool`, `rate` or `deadline`.
        capability: the registered name of the call, such as `lg-pay.create_payment`.
        attempts: how often it was tried.
        previous: the errors of earlier attempts, oldest first.
    """

    def __init__(
        self,
        message: str,
        *,
        reason: str,
        capability: str = "",
        attempts: int = 1,
        previous: tuple[LgError, ...] = (),
    ) -> None:
        super().__init__(message, previous=previous)
        self.reason = reason
        self.capability = capability
        self.attempts = attempts


class OutcomeUnknownError(LgError):
    """The request left, and no verdict came back: it may or may not have been carried out.

    Unless `safe_to_repeat` says so, do not make the call again before you know. `find_out` says
    how.

    Args:
        message: what happened, and how to find out.
        reason: `timeout`, `reset`, `cancelled`, `server_error`, `truncated`, `too_large` or
            `unreadable`.
        find_out: what to do to learn the outcome.
        safe_to_repeat: whether the call changes nothing, so that making it again does no harm.
        capability: the registered name of the call, such as `lg-pay.create_payment`.
        status: the HTTP status, where an answer began.
        request_id: the platform's name for the request, where it gave one.
        attempts: how often it was tried.
        previous: the errors of earlier attempts, oldest first.
    """

    def __init__(
        self,
        message: str,
        *,
        reason: str,
        find_out: str = "",
        safe_to_repeat: bool = False,
        capability: str = "",
        status: int | None = None,
        request_id: str | None = None,
        attempts: int = 1,
        previous: tuple[LgError, ...] = (),
    ) -> None:
        super().__init__(message, previous=previous)
        self.reason = reason
        self.find_out = find_out
        self.safe_to_repeat = safe_to_repeat
        self.capability = capability
        self.status = status
        self.request_id = request_id
        self.attempts = attempts


class ApiError(LgError):
    """The platform answered, and the answer is no.

    Args:
        message: what the platform refused, and what to do.
        status: the HTTP status.
        code: the platform's own error code, where it gave one, such as `P0102`.
        field: the field that the platform named, where it named one.
        request_id: the platform's name for the request, where it gave one.
        retryable: whether the same call may succeed later without a change.
        doc_url: where the platform explains the code.
        capability: the registered name of the call, such as `lg-pay.create_payment`.
        attempts: how often it was tried.
        previous: the errors of earlier attempts, oldest first.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int,
        code: str | None = None,
        field: str | None = None,
        request_id: str | None = None,
        retryable: bool = False,
        doc_url: str | None = None,
        capability: str = "",
        attempts: int = 1,
        previous: tuple[LgError, ...] = (),
    ) -> None:
        super().__init__(message, previous=previous)
        self.status = status
        self.code = code
        self.field = field
        self.request_id = request_id
        self.retryable = retryable
        self.doc_url = doc_url
        self.capability = capability
        self.attempts = attempts


class AuthenticationError(ApiError):
    """401: the platform does not accept the key."""


class PermissionDeniedError(ApiError):
    """403: the key is known, and may not do this."""


class NotFoundError(ApiError):
    """404: there is no such thing for this key."""


class ConflictError(ApiError):
    """409 or 412: the thing is no longer in the state that the call needs."""


class InvalidRequestError(ApiError):
    """400 or 422: the platform refused a value. `field` names it where the platform did."""


class RateLimitedError(ApiError):
    """429: too many requests, and waiting longer would pass the deadline."""


class ServerError(ApiError):
    """5xx: the platform failed on a call that changes nothing, so nothing was done."""


class ResponseShapeError(LgError):
    """The platform answered with something that we cannot read.

    Holds where the answer was wrong (field paths and kinds of fault), never what it said.

    Args:
        message: what was expected, what came, and what to do.
        status: the HTTP status.
        problems: one line a fault: the path to the field, and the kind of fault.
        request_id: the platform's name for the request, where it gave one.
        capability: the registered name of the call, such as `lg-pay.get_payment`.
        attempts: how often it was tried.
        previous: the errors of earlier attempts, oldest first.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        problems: tuple[str, ...] = (),
        request_id: str | None = None,
        capability: str = "",
        attempts: int = 1,
        previous: tuple[LgError, ...] = (),
    ) -> None:
        super().__init__(message, previous=previous)
        self.status = status
        self.problems = problems
        self.request_id = request_id
        self.capability = capability
        self.attempts = attempts
