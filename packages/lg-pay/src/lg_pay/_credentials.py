# SPDX-License-Identifier: MIT
"""API keys of GOV.UK Pay's: how they look, which are live, where they may go, how they change."""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import partial

from pydantic import SecretStr

from lg_core import accounts
from lg_core.accounts import GivenKey
from lg_core.errors import ConfigError, InvalidValueError
from lg_core.settings import check_secret, is_loopback
from lg_pay.new_payment import NewPayment

__all__ = ["GivenKey", "KeyKind", "KeyRing", "check_for_key", "checked_key", "kind_of"]

SETTING = "LG_PAY_API_KEY"
# pay-publicapi refuses, before it looks anything up, a key that is shorter than this or whose last
# 32 characters are no checksum in lower-case base32hex.
_CHECKSUM = 32
_SHAPE = re.compile(rf".+[0-9a-v]{{{_CHECKSUM}}}")


class KeyKind(StrEnum):
    """What an API key takes: play money, or a resident's."""

    TEST = "test"
    LIVE = "live"
    UNKNOWN = "unknown"


def kind_of(key: SecretStr) -> KeyKind:
    """Tell a test key from a live one by how it begins."""
    text = key.get_secret_value()
    if text.startswith("api_test_"):
        return KeyKind.TEST
    return KeyKind.LIVE if text.startswith("api_live_") else KeyKind.UNKNOWN


def checked_key(api_key: str | SecretStr, *, base_url: str) -> SecretStr:
    """Refuse a key that cannot be one, or that must not go to this address.

    Args:
        api_key: the key.
        base_url: where it would be sent.

    Raises:
        ConfigError: the key is blank, cut short or copied with something beside it, or a live key
            would go to a loopback address.
    """
    key = check_secret(api_key, setting=SETTING)
    if not _SHAPE.fullmatch(key.get_secret_value()):
        raise ConfigError(
            f"{SETTING} is not a whole GOV.UK Pay API key: it must have at least "
            f"{_CHECKSUM + 1} characters and end with its checksum. Copy it again from the GOV.UK "
            "Pay admin tool (Settings, API keys).",
            setting=SETTING,
        )
    if kind_of(key) is KeyKind.LIVE and is_loopback(base_url):
        raise ConfigError(
            f"{SETTING} is a live key, and base_url is an address on this machine: a sandbox must "
            "not see it. Use the sandbox's own key.",
            setting=SETTING,
        )
    return key


class KeyRing(accounts.KeyRing[SecretStr]):
    """The key that a client uses now; see `lg_core.accounts.KeyRing` for how it changes.

    Args:
        given: the key, or a function that gives it.
        base_url: where it is sent.

    Raises:
        ConfigError: the key cannot be used.
    """

    __slots__ = ()

    def __init__(self, given: GivenKey, *, base_url: str) -> None:
        super().__init__(
            given,
            read=partial(checked_key, base_url=base_url),
            check_successor=_check_same_kind,
        )

    def headers(self) -> Mapping[str, str]:
        """Return the header with the key (API reference, 'Authentication')."""
        return {"authorization": f"Bearer {self.key.get_secret_value()}"}


def _check_same_kind(present: SecretStr, new: SecretStr) -> None:
    if kind_of(new) is not kind_of(present):
        raise ConfigError(
            f"{SETTING} was replaced by a key of another kind: a test key cannot stand in for a "
            "live key, nor the reverse. Build a new client for it.",
            setting=SETTING,
        )


def check_for_key(new: NewPayment, key: SecretStr) -> None:
    """Refuse what a live account refuses (P0920: a return address that is not https).

    Raises:
        InvalidValueError: the return address of a live payment is not https.
    """
    if (
        kind_of(key) is KeyKind.LIVE
        and new.return_url is not None
        and not new.return_url.lower().startswith("https://")
    ):
        raise InvalidValueError(
            "NewPayment: return_url: must begin with https:// for a live key.",
            field="return_url",
            code="not_https",
        )
