# SPDX-License-Identifier: MIT
"""A file of rows to send: read as a stream, as often as needed, and the same each time."""

import hashlib
import io
import os
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Final

from lg_core.csv_reading import read_table
from lg_core.errors import ConfigError, InvalidValueError
from lg_notify.bulk._columns import match_columns
from lg_notify.bulk._report import BulkReport, Tally
from lg_notify.bulk._rows import BulkRow, BulkRules, checked_rows
from lg_notify.bulk._schedule import DAILY_LIMITS, schedule
from lg_notify.bulk._spending import Spending
from lg_notify.bulk._template import BulkTemplate
from lg_notify.hours import SendingHours
from lg_notify.template import Template

__all__ = ["BulkFile"]

_NONE: Final[Mapping[str, str]] = MappingProxyType({})


class BulkFile:
    """A CSV file with a header and one row a message.

        file = BulkFile("bins.csv", template=notify.get_template(template_id), rules=rules)
        report = file.check(now=datetime.now(UTC))

    Nothing is sent by it. It holds one row at a time, and reads the file anew each time.

    Args:
        path: the file.
        template: the template, as Notify gives it.
        rules: what the service may do, and on which day.
        columns: headings that are not those of Notify: by `to`, `key`, the name of a placeholder,
            or `address line 1` and so on.
        prefix: the service's name, where it begins its texts with it.
        encoding: a name that Python knows; UTF-8 where it is None.
        delimiter: one character between cells.

    Raises:
        ConfigError: the template cannot be sent.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        template: Template,
        rules: BulkRules,
        columns: Mapping[str, str] = _NONE,
        prefix: str | None = None,
        encoding: str | None = None,
        delimiter: str = ",",
    ) -> None:
        self._path = Path(path)
        self._template = BulkTemplate(template, prefix=prefix)
        self._rules = rules
        self._named = dict(columns)
        self._encoding = encoding
        self._delimiter = delimiter
        self._digest: bytes | None = None

    def __repr__(self) -> str:
        return f"BulkFile(template={self._template!r})"  # a file's name may name somebody

    @property
    def template(self) -> BulkTemplate:
        """What is sent."""
        return self._template

    @property
    def rules(self) -> BulkRules:
        """What the service may do."""
        return self._rules

    def rows(self) -> Iterator[BulkRow]:
        """Read and check the rows.

        Yields:
            Each row with what was found, in the order of the file.

        Raises:
            ConfigError: the file cannot be opened.
            InvalidValueError: it is no CSV file, its columns do not fit the template, or it is
                another than it was when it was first read.
        """
        with _opened(self._path) as file:
            self._check_same(file)
            table = read_table(file, encoding=self._encoding, delimiter=self._delimiter)
            columns = match_columns(table.header, template=self._template, named=self._named)
            yield from checked_rows(
                table.rows, columns=columns, template=self._template, rules=self._rules
            )

    def check(
        self,
        *,
        now: datetime,
        hours: SendingHours | None = None,
        per_day: int | None = None,
        budget: Decimal | None = None,
        free_fragments: int = 0,
        watch: Callable[[BulkRow], object] | None = None,
    ) -> BulkReport:
        """Make a dry run: check every row, add up what they cost, and say how long they take.

        Args:
            now: the present.
            hours: when messages may be sent.
            per_day: how many may be sent in a day; Notify's limit where it is None.
            budget: pounds that may be spent, without VAT; no limit where it is None.
            free_fragments: what is left of the year's free texts.
            watch: is given each row, to show how far it is or to keep what was found.

        Returns:
            What was found.

        Raises:
            ConfigError: the file cannot be opened.
            InvalidValueError: it is no CSV file, its columns do not fit the template, or a number
                is out of range.
        """
        spending = Spending(budget, free_fragments=free_fragments)
        tally = Tally(spending, free_fragments=free_fragments)
        for row in self.rows():
            tally.add(row)
            if watch is not None:
                watch(row)
        most = DAILY_LIMITS[self._template.channel] if per_day is None else per_day
        when = schedule(tally.within_budget, now=now, hours=hours, per_day=most)
        return tally.report(schedule=when)

    def _check_same(self, file: io.BufferedReader) -> None:
        """Refuse a file that is not the one that was checked: what was agreed to was another."""
        digest = hashlib.file_digest(file, "sha256").digest()
        file.seek(0)
        if self._digest is None:
            self._digest = digest
        elif digest != self._digest:
            raise InvalidValueError(
                "The file has changed since it was checked. Check it again before it is sent.",
                field="file",
                code="changed",
            )


def _opened(path: Path) -> io.BufferedReader:
    problem = ""
    try:
        return path.open("rb")
    except (OSError, ValueError) as fault:
        problem = type(fault).__name__
    # Raised outside the handler: that error holds the path.
    raise ConfigError(
        f"The file of rows cannot be opened ({problem}). Check its path and who may read it.",
        setting="file",
    )
