# SPDX-License-Identifier: MIT
"""The only module that imports the HTTP library: httpx, or httpx2 where `LG_HTTP` asks for it.

It uses the library's transports, not its client: a client adds cookies, redirects and a log line
with the whole address, none of which is wanted, and takes a third longer. No type of the library
leaves this module.
"""

import contextlib
import os
import ssl
import time
import zlib
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, cast

import anyio  # noqa: TID253 -- this module is imported when a client makes its first call

from lg_core import _tls
from lg_core.errors import ConfigError
from lg_core.network import Network
from lg_core.transport import FailureReason, TransportFailure, WireAnswer, WireRequest

if TYPE_CHECKING:
    from zlib import _Decompress as _Unzip

    import httpx as http
else:
    _chosen = os.environ.get("LG_HTTP", "httpx")
    try:
        if _chosen == "httpx":
            import httpx as http
        elif _chosen == "httpx2":
            import httpx2 as http
        else:
            raise ConfigError("LG_HTTP must be httpx or httpx2.", setting="LG_HTTP")
    except ModuleNotFoundError as _missing:
        raise ConfigError(
            f"LG_HTTP asks for {_chosen}, which is not installed. Install lg-core[{_chosen}], "
            "or unset LG_HTTP.",
            setting="LG_HTTP",
        ) from _missing

__all__ = ["AsyncHttpTransport", "HttpTransport", "library"]


def library() -> str:
    """Name the HTTP library in use, with its version."""
    return f"{http.__name__}/{http.__version__}"


_GZIP = 16 + zlib.MAX_WBITS


class _Way:
    """How the platform is reached: settled once a client."""

    def __init__(self, network: Network, url: str) -> None:
        self.url = url
        self.proxy = network.proxy_for(url)
        self.tls = network.tls() if url.startswith("https:") else None
        self.limits = http.Limits(
            max_connections=network.max_connections,
            max_keepalive_connections=20,
            keepalive_expiry=5.0,
        )


class HttpTransport:
    """Carries requests over the network, for a synchronous client."""

    def __init__(self, network: Network, url: str) -> None:
        self._way = _Way(network, url)
        self._http = http.HTTPTransport(
            verify=self._way.tls or False, limits=self._way.limits, proxy=_proxy(self._way)
        )

    def send(self, request: WireRequest) -> WireAnswer:
        """Send one request and return the whole answer."""
        body = _Body(request)
        try:
            response = self._http.handle_request(_request(request))
            body.begin(response)
            try:
                for piece in response.iter_raw():
                    body.take(piece)
            finally:
                response.close()
        except (http.TransportError, http.InvalidURL, ssl.SSLError) as error:
            raise _failure(error, self._way, begun=body.begun) from _root(error)
        return WireAnswer(response.status_code, _headers(response.headers), body.whole())

    def close(self) -> None:
        """Let go of every connection."""
        self._http.close()


class AsyncHttpTransport:
    """Carries requests over the network, for an asynchronous client on asyncio or Trio."""

    def __init__(self, network: Network, url: str) -> None:
        self._way = _Way(network, url)
        self._http = http.AsyncHTTPTransport(
            verify=self._way.tls or False, limits=self._way.limits, proxy=_proxy(self._way)
        )

    async def asend(self, request: WireRequest) -> WireAnswer:
        """Send one request and return the whole answer."""
        body, gone = _Body(request), _Gone()
        try:
            # A library's time-outs are for each piece; this one bounds a server that dribbles.
            with anyio.fail_after(request.total):
                response = await self._http.handle_async_request(_request(request, trace=gone))
                body.begin(response)
                pieces = response.aiter_raw()
                try:
                    async for piece in pieces:
                        body.take(piece)
                finally:
                    await response.aclose()
                    await _run_out(pieces)
        except (http.TransportError, http.InvalidURL, ssl.SSLError) as error:
            root = _root(error)
            if isinstance(root, ssl.SSLCertVerificationError):
                raise await anyio.to_thread.run_sync(_untrusted, root, self._way) from root
            raise _failure(error, self._way, begun=body.begun) from root
        except TimeoutError as error:
            reason = FailureReason.TIMEOUT if gone.left else FailureReason.CONNECT_TIMEOUT
            raise TransportFailure(reason, left=gone.left) from error
        return WireAnswer(response.status_code, _headers(response.headers), body.whole())

    async def aclose(self) -> None:
        """Let go of every connection."""
        await self._http.aclose()


def _proxy(way: _Way) -> "http.Proxy | None":
    if way.proxy is None:
        return None
    # Our context serves the proxy too: a proxy with a certificate of the council's own authority.
    return http.Proxy(way.proxy, ssl_context=way.tls if way.proxy[:6] == "https:" else None)


def _request(request: WireRequest, *, trace: "_Gone | None" = None) -> "http.Request":
    timeouts = {
        "connect": request.connect,
        "read": request.read,
        "write": request.write,
        "pool": request.pool,
    }
    extensions: dict[str, object] = {"timeout": timeouts}
    if trace is not None:
        extensions["trace"] = trace
    return http.Request(
        request.method,
        request.url,
        headers=request.headers,
        content=request.body,
        extensions=extensions,
    )


class _Gone:
    """Notes when the first byte of the request itself may leave; the library calls it."""

    def __init__(self) -> None:
        self.left = False

    async def __call__(self, event: str, info: Mapping[str, object]) -> None:
        if event.endswith("send_request_headers.started"):
            # A proxy is first asked, in the same words, to open a way.
            self.left = getattr(info.get("request"), "method", b"") != b"CONNECT"


class _Body:
    """The body of an answer while it arrives: unzipped here, so that the limit holds for a bomb."""

    def __init__(self, request: WireRequest) -> None:
        self.begun = False
        self._limit = request.max_answer
        self._until = time.monotonic() + request.total
        self._bytes = bytearray()
        self._unzip: _Unzip | None = None

    def begin(self, response: "http.Response") -> None:
        self.begun = True
        if response.headers.get("content-encoding", "").strip().lower() in {"gzip", "x-gzip"}:
            self._unzip = zlib.decompressobj(wbits=_GZIP)

    def take(self, piece: bytes) -> None:
        if self._unzip is not None:
            try:
                self._unpack(piece)
            except zlib.error as error:
                raise TransportFailure(FailureReason.TRUNCATED, left=True) from error
        else:
            self._keep(piece)
        if time.monotonic() > self._until:
            raise TransportFailure(FailureReason.TIMEOUT, left=True)

    def _unpack(self, piece: bytes) -> None:
        while piece and self._unzip is not None:
            if self._unzip.eof:  # several members in a row are one body (RFC 1952, section 2.2)
                self._unzip = zlib.decompressobj(wbits=_GZIP)
            self._keep(self._unzip.decompress(piece, self._limit + 1 - len(self._bytes)))
            piece = self._unzip.unused_data

    def _keep(self, piece: bytes) -> None:
        self._bytes += piece
        if len(self._bytes) > self._limit:
            detail = f"over {self._limit} bytes"
            raise TransportFailure(FailureReason.TOO_LARGE, left=True, detail=detail)

    def whole(self) -> bytes:
        if self._unzip is not None and self._bytes and not self._unzip.eof:
            raise TransportFailure(FailureReason.TRUNCATED, left=True)
        return bytes(self._bytes)


async def _run_out(pieces: AsyncIterator[bytes]) -> None:
    """Run a stream to its end over a connection that is closed already.

    Trio warns of an asynchronous generator that is left in the middle.
    """
    with contextlib.suppress(http.TransportError, http.StreamError):
        async for _ in pieces:
            pass


def _headers(headers: "http.Headers") -> Mapping[str, str]:
    return dict(headers.items())


def _root(error: BaseException) -> BaseException:
    """Return what lies beneath the library's own exceptions: they hold the request."""
    # Causes alone: a context may be whatever the caller was handling before.
    while True:
        if isinstance(error, BaseExceptionGroup):
            error = cast("BaseExceptionGroup[BaseException]", error).exceptions[0]
        elif error.__cause__ is not None:
            error = error.__cause__
        elif error.args and isinstance(error.args[0], BaseException):
            error = error.args[0]  # where the library hides a cause, it keeps it here
        else:
            return error


_NOT_LEFT: Mapping["type[Exception]", FailureReason] = {
    http.ConnectTimeout: FailureReason.CONNECT_TIMEOUT,
    http.PoolTimeout: FailureReason.POOL,
    http.ProxyError: FailureReason.PROXY,
    http.ConnectError: FailureReason.CONNECT,
    http.InvalidURL: FailureReason.CONNECT,
    http.UnsupportedProtocol: FailureReason.CONNECT,
}


def _failure(error: Exception, way: _Way, *, begun: bool) -> TransportFailure:
    """Say what kind of failure this was, and whether any byte may have left."""
    root = _root(error)
    if isinstance(root, ssl.SSLCertVerificationError):
        return _untrusted(root, way)
    for kind, reason in _NOT_LEFT.items():
        if isinstance(error, kind):
            return TransportFailure(reason, left=False, detail=_detail(root))
    if isinstance(error, http.TimeoutException):
        return TransportFailure(FailureReason.TIMEOUT, left=True)
    reason = FailureReason.TRUNCATED if begun else FailureReason.RESET
    return TransportFailure(reason, left=True, detail=type(root).__name__)


def _detail(root: BaseException) -> str:
    """Name an operating system's error; its own text may hold an address, never more."""
    if isinstance(root, OSError) and root.strerror:
        return root.strerror
    return type(root).__name__


def _untrusted(error: ssl.SSLCertVerificationError, way: _Way) -> TransportFailure:
    issuer = _tls.issuer_seen(way.url, proxy=way.proxy, timeout=2.0)
    said = error.verify_message or "certificate verify failed"
    seen = f"; it was issued by {issuer}" if issuer else ""
    return TransportFailure(FailureReason.TLS, left=False, detail=f"{said}{seen}")
