# SPDX-License-Identifier: MIT
"""Write CSV files: exact for machines, safe for people who open them in a spreadsheet.

A file is bytes. The profile says how text becomes bytes: encoding, line ends, delimiter, quotes.
Rows stream: memory does not grow with their number. A fault names the row and the column, and
never repeats what stood there. `lg_core.csv_reading` reads.
"""

import codecs
import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import BinaryIO, Final, Literal, NoReturn

from lg_core._csv_checks import CsvFault, checked_delimiter, checked_encoding, refuse
from lg_core.errors import ConfigError
from lg_core.money import Pence

__all__ = [
    "MACHINES",
    "PEOPLE",
    "CsvFault",
    "CsvProfile",
    "CsvValue",
    "Quoting",
    "write_rows",
]

CsvValue = str | int | date | None
"""What a cell can hold. An amount of money is text by the time it comes here."""

_MARKED: Final = ("utf-16", "utf-32", "utf-8-sig")
_LINE_ENDS: Final = ("\r\n", "\n")
_NUMBER: Final = re.compile(r"[+-]?[0-9][0-9,]*(?:\.[0-9]+)?", re.ASCII)
_FORMULA: Final = re.compile(r"\s*[=+\-@|%\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
_BREAKS: Final = frozenset('"\r\n')


class Quoting(StrEnum):
    """Which cells stand in quotation marks."""

    ALL = "all"
    """Every cell."""
    MINIMAL = "minimal"
    """Those that need them (RFC 4180 section 2, rules 5 to 7)."""
    NONE = "none"
    """None, for a reader that knows no quotation marks: a cell that would need them is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvProfile:
    """Say how a CSV file is written.

    Args:
        encoding: a name that Python knows, such as `utf-8` or `cp1252`.
        line_end: a carriage return and a line feed, or a line feed alone.
        delimiter: one character between cells.
        quoting: which cells stand in quotation marks.
        formula_safe: put an apostrophe before text that a spreadsheet would carry out as a
            formula. Such a file is not exact: give it to people only.
        bom: begin with a byte order mark. Excel reads a file as UTF-8 only with one.

    Raises:
        ConfigError: Python does not know the encoding, or the delimiter or line end is another.
    """

    encoding: str = "utf-8"
    line_end: str = "\r\n"
    delimiter: str = ","
    quoting: Quoting = Quoting.MINIMAL
    formula_safe: bool = False
    bom: bool = False

    def __post_init__(self) -> None:
        name = checked_encoding(self.encoding)
        if self.bom and not name.startswith("utf"):
            raise ConfigError(
                "Only a Unicode encoding has a byte order mark: set bom to false, or the encoding "
                "to utf-8.",
                setting="bom",
            )
        checked_delimiter(self.delimiter)
        if self.line_end not in _LINE_ENDS:
            raise ConfigError(
                "A line ends with \\r\\n or with \\n: set line_end to one of them.",
                setting="line_end",
            )


PEOPLE: Final = CsvProfile(formula_safe=True, bom=True)
"""For a person with a spreadsheet: UTF-8 that Excel recognises, and no cell is a formula."""
MACHINES: Final = CsvProfile()
"""For a program: every cell exactly as it is (RFC 4180, UTF-8)."""


def write_rows(
    file: BinaryIO,
    header: Sequence[str],
    rows: Iterable[Sequence[CsvValue]],
    *,
    profile: CsvProfile,
) -> int:
    """Write a header and rows.

    Text is written as it is, a whole number in digits, a day or an instant as ISO 8601, None as
    nothing. An amount is refused as `Pence`: write `format_pounds(amount, symbol=False,
    commas=False)` where the column is in pounds, and `int(amount)` where it is in pence.

    Where a row is refused, the rows before it have been written: write to a temporary file, and
    rename it when this returns.

    Args:
        file: open for writing bytes. It is not closed.
        header: the names of the columns; none for a file without a header line.
        rows: one sequence of values a row, as long as the header where there is one.
        profile: how the file is written, such as `PEOPLE` or `MACHINES`.

    Returns:
        How many rows were written, without the header.

    Raises:
        InvalidValueError: a cell cannot be written so. The error's `code` is a `CsvFault`.
    """
    lines = _Lines(file, profile, tuple(header))
    if header:
        lines.write(0, header)
    number = 0
    for number, row in enumerate(rows, start=1):
        lines.write(number, row)
    return number


class _Lines:
    """Turns rows into bytes, one at a time."""

    def __init__(self, file: BinaryIO, profile: CsvProfile, header: tuple[str, ...]) -> None:
        self._file = file
        self._profile = profile
        self._header = header
        self._encoder = codecs.getincrementalencoder(profile.encoding)()
        # utf-16 and utf-8-sig write their own.
        marks_itself = codecs.lookup(profile.encoding).name in _MARKED
        self._mark = "\ufeff" if profile.bom and not marks_itself else ""
        self._line = ""
        # Given \r\n, the csv module puts quotation marks around each of the two on every Python.
        self._writer = csv.writer(
            _Sink(self),
            delimiter=profile.delimiter,
            lineterminator="\r\n",
            quoting=_quoting(profile.quoting),
        )

    def write(self, number: int, row: Sequence[CsvValue]) -> None:
        if self._header and len(row) != len(self._header):
            refuse(
                CsvFault.WIDTH,
                f"Row {number} has {len(row)} cells, and the header has {len(self._header)}.",
            )
        cells = [self._cell(value, number=number, at=at) for at, value in enumerate(row)]
        if self._profile.quoting is Quoting.NONE and cells == [""]:
            refuse(CsvFault.QUOTES, f"Row {number} is blank, which only quotation marks can show.")
        self._writer.writerow(cells)
        text = f"{self._mark}{self._line}{self._profile.line_end}"
        data = self._encoded(text)
        if data is None:
            # Raised outside the handler: the encoder's own error holds the text.
            at = next((at for at, cell in enumerate(cells) if not self._can_write(cell)), 0)
            refuse(
                CsvFault.ENCODING,
                f"{self._where(number, at)} has a character that {self._profile.encoding} does "
                "not have. Use an encoding that has it, such as utf-8, or replace the character.",
            )
        self._file.write(data)
        self._mark = ""

    def keep(self, line: str) -> None:
        self._line = line.removesuffix("\r\n")

    def _cell(self, value: CsvValue, *, number: int, at: int) -> str:
        if type(value) is str:
            text = value
        elif value is None:
            text = ""
        elif isinstance(value, date):  # an instant is one too
            text = value.isoformat()
        elif isinstance(value, str) or type(value) is int:
            text = str(value)
        else:
            self._wrong_type(value, number=number, at=at)
        if self._profile.formula_safe and _FORMULA.match(text) and not _NUMBER.fullmatch(text):
            text = f"'{text}"
        if self._profile.quoting is Quoting.NONE and (
            self._profile.delimiter in text or not _BREAKS.isdisjoint(text)
        ):
            refuse(
                CsvFault.QUOTES,
                f"{self._where(number, at)} holds the delimiter, a quotation mark or a line "
                "break, and this file has no quotation marks. Replace the character, or set "
                "quoting to minimal.",
            )
        return text

    def _wrong_type(self, value: object, *, number: int, at: int) -> NoReturn:
        advice = (
            "Write format_pounds(amount, symbol=False, commas=False) for pounds, or int(amount) "
            "for pence."
            if isinstance(value, Pence)
            else "Give text, a whole number, a date, or None."
        )
        refuse(
            CsvFault.WRONG_TYPE,
            f"{self._where(number, at)} is a {type(value).__name__}, which does not say how to "
            f"write it. {advice}",
        )

    def _where(self, number: int, at: int) -> str:
        name = f" ({self._header[at]})" if self._header and number else ""
        return f"Row {number}, column {at + 1}{name}"

    def _encoded(self, text: str) -> bytes | None:
        try:
            return self._encoder.encode(text)
        except UnicodeEncodeError:
            return None

    def _can_write(self, text: str) -> bool:
        try:
            text.encode(self._profile.encoding)
        except UnicodeEncodeError:
            return False
        return True


class _Sink:
    """Gives the csv module's lines to `_Lines`."""

    def __init__(self, lines: _Lines) -> None:
        self._lines = lines

    def write(self, line: str) -> None:
        self._lines.keep(line)


def _quoting(quoting: Quoting) -> Literal[0, 1, 3]:
    if quoting is Quoting.ALL:
        return csv.QUOTE_ALL
    return csv.QUOTE_NONE if quoting is Quoting.NONE else csv.QUOTE_MINIMAL
