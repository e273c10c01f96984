# SPDX-License-Identifier: MIT
"""A layout of a posting file that finance can write and edit: columns, or fixed widths.

    name = "icon"               # part of the file's name
    kind = "fixed-width"        # or "columns"
    encoding = "cp1252"
    line_end = "crlf"           # or "lf"

    [[header]]
    name = "Type"
    text = "H"
    width = 1

    [[columns]]
    name = "Amount"
    source = "gross"
    amounts = "pence"           # or "pounds"
    sign = "trailing"
    width = 12
    fill = "0"

    [[trailer]]
    name = "Total"
    source = "total"
    width = 15

`[[columns]]` are the fields of each line, in their order. `[[header]]` and `[[trailer]]` are the
fields of one row before and one row after them; leave them out for none. The documentation page
'Posting files' lists every source.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Self

from lg_core.csv_files import CsvProfile
from lg_core.toml_files import TomlFileError, read_text_file
from lg_pay.reconcile.writers._layout_file import LayoutFile
from lg_pay.reconcile.writers.layout_fields import LayoutField

__all__ = ["LayoutKind", "LayoutProfile"]


class LayoutKind(StrEnum):
    """How the fields of a row are told apart."""

    COLUMNS = "columns"
    """By a delimiter."""
    FIXED_WIDTH = "fixed-width"
    """By their places."""


@dataclass(frozen=True, slots=True)
class LayoutProfile:
    """A layout. `read` or `from_toml` check it; one that is built by hand is not checked.

    Attributes:
        name: part of the file's name.
        kind: how the fields are told apart.
        columns: the fields of each line.
        header: the fields of the row before the lines; empty for none.
        trailer: the fields of the row after them; empty for none.
        extension: the end of the file's name, without a full stop.
        csv: the encoding, line end, delimiter and quotation marks.
        column_names: whether the names of the columns stand in a row of their own, in a file of
            kind `columns`.
        drop_accents: whether a letter that the encoding does not have loses its accent.
    """

    name: str
    kind: LayoutKind
    columns: tuple[LayoutField, ...]
    header: tuple[LayoutField, ...] = ()
    trailer: tuple[LayoutField, ...] = ()
    extension: str = "txt"
    csv: CsvProfile = field(default_factory=CsvProfile)
    column_names: bool = False
    drop_accents: bool = False

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Read a file of a layout.

        Args:
            path: the file, as the top of this module shows it.

        Raises:
            TomlFileError: something in it is wrong; every fault is named with its line.
            ConfigError: it cannot be opened, or is not UTF-8.
        """
        name, text = read_text_file(path)
        return cls.from_toml(text, name=name)

    @classmethod
    def from_toml(cls, text: str, *, name: str = "layout.toml") -> Self:
        """Read a layout from the text of a file.

        Args:
            text: TOML.
            name: the name of the file, for errors.

        Raises:
            TomlFileError: something is wrong; every fault is named with its line.
        """
        file = LayoutFile(text)
        if file.faults:
            raise TomlFileError(name, file.faults)
        file.check_top()
        fixed = file.word("kind", ("columns", "fixed-width")) == "fixed-width"
        profile = cls(
            name=file.own_name(),
            kind=LayoutKind.FIXED_WIDTH if fixed else LayoutKind.COLUMNS,
            columns=file.row("columns", fixed=fixed),
            header=file.row("header", fixed=fixed),
            trailer=file.row("trailer", fixed=fixed),
            extension=file.extension(),
            csv=file.csv(fixed=fixed),
            column_names=file.flag("column_names"),
            drop_accents=file.word("accents", ("keep", "drop")) == "drop",
        )
        if file.faults:
            raise TomlFileError(name, file.faults)
        return profile

    @classmethod
    def example(cls, kind: LayoutKind) -> Self:
        """Read the worked example of a kind. It is no real ledger's layout.

        Args:
            kind: which.
        """
        name = f"example-{kind}.toml"
        return cls.from_toml(cls.example_text(kind), name=name)

    @staticmethod
    def example_text(kind: LayoutKind) -> str:
        """Return the text of the worked example of a kind, to copy and edit.

        Args:
            kind: which.
        """
        folder = files("lg_pay.reconcile") / "layouts"
        return (folder / f"example-{kind}.toml").read_text("utf-8")
