# SPDX-License-Identifier: MIT
"""Say how a case stands, from the case and from the payment book. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from lg_patterns.garden_waste.cases import Case, CaseState
from lg_pay.book import BookedPayment, BookState

__all__ = ["SERVICE_NAME", "Standing", "Stands", "standing"]

SERVICE_NAME: Final = "garden-waste"
"""The name under which the payment book keeps the payments of this service."""

_ASKING_LASTS: Final = timedelta(seconds=60)
"""After it the book lets another request ask (decision 0024): so does the page."""


class Standing(StrEnum):
    """How far a case has come, as a resident sees it."""

    NEW = "new"
    """There is no payment that anybody could pay."""
    ASKING = "asking"
    """GOV.UK Pay is being asked for a payment."""
    PAYING = "paying"
    """There is a payment that the resident can finish."""
    UNPAID = "unpaid"
    """The last payment ended and no money was taken."""
    UNCLEAR = "unclear"
    """Money may have been taken for something else than what the case says. A person must look."""
    PAID = "paid"
    """It is paid for. Nothing more is asked of the resident."""
    REVERSED = "reversed"
    """It was paid for, and the money could not be taken after all. The resident may pay again."""


@dataclass(frozen=True, slots=True)
class Stands:
    """How a case stands.

    Attributes:
        standing: how far it has come.
        ended: why the last payment ended without money: GOV.UK Pay's code, or its status.
    """

    standing: Standing
    ended: str | None = None


def standing(case: Case, entries: Sequence[BookedPayment], *, now: datetime) -> Stands:
    """Say how a case stands.

    Args:
        case: the case.
        entries: every attempt to pay for it, oldest first.
        now: the instant.

    Returns:
        How it stands.
    """
    if case.state is CaseState.PAID:
        return Stands(Standing.PAID)
    if any(entry.ended and not entry.ended_unpaid for entry in entries):
        return Stands(Standing.UNCLEAR)  # paid at another price, or an end that nobody knows
    # A lost attempt leaves no trace for the resident: nobody could have paid it.
    told = [entry for entry in entries if entry.state != BookState.LOST]
    open_ = [entry for entry in told if not entry.ended]
    if any(entry.payment_id is not None for entry in open_):
        return Stands(Standing.PAYING)
    if any(now < entry.asked_at + _ASKING_LASTS for entry in open_):
        return Stands(Standing.ASKING)
    return _not_paid(case, [entry for entry in told if entry.ended])


def _not_paid(case: Case, ended: Sequence[BookedPayment]) -> Stands:
    """Say why a case without an open payment is not paid for: by the last attempt."""
    reversed_last = not ended or ended[-1].payment_id in case.reversals
    if case.state is CaseState.REVERSED and reversed_last:
        return Stands(Standing.REVERSED)
    if ended:
        return Stands(Standing.UNPAID, ended[-1].code or ended[-1].state)
    return Stands(Standing.NEW)
