# SPDX-License-Identifier: MIT
"""A service in a process of its own, to be killed: begins payments, and tells what it was given."""

from children import Tell
from pay.payments import a_payment

from lg_pay import PayClient
from lg_pay._sync.book import PaymentBook

__all__ = ["begin_all"]


def begin_all(tell: Tell, *, store: str, url: str, key: str, first: int, last: int) -> None:
    """Begin the payment of each order from the first to before the last, and tell its address."""
    with PayClient(key, base_url=url) as pay, PaymentBook(store) as book:
        for number in range(first, last):
            new = a_payment(reference=f"GW-{number}")
            begun = book.begin(pay, new, service="garden-waste", case=str(number))
            tell(f"{number} {begun.next_url}")
