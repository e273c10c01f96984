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
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, cast

from lg_core.identifiers import Nation
from lg_core.settings_files import SettingsFile
from lg_core.toml_files import TomlFileError, TomlPath, read_text_file
from lg_pay.accounts import PayAccount, accounts_in
from lg_pay.reconcile.coding import PartRefunds
from lg_pay.reconcile.happenings import DayBasis

__all__ = ["CouncilFile", "ReconcileFile", "read_council_file"]

_TOP: Final = ("store", "accounts", "reconcile", "references", "settlement", "disputes", "work")
_RECONCILE: Final = (
    "ledger", "day", "look_back", "part_refunds", "surcharge_fund", "funds", "rules", "formats",
    "layouts", "out",
)  # fmt: skip
_FORMATS: Final = ("csv", "json", "localgovims", "columns", "fixed-width")


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
    file = _PayFile(text, folder=path.absolute().parent)
    council = file.council(path) if not file.faults else CouncilFile()
    if file.faults:
        raise TomlFileError(name, file.faults)
    return council


class _PayFile(SettingsFile):
    def council(self, path: Path) -> CouncilFile:
        self.known((), self.data, _TOP)
        return CouncilFile(
            path=path,
            store=self.store(),
            accounts=self.accounts(accounts_in),
            reconcile=self._reconcile(self.section("reconcile", _RECONCILE)),
            references=self.path("references", self.section("references", ("file",)), "file"),
            bank=self.path("settlement", self.section("settlement", ("bank",)), "bank"),
            nation=self.one_of(
                Nation, "disputes", self.section("disputes", ("nation",)), key="nation"
            ),
            tell=self.text(("work",), self.section("work", ("tell",)), "tell"),
        )

    def _reconcile(self, table: Mapping[str, object]) -> ReconcileFile:
        usual = ReconcileFile()
        where = "reconcile"
        return ReconcileFile(
            ledger=self.text((where,), table, "ledger") or usual.ledger,
            basis=self.one_of(DayBasis, where, table, key="day") or usual.basis,
            look_back=self.number((where, "look_back"), table.get("look_back", usual.look_back)),
            part_refunds=self.one_of(PartRefunds, where, table, key="part_refunds")
            or usual.part_refunds,
            surcharge_fund=self.text((where,), table, "surcharge_fund"),
            funds=self.path(where, table, "funds"),
            rules=self.path(where, table, "rules"),
            formats=self._formats((where, "formats"), table.get("formats", list(usual.formats))),
            layouts=self._layouts((where, "layouts"), table.get("layouts", {})),
            out=self.path(where, table, "out"),
        )

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
        return {name: self.folder / file for name, file in files.items() if file is not None}
