# SPDX-License-Identifier: MIT
"""Decide what became of a refund whose answer was lost, from what GOV.UK Pay says afterwards. Pure.

GOV.UK Pay has no idempotency key for refunds, and does not say who asked for one. What it says is
how much can be refunded now, at once, and which refunds there are, some moments later.

A refund is taken for the caller's when what can be refunded fell by exactly its amount, the list of
refunds accounts for all that has been refunded, and one refund alone was made since the call began:
of that amount, and not failed. A refund of the same amount that somebody else made within those
seconds cannot be told apart; GOV.UK Pay's lock makes sure that only one of the two was made.
Whatever does not fit exactly stays unknown, a clock that is wrong included.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lg_core.money import Pence
from lg_pay.payment import Payment
from lg_pay.refund import Refund, Refunds, RefundStatus

__all__ = ["RefundFinding", "RefundOutcome", "refund_outcome"]


class RefundOutcome(StrEnum):
    """What became of a refund whose answer was lost."""

    MADE = "made"
    """It was made."""
    NOT_YET = "not_yet"
    """Nothing has been refunded. The call may still arrive; the lock makes a repeat safe."""
    UNKNOWN = "unknown"
    """What GOV.UK Pay says fits neither, or more than one thing."""


@dataclass(frozen=True, slots=True)
class RefundFinding:
    """What became of a refund.

    Attributes:
        outcome: what became of it.
        refund: the refund, where it was made.
    """

    outcome: RefundOutcome
    refund: Refund | None = None


_UNKNOWN = RefundFinding(RefundOutcome.UNKNOWN)


def refund_outcome(
    payment: Payment, refunds: Refunds, *, amount: Pence, available: Pence, since: datetime
) -> RefundFinding:
    """Decide what became of a refund.

    Args:
        payment: the payment, read after the call.
        refunds: its refunds, read after that.
        amount: pence that were to be paid back.
        available: the pence that could be refunded when the caller looked.
        since: when the call began.

    Returns:
        What became of it, with the refund where it was made.
    """
    now = payment.refund_summary.amount_available if payment.refund_summary else None
    if now is None:
        return _UNKNOWN
    # GOV.UK Pay writes whole milliseconds, so a refund can seem to be made just before the call.
    begun = since.replace(microsecond=since.microsecond // 1_000 * 1_000)
    lately = _made_since(refunds, since) or _made_since(refunds, begun)
    if now == available:
        # A refund that was made while an older one failed leaves the amount as it was.
        return _UNKNOWN if lately else RefundFinding(RefundOutcome.NOT_YET)
    standing = [each for each in refunds.refunds if each.status != RefundStatus.ERROR]
    paid = payment.amount if payment.total_amount is None else payment.total_amount
    listed_whole = sum((each.amount for each in standing), Pence(0)) == paid - now
    if now != available - amount or not listed_whole or len(lately) != 1:
        return _UNKNOWN
    (newest,) = lately
    mine = newest.amount == amount and newest.status != RefundStatus.ERROR
    return RefundFinding(RefundOutcome.MADE, newest) if mine else _UNKNOWN


def _made_since(refunds: Refunds, instant: datetime) -> list[Refund]:
    return [each for each in refunds.refunds if each.created_date >= instant]
