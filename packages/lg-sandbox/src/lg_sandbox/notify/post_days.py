# SPDX-License-Identifier: MIT
"""When a letter is printed and delivered, and which days nobody works.

Source: technical documentation, 'Letter delivery times', and the outputs recorded from
notifications-utils 127.0.0, 'letter_timing'. The holidays are those of England and Wales by their
rules; a holiday for one occasion is not among them.
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

__all__ = ["Delivery", "delivery", "is_holiday"]

_LONDON = "Europe/London"
_PRINTED_BY = 15
_DELIVERED_BY = 16
# What comes after 17:30 is worked on the next day: 6 hours 30 minutes later is another date.
_CUT_OFF = timedelta(hours=6, minutes=30)
_SATURDAY, _SUNDAY = 5, 6
_DAY = timedelta(days=1)

# The first and the last working day after printing, by postage.
_DAYS = {
    "first": (1, 1),
    "second": (4, 5),
    "economy": (4, 7),
    "europe": (4, 6),
    "rest-of-world": (6, 8),
}


class Delivery(tuple[datetime, datetime, datetime]):
    """When a letter is printed at the latest, and when it arrives."""

    __slots__ = ()

    @property
    def printed_by(self) -> datetime:
        """When it is printed, at the latest."""
        return self[0]

    @property
    def earliest(self) -> datetime:
        """When it may arrive."""
        return self[1]

    @property
    def latest(self) -> datetime:
        """When it should have arrived: what the API gives as `estimated_delivery`."""
        return self[2]


def delivery(created_at: datetime, *, postage: str) -> Delivery:
    """Say when a letter is printed and delivered.

    Args:
        created_at: when Notify accepted it; aware.
        postage: how it is sent.

    Returns:
        Three instants in UTC. Only hour and minute are set: seconds stay those of `created_at`,
        as in the recorded answers.
    """
    zone = ZoneInfo(_LONDON)
    local = created_at.astimezone(zone)
    printed = _next((local + _CUT_OFF).date(), saturdays=False)
    first, last = _DAYS[postage]
    # Royal Mail delivers first class on Saturdays too.
    saturdays = postage == "first"
    days = (
        (printed, _PRINTED_BY),
        (_after(printed, first, saturdays=saturdays), _DELIVERED_BY),
        (_after(printed, last, saturdays=saturdays), _DELIVERED_BY),
    )
    return Delivery(
        local.replace(year=day.year, month=day.month, day=day.day, hour=hour, minute=0).astimezone(
            UTC
        )
        for day, hour in days
    )


def _after(day: date, count: int, *, saturdays: bool) -> date:
    for _ in range(count):
        day = _next(day, saturdays=saturdays)
    return day


def _next(day: date, *, saturdays: bool) -> date:
    day += _DAY
    while _is_free(day, saturdays=saturdays):
        day += _DAY
    return day


def _is_free(day: date, *, saturdays: bool) -> bool:
    weekday = day.weekday()
    return weekday == _SUNDAY or (weekday == _SATURDAY and not saturdays) or is_holiday(day)


def is_holiday(day: date) -> bool:
    """Say whether a day is a bank holiday in England and Wales.

    Args:
        day: the day.

    Returns:
        Whether it is one.
    """
    return day in _holidays(day.year)


@cache
def _holidays(year: int) -> frozenset[date]:
    easter = _easter(year)
    found = {
        easter - 2 * _DAY,
        easter + _DAY,
        _monday(date(year, 5, 1)),
        _monday(date(year, 5, 25)),
        _monday(date(year, 8, 25)),
    }
    # A holiday at a weekend moves to the next day that is none yet.
    for month, number in ((1, 1), (12, 25), (12, 26)):
        day = date(year, month, number)
        while day.weekday() >= _SATURDAY or day in found:
            day += _DAY
        found.add(day)
    return frozenset(found)


def _monday(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)


def _easter(year: int) -> date:
    """Easter Sunday, by the anonymous Gregorian algorithm (Meeus, 'Astronomical Algorithms')."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    left = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * left) // 451
    month, day = divmod(h + left - 7 * m + 114, 31)
    return date(year, month, day + 1)
