"""lg_sandbox.notify.stand_in and .inbox, served: the address, two ports, and what people see."""

import re
from html.parser import HTMLParser
from typing import Any

import httpx  # noqa: TID251, TID253 -- the wire is looked at by a client that is not ours
import pytest
from starlette.testclient import TestClient

from lg_sandbox import Fault, NotRunningError, Sandbox
from lg_sandbox.notify import BIN_DAY, PAYMENT_RECEIVED

VOID = {"meta", "br", "hr", "img", "input", "link"}


class Outline(HTMLParser):
    """Checks that tags match, and collects what a screen reader would go by."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.seen: list[str] = []
        self.feed(page)
        assert [] == self.stack

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag, and expect its end."""
        self.seen.append(tag)
        assert tag != "th" or dict(attrs).get("scope")
        if tag not in VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Match a tag with its start."""
        assert tag == self.stack.pop()


def send(sandbox: Sandbox, http: TestClient | httpx.Client, name: str = "Ann") -> dict[str, Any]:
    """Send a text with the test key."""
    answer = http.post(
        "/v2/notifications/sms",
        headers={"Authorization": f"Bearer {sandbox.notify.token()}"},
        json={
            "phone_number": "07900900123",
            "template_id": BIN_DAY.id,
            "personalisation": {"name": name, "day": "Monday", "garden": True},
        },
    )
    return answer.json()


def test_it_is_served_on_a_port_of_its_own(sandbox: Sandbox) -> None:
    """Beside Pay; a text can be sent and read."""
    assert sandbox.pay.url != sandbox.notify.url
    with httpx.Client(base_url=sandbox.notify.url, trust_env=False) as http:
        answer = send(sandbox, http)

        assert answer["uri"].startswith(f"{sandbox.notify.url}/v2/")
        assert 200 == http.get("/").status_code


def test_a_lost_answer_leaves_a_message(sandbox: Sandbox) -> None:
    """The connection is reset, and the message was accepted all the same."""
    sandbox.notify.faults.add(Fault.RESET_AFTER, operation="send_sms")
    with (
        httpx.Client(base_url=sandbox.notify.url, trust_env=False) as http,
        pytest.raises(httpx.TransportError),
    ):
        send(sandbox, http)

    assert 1 == len(sandbox.notify.messages)
    assert [None] == [each.status for each in sandbox.notify.requests]


def test_the_ports_can_be_chosen() -> None:
    """The same address after a new start."""
    with Sandbox() as first:
        url = first.notify.url
    port = int(url.rpartition(":")[2])

    with Sandbox(notify_port=port) as again:
        assert url == again.notify.url


def test_an_idle_sandbox_has_no_address(idle: Sandbox) -> None:
    """The error says what to do; before the start and after the stop."""
    with pytest.raises(NotRunningError, match=r"sandbox\.notify\.app"):
        _ = idle.notify.url
    with idle:
        assert idle.notify.url
    with pytest.raises(NotRunningError):
        _ = idle.notify.url


def test_an_unknown_message_is_told(idle: Sandbox) -> None:
    """By the records and by the page."""
    with pytest.raises(LookupError, match=r"sandbox\.notify\.messages"):
        idle.notify.message("x")
    with TestClient(idle.notify.app) as http:
        answer = http.get("/messages/x")

    assert 404 == answer.status_code
    assert {"h1", "main"} <= set(Outline(answer.text).seen)


def test_the_inbox_shows_what_people_read(idle: Sandbox) -> None:
    """One line a message with its state, and a page with the whole text."""
    with TestClient(idle.notify.app) as http:
        empty = http.get("/").text
        message_id = send(idle, http)["id"]
        page = http.get("/")
        one = http.get(f"/messages/{message_id}")

    assert "No messages yet." in empty
    assert "Bin day" in empty
    assert BIN_DAY.id in empty
    assert f'href="/messages/{message_id}"' in page.text
    assert "created" in page.text
    assert (
        "Sandbox Council: Hello Ann, your next bin day is Monday. Put your garden waste out too."
        in one.text
    )
    for each in (empty, page.text, one.text):
        outline = Outline(each)
        assert 1 == outline.seen.count("h1")
        assert {"main", "header", "title"} <= set(outline.seen)
        assert '<html lang="en">' in each
    assert "no-store" == page.headers["cache-control"]
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_an_email_has_its_subject_as_title(idle: Sandbox) -> None:
    """And no word of what it is charged as; deleted templates are not offered."""
    added = idle.notify.templates.add("Body", subject="Hi ((x))")
    with TestClient(idle.notify.app) as http:
        sent = http.post(
            "/v2/notifications/email",
            headers={"Authorization": f"Bearer {idle.notify.token()}"},
            json={
                "email_address": "ann@example.org",
                "template_id": added.id,
                "personalisation": {"x": "<i>"},
            },
        )
        idle.notify.templates.archive(PAYMENT_RECEIVED.id)
        page = http.get(f"/messages/{sent.json()['id']}").text
        inbox = http.get("/").text

    assert "<h1>Hi &lt;i&gt;</h1>" in page
    assert "Charged as" not in page
    assert PAYMENT_RECEIVED.id not in inbox


def test_nothing_in_a_message_is_markup(idle: Sandbox) -> None:
    """Whatever a value holds, the page shows it as text."""
    with TestClient(idle.notify.app) as http:
        send(idle, http, "<script>alert(1)</script>" * 3)
        pages = [http.get("/").text, http.get(f"/messages/{idle.notify.messages[0].id}").text]

    for page in pages:
        assert "&lt;script&gt;" in page
        assert "script" not in Outline(page).seen
    assert re.search(r"…</a>", pages[0])
