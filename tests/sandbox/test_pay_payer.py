"""The payer's pages of the stand-in for GOV.UK Pay, walked as a browser without JavaScript."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from journeys.browser import axe, expect_axe, launch, scrolls_sideways
from starlette.testclient import TestClient

from lg_sandbox import Clock, Sandbox
from lg_sandbox.pay.card_form import read_card_form
from lg_sandbox.pay.cards import TEST_CARDS, Outcome

FORM = {
    "cardNo": "4444 3333 2222 1111",
    "expiryMonth": "12",
    "expiryYear": "39",
    "cardholderName": "A Payer",
    "cvc": "123",
    "addressLine1": "1 High Street",
    "addressCity": "Leeds",
    "addressPostcode": "LS1 1AA",
    "email": "payer@example.org",
}
RETURN_URL = "https://council.example/done?a=1&b=%20;c~é"


@pytest.fixture
def browser(idle: Sandbox) -> Iterator[TestClient]:
    """Give a browser with a cookie jar that follows redirects."""
    with TestClient(idle.pay.app, base_url="http://pay") as browser:
        yield browser


def create(idle: Sandbox, **changes: Any) -> tuple[str, str]:
    """Create a payment; return its id and its link."""
    body: dict[str, Any] = {
        "amount": 123456,
        "reference": "R",
        "description": "Fish & <b>chips".replace("<b>", ""),
        "return_url": RETURN_URL,
    }
    key = {"Authorization": f"Bearer {idle.pay.api_key}"}
    answer = TestClient(idle.pay.app, base_url="http://pay").post(
        "/v1/payments", json=body | changes, headers=key
    )
    assert 201 == answer.status_code
    return answer.json()["payment_id"], answer.json()["_links"]["next_url"]["href"]


def title(page: str) -> str:
    """Return a page's title."""
    found = re.search("<title>(.*?)</title>", page)
    assert found is not None
    return unescape(found[1])


def test_a_payer_pays_and_returns_to_exactly_the_address_given(
    idle: Sandbox, browser: TestClient
) -> None:
    """Link, card page, confirmation, 303; only what cannot stand in a header is escaped."""
    payment_id, link = create(idle)
    card_page = browser.get(link)

    confirm = browser.post(f"/card_details/{payment_id}", data=FORM)
    back = browser.post(f"/card_details/{payment_id}/confirm", follow_redirects=False)

    assert f"/card_details/{payment_id}" == card_page.url.path
    assert "£1,234.56" in card_page.text
    assert "Fish &amp; chips" in card_page.text
    assert f"/card_details/{payment_id}/confirm" == confirm.url.path
    assert "1111" in confirm.text
    assert (303, RETURN_URL.replace("é", "%C3%A9")) == (
        back.status_code,
        back.headers["location"],
    )
    paid = idle.pay.payment(payment_id)
    assert ("success", True, "payer@example.org") == (paid.status, paid.charged, paid.email)
    assert paid.card is not None
    assert ("12/39", "A Payer") == (paid.card.expiry_date, paid.card.cardholder_name)


def test_the_pages_need_no_script_and_no_other_address(idle: Sandbox, browser: TestClient) -> None:
    """Nothing is fetched from elsewhere, and nothing may be stored or framed."""
    _, link = create(idle)

    page = browser.get(link)

    assert "<script" not in page.text
    assert not re.search(r'(src|href)="(https?:)?//', page.text)
    assert "no-store" == page.headers["cache-control"]
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_every_input_has_a_label(idle: Sandbox, browser: TestClient) -> None:
    """A screen reader can name each field."""
    _, link = create(idle)
    page = browser.get(link).text

    names = re.findall(r'<input id="(\w+)" name="(\w+)"', page)

    assert set(FORM) == {name for _, name in names}
    assert all(f'<label for="{each}"' in page for each, _ in names)


def test_a_link_works_once(idle: Sandbox, browser: TestClient) -> None:
    """A second use, by anyone, is an error page; a fresh link goes on where the payer was."""
    payment_id, link = create(idle)
    browser.get(link)

    again = browser.get(link)
    key = {"Authorization": f"Bearer {idle.pay.api_key}"}
    fresh = browser.get(f"/v1/payments/{payment_id}", headers=key).json()["_links"]["next_url"]

    assert 400 == again.status_code
    assert title(again.text).startswith("This link cannot be used")
    assert link != fresh["href"]
    assert 200 == browser.get(fresh["href"]).status_code


def test_a_link_works_by_form_too(idle: Sandbox, browser: TestClient) -> None:
    """`next_url_post` opens the same page."""
    payment_id, link = create(idle)

    page = browser.post("/secure", data={"chargeTokenId": link.rsplit("/", 1)[1]})

    assert f"/card_details/{payment_id}" == page.url.path
    assert "started" == idle.pay.payment(payment_id).status


def test_a_link_is_too_old_after_seven_days(idle: Sandbox, browser: TestClient) -> None:
    """Up to then it opens the page of an expired payment."""
    _, first = create(idle)
    _, second = create(idle)
    idle.clock.advance(timedelta(days=7))
    young = browser.get(first)
    idle.clock.advance(seconds=1)

    assert title(young.text).startswith("Your payment session has expired")
    assert 400 == browser.get(second).status_code


def test_a_link_never_given_is_refused(browser: TestClient) -> None:
    """Guessing opens nothing."""
    assert 400 == browser.get("/secure/guess").status_code
    assert 400 == browser.post("/secure").status_code


@pytest.mark.parametrize("path", ["", "/confirm"])
def test_a_page_is_for_the_browser_that_opened_its_link(
    idle: Sandbox, browser: TestClient, path: str
) -> None:
    """Knowing the payment's id is not enough, even with a session for another payment."""
    _, mine = create(idle)
    other, _ = create(idle)
    browser.get(mine)

    assert 404 == browser.get(f"/card_details/{other}{path}").status_code


@pytest.mark.parametrize(
    ("card", "expected"),
    [
        ("4000000000000002", "Your payment has been declined"),
        ("4000000000000119", "We’re experiencing technical problems"),
    ],
)
def test_a_failing_card_ends_on_a_page_with_the_way_back(
    *, idle: Sandbox, browser: TestClient, card: str, expected: str
) -> None:
    """The page links to the service; sending the form again changes nothing."""
    payment_id, link = create(idle)
    browser.get(link)

    page = browser.post(f"/card_details/{payment_id}", data=FORM | {"cardNo": card})
    again = browser.post(f"/card_details/{payment_id}", data=FORM)
    confirmed = browser.post(f"/card_details/{payment_id}/confirm")

    assert expected in title(page.text)
    assert RETURN_URL in unescape(page.text)
    assert {title(page.text)} == {title(again.text), title(confirmed.text)}
    assert () == idle.pay.charges


@pytest.mark.parametrize("submitted", [True, False])
def test_a_payer_can_cancel(idle: Sandbox, browser: TestClient, *, submitted: bool) -> None:
    """Before and after the card details; a second time shows the same page."""
    payment_id, link = create(idle)
    browser.get(link)
    if submitted:
        browser.post(f"/card_details/{payment_id}", data=FORM)

    page = browser.post(f"/card_details/{payment_id}/cancel")
    again = browser.post(f"/card_details/{payment_id}/cancel")

    assert "Your payment has been cancelled" in title(page.text)
    assert page.text == again.text
    assert "P0030" == idle.pay.payment(payment_id).code


def test_confirming_twice_charges_once(idle: Sandbox, browser: TestClient) -> None:
    """The second click lands on the page of a payment that is done."""
    payment_id, link = create(idle)
    browser.get(link)
    browser.post(f"/card_details/{payment_id}", data=FORM)
    browser.post(f"/card_details/{payment_id}/confirm", follow_redirects=False)

    second = browser.post(f"/card_details/{payment_id}/confirm")

    assert "Your payment was successful" in title(second.text)
    assert 1 == len(idle.pay.charges)


def test_a_delayed_capture_tells_the_payer_what_follows(idle: Sandbox, browser: TestClient) -> None:
    """The page of a capturable payment is neither success nor failure."""
    payment_id, link = create(idle, delayed_capture=True)
    browser.get(link)
    idle.pay.pay(payment_id)

    page = browser.get(f"/card_details/{payment_id}")

    assert "Your payment is being checked" in title(page.text)


def test_a_link_opened_after_submitting_leads_to_the_confirmation(
    idle: Sandbox, browser: TestClient
) -> None:
    """A payer who comes back need not type again."""
    payment_id, _ = create(idle)
    idle.pay.submit(payment_id)
    key = {"Authorization": f"Bearer {idle.pay.api_key}"}
    link = browser.get(f"/v1/payments/{payment_id}", headers=key).json()["_links"]["next_url"]

    assert "Confirm your payment" in title(browser.get(link["href"]).text)


def test_wrong_details_are_shown_again_with_each_fault(idle: Sandbox, browser: TestClient) -> None:
    """A summary leads to each field; secrets are not repeated; the payment is not touched."""
    payment_id, link = create(idle)
    browser.get(link)
    typed = FORM | {
        "cardNo": "4999999999999999",
        "cvc": "77777",
        "email": '"><i>',
        "addressCity": "",
    }

    page = browser.post(f"/card_details/{payment_id}", data=typed)

    assert 400 == page.status_code
    assert title(page.text).startswith("Error: ")
    assert ["cardNo", "cvc", "addressCity", "email"] == re.findall(
        r'<li><a href="#(\w+)">', page.text
    )
    assert 'aria-describedby="cvc-error"' in page.text
    assert "1 High Street" in page.text
    assert "4999999999999999" not in page.text
    assert "77777" not in page.text
    assert '"><i>' not in page.text
    assert "started" == idle.pay.payment(payment_id).status


def test_prefilled_details_stand_in_the_form(idle: Sandbox, browser: TestClient) -> None:
    """The payer need not type what the service knew."""
    _, link = create(
        idle,
        email="known@example.org",
        prefilled_cardholder_details={
            "cardholder_name": "Known Name",
            "billing_address": {"line1": "2 Low Road", "city": "York", "postcode": "YO1 1AA"},
        },
    )

    page = browser.get(link).text

    for value in ("known@example.org", "Known Name", "2 Low Road", "York", "YO1 1AA"):
        assert f'value="{value}"' in page


def test_welsh_pages_are_in_welsh(idle: Sandbox, browser: TestClient) -> None:
    """Language, title and buttons."""
    payment_id, link = create(idle, language="cy")
    page = browser.get(link).text
    end = browser.post(f"/card_details/{payment_id}/cancel").text

    assert '<html lang="cy">' in page
    assert "Rhowch fanylion eich cerdyn" in title(page)
    assert "Parhau" in page
    assert "Mae eich taliad wedi’i ganslo" in title(end)


def test_the_root_says_what_this_is(browser: TestClient) -> None:
    """A developer who opens the address sees what to do."""
    page = browser.get("/")

    assert "Stand-in for GOV.UK Pay" in title(page.text)
    assert "http://pay" in page.text


NOW = Clock().now()


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("cardNo", "", "card_number_wrong"),
        ("cardNo", "6759649826438453", "card_refused"),
        ("expiryMonth", "13", "expiry_wrong"),
        ("expiryMonth", "0", "expiry_wrong"),
        ("expiryMonth", "xx", "expiry_wrong"),
        ("expiryYear", "20", "expiry_wrong"),
        ("expiryYear", "139", "expiry_wrong"),
        ("expiryYear", "1939", "expiry_wrong"),
        ("cardholderName", "n" * 256, "name_wrong"),
        ("cvc", "12", "cvc_wrong"),
        ("cvc", "1234", "cvc_wrong"),
        ("cvc", "١٢٣", "cvc_wrong"),
        ("addressLine1", " ", "line1_wrong"),
        ("addressPostcode", "", "postcode_wrong"),
        ("email", "nobody", "email_wrong"),
    ],
)
def test_one_wrong_field_is_one_fault(field: str, value: str, fault: str) -> None:
    """The others are not blamed."""
    form = read_card_form(FORM | {field: value}, now=NOW)

    faulty = "expiryMonth" if field == "expiryYear" else field
    assert {faulty: fault} == form.faults
    assert form.card is None


@pytest.mark.parametrize("card", [c for c in TEST_CARDS if c.outcome is not Outcome.NOT_ACCEPTED])
def test_every_test_card_can_be_typed(card: Any) -> None:
    """Each with a security code of its length."""
    form = read_card_form(FORM | {"cardNo": card.number, "cvc": "1" * card.cvc_length}, now=NOW)

    assert {} == form.faults
    assert card == form.card


def test_a_year_may_have_four_digits() -> None:
    """The wire has two."""
    form = read_card_form(FORM | {"expiryYear": "2039", "expiryMonth": "1"}, now=NOW)

    assert form.details is not None
    assert "01/39" == form.details.expiry_date


@given(typed=st.dictionaries(st.sampled_from(list(FORM)), st.text()))
def test_no_form_breaks_the_reader(typed: dict[str, str]) -> None:
    """Whatever is typed leads to details or to faults, never to both or neither."""
    form = read_card_form(typed, now=NOW)

    assert bool(form.faults) == (form.details is None)


@pytest.mark.slow
def test_long_words_do_not_widen_the_pages() -> None:
    """The card page, with and without faults, and the page to confirm, at 320 pixels."""
    with Sandbox() as sandbox, launch() as chromium:
        _, link = create(sandbox, description="W" * 255, amount=10_000_000)
        page = chromium.new_page(viewport={"width": 320, "height": 900})
        expect_axe(page)
        seen: list[tuple[str, bool, list[str]]] = []

        page.goto(link.replace("http://pay", sandbox.pay.url))
        seen.append((page.title(), scrolls_sideways(page), axe(page)))
        with page.expect_navigation():
            page.get_by_role("button", name="Continue").click()
        seen.append((page.title(), scrolls_sideways(page), axe(page)))
        for name, value in FORM.items():
            page.fill(f"#{name}", value)
        with page.expect_navigation():
            page.get_by_role("button", name="Continue").click()
        seen.append((page.title(), scrolls_sideways(page), axe(page)))

    titles = ["Enter card details", "Error: Enter card details", "Confirm your payment"]
    assert [(f"{each} - lg-sandbox", False, []) for each in titles] == seen
