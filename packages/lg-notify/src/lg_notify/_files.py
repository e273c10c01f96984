# SPDX-License-Identifier: MIT
"""Read `lg-notify.toml`, the file in which a council tells the commands of `lg-notify` what it has.

    [store]
    url = "notify.db"                  # or url_env = "NOTIFY_STORE", a variable that holds it

    [accounts.bin-days]                # as for NotifyAccounts.from_toml
    key_env = "NOTIFY_KEY_BIN_DAYS"
    council = "E08000035"

    [hours.sms]                        # as for lg_notify.hours.read_hours
    from = "08:00"
    to = "20:00"

    [costs]
    rates = "rates.csv"

    [templates]
    manifest = "notify_templates.json"

Paths are relative to the file. Every fault is told at once, with its line. Without a file, the
variables of `NotifyClient.from_env` describe one account, which is named `default`.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from lg_core.errors import ConfigError
from lg_core.settings_files import SettingsFile
from lg_core.toml_files import TomlFileError, read_text_file
from lg_notify.accounts import NotifyAccount, accounts_in
from lg_notify.hours import SendingHours, read_hours

__all__ = ["CouncilFile", "KeyKind", "WorkFile", "read_council_file"]

_TOP: Final = ("store", "accounts", "hours", "costs", "templates", "work")
_WORK: Final = ("tell", "suppression", "key_kind", "threads", "per_minute")


class KeyKind(StrEnum):
    """The kinds of API key that Notify has."""

    LIVE = "live"
    TEAM = "team"
    TEST = "test"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)  # what a file says is not printed
class WorkFile:
    """The table `[work]`.

    Attributes:
        tell: the function that is told how messages ended: `package.module:function`.
        suppression: who does not want messages: `package.module:name` of a `Suppression`.
        key_kind: which kind of key the accounts have: each has a rate limit of its own.
        threads: how many messages are on the way at once.
        per_minute: how many messages a minute Notify takes from a service.
    """

    tell: str | None = None
    suppression: str | None = None
    key_kind: KeyKind = KeyKind.LIVE
    threads: int = 8
    per_minute: int = 3000


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)  # what a file says is not printed
class CouncilFile:
    """What a council has told.

    Attributes:
        path: the file; None where there is none.
        store: the address of the database; it may hold a password.
        accounts: the accounts by name; empty where the environment describes the one there is.
        hours: when messages may be sent, by channel.
        rates: the file of rates that goes over those that are shipped.
        manifest: the manifest of templates.
        work: how `lg-notify work` works.
    """

    path: Path | None = None
    store: str | None = field(default=None, repr=False)
    accounts: Mapping[str, NotifyAccount] = field(
        default_factory=dict[str, NotifyAccount], repr=False
    )
    hours: Mapping[str, SendingHours] = field(default_factory=dict[str, SendingHours])
    rates: Path | None = None
    manifest: Path | None = None
    work: WorkFile = field(default_factory=WorkFile)


def read_council_file(path: Path | None) -> CouncilFile:
    """Read the file, or take what the environment has where there is none.

    Args:
        path: the file.

    Raises:
        ConfigError: the file cannot be read, or something in it is wrong; every fault is named
            with its line and its key.
    """
    if path is None:
        return CouncilFile(store=os.environ.get("LG_NOTIFY_STORE") or None)
    name, text = read_text_file(path, what="settings file", setting="LG_NOTIFY_FILE")
    file = _NotifyFile(text, folder=path.absolute().parent)
    council = file.council(path, text) if not file.faults else CouncilFile()
    if file.faults:
        raise TomlFileError(name, file.faults)
    return council


class _NotifyFile(SettingsFile):
    def council(self, path: Path, text: str) -> CouncilFile:
        self.known((), self.data, _TOP)
        return CouncilFile(
            path=path,
            store=self.store(),
            accounts=self.accounts(accounts_in),
            hours=self._hours(text),
            rates=self.path("costs", self.section("costs", ("rates",)), "rates"),
            manifest=self.path("templates", self.section("templates", ("manifest",)), "manifest"),
            work=self._work(self.section("work", _WORK)),
        )

    def _hours(self, text: str) -> Mapping[str, SendingHours]:
        wrong = ""
        try:
            return read_hours(text)
        except ConfigError as error:
            wrong = error.message
        self.fault(("hours",), f"cannot be used. {wrong}")
        return {}

    def _work(self, table: Mapping[str, object]) -> WorkFile:
        usual = WorkFile()
        return WorkFile(
            tell=self.text(("work",), table, "tell"),
            suppression=self.text(("work",), table, "suppression"),
            key_kind=self.one_of(KeyKind, "work", table, key="key_kind") or usual.key_kind,
            threads=self._count(table, "threads", usual.threads),
            per_minute=self._count(table, "per_minute", usual.per_minute),
        )

    def _count(self, table: Mapping[str, object], key: str, usual: int) -> int:
        number = self.number(("work", key), table.get(key, usual))
        if key in table and number < 1 and isinstance(table[key], int):
            self.fault(("work", key), "must be 1 or more.")
        return number
