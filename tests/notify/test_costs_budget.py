# SPDX-License-Identifier: MIT
"""What is sent never passes the budget, however many send at once."""

import pickle
import threading
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_core.errors import InvalidValueError
from lg_notify.costs import Budget, BudgetReachedError, Cost, email_cost, sms_cost

TODAY = date(2026, 11, 28)
PENNIES = st.decimals(0, 5, places=4)


@given(st.decimals(0, 20, places=4), st.lists(PENNIES, max_size=30))
def test_what_is_spent_never_passes_the_limit(limit: Decimal, costs: list[Decimal]) -> None:
    """A message is counted whole or not at all, and what still fits is still taken."""
    budget = Budget(limit)
    counted = Decimal(0)
    for cost in costs:
        if counted + cost <= limit:
            counted += cost
            assert limit - counted == budget.spend(cost)
        else:
            with pytest.raises(BudgetReachedError) as caught:
                budget.spend(cost)
            assert (limit, counted, cost) == (
                caught.value.limit,
                caught.value.spent,
                caught.value.cost,
            )

    assert counted == budget.spent
    assert limit - counted == budget.left
    assert limit == budget.limit


def test_threads_share_one_budget() -> None:
    """Eight threads that spend until it is reached spend exactly the limit."""
    budget = Budget(Decimal("2.4"))
    cost = sms_cost(1, on=TODAY)
    taken: list[int] = []
    start = threading.Barrier(8)

    def spend() -> None:
        start.wait()
        count = 0
        try:
            while True:
                budget.spend(cost)
                count += 1
        except BudgetReachedError:
            taken.append(count)

    threads = [threading.Thread(target=spend) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 100 == sum(taken)
    assert (Decimal("2.4"), 8) == (budget.spent, len(taken))


@pytest.mark.parametrize(
    ("cost", "pounds"),
    [
        (sms_cost(2, on=TODAY, multiplier=10), "0.48"),
        (sms_cost(2, on=TODAY, multiplier=None), "0.576"),
        (email_cost(), "0"),
        (Decimal("0.01"), "0.01"),
    ],
)
def test_a_cost_is_counted_at_the_most_that_it_can_be(cost: Cost | Decimal, pounds: str) -> None:
    """A country that is not known counts twelve times."""
    budget = Budget(Decimal(1))
    budget.spend(cost)

    assert Decimal(pounds) == budget.spent


def test_what_was_never_sent_is_given_back_once() -> None:
    """More than was spent cannot come back."""
    budget = Budget(Decimal(1))
    cost = sms_cost(1, on=TODAY)
    budget.spend(cost)

    assert Decimal(1) == budget.give_back(cost)
    with pytest.raises(InvalidValueError, match="more than was spent"):
        budget.give_back(cost)
    assert Decimal(0) == budget.spent


def test_the_error_says_what_to_do() -> None:
    """It has the pounds, can be pickled, and says to stop."""
    budget = Budget(Decimal("0.1"))
    budget.spend(Decimal("0.096"))
    with pytest.raises(BudgetReachedError) as caught:
        budget.spend(Decimal("0.024"))
    again = pickle.loads(pickle.dumps(caught.value))

    assert caught.value.message == (
        "The budget of £0.1 is reached: £0.096 are spent, and the next message costs £0.024. "
        "Stop sending, or give a larger budget."
    )
    assert (caught.value.message, Decimal("0.1")) == (again.message, again.limit)
    assert repr(budget) == "Budget(limit=0.1, spent=0.096)"


@pytest.mark.parametrize("value", [-1, 0.5, Decimal(-1), Decimal("NaN"), Decimal("Infinity"), "1"])
def test_money_is_a_decimal(value: Decimal) -> None:
    """A float has lost the tenths of a penny, and a limit without an end is none."""
    budget = Budget(Decimal(1))
    for work in (Budget, budget.spend, budget.give_back):
        with pytest.raises(InvalidValueError, match="must be pounds as a Decimal"):
            work(value)
