# SPDX-License-Identifier: MIT
"""Read a bank statement: the lines that are payouts of GOV.UK Pay, and no others."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, BinaryIO, ClassVar, Final, cast

from pydantic import Field

from lg_core.csv_reading import CsvRow, read_table
from lg_core.errors import ConfigError, InvalidValueError
from lg_core.models import RequestModel, WrongField
from lg_core.money import Pence, parse_pounds
from lg_core.toml_files import TomlFile, TomlFileError, read_text_file

__all__ = ["BankLine", "BankProfile", "BankStatement", "read_statement"]

_NAMED: Final = 10
_SOME_DAY: Final = date(2031, 12, 25)
_SIGNED: Final = re.compile(
    r"(?P<open>\()?(?P<plus>\+)?(?P<amount>[^()]*?)(?P<close>\))?(?P<after>-)?"
    r"\s*(?P<side>CR|DR)?",
    re.IGNORECASE,
)


class BankProfile(RequestModel):
    """Say how a bank writes its statements, and how each account's payouts are known.

    Give `amount`, or `credit` and `debit`. GOV.UK Pay's payouts carry a text that is based on the
    name of the service.

    Attributes:
        date: the column with the day of the booking.
        date_format: how the day is written, such as `%d/%m/%Y`.
        narrative: the columns with the bank's text.
        accounts: for each account, texts of which one must stand in the narrative. Capitals and
            the number of spaces do not matter.
        amount: the column with the amount, below 0 for what went out.
        credit: the column with what came in.
        debit: the column with what went out.
        encoding: of the file; UTF-8 unless it says otherwise.
        delimiter: one character between cells.
        skip_lines: how many lines stand before the header.
        days_after: how many calendar days after the settled date a payout may be booked.

    Raises:
        InvalidValueError: one or more fields are wrong.
    """

    shown: ClassVar[frozenset[str]] = frozenset(
        {"date", "date_format", "amount", "credit", "debit", "encoding", "skip_lines"}
    )

    date: str = Field(min_length=1)
    date_format: str = Field(min_length=1)
    narrative: tuple[str, ...] = Field(min_length=1)
    accounts: Mapping[str, tuple[str, ...]] = Field(min_length=1)
    amount: str | None = None
    credit: str | None = None
    debit: str | None = None
    encoding: str = "utf-8"
    delimiter: str = ","
    skip_lines: int = Field(default=0, ge=0)
    days_after: int = Field(default=3, ge=0, le=14)

    def wrong_fields(self) -> Iterator[WrongField]:
        """Say what is wrong between the fields."""
        pair = self.credit is not None and self.debit is not None
        either = self.credit is not None or self.debit is not None
        if (self.amount is None and not pair) or (self.amount is not None and either):
            yield "amount", "columns", "give amount alone, or credit and debit together"
        if not all(words and all(map(_folded, words)) for words in self.accounts.values()):
            yield "accounts", "empty", "every account needs a text, and none may be blank"
        if not _is_whole(self.date_format):
            yield (
                "date_format",
                "incomplete",
                "must have a day, a month and a year, such as %d/%m/%Y",
            )

    @classmethod
    def from_toml(cls, path: str | os.PathLike[str]) -> "BankProfile":
        """Read a profile from the table `[bank]` of a TOML file.

        Args:
            path: the file.

        Returns:
            The profile.

        Raises:
            ConfigError: the file is not there, is no TOML, or a field is wrong.
        """
        name, text = read_text_file(path, what="bank profile")
        file = TomlFile(text)
        table = file.data.get("bank")
        if not file.faults and not isinstance(table, dict):
            file.fault(("bank",), "is missing. Add [bank] on a line of its own above its keys.")
        if file.faults:
            raise TomlFileError(name, file.faults)
        return cls._checked(cast("Mapping[str, object]", table))

    @classmethod
    def _checked(cls, table: Mapping[str, object]) -> "BankProfile":
        texts = table.get("narrative")
        values: dict[str, Any] = dict(table)
        if isinstance(texts, str):
            values["narrative"] = [texts]
        try:
            return cls(**values)
        except InvalidValueError as error:
            raise ConfigError(error.message, setting=f"bank.{error.field}") from None


@dataclass(frozen=True, slots=True)
class BankLine:
    """One booking that is a payout. Its narrative is not kept.

    Attributes:
        line: its line in the file.
        account: the account whose text stands in its narrative.
        day: the day of the booking.
        amount: in pence, below 0 for what went out.
    """

    line: int
    account: str
    day: date
    amount: Pence


@dataclass(frozen=True, slots=True)
class BankStatement:
    """The payouts on a bank statement.

    Attributes:
        lines: the bookings, in the order of the file.
        others: how many rows belong to no account.
        days_after: how many days after the settled date a payout may be booked.
    """

    lines: tuple[BankLine, ...] = field(repr=False)
    others: int
    days_after: int


def read_statement(file: BinaryIO, *, profile: BankProfile) -> BankStatement:
    """Read the payouts of a bank statement.

    A row whose narrative has no account's text is passed over. One that has must be readable.

    Args:
        file: open for reading bytes.
        profile: how the bank writes.

    Returns:
        The payouts.

    Raises:
        ConfigError: a column of the profile is not in the file.
        InvalidValueError: the file is no CSV file, or rows of payouts cannot be read, or belong
            to two accounts. Each is named by its line.
    """
    table = read_table(
        file, encoding=profile.encoding, delimiter=profile.delimiter, skip=profile.skip_lines
    )
    wanted = (profile.date, profile.amount, profile.credit, profile.debit, *profile.narrative)
    missing = [name for name in wanted if name is not None and name not in table.header]
    if missing:
        raise ConfigError(
            f"The statement has no column {', '.join(missing)}. Its header must stand on line "
            f"{profile.skip_lines + 1}: change the profile's columns, or skip_lines.",
            setting="bank",
        )
    texts = {name: tuple(map(_folded, words)) for name, words in sorted(profile.accounts.items())}
    lines: list[BankLine] = []
    wrong: list[tuple[int, str]] = []
    others = 0
    for row in table.rows:
        narrative = _folded(" ".join(row.cells.get(name, "") for name in profile.narrative))
        accounts = [name for name, words in texts.items() if any(w in narrative for w in words)]
        if not accounts:
            others += 1
        elif len(accounts) > 1:
            wrong.append((row.line, f"has the texts of {' and '.join(accounts)}"))
        else:
            found = _line(row, account=accounts[0], profile=profile)
            wrong += [(row.line, found)] if isinstance(found, str) else []
            lines += [] if isinstance(found, str) else [found]
    if wrong:
        more = f", and {len(wrong) - _NAMED} more" if len(wrong) > _NAMED else ""
        named = "; ".join(f"line {line} {what}" for line, what in wrong[:_NAMED])
        raise InvalidValueError(
            f"Rows of the statement cannot be read: {named}{more}. Correct the file or the "
            "profile.",
            code="rows",
            faults=tuple((f"line {line}", "row", what) for line, what in wrong),
        )
    return BankStatement(tuple(lines), others, profile.days_after)


def _line(row: CsvRow, *, account: str, profile: BankProfile) -> BankLine | str:
    if not row.whole:
        return "has more or fewer cells than the header"
    day = _day(row.cells[profile.date], profile.date_format)
    if day is None:
        return "has no date of the form that date_format says"
    if profile.amount is not None:
        amount = _amount(row.cells[profile.amount])
    else:
        amount = _sides(row.cells[profile.credit or ""], row.cells[profile.debit or ""])
    if amount is None:
        return "has no clear amount"
    return BankLine(row.line, account, day, amount)


def _sides(credit: str, debit: str) -> Pence | None:
    came, went = _amount(credit or "0"), _amount(debit or "0")
    if came is None or went is None or not (credit.strip() or debit.strip()):
        return None
    # Some banks write what went out with a minus in its own column, others without.
    return came - abs(went) if came >= 0 and not (came and went) else None


def _amount(text: str) -> Pence | None:
    """Read an amount with a sign before or after it, in brackets, or with CR or DR."""
    found = _SIGNED.fullmatch(text.strip())
    if found is None or bool(found["open"]) != bool(found["close"]):
        return None
    side = (found["side"] or "").upper()
    try:
        amount = parse_pounds(found["amount"].replace("\N{MINUS SIGN}", "-"))
    except InvalidValueError:
        return None  # the row is named
    signs = [found["open"], found["plus"], found["after"], side, "-" if amount < 0 else ""]
    if sum(map(bool, signs)) > 1:
        return None
    return -amount if found["open"] or found["after"] or side == "DR" else amount


def _is_whole(form: str) -> bool:
    written = _SOME_DAY.strftime(form)
    if written == _SOME_DAY.replace(year=_SOME_DAY.year + 1).strftime(form):
        return False  # Python will no longer read a day that has no year
    return _day(written, form) == _SOME_DAY


def _day(text: str, form: str) -> date | None:
    try:
        return datetime.strptime(text.strip(), form).replace(tzinfo=UTC).date()
    except ValueError:
        return None  # the row is named


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
