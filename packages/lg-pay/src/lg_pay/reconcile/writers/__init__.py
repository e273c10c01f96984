# SPDX-License-Identifier: MIT
"""Write the lines of a batch as the files that a ledger loads.

    formats = [CsvWriter(), ColumnsWriter(LayoutProfile.read("icon.toml"))]
    paths = write_files(batch, book, "to-finance", formats=formats)

The same batch and settings always give the same bytes.
"""

from typing import TYPE_CHECKING

from lg_core.lazy import lazy_names

if TYPE_CHECKING:
    from lg_pay.reconcile.writers.files import PostingFileError, write_files
    from lg_pay.reconcile.writers.formats import WRITERS, Format, PostingWriter, writer
    from lg_pay.reconcile.writers.layout import LayoutKind, LayoutProfile
    from lg_pay.reconcile.writers.layout_fields import Amounts, LayoutField, Side, Sign, Unfit
    from lg_pay.reconcile.writers.layout_writers import ColumnsWriter, FixedWidthWriter
    from lg_pay.reconcile.writers.localgovims import LocalGovIms, LocalGovImsWriter
    from lg_pay.reconcile.writers.neutral import CsvWriter, JsonWriter, control

_HERE = "lg_pay.reconcile.writers"
_HOMES = {
    **dict.fromkeys(("PostingFileError", "write_files"), f"{_HERE}.files"),
    **dict.fromkeys(("WRITERS", "Format", "PostingWriter", "writer"), f"{_HERE}.formats"),
    **dict.fromkeys(("LayoutKind", "LayoutProfile"), f"{_HERE}.layout"),
    **dict.fromkeys(("Amounts", "LayoutField", "Side", "Sign", "Unfit"), f"{_HERE}.layout_fields"),
    **dict.fromkeys(("ColumnsWriter", "FixedWidthWriter"), f"{_HERE}.layout_writers"),
    **dict.fromkeys(("LocalGovIms", "LocalGovImsWriter"), f"{_HERE}.localgovims"),
    **dict.fromkeys(("CsvWriter", "JsonWriter", "control"), f"{_HERE}.neutral"),
}

__all__ = [
    "WRITERS",
    "Amounts",
    "ColumnsWriter",
    "CsvWriter",
    "FixedWidthWriter",
    "Format",
    "JsonWriter",
    "LayoutField",
    "LayoutKind",
    "LayoutProfile",
    "LocalGovIms",
    "LocalGovImsWriter",
    "PostingFileError",
    "PostingWriter",
    "Side",
    "Sign",
    "Unfit",
    "control",
    "write_files",
    "writer",
]

if not TYPE_CHECKING:
    __getattr__ = lazy_names(__name__, _HOMES)
