# SPDX-License-Identifier: MIT
"""Say how long a run takes: Notify's limits for a second and a day, and your own sending hours.

Pure. Notify's day begins at midnight in UTC (docs, 'Daily limits'); hours are those of clocks in
London.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from lg_core.errors import InvalidValueError
from lg_notify.hours import SendingHours
from lg_notify.message import TemplateType

__all__ = ["DAILY_LIMITS", "Schedule", "schedule"]

DAILY_LIMITS: Final = {
    TemplateType.SMS: 250_000,
    TemplateType.EMAIL: 250_000,
    TemplateType.LETTER: 20_000,
}
"""How many messages a live service sends in a day (docs, 'Daily limits'). A trial sends 50."""

_LONDON: Final = ZoneInfo("Europe/London")
_DAY: Final = timedelta(days=1)
_PER_SECOND: Final = 50.0
_MIDNIGHT: Final = time(0)


@dataclass(frozen=True, slots=True)
class Schedule:
    """When the messages of a run are sent, if nothing else uses the key.

    Attributes:
        begins: when the first one may be sent (UTC).
        ends: when the last one is sent (UTC).
        seconds: how many seconds of sending that is, without the waits.
        days: on how many days (UTC) something is sent.
        waits_for_hours: whether the first one waits for the sending hours.
    """

    begins: datetime
    ends: datetime
    seconds: float
    days: int
    waits_for_hours: bool


def schedule(
    count: int,
    *,
    now: datetime,
    hours: SendingHours | None = None,
    per_day: int,
    per_second: float = _PER_SECOND,
) -> Schedule:
    """Say when messages are sent that begin to be sent now.

    Args:
        count: how many messages.
        now: the present, with a time zone.
        hours: when messages may be sent; at any time where it is None.
        per_day: how many may be sent in a day (UTC), from 1.
        per_second: how many leave in a second: Notify's 3,000 a minute are 50.

    Returns:
        When it begins and ends.

    Raises:
        InvalidValueError: a limit is below 1, or the hours never open.
    """
    if per_day < 1 or per_second <= 0:
        raise InvalidValueError(
            "per_day must be 1 or more, and per_second above 0.", field="per_day", code="too_low"
        )
    now = now.astimezone(UTC)
    at = begins = _next(now, hours)
    ends, left, days = at, count, 0
    while left > 0:
        midnight = datetime.combine(at.date() + _DAY, _MIDNIGHT, tzinfo=UTC)
        today = min(left, per_day)  # what the day still takes
        days += 1
        while today > 0 and at < midnight:
            closes = min(midnight, _closing(at, hours))
            fit = min(today, max(1, int((closes - at).total_seconds() * per_second)))
            ends = at + timedelta(seconds=fit / per_second)
            today -= fit
            left -= fit
            at = ends if today > 0 and ends < closes else _next(max(ends, closes), hours)
        at = _next(max(at, midnight), hours)
    return Schedule(begins, ends, count / per_second, days, begins > now)


def _next(instant: datetime, hours: SendingHours | None) -> datetime:
    return instant if hours is None else hours.next_allowed(instant)


def _closing(instant: datetime, hours: SendingHours | None) -> datetime:
    """Return when the hours end in which an instant lies."""
    if hours is None:
        return instant + _DAY
    day = instant.astimezone(_LONDON).date()
    if hours.end == _MIDNIGHT:
        day += _DAY
    return datetime.combine(day, hours.end.replace(fold=1), tzinfo=_LONDON).astimezone(UTC)
