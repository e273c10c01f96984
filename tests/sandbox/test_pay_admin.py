"""lg_sandbox.pay.admin and .admin_pages: the stand-in of the admin tool."""

import json
import re
from collections.abc import Generator, Mapping
from html import unescape
from typing import Any

import pytest
from journeys.browser import axe, expect_axe, launch, scrolls_sideways
from playwright.sync_api import Page
from starlette.testclient import TestClient

from lg_sandbox import Sandbox
from lg_sandbox.pay import Account

NEW: dict[str, Any] = {
    "amount": 123450,
    "reference": "GW-<1>",
    "description": "Garden & waste",
    "return_url": "https://council.example/done",
}


@pytest.fixture
def staff(idle: Sandbox) -> Generator[TestClient]:
    """Give a browser without a key."""
    with TestClient(idle.pay.app, base_url="http://pay") as staff:
        yield staff


def paid(idle: Sandbox, http: TestClient, **fields: str) -> str:
    """Create and pay a payment, and return its id."""
    new = NEW | {"reference": "GW & 1"} | fields
    payment_id = http.post("/v1/payments", json=new).json()["payment_id"]
    idle.pay.pay(payment_id)
    return payment_id


def title(page: str) -> str:
    """Return a page's title."""
    found = re.search("<title>(.*?) - lg-sandbox</title>", page)
    assert found is not None
    return unescape(found[1])


def test_the_list_shows_the_newest_first(
    idle: Sandbox, http: TestClient, staff: TestClient
) -> None:
    """With words for states, and everything escaped."""
    payment_id = paid(idle, http)
    idle.clock.advance(seconds=1)
    idle.pay.staff_refund(payment_id, 50)

    page = staff.get("/admin")

    cells = re.findall("<td>(.*?)</td>", page.text)
    assert ["GW &amp; 1", "-0.50", "Refund success"] == cells[:3]
    assert ["GW &amp; 1", "1,234.50", "Success"] == cells[3:]
    assert f"/admin/transactions/{payment_id}" in page.text
    assert (200, "no-store") == (page.status_code, page.headers["cache-control"])


def test_an_empty_account_says_so(staff: TestClient) -> None:
    """No table without rows."""
    page = staff.get("/admin").text

    assert "There are no transactions yet." in page
    assert "<table" not in page


def test_each_account_has_its_list(idle: Sandbox, http: TestClient, staff: TestClient) -> None:
    """Others are linked; an account that is none is not found."""
    paid(idle, http)
    idle.pay.new_api_key(account=Account("a&b"))

    other = staff.get("/admin", params={"account": "a&b"})

    assert "GW" not in other.text
    assert 'href="/admin?account=a%26b"' in staff.get("/admin").text
    assert 404 == staff.get("/admin?account=none").status_code


def test_a_payment_shows_its_events(idle: Sandbox, http: TestClient, staff: TestClient) -> None:
    """With its refunds and disputes; one that is nobody's is not found."""
    payment_id = paid(idle, http)
    idle.pay.staff_refund(payment_id, 100)
    dispute = idle.pay.dispute(payment_id, amount=200)

    page = staff.get(f"/admin/transactions/{payment_id}").text

    cells = re.findall("<td>(.*?)</td>", page)
    assert ["created", "started", "submitted", "success"] == cells[:4]
    assert {"1.00", "2.00", dispute.id} <= set(cells)
    assert "Refund</button>" not in page
    assert 404 == staff.get("/admin/transactions/none").status_code


@pytest.mark.parametrize(
    ("typed", "pence"),
    [("1,234.50", 123450), ("£1", 100), ("0.01", 1), ("1000.00", 100000)],
)
def test_staff_refund_in_pounds(
    *, idle: Sandbox, http: TestClient, staff: TestClient, typed: str, pence: int
) -> None:
    """The money moves, and the page shows it."""
    payment_id = paid(idle, http)

    page = staff.post(f"/admin/transactions/{payment_id}/refund", data={"amount": typed})

    assert (200, f"/admin/transactions/{payment_id}") == (page.status_code, page.url.path)
    (refund,) = idle.pay.refunds
    assert (pence, True) == (refund.amount, refund.by_staff)


@pytest.mark.parametrize("typed", ["", "0", "0.00", "1.5", "-1", "1,23", "x", "٣", "1234.51"])
def test_a_wrong_amount_refunds_nothing(
    *, idle: Sandbox, http: TestClient, staff: TestClient, typed: str
) -> None:
    """The page says so at the top, at the field and in its title."""
    payment_id = paid(idle, http)

    page = staff.post(f"/admin/transactions/{payment_id}/refund", data={"amount": typed})

    assert (400, "Error: Payment") == (page.status_code, title(page.text))
    assert 'href="#amount"' in page.text
    assert 'id="amount-error"' in page.text
    assert () == idle.pay.refunds


def test_a_disputed_payment_cannot_be_refunded(
    idle: Sandbox, http: TestClient, staff: TestClient
) -> None:
    """Nor one that was refunded in another window meanwhile."""
    payment_id = paid(idle, http)
    idle.pay.dispute(payment_id)

    page = staff.post(f"/admin/transactions/{payment_id}/refund", data={"amount": "1.00"})

    assert (400, True) == (page.status_code, "is disputed" in page.text)


def test_the_export_comes_as_a_file(idle: Sandbox, http: TestClient, staff: TestClient) -> None:
    """The same text as `export_csv`."""
    paid(idle, http)

    answer = staff.get("/admin/transactions.csv")

    assert idle.pay.export_csv() == answer.text
    assert "text/csv; charset=utf-8" == answer.headers["content-type"]
    assert answer.headers["content-disposition"].startswith("attachment")


def test_webhooks_are_set_up_and_delivered(
    idle: Sandbox, http: TestClient, staff: TestClient
) -> None:
    """Their secrets are shown, their messages have pages, and a button sends what is due."""
    told: list[bytes] = []

    def send(_headers: Mapping[str, str], body: bytes) -> int:
        told.append(body)
        return 500

    idle.pay.add_webhook(send=send)
    added = staff.post("/admin/webhooks", data={"url": "http://127.0.0.1:9/hook"})
    paid(idle, http)

    sent = staff.post("/admin/webhooks/deliver")
    message = idle.pay.webhook_messages[0]
    shown = staff.get(f"/admin/webhooks/messages/{message.id}")

    assert (200, "/admin/webhooks") == (added.status_code, added.url.path)
    assert all(each.secret in added.text for each in idle.pay.webhooks)
    assert (200, 2) == (sent.status_code, len(told))
    assert "card_payment_captured" in sent.text
    (body,) = re.findall("<pre>(.*?)</pre>", shown.text)
    assert json.loads(message.body) == json.loads(unescape(body))
    assert 404 == staff.get("/admin/webhooks/messages/none").status_code


def test_a_webhook_of_another_machine_is_refused(idle: Sandbox, staff: TestClient) -> None:
    """The page says what to type, and does not repeat the address."""
    page = staff.post("/admin/webhooks", data={"url": "https://council.gov.uk/hook"})

    assert (400, "Error: Webhooks") == (page.status_code, title(page.text))
    assert "council.gov.uk" not in page.text
    assert () == idle.pay.webhooks


def test_the_form_of_another_site_does_nothing(
    idle: Sandbox, http: TestClient, staff: TestClient
) -> None:
    """403; the page's own form passes."""
    payment_id = paid(idle, http)
    path, data = f"/admin/transactions/{payment_id}/refund", {"amount": "1.00"}

    theirs = staff.post(path, data=data, headers={"Origin": "https://evil.example"})
    ours = staff.post(path, data=data, headers={"Origin": "http://pay"})

    assert (403, 200, 1) == (theirs.status_code, ours.status_code, len(idle.pay.refunds))


@pytest.mark.slow
def test_the_pages_pass_axe_and_fit_a_telephone() -> None:
    """Every admin page, and its error, at 320 pixels and on a desk."""
    with Sandbox() as sandbox, launch() as browser:
        http = TestClient(
            sandbox.pay.app,
            base_url=sandbox.pay.url,
            headers={"Authorization": f"Bearer {sandbox.pay.api_key}"},
        )
        sandbox.pay.add_webhook(send=lambda _headers, _body: 500)
        sandbox.pay.add_webhook("http://127.0.0.1:9/a/rather/long/address/of/a/callback")
        payment_id = paid(sandbox, http, reference="W" * 255, description="M" * 255)
        sandbox.pay.staff_refund(payment_id, 100)
        sandbox.pay.deliver_webhooks()
        message = sandbox.pay.webhook_messages[0]
        paths = (
            "/admin",
            f"/admin/transactions/{payment_id}",
            "/admin/webhooks",
            f"/admin/webhooks/messages/{message.id}",
            "/admin/transactions/none",
        )
        page = browser.new_page()
        expect_axe(page)
        found = [_look(page, sandbox.pay.url, path) for path in paths]

    assert [[]] * len(paths) == found


def _look(page: Page, url: str, path: str) -> list[str]:
    found: list[str] = []
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{url}{path}")
        if path.startswith("/admin/transactions/") and page.locator("#amount").count():
            page.fill("#amount", "x")
            with page.expect_navigation():
                page.get_by_role("button", name="Refund").click()
            assert page.title().startswith("Error: ")
            found += axe(page)
            page.goto(f"{url}{path}")
        found += axe(page)
        if scrolls_sideways(page):
            found.append(f"{path} scrolls sideways at {width}")
    return found
