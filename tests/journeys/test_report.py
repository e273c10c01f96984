# SPDX-License-Identifier: MIT
"""The report of a run in a real browser: on a telephone, on a desk, and on paper."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from journeys.browser import axe, scrolls_sideways
from pay.posted import DAY, a_posting, some_postings
from playwright.sync_api import Page

from lg_core.money import Pence
from lg_pay.reconcile.batches import Batch
from lg_pay.reconcile.posting_book import PostingBook
from lg_pay.reconcile.report import write_report
from lg_pay.reconcile.run import Outcome

WIDTHS = (320, 1280)


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The report of a busy day after a month, and that of a first day on which nothing moved."""
    folder = tmp_path_factory.mktemp("reports")
    book = PostingBook(f"sqlite:///{folder / 'pay.db'}")

    def batch(ledger: str, back: int) -> Batch:
        day = DAY - timedelta(days=back)
        with book.new_batch(ledger, day=day) as new:
            if back:
                pence = Pence(-4000 if back == 7 else 90_000 + 7_000 * (back % 5))
                new.add([a_posting(key=f"payment:{back}", day=day, gross=pence, vat=Pence(0))])
            elif ledger == "income":
                new.add([replace(one, day=day) for one in some_postings()])
            return new.seal()

    for back in range(35, 0, -1):
        batch("income", back)
    waiting = (("w" * 26, datetime(2026, 4, 1, 11, 5, tzinfo=UTC)),)
    busy = Outcome(batch("income", 0), not_captured=waiting, notes=("A dispute has no day.",))
    names = {"GW": "Garden waste", "CT": "Council tax", "SUSP": "Suspense", "FEES": "Card fees"}
    made = {
        "busy": write_report(folder / "busy.html", outcome=busy, book=book, fund_names=names),
        "quiet": write_report(folder / "quiet.html", outcome=Outcome(batch("other", 0)), book=book),
    }
    book.close()
    return made


def _open(page: Page, path: Path, *, width: int) -> list[str]:
    """Show a report from the disk, as finance opens it, and what the browser complains of."""
    page.set_viewport_size({"width": width, "height": 900})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("requestfailed", lambda request: said.append(request.url))
    page.goto(path.as_uri())
    kept = os.environ.get("LG_SCREENSHOTS")
    if kept:
        page.screenshot(path=Path(kept) / f"{path.stem}-{width}.png", full_page=True)
    return said


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["busy", "quiet"])
def test_a_report_has_nothing_that_axe_finds(
    page: Page, reports: dict[str, Path], *, name: str, width: int
) -> None:
    """It passes every rule, moves sideways nowhere, and the browser complains of nothing."""
    said = _open(page, reports[name], width=width)

    assert [] == axe(page)
    assert not scrolls_sideways(page)
    assert [] == said


def test_the_bars_are_drawn(page: Page, reports: dict[str, Path]) -> None:
    """The chart of the 30 days is as wide as the page, and its bars can be seen."""
    _open(page, reports["busy"], width=320)

    chart = page.locator("svg.upright").bounding_box()
    assert chart is not None
    assert chart["width"] > 250
    heights = [
        box["height"]
        for each in page.locator("svg.upright rect").all()
        if (box := each.bounding_box()) is not None
    ]
    assert 30 == len(heights)
    assert max(heights) > 50


def test_the_keyboard_reaches_a_wide_table(page: Page, reports: dict[str, Path]) -> None:
    """A table that is wider than a telephone takes the focus, shows it, and scrolls by key."""
    _open(page, reports["busy"], width=320)
    frame = page.get_by_role("region", name="Amounts by fund and VAT code")
    frame.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")

    assert "solid" == frame.evaluate("each => getComputedStyle(each).outlineStyle")
    assert frame.evaluate("each => each.scrollWidth > each.clientWidth")


def test_on_paper_nothing_is_cut(page: Page, reports: dict[str, Path]) -> None:
    """Printed, no table is wider than the page."""
    _open(page, reports["busy"], width=1280)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 720, "height": 1000})  # A4 less its margins, at 96 an inch

    wide = "all => all.filter(each => each.scrollWidth > each.clientWidth + 1).length"
    assert 0 == page.locator(".wide").evaluate_all(wide)
    assert page.pdf(format="A4").startswith(b"%PDF")
