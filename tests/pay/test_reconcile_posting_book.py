from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from databases import DIALECTS, database_url
from pay.reconciling import (
    DAY,
    FUNDS,
    NOON,
    a_payment_row,
    a_refund,
    at_noon,
    basket_row,
    line,
    record,
    run_day,
)

from lg_core.money import Pence
from lg_core.store import Store, StoreError
from lg_pay.reconcile import Happening, Kind, Origin, Posting, PostingBook, RecordedRefundError
from lg_pay.reconcile.batches import add_up
from lg_pay.reconcile.coding import Coded
from lg_pay.reconcile.postings import post, reverse


@pytest.fixture(params=DIALECTS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    return database_url(str(request.param), tmp_path)


@pytest.fixture
def book(url: str) -> Iterator[PostingBook]:
    """An empty book."""
    with Store(url) as store:
        yield PostingBook(store)


def some(key: str, amount: int, *, at: datetime = NOON, account: str = "A1") -> list[Posting]:
    """Return the line of a payment."""
    one = Happening(Kind.PAYMENT, key, key, "main", at.date(), at, Pence(amount))
    coded = [Coded(line(amount, account=account), "basket")]
    return list(post(one, coded, origin=Origin(f"REF-{key}"), funds=FUNDS))


def fill(book: PostingBook, lines: list[Posting], *, day: date = DAY) -> None:
    """Make a batch of lines."""
    with book.new_batch("income", day=day) as batch:
        batch.add(lines)
        batch.seal()


def test_a_batch_is_kept_with_its_lines(book: PostingBook) -> None:
    """In the order of their instants, with totals and a digest that prove them."""
    lines = some("p2", 200, at=NOON + timedelta(microseconds=1)) + some("p1", 100)
    fill(book, lines)
    batch = book.batch("income", day=DAY)

    assert batch is not None
    kept = list(book.lines(batch))
    assert ["payment:p1", "payment:p2"] == [one.key for one in kept]
    assert (batch.totals, batch.digest) == add_up(kept)
    assert (1, "income") == (batch.number, batch.ledger)
    assert (batch,) == book.batches("income")
    assert book.batch("income", day=DAY + timedelta(days=1)) is None
    assert () == book.batches("other")


def test_lines_of_one_instant_are_in_the_order_of_code_points(book: PostingBook) -> None:
    """Both databases give the same bytes, whatever language they sort in."""
    keys = ["a", "B", "b", "A", "a-b", "ab", "a1", "_"]
    fill(book, [each for key in keys for each in some(key, 1)])
    (batch,) = book.batches("income")

    assert [f"payment:{key}" for key in sorted(keys)] == [one.key for one in book.lines(batch)]


def test_a_batch_that_is_not_finished_leaves_nothing(book: PostingBook) -> None:
    """An error in the block takes everything back."""

    def fail() -> None:
        with book.new_batch("income", day=DAY) as batch:
            batch.add(some("p1", 100))
            batch.seal()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert () == book.batches("income")
    assert set() == book.holds("income", ["p1"])


def test_nothing_is_posted_twice(book: PostingBook) -> None:
    """Neither a movement nor a day; the database itself forbids it."""
    fill(book, some("p1", 100))

    for day, lines in ((DAY + timedelta(days=1), some("p1", 100)), (DAY, some("p2", 100))):
        with pytest.raises(StoreError):
            fill(book, lines, day=day)
    assert 1 == len(book.batches("income"))


def test_the_book_knows_what_it_holds(book: PostingBook) -> None:
    """By ledger, more names than one statement takes, and within a batch as well."""
    fill(book, some("p1", 100))
    many = [f"q{number}" for number in range(1_200)]

    assert {"p1"} == book.holds("income", [*many, "p1"])
    assert set() == book.holds("other", ["p1"])
    with book.new_batch("income", day=DAY + timedelta(days=1)) as batch:
        batch.add(some("p2", 5))
        known = batch.known([*(f"payment:{one}" for one in many), "payment:p1", "payment:p2"])
        standing = batch.standing([*many, "p1", "p2", "p1"])
        batch.add([])
        batch.seal()

    assert {"payment:p1", "payment:p2"} == known
    assert {"p1": 100, "p2": 5} == {key: each[0].gross for key, each in standing.items()}


def test_what_was_reversed_does_not_stand(book: PostingBook) -> None:
    """Its sum is nought whatever its day, and the batch that holds the reversal names it."""
    lines = some("p1", 100) + some("p2", 7)
    fill(book, lines)
    with book.new_batch("income", day=DAY + timedelta(days=1)) as batch:
        batch.add(list(reverse(lines[:1])))
        standing = batch.standing(["p1", "p2"])
        sums = list(batch.sums(since=DAY))
        later = list(batch.sums(since=DAY + timedelta(days=1)))
        batch.seal()

    assert ((), 1) == (standing["p1"], len(standing["p2"]))
    assert [("payment:p1", 0, True), ("payment:p2", 7, False)] == sums
    assert [("payment:p1", 0, True)] == later


def test_the_lines_of_a_refund_are_recorded_once(book: PostingBook) -> None:
    """The same again is no harm; others are refused."""
    lines = [line(300), line(200, vat=False)]
    book.record_refund("r1", lines)
    book.record_refund("r1", lines)

    with pytest.raises(RecordedRefundError):
        book.record_refund("r1", lines[:1])
    with book.new_batch("income", day=DAY) as batch:
        assert {"r1": tuple(lines)} == batch.recorded_lines(["r1", "r2"])


def test_a_reference_is_erased_wherever_it_stands(book: PostingBook) -> None:
    """As the payment's, as an account's, and in what staff recorded; others stay."""
    fill(book, some("p1", 100, account="A_%") + some("p2", 7, account="a_%") + some("p3", 9))
    book.record_refund("r1", [line(1, account="A_%"), line(2)])

    assert (1, 1, 0, 0) == tuple(book.erase(reference=one) for one in ("A_%", "REF-p1", "x", ""))
    (batch,) = book.batches("income")
    kept = list(book.lines(batch))
    assert [("", ""), ("REF-p2", "a_%"), ("REF-p3", "A1")] == [
        (one.origin.reference, one.account_reference) for one in kept
    ]
    assert [100, 7, 9] == [one.gross for one in kept]
    assert ["", "BIN", "BIN"] == [one.narrative for one in kept]
    with book.new_batch("income", day=DAY) as new:
        assert ["", "A1"] == [one.account for one in new.recorded_lines(["r1"])["r1"]]


def test_old_batches_are_purged(book: PostingBook, tmp_path: Path) -> None:
    """With their lines and with what was recorded for their refunds; the last one stays."""
    rows = [basket_row("p1", [line(500), line(500, account="A2")])]
    book.record_refund("r1", [line(100)])
    first = record(tmp_path / "1", rows, refunds=[a_refund("r1", 100)])
    run_day(book, first)
    late = a_payment_row("p2", at=at_noon(DAY + timedelta(days=1)))
    run_day(book, record(tmp_path / "2", [*rows, late]), day=DAY + timedelta(days=1))

    assert 1 == book.purge("income", before=DAY + timedelta(days=9))
    assert 0 == book.purge("income", before=DAY + timedelta(days=9))
    assert [2] == [batch.number for batch in book.batches("income")]
    assert {"p2"} == book.holds("income", ["p1", "p2"])
    with book.new_batch("income", day=DAY + timedelta(days=2)) as batch:
        assert {} == batch.recorded_lines(["r1"])
        assert 3 == batch.number


def test_a_book_is_opened_by_its_address(tmp_path: Path) -> None:
    """And closed."""
    with PostingBook(tmp_path / "pay.db") as book:
        fill(book, [])

    with PostingBook(f"sqlite:///{tmp_path / 'pay.db'}") as again:
        assert 1 == len(again.batches("income"))


def test_a_store_that_was_given_stays_open(tmp_path: Path) -> None:
    """It is its owner's to close."""
    with Store(tmp_path / "pay.db") as store:
        PostingBook(store).close()

        assert () == PostingBook(store).batches("income")


def test_instants_are_ordered_in_utc(book: PostingBook) -> None:
    """Whatever offset they came with."""
    early = datetime.fromisoformat("2026-06-01T12:30:00+01:00")
    fill(book, some("p1", 1, at=NOON) + some("p2", 2, at=early))
    (batch,) = book.batches("income")

    assert ["payment:p2", "payment:p1"] == [one.key for one in book.lines(batch)]
    assert early.astimezone(UTC) < NOON
