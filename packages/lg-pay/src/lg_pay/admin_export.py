# SPDX-License-Identifier: MIT
"""Read the file that a person downloads from GOV.UK Pay's admin tool ('Download CSV').

One file holds payments, refunds and disputes. No column says which a row is: its state does, and
the sign of its amount must agree, or the row is refused. Rows stream, so memory does not grow with
the file.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import BinaryIO, Final

from lg_core.csv_reading import CsvRow, read_table
from lg_core.errors import InvalidValueError
from lg_core.money import Pence, parse_pounds

__all__ = [
    "CANNOT_SHOW",
    "AdminExport",
    "BadRow",
    "ExportFault",
    "ExportKind",
    "ExportRow",
    "ExportState",
    "read_export",
]

CANNOT_SHOW: Final = (
    "the captured date and the settled date, so a settlement cannot be matched from the file",
    "when capture was asked for, so a payment's day is taken from its creation",
    "refund ids: a refund is known by its payment, its time and its amount",
    "dispute ids, reasons and evidence deadlines",
    "the agreement of a recurring payment",
    "which of the unfinished states a payment in progress is in",
    "an apostrophe that a payer typed before =, +, - or @: it is taken for the admin tool's own",
)
"""What the file does not hold, and the API does. Say it beside whatever is made from the file."""

_METADATA: Final = " (metadata)"
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            ("Jan",), ("Feb",), ("Mar",), ("Apr",), ("May",), ("Jun",),
            ("Jul",), ("Aug",), ("Sep", "Sept"), ("Oct",), ("Nov",), ("Dec",),
        ),
        start=1,
    )
    for name in names
}  # fmt: skip
_DAY: Final = re.compile(r"([0-9]{1,2}) ([A-Z][a-z]{2,3}) ([0-9]{4})")
_TIME: Final = re.compile(r"([0-9]{2}):([0-9]{2}):([0-9]{2})")
_ID: Final = re.compile(r"[A-Za-z0-9]{1,50}")
_SHIELDED: Final = re.compile(r"'[=+\-@]")
_REQUIRED: Final = (
    "Reference",
    "Description",
    "Email",
    "Amount",
    "Card Brand",
    "Cardholder Name",
    "Card Expiry Date",
    "Card Number",
    "State",
    "Finished",
    "Error Code",
    "Error Message",
    "Provider ID",
    "GOV.UK Payment ID",
    "Issued By",
    "Date Created",
    "Time Created",
    "Corporate Card Surcharge",
    "Total Amount",
    "Wallet Type",
)
_OPTIONAL: Final = (
    "Fee",
    "Net",
    "Fee (transaction)",
    "Fee (3DS)",
    "Fee (fraud protection)",
    "Card Type",
    "MOTO",
    "Payment Provider",
    "3-D Secure Required",
)


class ExportKind(StrEnum):
    """What a row is."""

    PAYMENT = "payment"
    REFUND = "refund"
    DISPUTE = "dispute"


class ExportState(StrEnum):
    """The admin tool's words for a state."""

    IN_PROGRESS = "In progress"
    SUCCESS = "Success"
    DECLINED = "Declined"
    TIMED_OUT = "Timed out"
    CANCELLED = "Cancelled"
    ERROR = "Error"
    REFUND_SUBMITTED = "Refund submitted"
    REFUND_SUCCESS = "Refund success"
    REFUND_ERROR = "Refund error"
    DISPUTE_NEEDS_RESPONSE = "Dispute awaiting evidence"
    DISPUTE_UNDER_REVIEW = "Dispute under review"
    DISPUTE_LOST = "Dispute lost to customer"
    DISPUTE_WON = "Dispute won in your favour"

    @property
    def kind(self) -> ExportKind:
        """What a row with this state is."""
        word = self.name.partition("_")[0].lower()
        return ExportKind(word) if word in {"refund", "dispute"} else ExportKind.PAYMENT


class ExportFault(StrEnum):
    """Why a row was refused. Names are stable."""

    AMOUNT = "amount"
    """It is no amount in pounds."""
    CELLS = "cells"
    """The row has more or fewer cells than the header."""
    ID = "id"
    """It is no payment id: other signs than letters and digits stand in it."""
    MISSING = "missing"
    """The cell is empty, and must not be."""
    SIGN = "sign"
    """The amount's sign does not go with the state."""
    STATE = "state"
    """The admin tool's word for the state is not known."""
    TIME = "time"
    """It is no day, or no time of day."""
    YES_OR_NO = "yes_or_no"
    """It is neither true nor false."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be used. What stood there is not repeated.

    Attributes:
        line: its line in the file.
        column: the name of the column, or nothing where the whole row is wrong.
        fault: what is wrong.
    """

    line: int
    column: str
    fault: ExportFault


@dataclass(frozen=True, slots=True)
class ExportRow:
    """A payment, a refund or a dispute. Its `repr` shows nothing that a person typed.

    Attributes:
        line: its line in the file.
        kind: what it is.
        state: the admin tool's word.
        finished: whether it has ended.
        code: why it failed, such as `P0010`, or nothing.
        payment_id: the payment; of a refund or dispute, the one that it belongs to.
        created: when it was created (UTC).
        amount: pence, below 0 for a refund, and for a dispute that is not won.
        total_amount: pence that were taken, with a surcharge; None while unfinished.
        surcharge: pence that were added for a corporate card, or None.
        fee: pence that the provider keeps, or None.
        net: pence that are paid to you, or None.
        reference: your name for the payment.
        description: what was paid for.
        email: the payer's e-mail address.
        cardholder_name: the name on the card.
        card_brand: such as `Visa`.
        card_type: such as `debit`.
        last_digits: the last digits of the card number.
        expiry_date: the card's.
        wallet_type: such as `Apple Pay`.
        provider_id: the provider's name for the payment.
        provider: such as `stripe`.
        issued_by: the e-mail address of the member of staff who made the refund.
        moto: whether it was by post or telephone; None where the file does not say.
        metadata: the pairs that were sent with the payment, as text; those that are empty are
            left out.
    """

    line: int
    kind: ExportKind
    state: ExportState
    finished: bool
    code: str = field(repr=False)
    payment_id: str
    created: datetime
    amount: Pence
    total_amount: Pence | None
    surcharge: Pence | None
    fee: Pence | None
    net: Pence | None
    reference: str = field(repr=False)
    description: str = field(repr=False)
    email: str = field(repr=False)
    cardholder_name: str = field(repr=False)
    card_brand: str = field(repr=False)
    card_type: str = field(repr=False)
    last_digits: str = field(repr=False)
    expiry_date: str = field(repr=False)
    wallet_type: str = field(repr=False)
    provider_id: str = field(repr=False)
    provider: str = field(repr=False)
    issued_by: str = field(repr=False)
    moto: bool | None
    metadata: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class AdminExport:
    """A file of the admin tool, as it is being read.

    Attributes:
        rows: each row, or what is wrong with it. They can be gone through once.
        metadata_keys: the metadata keys that the file has columns for.
        unknown_columns: columns that are not known, and are not read.
        has_fees: whether the file has fees and net amounts.
    """

    rows: Iterator[ExportRow | BadRow] = field(repr=False)
    metadata_keys: tuple[str, ...] = field(repr=False)
    unknown_columns: tuple[str, ...] = field(repr=False)
    has_fees: bool


def read_export(file: BinaryIO) -> AdminExport:
    """Read a file of the admin tool.

    Times in it are UTC, amounts pounds with commas. The apostrophe that the admin tool puts before
    text which a spreadsheet would take for a formula is taken off.

    Args:
        file: open for reading bytes.

    Returns:
        The rows. One that cannot be read is given as a `BadRow`; nothing is left out. The file
        cannot show everything: see `CANNOT_SHOW`.

    Raises:
        InvalidValueError: it is not the admin tool's file: columns are missing, and are named.
            Going through the rows raises it too, where the file is no CSV file.
    """
    table = read_table(file)
    missing = [name for name in _REQUIRED if name not in table.header]
    if missing:
        raise InvalidValueError(
            f"This is not the file of GOV.UK Pay's admin tool: it has no column "
            f"{', '.join(missing)}. Download it again, and do not change it in a spreadsheet.",
            code="columns",
        )
    keys = tuple(name.removesuffix(_METADATA) for name in table.header if name.endswith(_METADATA))
    known = {*_REQUIRED, *_OPTIONAL, ""}
    unknown = tuple(
        name for name in table.header if name not in known and not name.endswith(_METADATA)
    )
    rows = (_row(row, keys) for row in table.rows)
    return AdminExport(rows, keys, unknown, "Net" in table.header)


class _RefusedCell(Exception):  # noqa: N818 -- it ends the reading of one row, and is caught there
    def __init__(self, column: str, fault: ExportFault) -> None:
        super().__init__(fault)
        self.column = column
        self.fault = fault


def _row(row: CsvRow, keys: tuple[str, ...]) -> ExportRow | BadRow:
    if not row.whole:
        return BadRow(row.line, "", ExportFault.CELLS)
    try:
        return _Cells(row).read(keys)
    except _RefusedCell as refused:
        return BadRow(row.line, refused.column, refused.fault)


class _Cells:
    """Reads the cells of one row."""

    def __init__(self, row: CsvRow) -> None:
        self._line = row.line
        self._cells = row.cells

    def read(self, keys: tuple[str, ...]) -> ExportRow:
        state = self._state()
        return ExportRow(
            line=self._line,
            kind=state.kind,
            state=state,
            finished=self._yes_or_no("Finished"),
            code=self._text("Error Code"),
            payment_id=self._payment_id(),
            created=self._created(),
            amount=self._amount(state),
            total_amount=self._pence("Total Amount"),
            surcharge=self._pence("Corporate Card Surcharge"),
            fee=self._pence("Fee"),
            net=self._pence("Net"),
            reference=self._typed("Reference"),
            description=self._typed("Description"),
            email=self._typed("Email"),
            cardholder_name=self._typed("Cardholder Name"),
            card_brand=self._text("Card Brand"),
            card_type=self._text("Card Type"),
            last_digits=self._text("Card Number"),
            expiry_date=self._text("Card Expiry Date"),
            wallet_type=self._text("Wallet Type"),
            provider_id=self._typed("Provider ID"),
            provider=self._text("Payment Provider"),
            issued_by=self._text("Issued By"),
            moto=self._yes_or_no("MOTO") if self._text("MOTO") else None,
            metadata=MappingProxyType(
                {key: text for key in keys if (text := self._cells[f"{key}{_METADATA}"])}
            ),
        )

    def _text(self, column: str) -> str:
        return self._cells.get(column, "").strip()

    def _typed(self, column: str) -> str:
        """Take a text that a person may have typed, without the admin tool's apostrophe."""
        text = self._cells[column]
        return text[1:] if _SHIELDED.match(text) else text

    def _filled(self, column: str) -> str:
        text = self._text(column)
        if not text:
            raise _RefusedCell(column, ExportFault.MISSING)
        return text

    def _payment_id(self) -> str:
        text = self._filled("GOV.UK Payment ID")
        if not _ID.fullmatch(text):
            raise _RefusedCell("GOV.UK Payment ID", ExportFault.ID)
        return text

    def _state(self) -> ExportState:
        found = _STATES.get(self._filled("State").casefold())
        if found is None:
            raise _RefusedCell("State", ExportFault.STATE)
        return found

    def _yes_or_no(self, column: str) -> bool:
        word = self._filled(column).casefold()
        if word not in {"true", "false"}:
            raise _RefusedCell(column, ExportFault.YES_OR_NO)
        return word == "true"

    def _pence(self, column: str) -> Pence | None:
        text = self._text(column)
        if not text:
            return None
        try:
            return parse_pounds(text)
        except InvalidValueError:
            raise _RefusedCell(column, ExportFault.AMOUNT) from None

    def _amount(self, state: ExportState) -> Pence:
        self._filled("Amount")
        amount = self._pence("Amount") or Pence(0)
        out = state.kind is not ExportKind.PAYMENT and state is not ExportState.DISPUTE_WON
        if amount > 0 if out else amount < 0:
            raise _RefusedCell("Amount", ExportFault.SIGN)
        return amount

    def _created(self) -> datetime:
        day = _DAY.fullmatch(self._text("Date Created"))
        month = _MONTHS.get(day[2]) if day else None
        if day is None or month is None:
            raise _RefusedCell("Date Created", ExportFault.TIME)
        time = _TIME.fullmatch(self._text("Time Created"))
        if time is None:
            raise _RefusedCell("Time Created", ExportFault.TIME)
        hour, minute, second = map(int, time.groups())
        try:
            return datetime(int(day[3]), month, int(day[1]), hour, minute, second, tzinfo=UTC)
        except ValueError:
            raise _RefusedCell("Date Created", ExportFault.TIME) from None


_STATES: Final = {state.value.casefold(): state for state in ExportState}
