# SPDX-License-Identifier: MIT
"""The bearer tokens of GOV.UK Notify: JSON Web Tokens signed with HS256.

This package has no JOSE library, and Notify uses one algorithm and two claims. So the tokens are
written and checked here by hand, with hmac, base64 and json (RFC 7515 section 3.1, RFC 7519
section 7.2). This is for a stand-in: a program that guards something real uses a JOSE library.
"""

import base64
import binascii
import hashlib
import hmac
import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

from lg_sandbox.notify.errors import ErrorName, NotifyError, Refusal
from lg_sandbox.notify.keys import ApiKey

__all__ = ["LEEWAY_SECONDS", "Keyring", "check", "sign"]

LEEWAY_SECONDS = 30
"""How far a token's time may lie from the server's, in seconds (technical documentation)."""

_SCHEME = "bearer "

_K = TypeVar("_K")


@dataclass(frozen=True, slots=True)
class Keyring(Generic[_K]):
    """The keys of a service.

    Args:
        keys: all of them, revoked ones too.
        archived: whether the service was deleted.
    """

    keys: Sequence[_K] = field(repr=False)
    archived: bool = False


@dataclass(frozen=True, slots=True)
class _Token:
    signed: bytes
    header: dict[str, Any]
    claims: dict[str, Any]
    signature: bytes


def sign(key: ApiKey, *, now: float) -> str:
    """Make a token, as a client of Notify does.

    Args:
        key: whose.
        now: the time of issue, in seconds since 1970.

    Returns:
        The token, without the word Bearer.
    """
    head = _encode({"typ": "JWT", "alg": "HS256"})
    body = _encode({"iss": key.service, "iat": int(now)})
    signed = f"{head}.{body}"
    return f"{signed}.{_base64(_digest(signed.encode(), key.secret))}"


def check(
    authorization: str | None,
    *,
    ring_of: Callable[[str], "Keyring[_K] | None"],
    secret_of: Callable[[_K], str],
    now: float,
) -> _K:
    """Find the key that a request was signed with.

    The order is Notify's: header, token, service, then each key of the service (notifications-api,
    `app/authentication/auth.py`). The texts are those of the recorded answers.

    Args:
        authorization: the header `Authorization`.
        ring_of: gives the keys of a service by its id; None when there is no such service.
        secret_of: gives the secret of a key.
        now: the server's time, in seconds since 1970.

    Returns:
        The key.

    Raises:
        Refusal: 401 or 403 `AuthError`.
    """
    token = _read(authorization)
    issuer = token.claims.get("iss")
    if issuer is None:
        raise _refuse("Invalid token: iss field not provided")
    ring = ring_of(_service(issuer))
    if ring is None:
        raise _refuse("Invalid token: service not found")
    if not ring.keys:
        raise _refuse("Invalid token: service has no API keys")
    if ring.archived:
        raise _refuse("Invalid token: service is archived")
    if token.header.get("alg") != "HS256":
        raise _refuse("Invalid token: algorithm used is not HS256")
    for key in ring.keys:
        if not hmac.compare_digest(_digest(token.signed, secret_of(key)), token.signature):
            continue
        issued = token.claims.get("iat")
        if isinstance(issued, bool) or not isinstance(issued, int | float):
            continue
        # A negated comparison, so that a time that is no number counts as off.
        if not abs(issued - int(now)) <= LEEWAY_SECONDS:
            raise _refuse("Error: Your system clock must be accurate to within 30 seconds")
        return key
    raise _refuse("Invalid token: API key not found")


def _read(authorization: str | None) -> _Token:
    if not authorization:
        raise _refuse("Unauthorized: authentication token must be provided", status=401)
    if authorization[: len(_SCHEME)].lower() != _SCHEME:
        raise _refuse("Unauthorized: authentication bearer scheme must be used", status=401)
    try:
        head, body, signature = authorization[len(_SCHEME) :].strip().split(".")
        signed = f"{head}.{body}".encode("ascii")
        return _Token(signed, _object(head), _object(body), _decode(signature))
    except (ValueError, RecursionError):
        raise _refuse(
            "Invalid token: make sure your API token matches the example at "
            "https://docs.notifications.service.gov.uk/rest-api.html#authorisation-header"
        ) from None


def _service(issuer: object) -> str:
    try:
        return str(uuid.UUID(cast("str", issuer)))
    except (AttributeError, TypeError, ValueError):
        raise _refuse("Invalid token: service id is not the right data type") from None


def _refuse(message: str, *, status: int = 403) -> Refusal:
    return Refusal(status, [NotifyError(ErrorName.AUTH, message)])


def _digest(signed: bytes, secret: str) -> bytes:
    return hmac.new(secret.encode(), signed, hashlib.sha256).digest()


def _encode(value: dict[str, Any]) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        raise ValueError from None


def _object(text: str) -> dict[str, Any]:
    value = json.loads(_decode(text))
    if not isinstance(value, dict):
        raise ValueError  # noqa: TRY004 -- one kind of failure for all that is not a token
    return cast("dict[str, Any]", value)
