# SPDX-License-Identifier: MIT
"""Write posting files by a layout: with delimiters, or with fixed widths."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, Final

from lg_core.csv_files import write_rows
from lg_core.errors import ConfigError, InvalidValueError
from lg_core.money import Pence
from lg_pay.reconcile.batches import Batch
from lg_pay.reconcile.postings import Posting
from lg_pay.reconcile.writers.layout import LayoutKind, LayoutProfile
from lg_pay.reconcile.writers.layout_fields import (
    BATCH_SOURCES,
    LINE_SOURCES,
    ROW,
    LayoutField,
    Unfit,
    Value,
)

__all__ = ["ColumnsWriter", "FixedWidthWriter"]

_BREAKS: Final = frozenset({"Cc", "Zl", "Zp"})


class ColumnsWriter:
    """Write rows whose fields are told apart by a delimiter.

    Args:
        profile: the layout, of the kind `columns`.

    Raises:
        ConfigError: the layout is of the other kind.
    """

    def __init__(self, profile: LayoutProfile) -> None:
        self._rows = _Rows(profile, kind=LayoutKind.COLUMNS)
        self._profile = profile
        self.ending = f".{profile.name}.{profile.extension}"

    def write(self, batch: Batch, lines: Iterable[Posting], file: BinaryIO) -> int:
        """Write the file.

        Args:
            batch: the batch.
            lines: its lines.
            file: open for writing bytes. It is not closed.

        Returns:
            How many lines were written.

        Raises:
            InvalidValueError: a value does not fit. It names the row and the field.
        """
        names = [tuple(one.name for one in self._profile.columns)]
        rows = self._rows.of(batch, lines, before=names if self._profile.column_names else [])
        # A file without a header, for csv_files: its rows may then differ in width.
        write_rows(file, (), rows, profile=self._profile.csv)
        return self._rows.count


class FixedWidthWriter:
    """Write rows whose fields are told apart by their places.

    Args:
        profile: the layout, of the kind `fixed-width`.

    Raises:
        ConfigError: the layout is of the other kind.
    """

    def __init__(self, profile: LayoutProfile) -> None:
        self._rows = _Rows(profile, kind=LayoutKind.FIXED_WIDTH)
        self._profile = profile
        self.ending = f".{profile.name}.{profile.extension}"

    def write(self, batch: Batch, lines: Iterable[Posting], file: BinaryIO) -> int:
        """Write the file.

        Args:
            batch: the batch.
            lines: its lines.
            file: open for writing bytes. It is not closed.

        Returns:
            How many lines were written.

        Raises:
            InvalidValueError: a value does not fit. It names the row and the field.
        """
        encoding, end = self._profile.csv.encoding, self._profile.csv.line_end
        file.writelines(
            f"{''.join(row)}{end}".encode(encoding) for row in self._rows.of(batch, lines)
        )
        return self._rows.count


class _Rows:
    """Makes the texts of the rows, one row at a time, and adds up for the trailer."""

    def __init__(self, profile: LayoutProfile, *, kind: LayoutKind) -> None:
        if profile.kind is not kind:
            raise ConfigError(
                f"This writer needs a layout of the kind {kind}, and the layout says "
                f"{profile.kind}. Use the other writer.",
                setting="profile",
            )
        self._profile = profile
        self._columns = [(one, _read_line(one)) for one in profile.columns]
        self.count = 0

    def of(
        self,
        batch: Batch,
        lines: Iterable[Posting],
        *,
        before: Iterable[tuple[str, ...]] = (),
    ) -> Iterator[tuple[str, ...]]:
        if self._profile.header:
            yield tuple(
                self._shown(one, _of_batch(one, batch), where="The header")
                for one in self._profile.header
            )
        yield from before
        above = below = Pence(0)
        self.count = 0
        for row, line in enumerate(lines, start=1):
            self.count = row
            if line.gross > 0:
                above += line.gross
            else:
                below += line.gross
            where = f"Row {row} ({line.key})"
            yield tuple(
                self._of_line(one, read(line, row, batch), line=line, where=where)
                for one, read in self._columns
            )
        if self._profile.trailer:
            sums = {"total_above": above, "total_below": below}
            yield tuple(
                self._shown(one, _of_batch(one, batch, sums), where="The trailer")
                for one in self._profile.trailer
            )

    def _of_line(self, one: LayoutField, value: Value, *, line: Posting, where: str) -> str:
        try:
            return self._shown(one, value, where=where)
        except InvalidValueError:
            if not (line.in_suspense and one.unfit is Unfit.BLANK_IN_SUSPENSE):
                raise
        return self._shown(one, "", where=where)

    def _shown(self, one: LayoutField, value: Value, *, where: str) -> str:
        text = one.shown(
            value,
            where=where,
            encoding=self._profile.csv.encoding,
            drop_accents=self._profile.drop_accents,
        )
        # A line break inside would make two rows of one.
        if not text.isprintable() and any(unicodedata.category(c) in _BREAKS for c in text):
            raise InvalidValueError(
                f"{where}, {one.name}: there is a control character or a line break in it. "
                "Correct the reference in the rule or the service that made it.",
                field=one.name,
                code="not_printable",
            )
        return text


def _read_line(one: LayoutField) -> Callable[[Posting, int, Batch], Value]:
    name = one.source
    if name is None:
        return lambda _line, _row, _batch: None
    if name == ROW:
        return lambda _line, row, _batch: row
    if name in LINE_SOURCES:
        of_line = LINE_SOURCES[name]
        return lambda line, _row, _batch: of_line(line)
    of_batch = BATCH_SOURCES[name]
    return lambda _line, _row, batch: of_batch(batch)


def _of_batch(one: LayoutField, batch: Batch, sums: dict[str, Pence] | None = None) -> Value:
    if one.source is None:
        return None
    if sums and one.source in sums:
        return sums[one.source]
    return BATCH_SOURCES[one.source](batch)
