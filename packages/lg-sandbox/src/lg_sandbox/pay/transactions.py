# SPDX-License-Identifier: MIT
"""The transactions of an account as the admin tool lists and exports them."""

from datetime import datetime
from typing import TYPE_CHECKING

from lg_sandbox.pay.export import Transaction, csv_text
from lg_sandbox.pay.model import Account, Provider
from lg_sandbox.pay.office import Office

if TYPE_CHECKING:
    from lg_sandbox.pay.money import Dispute, Refund

__all__ = ["export", "transactions"]


def transactions(office: Office, *, account: Account, now: datetime) -> list[Transaction]:
    """Return payments, refunds and disputes of an account, newest first.

    Args:
        office: the state of the stand-in; its lock is held.
        account: whose.
        now: the instant on the virtual clock.
    """
    payments = {each.id: each for each in office.book.all(now=now) if each.account == account.id}
    found = [Transaction(payment) for payment in payments.values()]
    records: list[Refund | Dispute] = [*office.refunds.shelf, *office.disputes.shelf]
    found += [
        Transaction(payments[record.payment_id], record)
        for record in records
        if record.payment_id in payments
    ]
    # Python sorts stably, so what came later among equals stays later before it is turned round.
    found.sort(key=lambda each: each.at)
    found.reverse()
    return found


def export(office: Office, *, account: Account, now: datetime) -> str:
    """Write the CSV file of an account.

    Args:
        office: the state of the stand-in; its lock is held.
        account: whose.
        now: the instant on the virtual clock.

    Returns:
        The file's text.
    """
    return csv_text(
        transactions(office, account=account, now=now),
        fees=account.provider is Provider.STRIPE,
        moto=account.moto_enabled or account.moto_api_enabled,
    )
