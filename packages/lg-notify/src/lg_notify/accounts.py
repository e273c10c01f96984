# SPDX-License-Identifier: MIT
"""The services of a council on GOV.UK Notify, or of several: how they are described.

A council has a service on Notify, with its own keys, for each kind of letter or message that it
sends, and a supplier has some for each council. `NotifyAccounts` holds a client for each.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lg_core.accounts import Account, account_settings, read_tables
from lg_core.lazy import lazy_names
from lg_notify._platform import BASE_URL

if TYPE_CHECKING:
    from lg_notify._async.accounts import AsyncNotifyAccounts
    from lg_notify._sync.accounts import NotifyAccounts

__all__ = ["AsyncNotifyAccounts", "NotifyAccount", "NotifyAccounts", "accounts_in", "read_accounts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyAccount(Account):
    """One service on GOV.UK Notify, described.

    Give the key in one of three ways. A function, or a variable of the environment, is read again
    when Notify refuses the key, so that it can be replaced without a restart.

    Attributes:
        api_key: the key itself.
        key: a function that gives it, from a vault for example.
        key_env: the environment variable that holds it.
        council: the council's code or name, as `lg_core.councils.resolve` takes it.
        base_url: GOV.UK Notify's address, or a sandbox's.

    Raises:
        ConfigError: the key is given in no way, or in more than one.
    """

    key_home: ClassVar[str] = "GOV.UK Notify (API integration, API keys)"

    base_url: str = BASE_URL


def read_accounts(path: str | os.PathLike[str]) -> dict[str, NotifyAccount]:
    """Read services from a TOML file: one table a service, named as you call it.

        [bin-days]
        key_env = "NOTIFY_KEY_BIN_DAYS"
        council = "E08000035"

    Keys themselves do not belong in the file, and are refused there.

    Args:
        path: the file.

    Returns:
        The services, by name.

    Raises:
        ConfigError: the file cannot be read, or a service in it cannot be used; the text names
            the service and the setting.
    """
    return accounts_in(read_tables(path))


def accounts_in(tables: Mapping[str, object]) -> dict[str, NotifyAccount]:
    """Read services from tables that a TOML file had, one table a service.

    Args:
        tables: the tables, by the services' names.

    Returns:
        The services, by name.

    Raises:
        ConfigError: a service cannot be used; the text names the service and the setting.
    """
    return {name: _account(name, table) for name, table in tables.items()}


def _account(name: str, table: object) -> NotifyAccount:
    texts, _ = account_settings(name, table, texts=("key_env", "council", "base_url"))
    return NotifyAccount(
        key_env=texts["key_env"],
        council=texts.get("council"),
        base_url=texts.get("base_url", BASE_URL),
    )


if not TYPE_CHECKING:
    __getattr__ = lazy_names(
        __name__,
        {
            "AsyncNotifyAccounts": "lg_notify._async.accounts",
            "NotifyAccounts": "lg_notify._sync.accounts",
        },
    )
