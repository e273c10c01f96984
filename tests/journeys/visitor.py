# SPDX-License-Identifier: MIT
"""A resident at a real browser: what is typed, chosen and pressed on the garden waste service.

Buttons are found by their place and not by their text, so that the same steps walk through the
Welsh pages.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from journeys.browser import axe, scrolls_sideways
from patterns.resident import CARD, DECLINED, EMAIL
from playwright.sync_api import Browser, Locator, Page

from lg_patterns.demo.anytown import Anytown

__all__ = ["CONTACT", "WIDTHS", "Inspector", "Visitor", "visiting", "walk"]

WIDTHS: Final = (320, 1280)
CONTACT: Final = {"full_name": "Gwenllian Quillfeather", "email": EMAIL, "phone": "07700 900461"}
_HEIGHT: Final = 800
_MILLISECONDS: Final = 10_000
_FIRST_BUTTON: Final = "main form button[type=submit]"
_START: Final = "main .govuk-button--start"
_ON_THE_CARD: Final = {
    "expiryMonth": "12",
    "expiryYear": "2039",
    "cardholderName": "G Quillfeather",
    "cvc": "123",
    "addressLine1": "14 Marlpit Orchard",
    "addressCity": "Nether Zebuham",
    "addressPostcode": "ZZ1 1ZZ",
    "email": EMAIL,
}


@dataclass(slots=True)
class Inspector:
    """Looks at each page that a walk comes by, and keeps what is wrong with it.

    Attributes:
        seen: the names of the pages, in order.
        found: what is wrong, by page; a page with nothing wrong is not in it.
    """

    seen: list[str] = field(default_factory=list[str])
    found: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def look(self, page: Page, name: str, *, language: str = "en") -> None:
        """Check a page as it stands: axe, its language, and its width on each kind of screen."""
        self.seen.append(name)
        wrong = axe(page)
        if page.locator(f"html[lang={language}]").count() != 1:
            wrong.append(f"the page does not say that it is in {language}")
        shown = page.viewport_size["width"] if page.viewport_size else 0
        for width in sorted(WIDTHS, key=lambda each: each != shown):  # one change a page, not two
            if width != shown:
                page.set_viewport_size({"width": width, "height": _HEIGHT})
            if scrolls_sideways(page):
                wrong.append(f"the page scrolls sideways at {width} px")
        if wrong:
            self.found[name] = wrong


@dataclass(frozen=True, slots=True)
class Visitor:
    """A window on the service.

    Attributes:
        page: the window.
        town: the council's site.
        said: what the browser complained of: errors of scripts, and of the page's own policy.
    """

    page: Page
    town: Anytown
    said: list[str]

    @property
    def heading(self) -> str:
        """The page's heading."""
        return self.page.locator("h1").inner_text()

    @property
    def postcode(self) -> str:
        """A postcode at which the town has more addresses than one."""
        return next(one.postcode for one in self.town.sandbox.places.addresses if one.uprn)

    @property
    def case_url(self) -> str:
        """The address that the last payment leads back to."""
        return self.town.sandbox.pay.payments[-1].return_url or ""

    def start(self, *, language: str = "en") -> None:
        """Open the first page."""
        self.page.goto(f"{self.town.url}?lang={language}")

    def go(self, leads_on: Locator) -> None:
        """Click on what leads to another page, and wait for that page."""
        with self.page.expect_navigation():
            leads_on.click()

    def follow(self, text: str) -> None:
        """Follow the link with this text."""
        self.go(self.page.get_by_role("link", name=text))

    def begin(self) -> None:
        """Go from the first page to the first question."""
        self.go(self.page.locator(_START))

    def press(self) -> None:
        """Press the first button of the page's first form."""
        self.go(self.page.locator(_FIRST_BUTTON).first)

    def fill(self, **typed: str) -> None:
        """Type into the inputs with these ids; a `__` stands for a hyphen."""
        for name, value in typed.items():
            self.page.locator(f"#{name.replace('__', '-')}").fill(value)

    def choose(self, value: str) -> None:
        """Choose a radio by its value."""
        self.page.locator(f"input[type=radio][value='{value}']").check()

    def find_address(self) -> None:
        """Type a postcode, and choose the first address of the list."""
        self.fill(address__postcode=self.postcode)
        self.press()
        self.choose_address()

    def choose_address(self) -> None:
        """Choose the first address of the list."""
        self.page.locator("#address").select_option(index=1)
        self.press()

    def answer(self, *, bins: str = "2") -> None:
        """Answer every question, up to the page on which the answers are checked."""
        self.start()
        self.begin()
        self.find_address()
        self.choose(bins)
        self.press()
        self.choose("new")
        self.press()
        self.fill(**CONTACT)
        self.press()

    def type_card(self, number: str = CARD) -> None:
        """Type a card on the payment page."""
        self.fill(cardNo=number, **_ON_THE_CARD)
        self.press()

    def pay(self) -> None:
        """Pay with a card that works, and come back to the council."""
        self.type_card()
        self.press()


@contextmanager
def visiting(
    browser: Browser,
    town: Anytown,
    *,
    scripts: bool = True,
    width: int = 1280,
    **settings: Any,
) -> Generator[Visitor]:
    """Open a window with a session of its own, and close it.

    Args:
        browser: the browser.
        town: the council's site.
        scripts: whether scripts run.
        width: how wide the window is, in CSS pixels.
        settings: more of Playwright's settings of a context.
    """
    context = browser.new_context(
        java_script_enabled=scripts, viewport={"width": width, "height": _HEIGHT}, **settings
    )
    context.set_default_timeout(_MILLISECONDS)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{message.text} {message.location['url']}"))
    page.on("pageerror", lambda error: said.append(str(error)))
    try:
        yield Visitor(page, town, said)
    finally:
        context.close()


def walk(visitor: Visitor, look: Callable[[str], None], *, language: str) -> None:
    """Walk through the service by every page and every state of it, up to the confirmation.

    Args:
        visitor: who walks.
        look: is called with a name at each page.
        language: the language of the pages.
    """
    visitor.start(language=language)
    look("start")
    visitor.begin()
    _ask_for_the_address(visitor, look)
    look("bins")
    _refused(visitor, look, "bins")
    visitor.choose("2")
    visitor.press()
    look("subscription")
    _refused(visitor, look, "subscription")
    visitor.choose("new")
    visitor.press()
    look("contact")
    _refused(visitor, look, "contact")
    visitor.fill(**CONTACT)
    visitor.press()
    look("check")
    for name in ("address", "address/choose", "bins", "subscription", "contact"):
        visitor.page.goto(f"{visitor.town.url}/apply/change/{name}")
        look(f"change {name}")
    visitor.page.goto(f"{visitor.town.url}/apply/check")
    visitor.press()
    _pay(visitor, look)


def _refused(visitor: Visitor, look: Callable[[str], None], name: str) -> None:
    visitor.press()
    look(f"{name} with errors")


def _ask_for_the_address(visitor: Visitor, look: Callable[[str], None]) -> None:
    page = visitor.page
    look("find address")
    _refused(visitor, look, "find address")
    visitor.fill(address__postcode="ZZ1 1ZZ")
    visitor.press()
    look("no address found")
    page.goto(f"{visitor.town.url}/apply/address")
    visitor.fill(address__postcode=visitor.postcode)
    visitor.press()
    look("choose address")
    _refused(visitor, look, "choose address")
    visitor.go(page.locator("main form a[href$='/manual']"))
    look("address by hand")
    _refused(visitor, look, "address by hand")
    page.goto(f"{visitor.town.url}/apply/address/choose")
    visitor.choose_address()


def _pay(visitor: Visitor, look: Callable[[str], None]) -> None:
    page = visitor.page
    look("card")
    _refused(visitor, look, "card")
    page.goto(visitor.case_url)
    look("not paid yet")
    visitor.press()
    visitor.type_card(DECLINED)
    look("declined")
    visitor.go(page.locator("main a"))
    look("not completed")
    visitor.press()
    visitor.type_card()
    look("confirm")
    visitor.press()
    look("paid")
