# SPDX-License-Identifier: MIT
"""The keys that the stand-in signs with, made at first use, and their rotation."""

import secrets
import threading
from typing import TYPE_CHECKING, Any

from lg_sandbox.one_login.model import SigningAlgorithm

if TYPE_CHECKING:
    from lg_sandbox.one_login.jose import Key

__all__ = ["KeyPair", "KeyRing"]


class KeyRing:
    """Keys for one purpose: one for each algorithm signs, older ones may still be published.

    Args:
        algorithms: what is signed with.
        prefix: what the ids of the keys begin with.
    """

    def __init__(self, *algorithms: SigningAlgorithm, prefix: str = "") -> None:
        self._algorithms = algorithms
        self._prefix = prefix
        self._lock = threading.Lock()
        self._current: dict[SigningAlgorithm, tuple[str, Key]] = {}
        self._older: list[tuple[SigningAlgorithm, str, Key]] = []

    def signing(self, algorithm: SigningAlgorithm) -> "tuple[str, Key]":
        """Return the key that signs now.

        Args:
            algorithm: what to sign with.

        Returns:
            The id of the key, and the key.
        """
        with self._lock:
            if algorithm not in self._current:
                self._current[algorithm] = (
                    f"{self._prefix}{secrets.token_hex(8)}",
                    _new(algorithm),
                )
            return self._current[algorithm]

    def published(self) -> "list[tuple[str, Key, dict[str, Any]]]":
        """Return every published key: its id, the key, and its public part as a JWK."""
        now = [(algorithm, *self.signing(algorithm)) for algorithm in self._algorithms]
        with self._lock:
            listed = [*now, *self._older]
        return [
            (
                kid,
                key,
                {
                    **key.as_dict(private=False),
                    "kid": kid,
                    "use": "sig",
                    "alg": algorithm.value,
                },
            )
            for algorithm, kid, key in listed
        ]

    def rotate(self, *, keep_old: bool) -> None:
        """Sign with new keys from now on.

        Args:
            keep_old: whether the old keys stay published, as in a planned rotation.
        """
        for algorithm in self._algorithms:
            self.signing(algorithm)
        with self._lock:
            if keep_old:
                self._older += [(name, *held) for name, held in self._current.items()]
            else:
                self._older.clear()
            self._current.clear()


class KeyPair:
    """The RSA key pair of a service, made at first use: 2048 bits (tech-docs, 'key pair')."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pair: tuple[str, str] | None = None

    @property
    def private(self) -> str:
        """The private key as PEM."""
        return self._made()[0]

    @property
    def public(self) -> str:
        """The public key as PEM."""
        return self._made()[1]

    def _made(self) -> tuple[str, str]:
        with self._lock:
            if self._pair is None:
                self._pair = _new_pair()
            return self._pair


def _new_pair() -> tuple[str, str]:
    from joserfc import jwk  # noqa: PLC0415 -- loads cryptography: only who signs in pays for it

    key = jwk.RSAKey.generate_key(2048)
    return key.as_pem(private=True).decode(), key.as_pem(private=False).decode()


def _new(algorithm: SigningAlgorithm) -> "Key":
    from joserfc import jwk  # noqa: PLC0415 -- as above

    if algorithm is SigningAlgorithm.RS256:
        return jwk.RSAKey.generate_key(2048)
    return jwk.ECKey.generate_key("P-256")
