# SPDX-License-Identifier: MIT
"""The page that stops messages, in a real browser, as it is with nobody's own pages round it."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from databases import sqlite_url
from journeys.browser import axe, launch, scrolls_sideways
from playwright.sync_api import Page, Route

from lg_core.endpoints import Fields, Request
from lg_core.store import Store
from lg_notify.unsubscribe import Links, SuppressionList, endpoints

SECRET = "zebra-crossing-secret-of-32-characters"
BASE = "https://www.example.gov.uk/messages/unsubscribe"
ADDRESS = "gwenllian.quill@example.org"


@pytest.fixture
def suppressions(tmp_path: Path) -> Iterator[SuppressionList]:
    """An empty list."""
    with Store(sqlite_url(tmp_path)) as store:
        yield SuppressionList(store, secrets=[SECRET])


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "cy"])
def test_a_person_stops_messages(suppressions: SuppressionList, lang: str) -> None:
    """Each page passes axe, fits the screen, keeps its own policy, and the button does its work."""
    links = Links([SECRET], base_url=BASE)
    answering = {each.method: each for each in endpoints(suppressions, links)}
    said: list[str] = []

    def answer(route: Route) -> None:
        asked = urlsplit(route.request.url)
        token = asked.path.rpartition("/")[2]
        query = Fields(parse_qsl(asked.query))
        request = Request(route.request.method, "/", params={"token": token}, query=query)
        reply = answering[route.request.method].handle(request)
        headers = {"content-type": str(reply.media_type), **dict(reply.headers)}
        route.fulfill(status=reply.status, headers=headers, body=reply.body)

    def check(page: Page) -> None:
        assert [] == axe(page)
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 700})
            assert not scrolls_sideways(page)

    with launch() as browser:
        page = browser.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.route("**/unsubscribe/**", answer)
        page.goto(f"{links.link_for('email', ADDRESS, list_name='news')}?lang={lang}")
        check(page)
        button = page.locator("button")
        assert "rgb(15, 122, 82)" == button.evaluate("it => getComputedStyle(it).backgroundColor")
        with page.expect_navigation():
            button.click()
        check(page)
        page.goto(f"{BASE}/broken?lang={lang}")
        check(page)

    assert suppressions.is_suppressed("email", ADDRESS, list_name="news")
    assert [] == [each for each in said if "404" not in each]
