# SPDX-License-Identifier: MIT
"""Pay out to the council's bank account, and mark what was paid out."""

from dataclasses import replace
from datetime import date, datetime, time

from lg_sandbox.pay.model import Account, Provider
from lg_sandbox.pay.money import EntryKind, Payout
from lg_sandbox.pay.office import Office

__all__ = ["settle"]


def settle(office: Office, *, account: Account, day: date | None, now: datetime) -> Payout:
    """Make a payout of everything that moved up to a day and was not paid out yet.

    The days stand in the API for Stripe alone (spec, `settled_date`). Other providers pay the gross
    amount, and send an invoice for their fees.

    Args:
        office: the state of the stand-in.
        account: whose.
        day: the day that shows as `settled_date`; today in UTC when None.
        now: the instant on the virtual clock.

    Returns:
        The payout; an empty one, which is not kept, when nothing waits.

    Raises:
        ValueError: when the day is still to come.
    """
    today = now.date()
    day = day or today
    if day > today:
        raise ValueError("This day is still to come: advance the sandbox's clock first.")
    at = now if day == today else datetime.combine(day, time.max, now.tzinfo)
    payout = office.bank.pay_out(
        account.id, day=day, at=at, gross=account.provider is not Provider.STRIPE
    )
    if account.provider is Provider.STRIPE:
        _mark(office, payout, now=now)
    return payout


def _mark(office: Office, payout: Payout, *, now: datetime) -> None:
    """Write the day where the API shows it.

    A fee goes with its payment or dispute. That of a failed payment stands alone: the API tells no
    day for it.
    """
    for entry in payout.items:
        if entry.kind is EntryKind.PAYMENT:
            payment = office.book.get(entry.id, now=now)
            office.book.change(replace(payment, settled_on=payout.day), now=now)
        elif entry.kind is EntryKind.REFUND:
            office.refunds.settle(entry.id, day=payout.day, now=now)
        elif entry.kind is EntryKind.DISPUTE:
            office.disputes.settle(entry.id, day=payout.day, now=now)
