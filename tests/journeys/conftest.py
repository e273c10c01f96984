# SPDX-License-Identifier: MIT
"""The window that the tests of one module share."""

from collections.abc import Generator

import pytest
from journeys.browser import launch
from playwright.sync_api import Page


@pytest.fixture(scope="module")
def window() -> Generator[Page]:
    """One window for all of these tests: another would begin a process, which costs ten pages."""
    with launch() as browser:
        yield browser.new_page()


@pytest.fixture
def page(window: Page) -> Page:
    """The window, empty and as wide as a desk, without what another test asked of it."""
    window.unroute_all()
    window.emulate_media(media="null")
    window.set_viewport_size({"width": 1280, "height": 900})
    window.goto("about:blank")
    return window
