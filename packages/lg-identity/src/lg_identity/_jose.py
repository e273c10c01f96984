# SPDX-License-Identifier: MIT
"""Signatures: the one module that knows the JOSE library (docs/decisions/0017).

Loaded with a client and not with the package: importing joserfc takes longer than all the rest.
"""

import json
from collections.abc import Mapping

from joserfc import jwk, jws
from joserfc.errors import BadSignatureError, JoseError
from pydantic import SecretStr

from lg_core.errors import ConfigError
from lg_identity._tokens import Token, refused
from lg_identity.errors import SignInFault
from lg_identity.settings import SigningAlgorithm

__all__ = ["Signer", "verify"]

_SMALLEST_RSA = 2048


def verify(token: Token, key: Mapping[str, object], *, algorithm: str) -> None:
    """Check the algorithm and the signature of a token.

    Args:
        token: the token.
        key: the published key that it names, as a JWK.
        algorithm: the one algorithm that is accepted.

    Raises:
        SignInError: the token's or the key's algorithm is another, the key cannot be used, or the
            signature is not right.
    """
    if token.algorithm != algorithm:
        raise refused(token.step, SignInFault.ALGORITHM)
    if key.get("alg", algorithm) != algorithm or key.get("use", "sig") != "sig":
        raise refused(token.step, SignInFault.KEY)
    fault = _signature_fault(token, key, algorithm)
    if fault is not None:
        raise refused(token.step, fault)


def _signature_fault(token: Token, key: Mapping[str, object], algorithm: str) -> SignInFault | None:
    kinds = {"ES256": jwk.ECKey, "RS256": jwk.RSAKey}
    names = {"ES256": ("kty", "crv", "x", "y"), "RS256": ("kty", "n", "e")}
    # Only the numbers: a certificate or another member decides nothing here.
    numbers = {name: value for name in names[algorithm] if isinstance(value := key.get(name), str)}
    if numbers.get("kty") != kinds[algorithm].key_type:
        return SignInFault.KEY
    try:
        public = kinds[algorithm].import_key({**numbers})
        _ = public.raw_value  # made when it is first asked for
    except (JoseError, ValueError, TypeError, KeyError):
        return SignInFault.KEY
    try:
        jws.deserialize_compact(token.text, public, algorithms=[algorithm])
    except BadSignatureError:
        return SignInFault.SIGNATURE
    except (JoseError, ValueError):  # a key of another curve, a signature of another length
        return SignInFault.KEY
    return None


class Signer:
    """Signs what a service says of itself, with its private key.

    Args:
        private_key: the PEM.
        key_id: the key's published name.
        algorithm: how it signs.

    Raises:
        ConfigError: the PEM holds no RSA private key of 2,048 bits or more.
    """

    __slots__ = ("_algorithm", "_key", "_key_id")

    def __init__(self, private_key: SecretStr, *, key_id: str, algorithm: SigningAlgorithm) -> None:
        self._key = _load(private_key)
        self._key_id = key_id
        self._algorithm = algorithm.value

    def sign(self, claims: Mapping[str, object]) -> str:
        """Return a signed token.

        Args:
            claims: what it says.
        """
        header = {"alg": self._algorithm, "kid": self._key_id}
        payload = json.dumps(claims, separators=(",", ":"))
        return jws.serialize_compact(header, payload, self._key, algorithms=[self._algorithm])


def _load(private_key: SecretStr) -> jwk.RSAKey:
    pem = private_key.get_secret_value().replace("\\n", "\n").strip()
    key: jwk.RSAKey | None = None
    try:
        loaded = jwk.RSAKey.import_key(pem)
    except (JoseError, ValueError, TypeError):
        pass  # raised below, outside the handler: the loader's error may hold the key
    else:
        key = loaded
    if key is None or not key.is_private:
        raise ConfigError(
            "private_key holds no RSA private key that can be read. Give the PEM that begins with "
            "-----BEGIN PRIVATE KEY-----, without a password.",
            setting="private_key",
        )
    if key.raw_value.key_size < _SMALLEST_RSA:
        raise ConfigError(
            f"private_key has fewer than {_SMALLEST_RSA} bits. Make a new key.",
            setting="private_key",
        )
    return key
