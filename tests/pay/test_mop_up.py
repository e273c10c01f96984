# SPDX-License-Identifier: MIT
import itertools
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import pytest
from pay.payments import AnsweringTransport, a_payment, full_answer

from lg_core.errors import ConfigError, ServerError
from lg_core.limits import Limiter
from lg_core.money import Pence
from lg_core.testing import AsgiTransport, Trouble, asgi, unreliable
from lg_pay import PayClient, Payment, PaymentNotFoundError
from lg_pay._sync.book import PaymentBook
from lg_pay.book import BookState, Change, News
from lg_pay.mop_up import MopUp, mop_up
from lg_sandbox import Sandbox
from lg_sandbox.pay import Account

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


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
def pay(world: Sandbox, way: AsgiTransport) -> PayClient:
    """Give a client of the sandbox."""
    return a_client(world, way)


@pytest.fixture
def book(world: Sandbox, tmp_path: Path) -> Iterator[PaymentBook]:
    """Give a book on the sandbox's clock."""
    with PaymentBook(tmp_path / "pay.db", now=world.clock.now) as opened:
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


def begin(book: PaymentBook, pay: PayClient, number: int = 1, *, delayed: bool = False) -> str:
    """Begin a payment, and return its id."""
    new = a_payment(reference=f"GW-{number}", delayed_capture=delayed)
    begun = book.begin(pay, new, service="garden-waste", case=str(number))
    return begun.entry.payment_id or ""


def test_a_payer_who_did_not_come_back_is_found(
    book: PaymentBook, pay: PayClient, world: Sandbox
) -> None:
    """Who paid and closed the window has paid: it is told once, and reported until acted on."""
    payment_id = begin(book, pay)
    world.pay.pay(payment_id)
    told: list[Change] = []
    world.clock.advance(15 * MINUTE)
    first = mop_up(book, pay, tell=told.append)
    world.clock.advance(15 * MINUTE)
    second = mop_up(book, pay, tell=told.append)
    book.submitted(payment_id)
    third = mop_up(book, pay, tell=told.append)

    assert (1, 1, True) == (first.looked, first.paid, first.clean)
    assert [News.PAID] == [change.news for change in told]
    assert (0, 0, False) == (second.looked, second.paid, second.clean)
    assert [payment_id] == [entry.payment_id for entry in second.unsubmitted]
    assert third.clean


def test_a_young_payment_is_left_alone(book: PaymentBook, pay: PayClient, world: Sandbox) -> None:
    """For 15 minutes the payer is believed to be at it."""
    begin(book, pay)
    world.clock.advance(14 * MINUTE)
    early = mop_up(book, pay)
    world.clock.advance(MINUTE)
    late = mop_up(book, pay)

    assert (0, 1) == (early.looked, late.looked)
    assert 1 == late.still_open


def test_the_age_is_a_setting(book: PaymentBook, pay: PayClient, world: Sandbox) -> None:
    """A service may leave its payers more time."""
    begin(book, pay)
    world.clock.advance(20 * MINUTE)

    assert 0 == mop_up(book, pay, from_=HOUR).looked
    later = world.clock.now() + HOUR
    assert 1 == mop_up(book, pay, from_=HOUR, now=later).looked


def test_a_payment_is_followed_until_it_expires(
    book: PaymentBook, pay: PayClient, world: Sandbox
) -> None:
    """One that nobody finishes is asked for at growing distances until it has expired."""
    payment_id = begin(book, pay)
    world.pay.start(payment_id)
    looks: list[timedelta] = []
    began = world.clock.now()
    told: list[Change] = []
    while not (book.find(payment_id) or _missing()).ended:
        world.clock.advance(5 * MINUTE)
        if mop_up(book, pay, tell=told.append).looked:
            looks.append(world.clock.now() - began)

    assert 15 * MINUTE == looks[0]
    assert 90 * MINUTE <= looks[-1] <= 120 * MINUTE
    gaps = [later - earlier for earlier, later in itertools.pairwise(looks)]
    assert sorted(gaps) == gaps
    assert [News.ENDED_UNPAID] == [change.news for change in told]
    entry = book.find(payment_id) or _missing()
    assert (BookState.FAILED, "P0020", None) == (entry.state, entry.code, entry.due_at)


def _missing() -> NoReturn:
    raise AssertionError


def test_a_delayed_capture_is_followed_for_days(
    book: PaymentBook, pay: PayClient, world: Sandbox
) -> None:
    """An uncaptured payment expires after 5 days, and mop-up is still there to see it."""
    payment_id = begin(book, pay, delayed=True)
    world.pay.pay(payment_id)
    runs: list[MopUp] = []
    for _ in range(12 * 6):
        world.clock.advance(2 * HOUR)
        runs.append(mop_up(book, pay))

    ended = [number for number, run in enumerate(runs) if run.ended]
    assert 1 == len(ended)
    assert 12 * 5 - 1 <= ended[0] <= 12 * 6
    assert 0 == sum(run.paid for run in runs)


def test_a_success_is_followed_until_its_capture_shows(
    book: PaymentBook, pay: PayClient, world: Sandbox
) -> None:
    """A success is no proof of money: the capture, or its failure, is news too."""
    world.pay.account.captures_at_once = False
    good, bad = begin(book, pay, 1), begin(book, pay, 2)
    for payment_id in (good, bad):
        world.pay.pay(payment_id)
    world.clock.advance(15 * MINUTE)
    first = mop_up(book, pay)
    world.pay.complete_capture(good)
    world.pay.fail_capture(bad)
    world.clock.advance(HOUR)
    told: list[Change] = []
    second = mop_up(book, pay, tell=told.append)

    assert 2 == first.paid
    assert (1, 1) == (second.captured, second.reversed)
    assert {News.CAPTURED, News.REVERSED} == {change.news for change in told}
    assert not second.clean


def test_one_that_cannot_be_read_does_not_stop_the_others(
    book: PaymentBook, world: Sandbox, way: AsgiTransport
) -> None:
    """What fails is reported with its reason, and asked for again later."""
    pay = a_client(world, way)
    first = begin(book, pay, 1)
    world.clock.advance(seconds=1)  # it is due first
    second = begin(book, pay, 2)
    world.pay.pay(second)
    world.clock.advance(15 * MINUTE)
    run = mop_up(book, a_client(world, way, Trouble.ERROR_BEFORE))
    again = mop_up(book, pay)
    world.clock.advance(15 * MINUTE)
    later = mop_up(book, pay)

    (failed,) = run.not_asked
    assert first == failed.entry.payment_id
    assert isinstance(failed.error, ServerError)
    assert (1, 1, False) == (run.looked, run.paid, run.clean)
    assert (0, 1) == (again.looked, later.looked)


def test_a_payment_that_cannot_be_found_is_reported(
    book: PaymentBook, pay: PayClient, *, world: Sandbox, way: AsgiTransport
) -> None:
    """With a key of another account, GOV.UK Pay does not know the payment; nothing is assumed."""
    payment_id = begin(book, pay)
    other = PayClient(
        world.pay.new_api_key(account=Account("other")),
        base_url="http://localhost",
        transport=way,
        limiter=Limiter({}),
    )
    world.clock.advance(15 * MINUTE)
    run = mop_up(book, other)

    (failed,) = run.not_asked
    assert isinstance(failed.error, PaymentNotFoundError)
    entry = book.find(payment_id) or _missing()
    assert not entry.ended


class _Accounts:
    """Finds the client of a service."""

    def __init__(self, clients: dict[str, PayClient]) -> None:
        self._clients = clients
        self.asked: list[str] = []

    def for_service(self, name: str, /) -> PayClient:
        """Return a client, or say that there is none."""
        self.asked.append(name)
        if name not in self._clients:
            raise ConfigError("There is no account of this name.")
        return self._clients[name]


def test_each_service_has_its_account(book: PaymentBook, pay: PayClient, world: Sandbox) -> None:
    """Payments are asked for with the key of their service; a service without one is reported."""
    begin(book, pay)
    book.begin(pay, a_payment(amount=Pence(1)), service="parking", case="1")
    world.clock.advance(15 * MINUTE)
    accounts = _Accounts({"garden-waste": pay})
    run = mop_up(book, accounts)

    assert ["garden-waste", "parking"] == sorted(accounts.asked)
    assert 1 == run.looked
    assert ["parking"] == [each.entry.service for each in run.not_asked]


def test_a_listener_that_fails_does_not_stop_the_others(
    book: PaymentBook, pay: PayClient, world: Sandbox
) -> None:
    """Every failure is raised at the end, and the book has every piece of news."""
    ids = [begin(book, pay, number) for number in range(3)]
    for payment_id in ids:
        world.pay.pay(payment_id)
    told: list[Change] = []

    def tell(change: Change) -> None:
        told.append(change)
        raise LookupError

    world.clock.advance(15 * MINUTE)
    with pytest.raises(ExceptionGroup) as caught:
        mop_up(book, pay, tell=tell)

    assert 3 == len(caught.value.exceptions) == len(told)
    assert 3 == len(book.unsubmitted())


def test_progress_is_told(book: PaymentBook, pay: PayClient, world: Sandbox) -> None:
    """A bar can show how far a run is."""
    for number in range(3):
        begin(book, pay, number)
    world.clock.advance(15 * MINUTE)
    seen: list[tuple[int, int]] = []
    mop_up(book, pay, progress=lambda done, of: seen.append((done, of)))

    assert [(1, 3), (2, 3), (3, 3)] == seen


def test_an_unknown_end_is_named(book: PaymentBook, world: Sandbox, pay: PayClient) -> None:
    """A payment that ended with a new word is neither paid nor unpaid: a person must look."""
    payment_id = begin(book, pay)
    answer = Payment.model_validate(
        full_answer(
            payment_id=payment_id,
            reference="GW-1",
            state={"status": "written_off", "finished": True},
        )
    )
    transport = AnsweringTransport(200, answer.model_dump_json(by_alias=True).encode())
    odd = PayClient(world.pay.api_key, base_url="http://localhost", transport=transport)
    world.clock.advance(15 * MINUTE)
    run = mop_up(book, odd)

    assert [payment_id] == [entry.payment_id for entry in run.unclear]
    assert (0, 0, 0, False) == (run.paid, run.ended, run.still_open, run.clean)
    assert (
        book.begin(odd, a_payment(reference="GW-1"), service="garden-waste", case="1").next_url
        is None
    )
