# SPDX-License-Identifier: MIT
"""The council's whole side: payment book, inbox and worker, mop-up, refunds, reconciliation.

It is written as a council would write it from the how-tos. It sees GOV.UK Pay over the wire alone.
"""

import tempfile
from collections import deque
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from lg_core.days import london_day
from lg_core.endpoints import Request
from lg_core.errors import LgError
from lg_core.limits import Limiter
from lg_core.money import Pence
from lg_core.store import Inbox, Schema, Store
from lg_core.testing import AsgiTransport, Trouble, unreliable
from lg_core.transport import Transport, WireAnswer, WireRequest
from lg_pay import NewPayment, PayClient, Payment, webhooks
from lg_pay._sync.book import PaymentBook
from lg_pay.basket import Line, encode, total
from lg_pay.book import Begun, Change, News
from lg_pay.funds import Funds
from lg_pay.mop_up import MopUp, mop_up
from lg_pay.reconcile import (
    Coding,
    CodingRules,
    Outcome,
    Plan,
    PostingBook,
    Recording,
    download,
    reconcile,
    window,
)

__all__ = ["COUNCIL_SCHEMA", "LEDGER", "PLAN", "Council", "StoppedError", "Told", "Wire"]

FUNDS: Final = Funds.from_toml("""
[funds.GW]
name = "Garden waste"
vat_code = "SR"
[funds.BW]
name = "Bulky waste"
vat_code = "EX"
[funds.PK]
name = "Permits"
vat_code = "OS"
[funds.PL]
name = "Planning"
vat_code = "OS"
[funds.SUR]
name = "Card surcharges"
[funds.FEES]
name = "Card fees"
[funds.SUSP]
name = "Suspense"
[vat.SR]
rate = "20%"
[vat.EX]
rate = "exempt"
[vat.OS]
rate = "outside the scope"
[suspense]
fund = "SUSP"
[fees]
fund = "FEES"
""")
RULES: Final = CodingRules.from_toml(
    '[[rules]]\nname = "Planning links"\ndescription = "Planning fee*"\nfund = "PL"\n',
    funds=FUNDS,
)
PLAN: Final = Plan(Coding(FUNDS, rules=RULES, surcharge_fund="SUR"))
LEDGER: Final = PLAN.ledger

_METADATA: Final = sa.MetaData()
_TOLD: Final = sa.Table(
    "council_told",
    _METADATA,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("case_id", sa.String(40), nullable=False),
    sa.Column("payment_id", sa.String(40), nullable=False),
    sa.Column("news", sa.String(20), nullable=False),
)
COUNCIL_SCHEMA: Final = Schema(
    name="council", metadata=_METADATA, version=1, upgrade_command="none"
)
_WEBHOOK_SECRET: Final = "webhook_test_whole"

Told = tuple[str, str, str]
"""The case, the payment and the news that the case was told."""


class StoppedError(Exception):
    """The process ends in the middle of its work."""


class _TooLateError(Exception):
    """Another acted on the news before: what was done here is rolled back."""


class Wire:
    """Carries requests; each meets the next trouble that was planned."""

    def __init__(self, beneath: AsgiTransport) -> None:
        self._beneath = beneath
        self.planned: deque[Trouble] = deque()

    def send(self, request: WireRequest) -> WireAnswer:
        """Send one request, or fail as planned."""
        trouble = self.planned.popleft() if self.planned else Trouble.NONE
        return unreliable(self._beneath, [trouble]).send(request)

    def close(self) -> None:
        """Stop the loop beneath."""
        self._beneath.close()


class Council:
    """Two servers, a worker, and finance, on one database.

    Args:
        url: the database.
        keys: the key of each GOV.UK Pay account, by its name.
        transport: carries the requests.
        base_url: where GOV.UK Pay is.
        now: tells the time.
    """

    def __init__(
        self,
        url: str,
        *,
        keys: Mapping[str, str],
        transport: Transport | None,
        base_url: str,
        now: Callable[[], datetime],
    ) -> None:
        self.now = now
        self.store = Store(url, now=now)
        self.store.prepare(COUNCIL_SCHEMA)
        self.servers = [PaymentBook(self.store, patience=timedelta()) for _ in range(2)]
        self.book = self.servers[0]
        self.postings = PostingBook(self.store)
        self.pay = {
            name: PayClient(key, base_url=base_url, transport=transport, limiter=Limiter({}))
            for name, key in keys.items()
        }
        # An event does not say which account it is of, so each account has an inbox of its own.
        self.inboxes = {name: Inbox(self.store, name=f"lg-pay.webhooks.{name}") for name in keys}
        self._endpoints = {
            name: webhooks.endpoint(inbox, secrets=[_WEBHOOK_SECRET])
            for name, inbox in self.inboxes.items()
        }
        self._workers = [
            webhooks.worker(inbox, read=self.pay[name].get_payment, act=self._act)
            for name, inbox in self.inboxes.items()
        ]
        self.stop_after_note = 0
        self.die_before_act = 0

    secret = _WEBHOOK_SECRET

    def for_service(self, name: str, /) -> PayClient:
        """Return the client of a service; each has an account of its own."""
        return self.pay[name]

    def close(self) -> None:
        """Close everything."""
        for pay in self.pay.values():
            pay.close()
        self.store.close()

    # ---------------------------------------------------------------- paying

    def begin(
        self,
        service: str,
        case: str,
        lines: Sequence[Line],
        *,
        server: int = 0,
        delayed: bool = False,
    ) -> Begun:
        """Send a payer to pay for a case, or say that there is nothing to pay."""
        new = NewPayment(
            amount=total(lines),
            reference=f"REF-{case}",
            description="Council services",
            return_url=f"https://council.example/{case}",
            metadata=encode(lines),
            delayed_capture=delayed,
        )
        begun = self.servers[server].begin(self.pay[service], new, service=service, case=case)
        for change in begun.changes:
            self.tell(change)
        return begun

    def returned(self, service: str, payment_id: str) -> None:
        """Look what became of a payment, when its payer comes back."""
        self.tell(self.book.refresh(self.pay[service], payment_id))

    def cancel(self, service: str, payment_id: str) -> None:
        """Cancel a payment."""
        self.tell(self.book.cancel(self.pay[service], payment_id))

    def tell(self, change: Change) -> None:
        """Act on news: tell the case, and note in the same transaction that it was told.

        The book has the news by now: a process that dies here must not lose it.
        """
        if change.news is not None and self.die_before_act:
            self.die_before_act -= 1
            raise KeyboardInterrupt
        with suppress(_TooLateError), self.store.begin() as connection:
            self._tell(change, connection)

    def _tell(self, change: Change, connection: sa.Connection) -> None:
        entry, news = change.after, change.news
        if entry is None or news is None or news is News.CAPTURED:
            return
        marks = {
            News.PAID: self.book.submitted,
            News.REVERSED: self.book.undone,
            News.ENDED_UNPAID: self.book.heard,
        }
        if not marks[news](entry.payment_id or "", connection=connection):
            raise _TooLateError
        if news is News.REVERSED and entry.submitted_at is None:
            return  # nobody had told the case that it was paid
        connection.execute(
            sa.insert(_TOLD).values(
                case_id=entry.case, payment_id=entry.payment_id, news=news.value
            )
        )

    def told(self) -> list[Told]:
        """Return what each case was told, in order."""
        with self.store.read() as connection:
            rows = connection.execute(sa.select(_TOLD).order_by(_TOLD.c.number)).all()
        return [(row.case_id, row.payment_id, row.news) for row in rows]

    # ---------------------------------------------------------------- what nobody waits for

    def receive(self, account: str, headers: Mapping[str, str], body: bytes) -> int:
        """Take a webhook of an account, and return the status of the answer."""
        endpoint = self._endpoints[account]
        lower = {name.lower(): value for name, value in headers.items()}
        return endpoint.handle(Request("POST", endpoint.path, headers=lower, body=body)).status

    def work(self, *, limit: int) -> int:
        """Work through events, and return how many were taken."""
        return sum(worker.run_once(limit=limit).taken for worker in self._workers)

    def _act(self, payment: Payment, _event: webhooks.PaymentEvent) -> None:
        with self.store.begin() as connection:
            self._tell(self.book.note(payment, connection=connection), connection)
            if self.stop_after_note:
                self.stop_after_note -= 1
                raise StoppedError

    def mop_up(self) -> MopUp:
        """Ask about every payment that is due, and act on news that nobody has acted on."""
        found = mop_up(self.book, self, tell=self.tell)
        for entry in found.unsubmitted:
            self.tell(Change(entry, entry, News.PAID))
        for entry in found.not_undone:
            self.tell(Change(entry, entry, News.REVERSED))
        return found

    # ---------------------------------------------------------------- money back

    def refund(
        self, service: str, payment_id: str, amount: int, *, lines: Sequence[Line] = ()
    ) -> str | None:
        """Refund as staff of the service do, and record the lines; return the refund's id."""
        pay = self.pay[service]
        seen = pay.get_payment(payment_id).refund_summary
        available = seen.amount_available if seen else None
        if available is None or amount > available:
            return None
        refund = pay.refund_payment(payment_id, amount=Pence(amount), available=available)
        if lines:
            self.postings.record_refund(refund.refund_id, lines)
        return refund.refund_id

    # ---------------------------------------------------------------- finance

    def next_day(self, first: date) -> date | None:
        """Return the day to reconcile next, or None where it is not over."""
        made = self.postings.batches(LEDGER)
        day = made[-1].day + timedelta(days=1) if made else first
        return day if day < london_day(self.now()) else None

    def reconcile(
        self,
        day: date,
        *,
        stop_at: int | None = None,
        said: Callable[[], object] = lambda: None,
    ) -> Outcome:
        """Make the batch of a day; `stop_at` ends the process after so many rows."""

        def told(rows: int) -> None:
            said()
            if stop_at is not None and rows >= stop_at:
                raise StoppedError

        with tempfile.TemporaryDirectory(prefix="lg-whole-") as folder:
            recording = Recording(Path(folder))
            download(
                window(day, PLAN),
                accounts={name: pay.exchange for name, pay in self.pay.items()},
                recording=recording,
                posted=lambda ids: self.postings.holds(LEDGER, ids),
            )
            return reconcile(
                day,
                recording=recording,
                book=self.postings,
                plan=PLAN,
                now=self.now(),
                told=told,
            )

    @staticmethod
    @contextmanager
    def survives() -> Generator[None]:
        """Let one piece of work fail, as an error or as the end of its process."""
        try:
            yield
        except (LgError, KeyboardInterrupt, StoppedError):
            return
