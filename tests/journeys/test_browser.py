# SPDX-License-Identifier: MIT
"""The browser's checks do find what is wrong, and lg-web's own pages have nothing to find."""

import pytest
from journeys.browser import axe, scrolls_sideways
from playwright.sync_api import Error, Page, Route
from web.sample_pages import SAMPLES, Sample, answer

BAD = '<html><body><img src="x.png"><input><p style="width: 5000px">wide</p></body></html>'
ORIGIN = "http://127.0.0.1:1"
WIDTHS = (320, 1280)


def _open(page: Page, sample: Sample, *, width: int = 1280) -> list[str]:
    """Show a sample page with its real headers, and return what the browser complains of."""
    page.set_viewport_size({"width": width, "height": 900})
    said: list[str] = []

    def fulfil(route: Route) -> None:
        reply = answer(sample, route.request.url.removeprefix(ORIGIN))
        headers = dict(reply.headers) | {"content-type": reply.media_type or ""}
        route.fulfill(status=reply.status, headers=headers, body=reply.body)

    page.route("**/*", fulfil)
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{ORIGIN}{sample.path}")
    return said


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", SAMPLES)
def test_a_page_has_nothing_that_axe_finds(page: Page, name: str, width: int) -> None:
    """Each kind of page passes every rule, on a telephone and on a desk, within its own policy."""
    said = _open(page, SAMPLES[name], width=width)

    assert [] == axe(page)
    assert not scrolls_sideways(page)
    assert [] == [each for each in said if "status of 404" not in each and "of 500" not in each]


def test_the_script_starts_within_the_policy(page: Page) -> None:
    """With scripts, the error summary of a form gets the focus, as the Design System asks."""
    _open(page, SAMPLES["question with errors"])

    assert "govuk-error-summary" in page.evaluate("document.activeElement.className")


def test_a_page_has_the_councils_colours(page: Page) -> None:
    """The band at the top and the button have the colours of the settings."""
    _open(page, SAMPLES["question"])
    colour = "([name]) => getComputedStyle(document.querySelector(name)).backgroundColor"

    assert "rgb(0, 61, 92)" == page.evaluate(colour, [".lg-header"])
    assert "rgb(0, 94, 48)" == page.evaluate(colour, [".govuk-button"])


def test_what_has_the_focus_shows_it(page: Page) -> None:
    """A button and the council's name show the focus in the focus colour, whatever the brand."""
    _open(page, SAMPLES["question"])
    for name in (".govuk-button", ".govuk-generic-header__homepage-link"):
        page.focus(name)
        shown = page.evaluate(f"getComputedStyle(document.querySelector('{name}')).backgroundColor")

        assert "rgb(255, 221, 0)" == shown


def test_axe_finds_what_is_wrong(page: Page) -> None:
    """A page with a bare input and a bare picture does not pass, so a pass means something."""
    page.set_content(BAD)

    found = {line.split()[0] for line in axe(page)}

    assert {"html-has-lang", "image-alt", "label"} <= found


def test_a_wide_page_is_found(page: Page) -> None:
    """A page that is wider than its window counts as one that scrolls sideways."""
    page.set_viewport_size({"width": 320, "height": 640})
    page.set_content(BAD)

    assert scrolls_sideways(page)


def test_the_browser_reaches_no_other_machine(page: Page) -> None:
    """A name that is not this machine's is not found, so no test depends on a network."""
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("http://www.example.com/")
