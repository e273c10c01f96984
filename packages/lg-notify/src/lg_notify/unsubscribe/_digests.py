# SPDX-License-Identifier: MIT
"""Name a person without saying who: the digests that links and the suppression list go by.

A digest is the HMAC-SHA256 of the way and the recipient, cut to 128 bits, under a secret of yours.
A plain digest would not do: there are few enough telephone numbers to try them all, and addresses
are in every stolen list. A recipient is brought into one form first.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NoReturn, cast

from lg_core.errors import ConfigError, InvalidValueError
from lg_notify._one_form import one_form

__all__ = [
    "DIGEST_BYTES",
    "WAYS",
    "Key",
    "checked_list",
    "checked_way",
    "is_recipient",
    "keys_of",
    "normal_form",
]

DIGEST_BYTES: Final = 16
WAYS: Final = ("email", "sms", "letter")
"""How people are written to. Links hold a way by its place here, so nothing may move."""

_SHORTEST_SECRET: Final = 32
_LONGEST_LIST: Final = 80
_LONGEST_RECIPIENT: Final = 1000
_FEWEST_DIGITS: Final = 7
_LIST: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Key:
    """A secret that digests and links are made with.

    Attributes:
        id: names the secret and does not tell it, so that a row says which one it was made with.
        secret: the secret, as bytes.
    """

    id: str
    secret: bytes = field(repr=False)

    def digest(self, way: str, recipient: str) -> bytes:
        """Name a recipient.

        Args:
            way: `email`, `sms` or `letter`.
            recipient: in its normal form.
        """
        return self._mac("recipient", f"{way}\0{recipient}".encode("utf-8", "surrogatepass"))

    def tag(self, message: bytes) -> bytes:
        """Sign the message of a link."""
        return self._mac("link", message)

    def _mac(self, purpose: str, message: bytes) -> bytes:
        # The purpose stands first, so that a digest is never a signature.
        text = b"lg-notify." + purpose.encode() + b"\0" + message
        return hmac.new(self.secret, text, hashlib.sha256).digest()[:DIGEST_BYTES]


def keys_of(secrets: object) -> tuple[Key, ...]:
    """Read secrets: the first is used for what is new, the others for what is there.

    Args:
        secrets: a list of text or `SecretStr`, each of 32 characters or more.

    Raises:
        ConfigError: there is none, or one cannot be used.
    """
    # One text is a sequence too: of one-letter secrets, which anybody could guess.
    if not isinstance(secrets, Sequence) or isinstance(secrets, str | bytes):
        _refuse("secrets must be a list, also where there is one: secrets=[secret].")
    keys = tuple(_key(secret) for secret in cast("Sequence[object]", secrets))
    if not keys:
        _refuse("secrets is empty. Give the secret of your links, 32 characters or more.")
    return keys


def _key(secret: object) -> Key:
    reveal = getattr(secret, "get_secret_value", None)
    text = reveal() if callable(reveal) else secret
    if not isinstance(text, str):
        _refuse(f"A secret must be text or SecretStr, not a {type(secret).__name__}.")
    if text != text.strip() or len(text) < _SHORTEST_SECRET:
        _refuse(
            f"A secret of links must have {_SHORTEST_SECRET} characters or more, and no white "
            "space around it. Make one with secrets.token_urlsafe(32)."
        )
    raw = text.encode()
    name = hmac.new(raw, b"lg-notify.key", hashlib.sha256).hexdigest()[:8]
    return Key(name, raw)


def _refuse(message: str) -> NoReturn:
    raise ConfigError(message, setting="secrets")


def checked_way(way: str) -> str:
    """Return a way in which people are written to.

    Raises:
        InvalidValueError: it is none.
    """
    if way not in WAYS:
        raise InvalidValueError(
            f"channel must be one of {', '.join(WAYS)}.", field="channel", code="enum"
        )
    return str(way)


def checked_list(list_name: str | None) -> str:
    """Return the name of a list, or nothing for all lists.

    Raises:
        InvalidValueError: it is none that a link can hold.
    """
    if list_name is None:
        return ""
    if not _LIST.fullmatch(list_name) or len(list_name) > _LONGEST_LIST:
        raise InvalidValueError(
            f"list_name must be 1 to {_LONGEST_LIST} letters, digits, dots, hyphens and "
            "underscores. It can be read in a link, so it may say nothing of a person.",
            field="list_name",
            code="not_a_name",
        )
    return list_name


def normal_form(way: str, recipient: str) -> str:
    """Bring a recipient into the form that digests are made of: see `one_form`.

    Args:
        way: `email`, `sms` or `letter`.
        recipient: as it was typed, or as Notify gives it.

    Raises:
        InvalidValueError: it can be no recipient of this way.
    """
    if len(recipient) > _LONGEST_RECIPIENT:
        raise _no_recipient(way)
    form = one_form(way, recipient)
    if way == "sms":
        good = len(form) >= _FEWEST_DIGITS
    elif way == "email":
        local, at, host = form.rpartition("@")
        good = bool(local and at and host) and " " not in form
    else:
        good = bool(form)
    if not good:
        raise _no_recipient(way)
    return form


def is_recipient(way: str, recipient: str) -> bool:
    """Say whether a text can be a recipient of a way."""
    try:
        normal_form(way, recipient)
    except InvalidValueError:
        return False
    return True


def _no_recipient(way: str) -> InvalidValueError:
    what = {"email": "one e-mail address", "sms": "a telephone number"}.get(way, "an address")
    return InvalidValueError(
        f"recipient must be {what}, in at most {_LONGEST_RECIPIENT:,} characters.",
        field="recipient",
        code="not_a_recipient",
    )
