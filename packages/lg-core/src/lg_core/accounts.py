# SPDX-License-Identifier: MIT
"""The accounts of one platform: how they are described, which is meant, and how a key changes.

A council has an account with its own key for each service, and a supplier has some for each
council. A component makes its own kind of `Account`, and its own `AsyncAccounts` and `Accounts`
which hold a client for each.
"""

import os
import re
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar, cast

from pydantic import SecretStr

from lg_core.errors import ConfigError, InvalidValueError
from lg_core.lazy import lazy_names

if TYPE_CHECKING:
    from lg_core._async.accounts import AsyncAccounts
    from lg_core._sync.accounts import Accounts

__all__ = [
    "Account",
    "Accounts",
    "AsyncAccounts",
    "GivenKey",
    "KeyRing",
    "account_for_council",
    "account_for_service",
    "account_settings",
    "checked_accounts",
    "only_account",
    "read_tables",
]

K = TypeVar("K")
A = TypeVar("A", bound="Account")

GivenKey = str | SecretStr | Callable[[], str | SecretStr]
"""An API key, or a function that gives it, so that it can change while a client is open."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ASK_AGAIN = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account of a platform's, described.

    Give the key in one of three ways. A function, or a variable of the environment, is read again
    when the platform refuses the key, so that it can be replaced without a restart.

    Attributes:
        api_key: the key itself.
        key: a function that gives it, from a vault for example.
        key_env: the environment variable that holds it.
        council: the council's code or name, as `lg_core.councils.resolve` takes it.
        base_url: the platform's address, or a sandbox's.

    Raises:
        ConfigError: the key is given in no way, or in more than one.
    """

    key_home: ClassVar[str] = "the platform"
    """Where a person gets a key, for messages."""
    key_prefixes: ClassVar[tuple[str, ...]] = ()
    """How keys of the platform begin, so that one is not taken for a variable's name."""

    api_key: str | SecretStr | None = field(default=None, repr=False)
    key: Callable[[], str | SecretStr] | None = field(default=None, repr=False)
    key_env: str | None = None
    council: str | None = None
    base_url: str

    def __post_init__(self) -> None:
        given = [self.api_key is not None, self.key is not None, self.key_env is not None]
        if sum(given) != 1:
            raise ConfigError(
                "An account needs its key in one way: api_key=, key= or key_env=.",
                setting="api_key",
            )
        if self.key_env is not None and (
            not _VARIABLE.fullmatch(self.key_env) or self.key_env.startswith(self.key_prefixes)
        ):
            raise ConfigError(
                "key_env must be the name of an environment variable, not the key itself.",
                setting="key_env",
            )

    def source(self) -> GivenKey:
        """Return the key, or what gives it."""
        if self.key is not None:
            return self.key
        if self.api_key is not None:
            return self.api_key
        return lambda: _from_environment(self.key_env or "", self.key_home)


def _from_environment(variable: str, home: str) -> str:
    value = os.environ.get(variable, "")
    if not value:
        raise ConfigError(
            f"{variable} is not set. Set it to an API key of the account, from {home}.",
            setting=variable,
        )
    return value


class KeyRing(Generic[K]):
    """The key that a client uses now.

    A key that is given by a function is asked for again when the platform refuses the present one,
    at most once a minute. So a key can be replaced without a restart: make the new one, let the
    function give it, revoke the old one.

    Args:
        given: the key, or a function that gives it.
        read: checks a key and makes what the client works with.
        check_successor: raises ConfigError where a new key cannot stand in for the present one.

    Raises:
        ConfigError: the key cannot be used.
    """

    __slots__ = ("_asked", "_check_successor", "_key", "_lock", "_read", "_source")

    def __init__(
        self,
        given: GivenKey,
        *,
        read: Callable[[str | SecretStr], K],
        check_successor: Callable[[K, K], None],
    ) -> None:
        self._source = given if callable(given) else None
        self._read = read
        self._check_successor = check_successor
        self._lock = threading.Lock()
        self._key = read(given() if callable(given) else given)
        self._asked: float | None = None

    @property
    def key(self) -> K:
        """The key."""
        return self._key

    def replaced(self, refused: K) -> bool:
        """Say whether there is another key than the one that was refused, and use it from now on.

        Args:
            refused: the key that the platform refused.

        Raises:
            ConfigError: the new key cannot be used, or cannot stand in for the present one.
        """
        with self._lock:
            now = time.monotonic()
            asked_lately = self._asked is not None and now - self._asked < _ASK_AGAIN
            if self._source is not None and self._key == refused and not asked_lately:
                self._asked = now
                new = self._read(self._source())
                self._check_successor(self._key, new)
                self._key = new
            return self._key != refused


def read_tables(path: str | os.PathLike[str]) -> dict[str, object]:
    """Read a TOML file with one table an account, named as you call the service.

    Args:
        path: the file.

    Returns:
        What each name stands for, as TOML gives it.

    Raises:
        ConfigError: the file cannot be read.
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
    return tables


def account_settings(
    name: str, table: object, *, texts: Collection[str], lists: Collection[str] = ()
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Check the table of one account. Keys themselves do not belong there, and are refused.

    Args:
        name: the account's name.
        table: what the file has for it.
        texts: the settings that are texts; `key_env` is one of them, and must be there.
        lists: the settings that are lists of texts.

    Returns:
        The texts and the lists that are there.

    Raises:
        ConfigError: a setting is wrong; the text names the account and the setting.
    """
    if not isinstance(table, dict):
        raise _wrong(name, "must be a table: begin it with its name in square brackets")
    settings = dict(cast("dict[str, object]", table))
    unknown = settings.keys() - {*texts, *lists}
    if unknown & {"api_key", "key"}:
        raise _wrong(name, "holds a key: put it in an environment variable, and name that: key_env")
    if unknown:
        known = ", ".join([*texts, *lists])
        raise _wrong(name, f"has a setting that is not known; these are: {known}")
    listed: dict[str, tuple[str, ...]] = {}
    for key in lists:
        values = settings.pop(key, [])
        if not isinstance(values, list) or not all(
            isinstance(each, str) for each in cast("list[object]", values)
        ):
            raise _wrong(name, f'needs {key} as a list of texts, such as ["A", "B"]')
        listed[key] = tuple(cast("list[str]", values))
    found = {key: value for key, value in settings.items() if isinstance(value, str)}
    if len(found) < len(settings):
        raise _wrong(name, "has a setting that is not text")
    if "key_env" not in found:
        raise _wrong(name, "needs key_env, the environment variable that holds its key")
    return found, listed


def _wrong(name: str, what: str) -> ConfigError:
    shown = name if _NAME.fullmatch(name) else "an account"
    return ConfigError(f"In the accounts file {shown} {what}.", setting=shown)


def checked_accounts(accounts: Mapping[str, A]) -> dict[str, A]:
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


def account_for_service(accounts: Mapping[str, Account], name: str) -> str:
    """Return the name of the account of a service, which is the service's own.

    Args:
        accounts: the accounts, by name.
        name: the name.

    Returns:
        The account's name.

    Raises:
        ConfigError: there is no such account.
    """
    return only_account([each for each in accounts if each == name], "service", accounts)


def account_for_council(accounts: Mapping[str, Account], code: str) -> str:
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
    return only_account(
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


def only_account(found: list[str], what: str, accounts: Mapping[str, Account]) -> str:
    """Return the one name that was found. Nothing is guessed where there are several.

    Args:
        found: the names that fit.
        what: what was looked for, such as `fund`, for messages.
        accounts: all accounts, by name.

    Raises:
        ConfigError: none fits, or several do.
    """
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
            "Accounts": "lg_core._sync.accounts",
            "AsyncAccounts": "lg_core._async.accounts",
        },
    )
