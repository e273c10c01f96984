# SPDX-License-Identifier: MIT
"""Addresses of payment links."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pay.payments import plain_texts

from lg_core.errors import InvalidValueError
from lg_core.money import Pence
from lg_pay.links import payment_link_url

LINK = "https://www.gov.uk/payments/example-council/pay-for-garden-waste"


def test_a_link_is_filled_in() -> None:
    """An underscore stands for a space, and the amount is pence."""
    assert f"{LINK}?reference=GW_0001&amount=4650" == payment_link_url(
        LINK, reference="GW 0001", amount=Pence(4650)
    )
    assert f"{LINK}?amount=1" == payment_link_url(LINK, amount=Pence(1))
    assert LINK == payment_link_url(LINK)


@given(plain_texts().filter(lambda text: "_" not in text), st.integers(1, 10_000_000).map(Pence))
def test_what_was_filled_in_can_be_read_back(reference: str, amount: Pence) -> None:
    """GOV.UK Pay shows the payer the very reference and amount."""
    query = parse_qs(urlsplit(payment_link_url(LINK, reference=reference, amount=amount)).query)

    assert [reference] == [text.replace("_", " ") for text in query["reference"]]
    assert [str(amount)] == query["amount"]


@pytest.mark.parametrize(
    ("link", "filled", "field"),
    [
        ("http://www.gov.uk/payments/x", {}, "link"),
        ("www.gov.uk/payments/x", {}, "link"),
        ("https://[", {}, "link"),
        (f"{LINK}?reference=x", {}, "link"),
        (f"{LINK}#x", {}, "link"),
        (LINK, {"reference": ""}, "reference"),
        (LINK, {"reference": "a<b"}, "reference"),
        (LINK, {"reference": "GW_1"}, "reference"),
        (LINK, {"reference": "x" * 256}, "reference"),
        (LINK, {"amount": Pence(0)}, "amount"),
        (LINK, {"amount": Pence(10_000_001)}, "amount"),
    ],
)
def test_what_cannot_be_filled_in_is_refused(
    link: str, filled: dict[str, object], field: str
) -> None:
    """With the name of the argument, and without its value."""
    with pytest.raises(InvalidValueError) as refused:
        payment_link_url(link, **filled)  # pyright: ignore[reportArgumentType]  # wrong values are the point

    assert field == refused.value.field
