# SPDX-License-Identifier: MIT
"""What a payer is told: in both languages, and without a developer's word."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_core.texts import Review, Text
from lg_pay import PaymentState, PaymentStatus, payer_messages
from lg_pay.payer_messages import message_for_state

CODES = ("P0010", "P0020", "P0030", "P0040", "P0050")
ENDS = {
    ("failed", "P0010"): "declined",
    ("failed", "P0020"): "too long",
    ("failed", "P0030"): "You cancelled",
    ("cancelled", "P0040"): "was cancelled",
    ("error", "P0050"): "problem",
}
MESSAGES = {name: value for name, value in vars(payer_messages).items() if isinstance(value, Text)}
DEVELOPERS_WORDS = re.compile(
    r"P\d{4}|\bAPI\b|HTTP|status|server|time-?out|error|invalid|null|exception|provider|GOV\.UK",
    re.IGNORECASE,
)


@pytest.mark.parametrize(("status", "code"), ENDS)
def test_each_documented_end_has_its_own_text(status: str, code: str) -> None:
    """Each code of a payment that failed has a text that says what happened."""
    message = message_for_state(status, code)

    assert message is not None
    assert ENDS[status, code] in message.en
    assert len(ENDS) == len({message_for_state(*end) for end in ENDS})


@pytest.mark.parametrize("name", MESSAGES)
def test_each_text_is_for_a_payer(name: str) -> None:
    """Both languages are there, whole sentences, with no developer's word, the Welsh a draft."""
    message = MESSAGES[name]

    assert message.en != message.cy
    for text in (message.en, message.cy):
        assert re.fullmatch(r"[A-Z].*\.", text)
        assert not DEVELOPERS_WORDS.search(text)
    assert Review.DRAFT is message.welsh_review


@pytest.mark.parametrize("name", MESSAGES)
def test_the_text_of_a_language(name: str) -> None:
    """Welsh for cy, English for anything else."""
    message = MESSAGES[name]

    assert message.cy == message.text("cy")
    assert [message.en] * 3 == [message.text(), message.text("en"), message.text("fr")]


@given(status=st.sampled_from(["failed", "cancelled", "error"]), code=st.text() | st.none())
def test_an_unknown_code_falls_back_to_the_status(status: str, code: str | None) -> None:
    """A code that GOV.UK Pay adds later still leaves the payer with something to read."""
    message = message_for_state(status, code)

    assert message in MESSAGES.values()
    if code not in CODES:
        assert message == message_for_state(status, None)


@given(status=st.text() | st.sampled_from(list(PaymentStatus)), code=st.sampled_from(CODES))
def test_a_payment_that_goes_on_has_no_text(status: str, code: str) -> None:
    """Only a payment that ended badly has something to explain, whatever word its status is."""
    message = message_for_state(status, code)

    assert (message is not None) == (status in {"failed", "cancelled", "error"})


def test_a_state_knows_its_text() -> None:
    """The answer's own state gives the text."""
    failed = PaymentState(status="failed", finished=True, code="P0020")

    assert failed.payer_message is payer_messages.EXPIRED
    assert PaymentState(status="brand_new", finished=False).payer_message is None


@pytest.mark.parametrize("name", ["DECLINED", "EXPIRED", "CANCELLED_BY_PAYER"])
def test_a_payer_who_was_not_charged_is_told_so(name: str) -> None:
    """Where no money was taken, both languages say so."""
    assert "No money has been taken" in MESSAGES[name].en
    assert "Nid oes unrhyw arian" in MESSAGES[name].cy
