# SPDX-License-Identifier: MIT
"""Watch the deadlines of disputes: GOV.UK Pay sends no webhook for them.

Search once a day, and give what was found to a `DisputeWatch`. It says how many working days are
left for the evidence, and what lost disputes have cost.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from lg_core.days import london_day
from lg_core.errors import InvalidValueError
from lg_core.money import Pence
from lg_core.working_days import WorkingDays
from lg_pay.dispute import Dispute, DisputeStatus

__all__ = ["DisputeReport", "DisputeWatch", "LostDispute", "OpenDispute"]

_ALARMS: Final = (5, 2, 0)


@dataclass(frozen=True, slots=True)
class OpenDispute:
    """A dispute that waits for evidence, or that has a status which is not known.

    Attributes:
        dispute_id: GOV.UK Pay's name for the dispute.
        payment_id: the payment.
        amount: pence in dispute.
        reason: one of `DisputeReason`, or another word.
        status: one of `DisputeStatus`, or another word.
        due: the London day on which evidence must be in; None where GOV.UK Pay gives none.
        days_left: working days left after today, `due` included; 0 on the last one, and below
            0 once working days have passed since.
        overdue: whether the instant has passed.
        alarm: the threshold that has been reached, such as 2; None where there is time.
    """

    dispute_id: str
    payment_id: str
    amount: Pence
    reason: str | None
    status: str
    due: date | None
    days_left: int | None
    overdue: bool
    alarm: int | None


@dataclass(frozen=True, slots=True)
class LostDispute:
    """A dispute that was lost.

    Attributes:
        dispute_id: GOV.UK Pay's name for the dispute.
        payment_id: the payment.
        amount: pence that went back to the payer.
        fee: pence that the provider keeps for it; None where it is not known yet.
        cost: pence that it cost in all; None where it is not known yet.
        settled: the day on which it was taken from a payout; None where it was not yet.
    """

    dispute_id: str
    payment_id: str
    amount: Pence
    fee: Pence | None
    cost: Pence | None
    settled: date | None


@dataclass(frozen=True, slots=True)
class DisputeReport:
    """What a look at the disputes found.

    Attributes:
        open: those that need something, the nearest deadline first.
        under_review: how many wait for the bank.
        won: how many were won.
        lost: those that were lost.
    """

    open: tuple[OpenDispute, ...]
    under_review: int
    won: int
    lost: tuple[LostDispute, ...]

    @property
    def alarms(self) -> tuple[OpenDispute, ...]:
        """The open ones that have reached a threshold."""
        return tuple(each for each in self.open if each.alarm is not None)

    @property
    def cost(self) -> Pence:
        """What the lost ones cost, as far as it is known, in pence."""
        return sum((each.cost for each in self.lost if each.cost is not None), Pence(0))


class DisputeWatch:
    """Says how long is left for the evidence of each dispute.

    Args:
        calendar: the working days of your nation.
        alarms: how many working days before the deadline somebody should hear of it. 0 is the
            day itself, and everything overdue.

    Raises:
        InvalidValueError: there is no threshold, or one is below 0.
    """

    def __init__(self, calendar: WorkingDays, *, alarms: Iterable[int] = _ALARMS) -> None:
        self._calendar = calendar
        self._alarms = tuple(sorted(set(alarms)))
        if not self._alarms or self._alarms[0] < 0:
            raise InvalidValueError(
                "alarms needs one number of working days or more, none below 0.", field="alarms"
            )

    def look(self, disputes: Iterable[Dispute], *, now: datetime) -> DisputeReport:
        """Sort disputes by what is to be done.

        Args:
            disputes: all disputes, as the client's search gives them.
            now: the instant, with a time zone.

        Returns:
            The report.

        Raises:
            InvalidValueError: a deadline is after the last day whose bank holidays are known.
            ValueError: the instant has no time zone.
        """
        today = london_day(now)
        open_: list[OpenDispute] = []
        lost: list[LostDispute] = []
        under_review = won = 0
        for dispute in disputes:
            if dispute.status == DisputeStatus.LOST:
                lost.append(_lost(dispute))
            elif dispute.status == DisputeStatus.UNDER_REVIEW:
                under_review += 1
            elif dispute.status == DisputeStatus.WON:
                won += 1
            else:
                open_.append(self._open(dispute, today=today, now=now))
        open_.sort(key=lambda each: (each.due or date.max, each.dispute_id))
        return DisputeReport(tuple(open_), under_review, won, tuple(lost))

    def _open(self, dispute: Dispute, *, today: date, now: datetime) -> OpenDispute:
        deadline = dispute.evidence_due_date
        due = london_day(deadline) if deadline is not None else None
        days_left = self._calendar.between(today, due) if due is not None else None
        overdue = deadline is not None and deadline < now
        reached = (
            each
            for each in self._alarms
            if overdue or (days_left is not None and days_left <= each)
        )
        return OpenDispute(
            dispute.dispute_id,
            dispute.payment_id,
            dispute.amount,
            dispute.reason,
            dispute.status,
            due,
            days_left,
            overdue,
            next(reached, None),
        )


def _lost(dispute: Dispute) -> LostDispute:
    if dispute.net_amount is not None:
        cost = -dispute.net_amount
    else:
        cost = dispute.amount + dispute.fee if dispute.fee is not None else None
    settled = dispute.settlement_summary.settled_date if dispute.settlement_summary else None
    return LostDispute(
        dispute.dispute_id, dispute.payment_id, dispute.amount, dispute.fee, cost, settled
    )
