# SPDX-License-Identifier: MIT
"""The council's process is killed again and again, and started again: the same books come out.

The sandbox and the payers are in this process; the council is in a child that gets SIGKILL at
points that a seed decides: while it begins payments, works through events, refunds and posts.
"""

from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random

import pytest
from children import Child
from databases import store_url
from pay.whole.child import work
from pay.whole.council import LEDGER, Council
from pay.whole.orders import kill_order
from pay.whole.truth import check_everything

from lg_core.days import london_day
from lg_sandbox import Sandbox
from lg_sandbox.clock import Clock
from lg_sandbox.pay import Account, Provider
from lg_sandbox.pay.machine import NotAllowedError
from lg_sandbox.pay.model import State

__all__ = ["store_url"]

ORDERS = 9
KILLS = 5
CAPTURES = 0.5
"""How often a capture ends between two starts, and how often it fails then."""
START = datetime(2027, 3, 30, 21, 0, tzinfo=UTC)  # the year ends tomorrow


class _Killing:
    """A world whose council is killed."""

    def __init__(self, url: str, *, seed: int) -> None:
        self.url = url
        self.random = Random(seed)  # noqa: S311 -- no secret
        self.lost = 0
        self.pays = 0.6
        self.sandbox = Sandbox(clock=Clock(start=START))
        accounts = [
            Account("main", provider=Provider.STRIPE, fees_on_test=True, rate_limited=False),
            Account("park", provider=Provider.WORLDPAY, rate_limited=False),
        ]
        self.accounts = accounts
        accounts[1].captures_at_once = False  # so that money may still be lost after a success
        self.keys = {each.id: self.sandbox.pay.new_api_key(account=each) for each in accounts}
        self.orders = [kill_order(number) for number in range(ORDERS)]
        self.sandbox.start()
        self.council = Council(
            url,
            keys=self.keys,
            transport=None,
            base_url=self.sandbox.pay.url,
            now=self.sandbox.clock.now,
        )
        for each in accounts:  # the web server takes webhooks; it is not killed
            name = each.id
            self.sandbox.pay.add_webhook(
                send=lambda headers, body, name=name: self.council.receive(name, headers, body),
                secret=Council.secret,
                account=each,
            )

    def close(self) -> None:
        """Stop everything."""
        self.council.close()
        self.sandbox.stop()

    def run(self, *, kill_after: int | None) -> bool:
        """Run the council, kill it after so many steps, and say whether it finished."""
        child = Child(
            partial(
                work,
                store=self.url,
                url=self.sandbox.pay.url,
                keys=self.keys,
                ahead=(self.sandbox.clock.now() - datetime.now(UTC)).total_seconds(),
                first=london_day(START),
                many=ORDERS,
            ),
            steps=None if kill_after is None else kill_after + 1,
            heard=self._hear,
        )
        child.ended()
        finished = "finished" in child.told
        assert finished or kill_after is not None, "the council failed by itself"
        return finished

    def _hear(self, told: str) -> None:
        word, *rest = told.split()
        if word == "held":
            self._pay(int(rest[0]), rest[1], rest[2])

    def _pay(self, number: int, payment_id: str, address: str) -> None:
        """Somebody was given an address: it is the payer's now, who may pay at once."""
        order = self.orders[number]
        if address == "None":
            return
        if payment_id not in order.held:
            order.held.append(payment_id)
        if self.random.random() < self.pays:
            try:
                self.sandbox.pay.pay(payment_id)
            except NotAllowedError:
                return

    def day_passes(self, *, days: int = 0) -> None:
        """Let leases run out, or days pass; webhooks come."""
        self.sandbox.clock.advance(timedelta(days=days, seconds=61))
        self.sandbox.pay.deliver_webhooks()
        # The provider gets round to what the council may have acted on already.
        for payment in self.sandbox.pay.payments:
            if payment.state is State.SUCCESS and self.random.random() < CAPTURES:
                fails = self.random.random() < CAPTURES
                end = self.sandbox.pay.fail_capture if fails else self.sandbox.pay.complete_capture
                end(payment.id)
                self.lost += fails

    def captures_end(self) -> None:
        """The provider takes what is left to take, and whoever is sent to pay again does pay."""
        self.pays = 1.0
        for account in self.accounts:
            account.captures_at_once = True
        for payment in self.sandbox.pay.payments:
            if payment.state is State.SUCCESS:
                self.sandbox.pay.complete_capture(payment.id)


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.enable_socket
def test_a_council_that_is_killed_loses_doubles_and_misposts_nothing(store_url: str) -> None:
    """Whatever it was doing, its next start goes on, and the books equal the true ledger."""
    killing = _Killing(store_url, seed=20_270_331)
    try:
        for number in range(KILLS):
            killing.run(kill_after=killing.random.randint(0, 4 + 6 * number))
            killing.day_passes(days=number % 2)
        for order in killing.orders:
            for payment_id in order.held:
                if not killing.sandbox.pay.payment(payment_id).finished:
                    killing.sandbox.pay.pay(payment_id)
        killing.captures_end()
        for _ in range(3):  # what was lost is paid for anew, and is to be posted too
            killing.day_passes(days=2)
            assert killing.run(kill_after=None)

        assert killing.lost, "no money was lost after it was told: another seed would"
        assert len(killing.council.postings.batches(LEDGER)) > 4
        check_everything(
            killing.sandbox, killing.council, orders=killing.orders, links={}, recorded={}
        )
    finally:
        killing.close()
