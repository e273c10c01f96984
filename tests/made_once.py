# SPDX-License-Identifier: MIT
"""What takes long to make, made once in a test process: RSA keys.

A sandbox makes its keys at first use, which takes a fifth of a second, and is not what a test with
a sandbox of its own is about.
"""

import functools
import secrets

from joserfc.jwk import RSAKey

from lg_sandbox import Sandbox
from lg_sandbox.one_login import SigningAlgorithm

__all__ = ["key_of", "with_keys"]

_KEY_BITS = 2048


@functools.cache
def _key(_purpose: str) -> RSAKey:
    return RSAKey.generate_key(_KEY_BITS)


@functools.cache
def _pair() -> tuple[str, str]:
    key = _key("service")
    return key.as_pem(private=True).decode(), key.as_pem(private=False).decode()


@functools.cache
def key_of(pem: str) -> RSAKey:
    """Read a private key, which is checked at length, once."""
    return RSAKey.import_key(pem)


def with_keys(sandbox: Sandbox) -> Sandbox:
    """Hand over the keys that One Login's stand-in would make; those of a rotation are new ones."""
    office = sandbox.one_login._office
    office.pair._pair = office.pair._pair or _pair()
    office.keys._current.setdefault(SigningAlgorithm.RS256, (secrets.token_hex(8), _key("tokens")))
    return sandbox
