# SPDX-License-Identifier: MIT
"""Take the payment of a case through the payment book, and learn what became of it.

The book sees to it that a case has one open payment at its price, whoever clicks twice. What it
cannot know stands here: that a case is one sale, whose price changes with its answers, and is paid
for once.
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
from lg_patterns.garden_waste.ledger import basket_line
from lg_patterns.garden_waste.settings import SERVICE, GardenWasteSettings
from lg_patterns.garden_waste.standing import SERVICE_NAME, Standing, Stands, standing
from lg_pay import NewPayment, PayClient, PayError, Payment, PaymentBook
from lg_pay.basket import encode
from lg_pay.book import BookedPayment, PaymentBeingOpenedError
from lg_pay.payer_messages import CANNOT_TELL

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
    """GOV.UK Pay cannot be asked now.

    Attributes:
        message: what to tell the resident; None for the usual words: nobody was charged.
    """

    message: Text | None


class Checkout:
    """Takes the payment of a case.

    Args:
        settings: the council's settings.
        pay: the client of GOV.UK Pay.
        cases: where cases are kept.
        payments: the payment book.
        now: tells the time, in UTC.
    """

    def __init__(
        self,
        settings: GardenWasteSettings,
        *,
        pay: PayClient,
        cases: CaseBook,
        payments: PaymentBook,
        now: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._pay = pay
        self._cases = cases
        self._payments = payments
        self._now = now

    def begin(self, stored: StoredCase) -> Go | See | Sorry:
        """Send the resident to pay: for the payment that stands, or for a new one.

        Args:
            stored: the case.

        Returns:
            What to do with the resident.
        """
        try:
            stored = self._cleared(stored)
            stands = self.stands(stored.case).standing
        except RecordChangedError:
            return See()  # another request changes the case
        except LgError as error:
            _log.warning("payment_not_read", exc_type=type(error).__name__)
            return Sorry(CANNOT_TELL)
        if stands in {Standing.PAID, Standing.UNCLEAR}:
            return See()
        if stored.case.state is CaseState.REVERSED and not stored.case.taken_back:
            return See()  # the page takes the line back first
        return self._open(stored, reading=stands is Standing.PAYING)

    def change(self, stored: StoredCase, changed: Case) -> StoredCase:
        """Take changed answers. A payment of the old price is cancelled first.

        Args:
            stored: the case as it stands.
            changed: a case with the new quote, answers and language.

        Returns:
            The case as it stands now. Where a payment succeeded meanwhile, or cannot be cancelled,
            it keeps what was paid for.

        Raises:
            LgError: GOV.UK Pay could not be asked about the payment that stands. The case keeps
                its old answers.
        """
        case = stored.case
        if (case.quote, case.answers) == (changed.quote, changed.answers):
            return stored
        try:
            # First the case says so, then payments are looked for: one that is opened after this
            # is given to nobody, since whoever opens it looks at the case once more.
            stored = self._cases.save(stored, case.begin_change())
            try:
                gone = self._cancel_all(stored.case)
                stored = self.settle(stored)
            except LgError:
                self._cases.save(stored, stored.case.reopen())
                raise
            if stored.case.state is CaseState.PAID:
                return stored
            after = stored.case.reopen()
            if gone:
                after = stored.case.change(
                    quote=changed.quote, answers=changed.answers, language=changed.language
                )
            return self._cases.save(stored, after)
        except (NotAllowedError, RecordChangedError):
            return self._cases.load(case.id) or stored

    def settle(self, stored: StoredCase) -> StoredCase:
        """Learn what became of the payments of a case, and note in the case that one succeeded.

        The payment of a paid case may turn out to have been reversed: that is noted likewise.
        It stands on what the book has, and not on its news: a process may have died between the
        news and the case.

        Args:
            stored: the case.

        Returns:
            The case as it stands now.

        Raises:
            LgError: GOV.UK Pay could not be asked.
        """
        if stored.case.state is CaseState.PAID:
            return self._reversed(stored)
        if stored.case.state is CaseState.REVERSED and not stored.case.taken_back:
            return stored  # first the line is taken back: see `Completion`
        seen: dict[str, Payment] = {}
        for entry in self._entries(stored.case):
            if entry.payment_id is not None and not entry.ended:
                seen[entry.payment_id] = payment = self._pay.get_payment(entry.payment_id)
                self._payments.note(payment)
        for entry in self._entries(stored.case):
            if entry.payment_id is not None and entry.paid:
                payment = seen.get(entry.payment_id) or self._pay.get_payment(entry.payment_id)
                stored = self._paid(stored, payment)
        return stored

    def stands(self, case: Case) -> Stands:
        """Say how a case stands, by what the case and the payment book know.

        Args:
            case: the case.
        """
        return standing(case, self._entries(case), now=self._now())

    # ------------------------------------------------------------------ opening

    def _cleared(self, stored: StoredCase) -> StoredCase:
        """Leave nothing beside the payment that the case is to have."""
        case = stored.case
        if case.state is CaseState.CHANGING:
            # Whoever was changing it is gone, or is told by the revision that it came too late.
            stored = self._cases.save(stored, case.reopen())
        entries = self._entries(case)
        if any(entry.paid for entry in entries):
            return self.settle(stored)
        others = [entry for entry in _open(entries) if entry.amount != case.quote.amount]
        for entry in others:
            self._payments.cancel(self._pay, entry.payment_id or "")
        return self.settle(stored) if others else stored

    def _open(self, stored: StoredCase, *, reading: bool) -> Go | See | Sorry:
        case = stored.case
        try:
            begun = self._payments.begin(
                self._pay, self._new_payment(case), service=SERVICE_NAME, case=case.id
            )
        except PaymentBeingOpenedError:
            return See()  # another request is asking
        except LgError as error:
            # Also where the outcome is unknown: only the lost answer held the address to pay at.
            # But a payment that stands may have been paid, and then it could not be read.
            _log.warning("payment_not_asked", exc_type=type(error).__name__)
            usual = CANNOT_TELL if reading else None
            return Sorry(error.payer_message if isinstance(error, PayError) else usual)
        if begun.next_url is None:
            return See()
        if not self._still_wanted(stored):
            _log.info("payment_not_wanted")
            self._withdraw(begun.entry)
            return See()
        return Go(begun.next_url)

    def _still_wanted(self, stored: StoredCase) -> bool:
        found = self._cases.load(stored.case.id)
        if found is None:
            return False
        now = found.case
        wanted = now.state is CaseState.OPEN or (now.state is CaseState.REVERSED and now.taken_back)
        return wanted and now.quote.amount == stored.case.quote.amount

    def _withdraw(self, entry: BookedPayment) -> None:
        try:
            self._payments.cancel(self._pay, entry.payment_id or "")
        except LgError as error:
            # Its address was given to nobody, so it expires by itself.
            _log.warning("payment_not_cancelled", exc_type=type(error).__name__)

    def _new_payment(self, case: Case) -> NewPayment:
        line = basket_line(case, self._settings.ledger)
        return NewPayment(
            amount=case.quote.amount,
            reference=case.reference,
            description=SERVICE.text(case.language),
            return_url=f"{self._settings.site_settings.url}/case/{case.id}",
            language=case.language,
            metadata=encode([line]),
        )

    # ------------------------------------------------------------------ what became of it

    def _entries(self, case: Case) -> tuple[BookedPayment, ...]:
        return self._payments.entries(service=SERVICE_NAME, case=case.id)

    def _cancel_all(self, case: Case) -> bool:
        """Cancel what is open, and say whether nothing can take money any more."""
        for entry in _open(self._entries(case)):
            self._payments.cancel(self._pay, entry.payment_id or "")
        # One that is being opened at this moment is withdrawn by whoever opens it.
        return all(
            entry.ended_unpaid for entry in self._entries(case) if entry.payment_id is not None
        )

    def _reversed(self, stored: StoredCase) -> StoredCase:
        """Note in a paid case that its payment was reversed, where the book says so."""
        while stored.case.state is CaseState.PAID:
            entry = self._payments.find(stored.case.payment_id or "")
            if entry is None or not entry.reversed:
                return stored
            _log.error("payment_reversed")
            try:
                return self._cases.save(stored, stored.case.reverse(on=london_day(self._now())))
            except RecordChangedError:
                found = self._cases.load(stored.case.id)
                if found is None:
                    return stored
                stored = found
        return stored

    def _paid(self, stored: StoredCase, payment: Payment) -> StoredCase:
        summary = payment.settlement_summary
        taken = summary.capture_submit_time if summary is not None else None
        day = london_day(taken or self._now())
        while stored.case.state is not CaseState.PAID:
            try:
                case = stored.case.pay(payment.payment_id, amount=payment.amount, on=day)
            except NotAllowedError:
                # The money is for answers that are no longer there: nothing is posted by a guess.
                _log.error("paid_at_another_price")
                return stored
            try:
                return self._cases.save(stored, case)
            except RecordChangedError:
                found = self._cases.load(stored.case.id)
                if found is None:
                    return stored
                stored = found
        return stored


def _open(entries: tuple[BookedPayment, ...]) -> list[BookedPayment]:
    return [entry for entry in entries if entry.payment_id is not None and not entry.ended]
