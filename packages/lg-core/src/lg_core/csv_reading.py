# SPDX-License-Identifier: MIT
"""Read CSV files that other systems made: row by row, with the number of each row's line.

Nothing is guessed: where the encoding or the quotation marks are wrong, the file is refused, with
the line and what to do. `lg_core.csv_files` writes.
"""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, BinaryIO, Final

from lg_core._csv_checks import CsvFault, checked_delimiter, checked_encoding, refuse
from lg_core.errors import InvalidValueError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = ["CsvFault", "CsvRow", "CsvTable", "read_table"]

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row as it was read. Its `repr` shows only where it stood.

    Attributes:
        line: the number of its first line in the file, from 1.
        cells: the text of each cell by its column's name, as it stands in the file.
        whole: False where it has more or fewer cells than the header.
    """

    line: int
    cells: Mapping[str, str] = field(repr=False)
    whole: bool = True


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A file as it is being read.

    Attributes:
        header: the names of the columns. One without a name is the empty text, and is not read.
        rows: the rows; they can be gone through once.
    """

    header: tuple[str, ...] = field(repr=False)  # of a file without a header it is a row
    rows: Iterator[CsvRow] = field(repr=False)


def read_table(
    file: BinaryIO, *, encoding: str | None = None, delimiter: str = ",", skip: int = 0
) -> CsvTable:
    """Read a CSV file with a header.

    Blank lines are passed over. A row whose width differs from the header's is given with
    `whole` False, so that the reader can name all of them. A byte order mark wins over the
    encoding that was named.

    Args:
        file: open for reading bytes. It is not closed.
        encoding: a name that Python knows; None for UTF-8. It is never guessed.
        delimiter: one character between cells.
        skip: how many lines stand before the header.

    Returns:
        The header and the rows.

    Raises:
        ConfigError: Python does not know the encoding, or the delimiter is not one character.
        InvalidValueError: there is no header, or it has a name twice. Going through the rows
            raises it too: where bytes cannot be the encoding, or quotation marks do not match.
    """
    if encoding is not None:
        checked_encoding(encoding)
    lines = _Reading(
        file, encoding=encoding or "utf-8", delimiter=checked_delimiter(delimiter), skip=skip
    )
    header = next((tuple(name.strip() for name in cells) for _, cells in lines.rows()), ())
    named = [name for name in header if name]
    if not named:
        refuse(
            CsvFault.HEADER,
            "The file has no header line. Give the number of lines before it as skip, if there "
            "are any.",
        )
    if len(set(named)) != len(named):
        refuse(CsvFault.HEADER, "Two columns of the file have the same name. Rename one of them.")
    return CsvTable(header, _rows(header, lines))


def _rows(header: tuple[str, ...], lines: "_Reading") -> Iterator[CsvRow]:
    for line, cells in lines.rows():
        pairs = zip(header, cells, strict=False)
        row = {name: cell for name, cell in pairs if name}
        yield CsvRow(line, MappingProxyType(row), len(cells) == len(header))


class _Reading:
    """Cells of a file with the number of their line."""

    def __init__(self, file: BinaryIO, *, encoding: str, delimiter: str, skip: int) -> None:
        raw = io.BufferedReader(_Borrowed(file))
        start = raw.peek(4)
        marked = next((name for mark, name in _BOMS if start.startswith(mark)), None)
        self._encoding = marked or encoding
        self._text = io.TextIOWrapper(raw, encoding=self._encoding, newline="")
        self._skip = skip
        self._skipped = 0
        self._reader = csv.reader(self._text, delimiter=delimiter, strict=True)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        while (found := self._next()) is not None:
            line, cells = found
            if any(cell.strip() for cell in cells):
                yield line, cells

    def _next(self) -> tuple[int, list[str]] | None:
        fault: CsvFault
        try:
            while self._skipped < self._skip and self._text.readline():
                self._skipped += 1
            line = self._at()
            cells = next(self._reader, None)
        except UnicodeError:
            fault = CsvFault.ENCODING
        except csv.Error:
            fault = CsvFault.QUOTES
        else:
            return None if cells is None else (line, cells)
        # Raised outside the handlers: the decoder's own error holds a part of the file.
        raise InvalidValueError(self._advice(fault), code=fault)

    def _advice(self, fault: CsvFault) -> str:
        if fault is CsvFault.ENCODING:
            return (
                f"The file is not {self._encoding} in or after line {self._at()}. Say which "
                "encoding it has: a file from Windows is often cp1252."
            )
        return (
            f"The cells of line {self._at()} cannot be told apart: a quotation mark without its "
            "partner, a NUL, or an endless cell. Save the file as CSV again."
        )

    def _at(self) -> int:
        return self._skipped + self._reader.line_num + 1


class _Borrowed(io.RawIOBase):
    """Reads a file that stays open when this is closed: it is its owner's."""

    def __init__(self, file: BinaryIO) -> None:
        self._owned = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        view = memoryview(buffer)
        data = self._owned.read(len(view))
        view[: len(data)] = data
        return len(data)
