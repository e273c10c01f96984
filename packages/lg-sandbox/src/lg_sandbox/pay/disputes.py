# SPDX-License-Identifier: MIT
"""Disputes: a payer's bank takes a payment back, and the council may defend itself.

Source: technical documentation, 'Disputes', and spec, `DisputeDetailForSearch`. Not safe between
threads: the stand-in calls it under its one lock.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

from lg_sandbox.pay.bank import Bank
from lg_sandbox.pay.book import Book
from lg_sandbox.pay.errors import UnknownRecordError
from lg_sandbox.pay.keys import new_id
from lg_sandbox.pay.model import Payment
from lg_sandbox.pay.money import Dispute, DisputeReason, DisputeStatus, EntryKind, LedgerEntry
from lg_sandbox.pay.shelf import Shelf

__all__ = ["DisputeRefusedError", "Disputes", "UnknownDisputeError"]

# Invented: the provider sets it for each dispute. A week is the shortest of what is published.
_TO_RESPOND = timedelta(days=7)

_OPEN = (DisputeStatus.NEEDS_RESPONSE, DisputeStatus.UNDER_REVIEW)
# Which status may lead to which; what is not here is not allowed.
_FROM: dict[DisputeStatus, tuple[DisputeStatus, ...]] = {
    DisputeStatus.UNDER_REVIEW: (DisputeStatus.NEEDS_RESPONSE,),
    DisputeStatus.WON: _OPEN,
    DisputeStatus.LOST: _OPEN,
}


class UnknownDisputeError(UnknownRecordError):
    """There is no such dispute."""


class DisputeRefusedError(Exception):
    """A dispute that cannot be, or cannot go that way. Nothing was done."""


class Disputes:
    """The disputes, by id, oldest first.

    Args:
        book: the payments.
        bank: where money that moves is noted.
        lag: says how far an account's searches lag behind.
    """

    def __init__(self, book: Book, *, bank: Bank, lag: Callable[[str], timedelta]) -> None:
        self.shelf: Shelf[Dispute] = Shelf()
        self._book = book
        self._bank = bank
        self._lag = lag

    def get(self, dispute_id: str) -> Dispute:
        """Return a dispute.

        Raises:
            UnknownDisputeError: when there is none.
        """
        dispute = self.shelf.get(dispute_id)
        if dispute is None:
            raise UnknownDisputeError("There is no dispute with this id. Look at the disputes.")
        return dispute

    def create(
        self, payment: Payment, *, amount: int, reason: DisputeReason, fee: int, now: datetime
    ) -> Dispute:
        """Open a dispute. From then on the payment cannot be refunded.

        Args:
            payment: the payment, whose money was taken.
            amount: pence.
            reason: why.
            fee: pence that a lost dispute costs on top.
            now: when.

        Raises:
            DisputeRefusedError: when no money was taken, or less than that.
        """
        if not payment.charged:
            raise DisputeRefusedError("The money of this payment was not taken: capture it first.")
        if not 1 <= amount <= payment.total_amount or fee < 0:
            raise DisputeRefusedError("Dispute at least 1 penny, at most what was paid.")
        dispute = Dispute(
            id=new_id(),
            payment_id=payment.id,
            account=payment.account,
            amount=amount,
            fee=fee,
            reason=reason,
            created_at=now,
            evidence_due_at=now + _TO_RESPOND,
        )
        self._keep(dispute, now=now)
        self._book.change(replace(payment, disputed=True), now=now)
        return dispute

    def move(self, dispute_id: str, status: DisputeStatus, *, now: datetime) -> Dispute:
        """Let a dispute go on. A lost one takes the money and the fee.

        Args:
            dispute_id: Pay's id.
            status: where to.
            now: when.

        Raises:
            UnknownDisputeError: when there is none.
            DisputeRefusedError: when it cannot go there.
        """
        before = self.get(dispute_id)
        if before.status not in _FROM.get(status, ()):
            raise DisputeRefusedError(
                f"A dispute that is {before.status.value} cannot become {status.value}."
            )
        dispute = replace(before, status=status)
        self._keep(dispute, now=now)
        if status is DisputeStatus.LOST:
            for kind, amount in ((EntryKind.DISPUTE, dispute.amount), (EntryKind.FEE, dispute.fee)):
                self._bank.move(
                    LedgerEntry(kind, dispute.id, dispute.payment_id, dispute.account, -amount, now)
                )
        return dispute

    def settle(self, dispute_id: str, *, day: date, now: datetime) -> None:
        """Note the day of the payout that a lost dispute was taken from.

        Raises:
            UnknownDisputeError: when there is none.
        """
        self._keep(replace(self.get(dispute_id), settled_on=day), now=now)

    def _keep(self, dispute: Dispute, *, now: datetime) -> None:
        self.shelf.put(dispute, seen_at=now + self._lag(dispute.account), now=now)
