# SPDX-License-Identifier: MIT
# Made by tools/sync.py from tests/pay/_async/test_book.py: change that one.
"""PaymentBook against the sandbox: the dance between the book's table and GOV.UK Pay."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import stamina  # noqa: TID253 -- a test may load it
from pay.payments import AGREEMENT_ID, AsgiPayer, KeepingTransport, a_payment

from lg_core.errors import (
    InvalidValueError,
    LgError,
    OutcomeUnknownError,
    RequestNotSentError,
)
from lg_core.limits import Limiter
from lg_core.money import Pence
from lg_core.store import Store
from lg_core.testing import AsgiTransport, Trouble, asgi, unreliable
from lg_core.transport import WireAnswer, WireRequest
from lg_pay import InvalidPaymentError, PayClient, PaymentNotFoundError
from lg_pay._sync.book import PaymentBook
from lg_pay.book import (
    LATE_SUCCESS,
    Begun,
    BookState,
    CannotGiveUpError,
    MoneyAtStakeError,
    News,
    NotInBookError,
    PaymentBeingOpenedError,
    PaymentMismatchError,
)
from lg_pay.book._steps import Key, Way
from lg_sandbox import Sandbox
from lg_sandbox.pay import Account

pytestmark = pytest.mark.anyio

Connect = Callable[..., PayClient]
MINUTE = timedelta(minutes=1)
LOSING = (
    Trouble.LOST_REQUEST,
    Trouble.LOST_ANSWER,
    Trouble.RESET_BEFORE,
    Trouble.RESET_AFTER,
    Trouble.ERROR_AFTER,
    Trouble.TRUNCATED,
    Trouble.HTML,
)


@pytest.fixture(autouse=True)
def _no_waits() -> Iterator[None]:
    """Attempts follow each other at once."""
    with stamina.set_testing(True, attempts=1, cap=True):
        yield


@pytest.fixture
def world() -> Sandbox:
    """Give a sandbox in this process, with a clock that stands."""
    sandbox = Sandbox()
    sandbox.clock.freeze()
    sandbox.pay.account.rate_limited = False
    return sandbox


@pytest.fixture
def way(world: Sandbox) -> Iterator[AsgiTransport]:
    """Give the way into the sandbox."""
    transport = asgi(world.pay.app)
    yield transport
    transport.close()


@pytest.fixture
def connect(world: Sandbox, way: AsgiTransport) -> Connect:
    """Build clients of the sandbox, on which troubles may be met."""

    def build(*troubles: Trouble, api_key: str | None = None) -> PayClient:
        return PayClient(
            api_key or world.pay.api_key,
            base_url="http://localhost",
            transport=KeepingTransport(unreliable(way, troubles)),
            limiter=Limiter({}),
            attempts=1,
        )

    return build


@pytest.fixture
def book(world: Sandbox, tmp_path: Path) -> Iterator[PaymentBook]:
    """Give a book on the sandbox's clock that does not wait for others."""
    with PaymentBook(tmp_path / "pay.db", now=world.clock.now, patience=timedelta()) as opened:
        yield opened


def begin(book: PaymentBook, pay: PayClient, *, case: str = "case-1", amount: int = 4650) -> Begun:
    """Begin the payment of an order."""
    new = a_payment(amount=Pence(amount))
    return book.begin(pay, new, service="garden-waste", case=case)


def paid(begun: Begun) -> str:
    """Return the id of a payment that was begun."""
    assert begun.entry.payment_id is not None
    return begun.entry.payment_id


def test_a_payment_is_begun(book: PaymentBook, connect: Connect, world: Sandbox) -> None:
    """The book makes one payment, keeps what it was for, and gives the address to pay at."""
    begun = begin(book, connect())

    (made,) = world.pay.payments
    assert made.id == begun.entry.payment_id
    assert begun.next_url is not None
    assert begun.next_url not in repr(begun)
    assert () == begun.changes
    assert begun.entry == book.find(made.id)
    assert (begun.entry,) == book.entries(
        service="garden-waste", case="case-1", reference="GW-0001"
    )
    assert () == book.entries(service="another")
    assert ("created", "sandbox", 2) == (
        begun.entry.state,
        begun.entry.provider,
        begun.entry.revision,
    )


def test_a_second_click_goes_on_with_the_first(
    book: PaymentBook, connect: Connect, *, world: Sandbox, way: AsgiTransport
) -> None:
    """The same order leads to the same payment, at a fresh address that works."""
    first = begin(book, connect())
    second = begin(book, connect())

    assert first.entry.id == second.entry.id
    assert first.next_url != second.next_url
    assert 1 == len(world.pay.payments)
    AsgiPayer(way).pay(second.next_url or "")
    assert 1 == len(world.pay.charges)


@pytest.mark.parametrize("change", [{"case": "case-2"}, {"amount": 4651}])
def test_another_order_is_another_payment(
    book: PaymentBook, connect: Connect, *, world: Sandbox, change: dict[str, object]
) -> None:
    """Another case or another amount has a payment of its own."""
    first = begin(book, connect())
    second = begin(book, connect(), **change)  # pyright: ignore[reportArgumentType]  # either

    assert first.entry.payment_id != second.entry.payment_id
    assert 2 == len(world.pay.payments)


def test_a_paid_order_needs_no_payer(book: PaymentBook, connect: Connect, world: Sandbox) -> None:
    """Who comes back after paying is told so, once, and nobody is sent to pay again."""
    first = begin(book, connect())
    world.pay.pay(paid(first))
    second = begin(book, connect())
    third = begin(book, connect())

    assert [None, None] == [second.next_url, third.next_url]
    assert [News.PAID] == [change.news for change in second.changes]
    assert () == third.changes
    assert third.entry.paid
    assert 1 == len(world.pay.payments)


@pytest.mark.parametrize("end", ["decline", "cancel", "expire"])
def test_an_order_that_ended_unpaid_may_be_begun_again(
    book: PaymentBook, connect: Connect, *, world: Sandbox, end: str
) -> None:
    """After a payment without money comes another; the old attempt stays in the book."""
    first = begin(book, connect())
    getattr(world.pay, end)(paid(first))
    second = begin(book, connect())

    assert second.next_url is not None
    assert [News.ENDED_UNPAID] == [change.news for change in second.changes]
    entries = book.entries(case="case-1")
    assert {first.entry.id, second.entry.id} == {entry.id for entry in entries}


def test_a_payment_that_waits_for_the_service_needs_no_payer(
    book: PaymentBook, connect: Connect, world: Sandbox
) -> None:
    """With delayed capture, a payer who comes back has nothing more to do."""
    new = a_payment(delayed_capture=True)
    first = book.begin(connect(), new, service="garden-waste", case="case-1")
    world.pay.pay(paid(first))
    second = book.begin(connect(), new, service="garden-waste", case="case-1")

    assert (BookState.CAPTURABLE, None) == (second.entry.state, second.next_url)
    assert 1 == len(world.pay.payments)


@pytest.mark.parametrize("trouble", LOSING)
def test_a_lost_answer_closes_the_attempt(
    book: PaymentBook, connect: Connect, trouble: Trouble
) -> None:
    """Nobody holds the address of a payment whose answer was lost, so the next attempt is free."""
    with pytest.raises(OutcomeUnknownError):
        begin(book, connect(trouble))
    begun = begin(book, connect())

    assert begun.next_url is not None
    states = [entry.state for entry in book.entries(case="case-1")]
    assert ["created", "lost"] == sorted(states)
    assert () == book.unfinished(older_than=MINUTE)


def test_a_caller_who_is_stopped_leaves_a_lost_attempt(book: PaymentBook, connect: Connect) -> None:
    """Ctrl-C, a time limit or a cancelled task may come after the request left."""
    new, pay = a_payment(), connect(Trouble.STOPPED_AFTER)
    stopped = False
    try:
        book.begin(pay, new, service="garden-waste", case="case-1")
    except KeyboardInterrupt:
        stopped = True

    assert stopped
    assert ["lost"] == [entry.state for entry in book.entries(case="case-1")]


@pytest.mark.parametrize(
    ("trouble", "error"), [(Trouble.REFUSED, RequestNotSentError), (Trouble.LIMITED, LgError)]
)
def test_what_was_not_done_leaves_nothing(
    book: PaymentBook,
    connect: Connect,
    *,
    world: Sandbox,
    trouble: Trouble,
    error: type[LgError],
) -> None:
    """Where GOV.UK Pay knows nothing of an attempt, the book forgets it and raises."""
    with pytest.raises(error):
        begin(book, connect(trouble))

    assert () == book.entries()
    assert () == world.pay.payments


def test_a_refused_payment_leaves_nothing(
    book: PaymentBook, connect: Connect, world: Sandbox
) -> None:
    """A refusal is raised as it came."""
    world.pay.account.zero_amount_allowed = False
    with pytest.raises(InvalidPaymentError):
        begin(book, connect(), amount=0)

    assert () == book.entries()


def test_who_finds_another_at_work_is_asked_to_try_again(
    book: PaymentBook, connect: Connect, world: Sandbox
) -> None:
    """While another request asks for the payment, no second one is made."""
    book._steps.claim(Key.of(a_payment(), service="garden-waste", case="case-1"))
    with pytest.raises(PaymentBeingOpenedError) as caught:
        begin(book, connect())

    assert "try again" in str(caught.value)
    assert caught.value.payer_message.en
    assert () == world.pay.payments


def test_an_asker_who_never_came_back_is_replaced(
    book: PaymentBook, connect: Connect, world: Sandbox
) -> None:
    """After a minute an attempt without an answer counts as lost."""
    stale = book._steps.claim(Key.of(a_payment(), service="garden-waste", case="case-1"))
    world.clock.advance(MINUTE)
    begun = begin(book, connect())

    assert Way.MINE is stale.way
    entries = book.entries(case="case-1")
    assert {(stale.entry.id, "lost"), (begun.entry.id, "created")} == {
        (entry.id, entry.state) for entry in entries
    }


def test_an_answer_that_comes_too_late_is_given_to_nobody(
    book: PaymentBook, connect: Connect, *, world: Sandbox, way: AsgiTransport
) -> None:
    """Where another took the attempt over meanwhile, both get the payment of the other."""
    others: list[Begun] = []

    class _Slow(KeepingTransport):
        def send(self, request: WireRequest) -> WireAnswer:
            answer = super().send(request)
            if not others:
                world.clock.advance(MINUTE)
                others.append(begin(book, connect()))
            return answer

    slow = PayClient(
        world.pay.api_key,
        base_url="http://localhost",
        transport=_Slow(way),
        limiter=Limiter({}),
    )
    begun = begin(book, slow)

    (other,) = others
    assert 2 == len(world.pay.payments)
    assert other.entry.id == begun.entry.id
    assert begun.next_url is not None


def test_news_is_told_to_one_caller(book: PaymentBook, connect: Connect, world: Sandbox) -> None:
    """Whoever asks second learns that nothing is new."""
    pay = connect()
    payment_id = paid(begin(book, pay))
    world.pay.pay(payment_id)

    changes = [book.refresh(pay, payment_id) for _ in range(3)]

    assert [News.PAID, None, None] == [change.news for change in changes]
    first = changes[0]
    assert first.before is not None
    assert first.after is not None
    assert ("created", "captured") == (first.before.state, first.after.state)
    assert first.after.revision == first.before.revision + 1


def test_a_success_may_turn_into_an_error(
    book: PaymentBook, connect: Connect, world: Sandbox
) -> None:
    """Money that could not be taken after all is news, and the order may be paid again."""
    world.pay.account.captures_at_once = False
    pay = connect()
    payment_id = paid(begin(book, pay))
    world.pay.pay(payment_id)
    told = [(book.refresh(pay, payment_id)).news]
    world.pay.fail_capture(payment_id)
    told.append((book.refresh(pay, payment_id)).news)

    assert [News.PAID, News.REVERSED] == told
    assert (begin(book, pay)).next_url is not None


def test_money_for_an_attempt_that_had_ended_is_not_asked_for_again(
    book: PaymentBook, connect: Connect, world: Sandbox
) -> None:
    """A late success beside an open attempt is told, and nobody is sent to pay the other one."""
    pay = connect()
    first = begin(book, pay)
    world.pay.pay(paid(first))
    truth = pay.get_payment(paid(first))
    said = replace(truth.state, status="failed", code="P0020")
    book.note(truth.model_copy(update={"state": said}))
    second = begin(book, pay)
    assert second.next_url is not None

    change = book.note(truth)
    third = begin(book, pay)

    assert (News.PAID, LATE_SUCCESS) == (change.news, change.after and change.after.code)
    assert (first.entry.id, None) == (third.entry.id, third.next_url)


def test_a_payment_is_cancelled(book: PaymentBook, connect: Connect, world: Sandbox) -> None:
    """A cancelled payment is ended, and makes room."""
    pay = connect()
    payment_id = paid(begin(book, pay))
    change = book.cancel(pay, payment_id)

    assert News.ENDED_UNPAID is change.news
    assert "cancelled" == world.pay.payment(payment_id).status
    assert (begin(book, pay)).next_url is not None


def test_what_cannot_be_cancelled_is_read_again(
    book: PaymentBook, connect: Connect, world: Sandbox
) -> None:
    """A payer who paid meanwhile has paid, and the book says so."""
    pay = connect()
    payment_id = paid(begin(book, pay))
    world.pay.pay(payment_id)

    assert News.PAID is (book.cancel(pay, payment_id)).news


def test_a_payment_of_another_way_is_no_news(book: PaymentBook, connect: Connect) -> None:
    """A webhook about a payment link's payment changes nothing here."""
    pay = connect()
    payment = pay.create_payment(a_payment())
    change = book.note(payment)

    assert (None, None, None) == (change.before, change.after, change.news)
    assert book.find(payment.payment_id) is None


def test_an_open_payment_that_the_key_does_not_see_is_not_replaced(
    book: PaymentBook, connect: Connect, world: Sandbox
) -> None:
    """With the key of another account, nothing is known of the payment, so nothing is made."""
    begin(book, connect())
    with pytest.raises(PaymentNotFoundError):
        begin(book, connect(api_key=world.pay.new_api_key(account=Account("other"))))

    assert 1 == len(world.pay.payments)


def test_another_amount_is_refused(book: PaymentBook, connect: Connect) -> None:
    """What does not fit the entry is raised, and changes nothing."""
    pay = connect()
    begun = begin(book, pay)
    payment = pay.get_payment(paid(begun))
    with pytest.raises(PaymentMismatchError):
        book.note(payment.model_copy(update={"amount": Pence(1)}))

    assert begun.entry == book.find(paid(begun))


def test_what_was_acted_on_is_noted(book: PaymentBook, connect: Connect, world: Sandbox) -> None:
    """Money that was taken for nothing is found until somebody says that it was acted on."""
    pay = connect()
    payment_id = paid(begin(book, pay))
    world.pay.pay(payment_id)
    book.refresh(pay, payment_id)

    assert [payment_id] == [entry.payment_id for entry in book.unsubmitted()]
    assert () == book.unsubmitted(older_than=MINUTE)
    book.submitted(payment_id)
    noted = book.find(payment_id)
    world.clock.advance(MINUTE)
    book.submitted(payment_id)

    assert () == book.unsubmitted()
    assert noted == book.find(payment_id)
    with pytest.raises(NotInBookError):
        book.submitted("0" * 26)


def test_a_transaction_of_the_host_is_joined(
    book: PaymentBook, connect: Connect, *, world: Sandbox, tmp_path: Path
) -> None:
    """What the host rolls back did not happen here either, and the news comes again."""
    pay = connect()
    payment_id = paid(begin(book, pay))
    world.pay.pay(payment_id)
    payment = pay.get_payment(payment_id)
    host = sqlite3.connect(tmp_path / "pay.db")
    try:
        first = book.note(payment, connection=host)
        book.submitted(payment_id, connection=host)
        host.rollback()
        second = book.note(payment, connection=host)
        book.submitted(payment_id, connection=host)
        host.commit()
        third = book.note(payment, connection=host)
        host.commit()
        removed = book.erase(reference="GW-0001", connection=host)
        host.rollback()
        purged = book.purge(before=world.clock.now() + MINUTE, connection=host)
        host.commit()
    finally:
        host.close()

    assert [News.PAID, News.PAID, None] == [first.news, second.news, third.news]
    assert (1, 1) == (removed, purged)
    assert () == book.entries()


def test_a_reference_is_erased(book: PaymentBook, connect: Connect, world: Sandbox) -> None:
    """Every attempt of a reference goes, or none while money is at stake."""
    pay = connect()
    first = begin(book, pay)
    world.pay.decline(paid(first))
    second = begin(book, pay)
    with pytest.raises(MoneyAtStakeError) as caught:
        book.erase(reference="GW-0001")
    assert 1 == caught.value.count

    world.pay.pay(paid(second))
    book.refresh(pay, paid(second))
    with pytest.raises(MoneyAtStakeError):
        book.erase(reference="GW-0001")
    book.submitted(paid(second))

    assert 0 == book.erase(reference="GW-0002")
    assert 2 == book.erase(reference="GW-0001")
    assert () == book.entries()


def test_the_old_is_purged(book: PaymentBook, connect: Connect, world: Sandbox) -> None:
    """What ended long ago goes; what is open or was not acted on stays, however old."""
    pay = connect()
    declined, unsubmitted = begin(book, pay), begin(book, pay, case="case-2")
    still_open = begin(book, pay, case="case-3")
    world.pay.decline(paid(declined))
    world.pay.pay(paid(unsubmitted))
    for each in (declined, unsubmitted):
        book.refresh(pay, paid(each))
    world.clock.advance(timedelta(days=729))
    assert 0 == book.purge()
    world.clock.advance(timedelta(days=2))

    assert 1 == book.purge()
    left = {entry.payment_id for entry in book.entries()}
    assert {paid(unsubmitted), paid(still_open)} == left


@pytest.mark.parametrize(
    ("service", "case"), [("", "case-1"), ("garden-waste", ""), ("garden-waste", "x" * 256)]
)
def test_names_have_a_length(
    book: PaymentBook, connect: Connect, *, service: str, case: str
) -> None:
    """A name that is empty or too long is refused before anything is sent."""
    with pytest.raises(InvalidValueError) as caught:
        book.begin(connect(), a_payment(), service=service, case=case)

    assert ("case" if service else "service") == caught.value.field


@pytest.mark.parametrize("mode", ["agreement", "moto_api"])
def test_only_payments_with_pages_are_booked(
    book: PaymentBook, connect: Connect, mode: str
) -> None:
    """A charge without a payer cannot be closed as lost, so the book does not take it."""
    new = a_payment(
        authorisation_mode=mode,
        return_url=None,
        agreement_id=AGREEMENT_ID if mode == "agreement" else None,
    )
    with pytest.raises(InvalidValueError) as caught:
        book.begin(connect(), new, service="garden-waste", case="case-1")

    assert "authorisation_mode" == caught.value.field


def test_a_store_that_was_given_stays_open(tmp_path: Path, world: Sandbox) -> None:
    """A book closes the store that it made, and leaves one that it was given."""
    with Store(tmp_path / "pay.db", now=world.clock.now) as store:
        with PaymentBook(store) as book:
            assert store is book.store
            assert world.clock.now() == book._steps.now()
        with store.read() as connection:
            assert not connection.closed


def test_a_reversal_stays_until_it_is_undone(
    book: PaymentBook, connect: Connect, world: Sandbox
) -> None:
    """Who was told may have died: it is listed until somebody has undone what was done."""
    world.pay.account.captures_at_once = False
    pay = connect()
    payment_id = paid(begin(book, pay))
    world.pay.pay(payment_id)
    book.refresh(pay, payment_id)
    assert book.submitted(payment_id)
    world.pay.fail_capture(payment_id)
    assert News.REVERSED is (book.refresh(pay, payment_id)).news

    assert [payment_id] == [entry.payment_id for entry in book.not_undone()]
    assert book.undone(payment_id, partly=True)
    assert [payment_id] == [entry.payment_id for entry in book.not_undone()]
    assert book.undone(payment_id)
    assert () == book.not_undone()


def test_an_end_without_money_waits_to_be_heard(
    book: PaymentBook, connect: Connect, world: Sandbox
) -> None:
    """Also one that you made yourself by giving the payment up; paid ones are refused."""
    pay = connect()
    given_up, other = begin(book, pay), begin(book, pay, case="case-2")
    change = book.give_up(paid(given_up), reason="account_closed")
    world.pay.pay(paid(other))
    book.refresh(pay, paid(other))

    assert (News.ENDED_UNPAID, BookState.GIVEN_UP) == (
        change.news,
        change.after and change.after.state,
    )
    assert [paid(given_up)] == [entry.payment_id for entry in book.unheard()]
    assert [True, False] == [book.heard(paid(given_up)) for _ in range(2)]
    assert () == book.unheard()
    with pytest.raises(CannotGiveUpError):
        book.give_up(paid(other), reason="account_closed")
