# SPDX-License-Identifier: MIT
"""The stand-in's own bank: the true ledger of the money that moved, and the payouts made of it.

Not safe between threads: the stand-in calls it under its one lock.
"""

from datetime import date, datetime

from lg_sandbox.pay.keys import new_id
from lg_sandbox.pay.money import EntryKind, LedgerEntry, Payout

__all__ = ["Bank"]


class Bank:
    """The ledger entries, oldest first, and the payouts."""

    def __init__(self) -> None:
        self.entries: list[LedgerEntry] = []
        self.payouts: list[Payout] = []
        self._unpaid: dict[str, list[LedgerEntry]] = {}

    def move(self, entry: LedgerEntry) -> None:
        """Note that money moved. An entry of 0 pence moves none, and is not noted.

        Args:
            entry: what moved.
        """
        if entry.amount:
            self.entries.append(entry)
            self._unpaid.setdefault(entry.account, []).append(entry)

    def pay_out(self, account: str, *, day: date, at: datetime, gross: bool) -> Payout:
        """Pay out what was not paid out yet.

        Args:
            account: the id of the account.
            day: the day of the payout. What moved after it waits for the next one.
            at: when.
            gross: whether fees are left out, because they come on an invoice.

        Returns:
            The payout. One without items is not kept.
        """
        waiting = self._unpaid.get(account, [])
        items = tuple(
            entry
            for entry in waiting
            if entry.at.date() <= day and not (gross and entry.kind is EntryKind.FEE)
        )
        paid = set(items)
        self._unpaid[account] = [entry for entry in waiting if entry not in paid]
        payout = Payout(
            id=f"po_{new_id()}",
            account=account,
            at=at,
            day=day,
            amount=sum(entry.amount for entry in items),
            items=items,
        )
        if items:
            self.payouts.append(payout)
        return payout
