# SPDX-License-Identifier: MIT
"""When messages may be sent: hours of the day, days of the week, and bank holidays or not.

    [hours.sms]
    from = "08:00"
    to = "20:00"
    days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
    bank_holidays = false        # true, which is the default: a bank holiday is like another day
    nation = "wales"             # whose bank holidays

Notify sends at once whatever it is told (`scheduled_for` is ignored), so quiet hours are the
sender's. No law sets them; a council does. Times are those of clocks in the United Kingdom. Pure.
"""

import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, Final, cast
from zoneinfo import ZoneInfo

from lg_core.errors import ConfigError, InvalidValueError
from lg_core.identifiers import Nation

if TYPE_CHECKING:
    from lg_core.working_days import WorkingDays

__all__ = ["CHANNELS", "DAYS", "SendingHours", "read_hours"]

CHANNELS: Final = ("sms", "email", "letter")
"""The ways in which Notify sends, each of which may have its hours."""
DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""The days of the week, as a file of hours writes them."""

_LONDON: Final = ZoneInfo("Europe/London")
_DAY: Final = timedelta(days=1)
_CLOCKS_MOVE: Final = time(1)  # Summer Time Order 2002: at 1 o'clock in the morning, GMT
_FRIDAY: Final = 4
_FURTHEST: Final = 400
_MEMBERS: Final = frozenset({"from", "to", "days", "bank_holidays", "nation"})


@dataclass(frozen=True, slots=True)
class SendingHours:
    """The hours in which messages of one kind may be sent.

    Args:
        start: from when on a day, on the clock in London.
        end: until when, that minute not included; midnight (`time(0)`) for the end of the day.
        days: the days of the week, 0 for Monday to 6 for Sunday.
        bank_holidays: whether a bank holiday is like any other day.
        nation: whose bank holidays; needs `pip install "lg-core[calendar]"` where they count. A
            day after the last that govuk-bank-holidays knows is taken for none.

    Raises:
        InvalidValueError: the hours never open, or a time has seconds or a zone.
    """

    start: time = time(8)
    end: time = time(20)
    days: frozenset[int] = frozenset(range(7))
    bank_holidays: bool = True
    nation: Nation = Nation.ENGLAND

    def __post_init__(self) -> None:
        for field, value in (("start", self.start), ("end", self.end)):
            if value.tzinfo is not None or value.second or value.microsecond:
                raise InvalidValueError(
                    f"{field} must be a time on the clock in London, in hours and minutes.",
                    field=field,
                    code="not_a_time",
                )
        if self.end != time(0) and self.end <= self.start:
            raise InvalidValueError(
                "end must be later than start on the same day. For hours over midnight, use two "
                "outboxes, or do without.",
                field="end",
                code="never_open",
            )
        if not self.days or not self.days <= frozenset(range(7)):
            raise InvalidValueError(
                "days must hold one day or more, 0 for Monday to 6 for Sunday.",
                field="days",
                code="never_open",
            )

    def allows(self, instant: datetime) -> bool:
        """Say whether a message may be sent at an instant.

        Args:
            instant: any instant with a time zone.

        Raises:
            InvalidValueError: the instant has no time zone.
        """
        return self.next_allowed(instant) == instant

    def next_allowed(self, instant: datetime) -> datetime:
        """Return the first instant, from this one on, at which a message may be sent.

        The day on which the clocks change has its hours like another: 08:00 is 08:00 on the
        clock. A time that the clock leaves out counts as the instant at which it moves.

        Args:
            instant: any instant with a time zone.

        Returns:
            That instant, in UTC; the given one where it is within the hours.

        Raises:
            InvalidValueError: the instant has no time zone.
        """
        if instant.tzinfo is None:
            raise InvalidValueError(
                "instant must have a time zone: use datetime.now(UTC).",
                field="instant",
                code="naive",
            )
        instant = instant.astimezone(UTC)
        first = instant.astimezone(_LONDON).date()
        for ahead in range(_FURTHEST):
            day = first + ahead * _DAY
            if not self._is_open(day):
                continue
            closing = _instant(day + _DAY, time(0)) if self.end == time(0) else self._closing(day)
            if instant < closing:
                opening = _instant(day, self.start)
                # Where the clock leaves the whole span out, the day has no hours.
                if opening < closing:
                    return max(instant, opening)
        raise AssertionError  # a day of the week is a bank holiday now and then, not for a year

    def _closing(self, day: date) -> datetime:
        # What the clock shows twice is over when it has shown it for the second time.
        return _instant(day, self.end.replace(fold=1))

    def _is_open(self, day: date) -> bool:
        if day.weekday() not in self.days:
            return False
        if self.bank_holidays or day.weekday() > _FRIDAY:
            return True  # GOV.UK lists the weekday that stands in for a holiday at a weekend
        calendar = _calendar(self.nation)
        return day > calendar.last or calendar.is_working_day(day)

    def to_text(self) -> str:
        """Write the hours as one short text, which `from_text` reads."""
        days = "".join(str(day) for day in sorted(self.days))
        holidays = "open" if self.bank_holidays else self.nation.value
        return f"{self.start:%H:%M}-{self.end:%H:%M} {days} {holidays}"

    @classmethod
    def from_text(cls, text: str) -> "SendingHours":
        """Read what `to_text` wrote.

        Args:
            text: the text.

        Returns:
            The hours.

        Raises:
            InvalidValueError: it is no such text.
        """
        try:
            span, days, holidays = text.split(" ")
            start, end = (_time(part) for part in span.split("-"))
            return cls(
                start=start,
                end=end,
                days=frozenset(int(day) for day in days),
                bank_holidays=holidays == "open",
                nation=Nation.ENGLAND if holidays == "open" else Nation(holidays),
            )
        except InvalidValueError:
            raise
        except ValueError:
            wrong = "This is no text of sending hours: use what to_text() wrote."
        raise InvalidValueError(wrong, field="hours", code="not_hours")


def read_hours(text: str) -> Mapping[str, SendingHours]:
    """Read the hours of each channel from a file's text.

    Args:
        text: TOML, as the head of this module shows. Other tables of the file are left alone.

    Returns:
        The hours by channel: `sms`, `email` and `letter`. One that is not named is always open.

    Raises:
        ConfigError: it is not TOML, or a table is wrong; the text says which, and what to do.
    """
    try:
        hours: object = tomllib.loads(text).get("hours", {})
    except tomllib.TOMLDecodeError as error:
        hours, wrong = None, str(error).partition(" (")[2].rstrip(")")
        where = f" ({wrong})" if wrong else ""
    else:
        where = ""
    if hours is None:
        raise ConfigError(f"The file of sending hours is not valid TOML{where}.", setting="hours")
    if not isinstance(hours, dict):
        raise _wrong("hours", "must be a table for each channel, such as [hours.sms]")
    tables = cast("Mapping[str, object]", hours)
    return {channel: _hours(channel, table) for channel, table in tables.items()}


def _hours(channel: str, table: object) -> SendingHours:
    if channel not in CHANNELS:
        raise _wrong("hours", f"has a table for no channel of Notify's: use {', '.join(CHANNELS)}")
    where = f"hours.{channel}"
    if not isinstance(table, dict):
        raise _wrong(where, "must be a table")
    given = cast("Mapping[str, object]", table)
    if not given.keys() <= _MEMBERS:
        raise _wrong(where, f"has a member that is not one of {', '.join(sorted(_MEMBERS))}")
    holidays = given.get("bank_holidays", True)
    if not isinstance(holidays, bool):
        raise _wrong(f"{where}.bank_holidays", "must be true or false")
    nation = given.get("nation", Nation.ENGLAND.value)
    if nation not in set(Nation):
        raise _wrong(f"{where}.nation", f"must be one of {', '.join(Nation)}")
    try:
        return SendingHours(
            start=_time_in(given.get("from", "08:00"), f"{where}.from"),
            end=_time_in(given.get("to", "20:00"), f"{where}.to"),
            days=_days_in(given.get("days", list(DAYS)), f"{where}.days"),
            bank_holidays=holidays,
            nation=Nation(nation),
        )
    except InvalidValueError as error:
        told = error.message
    raise ConfigError(f"{where}: {told}", setting=where)


def _time_in(value: object, where: str) -> time:
    if isinstance(value, str):
        with suppress(ValueError):  # told below, with what to write
            return _time(value)
    raise _wrong(where, 'must be a time in quotes, such as "08:00"; "24:00" is the end of the day')


def _days_in(value: object, where: str) -> frozenset[int]:
    listed = cast("Sequence[object]", value) if isinstance(value, list) else ()
    if not listed or not all(day in DAYS for day in listed):
        raise _wrong(where, f"must be a list of days: {', '.join(DAYS)}")
    return frozenset(DAYS.index(cast("str", day)) for day in listed)


def _wrong(where: str, what: str) -> ConfigError:
    return ConfigError(f"{where} {what}.", setting=where)


def _time(text: str) -> time:
    if text == "24:00":
        return time(0)
    return datetime.strptime(text, "%H:%M").replace(tzinfo=UTC).time()


def _instant(day: date, at: time) -> datetime:
    instant = datetime.combine(day, at.replace(fold=0), tzinfo=_LONDON).astimezone(UTC)
    again = datetime.combine(day, at.replace(fold=1), tzinfo=_LONDON).astimezone(UTC)
    if again < instant:  # the clock leaves this time out: it moves at 01:00 UTC
        return datetime.combine(day, _CLOCKS_MOVE, tzinfo=UTC)
    return again if at.fold else instant


@cache
def _calendar(nation: Nation) -> "WorkingDays":
    # Only who closes on bank holidays needs the list of them.
    from lg_core.working_days import WorkingDays  # noqa: PLC0415 -- as above

    return WorkingDays(nation)
