# SPDX-License-Identifier: MIT
"""What follows a payment: the ledger line, the count, the confirmation; each once.

Where the money could not be taken after all, the line is taken back, once.

Each step is noted in the case, so that a process which dies in between leaves the rest to the next
visit. The confirmation is written into the outbox, which sends it once, whatever dies when, and
tries again where GOV.UK Notify does not answer: at this visit, at the next one, or from mop-up.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from lg_core.days import format_day
from lg_core.logs import get_logger
from lg_core.money import format_pounds
from lg_core.records import RecordChangedError
from lg_core.telemetry import Outcome
from lg_notify import Email
from lg_notify.outbox import Dispatcher, MessageState, Outbox
from lg_patterns.counting import COMPONENT, GARDEN_WASTE_PAID
from lg_patterns.garden_waste.case_book import CaseBook, StoredCase
from lg_patterns.garden_waste.cases import Case, CaseState
from lg_patterns.garden_waste.ledger import (
    Ledger,
    LedgerLine,
    LineKind,
    line_for,
    reversal_of,
)
from lg_patterns.garden_waste.questions import GardenWasteAnswers
from lg_patterns.garden_waste.settings import SERVICE, GardenWasteSettings
from lg_pay import PaymentBook

__all__ = ["Completion"]

_log = get_logger("lg_patterns")

_TO_BE_SENT: Final = frozenset({MessageState.WAITING, MessageState.SENDING})
_IS_SENT: Final = frozenset({MessageState.SENT, MessageState.DELIVERED})


class Completion:
    """Does what follows a payment.

    Args:
        settings: the council's settings.
        outbox: takes the confirmation.
        dispatcher: sends what the outbox has.
        ledger: takes the line for finance.
        cases: where cases are kept.
        payments: the payment book.
        live: whether real payments are taken; a test is counted as a test.
    """

    def __init__(
        self,
        settings: GardenWasteSettings,
        *,
        outbox: Outbox,
        dispatcher: Dispatcher,
        ledger: Ledger,
        cases: CaseBook,
        payments: PaymentBook,
        live: bool,
    ) -> None:
        self._settings = settings
        self._outbox = outbox
        self._dispatcher = dispatcher
        self._ledger = ledger
        self._cases = cases
        self._payments = payments
        self._live = live

    def complete(self, stored: StoredCase) -> StoredCase:
        """Do what is left to do for a case that is paid or reversed; nothing for any other.

        Args:
            stored: the case.

        Returns:
            The case as it stands now.
        """
        for step in self._steps(stored.case.state):
            try:
                stored = step(stored)
            except RecordChangedError:
                # Another visit is at work on the same case, and does what is left.
                return self._cases.load(stored.case.id) or stored
            except Exception as error:  # noqa: BLE001 -- the council's own ledger may raise anything
                # The resident has paid: the page says so, and the next visit tries the step again.
                _log.error("step_after_payment_failed", exc_info=error, operation=step.__name__)
        return stored

    def _steps(self, state: CaseState) -> tuple[Callable[[StoredCase], StoredCase], ...]:
        if state is CaseState.PAID:
            return self._post, self._count, self._confirm, self._submit, self._send
        if state is CaseState.REVERSED:
            # The first line may be there without a note of it, so it is posted before it is taken
            # back: the ledger takes it as the one that it has.
            return self._post, self._call_off, self._take_back, self._report
        return ()

    def _post(self, stored: StoredCase) -> StoredCase:
        line = None if stored.case.posted else self._line(stored.case)
        if line is None:
            return stored
        # First the line, then the note: the ledger takes a second line of one key as the first.
        self._ledger.post(line)
        return self._cases.save(stored, replace(stored.case, posted=True))

    def _call_off(self, stored: StoredCase) -> StoredCase:
        """Call the confirmation off, where it still waits: the money did not come."""
        if not stored.case.taken_back:
            # By the case, since a process may have died before it noted the message.
            self._outbox.stop(case=stored.case.reference)
        return stored

    def _take_back(self, stored: StoredCase) -> StoredCase:
        case = stored.case
        line = None if case.taken_back else self._line(case)
        if line is None or case.reversed_on is None:
            return stored
        self._ledger.post(reversal_of(line, day=case.reversed_on))  # as above
        return self._cases.save(stored, replace(case, taken_back=True))

    def _report(self, stored: StoredCase) -> StoredCase:
        """Let the book report the payment to staff, who alone can stop the collections.

        The two marks are one write: the case was acted on, whoever has said that nobody had, and
        what a program can undo is undone.
        """
        case = stored.case
        if case.reported or not case.taken_back or case.payment_id is None:
            return stored
        if self._payments.find(case.payment_id) is not None:
            with self._payments.store.begin() as connection:
                self._payments.submitted(case.payment_id, connection=connection)
                self._payments.undone(case.payment_id, partly=True, connection=connection)
        return self._cases.save(stored, replace(case, reported=True))

    def _line(self, case: Case) -> LedgerLine | None:
        ledger = self._settings.ledger
        if case.payment_id is None or case.paid_on is None:
            return None
        line = line_for(
            case.quote.amount,
            day=case.paid_on,
            payment_id=case.payment_id,
            reference=case.reference,
            description=SERVICE.en,
            fund=ledger.fund,
            cost_centre=ledger.cost_centre,
            gl_code=ledger.gl_code,
            vat_code=ledger.vat_code,
            vat_rate=ledger.vat_percent,
        )
        return replace(line, kind=LineKind.PAID_AGAIN) if case.paid_again else line

    def _count(self, stored: StoredCase) -> StoredCase:
        if stored.case.counted:
            return stored
        # First the note, then the count: a use may be missed, and is never counted twice.
        stored = self._cases.save(stored, replace(stored.case, counted=True))
        COMPONENT.count(GARDEN_WASTE_PAID, outcome=Outcome.OK, live=self._live)
        return stored

    def _confirm(self, stored: StoredCase) -> StoredCase:
        case = stored.case
        if case.confirmation is not None:
            return stored
        # First the outbox, then the note: the outbox takes the same message as the one that it has.
        queued = self._outbox.enqueue(
            self._email(case),
            case=case.reference,
            period=_time_of(case),
            council=self._settings.council.code,
        )
        return self._cases.save(stored, replace(case, confirmation=queued.reference))

    def _submit(self, stored: StoredCase) -> StoredCase:
        """Tell the book that all was done: until then mop-up tries again, and reports it."""
        case = stored.case
        if case.done and case.payment_id is not None:
            entry = self._payments.find(case.payment_id)
            if entry is not None and entry.submitted_at is None:
                self._payments.submitted(case.payment_id)
        return stored

    def _send(self, stored: StoredCase) -> StoredCase:
        """Send the confirmation now, where nothing keeps it: else it goes when its turn comes."""
        if self._state(stored.case) in _TO_BE_SENT:
            # Few, since the resident waits for the page: one to look for it, and one to send it.
            self._dispatcher.run_once(limit=2)
        return stored

    def has_written(self, case: Case) -> bool:
        """Say whether GOV.UK Notify has taken the confirmation of a case.

        Args:
            case: the case.
        """
        return self._state(case) in _IS_SENT

    def _state(self, case: Case) -> MessageState | None:
        message = None if case.confirmation is None else self._outbox.get(case.confirmation)
        return None if message is None else message.state

    def _email(self, case: Case) -> Email:
        answers = GardenWasteAnswers.model_validate(case.answers)
        quote = case.quote
        return Email(
            email_address=answers.email,
            template_id=self._settings.template_for(case.language),
            personalisation={
                "reference": case.reference,
                "name": answers.full_name,
                "bins": str(quote.bins),
                "address": answers.address.postal().one_line(),
                "starts": format_day(quote.starts, case.language),
                "ends": format_day(quote.ends, case.language),
                "amount": format_pounds(quote.amount),
            },
            email_reply_to_id=self._settings.messages.reply_to,
        )


def _time_of(case: Case) -> str:
    """Set the confirmation apart: there is another one for each time that the case is paid for."""
    return str(len(case.reversals) + 1)
