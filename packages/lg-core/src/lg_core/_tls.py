# SPDX-License-Identifier: MIT
"""Find out who issued a certificate that was not accepted, to tell the developer.

Behind an inspecting proxy the certificate that fails is the proxy's, and its issuer's name is what
the network team needs to hear. Python does not say who issued a certificate that failed, so this
asks again, twice: once for the certificate, once trusting that one alone so that Python reads it.
Nothing is sent on either connection.
"""

import base64
import socket
import ssl
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import SplitResult, unquote, urlsplit

__all__ = ["issuer_seen"]

_NO_CHECK_TIME = 0x200000  # OpenSSL's X509_V_FLAG_NO_CHECK_TIME: read it even if it has expired
_PROXY_ANSWER = 65536


def issuer_seen(url: str, *, proxy: str | None, timeout: float) -> str | None:
    """Say who issued the certificate that an address shows.

    Args:
        url: the https address.
        proxy: the proxy on the way, if any.
        timeout: seconds that each connection may take.

    Returns:
        The issuer's name, such as `Example Council Proxy (Example Council)`, or None where it
        cannot be learnt.
    """
    if proxy is not None and not proxy.startswith("http:"):
        return None  # a proxy that is itself spoken to over TLS is not asked a second time
    route = _Route(urlsplit(url), urlsplit(proxy) if proxy else None, timeout)
    try:
        seen = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        seen.check_hostname = False
        seen.verify_mode = ssl.CERT_NONE
        with _connect(route, seen) as secured:
            der = secured.getpeercert(binary_form=True)
        if not der:
            return None
        reader = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        reader.check_hostname = False
        reader.load_verify_locations(cadata=der)
        reader.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | _NO_CHECK_TIME
        with _connect(route, reader) as secured:
            return _issuer(secured)
    except (OSError, ValueError):
        # The first failure is what the caller hears of; this only adds to it where it can.
        return None


@dataclass(frozen=True, slots=True)
class _Route:
    target: SplitResult
    proxy: SplitResult | None
    timeout: float


def _connect(route: _Route, context: ssl.SSLContext) -> ssl.SSLSocket:
    way = route.proxy or route.target
    port = way.port or (443 if way.scheme == "https" else 80)
    plain = socket.create_connection((way.hostname or "", port), route.timeout)
    try:
        if route.proxy is not None:
            _open_tunnel(plain, route)
        return context.wrap_socket(plain, server_hostname=route.target.hostname)
    except BaseException:
        plain.close()
        raise


def _open_tunnel(plain: socket.socket, route: _Route) -> None:
    place = f"{route.target.hostname}:{route.target.port or 443}"
    lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}"]
    if route.proxy is not None and route.proxy.username is not None:
        pair = f"{unquote(route.proxy.username)}:{unquote(route.proxy.password or '')}"
        lines.append(f"Proxy-Authorization: Basic {base64.b64encode(pair.encode()).decode()}")
    plain.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
    answer = b""
    while b"\r\n\r\n" not in answer and len(answer) < _PROXY_ANSWER:
        piece = plain.recv(4096)
        if not piece:
            break
        answer += piece
    if b" 200" not in answer.split(b"\r\n", 1)[0]:
        raise OSError("the proxy did not open a way")


def _issuer(secured: ssl.SSLSocket) -> str | None:
    certificate = cast("dict[str, Any]", secured.getpeercert() or {})
    issuer: tuple[tuple[tuple[str, str], ...], ...] = certificate.get("issuer", ())
    names = {key: value for group in issuer for key, value in group}
    common, organisation = names.get("commonName"), names.get("organizationName")
    if common and organisation and common != organisation:
        return f"{common} ({organisation})"
    return common or organisation
