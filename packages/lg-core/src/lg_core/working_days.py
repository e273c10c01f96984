# SPDX-License-Identifier: MIT
"""Count working days: Monday to Friday, without the bank holidays of a nation.

The days come from the list that the package govuk-bank-holidays carries (GOV.UK, 'UK bank
holidays', https://www.gov.uk/bank-holidays). The network is never asked. Install it with
`pip install "lg-core[calendar]"`; a newer version of it knows more years.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Final, NoReturn

from lg_core.errors import ConfigError, InvalidValueError
from lg_core.identifiers import Nation

__all__ = ["WorkingDays"]

_DIVISIONS: Final[Mapping[Nation, str]] = {
    Nation.ENGLAND: "england-and-wales",
    Nation.WALES: "england-and-wales",
    Nation.SCOTLAND: "scotland",
    Nation.NORTHERN_IRELAND: "northern-ireland",
}
_FRIDAY: Final = 4
_DAY: Final = timedelta(days=1)


class WorkingDays:
    """The working days of a nation.

    Local holidays of a Scottish council and days on which a council is closed are not known here.

    Args:
        nation: whose bank holidays count. England and Wales share theirs.

    Raises:
        ConfigError: govuk-bank-holidays is not installed.
        InvalidValueError: the nation is no `Nation`.
    """

    __slots__ = ("_first", "_holidays", "_last", "_nation")

    def __init__(self, nation: Nation) -> None:
        division = _DIVISIONS.get(nation)
        if division is None:
            raise InvalidValueError(
                "nation must be a Nation, such as Nation.ENGLAND. A council of the register has it "
                "as its nation.",
                field="nation",
                code="unknown",
            )
        self._nation = nation
        self._holidays = _holidays(division)
        self._first = date(min(self._holidays).year, 1, 1)
        self._last = date(max(self._holidays).year, 12, 31)

    @property
    def nation(self) -> Nation:
        """Whose bank holidays count."""
        return self._nation

    @property
    def last(self) -> date:
        """The last day that is known."""
        return self._last

    def is_working_day(self, day: date) -> bool:
        """Say whether a day is a working day.

        Args:
            day: the day, in London.

        Returns:
            False on a Saturday, a Sunday and a bank holiday.

        Raises:
            InvalidValueError: the day is outside the years that are known, or is an instant.
        """
        if isinstance(day, datetime):
            raise InvalidValueError(
                "A working day is a date, not an instant: use london_day(instant).",
                field="day",
                code="wrong_type",
            )
        if not self._first <= day <= self._last:
            self._unknown()
        return day.weekday() <= _FRIDAY and day not in self._holidays

    def add(self, day: date, days: int) -> date:
        """Go some working days on, or back.

        Args:
            day: where to begin; it is not counted itself.
            days: how many working days; below 0 to go back. With 0 the day itself is given,
                whatever it is.

        Returns:
            The working day that many working days away.

        Raises:
            InvalidValueError: the way leads outside the years that are known.
        """
        step = _DAY if days > 0 else -_DAY
        self.is_working_day(day)
        left = abs(days)
        while left:
            day += step
            left -= self.is_working_day(day)
        return day

    def between(self, start: date, end: date) -> int:
        """Count the working days after one day, up to another and including it.

        Args:
            start: the day before the first that is counted.
            end: the last day that is counted.

        Returns:
            How many: 0 where nothing lies between, below 0 where the end is before the start. On
            Friday, Monday is 1 away.

        Raises:
            InvalidValueError: a day is outside the years that are known.
        """
        if end < start:
            return -self.between(end, start)
        self.is_working_day(start)
        self.is_working_day(end)
        days = (end - start).days
        return sum(self.is_working_day(start + n * _DAY) for n in range(1, days + 1))

    def _unknown(self) -> NoReturn:
        raise InvalidValueError(
            f"Bank holidays are known from {self._first.year} to {self._last.year}. For a later "
            "day install a newer version of govuk-bank-holidays.",
            field="day",
            code="not_covered",
        )


@cache
def _holidays(division: str) -> frozenset[date]:
    try:
        # Its data, not its code, which loads an HTTP library.
        text = resources.files("govuk_bank_holidays").joinpath("bank-holidays.json")
    except ModuleNotFoundError:
        text = None
    if text is None:
        raise ConfigError(
            "The package govuk-bank-holidays is not installed. Install it with "
            'pip install "lg-core[calendar]".'
        )
    events = json.loads(text.read_text("utf-8"))[division]["events"]
    return frozenset(date.fromisoformat(event["date"]) for event in events)
