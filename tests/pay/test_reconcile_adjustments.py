# SPDX-License-Identifier: MIT
"""What changes after it was posted: a fee that is told differently, a lost dispute that is won."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from databases import DIALECTS, database_url
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pay.reconciling import (
    DAY,
    a_coding,
    a_dispute,
    a_payment_row,
    a_refund,
    at_noon,
    basket_row,
    line,
    record,
    run_day,
)

from lg_core.money import Pence, VatRate, split_vat
from lg_core.store import Store
from lg_pay.funds import Funds
from lg_pay.reconcile import (
    Adjustment,
    AdjustmentTotal,
    Coding,
    CodingRules,
    Outcome,
    Plan,
    Posting,
    PostingBook,
    Recording,
)
from lg_pay.reconcile.postings import fee_change

Row = dict[str, Any]

VAT_ON_FEES = Funds.from_toml("""
[funds.CT]
name = "Council tax"
[funds.SUSP]
name = "Suspense"
[funds.FEES]
name = "Fees"
vat_code = "S"
[vat.S]
rate = "20%"
[suspense]
fund = "SUSP"
[fees]
fund = "FEES"
""")


@pytest.fixture(params=DIALECTS)
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PostingBook]:
    """An empty book in each kind of database."""
    with Store(database_url(str(request.param), tmp_path)) as store:
        yield PostingBook(store)


@pytest.fixture
def made(book: PostingBook, tmp_path: Path) -> Callable[..., Outcome]:
    """Make the batch of a day, so many days after the first, from rows."""

    def make(after: int, payments: Iterable[Row] = (), **rows: Any) -> Outcome:
        day = DAY + timedelta(days=after)
        plan = rows.pop("plan", None)
        return run_day(
            book, record(tmp_path / f"pages-{after}", payments, **rows), day=day, plan=plan
        )

    return make


def lines(book: PostingBook, outcome: Outcome) -> list[tuple[str, int, int, str, date]]:
    """Return what each line of a batch is called, its number, pence, adjustment and day."""
    return [
        (one.key, one.line, int(one.gross), one.adjustment.value, one.day)
        for one in book.lines(outcome.batch)
    ]


# ------------------------------------------------------------------ fees


def test_a_fee_that_changes_is_a_named_difference_in_the_next_batch(
    book: PostingBook, made: Callable[..., Outcome]
) -> None:
    """Each change one line of its own number, on the fee's own day; and the days go on."""
    batches = [
        made(after, [a_payment_row(fee=fee)]) for after, fee in enumerate((93, 100, 100, 80))
    ]

    assert [
        [("fee:p1", 1, -93, "", DAY), ("payment:p1", 1, 4650, "", DAY)],
        [("fee:p1:changed", 1, -7, "fee-changed", DAY)],
        [],
        [("fee:p1:changed", 2, 20, "fee-changed", DAY)],
    ] == [lines(book, outcome) for outcome in batches]
    assert (AdjustmentTotal(Adjustment.FEE_CHANGED, 1, Pence(-7)),) == batches[
        1
    ].batch.totals.adjusted
    assert {"fee", "rule links", "fee changed"} == {
        one.rule for outcome in batches for one in book.lines(outcome.batch)
    }
    assert batches[1].batch == book.batches("income")[1]


def test_a_fee_that_is_taken_away_goes_and_one_that_is_not_told_stays(
    book: PostingBook, made: Callable[..., Outcome]
) -> None:
    """Nought is a fee that is told; nothing is nothing known."""
    told = [93, None, 0, 0, 5]
    batches = [made(after, [a_payment_row(fee=fee)]) for after, fee in enumerate(told)]

    fees = [[pence for key, _, pence, _, _ in lines(book, one) if "fee" in key] for one in batches]
    assert [[-93], [], [93], [], [-5]] == fees


def test_a_fee_that_two_pages_tell_differently_is_the_later_one(
    book: PostingBook, made: Callable[..., Outcome]
) -> None:
    """Within one batch as well: the difference has its name."""
    outcome = made(0, [a_payment_row(fee=93), a_payment_row("p2"), a_payment_row(fee=90)])

    assert -90 == outcome.batch.totals.fees
    assert ("fee:p1:changed", 1, 3, "fee-changed", DAY) in lines(book, outcome)


def test_the_fee_of_a_dispute_changes_too(book: PostingBook, made: Callable[..., Outcome]) -> None:
    """And all of it comes back where the dispute is won."""
    made(0, [a_payment_row()], disputes=[a_dispute("d1", 4650, fee=1500)])
    changed = made(1, disputes=[a_dispute("d1", 4650, fee=2000)])
    won = made(2, disputes=[a_dispute("d1", 4650, fee=None, status="won", settled=None)])

    assert [("dispute-fee:d1:changed", 1, -500, "fee-changed", DAY)] == lines(book, changed)
    assert [
        ("dispute-fee:d1:changed:reversed", 1, 500, "dispute-won", DAY),
        ("dispute-fee:d1:reversed", 1, 1500, "dispute-won", DAY),
        ("dispute:d1:reversed", 1, 4650, "dispute-won", DAY),
    ] == lines(book, won)


def test_a_fee_in_suspense_changes_there(book: PostingBook, made: Callable[..., Outcome]) -> None:
    """With the reason that it lies there, told once."""
    funds = Funds.from_toml(
        '[funds.CT]\nname = "Tax"\n[funds.SUSP]\nname = "S"\n[suspense]\nfund = "SUSP"\n'
    )
    plan = Plan(Coding(funds))
    outcomes = [
        made(after, [a_payment_row(fee=fee)], plan=plan) for after, fee in enumerate((93, 90, 91))
    ]

    (change,) = book.lines(outcomes[-1].batch)
    assert ("SUSP", "suspense: no fund for fees, fee changed", -1) == (
        change.fund, change.rule, change.gross,
    )  # fmt: skip
    assert change.in_suspense


@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(told=st.lists(st.none() | st.integers(0, 400), min_size=1, max_size=6))
def test_however_a_fee_changes_the_ledger_ends_with_what_was_told_last(
    tmp_path_factory: pytest.TempPathFactory, told: list[int | None]
) -> None:
    """Gross and VAT as if it had been told so at first; the independent sum agrees every day."""
    folder = tmp_path_factory.mktemp("fees")
    plan = Plan(Coding(VAT_ON_FEES, CodingRules()))
    with Store(folder / "pay.db") as store:
        book = PostingBook(store)
        for after, fee in enumerate(told):
            pages = record(folder / f"{after}", [a_payment_row(fee=fee)])
            run_day(book, pages, day=DAY + timedelta(days=after), plan=plan)
        held = [one for _, one in book.history("income", "p1") if one.kind == "fee"]

    known = [fee for fee in told if fee is not None]
    last = Pence(-(known[-1] if known else 0))
    changes = sum(before != after for before, after in zip([0, *known], known, strict=False))
    assert last == sum((one.gross for one in held), Pence(0))
    assert split_vat(last, rate=VatRate(2000)).vat == sum((one.vat for one in held), Pence(0))
    assert changes == len(held)
    assert len(held) == len({(one.key, one.line) for one in held})


def test_a_fee_that_has_not_changed_gives_no_line(
    book: PostingBook, made: Callable[..., Outcome]
) -> None:
    """Whatever it was made of."""
    outcome = made(0, [a_payment_row(fee=93)])
    (fee,) = [one for one in book.lines(outcome.batch) if one.kind == "fee"]

    assert fee_change([fee], told=Pence(-93)) is None
    assert isinstance(fee_change([fee], told=Pence(-94)), Posting)


# ------------------------------------------------------------------ disputes


def test_a_lost_dispute_that_is_won_gives_the_money_back(
    book: PostingBook, made: Callable[..., Outcome]
) -> None:
    """Line for line, the fee too, by name, once; and a refund after it is coded by what is left."""
    paid = basket_row("p1", [line(4000), line(650, account="A2")])
    lost = made(0, [paid], disputes=[a_dispute("d1", 4650)])
    won = a_dispute("d1", 4650, status="won", settled=None, fee=None)
    given_back = made(1, [paid], disputes=[won])
    later = made(2, [paid], disputes=[won], refunds=[a_refund("r1", 4650, at=at_noon(DAY))])

    assert (-4650, -1500) == (lost.batch.totals.disputes, lost.batch.totals.fees)
    assert (4650, 1500) == (given_back.batch.totals.disputes, given_back.batch.totals.fees)
    assert (AdjustmentTotal(Adjustment.DISPUTE_WON, 3, Pence(6150)),) == (
        given_back.batch.totals.adjusted
    )
    assert {"dispute-won"} == {one[3] for one in lines(book, given_back)}
    assert ["full refund"] * 2 == [one.rule for one in book.lines(later.batch)]


def test_a_dispute_is_won_months_after_it_was_lost(
    book: PostingBook, made: Callable[..., Outcome]
) -> None:
    """Beyond the days that a run looks back over, and where its payment is on no page."""
    made(0, [a_payment_row()], disputes=[a_dispute("d1", 4650)])
    for after in range(1, 20):
        made(after)
    won = a_dispute("d1", 4650, status="won", settled=None, fee=None)
    outcome = made(20, disputes=[won])
    again = made(21, disputes=[won])

    assert (4650, 1500) == (outcome.batch.totals.disputes, outcome.batch.totals.fees)
    assert [] == lines(book, again)


def test_a_dispute_that_was_never_posted_gives_nothing_back(
    book: PostingBook, made: Callable[..., Outcome]
) -> None:
    """Won at once, or lost and won within one batch: there was nothing to give back."""
    outcome = made(
        0,
        [a_payment_row()],
        disputes=[
            a_dispute("d1", 50, status="won", settled=None),
            a_dispute("d2", 60),
            a_dispute("d2", 60, status="won", settled=None),
        ],
    )

    assert [("payment:p1", 1, 4650, "", DAY)] == lines(book, outcome)


def test_a_payment_shows_all_that_the_ledger_holds_of_it(
    book: PostingBook, made: Callable[..., Outcome]
) -> None:
    """With the batch of each line, in their order; nothing of other payments."""
    first = made(0, [a_payment_row(fee=93), a_payment_row("p2")])
    second = made(1, [a_payment_row(fee=100)], refunds=[a_refund("r1", 5, at=at_noon(DAY))])

    assert [
        (first.batch, "fee:p1"),
        (first.batch, "payment:p1"),
        (second.batch, "fee:p1:changed"),
        (second.batch, "refund:r1"),
    ] == [(batch, one.key) for batch, one in book.history("income", "p1")]
    assert () == book.history("other", "p1")


def test_pages_that_do_not_tell_a_won_dispute_leave_it(
    book: PostingBook, made: Callable[..., Outcome], tmp_path: Path
) -> None:
    """What is not on the pages is not known: the batch balances without it."""
    made(0, [a_payment_row()], disputes=[a_dispute("d1", 4650)])
    outcome = run_day(
        book,
        Recording(record(tmp_path / "none").folder),
        day=DAY + timedelta(days=1),
        plan=Plan(a_coding()),
    )

    assert 0 == outcome.batch.totals.lines
