# SPDX-License-Identifier: MIT
"""The pages of Notify's stand-in in a real browser: what a developer reads, and presses."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from journeys.browser import axe, expect_axe, launch, scrolls_sideways
from playwright.sync_api import Browser, Page
from starlette.testclient import TestClient

from lg_sandbox import Sandbox
from lg_sandbox.notify import BIN_DAY, PAYMENT_RECEIVED, REMINDER_LETTER, CallbackKind

WIDTHS = (320, 1280)
BIN = {"name": "Ann", "day": "Monday", "garden": "yes"}
DUE = {
    "name": "Ann Smith",
    "amount": "£1,200.50",
    "date": "1 May 2027",
    "address_line_1": "Ann Smith",
    "address_line_2": "14 Long Street With A Long Name",
    "address_line_3": "London",
    "address_line_4": "SW1A 1AA",
}
MARKDOWN = (
    "# What you paid\n\nDear ((name)),\n\n## For\n\n((items))\n\n1. First\n2. Second\n\n"
    "^ Keep this email.\n\n---\n\nSee [your account](https://council.example/account) or "
    "https://council.example/help\n\n((file))"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all of these tests."""
    with launch() as started:
        yield started


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A window with scripts: axe needs them, the pages do not."""
    with closing(browser.new_context(viewport={"width": 1280, "height": 800})) as context:
        context.set_default_timeout(10_000)
        yield context.new_page()


def ask(sandbox: Sandbox, channel: str, body: dict[str, Any]) -> dict[str, Any]:
    """Send over HTTP, so that the links of files lead to the pages."""
    with TestClient(sandbox.notify.app, base_url=sandbox.notify.url) as http:
        answer = http.post(
            f"/v2/notifications/{channel}",
            json=body,
            headers={"Authorization": f"Bearer {sandbox.notify.token()}"},
        )
    assert 201 == answer.status_code, answer.text
    return answer.json()


def filled(sandbox: Sandbox) -> dict[str, str]:
    """Let everything be there that a page can show; give the addresses of the pages."""
    notify = sandbox.notify
    template = notify.templates.add(MARKDOWN, subject="Your payment", name="Payment")
    notify.set_callback(
        CallbackKind.DELIVERY_RECEIPT, send=lambda _headers, _body: 500, bearer_token="a-token"
    )
    text = ask(
        sandbox,
        "sms",
        {"phone_number": "07900900123", "template_id": BIN_DAY.id, "personalisation": BIN},
    )
    values = {"name": "Ann", "items": ["Bin", "Bag"], "file": {"file": "JVBERi0xLjQ="}}
    email = ask(
        sandbox,
        "email",
        {
            "email_address": "ann@example.org",
            "template_id": template.id,
            "personalisation": values,
            "one_click_unsubscribe_url": "https://council.example/stop",
        },
    )
    letter = ask(sandbox, "letter", {"template_id": REMINDER_LETTER.id, "personalisation": DUE})
    pdf = ask(sandbox, "letter", {"reference": "r", "content": "JVBERi0xLjQK"})
    notify.receive_text("Please stop. " * 8)
    sandbox.clock.advance(seconds=10)
    notify.deliver_callbacks()
    (telling, *_) = notify.callbacks
    (file,) = notify.files
    link = email["content"]["body"].split()[-1]
    assert link.startswith(f"{notify.url}/d/")
    assert file.key in link
    return {
        "inbox": "/",
        "text": f"/messages/{text['id']}",
        "email": f"/messages/{email['id']}",
        "letter": f"/messages/{letter['id']}",
        "precompiled": f"/messages/{pdf['id']}",
        "phones": "/phones",
        "phone": "/phones/447900900123",
        "received": "/received",
        "templates": "/templates",
        "template": f"/templates/{template.id}",
        "letter template": f"/templates/{REMINDER_LETTER.id}",
        "callbacks": "/callbacks",
        "telling": f"/callbacks/{telling.id}",
        "file": link.removeprefix(notify.url),
        "missing": "/messages/none",
    }


def test_every_page_passes_axe_and_fits_its_screen(sandbox: Sandbox, page: Page) -> None:
    """Empty and full, on a telephone and on a desk."""
    expect_axe(page)
    found: dict[str, list[str]] = {}
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))

    def look(name: str, path: str) -> None:
        page.goto(sandbox.notify.url + path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            if scrolls_sideways(page):
                found.setdefault(name, []).append(f"scrolls sideways at {width}")
        found.setdefault(name, []).extend(axe(page))

    for path in ("/", "/phones", "/received", "/templates", "/callbacks"):
        look(f"empty {path}", path)
    for name, path in filled(sandbox).items():
        look(name, path)

    assert {} == {name: wrong for name, wrong in found.items() if wrong}
    assert [] == [each for each in said if "404" not in each]


def test_a_developer_walks_through_the_pages(sandbox: Sandbox, page: Page) -> None:
    """Each form does what it says, and says what is wrong with it."""
    notify = sandbox.notify
    paths = filled(sandbox)

    def press(name: str) -> None:
        with page.expect_navigation():
            page.get_by_role("button", name=name).click()

    page.goto(notify.url + paths["phone"])
    page.get_by_label("Text to the service").fill("Hello")
    press("Send the text")
    assert "Hello" == notify.received_texts[-1].content
    assert 2 == page.locator(".talk .in").count()

    page.goto(notify.url + paths["text"])
    page.get_by_label("State").select_option("temporary-failure")
    press("End it so")
    assert "temporary-failure" in page.locator("dl").inner_text()

    page.goto(notify.url + paths["template"])
    page.get_by_label("Text").fill("")
    press("Save a new version")
    assert page.get_by_role("alert").is_visible()
    page.get_by_label("Text").fill("Short")
    press("Save a new version")
    assert 2 == notify.templates.all[-1].version
    press("Delete the template")
    assert notify.templates.all[-1].archived

    page.goto(notify.url + paths["file"])
    page.get_by_label("Email address").fill("bob@example.org")
    press("Continue")
    assert page.get_by_role("alert").is_visible()
    assert [] == axe(page)
    page.get_by_label("Email address").fill("Ann@Example.org")
    press("Continue")
    assert [] == axe(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download document.pdf").click()
    assert b"%PDF-1.4" == download.value.path().read_bytes()

    page.goto(f"{notify.url}/callbacks")
    page.get_by_label("Bearer token").fill("t")
    page.get_by_label("Address on this machine").fill("http://192.0.2.1/")
    press("Set it up")
    assert page.get_by_role("alert").is_visible()
    assert PAYMENT_RECEIVED.id == notify.templates.all[2].id
