# SPDX-License-Identifier: MIT
"""Read a small table that a council wrote, and name every line that is wrong at once."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lg_core.csv_reading import CsvRow, read_table
from lg_core.errors import ConfigError, InvalidValueError

__all__ = ["Row", "read_rows"]


@dataclass(frozen=True, slots=True)
class Row:
    """One row, which can be refused."""

    read: CsvRow
    faults: list[str] = field(repr=False)

    def __getitem__(self, column: str) -> str:
        """Return the text of a cell, without the white space around it."""
        return self.read.cells[column].strip()

    def refuse(self, fault: str) -> None:
        """Note what is wrong with the row. The cell itself is not repeated."""
        self.faults.append(f"Line {self.read.line}: {fault}")


def read_rows(path: str | Path, *, columns: Sequence[str], take: Callable[[Row], None]) -> None:
    """Hand each row of a CSV file to `take`, which may refuse it.

    Args:
        path: the file, in UTF-8.
        columns: those that it must have.
        take: keeps what a row says, or refuses the row.

    Raises:
        ConfigError: the file cannot be read, or lines of it are wrong; the text names each.
    """
    data, wrong = b"", ""
    try:
        data = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        wrong = type(error).__name__
    if wrong:  # outside the handler: the first error holds the path
        raise ConfigError(
            f"The table could not be read ({wrong}). Give the path of a CSV file in UTF-8 that "
            "this process may read."
        )
    faults = _faults(data, columns=columns, take=take)
    if faults:
        raise ConfigError("\n".join(("The table cannot be used. Put these right:", *faults)))


def _faults(data: bytes, *, columns: Sequence[str], take: Callable[[Row], None]) -> list[str]:
    faults: list[str] = []
    try:
        table = read_table(io.BytesIO(data))
        if not set(columns) <= set(table.header):
            return [f"Line 1: the columns must be {', '.join(columns)}."]
        for read in table.rows:
            row = Row(read, faults)
            if read.whole:
                take(row)
            else:
                row.refuse("it must have as many cells as the first line.")
    except InvalidValueError as error:  # from the reader; it names the line
        faults.append(error.message)
    return faults
