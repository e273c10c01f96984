# SPDX-License-Identifier: MIT
"""Put the files of a batch into a folder: whole or not at all, and never over other bytes."""

import hashlib
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final
from urllib.parse import quote

from lg_core.errors import LgError
from lg_pay.reconcile.batches import Batch
from lg_pay.reconcile.postings import Posting
from lg_pay.reconcile.writers.formats import PostingWriter
from lg_pay.reconcile.writers.neutral import CsvWriter, control

if TYPE_CHECKING:
    from lg_pay.reconcile.posting_book import PostingBook

__all__ = ["PostingFileError", "write_files"]

_BLOCK: Final = 1 << 20
_CONTROL: Final = ".control.json"


class PostingFileError(LgError):
    """The files of a batch were not written. What lay in the folder before is as it was."""


def write_files(
    batch: Batch,
    book: "PostingBook",
    folder: str | Path,
    *,
    formats: Sequence[PostingWriter] = (CsvWriter(),),
    erased: bool = False,
) -> tuple[Path, ...]:
    """Write the files of a batch, and last its control file `NAME.control.json`.

    While they are written, the lines are compared with the batch's digest and totals. Each file is
    written beside its name, forced to the disk and then renamed. A file that is there with the
    same bytes stays. A program that collects the files should wait for the control file.

    Args:
        batch: the batch.
        book: what has been posted.
        folder: where the files go; made where it is not there.
        formats: the writers.
        erased: allow lines that no longer match the digest since `PostingBook.erase` blanked a
            reference. Counts and sums must still match; the control file says so.

    Returns:
        The path of each file, the control file last.

    Raises:
        PostingFileError: a file with other bytes is there, two formats have the same name, the
            lines are not those of the batch, or the folder cannot be written to.
        InvalidValueError: a value does not fit into a format. It names the row and the field.
    """
    name = quote(batch.name, safe="")
    endings = [one.ending for one in formats]
    if len({*endings, _CONTROL}) != len(endings) + 1:
        raise PostingFileError(
            "Two of the formats give a file of the same name. Give each layout a name of its own."
        )
    problem: OSError | None = None
    try:
        return _write_all(batch, book, Path(folder), name=name, formats=formats, erased=erased)
    except OSError as error:
        problem = error
    raise PostingFileError(
        f"The folder cannot be written to ({type(problem).__name__}). Check its path, who may "
        "write to it, and the space on the disk."
    ) from problem


def _write_all(
    batch: Batch,
    book: "PostingBook",
    folder: Path,
    *,
    name: str,
    formats: Sequence[PostingWriter],
    erased: bool,
) -> tuple[Path, ...]:
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as parts:
        made: list[tuple[Path, Path]] = []
        matches = True
        for one in formats:
            checked = _Checked(batch, erased=erased)

            def write(file: BinaryIO, one: PostingWriter = one, checked: _Checked = checked) -> int:
                return one.write(batch, checked.over(book.lines(batch)), file)

            target = folder / f"{name}{one.ending}"
            made.append((_part(target, write, parts), target))
            checked.must_be_whole()
            matches = matches and checked.matches
        target = folder / f"{name}{_CONTROL}"
        described = control(batch, matches_digest=matches)
        made.append((_part(target, lambda file: file.write(described), parts), target))
        for part, target in made:
            if target.exists() and not _same(part, target):
                raise PostingFileError(
                    f"{target.name} is there with other bytes, and is not overwritten. The layout "
                    "or the settings have changed since, or somebody edited it. Move it away, or "
                    "give another folder."
                )
        for part, target in made:
            if not target.exists():
                part.replace(target)
    _sync_folder(folder)
    return tuple(target for _, target in made)


def _part(target: Path, write: Callable[[BinaryIO], int], parts: ExitStack) -> Path:
    """Write a file beside its name. It goes when the block ends, unless it was renamed."""
    part = target.with_name(f"{target.name}.{secrets.token_hex(4)}.part")
    parts.callback(part.unlink, missing_ok=True)
    with part.open("xb") as file:
        write(file)
        file.flush()
        os.fsync(file.fileno())
    return part


def _same(one: Path, other: Path) -> bool:
    if one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as left, other.open("rb") as right:
        while block := left.read(_BLOCK):
            if block != right.read(_BLOCK):
                return False
    return True


def _sync_folder(folder: Path) -> None:
    """Force the new names to the disk, where the system can open a folder (Windows cannot)."""
    if os.name != "posix":  # pragma: no cover -- Windows
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


class _Checked:
    """Compares lines with their batch while they pass by."""

    def __init__(self, batch: Batch, *, erased: bool) -> None:
        self._batch = batch
        self._erased = erased
        self._digest = hashlib.sha256()
        self._sums = (0, 0, 0)
        self.matches = False

    def over(self, lines: Iterator[Posting]) -> Iterator[Posting]:
        count = gross = vat = 0
        for one in lines:
            count += 1
            gross += int(one.gross)
            vat += int(one.vat)
            self._digest.update(one.to_json().encode())
            self._digest.update(b"\n")
            yield one
        self._sums = (count, gross, vat)

    def must_be_whole(self) -> None:
        """Refuse lines that are not those of the batch.

        Raises:
            PostingFileError: they are not.
        """
        totals = self._batch.totals
        vat = sum(int(one.vat) for one in totals.funds)
        if self._sums != (totals.lines, int(totals.net), vat):
            raise PostingFileError(
                "The lines of the batch do not come to its control totals, so nothing was "
                "written. The database was changed by something else: restore it from a backup."
            )
        self.matches = self._digest.hexdigest() == self._batch.digest
        if not self.matches and not self._erased:
            raise PostingFileError(
                "The lines of the batch no longer match its digest, so nothing was written. Where "
                "references were erased since (PostingBook.erase), say erased=True. Otherwise "
                "restore the database from a backup."
            )
