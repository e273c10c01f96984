# SPDX-License-Identifier: MIT
"""lg_notify.hours: when messages may be sent, on London's clock."""

from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_core.errors import ConfigError, InvalidValueError
from lg_core.identifiers import Nation
from lg_notify.hours import SendingHours, read_hours

LONDON = ZoneInfo("Europe/London")
MINUTES = st.integers(0, 24 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))
INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- the zone is given


@st.composite
def some_hours(draw: st.DrawFn) -> SendingHours:
    """Draw hours that open."""
    first, second = sorted(draw(st.lists(MINUTES, min_size=2, max_size=2, unique=True)))
    return SendingHours(
        start=first,
        end=draw(st.sampled_from([second, time(0)])),
        days=draw(st.frozensets(st.integers(0, 6), min_size=1)),
        bank_holidays=draw(st.booleans()),
        nation=draw(st.sampled_from(Nation)),
    )


def london(text: str) -> datetime:
    """Return an instant that London's clock shows."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@given(hours=some_hours(), instant=INSTANTS)
def test_the_next_instant_is_within_the_hours(hours: SendingHours, instant: datetime) -> None:
    """It is not earlier, it is on an open day between the two times, and it stays as it is."""
    found = hours.next_allowed(instant)
    shown = found.astimezone(LONDON)

    assert found >= instant
    assert found == hours.next_allowed(found)
    assert hours.allows(found)
    assert shown.weekday() in hours.days
    assert hours.end == time(0) or shown.time() < hours.end
    # Where the clock leaves the opening out, it opens when the clock has moved.
    assert shown.time() >= hours.start or shown.utcoffset() != instant.utcoffset()


@given(hours=some_hours(), one=INSTANTS, other=INSTANTS)
def test_who_comes_later_is_not_let_in_earlier(
    hours: SendingHours, one: datetime, other: datetime
) -> None:
    """The next allowed instants keep the order of the instants."""
    first, second = sorted([one, other])

    assert hours.next_allowed(first) <= hours.next_allowed(second)


@given(hours=some_hours(), instant=INSTANTS)
def test_nothing_allowed_is_passed_over(hours: SendingHours, instant: datetime) -> None:
    """A quarter of an hour that comes before it is not allowed."""
    found = hours.next_allowed(instant)
    span = min(found - instant, timedelta(days=9))
    between = [
        instant + quarter * timedelta(minutes=15)
        for quarter in range(span // timedelta(minutes=15))
    ]

    assert not any(hours.allows(each) for each in between)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("2026-11-28T07:59", "2026-11-28T08:00"),
        ("2026-11-28T08:00", "2026-11-28T08:00"),
        ("2026-11-28T19:59", "2026-11-28T19:59"),
        ("2026-11-28T20:00", "2026-11-29T08:00"),
        ("2026-03-28T21:00", "2026-03-29T08:00"),  # the clocks go forward in this night
        ("2026-10-24T21:00", "2026-10-25T08:00"),  # and back in this one
    ],
)
def test_eight_o_clock_is_eight_o_clock(asked: str, expected: str) -> None:
    """The day has its hours on the clock, in summer, in winter and when it changes."""
    assert london(expected) == SendingHours().next_allowed(london(asked))


def test_a_time_that_the_clock_leaves_out_is_when_it_moves() -> None:
    """There is no 01:30 on the last Sunday of March: 01:00 GMT is 02:00."""
    hours = SendingHours(start=time(1, 30), end=time(3))

    assert datetime(2026, 3, 29, 1, tzinfo=UTC) == hours.next_allowed(london("2026-03-29T00:00"))


def test_a_day_whose_hours_the_clock_leaves_out_is_passed_over() -> None:
    """01:10 to 01:50 is on no clock that night."""
    hours = SendingHours(start=time(1, 10), end=time(1, 50))

    assert london("2026-03-30T01:10") == hours.next_allowed(london("2026-03-29T00:00"))


def test_what_the_clock_shows_twice_is_open_twice() -> None:
    """01:30 comes twice on the last Sunday of October, and both are before 02:00."""
    hours = SendingHours(start=time(1), end=time(2))
    twice = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1)]

    assert [True, True] == [hours.allows(each) for each in twice]


def test_bank_holidays_are_the_nations() -> None:
    """St Andrew's Day is one in Scotland."""
    asked = london("2026-11-30T09:00")
    closed = {
        nation: SendingHours(bank_holidays=False, nation=nation).next_allowed(asked)
        for nation in (Nation.SCOTLAND, Nation.WALES)
    }

    assert {Nation.SCOTLAND: london("2026-12-01T08:00"), Nation.WALES: asked} == closed


def test_a_year_that_is_not_known_has_no_bank_holidays() -> None:
    """What govuk-bank-holidays does not know yet does not stop messages."""
    asked = london("2049-12-27T09:00")

    assert asked == SendingHours(bank_holidays=False).next_allowed(asked)


@given(hours=some_hours())
def test_hours_are_written_and_read(hours: SendingHours) -> None:
    """The text is short, and says all that decides."""
    again = SendingHours.from_text(hours.to_text())

    assert len(hours.to_text()) <= 60
    assert hours.to_text() == again.to_text()
    assert (hours.start, hours.end, hours.days) == (again.start, again.end, again.days)
    assert hours.bank_holidays or hours == again


@given(text=st.text(max_size=40))
def test_another_text_is_refused(text: str) -> None:
    """What is no text of hours raises one error."""
    with suppress(InvalidValueError):
        assert SendingHours.from_text(text).to_text().split()[1:] == text.split()[1:]


@pytest.mark.parametrize("text", ["", "08:00-20:00 01 moon", "20:00-08:00 0 open", "8-9 x open"])
def test_a_wrong_text_of_hours_is_refused(text: str) -> None:
    """The error names the field."""
    with pytest.raises(InvalidValueError) as caught:
        SendingHours.from_text(text)

    assert caught.value.field in {"hours", "end", "days"}


def test_a_file_of_hours() -> None:
    """Channels have their own hours; other tables of the file are left alone."""
    hours = read_hours("""
        [other]
        x = 1
        [hours.sms]
        from = "09:30"
        to = "24:00"
        days = ["monday", "sunday"]
        bank_holidays = false
        nation = "northern-ireland"
        [hours.letter]
    """)

    assert {
        "sms": SendingHours(
            start=time(9, 30),
            end=time(0),
            days=frozenset({0, 6}),
            bank_holidays=False,
            nation=Nation.NORTHERN_IRELAND,
        ),
        "letter": SendingHours(),
    } == hours
    assert {} == read_hours("")


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("[hours", "hours"),
        ("hours = 1", "hours"),
        ("[hours.fax]", "hours"),
        ("[hours]\nsms = 1", "hours.sms"),
        ("[hours.sms]\nform = '08:00'", "hours.sms"),
        ("[hours.sms]\nfrom = 8", "hours.sms.from"),
        ("[hours.sms]\nto = '25:00'", "hours.sms.to"),
        ("[hours.sms]\ndays = []", "hours.sms.days"),
        ("[hours.sms]\ndays = ['mon']", "hours.sms.days"),
        ("[hours.sms]\nbank_holidays = 'no'", "hours.sms.bank_holidays"),
        ("[hours.sms]\nnation = 'cornwall'", "hours.sms.nation"),
        ("[hours.sms]\nfrom = '20:00'\nto = '08:00'", "hours.sms"),
    ],
)
def test_a_wrong_file_of_hours_is_refused(text: str, where: str) -> None:
    """The error names the member that is wrong."""
    with pytest.raises(ConfigError) as caught:
        read_hours(text)

    assert where == caught.value.setting


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("start", time(8, 0, 1)),
        ("end", time(7)),
        ("end", time(9, tzinfo=UTC)),
        ("days", frozenset[int]()),
        ("days", frozenset({7})),
    ],
)
def test_hours_that_never_open_are_refused(field: str, value: object) -> None:
    """The error names the argument."""
    with pytest.raises(InvalidValueError) as caught:
        SendingHours(**{field: value})  # pyright: ignore[reportArgumentType]  # what is refused

    assert field == caught.value.field


def test_an_instant_without_a_zone_is_refused() -> None:
    """It could be any of 24 hours."""
    with pytest.raises(InvalidValueError) as caught:
        SendingHours().next_allowed(datetime(2026, 11, 28))  # noqa: DTZ001 -- what is refused

    assert "naive" == caught.value.code
