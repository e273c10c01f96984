# SPDX-License-Identifier: MIT
"""lg_notify.chains.Prices: what a message of a chain is expected to cost."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notify.chain_desks import PRICES, TEXT, a_letter, an_email
from notify.outboxes import a_text, desk_on

from lg_notify import Sms
from lg_notify.chains import Chains, Prices
from lg_notify.costs import Rate, RateKind, Rates
from lg_notify.new_message import PrecompiledLetter
from lg_sandbox.notify import BIN_DAY

TODAY = date(2026, 11, 28)


def test_each_kind_has_its_price() -> None:
    """An e-mail costs nothing, a text what its fragments do, a letter what its template says."""
    assert [Decimal(0), TEXT, Decimal("0.73")] == [
        PRICES.of(each, on=TODAY) for each in (an_email(), a_text(), a_letter())
    ]


def test_a_template_that_is_not_known_has_no_price() -> None:
    """Nor has a letter of your own; an e-mail has."""
    letter = PrecompiledLetter(content=b"%PDF-1.7")

    assert [Decimal(0), None, None, None] == [
        Prices().of(each, on=TODAY) for each in (an_email(), a_text(), a_letter(), letter)
    ]


@pytest.mark.parametrize(("number", "times"), [("07700 900123", 1), ("+44 7797 700123", 2)])
def test_a_number_elsewhere_costs_more(number: str, times: int) -> None:
    """Jersey twice as much."""
    assert times * TEXT == PRICES.of(a_text(number), on=TODAY)


@given(st.text(alphabet="abc ŵé", max_size=400))
def test_the_values_count(name: str) -> None:
    """A long value makes more fragments, and the price is a whole number of them."""
    text = Sms(
        phone_number="07700 900123",
        template_id=BIN_DAY.id,
        personalisation={"name": f"x{name}", "day": "x", "garden": "no"},
    )
    cost = PRICES.of(text, on=TODAY)

    assert cost is not None
    assert 0 == cost % TEXT
    assert cost >= TEXT


def test_the_price_is_of_the_day_in_london() -> None:
    """At half past midnight in London the new rate holds, though the day in UTC is the old one."""
    rates = Rates((Rate(RateKind.SMS, date(2027, 7, 1), Decimal("0.05")),))
    prices = Prices(texts=PRICES.texts, rates=rates)
    start = datetime(2027, 6, 30, 23, 30, tzinfo=UTC)
    with desk_on("sqlite", start=start) as desk:
        chains = Chains(desk.outbox, prices=prices)
        chains.start("1", [a_text()])
        chain = chains.get("1")

    assert chain is not None
    assert [Decimal("0.05")] == [step.cost for step in chain.steps]
