# SPDX-License-Identifier: MIT
"""When a letter is printed, and when it arrives. Pure.

A letter that reaches GOV.UK Notify before 17:30 is printed on the next day on which DVLA, Notify's
printer, works, by 15:00: Monday to Friday without the bank holidays of England and Wales. First
class arrives on the next day of Royal Mail's, Saturdays included; the others take days of their
own, Saturdays not among them. Times are those of London.

Source: Notify's guidance 'Delivery times', 'Letters'; outputs of notifications-utils 127.0.0. The
bank holidays come with `pip install "lg-core[calendar]"`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from lg_core.errors import InvalidValueError
from lg_core.identifiers import Nation
from lg_core.working_days import WorkingDays

__all__ = ["Delivery", "delivery"]

_LONDON: Final = ZoneInfo("Europe/London")
_LATEST: Final = time(17, 30)
_PRINTED: Final = time(15)
_ARRIVES: Final = time(16)
_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5
_FIRST: Final = "first"
# Days of the post after the day of printing, the day of arrival among them.
_DAYS: Final[Mapping[str, tuple[int, int]]] = {
    _FIRST: (1, 1),
    "second": (4, 5),
    "economy": (4, 7),
    "europe": (4, 6),
    "rest-of-world": (6, 8),
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """When a letter is printed and arrives, as Notify expects it.

    Attributes:
        printed_by: the instant, UTC, by which it is printed.
        earliest: the instant, UTC, at which it arrives at the earliest.
        latest: the same at the latest. No promise of Notify's or of Royal Mail's.
    """

    printed_by: datetime
    earliest: datetime
    latest: datetime


def delivery(
    created_at: datetime | str, postage: str, *, working_days: WorkingDays | None = None
) -> Delivery:
    """Say when a letter is printed, and when it arrives.

    Args:
        created_at: when Notify took the letter, with a time zone; also as Notify writes it,
            `2026-03-02T16:00:00.000000Z`.
        postage: `first`, `second`, `economy`, `europe` or `rest-of-world`.
        working_days: the working days of England, where you keep them; made where left out.

    Returns:
        The instants.

    Raises:
        ConfigError: the bank holidays are not installed.
        InvalidValueError: created_at has no time zone or is no instant, postage is none of
            these, or a day lies beyond the bank holidays that are known.
    """
    spans = _DAYS.get(postage)
    if spans is None:
        raise InvalidValueError(
            f"postage must be one of {', '.join(_DAYS)}.", field="postage", code="unknown"
        )
    instant = _instant(created_at).astimezone(_LONDON)
    england = working_days or WorkingDays(Nation.ENGLAND)
    taken = instant.date() + (_DAY if instant.time() >= _LATEST else timedelta())
    printed = england.add(taken, 1)
    earliest, latest = (
        _posted(printed, number, days=england, saturdays=postage == _FIRST) for number in spans
    )
    return Delivery(
        printed_by=_at(printed, _PRINTED),
        earliest=_at(earliest, _ARRIVES),
        latest=_at(latest, _ARRIVES),
    )


def _instant(created_at: datetime | str) -> datetime:
    instant = _read(created_at) if isinstance(created_at, str) else created_at
    if instant is None:
        raise InvalidValueError(
            "created_at must be an instant as Notify writes it, such as "
            "2026-03-02T16:00:00.000000Z.",
            field="created_at",
            code="not_an_instant",
        )
    if instant.tzinfo is None:
        raise InvalidValueError(
            "created_at needs a time zone: use datetime.now(UTC).",
            field="created_at",
            code="no_time_zone",
        )
    return instant


def _read(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:  # which repeats the text, so that our error must not hang on it
        return None


def _posted(day: date, number: int, *, days: WorkingDays, saturdays: bool) -> date:
    """Go some days of the post on. No bank holiday is a Saturday: it moves to a Monday."""
    if not saturdays:
        return days.add(day, number)
    while number:
        day += _DAY
        number -= day.weekday() == _SATURDAY or days.is_working_day(day)
    return day


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, _LONDON).astimezone(UTC)
