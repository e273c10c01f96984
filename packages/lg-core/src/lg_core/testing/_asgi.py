# SPDX-License-Identifier: MIT
"""Carry requests straight into an ASGI application, without sockets."""

import threading
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import ExitStack
from typing import Any
from urllib.parse import unquote, urlsplit

import anyio  # noqa: TID253 -- lg_core.testing is imported by tests, not by a component
import anyio.from_thread  # noqa: TID253 -- as above

from lg_core.transport import FailureReason, TransportFailure, WireAnswer, WireRequest

__all__ = ["AsgiTransport", "asgi"]

Message = MutableMapping[str, Any]
AsgiApp = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]],
    Awaitable[None],
]


def asgi(app: AsgiApp) -> "AsgiTransport":
    """Return a transport that carries requests into an ASGI application.

    For `transport=` of a client, synchronous or asynchronous. An application that answers nothing
    is a broken connection, one that stops in mid-answer a truncated answer, and one that waits
    longer than the client's read phase a time-out. What the application raises goes to the caller.

    Args:
        app: the ASGI application, such as `sandbox.pay.app`. Its lifespan is not run.
    """
    return AsgiTransport(app)


class AsgiTransport:
    """Carries requests into an ASGI application. Made by `asgi()`."""

    def __init__(self, app: AsgiApp) -> None:
        self._app = app
        self._lock = threading.Lock()
        self._stack = ExitStack()
        self._portal: anyio.from_thread.BlockingPortal | None = None

    def send(self, request: WireRequest) -> WireAnswer:
        """Send one request from a thread and return the whole answer."""
        with self._lock:
            if self._portal is None:
                # One event loop in a thread of its own: the caller may have a loop running.
                self._portal = self._stack.enter_context(anyio.from_thread.start_blocking_portal())
        return self._portal.call(self.asend, request)

    async def asend(self, request: WireRequest) -> WireAnswer:
        """Send one request from a task and return the whole answer."""
        conversation = _Conversation(request)
        patience = min(request.read, request.total)
        with anyio.move_on_after(patience) as waiting:
            await self._app(_scope(request), conversation.receive, conversation.send)
        return conversation.answer(timed_out=waiting.cancelled_caught)

    def close(self) -> None:
        """Stop the event loop that `send` started, if it did."""
        with self._lock:
            self._portal = None
            self._stack.close()

    async def aclose(self) -> None:
        """Do nothing: there are no connections."""


class _Conversation:
    """What one request and its answer look like to the application."""

    def __init__(self, request: WireRequest) -> None:
        self._request = request
        self._asked = False
        self._status: int | None = None
        self._headers: dict[str, str] = {}
        self._body = bytearray()
        self._whole = False

    async def receive(self) -> Message:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": self._request.body, "more_body": False}
        await anyio.sleep_forever()
        raise AssertionError

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            for name, value in message.get("headers", ()):
                key = name.decode("latin-1").lower()
                said = value.decode("latin-1")
                self._headers[key] = (
                    f"{self._headers[key]}, {said}" if key in self._headers else said
                )
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            if len(self._body) > self._request.max_answer:
                raise TransportFailure(FailureReason.TOO_LARGE, left=True)
            self._whole = not message.get("more_body", False)

    def answer(self, *, timed_out: bool) -> WireAnswer:
        if self._status is not None and self._whole:
            return WireAnswer(self._status, self._headers, bytes(self._body))
        if timed_out:
            raise TransportFailure(FailureReason.TIMEOUT, left=True)
        reason = FailureReason.RESET if self._status is None else FailureReason.TRUNCATED
        raise TransportFailure(reason, left=True)


def _scope(request: WireRequest) -> Message:
    parts = urlsplit(request.url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    headers = [(b"host", parts.netloc.encode())]
    headers += [(name.lower().encode(), value.encode()) for name, value in request.headers]
    headers.append((b"content-length", str(len(request.body)).encode()))
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": parts.scheme,
        "path": unquote(parts.path),
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 0),
        "server": (parts.hostname, port),
    }
