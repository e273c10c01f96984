# SPDX-License-Identifier: MIT
"""Make a transport fail on purpose: before or after the platform acted, by a list."""

import threading
from collections import deque
from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol

from lg_core.transport import (
    AsyncTransport,
    FailureReason,
    Transport,
    TransportFailure,
    WireAnswer,
    WireRequest,
)

__all__ = ["Trouble", "UnreliableTransport", "unreliable"]


class Trouble(StrEnum):
    """What happens to one attempt."""

    NONE = "none"
    """Nothing: it goes through."""
    REFUSED = "refused"
    """No connection: nothing leaves."""
    LOST_REQUEST = "lost_request"
    """The request is lost on the way, and the client's patience ends."""
    LOST_ANSWER = "lost_answer"
    """The platform acts, its answer is lost, and the client's patience ends."""
    RESET_BEFORE = "reset_before"
    """The connection breaks before the platform acts."""
    RESET_AFTER = "reset_after"
    """The platform acts, and the connection breaks before its answer."""
    ERROR_BEFORE = "error_before"
    """503 from a gateway: the platform did not see the request."""
    ERROR_AFTER = "error_after"
    """502 from a gateway: the platform acted, and its answer did not come through."""
    LIMITED = "limited"
    """429: turned away unread."""
    TRUNCATED = "truncated"
    """The platform acts, and its answer breaks off."""
    HTML = "html"
    """The platform acts, and something on the way puts a web page in place of its answer."""
    STOPPED_BEFORE = "stopped_before"
    """The caller is stopped (KeyboardInterrupt) before the platform acts."""
    STOPPED_AFTER = "stopped_after"
    """The platform acts, and the caller is stopped (KeyboardInterrupt) before its answer."""


class _Both(Transport, AsyncTransport, Protocol):
    """A transport for either client."""


def unreliable(transport: _Both, troubles: Iterable[Trouble]) -> "UnreliableTransport":
    """Return a transport on which each attempt meets the next trouble of a list.

    Args:
        transport: what carries the attempts that get through, such as `asgi(app)`.
        troubles: one for each attempt; after the last, attempts go through.
    """
    return UnreliableTransport(transport, troubles)


class UnreliableTransport:
    """Fails on purpose. Made by `unreliable()`."""

    def __init__(self, transport: _Both, troubles: Iterable[Trouble]) -> None:
        self._transport = transport
        self._troubles = deque(troubles)
        self._lock = threading.Lock()

    def send(self, request: WireRequest) -> WireAnswer:
        """Send one request from a thread, or fail."""
        trouble = self._next()
        instead = _before(trouble)
        return instead or _after(trouble, self._transport.send(request))

    async def asend(self, request: WireRequest) -> WireAnswer:
        """Send one request from a task, or fail."""
        trouble = self._next()
        instead = _before(trouble)
        return instead or _after(trouble, await self._transport.asend(request))

    def close(self) -> None:
        """Close the transport beneath."""
        self._transport.close()

    async def aclose(self) -> None:
        """Close the transport beneath."""
        await self._transport.aclose()

    def _next(self) -> Trouble:
        with self._lock:
            return self._troubles.popleft() if self._troubles else Trouble.NONE


def _before(trouble: Trouble) -> WireAnswer | None:
    match trouble:
        case Trouble.REFUSED:
            raise TransportFailure(FailureReason.CONNECT, left=False)
        case Trouble.LOST_REQUEST:
            raise TransportFailure(FailureReason.TIMEOUT, left=True)
        case Trouble.RESET_BEFORE:
            raise TransportFailure(FailureReason.RESET, left=True)
        case Trouble.STOPPED_BEFORE:
            raise KeyboardInterrupt
        case Trouble.ERROR_BEFORE:
            return WireAnswer(503, {"content-type": "text/html"}, b"<h1>unavailable</h1>")
        case Trouble.LIMITED:
            return WireAnswer(429, {"content-type": "text/plain"}, b"slow down")
        case _:
            return None


def _after(trouble: Trouble, answer: WireAnswer) -> WireAnswer:
    match trouble:
        case Trouble.LOST_ANSWER:
            raise TransportFailure(FailureReason.TIMEOUT, left=True)
        case Trouble.RESET_AFTER:
            raise TransportFailure(FailureReason.RESET, left=True)
        case Trouble.TRUNCATED:
            raise TransportFailure(FailureReason.TRUNCATED, left=True)
        case Trouble.STOPPED_AFTER:
            raise KeyboardInterrupt
        case Trouble.ERROR_AFTER:
            return WireAnswer(502, {"content-type": "text/html"}, b"<h1>bad gateway</h1>")
        case Trouble.HTML:
            return WireAnswer(200, {"content-type": "text/html"}, b"<h1>sign in</h1>")
        case _:
            return answer
