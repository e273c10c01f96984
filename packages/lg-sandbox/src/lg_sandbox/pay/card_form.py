# SPDX-License-Identifier: MIT
"""Read what a payer typed on the card page."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lg_sandbox.pay.book import PayerDetails
from lg_sandbox.pay.cards import Card, Outcome, find_card
from lg_sandbox.pay.model import Address

__all__ = ["CardForm", "read_card_form"]

_NAME_LONGEST = 255
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_MONTHS = range(1, 13)
_CENTURY = 2000


@dataclass(frozen=True, slots=True)
class CardForm:
    """The form as it was read.

    Args:
        faults: the fields at fault, in the order of the page, each with the name of its message.
        card: the test card; None while a fault stands.
        details: the rest; None while a fault stands.
    """

    faults: Mapping[str, str]
    card: Card | None = None
    details: PayerDetails | None = None


def read_card_form(typed: Mapping[str, str], *, now: datetime) -> CardForm:
    """Read the card page's form.

    Args:
        typed: the fields as they came.
        now: the instant on the virtual clock, for the expiry date.

    Returns:
        The card and the details, or the faults.
    """
    values = {name: value.strip() for name, value in typed.items()}
    faults: dict[str, str] = {}
    card = find_card(values.get("cardNo", ""))
    if card is None:
        faults["cardNo"] = "card_number_wrong"
    elif card.outcome is Outcome.NOT_ACCEPTED:
        faults["cardNo"] = "card_refused"
    expiry = _expiry(values.get("expiryMonth", ""), values.get("expiryYear", ""), now=now)
    if expiry is None:
        faults["expiryMonth"] = "expiry_wrong"
    if not 1 <= len(values.get("cardholderName", "")) <= _NAME_LONGEST:
        faults["cardholderName"] = "name_wrong"
    if not _is_cvc(values.get("cvc", ""), card):
        faults["cvc"] = "cvc_wrong"
    faults |= {name: fault for name, fault in _NEEDED.items() if not values.get(name)}
    email = values.get("email", "")
    if not _EMAIL.fullmatch(email):
        faults["email"] = "email_wrong"
    if faults or card is None or expiry is None:
        return CardForm(faults)
    details = PayerDetails(
        cardholder_name=values["cardholderName"],
        expiry_date=expiry,
        address=Address(
            line1=values["addressLine1"],
            city=values["addressCity"],
            postcode=values["addressPostcode"],
            country="GB",
        ),
        email=email,
    )
    return CardForm({}, card, details)


_NEEDED = {
    "addressLine1": "line1_wrong",
    "addressCity": "city_wrong",
    "addressPostcode": "postcode_wrong",
}


def _is_digits(value: str) -> bool:
    return value.isascii() and value.isdigit()


def _is_cvc(value: str, card: Card | None) -> bool:
    lengths = {card.cvc_length} if card else {3, 4}
    return _is_digits(value) and len(value) in lengths


def _expiry(month: str, year: str, *, now: datetime) -> str | None:
    """Write an expiry date as MM/YY; None where it is no date, or over."""
    if not (_is_digits(month) and _is_digits(year)) or len(month) > 2 or len(year) not in {2, 4}:  # noqa: PLR2004 -- two digits
        return None
    number, full = int(month), int(year) % 100 + _CENTURY
    if number not in _MONTHS or (full, number) < (now.year, now.month):
        return None
    if len(year) == 4 and int(year) != full:  # noqa: PLR2004 -- four digits
        return None
    return f"{number:02}/{full % 100:02}"
