# SPDX-License-Identifier: MIT
"""The money side of the stand-in as a test sees it: refunds, disputes, ledger and payouts."""

from datetime import date
from typing import TYPE_CHECKING

from lg_sandbox.pay.book import UnknownPaymentError
from lg_sandbox.pay.money import (
    Dispute,
    DisputeReason,
    DisputeStatus,
    LedgerEntry,
    Payout,
    Refund,
)
from lg_sandbox.pay.settlement import settle

if TYPE_CHECKING:
    from lg_sandbox.pay.model import Account, Payment
    from lg_sandbox.pay.office import Office

__all__ = ["FinanceSide"]


class FinanceSide:
    """What provider, bank and finance staff do. `PayStandIn` has it, and sets what it needs."""

    _office: "Office"
    _account: "Account"

    @property
    def refunds(self) -> tuple[Refund, ...]:
        """Every refund, oldest first."""
        with self._office.open():
            return tuple(self._office.refunds.shelf)

    @property
    def disputes(self) -> tuple[Dispute, ...]:
        """Every dispute, oldest first."""
        with self._office.open():
            return tuple(self._office.disputes.shelf)

    @property
    def ledger(self) -> tuple[LedgerEntry, ...]:
        """The truth: the money that really moved, oldest first, whatever the API says of it."""
        with self._office.open():
            return tuple(self._office.bank.entries)

    @property
    def payouts(self) -> tuple[Payout, ...]:
        """The payouts to the councils' bank accounts, oldest first."""
        with self._office.open():
            return tuple(self._office.bank.payouts)

    def staff_refund(self, payment_id: str, amount: int) -> Refund:
        """Refund a payment as staff do in the admin tool.

        Args:
            payment_id: Pay's id.
            amount: pence.

        Raises:
            LookupError: when there is no such payment.
            ValueError: when the amount is less than 1.
            RefundRefusedError: when it cannot be refunded; the error has the reason.
        """
        if amount < 1:
            raise ValueError("Refund at least 1 penny.")
        with self._office.open() as now:
            payment = self._known(payment_id)
            return self._office.refunds.create(
                payment,
                amount=amount,
                available=None,
                account=self._office.account(payment.account),
                now=now,
                by_staff=True,
            )

    def complete_refund(self, refund_id: str) -> Refund:
        """Let a submitted refund succeed, for accounts that settle refunds later.

        Args:
            refund_id: Pay's id.

        Raises:
            LookupError: when there is no such refund.
            RefundRefusedError: when it has ended already.
        """
        with self._office.open() as now:
            return self._office.refunds.complete(refund_id, now=now)

    def fail_refund(self, refund_id: str) -> Refund:
        """Let a submitted refund fail: its amount can be refunded again.

        Args:
            refund_id: Pay's id.

        Raises:
            LookupError: when there is no such refund.
            RefundRefusedError: when it has ended already.
        """
        with self._office.open() as now:
            return self._office.refunds.fail(refund_id, now=now)

    def dispute(
        self,
        payment_id: str,
        amount: int | None = None,
        *,
        reason: str = DisputeReason.FRAUDULENT,
        fee: int = 2000,
    ) -> Dispute:
        """Let the payer's bank dispute a payment. From then on it cannot be refunded.

        Args:
            payment_id: Pay's id.
            amount: pence in dispute; all that was paid when None.
            reason: one of `DisputeReason`.
            fee: pence that the provider takes on top if the dispute is lost.

        Raises:
            LookupError: when there is no such payment.
            ValueError: when the reason is none of Pay's.
            DisputeRefusedError: when no money was taken, or less than that.
        """
        told = next((each for each in DisputeReason if each == reason), None)
        if told is None:
            raise ValueError("Pay has no such reason for a dispute: use one of DisputeReason.")
        with self._office.open() as now:
            payment = self._known(payment_id)
            return self._office.disputes.create(
                payment,
                amount=payment.total_amount if amount is None else amount,
                reason=told,
                fee=fee,
                now=now,
            )

    def submit_evidence(self, dispute_id: str) -> Dispute:
        """Send evidence, as staff do with the provider: the dispute is under review.

        Args:
            dispute_id: Pay's id.

        Raises:
            LookupError: when there is no such dispute.
            DisputeRefusedError: when it does not wait for evidence.
        """
        return self._move(dispute_id, DisputeStatus.UNDER_REVIEW)

    def win(self, dispute_id: str) -> Dispute:
        """Let the council win a dispute: no money moves.

        Args:
            dispute_id: Pay's id.

        Raises:
            LookupError: when there is no such dispute.
            DisputeRefusedError: when it has ended already.
        """
        return self._move(dispute_id, DisputeStatus.WON)

    def lose(self, dispute_id: str) -> Dispute:
        """Let the council lose a dispute: amount and fee are taken from the next payout.

        Args:
            dispute_id: Pay's id.

        Raises:
            LookupError: when there is no such dispute.
            DisputeRefusedError: when it has ended already.
        """
        return self._move(dispute_id, DisputeStatus.LOST)

    def settle(self, account: "Account | None" = None, day: date | None = None) -> Payout:
        """Pay out to a council's bank account what was captured and not paid out yet.

        Refunds, lost disputes and fees are taken off. The day then shows as `settled_date` where
        the provider is Stripe. Other providers pay the gross amount and send an invoice for fees.

        Args:
            account: whose; the test account when None.
            day: the day of the payout; today in UTC when None. What moved later waits.

        Returns:
            The payout; one of 0 pence without items, which is not kept, when nothing waits.

        Raises:
            ValueError: when the day is still to come.
        """
        with self._office.open() as now:
            return settle(self._office, account=account or self._account, day=day, now=now)

    def _move(self, dispute_id: str, status: DisputeStatus) -> Dispute:
        with self._office.open() as now:
            return self._office.disputes.move(dispute_id, status, now=now)

    def _known(self, payment_id: str) -> "Payment":
        # The lock is held already; taking it again is harmless.
        with self._office.open() as now:
            try:
                return self._office.book.get(payment_id, now=now)
            except UnknownPaymentError:
                raise UnknownPaymentError(
                    "There is no payment with this id. Look at `sandbox.pay.payments`."
                ) from None
