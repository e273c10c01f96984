"""Fees, disputes, surcharges, settlement and the true ledger of the stand-in for GOV.UK Pay."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from examples import examples
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sandbox.pay_steps import client, create, error_of, paid, stripe
from starlette.testclient import TestClient

from lg_sandbox import Clock, Sandbox
from lg_sandbox.pay import (
    Account,
    DisputeRefusedError,
    EntryKind,
    FeePlan,
    LedgerEntry,
    NotAllowedError,
    Payout,
    Provider,
    RefundRefusedError,
)
from lg_sandbox.pay.book import Change

START = datetime(2026, 3, 30, 12, tzinfo=UTC)


def body_of(http: TestClient, payment_id: str) -> dict[str, Any]:
    """Get a payment."""
    return http.get(f"/v1/payments/{payment_id}").json()


@pytest.mark.parametrize(("amount", "fee"), [(30, 20), (33, 20), (34, 21), (10_000, 170)])
def test_a_fee_plan_rounds_half_up(amount: int, fee: int) -> None:
    """A share and a fixed part, in whole pence."""
    assert fee == FeePlan()(amount)


def test_stripe_shows_fee_and_net_once_captured(idle: Sandbox) -> None:
    """Not before; and with it the settled day after a payout."""
    account = stripe(fee_plan=FeePlan(basis_points=0, fixed=50), captures_at_once=False)
    http = client(idle, account)
    payment_id = paid(idle, http)
    before = body_of(http, payment_id)
    idle.pay.complete_capture(payment_id)
    payout = idle.pay.settle(account)
    after = body_of(http, payment_id)

    assert not {"fee", "net_amount"} & set(before)
    assert (50, 1150) == (after["fee"], after["net_amount"])
    assert payout.day.isoformat() == after["settlement_summary"]["settled_date"]
    assert (1150, (payout,)) == (payout.amount, idle.pay.payouts)


@pytest.mark.parametrize(
    ("account", "fees"),
    [
        (Account("a", provider=Provider.STRIPE), False),
        (Account("a", provider=Provider.STRIPE, fees_on_test=True), True),
        (Account("a", live=True, provider=Provider.WORLDPAY), False),
    ],
)
def test_fees_are_stripes_and_live(*, idle: Sandbox, account: Account, fees: bool) -> None:
    """Never on test keys unless the account says so, never with Worldpay."""
    http = client(idle, account)
    body = body_of(http, paid(idle, http))

    assert fees == ("fee" in body)
    assert fees == ("net_amount" in body)


def test_a_failed_payment_may_cost_a_fee(idle: Sandbox) -> None:
    """Its net amount is negative, it leaves the next payout, and has no settled day."""
    account = stripe(failed_fee=7)
    http = client(idle, account)
    payment_id = create(http)
    idle.pay.decline(payment_id)
    cancelled = create(http)
    idle.pay.cancel(cancelled)
    payout = idle.pay.settle(account)
    body = body_of(http, payment_id)

    assert (7, -7, {}) == (body["fee"], body["net_amount"], body["settlement_summary"])
    assert -7 == payout.amount
    assert "fee" not in body_of(http, cancelled)


def test_worldpay_pays_the_gross_amount_and_tells_no_day(idle: Sandbox) -> None:
    """Only captured_date; the fee of a lost dispute comes on an invoice."""
    account = Account("w", live=True, provider=Provider.WORLDPAY)
    http = client(idle, account)
    payment_id = paid(idle, http)
    idle.pay.lose(idle.pay.dispute(payment_id, 200, fee=1500).id)

    payout = idle.pay.settle(account)
    body = body_of(http, payment_id)

    assert 1000 == payout.amount
    assert {"capture_submit_time", "captured_date"} == set(body["settlement_summary"])
    assert "settlement_summary" not in http.get("/v1/disputes").json()["results"][0]


def test_a_corporate_card_costs_a_surcharge(idle: Sandbox, http: TestClient) -> None:
    """The amount leaves it out, the total and what can be refunded have it in."""
    idle.pay.account.corporate_surcharge = 250
    company, person = create(http), create(http)
    idle.pay.pay(company, card="4988080000000000")
    idle.pay.pay(person)
    body, plain = body_of(http, company), body_of(http, person)

    assert (1200, 250, 1450, 1450) == (
        body["amount"],
        body["corporate_card_surcharge"],
        body["total_amount"],
        body["refund_summary"]["amount_available"],
    )
    assert not {"corporate_card_surcharge", "total_amount"} & set(plain)
    assert [1450, 1200] == [charge.amount for charge in idle.pay.charges]
    assert 1450 == idle.pay.staff_refund(company, 1450).amount


def test_a_dispute_goes_its_way(idle: Sandbox) -> None:
    """Evidence, review, loss, payout: and what the API tells at each step."""
    account = stripe(fee_plan=FeePlan(0, 0))
    http = client(idle, account)
    payment_id = paid(idle, http)
    idle.pay.settle(account)
    dispute = idle.pay.dispute(payment_id, reason="duplicate")

    def seen() -> dict[str, Any]:
        return http.get("/v1/disputes").json()["results"][0]

    first = seen()
    idle.pay.submit_evidence(dispute.id)
    second = seen()["status"]
    idle.clock.advance(timedelta(days=1))
    idle.pay.lose(dispute.id)
    payout = idle.pay.settle(account)
    last = seen()

    assert ("needs_response", "duplicate", 1200, payment_id) == (
        first["status"],
        first["reason"],
        first["amount"],
        first["payment_id"],
    )
    assert first["created_date"] < first["evidence_due_date"]
    assert not {"fee", "net_amount", "settlement_summary"} & set(first)
    assert "under_review" == second
    assert ("lost", 2000, -3200, {"settled_date": payout.day.isoformat()}) == (
        last["status"],
        last["fee"],
        last["net_amount"],
        last["settlement_summary"],
    )
    assert [1200, -1200, -2000] == [entry.amount for entry in idle.pay.ledger]
    assert -3200 == payout.amount


def test_a_dispute_cannot_go_back(idle: Sandbox, http: TestClient) -> None:
    """Won and lost are ends; a won one moves no money and stays out of reach of refunds."""
    payment_id = paid(idle, http)
    dispute = idle.pay.dispute(payment_id)
    idle.pay.win(dispute.id)

    for step in (idle.pay.submit_evidence, idle.pay.win, idle.pay.lose):
        with pytest.raises(DisputeRefusedError, match="cannot become"):
            step(dispute.id)
    assert ["won"] == [each.status.value for each in idle.pay.disputes]
    assert [None] == [each.net_amount for each in idle.pay.disputes]
    assert [1200] == [entry.amount for entry in idle.pay.ledger]
    with pytest.raises(RefundRefusedError, match="disputed"):
        idle.pay.staff_refund(payment_id, 1)


def test_a_dispute_needs_money_that_was_taken(idle: Sandbox, http: TestClient) -> None:
    """Neither an open payment, nor more than was paid, nor an unknown reason."""
    open_, done = create(http), paid(idle, http)

    with pytest.raises(DisputeRefusedError, match="capture it first"):
        idle.pay.dispute(open_)
    for amount, fee in ((0, 0), (1201, 0), (1, -1)):
        with pytest.raises(DisputeRefusedError, match="at most"):
            idle.pay.dispute(done, amount, fee=fee)
    with pytest.raises(ValueError, match="DisputeReason"):
        idle.pay.dispute(done, reason="bored")
    with pytest.raises(LookupError, match="dispute"):
        idle.pay.win("none")
    assert () == idle.pay.disputes


def test_a_payout_holds_what_moved_up_to_its_day() -> None:
    """What came later waits, nothing is paid twice, and no day is still to come."""
    sandbox = Sandbox(clock=Clock(start=START))
    account = stripe(fee_plan=FeePlan(basis_points=0, fixed=10))
    http = client(sandbox, account)
    first = paid(sandbox, http)
    sandbox.clock.advance(timedelta(days=2))
    second = paid(sandbox, http)

    with pytest.raises(ValueError, match="still to come"):
        sandbox.pay.settle(account, date(2026, 4, 2))
    march = sandbox.pay.settle(account, date(2026, 3, 31))
    april = sandbox.pay.settle(account)
    nothing = sandbox.pay.settle(account)
    never = sandbox.pay.settle()

    assert [{first}, {second}] == [
        {item.payment_id for item in payout.items} for payout in (march, april)
    ]
    assert [1190, 1190, 0, 0] == [each.amount for each in (march, april, nothing, never)]
    assert (march, april) == sandbox.pay.payouts
    assert (date(2026, 3, 31), date(2026, 3, 31)) == (march.day, march.at.date())
    assert ["2026-03-31", "2026-04-01"] == [
        body_of(http, each)["settlement_summary"]["settled_date"] for each in (first, second)
    ]


def test_a_service_and_its_staff_end_a_payment(idle: Sandbox, http: TestClient) -> None:
    """Capture what waits; cancel what has not ended."""
    waiting, other = create(http, delayed_capture=True), create(http)
    idle.pay.pay(waiting)

    assert idle.pay.capture(waiting).charged
    assert "P0040" == idle.pay.staff_cancel(other).code
    with pytest.raises(NotAllowedError):
        idle.pay.capture(other)
    assert (409, "P1003") == error_of(http.post(f"/v1/payments/{other}/capture"))


def test_watchers_are_told_of_every_change(idle: Sandbox, http: TestClient) -> None:
    """New payments, changes of state, time, and refunds."""
    told: list[tuple[str | None, str, bool]] = []
    book = idle.pay._office.book

    def watch(change: Change) -> None:
        before = None if change.before is None else change.before.status
        told.append((before, change.payment.status, change.refund is not None))

    book.watchers.append(watch)
    payment_id = paid(idle, http)
    idle.pay.staff_refund(payment_id, 1)
    create(http)
    idle.clock.advance(timedelta(hours=2))
    assert 2 == len(idle.pay.payments)

    assert [
        (None, "created", False),
        ("created", "started", False),
        ("started", "started", False),
        ("started", "submitted", False),
        ("submitted", "success", False),
        ("success", "success", True),
        (None, "created", False),
        ("created", "failed", False),
    ] == told


def _some_paid(machine: "Money") -> bool:
    return bool(machine.payments)


class Money(RuleBasedStateMachine):
    """Anybody does anything to a Stripe account; the sums have to agree at all times."""

    def __init__(self) -> None:
        super().__init__()
        self.sandbox = Sandbox(clock=Clock(start=START))
        self.account = stripe(failed_fee=3, refunds_settle_later=True, corporate_surcharge=50)
        # Entered, it has one event loop for all requests.
        self.http = client(self.sandbox, self.account).__enter__()
        self.payments: list[str] = []

    def teardown(self) -> None:
        """Stop the client's event loop."""
        self.http.__exit__()

    def one(self, choice: int) -> str:
        """Choose a payment."""
        return self.payments[choice % len(self.payments)]

    @rule(
        amount=st.integers(30, 5000),
        card=st.sampled_from(["4444333322221111", "4111111111111111", "4000000000000002"]),
    )
    def pay(self, amount: int, card: str) -> None:
        """Somebody pays, or tries to."""
        payment_id = create(self.http, amount=amount)
        self.sandbox.pay.pay(payment_id, card=card)
        self.payments.append(payment_id)

    @precondition(_some_paid)
    @rule(choice=st.integers(0, 99), amount=st.integers(1, 3000))
    def refund(self, choice: int, amount: int) -> None:
        """Staff refund, or try to."""
        self.http.post(f"/v1/payments/{self.one(choice)}/refunds", json={"amount": amount})

    @precondition(_some_paid)
    @rule(choice=st.integers(0, 99), good=st.booleans())
    def end_refund(self, choice: int, *, good: bool) -> None:
        """A submitted refund ends."""
        waiting = [each for each in self.sandbox.pay.refunds if each.status.value == "submitted"]
        if waiting:
            end = self.sandbox.pay.complete_refund if good else self.sandbox.pay.fail_refund
            end(waiting[choice % len(waiting)].id)

    @precondition(_some_paid)
    @rule(choice=st.integers(0, 99), lost=st.booleans())
    def dispute(self, choice: int, *, lost: bool) -> None:
        """A payer disputes, and the dispute ends."""
        payment_id = self.one(choice)
        if self.sandbox.pay.payment(payment_id).charged:
            made = self.sandbox.pay.dispute(payment_id, 1)
            (self.sandbox.pay.lose if lost else self.sandbox.pay.win)(made.id)

    @rule(days=st.integers(0, 2))
    def settle(self, days: int) -> None:
        """The provider pays out."""
        self.sandbox.clock.advance(timedelta(days=days))
        self.sandbox.pay.settle(self.account)

    @invariant()
    def payouts_and_ledger_agree(self) -> None:
        """Payouts hold ledger entries, each once; what they lack is what waits."""
        paid_out = Counter(item for payout in self.sandbox.pay.payouts for item in payout.items)
        ledger = Counter(self.sandbox.pay.ledger)
        assert paid_out <= ledger
        assert all(count == 1 for count in ledger.values())
        for payout in self.sandbox.pay.payouts:
            assert payout.amount == sum(item.amount for item in payout.items)

    @invariant()
    def the_api_tells_each_payout(self) -> None:
        """Net amounts, refunds and lost disputes of a day are its payouts, failed fees apart."""
        told: Counter[str] = Counter()
        for path in ("payments", "refunds", "disputes"):
            for each in self.http.get(f"/v1/{path}").json()["results"]:
                day = each.get("settlement_summary", {}).get("settled_date")
                if day is not None:
                    told[day] += -each["amount"] if path == "refunds" else each["net_amount"]
        real: Counter[str] = Counter()
        charged = {
            entry.payment_id for entry in self.sandbox.pay.ledger if entry.kind is EntryKind.PAYMENT
        }
        for payout in self.sandbox.pay.payouts:
            items = [item for item in payout.items if item.payment_id in charged]
            real[payout.day.isoformat()] += sum(item.amount for item in items)
        assert {day: pence for day, pence in real.items() if pence} == {
            day: pence for day, pence in told.items() if pence
        }


Money.TestCase.settings = settings(max_examples=examples(12), stateful_step_count=20, deadline=None)
TestMoney = Money.TestCase


def test_records_of_money_print_no_reference() -> None:
    """A payout keeps its items to itself."""
    entry = LedgerEntry(EntryKind.PAYMENT, "p", "p", "a", 1, START)
    payout = Payout("po", "a", START, START.date(), 1, (entry,))

    assert "items" not in repr(payout)
