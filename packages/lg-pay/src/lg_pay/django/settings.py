# SPDX-License-Identifier: MIT
"""Read the setting `LG_PAY` of a Django project, and build from it what the command needs."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.utils import module_loading

from lg_core.errors import ConfigError
from lg_pay._platform import BASE_URL
from lg_pay._sync.accounts import PayAccounts
from lg_pay._sync.book import PaymentBook
from lg_pay._sync.client import PayClient
from lg_pay.book import Change

if TYPE_CHECKING:
    from pydantic import SecretStr

__all__ = ["read_book", "read_pay", "read_tell"]

_KNOWN = {"STORE", "API_KEY", "BASE_URL", "ACCOUNTS", "TELL"}


def read_book() -> PaymentBook:
    """Open the payment book that `LG_PAY["STORE"]` names.

    Raises:
        ConfigError: the setting is missing or wrong.
    """
    store = _setting("STORE")
    if not isinstance(store, str | Path):
        raise ConfigError(
            'LG_PAY["STORE"] is missing: name the file or the address of the payment book, such '
            "as postgresql://pay@db.internal/pay.",
            setting="LG_PAY",
        )
    return PaymentBook(store)


def read_pay() -> PayClient | PayAccounts:
    """Build the client of `LG_PAY["API_KEY"]`, or those of the file `LG_PAY["ACCOUNTS"]`.

    Where neither is set, the client is built from the environment: `LG_PAY_API_KEY`.

    Raises:
        ConfigError: a setting is missing or wrong.
    """
    accounts, key = _setting("ACCOUNTS"), _setting("API_KEY")
    if isinstance(accounts, str | Path):
        return PayAccounts.from_toml(accounts)
    if key is None:
        return PayClient.from_env()
    return PayClient(cast("str | SecretStr", key), base_url=str(_setting("BASE_URL") or BASE_URL))


def read_tell() -> Callable[[Change], object] | None:
    """Import the function that `LG_PAY["TELL"]` names, or return None where it names none.

    Raises:
        ConfigError: there is no such function.
    """
    path = _setting("TELL")
    if path is None:
        return None
    try:
        tell: object = cast("Any", module_loading).import_string(str(path))
    except ImportError as error:
        raise ConfigError(
            'LG_PAY["TELL"] names no function that can be imported: write it as '
            '"package.module.function".',
            setting="LG_PAY",
        ) from error
    return cast("Callable[[Change], object]", tell)


def _setting(name: str) -> object:
    given: object = getattr(settings, "LG_PAY", None)
    if not isinstance(given, Mapping):
        raise ConfigError(
            "The Django setting LG_PAY is missing: set it to a dictionary with STORE in it.",
            setting="LG_PAY",
        )
    values = cast("Mapping[str, object]", given)
    unknown = len(values.keys() - _KNOWN)
    if unknown:
        raise ConfigError(
            f"The Django setting LG_PAY has {unknown} names that mean nothing here. It may have: "
            f"{', '.join(sorted(_KNOWN))}.",
            setting="LG_PAY",
        )
    return values.get(name)
