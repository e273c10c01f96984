# SPDX-License-Identifier: MIT
"""What follows a payment: the ledger line, the count, the confirmation; each once.

Where the money could not be taken after all, the line is taken back, once.

Each step is noted in the case, so that a process which dies in between leaves the rest to the next
visit, and a resident who opens the page five times is written to once.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from lg_core.days import format_day
from lg_core.errors import ApiError, LgError, RateLimitedError, RequestNotSentError
from lg_core.logs import get_logger
from lg_core.money import format_pounds
from lg_core.records import RecordChangedError
from lg_core.telemetry import Outcome
from lg_notify import Email, NotifyClient
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
from lg_patterns.garden_waste.message import MessageState, MessageStep, next_step
from lg_patterns.garden_waste.questions import GardenWasteAnswers
from lg_patterns.garden_waste.settings import SERVICE, GardenWasteSettings
from lg_pay import PaymentBook

__all__ = ["Completion"]

_log = get_logger("lg_patterns")


class Completion:
    """Does what follows a payment.

    Args:
        settings: the council's settings.
        notify: the client of GOV.UK Notify.
        ledger: takes the line for finance.
        cases: where cases are kept.
        payments: the payment book.
        live: whether real payments are taken; a test is counted as a test.
        now: tells the time, in UTC.
    """

    def __init__(
        self,
        settings: GardenWasteSettings,
        *,
        notify: NotifyClient,
        ledger: Ledger,
        cases: CaseBook,
        payments: PaymentBook,
        live: bool,
        now: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._notify = notify
        self._ledger = ledger
        self._cases = cases
        self._payments = payments
        self._live = live
        self._now = now

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
            return self._post, self._count, self._confirm, self._submit
        if state is CaseState.REVERSED:
            # The first line may be there without a note of it, so it is posted before it is taken
            # back: the ledger takes it as the one that it has.
            return self._post, self._take_back, self._report
        return ()

    def _post(self, stored: StoredCase) -> StoredCase:
        line = None if stored.case.posted else self._line(stored.case)
        if line is None:
            return stored
        # First the line, then the note: the ledger takes a second line of one key as the first.
        self._ledger.post(line)
        return self._cases.save(stored, replace(stored.case, posted=True))

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
        step = next_step(MessageState(case.message), since=case.message_at, now=self._now())
        if step is MessageStep.LOOK:
            try:
                found = self._find(case)
            except LgError as error:
                _log.warning("confirmation_not_found_out", exc_type=type(error).__name__)
                return stored
            if found is not None:
                return self._note(stored, MessageState.SENT, notification_id=found)
            step = next_step(
                MessageState(case.message), since=case.message_at, now=self._now(), looked=True
            )
        if step is not MessageStep.SEND:
            return stored
        return self._send(self._note(stored, MessageState.SENDING))

    def _submit(self, stored: StoredCase) -> StoredCase:
        """Tell the book that all was done: until then mop-up tries again, and reports it."""
        case = stored.case
        if case.done and case.payment_id is not None:
            entry = self._payments.find(case.payment_id)
            if entry is not None and entry.submitted_at is None:
                self._payments.submitted(case.payment_id)
        return stored

    def _send(self, stored: StoredCase) -> StoredCase:
        case = stored.case
        try:
            sent = self._notify.send(self._email(case))
        except (RequestNotSentError, RateLimitedError) as error:
            _log.warning("confirmation_not_sent", exc_type=type(error).__name__)
            return self._note(stored, MessageState.NONE)
        except ApiError as error:
            _log.error("confirmation_refused", exc_type=type(error).__name__)
            return self._note(stored, MessageState.REFUSED)
        except LgError as error:
            # Notify may have it: it is looked for at a later visit.
            _log.warning("confirmation_in_doubt", exc_type=type(error).__name__)
            return stored
        return self._note(stored, MessageState.SENT, notification_id=str(sent.id))

    def _find(self, case: Case) -> str | None:
        for one in self._notify.list_notifications(reference=_message_reference(case)):
            return str(one.id)
        return None

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
            reference=_message_reference(case),
            email_reply_to_id=self._settings.messages.reply_to,
        )

    def _note(
        self, stored: StoredCase, state: MessageState, *, notification_id: str | None = None
    ) -> StoredCase:
        case = replace(
            stored.case, message=state, message_at=self._now(), notification_id=notification_id
        )
        return self._cases.save(stored, case)


def _message_reference(case: Case) -> str:
    """Name the confirmation: another one for each time that the case is paid for."""
    again = f"-{len(case.reversals) + 1}" if case.reversals else ""
    return f"{case.reference}-confirmation{again}"
