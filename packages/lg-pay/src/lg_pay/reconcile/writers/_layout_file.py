# SPDX-License-Identifier: MIT
"""Take the file of a layout apart, and note every fault with its line."""

import codecs
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TypeVar, cast

from lg_core.csv_files import CsvProfile, Quoting
from lg_core.toml_files import TomlFile, TomlPath
from lg_pay.reconcile.writers.layout_fields import (
    BATCH_SOURCES,
    LINE_SOURCES,
    ROW,
    TRAILER_SOURCES,
    Amounts,
    LayoutField,
    Side,
    Sign,
    Unfit,
    is_amount,
    is_date,
)

__all__ = ["LayoutFile"]

Word = TypeVar("Word", bound=StrEnum)

_TOP: Final = (
    "name", "kind", "extension", "encoding", "line_end", "delimiter", "quotes", "accents",
    "column_names", "header", "columns", "trailer",
)  # fmt: skip
_FIELD: Final = (
    "name", "source", "text", "width", "side", "fill", "amounts", "sign", "letters", "negate",
    "date", "unfit",
)  # fmt: skip
_OPEN_TEXTS: Final = ("reference", "account_reference", "narrative", "rule")
_OF_AMOUNTS: Final = ("amounts", "sign", "letters", "negate")
_DELIMITERS: Final = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
_LINE_ENDS: Final = {"crlf": "\r\n", "lf": "\n"}
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_EXTENSION: Final = re.compile(r"[A-Za-z0-9]{1,10}")
_PATTERN: Final = re.compile(r"(?:[^%]|%[YymdjHMS])+")
_WIDEST: Final = 1_000


class LayoutFile(TomlFile):
    """Holds the file, and reads its parts."""

    def check_top(self) -> None:
        """Note what is not known at the top."""
        self.known((), self.data, _TOP)
        if "columns" not in self.data:
            self.fault(("columns",), "is missing. Add [[columns]] once for each field of a line.")

    def own_name(self) -> str:
        """Read the layout's name."""
        return self._named("name", _PLAIN_NAME, "letters, digits, - and _", default="") or ""

    def extension(self) -> str:
        """Read the end of the file's name."""
        return self._named("extension", _EXTENSION, "letters and digits", default="txt") or "txt"

    def _named(
        self, key: str, pattern: re.Pattern[str], allowed: str, *, default: str
    ) -> str | None:
        text = self.text((), self.data, key, required=not default)
        if text is not None and not pattern.fullmatch(text):
            self.fault((key,), f"may have {allowed} alone: it is part of the file's name.")
        return text or default

    def word(self, key: str, words: tuple[str, ...]) -> str:
        """Read a key that is one of a few words; the first where it is not there."""
        if key == "kind" and key not in self.data:
            self.fault((key,), f"is missing. Write one of: {', '.join(words)}.")
        return self._word((), self.data, key, words=words)

    def flag(self, key: str) -> bool:
        """Read a key that is true or false; false where it is not there."""
        return self._flag((), self.data, key)

    def csv(self, *, fixed: bool) -> CsvProfile:
        """Read the encoding, the line end, the delimiter and the quotation marks."""
        encoding = self.text((), self.data, "encoding") or "utf-8"
        if fixed:
            if "encoding" not in self.data:
                encoding = "cp1252"
            for key in ("delimiter", "quotes", "column_names"):
                if key in self.data:
                    self.fault((key,), "is for the kind columns alone. Take it out.")
        try:
            codecs.lookup(encoding)
            one_byte = len("£".encode(encoding, "replace")) == 1
        except (LookupError, UnicodeError):  # also codecs that are none of text
            self.fault(("encoding",), "is not known. Use one such as utf-8 or cp1252.")
            return CsvProfile()
        if fixed and not one_byte:
            self.fault(
                ("encoding",),
                "must have one byte for each character in a fixed-width file, such as cp1252.",
            )
        return CsvProfile(
            encoding=encoding,
            line_end=_LINE_ENDS[self.word("line_end", tuple(_LINE_ENDS))],
            delimiter=_DELIMITERS[self.word("delimiter", tuple(_DELIMITERS))],
            quoting=Quoting(self.word("quotes", ("minimal", "all", "none"))),
        )

    def row(self, key: str, *, fixed: bool) -> tuple[LayoutField, ...]:
        """Read the fields of a row."""
        entries = self.data.get(key, [])
        if not isinstance(entries, list):
            self.fault((key,), f"must be written [[{key}]], once for each field.")
            return ()
        fields = [
            self._field((key, at), self.table((key, at), entry), row=key, fixed=fixed)
            for at, entry in enumerate(cast("list[object]", entries))
        ]
        if key == "columns":
            names = [one.name for one in fields]
            for at, name in enumerate(names):
                if name and name in names[:at]:
                    self.fault((key, at, "name"), "stands on another column too. Rename one.")
        return tuple(fields)

    def _field(
        self, path: TomlPath, table: Mapping[str, object], *, row: str, fixed: bool
    ) -> LayoutField:
        self.known(path, table, _FIELD)
        source = self._source(path, table, row=row)
        amount = is_amount(source)
        for key in _OF_AMOUNTS:
            if key in table and not amount:
                self.fault((*path, key), "is for an amount alone. Take it out.")
        if "date" in table and not is_date(source):
            self.fault((*path, "date"), "is for a day or an instant alone. Take it out.")
        width = self._width(path, table, fixed=fixed)
        side = self._side(path, table, fixed=fixed, right=amount or _is_number(source))
        fill = self._fill(path, table)
        if fill.isalnum() and side is Side.LEFT:
            self.fault((*path, "fill"), "would change the value on its right. Set side to right.")
        if side is not None and width is None:
            self.fault((*path, "width"), "is missing: side needs one. Add width = 10 or another.")
        sign = self._one_of(path, table, "sign", words=Sign)
        if row != "columns" and sign in {Sign.ABOVE_ONLY, Sign.BELOW_ONLY}:
            self.fault(
                (*path, "sign"),
                "would leave a total out. Use the sources total_above and total_below.",
            )
        return LayoutField(
            name=self.text(path, table, "name", required=True) or "",
            source=source,
            text=self._fixed_text(path, table),
            width=width,
            side=side,
            fill=fill,
            amounts=self._one_of(path, table, "amounts", words=Amounts),
            sign=sign,
            letters=self._letters(path, table),
            negate=self._flag(path, table, "negate"),
            date=self._pattern(path, table),
            unfit=self._unfit(path, table, source=source, row=row),
        )

    def _source(self, path: TomlPath, table: Mapping[str, object], *, row: str) -> str | None:
        source = self.text(path, table, "source")
        if source is None:
            return None
        if "text" in table:
            self.fault((*path, "text"), "stands beside a source. Take one of them out.")
        known = set(BATCH_SOURCES) | (
            {*LINE_SOURCES, ROW} if row == "columns" else _TRAILER.get(row, set())
        )
        if source not in known:
            self.fault(
                (*path, "source"),
                f"is no source of a field here. Known are {', '.join(sorted(known))}.",
            )
            return None
        return source

    def _fixed_text(self, path: TomlPath, table: Mapping[str, object]) -> str:
        text = table.get("text", "")
        if not isinstance(text, str) or not text.isprintable():
            self.fault((*path, "text"), "must be text in quotation marks, on one line.")
            return ""
        return text

    def _width(self, path: TomlPath, table: Mapping[str, object], *, fixed: bool) -> int | None:
        width = table.get("width")
        if width is None:
            if fixed:
                self.fault((*path, "width"), "is missing. Add width = 10 or another.")
            return None
        # A bool is an int to Python, and no width.
        if type(width) is not int or not 1 <= width <= _WIDEST:
            self.fault((*path, "width"), f"must be a whole number from 1 to {_WIDEST}.")
            return 1
        return width

    def _side(
        self, path: TomlPath, table: Mapping[str, object], *, fixed: bool, right: bool
    ) -> Side | None:
        if "side" in table:
            return self._one_of(path, table, "side", words=Side)
        if not fixed and "fill" not in table:
            return None
        return Side.RIGHT if right else Side.LEFT

    def _fill(self, path: TomlPath, table: Mapping[str, object]) -> str:
        fill = table.get("fill", " ")
        if not isinstance(fill, str) or len(fill) != 1 or not fill.isascii():
            self.fault((*path, "fill"), 'must be one character, such as fill = "0".')
            return " "
        return fill

    def _letters(self, path: TomlPath, table: Mapping[str, object]) -> tuple[str, str]:
        value = table.get("letters", ["CR", "DR"])
        texts = cast("list[object]", value) if isinstance(value, list) else []
        match texts:
            case [str() as above, str() as below] if above != below:
                return above, below
            case _:
                self.fault(
                    (*path, "letters"), 'must be two different texts: letters = ["CR", "DR"].'
                )
                return "CR", "DR"

    def _pattern(self, path: TomlPath, table: Mapping[str, object]) -> str | None:
        pattern = self.text(path, table, "date")
        if pattern is not None and not _PATTERN.fullmatch(pattern):
            self.fault(
                (*path, "date"), "may have %Y, %y, %m, %d, %j, %H, %M and %S, and what is between."
            )
            return None
        return pattern

    def _unfit(
        self, path: TomlPath, table: Mapping[str, object], *, source: str | None, row: str
    ) -> Unfit:
        if "unfit" in table and (row != "columns" or source not in _OPEN_TEXTS):
            self.fault(
                (*path, "unfit"), f"is for these sources of a line alone: {', '.join(_OPEN_TEXTS)}."
            )
        return self._one_of(path, table, "unfit", words=Unfit)

    def _one_of(
        self, path: TomlPath, table: Mapping[str, object], key: str, *, words: type[Word]
    ) -> Word:
        return words(self._word(path, table, key, words=tuple(word.value for word in words)))

    def _word(
        self, path: TomlPath, table: Mapping[str, object], key: str, *, words: tuple[str, ...]
    ) -> str:
        text = self.text(path, table, key)
        if text is not None and text not in words:
            self.fault((*path, key), f"must be one of: {', '.join(words)}.")
        return text if text in words else words[0]

    def _flag(self, path: TomlPath, table: Mapping[str, object], key: str) -> bool:
        value = table.get(key, False)
        if not isinstance(value, bool):
            self.fault((*path, key), "must be true or false, without quotation marks.")
        return value is True


_TRAILER: Final[Mapping[str, set[str]]] = {"trailer": set(TRAILER_SOURCES)}


def _is_number(source: str | None) -> bool:
    return source in {"line", ROW, "count", "suspense_count", "batch_number"}
