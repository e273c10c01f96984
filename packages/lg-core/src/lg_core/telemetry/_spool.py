# SPDX-License-Identifier: MIT
"""Keep exact counts by day: in a folder that all processes of a machine share, or in memory.

A process has one file a day, which nobody else writes: `2026-11-22.<16 hex digits>.jsonl`. Each
move of counts appends one line with its number in the file. Only whole lines are read, and of
lines with one number the last, so a process that is killed while it writes, or a full disk, loses
at most that line and counts nothing twice.
"""

import json
import secrets
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from lg_core import _fork
from lg_core.logs import get_logger
from lg_core.telemetry._settings import Plan
from lg_core.telemetry._tally import Row, Source, Tally
from lg_core.telemetry._words import (
    CAPABILITY,
    COMPONENT,
    COUNCIL,
    OTHER,
    SLUG,
    VERSION,
    Environment,
    Outcome,
)

__all__ = ["KEPT_DAYS", "LARGEST_FILE", "MemoryStore", "SpoolStore", "store_for"]

KEPT_DAYS: Final = 21
"""How long a day's counts are kept, in days."""
LARGEST_FILE: Final = 1024 * 1024
"""From which size on the lines of a file are put together into one, in bytes."""
_ID_FILE: Final = "spool-id"
_ID_BYTES: Final = 16

_STRICT = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, strict=False)


def _text(pattern: str, *, longest: int = 40) -> StringConstraints:
    return StringConstraints(pattern=rf"^(?:{pattern})\z", max_length=longest)


CouncilText = Annotated[str, _text(COUNCIL)]
ComponentText = Annotated[str, _text(COMPONENT)]
VersionText = Annotated[str, _text(VERSION)]
CapabilityText = Annotated[str, _text(f"{CAPABILITY}|{OTHER}", longest=160)]
SlugText = Annotated[str, _text(SLUG)]
ListNumber = Annotated[int, Field(ge=0, le=99_999)]


class _Counted(BaseModel):
    model_config = _STRICT

    council: CouncilText
    lgsl: ListNumber | None
    lgil: ListNumber | None
    component: ComponentText
    version: VersionText
    capability: CapabilityText
    outcome: Outcome
    environment: Environment
    count: Annotated[int, Field(gt=0)]

    def row(self) -> Row:
        """Return what was counted."""
        return (
            self.council,
            self.lgsl,
            self.lgil,
            self.component,
            self.version,
            self.capability,
            str(self.outcome),
            str(self.environment),
        )


class _Line(BaseModel):
    model_config = _STRICT

    v: Literal[1]
    n: Annotated[int, Field(ge=0)]
    supplier: SlugText | None
    product: SlugText
    uses: tuple[_Counted, ...]

    def tally(self) -> Tally:
        """Return the counts of this line."""
        return {each.row(): each.count for each in self.uses}


def _merged(into: Tally, more: Tally) -> None:
    for row, count in more.items():
        into[row] = into.get(row, 0) + count


class MemoryStore:
    """Keeps counts in the process, where no spool is set."""

    def __init__(self) -> None:
        self._generation = _fork.generation()
        self._days: dict[date, Tally] = {}
        self._instance = secrets.token_hex(_ID_BYTES // 2)

    def add(self, day: date, plan: Plan, tally: Tally) -> None:
        """Add counts to those of a day."""
        del plan  # all that is in here comes from one
        if self._generation != _fork.generation():  # the parent's counts are not ours
            self._generation, self._days = _fork.generation(), {}
        first = day - timedelta(days=KEPT_DAYS)
        self._days = {known: kept for known, kept in self._days.items() if known >= first}
        _merged(self._days.setdefault(day, {}), tally)

    def read(self, day: date, plan: Plan) -> dict[Source, Tally]:
        """Return the counts of a day."""
        ours = self._generation == _fork.generation()
        kept = self._days.get(day) if ours else None
        return {(plan.supplier, plan.product): dict(kept)} if kept else {}

    def instance(self, day: date) -> str:
        """Return a random name of this store, another one each month."""
        return _monthly(self._instance, day)


class SpoolStore:
    """Keeps counts in a folder.

    Args:
        folder: the folder; made with the first count.
        largest: from which size on the lines of a file are put together, in bytes.
    """

    def __init__(self, folder: Path, *, largest: int = LARGEST_FILE) -> None:
        self._folder = folder
        self._largest = largest
        self._begin()

    def _begin(self) -> None:
        self._generation = _fork.generation()
        self._name = secrets.token_hex(_ID_BYTES // 2)
        self._day: date | None = None
        self._number = 0
        self._torn = False

    def add(self, day: date, plan: Plan, tally: Tally) -> None:
        """Append counts to this process's file of a day.

        Raises:
            OSError: they could not be written.
        """
        if self._generation != _fork.generation():  # the parent's file is the parent's
            self._begin()
        if day != self._day:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._spool_id()
            self._forget(day - timedelta(days=KEPT_DAYS))
            self._day = day
        path = self._folder / f"{day.isoformat()}.{self._name}.jsonl"
        # Before the line is written: a failure here must not look like a line that was not.
        if path.exists() and path.stat().st_size > self._largest:
            self._put_together(path)
        # A line that was cut short is closed first; it has the same number, so it counts no more.
        line = _line(self._number, (plan.supplier, plan.product), tally)
        line = b"\n" + line if self._torn else line
        self._torn = True
        with path.open("ab", buffering=0) as file:
            if file.write(line) != len(line):
                raise OSError("The line was not written whole.")
        self._torn = False
        self._number += 1

    def _put_together(self, path: Path) -> None:
        lines = [
            _line(number, source, tally)
            for number, (source, tally) in enumerate(_read(path).items())
        ]
        short = path.with_suffix(".tmp")
        short.write_bytes(b"".join(lines))
        short.replace(path)
        self._number = max(self._number, len(lines))

    def read(self, day: date, plan: Plan) -> dict[Source, Tally]:
        """Return the counts of a day, of all processes that share the folder."""
        del plan  # each line says whose it is
        found: dict[Source, Tally] = {}
        for path in sorted(self._folder.glob(f"{day.isoformat()}.*.jsonl")):
            for source, tally in _read(path).items():
                _merged(found.setdefault(source, {}), tally)
        return found

    def instance(self, day: date) -> str:
        """Return a random name of the folder, another one each month.

        Raises:
            OSError: the folder has no name yet, and cannot be written.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        return _monthly(self._spool_id(), day)

    def _spool_id(self) -> str:
        path = self._folder / _ID_FILE
        if not path.exists():
            made = self._folder / f"{_ID_FILE}.{self._name}.tmp"
            made.write_text(secrets.token_hex(_ID_BYTES), "ascii")
            made.replace(path)
        return path.read_text("ascii")

    def _forget(self, first: date) -> None:
        for path in self._folder.glob("????-??-??.*.jsonl"):
            if path.name[:10] < first.isoformat():
                path.unlink(missing_ok=True)


def _monthly(secret: str, day: date) -> str:
    return sha256(f"{secret}{day:%Y-%m}".encode()).hexdigest()[:16]


def _line(number: int, source: Source, tally: Tally) -> bytes:
    names = tuple(_Counted.model_fields)
    uses = [
        dict(zip(names, (*row, count), strict=True))
        for row, count in sorted(tally.items(), key=str)
    ]
    line = {"v": 1, "n": number, "supplier": source[0], "product": source[1], "uses": uses}
    return json.dumps(line, separators=(",", ":"), ensure_ascii=True).encode() + b"\n"


def _read(path: Path) -> dict[Source, Tally]:
    """Read the whole lines of a file. What is not ours is left out, and told."""
    *whole, _cut_short = path.read_bytes().split(b"\n")
    lines: dict[int, _Line] = {}
    for text in filter(None, whole):
        try:
            line = _Line.model_validate_json(text)
        except ValidationError:
            get_logger("lg_core").warning("spool_line_not_read", bytes=len(text))
        else:
            lines[line.n] = line
    found: dict[Source, Tally] = {}
    for line in lines.values():
        _merged(found.setdefault((line.supplier, line.product), {}), line.tally())
    return found


def store_for(plan: Plan) -> MemoryStore | SpoolStore:
    """Return where a plan keeps its counts.

    Args:
        plan: the settings in force.
    """
    return MemoryStore() if plan.spool is None else SpoolStore(plan.spool)
