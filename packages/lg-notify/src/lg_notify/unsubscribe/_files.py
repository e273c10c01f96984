# SPDX-License-Identifier: MIT
"""Files of people: those of another system, and that in which a list goes to another database."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, BinaryIO, Final

from lg_core.csv_reading import read_table
from lg_core.errors import InvalidValueError
from lg_notify.unsubscribe._digests import WAYS, checked_list, is_recipient

__all__ = ["COLUMNS", "checked_code", "read_recipients", "read_rows"]

COLUMNS: Final = ("channel", "digest", "list_name", "key_id", "reason", "since")
"""The columns of the file, which are those of the table."""

_CODE: Final = re.compile(r"[A-Za-z0-9_.\-]{1,80}", re.ASCII)
_DIGEST: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)
_KEY_ID: Final = re.compile(r"[0-9a-f]{8}", re.ASCII)


def checked_code(reason: str) -> str:
    """Return a reason that is a code, and so no sentence that may hold personal data.

    Raises:
        InvalidValueError: it is no code.
    """
    if not _CODE.fullmatch(reason):
        raise InvalidValueError(
            "reason must be a short code: 1 to 80 letters, digits, `_`, `.` and `-`. It is "
            "counted and printed, so it may say nothing of a person.",
            field="reason",
            code="not_a_code",
        )
    return reason


def read_recipients(
    file: BinaryIO, *, way: str, column: str, encoding: str | None
) -> Iterator[tuple[int, str | None]]:
    """Read a file of another system's, row by row.

    Args:
        file: open for reading bytes.
        way: `email`, `sms` or `letter`.
        column: the name of the column with the address or the number.
        encoding: a name that Python knows; None for UTF-8.

    Yields:
        The number of each line, and its recipient; None where it has none of this way.

    Raises:
        ConfigError: Python does not know the encoding.
        InvalidValueError: the file has no such column, or cannot be read.
    """
    table = read_table(file, encoding=encoding)
    if column not in table.header:
        raise InvalidValueError(
            "The file has no column of this name: give it as it stands in the first line.",
            field="column",
            code="no_column",
        )
    for row in table.rows:
        recipient = row.cells.get(column, "")
        yield row.line, recipient if row.whole and is_recipient(way, recipient) else None


def read_rows(file: BinaryIO) -> Iterator[tuple[int, Mapping[str, Any] | None]]:
    """Read a file, row by row.

    Args:
        file: open for reading bytes.

    Yields:
        The number of each line, and its row; None where it is no row of such a file.

    Raises:
        InvalidValueError: the columns are others, or the file cannot be read.
    """
    table = read_table(file)
    if set(table.header) != set(COLUMNS):
        raise InvalidValueError(
            "The file is none that `export` wrote: its columns are others. Use import_csv for a "
            "file of addresses or numbers.",
            field="file",
            code="other_columns",
        )
    for row in table.rows:
        yield row.line, _row(row.cells) if row.whole else None


def _row(cells: Mapping[str, str]) -> Mapping[str, Any] | None:
    try:
        since = datetime.fromisoformat(cells["since"])
        checked_code(cells["reason"])
        checked_list(cells["list_name"] or None)
    except ValueError:  # an InvalidValueError is one too
        return None
    good = (
        since.tzinfo is not None
        and cells["channel"] in WAYS
        and _DIGEST.fullmatch(cells["digest"])
        and _KEY_ID.fullmatch(cells["key_id"])
    )
    return {**cells, "since": since} if good else None
