# SPDX-License-Identifier: MIT
"""Write the fields of LocalGovIMS's ProcessedTransaction, as CSV with a header.

The settings are a file:

    office_code = "S"

    [mop_codes]         # by the method of the payment, and for fees
    web = "90"
    moto = "92"
    agreement = "90"
    fee = "PF"

Source of the names and lengths: LocalGovIMS (open source), entity ProcessedTransaction.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final, Self
from zoneinfo import ZoneInfo

from lg_core.csv_files import MACHINES, write_rows
from lg_core.errors import ConfigError, InvalidValueError
from lg_core.money import format_pounds
from lg_core.toml_files import TomlFile, TomlFileError, read_text_file
from lg_pay.reconcile.batches import Batch
from lg_pay.reconcile.happenings import Kind
from lg_pay.reconcile.postings import CHANGED, REVERSED, Posting

__all__ = ["LocalGovIms", "LocalGovImsWriter"]

_LONDON: Final = ZoneInfo("Europe/London")
_FEE: Final = "fee"
_METHODS: Final = ("web", "moto", "agreement", "moto_api", "external", _FEE)
_RATE_UNIT: Final = 10_000
_LONGEST: Final[Mapping[str, int | None]] = {
    "TransactionReference": 36,
    "InternalReference": 36,
    "PspReference": 30,
    "OfficeCode": 2,
    "EntryDate": None,
    "TransactionDate": None,
    "AccountReference": 30,
    "FundCode": 5,
    "MopCode": 5,
    "Amount": None,
    "VatAmount": None,
    "VatCode": 2,
    "VatRate": None,
    "Narrative": 100,
}
_MOP_LONGEST: Final = 5
_LETTERS: Final[Mapping[Kind, str]] = {
    Kind.PAYMENT: "P",
    Kind.REFUND: "R",
    Kind.DISPUTE: "D",
    Kind.FEE: "F",
    Kind.DISPUTE_FEE: "E",
}


@dataclass(frozen=True, slots=True)
class LocalGovIms:
    """How a council's LocalGovIMS is set up.

    Attributes:
        office_code: the code of the office, 1 or 2 characters.
        mop_codes: the code of the method of payment, for each method of GOV.UK Pay (`web`,
            `moto`, `agreement`, ...) and for `fee`.
        fee_account: the account reference of fees; empty for none.

    Raises:
        ConfigError: a code is missing or too long for LocalGovIMS.
    """

    office_code: str
    mop_codes: Mapping[str, str]
    fee_account: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        checked = [("office_code", self.office_code, _LONGEST["OfficeCode"])]
        checked += [
            (f"mop_codes.{name}" if name in _METHODS else "mop_codes", code, _MOP_LONGEST)
            for name, code in self.mop_codes.items()
        ]
        for name, code, longest in checked:
            if not code or len(code) > (longest or 0):
                raise ConfigError(
                    f"{name} must be 1 to {longest} characters, as LocalGovIMS keeps it.",
                    setting=name,
                )
        if len(self.fee_account) > (_LONGEST["AccountReference"] or 0):
            raise ConfigError(
                "fee_account must be 30 characters or fewer, as LocalGovIMS keeps it.",
                setting="fee_account",
            )
        for name in ("web", _FEE):
            if name not in self.mop_codes:
                raise ConfigError(
                    f"mop_codes has no code for {name}. Add it.", setting=f"mop_codes.{name}"
                )

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Read a file of settings.

        Args:
            path: the file, as the top of this module shows it.

        Raises:
            TomlFileError: something in it is wrong; every fault is named with its line.
            ConfigError: it cannot be opened, or a code is missing or too long.
        """
        name, text = read_text_file(path)
        return cls.from_toml(text, name=name)

    @classmethod
    def from_toml(cls, text: str, *, name: str = "localgovims.toml") -> Self:
        """Read settings from the text of a file.

        Args:
            text: TOML.
            name: the name of the file, for errors.

        Raises:
            TomlFileError: something is wrong; every fault is named with its line.
            ConfigError: a code is missing or too long.
        """
        file = TomlFile(text)
        if file.faults:
            raise TomlFileError(name, file.faults)
        file.known((), file.data, ("office_code", "mop_codes", "fee_account"))
        office = file.text((), file.data, "office_code", required=True)
        account = file.text((), file.data, "fee_account")
        table = file.table(("mop_codes",), file.data.get("mop_codes", {}))
        codes = {key: file.text(("mop_codes",), table, key) or "" for key in table}
        if file.faults:
            raise TomlFileError(name, file.faults)
        return cls(office or "", codes, account or "")


class LocalGovImsWriter:
    """Write the file.

    Args:
        settings: how the council's LocalGovIMS is set up.
    """

    ending = ".localgovims.csv"

    def __init__(self, settings: LocalGovIms) -> None:
        self._settings = settings

    def write(self, batch: Batch, lines: Iterable[Posting], file: BinaryIO) -> int:
        """Write a header and a row for each line. Amounts are pounds, income above 0.

        Args:
            batch: the batch.
            lines: its lines.
            file: open for writing bytes. It is not closed.

        Returns:
            How many lines were written.

        Raises:
            InvalidValueError: a value is too long for LocalGovIMS, or there is no code for a
                method of payment. It names the row and the column.
        """
        return write_rows(file, tuple(_LONGEST), self._rows(batch, lines), profile=MACHINES)

    def _rows(self, batch: Batch, lines: Iterable[Posting]) -> Iterator[tuple[str, ...]]:
        for row, one in enumerate(lines, start=1):
            cells = (
                _reference(one),
                one.payment_id,
                one.id,
                self._settings.office_code,
                batch.day.isoformat(),
                _moment(one),
                self._account(one),
                one.fund,
                self._mop_code(one, row=row),
                format_pounds(one.gross, symbol=False, commas=False),
                format_pounds(one.vat, symbol=False, commas=False),
                one.vat_code,
                _fraction(one.vat_rate),
                one.narrative,
            )
            for (name, longest), cell in zip(_LONGEST.items(), cells, strict=True):
                if longest is not None and len(cell) > longest:
                    raise InvalidValueError(
                        f"Row {row} ({one.key}), {name}: the value has {len(cell)} characters, "
                        f"and LocalGovIMS keeps {longest}. Shorten the code in the file of funds "
                        "or of rules.",
                        field=name,
                        code="too_long",
                    )
            yield cells

    def _account(self, one: Posting) -> str:
        if one.kind in {Kind.FEE, Kind.DISPUTE_FEE}:
            return one.account_reference or self._settings.fee_account
        # In suspense it is what a payer typed, of any length: the payment's id finds it too.
        too_long = len(one.account_reference) > (_LONGEST["AccountReference"] or 0)
        return "" if one.in_suspense and too_long else one.account_reference

    def _mop_code(self, one: Posting, *, row: int) -> str:
        fee = one.kind in {Kind.FEE, Kind.DISPUTE_FEE}
        code = self._settings.mop_codes.get(_FEE if fee else one.origin.method)
        if code is None:
            raise InvalidValueError(
                f"Row {row} ({one.key}): there is no MOP code for the payment's method. Add the "
                "method (authorisation_mode in GOV.UK Pay) to mop_codes.",
                field="MopCode",
                code="no_mop_code",
            )
        return code


def _reference(one: Posting) -> str:
    """Name the line within 36 characters: the kind, its number, and Pay's own 26 characters."""
    mark = "X" if one.key.endswith(REVERSED) else "C" if one.key.endswith(CHANGED) else ""
    if one.key.endswith(f"{CHANGED}{REVERSED}"):
        mark = "CX"
    return f"{_LETTERS[one.kind]}{mark}{one.line}-{one.id}"


def _moment(one: Posting) -> str:
    local = one.at.astimezone(_LONDON).replace(tzinfo=None)
    # The day is what finance posts by: a dispute's instant is that of its beginning.
    if local.date() != one.day:
        local = datetime.combine(one.day, datetime.min.time())
    return local.isoformat(timespec="seconds")


def _fraction(basis_points: int | None) -> str:
    # A number that is not null there: exempt and outside the scope have rate 0.
    points = basis_points or 0
    return f"{points // _RATE_UNIT}.{points % _RATE_UNIT:04}"
