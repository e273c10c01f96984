# SPDX-License-Identifier: MIT
"""The council's side in a process of its own, to be killed: orders, worker, refunds, finance.

Each step that is told is a fact that stands: what a payer holds, or what is done.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from children import Tell
from pay.whole.council import Council
from pay.whole.orders import kill_order

from lg_core.errors import LgError

__all__ = ["work"]


def work(
    tell: Tell,
    *,
    store: str,
    url: str,
    keys: Mapping[str, str],
    ahead: float,
    first: date,
    many: int,
) -> None:
    """Do all that is to be done now.

    Args:
        tell: told each step.
        store: the database.
        url: where GOV.UK Pay is.
        keys: the key of each account, by its name.
        ahead: how many seconds the sandbox's clock is before the real one.
        first: the first day that finance reconciles.
        many: how many orders there are.
    """
    offset = timedelta(seconds=ahead)
    council = Council(
        store,
        keys=keys,
        transport=None,
        base_url=url,
        now=lambda: datetime.now(UTC) + offset,
    )
    tell("began")
    _orders(tell, council, many)
    while council.work(limit=1):
        tell("worked")
    council.mop_up()
    tell("mopped")
    _refunds(tell, council, many)
    while (day := council.next_day(first)) is not None:
        tell("day")
        council.reconcile(day, said=lambda: tell("rows"))
    tell("finished")
    council.close()


def _orders(tell: Tell, council: Council, many: int) -> None:
    for number in range(many):
        order = kill_order(number)
        try:
            begun = council.begin(order.service, order.case, order.lines)
        except LgError:
            continue  # the payer is asked to try again
        tell(f"held {number} {begun.entry.payment_id} {begun.next_url}")


def _refunds(tell: Tell, council: Council, many: int) -> None:
    for number in range(0, many, 3):
        order = kill_order(number)
        for entry in council.book.entries(case=order.case):
            if entry.paid:
                council.refund(order.service, entry.payment_id or "", order.pence)
                tell("refunded")
