# SPDX-License-Identifier: MIT
"""Store the card of a payment that sets an agreement up, when the payment succeeds.

Source: technical documentation, 'Recurring payments', 'Set up an agreement'.
"""

from lg_sandbox.pay.agreements import Agreements
from lg_sandbox.pay.book import Book, Change

__all__ = ["store_cards"]


def store_cards(book: Book, agreements: Agreements) -> None:
    """Have the agreements told of each payment that sets one up.

    Args:
        book: the payments.
        agreements: the agreements.
    """

    def watch(change: Change) -> None:
        payment, before = change.payment, change.before
        if not payment.sets_up_agreement or payment.agreement_id is None or payment.card is None:
            return
        if payment.status == "success" and (before is None or before.status != "success"):
            agreements.store_card(payment.agreement_id, payment.card, now=change.at)

    book.watchers.append(watch)
