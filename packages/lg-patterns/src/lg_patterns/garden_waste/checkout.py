# SPDX-License-Identifier: MIT
"""Ask GOV.UK Pay for the payment of a case, and learn what became of it.

A resident is never asked to pay twice for one case: each step writes the case before it acts, and
names the revision that it read, so of two requests at once only one acts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from lg_core.days import london_day
from lg_core.errors import LgError
from lg_core.logs import get_logger
from lg_core.records import RecordChangedError
from lg_core.texts import Text
from lg_patterns.garden_waste.case_book import CaseBook, StoredCase
from lg_patterns.garden_waste.cases import Case, CaseState, NotAllowedError
from lg_pay import CannotCancelError, NewPayment, PayClient, PayError, Payment, PaymentStatus

__all__ = ["Checkout", "Go", "See", "Sorry"]

_log = get_logger("lg_patterns")


@dataclass(frozen=True, slots=True)
class Go:
    """Send the resident to the payment pages.

    Attributes:
        url: their address, for this resident alone; never printed.
    """

    url: str

    def __repr__(self) -> str:
        return "Go()"


@dataclass(frozen=True, slots=True)
class See:
    """Send the resident to the page of the case, which says how things stand."""


@dataclass(frozen=True, slots=True)
class Sorry:
    """GOV.UK Pay cannot be asked now, and nobody can have been charged.

    Attributes:
        message: what to tell the resident; None for the usual words.
    """

    message: Text | None


class Checkout:
    """Takes the payment of a case.

    Args:
        pay: the client of GOV.UK Pay.
        book: where cases are kept.
        return_url: makes the address that the payer comes back to.
        description: what is paid for, in the resident's language.
        now: tells the time, in UTC.
    """

    def __init__(
        self,
        pay: PayClient,
        *,
        book: CaseBook,
        return_url: Callable[[Case], str],
        description: Text,
        now: Callable[[], datetime],
    ) -> None:
        self._pay = pay
        self._book = book
        self._return_url = return_url
        self._description = description
        self._now = now

    def begin(self, stored: StoredCase) -> Go | See | Sorry:
        """Send the resident to pay: for the payment that stands, or for a new one.

        Args:
            stored: the case.

        Returns:
            What to do with the resident.
        """
        if stored.case.state is CaseState.PAYING:
            try:
                stored, payment = self._look(stored)
            except LgError as error:
                _log.warning("payment_not_read", exc_type=type(error).__name__)
                return Sorry(None)
            if stored.case.state is CaseState.PAYING and payment is not None:
                return Go(payment.next_url) if payment.next_url else See()
        if stored.case.state is CaseState.PAID:
            return See()
        try:
            stored = self._book.save(stored, stored.case.ask(now=self._now()))
        except (NotAllowedError, RecordChangedError):
            return See()  # another request is asking
        return self._ask(stored)

    def change(self, stored: StoredCase, changed: Case) -> StoredCase:
        """Take changed answers. A payment of the old price is cancelled first.

        Args:
            stored: the case as it stands.
            changed: a case with the new quote, answers and language.

        Returns:
            The case as it stands now. Where a payment succeeded meanwhile, or cannot be cancelled,
            it keeps what was paid for.

        Raises:
            LgError: GOV.UK Pay could not be asked about the payment that stands.
        """
        case = stored.case
        if (case.quote, case.answers) == (changed.quote, changed.answers):
            return stored
        if case.state is CaseState.PAYING and case.payment_id is not None:
            stored, _ = self._look(stored)
            if stored.case.state is CaseState.PAYING:
                try:
                    self._pay.cancel_payment(case.payment_id)
                except CannotCancelError:
                    _log.info("payment_not_cancelled")
                stored, _ = self._look(stored)
        try:
            return self._book.save(
                stored,
                stored.case.change(
                    quote=changed.quote, answers=changed.answers, language=changed.language
                ),
            )
        except (NotAllowedError, RecordChangedError):
            return self._book.load(case.id) or stored

    def settle(self, stored: StoredCase) -> StoredCase:
        """Learn what became of the payment that stands.

        Args:
            stored: the case.

        Returns:
            The case as it stands now.

        Raises:
            LgError: GOV.UK Pay could not be asked.
        """
        if stored.case.state is not CaseState.PAYING:
            return stored
        return self._look(stored)[0]

    def _ask(self, stored: StoredCase) -> Go | See | Sorry:
        case = stored.case
        try:
            payment = self._pay.create_payment(self._new_payment(case))
        except LgError as error:
            # Also where the outcome is unknown: only the lost answer held the address to pay at.
            _log.warning("payment_not_asked", exc_type=type(error).__name__)
            try:
                self._book.save(stored, case.not_asked())
            except RecordChangedError:
                return See()  # this took so long that another request asked
            return Sorry(error.payer_message if isinstance(error, PayError) else None)
        try:
            self._book.save(stored, case.asked(payment.payment_id))
        except RecordChangedError:
            return See()  # this took so long that another request asked: its payment counts
        return Go(payment.next_url) if payment.next_url else See()

    def _new_payment(self, case: Case) -> NewPayment:
        return NewPayment(
            amount=case.quote.amount,
            reference=case.reference,
            description=self._description.text(case.language),
            return_url=self._return_url(case),
            language=case.language,
        )

    def _look(self, stored: StoredCase) -> tuple[StoredCase, Payment | None]:
        case = stored.case
        if case.payment_id is None:
            raise NotAllowedError(case.state, "be looked up")
        payment = self._pay.get_payment(case.payment_id)
        after = _after(case, payment, now=self._now())
        if after is case:
            return stored, payment
        try:
            return self._book.save(stored, after), payment
        except RecordChangedError:
            return self._book.load(case.id) or stored, None


def _after(case: Case, payment: Payment, *, now: datetime) -> Case:
    state = payment.state
    if state.status == PaymentStatus.SUCCESS:
        summary = payment.settlement_summary
        taken = summary.capture_submit_time if summary is not None else None
        return case.pay(on=london_day(taken or now))
    if state.finished:
        return case.end_unpaid(state.code or state.status)
    return case
