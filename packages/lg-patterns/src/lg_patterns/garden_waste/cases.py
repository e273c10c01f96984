# SPDX-License-Identifier: MIT
"""A case: one resident's subscription from sent answers to paid, as a state machine. Pure.

Theory of operation. The payment book knows every attempt to pay, and keeps one open for a case and
a price (lg-pay, decision 0024). The case keeps what the book does not know: what is sold, at which
price, whether it was paid for, and what was done since. A new price is another payment, so while
answers change no payment may be opened: the case says `changing`, what is open is cancelled, and
only then the answers are taken.

    open ──begin_change──> changing ──change──> open, at the new price
      │                       ├──reopen──────> open, at the old one
      └────────pay────────────┴──pay─────────> paid ──reverse──> reversed
                                                ^                    │
                                                └───pay, once the ───┘
                                                    line is taken back

A success is no proof of money: a capture may fail after the resident saw it. The case is then
reversed. The line that finance has is taken back before the case may be paid for again, so that the
ledger never holds one line for two payments, nor two for one.

Whoever opens a payment looks at the case afterwards. Where it is no longer open, or has another
price, the payment's address goes to nobody. The confirmation stands in the outbox of lg-notify
once it was written down there, and what becomes of it is known there alone.
"""

import secrets
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any, Self

from lg_core.errors import LgError
from lg_core.money import Pence
from lg_core.texts import Language
from lg_patterns.garden_waste.prices import Kind, Quote

__all__ = ["Case", "CaseState", "NotAllowedError", "new_case", "new_reference"]

_LETTERS = "BCDFGHJKMPQRTVWXY2346789"  # no vowels, and nothing that looks like another


class NotAllowedError(LgError):
    """The case is in a state in which this must not happen.

    Args:
        state: the state that it is in.
        step: what was tried.
    """

    def __init__(self, state: "CaseState", step: str) -> None:
        super().__init__(f"A case that is {state} cannot {step}. Load it again and look.")
        self.state = state
        self.step = step

    def __reduce__(self) -> tuple[type["NotAllowedError"], tuple["CaseState", str]]:
        return type(self), (self.state, self.step)


class CaseState(StrEnum):
    """How far a case has come."""

    OPEN = "open"
    """The answers were sent. The payment book says how far their payment has come."""
    CHANGING = "changing"
    """Other answers were sent, and payments at the old price are being cancelled."""
    PAID = "paid"
    """The payment succeeded. Nothing more is asked of the resident."""
    REVERSED = "reversed"
    """The payment had succeeded, and its money could not be taken after all."""


@dataclass(frozen=True, slots=True)
class Case:
    """One resident's subscription. Its `repr` shows nothing personal.

    Attributes:
        id: an unguessable name, which stands in the address of its page.
        reference: what the resident, GOV.UK Pay and finance call it, such as `GW-7K2M-Q4XT`.
        state: how far it has come.
        quote: what was bought, and its price.
        language: the resident's language.
        answers: the answers, as JSON.
        payment_id: the payment that paid for it, or had; None until then.
        paid_on: the day on which the money was taken, in Europe/London.
        posted: whether the ledger has its line.
        counted: whether the subscription was counted.
        confirmation: the outbox's reference of the confirmation, once it is there.
        reversals: the payments that paid for it and were reversed, oldest first.
        reversed_on: the day on which the last of them was found to be, in Europe/London.
        taken_back: whether the ledger has the line that takes the last one back.
        reported: whether the payment book knows that staff must undo what a program cannot.
    """

    id: str = field(repr=False)
    reference: str
    state: CaseState
    quote: Quote
    language: Language
    answers: dict[str, Any] = field(repr=False)
    payment_id: str | None = None
    paid_on: date | None = None
    posted: bool = False
    counted: bool = False
    confirmation: str | None = None
    reversals: tuple[str, ...] = ()
    reversed_on: date | None = None
    taken_back: bool = False
    reported: bool = False

    @property
    def paid_again(self) -> bool:
        """Whether its payment was reversed once, and its money came after all."""
        return self.state is CaseState.PAID and self.payment_id in self.reversals

    @property
    def done(self) -> bool:
        """Whether all that follows a payment was done: nothing is left for a later visit."""
        written = self.confirmation is not None
        return self.state is CaseState.PAID and self.posted and self.counted and written

    def begin_change(self) -> "Case":
        """Note that the answers are about to change, so that no payment may be opened.

        Raises:
            NotAllowedError: the case is or was paid for.
        """
        if self.state in {CaseState.PAID, CaseState.REVERSED}:
            raise NotAllowedError(self.state, "be changed")
        return replace(self, state=CaseState.CHANGING)

    def change(self, *, quote: Quote, answers: dict[str, Any], language: Language) -> "Case":
        """Take changed answers, once no payment at the old price can take money.

        Args:
            quote: the new quote.
            answers: the new answers.
            language: the resident's language.

        Raises:
            NotAllowedError: the case is not changing.
        """
        self._must_be(CaseState.CHANGING, "be changed")
        return replace(self, state=CaseState.OPEN, quote=quote, answers=answers, language=language)

    def reopen(self) -> "Case":
        """Keep the old answers: a payment at the old price could not be cancelled.

        Raises:
            NotAllowedError: the case is not changing.
        """
        self._must_be(CaseState.CHANGING, "be opened again")
        return replace(self, state=CaseState.OPEN)

    def pay(self, payment_id: str, *, amount: Pence, on: date) -> "Case":
        """Note that a payment succeeded.

        Args:
            payment_id: GOV.UK Pay's name for it.
            amount: pence that were paid.
            on: the day on which the money was taken.

        Raises:
            NotAllowedError: it is paid for already, or at another price, or the line of a payment
                that was reversed is still in the ledger.
        """
        if self.state is CaseState.PAID:
            raise NotAllowedError(self.state, "be paid again")
        if self.state is CaseState.REVERSED and not self.taken_back:
            raise NotAllowedError(self.state, "be paid before its line is taken back")
        if amount != self.quote.amount:
            raise NotAllowedError(self.state, "be paid at another price")
        return replace(
            self,
            state=CaseState.PAID,
            payment_id=payment_id,
            paid_on=on,
            posted=False,
            taken_back=False,
            reported=False,
            confirmation=None,
        )

    def reverse(self, *, on: date) -> "Case":
        """Note that the money of its payment could not be taken after all.

        Args:
            on: the day on which that was found, in Europe/London.

        Raises:
            NotAllowedError: it is not paid for.
        """
        self._must_be(CaseState.PAID, "be reversed")
        return replace(
            self,
            state=CaseState.REVERSED,
            reversals=(*self.reversals, self.payment_id or ""),
            reversed_on=on,
            taken_back=False,
            reported=False,
        )

    def _must_be(self, state: CaseState, step: str) -> None:
        if self.state is not state:
            raise NotAllowedError(self.state, step)

    def to_data(self) -> dict[str, Any]:
        """Return the case as JSON, without its id, which is the record's key."""
        quote = self.quote
        return {
            "reference": self.reference,
            "state": self.state,
            "kind": quote.kind,
            "bins": quote.bins,
            "starts": quote.starts.isoformat(),
            "ends": quote.ends.isoformat(),
            "amount": int(quote.amount),
            "prices_from": quote.prices_from.isoformat(),
            "language": self.language,
            "answers": self.answers,
            "payment_id": self.payment_id,
            "paid_on": None if self.paid_on is None else self.paid_on.isoformat(),
            "posted": self.posted,
            "counted": self.counted,
            "confirmation": self.confirmation,
            "reversals": list(self.reversals),
            "reversed_on": None if self.reversed_on is None else self.reversed_on.isoformat(),
            "taken_back": self.taken_back,
            "reported": self.reported,
        }

    @classmethod
    def from_data(cls, case_id: str, data: dict[str, Any]) -> Self:
        """Read a case from its record.

        Args:
            case_id: the record's key.
            data: what `to_data` made.
        """
        quote = Quote(
            Kind(data["kind"]),
            data["bins"],
            date.fromisoformat(data["starts"]),
            date.fromisoformat(data["ends"]),
            Pence(data["amount"]),
            date.fromisoformat(data["prices_from"]),
        )
        return cls(
            id=case_id,
            reference=data["reference"],
            state=CaseState(data["state"]),
            quote=quote,
            language=Language(data["language"]),
            answers=data["answers"],
            payment_id=data["payment_id"],
            paid_on=_day(data["paid_on"]),
            posted=data["posted"],
            counted=data["counted"],
            # A case that was kept by an earlier release has none of these.
            confirmation=data["confirmation"] if "confirmation" in data else _written_before(data),
            reversals=tuple(data.get("reversals", ())),
            reversed_on=_day(data.get("reversed_on")),
            taken_back=data.get("taken_back", False),
            reported=data.get("reported", False),
        )


def new_case(reference: str, *, quote: Quote, answers: dict[str, Any], language: Language) -> Case:
    """Begin a case, with an id that nobody can guess (256 random bits).

    Args:
        reference: its reference.
        quote: what is bought.
        answers: the answers, as JSON.
        language: the resident's language.

    Returns:
        The case, open.
    """
    return Case(secrets.token_urlsafe(32), reference, CaseState.OPEN, quote, language, answers)


def new_reference() -> str:
    """Make a reference that can be read out on the telephone: `GW-` and two groups of four.

    Random, so it says nothing of the case's id nor of how many there are. Whoever keeps cases must
    see that it is not taken.
    """
    letters = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return f"GW-{letters[:4]}-{letters[4:]}"


def _written_before(data: dict[str, Any]) -> str | None:
    """Say that an earlier release wrote the confirmation, or may have: it is not written again."""
    return None if data.get("message", "none") == "none" else "before-the-outbox"


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
