# SPDX-License-Identifier: MIT
"""Probes of the tests' browser, and of days: what pages show and people type is not printed."""

import socket
from datetime import date, datetime
from html import escape

from pay.leak_platforms import probe
from pay.leaks import PLANTED, Saw

from lg_core.days import format_day, london_day
from lg_core.testing import Browser, read_page

__all__: list[str] = []


def _page(value: str) -> str:
    said = escape(value)
    return (
        f"<title>Bins</title><h1>Bins</h1><p>{said}</p><a href='/{said}'>Next</a>"
        f"<dl><dt>Name</dt><dd>{said}</dd></dl><form method=post action='/next'>"
        f"<input name=typed value='{said}'><textarea name=note>{said}</textarea>"
        f"<input type=radio name=one id=a value='{said}'><label for=a>{said}</label>"
        f"<select name=many><option value='{said}'>{said}</option></select>"
        "<button>Continue</button></form>"
    )


def _closed() -> str:
    """Return an address at which nothing listens."""
    with socket.socket() as probe_:
        probe_.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe_.getsockname()[1]}"


@probe
def the_browser_of_tests(saw: Saw) -> None:
    """Neither a page nor what went wrong on it shows what stood there or was typed."""
    nowhere, browser = _closed(), Browser()
    saw(browser)
    for value in PLANTED.values():
        page = read_page(f"{nowhere}/?id={value}", _page(value))
        saw(page)
        saw(list(page.forms))
        saw.attempt(browser.press, page, "Continue", typed=value)
        saw.attempt(browser.press, page, "Continue", one=f"{value}s")
        saw.attempt(browser.press, page, "Back")
        saw.attempt(browser.follow, page, "Next")
        saw.attempt(browser.follow, page, "Nowhere")
        saw.attempt(browser.open, f"https://example.org/{value}")
        saw(page.forms[0].buttons[0])


@probe
def days_in_words(saw: Saw) -> None:
    """A language that is none is not repeated."""
    for value in PLANTED.values():
        saw.text("a day", format_day(date(2026, 4, 1), value))
    saw.attempt(london_day, datetime(2026, 4, 1))  # noqa: DTZ001 -- refused for that
