# SPDX-License-Identifier: MIT
"""Send a callback of a platform: by HTTP to this machine, to an ASGI app, or to a function.

A sandbox sends nothing to any other machine, so an address that is not on loopback is refused. It
knows no platform.
"""

import http.client
import ipaddress
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from starlette.types import ASGIApp

__all__ = ["Send", "asgi_sender", "check_address", "http_sender", "way_to"]

Send = Callable[[Mapping[str, str], bytes], int]
"""Takes headers and body of a message in process, and returns an HTTP status."""

_NO_ANSWER = 0


def way_to(url: str | None, *, send: Send | None, app: "ASGIApp | None", seconds: float) -> Send:
    """Return the one way that was given to a receiver.

    Args:
        url: an address on this machine; with `app` only its path counts.
        send: takes headers and body in process, and returns an HTTP status.
        app: an ASGI app that receives in process.
        seconds: how long to wait for an answer, in seconds of real time.

    Returns:
        The function that sends. It raises OSError when no answer came.

    Raises:
        ValueError: when the address is not on this machine, or none or several ways are given.
    """
    if (send is not None) + (app is not None or url is not None) != 1:
        raise ValueError("Give one way: an address, an address with `app`, or `send`.")
    if send is not None:
        return send
    if app is not None:
        return asgi_sender(app, path=urlsplit(url or "").path or "/", seconds=seconds)
    return http_sender(url or "", seconds=seconds)


def check_address(url: str) -> None:
    """Refuse an address that a sandbox must not send to.

    Args:
        url: the callback address.

    Raises:
        ValueError: when it is not http on loopback. The address is not repeated.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port  # a port that is no number raises here
    except ValueError:
        parts = urlsplit("")
    if parts.scheme != "http" or not _is_loopback(parts.hostname or ""):
        raise ValueError(
            "A sandbox sends webhooks to this machine only. Give an address that begins with "
            "http://127.0.0.1 or http://localhost, or hand messages over in process with `send` "
            "or `app`."
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def http_sender(url: str, *, seconds: float) -> Send:
    """Return a function that posts messages to an address on this machine.

    Args:
        url: the callback address.
        seconds: how long to wait for an answer, in seconds of real time.

    Returns:
        The function. It raises OSError when no answer came. Redirects are not followed.

    Raises:
        ValueError: when the address is not on loopback.
    """
    check_address(url)
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    def send(headers: Mapping[str, str], body: bytes) -> int:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=seconds)
        try:
            connection.request("POST", path, body, dict(headers))
            return connection.getresponse().status
        except http.client.HTTPException as error:
            raise ConnectionError("The answer was no HTTP.") from error
        finally:
            connection.close()

    return send


def asgi_sender(app: "ASGIApp", *, path: str, seconds: float) -> Send:
    """Return a function that hands messages to an ASGI app.

    The app runs in a loop and a thread of its own, so that this works inside a running loop too.

    Args:
        app: the app.
        path: the path of its callback.
        seconds: how long to wait for an answer, in seconds of real time.

    Returns:
        The function. It raises TimeoutError when no answer came.
    """

    def send(headers: Mapping[str, str], body: bytes) -> int:
        exchange = _Exchange(app, path=path, headers=headers, body=body, seconds=seconds)
        thread = threading.Thread(target=exchange.run, name="lg-sandbox-callback", daemon=True)
        thread.start()
        thread.join()
        return exchange.result()

    return send


class _Exchange:
    """One request to an ASGI app."""

    def __init__(
        self,
        app: "ASGIApp",
        *,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        seconds: float,
    ) -> None:
        self._app = app
        self._body = body
        self._seconds = seconds
        self._scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": [
                (b"host", b"localhost"),
                (b"content-length", str(len(body)).encode()),
                *((name.lower().encode(), value.encode()) for name, value in headers.items()),
            ],
            "client": ("127.0.0.1", 0),
            "server": ("127.0.0.1", 80),
        }
        self._status = _NO_ANSWER
        self._error: BaseException | None = None

    def run(self) -> None:
        """Run the app until it has answered, failed or taken too long."""
        import anyio

        try:
            anyio.run(self._talk)
        except BaseException as error:  # noqa: BLE001 -- carried to the thread that sends
            self._error = error

    def result(self) -> int:
        """Return the status answered.

        Raises:
            TimeoutError: when there was none in time.
        """
        # A framework that answers 500 raises afterwards; over HTTP only the answer is seen.
        if self._status == _NO_ANSWER and self._error is not None:
            raise self._error
        if self._status == _NO_ANSWER:
            raise TimeoutError("The app did not answer.")
        return self._status

    async def _talk(self) -> None:
        import anyio

        with anyio.move_on_after(self._seconds):
            await self._app(self._scope, self._receive, self._send)

    async def _receive(self) -> dict[str, Any]:
        body, self._body = self._body, b""
        if not body:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": body, "more_body": False}

    async def _send(self, event: "MutableMapping[str, Any]") -> None:
        if event["type"] == "http.response.start":
            self._status = event["status"]
