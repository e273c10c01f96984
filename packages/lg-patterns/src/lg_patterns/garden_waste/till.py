# SPDX-License-Identifier: MIT
"""Put together what takes payments and completes cases, on one store."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lg_core.errors import LgError
from lg_core.logs import get_logger
from lg_core.store import Store, StoredRecords
from lg_notify import NotifyClient
from lg_notify.outbox import Dispatcher, Outbox
from lg_patterns.garden_waste.case_book import CaseBook
from lg_patterns.garden_waste.checkout import Checkout
from lg_patterns.garden_waste.completion import Completion
from lg_patterns.garden_waste.ledger import Ledger
from lg_patterns.garden_waste.settings import GardenWasteSettings
from lg_pay import PayClient, PaymentBook
from lg_pay.book import BookedPayment

__all__ = ["Till"]

_log = get_logger("lg_patterns")

_SECONDS: Final = 10.0
"""How long a call of GOV.UK Notify's may take, while a resident waits for the page."""


@dataclass(frozen=True, slots=True)
class Till:
    """What takes payments and completes cases: the pages of a service share it with mop-up.

    Attributes:
        cases: where cases are kept.
        payments: the payment book.
        checkout: takes payments.
        completion: does what follows a payment.
        outbox: keeps the confirmations until they are sent.
        dispatcher: sends them.
    """

    cases: CaseBook
    payments: PaymentBook
    checkout: Checkout
    completion: Completion
    outbox: Outbox
    dispatcher: Dispatcher

    @classmethod
    def of(
        cls,
        settings: GardenWasteSettings,
        *,
        store: Store,
        ledger: Ledger,
        pay: PayClient,
        notify: NotifyClient,
        now: Callable[[], datetime],
    ) -> "Till":
        """Put together what a service needs.

        Args:
            settings: the council's settings.
            store: where cases and payments are kept.
            ledger: takes the lines for finance.
            pay: the client of GOV.UK Pay.
            notify: the client of GOV.UK Notify.
            now: tells the time, in UTC.
        """
        cases = CaseBook(StoredRecords(store), now=now)
        payments = PaymentBook(store, now=now)
        checkout = Checkout(settings, pay=pay, cases=cases, payments=payments, now=now)
        outbox = Outbox(store, live=notify.live)
        # One thread: a resident waits for it, or mop-up, which has no more than a day's messages.
        dispatcher = Dispatcher(outbox, notify, threads=1, timeout=_SECONDS)
        completion = Completion(
            settings,
            outbox=outbox,
            dispatcher=dispatcher,
            ledger=ledger,
            cases=cases,
            payments=payments,
            live=pay.live,
        )
        return cls(cases, payments, checkout, completion, outbox, dispatcher)

    def complete(self, entry: BookedPayment) -> None:
        """Do what is left to do for the case of a paid payment.

        What cannot be done now is logged; the book goes on to have it as not submitted.

        Args:
            entry: the payment, as the book has it.
        """
        stored = self.cases.load(entry.case)
        if stored is None:
            _log.error("paid_for_no_case")
            return
        try:
            stored = self.checkout.settle(stored)
        except LgError as error:
            _log.warning("payment_not_read", exc_type=type(error).__name__)
            return
        self.completion.complete(stored)

    def take_back(self, entry: BookedPayment) -> None:
        """Take back what was done in the case of a payment that was reversed.

        The book goes on to have it as not undone until staff say that they have undone what a
        program cannot: the bins. Where the case was never paid by it, there is nothing to undo.

        Args:
            entry: the payment, as the book has it.
        """
        stored = self.cases.load(entry.case)
        if stored is None:
            _log.error("reversed_for_no_case")
            return
        try:
            stored = self.checkout.settle(stored)
        except LgError as error:
            _log.warning("payment_not_read", exc_type=type(error).__name__)
            return
        case = self.completion.complete(stored).case
        if entry.submitted_at is None and entry.payment_id not in {
            case.payment_id,
            *case.reversals,
        }:
            self.payments.undone(entry.payment_id or "")
