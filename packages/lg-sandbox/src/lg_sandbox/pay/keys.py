# SPDX-License-Identifier: MIT
"""API keys of GOV.UK Pay's shape, which the stand-in gives out and checks."""

import base64
import hashlib
import hmac
import secrets
import string

__all__ = ["ID_ALPHABET", "checksum_holds", "new_id", "new_key"]

# publicapi code, AccountAuthenticator: a key is at least 33 characters, and its last 32 are the
# lower-case base32hex of an HMAC-SHA1 over everything before them.
_CHECKSUM_LENGTH = 32
_SHORTEST = 33
_RANDOM_LENGTH = 26

ID_ALPHABET = string.digits + "abcdefghijklmnopqrstuv"
"""The 32 characters that Pay's own ids are made of (spec, the examples of `payment_id`)."""


def new_id() -> str:
    """Make an id as Pay does: 26 random characters of digits and the letters a to v.

    Source: spec, `CreateCardPaymentRequest.agreement_id` (26 characters) and the examples.
    """
    return "".join(secrets.choice(ID_ALPHABET) for _ in range(_RANDOM_LENGTH))


def new_key(secret: bytes, *, live: bool = False) -> str:
    """Make an API key of Pay's shape.

    Args:
        secret: what the checksum is made with.
        live: whether the key is of a live account.

    Returns:
        `api_test_` or `api_live_`, 26 random characters and the checksum. Source: API reference,
        'Authentication', for the first part; publicapi code for the checksum.
    """
    token = ("api_live_" if live else "api_test_") + new_id()
    return token + _checksum(token, secret)


def checksum_holds(key: str, secret: bytes) -> bool:
    """Say whether a key ends in its own checksum, which Pay asks before it looks a key up.

    Args:
        key: what stood behind `Bearer`.
        secret: what the checksum is made with.

    Returns:
        True when the shape is right; the key may still be unknown.
    """
    if len(key) < _SHORTEST or not key.isascii():
        return False
    token, checksum = key[:-_CHECKSUM_LENGTH], key[-_CHECKSUM_LENGTH:]
    return hmac.compare_digest(checksum, _checksum(token, secret))


def _checksum(token: str, secret: bytes) -> str:
    digest = hmac.new(secret, token.encode(), hashlib.sha1).digest()
    return base64.b32hexencode(digest).decode().lower()
