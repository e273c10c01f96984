# SPDX-License-Identifier: MIT
"""Read `lg-pay.toml`, the file in which a council tells the commands of `lg-pay` what it has.

    [store]
    url = "pay.db"                     # or url_env = "PAY_STORE", a variable that holds it

    [accounts.garden-waste]            # as for PayAccounts.from_toml
    key_env = "PAY_KEY_GARDEN_WASTE"

    [reconcile]
    funds = "funds.toml"
    rules = "rules.toml"

Paths are relative to the file. Every fault is told at once, with its line. Without a file, the
variables of `PayClient.from_env` describe one account, which is named `default`.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeVar, cast

from lg_core.errors import ConfigError
from lg_core.identifiers import Nation
from lg_core.toml_files import TomlFile, TomlFileError, TomlPath, read_text_file
from lg_pay.accounts import PayAccount, accounts_in
from lg_pay.reconcile.coding import PartRefunds
from lg_pay.reconcile.happenings import DayBasis

__all__ = ["CouncilFile", "ReconcileFile", "read_council_file"]

E = TypeVar("E", bound=StrEnum)

_TOP: Final = ("store", "accounts", "reconcile", "references", "settlement", "disputes", "work")
_RECONCILE: Final = (
    "ledger", "day", "look_back", "part_refunds", "surcharge_fund", "funds", "rules", "formats",
    "layouts", "out",
)  # fmt: skip
_FORMATS: Final = ("csv", "json", "localgovims", "columns", "fixed-width")
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SQLITE: Final = "sqlite:///"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)  # what a file says is not printed
class ReconcileFile:
    """The table `[reconcile]`.

    Attributes:
        ledger: the name of the ledger.
        basis: what decides on a payment's day: the key `day`.
        look_back: how many days before are looked at again.
        part_refunds: what finance has decided for part refunds.
        surcharge_fund: the fund of corporate card surcharges.
        funds: the file of funds.
        rules: the file of rules.
        formats: the formats of the posting files.
        layouts: the file of settings for each format that needs one.
        out: the folder of the posting files.
    """

    ledger: str = "income"
    basis: DayBasis = DayBasis.CAPTURE_SUBMITTED
    look_back: int = 14
    part_refunds: PartRefunds = PartRefunds.SUSPENSE
    surcharge_fund: str | None = None
    funds: Path | None = None
    rules: Path | None = None
    formats: tuple[str, ...] = ("csv",)
    layouts: Mapping[str, Path] = field(default_factory=dict[str, Path])
    out: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)  # what a file says is not printed
class CouncilFile:
    """What a council has told.

    Attributes:
        path: the file; None where there is none.
        store: the address of the database; it may hold a password.
        accounts: the accounts by name; empty where the environment describes the one there is.
        reconcile: how the ledger is made.
        references: the file of reference profiles.
        bank: the file of the bank profile.
        nation: whose bank holidays count.
        tell: the function that is told of news: `package.module:function`.
    """

    path: Path | None = None
    store: str | None = field(default=None, repr=False)
    accounts: Mapping[str, PayAccount] = field(default_factory=dict[str, PayAccount], repr=False)
    reconcile: ReconcileFile = field(default_factory=ReconcileFile)
    references: Path | None = None
    bank: Path | None = None
    nation: Nation | None = None
    tell: str | None = None


def read_council_file(path: Path | None) -> CouncilFile:
    """Read the file, or take what the environment has where there is none.

    Args:
        path: the file.

    Raises:
        ConfigError: the file cannot be read, or something in it is wrong; every fault is named
            with its line and its key.
    """
    if path is None:
        return CouncilFile(store=os.environ.get("LG_PAY_STORE") or None)
    name, text = read_text_file(path, what="settings file", setting="LG_PAY_FILE")
    file = _SettingsFile(text, folder=path.absolute().parent)
    council = file.council(path) if not file.faults else CouncilFile()
    if file.faults:
        raise TomlFileError(name, file.faults)
    return council


class _SettingsFile(TomlFile):
    def __init__(self, text: str, *, folder: Path) -> None:
        super().__init__(text)
        self._folder = folder

    def council(self, path: Path) -> CouncilFile:
        self.known((), self.data, _TOP)
        return CouncilFile(
            path=path,
            store=self._store(self._section("store", ("url", "url_env"))),
            accounts=self._accounts(),
            reconcile=self._reconcile(self._section("reconcile", _RECONCILE)),
            references=self._path("references", self._section("references", ("file",)), "file"),
            bank=self._path("settlement", self._section("settlement", ("bank",)), "bank"),
            nation=self._one_of(
                Nation, "disputes", self._section("disputes", ("nation",)), key="nation"
            ),
            tell=self.text(("work",), self._section("work", ("tell",)), "tell"),
        )

    def _section(self, name: str, keys: tuple[str, ...]) -> Mapping[str, object]:
        table = self.table((name,), self.data.get(name, {}))
        self.known((name,), table, keys)
        return table

    def _store(self, table: Mapping[str, object]) -> str | None:
        url = self.text(("store",), table, "url")
        variable = self.text(("store",), table, "url_env")
        if url is not None and variable is not None:
            self.fault(("store", "url_env"), "stands beside url. Give one of the two.")
        if variable is not None:
            if not _VARIABLE.fullmatch(variable):
                self.fault(("store", "url_env"), "must be the name of a variable.")
            elif not os.environ.get(variable):
                self.fault(("store", "url_env"), "names a variable that is not set. Set it.")
            url = os.environ.get(variable)
        return None if url is None else self._address(url)

    def _address(self, url: str) -> str:
        """Make the path of a SQLite file one of the settings file's folder."""
        file = url.removeprefix(_SQLITE)
        if "://" in file or not file:
            return url
        return str(self._folder / Path(file).expanduser())

    def _accounts(self) -> Mapping[str, PayAccount]:
        table = self.table(("accounts",), self.data.get("accounts", {}))
        found: dict[str, PayAccount] = {}
        for name, settings in table.items():
            try:
                found |= accounts_in({name: settings})
            except ConfigError as error:
                self.fault(("accounts", name), f"cannot be used. {error.message}")
        return found

    def _reconcile(self, table: Mapping[str, object]) -> ReconcileFile:
        usual = ReconcileFile()
        where = "reconcile"
        return ReconcileFile(
            ledger=self.text((where,), table, "ledger") or usual.ledger,
            basis=self._one_of(DayBasis, where, table, key="day") or usual.basis,
            look_back=self._number((where, "look_back"), table.get("look_back", usual.look_back)),
            part_refunds=self._one_of(PartRefunds, where, table, key="part_refunds")
            or usual.part_refunds,
            surcharge_fund=self.text((where,), table, "surcharge_fund"),
            funds=self._path(where, table, "funds"),
            rules=self._path(where, table, "rules"),
            formats=self._formats((where, "formats"), table.get("formats", list(usual.formats))),
            layouts=self._layouts((where, "layouts"), table.get("layouts", {})),
            out=self._path(where, table, "out"),
        )

    def _number(self, path: TomlPath, value: object) -> int:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self.fault(path, "must be a whole number, without quotation marks.")
        return 0

    def _formats(self, path: TomlPath, value: object) -> tuple[str, ...]:
        names = cast("list[object]", value) if isinstance(value, list) else []
        texts = tuple(name for name in names if isinstance(name, str))
        if not texts or len(texts) < len(names) or not set(texts) <= set(_FORMATS):
            self.fault(path, f'must be a list of names, such as ["csv"]: {", ".join(_FORMATS)}.')
        return texts

    def _layouts(self, path: tuple[str, str], value: object) -> Mapping[str, Path]:
        table = self.table(path, value)
        self.known(path, table, _FORMATS[2:])
        files = {name: self.text(path, table, name) for name in table}
        return {name: self._folder / file for name, file in files.items() if file is not None}

    def _path(self, where: str, table: Mapping[str, object], key: str) -> Path | None:
        text = self.text((where,), table, key)
        return None if text is None else self._folder / Path(text).expanduser()

    def _one_of(
        self, kind: type[E], where: str, table: Mapping[str, object], *, key: str
    ) -> E | None:
        text = self.text((where,), table, key)
        found = next((each for each in kind if each == text), None)
        if text is not None and found is None:
            self.fault((where, key), f"must be one of {', '.join(kind)}.")
        return found
