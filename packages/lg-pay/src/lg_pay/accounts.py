# SPDX-License-Identifier: MIT
"""The GOV.UK Pay accounts of a council, or of several: how they are described, and which is meant.

GOV.UK Pay gives one account, with its own key, to each service. `PayAccounts` holds a client for
each.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lg_core.accounts import (
    Account,
    account_for_council,
    account_for_service,
    account_settings,
    checked_accounts,
    only_account,
    read_tables,
)
from lg_core.errors import ConfigError, LgError
from lg_core.lazy import lazy_names
from lg_pay._platform import BASE_URL

if TYPE_CHECKING:
    from lg_pay._async.accounts import AsyncPayAccounts
    from lg_pay._sync.accounts import PayAccounts

__all__ = [
    "AccountsFailedError",
    "AsyncPayAccounts",
    "PayAccount",
    "PayAccounts",
    "account_for_council",
    "account_for_fund",
    "account_for_service",
    "accounts_in",
    "checked_accounts",
    "read_accounts",
]


class AccountsFailedError(LgError):
    """Some accounts could not be asked, and the others were.

    Args:
        failures: what went wrong, by the account's name.
    """

    def __init__(self, failures: Mapping[str, LgError]) -> None:
        names = ", ".join(sorted(failures))
        super().__init__(
            f"These accounts could not be searched whole: {names}. What the others gave is "
            "complete. See failures for each reason.",
            previous=tuple(failures.values()),
        )
        self.failures = dict(failures)


@dataclass(frozen=True, slots=True, kw_only=True)
class PayAccount(Account):
    """One account of GOV.UK Pay's, described.

    Give the key in one of three ways. A function, or a variable of the environment, is read again
    when GOV.UK Pay refuses the key, so that it can be replaced without a restart.

    Attributes:
        api_key: the key itself.
        key: a function that gives it, from a vault for example.
        key_env: the environment variable that holds it.
        council: the council's code or name, as `lg_core.councils.resolve` takes it.
        funds: the codes of the funds that are paid into through this account.
        provider: the payment provider, such as `stripe`; its limits are then checked.
        base_url: GOV.UK Pay's address, or a sandbox's.

    Raises:
        ConfigError: the key is given in no way, or in more than one.
    """

    key_home: ClassVar[str] = "the GOV.UK Pay admin tool (Settings, API keys)"
    key_prefixes: ClassVar[tuple[str, ...]] = ("api_live_", "api_test_")

    funds: Sequence[str] = ()
    provider: str | None = None
    base_url: str = BASE_URL

    def __post_init__(self) -> None:
        Account.__post_init__(self)
        if isinstance(self.funds, str):
            raise ConfigError("funds must be a list of codes.", setting="funds")


def read_accounts(path: str | os.PathLike[str]) -> dict[str, PayAccount]:
    """Read accounts from a TOML file: one table an account, named as you call the service.

        [garden-waste]
        key_env = "PAY_KEY_GARDEN_WASTE"
        council = "E08000035"
        funds = ["GW", "GX"]
        provider = "stripe"

    Keys themselves do not belong in the file, and are refused there.

    Args:
        path: the file.

    Returns:
        The accounts, by name.

    Raises:
        ConfigError: the file cannot be read, or an account in it cannot be used; the text names
            the account and the setting.
    """
    return accounts_in(read_tables(path))


def accounts_in(tables: Mapping[str, object]) -> dict[str, PayAccount]:
    """Read accounts from tables that a TOML file had, one table an account.

    Args:
        tables: the tables, by the accounts' names.

    Returns:
        The accounts, by name.

    Raises:
        ConfigError: an account cannot be used; the text names the account and the setting.
    """
    return {name: _account(name, table) for name, table in tables.items()}


def _account(name: str, table: object) -> PayAccount:
    texts, lists = account_settings(
        name, table, texts=("key_env", "council", "provider", "base_url"), lists=("funds",)
    )
    return PayAccount(
        key_env=texts["key_env"],
        council=texts.get("council"),
        funds=lists["funds"],
        provider=texts.get("provider"),
        base_url=texts.get("base_url", BASE_URL),
    )


def account_for_fund(accounts: Mapping[str, PayAccount], code: str) -> str:
    """Return the name of the one account through which a fund is paid into.

    Args:
        accounts: the accounts, by name.
        code: the fund's code.

    Returns:
        The account's name.

    Raises:
        ConfigError: no account has the fund, or several have it.
    """
    return only_account(
        [name for name, account in accounts.items() if code in account.funds], "fund", accounts
    )


if not TYPE_CHECKING:
    __getattr__ = lazy_names(
        __name__,
        {
            "AsyncPayAccounts": "lg_pay._async.accounts",
            "PayAccounts": "lg_pay._sync.accounts",
        },
    )
