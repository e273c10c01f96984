# SPDX-License-Identifier: MIT
"""Days as people read them, in English and Welsh."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_core.texts import Language
from lg_notify._dates import written_day


@pytest.mark.parametrize(
    ("day", "english", "welsh"),
    [
        (date(2026, 1, 5), "Monday 5 January 2026", "Dydd Llun 5 Ionawr 2026"),
        (date(2026, 2, 3), "Tuesday 3 February 2026", "Dydd Mawrth 3 Chwefror 2026"),
        (date(2026, 3, 4), "Wednesday 4 March 2026", "Dydd Mercher 4 Mawrth 2026"),
        (date(2026, 4, 2), "Thursday 2 April 2026", "Dydd Iau 2 Ebrill 2026"),
        (date(2026, 5, 1), "Friday 1 May 2026", "Dydd Gwener 1 Mai 2026"),
        (date(2026, 6, 6), "Saturday 6 June 2026", "Dydd Sadwrn 6 Mehefin 2026"),
        (date(2026, 7, 5), "Sunday 5 July 2026", "Dydd Sul 5 Gorffennaf 2026"),
        (date(2026, 8, 31), "Monday 31 August 2026", "Dydd Llun 31 Awst 2026"),
        (date(2026, 9, 1), "Tuesday 1 September 2026", "Dydd Mawrth 1 Medi 2026"),
        (date(2026, 10, 1), "Thursday 1 October 2026", "Dydd Iau 1 Hydref 2026"),
        (date(2026, 11, 1), "Sunday 1 November 2026", "Dydd Sul 1 Tachwedd 2026"),
        (date(2026, 12, 25), "Friday 25 December 2026", "Dydd Gwener 25 Rhagfyr 2026"),
    ],
)
def test_a_day_is_written_out(day: date, english: str, welsh: str) -> None:
    """Each month and each day of the week, without comma or ordinal."""
    assert english == written_day(day)
    assert welsh == written_day(day, Language.WELSH)


@given(st.dates())
def test_english_is_what_python_writes_in_english(day: date) -> None:
    """Every day agrees with Python's own names, which are English here, without a leading 0."""
    assert f"{day:%A} {day.day} {day:%B} {day.year}" == written_day(day)
