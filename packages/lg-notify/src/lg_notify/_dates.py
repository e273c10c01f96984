# SPDX-License-Identifier: MIT
"""A day as people read it in a message, in English and Welsh. Pure."""

from datetime import date

from lg_core.texts import Language

__all__ = ["written_day"]

# Not from the machine's locale, which says neither which language nor how it is spelt.
_ENGLISH_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WELSH_DAYS = (
    "Dydd Llun", "Dydd Mawrth", "Dydd Mercher", "Dydd Iau", "Dydd Gwener", "Dydd Sadwrn",
    "Dydd Sul",
)  # fmt: skip
_ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WELSH_MONTHS = (
    "Ionawr", "Chwefror", "Mawrth", "Ebrill", "Mai", "Mehefin",
    "Gorffennaf", "Awst", "Medi", "Hydref", "Tachwedd", "Rhagfyr",
)  # fmt: skip


def written_day(day: date, language: str = Language.ENGLISH) -> str:
    """Write a day: `Monday 5 January 2026`, or `Dydd Llun 5 Ionawr 2026`.

    The GOV.UK style guide's form ('Dates and times'): no comma, no ordinal, the year in full.

    Args:
        day: the day.
        language: `en` or `cy`.
    """
    welsh = language == Language.WELSH
    weekday = (_WELSH_DAYS if welsh else _ENGLISH_DAYS)[day.weekday()]
    month = (_WELSH_MONTHS if welsh else _ENGLISH_MONTHS)[day.month - 1]
    return f"{weekday} {day.day} {month} {day.year}"
