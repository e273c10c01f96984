# SPDX-License-Identifier: MIT
"""A case: one resident's subscription from sent answers to paid, as a state machine. Pure.

Theory of operation. A case has at most one payment that can still take money. Before GOV.UK Pay is
asked for a payment, the case says so (`asking`), so a second request at the same time waits, and
a process that dies leaves its intent behind. A payment whose answer was lost has an address that
nobody holds, so nobody can pay it (API reference, 'Create a payment'): after a while such a case
may ask again, and the resident still pays at most once.

    new ──ask──> asking ──asked──> paying ──success──> paid
     ^             │                  │
     └──not_asked──┘                  └──ended without money──> unpaid ──ask──> asking

The confirmation is written to at most once in doubt: see `message`.
"""

import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from lg_core.errors import LgError
from lg_core.money import Pence
from lg_core.texts import Language
from lg_patterns.garden_waste.prices import Kind, Quote

__all__ = ["ASKING_LASTS", "Case", "CaseState", "NotAllowedError", "new_case", "new_reference"]

ASKING_LASTS = timedelta(minutes=3)
"""How long a request for a payment may take. After it, whoever asked is gone."""

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

    NEW = "new"
    """The answers were sent. No payment has been asked for."""
    ASKING = "asking"
    """GOV.UK Pay is being asked for a payment."""
    PAYING = "paying"
    """There is a payment that the resident can finish."""
    UNPAID = "unpaid"
    """The payment ended and no money was taken."""
    PAID = "paid"
    """The payment succeeded. Nothing more is asked of the resident."""


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
        payment_id: the payment that counts: the latest one.
        ended: why the payment before ended without money: GOV.UK Pay's code, or its status.
        asked_at: when a payment was last asked for.
        paid_on: the day on which the money was taken, in Europe/London.
        posted: whether the ledger has its line.
        counted: whether the subscription was counted.
        message: how far the confirmation has come; see `lg_patterns.garden_waste.message`.
        message_at: when its state last changed.
        notification_id: GOV.UK Notify's name for the confirmation.
    """

    id: str = field(repr=False)
    reference: str
    state: CaseState
    quote: Quote
    language: Language
    answers: dict[str, Any] = field(repr=False)
    payment_id: str | None = None
    ended: str | None = None
    asked_at: datetime | None = None
    paid_on: date | None = None
    posted: bool = False
    counted: bool = False
    message: str = "none"
    message_at: datetime | None = None
    notification_id: str | None = None

    def may_ask(self, *, now: datetime) -> bool:
        """Whether a payment may be asked for now.

        Args:
            now: the instant.
        """
        if self.state is CaseState.ASKING:
            return self.asked_at is None or now - self.asked_at >= ASKING_LASTS
        return self.state in {CaseState.NEW, CaseState.UNPAID}

    def ask(self, *, now: datetime) -> "Case":
        """Note that a payment is about to be asked for.

        Args:
            now: the instant.

        Raises:
            NotAllowedError: another request is asking, or there is a payment already.
        """
        if not self.may_ask(now=now):
            raise NotAllowedError(self.state, "ask for a payment")
        return replace(self, state=CaseState.ASKING, asked_at=now, payment_id=None, ended=None)

    def asked(self, payment_id: str) -> "Case":
        """Note that there is a payment.

        Args:
            payment_id: GOV.UK Pay's name for it.

        Raises:
            NotAllowedError: none was asked for.
        """
        self._must_be(CaseState.ASKING, "get a payment")
        return replace(self, state=CaseState.PAYING, payment_id=payment_id)

    def not_asked(self) -> "Case":
        """Note that there is no payment that anybody could pay.

        Raises:
            NotAllowedError: none was asked for.
        """
        self._must_be(CaseState.ASKING, "lose a payment")
        return replace(self, state=CaseState.NEW, asked_at=None)

    def end_unpaid(self, why: str) -> "Case":
        """Note that the payment ended and no money was taken.

        Args:
            why: GOV.UK Pay's code, or its status.

        Raises:
            NotAllowedError: there is no payment to end.
        """
        self._must_be(CaseState.PAYING, "end unpaid")
        return replace(self, state=CaseState.UNPAID, ended=why)

    def pay(self, *, on: date) -> "Case":
        """Note that the payment succeeded.

        Args:
            on: the day on which the money was taken.

        Raises:
            NotAllowedError: there is no payment to succeed.
        """
        self._must_be(CaseState.PAYING, "be paid")
        return replace(self, state=CaseState.PAID, paid_on=on)

    def change(self, *, quote: Quote, answers: dict[str, Any], language: Language) -> "Case":
        """Take changed answers, while no payment can take money.

        Args:
            quote: the new quote.
            answers: the new answers.
            language: the resident's language.

        Raises:
            NotAllowedError: a payment stands, or was made.
        """
        if self.state not in {CaseState.NEW, CaseState.UNPAID}:
            raise NotAllowedError(self.state, "be changed")
        return replace(self, quote=quote, answers=answers, language=language)

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
            "ended": self.ended,
            "asked_at": _text(self.asked_at),
            "paid_on": None if self.paid_on is None else self.paid_on.isoformat(),
            "posted": self.posted,
            "counted": self.counted,
            "message": self.message,
            "message_at": _text(self.message_at),
            "notification_id": self.notification_id,
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
            ended=data["ended"],
            asked_at=_instant(data["asked_at"]),
            paid_on=None if data["paid_on"] is None else date.fromisoformat(data["paid_on"]),
            posted=data["posted"],
            counted=data["counted"],
            message=data["message"],
            message_at=_instant(data["message_at"]),
            notification_id=data["notification_id"],
        )


def new_case(reference: str, *, quote: Quote, answers: dict[str, Any], language: Language) -> Case:
    """Begin a case, with an id that nobody can guess (256 random bits).

    Args:
        reference: its reference.
        quote: what is bought.
        answers: the answers, as JSON.
        language: the resident's language.

    Returns:
        The case, in the state new.
    """
    return Case(secrets.token_urlsafe(32), reference, CaseState.NEW, quote, language, answers)


def new_reference() -> str:
    """Make a reference that can be read out on the telephone: `GW-` and two groups of four.

    Random, so it says nothing of the case's id nor of how many there are. Whoever keeps cases must
    see that it is not taken.
    """
    letters = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return f"GW-{letters[:4]}-{letters[4:]}"


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else instant.astimezone(UTC).isoformat()


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
