# SPDX-License-Identifier: MIT
"""What was expected, held against what Notify says afterwards."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_notify.costs import Cost, CostEstimate, compare, email_cost, letter_cost, sms_cost
from lg_notify.message import Notification

TODAY = date(2026, 11, 28)


def a_notification(name: str, cost: str | None = "0.024", **changes: Any) -> Notification:
    """Return a text that Notify has priced; its reference is its id in capitals."""
    values: dict[str, Any] = {
        "id": name,
        "reference": name.upper(),
        "type": "sms",
        "status": "delivered",
        "template": {"id": "t", "version": 1, "uri": "u"},
        "body": "",
        "created_at": "2026-11-28T09:00:00.000000Z",
        "cost_in_pounds": cost,
        "is_cost_data_ready": cost is not None,
    }
    return Notification.model_validate(values | changes)


def test_what_agrees_agrees() -> None:
    """A text, an e-mail and a letter that cost what was expected leave nothing to look at."""
    estimate = CostEstimate.of(
        [
            sms_cost(1, on=TODAY, message="A"),
            email_cost(message="b"),
            letter_cost(1, "economy", on=TODAY, message="C"),
        ]
    )
    found = compare(
        estimate,
        [
            a_notification("c", "0.638", type="letter"),
            a_notification("a"),
            a_notification("b", "0", type="email"),
        ],
    )

    assert found.agrees
    assert (3, Decimal("0.662"), Decimal("0.662")) == (
        found.matched,
        found.expected,
        found.charged,
    )
    assert found.total == estimate.full_pounds


def test_what_differs_is_named_by_its_id() -> None:
    """A text that counted as more, with what it was expected to count as."""
    estimate = CostEstimate.of([sms_cost(1, on=TODAY, message="A")])
    details = {"billable_sms_fragments": 2, "international_rate_multiplier": 10.0}
    found = compare(estimate, [a_notification("a", "0.48", cost_details=details)])
    (difference,) = found.differences

    assert ("a", 1, 20) == (
        difference.id,
        difference.expected_units,
        difference.charged_units,
    )
    assert Decimal("0.456") == difference.more == found.charged - found.expected
    assert not found.agrees


@pytest.mark.parametrize(
    ("details", "units"),
    [
        (None, None),
        ({}, None),
        ({"billable_sheets_of_paper": 2}, 2),
        ({"billable_sms_fragments": 3}, 3),
    ],
)
def test_what_notify_does_not_say_is_none(
    details: dict[str, int] | None, units: int | None
) -> None:
    """The details of a cost may be missing."""
    estimate = CostEstimate.of([letter_cost(1, "first", on=TODAY, message="A")])
    (difference,) = compare(estimate, [a_notification("a", cost_details=details)]).differences

    assert (1, units) == (difference.expected_units, difference.charged_units)


def test_what_is_not_known_yet_is_not_a_difference() -> None:
    """A cost that is not ready waits, also where a number is there already."""
    estimate = CostEstimate.of([sms_cost(1, on=TODAY, message=name) for name in "AB"])
    found = compare(
        estimate,
        [a_notification("a", None), a_notification("b", "9", is_cost_data_ready=False)],
    )

    assert ("a", "b") == found.not_ready
    assert ((), 0, Decimal(0), 0) == (found.differences, found.matched, found.total, found.missing)
    assert not found.agrees


def test_what_the_estimate_does_not_have_and_what_notify_does_not() -> None:
    """Both are counted, and the total is what Notify charges."""
    estimate = CostEstimate.of([sms_cost(1, on=TODAY, message="A"), sms_cost(1, on=TODAY)])
    found = compare(estimate, [a_notification("z", "0.05"), a_notification("y", None)])

    assert ("z", "y") == found.unexpected
    assert (2, Decimal("0.05")) == (found.missing, found.total)


def test_a_reference_that_was_sent_twice_is_compared_as_often_as_expected() -> None:
    """Notify sends again what has the same reference: the second one is seen."""
    estimate = CostEstimate.of([sms_cost(1, on=TODAY, message="A")])
    found = compare(estimate, [a_notification("a"), a_notification("b", reference="A")])

    assert (1, ("b",)) == (found.matched, found.unexpected)


def test_the_digits_of_a_float_are_no_difference() -> None:
    """Notify computes with floats, whose last digits mean nothing."""
    estimate = CostEstimate.of([sms_cost(3, on=TODAY, message="A")])

    assert compare(estimate, [a_notification("a", "0.07200000000000001")]).agrees


@given(
    st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14), st.booleans()), max_size=20),
    st.randoms(),
)
def test_every_message_is_somewhere(rows: list[tuple[int, int, bool]], chance: Any) -> None:
    """Whatever the order, differences add up to what was charged more than expected."""
    costs: list[Cost] = [
        sms_cost(fragments, on=TODAY, message=f"M{n}") for n, (fragments, _, _) in enumerate(rows)
    ]
    messages = [
        a_notification(f"m{n}", str(Decimal("0.024") * charged) if ready else None)
        for n, (_, charged, ready) in enumerate(rows)
    ]
    chance.shuffle(messages)
    found = compare(CostEstimate.of(costs), messages)

    assert len(rows) == found.matched + len(found.not_ready)
    assert (0, ()) == (found.missing, found.unexpected)
    assert found.charged - found.expected == sum(
        (each.more for each in found.differences), Decimal(0)
    )
