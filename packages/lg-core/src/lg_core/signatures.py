# SPDX-License-Identifier: MIT
"""Check that a message was signed with a secret that we share with its sender.

What is signed is the raw body, byte for byte. A body that was parsed and written again is
another body: take the bytes before anything reads them as JSON.
"""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Final, NoReturn, Protocol, cast

from lg_core.errors import ConfigError, InvalidValueError

__all__ = ["RevealsSecret", "hmac_sha256_hex", "matches"]

_SETTING: Final = "secrets"


class RevealsSecret(Protocol):
    """Hold a secret that is shown only when asked for, as pydantic's `SecretStr` does."""

    def get_secret_value(self) -> str:
        """Return the secret itself."""
        ...


def hmac_sha256_hex(body: bytes, secret: "str | RevealsSecret") -> str:
    """Sign a body: its HMAC-SHA256 under the secret as UTF-8, in lower-case hexadecimal.

    GOV.UK Pay signs its webhooks so (technical documentation, 'Webhooks', `Pay-Signature`).

    Args:
        body: the raw bytes, before any JSON parsing.
        secret: the signing secret, as text or as `SecretStr`.

    Returns:
        64 characters.

    Raises:
        ConfigError: the secret is blank, or begins or ends with white space.
        InvalidValueError: the body is not bytes.
    """
    return hmac.new(_key(secret), _raw(body), hashlib.sha256).hexdigest()


def matches(
    body: bytes, signature: str | None, *, secrets: "Sequence[str | RevealsSecret]"
) -> bool:
    """Say whether one of the secrets signed the body.

    Give several secrets while one replaces another. Every secret is tried, and each comparison
    takes the same time wherever the texts differ, so that the time taken tells a forger nothing.
    A signature is no proof against repeats: remember the message's own id.

    Args:
        body: the raw bytes, before any JSON parsing.
        signature: the header as it came. White space around it and capitals do not matter.
            None, for a header that is not there, matches nothing.
        secrets: the signing secrets, at least one.

    Returns:
        True where one of them signed exactly these bytes.

    Raises:
        ConfigError: there is no secret, or one is blank or begins or ends with white space.
        InvalidValueError: the body is not bytes.
    """
    raw, keys = _raw(body), _keys(secrets)
    # compare_digest takes bytes of any kind; text it takes only in ASCII.
    given = (signature or "").encode(errors="backslashreplace").strip().lower()
    found = False
    for key in keys:
        expected = hmac.new(key, raw, hashlib.sha256).hexdigest().encode()
        found |= hmac.compare_digest(expected, given)
    return found


def _raw(body: object) -> bytes:
    if isinstance(body, bytes):
        return body
    raise InvalidValueError(
        f"body must be the raw bytes, before any JSON parsing, not a {type(body).__name__}. "
        "Take them from the request as they came.",
        field="body",
        code="wrong_type",
    )


def _keys(secrets: object) -> list[bytes]:
    # One text is a sequence too: of one-letter secrets, which anybody could guess.
    if not isinstance(secrets, Sequence) or isinstance(secrets, str | bytes):
        _refuse("secrets must be a list, also where there is one: secrets=[secret].")
    keys = [_key(secret) for secret in cast("Sequence[object]", secrets)]
    if not keys:
        _refuse("secrets is empty, so nothing could be verified. Give the signing secret.")
    return keys


def _key(secret: object) -> bytes:
    text = secret if isinstance(secret, str) else _revealed(secret)
    if not text.strip():
        _refuse("A signing secret is blank. Anybody could sign with it: set the secret.")
    if text != text.strip():
        _refuse("A signing secret begins or ends with white space. Take it out.")
    return text.encode()


def _revealed(secret: object) -> str:
    reveal = getattr(secret, "get_secret_value", None)
    text = reveal() if callable(reveal) else None
    if not isinstance(text, str):
        _refuse(f"A signing secret must be text or SecretStr, not a {type(secret).__name__}.")
    return text


def _refuse(message: str) -> NoReturn:
    raise ConfigError(message, setting=_SETTING)
