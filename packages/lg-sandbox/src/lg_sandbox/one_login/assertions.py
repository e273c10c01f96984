# SPDX-License-Identifier: MIT
"""Check how a service proves at /token who it is: private_key_jwt."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, cast

from lg_sandbox.one_login.errors import TokenRefusal
from lg_sandbox.one_login.jose import RSA_ALGORITHMS, Unverified, is_signed_by, read
from lg_sandbox.one_login.model import Client

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lg_sandbox.one_login.jose import Key

__all__ = ["ASSERTION_TYPE", "authenticate"]

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
"""The one kind of assertion (RFC 7523 section 2.2)."""


def authenticate(
    form: Mapping[str, str],
    *,
    clients: "Callable[[str], Client | None]",
    keys_of: "Callable[[Client, Unverified], Sequence[Key]]",
    audiences: Collection[str],
    seen: "Callable[[str, str, float], bool]",
    now: datetime,
) -> Client:
    """Find the service that sent a token request.

    Args:
        form: the fields of the request.
        clients: gives a registered service by its id.
        keys_of: gives the keys that its assertion may be signed with. It raises OSError when they
            cannot be fetched.
        audiences: what `aud` may name: the token endpoint and the issuer.
        seen: notes the id of an assertion of a service, with the second at which it expires, and
            says whether it was known.
        now: the instant.

    Returns:
        The service.

    Raises:
        TokenRefusal: with the code, text and status of the simulator.
    """
    token = _assertion(form)
    claims = token.claims
    client = clients(str(claims["sub"]))
    if client is None:
        raise TokenRefusal("invalid_client", "Client authentication failed", status=401)
    if now.timestamp() > claims["exp"]:
        raise TokenRefusal("invalid_grant", "private_key_jwt has expired")
    # simulator: a list must contain only those.
    if not set(_listed(claims["aud"])) <= set(audiences) or claims["iss"] != claims["sub"]:
        raise _wrong()
    try:
        keys = keys_of(client, token)
    except OSError:
        raise TokenRefusal("server_error", None, status=500) from None
    if not is_signed_by(token, keys):
        raise _wrong()
    # tech-docs, 'Create a JWT': jti is unique. The words of this error are ours.
    if seen(client.client_id, str(claims["jti"]), float(claims["exp"])):
        raise _wrong()
    if not client.active:
        raise TokenRefusal("unauthorized_client", "client deactivated")
    return client


def _assertion(form: Mapping[str, str]) -> Unverified:
    kind, text = form.get("client_assertion_type"), form.get("client_assertion")
    if not kind or not text:
        raise TokenRefusal("invalid_request", "Invalid token authentication method used")
    if kind != ASSERTION_TYPE:
        raise _unreadable()
    token = _read(text)
    if form.get("client_id", token.claims["sub"]) != token.claims["sub"]:
        raise _unreadable()
    return token


def _read(text: str) -> Unverified:
    """Read an assertion whose claims are all there and of the right kind."""
    try:
        token = read(text)
    except ValueError:
        raise _unreadable() from None
    claims = token.claims
    texts = all(isinstance(claims.get(name), str) and claims[name] for name in _TEXTS)
    audience = _listed(claims.get("aud"))
    times = _is_time(claims.get("exp")) and all(
        _is_time(claims[name]) for name in ("iat", "nbf") if name in claims
    )
    # measured: ES256 is refused, although an error text of One Login names it.
    if not texts or not audience or not times or token.algorithm not in RSA_ALGORITHMS:
        raise _unreadable()
    return token


# tech-docs, 'Create a JWT': jti is required. The simulator only logs that it is missing.
_TEXTS = ("iss", "sub", "jti")


def _is_time(value: object) -> bool:
    # A comparison that no number but a finite one passes.
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < _LATEST


_LATEST = 1e12


def _listed(audience: object) -> list[str]:
    if isinstance(audience, str):
        return [audience]
    if isinstance(audience, list):
        items = cast("list[object]", audience)
        return [each if isinstance(each, str) else "" for each in items]
    return []


def _unreadable() -> TokenRefusal:
    return TokenRefusal("invalid_request", "Invalid private_key_jwt")


def _wrong() -> TokenRefusal:
    return TokenRefusal("invalid_client", "Invalid signature in private_key_jwt")
