# SPDX-License-Identifier: MIT
"""What the client must know of a platform: its name, its limits, and how it says no.

A component describes its platform once, as a `Platform`; the client and the policy then treat all
platforms alike.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

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
from lg_core.limits import Rate
from lg_core.redaction import without

__all__ = ["Platform", "Refusal", "error_kind", "plain_refusal"]

_KINDS: Mapping[int, type[ApiError]] = {
    400: InvalidRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    408: ServerError,
    409: ConflictError,
    412: ConflictError,
    422: InvalidRequestError,
    429: RateLimitedError,
}
_FIRST_SERVER_ERROR = 500


def error_kind(status: int) -> type[ApiError]:
    """Return the class of error for an HTTP status.

    Args:
        status: the HTTP status of a refusal.
    """
    return _KINDS.get(status, ServerError if status >= _FIRST_SERVER_ERROR else ApiError)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that means no, before it is an error.

    Attributes:
        platform: the platform's name, such as `GOV.UK Pay`.
        capability: the registered name of the call.
        status: the HTTP status.
        body: the bytes of the answer.
        request_id: the platform's name for the request, where it gave one.
        retryable: whether the same call may succeed later without a change.
        attempts: how often the call was tried.
        sent: every string and number that the call had sent, so that none is repeated.
    """

    platform: str
    capability: str
    status: int
    body: bytes = field(repr=False)
    request_id: str | None
    retryable: bool
    attempts: int
    sent: frozenset[str] = field(repr=False)

    def json(self) -> Mapping[str, object] | None:
        """Read the body as a JSON object, or return None where it is none."""
        try:
            value: object = json.loads(self.body)
        except (ValueError, RecursionError):  # no JSON, or nested too deep to be an error's
            return None
        return cast("Mapping[str, object]", value) if isinstance(value, dict) else None

    def text(self, value: object) -> str | None:
        """Return a text of the platform's without anything that the call had sent.

        Args:
            value: a member of the body.
        """
        return without(value, self.sent)[:500] if isinstance(value, str) and value else None

    def error(self, kind: type[ApiError], message: str, **fields: Any) -> ApiError:  # noqa: ANN401 -- passed to the error as they are
        """Make the error for this refusal.

        Args:
            kind: the class of the error.
            message: what the platform refused, and what to do.
            fields: further fields of the error, such as `code`.
        """
        return kind(
            message,
            status=self.status,
            request_id=self.request_id,
            retryable=self.retryable,
            capability=self.capability,
            attempts=self.attempts,
            **fields,
        )


def plain_refusal(refusal: Refusal) -> ApiError:
    """Make an error from the status alone, for a platform whose errors have no form.

    Args:
        refusal: the answer.

    Returns:
        An error of the class for the status.
    """
    return refusal.error(
        error_kind(refusal.status),
        f"{refusal.platform} refused {refusal.capability} with status {refusal.status}.",
    )


@dataclass(frozen=True, slots=True)
class Platform:
    """What the client must know of a platform.

    Attributes:
        name: what people call it, such as `GOV.UK Pay`.
        component: the package that speaks to it, such as `lg-pay`.
        version: the version of that package.
        rates: the platform's published limit for each bucket of calls.
        read_refusal: makes an error of an answer that means no. An error of a 429 whose
            `retryable` it sets to False is not tried again, such as a limit of a whole day.
        request_id_header: the header in which the platform names a request, in lower case.
        timeout: seconds that a call may take, all attempts and waits included.
        attempts: how often a call is tried at the most.
        wait_when_limited: the least wait after a 429 without a Retry-After header, in seconds.
        capabilities: every capability of its calls, such as `lg-pay.get_payment`: the closed list
            from which use is counted (`lg_core.telemetry`).
    """

    name: str
    component: str
    version: str
    rates: Mapping[str, Rate] = field(default_factory=dict[str, Rate])
    read_refusal: Callable[[Refusal], ApiError] = plain_refusal
    request_id_header: str = "x-request-id"
    timeout: float = 30.0
    attempts: int = 4
    wait_when_limited: float = 1.0
    capabilities: tuple[str, ...] = ()
