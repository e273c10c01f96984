# SPDX-License-Identifier: MIT
"""News that comes back: whoever dies between the news and the act, nobody loses it."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from children import Child
from databases import database_url, store_url
from pay.news_child import learn
from pay.payments import a_payment

from lg_core.errors import InvalidValueError, LgError, OutcomeUnknownError
from lg_core.limits import Limiter
from lg_core.store import Instant, Schema, SchemaTooOldError, Store
from lg_core.testing import AsgiTransport, Trouble, asgi, unreliable
from lg_pay import PayClient, Payment
from lg_pay._sync.book import PaymentBook
from lg_pay.book import (
    BOOK_SCHEMA,
    LATE_SUCCESS,
    BookState,
    CannotGiveUpError,
    Change,
    MoneyAtStakeError,
    News,
    NotInBookError,
)
from lg_pay.mop_up import MopUp, mop_up
from lg_pay.payment import SettlementSummary
from lg_sandbox import Sandbox

__all__ = ["store_url"]

HOUR = timedelta(hours=1)


@pytest.fixture
def world() -> Sandbox:
    """Give a sandbox in this process, with a clock that stands, and captures that come later."""
    sandbox = Sandbox()
    sandbox.clock.freeze()
    sandbox.pay.account.rate_limited = False
    sandbox.pay.account.captures_at_once = False
    return sandbox


@pytest.fixture
def way(world: Sandbox) -> Iterator[AsgiTransport]:
    """Give the way into the sandbox."""
    transport = asgi(world.pay.app)
    yield transport
    transport.close()


@pytest.fixture
def book(world: Sandbox, store_url: str) -> Iterator[PaymentBook]:
    """Give a book on each kind of database, on the sandbox's clock."""
    with PaymentBook(store_url, now=world.clock.now, patience=timedelta()) as opened:
        yield opened


def a_client(world: Sandbox, way: AsgiTransport, *troubles: Trouble) -> PayClient:
    """Return a client of the sandbox, on which troubles may be met."""
    return PayClient(
        world.pay.api_key,
        base_url="http://localhost",
        transport=unreliable(way, troubles),
        limiter=Limiter({}),
        attempts=1,
    )


@pytest.fixture
def pay(world: Sandbox, way: AsgiTransport) -> PayClient:
    """Give a client of the sandbox."""
    return a_client(world, way)


def begin(book: PaymentBook, pay: PayClient, *, case: str = "1") -> str:
    """Begin a payment, and return its id."""
    begun = book.begin(pay, a_payment(), service="garden-waste", case=case)
    return begun.entry.payment_id or ""


@pytest.fixture
def reversal(book: PaymentBook, pay: PayClient, world: Sandbox) -> str:
    """Give a payment that was paid and acted on, and whose capture failed; nobody knows yet."""
    payment_id = begin(book, pay)
    world.pay.pay(payment_id)
    book.refresh(pay, payment_id)
    book.submitted(payment_id)
    world.pay.fail_capture(payment_id)
    world.clock.advance(HOUR)
    return payment_id


def ids(found: MopUp) -> list[str | None]:
    """Name the reversals that a run reports."""
    return [entry.payment_id for entry in found.not_undone]


def came_after_all(pay: PayClient, payment_id: str) -> Payment:
    """Return a payment that failed as GOV.UK Pay would show it, if its money had come after all."""
    failed = pay.get_payment(payment_id)
    return failed.model_copy(
        update={
            "state": replace(failed.state, status="success", code=None),
            "settlement_summary": SettlementSummary(captured_date=datetime.now(UTC).date()),
        }
    )


def crash(_change: Change) -> None:
    """Die before the act."""
    raise KeyboardInterrupt


# ---------------------------------------------------------------- reversals


def test_a_reversal_comes_back_until_it_is_undone(
    book: PaymentBook, pay: PayClient, world: Sandbox, *, reversal: str
) -> None:
    """A caller that dies with the news loses nothing: every run names the payment, until marked."""
    with pytest.raises(KeyboardInterrupt):
        mop_up(book, pay, tell=crash)
    runs: list[MopUp] = []
    for _ in range(3):
        world.clock.advance(HOUR)
        runs.append(mop_up(book, pay))
    undone = [book.undone(reversal), book.undone(reversal)]
    after = mop_up(book, pay)

    assert [[reversal]] * 3 == [ids(run) for run in runs]
    assert [(0, False)] * 3 == [(run.reversed, run.clean) for run in runs]
    assert [True, False] == undone
    assert ([], True) == (ids(after), after.clean)
    entry = book.find(reversal)
    assert entry is not None
    assert entry.undone_at == world.clock.now()
    assert entry.submitted_at is not None


def test_a_reversal_that_is_undone_at_once_needs_nobody(
    book: PaymentBook, pay: PayClient, *, reversal: str
) -> None:
    """Where who is told undoes it, the run that told it is clean."""

    def undo(change: Change) -> None:
        assert change.news is News.REVERSED
        assert book.undone(reversal)

    found = mop_up(book, pay, tell=undo)

    assert (1, [], True) == (found.reversed, ids(found), found.clean)


def test_a_reversal_found_by_another_way_comes_back_too(
    book: PaymentBook, pay: PayClient, *, reversal: str
) -> None:
    """Whoever looked (a page, a worker) and died: mop-up names it."""
    assert News.REVERSED is book.refresh(pay, reversal).news

    assert [reversal] == ids(mop_up(book, pay))
    assert () == book.not_undone(older_than=HOUR)


def test_a_mark_stands_or_falls_with_the_callers_transaction(
    book: PaymentBook, pay: PayClient, *, reversal: str
) -> None:
    """The undoing and its mark are kept together, or not at all."""
    book.refresh(pay, reversal)
    with suppress(LookupError), book.store.begin() as connection:
        assert book.undone(reversal, connection=connection)
        raise LookupError
    assert [reversal] == [entry.payment_id for entry in book.not_undone()]

    with book.store.begin() as connection:
        assert book.undone(reversal, connection=connection)
    assert () == book.not_undone()


def test_of_all_who_undo_at_once_one_is_told_that_it_did(
    book: PaymentBook, pay: PayClient, *, reversal: str
) -> None:
    """Exactly one of several callers marks it, so an act in its transaction is done once."""
    book.refresh(pay, reversal)
    with ThreadPoolExecutor(4) as threads:
        marked = list(threads.map(book.undone, [reversal] * 4))

    assert 1 == sum(marked)


def test_of_all_who_act_at_once_one_is_told_that_it_did(
    book: PaymentBook, pay: PayClient, world: Sandbox
) -> None:
    """The same of the act itself."""
    payment_id = begin(book, pay)
    world.pay.pay(payment_id)
    book.refresh(pay, payment_id)
    with ThreadPoolExecutor(4) as threads:
        marked = list(threads.map(book.submitted, [payment_id] * 4))

    assert 1 == sum(marked)


def test_who_acts_too_late_is_told_so(book: PaymentBook, pay: PayClient, world: Sandbox) -> None:
    """An act on money that was lost meanwhile is to be undone, whoever had said that none was."""
    payment_id = begin(book, pay)
    world.pay.pay(payment_id)
    book.refresh(pay, payment_id)
    world.pay.fail_capture(payment_id)
    change = book.refresh(pay, payment_id)
    assert change.after is not None
    assert change.after.submitted_at is None  # nothing to undo
    assert book.undone(payment_id)
    assert () == book.not_undone()

    assert not book.submitted(payment_id)
    assert [payment_id] == [entry.payment_id for entry in book.not_undone()]


def test_money_that_comes_while_it_is_undone_is_acted_on_anew(
    book: PaymentBook, pay: PayClient, *, reversal: str
) -> None:
    """Undone after the money came after all: it is money that nothing was done for."""
    book.refresh(pay, reversal)
    late = came_after_all(pay, reversal)
    assert News.CAPTURED is book.note(late).news  # nobody has undone it: it stands
    assert ((), ()) == (book.unsubmitted(), book.not_undone())

    assert book.undone(reversal)
    assert [reversal] == [entry.payment_id for entry in book.unsubmitted()]
    assert not book.undone(reversal)
    assert book.submitted(reversal)
    assert not book.undone(reversal)


def test_what_a_person_must_still_undo_is_reported(
    book: PaymentBook, pay: PayClient, *, reversal: str
) -> None:
    """A program undoes its part, and goes on reporting; money that comes after all is told anew."""
    book.refresh(pay, reversal)
    assert [True, False] == [book.undone(reversal, partly=True) for _ in range(2)]
    (left,) = book.not_undone()
    assert (None, None) == (left.submitted_at, left.undone_at)

    assert News.PAID is book.note(came_after_all(pay, reversal)).news
    assert [reversal] == [entry.payment_id for entry in book.unsubmitted()]
    assert ((), False) == (book.not_undone(), book.undone(reversal))


def test_a_part_that_is_undone_too_late_is_acted_on_anew(
    book: PaymentBook, pay: PayClient, *, reversal: str
) -> None:
    """Where the money came while a program undid its part, nothing is left to undo."""
    book.refresh(pay, reversal)
    book.note(came_after_all(pay, reversal))
    assert book.undone(reversal, partly=True)

    assert [reversal] == [entry.payment_id for entry in book.unsubmitted()]
    assert book.submitted(reversal)
    assert not book.undone(reversal)


def test_what_was_never_reversed_is_not_undone(
    book: PaymentBook, pay: PayClient, world: Sandbox
) -> None:
    """Nor is what the book does not hold."""
    payment_id = begin(book, pay)
    world.pay.pay(payment_id)
    book.refresh(pay, payment_id)

    assert not book.undone(payment_id)
    for mark in (book.undone, book.heard, book.submitted):
        with pytest.raises(NotInBookError):
            mark("0" * 26)


def test_a_reversal_is_not_forgotten_before_it_is_undone(
    book: PaymentBook, pay: PayClient, world: Sandbox, *, reversal: str
) -> None:
    """It can neither be purged nor erased until then."""
    book.refresh(pay, reversal)
    later = world.clock.now() + HOUR

    assert 0 == book.purge(before=later)
    with pytest.raises(MoneyAtStakeError, match="undone"):
        book.erase(reference="GW-0001")
    book.undone(reversal)
    assert 1 == book.purge(before=later)


# ---------------------------------------------------------------- ends without money


def test_an_end_that_begin_learnt_and_could_not_tell_is_told(
    book: PaymentBook, pay: PayClient, *, world: Sandbox, way: AsgiTransport
) -> None:
    """`begin()` learns that the old attempt ended, and its own request is lost: mop-up tells it."""
    old = begin(book, pay)
    world.pay.decline(old)
    with pytest.raises(OutcomeUnknownError):
        begin(book, a_client(world, way, Trouble.NONE, Trouble.LOST_ANSWER))
    world.clock.advance(HOUR)
    told: list[Change] = []
    first = mop_up(book, pay, tell=told.append)
    mop_up(book, pay, tell=told.append)

    assert [(old, News.ENDED_UNPAID)] == [
        (change.after and change.after.payment_id, change.news) for change in told
    ]
    assert first.clean


@pytest.mark.parametrize("how", ["raises", "dies", "says so"])
def test_an_end_is_told_again_until_it_is_taken(
    book: PaymentBook, pay: PayClient, *, world: Sandbox, how: str
) -> None:
    """Who fails, dies, or returns False has not taken it."""
    payment_id = begin(book, pay)
    world.pay.decline(payment_id)
    told: list[News | None] = []

    def refuse(change: Change) -> bool:
        told.append(change.news)
        if how == "says so":
            return False
        raise KeyboardInterrupt if how == "dies" else LookupError

    for _ in range(2):
        world.clock.advance(HOUR)
        with suppress(KeyboardInterrupt, ExceptionGroup):
            mop_up(book, pay, tell=refuse)
    assert [payment_id] == [entry.payment_id for entry in book.unheard()]
    world.clock.advance(HOUR)
    mop_up(book, pay, tell=lambda change: told.append(change.news))
    mop_up(book, pay, tell=lambda change: told.append(change.news))

    assert [News.ENDED_UNPAID] * 3 == told
    assert () == book.unheard()


def test_an_end_that_was_heard_is_not_told_again(
    book: PaymentBook, pay: PayClient, world: Sandbox
) -> None:
    """Who cancels, and says that it was heard, is the only one that is told."""
    payment_id = begin(book, pay)
    assert News.ENDED_UNPAID is book.cancel(pay, payment_id).news
    heard = [book.heard(payment_id), book.heard(payment_id)]
    world.clock.advance(HOUR)
    told: list[Change] = []
    mop_up(book, pay, tell=told.append)

    assert ([True, False], []) == (heard, told)


def test_who_is_told_may_erase_the_payment(
    book: PaymentBook, pay: PayClient, world: Sandbox
) -> None:
    """Nothing is left to mark then, and the run goes on."""
    payment_id = begin(book, pay)
    world.pay.decline(payment_id)
    world.clock.advance(HOUR)
    found = mop_up(book, pay, tell=lambda _change: book.erase(reference="GW-0001"))

    assert (1, True) == (found.ended, found.clean)


def test_money_that_comes_after_an_end_takes_its_place(
    book: PaymentBook, pay: PayClient, world: Sandbox
) -> None:
    """An end that was no end is not told any more."""
    payment_id = begin(book, pay)
    book.give_up(payment_id, reason="key_lost")
    world.pay.pay(payment_id)
    change = book.refresh(pay, payment_id)

    assert News.PAID is change.news
    assert () == book.unheard()
    assert not book.heard(payment_id)


# ---------------------------------------------------------------- given up


def test_a_payment_is_given_up_and_another_begun(
    book: PaymentBook, pay: PayClient, world: Sandbox
) -> None:
    """The order is free again, the old attempt keeps why, and mop-up asks for it no more."""
    old = begin(book, pay)
    change = book.give_up(old, reason="account_closed")
    new = begin(book, pay)
    world.clock.advance(HOUR)

    assert News.ENDED_UNPAID is change.news
    assert old != new
    entry = book.find(old)
    assert entry is not None
    assert (BookState.GIVEN_UP, "account_closed") == (entry.state, entry.given_up_reason)
    assert 1 == mop_up(book, pay).looked


def test_money_of_a_payment_that_was_given_up_is_told(
    book: PaymentBook, pay: PayClient, world: Sandbox
) -> None:
    """It is told as late money, and outranks the attempt that was begun since."""
    old = begin(book, pay)
    book.give_up(old, reason="account_closed")
    begin(book, pay)
    world.pay.pay(old)
    change = book.refresh(pay, old)

    assert News.PAID is change.news
    assert change.after is not None
    assert (LATE_SUCCESS, "account_closed") == (change.after.code, change.after.given_up_reason)
    assert old == begin(book, pay)


def test_what_is_paid_is_not_given_up(book: PaymentBook, pay: PayClient, world: Sandbox) -> None:
    """Nor what is not there, nor with a reason that may name somebody."""
    payment_id = begin(book, pay)
    with pytest.raises(InvalidValueError, match="short code"):
        book.give_up(payment_id, reason="Mrs Quillfeather asked")
    with pytest.raises(NotInBookError):
        book.give_up("0" * 26, reason="x")
    world.pay.pay(payment_id)
    paid = book.refresh(pay, payment_id).after

    with pytest.raises(CannotGiveUpError, match="paid"):
        book.give_up(payment_id, reason="x")
    assert paid == book.find(payment_id)


def test_of_giving_up_and_paying_one_comes_first(
    book: PaymentBook, pay: PayClient, world: Sandbox
) -> None:
    """Whichever is written first, money is told as money once."""
    for number in range(6):
        payment_id = begin(book, pay, case=f"race-{number}")
        world.pay.pay(payment_id)
        payment = pay.get_payment(payment_id)

        def give_up(_: int, this: str = payment_id) -> News | None:
            try:
                return book.give_up(this, reason="race").news
            except CannotGiveUpError:
                return None

        with ThreadPoolExecutor(2) as threads:
            gone = threads.submit(give_up, 0)
            news = threads.submit(book.note, payment).result().news
            gone.result()

        entry = book.find(payment_id)
        assert entry is not None
        assert News.PAID is news
        assert entry.paid


# ---------------------------------------------------------------- killed


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("where", ["mop-up", "begin"])
def test_killed_between_the_news_and_the_act(
    store_url: str, sandbox: Sandbox, *, where: str
) -> None:
    """A process that dies with the news in its hand leaves it to the next mop-up."""
    sandbox.pay.account.captures_at_once = False
    with (
        PaymentBook(store_url, now=sandbox.clock.now) as book,
        PayClient(sandbox.pay.api_key, base_url=sandbox.pay.url) as pay,
    ):
        payment_id = begin(book, pay)
        if where == "mop-up":
            sandbox.pay.pay(payment_id)
            book.refresh(pay, payment_id)
            book.submitted(payment_id)
            sandbox.pay.fail_capture(payment_id)
        else:
            sandbox.pay.decline(payment_id)
        sandbox.clock.advance(HOUR)
        assert _killed_with(store_url, sandbox, where) == (
            "reversed" if where == "mop-up" else "ended_unpaid"
        )
        sandbox.clock.advance(HOUR)
        told: list[str | None] = []
        found = mop_up(book, pay, tell=lambda change: told.append(change.after and change.after.id))
        entry = book.find(payment_id)
        assert entry is not None

    if where == "mop-up":
        assert ([payment_id], []) == (ids(found), told)
    else:
        assert [entry.id] == told


def _killed_with(store_url: str, sandbox: Sandbox, where: str) -> str:
    work = partial(
        learn,
        store=store_url,
        url=sandbox.pay.url,
        key=sandbox.pay.api_key,
        ahead=(sandbox.clock.now() - datetime.now(UTC)).total_seconds(),
        where=where,
    )
    child = Child(work, steps=1)
    assert -9 == child.ended()
    (told,) = child.told
    return told


# ---------------------------------------------------------------- an old store


def _version_1() -> Schema:
    """The tables as version 1 had them."""
    metadata = sa.MetaData()
    instants = ("looked_at", "due_at", "paid_at", "ended_at", "submitted_at")
    sa.Table(
        "lg_pay_book_payment",
        metadata,
        sa.Column("id", sa.String(32), primary_key=True),
        *(sa.Column(name, sa.String(255), nullable=False) for name in ("service", "case_id")),
        sa.Column("reference", sa.String(255), nullable=False),
        sa.Column("amount", sa.Integer, nullable=False),
        sa.Column("slot", sa.SmallInteger),
        sa.Column("payment_id", sa.String(64), unique=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("code", sa.String(32)),
        sa.Column("provider", sa.String(32)),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("asked_at", Instant, nullable=False),
        sa.Column("changed_at", Instant, nullable=False),
        *(sa.Column(name, Instant) for name in instants),
        sa.UniqueConstraint(
            "reference", "case_id", "service", "amount", "slot", name="lg_pay_book_payment_one_open"
        ),
        sa.Index("lg_pay_book_payment_due", "due_at"),
        sa.Index("lg_pay_book_payment_state", "state", "asked_at"),
    )
    return Schema("lg-pay.book", metadata, version=1)


def _fill(store: Store, schema: Schema) -> None:
    """Keep what a version 1 may hold: one of each end, one that is open, one reversed."""
    (table,) = schema.metadata.tables.values()
    now = store.now()
    rows = {
        "open": {"state": "started", "slot": 1, "due_at": now},
        "paid": {"state": "success", "slot": 1, "paid_at": now, "ended_at": now},
        "failed": {"state": "failed", "ended_at": now},
        "error": {"state": "error", "ended_at": now},
        "reversed": {"state": "error", "paid_at": now, "ended_at": now, "submitted_at": now},
    }
    empty = dict.fromkeys(table.columns.keys())
    with store.begin() as connection:
        for name, row in rows.items():
            common = {"id": name, "payment_id": f"pay-{name}", "case_id": name, "service": "s"}
            same = {"reference": "R", "amount": 1, "revision": 1, "asked_at": now}
            connection.execute(
                sa.insert(table).values({**empty, **common, **same, "changed_at": now, **row})
            )


def _columns(store: Store) -> set[tuple[str, str, bool]]:
    with store.read() as connection:
        found = sa.inspect(connection).get_columns("lg_pay_book_payment")
        indexes = sa.inspect(connection).get_indexes("lg_pay_book_payment")
    return {(each["name"], str(each["type"]), each["nullable"]) for each in found} | {
        (str(each["name"]), "index", False)
        for each in indexes
        if "duplicates_constraint" not in each
    }


def test_an_old_store_is_upgraded(store_url: str, make_url: Callable[[], str]) -> None:
    """Nothing is lost on the way, a reversal of before is told, and the tables are as new ones."""
    old = _version_1()
    with Store(store_url) as store:
        store.prepare(old)
        _fill(store, old)
    with Store(store_url) as store, pytest.raises(SchemaTooOldError, match="lg-pay store upgrade"):
        PaymentBook(store)
    with Store(store_url) as store, Store(make_url()) as new:
        script = store.upgrade_sql(BOOK_SCHEMA)
        done = store.upgrade(BOOK_SCHEMA)
        new.prepare(BOOK_SCHEMA)
        book = PaymentBook(store)

        assert ("lg-pay.book: 1 to 2",) == done
        assert 4 == script.count("ADD COLUMN")
        assert _columns(new) == _columns(store)
        assert ["pay-reversed"] == [entry.payment_id for entry in book.not_undone()]
        assert ["pay-paid"] == [entry.payment_id for entry in book.unsubmitted()]
        assert ["pay-open"] == [entry.payment_id for entry in book.unfinished()]
        assert () == book.unheard()
        assert 5 == len(book.entries())
        assert book.undone("pay-reversed")


def test_the_script_for_an_administrator_does_the_same(tmp_path: Path) -> None:
    """What `lg-pay store upgrade --sql` prints can be carried out by hand."""
    old, place = _version_1(), tmp_path / "old.db"
    with Store(place) as store:
        store.prepare(old)
        _fill(store, old)
        script = store.upgrade_sql(BOOK_SCHEMA)
    by_hand = sqlite3.connect(place)
    by_hand.executescript(script)
    by_hand.close()

    with PaymentBook(place) as book:
        assert ["pay-reversed"] == [entry.payment_id for entry in book.not_undone()]


@pytest.fixture
def make_url(store_url: str, tmp_path: Path) -> Callable[[], str]:
    """Give a way to another empty database of the same kind."""
    dialect = "sqlite" if store_url.startswith("sqlite") else "postgresql"
    return lambda: database_url(dialect, tmp_path)


def test_errors_of_the_book_say_what_to_do() -> None:
    """What cannot be given up is said with what can be done instead."""
    errors: list[LgError] = [CannotGiveUpError(paid=True), CannotGiveUpError(paid=False)]

    assert ["refund it", "another attempt"] == [
        word
        for error, word in zip(errors, ("refund it", "another attempt"), strict=True)
        if word in error.message
    ]
