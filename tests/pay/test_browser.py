# SPDX-License-Identifier: MIT
"""The payer of `lg-pay try`: reads pages, fills in forms, and stops at the council's own door."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pay.payments import a_payment

from lg_core.testing import Browser, Button, Form, Page, read_page
from lg_pay import PayClient
from lg_sandbox import Sandbox

PAGE = """
<input name="outside" value="of any form">
<button>Outside</button>
<h1>Enter
   <span>card</span>
   details</h1>
<form action="/pay" method="POST">
  <input type="hidden" name="token" value="t&amp;1">
  <input name="cardNo">
  <input type="submit" value="nameless">
  <button type="submit"> Continue </button>
</form>
<form><button>Cancel</button></form>
<p>afterwards</p>
"""


def _read(html: str) -> Page:
    return read_page("http://x/", html)


def test_a_page_is_read() -> None:
    """The heading in one line, the forms in order, the fields with their values, the buttons."""
    page = _read(PAGE)

    assert "Enter card details" == page.heading
    assert ["Continue", "Cancel"] == [form.button for form in page.forms]
    first, second = page.forms
    assert ("/pay", "post", {"token": "t&1", "cardNo": ""}) == (
        first.action,
        first.method,
        first.fields,
    )
    assert ("", "get", {}) == (second.action, second.method, second.fields)
    assert not page.left


def test_a_page_without_anything_is_a_page() -> None:
    """Text without a heading or a form is read as just that."""
    assert Page("http://x/", 200, text="hello") == _read("<p>hello</b></h1>")


@given(html=st.text(st.sampled_from('<>/="h1 form input button name value abc&;!-')))
def test_any_page_can_be_read(html: str) -> None:
    """Whatever a page holds, reading it does not fail."""
    assert "http://x/" == _read(html).url


def test_a_button_or_a_field_that_is_not_there_is_said() -> None:
    """A page that changed is told apart from a payment that failed."""
    page = _read(PAGE)

    with pytest.raises(LookupError, match="no button 'Confirm'"):
        Browser().press(page, "Confirm")
    with pytest.raises(LookupError, match="no field cvc"):
        Browser().press(page, "Continue", cvc="123")


@pytest.fixture
def next_url(sandbox: Sandbox) -> str:
    """Where a payer pays."""
    with PayClient(sandbox.pay.api_key, base_url=sandbox.pay.url) as pay:
        return pay.create_payment(a_payment()).next_url or ""


def test_a_link_that_was_used_is_a_page_too(next_url: str) -> None:
    """The payment pages answer 400, with a heading that says why."""
    payer = Browser()
    first, again = payer.open(next_url), payer.open(next_url)

    assert "Enter card details" == first.heading
    assert "This link cannot be used" == again.heading
    assert again.url == next_url


def test_a_payer_who_cancels_stays_on_the_pages(sandbox: Sandbox, next_url: str) -> None:
    """The button leads to a page that says what happened."""
    payer = Browser()
    page = payer.press(payer.open(next_url), "Cancel")

    assert "Your payment has been cancelled" == page.heading
    assert not page.left
    assert ["P0030"] == [payment.code for payment in sandbox.pay.payments]


def test_a_form_that_asks_is_sent_in_the_address(sandbox: Sandbox) -> None:
    """A form with the method get is opened with its fields in the query, or without any."""
    payer = Browser()
    empty = Page(f"{sandbox.pay.url}/", forms=(Form("/", "get", {}, {}, [Button("Look")]),))
    full = Page(f"{sandbox.pay.url}/", forms=(Form("/", "get", {"q": "x"}, {}, [Button("Look")]),))

    assert f"{sandbox.pay.url}/" == payer.press(empty, "Look").url
    assert f"{sandbox.pay.url}/?q=a+b" == payer.press(full, "Look", q="a b").url


def test_the_council_is_not_called(sandbox: Sandbox, next_url: str) -> None:
    """A redirect to the return address ends the walk there: the address is kept, not opened."""
    (payment,) = sandbox.pay.payments
    payer = Browser()
    payer.open(next_url)
    sandbox.pay.submit(payment.id)

    page = payer.press(
        payer.open(f"{sandbox.pay.url}/card_details/{payment.id}/confirm"), "Confirm"
    )

    assert Page(a_payment().return_url or "", left=True) == page
