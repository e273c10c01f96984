# SPDX-License-Identifier: MIT
"""A process of its own, to be killed after the book has the news and before the act."""

import threading
from datetime import UTC, datetime, timedelta

from children import Tell
from pay.payments import a_payment

from lg_pay import PayClient
from lg_pay._sync.book import PaymentBook
from lg_pay.book import Change
from lg_pay.mop_up import mop_up

__all__ = ["learn"]


def learn(tell: Tell, *, store: str, url: str, key: str, ahead: float, where: str) -> None:
    """Learn the news, tell it, and wait.

    Args:
        tell: told the news.
        store: the database.
        url: where GOV.UK Pay is.
        key: the key of its account.
        ahead: how many seconds the sandbox's clock is before the real one.
        where: `mop-up`, or `begin` for a payer who begins again.
    """
    offset = timedelta(seconds=ahead)

    def told(change: Change) -> None:
        tell(str(change.news))
        threading.Event().wait()  # the act never comes

    with (
        PayClient(key, base_url=url) as pay,
        PaymentBook(store, now=lambda: datetime.now(UTC) + offset) as book,
    ):
        if where == "mop-up":
            mop_up(book, pay, tell=told)
            return
        for change in book.begin(pay, a_payment(), service="garden-waste", case="1").changes:
            told(change)
