# SPDX-License-Identifier: MIT
"""A real browser for the tests: how it is started, and what is checked on each page.

Environment:
    LG_CHROMIUM: the browser's program, where it is neither Debian's nor Playwright's own.
"""

import functools
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

__all__ = ["axe", "expect_axe", "launch", "scrolls_sideways"]

ROOT = Path(__file__).resolve().parents[2]
# Without the parts that a person would see, a window costs a third. Nothing else of it differs.
DEBIANS = (Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium"))
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
ARGUMENTS = (
    "--no-sandbox",  # a container's root has no other way
    "--disable-dev-shm-usage",
    "--disable-gpu",  # there is none, and to imitate one takes longer than to paint without it
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # nothing leaves this machine
)
RUN = (
    "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}, "
    "resultTypes: ['violations']})"
    ".then(({passes, violations}) => ({passes: passes.length, violations}))"
)


@contextmanager
def launch() -> Generator[Browser]:
    """Start the browser, and end it."""
    found = next((str(each) for each in DEBIANS if each.exists()), None)
    program = os.environ.get("LG_CHROMIUM") or found
    with sync_playwright() as playwright:
        if program is None and not Path(playwright.chromium.executable_path).exists():
            # The gate turns this into a failure (docs/decisions/0015).
            pytest.skip("Chromium is not here: install it, or set LG_CHROMIUM to its path.")
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def axe(page: Page) -> list[str]:
    """Name what axe-core finds against a page, in the state in which it is shown.

    Every rule of WCAG 2.2 A and AA that a program can check, and axe's best practices.

    Args:
        page: an open page, with scripts allowed.

    Returns:
        One line a finding: the rule, how bad it is, and the first place.
    """
    # Evaluated, not added as a tag: a page's Content-Security-Policy would refuse the tag.
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe_core())
    result = cast("dict[str, Any]", page.evaluate(RUN, list(RULES)))
    assert result["passes"], "axe checked nothing on this page"
    return [
        f"{each['id']} ({each['impact']}): {each['help']}: {each['nodes'][0]['html']}"
        for each in result["violations"]
    ]


def expect_axe(page: Page) -> None:
    """Let axe-core be in each page that a window will open, so that it is sent there once.

    Args:
        page: the window, most of whose pages `axe` will look at.
    """
    page.add_init_script(_axe_core())


def scrolls_sideways(page: Page) -> bool:
    """Say whether a page is wider than its window (WCAG 2.2, 1.4.10 'Reflow').

    Args:
        page: an open page.
    """
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


@functools.cache
def _axe_core() -> str:
    if str(ROOT) not in sys.path:
        sys.path.append(str(ROOT))
    modules: Path = import_module("tools.npm").installed(Path(__file__).parent / "axe")
    return (modules / "axe-core" / "axe.min.js").read_text("utf-8")
