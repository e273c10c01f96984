from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pay.payments import a_payment
from pay.reconciling import a_coding

from lg_core.errors import RequestNotSentError
from lg_core.money import Pence
from lg_core.store import Store
from lg_core.testing import asgi
from lg_pay import PayClient
from lg_pay.dispute import Dispute
from lg_pay.errors import PaymentNotFoundError
from lg_pay.reconcile import (
    Kind,
    Outcome,
    Pages,
    Plan,
    PostingBook,
    Recording,
    UnfinishedPagesError,
    download,
    reconcile,
    window,
)
from lg_sandbox import Clock, Sandbox
from lg_sandbox.pay import Account, FeePlan, Provider

START = datetime(2026, 3, 30, 12, tzinfo=UTC)
PLAN = Plan(a_coding())


class Town:
    """A council with a live account at a provider like Stripe, and a ledger."""

    def __init__(self, folder: Path) -> None:
        self.sandbox = Sandbox(clock=Clock(start=START))
        self.sandbox.clock.freeze()
        self.account = Account(
            "stripe", fees_on_test=True, provider=Provider.STRIPE, rate_limited=False,
            fee_plan=FeePlan(0, 50), refunds_settle_later=True, captures_at_once=False,
        )  # fmt: skip
        key = self.sandbox.pay.new_api_key(account=self.account)
        self.client = PayClient(
            key, base_url="http://localhost", transport=asgi(self.sandbox.pay.app)
        )
        self.folder = folder
        self.store = Store(folder / "pay.db")
        self.book = PostingBook(self.store)

    def paid(self, amount: int = 4650) -> str:
        """Pay."""
        new = a_payment(amount=Pence(amount), description="Link to pay")
        payment_id = self.client.create_payment(new).payment_id
        self.sandbox.pay.pay(payment_id)
        self.sandbox.pay.complete_capture(payment_id)
        return payment_id

    def recorded(self, **options: Any) -> Recording:
        """Download the window of the day before the clock's."""
        recording = Recording(self.folder / f"pages-{len(list(self.folder.iterdir()))}")
        day = self.sandbox.clock.now().date() - timedelta(days=1)
        accounts = {"stripe": self.client.exchange}
        download(window(day, PLAN), accounts=accounts, recording=recording, **options)
        return recording

    def holds(self, payment_ids: Iterable[str]) -> set[str]:
        """Say which payments the ledger holds."""
        return self.book.holds("income", payment_ids)

    def reconciled(self) -> Outcome:
        """Download and post the day before the clock's."""
        now = self.sandbox.clock.now()
        recording = self.recorded(posted=self.holds)
        day = now.date() - timedelta(days=1)
        return reconcile(day, recording=recording, book=self.book, plan=PLAN, now=now)

    def moves(self, outcome: Outcome) -> list[tuple[Kind, int]]:
        """Return the kinds and sums of a batch."""
        return [(one.kind, int(one.gross)) for one in self.book.lines(outcome.batch)]


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A council."""
    town = Town(tmp_path)
    yield town
    town.client.close()
    town.store.close()


def test_each_day_is_what_really_moved(town: Town) -> None:
    """Over the end of the year of account: the batches equal the sandbox's own ledger."""
    outcomes: list[Outcome] = []
    for day in range(4):
        first = town.paid(1000 + day)
        town.sandbox.pay.staff_refund(first, 100 + day)
        town.sandbox.clock.advance(timedelta(days=1))
        outcomes.append(town.reconciled())

    truth = sum(entry.amount for entry in town.sandbox.pay.ledger)
    fees = sum(int(outcome.batch.totals.fees) for outcome in outcomes)
    assert -200 == fees
    assert truth == sum(int(outcome.batch.totals.net) for outcome in outcomes) - _pending(town)
    assert [1, 2, 3, 4] == [outcome.batch.number for outcome in outcomes]
    assert ["2026-03-30", "2026-03-31", "2026-04-01", "2026-04-02"] == [
        outcome.batch.day.isoformat() for outcome in outcomes
    ]
    assert {0} == {int(outcome.batch.totals.adjustments) for outcome in outcomes}


def _pending(town: Town) -> int:
    """Return the refunds that the provider has not made yet: posted, and not yet moved."""
    moved = {entry.id for entry in town.sandbox.pay.ledger}
    return -sum(each.amount for each in town.sandbox.pay.refunds if each.id not in moved)


def test_a_dispute_is_posted_on_the_day_that_it_settles(town: Town) -> None:
    """Not a day late: the last settled day of a search is not part of it."""
    payment_id = town.paid(5000)
    town.sandbox.clock.advance(timedelta(days=1))
    town.reconciled()
    town.sandbox.pay.lose(town.sandbox.pay.dispute(payment_id, fee=1500).id)
    town.sandbox.pay.settle(town.account)
    town.sandbox.clock.advance(timedelta(days=1))
    outcome = town.reconciled()

    assert [(Kind.DISPUTE_FEE, -1500), (Kind.DISPUTE, -5000)] == sorted(
        town.moves(outcome), key=lambda one: -one[1]
    )
    assert 0 == outcome.batch.totals.adjustments
    assert 0 == outcome.batch.totals.suspense


def test_a_download_ends_with_its_mark_and_one_that_breaks_off_does_not(town: Town) -> None:
    """So that a folder that was kept is not taken for whole."""
    town.paid(5000)
    town.sandbox.clock.advance(timedelta(days=1))
    day = town.sandbox.clock.now().date() - timedelta(days=1)
    broken = Recording(town.folder / "broken")

    def exchange(call: Any) -> Any:
        if call.path == "/v1/disputes":
            raise RequestNotSentError("The network is gone.", reason="connect")
        return town.client.exchange(call)

    with pytest.raises(RequestNotSentError):
        download(window(day, PLAN), accounts={"stripe": exchange}, recording=broken)

    with pytest.raises(UnfinishedPagesError):
        broken.whole()
    assert 2 == len(broken)
    assert window(day, PLAN) == town.recorded().whole()


def test_disputes_that_were_won_are_fetched_whatever_their_day_is(town: Town) -> None:
    """One that is won months later has no settled day, and no search by day finds it."""
    payment_id = town.paid(5000)
    dispute = town.sandbox.pay.dispute(payment_id)
    town.sandbox.pay.win(dispute.id)
    town.sandbox.clock.advance(timedelta(days=90))
    recording = town.recorded(posted=town.holds)
    outcome = town.reconciled()

    found = [one for _, one in recording.records() if isinstance(one, Dispute)]
    assert [(dispute.id, "won")] == [(one.dispute_id, one.status) for one in found]
    assert Pages.PAYMENT not in [kind for _, kind, _ in recording]
    assert 0 == outcome.batch.totals.lines


def test_a_refund_that_fails_is_taken_back_by_name(town: Town) -> None:
    """In the next batch, as an adjustment."""
    refund = town.sandbox.pay.staff_refund(town.paid(5000), 5000)
    town.sandbox.clock.advance(timedelta(days=1))
    before = town.reconciled()
    town.sandbox.pay.fail_refund(refund.id)
    town.sandbox.clock.advance(timedelta(days=1))
    after = town.reconciled()

    assert -5000 == before.batch.totals.refunds
    assert (5000, 5000) == (after.batch.totals.refunds, after.batch.totals.adjustments)


def test_an_older_payment_is_fetched_by_itself_unless_the_ledger_holds_it(town: Town) -> None:
    """So that a refund of it can be coded; what the ledger holds is not asked for again."""
    payment_id = town.paid(5000)
    town.sandbox.clock.advance(timedelta(days=40))
    town.sandbox.pay.staff_refund(payment_id, 5000)
    town.sandbox.clock.advance(timedelta(days=1))
    rows: list[int] = []
    recording = town.recorded(told=rows.append)
    kinds = [kind for _, kind, _ in recording]
    held = town.recorded(posted=set[str])
    outcome = town.reconciled()

    lists = [Pages.PAYMENTS, Pages.REFUNDS, Pages.DISPUTES, Pages.DISPUTES]  # the last: won
    assert [*lists, Pages.PAYMENT] == kinds
    assert Pages.PAYMENT not in [kind for _, kind, _ in held]
    assert [0, 1, 1, 1] == rows
    (line,) = town.book.lines(outcome.batch)
    assert ("CT", -5000, "full refund") == (line.fund, line.gross, line.rule)
    assert 0 == outcome.earlier


def test_the_searches_miss_nothing_over_many_pages(town: Town) -> None:
    """More payments than a page holds, all of one second, each posted once."""
    amounts = list(range(1000, 1012))
    for amount in amounts:
        town.paid(amount)
    town.sandbox.clock.advance(timedelta(days=1))
    outcome = town.reconciled()

    assert sorted(amounts) == sorted(
        pence for kind, pence in town.moves(outcome) if kind is Kind.PAYMENT
    )


def test_a_payment_that_cannot_be_found_is_left_out(town: Town) -> None:
    """The run then posts its refund to suspense, and says so."""
    payment_id = town.paid(5000)
    town.sandbox.clock.advance(timedelta(days=40))
    town.sandbox.pay.staff_refund(payment_id, 5000)
    town.sandbox.clock.advance(timedelta(days=1))
    now, recording = town.sandbox.clock.now(), Recording(town.folder / "gone")
    day = now.date() - timedelta(days=1)

    def exchange(call: Any) -> Any:
        if call.path.startswith("/v1/payments/"):
            raise PaymentNotFoundError("It is not there.", status=404)
        return town.client.exchange(call)

    download(window(day, PLAN), accounts={"stripe": exchange}, recording=recording)
    outcome = reconcile(day, recording=recording, book=town.book, plan=PLAN, now=now)

    (line,) = town.book.lines(outcome.batch)
    assert ("SUSP", "suspense: refund of a payment that cannot be read") == (line.fund, line.rule)
    assert 1 == len(outcome.notes)
