# SPDX-License-Identifier: MIT
"""AsyncPaymentBook against the sandbox: the dance between the book's table and GOV.UK Pay."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
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
from lg_pay import AsyncPayClient, InvalidPaymentError, PaymentNotFoundError
from lg_pay._async.book import AsyncPaymentBook
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

Connect = Callable[..., AsyncPayClient]
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

    def build(*troubles: Trouble, api_key: str | None = None) -> AsyncPayClient:
        return AsyncPayClient(
            api_key or world.pay.api_key,
            base_url="http://localhost",
            transport=KeepingTransport(unreliable(way, troubles)),
            limiter=Limiter({}),
            attempts=1,
        )

    return build


@pytest.fixture
async def book(world: Sandbox, tmp_path: Path) -> AsyncIterator[AsyncPaymentBook]:
    """Give a book on the sandbox's clock that does not wait for others."""
    async with AsyncPaymentBook(
        tmp_path / "pay.db", now=world.clock.now, patience=timedelta()
    ) as opened:
        yield opened


async def begin(
    book: AsyncPaymentBook, pay: AsyncPayClient, *, case: str = "case-1", amount: int = 4650
) -> Begun:
    """Begin the payment of an order."""
    new = a_payment(amount=Pence(amount))
    return await book.begin(pay, new, service="garden-waste", case=case)


def paid(begun: Begun) -> str:
    """Return the id of a payment that was begun."""
    assert begun.entry.payment_id is not None
    return begun.entry.payment_id


async def test_a_payment_is_begun(book: AsyncPaymentBook, connect: Connect, world: Sandbox) -> None:
    """The book makes one payment, keeps what it was for, and gives the address to pay at."""
    begun = await begin(book, connect())

    (made,) = world.pay.payments
    assert made.id == begun.entry.payment_id
    assert begun.next_url is not None
    assert begun.next_url not in repr(begun)
    assert () == begun.changes
    assert begun.entry == await book.find(made.id)
    assert (begun.entry,) == await book.entries(
        service="garden-waste", case="case-1", reference="GW-0001"
    )
    assert () == await book.entries(service="another")
    assert ("created", "sandbox", 2) == (
        begun.entry.state,
        begun.entry.provider,
        begun.entry.revision,
    )


async def test_a_second_click_goes_on_with_the_first(
    book: AsyncPaymentBook, connect: Connect, *, world: Sandbox, way: AsgiTransport
) -> None:
    """The same order leads to the same payment, at a fresh address that works."""
    first = await begin(book, connect())
    second = await begin(book, connect())

    assert first.entry.id == second.entry.id
    assert first.next_url != second.next_url
    assert 1 == len(world.pay.payments)
    AsgiPayer(way).pay(second.next_url or "")
    assert 1 == len(world.pay.charges)


@pytest.mark.parametrize("change", [{"case": "case-2"}, {"amount": 4651}])
async def test_another_order_is_another_payment(
    book: AsyncPaymentBook, connect: Connect, *, world: Sandbox, change: dict[str, object]
) -> None:
    """Another case or another amount has a payment of its own."""
    first = await begin(book, connect())
    second = await begin(book, connect(), **change)  # pyright: ignore[reportArgumentType]  # either

    assert first.entry.payment_id != second.entry.payment_id
    assert 2 == len(world.pay.payments)


async def test_a_paid_order_needs_no_payer(
    book: AsyncPaymentBook, connect: Connect, world: Sandbox
) -> None:
    """Who comes back after paying is told so, once, and nobody is sent to pay again."""
    first = await begin(book, connect())
    world.pay.pay(paid(first))
    second = await begin(book, connect())
    third = await begin(book, connect())

    assert [None, None] == [second.next_url, third.next_url]
    assert [News.PAID] == [change.news for change in second.changes]
    assert () == third.changes
    assert third.entry.paid
    assert 1 == len(world.pay.payments)


@pytest.mark.parametrize("end", ["decline", "cancel", "expire"])
async def test_an_order_that_ended_unpaid_may_be_begun_again(
    book: AsyncPaymentBook, connect: Connect, *, world: Sandbox, end: str
) -> None:
    """After a payment without money comes another; the old attempt stays in the book."""
    first = await begin(book, connect())
    getattr(world.pay, end)(paid(first))
    second = await begin(book, connect())

    assert second.next_url is not None
    assert [News.ENDED_UNPAID] == [change.news for change in second.changes]
    entries = await book.entries(case="case-1")
    assert {first.entry.id, second.entry.id} == {entry.id for entry in entries}


async def test_a_payment_that_waits_for_the_service_needs_no_payer(
    book: AsyncPaymentBook, connect: Connect, world: Sandbox
) -> None:
    """With delayed capture, a payer who comes back has nothing more to do."""
    new = a_payment(delayed_capture=True)
    first = await book.begin(connect(), new, service="garden-waste", case="case-1")
    world.pay.pay(paid(first))
    second = await book.begin(connect(), new, service="garden-waste", case="case-1")

    assert (BookState.CAPTURABLE, None) == (second.entry.state, second.next_url)
    assert 1 == len(world.pay.payments)


@pytest.mark.parametrize("trouble", LOSING)
async def test_a_lost_answer_closes_the_attempt(
    book: AsyncPaymentBook, connect: Connect, trouble: Trouble
) -> None:
    """Nobody holds the address of a payment whose answer was lost, so the next attempt is free."""
    with pytest.raises(OutcomeUnknownError):
        await begin(book, connect(trouble))
    begun = await begin(book, connect())

    assert begun.next_url is not None
    states = [entry.state for entry in await book.entries(case="case-1")]
    assert ["created", "lost"] == sorted(states)
    assert () == await book.unfinished(older_than=MINUTE)


async def test_a_caller_who_is_stopped_leaves_a_lost_attempt(
    book: AsyncPaymentBook, connect: Connect
) -> None:
    """Ctrl-C, a time limit or a cancelled task may come after the request left."""
    new, pay = a_payment(), connect(Trouble.STOPPED_AFTER)
    stopped = False
    try:
        await book.begin(pay, new, service="garden-waste", case="case-1")
    except KeyboardInterrupt:
        stopped = True

    assert stopped
    assert ["lost"] == [entry.state for entry in await book.entries(case="case-1")]


@pytest.mark.parametrize(
    ("trouble", "error"), [(Trouble.REFUSED, RequestNotSentError), (Trouble.LIMITED, LgError)]
)
async def test_what_was_not_done_leaves_nothing(
    book: AsyncPaymentBook,
    connect: Connect,
    *,
    world: Sandbox,
    trouble: Trouble,
    error: type[LgError],
) -> None:
    """Where GOV.UK Pay knows nothing of an attempt, the book forgets it and raises."""
    with pytest.raises(error):
        await begin(book, connect(trouble))

    assert () == await book.entries()
    assert () == world.pay.payments


async def test_a_refused_payment_leaves_nothing(
    book: AsyncPaymentBook, connect: Connect, world: Sandbox
) -> None:
    """A refusal is raised as it came."""
    world.pay.account.zero_amount_allowed = False
    with pytest.raises(InvalidPaymentError):
        await begin(book, connect(), amount=0)

    assert () == await book.entries()


async def test_who_finds_another_at_work_is_asked_to_try_again(
    book: AsyncPaymentBook, connect: Connect, world: Sandbox
) -> None:
    """While another request asks for the payment, no second one is made."""
    book._steps.claim(Key.of(a_payment(), service="garden-waste", case="case-1"))
    with pytest.raises(PaymentBeingOpenedError) as caught:
        await begin(book, connect())

    assert "try again" in str(caught.value)
    assert caught.value.payer_message.en
    assert () == world.pay.payments


async def test_an_asker_who_never_came_back_is_replaced(
    book: AsyncPaymentBook, connect: Connect, world: Sandbox
) -> None:
    """After a minute an attempt without an answer counts as lost."""
    stale = book._steps.claim(Key.of(a_payment(), service="garden-waste", case="case-1"))
    world.clock.advance(MINUTE)
    begun = await begin(book, connect())

    assert Way.MINE is stale.way
    entries = await book.entries(case="case-1")
    assert {(stale.entry.id, "lost"), (begun.entry.id, "created")} == {
        (entry.id, entry.state) for entry in entries
    }


async def test_an_answer_that_comes_too_late_is_given_to_nobody(
    book: AsyncPaymentBook, connect: Connect, *, world: Sandbox, way: AsgiTransport
) -> None:
    """Where another took the attempt over meanwhile, both get the payment of the other."""
    others: list[Begun] = []

    class _Slow(KeepingTransport):
        async def asend(self, request: WireRequest) -> WireAnswer:
            answer = await super().asend(request)
            if not others:
                world.clock.advance(MINUTE)
                others.append(await begin(book, connect()))
            return answer

    slow = AsyncPayClient(
        world.pay.api_key,
        base_url="http://localhost",
        transport=_Slow(way),
        limiter=Limiter({}),
    )
    begun = await begin(book, slow)

    (other,) = others
    assert 2 == len(world.pay.payments)
    assert other.entry.id == begun.entry.id
    assert begun.next_url is not None


async def test_news_is_told_to_one_caller(
    book: AsyncPaymentBook, connect: Connect, world: Sandbox
) -> None:
    """Whoever asks second learns that nothing is new."""
    pay = connect()
    payment_id = paid(await begin(book, pay))
    world.pay.pay(payment_id)

    changes = [await book.refresh(pay, payment_id) for _ in range(3)]

    assert [News.PAID, None, None] == [change.news for change in changes]
    first = changes[0]
    assert first.before is not None
    assert first.after is not None
    assert ("created", "captured") == (first.before.state, first.after.state)
    assert first.after.revision == first.before.revision + 1


async def test_a_success_may_turn_into_an_error(
    book: AsyncPaymentBook, connect: Connect, world: Sandbox
) -> None:
    """Money that could not be taken after all is news, and the order may be paid again."""
    world.pay.account.captures_at_once = False
    pay = connect()
    payment_id = paid(await begin(book, pay))
    world.pay.pay(payment_id)
    told = [(await book.refresh(pay, payment_id)).news]
    world.pay.fail_capture(payment_id)
    told.append((await book.refresh(pay, payment_id)).news)

    assert [News.PAID, News.REVERSED] == told
    assert (await begin(book, pay)).next_url is not None


async def test_money_for_an_attempt_that_had_ended_is_not_asked_for_again(
    book: AsyncPaymentBook, connect: Connect, world: Sandbox
) -> None:
    """A late success beside an open attempt is told, and nobody is sent to pay the other one."""
    pay = connect()
    first = await begin(book, pay)
    world.pay.pay(paid(first))
    truth = await pay.get_payment(paid(first))
    said = replace(truth.state, status="failed", code="P0020")
    await book.note(truth.model_copy(update={"state": said}))
    second = await begin(book, pay)
    assert second.next_url is not None

    change = await book.note(truth)
    third = await begin(book, pay)

    assert (News.PAID, LATE_SUCCESS) == (change.news, change.after and change.after.code)
    assert (first.entry.id, None) == (third.entry.id, third.next_url)


async def test_a_payment_is_cancelled(
    book: AsyncPaymentBook, connect: Connect, world: Sandbox
) -> None:
    """A cancelled payment is ended, and makes room."""
    pay = connect()
    payment_id = paid(await begin(book, pay))
    change = await book.cancel(pay, payment_id)

    assert News.ENDED_UNPAID is change.news
    assert "cancelled" == world.pay.payment(payment_id).status
    assert (await begin(book, pay)).next_url is not None


async def test_what_cannot_be_cancelled_is_read_again(
    book: AsyncPaymentBook, connect: Connect, world: Sandbox
) -> None:
    """A payer who paid meanwhile has paid, and the book says so."""
    pay = connect()
    payment_id = paid(await begin(book, pay))
    world.pay.pay(payment_id)

    assert News.PAID is (await book.cancel(pay, payment_id)).news


async def test_a_payment_of_another_way_is_no_news(
    book: AsyncPaymentBook, connect: Connect
) -> None:
    """A webhook about a payment link's payment changes nothing here."""
    pay = connect()
    payment = await pay.create_payment(a_payment())
    change = await book.note(payment)

    assert (None, None, None) == (change.before, change.after, change.news)
    assert await book.find(payment.payment_id) is None


async def test_an_open_payment_that_the_key_does_not_see_is_not_replaced(
    book: AsyncPaymentBook, connect: Connect, world: Sandbox
) -> None:
    """With the key of another account, nothing is known of the payment, so nothing is made."""
    await begin(book, connect())
    with pytest.raises(PaymentNotFoundError):
        await begin(book, connect(api_key=world.pay.new_api_key(account=Account("other"))))

    assert 1 == len(world.pay.payments)


async def test_another_amount_is_refused(book: AsyncPaymentBook, connect: Connect) -> None:
    """What does not fit the entry is raised, and changes nothing."""
    pay = connect()
    begun = await begin(book, pay)
    payment = await pay.get_payment(paid(begun))
    with pytest.raises(PaymentMismatchError):
        await book.note(payment.model_copy(update={"amount": Pence(1)}))

    assert begun.entry == await book.find(paid(begun))


async def test_what_was_acted_on_is_noted(
    book: AsyncPaymentBook, connect: Connect, world: Sandbox
) -> None:
    """Money that was taken for nothing is found until somebody says that it was acted on."""
    pay = connect()
    payment_id = paid(await begin(book, pay))
    world.pay.pay(payment_id)
    await book.refresh(pay, payment_id)

    assert [payment_id] == [entry.payment_id for entry in await book.unsubmitted()]
    assert () == await book.unsubmitted(older_than=MINUTE)
    await book.submitted(payment_id)
    noted = await book.find(payment_id)
    world.clock.advance(MINUTE)
    await book.submitted(payment_id)

    assert () == await book.unsubmitted()
    assert noted == await book.find(payment_id)
    with pytest.raises(NotInBookError):
        await book.submitted("0" * 26)


async def test_a_transaction_of_the_host_is_joined(
    book: AsyncPaymentBook, connect: Connect, *, world: Sandbox, tmp_path: Path
) -> None:
    """What the host rolls back did not happen here either, and the news comes again."""
    pay = connect()
    payment_id = paid(await begin(book, pay))
    world.pay.pay(payment_id)
    payment = await pay.get_payment(payment_id)
    host = sqlite3.connect(tmp_path / "pay.db")
    try:
        first = await book.note(payment, connection=host)
        await book.submitted(payment_id, connection=host)
        host.rollback()
        second = await book.note(payment, connection=host)
        await book.submitted(payment_id, connection=host)
        host.commit()
        third = await book.note(payment, connection=host)
        host.commit()
        removed = await book.erase(reference="GW-0001", connection=host)
        host.rollback()
        purged = await book.purge(before=world.clock.now() + MINUTE, connection=host)
        host.commit()
    finally:
        host.close()

    assert [News.PAID, News.PAID, None] == [first.news, second.news, third.news]
    assert (1, 1) == (removed, purged)
    assert () == await book.entries()


async def test_a_reference_is_erased(
    book: AsyncPaymentBook, connect: Connect, world: Sandbox
) -> None:
    """Every attempt of a reference goes, or none while money is at stake."""
    pay = connect()
    first = await begin(book, pay)
    world.pay.decline(paid(first))
    second = await begin(book, pay)
    with pytest.raises(MoneyAtStakeError) as caught:
        await book.erase(reference="GW-0001")
    assert 1 == caught.value.count

    world.pay.pay(paid(second))
    await book.refresh(pay, paid(second))
    with pytest.raises(MoneyAtStakeError):
        await book.erase(reference="GW-0001")
    await book.submitted(paid(second))

    assert 0 == await book.erase(reference="GW-0002")
    assert 2 == await book.erase(reference="GW-0001")
    assert () == await book.entries()


async def test_the_old_is_purged(book: AsyncPaymentBook, connect: Connect, world: Sandbox) -> None:
    """What ended long ago goes; what is open or was not acted on stays, however old."""
    pay = connect()
    declined, unsubmitted = await begin(book, pay), await begin(book, pay, case="case-2")
    still_open = await begin(book, pay, case="case-3")
    world.pay.decline(paid(declined))
    world.pay.pay(paid(unsubmitted))
    for each in (declined, unsubmitted):
        await book.refresh(pay, paid(each))
    world.clock.advance(timedelta(days=729))
    assert 0 == await book.purge()
    world.clock.advance(timedelta(days=2))

    assert 1 == await book.purge()
    left = {entry.payment_id for entry in await book.entries()}
    assert {paid(unsubmitted), paid(still_open)} == left


@pytest.mark.parametrize(
    ("service", "case"), [("", "case-1"), ("garden-waste", ""), ("garden-waste", "x" * 256)]
)
async def test_names_have_a_length(
    book: AsyncPaymentBook, connect: Connect, *, service: str, case: str
) -> None:
    """A name that is empty or too long is refused before anything is sent."""
    with pytest.raises(InvalidValueError) as caught:
        await book.begin(connect(), a_payment(), service=service, case=case)

    assert ("case" if service else "service") == caught.value.field


@pytest.mark.parametrize("mode", ["agreement", "moto_api"])
async def test_only_payments_with_pages_are_booked(
    book: AsyncPaymentBook, connect: Connect, mode: str
) -> None:
    """A charge without a payer cannot be closed as lost, so the book does not take it."""
    new = a_payment(
        authorisation_mode=mode,
        return_url=None,
        agreement_id=AGREEMENT_ID if mode == "agreement" else None,
    )
    with pytest.raises(InvalidValueError) as caught:
        await book.begin(connect(), new, service="garden-waste", case="case-1")

    assert "authorisation_mode" == caught.value.field


async def test_a_store_that_was_given_stays_open(tmp_path: Path, world: Sandbox) -> None:
    """A book closes the store that it made, and leaves one that it was given."""
    with Store(tmp_path / "pay.db", now=world.clock.now) as store:
        async with AsyncPaymentBook(store) as book:
            assert store is book.store
            assert world.clock.now() == book._steps.now()
        with store.read() as connection:
            assert not connection.closed


async def test_a_reversal_stays_until_it_is_undone(
    book: AsyncPaymentBook, connect: Connect, world: Sandbox
) -> None:
    """Who was told may have died: it is listed until somebody has undone what was done."""
    world.pay.account.captures_at_once = False
    pay = connect()
    payment_id = paid(await begin(book, pay))
    world.pay.pay(payment_id)
    await book.refresh(pay, payment_id)
    assert await book.submitted(payment_id)
    world.pay.fail_capture(payment_id)
    assert News.REVERSED is (await book.refresh(pay, payment_id)).news

    assert [payment_id] == [entry.payment_id for entry in await book.not_undone()]
    assert await book.undone(payment_id, partly=True)
    assert [payment_id] == [entry.payment_id for entry in await book.not_undone()]
    assert await book.undone(payment_id)
    assert () == await book.not_undone()


async def test_an_end_without_money_waits_to_be_heard(
    book: AsyncPaymentBook, connect: Connect, world: Sandbox
) -> None:
    """Also one that you made yourself by giving the payment up; paid ones are refused."""
    pay = connect()
    given_up, other = await begin(book, pay), await begin(book, pay, case="case-2")
    change = await book.give_up(paid(given_up), reason="account_closed")
    world.pay.pay(paid(other))
    await book.refresh(pay, paid(other))

    assert (News.ENDED_UNPAID, BookState.GIVEN_UP) == (
        change.news,
        change.after and change.after.state,
    )
    assert [paid(given_up)] == [entry.payment_id for entry in await book.unheard()]
    assert [True, False] == [await book.heard(paid(given_up)) for _ in range(2)]
    assert () == await book.unheard()
    with pytest.raises(CannotGiveUpError):
        await book.give_up(paid(other), reason="account_closed")
