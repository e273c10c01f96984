# SPDX-License-Identifier: MIT
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_core.errors import InvalidValueError
from lg_core.identifiers import Nation
from lg_core.money import Pence
from lg_core.working_days import WorkingDays
from lg_pay.dispute import Dispute
from lg_pay.disputes import DisputeWatch, LostDispute

CALENDAR = WorkingDays(Nation.ENGLAND)
WATCH = DisputeWatch(CALENDAR)
FRIDAY = datetime(2026, 11, 20, 9, tzinfo=UTC)


def dispute(**changes: Any) -> Dispute:
    """Return a dispute that waits for evidence."""
    return Dispute.model_validate(
        {
            "dispute_id": "d1",
            "payment_id": "p1",
            "amount": 4650,
            "created_date": "2026-11-10T09:00:00.000Z",
            "evidence_due_date": "2026-11-24T23:59:59.000Z",
            "status": "needs_response",
            "reason": "duplicate",
            **changes,
        }
    )


@pytest.mark.parametrize(
    ("now", "days_left", "alarm"),
    [
        (datetime(2026, 11, 13, 9, tzinfo=UTC), 7, None),
        (datetime(2026, 11, 17, 9, tzinfo=UTC), 5, 5),
        (FRIDAY, 2, 2),
        (datetime(2026, 11, 23, 9, tzinfo=UTC), 1, 2),
        (datetime(2026, 11, 24, 9, tzinfo=UTC), 0, 0),
        (datetime(2026, 11, 26, 9, tzinfo=UTC), -2, 0),
    ],
)
def test_days_left_are_working_days(now: datetime, days_left: int, alarm: int | None) -> None:
    """The weekend does not count; the nearest threshold is the alarm."""
    report = WATCH.look([dispute()], now=now)
    (open_,) = report.open

    assert (days_left, alarm, days_left < 0) == (open_.days_left, open_.alarm, open_.overdue)
    assert date(2026, 11, 24) == open_.due
    assert (alarm is not None) == bool(report.alarms)


def test_the_deadline_is_a_day_in_london() -> None:
    """In summer, an instant late in the evening in UTC is on the next day."""
    late = dispute(evidence_due_date="2026-07-01T23:30:00.000Z")
    (open_,) = WATCH.look([late], now=datetime(2026, 7, 1, 23, 45, tzinfo=UTC)).open

    assert (date(2026, 7, 2), 0, True) == (open_.due, open_.days_left, open_.overdue)


def test_disputes_are_sorted_by_what_is_to_be_done() -> None:
    """The nearest deadline first; an unknown status is shown and not lost."""
    report = WATCH.look(
        [
            dispute(dispute_id="d3", evidence_due_date=None),
            dispute(dispute_id="d2", status="brand_new"),
            dispute(dispute_id="d1", evidence_due_date="2026-11-23T10:00:00Z"),
            dispute(status="under_review"),
            dispute(status="won"),
        ],
        now=FRIDAY,
    )

    assert ["d1", "d2", "d3"] == [each.dispute_id for each in report.open]
    assert (1, 1, ()) == (report.under_review, report.won, report.lost)
    assert ["d1", "d2"] == [each.dispute_id for each in report.alarms]
    assert report.open[2].days_left is None


@pytest.mark.parametrize(
    ("money", "cost"),
    [
        ({"net_amount": -6150, "fee": 1500}, 6150),
        ({"fee": 1500}, 6150),
        ({}, None),
    ],
)
def test_a_lost_dispute_says_what_it_cost(money: dict[str, int], cost: int | None) -> None:
    """As far as GOV.UK Pay has said; nothing is made up."""
    settled = {"settled_date": "2026-11-16"}
    report = WATCH.look([dispute(status="lost", settlement_summary=settled, **money)], now=FRIDAY)
    fee = money.get("fee")

    assert (
        LostDispute(
            "d1",
            "p1",
            Pence(4650),
            None if fee is None else Pence(fee),
            None if cost is None else Pence(cost),
            date(2026, 11, 16),
        ),
    ) == report.lost
    assert (cost or 0) == report.cost


def test_a_lost_dispute_that_is_not_settled_has_no_day() -> None:
    """The day comes with the payout."""
    (lost,) = WATCH.look([dispute(status="lost")], now=FRIDAY).lost

    assert lost.settled is None


@given(st.integers(-20, 20), st.lists(st.integers(0, 12), min_size=1))
def test_the_alarm_is_the_smallest_threshold_reached(days: int, alarms: list[int]) -> None:
    """Whatever the thresholds, in whatever order."""
    due = FRIDAY + timedelta(days=days)
    watch = DisputeWatch(CALENDAR, alarms=alarms)
    (open_,) = watch.look([dispute(evidence_due_date=due.isoformat())], now=FRIDAY).open
    assert open_.days_left is not None
    reached = [each for each in alarms if open_.days_left <= each or due < FRIDAY]

    assert min(reached, default=None) == open_.alarm


@pytest.mark.parametrize("alarms", [(), (-1, 2)])
def test_thresholds_that_cannot_be_are_refused(alarms: tuple[int, ...]) -> None:
    """None, or one below 0, would tell nobody."""
    with pytest.raises(InvalidValueError):
        DisputeWatch(CALENDAR, alarms=alarms)
