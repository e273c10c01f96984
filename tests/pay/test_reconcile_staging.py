# SPDX-License-Identifier: MIT
"""A run computes beside the store, and writes once: others write meanwhile; a kill is harmless."""

import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from children import Child
from databases import DIALECTS, database_url
from hypothesis import given
from hypothesis import strategies as st
from pay.reconcile_child import make_until, write
from pay.reconciling import (
    DAY,
    a_coding,
    a_payment_row,
    a_refund,
    at_noon,
    basket_row,
    line,
    record,
    run_day,
)

from lg_core.store import Store
from lg_pay.reconcile import BatchOvertakenError, Plan, PostingBook, reconcile
from lg_pay.reconcile._new_batch import NewBatch
from lg_pay.reconcile._stage import AT_ONCE, Stage, in_parts

NEXT = DAY + timedelta(days=1)


@pytest.fixture(params=DIALECTS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    return database_url(str(request.param), tmp_path)


@pytest.fixture
def book(url: str) -> Iterator[PostingBook]:
    """An empty book."""
    with Store(url) as store:
        yield PostingBook(store)


def test_another_process_writes_to_the_book_while_a_run_computes(tmp_path: Path) -> None:
    """At every point of the reading, without waiting: SQLite has one writer at a time."""
    file = tmp_path / "pay.db"
    recording = record(
        tmp_path / "pages",
        [a_payment_row(f"p{n:03}") for n in range(400)],
        refunds=[a_refund(f"r{n}", 5, payment_id=f"p{n:03}") for n in range(9)],
    )
    wrote: list[int] = []

    def told(rows: int) -> None:
        wrote.append(Child(partial(write, file=file, refund=f"x{rows}")).ended(within=30))

    with Store(file) as store:
        outcome = reconcile(
            DAY,
            recording=recording,
            book=PostingBook(store),
            plan=Plan(a_coding()),
            now=at_noon(DAY + timedelta(days=2)),
            told=told,
        )

    assert len(wrote) > 2
    assert {0} == set(wrote)
    assert (409, False) == (outcome.batch.totals.lines, outcome.repeated)


def test_a_batch_in_the_making_leaves_the_file_free(tmp_path: Path) -> None:
    """Until its block ends; then the lines are there at once, in one transaction."""
    file = tmp_path / "pay.db"
    with Store(file) as store:
        book = PostingBook(store)
        filled = record(tmp_path / "pages", [a_payment_row("p1"), a_payment_row("p2")])
        run_day(book, filled)
        (batch,) = book.batches("income")
        kept = list(book.lines(batch))
        with book.new_batch("other", day=DAY) as new:
            new.add(kept)
            new.seal()
            with closing(sqlite3.connect(file, timeout=0)) as other:
                other.execute("BEGIN IMMEDIATE")
            assert () == book.batches("other")
            assert set() == book.holds("other", ["p1"])

        assert {"p1", "p2"} == book.holds("other", ["p1", "p2"])


@pytest.mark.parametrize("point", ["rows", "lines", "batch", "commit"])
def test_a_run_that_is_killed_leaves_nothing(url: str, tmp_path: Path, point: str) -> None:
    """While it computes, between lines, before its batch, before the commit; then it is whole."""
    rows = [a_payment_row(f"p{number:04}", fee=9) for number in range(2_200)]
    recording = record(tmp_path / "pages", rows, refunds=[a_refund("r1", 5, payment_id="p0001")])
    child = Child(partial(make_until, store=url, folder=recording.folder, point=point))
    ended = child.ended()

    with Store(url) as store:
        book = PostingBook(store)
        left = book.batches("income"), book.holds("income", ["p0000", "p0001", "p2199"])
        whole = run_day(book, recording)
        again = run_day(book, recording)
        posted = [one.key for one in book.lines(whole.batch)]

    assert -9 == ended
    assert ((), set()) == left
    assert (4_401, 1, True) == (len(set(posted)), whole.batch.number, again.repeated)
    assert len(posted) == whole.batch.totals.lines


def test_what_changed_meanwhile_refuses_the_batch(book: PostingBook, tmp_path: Path) -> None:
    """Another batch, other lines of a refund, an erasure: what was read no longer holds."""
    paid = [basket_row("p1", [line(4000), line(650, account="A2")])]
    run_day(book, record(tmp_path / "first", paid))
    book.record_refund("r1", [line(5, account="A3")])

    def overtaken(read: str) -> None:
        with book.new_batch("income", day=NEXT) as batch:
            batch.standing(["p1"])
            batch.recorded_lines(["r1", "r2"])
            if read == "batch":
                run_day(book, record(tmp_path / "second", paid), day=NEXT)
            elif read == "refund":
                book.record_refund("r2", [line(5)])
            else:
                book.erase(reference=read)
            batch.seal()

    for read in ("refund", "A2", "A3", "batch"):
        with pytest.raises(BatchOvertakenError, match="Run the day again"):
            overtaken(read)
    assert [1, 2] == [batch.number for batch in book.batches("income")]


def test_what_changed_beside_it_does_not(book: PostingBook, tmp_path: Path) -> None:
    """The batch of another ledger, and the lines of a refund that it did not read."""
    with book.new_batch("income", day=DAY) as batch:
        batch.recorded_lines(["r1"])
        run_day(book, record(tmp_path / "pages"), plan=Plan(a_coding(), ledger="other"))
        book.record_refund("r2", [line(5)])
        batch.seal()

    assert 1 == len(book.batches("income"))


def test_a_run_that_was_overtaken_gives_the_batch_that_was_made(
    url: str, book: PostingBook, tmp_path: Path
) -> None:
    """Another process made the day while this one computed."""
    recording = record(tmp_path / "pages", [a_payment_row("p1")])
    made: list[str] = []

    def told(_rows: int) -> None:
        if not made:
            with Store(url) as store:
                made.append(run_day(PostingBook(store), recording).batch.digest)

    outcome = reconcile(
        DAY,
        recording=recording,
        book=book,
        plan=Plan(a_coding()),
        now=at_noon(DAY + timedelta(days=2)),
        told=told,
    )

    assert (True, made) == (outcome.repeated, [outcome.batch.digest])
    assert 1 == len(book.batches("income"))


class _Restless(PostingBook):
    """A book from which somebody erases an account each time that a batch was made."""

    erased = 0

    @contextmanager
    def new_batch(self, ledger: str, *, day: date) -> Generator[NewBatch]:
        """Erase once the batch is computed."""
        with super().new_batch(ledger, day=day) as batch:
            yield batch
            self.erased += 1
            self.erase(reference=f"A{self.erased}")


@pytest.mark.parametrize(("accounts", "made"), [(2, True), (3, False)])
def test_a_run_looks_again_and_gives_up_in_the_end(
    url: str, tmp_path: Path, accounts: int, *, made: bool
) -> None:
    """After the third time it says so, and nothing is posted."""
    lines = [line(10, account=f"A{number}") for number in range(1, accounts + 1)]
    recording = record(
        tmp_path / "pages", [basket_row("p1", [line(400)])], refunds=[a_refund("r1", 30)]
    )
    with Store(url) as store:
        book = _Restless(store)
        book.record_refund("r1", lines)
        if made:
            assert not run_day(book, recording).repeated
        else:
            with pytest.raises(BatchOvertakenError):
                run_day(book, recording)

        assert made == bool(book.batches("income"))
        assert 3 == book.erased


def test_a_batch_that_is_not_sealed_is_not_written(book: PostingBook, tmp_path: Path) -> None:
    """Lines without a batch would be found by nobody."""
    run_day(book, record(tmp_path / "pages", [a_payment_row("p1")]))
    (batch,) = book.batches("income")
    kept = list(book.lines(batch))
    with book.new_batch("other", day=DAY) as new:
        new.add(kept)

    assert ((), set()) == (book.batches("other"), book.holds("other", ["p1"]))


ROWS = st.lists(
    st.tuples(
        st.sampled_from([f"payment:p{n}" for n in (1, 2, 10)]),
        st.sampled_from(["", ":reversed", ":changed", ":changed:reversed"]),
        st.integers(1, 3),
        st.sampled_from(["2026-06-01 a", "2026-06-02 b"]),
        st.integers(-99, 99),
    ),
    max_size=12,
    unique_by=lambda one: one[:4],
)


@given(ROWS)
def test_what_waits_is_found_as_it_was_added(
    rows: list[tuple[str, str, int, str, int]],
) -> None:
    """Sums by name with and without suffix, lines by payment, and the order of the batch."""
    keys = [f"{key}{end}" for key, end, *_ in rows]
    waiting = [
        (name, number, at, key[8:], pence, at[:10], "R", f"{name}|{number}|{at}|{pence}")
        for name, (key, _, number, at, pence) in zip(keys, rows, strict=True)
    ]
    plain = sorted({key for key, *_ in rows})
    with Stage() as stage:
        stage.add(waiting)
        found = stage.posted([*keys, "payment:p9"])
        sums = list(stage.sums())
        texts = list(stage.texts())
        before = stage.before("2026-06-02")
        of_one = sorted(text for *_, text in stage.of_payments(["p1", "p9"]))
        given_back = [row for some in stage.rows(ledger="l", number=7) for row in some]

    assert {
        name: sum(pence for other, (*_, pence) in zip(keys, rows, strict=True) if other == name)
        for name in keys
    } == found
    assert [(key, sum(one[4] for one in rows if one[0] == key)) for key in plain] == sums
    in_order = sorted(waiting, key=lambda one: (one[2], one[0], one[1]))
    assert [one[7] for one in in_order] == texts
    assert {one[0] for one in rows if one[3].startswith("2026-06-01")} == before
    assert sorted(one[7] for one in waiting if one[3] == "p1") == of_one
    assert sorted(("l", one[0], one[1], 7, *one[2:]) for one in waiting) == sorted(given_back)


def test_names_are_asked_for_in_parts_and_once() -> None:
    """As many as one statement takes."""
    names = [f"{number}" for number in range(AT_ONCE + 1)]

    assert [names[:AT_ONCE], names[AT_ONCE:]] == list(in_parts([*names, *names]))
    assert [] == list(in_parts([]))
