# SPDX-License-Identifier: MIT
"""A file to send by e-mail: what GOV.UK Notify takes, checked before it leaves.

A person gets a link in the e-mail, and the file from a page of Notify's. The answer to a send
holds that secret link: whoever has it may have the file.
"""

import base64
import binascii
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Final, Self, cast

from lg_core.errors import InvalidValueError

__all__ = ["FILE_TYPES", "LARGEST_FILE", "File", "FilePart"]

FilePart = str | bool | None
"""A member of a file as Notify's API has it."""

LARGEST_FILE: Final = 2 * 1024 * 1024 + 1024
"""The most bytes of a file: document-download-api takes 2 MiB and a KiB beside it."""

FILE_TYPES: Final = (
    ".csv", ".doc", ".docx", ".jpeg", ".jpg", ".json", ".odt", ".pdf", ".png", ".rtf", ".txt",
    ".xlsx",
)  # fmt: skip
"""How the name of a file may end (the API's own list; its documentation leaves .json out once)."""

_LONGEST_NAME = 100
_LONGEST_BASE64 = (LARGEST_FILE + 2) // 3 * 4
_MOST_WEEKS = 78
_WEEKS = re.compile(r"([1-9]|[1-6][0-9]|7[0-8]) weeks?")
_MEMBERS = frozenset(
    {"file", "filename", "confirm_email_before_download", "retention_period", "is_csv"}
)


@dataclass(frozen=True, slots=True)
class File:
    """A file, as a value of an e-mail's personalisation (docs, 'Send a file by email').

    Attributes:
        content: the bytes: 2 MiB at the most.
        filename: the name that the person gets it under, at most 100 characters, with an ending
            that Notify takes (`FILE_TYPES`).
        confirm_email_before_download: whether the person must type the e-mail address first. Notify
            asks for it where this is left out.
        retention_period: for how many weeks the file can be had, 1 to 78; Notify keeps it for 26
            weeks where this is left out.
        is_csv: for a file without a name, whether it is CSV and not plain text.

    Raises:
        InvalidValueError: a part is wrong; the text says which and what to do.
    """

    content: bytes = field(repr=False)
    filename: str | None = field(default=None, repr=False)
    confirm_email_before_download: bool | None = field(default=None, kw_only=True)
    retention_period: int | None = field(default=None, kw_only=True)
    is_csv: bool | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        if not isinstance(self.content, bytes | bytearray):  # pyright: ignore[reportUnnecessaryIsInstance] -- a caller without types
            raise _wrong("content", "must be bytes: read the file in binary mode", "bytes_type")
        if not self.content:
            raise _wrong("content", "is empty, which GOV.UK Notify refuses", "no_file")
        if len(self.content) > LARGEST_FILE:
            raise _wrong("content", _TOO_LARGE, "too_large")
        weeks = self.retention_period
        if weeks is not None and (type(weeks) is not int or not 1 <= weeks <= _MOST_WEEKS):
            raise _wrong("retention_period", _PERIOD, "retention_period")
        if fault := _name_fault(self.filename, self.is_csv):
            raise _wrong(*fault)

    @classmethod
    def from_bytes(
        cls,
        content: bytes,
        *,
        filename: str | None = None,
        confirm_email_before_download: bool | None = None,
        retention_period: int | None = None,
        is_csv: bool | None = None,
    ) -> Self:
        """Make a file from its bytes.

        Args:
            content: the bytes.
            filename: the name that the person gets it under.
            confirm_email_before_download: whether the person must type the e-mail address first.
            retention_period: for how many weeks the file can be had.
            is_csv: for a file without a name, whether it is CSV.

        Raises:
            InvalidValueError: a part is wrong.
        """
        return cls(
            content,
            filename,
            confirm_email_before_download=confirm_email_before_download,
            retention_period=retention_period,
            is_csv=is_csv,
        )

    @classmethod
    def from_path(
        cls,
        path: str | os.PathLike[str],
        *,
        filename: str | None = None,
        confirm_email_before_download: bool | None = None,
        retention_period: int | None = None,
    ) -> Self:
        """Read a file of this machine, whole.

        Args:
            path: where it is.
            filename: the name that the person gets it under; that of the path by default.
            confirm_email_before_download: whether the person must type the e-mail address first.
            retention_period: for how many weeks the file can be had.

        Raises:
            InvalidValueError: a part is wrong, or the file is too large; it is then not read.
            OSError: the file cannot be read.
        """
        where = Path(path)
        if where.stat().st_size > LARGEST_FILE:
            raise _wrong("content", _TOO_LARGE, "too_large")
        return cls(
            where.read_bytes(),
            where.name if filename is None else filename,
            confirm_email_before_download=confirm_email_before_download,
            retention_period=retention_period,
        )

    def parts(self) -> dict[str, FilePart]:
        """Return the file as Notify's API has it; what was left out is left out."""
        weeks = self.retention_period
        given: dict[str, FilePart] = {
            "file": base64.b64encode(self.content).decode(),
            "filename": self.filename,
            "confirm_email_before_download": self.confirm_email_before_download,
            "retention_period": None if weeks is None else f"{weeks} week{'s' * (weeks > 1)}",
            "is_csv": self.is_csv,
        }
        return {name: part for name, part in given.items() if part is not None}


def checked_parts(value: Mapping[object, object]) -> dict[str, FilePart]:
    """Check a file that is given as Notify's API has it.

    Args:
        value: its members; `file` is among them.

    Raises:
        InvalidValueError: a member is wrong; the text does not repeat it.
    """
    if not all(
        name in _MEMBERS and (part is None or isinstance(part, str | bool))
        for name, part in value.items()
    ):
        raise InvalidValueError(
            "it has a member that Notify does not know: a file has "
            f"{', '.join(sorted(_MEMBERS))}, each text, True, False or None",
            code="file_member",
        )
    parts = cast("Mapping[str, FilePart]", value)
    content = parts["file"]
    if not isinstance(content, str) or not content:
        raise InvalidValueError(
            "it has no content: give its bytes in base64, as text, or use File", code="no_file"
        )
    if len(content) > _LONGEST_BASE64:
        raise InvalidValueError(f"it {_TOO_LARGE}", code="too_large")
    if not _is_base64(content):
        raise InvalidValueError(
            "its content is not base64: use File, which encodes it", code="not_base64"
        )
    period = parts.get("retention_period")
    if period is not None and not (isinstance(period, str) and _WEEKS.fullmatch(period)):
        raise InvalidValueError(f"its retention_period {_PERIOD}", code="retention_period")
    for name in ("confirm_email_before_download", "is_csv"):
        if isinstance(parts.get(name), str):
            raise InvalidValueError(f"its {name} must be True or False", code="file_member")
    if fault := _name_fault(parts.get("filename"), parts.get("is_csv")):
        part, what, code = fault
        raise InvalidValueError(f"its {part} {what}", code=code)
    return dict(parts)


_TOO_LARGE = "is larger than 2 MiB, the most that GOV.UK Notify takes: send a smaller file"
_PERIOD = f"must be from 1 to {_MOST_WEEKS} weeks"


def _is_base64(text: str) -> bool:
    try:
        return bool(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        return False


def _name_fault(filename: FilePart, is_csv: FilePart) -> tuple[str, str, str] | None:
    """Say which part is wrong, how, and the fault's stable name."""
    if filename is None:
        return None
    if not isinstance(filename, str):
        return "filename", "must be text", "file_member"
    if is_csv is not None:
        return "is_csv", "must be left out where there is a filename", "is_csv"
    if len(filename) > _LONGEST_NAME:
        return "filename", f"must have {_LONGEST_NAME} characters or fewer", "too_long"
    if PurePath(filename).suffix.lower() not in FILE_TYPES:
        return "filename", f"must end with one of {' '.join(FILE_TYPES)}", "file_type"
    return None


def _wrong(part: str, what: str, code: str) -> InvalidValueError:
    return InvalidValueError(f"File: {part}: {what}.", field=part, code=code)
