# SPDX-License-Identifier: MIT
"""When a card of an agreement may be charged again, and which renewals are due. Pure.

GOV.UK Pay documents three rules for a recurring payment that failed ('Recurring payments'): try
again only where `state.can_retry` says so, wait 48 hours between tries, and try 15 times in 30 days
at the most. Card schemes fine those who do not keep to them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lg_core.errors import InvalidValueError
from lg_pay.agreement import Agreement, AgreementStatus
from lg_pay.payment import Payment, PaymentStatus

__all__ = ["LONGEST_SPAN", "MOST_TRIES", "SHORTEST_WAIT", "Renewal", "renewals_due", "retry_at"]

SHORTEST_WAIT = timedelta(hours=48)
"""The least time between two tries."""

MOST_TRIES = 15
"""How often a payment may be tried within `LONGEST_SPAN`."""

LONGEST_SPAN = timedelta(days=30)
"""The time over which tries are counted."""


def retry_at(attempts: Sequence[Payment]) -> datetime | None:
    """Say when a recurring payment may be tried again.

    Args:
        attempts: the payments that were made for this one charge, in any order: the first and each
            try after it. All of one agreement.

    Returns:
        The instant (UTC) from which it may be tried again; None where it must not be: it was paid,
        one is still open, or the last says that this agreement cannot be charged again.

    Raises:
        InvalidValueError: there are no attempts, or they are of several agreements.
    """
    if not attempts:
        raise InvalidValueError(
            "attempts must hold the payment that failed.", field="attempts", code="empty"
        )
    if len({attempt.agreement_id for attempt in attempts}) > 1:
        raise InvalidValueError(
            "attempts must be payments of one agreement.", field="attempts", code="several"
        )
    if any(attempt.state.status != PaymentStatus.FAILED for attempt in attempts):
        return None
    times = sorted(attempt.created_date for attempt in attempts)
    last = max(attempts, key=lambda attempt: attempt.created_date)
    if last.state.can_retry is not True:
        return None
    earliest = times[-1] + SHORTEST_WAIT
    if len(times) < MOST_TRIES:
        return earliest
    # The fifteenth try from the end must have left the span before there is another.
    return max(earliest, times[-MOST_TRIES] + LONGEST_SPAN)


@dataclass(frozen=True, slots=True)
class Renewal:
    """A charge that an agreement is to bear.

    Attributes:
        agreement: the agreement, as GOV.UK Pay has it.
        due: the day on which it falls due (Europe/London).
        attempts: the payments made for it so far.
    """

    agreement: Agreement
    due: date
    attempts: tuple[Payment, ...] = ()


def renewals_due(renewals: Iterable[Renewal], *, now: datetime, today: date) -> list[Renewal]:
    """Choose the renewals to charge now.

    Args:
        renewals: the charges that you keep: GOV.UK Pay keeps no schedule.
        now: the present instant, with a time zone.
        today: the present day in Europe/London (`lg_core.days.london_day(now)`).

    Returns:
        Those that have fallen due, whose agreement is active, and that were not tried yet or may be
        tried again; the longest overdue first.
    """
    due = [
        renewal
        for renewal in renewals
        if renewal.due <= today
        and renewal.agreement.status == AgreementStatus.ACTIVE
        and _may_be_tried(renewal, now)
    ]
    return sorted(due, key=lambda renewal: renewal.due)


def _may_be_tried(renewal: Renewal, now: datetime) -> bool:
    if not renewal.attempts:
        return True
    at = retry_at(renewal.attempts)
    return at is not None and at <= now
