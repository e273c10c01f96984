# SPDX-License-Identifier: MIT
"""Refunds: when one may be made, and what becomes of it.

Sources: API reference, 'Refund a payment' and 'Refund status'; connector code, `RefundService`, for
the order of the checks. Not safe between threads: the stand-in calls it under its one lock.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from lg_sandbox.pay.bank import Bank
from lg_sandbox.pay.book import Book
from lg_sandbox.pay.errors import UnknownRecordError
from lg_sandbox.pay.keys import new_id
from lg_sandbox.pay.model import Account, Payment
from lg_sandbox.pay.money import EntryKind, LedgerEntry, Refund, RefundStatus
from lg_sandbox.pay.shelf import Shelf

__all__ = ["RefundRefusal", "RefundRefusedError", "Refunds", "UnknownRefundError"]


class UnknownRefundError(UnknownRecordError):
    """There is no such refund of this payment."""


class RefundRefusal(StrEnum):
    """Why a refund is refused."""

    PENDING = "pending"
    """The payment's money was not taken yet."""
    UNAVAILABLE = "unavailable"
    """The payment failed."""
    FULL = "full"
    """All of it was refunded already."""
    DISPUTED = "disputed"
    """The payer disputed it."""
    AMOUNT_MISMATCH = "amount_mismatch"
    """Another amount is available than the caller saw."""
    AMOUNT_NOT_AVAILABLE = "amount_not_available"
    """More than is available."""
    NOT_SUBMITTED = "not_submitted"
    """The refund has ended already."""


class RefundRefusedError(Exception):
    """A refund that may not be made, or not be changed. Nothing was done.

    Args:
        reason: why.
    """

    def __init__(self, reason: RefundRefusal) -> None:
        super().__init__(f"This refund is refused: {reason.value}.")
        self.reason = reason


class Refunds:
    """The refunds, by id, oldest first.

    Args:
        book: the payments.
        bank: where money that moves is noted.
        lag: says how far an account's searches lag behind.
    """

    def __init__(self, book: Book, *, bank: Bank, lag: Callable[[str], timedelta]) -> None:
        self.shelf: Shelf[Refund] = Shelf(key=lambda refund: refund.payment_id)
        self._book = book
        self._bank = bank
        self._lag = lag

    def get(self, refund_id: str, *, payment_id: str | None = None) -> Refund:
        """Return a refund.

        Args:
            refund_id: Pay's id.
            payment_id: Pay's id of the payment it has to be of; any when None.

        Raises:
            UnknownRefundError: when there is none.
        """
        refund = self.shelf.get(refund_id)
        if refund is None or payment_id not in (None, refund.payment_id):
            raise UnknownRefundError("There is no refund with this id. Look at the refunds.")
        return refund

    def create(
        self,
        payment: Payment,
        *,
        amount: int,
        available: int | None,
        account: Account,
        now: datetime,
        by_staff: bool = False,
    ) -> Refund:
        """Refund a payment.

        Args:
            payment: the payment.
            amount: pence.
            available: what the caller believes to be available, in pence; not checked when None.
            account: whose payment it is.
            now: when.
            by_staff: whether somebody asks for it in the admin tool.

        Returns:
            The refund: a success at once, or submitted where the account settles refunds later.

        Raises:
            RefundRefusedError: when it is refused.
        """
        _check(payment, amount=amount, available=available)
        refund = Refund(
            id=new_id(),
            payment_id=payment.id,
            account=payment.account,
            amount=amount,
            created_at=now,
            # API reference, 'Refund status': a test refund does not pass through `submitted`.
            status=(
                RefundStatus.SUBMITTED if account.refunds_settle_later else RefundStatus.SUCCESS
            ),
            by_staff=by_staff,
        )
        return self._enter(refund, replace(payment, refunded=payment.refunded + amount), now=now)

    def complete(self, refund_id: str, *, now: datetime) -> Refund:
        """Let a submitted refund succeed: the money moves.

        Raises:
            UnknownRefundError: when there is none.
            RefundRefusedError: when it has ended already.
        """
        refund = replace(self._submitted(refund_id), status=RefundStatus.SUCCESS)
        return self._enter(refund, self._book.get(refund.payment_id, now=now), now=now)

    def fail(self, refund_id: str, *, now: datetime) -> Refund:
        """Let a submitted refund fail: its amount can be refunded again.

        Source: API reference, 'Refund status', for `error`.

        Raises:
            UnknownRefundError: when there is none.
            RefundRefusedError: when it has ended already.
        """
        refund = replace(self._submitted(refund_id), status=RefundStatus.ERROR)
        payment = self._book.get(refund.payment_id, now=now)
        payment = replace(payment, refunded=payment.refunded - refund.amount)
        return self._enter(refund, payment, now=now)

    def settle(self, refund_id: str, *, day: date, now: datetime) -> None:
        """Note the day of the payout that a refund was taken from.

        Raises:
            UnknownRefundError: when there is none.
        """
        self._keep(replace(self.get(refund_id), settled_on=day), now=now)

    def _submitted(self, refund_id: str) -> Refund:
        refund = self.get(refund_id)
        if refund.status is not RefundStatus.SUBMITTED:
            raise RefundRefusedError(RefundRefusal.NOT_SUBMITTED)
        return refund

    def _enter(self, refund: Refund, payment: Payment, *, now: datetime) -> Refund:
        """Keep a refund with what it makes of its payment, and note the money that moved."""
        if refund.status is RefundStatus.SUCCESS:
            self._bank.move(
                LedgerEntry(
                    EntryKind.REFUND,
                    refund.id,
                    refund.payment_id,
                    refund.account,
                    -refund.amount,
                    now,
                )
            )
        self._keep(refund, now=now)
        self._book.change(payment, now=now, refund=refund)
        return refund

    def _keep(self, refund: Refund, *, now: datetime) -> None:
        self.shelf.put(refund, seen_at=now + self._lag(refund.account), now=now)


def _check(payment: Payment, *, amount: int, available: int | None) -> None:
    """Refuse a refund in the order of connector code, `validateRefundAndGetAvailableAmount`."""
    if payment.disputed:
        raise RefundRefusedError(RefundRefusal.DISPUTED)
    if payment.refund_status != "available":
        raise RefundRefusedError(RefundRefusal(payment.refund_status))
    if available not in (None, payment.refundable):
        raise RefundRefusedError(RefundRefusal.AMOUNT_MISMATCH)
    if amount > payment.refundable:
        raise RefundRefusedError(RefundRefusal.AMOUNT_NOT_AVAILABLE)
