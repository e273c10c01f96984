# SPDX-License-Identifier: MIT
"""Check the token with which GOV.UK Notify calls: all that tells its callbacks from anybody's."""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Final, NoReturn, cast

from lg_core.errors import ConfigError
from lg_core.signatures import RevealsSecret

__all__ = ["bearer_matches", "checked_tokens"]

_SCHEME: Final = "bearer"
_SHORTEST: Final = 10


def bearer_matches(authorization: str | None, *, tokens: Sequence[str | RevealsSecret]) -> bool:
    """Say whether a request carries one of the tokens that you set in Notify.

    Notify sends `Authorization: Bearer` and the token (docs, 'Callbacks'). Every token is tried,
    and each comparison takes the same time wherever the texts differ and however long they are.

    Args:
        authorization: the header `Authorization` as it came, or None.
        tokens: the tokens, at least one; several while one replaces another.

    Returns:
        True where the header carries one of them.

    Raises:
        ConfigError: there is no token, or one is too short or holds white space.
    """
    return carries_one((authorization or ""), checked_tokens(tokens))


def checked_tokens(tokens: object) -> tuple[bytes, ...]:
    """Return the digests of the tokens.

    Args:
        tokens: a list of text or `SecretStr`.

    Raises:
        ConfigError: there is no token, or one cannot be used.
    """
    # One text is a sequence too: of one-letter tokens, which anybody could guess.
    if not isinstance(tokens, Sequence) or isinstance(tokens, str | bytes):
        _refuse("tokens must be a list, also where there is one: tokens=[token].")
    digests = tuple(_digest(_text(token)) for token in cast("Sequence[object]", tokens))
    if not digests:
        _refuse("tokens is empty, so no callback could be taken. Give the token of the callback.")
    return digests


def carries_one(authorization: str, digests: Sequence[bytes]) -> bool:
    """Say whether a header carries a token of one of the digests."""
    scheme, _, token = authorization.strip().partition(" ")
    # A digest has one length, so that not even the length of a token is told.
    given = _digest(token.strip())
    found = False
    for digest in digests:
        found |= hmac.compare_digest(digest, given)
    return found and scheme.lower() == _SCHEME


def _text(token: object) -> str:
    reveal = getattr(token, "get_secret_value", None)
    text = reveal() if callable(reveal) else token
    if not isinstance(text, str):
        _refuse(f"A token must be text or SecretStr, not a {type(token).__name__}.")
    if any(letter.isspace() for letter in text):
        _refuse("A token of a callback holds white space. Take it out, here and in Notify.")
    if len(text) < _SHORTEST:
        _refuse(
            f"A token of a callback has fewer than {_SHORTEST} characters, so it could be guessed. "
            "Set a longer one, here and in Notify (API integration, Callbacks)."
        )
    return text


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).digest()


def _refuse(message: str) -> NoReturn:
    raise ConfigError(message, setting="tokens")
