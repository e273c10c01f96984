# SPDX-License-Identifier: MIT
"""The seam between the client and the wire: what goes out, what comes back, what can fail.

A transport carries one request and brings back one whole answer. It decides nothing: it does not
retry, follow redirects or read what it carries. `lg_core.testing` has transports for tests, and
anything with these methods will do:

    class MyTransport:
        def send(self, request: WireRequest) -> WireAnswer: ...
        def close(self) -> None: ...
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

__all__ = [
    "AsyncTransport",
    "FailureReason",
    "Transport",
    "TransportFailure",
    "WireAnswer",
    "WireRequest",
]


class FailureReason(StrEnum):
    """Why no answer came back."""

    CONNECT = "connect"
    """No connection could be made: refused, no route, name not found."""
    CONNECT_TIMEOUT = "connect_timeout"
    """No connection could be made in time."""
    TLS = "tls"
    """The certificate was not accepted."""
    PROXY = "proxy"
    """The proxy refused to open a way to the platform."""
    POOL = "pool"
    """No connection of the pool became free in time."""
    TIMEOUT = "timeout"
    """The request left, and no whole answer came in time."""
    RESET = "reset"
    """The connection broke while the request or the answer was on its way."""
    TRUNCATED = "truncated"
    """The answer began and broke off."""
    TOO_LARGE = "too_large"
    """The answer was larger than the call allows."""


class TransportFailure(Exception):  # noqa: N818 -- a fact for the policy, not an error for a user
    """No answer came back. The client turns this into one of the errors of `lg_core.errors`.

    Args:
        reason: why.
        left: whether any byte of the request may have left this machine. When in doubt, True.
        detail: a short text for a developer, without anything personal or secret.
    """

    def __init__(self, reason: FailureReason, *, left: bool, detail: str = "") -> None:
        super().__init__(f"{reason.value}: {detail}" if detail else reason.value)
        self.reason = reason
        self.left = left
        self.detail = detail


@dataclass(frozen=True, slots=True)
class WireRequest:
    """One request, ready to leave.

    Attributes:
        method: the HTTP method.
        url: the whole address, query included.
        headers: names and values, in the order in which they are sent.
        body: the bytes of the body; empty where there is none.
        connect: seconds to wait for a connection, TLS included.
        read: seconds to wait for each piece of the answer.
        write: seconds to wait for each piece of the request to be taken.
        pool: seconds to wait for a free connection.
        total: seconds that the whole exchange may take.
        max_answer: the largest body accepted, in bytes after decompression.
    """

    method: str
    url: str = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes = field(repr=False)
    connect: float
    read: float
    write: float
    pool: float
    total: float
    max_answer: int


@dataclass(frozen=True, slots=True)
class WireAnswer:
    """One whole answer.

    Attributes:
        status: the HTTP status.
        headers: values by lower-case name; several of one name are joined by a comma.
        body: the bytes of the body, decompressed.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class Transport(Protocol):
    """Carries requests for a client. Used from several threads at once."""

    def send(self, request: WireRequest) -> WireAnswer:
        """Send one request and return the whole answer.

        Raises:
            TransportFailure: no whole answer came back.
        """
        ...

    def close(self) -> None:
        """Let go of every connection."""
        ...


class AsyncTransport(Protocol):
    """Carries requests for an asynchronous client. Used from several tasks at once."""

    async def asend(self, request: WireRequest) -> WireAnswer:
        """Send one request and return the whole answer.

        Raises:
            TransportFailure: no whole answer came back.
        """
        ...

    async def aclose(self) -> None:
        """Let go of every connection."""
        ...
