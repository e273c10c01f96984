# SPDX-License-Identifier: MIT
"""Add up what should arrive at the bank: by account, and by the day on which it was settled."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from lg_core.money import Pence
from lg_pay.dispute import Dispute, DisputeStatus
from lg_pay.payment import Payment, PaymentStatus
from lg_pay.refund import Refund, RefundStatus

__all__ = ["Expected", "NotSettled", "SettlementProblem", "SettlementTally"]

_NOTHING = Pence(0)


@dataclass(frozen=True, slots=True)
class Expected:
    """What should arrive for one account and one settled day.

    `amount` is `net + refunds + disputes`; it is below 0 where more went out than came in.

    Attributes:
        account: the account's name.
        day: the settled day.
        payments: how many payments.
        gross: what the payers paid, in pence.
        fees: what the provider kept of it, in pence.
        net: what is left: the sum of the payments' net amounts.
        refund_count: how many refunds.
        refunds: their sum, 0 or below.
        dispute_count: how many lost disputes.
        disputes: their sum, 0 or below, fees included.
    """

    account: str
    day: date
    payments: int = 0
    gross: Pence = _NOTHING
    fees: Pence = _NOTHING
    net: Pence = _NOTHING
    refund_count: int = 0
    refunds: Pence = _NOTHING
    dispute_count: int = 0
    disputes: Pence = _NOTHING

    @property
    def amount(self) -> Pence:
        """What should arrive, in pence."""
        return self.net + self.refunds + self.disputes


@dataclass(frozen=True, slots=True)
class NotSettled:
    """Money of a provider without a settled day: it cannot be matched by day.

    Stripe gives the day once the money is paid out. Worldpay gives none at all, and no fee: its
    credits are matched with its own statements and invoices.

    Attributes:
        provider: such as `worldpay`.
        payments: how many payments the payers have paid.
        gross: what they paid, in pence.
        captured: how many of them the provider has taken.
        failed_fees: what failed payments cost, in pence, 0 or above. It may be part of a residual.
    """

    provider: str
    payments: int = 0
    gross: Pence = _NOTHING
    captured: int = 0
    failed_fees: Pence = _NOTHING

    @property
    def explanation(self) -> str:
        """Why there is no day, in a sentence."""
        if self.provider == "worldpay":
            return (
                "Worldpay gives GOV.UK Pay no settled date and no fee: match its credits with "
                "Worldpay's own statement and invoice."
            )
        if self.provider == "stripe":
            return "Not paid out yet: the settled date comes with the payout."
        return "The provider has given no settled date."


class SettlementProblem(StrEnum):
    """Why something that was settled could not be added up. Names are stable."""

    NO_NET_AMOUNT = "no_net_amount"
    """It has a settled date and no net amount, so what arrived for it is not known."""
    NOT_FINAL = "not_final"
    """It has a settled date, and a status in which nothing is settled."""


class SettlementTally:
    """Adds up the payments, refunds and disputes of one account.

    Keeps sums, not payments: memory grows with the days. Give each payment, refund and dispute
    once, as the client's searches do.

    Args:
        account: the account's name, as the bank profile has it.
    """

    def __init__(self, account: str) -> None:
        self._account = account
        self._days: dict[date, Expected] = {}
        self._not_settled: dict[str, NotSettled] = {}
        self._problems: list[tuple[str, SettlementProblem]] = []
        self._open_refunds = 0
        self._open_refund_sum = _NOTHING

    @property
    def account(self) -> str:
        """The account's name."""
        return self._account

    @property
    def expected(self) -> tuple[Expected, ...]:
        """What should arrive, by day."""
        return tuple(self._days[day] for day in sorted(self._days))

    @property
    def not_settled(self) -> tuple[NotSettled, ...]:
        """What has no settled date, by provider."""
        return tuple(self._not_settled[name] for name in sorted(self._not_settled))

    @property
    def refunds_not_settled(self) -> tuple[int, Pence]:
        """How many refunds have no settled date, and their sum in pence, 0 or above."""
        return self._open_refunds, self._open_refund_sum

    @property
    def problems(self) -> tuple[tuple[str, SettlementProblem], ...]:
        """What could not be added up: the id of the payment, refund or dispute, and why."""
        return tuple(self._problems)

    def payment(self, payment: Payment) -> None:
        """Add a payment.

        Args:
            payment: the payment, as a search gives it.
        """
        summary = payment.settlement_summary
        paid = payment.total_amount if payment.total_amount is not None else payment.amount
        success = payment.state.status == PaymentStatus.SUCCESS
        if summary is None or summary.settled_date is None:
            known = self._provider(payment.payment_provider)
            if success:
                captured = summary is not None and summary.captured_date is not None
                known = replace(
                    known,
                    payments=known.payments + 1,
                    gross=known.gross + paid,
                    captured=known.captured + captured,
                )
            elif payment.net_amount is not None and payment.net_amount < 0:
                known = replace(known, failed_fees=known.failed_fees - payment.net_amount)
            if known != NotSettled(known.provider):
                self._not_settled[known.provider] = known
            return
        if payment.net_amount is None:
            self._problems.append((payment.payment_id, SettlementProblem.NO_NET_AMOUNT))
            return
        gross = paid if success or payment.net_amount >= 0 else _NOTHING
        day = self._day(summary.settled_date)
        self._days[day.day] = replace(
            day,
            payments=day.payments + 1,
            gross=day.gross + gross,
            fees=day.fees + gross - payment.net_amount,
            net=day.net + payment.net_amount,
        )

    def refund(self, refund: Refund) -> None:
        """Add a refund.

        Args:
            refund: the refund, as a search gives it.
        """
        settled = refund.settlement_summary.settled_date if refund.settlement_summary else None
        if refund.status == RefundStatus.ERROR:
            if settled is not None:
                self._problems.append((refund.refund_id, SettlementProblem.NOT_FINAL))
            return
        if settled is None:
            self._open_refunds += 1
            self._open_refund_sum += refund.amount
            return
        day = self._day(settled)
        self._days[settled] = replace(
            day, refund_count=day.refund_count + 1, refunds=day.refunds - refund.amount
        )

    def dispute(self, dispute: Dispute) -> None:
        """Add a dispute. Only a lost one, with its settled date, moves money.

        Args:
            dispute: the dispute, as a search gives it.
        """
        settled = dispute.settlement_summary.settled_date if dispute.settlement_summary else None
        if settled is None:
            return
        if dispute.status != DisputeStatus.LOST:
            self._problems.append((dispute.dispute_id, SettlementProblem.NOT_FINAL))
        elif dispute.net_amount is None:
            self._problems.append((dispute.dispute_id, SettlementProblem.NO_NET_AMOUNT))
        else:
            day = self._day(settled)
            self._days[settled] = replace(
                day,
                dispute_count=day.dispute_count + 1,
                disputes=day.disputes + dispute.net_amount,
            )

    def _day(self, day: date) -> Expected:
        return self._days.get(day) or Expected(self._account, day)

    def _provider(self, provider: str) -> NotSettled:
        return self._not_settled.get(provider) or NotSettled(provider)
