import json
import pickle
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from children import Child
from databases import DIALECTS, database_url
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pay.reconcile_child import make_batch
from pay.reconciling import (
    DAY,
    NOON,
    a_coding,
    a_dispute,
    a_payment_row,
    a_refund,
    at_noon,
    basket_row,
    line,
    page,
    record,
    run_day,
)

from lg_core.errors import ConfigError, ResponseShapeError
from lg_core.store import Store
from lg_pay.reconcile import (
    BalanceError,
    DayBasis,
    DayError,
    Outcome,
    Pages,
    PartRefunds,
    Plan,
    PostingBook,
    Recording,
    UnfinishedPagesError,
    Window,
    due,
    reconcile,
)

NEXT = DAY + timedelta(days=1)
Row = dict[str, Any]
Moves = list[tuple[str, int, str]]


@pytest.fixture(params=DIALECTS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    return database_url(str(request.param), tmp_path)


@pytest.fixture
def book(url: str) -> Iterator[PostingBook]:
    """An empty book."""
    with Store(url) as store:
        yield PostingBook(store)


@pytest.fixture
def made(book: PostingBook, tmp_path: Path) -> Callable[..., Outcome]:
    """Make the batch of a day from rows."""

    def make(
        payments: Iterable[Row] = (), *, day: date = DAY, plan: Plan | None = None, **rows: Any
    ) -> Outcome:
        folder = tmp_path / f"pages-{len(list(tmp_path.iterdir()))}"
        return run_day(book, record(folder, payments, **rows), day=day, plan=plan)

    return make


def moves(book: PostingBook, outcome: Outcome) -> Moves:
    """Return the name, the pence and the adjustment of each line of a batch."""
    return [(one.key, int(one.gross), one.adjustment.value) for one in book.lines(outcome.batch)]


def rules(book: PostingBook, outcome: Outcome) -> list[str]:
    """Return what decided each line of a batch."""
    return [one.rule for one in book.lines(outcome.batch)]


def test_a_day_becomes_a_batch(book: PostingBook, made: Callable[..., Outcome]) -> None:
    """Payment, fee, refund and dispute, each by name, with control totals."""
    outcome = made(
        [
            basket_row("p1", [line(4000), line(650, fund="CT", vat=False)], fee=93),
            a_payment_row("p2", amount=1000),
        ],
        refunds=[a_refund("r1", 4650)],
        disputes=[a_dispute("d1", 1000, payment_id="p2")],
    )
    totals = outcome.batch.totals

    assert (5650, -4650, -1000, -1593) == (
        totals.payments, totals.refunds, totals.disputes, totals.fees,
    )  # fmt: skip
    assert (0, -1593, 0, 0) == (totals.gross, totals.net, totals.suspense, totals.adjustments)
    assert {("CT", 0, 0), ("GW", 0, 0), ("FEES", -1593, 0)} == {
        (fund, sum(int(t.gross) for t in totals.funds if t.fund == fund),
         sum(int(t.vat) for t in totals.funds if t.fund == fund))
        for fund in ("CT", "GW", "FEES")
    }  # fmt: skip
    assert (False, 0, 4, ()) == (outcome.repeated, outcome.earlier, outcome.read, outcome.notes)
    assert "full dispute" in rules(book, outcome)


def test_a_day_run_again_is_the_same_batch(book: PostingBook, made: Callable[..., Outcome]) -> None:
    """The same bytes, also when GOV.UK Pay tells something else by then."""
    first = made([a_payment_row("p1")])
    lines = [one.to_json() for one in book.lines(first.batch)]
    again = made([a_payment_row("p1", status="error"), a_payment_row("p2")])

    assert (True, first.batch) == (again.repeated, again.batch)
    assert lines == [one.to_json() for one in book.lines(again.batch)]


def test_what_comes_late_is_in_the_next_batch_by_name(
    book: PostingBook, made: Callable[..., Outcome]
) -> None:
    """A capture, a fee and a refund that were not listed when their day was posted."""
    known = a_payment_row("p1")
    made([known, a_payment_row("p2", waiting=True)])
    outcome = made(
        [{**known, "fee": 93}, a_payment_row("p2"), a_payment_row("p3", at=at_noon(NEXT))],
        refunds=[a_refund("r1", 4650)],
        day=NEXT,
    )

    assert [
        ("fee:p1", -93, "late"),
        ("payment:p2", 4650, "late"),
        ("refund:r1", -4650, "late"),
        ("payment:p3", 4650, ""),
    ] == sorted(moves(book, outcome), key=lambda one: (not one[2], one[0]))
    assert -93 == outcome.batch.totals.adjustments


def test_what_is_not_captured_is_listed(made: Callable[..., Outcome]) -> None:
    """The oldest first; a payment that a later page shows captured is not among them."""
    waiting = a_payment_row("p1", waiting=True)
    older = a_payment_row("p2", waiting=True, status="capturable", at=NOON - timedelta(days=4))
    outcome = made([waiting, older, a_payment_row("p3", waiting=True), a_payment_row("p3")])

    assert [("p2", NOON - timedelta(days=4)), ("p1", NOON)] == list(outcome.not_captured)


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("status", ["error", "failed", "cancelled"])
def test_a_capture_that_fails_is_reversed_once(
    book: PostingBook, made: Callable[..., Outcome], status: str, *, told: bool
) -> None:
    """Line for line in the next batch, also where the capture is no longer told; then never."""
    lines = [line(4000), line(650, account="A2")]
    made([basket_row("p1", lines)])
    failed = basket_row("p1", lines, status=status, waiting=not told)
    outcome = made([failed], day=NEXT)
    third = made([failed], day=NEXT + timedelta(days=1))

    assert [
        ("payment:p1:reversed", -4000, "reversal"),
        ("payment:p1:reversed", -650, "reversal"),
    ] == moves(book, outcome)
    assert [] == moves(book, third)


def test_a_capture_that_failed_before_it_was_posted_is_nothing(
    book: PostingBook, made: Callable[..., Outcome]
) -> None:
    """Nor is a refund that the provider refused before."""
    outcome = made([a_payment_row(status="error")], refunds=[a_refund("r1", 5, status="error")])

    assert [] == moves(book, outcome)


def test_a_refused_refund_is_reversed_before_the_next_one_is_coded(
    book: PostingBook, made: Callable[..., Outcome]
) -> None:
    """So that a full refund after it is a full one."""
    payment = basket_row("p1", [line(4000), line(650, account="A2")])
    made([payment], refunds=[a_refund("r1", 4650, status="submitted")])
    outcome = made(
        [payment],
        refunds=[a_refund("r2", 4650, at=at_noon(NEXT)), a_refund("r1", 4650, status="error")],
        day=NEXT,
    )

    assert ["full refund"] * 4 == rules(book, outcome)
    assert 0 == outcome.batch.totals.refunds
    assert 4650 == outcome.batch.totals.adjustments


def test_refunds_are_coded_in_the_order_in_which_they_were_made(
    book: PostingBook, made: Callable[..., Outcome]
) -> None:
    """The lists are newest first: the second refund of a day is the rest of the payment."""
    book.record_refund("r1", [line(500)])
    outcome = made(
        [basket_row("p1", [line(4000), line(650, account="A2")])],
        refunds=[a_refund("r2", 4150, at=NOON + timedelta(hours=2)), a_refund("r1", 500)],
    )

    assert 0 == outcome.batch.totals.suspense
    assert 0 == outcome.batch.totals.gross
    assert ["refund by recorded lines", "rest of a refund", "rest of a refund"] == rules(
        book, outcome
    )[2:]


def test_a_part_refund_without_lines_is_suspense(made: Callable[..., Outcome]) -> None:
    """Until finance has decided otherwise."""
    payment = basket_row("p1", [line(4000), line(650, account="A2")])
    outcome = made([payment], refunds=[a_refund("r1", 500)])

    assert 1 == outcome.batch.totals.suspense
    assert {"SUSP": -500} == {
        t.fund: int(t.gross) for t in outcome.batch.totals.funds if t.gross < 0
    }


def test_refunds_follow_what_was_posted_and_not_what_is_told_now(
    book: PostingBook, made: Callable[..., Outcome]
) -> None:
    """A payment that was posted months ago is not needed on the pages."""
    plan = Plan(a_coding(PartRefunds.PRO_RATA))
    made([basket_row("p1", [line(4000), line(1000, account="A2")])], plan=plan)
    outcome = made(refunds=[a_refund("r1", 500, at=at_noon(NEXT))], day=NEXT, plan=plan)

    assert [-400, -100] == [int(one.gross) for one in book.lines(outcome.batch)]


def test_a_refund_of_a_payment_that_is_not_known_is_suspense(
    book: PostingBook, made: Callable[..., Outcome]
) -> None:
    """With a note; the fee of a dispute has its fund all the same."""
    outcome = made(
        refunds=[a_refund("r1", 500, payment_id="px")],
        disputes=[
            a_dispute("d1", 700, payment_id="py"),
            a_dispute("d2", 700, payment_id="pz", settled=None),
        ],
    )

    assert {
        "suspense: refund of a payment that cannot be read",
        "suspense: dispute of a payment that cannot be read",
        "fee",
    } == set(rules(book, outcome))
    assert 2 == len(outcome.notes)


@pytest.mark.parametrize("single", [True, False])
def test_a_refund_of_a_payment_from_before_the_ledger_is_coded_by_it(
    book: PostingBook, made: Callable[..., Outcome], *, single: bool
) -> None:
    """Whether it is on a list or was kept by itself; the payment itself is not posted."""
    old = basket_row("p1", [line(4000), line(650, account="A2")], at=NOON - timedelta(days=5))
    rows = {"singles": [old]} if single else {"payments": [old]}
    outcome = made(refunds=[a_refund("r1", 4650)], **rows)

    assert [("refund:r1", -4000, ""), ("refund:r1", -650, "")] == moves(book, outcome)
    assert (0 if single else 1) == outcome.earlier


def test_rows_that_come_twice_are_posted_once(
    book: PostingBook, made: Callable[..., Outcome]
) -> None:
    """Over pages and within one; of two that differ the later one counts."""
    outcome = made(
        [
            *(a_payment_row(name) for name in ("p1", "p1", "p2")),
            *(a_payment_row("p2", status="error") for _ in range(2)),
        ],
        refunds=[a_refund("r1", 10), a_refund("r1", 10, status="error")],
    )

    assert [
        ("payment:p1", 4650, ""),
        ("payment:p2", 4650, ""),
        ("payment:p2:reversed", -4650, "reversal"),
    ] == sorted(moves(book, outcome))


def test_a_row_of_another_page_counts_once(book: PostingBook, tmp_path: Path) -> None:
    """Pages overlap while a list is read; more rows than are held at once are read."""
    recording = Recording(tmp_path / "pages")
    rows = [a_payment_row(f"p{number:04}", amount=1) for number in range(1_200)]
    for start in (0, 400, 800):
        some = rows[start : start + 450]
        recording.add(page(some), kind=Pages.PAYMENTS, account="main")
    refunds = [a_refund(f"r{n:04}", 1, payment_id=f"p{n:04}") for n in range(1_100)]
    recording.add(page(refunds), kind=Pages.REFUNDS, account="main")
    recording.finish()
    counted: list[int] = []
    now = at_noon(DAY + timedelta(days=2))
    outcome = reconcile(
        DAY, recording=recording, book=book, plan=Plan(a_coding()), now=now, told=counted.append
    )

    assert (1_200, -1_100) == (outcome.batch.totals.payments, outcome.batch.totals.refunds)
    assert 2_300 == outcome.batch.totals.lines
    assert (2_400, 2_400) == (outcome.read, counted[-1])
    assert sorted(counted) == counted


def test_days_are_made_in_their_order(book: PostingBook, made: Callable[..., Outcome]) -> None:
    """A day that is missing, one before the ledger, and one that is not over are refused."""
    made()
    for day, word in ((NEXT + timedelta(days=1), "missing"), (DAY - timedelta(days=1), "before")):
        with pytest.raises(DayError, match=word):
            made(day=day)
    midnight = datetime(2026, 6, 2, 23, tzinfo=UTC)
    plan = Plan(a_coding())

    with pytest.raises(DayError, match="not over"):
        due(NEXT, book=book, plan=plan, now=midnight - timedelta(microseconds=1))
    assert due(NEXT, book=book, plan=plan, now=midnight) is None
    assert due(DAY, book=book, plan=plan, now=midnight) is not None
    assert [DAY] == [batch.day for batch in book.batches("income")]


def test_a_recording_without_a_list_is_refused(book: PostingBook, tmp_path: Path) -> None:
    """Nothing downloaded is a slip, not a day without money."""
    with pytest.raises(DayError, match="no list"):
        run_day(book, Recording(tmp_path / "none"))

    assert () == book.batches("income")


def test_a_recording_that_is_not_whole_is_refused(book: PostingBook, tmp_path: Path) -> None:
    """A download that broke off lacks pages, and its day would balance with itself."""
    recording = record(tmp_path / "pages", [a_payment_row("p1")])
    recording.add(page([]), kind=Pages.DISPUTES, account="main")

    with pytest.raises(UnfinishedPagesError, match="Download the day again"):
        run_day(book, recording)
    assert () == book.batches("income")


def test_the_records_of_other_days_are_refused(book: PostingBook, tmp_path: Path) -> None:
    """They would give an empty day, and a day that was made stays made."""
    recording = record(tmp_path / "pages", [a_payment_row("p1")])
    recording.finish(window=Window(NEXT, NEXT + timedelta(days=3)))

    with pytest.raises(
        DayError, match="from 2026-06-02 to 2026-06-05, and not those of 2026-06-01"
    ):
        run_day(book, recording)
    assert () == book.batches("income")


def test_the_year_of_account_ends_at_midnight_in_london(
    book: PostingBook, made: Callable[..., Outcome]
) -> None:
    """31 March and 1 April 2026 are in summer time: 23:00 UTC divides them."""
    split = datetime(2026, 3, 31, 23, tzinfo=UTC)
    rows = [
        a_payment_row("p1", at=split - timedelta(milliseconds=1)),
        a_payment_row("p2", at=split),
        a_payment_row("p3", at=split - timedelta(hours=2), captured=split + timedelta(minutes=1)),
    ]
    last = made(rows, day=date(2026, 3, 31))
    first = made(rows, day=date(2026, 4, 1))

    assert ["payment:p1"] == [key for key, _, _ in moves(book, last)]
    assert ["payment:p2", "payment:p3"] == [key for key, _, _ in moves(book, first)]
    assert 0 == last.batch.totals.adjustments == first.batch.totals.adjustments


def test_each_ledger_counts_for_itself(made: Callable[..., Outcome]) -> None:
    """Numbers and movements are those of one ledger."""
    rows = [a_payment_row("p1")]
    outcomes = [made(rows, plan=Plan(a_coding(), ledger=name)) for name in ("income", "schools")]

    assert [1, 1] == [outcome.batch.number for outcome in outcomes]
    assert [4650, 4650] == [int(outcome.batch.totals.payments) for outcome in outcomes]


@pytest.mark.parametrize("basis", DayBasis)
def test_the_days_of_both_sums_agree_on_every_basis(
    made: Callable[..., Outcome], basis: DayBasis
) -> None:
    """Over a delayed capture, a run a day: all is posted once."""
    row = a_payment_row("p1", captured=NOON + timedelta(days=2), fee=9)
    plan = Plan(a_coding(), basis=basis)
    outcomes = [
        made([a_payment_row("p1", waiting=True, status="capturable")], plan=plan),
        *(made([row], day=DAY + timedelta(days=after), plan=plan) for after in (1, 2, 3)),
    ]

    assert 4650 == sum(int(outcome.batch.totals.payments) for outcome in outcomes)
    assert -9 == sum(int(outcome.batch.totals.fees) for outcome in outcomes)


@pytest.mark.parametrize("changes", [{"ledger": ""}, {"ledger": "a/b"}, {"look_back": 5}])
def test_a_plan_that_cannot_work_is_refused(changes: dict[str, Any]) -> None:
    """A ledger's name stands in file names; a delayed capture takes up to five days."""
    with pytest.raises(ConfigError):
        replace(Plan(a_coding()), **changes)


class Doctored:
    """Changes a page once it has been read."""

    def __init__(self, recording: Recording, change: Callable[[Row], Row]) -> None:
        self._recording = recording
        self._change = change
        self._done = False

    def __call__(self, rows: int) -> None:
        """Change it, the first time that rows are told."""
        if not rows or self._done:
            return
        self._done = True
        path = next(each for each in self._recording.folder.iterdir() if "payments" in each.name)
        body = json.loads(path.read_bytes())
        body["results"] = [self._change(row) for row in body["results"]]
        path.write_bytes(json.dumps(body).encode())


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"amount": 4651}, "payment:p1: .* £46.51, the ledger to £46.50"),
        ({"payment_id": "p9"}, "payment:p1: .* £0.00, the ledger to £46.50\n.*payment:p9"),
        ({"fee": 1}, "fee:p1: .* -£0.01, the ledger to £0.00"),
    ],
)
def test_a_page_that_was_changed_is_found(
    *, book: PostingBook, tmp_path: Path, change: Row, told: str
) -> None:
    """The second sum names the payment, and nothing is posted: not a line, not a number."""
    recording = record(tmp_path / "pages", [a_payment_row("p1"), a_payment_row("p2")])
    doctor = Doctored(recording, lambda row: row | (change if row["payment_id"] == "p1" else {}))
    plan, now = Plan(a_coding()), at_noon(DAY + timedelta(days=2))

    with pytest.raises(BalanceError, match=told) as caught:
        reconcile(DAY, recording=recording, book=book, plan=plan, now=now, told=doctor)

    assert caught.value.differences == pickle.loads(pickle.dumps(caught.value)).differences
    assert ((), set()) == (book.batches("income"), book.holds("income", ["p1", "p2"]))
    good = run_day(book, record(tmp_path / "again", [a_payment_row("p1"), a_payment_row("p2")]))
    assert (1, 9300) == (good.batch.number, good.batch.totals.payments)


def test_many_differences_are_told_in_short(book: PostingBook, tmp_path: Path) -> None:
    """The first twenty, and how many more; the error holds all."""
    recording = record(tmp_path / "pages", [a_payment_row(f"p{n}") for n in range(25)])
    doctor = Doctored(recording, lambda row: row | {"amount": 1})
    plan, now = Plan(a_coding()), at_noon(DAY + timedelta(days=2))

    with pytest.raises(BalanceError, match="and 5 more") as caught:
        reconcile(DAY, recording=recording, book=book, plan=plan, now=now, told=doctor)
    assert 25 == len(caught.value.differences)


def test_a_page_that_cannot_be_read_posts_nothing(book: PostingBook, tmp_path: Path) -> None:
    """At the first reading or at the second; the error holds nothing of it."""
    broken = record(tmp_path / "1", [a_payment_row("p1")], refunds=[{"email": "x"}])
    spoiled = record(tmp_path / "2", [a_payment_row("p1")])
    doctor = Doctored(spoiled, lambda _: {"email": "a@example.org"})
    plan, now = Plan(a_coding()), at_noon(DAY + timedelta(days=2))

    with pytest.raises(ResponseShapeError) as first:
        run_day(book, broken)
    with pytest.raises(ResponseShapeError, match="second time") as second:
        reconcile(DAY, recording=spoiled, book=book, plan=plan, now=now, told=doctor)

    assert first.value.__context__ is None is second.value.__context__
    assert ((), set()) == (book.batches("income"), book.holds("income", ["p1"]))


def test_two_processes_for_one_day_make_one_batch(url: str, tmp_path: Path) -> None:
    """Each gets the batch; one of them made it."""
    rows = [a_payment_row(f"p{number:04}") for number in range(1_500)]
    recording = record(tmp_path / "pages", rows)
    work = partial(make_batch, store=url, folder=recording.folder)
    children = [Child(work) for _ in range(3)]

    assert [0, 0, 0] == [child.ended() for child in children]
    found = [told.split() for child in children for told in child.told]
    assert 1 == len({(number, digest) for number, digest, _ in found})
    assert ["False", "True", "True"] == sorted(repeated for _, _, repeated in found)
    with Store(url) as store:
        assert 1 == len(PostingBook(store).batches("income"))


def test_a_first_day_that_others_made_meanwhile_is_judged_again(
    book: PostingBook, tmp_path: Path
) -> None:
    """While it waited, a later day was begun: an earlier one would be out of order then."""
    plan, now = Plan(a_coding()), at_noon(DAY + timedelta(days=2))
    recording = record(tmp_path / "pages", [a_payment_row("p1")])
    assert due(DAY - timedelta(days=1), book=book, plan=plan, now=now) is None
    later = _Meanwhile(book, lambda: run_day(book, recording))

    with pytest.raises(DayError, match="before the last batch"):
        reconcile(DAY - timedelta(days=1), recording=recording, book=later, plan=plan, now=now)


class _Meanwhile(PostingBook):
    """A book whose next batch begins after something else was done."""

    def __init__(self, book: PostingBook, meanwhile: Callable[[], object]) -> None:
        super().__init__(book._store)
        self._meanwhile = meanwhile

    def new_batch(self, ledger: str, *, day: date) -> Any:
        """Let the other go first."""
        self._meanwhile()
        return super().new_batch(ledger, day=day)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["pay", "wait", "refund", "refuse", "fail", "fee", "dispute", "win"]),
        st.integers(0, 5),
        st.integers(1, 900),
    ),
    max_size=8,
)


@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=st.lists(STEPS, min_size=1, max_size=5), policy=st.sampled_from(PartRefunds))
def test_whatever_happens_the_ledger_holds_what_moved(
    tmp_path_factory: pytest.TempPathFactory, days: list[list[tuple[str, int, int]]],
    policy: PartRefunds,
) -> None:  # fmt: skip
    """Days of payments, late captures, refunds, refusals, failures, changing fees, disputes."""
    folder = tmp_path_factory.mktemp("town")
    payments: dict[str, Row] = {}
    refunds: dict[str, Row] = {}
    disputes: dict[str, Row] = {}
    plan = Plan(a_coding(policy))
    with Store(folder / "pay.db") as store:
        book = PostingBook(store)
        for number, steps in enumerate([*days, []]):
            day = DAY + timedelta(days=number)
            for step, (what, which, amount) in enumerate(steps):
                at = at_noon(day) + timedelta(seconds=step)
                _happens(what, f"p{which}", amount, at, payments, refunds, disputes)
            recording = record(
                folder / f"pages-{number}",
                payments.values(),
                refunds=reversed(refunds.values()),
                disputes=disputes.values(),
            )
            run_day(book, recording, day=day, plan=plan)
        posted = sum(int(batch.totals.net) for batch in book.batches("income"))

    assert _truth(payments, refunds, disputes) == posted


def _happens(  # noqa: PLR0917 -- a town in a few words
    what: str, name: str, amount: int, at: datetime,
    payments: dict[str, Row], refunds: dict[str, Row], disputes: dict[str, Row],
) -> None:  # fmt: skip
    row = payments.get(name)
    good = row is not None and row["state"]["status"] == "success"
    taken = bool(row and row["settlement_summary"])
    back = [each for each in refunds.values() if each["payment_id"] == name]
    gone = sum(each["amount"] for each in back if each["status"] != "error")
    if what in {"pay", "wait"} and row is None:
        lines = [line(amount), line(amount + 7, account="A2", vat=False)]
        payments[name] = basket_row(name, lines, at=at, waiting=what == "wait")
    elif what == "wait" and row and good and not taken:
        row["settlement_summary"] = a_payment_row(at=at)["settlement_summary"]
    elif what == "fee" and row and good and taken:
        row["fee"] = amount  # GOV.UK Pay may tell another one later
    elif what == "win" and name in disputes:
        disputes[name] |= {"status": "won", "settlement_summary": None, "fee": None}
    elif what == "fail" and row and good and not back and name not in disputes:
        row["state"]["status"] = "error"
    elif what == "refuse" and back and name not in disputes:
        back[-1]["status"] = "error"
    elif row and good and taken and name not in disputes and gone < row["amount"]:
        part = min(amount, row["amount"] - gone)
        if what == "refund":
            one = f"r{len(refunds)}"
            refunds[one] = a_refund(one, part, payment_id=name, at=at)
        elif what == "dispute":
            disputes[name] = a_dispute(name, part, payment_id=name, settled=at.date())


def _truth(payments: dict[str, Row], refunds: dict[str, Row], disputes: dict[str, Row]) -> int:
    paid = sum(
        row["amount"]
        for row in payments.values()
        if row["state"]["status"] == "success" and row["settlement_summary"]
    )
    fees = sum(row.get("fee", 0) for row in payments.values())
    back = sum(row["amount"] for row in refunds.values() if row["status"] != "error")
    lost = sum(row["amount"] + row["fee"] for row in disputes.values() if row["status"] == "lost")
    return int(paid - fees - back - lost)
