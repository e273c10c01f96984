# SPDX-License-Identifier: MIT
"""JSON Web Tokens: sign, read without trust, and verify. The JOSE library loads at first use."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from joserfc.jwk import ECKey, RSAKey

    Key = ECKey | RSAKey

__all__ = ["RSA_ALGORITHMS", "Unverified", "is_signed_by", "public_keys", "read", "rsa_key", "sign"]

RSA_ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})
"""What a service may sign with (discovery document; measured: ES256 is refused)."""

_PARTS = 3


@dataclass(frozen=True, slots=True)
class Unverified:
    """A token as it came: nothing in it is to be believed yet.

    Args:
        text: the token.
        header: its header.
        claims: its claims.
    """

    text: str = field(repr=False)
    header: Mapping[str, Any] = field(repr=False)
    claims: Mapping[str, Any] = field(repr=False)

    @property
    def algorithm(self) -> str:
        """The algorithm that the header names."""
        return str(self.header.get("alg", ""))

    @property
    def key_id(self) -> str | None:
        """The key that the header names."""
        kid = self.header.get("kid")
        return kid if isinstance(kid, str) else None


def sign(claims: Mapping[str, Any], *, key: "Key", kid: str, typ: str = "JWT") -> str:
    """Sign claims.

    Args:
        claims: the claims.
        key: the private key; an elliptic one signs with ES256, an RSA one with RS256.
        kid: the id of the key, as the header names it.
        typ: the header's type.

    Returns:
        The token.
    """
    from joserfc import jwt  # noqa: PLC0415 -- loads cryptography: only who signs pays for it

    algorithm = "ES256" if key.key_type == "EC" else "RS256"
    header = {"alg": algorithm, "kid": kid, "typ": typ}
    return jwt.encode(header, dict(claims), key, algorithms=[algorithm])


def read(text: str) -> Unverified:
    """Read a signed token without checking its signature.

    Args:
        text: the token.

    Returns:
        What it says.

    Raises:
        ValueError: when it is not three parts of base64url, with JSON objects in two of them.
    """
    parts = text.split(".")
    if len(parts) != _PARTS or not parts[-1]:
        raise ValueError("a signed token has three parts")
    _decoded(parts[-1])
    return Unverified(text, _object(parts[0]), _object(parts[1]))


def is_signed_by(token: Unverified, keys: "Sequence[Key]") -> bool:
    """Say whether one of some keys has signed a token, with the algorithm that its header names.

    Args:
        token: the token.
        keys: the keys to try.

    Returns:
        True when one of them fits.
    """
    from joserfc import errors, jws  # noqa: PLC0415 -- as in `sign`

    for key in keys:
        try:
            jws.deserialize_compact(token.text, key, algorithms=[token.algorithm])
        except (errors.JoseError, ValueError):
            continue  # the next key may fit
        return True
    return False


def rsa_key(pem: str) -> "RSAKey":
    """Read an RSA public key.

    Args:
        pem: the key as PEM, or the base64 text between its lines alone.

    Returns:
        The key.

    Raises:
        ValueError: when it is none.
    """
    from joserfc import errors, jwk  # noqa: PLC0415 -- as in `sign`

    text = pem.strip()
    # simulator, `validate-private-key-jwt`: the first and last line may be left out.
    if not text.startswith("-----BEGIN"):
        text = f"-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n"
    try:
        return jwk.RSAKey.import_key(text)
    except (errors.JoseError, TypeError, ValueError):
        raise ValueError("This is no RSA key in PEM: copy the whole public key.") from None


def public_keys(document: object) -> "dict[str, RSAKey]":
    """Read the keys of a service's key set by their ids.

    Args:
        document: the key set, as it was published.

    Returns:
        The RSA keys for signing. Others are passed over (simulator: `use` is sig, `kty` is RSA).

    Raises:
        ValueError: when it is no key set, or one of those keys is none.
    """
    from joserfc import errors, jwk  # noqa: PLC0415 -- as in `sign`

    members = cast("dict[str, Any]", document).get("keys") if isinstance(document, dict) else None
    if not isinstance(members, list):
        raise ValueError("A key set is an object with a list `keys`.")  # noqa: TRY004 -- one kind
    found: dict[str, RSAKey] = {}
    for each in cast("list[object]", members):
        member = cast("dict[str, Any]", each) if isinstance(each, dict) else {}
        kid = member.get("kid")
        if member.get("kty") == "RSA" and member.get("use") == "sig" and isinstance(kid, str):
            try:
                found[kid] = jwk.RSAKey.import_key(member)
            except (errors.JoseError, TypeError, ValueError, KeyError):
                raise ValueError("A key of this key set is no RSA key.") from None
    return found


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("a part of a token is no base64url") from None


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(_decoded(text))
    except (ValueError, RecursionError):
        raise ValueError("a part of a token is no JSON") from None
    if not isinstance(value, dict):
        raise ValueError("a part of a token is no JSON object")  # noqa: TRY004 -- one kind
    return cast("dict[str, Any]", value)
