# SPDX-License-Identifier: MIT
"""Servers on loopback that speak as a test tells them, byte for byte, and a way to call them."""

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from lg_core._httpx import AsyncHttpTransport, HttpTransport
from lg_core.network import Network
from lg_core.transport import TransportFailure, WireAnswer, WireRequest

__all__ = [
    "OK",
    "Kind",
    "Place",
    "Talk",
    "answer",
    "carry",
    "closed_port",
    "crowded_port",
    "request_to",
    "server",
]

_PATIENCE = 20.0


# ---------------------------------------------------------------- servers


@dataclass(frozen=True, slots=True)
class Talk:
    """One connection, as the server sees it.

    Attributes:
        sock: the connection.
        number: its number, from 1.
        stopped: set when the test is over.
    """

    sock: socket.socket
    number: int
    stopped: threading.Event

    def request(self) -> bytes:
        """Read one request, head and body; nothing where the client has gone."""
        got = b""
        while b"\r\n\r\n" not in got:
            piece = self.sock.recv(65536)
            if not piece:
                return b""
            got += piece
        head, _, body = got.partition(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        lengths = [line.split(b":")[1] for line in lines if line.startswith(b"content-length:")]
        length = int(lengths[0]) if lengths else 0
        while len(body) < length:
            body += self.sock.recv(65536)
        return head + b"\r\n\r\n" + body

    def send(self, data: bytes) -> None:
        """Send bytes."""
        self.sock.sendall(data)

    def stall(self) -> None:
        """Say nothing more until the test is over."""
        self.stopped.wait(_PATIENCE)

    def dribble(self, piece: bytes) -> None:
        """Send a piece each hundredth of a second, until the client goes or the test is over."""
        while not self.stopped.wait(0.01):
            self.sock.sendall(piece)

    def reset(self) -> None:
        """Break the connection without a farewell (RST)."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


@dataclass(slots=True)
class Place:
    """A server that listens.

    Attributes:
        port: its port on 127.0.0.1.
        connections: how many it has accepted.
    """

    port: int
    connections: int = 0
    _open: list[socket.socket] = field(default_factory=list[socket.socket])

    @property
    def url(self) -> str:
        """The plain address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def secure_url(self) -> str:
        """The address with TLS."""
        return f"https://127.0.0.1:{self.port}"


@contextlib.contextmanager
def server(
    serve: Callable[[Talk], object], *, tls: ssl.SSLContext | None = None
) -> Generator[Place]:
    """Listen on loopback, and let a function serve each connection in a thread.

    Args:
        serve: speaks on a connection; the connection is closed after it.
        tls: the server's certificate.

    Yields:
        Where it listens.
    """
    stopped = threading.Event()
    listener = _bound()
    listener.listen(16)
    place = Place(listener.getsockname()[1])
    threads: list[threading.Thread] = []

    def one(plain: socket.socket, number: int) -> None:
        # A client that goes away in the middle is what many tests are about.
        with contextlib.suppress(OSError, ValueError), plain:
            sock = tls.wrap_socket(plain, server_side=True) if tls else plain
            place._open.append(sock)
            with sock:
                serve(Talk(sock, number, stopped))
                if tls is None:
                    _finish(sock)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                plain, _ = listener.accept()
                place.connections += 1
                thread = threading.Thread(target=one, args=(plain, place.connections))
                threads.append(thread)
                thread.start()

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield place
    finally:
        stopped.set()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for sock in place._open:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        accepting.join(_PATIENCE)
        for thread in threads:
            thread.join(_PATIENCE)


def _bound() -> socket.socket:
    # A socket of protocol 0 keeps Nagle's delay on: 40 ms a request.
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.bind(("127.0.0.1", 0))
    return sock


def _finish(sock: socket.socket) -> None:
    """Close so that nothing sent is lost: a socket with unread bytes would be reset."""
    if sock.fileno() >= 0:
        sock.shutdown(socket.SHUT_WR)
        sock.settimeout(0.5)
        while sock.recv(65536):
            pass


def answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """Write an answer with its length."""
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


OK = answer(b"{}", "Content-Type: application/json")


@contextlib.contextmanager
def closed_port() -> Generator[Place]:
    """Give a port on which nobody listens, and keep others from taking it."""
    with _bound() as sock:
        yield Place(sock.getsockname()[1])


@contextlib.contextmanager
def crowded_port() -> Generator[Place]:
    """Give a port whose queue is full: a connection to it is neither made nor refused."""
    with _bound() as listener, contextlib.ExitStack() as waiting:
        listener.listen(0)
        for _ in range(4):
            sock = waiting.enter_context(_unbound())
            sock.setblocking(False)
            sock.connect_ex(listener.getsockname())
        yield Place(listener.getsockname()[1])


def _unbound() -> socket.socket:
    return socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)


# ---------------------------------------------------------------- calling them


class Kind(StrEnum):
    """The three ways in which a request is carried over the network."""

    SYNC = "sync"
    ASYNCIO = "asyncio"
    TRIO = "trio"


def request_to(
    url: str,
    *,
    method: str = "GET",
    total: float = 5.0,
    phase: float = 2.0,
    max_answer: int = 100_000,
    body: bytes = b"",
) -> WireRequest:
    """Make a request.

    Args:
        url: the whole address.
        method: the HTTP method.
        total: seconds for the whole exchange.
        phase: seconds for each of connect, read, write and pool.
        max_answer: the largest body accepted, in bytes.
        body: what is sent.
    """
    return WireRequest(
        method=method,
        url=url,
        headers=(("accept-encoding", "gzip"), ("host", url.split("/")[2])),
        body=body,
        connect=phase,
        read=phase,
        write=phase,
        pool=phase,
        total=total,
        max_answer=max_answer,
    )


def carry(
    kind: Kind,
    *requests: WireRequest,
    network: Network | None = None,
    between: Callable[[], None] = lambda: None,
) -> Sequence[WireAnswer | TransportFailure]:
    """Carry requests, one after the other, with one transport.

    Args:
        kind: the way.
        requests: what is sent.
        network: how the server is reached.
        between: done between two requests.

    Returns:
        What came back for each, in order.
    """
    network = network or Network(trust_env=False)
    if kind is Kind.SYNC:
        return _carry(HttpTransport(network, requests[0].url), requests, between)
    import anyio

    return anyio.run(_acarry, network, requests, between, backend=kind.value)


def _carry(
    transport: HttpTransport, requests: Sequence[WireRequest], between: Callable[[], None]
) -> list[WireAnswer | TransportFailure]:
    came: list[WireAnswer | TransportFailure] = []
    try:
        for request in requests:
            if came:
                between()
            try:
                came.append(transport.send(request))
            except TransportFailure as failure:
                came.append(failure)
    finally:
        transport.close()
    return came


async def _acarry(
    network: Network, requests: Sequence[WireRequest], between: Callable[[], None]
) -> list[WireAnswer | TransportFailure]:
    transport = AsyncHttpTransport(network, requests[0].url)
    came: list[WireAnswer | TransportFailure] = []
    try:
        for request in requests:
            if came:
                between()
            try:
                came.append(await transport.asend(request))
            except TransportFailure as failure:
                came.append(failure)
    finally:
        await transport.aclose()
    return came
