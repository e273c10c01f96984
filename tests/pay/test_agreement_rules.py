# SPDX-License-Identifier: MIT
"""When a card of an agreement may be charged again."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pay.payments import full_answer

from lg_core.errors import InvalidValueError
from lg_pay import Agreement, Payment
from lg_pay.agreement_rules import (
    LONGEST_SPAN,
    MOST_TRIES,
    SHORTEST_WAIT,
    Renewal,
    renewals_due,
    retry_at,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def attempt(
    at: datetime, *, status: str = "failed", can_retry: bool | None = True, **changes: object
) -> Payment:
    """Return a payment of an agreement."""
    state = {"status": status, "finished": True, "code": "P0010", "can_retry": can_retry}
    answer = full_answer(created_date=at.isoformat(), state=state, **changes)
    return Payment.model_validate_json(json.dumps(answer))


def agreement(status: str = "active") -> Agreement:
    """Return an agreement."""
    return Agreement.model_validate_json(
        json.dumps(
            {
                "agreement_id": "a",
                "reference": "DD",
                "description": "Garden waste",
                "status": status,
                "created_date": "2026-01-01T00:00:00.000Z",
            }
        )
    )


def test_two_days_lie_between_two_tries() -> None:
    """Counted from the last."""
    assert NOW + SHORTEST_WAIT == retry_at([attempt(NOW), attempt(NOW - timedelta(days=3))])


@pytest.mark.parametrize(
    "last",
    [
        attempt(NOW, can_retry=False),
        attempt(NOW, can_retry=None),
        attempt(NOW, status="success"),
        attempt(NOW, status="submitted"),
        attempt(NOW, status="error"),
    ],
)
def test_what_must_not_be_tried_again_is_not(last: Payment) -> None:
    """Paid, open, or refused for good: also where an earlier try could have been repeated."""
    assert retry_at([attempt(NOW - timedelta(days=3)), last]) is None
    assert retry_at([last]) is None


def test_one_that_is_open_holds_up_the_next() -> None:
    """Two charges for one renewal must not be under way."""
    first = attempt(NOW - timedelta(days=3), status="submitted")

    assert retry_at([first, attempt(NOW)]) is None


def test_tries_of_two_agreements_and_none_at_all_are_refused() -> None:
    """They say nothing about one charge."""
    with pytest.raises(InvalidValueError):
        retry_at([])
    with pytest.raises(InvalidValueError):
        retry_at([attempt(NOW), attempt(NOW, agreement_id="b" * 26)])


@given(st.lists(st.integers(0, 2_000), min_size=1, max_size=40, unique=True))
def test_the_rules_hold_for_any_history(hours: list[int]) -> None:
    """At the instant that is given: 48 hours since the last, and 15 in 30 days at the most."""
    tries = [NOW + timedelta(hours=hour) for hour in hours]

    at = retry_at([attempt(each) for each in tries])

    assert at is not None
    assert at >= max(tries) + SHORTEST_WAIT
    assert sum(each > at - LONGEST_SPAN for each in tries) + 1 <= MOST_TRIES
    earlier = at - timedelta(seconds=1)
    assert earlier < max(tries) + SHORTEST_WAIT or (
        sum(each > earlier - LONGEST_SPAN for each in tries) + 1 > MOST_TRIES
    )


def test_renewals_that_are_due() -> None:
    """Fallen due, active, and never tried or to be tried again; the longest overdue first."""
    today = date(2026, 11, 22)
    due = Renewal(agreement(), today)
    overdue = Renewal(agreement(), date(2026, 11, 1), (attempt(NOW - timedelta(days=2)),))
    renewals = [
        due,
        Renewal(agreement(), date(2026, 11, 23)),
        Renewal(agreement("inactive"), today),
        Renewal(agreement("cancelled"), today),
        Renewal(agreement(), today, (attempt(NOW - timedelta(hours=47)),)),
        Renewal(agreement(), today, (attempt(NOW, status="success"),)),
        overdue,
    ]

    assert [overdue, due] == renewals_due(renewals, now=NOW, today=today)
