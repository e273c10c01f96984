# SPDX-License-Identifier: MIT
"""The council's side in a process of its own, to be killed: orders, worker, refunds, finance.

python child.py STORE PAY_URL AHEAD FIRST_DAY ORDERS NAME=KEY...

Each line of its output is a fact that stands: what a payer holds, or what is done. AHEAD is how
many seconds the sandbox's clock is before the real one.
"""

import sys
from datetime import UTC, date, datetime, timedelta

from pay.whole.council import Council
from pay.whole.orders import kill_order

from lg_core.errors import LgError

__all__ = ["main"]


def _say(*words: str | None) -> None:
    sys.stdout.write(" ".join(str(word) for word in words) + "\n")
    sys.stdout.flush()


def _orders(council: Council, many: int) -> None:
    for number in range(many):
        order = kill_order(number)
        try:
            begun = council.begin(order.service, order.case, order.lines)
        except LgError:
            continue  # the payer is asked to try again
        _say("held", str(number), begun.entry.payment_id, begun.next_url)


def _refunds(council: Council, many: int) -> None:
    for number in range(0, many, 3):
        order = kill_order(number)
        for entry in council.book.entries(case=order.case):
            if entry.paid:
                council.refund(order.service, entry.payment_id or "", order.pence)
                _say("refunded")


def main() -> None:
    """Do all that is to be done now."""
    store, url, ahead, first, many, *keys = sys.argv[1:]
    offset = timedelta(seconds=float(ahead))
    council = Council(
        store,
        keys=dict(key.split("=", 1) for key in keys),
        transport=None,
        base_url=url,
        now=lambda: datetime.now(UTC) + offset,
    )
    _say("began")
    _orders(council, int(many))
    while council.work(limit=1):
        _say("worked")
    council.mop_up()
    _say("mopped")
    _refunds(council, int(many))
    while (day := council.next_day(date.fromisoformat(first))) is not None:
        _say("day")
        council.reconcile(day, said=lambda: _say("rows"))
    _say("finished")
    council.close()


if __name__ == "__main__":
    main()
