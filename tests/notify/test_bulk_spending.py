# SPDX-License-Identifier: MIT
"""Many rows are added up exactly, and a budget is never passed."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_core.errors import InvalidValueError
from lg_notify.bulk._spending import BulkCost, Spending
from lg_notify.costs import Cost, CostEstimate, email_cost, letter_cost, sms_cost

TODAY = date(2026, 11, 28)
COST = st.one_of(
    st.builds(
        sms_cost,
        st.integers(1, 14),
        on=st.just(TODAY),
        multiplier=st.sampled_from([1, 1, 2, 10, None]),
    ),
    st.builds(email_cost),
    st.builds(
        letter_cost, st.integers(1, 5), st.sampled_from(["first", "economy"]), on=st.just(TODAY)
    ),
)
COSTS = st.lists(COST, max_size=40)
FREE = st.integers(0, 60)


@given(COSTS, FREE)
def test_the_sums_are_those_of_an_estimate(costs: list[Cost], free: int) -> None:
    """`CostEstimate` keeps every message, and this does not: they agree to the last digit."""
    ours = BulkCost.of(Counter(costs).items(), free_fragments=free)
    theirs = CostEstimate.of(costs, free_fragments=free)

    assert (theirs.pounds, theirs.most_pounds) == (ours.pounds, ours.most_pounds)
    assert (theirs.fragments, theirs.units, theirs.free_units, theirs.sheets, theirs.unknown) == (
        ours.fragments,
        ours.units,
        ours.free_units,
        ours.sheets,
        ours.unknown,
    )


@given(COSTS, st.decimals(0, 20, places=3), FREE)
def test_a_budget_is_never_passed_and_used_from_the_first_row(
    costs: list[Cost], budget: Decimal, free: int
) -> None:
    """Whatever the rows cost at the most, those that were taken are the first, and fit."""
    spending = Spending(budget, free_fragments=free)

    taken = [spending.takes(cost) for cost in costs]

    number = taken.index(False) if False in taken else len(taken)
    assert [True] * number + [False] * (len(costs) - number) == taken
    assert spending.spent <= budget
    assert CostEstimate.of(costs[:number], free_fragments=free).most_pounds == spending.spent
    if number < len(costs):
        assert CostEstimate.of(costs[: number + 1], free_fragments=free).most_pounds > budget
    assert (number < len(costs)) == spending.reached


def test_without_a_budget_every_row_is_taken() -> None:
    """Nothing is counted then."""
    spending = Spending()

    assert spending.takes(sms_cost(14, on=TODAY))
    assert (False, Decimal(0)) == (spending.reached, spending.spent)


def test_what_is_free_cannot_be_less_than_nothing() -> None:
    """A negative allowance is a mistake."""
    with pytest.raises(InvalidValueError, match="0 or more"):
        BulkCost.of([], free_fragments=-1)
