# SPDX-License-Identifier: MIT
"""What Notify charges on a day, and a council's own table over it."""

import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_core.errors import ConfigError, InvalidValueError
from lg_notify.costs import (
    DayRates,
    OrganisationKind,
    Postage,
    Rate,
    RateKind,
    Rates,
    letter_price,
    sms_price,
)

TODAY = date(2026, 11, 28)


@pytest.mark.parametrize(
    ("day", "pounds"),
    [
        (date(2024, 4, 1), "0.0227"),
        (date(2025, 3, 31), "0.0227"),
        (date(2025, 4, 1), "0.0233"),
        (date(2026, 3, 31), "0.0233"),
        (date(2026, 4, 1), "0.024"),
        (date(2031, 1, 1), "0.024"),
    ],
)
def test_a_rate_holds_from_its_day_until_the_next(day: date, pounds: str) -> None:
    """A text costs what it cost on the day on which it was sent."""
    assert Decimal(pounds) == Rates().on(day).sms


@pytest.mark.parametrize(
    ("postage", "pounds"),
    [
        ("first", "1.56 1.61 1.66 1.71 1.76"),
        ("second", "0.73 0.77 0.82 0.87 0.91"),
        ("economy", "0.638 0.684 0.724 0.779 0.823"),
        ("europe", "1.80 1.84 1.88 1.92 1.96"),
        ("rest-of-world", "1.80 1.84 1.88 1.92 1.96"),
    ],
)
def test_a_letter_costs_by_postage_and_sheets(postage: str, pounds: str) -> None:
    """One to five sheets, as Notify's rates stood in November 2026."""
    assert [*map(Decimal, pounds.split())] == [
        letter_price(sheets, postage, on=TODAY) for sheets in range(1, 6)
    ]


def test_what_is_free_depends_on_who_sends() -> None:
    """Fragments of texts in a year, by kind of organisation."""
    rates = Rates().on(TODAY)

    assert [10_000, 20_000, 10_000, 5_000, 5_000, 0] == [*map(rates.allowance, OrganisationKind)]


@given(st.integers(0, 99), st.integers(1, 12))
def test_a_text_costs_its_fragments_times_its_country(fragments: int, multiplier: int) -> None:
    """The price is exact: tenths of a penny are not rounded."""
    price = sms_price(fragments, multiplier=multiplier, on=TODAY)

    assert price * 1000 == 24 * fragments * multiplier


UNKNOWN: list[tuple[date, Callable[[DayRates], object]]] = [
    (date(2024, 3, 31), lambda rates: rates.sms),
    (date(2026, 10, 31), lambda rates: rates.letter("first", sheets=1)),
    (date(2026, 3, 31), lambda rates: rates.allowance("local")),
]


@pytest.mark.parametrize(("day", "asks"), UNKNOWN)
def test_a_rate_that_is_not_known_is_not_guessed(
    day: date, asks: Callable[[DayRates], object]
) -> None:
    """Before the first day of a rate, the error names the day and what to give."""
    with pytest.raises(InvalidValueError, match=f"known for {day}. Give a file") as caught:
        asks(Rates().on(day))

    assert caught.value.code == "no_rate"


@pytest.mark.parametrize(
    ("sheets", "postage", "field"),
    [
        (0, "first", "sheets"),
        (6, "first", "sheets"),
        (True, "first", "sheets"),
        (1, "third", "postage"),
        (1, "", "postage"),
    ],
)
def test_a_letter_that_notify_does_not_print_has_no_price(
    sheets: int, postage: str, field: str
) -> None:
    """Five sheets are the most, and the postage is a word of Notify's."""
    with pytest.raises(InvalidValueError) as caught:
        letter_price(sheets, postage, on=TODAY)

    assert field == caught.value.field


@pytest.mark.parametrize(("fragments", "multiplier"), [(-1, 1), (1, 0), (True, 1), (1.5, 1)])
def test_a_text_that_cannot_be_has_no_price(fragments: int, multiplier: int) -> None:
    """A count is a whole number."""
    with pytest.raises(InvalidValueError):
        sms_price(fragments, multiplier=multiplier, on=TODAY)


def test_a_kind_that_notify_does_not_have_has_no_allowance() -> None:
    """The kinds are named."""
    with pytest.raises(InvalidValueError, match="local, central"):
        Rates().on(TODAY).allowance("parish")


@pytest.mark.parametrize("day", [datetime(2026, 11, 28, tzinfo=UTC), "2026-11-28", None])
def test_a_day_is_a_day(day: date) -> None:
    """An instant is another day elsewhere, so it is refused."""
    with pytest.raises(InvalidValueError, match="on must be a day"):
        Rates().on(day)


OWN = """rate,kind,sheets,since,value
sms,,,2026-04-01,0.025
sms,,,2027-04-01,0.03
letter,first,1,2026-10-01,1.50
letter,first,1,2027-04-06,1.70
allowance,local,,2027-04-01,8000
"""


def test_a_council_lays_its_own_rates_over_the_shipped_ones(tmp_path: Path) -> None:
    """A file adds days, and wins where a day stands in both."""
    path = tmp_path / "rates.csv"
    path.write_text(OWN, "utf-8")
    rates = Rates.read(path)

    assert Decimal("0.025") == rates.on(TODAY).sms
    assert Decimal("0.03") == rates.on(date(2027, 4, 1)).sms
    assert Decimal("1.50") == letter_price(1, "first", on=date(2026, 10, 31), rates=rates)
    assert Decimal("1.56") == letter_price(1, "first", on=TODAY, rates=rates)
    assert Decimal("1.70") == letter_price(1, "first", on=date(2027, 4, 6), rates=rates)
    assert Decimal("1.61") == letter_price(2, "first", on=date(2027, 4, 6), rates=rates)
    assert [10_000, 8_000] == [
        rates.on(day).allowance("local") for day in (TODAY, date(2027, 4, 1))
    ]
    assert Decimal("0.024") == Rates().on(TODAY).sms
    assert rates == pickle.loads(pickle.dumps(rates))


def test_every_wrong_line_of_a_file_is_named(tmp_path: Path) -> None:
    """All faults come at once, by line, without what the line says."""
    path = tmp_path / "rates.csv"
    wrong = (
        "fax,,,2027-04-01,1", "sms,local,,2027-04-01,1", "sms,,1,2027-04-01,1",
        "sms,,,1 April,1", "sms,,,2027-04-01,-1", "sms,,,2027-04-01,1.2.3", "sms,,,2027-04-01,.",
        "letter,first,,2027-04-01,1", "letter,first,6,2027-04-01,1", "letter,third,1,2027-04-01,1",
        "allowance,local,,2027-04-01,1.5", "allowance,parish,,2027-04-01,1", "sms,,",
        "sms,,,2027-04-01,1", "sms,,,2027-04-01,2", "sms,,,2027-04-01,\uff11",
        "sms,,,2027-04-01," + "9" * 99,
    )  # fmt: skip
    path.write_text("\n".join(("rate,kind,sheets,since,value", *wrong)), "utf-8")

    with pytest.raises(ConfigError) as caught:
        Rates.read(path)

    lines = [
        int(line.split(":")[0].removeprefix("Line "))
        for line in caught.value.message.splitlines()[1:]
    ]
    assert [*range(2, 15), 16, 17, 18] == lines
    for word in ("fax", "parish", "third", "April", "1.2.3"):
        assert f" {word}" not in caught.value.message


def test_a_rate_is_made_in_code_too() -> None:
    """The parts must belong together, and the value is no float."""
    day = date(2027, 4, 1)
    own = Rates((Rate(RateKind.SMS, day, Decimal("0.03")),))

    assert Decimal("0.03") == own.on(day).sms
    for wrong in (
        lambda: Rate(RateKind.SMS, day, 0.03),  # pyright: ignore[reportArgumentType] -- the point
        lambda: Rate(RateKind.SMS, day, Decimal("NaN")),
        lambda: Rate(RateKind.SMS, datetime(2027, 4, 1, tzinfo=UTC), Decimal(1)),
        lambda: Rate(RateKind.LETTER, day, Decimal(1), kind=Postage.FIRST),
        lambda: Rates(own.own * 2),
    ):
        with pytest.raises(InvalidValueError):
            wrong()


@given(st.integers(0, 3000), st.sampled_from([*Postage]), st.integers(1, 5))
def test_more_sheets_never_cost_less(days: int, postage: Postage, sheets: int) -> None:
    """The shipped table has no slip in it: prices rise with the sheets and the years."""
    day = date(2026, 11, 1) + timedelta(days)
    prices = [letter_price(each, postage, on=day) for each in range(1, sheets + 1)]

    assert sorted(set(prices)) == prices
    assert Rates().on(day).sms >= Rates().on(date(2024, 4, 1)).sms
