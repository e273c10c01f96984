# SPDX-License-Identifier: MIT
"""API keys of GOV.UK Pay's: how they look, which are live, where they may go, how they change."""

import re
import threading
import time
from collections.abc import Callable, Mapping
from enum import StrEnum

from pydantic import SecretStr

from lg_core.errors import ConfigError, InvalidValueError
from lg_core.settings import check_secret, is_loopback
from lg_pay.new_payment import NewPayment

__all__ = ["GivenKey", "KeyKind", "KeyRing", "check_for_key", "checked_key", "kind_of"]

GivenKey = str | SecretStr | Callable[[], str | SecretStr]
"""An API key, or a function that gives it, so that it can change while a client is open."""

SETTING = "LG_PAY_API_KEY"
# pay-publicapi refuses, before it looks anything up, a key that is shorter than this or whose last
# 32 characters are no checksum in lower-case base32hex.
_CHECKSUM = 32
_ASK_AGAIN = 60.0
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


class KeyRing:
    """The key that a client uses now.

    A key that is given by a function is asked for again when GOV.UK Pay refuses the present one,
    at most once a minute. So a key can be replaced without a restart: make the new one, let the
    function give it, revoke the old one.

    Args:
        given: the key, or a function that gives it.
        base_url: where it is sent.

    Raises:
        ConfigError: the key cannot be used.
    """

    __slots__ = ("_asked", "_base_url", "_key", "_lock", "_source")

    def __init__(self, given: GivenKey, *, base_url: str) -> None:
        self._source = given if callable(given) else None
        self._base_url = base_url
        self._lock = threading.Lock()
        self._key = checked_key(given() if callable(given) else given, base_url=base_url)
        self._asked: float | None = None

    @property
    def key(self) -> SecretStr:
        """The key."""
        return self._key

    def headers(self) -> Mapping[str, str]:
        """Return the header with the key (API reference, 'Authentication')."""
        return {"authorization": f"Bearer {self._key.get_secret_value()}"}

    def replaced(self, refused: SecretStr) -> bool:
        """Say whether there is another key than the one that was refused, and use it from now on.

        Args:
            refused: the key that GOV.UK Pay refused.

        Raises:
            ConfigError: the new key cannot be used, or is for the other kind of account.
        """
        with self._lock:
            now = time.monotonic()
            asked_lately = self._asked is not None and now - self._asked < _ASK_AGAIN
            if self._source is not None and self._key == refused and not asked_lately:
                self._asked = now
                new = checked_key(self._source(), base_url=self._base_url)
                if kind_of(new) is not kind_of(self._key):
                    raise ConfigError(
                        f"{SETTING} was replaced by a key of another kind: a test key cannot stand "
                        "in for a live key, nor the reverse. Build a new client for it.",
                        setting=SETTING,
                    )
                self._key = new
            return self._key != refused


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
