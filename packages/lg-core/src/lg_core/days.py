# SPDX-License-Identifier: MIT
"""Days as residents and finance know them: in Europe/London, and written out in words."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from lg_core.texts import Language

__all__ = ["MONTHS", "format_day", "london_day"]

_LONDON = ZoneInfo("Europe/London")
MONTHS: Final[Mapping[Language, tuple[str, ...]]] = {
    Language.ENGLISH: (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
    Language.WELSH: (
        "Ionawr", "Chwefror", "Mawrth", "Ebrill", "Mai", "Mehefin",
        "Gorffennaf", "Awst", "Medi", "Hydref", "Tachwedd", "Rhagfyr",
    ),
}  # fmt: skip
"""The names of the months, January first."""


def london_day(instant: datetime) -> date:
    """Return the day that it is in Europe/London at an instant.

    Args:
        instant: the instant, with a time zone.

    Raises:
        ValueError: the instant has no time zone.
    """
    if instant.tzinfo is None:
        raise ValueError("An instant needs a time zone: use datetime.now(UTC).")
    return instant.astimezone(_LONDON).date()


def format_day(day: date, language: str = Language.ENGLISH) -> str:
    """Write a day out, such as `1 April 2027` (GOV.UK style guide, 'Dates').

    Args:
        day: the day.
        language: `en` or `cy`; English for any other.

    Returns:
        The day, its month as a word.
    """
    months = MONTHS[Language.WELSH if language == Language.WELSH else Language.ENGLISH]
    return f"{day.day} {months[day.month - 1]} {day.year}"
