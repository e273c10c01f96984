# SPDX-License-Identifier: MIT
"""Pay one sum in several payments: plan the instalments, and say what is still to pay.

Nothing is kept here. Give the payments as they stand now, from GOV.UK Pay or from the payment
book, and the balance follows from them. GOV.UK Pay's references need not be unique (API
reference, 'Create a payment'), so all payments of one reference belong together.

What a payment counts for depends on its state (API reference, 'Payment status meanings'):

- as paid: `success`, and the payment book's `captured`
- not at all: `failed`, `cancelled`, `error`; the payment book's `lost`; the webhooks' `declined`,
  `timedout` and `expired`
- as pending: every other, such as `created`, `started`, `submitted` and `capturable`, and any
  word that GOV.UK Pay adds

`success` is not yet proof of money: a payment can still go from it to `error`. So work the
balance out anew each time, and keep the payments rather than the balance.
"""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Final

from lg_core.errors import InvalidValueError
from lg_core.money import Pence, split_evenly

__all__ = ["Balance", "Instalment", "PartPayment", "Plan", "balance", "plan_evenly"]

_PAID: Final = frozenset({"success", "captured"})
_ENDED: Final = frozenset(
    {"failed", "cancelled", "error", "lost", "declined", "timedout", "expired"}
)
_MONTHS: Final = 12


def _refuse(field: str, code: str, what: str) -> InvalidValueError:
    return InvalidValueError(what, field=field, code=code)


@dataclass(frozen=True, slots=True)
class Instalment:
    """Hold one part of a plan.

    Args:
        due: the day by which it is to be paid, in Europe/London.
        amount: pence, more than nought.

    Raises:
        InvalidValueError: the amount is nought or less.
    """

    due: date
    amount: Pence

    def __post_init__(self) -> None:
        if Pence(self.amount) <= 0:
            raise _refuse("amount", "out_of_range", "An instalment must be more than nought.")


@dataclass(frozen=True, slots=True)
class Plan:
    """Hold what is owed and when each part of it is due.

    Args:
        total: what is owed in all, in pence.
        instalments: the parts, the earliest first, no two on one day.

    Raises:
        InvalidValueError: the parts do not add up to the total, or are not in order.
    """

    total: Pence
    instalments: tuple[Instalment, ...]

    def __post_init__(self) -> None:
        if sum((each.amount for each in self.instalments), Pence(0)) != self.total:
            raise _refuse(
                "instalments",
                "wrong_total",
                "The instalments do not add up to the total. Split it with plan_evenly.",
            )
        if any(one.due >= other.due for one, other in pairwise(self.instalments)):
            raise _refuse(
                "instalments",
                "order",
                "The instalments must be in order, the earliest first, one on a day.",
            )

    def due_by(self, day: date) -> Pence:
        """Add up what is due on a day or before it.

        Args:
            day: the day, in Europe/London.

        Returns:
            The sum in pence.
        """
        return sum((each.amount for each in self.instalments if each.due <= day), Pence(0))


def plan_evenly(total: Pence, *, parts: int, first: date, every: int = 1) -> Plan:
    """Split a sum into equal parts, some months apart.

    The parts differ by at most a penny, the larger ones first, and add up to the sum. A day that
    a month does not have becomes the month's last: 31 January, 28 February, 31 March.

    Args:
        total: what is owed, in pence, at least a penny a part.
        parts: how many, 1 or more.
        first: the day on which the first is due.
        every: months from one to the next, 1 or more.

    Returns:
        The plan.

    Raises:
        InvalidValueError: a number is too small, or the last day is beyond the year 9999.
    """
    if every < 1:
        raise _refuse("every", "out_of_range", "every must be 1 month or more.")
    if total < parts:
        raise _refuse("total", "out_of_range", "total must be at least a penny for each part.")
    amounts = split_evenly(total, parts)
    if first.year + (first.month - 1 + (parts - 1) * every) // _MONTHS > date.max.year:
        raise _refuse("parts", "out_of_range", "The last instalment would be after the year 9999.")
    days = (_months_after(first, number * every) for number in range(parts))
    return Plan(total, tuple(map(Instalment, days, amounts)))


def _months_after(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, _MONTHS)
    year = first.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(first.day, last))


@dataclass(frozen=True, slots=True)
class PartPayment:
    """Hold what one payment counts for.

    Args:
        payment_id: GOV.UK Pay's id of the payment, or your own where it has none yet.
        amount: what was asked for, in pence.
        state: where the payment stands, such as `success`; capitals do not matter.
        refunded: what was given back, in pence, refunds under way included
            (`refund_summary.amount_submitted`).

    Raises:
        InvalidValueError: the amount or the refund is negative, more was refunded than paid, or
            there is a refund of a payment that was never paid.
    """

    payment_id: str = field(repr=False)
    amount: Pence
    state: str
    refunded: Pence = Pence(0)  # noqa: RUF009  # a Pence cannot be changed

    def __post_init__(self) -> None:
        if Pence(self.amount) < 0:
            raise _refuse("amount", "out_of_range", "The amount of a payment is negative.")
        if not 0 <= Pence(self.refunded) <= self.amount:
            raise _refuse(
                "refunded", "out_of_range", "refunded must be nought to the payment's amount."
            )
        if self.refunded and not self.is_paid:
            raise _refuse(
                "refunded",
                "not_paid",
                "A payment that was not paid has a refund. Read the payment again; if it stays "
                "so, ask GOV.UK Pay.",
            )

    @property
    def is_paid(self) -> bool:
        """Whether its money counts."""
        return self.state.lower() in _PAID

    @property
    def is_pending(self) -> bool:
        """Whether its money may still come. A state that is not known here may."""
        return self.state.lower() not in _PAID | _ENDED


@dataclass(frozen=True, slots=True)
class Balance:
    """Hold what is paid and what is not.

    `paid - refunded + outstanding - overpaid` is what is owed, always.

    Args:
        paid: pence of all payments that succeeded, refunds not taken off.
        refunded: pence given back.
        outstanding: pence still to pay, pending payments not taken off.
        overpaid: pence paid beyond what is owed: to refund.
        next_due: the first instalment that is not wholly paid, its amount being what is left of
            it. None without a plan, and where nothing is outstanding.
        pending: pence that payers are paying at this moment.
        pending_ids: the ids of those payments.
    """

    paid: Pence
    refunded: Pence
    outstanding: Pence
    overpaid: Pence
    next_due: Instalment | None
    pending: Pence
    pending_ids: tuple[str, ...] = field(repr=False)

    @property
    def open_to_pay(self) -> Pence:
        """What another payer may be asked for now, in pence: pending payments are taken off.

        Offer no more than this, or two people may both pay the last instalment.
        """
        return max(self.outstanding - self.pending, Pence(0))


def balance(owed: Pence | Plan, payments: Iterable[PartPayment]) -> Balance:
    """Work out what is paid and what is not.

    Args:
        owed: what is owed in all, in pence, or the plan.
        payments: every payment of the reference, as it stands now, in any order. The same
            payment twice counts once.

    Returns:
        The balance.

    Raises:
        InvalidValueError: what is owed is negative, or a payment is given in two states.
    """
    total = Pence(owed.total if isinstance(owed, Plan) else owed)
    if total < 0:
        raise _refuse("owed", "out_of_range", "What is owed must not be negative.")
    held = _once(payments)
    paid = sum((each.amount for each in held if each.is_paid), Pence(0))
    refunded = sum((each.refunded for each in held), Pence(0))
    kept = paid - refunded
    pending = [each for each in held if each.is_pending]
    return Balance(
        paid=paid,
        refunded=refunded,
        outstanding=max(total - kept, Pence(0)),
        overpaid=max(kept - total, Pence(0)),
        next_due=_next_due(owed.instalments, kept) if isinstance(owed, Plan) else None,
        pending=sum((each.amount for each in pending), Pence(0)),
        pending_ids=tuple(sorted(each.payment_id for each in pending)),
    )


def _once(payments: Iterable[PartPayment]) -> list[PartPayment]:
    held: dict[str, PartPayment] = {}
    for each in payments:
        if held.setdefault(each.payment_id, each) != each:
            raise _refuse(
                "payments",
                "contradiction",
                "One payment is given twice and not alike. Give each once, as read last.",
            )
    return list(held.values())


def _next_due(instalments: Iterable[Instalment], kept: Pence) -> Instalment | None:
    left = kept
    for each in instalments:
        if left < each.amount:
            return Instalment(each.due, each.amount - left)
        left -= each.amount
    return None
