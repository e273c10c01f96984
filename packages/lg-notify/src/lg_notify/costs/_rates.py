# SPDX-License-Identifier: MIT
"""What GOV.UK Notify charges, by the day from which each rate holds.

The shipped table, `rates.csv`, has what is known of Notify's own rates: texts from April 2024,
letters and free allowances as they stood in November 2026. Where a day lies before the first rate
of a kind, the price is not guessed. A council lays its own file over it, in the same form.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final, Self

from lg_core.errors import InvalidValueError
from lg_notify.recipients._rows import Row, read_rows

__all__ = [
    "MOST_SHEETS",
    "DayRates",
    "OrganisationKind",
    "Postage",
    "Rate",
    "RateKind",
    "Rates",
]

MOST_SHEETS: Final = 5
"""A letter has ten pages at the most, printed on both sides."""
_COLUMNS: Final = ("rate", "kind", "sheets", "since", "value")
_LONGEST: Final = 12
_FILE: Final = "rates.csv"
_Key = tuple["RateKind", str, int]


class RateKind(StrEnum):
    """What a rate is of."""

    SMS = "sms"
    """Pounds for a fragment of a text."""
    LETTER = "letter"
    """Pounds for a letter, by postage and sheets."""
    ALLOWANCE = "allowance"
    """Fragments of texts that cost nothing, in a year from 1 April."""


class Postage(StrEnum):
    """How a letter goes, in the words of Notify's API."""

    FIRST = "first"
    SECOND = "second"
    ECONOMY = "economy"
    EUROPE = "europe"
    REST_OF_WORLD = "rest-of-world"


class OrganisationKind(StrEnum):
    """Who sends, which says how many fragments of texts are free in a year."""

    LOCAL = "local"
    CENTRAL = "central"
    EMERGENCY = "emergency"
    SCHOOL = "school"
    OTHER = "other"
    GP = "gp"


_KINDS: Final[Mapping[RateKind, frozenset[str]]] = {
    RateKind.SMS: frozenset({""}),
    RateKind.LETTER: frozenset(Postage),
    RateKind.ALLOWANCE: frozenset(OrganisationKind),
}


@dataclass(frozen=True, slots=True)
class Rate:
    """One rate, from a day on.

    Args:
        rate: what it is of.
        since: the first day on which it holds (Europe/London).
        value: pounds without VAT; of an allowance, fragments.
        kind: the postage of a letter, or the kind of organisation of an allowance.
        sheets: of a letter, 1 to 5.

    Raises:
        InvalidValueError: the parts do not belong together, or the value is negative or no
            `Decimal`.
    """

    rate: RateKind
    since: date
    value: Decimal
    kind: str = ""
    sheets: int = 0

    def __post_init__(self) -> None:
        fault = _fault(self)
        if fault:
            raise InvalidValueError(fault, field="rate", code="rate")

    @property
    def _key(self) -> _Key:
        return self.rate, self.kind, self.sheets


def _fault(rate: Rate) -> str:
    letter = rate.rate is RateKind.LETTER
    if rate.kind not in _KINDS[rate.rate]:
        kinds = ", ".join(sorted(_KINDS[rate.rate])) or "empty"
        return f"kind must be {kinds} where rate is {rate.rate.value}."
    if rate.sheets not in (range(1, MOST_SHEETS + 1) if letter else (0,)):
        return "sheets must be 1 to 5 for a letter, and empty for anything else."
    if type(rate.since) is not date:
        return "since must be a day."
    # No Decimal on purpose: a float has lost what a fraction of a penny needs.
    if not isinstance(rate.value, Decimal) or not rate.value.is_finite() or rate.value < 0:  # pyright: ignore[reportUnnecessaryIsInstance] -- callers without a type checker
        return "value must be a number of pounds as a Decimal, 0 or more."
    if rate.rate is RateKind.ALLOWANCE and rate.value != rate.value.to_integral_value():
        return "value must be a whole number of fragments for an allowance."
    return ""


@dataclass(frozen=True, slots=True)
class DayRates:
    """What holds on one day.

    Attributes:
        day: the day.
        values: the value by what it is of.
    """

    day: date
    values: Mapping[_Key, Decimal] = field(repr=False, hash=False)

    @property
    def sms(self) -> Decimal:
        """Pounds for a fragment of a text, without VAT."""
        return self._value(RateKind.SMS)

    def letter(self, postage: str, *, sheets: int) -> Decimal:
        """Return the price of a letter.

        Args:
            postage: a `Postage`, or the same word.
            sheets: how many, 1 to 5.

        Returns:
            Pounds, without VAT.

        Raises:
            InvalidValueError: there is no such postage, no such number of sheets, or no rate for
                the day.
        """
        if postage not in _KINDS[RateKind.LETTER]:
            words = ", ".join(Postage)
            raise InvalidValueError(
                f"postage must be one of {words}.", field="postage", code="postage"
            )
        if type(sheets) is not int or not 1 <= sheets <= MOST_SHEETS:
            raise InvalidValueError(
                "sheets must be a whole number, 1 to 5: Notify prints ten pages at the most, on "
                "both sides.",
                field="sheets",
                code="sheets",
            )
        return self._value(RateKind.LETTER, kind=str(postage), sheets=sheets)

    def allowance(self, kind: str) -> int:
        """Return how many fragments of texts are free in a year.

        Args:
            kind: an `OrganisationKind`, or the same word.

        Returns:
            Fragments, for each service, from 1 April to 31 March.

        Raises:
            InvalidValueError: there is no such kind, or no allowance for the day.
        """
        if kind not in _KINDS[RateKind.ALLOWANCE]:
            words = ", ".join(OrganisationKind)
            raise InvalidValueError(f"kind must be one of {words}.", field="kind", code="kind")
        return int(self._value(RateKind.ALLOWANCE, kind=str(kind)))

    def _value(self, rate: RateKind, *, kind: str = "", sheets: int = 0) -> Decimal:
        value = self.values.get((rate, kind, sheets))
        if value is None:
            raise InvalidValueError(
                f"No {rate.value} rate is known for {self.day.isoformat()}. Give a file of rates "
                "that reaches back to that day (Rates.read).",
                field="on",
                code="no_rate",
            )
        return value


@dataclass(frozen=True, slots=True)
class Rates:
    """A table of dated rates: Notify's, with a council's own laid over them.

    Without an argument it is the shipped table. A rate holds from its day until the next of the
    same kind begins. Of two with the same day, the given one wins over the shipped one.

    Args:
        own: rates to lay over the shipped ones.

    Raises:
        InvalidValueError: a rate stands twice with the same day.
    """

    own: tuple[Rate, ...] = ()
    # A file of 200,000 rows asks for one day 200,000 times.
    _days: dict[date, DayRates] = field(
        default_factory=dict["date", DayRates], init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        days = [(rate._key, rate.since) for rate in self.own]  # noqa: SLF001 -- of this module
        if len(set(days)) != len(days):
            raise InvalidValueError(
                "Two rates are of the same kind and begin on the same day. Take one out.",
                field="own",
                code="twice",
            )

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Read a council's own rates from a CSV file.

        The columns are `rate` (sms, letter or allowance), `kind` (the postage of a letter, the
        kind of organisation of an allowance), `sheets` (of a letter), `since` (a day such as
        2027-04-01) and `value` (pounds without VAT, or fragments).

        Args:
            path: the file, in UTF-8.

        Returns:
            The rates, laid over the shipped ones.

        Raises:
            ConfigError: the file cannot be read, or lines of it are wrong; the text names each.
        """
        own: dict[tuple[_Key, date], Rate] = {}
        read_rows(path, columns=_COLUMNS, take=lambda row: _take(row, own))
        return cls(tuple(own.values()))

    def on(self, day: date) -> DayRates:
        """Return what holds on a day.

        Args:
            day: the day on which the messages are sent, in Europe/London.

        Returns:
            The rates of the day.

        Raises:
            InvalidValueError: it is no day, or is an instant, which is another day elsewhere.
        """
        if isinstance(day, datetime) or not isinstance(day, date):  # pyright: ignore[reportUnnecessaryIsInstance] -- callers without a type checker
            raise InvalidValueError(
                "on must be a day: lg_core.days.london_day gives that of an instant.",
                field="on",
                code="wrong_type",
            )
        known = self._days.get(day)
        if known is None:
            known = self._days[day] = DayRates(day, self._held(day))
        return known

    def _held(self, day: date) -> dict[_Key, Decimal]:
        # Later ones replace earlier ones; sorted is stable, so that own ones of the same day win.
        known = sorted((*_shipped(), *self.own), key=lambda rate: rate.since)
        return {rate._key: rate.value for rate in known if rate.since <= day}  # noqa: SLF001 -- of this module


@cache
def _shipped() -> tuple[Rate, ...]:
    from importlib.resources import files  # noqa: PLC0415  # takes longer than the rest of this

    text = files("lg_notify.costs").joinpath(_FILE).read_text("utf-8")
    return tuple(_read(row) for row in csv.DictReader(text.splitlines()))


def _take(row: Row, own: dict[tuple[_Key, date], Rate]) -> None:
    try:
        rate = _read({column: row[column] for column in _COLUMNS})
    except InvalidValueError as error:
        row.refuse(error.message)
        return
    key = (rate._key, rate.since)  # noqa: SLF001 -- of this module
    if key in own:
        row.refuse("a rate of the same kind and day stands above.")
    own[key] = rate


def _read(cells: Mapping[str, str]) -> Rate:
    rate, sheets = cells["rate"], cells["sheets"]
    if rate not in set(RateKind):
        raise _wrong("rate must be sms, letter or allowance.")
    since, value = _day(cells["since"]), _number(cells["value"])
    if since is None:
        raise _wrong("since must be a day, such as 2027-04-01.")
    if value is None:
        raise _wrong("value must be a number of pounds, such as 0.024.")
    return Rate(
        RateKind(rate),
        since,
        value,
        kind=cells["kind"],
        sheets=(int(sheets) if sheets in set("12345") else -1) if sheets else 0,
    )


def _wrong(fault: str) -> InvalidValueError:
    return InvalidValueError(fault, code="rate")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _number(text: str) -> Decimal | None:
    if not text.isascii() or len(text) > _LONGEST or not text.replace(".", "", 1).isdigit():
        return None
    return Decimal(text)
