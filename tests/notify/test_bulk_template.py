# SPDX-License-Identifier: MIT
"""A template measures a row as the previews do, and makes its message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notify.bulk_files import EMAIL, LETTER, SMS, a_template

from lg_core.errors import ConfigError
from lg_notify import Email, Letter, Sms, render
from lg_notify.bulk._template import BulkTemplate

WORDS = st.text(alphabet="aŵâ é?€^ \n.,((b))😀", max_size=200)


@given(WORDS, WORDS, st.sampled_from(["yes", "no", ""]))
def test_a_text_is_measured_as_its_preview(name: str, day: str, garden: str) -> None:
    """Fragments, length and letters are those of `render.sms`."""
    values = {"name": name, "day": day, "garden": garden}

    measured = BulkTemplate(SMS, prefix="Council").measured(values)
    shown = render.sms(SMS.body, values, prefix="Council")

    assert (shown.fragments, shown.too_long) == (measured.fragments, measured.too_long)
    assert (measured.fragments > measured.basic_fragments) <= bool(shown.unicode_because)
    assert ("?" in {instead for _, instead in shown.replaced}) == measured.worn_down


@given(WORDS, st.sampled_from([1, 999_970, 1_999_999]))
def test_an_email_is_measured_as_its_preview(name: str, times: int) -> None:
    """What is too large is too large for `render.email`, whose size counts bytes."""
    body = "((name)) ((amount))"
    values = {"name": name, "amount": "é" * min(times, 999_990)}
    template = a_template(body, type="email", subject="Hello")
    source = render.fill(body, values, bullets=True).strip()

    measured = BulkTemplate(template).measured(values)

    assert (len(source.encode()) > 2_000_000) == measured.too_long
    assert (not source) == measured.empty


def test_a_text_of_nothing_is_empty() -> None:
    """The service's name alone is not a text."""
    template = BulkTemplate(a_template("((name))"), prefix="Council")

    assert template.measured({"name": " "}).empty
    assert not template.measured({"name": "Ann"}).empty


def test_a_qr_code_of_a_letter_can_be_too_long() -> None:
    """Notify refuses 505 bytes."""
    template = BulkTemplate(
        a_template("Pay here\n\nqr: ((link))", type="letter", subject="Pay", postage="first")
    )

    assert not template.measured({"link": "a" * 504}).long_code
    assert template.measured({"link": "a" * 505}).long_code


def test_each_kind_makes_its_message() -> None:
    """The message has the template, the recipient and the values."""
    text = BulkTemplate(SMS).message(["07900 900123"], {"name": "Ann", "day": "Monday"})
    email = BulkTemplate(EMAIL).message(["ann@example.org"], {"name": "Ann"})
    letter = BulkTemplate(LETTER).message(["Ann", "1 Road", "SW1A 1AA"], {"name": "Ann"})

    assert isinstance(text, Sms)
    assert ("07900 900123", SMS.id) == (text.phone_number, text.template_id)
    assert isinstance(email, Email)
    assert {"name": "Ann"} == email.personalisation
    assert isinstance(letter, Letter)
    assert "SW1A 1AA" == letter.personalisation["address_line_3"]


def test_a_template_of_a_new_kind_is_refused() -> None:
    """What this release does not know it does not send."""
    with pytest.raises(ConfigError, match="neither a text, an e-mail nor a letter"):
        BulkTemplate(a_template("Hello", type="fax"))


def test_its_repr_names_the_template_alone() -> None:
    """What the template says is not shown."""
    assert f"BulkTemplate('{SMS.id}', channel='sms')" == repr(BulkTemplate(SMS))
