# SPDX-License-Identifier: MIT
import sys
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_core import working_days
from lg_core.errors import ConfigError, InvalidValueError
from lg_core.identifiers import Nation
from lg_core.working_days import WorkingDays
from lg_notify.letters import Delivery, delivery

POSTAGES = ["first", "second", "economy", "europe", "rest-of-world"]
ENGLAND = WorkingDays(Nation.ENGLAND)


def at(text: str) -> datetime:
    """Return an instant, UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("created", "printed"),
    [
        ("2026-03-02T17:29:59", "2026-03-03T15:00"),
        ("2026-03-02T17:30:00", "2026-03-04T15:00"),
        ("2026-06-15T16:29:59", "2026-06-16T14:00"),
        ("2026-06-15T16:30:00", "2026-06-17T14:00"),
        ("2026-03-06T17:29:59", "2026-03-09T15:00"),
        ("2026-03-06T18:00:00", "2026-03-09T15:00"),
        ("2026-03-08T18:00:00", "2026-03-10T15:00"),
        ("2026-03-27T18:00:00", "2026-03-30T14:00"),
        ("2026-04-02T12:00:00", "2026-04-07T14:00"),
        ("2026-12-24T18:00:00", "2026-12-29T15:00"),
    ],
)
def test_when_a_letter_is_printed(created: str, printed: str) -> None:
    """By 15:00 in London on the next working day; from 17:30 on, the one after."""
    assert at(printed) == delivery(at(created), "second").printed_by


@pytest.mark.parametrize(
    ("postage", "earliest", "latest"),
    [
        ("first", "2026-04-11", "2026-04-11"),
        ("second", "2026-04-16", "2026-04-17"),
        ("economy", "2026-04-16", "2026-04-21"),
        ("europe", "2026-04-16", "2026-04-20"),
        ("rest-of-world", "2026-04-20", "2026-04-22"),
    ],
)
def test_when_a_letter_arrives(postage: str, earliest: str, latest: str) -> None:
    """Printed on a Friday, first class comes on Saturday, and the others count no Saturday."""
    assert (
        Delivery(at("2026-04-10T14:00"), at(f"{earliest}T15:00"), at(f"{latest}T15:00"))
    ) == delivery(at("2026-04-09T12:00"), postage)


def test_first_class_over_a_holiday() -> None:
    """A Sunday and a bank holiday are no days of the post."""
    found = delivery(at("2026-04-01T12:00"), "first")

    assert at("2026-04-02T14:00") == found.printed_by
    assert at("2026-04-04T15:00") == found.earliest


def test_an_instant_as_notify_writes_it() -> None:
    """The text that Notify answers with is read, and a time zone counts."""
    text = delivery("2026-03-02T16:00:00.000000Z", "first")
    elsewhere = at("2026-03-02T16:00").astimezone(timezone(timedelta(hours=9)))

    assert text == delivery(elsewhere, "first", working_days=ENGLAND)


@pytest.mark.parametrize(
    ("created", "postage", "fault"),
    [
        (datetime(2026, 3, 2, 16), "first", ("created_at", "no_time_zone")),  # noqa: DTZ001 -- it is what is wrong
        ("2026-03-02T16:00", "first", ("created_at", "no_time_zone")),
        ("yesterday", "first", ("created_at", "not_an_instant")),
        ("2026-03-02T16:00:00Z", "third", ("postage", "unknown")),
        ("2126-03-02T16:00:00Z", "first", ("day", "not_covered")),
    ],
)
def test_what_cannot_be_said(created: datetime | str, postage: str, fault: tuple[str, str]) -> None:
    """Each wrong value is named, and not repeated."""
    with pytest.raises(InvalidValueError) as caught:
        delivery(created, postage)

    assert fault == (caught.value.field, caught.value.code)
    assert "yesterday" not in str(caught.value)
    assert "third" not in str(caught.value)


def test_without_bank_holidays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the list is not installed, the error says what to install."""
    monkeypatch.setitem(sys.modules, "govuk_bank_holidays", None)
    working_days._holidays.cache_clear()

    with pytest.raises(ConfigError, match=r"lg-core\[calendar\]"):
        delivery(at("2026-03-02T16:00"), "first")
    monkeypatch.undo()
    working_days._holidays.cache_clear()


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC)),  # noqa: DTZ001 -- hypothesis adds it
    st.sampled_from(POSTAGES),
    st.timedeltas(timedelta(), timedelta(days=3)),
)
def test_a_letter_goes_its_way(created: datetime, postage: str, later: timedelta) -> None:
    """It is printed after it came and arrives after that; one that came later is never sooner."""
    one = delivery(created, postage, working_days=ENGLAND)
    other = delivery(created + later, postage, working_days=ENGLAND)

    assert created < one.printed_by < one.earliest <= one.latest
    assert one.printed_by <= other.printed_by
    assert one.earliest <= other.earliest
    assert one.latest <= other.latest
