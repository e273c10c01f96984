# SPDX-License-Identifier: MIT
"""Payers, staff, finance, the provider, the clock and the network, driven by hypothesis."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule
from pay.whole.council import Council
from pay.whole.orders import RATES, Bought, Order, line_of
from pay.whole.truth import Link
from pay.whole.world import World

from lg_core.money import Pence
from lg_core.testing import Trouble
from lg_pay import NewPayment
from lg_sandbox import Fault
from lg_sandbox.pay.machine import NotAllowedError
from lg_sandbox.pay.model import State
from lg_sandbox.pay.refunds import RefundRefusedError

__all__ = ["Whole"]

LONDON = ZoneInfo("Europe/London")
STARTS = (
    datetime(2027, 3, 26, 9, 0, tzinfo=UTC),  # the clocks go forward on 28 March; 31 March
    datetime(2026, 10, 23, 9, 0, tzinfo=UTC),  # they go back on 25 October
    datetime(2027, 7, 5, 22, 30, tzinfo=UTC),  # summer: the day ends at 23:00 UTC
)
CORPORATE = "4988080000000000"
_WAITS = timedelta(days=6)
_NETWORK = st.sampled_from([each for each in Trouble if each is not Trouble.NONE])
_FAULTS = st.sampled_from(
    [
        Fault.RESET_BEFORE,
        Fault.RESET_AFTER,
        Fault.ERROR_BEFORE,
        Fault.ERROR_AFTER,
        Fault.RATE_LIMITED,
        Fault.TRUNCATED,
    ]
)
_OPERATIONS = st.sampled_from(
    [
        "create_payment",
        "get_payment",
        "cancel_payment",
        "capture_payment",
        "create_refund",
        "get_payment_refunds",
        "search_payments",
        "search_refunds",
        "search_disputes",
    ]
)
_PICK = st.integers(0, 10_000)


def _baskets() -> st.SearchStrategy[tuple[Bought, ...]]:
    """Baskets of one to four things; alike ones among them."""
    thing = st.builds(
        Bought,
        st.sampled_from(sorted(RATES)),
        st.sampled_from(["A1", "A2"]),
        st.integers(31, 9_999),
    )
    return st.lists(thing, min_size=1, max_size=4).map(tuple)


def _some(what: Callable[["Whole"], object]) -> Callable[["Whole"], bool]:
    return lambda machine: bool(what(machine))


_ordered = precondition(_some(lambda machine: machine.orders))
_held = precondition(_some(lambda machine: machine.held()))
_charged = precondition(_some(lambda machine: machine.charged()))


class Whole(World):
    """What may happen, in any order."""

    @initialize(
        start=st.sampled_from(STARTS),
        later=st.booleans(),
        refunds_later=st.booleans(),
        delay=st.sampled_from([0, 0, 20, 600]),
        failed_fee=st.sampled_from([0, 15]),
        seed=_PICK,
        many=st.integers(1, 10),
    )
    def open(
        self,
        *,
        start: datetime,
        later: bool,
        refunds_later: bool,
        delay: int,
        failed_fee: int,
        seed: int,
        many: int,
    ) -> None:
        """Open the council, with one account at Stripe and one at Worldpay; people come at once."""
        self.build(
            start=start,
            later=later,
            refunds_later=refunds_later,
            delay=delay,
            failed_fee=failed_fee,
        )
        self.busy_hour(seed, many)

    # ---------------------------------------------------------------- payers

    @rule(
        bought=_baskets(),
        service=st.sampled_from(["main", "park"]),
        delayed=st.sampled_from([False, False, True]),
        pays=st.sampled_from([True, True, True, False]),
        returns=st.booleans(),
    )
    def order(
        self, bought: tuple[Bought, ...], service: str, *, delayed: bool, pays: bool, returns: bool
    ) -> None:
        """Somebody buys something, is sent to pay, and perhaps pays and comes back."""
        order = Order(f"case-{len(self.orders)}", service, bought, delayed)
        self.orders.append(order)
        self.go_to_pay(order)
        if pays and order.held:
            self.sandbox.pay.pay(order.held[-1])
            if returns:
                self.come_back(order, order.held[-1])

    @_ordered
    @rule(pick=_PICK, server=st.integers(0, 1))
    def click(self, pick: int, server: int) -> None:
        """A payer clicks to pay: again, in another tab, on another server."""
        self.go_to_pay(self.orders[pick % len(self.orders)], server=server)

    @_held
    @rule(
        pick=_PICK,
        how=st.sampled_from(["pay", "pay", "pay", "decline", "cancel", "start", "submit"]),
        card=st.sampled_from([None, None, CORPORATE]),
        returns=st.booleans(),
    )
    def visit(self, pick: int, how: str, card: str | None, *, returns: bool) -> None:
        """A payer goes on with an address that somebody was given, and perhaps comes back."""
        held = self.held()
        order, payment_id = held[pick % len(held)]
        act = getattr(self.sandbox.pay, how)
        more = {"card": card} if card and how in {"pay", "submit"} else {}
        with suppress(NotAllowedError):
            act(payment_id, **more)
        if returns:
            self.come_back(order, payment_id)
        self.tick()

    @rule(seed=_PICK, many=st.integers(2, 12))
    def busy_hour(self, seed: int, many: int) -> None:
        """Many people pay, each in their own way."""
        random = Random(seed)  # noqa: S311 -- no secret
        for _ in range(many):
            bought = tuple(
                Bought(random.choice(["GW", "BW", "PK"]), "A1", random.randint(31, 4_000))
                for _ in range(random.randint(1, 3))
            )
            self.order(
                bought,
                random.choice(["main", "park"]),
                delayed=random.random() < 0.2,
                pays=random.random() < 0.8,
                returns=random.random() < 0.6,
            )
            self.clock.advance(seconds=random.random() * 300)

    @rule(
        pence=st.integers(31, 9_999),
        service=st.sampled_from(["main", "park"]),
        known=st.booleans(),
    )
    def link(self, pence: int, service: str, *, known: bool) -> None:
        """Somebody pays by a payment link, which knows nothing of lg-pay."""
        reference = f"LINK-{len(self.links)}"
        new = NewPayment(
            amount=Pence(pence),
            reference=reference,
            description="Planning fee, online" if known else "Something else",
            return_url="https://links.example/",
        )
        with Council.survives():
            made = self.council.pay[service].create_payment(new)
            self.links[made.payment_id] = Link("PL" if known else "SUSP", reference)
            self.sandbox.pay.pay(made.payment_id)
        self.tick()

    # ---------------------------------------------------------------- staff

    @_charged
    @rule(pick=_PICK, part=st.integers(1, 99), how=st.sampled_from(["full", "part", "recorded"]))
    def refund(self, pick: int, part: int, how: str) -> None:
        """Staff of the service refund: all, a part, or a part of a line that they record."""
        charged = self.charged()
        payment = charged[pick % len(charged)]
        order = next((each for each in self.orders if payment.id in each.held), None)
        amount = payment.refundable if how == "full" else max(1, payment.refundable * part // 100)
        lines: tuple[Bought, ...] = ()
        if how == "recorded" and order is not None:
            # Nobody refunds more of a line than is left of it: one recorded refund a payment.
            one = order.bought[pick % len(order.bought)]
            if payment.refunded:
                return
            amount = max(1, one.pence * part // 100)
            lines = (Bought(one.fund, one.account, amount),)
        with Council.survives():
            refund_id = self.council.refund(
                payment.account, payment.id, amount, lines=[line_of(each) for each in lines]
            )
            if refund_id is not None and lines:
                self.recorded[refund_id] = lines
        self.tick()

    @_charged
    @rule(pick=_PICK, part=st.integers(1, 100))
    def refund_in_admin_tool(self, pick: int, part: int) -> None:
        """Staff refund in GOV.UK Pay's own tool, which tells nobody the lines."""
        charged = self.charged()
        payment = charged[pick % len(charged)]
        with suppress(RefundRefusedError, ValueError):
            self.sandbox.pay.staff_refund(payment.id, payment.refundable * part // 100)
        self.tick()

    @_held
    @rule(pick=_PICK, tool=st.booleans())
    def cancel(self, pick: int, *, tool: bool) -> None:
        """Staff cancel a payment, by the service or in the admin tool."""
        held = self.held()
        order, payment_id = held[pick % len(held)]
        if tool:
            with suppress(NotAllowedError):
                self.sandbox.pay.staff_cancel(payment_id)
        else:
            with Council.survives():
                self.council.cancel(order.service, payment_id)
        self.tick()

    @precondition(_some(lambda machine: machine.in_state(State.CAPTURABLE)))
    @rule(pick=_PICK)
    def capture(self, pick: int) -> None:
        """Staff take the money of a payment that waits for it."""
        waiting = self.in_state(State.CAPTURABLE)
        payment = waiting[pick % len(waiting)]
        with Council.survives():
            self.council.pay[payment.account].capture_payment(payment.id)
        self.tick()

    # ---------------------------------------------------------------- provider and bank

    @precondition(_some(lambda machine: machine.in_state(State.SUCCESS)))
    @rule(pick=_PICK, fails=st.sampled_from([False, False, True]))
    def end_capture(self, pick: int, *, fails: bool) -> None:
        """The provider takes the money of a success, or cannot."""
        waiting = self.in_state(State.SUCCESS)
        self.finish_capture(waiting[pick % len(waiting)], fails=fails)
        self.tick()

    @precondition(_some(lambda machine: machine.submitted()))
    @rule(pick=_PICK, fails=st.sampled_from([False, False, True]))
    def end_refund(self, pick: int, *, fails: bool) -> None:
        """The provider pays a refund, or refuses it."""
        waiting = self.submitted()
        pay = self.sandbox.pay
        (pay.fail_refund if fails else pay.complete_refund)(waiting[pick % len(waiting)].id)
        self.tick()

    @_charged
    @rule(pick=_PICK, part=st.sampled_from([100, 100, 40]))
    def dispute(self, pick: int, part: int) -> None:
        """A payer's bank disputes a payment; Stripe alone tells how that ends."""
        open_to = [e for e in self.charged() if e.account == "main" and not e.disputed]
        if open_to:
            payment = open_to[pick % len(open_to)]
            amount = max(1, payment.refundable * part // 100)
            self.sandbox.pay.dispute(payment.id, amount)
        self.tick()

    @precondition(_some(lambda machine: machine.defended()))
    @rule(pick=_PICK, end=st.sampled_from(["win", "lose", "lose", "submit_evidence"]))
    def end_dispute(self, pick: int, end: str) -> None:
        """A dispute goes on."""
        waiting = self.defended()
        getattr(self.sandbox.pay, end)(waiting[pick % len(waiting)].id)
        self.tick()

    @_charged
    @rule(days_ago=st.integers(0, 2))
    def settle(self, days_ago: int) -> None:
        """The provider pays out, and may date it back."""
        day = self.clock.now().date() - timedelta(days=days_ago)
        for account in self.accounts.values():
            self.sandbox.pay.settle(account, day)
        self.tick()

    # ---------------------------------------------------------------- clock, network, workers

    @rule(minutes=st.sampled_from([1, 16, 95, 400, 1_500]))
    def wait(self, minutes: int) -> None:
        """Time passes."""
        self.tick(timedelta(minutes=minutes))

    @rule(short=st.sampled_from([0, 1, 2_000]))
    def wait_for_midnight(self, short: int) -> None:
        """Time passes until the day is over in London, or nearly so."""
        now = self.clock.now()
        tomorrow = now.astimezone(LONDON).date() + timedelta(days=1)
        midnight = datetime.combine(tomorrow, datetime.min.time(), LONDON).astimezone(UTC)
        self.tick(max(midnight - now - timedelta(milliseconds=short), timedelta()))

    @rule(
        troubles=st.lists(_NETWORK, min_size=1, max_size=3),
        faults=st.lists(st.tuples(_FAULTS, _OPERATIONS, st.integers(1, 3)), max_size=2),
    )
    def something_fails(
        self, troubles: list[Trouble], faults: list[tuple[Fault, str, int]]
    ) -> None:
        """The next requests fail on the way, or a process ends; GOV.UK Pay fails at operations."""
        self.wire.planned.extend(troubles)
        for fault, operation, times in faults:
            self.sandbox.pay.faults.add(fault, operation=operation, times=times)

    @_held
    @rule(
        shuffle=st.booleans(), duplicate=st.booleans(), stale=st.booleans(), drop=st.integers(0, 3)
    )
    def webhooks(self, *, shuffle: bool, duplicate: bool, stale: bool, drop: int) -> None:
        """Webhooks come: in another order, twice, with old news, or not."""
        disorder = self.sandbox.pay.webhook_disorder
        disorder.shuffle, disorder.duplicate, disorder.stale = shuffle, duplicate, stale
        self.drop_webhooks = drop
        self.sandbox.pay.deliver_webhooks()
        self.tick()

    @_held
    @rule(limit=st.integers(1, 20), stops=st.sampled_from([0, 0, 1, 3]))
    def work(self, limit: int, stops: int) -> None:
        """A worker takes some events, and may stop in the middle of one."""
        self.council.stop_after_note = stops
        with Council.survives():
            self.council.work(limit=limit)
        self.council.stop_after_note = 0
        self.tick()

    @precondition(_some(lambda machine: machine.in_state(State.SUCCESS)))
    @rule(pick=_PICK, looks=st.booleans())
    def lose_the_money(self, pick: int, *, looks: bool) -> None:
        """A capture fails after the payer was served; who learns of it dies before it acts."""
        waiting = self.in_state(State.SUCCESS)
        payment = waiting[pick % len(waiting)]
        for order in self.orders:
            if payment.id not in order.held:
                continue
            self.come_back(order, payment.id)
            self.finish_capture(payment, fails=True)
            self.council.die_before_act = 1
            if looks:
                self.come_back(order, payment.id)
            self.tick(timedelta(minutes=16))
            self.mop_up()

    @rule(times=st.integers(1, 3))
    def dies(self, times: int) -> None:
        """The next who are told news die before they act on it: the book has told it by then."""
        self.council.die_before_act = times

    @_held
    @rule()
    def mop_up(self) -> None:
        """The mop-up runs."""
        with Council.survives():
            self.council.mop_up()
        self.tick()

    # ---------------------------------------------------------------- finance

    @rule(stop_at=st.sampled_from([None, None, 0, 5]), most=st.integers(1, 3))
    def reconcile(self, stop_at: int | None, most: int) -> None:
        """Finance makes the batches of days that are over; the process may end within."""
        for _ in range(most):
            day = self.council.next_day(self.first)
            if day is None:
                return
            with Council.survives():
                self.council.reconcile(day, stop_at=stop_at)
