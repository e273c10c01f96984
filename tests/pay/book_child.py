# SPDX-License-Identifier: MIT
"""A service in a process of its own, to be killed: begins payments, and says what it was given.

python book_child.py STORE PAY_URL API_KEY FIRST LAST
"""

import sys

from pay.payments import a_payment

from lg_pay import PayClient
from lg_pay._sync.book import PaymentBook


def main() -> None:
    """Begin the payment of each order from FIRST to LAST, and print its address."""
    store, url, key, first, last = sys.argv[1:]
    with PayClient(key, base_url=url) as pay, PaymentBook(store) as book:
        for number in range(int(first), int(last)):
            new = a_payment(reference=f"GW-{number}")
            begun = book.begin(pay, new, service="garden-waste", case=str(number))
            sys.stdout.write(f"{number} {begun.next_url}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
