# SPDX-License-Identifier: MIT
"""The formats of posting files, by name: a closed table."""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from lg_core.errors import ConfigError
from lg_pay.reconcile.batches import Batch
from lg_pay.reconcile.postings import Posting
from lg_pay.reconcile.writers.layout import LayoutProfile
from lg_pay.reconcile.writers.layout_writers import ColumnsWriter, FixedWidthWriter
from lg_pay.reconcile.writers.localgovims import LocalGovIms, LocalGovImsWriter
from lg_pay.reconcile.writers.neutral import CsvWriter, JsonWriter

__all__ = ["WRITERS", "Format", "PostingWriter", "writer"]


class Format(StrEnum):
    """The name of a format."""

    CSV = "csv"
    """The neutral CSV file."""
    JSON = "json"
    """The neutral JSON Lines file."""
    LOCALGOVIMS = "localgovims"
    """The fields of LocalGovIMS."""
    COLUMNS = "columns"
    """A layout of finance's own, with delimiters."""
    FIXED_WIDTH = "fixed-width"
    """A layout of finance's own, with fixed widths."""


class PostingWriter(Protocol):
    """What writes a posting file."""

    @property
    def ending(self) -> str:
        """What follows the batch's name in the file's name, such as `.csv`."""
        ...

    def write(self, batch: Batch, lines: Iterable[Posting], file: BinaryIO) -> int:
        """Write the file, and return how many lines it has.

        Args:
            batch: the batch.
            lines: its lines, read once, in their order.
            file: open for writing bytes. It is not closed.
        """
        ...


def writer(name: str, *, settings: str | Path | None = None) -> PostingWriter:
    """Return the writer of a format.

    Args:
        name: one of `Format`.
        settings: the file of settings or of the layout; the neutral formats take none.

    Raises:
        TomlFileError: something in the file is wrong; every fault is named with its line.
        ConfigError: there is no such format, the file is missing or cannot be read, or the format
            takes none.
    """
    known = {one.value: one for one in Format}
    if name not in known:
        raise ConfigError(
            f"There is no such format of a posting file. Use one of: {', '.join(known)}.",
            setting="format",
        )
    return WRITERS[known[name]](settings)


def _csv(settings: str | Path | None) -> PostingWriter:
    _takes_none(settings)
    return CsvWriter()


def _json(settings: str | Path | None) -> PostingWriter:
    _takes_none(settings)
    return JsonWriter()


def _localgovims(settings: str | Path | None) -> PostingWriter:
    return LocalGovImsWriter(LocalGovIms.read(_needed(settings)))


def _columns(settings: str | Path | None) -> PostingWriter:
    return ColumnsWriter(LayoutProfile.read(_needed(settings)))


def _fixed_width(settings: str | Path | None) -> PostingWriter:
    return FixedWidthWriter(LayoutProfile.read(_needed(settings)))


def _needed(settings: str | Path | None) -> str | Path:
    if settings is None:
        raise ConfigError(
            "This format needs a file: the layout, or the settings of LocalGovIMS. Give its path.",
            setting="settings",
        )
    return settings


def _takes_none(settings: str | Path | None) -> None:
    if settings is not None:
        raise ConfigError(
            "A neutral format takes no file of settings. Leave it out, or use columns or "
            "fixed-width.",
            setting="settings",
        )


WRITERS: Final[Mapping[Format, Callable[[str | Path | None], PostingWriter]]] = {
    Format.CSV: _csv,
    Format.JSON: _json,
    Format.LOCALGOVIMS: _localgovims,
    Format.COLUMNS: _columns,
    Format.FIXED_WIDTH: _fixed_width,
}
"""How the writer of each format is made from the path of its file."""
