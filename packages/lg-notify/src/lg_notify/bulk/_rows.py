# SPDX-License-Identifier: MIT
"""Check the rows of a file, one after another: who, what, how long, what it costs, seen before.

Nothing raises for what a row holds. Each thing that is wrong is a finding with its line and its
column, and says what to do; it never repeats what stood there.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from lg_core.csv_reading import CsvRow
from lg_core.errors import InvalidValueError
from lg_notify._personalisation import same_name
from lg_notify.bulk._columns import Columns
from lg_notify.bulk._seen import Seen
from lg_notify.bulk._template import BulkTemplate, Measured
from lg_notify.costs import Cost, Rates, email_cost, letter_cost, sms_cost
from lg_notify.message import TemplateType
from lg_notify.new_message import Message
from lg_notify.recipients import (
    Caution,
    Multipliers,
    PostageZone,
    Problem,
    check_email,
    check_phone,
    check_postal,
)

__all__ = ["BulkRow", "BulkRules", "Finding", "checked_rows"]

_LONGEST_KEY: Final = 200
_ABROAD: Final = {PostageZone.EUROPE: "europe", PostageZone.REST_OF_WORLD: "rest-of-world"}


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkRules:
    """What the service may do, and what a message costs.

    Args:
        on: the day on which the messages are sent, in Europe/London: its rates count.
        international: whether the service may send abroad (Notify's settings).
        landline: whether it may send texts to UK landlines.
        allow_blank: whether a placeholder may be filled with nothing. Notify's own pages refuse a
            blank cell, and so does this where it is False.
        sheets: how many sheets of paper a letter has, 1 to 5: it cannot be known before Notify has
            made the letter.
        rates: a council's own rates.
        multipliers: what texts abroad cost.
    """

    on: date
    international: bool = False
    landline: bool = False
    allow_blank: bool = False
    sheets: int = 1
    rates: Rates | None = None
    multipliers: Multipliers | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found in a row. What stood there is not repeated.

    Attributes:
        code: what it is, such as `too_short`: a code of `lg_notify.recipients`, or one of `width`,
            `blank`, `too_long`, `empty`, `long_code`, `key`, `message`, `duplicate`, `repeated`,
            `costs_as_unicode` and `worn_down`.
        column: what is in the column, such as `phone number`; empty where it is the whole row.
        text: what is wrong and what to do.
    """

    code: str
    column: str
    text: str


@dataclass(frozen=True, slots=True)
class BulkRow:
    """A row that was checked. Its `repr` shows nothing of what stood in it.

    Attributes:
        line: the number of its line in the file, from 1.
        message: what would be sent; None where there are problems.
        identity: what makes it the same row when the file is read again: a digest of its key, or
            of all its cells.
        cost: what it costs; None where there are problems.
        problems: why it cannot be sent.
        warnings: what Notify takes, and you may not want.
    """

    line: int
    message: Message | None = field(repr=False)
    identity: str = field(repr=False)
    cost: Cost | None
    problems: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class _Recipient:
    """Who a row goes to."""

    lines: tuple[str, ...] = field(default=(), repr=False)
    normal: str = field(default="", repr=False)
    multiplier: int | None = 1
    postage: str | None = None


def checked_rows(
    rows: Iterator[CsvRow], *, columns: Columns, template: BulkTemplate, rules: BulkRules
) -> Iterator[BulkRow]:
    """Check each row of a file.

    Args:
        rows: the rows as they were read.
        columns: where everything stands.
        template: what is sent.
        rules: what the service may do.

    Yields:
        Each row with what was found, in the order of the file.

    Raises:
        InvalidValueError: the bytes of the file cannot be read as it was said, or no rate is
            known for the day.
    """
    with Seen() as seen:
        checking = _Checking(columns, template=template, rules=rules, seen=seen)
        for row in rows:
            yield checking.row(row)


class _Checking:
    def __init__(
        self, columns: Columns, *, template: BulkTemplate, rules: BulkRules, seen: Seen
    ) -> None:
        self._columns = columns
        self._template = template
        self._rules = rules
        self._seen = seen
        self._headings: list[tuple[str, str]] = []
        self._costs: dict[tuple[int | str | None, ...], Cost] = {}

    def row(self, read: CsvRow) -> BulkRow:
        if not read.whole:
            return self._bad(read, _WIDTH)
        cells = read.cells
        values = {name: cells[heading].strip() for name, heading in self._columns.values}
        problems: list[Finding] = []
        warnings: list[Finding] = []
        if not self._rules.allow_blank and not all(values.values()):
            problems += [_blank(name) for name, value in values.items() if not value]
        recipient = self._recipient(cells, problems, warnings)
        measured = self._template.measured(values)
        if measured.too_long or measured.empty or measured.long_code:
            problems += _unsendable(measured, self._template.channel)
        identity = self._identity(cells, problems)
        if problems:
            return self._bad(read, *problems)
        try:
            message = self._template.message(recipient.lines, values)
        except InvalidValueError as error:  # its text repeats no value
            return self._bad(read, Finding("message", "", error.message))
        first = self._seen.first(f"row {identity}", line=read.line)
        if first != read.line:
            return self._bad(read, _duplicate(first))
        warnings += self._cautions(read.line, recipient, measured)
        cost = self._cost(recipient, measured)
        return BulkRow(read.line, message, identity, cost, (), tuple(warnings))

    def _bad(self, read: CsvRow, *problems: Finding) -> BulkRow:
        return BulkRow(read.line, None, "", None, problems)

    # ------------------------------------------------------------ who

    def _recipient(
        self, cells: Mapping[str, str], problems: list[Finding], warnings: list[Finding]
    ) -> _Recipient:
        rules = self._rules
        if self._template.channel is TemplateType.LETTER:
            lines = [cells[heading].strip() for _, heading in self._columns.recipient]
            address = check_postal(
                [line for line in lines if line], international=rules.international
            )
            problems += (_found("address", each) for each in address.problems)
            warnings += (_found("address", each) for each in address.warnings)
            printed = address.normalised or ()
            return _Recipient(
                printed, "\n".join(printed).lower(), postage=_ABROAD.get(address.postage_zone)
            )
        ((name, heading),) = self._columns.recipient
        typed = cells[heading].strip()
        if self._template.channel is TemplateType.EMAIL:
            email = check_email(typed)
            problems += (_found(name, each) for each in email.problems)
            warnings += (_found(name, each) for each in email.warnings)
            return _Recipient((typed,), email.normalised or "")
        phone = check_phone(
            typed,
            international=rules.international,
            landline=rules.landline,
            multipliers=rules.multipliers,
        )
        problems += (_found(name, each) for each in phone.problems)
        warnings += (_found(name, each) for each in phone.warnings)
        return _Recipient((typed,), phone.normalised or "", phone.rate_multiplier)

    # ------------------------------------------------------------ which

    def _identity(self, cells: Mapping[str, str], problems: list[Finding]) -> str:
        """Return what makes a row the same row when the file is read again.

        Without a key it is all that stands in it, so that an edit of the template or an order of
        columns makes no other row of it.
        """
        heading = self._columns.key
        if heading is None:
            if not self._headings:
                self._headings = sorted((same_name(name), name) for name in cells)
            return _digest("row", [(name, cells[each].strip()) for name, each in self._headings])
        key = cells[heading].strip()
        if not key or len(key) > _LONGEST_KEY:
            problems.append(_KEY)
        return _digest("key", key)

    # ------------------------------------------------------------ what it costs

    def _cost(self, recipient: _Recipient, measured: Measured) -> Cost:
        """Return what a row costs. Few costs differ, so each is worked out once."""
        alike = (measured.fragments, recipient.multiplier, recipient.postage)
        cost = self._costs.get(alike)
        if cost is None:
            cost = self._costs[alike] = self._new_cost(recipient, measured)
        return cost

    def _new_cost(self, recipient: _Recipient, measured: Measured) -> Cost:
        rules = self._rules
        if self._template.channel is TemplateType.EMAIL:
            return email_cost()
        if self._template.channel is TemplateType.LETTER:
            postage = recipient.postage or self._template.postage
            return letter_cost(rules.sheets, postage, on=rules.on, rates=rules.rates)
        return sms_cost(
            measured.fragments, on=rules.on, multiplier=recipient.multiplier, rates=rules.rates
        )

    def _cautions(self, line: int, recipient: _Recipient, measured: Measured) -> Iterator[Finding]:
        first = self._seen.first(f"to {recipient.normal}", line=line)
        if first != line:
            yield Finding(
                "repeated",
                self._columns.recipient[0][0],
                f"The same recipient stands in line {first}, with other values: they get both.",
            )
        if measured.fragments > measured.basic_fragments:
            yield Finding(
                "costs_as_unicode",
                "",
                f"A letter outside the basic alphabet makes this {measured.fragments} texts, and "
                f"not {measured.basic_fragments}.",
            )
        if measured.worn_down:
            yield _WORN_DOWN


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def _found(column: str, found: Problem | Caution) -> Finding:
    return Finding(found.code.value, column, found.text)


def _blank(name: str) -> Finding:
    return Finding("blank", name, "The cell is blank. Fill it, or allow blank cells.")


def _duplicate(first: int) -> Finding:
    return Finding(
        "duplicate",
        "",
        f"It is the same row as line {first}, and would be sent once. Take one out, or give each "
        "row a key of its own.",
    )


def _unsendable(measured: Measured, channel: TemplateType) -> Iterator[Finding]:
    if measured.too_long:
        most = "918 characters" if channel is TemplateType.SMS else "2,000,000 bytes"
        yield Finding("too_long", "", f"It is longer than {most} with its values. Shorten them.")
    if measured.empty:
        yield Finding("empty", "", "Nothing would be left to send. Fill in a value.")
    if measured.long_code:
        yield Finding("long_code", "", "Its QR code says more than 504 bytes. Shorten the value.")


_WIDTH: Final = Finding(
    "width",
    "",
    "It has more or fewer cells than the header. Put a cell that has a comma into quotation marks.",
)
_KEY: Final = Finding(
    "key", "key", f"The key is blank or longer than {_LONGEST_KEY} characters. Give the row one."
)
_WORN_DOWN: Final = Finding(
    "worn_down", "", "A character that a text cannot carry becomes a question mark."
)
