# SPDX-License-Identifier: MIT
"""One sandbox and one council, what stands in them, and how a story runs out."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from databases import database_url
from hypothesis.stateful import RuleBasedStateMachine
from pay.whole.council import Council, Wire
from pay.whole.orders import Bought, Order
from pay.whole.truth import Link, check_everything

from lg_core.days import london_day
from lg_core.testing import asgi
from lg_pay.settlement import SettlementTally
from lg_sandbox import Sandbox
from lg_sandbox.clock import Clock
from lg_sandbox.pay import Account, Provider
from lg_sandbox.pay.model import Payment, State
from lg_sandbox.pay.money import Dispute, DisputeStatus, EntryKind, Refund, RefundStatus

__all__ = ["World"]

_WAITS = timedelta(days=6)


class World(RuleBasedStateMachine):
    """A world without rules. `dialect` says which database the council has."""

    dialect = "sqlite"
    made = 0
    """How many payments all examples made."""

    def build(
        self, *, start: datetime, later: bool, refunds_later: bool, delay: int, failed_fee: int
    ) -> None:
        """Build the sandbox, its two accounts, and the council."""
        clock = Clock(start=start)
        clock.freeze()
        self.sandbox = Sandbox(clock=clock)
        self.clock = clock
        self.first = london_day(start)
        self.accounts = {
            "main": Account(
                "main",
                provider=Provider.STRIPE,
                fees_on_test=True,
                failed_fee=failed_fee,
                corporate_surcharge=250,
            ),
            "park": Account("park", provider=Provider.WORLDPAY),
        }
        for account in self.accounts.values():
            account.captures_at_once = not later
            account.refunds_settle_later = refunds_later
            account.ledger_delay = delay
            account.rate_limited = False
        keys = {
            name: self.sandbox.pay.new_api_key(account=account)
            for name, account in self.accounts.items()
        }
        # What fails here is processes and networks, not the power: no example waits for the disk.
        self.folder = Path(
            tempfile.mkdtemp(prefix="lg-whole-", dir=os.environ.get("LG_TEST_FOLDER"))
        )
        self.wire = Wire(asgi(self.sandbox.pay.app))
        self.council = Council(
            database_url(self.dialect, self.folder),
            keys=keys,
            transport=self.wire,
            base_url="http://localhost",
            now=clock.now,
        )
        self.drop_webhooks = 0
        for name, account in self.accounts.items():
            self.sandbox.pay.add_webhook(
                send=partial(self.deliver, name), secret=Council.secret, account=account
            )
        self.orders: list[Order] = []
        self.links: dict[str, Link] = {}
        self.recorded: dict[str, tuple[Bought, ...]] = {}

    def deliver(self, account: str, headers: Mapping[str, str], body: bytes) -> int:
        """Carry a webhook, or lose it or its answer."""
        if self.drop_webhooks:
            self.drop_webhooks -= 1
            if self.drop_webhooks % 2:
                self.council.receive(account, headers, body)
            raise OSError("lost")
        return self.council.receive(account, headers, body)

    def held(self) -> list[tuple[Order, str]]:
        """Return each payment whose address somebody has, with its order."""
        return [(order, each) for order in self.orders for each in order.held]

    def go_to_pay(self, order: Order, *, server: int = 0) -> None:
        """Click to pay; somebody holds the address then."""
        with Council.survives():
            begun = self.council.begin(
                order.service, order.case, order.lines, server=server, delayed=order.delayed
            )
            if begun.next_url is not None and begun.entry.payment_id not in order.held:
                order.held.append(begun.entry.payment_id or "")
        self.tick()

    def come_back(self, order: Order, payment_id: str) -> None:
        """Come back from the payment pages."""
        with Council.survives():
            self.council.returned(order.service, payment_id)

    def charged(self) -> list[Payment]:
        """Return the payments whose money was taken."""
        return [each for each in self.sandbox.pay.payments if each.charged]

    def in_state(self, state: State) -> list[Payment]:
        """Return the payments in a state."""
        return [each for each in self.sandbox.pay.payments if each.state is state]

    def finish_capture(self, payment: Payment, *, fails: bool = False) -> None:
        """Let the provider take the money of a success, or fail to."""
        pay = self.sandbox.pay
        (pay.fail_capture if fails else pay.complete_capture)(payment.id)

    def submitted(self) -> list[Refund]:
        """Return the refunds that have not ended."""
        return [e for e in self.sandbox.pay.refunds if e.status is RefundStatus.SUBMITTED]

    def defended(self) -> list[Dispute]:
        """Return the disputes that wait for evidence."""
        wanted = DisputeStatus.NEEDS_RESPONSE
        return [each for each in self.sandbox.pay.disputes if each.status is wanted]

    def tick(self, by: timedelta = timedelta(milliseconds=137)) -> None:
        """Let time pass. Nobody at the provider leaves anything lying for a week."""
        self.clock.advance(by)
        long_ago = self.clock.now() - _WAITS
        if by < timedelta(hours=1):
            return
        for payment in self.sandbox.pay.payments:
            if payment.state is State.SUCCESS and payment.created_at < long_ago:
                self.finish_capture(payment)
        for refund in self.sandbox.pay.refunds:
            if refund.status is RefundStatus.SUBMITTED and refund.created_at < long_ago:
                self.sandbox.pay.complete_refund(refund.id)

    def reconcile_all(self) -> None:
        """Make every batch that is due; made again, the last is the same."""
        last = None
        while (day := self.council.next_day(self.first)) is not None:
            last = self.council.reconcile(day)
        if last is not None:
            again = self.council.reconcile(last.batch.day)
            assert again.repeated
            assert last.batch == again.batch

    def teardown(self) -> None:
        """Let everything run out, and hold the books against the truth."""
        if not hasattr(self, "orders"):
            return
        try:
            self._run_out()
            check_everything(
                self.sandbox,
                self.council,
                orders=self.orders,
                links=self.links,
                recorded=self.recorded,
            )
            self._check_settlement()
            type(self).made += len(self.sandbox.pay.payments)
        finally:
            self.council.close()
            self.wire.close()
            shutil.rmtree(self.folder)

    def _run_out(self) -> None:
        pay = self.sandbox.pay
        self.wire.planned.clear()
        self.council.die_before_act = 0
        pay.faults.clear()
        self.drop_webhooks = 0
        for payment in pay.payments:
            if payment.state is State.SUCCESS:
                self.finish_capture(payment)
        for refund in pay.refunds:
            if refund.status is RefundStatus.SUBMITTED:
                pay.complete_refund(refund.id)
        for dispute in pay.disputes:
            if dispute.status in {DisputeStatus.NEEDS_RESPONSE, DisputeStatus.UNDER_REVIEW}:
                pay.lose(dispute.id)
        for account in self.accounts.values():
            pay.settle(account)
        for _ in range(3):
            self.tick(timedelta(days=2, hours=1))
            pay.deliver_webhooks()
            while self.council.work(limit=1_000):
                pass
            found = self.council.mop_up()
            assert not found.not_asked
            self.reconcile_all()
        assert not any(each.queue.aside() for each in self.council.inboxes.values())

    def _check_settlement(self) -> None:
        """What the API says should arrive is what the provider paid out, day by day."""
        tally, pay = SettlementTally("main"), self.council.pay["main"]
        for payment in pay.search_payments():
            tally.payment(payment)
        for refund in pay.search_refunds():
            tally.refund(refund)
        for dispute in pay.search_disputes():
            tally.dispute(dispute)
        paid_out: dict[object, int] = {}
        charged = {each.id for each in self.charged()}
        for payout in self.sandbox.pay.payouts:
            if payout.account != "main":
                continue
            # A failed payment's fee has no settled day: the API cannot tell it.
            told = sum(
                entry.amount
                for entry in payout.items
                if entry.kind is not EntryKind.FEE or entry.payment_id in charged
            )
            paid_out[payout.day] = paid_out.get(payout.day, 0) + told
        expected = {each.day: int(each.amount) for each in tally.expected}
        assert {day: pence for day, pence in paid_out.items() if day in expected} == expected
        assert all(not pence for day, pence in paid_out.items() if day not in expected)
