# SPDX-License-Identifier: MIT
"""Read a date that was typed in three parts (GOV.UK Design System, 'Date input')."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final

from lg_core.days import MONTHS, london_day
from lg_core.texts import Text
from lg_forms._cleaning import tidy
from lg_forms.faults import Fault, FaultyAnswerError

__all__ = ["PARTS", "DateRule", "read_date", "today"]

PARTS: Final = ("day", "month", "year")
"""The parts of a date, in the order of asking."""
_YEAR_DIGITS: Final = 4
_DIGITS: Final = re.compile(r"[0-9]+")
_MONTH_NUMBERS: Final = {
    form: number
    for names in MONTHS.values()
    for number, name in enumerate(map(str.lower, names), 1)
    for form in (name, name[:3])
} | {"sept": 9}


class DateRule(StrEnum):
    """Where a date must lie."""

    PAST = "past"
    PAST_OR_TODAY = "past_or_today"
    FUTURE = "future"
    FUTURE_OR_TODAY = "future_or_today"


def today() -> date:
    """Return today's date in the United Kingdom."""
    return london_day(datetime.now(UTC))


def read_date(
    typed: Mapping[str, str],
    *,
    missing: Text,
    rule: DateRule | None = None,
    on: date | None = None,
) -> date:
    """Read a date. A month may be a number, or its name in English or Welsh, full or short.

    Args:
        typed: what was typed as `day`, `month` and `year`.
        missing: the sentence for a date that was left empty.
        rule: where the date must lie; None for anywhere.
        on: the day that counts as today; today in the UK where it is None.

    Returns:
        The date.

    Raises:
        FaultyAnswerError: it is missing in whole or part, no real date, or breaks the rule. The
            fault's `parts` are those to be marked.
    """
    parts = {part: tidy(typed.get(part, "")).strip(". ") for part in PARTS}
    left_out = tuple(part for part in PARTS if not parts[part])
    if len(left_out) == len(PARTS):
        raise FaultyAnswerError(Fault(missing, part="day", parts=PARTS))
    if left_out:
        name = "date_without_" + "_and_".join(left_out)
        raise FaultyAnswerError(Fault(name, part=left_out[0], parts=left_out))
    if _DIGITS.fullmatch(parts["year"]) and len(parts["year"]) != _YEAR_DIGITS:
        raise FaultyAnswerError(Fault("date_year_short", part="year", parts=("year",)))
    found = _real(parts)
    if found is None:
        raise FaultyAnswerError(Fault("date_not_real", part="day", parts=PARTS))
    if rule is not None and not _keeps(rule, found, on or today()):
        raise FaultyAnswerError(Fault(f"date_not_{rule}", part="day", parts=PARTS))
    return found


def _real(parts: Mapping[str, str]) -> date | None:
    month = _MONTH_NUMBERS.get(parts["month"].casefold(), 0) or _number(parts["month"])
    try:
        return date(_number(parts["year"]), month, _number(parts["day"]))
    except ValueError:
        return None


def _number(text: str) -> int:
    """Return the number, or 0, which is no day, month or year."""
    return int(text) if _DIGITS.fullmatch(text) and len(text) <= _YEAR_DIGITS else 0


def _keeps(rule: DateRule, day: date, on: date) -> bool:
    match rule:
        case DateRule.PAST:
            return day < on
        case DateRule.PAST_OR_TODAY:
            return day <= on
        case DateRule.FUTURE:
            return day > on
        case DateRule.FUTURE_OR_TODAY:
            return day >= on
