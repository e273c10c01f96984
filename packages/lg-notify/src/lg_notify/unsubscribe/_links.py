# SPDX-License-Identifier: MIT
"""Links with which a person stops messages: signed, good for ever, and without their address.

A link holds the way (`email`), the name of a list, and the digest of the recipient: a name that
only who has the secret can make. So nobody can read in a link, or in the log of a server, whose it
is. What can be seen is that two links are the same person's. Encrypting the address would hide
that too, and would put an address into every link, open to whoever ever gets the secret; and a
link that is a number would need a table of everybody who was ever written to.

    version and way (1 byte) | digest (16) | name of the list | signature (16), in base64url
"""

import base64
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from lg_core.errors import ConfigError, InvalidValueError
from lg_core.signatures import RevealsSecret
from lg_notify.unsubscribe._digests import (
    DIGEST_BYTES,
    WAYS,
    Key,
    checked_list,
    checked_way,
    keys_of,
    normal_form,
)

__all__ = ["LinkError", "LinkFault", "Links", "Unsubscription"]

_VERSION: Final = 0x10
_LONGEST_TOKEN: Final = 300
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


class LinkFault(StrEnum):
    """Why a link cannot be used: the `code` of the error."""

    MALFORMED = "malformed"
    """It is no link of ours, often one that was cut short."""
    FORGED = "forged"
    """None of the secrets signed it: it was changed, or the secret was taken out."""


class LinkError(InvalidValueError):
    """A link that cannot be used. `code` is a `LinkFault`."""


@dataclass(frozen=True, slots=True)
class Unsubscription:
    """What a link asks for.

    Attributes:
        channel: the way in which the person no longer wants messages.
        list_name: the list that they leave; None for all messages of that way.
        digest: names the person and does not tell who it is; never printed.
        key_id: names the secret that the link was made with.
    """

    channel: str
    list_name: str | None
    digest: str = field(repr=False)
    key_id: str


class Links:
    """Makes and reads the links.

    Args:
        secrets: what signs them, 32 characters or more each, for this alone. The first makes new
            links; the others are for links that are out there. Take a secret out only when nobody
            will open a message any more that was sent under it: their links end with it.
        base_url: the https address of the page without the token, as the mount and the path make
            it, such as `https://www.example.gov.uk/messages/unsubscribe`.

    Raises:
        ConfigError: there is no secret, or one is too short, or the address is not https.
    """

    def __init__(self, secrets: Sequence[str | RevealsSecret], *, base_url: str) -> None:
        self._keys = keys_of(secrets)
        self._base_url = _checked_url(base_url)

    def __repr__(self) -> str:
        return f"Links({len(self._keys)} secrets)"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("Links hold secrets and are not pickled. Build them where they are used.")

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The names of the secrets, which do not tell them."""
        return tuple(key.id for key in self._keys)

    def link_for(self, channel: str, recipient: str, *, list_name: str | None = None) -> str:
        """Make the link for a person, for `one_click_unsubscribe_url` and for the message itself.

        The same person, way and list make the same link.

        Args:
            channel: the way that it ends: `email`, `sms` or `letter`.
            recipient: the address or the number that the message goes to.
            list_name: the list, or the case, that it ends: letters, digits, `.`, `-` and `_`. It
                can be read in the link. None for all messages of the way.

        Returns:
            The https address.

        Raises:
            InvalidValueError: a value is wrong; the error names it and does not repeat it.
        """
        way, name, key = checked_way(channel), checked_list(list_name), self._keys[0]
        digest = key.digest(way, normal_form(way, recipient))
        message = bytes([_VERSION + WAYS.index(way)]) + digest + name.encode()
        return f"{self._base_url}/{_token_of(message + key.tag(message))}"

    def read(self, token: str) -> Unsubscription:
        """Read the token of a link: what follows the last slash.

        Args:
            token: as it came.

        Returns:
            What the link asks for.

        Raises:
            LinkError: it is cut short, changed, or of a secret that is not here. `code` is a
                `LinkFault`.
        """
        raw = _bytes_of(token)
        if raw is None or raw[0] - _VERSION not in range(len(WAYS)):
            raise LinkError(
                "The token is no whole link. It was cut short, or somebody made it up.",
                field="token",
                code=LinkFault.MALFORMED,
            )
        message, tag = raw[:-DIGEST_BYTES], raw[-DIGEST_BYTES:]
        signer = _signer(self._keys, message, tag)
        if signer is None:
            raise LinkError(
                "None of the secrets signed the token. Give the secret that it was made with, "
                "also one that was replaced.",
                field="token",
                code=LinkFault.FORGED,
            )
        name = message[1 + DIGEST_BYTES :].decode("ascii")  # signed, so it is what we wrote
        return Unsubscription(
            channel=WAYS[raw[0] - _VERSION],
            list_name=name or None,
            digest=message[1 : 1 + DIGEST_BYTES].hex(),
            key_id=signer.id,
        )


def _signer(keys: Sequence[Key], message: bytes, tag: bytes) -> Key | None:
    signer = None
    for key in keys:  # every key is tried, so that the time taken tells nothing
        if hmac.compare_digest(key.tag(message), tag):
            signer = key
    return signer


def _bytes_of(token: str) -> bytes | None:
    if not _TOKEN.fullmatch(token) or len(token) > _LONGEST_TOKEN or len(token) % 4 == 1:
        return None
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    return raw if len(raw) > 2 * DIGEST_BYTES and _token_of(raw) == token else None


def _token_of(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _checked_url(base_url: str) -> str:
    try:
        parts = urlsplit(base_url)
        good = parts.scheme == "https" and bool(parts.hostname) and parts.username is None
        _ = parts.port  # read for its error: a port that is no number
    except ValueError:
        good = False
    plain = base_url.isascii() and base_url.isprintable() and not set(base_url) & set(" ?#")
    if not good or not plain:
        raise ConfigError(
            "base_url must be an https address without a query, such as "
            "https://www.example.gov.uk/messages/unsubscribe: Notify takes no other, and the "
            "token follows it.",
            setting="base_url",
        )
    return base_url.rstrip("/")
