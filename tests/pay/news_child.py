# SPDX-License-Identifier: MIT
"""A mop-up in a process of its own, to be killed after the book has the news and before the act.

python news_child.py STORE PAY_URL API_KEY AHEAD WHERE

WHERE is `mop-up`, or `begin` for a payer who begins again. It says what it was told, and waits.
"""

import sys
from datetime import UTC, datetime, timedelta

from pay.payments import a_payment

from lg_pay import PayClient
from lg_pay._sync.book import PaymentBook
from lg_pay.book import Change
from lg_pay.mop_up import mop_up


def _told(change: Change) -> None:
    sys.stdout.write(f"{change.news}\n")
    sys.stdout.flush()
    sys.stdin.read()  # the act never comes


def main() -> None:
    """Learn the news."""
    store, url, key, ahead, where = sys.argv[1:]
    offset = timedelta(seconds=float(ahead))
    with (
        PayClient(key, base_url=url) as pay,
        PaymentBook(store, now=lambda: datetime.now(UTC) + offset) as book,
    ):
        if where == "mop-up":
            mop_up(book, pay, tell=_told)
            return
        for change in book.begin(pay, a_payment(), service="garden-waste", case="1").changes:
            _told(change)


if __name__ == "__main__":
    main()
