# SPDX-License-Identifier: MIT
"""GOV.UK Notify's error answers: their names, statuses and texts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from lg_sandbox.answers import Answer, json_answer

__all__ = [
    "ErrorName",
    "NotifyError",
    "Refusal",
    "bad_request",
    "broken",
    "error_answer",
    "inside_answer",
    "invalid",
    "not_found",
    "outside_answer",
]


class ErrorName(StrEnum):
    """The member `error` of an error (notifications-api, `app/v2/errors.py`)."""

    AUTH = "AuthError"
    BAD_REQUEST = "BadRequestError"
    EXCEPTION = "Exception"
    INVALID_PHONE = "InvalidPhoneError"
    KEY = "KeyError"
    NO_RESULT = "NoResultFound"
    PDF_NOT_READY = "PDFNotReadyError"
    RATE_LIMIT = "RateLimitError"
    TIMEOUT = "EventletTimeout"
    TOO_MANY = "TooManyRequestsError"
    TYPE = "TypeError"
    VALIDATION = "ValidationError"


@dataclass(frozen=True, slots=True)
class NotifyError:
    """One error of an answer.

    Args:
        name: which error.
        message: the text for developers. As Notify's does, it may repeat what was sent.
        more: other members: what a QR code would hold.
    """

    name: ErrorName
    message: str = field(repr=False)
    more: Mapping[str, object] = field(default_factory=dict[str, object], repr=False)


class Refusal(Exception):  # noqa: N818 -- it is an answer of the platform, not a fault of ours
    """Notify's answer is an error.

    Args:
        status: the HTTP status.
        errors: what was wrong, one or more.
    """

    def __init__(self, status: int, errors: Iterable[NotifyError]) -> None:
        self.status = status
        self.errors = tuple(errors)
        super().__init__(", ".join(error.name for error in self.errors))


def bad_request(
    message: str, *, name: ErrorName = ErrorName.BAD_REQUEST, status: int = 400
) -> Refusal:
    """Refuse a request.

    Args:
        message: the text.
        name: which error.
        status: the HTTP status.

    Returns:
        The refusal, to be raised.
    """
    return Refusal(status, [NotifyError(name, message)])


def invalid(messages: Iterable[str]) -> Refusal:
    """Refuse a body or query that does not fit its schema.

    Args:
        messages: the texts, in the order of the schema; each is sent once.

    Returns:
        The refusal, to be raised.
    """
    once = dict.fromkeys(messages)
    return Refusal(400, [NotifyError(ErrorName.VALIDATION, message) for message in once])


def not_found() -> Refusal:
    """Say that there is no such thing, or no longer.

    Returns:
        The refusal, to be raised.
    """
    return Refusal(404, [NotifyError(ErrorName.NO_RESULT, "No result found")])


def broken(name: ErrorName) -> Refusal:
    """Say that Notify fell over the request: it gives the name of the Python error.

    Args:
        name: which.

    Returns:
        The refusal, to be raised.
    """
    return Refusal(500, [NotifyError(name, "Internal server error")])


def error_answer(status: int, errors: Iterable[NotifyError]) -> Answer:
    """Write errors as Notify does.

    Args:
        status: the HTTP status; the body repeats it.
        errors: what was wrong.

    Returns:
        The answer. Source: technical documentation, 'Errors'; recorded answers.
    """
    body: dict[str, Any] = {
        "errors": [
            {"error": error.name.value, "message": error.message, **error.more} for error in errors
        ],
        "status_code": status,
    }
    return json_answer(status, body)


def outside_answer(status: int) -> Answer:
    """Write what the framework answers outside Notify's routes, in a shape of its own.

    Args:
        status: 404 or 405.

    Returns:
        The answer. Source: recorded answers 'unknown v2 path', 'trailing slash' and 'put'.
    """
    texts = {
        404: (
            "The requested URL was not found on the server. If you entered the URL manually "
            "please check your spelling and try again."
        ),
        405: "The method is not allowed for the requested URL.",
    }
    return json_answer(status, {"message": texts[status], "result": "error"})


def inside_answer() -> Answer:
    """Refuse what only Notify's own pages may ask: a third shape.

    The official client's `get_all_template_versions` asks for this.

    Returns:
        The answer. Source: recorded answer 'official all versions endpoint'.
    """
    said = {"token": ["Unauthorized: not allowed to perform this action"]}
    return json_answer(401, {"message": said, "result": "error"})
