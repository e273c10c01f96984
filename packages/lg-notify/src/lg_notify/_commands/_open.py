# SPDX-License-Identifier: MIT
"""Open what a command works with: the accounts, the store, the outbox, the rates."""

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

from pydantic import SecretStr

from lg_core.cli import imported
from lg_core.connection import ConnectionSettings
from lg_core.errors import ConfigError
from lg_core.settings import read_settings
from lg_notify._files import CouncilFile, KeyKind, read_council_file
from lg_notify._settings import read_notify_settings
from lg_notify._sync.accounts import NotifyAccounts
from lg_notify._sync.client import NotifyClient
from lg_notify.accounts import NotifyAccount
from lg_notify.costs import Rates

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping
    from contextlib import AbstractContextManager

    from lg_core.store import Store
    from lg_notify.outbox import Outbox, OutboxMessage, Suppression

__all__ = [
    "INBOX",
    "PROGRAM",
    "account_named",
    "accounts_of",
    "key_of",
    "one_account",
    "open_accounts",
    "open_outbox",
    "open_store",
    "rates_of",
    "read_file",
    "suppression_of",
    "tell_of",
]

PROGRAM = "lg-notify"
INBOX = "lg-notify.callbacks"
"""The name of the inbox that `lg-notify work` empties, as the how-to on callbacks has it."""


def read_file(path: Path | None) -> CouncilFile:
    """Read the settings file.

    Raises:
        ConfigError: it cannot be read, or something in it is wrong.
    """
    return read_council_file(path)


def accounts_of(council: CouncilFile) -> "Mapping[str, NotifyAccount]":
    """Return the accounts of the file, or the one that the environment describes.

    Raises:
        ConfigError: a setting is missing or wrong.
    """
    if council.accounts:
        return council.accounts
    only = read_notify_settings()
    return {"default": NotifyAccount(api_key=only.api_key, base_url=only.base_url)}


def open_accounts(council: CouncilFile) -> NotifyAccounts:
    """Open the accounts.

    Raises:
        ConfigError: a setting is missing or wrong.
    """
    accounts = accounts_of(council)
    how = (
        read_settings(ConnectionSettings, prefix="LG_NOTIFY_")
        if council.accounts
        else read_notify_settings()
    )
    return NotifyAccounts(
        accounts, network=how.network(), timeout=how.timeout, attempts=how.attempts
    )


def account_named(names: "tuple[str, ...]", name: str | None) -> str:
    """Return the name of the account that is meant: the one that was named, or the only one.

    Raises:
        ConfigError: there are several and none was named.
    """
    if name is not None:
        return name
    if len(names) > 1:
        raise ConfigError(
            "There are several accounts. Say which is meant with --account: "
            f"{', '.join(sorted(names))}.",
            setting="--account",
        )
    return "".join(names)


def one_account(accounts: NotifyAccounts, name: str | None) -> tuple[str, NotifyClient]:
    """Return the account that is meant: the one that was named, or the only one.

    Raises:
        ConfigError: there is no such account, or there are several and none was named.
    """
    meant = account_named(tuple(accounts.names), name)
    return meant, accounts.for_service(meant)


def key_of(account: NotifyAccount) -> str | SecretStr:
    """Return the key of an account as it is now.

    Raises:
        ConfigError: the variable that should hold it is not set.
    """
    given = account.source()
    return given() if callable(given) else given


def open_store(council: CouncilFile) -> "AbstractContextManager[Store]":
    """Open the store.

    Raises:
        ConfigError: none is named, SQLAlchemy is not installed, or its address cannot be used.
    """
    if council.store is None:
        raise ConfigError(
            "No store is named. Write url under [store] in the settings file, such as "
            'url = "notify.db", or set LG_NOTIFY_STORE.',
            setting="store.url",
        )
    from lg_core.store import Store  # noqa: PLC0415 -- it may not be installed

    return Store(council.store, upgrade_command=f"{PROGRAM} store upgrade")


@contextmanager
def open_outbox(council: CouncilFile) -> "Generator[Outbox]":
    """Open the outbox in the store.

    Raises:
        ConfigError: no store is named, or it cannot be used.
    """
    with open_store(council) as store:
        from lg_notify.outbox import Outbox  # noqa: PLC0415 -- loads SQLAlchemy

        yield Outbox(store, hours=council.hours, live=council.work.key_kind is not KeyKind.TEST)


def rates_of(council: CouncilFile) -> Rates | None:
    """Read the council's own rates, where there are any.

    Raises:
        LgError: the file cannot be read, or a row of it is wrong.
    """
    return None if council.rates is None else Rates.read(council.rates)


def tell_of(council: CouncilFile) -> "Callable[[OutboxMessage], object] | None":
    """Import the function that is told how messages ended, where one is named.

    Raises:
        ConfigError: there is no such function.
    """
    if council.work.tell is None:
        return None
    found = imported(council.work.tell, setting="work.tell")
    if not callable(found):
        raise ConfigError("tell under [work] names no function.", setting="work.tell")
    return cast("Callable[[OutboxMessage], object]", found)


def suppression_of(council: CouncilFile) -> "Suppression | None":
    """Import what knows who does not want messages, where it is named.

    Raises:
        ConfigError: there is no such thing.
    """
    if council.work.suppression is None:
        return None
    found = imported(council.work.suppression, setting="work.suppression")
    if not callable(getattr(found, "is_suppressed", None)):
        raise ConfigError(
            "suppression under [work] names nothing that has is_suppressed: name a "
            "SuppressionList, or what its for_list returns.",
            setting="work.suppression",
        )
    return cast("Suppression", found)
