# SPDX-License-Identifier: MIT
"""What writing and reading a CSV file check alike: the encoding and the delimiter."""

import codecs
from enum import StrEnum
from typing import NoReturn

from lg_core.errors import ConfigError, InvalidValueError

__all__ = ["CsvFault", "checked_delimiter", "checked_encoding", "refuse"]


class CsvFault(StrEnum):
    """What was wrong with a file, a row or a cell: the `code` of the error."""

    ENCODING = "encoding"
    """A character that the encoding does not have, or bytes that it cannot be."""
    HEADER = "header"
    """No header, or a name in it twice."""
    QUOTES = "quotes"
    """Quotation marks that do not match, or a cell that would need them where there are none."""
    WIDTH = "width"
    """A row with more or fewer cells than the header."""
    WRONG_TYPE = "wrong_type"
    """A value that does not say how it is to be written, such as a float."""


def checked_encoding(name: str) -> str:
    """Return Python's own name of an encoding, or refuse it."""
    try:
        return codecs.lookup(name).name
    except LookupError:
        problem = "Python does not know the encoding. Use one such as utf-8 or cp1252."
    # Raised outside the handler: Python's own error repeats the name.
    raise ConfigError(problem, setting="encoding")


def checked_delimiter(text: str) -> str:
    """Return a delimiter, or refuse it."""
    if len(text) != 1 or text in '"\r\n ':
        raise ConfigError(
            "The delimiter is one character, such as a comma, a semicolon or a tab.",
            setting="delimiter",
        )
    return text


def refuse(fault: CsvFault, message: str) -> NoReturn:
    """Raise the error of a fault."""
    raise InvalidValueError(message, code=fault)
