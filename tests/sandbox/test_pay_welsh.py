"""lg_sandbox.pay.words and .pages: the payer's pages in Welsh."""

import re
from html import unescape
from typing import Any

import pytest
from starlette.testclient import TestClient

from lg_sandbox import Sandbox
from lg_sandbox.pay.words import words


def open_page(idle: Sandbox, http: TestClient, **changes: Any) -> tuple[str, str, TestClient]:
    """Create a payment and open its page; return its id, the page and the browser."""
    body: dict[str, Any] = {
        "amount": 1200,
        "reference": "R",
        "description": "Gwastraff gardd",
        "return_url": "https://council.example/done",
    }
    payment = http.post("/v1/payments", json=body | changes).json()
    browser = TestClient(idle.pay.app, base_url="http://pay")
    page = browser.get(payment["_links"]["next_url"]["href"])
    return payment["payment_id"], page.text, browser


def test_every_text_is_there_in_both_languages() -> None:
    """The same names, and no text left in English."""
    english, welsh = words("en"), words("cy")

    assert english.keys() == welsh.keys()
    assert [] == [name for name, text in english.items() if welsh[name] == text]
    assert welsh is not words("fr")


@pytest.mark.parametrize(("language", "lang"), [("cy", "cy"), ("en", "en")])
def test_a_page_says_its_language(
    *, idle: Sandbox, http: TestClient, language: str, lang: str
) -> None:
    """In `lang`, so that a screen reader speaks it, on the card page and its errors."""
    payment_id, page, browser = open_page(idle, http, language=language)
    wrong = browser.post(f"/card_details/{payment_id}", data={}).text

    say = words(language)
    for each in (page, wrong):
        assert f'<html lang="{lang}">' in each
        assert say["details_title"] in unescape(each)
        assert say["notice"] in unescape(each)
    assert unescape(wrong).count(say["error_prefix"]) > 5


def test_the_way_to_the_end_is_welsh(idle: Sandbox, http: TestClient) -> None:
    """Confirmation, and each end that has a page."""
    say = words("cy")
    for card, name in (
        ("4000000000000002", "declined"),
        ("4000000000000119", "error"),
    ):
        payment_id, _, browser = open_page(idle, http, language="cy")
        idle.pay.submit(payment_id, card=card)
        page = unescape(browser.get(f"/card_details/{payment_id}").text)
        assert say[f"{name}_title"] in page
        assert '<html lang="cy">' in page
    payment_id, _, browser = open_page(idle, http, language="cy")
    idle.pay.submit(payment_id)
    assert say["confirm_title"] in unescape(browser.get(f"/card_details/{payment_id}/confirm").text)
    idle.pay.cancel(payment_id)
    assert say["cancelled_title"] in unescape(browser.get(f"/card_details/{payment_id}").text)


def test_english_on_a_welsh_page_is_marked(idle: Sandbox, http: TestClient) -> None:
    """The table of test cards is English, and says so."""
    _, page, _ = open_page(idle, http, language="cy")

    assert re.search('<table lang="en">', page)


@pytest.mark.parametrize("language", ["en", "cy"])
def test_the_payer_reads_what_is_agreed(*, idle: Sandbox, http: TestClient, language: str) -> None:
    """The agreement's description stands on the card page of the payment that sets it up."""
    agreement = http.post(
        "/v1/agreements", json={"reference": "R", "description": "Treth & gyngor"}
    ).json()

    _, page, _ = open_page(
        idle, http, language=language, set_up_agreement=agreement["agreement_id"]
    )
    _, plain, _ = open_page(idle, http, language=language)

    assert "Treth &amp; gyngor" in page
    assert words(language)["agreement_text"] in unescape(page)
    assert words(language)["agreement_text"] not in unescape(plain)
