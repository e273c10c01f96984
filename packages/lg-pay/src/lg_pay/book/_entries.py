# SPDX-License-Identifier: MIT
"""What the payment book tells of a payment: an entry, a change, a piece of news. Plain values."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from lg_core.money import Pence

__all__ = [
    "CONTRADICTED",
    "LATE_SUCCESS",
    "Begun",
    "BookState",
    "BookedPayment",
    "Change",
    "News",
]

LATE_SUCCESS: Final = "late_success"
"""The code of an entry that had ended unpaid, and whose money came after all."""
CONTRADICTED: Final = "contradicted"
"""The code of a paid entry of which GOV.UK Pay later said what cannot follow; still paid here."""


class BookState(StrEnum):
    """Where an attempt to pay stands: GOV.UK Pay's states, and three that are the book's own.

    GOV.UK Pay may add a state. An entry keeps such a word as text.
    """

    ASKING = "asking"
    """The intent is written, and GOV.UK Pay has not answered yet."""
    LOST = "lost"
    """No answer came. Nobody holds an address to pay at, so nobody can pay this attempt."""
    CREATED = "created"
    """The payer has not been to the payment pages yet."""
    STARTED = "started"
    """The payer is on the payment pages."""
    SUBMITTED = "submitted"
    """The payer has entered a card, and has not confirmed yet."""
    CAPTURABLE = "capturable"
    """Authorised, with delayed capture: waiting for you to take the money."""
    SUCCESS = "success"
    """The payer has paid. The money may still fail to come: see `CAPTURED`."""
    CAPTURED = "captured"
    """GOV.UK Pay says success, and on which day the money was taken."""
    FAILED = "failed"
    """Declined, expired or cancelled by the payer."""
    CANCELLED = "cancelled"
    """Cancelled by your service."""
    ERROR = "error"
    """The payment provider or GOV.UK Pay failed, perhaps after the payer saw success."""
    GIVEN_UP = "given_up"
    """You gave it up: nobody can ask GOV.UK Pay about it any more. See `give_up()`."""


class News(StrEnum):
    """What happened to a payment. One caller is told when it comes to light.

    That caller may fail before it acts. So each piece of news that asks for an act comes back until
    somebody says that it was taken: by `submitted()`, `heard()` or `undone()`.
    """

    PAID = "paid"
    """The payer has paid: act on it, and say `submitted()`. Until then it is in `unsubmitted()`.
    Where the state is `captured` already, no other news follows."""
    ENDED_UNPAID = "ended_unpaid"
    """It ended without money. The payer may begin again. Say `heard()`; until then mop-up tells it
    again, and it is in `unheard()`."""
    REVERSED = "reversed"
    """It was paid, and the money could not be taken after all: undo what was done, and say
    `undone()`. Until then it is in `not_undone()`."""
    CAPTURED = "captured"
    """The money of a payment that was told as paid has been taken."""


@dataclass(frozen=True, slots=True)
class BookedPayment:
    """One attempt to pay, as the book has it. No name, no e-mail address, nothing of a card.

    Attributes:
        id: the book's own name for the attempt.
        service: which of your services.
        case: your id of what is paid for; not printed.
        reference: the payment's reference; not printed.
        amount: pence.
        payment_id: GOV.UK Pay's name for the payment; None while it was not created.
        state: a `BookState`, or a word that GOV.UK Pay has added.
        code: GOV.UK Pay's code, such as `P0010`, or the book's `late_success` or `contradicted`.
        provider: such as `stripe`; None while it is not known.
        revision: one more with each write.
        asked_at: when the intent was written (UTC).
        changed_at: when it last came to another state, as far as the book knows (UTC).
        looked_at: when GOV.UK Pay was last asked (UTC).
        due_at: when mop-up will ask again (UTC); None where nothing more will come.
        paid_at: when the book learnt that it was paid (UTC).
        ended_at: when the book learnt that it had ended (UTC).
        submitted_at: when you said that it was acted on (UTC).
        reversed_at: when the book learnt that its money could not be taken after all (UTC).
        undone_at: when you said that what was done for it has been undone (UTC).
        unheard_since: since when an end without money waits to be heard (UTC); None where none is.
        given_up_reason: why you gave it up: the code that `give_up()` was told.
    """

    id: str
    service: str
    case: str = field(repr=False)
    reference: str = field(repr=False)
    amount: Pence
    state: str
    revision: int
    asked_at: datetime
    changed_at: datetime
    payment_id: str | None = None
    code: str | None = None
    provider: str | None = None
    looked_at: datetime | None = None
    due_at: datetime | None = None
    paid_at: datetime | None = None
    ended_at: datetime | None = None
    submitted_at: datetime | None = None
    reversed_at: datetime | None = None
    undone_at: datetime | None = None
    unheard_since: datetime | None = None
    given_up_reason: str | None = None

    @property
    def paid(self) -> bool:
        """Whether the payer has paid, and it was not reversed."""
        return self.state in {BookState.SUCCESS, BookState.CAPTURED}

    @property
    def ended(self) -> bool:
        """Whether the payer's journey is over, paid or not."""
        return self.ended_at is not None

    @property
    def ended_unpaid(self) -> bool:
        """Whether it is over without money, so that another attempt may be made."""
        return self.state in {
            BookState.LOST,
            BookState.FAILED,
            BookState.CANCELLED,
            BookState.ERROR,
            BookState.GIVEN_UP,
        }

    @property
    def reversed(self) -> bool:
        """Whether it was paid, and the money could not be taken after all."""
        return self.state == BookState.ERROR and self.reversed_at is not None


@dataclass(frozen=True, slots=True)
class Change:
    """What a look at a payment changed in the book.

    Attributes:
        before: the entry as it was; None where the book has no such payment.
        after: the entry as it is now; None where the book has no such payment.
        news: what this caller is told first; None where there is no news.
    """

    before: BookedPayment | None
    after: BookedPayment | None
    news: News | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """A payment that a payer may go on with, or has done with.

    Attributes:
        entry: the attempt.
        next_url: where to send the payer, once; never printed. None where it is paid already, or
            waits for something other than the payer.
        changes: what was learnt on the way, such as that an earlier attempt ended without money.
    """

    entry: BookedPayment
    next_url: str | None = field(default=None, repr=False)
    changes: tuple[Change, ...] = ()
