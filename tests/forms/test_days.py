"""Dates that are typed in three parts."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_core.texts import Catalogue, Text
from lg_forms import DateRule, FaultyAnswerError
from lg_forms.days import PARTS, read_date, today
from lg_forms.faults import Fault, Words

MISSING = Text("Enter your date of birth")
ON = date(2026, 11, 22)


def _read(day: str, month: str, year: str, *, rule: DateRule | None = None) -> date:
    typed = {"day": day, "month": month, "year": year}
    return read_date(typed, missing=MISSING, rule=rule, on=ON)


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_date_is_read_back(day: date) -> None:
    """A date is read as numbers, also with leading zeros."""
    assert day == _read(str(day.day), str(day.month), f"{day.year:04}")
    assert day == _read(f"{day.day:02}", f" {day.month:02}", f"{day.year:04} ")


@given(st.tuples(st.text(), st.text(), st.text()), st.sampled_from([None, *DateRule]))
def test_anything_is_read_or_refused(typed: tuple[str, str, str], rule: DateRule | None) -> None:
    """Any three texts are a date, or a fault that marks one or more of the parts."""
    fault: Fault | None = None
    try:
        _read(*typed, rule=rule)
    except FaultyAnswerError as error:
        fault = error.fault

    assert fault is None or fault.part in fault.parts
    assert fault is None or set(fault.parts) <= set(PARTS)


@pytest.mark.parametrize("month", ["march", "Mar", "MAWRTH", "maw.", "03", "3"])
def test_months_may_be_named(month: str) -> None:
    """A month may be a number or a name in either language, full or short."""
    assert date(2007, 3, 27) == _read("27", month, "2007")


@pytest.mark.parametrize(
    ("parts", "rule", "says", "marked"),
    [
        (("", "", ""), None, "Enter your date of birth", PARTS),
        (("", "3", "2007"), None, "Date must include a day", ("day",)),
        (("27", " ", "2007"), None, "Date must include a month", ("month",)),
        (("27", "3", ""), None, "Date must include a year", ("year",)),
        (("", "", "2007"), None, "Date must include a day and month", ("day", "month")),
        (("", "3", ""), None, "Date must include a day and year", ("day", "year")),
        (("27", "", ""), None, "Date must include a month and year", ("month", "year")),
        (("27", "3", "07"), None, "Year must include 4 numbers", ("year",)),
        (("30", "2", "2007"), None, "Date must be a real date", PARTS),
        (("1", "juvember", "2007"), None, "Date must be a real date", PARTS),
        (("1", "1", "MMVI"), None, "Date must be a real date", PARTS),
        (("22", "11", "2026"), DateRule.PAST, "Date must be in the past", PARTS),
        (
            ("23", "11", "2026"),
            DateRule.PAST_OR_TODAY,
            "Date must be today or in the past",
            PARTS,
        ),
        (("22", "11", "2026"), DateRule.FUTURE, "Date must be in the future", PARTS),
        (
            ("21", "11", "2026"),
            DateRule.FUTURE_OR_TODAY,
            "Date must be today or in the future",
            PARTS,
        ),
    ],
)
def test_what_is_refused(
    parts: tuple[str, str, str], rule: DateRule | None, *, says: str, marked: tuple[str, ...]
) -> None:
    """A wrong date gets the Design System's wording, and only the parts in error are marked."""
    with pytest.raises(FaultyAnswerError) as caught:
        _read(*parts, rule=rule)

    words = Words(Catalogue.of_package("lg_forms"))
    assert says == words.fault(caught.value.fault, label=Text("Date"))
    assert marked == caught.value.fault.parts
    assert marked[0] == caught.value.fault.part


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        (DateRule.PAST, -1),
        (DateRule.PAST_OR_TODAY, 0),
        (DateRule.FUTURE, 1),
        (DateRule.FUTURE_OR_TODAY, 0),
    ],
)
def test_the_edges_of_a_rule(rule: DateRule, days: int) -> None:
    """The last day that a rule allows is allowed."""
    day = ON + timedelta(days=days)

    assert day == _read(str(day.day), str(day.month), str(day.year), rule=rule)


def test_today_is_a_day_in_london() -> None:
    """Without a given day, today is taken."""
    now = today()
    typed = {"day": str(now.day), "month": str(now.month), "year": str(now.year)}

    assert now == read_date(typed, missing=MISSING, rule=DateRule.FUTURE_OR_TODAY)
