# SPDX-License-Identifier: MIT
"""Costs add up exactly, and the free allowance is taken off once."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_core.errors import InvalidValueError
from lg_notify.costs import Cost, CostEstimate, email_cost, letter_cost, sms_cost

TODAY = date(2026, 11, 28)
EARLIER = date(2025, 6, 1)
COSTS = st.lists(
    st.one_of(
        st.builds(
            sms_cost,
            st.integers(0, 14),
            on=st.sampled_from([TODAY, EARLIER]),
            multiplier=st.sampled_from([1, 1, 2, 10, 12, None]),
        ),
        st.builds(email_cost),
        st.builds(
            letter_cost, st.integers(1, 5), st.sampled_from(["first", "economy"]), on=st.just(TODAY)
        ),
    ),
    max_size=30,
)


def test_each_channel_is_counted() -> None:
    """How many, what they count as, and what they cost."""
    estimate = CostEstimate.of(
        [
            sms_cost(1, on=TODAY),
            sms_cost(3, on=TODAY, multiplier=2),
            sms_cost(2, on=TODAY, multiplier=None),
            email_cost(),
            letter_cost(2, "economy", on=TODAY),
        ]
    )

    assert (3, 1, 1) == (estimate.texts, estimate.emails, estimate.letters)
    assert (6, 9, 2, 1) == (
        estimate.fragments,
        estimate.units,
        estimate.sheets,
        estimate.unknown,
    )
    assert Decimal("0.216") == estimate.sms_pounds
    assert Decimal("0.684") == estimate.letter_pounds
    assert Decimal("0.900") == estimate.pounds == estimate.full_pounds
    # A multiplier that is not known is 12 at the most: 1 + 6 + 24 fragments.
    assert Decimal("0.744") + Decimal("0.684") == estimate.most_pounds


def test_the_allowance_is_used_in_the_order_of_sending() -> None:
    """A text abroad uses as much of it as it is charged for; the rest is charged by its own day."""
    costs = [sms_cost(2, on=EARLIER, multiplier=2), sms_cost(3, on=TODAY)]
    estimate = CostEstimate.of(costs, free_fragments=5)

    assert (5, Decimal("0.048")) == (estimate.free_units, estimate.pounds)
    assert Decimal("0.1652") == estimate.full_pounds


@given(COSTS, st.integers(0, 60))
def test_the_allowance_only_ever_takes_off(costs: list[Cost], free: int) -> None:
    """Free and charged units are all of them, and the least is never over the most."""
    estimate = CostEstimate.of(costs, free_fragments=free)

    assert min(free, estimate.units) == estimate.free_units
    assert estimate.letter_pounds <= estimate.pounds <= estimate.full_pounds
    assert estimate.pounds <= estimate.most_pounds
    assert CostEstimate.of(costs).pounds == CostEstimate.of(costs).full_pounds
    assert len(costs) == estimate.texts + estimate.emails + estimate.letters
    if not estimate.unknown:
        assert estimate.pounds == estimate.most_pounds


@given(COSTS, COSTS, st.integers(0, 30))
def test_two_estimates_make_one(one: list[Cost], two: list[Cost], free: int) -> None:
    """Their sum is the estimate of all the messages, with both allowances."""
    together = CostEstimate.of(one, free_fragments=free) + CostEstimate.of(two, free_fragments=7)

    assert CostEstimate.of([*one, *two], free_fragments=free + 7) == together


@given(COSTS, st.integers(0, 30))
def test_of_one_rate_the_order_does_not_matter(costs: list[Cost], free: int) -> None:
    """Where all texts have one rate, an allowance is worth the same wherever it falls."""
    alike = [cost for cost in costs if cost.rate == Decimal("0.024")]

    assert (
        CostEstimate.of(alike, free_fragments=free).pounds
        == CostEstimate.of(alike[::-1], free_fragments=free).pounds
    )


@pytest.mark.parametrize("free", [-1, 1.5, True, "10"])
def test_an_allowance_that_cannot_be_is_refused(free: int) -> None:
    """It is a whole number of fragments."""
    with pytest.raises(InvalidValueError, match="free_fragments must be"):
        CostEstimate.of([], free_fragments=free)


def test_the_reference_does_not_stand_in_a_repr() -> None:
    """An estimate can be logged."""
    cost = sms_cost(1, on=TODAY, message="GW-0001")

    assert "GW-0001" not in repr(cost) + repr(CostEstimate.of([cost]))
