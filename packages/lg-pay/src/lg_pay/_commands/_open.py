# SPDX-License-Identifier: MIT
"""Open what a command works with: the accounts, the store, the books, the coding."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

from lg_core.cli import imported
from lg_core.connection import ConnectionSettings
from lg_core.errors import ConfigError
from lg_core.references import References
from lg_core.settings import read_settings
from lg_pay._files import CouncilFile, read_council_file
from lg_pay._settings import read_pay_settings
from lg_pay._sync.accounts import PayAccounts
from lg_pay._sync.client import PayClient
from lg_pay.accounts import PayAccount
from lg_pay.funds import Funds
from lg_pay.reconcile.coding import Coding
from lg_pay.reconcile.rules import CodingRules, MatchesProfile

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from lg_core.store import Store
    from lg_pay.book import Change
    from lg_pay.reconcile.run import Plan

__all__ = [
    "INBOX",
    "PROGRAM",
    "UPGRADE",
    "coding_of",
    "one_account",
    "open_accounts",
    "open_store",
    "plan_of",
    "read_file",
    "references_in",
    "tell_of",
]

INBOX = "lg-pay.webhooks"
"""The name of the inbox that `lg-pay work` empties, as the how-to on webhooks has it."""


PROGRAM = "lg-pay"
"""The tool's name."""


UPGRADE = f"{PROGRAM} store upgrade"
"""What upgrades every table that lg-pay keeps, the shared ones among them."""


def read_file(path: Path | None) -> CouncilFile:
    """Read the settings file.

    Raises:
        ConfigError: it cannot be read, or something in it is wrong.
    """
    return read_council_file(path)


def open_accounts(council: CouncilFile) -> PayAccounts:
    """Open the accounts of the file, or the one that the environment describes.

    Raises:
        ConfigError: a setting is missing or wrong.
    """
    if not council.accounts:
        only = read_pay_settings()
        account = PayAccount(api_key=only.api_key, base_url=only.base_url, provider=only.provider)
        accounts, how = {"default": account}, only
    else:
        how = read_settings(ConnectionSettings, prefix="LG_PAY_")
        accounts = dict(council.accounts)
    return PayAccounts(accounts, network=how.network(), timeout=how.timeout, attempts=how.attempts)


def one_account(accounts: PayAccounts, name: str | None) -> tuple[str, PayClient]:
    """Return the account that is meant: the one that was named, or the only one.

    Raises:
        ConfigError: there is no such account, or there are several and none was named.
    """
    if name is None:
        if len(accounts.names) > 1:
            raise ConfigError(
                "There are several accounts. Say which is meant with --account: "
                f"{', '.join(sorted(accounts.names))}.",
                setting="--account",
            )
        name = "".join(accounts.names)
    return name, accounts.for_service(name)


def open_store(council: CouncilFile) -> "AbstractContextManager[Store]":
    """Open the store.

    Raises:
        ConfigError: none is named, SQLAlchemy is not installed, or its address cannot be used.
    """
    if council.store is None:
        raise ConfigError(
            "No store is named. Write url under [store] in the settings file, such as "
            'url = "pay.db", or set LG_PAY_STORE.',
            setting="store.url",
        )
    from lg_core.store import Store  # noqa: PLC0415 -- it may not be installed

    return Store(council.store, upgrade_command=UPGRADE)


def references_in(council: CouncilFile) -> References | None:
    """Read the reference profiles, where a file of them is named.

    Raises:
        ConfigError: the file cannot be read, or a profile in it is wrong.
    """
    return None if council.references is None else References.read(council.references)


def coding_of(council: CouncilFile) -> Coding:
    """Read where money goes: the funds, the rules, the reference profiles.

    Raises:
        ConfigError: no file of funds is named, or one of the files is wrong.
    """
    ours = council.reconcile
    if ours.funds is None:
        raise ConfigError(
            'No file of funds is named. Write funds = "funds.toml" under [reconcile] in the '
            "settings file.",
            setting="reconcile.funds",
        )
    funds = Funds.read(ours.funds)
    if ours.surcharge_fund is not None and ours.surcharge_fund not in funds:
        raise ConfigError(
            "surcharge_fund under [reconcile] names no fund of the file of funds.",
            setting="reconcile.surcharge_fund",
        )
    references = references_in(council)
    rules = (
        CodingRules()
        if ours.rules is None
        else CodingRules.read(ours.rules, funds=funds, profiles=references or ())
    )
    return Coding(funds, rules, ours.part_refunds, ours.surcharge_fund, _knows(references))


def _knows(references: References | None) -> MatchesProfile | None:
    if references is None:
        return None

    def is_reference(profile: str, text: str) -> bool:
        found = references.get(profile)
        return found is not None and found.matches(text)

    return is_reference


def plan_of(council: CouncilFile) -> "Plan":
    """Read how the ledger is made.

    Raises:
        ConfigError: one of the files is missing or wrong, or a setting cannot be used.
    """
    from lg_pay.reconcile.run import Plan  # noqa: PLC0415 -- loads SQLAlchemy

    ours = council.reconcile
    return Plan(coding_of(council), ours.ledger, ours.basis, ours.look_back)


def tell_of(council: CouncilFile) -> "Callable[[Change], object] | None":
    """Import the function that is told of news, where one is named.

    Raises:
        ConfigError: there is no such function.
    """
    if council.tell is None:
        return None
    found = imported(council.tell, setting="work.tell")
    if not callable(found):
        raise ConfigError("tell under [work] names no function.", setting="work.tell")
    return cast("Callable[[Change], object]", found)
