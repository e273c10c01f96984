# SPDX-License-Identifier: MIT
"""The GOV.UK Pay accounts of a council, or of several: how they are described, and which is meant.

GOV.UK Pay gives one account, with its own key, to each service. `PayAccounts` holds a client for
each.
"""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from lg_core.errors import ConfigError, InvalidValueError, LgError
from lg_core.lazy import lazy_names
from lg_pay._credentials import GivenKey
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

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KEYS = ("api_live_", "api_test_")


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
class PayAccount:
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

    api_key: str | SecretStr | None = field(default=None, repr=False)
    key: Callable[[], str | SecretStr] | None = field(default=None, repr=False)
    key_env: str | None = None
    council: str | None = None
    funds: Sequence[str] = ()
    provider: str | None = None
    base_url: str = BASE_URL

    def __post_init__(self) -> None:
        given = [self.api_key is not None, self.key is not None, self.key_env is not None]
        if sum(given) != 1:
            raise ConfigError(
                "An account needs its key in one way: api_key=, key= or key_env=.",
                setting="api_key",
            )
        if self.key_env is not None and (
            not _VARIABLE.fullmatch(self.key_env) or self.key_env.startswith(_KEYS)
        ):
            raise ConfigError(
                "key_env must be the name of an environment variable, not the key itself.",
                setting="key_env",
            )
        if isinstance(self.funds, str):
            raise ConfigError("funds must be a list of codes.", setting="funds")

    def source(self) -> GivenKey:
        """Return the key, or what gives it."""
        if self.key is not None:
            return self.key
        if self.api_key is not None:
            return self.api_key
        return lambda: _from_environment(self.key_env or "")


def _from_environment(variable: str) -> str:
    value = os.environ.get(variable, "")
    if not value:
        raise ConfigError(
            f"{variable} is not set. Set it to an API key of the account, from the GOV.UK Pay "
            "admin tool (Settings, API keys).",
            setting=variable,
        )
    return value


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
    import tomllib  # noqa: PLC0415 -- for this way in alone

    wrong = ""
    tables: dict[str, object] = {}
    try:
        tables = tomllib.loads(Path(path).read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        wrong = f"could not be read ({type(error).__name__}). Check its path"
    except tomllib.TOMLDecodeError as error:
        where = re.search(r"line \d+", str(error))
        wrong = f"is not TOML{f', at {where[0]}' if where else ''}. Correct it there"
    if wrong:  # raised outside the handler: its errors hold the path and the text
        raise ConfigError(f"The accounts file {wrong}.", setting="path")
    return accounts_in(tables)


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


_SETTINGS = ("key_env", "council", "provider", "base_url")


def _account(name: str, table: object) -> PayAccount:
    if not isinstance(table, dict):
        raise _wrong(name, "must be a table: begin it with its name in square brackets")
    settings: dict[str, object] = dict(table)  # pyright: ignore[reportUnknownArgumentType] -- what TOML gave
    unknown = settings.keys() - {*_SETTINGS, "funds"}
    if unknown & {"api_key", "key"}:
        raise _wrong(name, "holds a key: put it in an environment variable, and name that: key_env")
    if unknown:
        raise _wrong(name, f"has a setting that is not known; these are: {', '.join(_SETTINGS)}")
    funds = settings.pop("funds", [])
    if not isinstance(funds, list) or not all(
        isinstance(fund, str)
        for fund in funds  # pyright: ignore[reportUnknownVariableType] -- what TOML gave
    ):
        raise _wrong(name, 'needs funds as a list of texts, such as ["GW"]')
    texts = {key: value for key, value in settings.items() if isinstance(value, str)}
    if len(texts) < len(settings):
        raise _wrong(name, "has a setting that is not text")
    if "key_env" not in texts:
        raise _wrong(name, "needs key_env, the environment variable that holds its key")
    return PayAccount(
        key_env=texts["key_env"],
        council=texts.get("council"),
        funds=tuple(str(fund) for fund in funds),  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] -- checked above
        provider=texts.get("provider"),
        base_url=texts.get("base_url", BASE_URL),
    )


def _wrong(name: str, what: str) -> ConfigError:
    shown = name if _NAME.fullmatch(name) else "an account"
    return ConfigError(f"In the accounts file {shown} {what}.", setting=shown)


def checked_accounts(accounts: Mapping[str, PayAccount]) -> dict[str, PayAccount]:
    """Refuse accounts that cannot be told apart or named.

    Args:
        accounts: the accounts, by name.

    Returns:
        The same accounts.

    Raises:
        ConfigError: there are none, or a name cannot be one.
    """
    if not accounts:
        raise ConfigError("There are no accounts. Describe one at least.", setting="accounts")
    if not all(_NAME.fullmatch(name) for name in accounts):
        raise ConfigError(
            "An account's name must be 1 to 64 small letters, digits and hyphens, such as "
            "garden-waste. It stands in error texts, so nothing personal.",
            setting="accounts",
        )
    return dict(accounts)


def account_for_service(accounts: Mapping[str, PayAccount], name: str) -> str:
    """Return the name of the account of a service, which is the service's own.

    Args:
        accounts: the accounts, by name.
        name: the name.

    Returns:
        The account's name.

    Raises:
        ConfigError: there is no such account.
    """
    return _only([each for each in accounts if each == name], "service", accounts)


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
    return _only(
        [name for name, account in accounts.items() if code in account.funds], "fund", accounts
    )


def account_for_council(accounts: Mapping[str, PayAccount], code: str) -> str:
    """Return the name of the one account of a council.

    Args:
        accounts: the accounts, by name.
        code: a code or a name of the council, as `lg_core.councils.resolve` takes it; one that the
            register does not know must be written as the account has it.

    Returns:
        The account's name.

    Raises:
        ConfigError: the council has no account, or several.
    """
    wanted = _council(code)
    return _only(
        [
            name
            for name, account in accounts.items()
            if account.council is not None and _council(account.council) == wanted
        ],
        "council",
        accounts,
    )


def _council(text: str) -> str:
    from lg_core.councils import resolve  # noqa: PLC0415 -- it loads the register

    try:
        return resolve(text).code
    except InvalidValueError:
        return text


def _only(found: list[str], what: str, accounts: Mapping[str, PayAccount]) -> str:
    if len(found) == 1:
        return found[0]
    if found:
        raise ConfigError(
            f"Several accounts are for this {what}: {', '.join(sorted(found))}. Use for_service "
            "with the one that is meant.",
            setting=what,
        )
    raise ConfigError(
        f"No account is for this {what}. There are: {', '.join(sorted(accounts))}.",
        setting=what,
    )


if not TYPE_CHECKING:
    __getattr__ = lazy_names(
        __name__,
        {
            "AsyncPayAccounts": "lg_pay._async.accounts",
            "PayAccounts": "lg_pay._sync.accounts",
        },
    )
