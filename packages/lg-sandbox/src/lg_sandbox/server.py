# SPDX-License-Identifier: MIT
"""Serve ASGI apps on loopback from a thread, with connections that can really be reset."""

import socket
import struct
import sys
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from lg_sandbox.delivery import CONNECTION

if TYPE_CHECKING:
    import asyncio

    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["LoopbackServer", "NotRunningError"]

_HOST = "127.0.0.1"
_START_SECONDS = 10.0
_STOP_SECONDS = 1.0


class NotRunningError(RuntimeError):
    """The address of a stand-in was asked for while its server does not run."""


class _Reset:
    """The connection of one request, for the faults that break it."""

    def __init__(self, transport: "asyncio.Transport") -> None:
        self._transport = transport

    def abort(self) -> None:
        """Reset the connection at once."""
        # Lingering for no time makes the close a reset; two ints on Unix, two shorts on Windows.
        linger = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
        raw = self._transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._transport.abort()

    def close(self) -> None:
        """End the connection after the bytes already sent."""
        self._transport.close()


class _Protocol(H11Protocol):
    """uvicorn's HTTP/1.1 protocol, which also lets the app break its connection."""

    def __init__(self, *args: Any, **keywords: Any) -> None:  # noqa: ANN401 -- passed on as they come
        super().__init__(*args, **keywords)
        served = cast("ASGIApp", self.app)

        async def app(scope: "Scope", receive: "Receive", send: "Send") -> None:
            connection = _Reset(self.transport)
            await served({**scope, "extensions": {CONNECTION: connection}}, receive, send)

        self.app = cast("Any", app)


class LoopbackServer:
    """Several apps, each on a port of its own, in one thread.

    Args:
        apps: the apps with their ports; port 0 takes any free one.
    """

    def __init__(self, apps: Sequence[tuple["ASGIApp", int]]) -> None:
        self._sockets: list[socket.socket] = []
        try:
            self._sockets.extend(_listen(port) for _, port in apps)
        except OSError:
            for each in self._sockets:
                each.close()
            raise
        self._apps = [app for app, _ in apps]
        self._ready = threading.Event()
        self._stop: Callable[[], object] | None = None
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="lg-sandbox", daemon=True)

    def start(self) -> tuple[str, ...]:
        """Start serving.

        Returns:
            The address of each app, without a slash at its end.

        Raises:
            RuntimeError: when the server does not come up within 10 seconds.
        """
        self._thread.start()
        if not self._ready.wait(_START_SECONDS) or self._stop is None:
            raise RuntimeError("The sandbox's server did not start.") from self._failure
        return tuple(f"http://{_HOST}:{each.getsockname()[1]}" for each in self._sockets)

    def stop(self) -> None:
        """Stop serving, end every connection, and wait until the thread has ended."""
        if self._stop is not None:
            self._stop()
            self._thread.join()
            self._stop = None

    def _run(self) -> None:
        import asyncio

        try:
            asyncio.run(self._serve())
        except BaseException as failure:  # noqa: BLE001 -- carried to the thread that started us
            self._failure = failure
        finally:
            for each in self._sockets:
                each.close()
            self._ready.set()

    async def _serve(self) -> None:
        import asyncio

        loop = asyncio.get_running_loop()
        stopping = asyncio.Event()
        states = [ServerState() for _ in self._apps]
        servers = [
            await loop.create_server(_factory(app, state), sock=each)
            for app, state, each in zip(self._apps, states, self._sockets, strict=True)
        ]
        self._stop = lambda: loop.call_soon_threadsafe(stopping.set)
        self._ready.set()
        await stopping.wait()
        for server in servers:
            server.close()
        # An app that waits for its caller sees a disconnect, and ends by itself.
        tasks: list[asyncio.Task[None]] = []
        for state in states:
            tasks.extend(state.tasks)
            for connection in list(state.connections):
                cast("H11Protocol", connection).transport.abort()
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=_STOP_SECONDS)
            for task in late:
                task.cancel()
        # One turn of the loop lets aborted transports close their sockets.
        await asyncio.sleep(0)


def _factory(app: "ASGIApp", state: ServerState) -> "Callable[[], asyncio.Protocol]":
    config = Config(
        cast("Any", app),
        interface="asgi3",
        http=_Protocol,
        ws="none",
        lifespan="off",
        log_config=None,  # the host's logging configuration governs
        access_log=False,
        proxy_headers=False,
    )
    config.load()
    return lambda: _Protocol(config=config, server_state=state, app_state={})


def _listen(port: int) -> socket.socket:
    # A socket made without naming TCP keeps Nagle's delay: 40 ms a request.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_HOST, port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    listener.setblocking(False)
    return listener
