# SPDX-License-Identifier: MIT
"""What a resident does on the pages of the garden waste service."""

from typing import Protocol

from lg_core.testing import Browser, Page
from lg_sandbox import Sandbox

__all__ = ["CARD", "DECLINED", "EMAIL", "Served", "answer", "pay", "type_card"]

CARD = "4444333322221111"
DECLINED = "4000000000000002"
EMAIL = "gwenllian.quillfeather@example.org"


class Served(Protocol):
    """A council's service, and the stand-ins behind it."""

    @property
    def url(self) -> str:
        """Where the service is."""
        ...

    @property
    def sandbox(self) -> Sandbox:
        """The stand-ins."""
        ...


def answer(town: Served, browser: Browser, *, bins: str = "1") -> Page:
    """Answer every question, up to the page on which the answers are checked."""
    page = browser.follow(browser.open(town.url), "Start now")
    postcode = next(one.postcode for one in town.sandbox.places.addresses if one.uprn)
    page = browser.press(page, "Find address", **{"address-postcode": postcode})
    choices = page.forms[0].choices["address"]
    page = browser.press(page, "Continue", address=next(value for value in choices if value))
    page = browser.press(page, "Continue", bins=bins)
    page = browser.press(page, "Continue", subscription="new")
    return browser.press(
        page, "Continue", full_name="Gwenllian Quillfeather", email=EMAIL, phone="07700 900461"
    )


def type_card(browser: Browser, page: Page, *, card: str = CARD) -> Page:
    """Type a card on the payment page."""
    return browser.press(
        page,
        "Continue",
        cardNo=card,
        expiryMonth="12",
        expiryYear="2039",
        cardholderName="G Quillfeather",
        cvc="123",
        addressLine1="14 Marlpit Orchard",
        addressCity="Nether Zebuham",
        addressPostcode="ZZ1 1ZZ",
        email=EMAIL,
    )


def pay(browser: Browser, page: Page) -> Page:
    """Pay with a card that works, and come back to the council."""
    return browser.press(type_card(browser, page), "Confirm")
