# SPDX-License-Identifier: MIT
"""The error answers of OS Places: those of the service, and those of the gateway before it.

"Recorded" is what OS Places is known to have answered, as kept in the tests of public services
that use it.
"""

from dataclasses import dataclass, field

from lg_sandbox.answers import Answer, json_answer

__all__ = [
    "INVALID_KEY",
    "NO_KEY",
    "TOO_MANY",
    "UNAVAILABLE",
    "Refusal",
    "ServiceError",
    "service_answer",
]


@dataclass(frozen=True, slots=True)
class ServiceError:
    """One error of the service.

    Args:
        status: the HTTP status.
        message: the text for developers. As OS Places' does, it may repeat what was sent.
    """

    status: int
    message: str = field(repr=False)


class Refusal(Exception):  # noqa: N818 -- it is an answer of the platform, not a fault of ours
    """The service refuses the request.

    Args:
        message: the text; as OS Places does, it may repeat what was sent.
        status: the HTTP status.
    """

    def __init__(self, message: str, *, status: int = 400) -> None:
        self.error = ServiceError(status, message)
        super().__init__(f"status {status}")


def service_answer(error: ServiceError) -> Answer:
    """Write an error as the service does.

    Args:
        error: what was wrong.

    Returns:
        The answer. Recorded: `error` with `statuscode`, which repeats the status, and `message`.
    """
    body = {"error": {"statuscode": error.status, "message": error.message}}
    return json_answer(error.status, body)


def _fault(status: int, text: str, *, code: str) -> Answer:
    """Write a fault as the gateway does.

    Args:
        status: the HTTP status, which the body does not repeat.
        text: what happened.
        code: the gateway's name of it.

    Returns:
        The answer. Recorded for 401: `fault` with `faultstring` and `detail.errorcode`.
    """
    return json_answer(status, {"fault": {"faultstring": text, "detail": {"errorcode": code}}})


INVALID_KEY = _fault(401, "Invalid ApiKey", code="oauth.v2.InvalidApiKey")
"""Recorded: the key is nobody's."""

# The next three are how gateways of this make answer; OS Places' own were not recorded.
NO_KEY = _fault(
    401,
    "Failed to resolve API Key variable request.queryparam.key",
    code="steps.oauth.v2.FailedToResolveAPIKey",
)
"""No key came with the request."""
TOO_MANY = _fault(
    429,
    "Rate limit quota violation. Quota limit exceeded. Identifier : _default",
    code="policies.ratelimit.QuotaViolation",
)
"""More transactions in a minute than the project may make. No Retry-After comes with it."""
UNAVAILABLE = {
    503: _fault(
        503,
        "The Service is temporarily unavailable",
        code="messaging.adaptors.http.flow.ServiceUnavailable",
    ),
    504: _fault(504, "Gateway Timeout", code="messaging.adaptors.http.flow.GatewayTimeout"),
}
"""The gateway did not reach the service."""
