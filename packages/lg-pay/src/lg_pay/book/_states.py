# SPDX-License-Identifier: MIT
"""How an entry follows what GOV.UK Pay says of its payment. Pure: a table, and what reads it.

The theory. A payment goes created, started, submitted, perhaps capturable, and ends as a success,
failed, cancelled or in error (API reference, 'Payment status meanings'). What GOV.UK Pay said may
reach the book late, twice and in any order. So:

- of two unfinished states the one further on counts, and no unfinished state follows an end;
- an end is left only for another end, on the ways that GOV.UK Pay's own code has or that money
  proves. A success becomes an error where the capture failed (connector's transition table). What
  had ended unpaid is paid only where the settlement summary shows the capture: after failed and
  cancelled that it was asked for, after an error that it was made, since a capture that fails was
  asked for too;
- what was given up has no proof on its side: any success is money for it, and its own end is
  taken over without a word;
- everything else that contradicts a paid entry is noted as a code, and changes nothing.

Nothing may stand in this file that reads a clock, a table or a network.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING

from lg_pay.book._entries import CONTRADICTED, LATE_SUCCESS, BookedPayment, BookState, News
from lg_pay.book.errors import CannotGiveUpError, PaymentMismatchError

if TYPE_CHECKING:
    from lg_pay.payment import Payment

__all__ = ["LEASE", "apply", "given_up", "look_again_at", "opened"]

LEASE = timedelta(seconds=60)
"""How long an attempt that asks GOV.UK Pay is left alone by others."""

_FIRST_LOOK = timedelta(minutes=15)
_LONGEST_REST = timedelta(days=1)
_NO_CAPTURE_AFTER = timedelta(days=30)
_LONGEST_WORD = 32


class _Stage(Enum):
    """What an entry, or what is said of it, amounts to."""

    OPEN = auto()
    SUCCESS = auto()
    CAPTURE_ASKED = auto()
    CAPTURED = auto()
    UNPAID = auto()
    ERROR = auto()
    UNKNOWN_END = auto()
    GIVEN_UP = auto()


@dataclass(frozen=True, slots=True)
class _Way:
    """What follows when something is said of an entry.

    Attributes:
        news: what is told.
        code: the book's own code, where it notes one.
        stays: whether the entry keeps its state.
    """

    news: News | None = None
    code: str | None = None
    stays: bool = False


_PAID, _ENDED = _Way(News.PAID), _Way(News.ENDED_UNPAID)
_LATE = _Way(News.PAID, LATE_SUCCESS)
_NOTED = _Way(code=CONTRADICTED, stays=True)
_STANDS = _Way(News.CAPTURED, LATE_SUCCESS)
"""The money of a reversal that nobody has undone came after all: what was done for it stands."""

_TABLE: dict[tuple[_Stage, _Stage], _Way] = {
    (_Stage.OPEN, _Stage.SUCCESS): _PAID,
    (_Stage.OPEN, _Stage.CAPTURE_ASKED): _PAID,
    (_Stage.OPEN, _Stage.CAPTURED): _PAID,
    (_Stage.OPEN, _Stage.UNPAID): _ENDED,
    (_Stage.OPEN, _Stage.ERROR): _ENDED,
    (_Stage.OPEN, _Stage.UNKNOWN_END): _Way(),
    (_Stage.SUCCESS, _Stage.CAPTURED): _Way(News.CAPTURED),
    # connector code, transition table: CAPTURE APPROVED -> CAPTURE ERROR, after a success.
    (_Stage.SUCCESS, _Stage.ERROR): _Way(News.REVERSED),
    (_Stage.SUCCESS, _Stage.UNPAID): _NOTED,
    (_Stage.SUCCESS, _Stage.UNKNOWN_END): _NOTED,
    (_Stage.CAPTURED, _Stage.ERROR): _NOTED,
    (_Stage.CAPTURED, _Stage.UNPAID): _NOTED,
    (_Stage.CAPTURED, _Stage.UNKNOWN_END): _NOTED,
    (_Stage.UNPAID, _Stage.CAPTURE_ASKED): _LATE,
    (_Stage.UNPAID, _Stage.CAPTURED): _LATE,
    (_Stage.ERROR, _Stage.CAPTURED): _LATE,
    (_Stage.UNKNOWN_END, _Stage.SUCCESS): _PAID,
    (_Stage.UNKNOWN_END, _Stage.CAPTURE_ASKED): _PAID,
    (_Stage.UNKNOWN_END, _Stage.CAPTURED): _PAID,
    (_Stage.UNKNOWN_END, _Stage.UNPAID): _ENDED,
    (_Stage.UNKNOWN_END, _Stage.ERROR): _ENDED,
    (_Stage.GIVEN_UP, _Stage.SUCCESS): _LATE,
    (_Stage.GIVEN_UP, _Stage.CAPTURE_ASKED): _LATE,
    (_Stage.GIVEN_UP, _Stage.CAPTURED): _LATE,
    (_Stage.GIVEN_UP, _Stage.UNPAID): _Way(),
    (_Stage.GIVEN_UP, _Stage.ERROR): _Way(),
    (_Stage.GIVEN_UP, _Stage.UNKNOWN_END): _Way(),
}
"""What is said that is not here says nothing new, or is older than what the book knows."""

_HOW_FAR: dict[BookState | None, int] = {
    BookState.ASKING: -1,
    BookState.CREATED: 0,
    BookState.STARTED: 1,
    BookState.SUBMITTED: 2,
    BookState.CAPTURABLE: 3,
}
_ENDS: dict[BookState | None, _Stage] = {
    BookState.SUCCESS: _Stage.SUCCESS,
    BookState.CAPTURED: _Stage.CAPTURED,
    BookState.FAILED: _Stage.UNPAID,
    BookState.CANCELLED: _Stage.UNPAID,
    BookState.ERROR: _Stage.ERROR,
    BookState.GIVEN_UP: _Stage.GIVEN_UP,
}
_WORDS = {state.value: state for state in BookState}
_OURS = {BookState.ASKING, BookState.LOST, BookState.CAPTURED, BookState.GIVEN_UP}


def opened(entry: BookedPayment, payment: "Payment", *, now: datetime) -> BookedPayment:
    """Give an attempt that asked the payment that GOV.UK Pay made for it.

    Args:
        entry: the attempt, asking.
        payment: GOV.UK Pay's answer to `create_payment`.
        now: when.

    Returns:
        The entry as it is then.

    Raises:
        PaymentMismatchError: the payment is of another amount or reference than was asked for.
    """
    made = replace(entry, payment_id=payment.payment_id)
    return apply(made, payment, now=now)[0]


def apply(
    entry: BookedPayment, payment: "Payment", *, now: datetime
) -> tuple[BookedPayment, News | None]:
    """Let an entry follow what GOV.UK Pay says of its payment.

    Args:
        entry: the entry as the book has it.
        payment: the payment as GOV.UK Pay has it, or had it.
        now: when it is noted.

    Returns:
        The entry as it is then, one revision on, and the news.

    Raises:
        PaymentMismatchError: it is another payment.
    """
    _check(entry, payment)
    stage, said = _stage(entry), _said(payment)
    seen = replace(
        entry,
        looked_at=now,
        provider=_short(payment.payment_provider),
        revision=entry.revision + 1,
    )
    way = _TABLE.get((stage, said))
    if way is _LATE and _act_stands(entry):
        way = _STANDS
    if stage is said is _Stage.OPEN and _is_further(_status(payment), entry.state):
        way = _Way()
    if way is None:
        return _resting(seen, now), None
    if way.stays:
        return _resting(replace(seen, code=way.code), now), None
    return _resting(_moved(seen, payment, said=said, way=way, now=now), now), way.news


def given_up(entry: BookedPayment, *, reason: str, now: datetime) -> BookedPayment:
    """Give up an open payment.

    Args:
        entry: the entry, open.
        reason: why, as a code.
        now: when.

    Returns:
        The entry as it is then, one revision on.

    Raises:
        CannotGiveUpError: it has ended.
    """
    if entry.ended:
        raise CannotGiveUpError(paid=not entry.ended_unpaid)
    return replace(
        entry,
        state=BookState.GIVEN_UP.value,
        code=None,
        given_up_reason=reason,
        revision=entry.revision + 1,
        changed_at=now,
        ended_at=now,
        due_at=None,
        unheard_since=now,
    )


def look_again_at(entry: BookedPayment, *, now: datetime) -> datetime | None:
    """Say when mop-up is to ask for a payment again.

    First 15 minutes after the payer was sent to pay, then again and again: each time after a third
    of the attempt's age, so that one that is hours old is not asked for every few minutes, and at
    least once a day. What ended unpaid, and what was captured, is asked for no more; a success is,
    until it shows the day of its capture or 30 days have passed.

    Args:
        entry: the entry.
        now: the present.

    Returns:
        When, or None for never.
    """
    age = now - entry.asked_at
    if entry.payment_id is None or entry.ended_unpaid or entry.state == BookState.CAPTURED:
        return None
    if entry.state == BookState.SUCCESS and age > _NO_CAPTURE_AFTER:
        return None
    return now + min(max(_FIRST_LOOK, age / 3), _LONGEST_REST)


def _check(entry: BookedPayment, payment: "Payment") -> None:
    if payment.payment_id != entry.payment_id:
        raise PaymentMismatchError("payment_id")
    if payment.amount != entry.amount:
        raise PaymentMismatchError("amount")
    if payment.reference != entry.reference:
        raise PaymentMismatchError("reference")


def _stage(entry: BookedPayment) -> _Stage:
    known = _ENDS.get(_word(entry.state))
    if known is not None:
        return known
    return _Stage.UNKNOWN_END if entry.ended else _Stage.OPEN


def _said(payment: "Payment") -> _Stage:
    stage = _ENDS.get(_word(_status(payment)))
    if stage is _Stage.SUCCESS:
        when = payment.settlement_summary
        if when is not None and when.captured_date is not None:
            return _Stage.CAPTURED
        if when is not None and when.capture_submit_time is not None:
            return _Stage.CAPTURE_ASKED
    if stage is None:
        return _Stage.UNKNOWN_END if payment.state.finished else _Stage.OPEN
    return stage


def _word(text: str) -> BookState | None:
    return _WORDS.get(text)


def _short(text: str | None) -> str | None:
    return None if text is None else text[:_LONGEST_WORD]


def _status(payment: "Payment") -> str:
    """GOV.UK Pay's word, marked where it has come to use one of the book's own."""
    status = payment.state.status[:_LONGEST_WORD]
    return f"pay:{status}" if status in _OURS else status


def _is_further(said: str, known: str) -> bool:
    """Say whether one unfinished state lies beyond another; a word we do not know may."""
    if said == known:
        return False
    further, so_far = _HOW_FAR.get(_word(said)), _HOW_FAR.get(_word(known))
    return further is None or so_far is None or further > so_far


def _moved(
    entry: BookedPayment, payment: "Payment", *, said: _Stage, way: _Way, now: datetime
) -> BookedPayment:
    paid = way.news is News.PAID
    unheard = None if paid else entry.unheard_since
    own = entry.code if entry.code in {LATE_SUCCESS, CONTRADICTED} else None
    return replace(
        entry,
        state=BookState.CAPTURED.value if said is _Stage.CAPTURED else _status(payment),
        code=way.code or _short(payment.state.code) or own,
        changed_at=now,
        ended_at=None if said is _Stage.OPEN else now,
        paid_at=now if paid else entry.paid_at,
        # What was acted on before a reversal has been undone: this money is to be acted on anew.
        submitted_at=None if paid else entry.submitted_at,
        reversed_at=now if way.news is News.REVERSED else entry.reversed_at,
        # Money that is to be acted on anew leaves nothing of the reversal to be undone.
        undone_at=now if paid and entry.reversed and entry.undone_at is None else entry.undone_at,
        unheard_since=now if way.news is News.ENDED_UNPAID else unheard,
    )


def _act_stands(entry: BookedPayment) -> bool:
    """Say whether something was done for a payment that was reversed, and nobody has undone it."""
    return entry.reversed and entry.submitted_at is not None and entry.undone_at is None


def _resting(entry: BookedPayment, now: datetime) -> BookedPayment:
    return replace(entry, due_at=look_again_at(entry, now=now))
