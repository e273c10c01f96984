# SPDX-License-Identifier: MIT
"""An API key of the OS Data Hub, and the header that carries it."""

from collections.abc import Callable, Mapping

from pydantic import SecretStr

from lg_core.settings import check_secret

__all__ = ["authorisation", "checked_key"]

SETTING = "LG_PLACES_API_KEY"


def checked_key(api_key: str | SecretStr) -> SecretStr:
    """Refuse a key that was damaged on its way. OS does not document what a key looks like.

    Args:
        api_key: the key.

    Raises:
        ConfigError: the key is blank, or was copied with something beside it.
    """
    return check_secret(api_key, setting=SETTING)


def authorisation(key: SecretStr) -> Callable[[], Mapping[str, str]]:
    """Make the function that gives the header with the key.

    OS also takes the key in the address, where proxies log it and where its own answers repeat it.
    """

    def headers() -> Mapping[str, str]:
        return {"key": key.get_secret_value()}

    return headers
