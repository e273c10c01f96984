# SPDX-License-Identifier: MIT
"""One open payment an order: threads and servers that race, a process that is killed, the file."""

import itertools
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import anyio  # noqa: TID253 -- a test may load it
import anyio.to_thread  # noqa: TID253 -- as above
import pytest
import sqlalchemy
from children import PATIENCE, Child
from databases import store_url
from pay.book_child import begin_all
from pay.leaks import PLANTED, leaks_in
from pay.payments import AsgiPayer, a_payment, full_answer

from lg_core.limits import Limiter
from lg_core.store import Store
from lg_core.testing import AsgiTransport, asgi
from lg_core.transport import WireAnswer, WireRequest
from lg_pay import AsyncPayClient, NewPayment, PayClient, Payment
from lg_pay._async.book import AsyncPaymentBook
from lg_pay._sync.book import PaymentBook
from lg_pay.book import BOOK_SCHEMA, Begun, News, PaymentBeingOpenedError
from lg_pay.book._schema import TABLE
from lg_pay.book._steps import Key
from lg_pay.mop_up import mop_up
from lg_sandbox import Fault, Sandbox

__all__ = ["store_url"]

MINUTE = timedelta(minutes=1)


@pytest.fixture
def world() -> Sandbox:
    """Give a sandbox in this process, without rate limits."""
    sandbox = Sandbox()
    sandbox.pay.account.rate_limited = False
    return sandbox


@pytest.fixture
def way(world: Sandbox) -> Iterator[AsgiTransport]:
    """Give the way into the sandbox."""
    transport = asgi(world.pay.app)
    yield transport
    transport.close()


def a_client(world: Sandbox, way: AsgiTransport) -> PayClient:
    """Return a client of the sandbox."""
    return PayClient(
        world.pay.api_key, base_url="http://localhost", transport=way, limiter=Limiter({})
    )


def begin(book: PaymentBook, pay: PayClient, new: NewPayment, *, case: str = "case-1") -> Begun:
    """Begin the payment of an order."""
    return book.begin(pay, new, service="garden-waste", case=case)


# ---------------------------------------------------------------- races


@pytest.mark.parametrize("servers", [1, 4])
def test_a_race_leads_to_one_payment(
    store_url: str, world: Sandbox, way: AsgiTransport, *, servers: int
) -> None:
    """Threads of one server, and servers of one database, that begin at once share one payment."""
    start = threading.Barrier(4)
    books = [PaymentBook(store_url, now=world.clock.now) for _ in range(servers)]
    pay = a_client(world, way)

    def click(number: int) -> Begun:
        start.wait()
        return begin(books[number % servers], pay, a_payment())

    with ThreadPoolExecutor(4) as threads:
        begun = list(threads.map(click, range(4)))
    entries = books[0].entries(case="case-1")
    for book in books:
        book.close()

    (made,) = world.pay.payments
    assert {made.id} == {each.entry.payment_id for each in begun}
    assert 4 == len({each.next_url for each in begun})
    assert [made.id] == [entry.payment_id for entry in entries]
    for each in begun:
        AsgiPayer(way).pay(each.next_url or "")
    assert 1 == len(world.pay.charges)


def test_a_race_for_a_stale_attempt_leads_to_one_payment(
    store_url: str, world: Sandbox, way: AsgiTransport
) -> None:
    """Of several that find an attempt whose asker is gone, one takes it over."""
    pay = a_client(world, way)
    with PaymentBook(store_url, now=world.clock.now) as book:
        for number in range(5):
            new = a_payment(reference=f"GW-{number}")
            book._steps.claim(Key.of(new, service="garden-waste", case="case-1"))
        world.clock.advance(MINUTE)
        start = threading.Barrier(3)

        def click(_number: int) -> list[str | None]:
            found: list[str | None] = []
            for number in range(5):
                start.wait()
                new = a_payment(reference=f"GW-{number}")
                found.append(begin(book, pay, new).entry.payment_id)
            return found

        with ThreadPoolExecutor(3) as threads:
            first, *others = threads.map(click, range(3))

    assert all(first == other for other in others)
    assert sorted(str(each) for each in first) == sorted(each.id for each in world.pay.payments)


def test_news_is_told_once_whatever_races(
    store_url: str, world: Sandbox, way: AsgiTransport
) -> None:
    """Of all who note the same at once, exactly one is told."""
    pay = a_client(world, way)
    with PaymentBook(store_url, now=world.clock.now) as book:
        for number in range(10):
            begun = begin(book, pay, a_payment(reference=f"GW-{number}"))
            payment_id = begun.entry.payment_id or ""
            world.pay.pay(payment_id)
            payment = pay.get_payment(payment_id)
            start = threading.Barrier(4)

            def note(_: int, payment: Payment = payment, start: threading.Barrier = start) -> bool:
                start.wait()
                return book.note(payment).news is News.PAID

            with ThreadPoolExecutor(4) as threads:
                assert 1 == sum(threads.map(note, range(4)))


class _Held:
    """A transport that lets nothing through until it is told to."""

    def __init__(self, beneath: AsgiTransport) -> None:
        self._beneath = beneath
        self.arrived = threading.Event()
        self.go = threading.Event()

    def send(self, request: WireRequest) -> WireAnswer:
        """Wait, and carry it on."""
        self.arrived.set()
        assert self.go.wait(20)
        return self._beneath.send(request)

    def close(self) -> None:
        """Do nothing."""


def test_the_second_of_two_waits_for_the_first(
    store_url: str, world: Sandbox, way: AsgiTransport
) -> None:
    """Who comes while another is asking gets the payment that the other one opened."""
    held = _Held(way)
    first = PayClient(world.pay.api_key, base_url="http://localhost", transport=held)
    looks = itertools.count()

    def now() -> datetime:
        if next(looks) == 1:  # the second look of the one that waits
            held.go.set()
        return world.clock.now()

    with (
        Store(store_url, now=world.clock.now) as store,
        ThreadPoolExecutor(1) as thread,
    ):
        busy = thread.submit(begin, PaymentBook(store), first, a_payment())
        assert held.arrived.wait(20)
        impatient = PaymentBook(store, patience=timedelta())
        with pytest.raises(PaymentBeingOpenedError):
            begin(impatient, a_client(world, way), a_payment())
        second = begin(PaymentBook(store, now=now), a_client(world, way), a_payment())
        assert busy.result().entry.id == second.entry.id

    assert 1 == len(world.pay.payments)
    assert second.next_url is not None


class _Silent:
    """A transport that never answers a task."""

    def __init__(self) -> None:
        self.asked = anyio.Event()

    async def asend(self, request: WireRequest) -> WireAnswer:
        """Wait until the task is cancelled."""
        del request
        self.asked.set()
        await anyio.sleep_forever()
        raise AssertionError

    async def aclose(self) -> None:
        """Do nothing."""


@pytest.mark.anyio
async def test_a_cancelled_task_leaves_a_lost_attempt(tmp_path: Path, world: Sandbox) -> None:
    """A task that is cancelled while it asks still writes down that the answer was lost."""
    silent = _Silent()
    pay = AsyncPayClient(world.pay.api_key, base_url="http://localhost", transport=silent)
    async with AsyncPaymentBook(tmp_path / "pay.db") as book:
        async with anyio.create_task_group() as tasks:

            async def ask() -> None:
                await book.begin(pay, a_payment(), service="garden-waste", case="case-1")

            tasks.start_soon(ask)
            await silent.asked.wait()
            tasks.cancel_scope.cancel()

        assert ["lost"] == [entry.state for entry in await book.entries(case="case-1")]


class _Async:
    """A transport for tasks that lets nothing through until another has looked twice."""

    def __init__(self, beneath: AsgiTransport, *, world: Sandbox) -> None:
        self._beneath = beneath
        self._world = world
        self._looks = 0
        self.arrived = anyio.Event()
        self.go = threading.Event()

    def now(self) -> datetime:
        """Tell the time, and count."""
        self._looks += 1
        if self._looks > 1:
            self.go.set()
        return self._world.clock.now()

    async def asend(self, request: WireRequest) -> WireAnswer:
        """Wait, and carry it on."""
        self.arrived.set()
        assert await anyio.to_thread.run_sync(self.go.wait, 20)
        return await self._beneath.asend(request)

    async def aclose(self) -> None:
        """Do nothing."""


@pytest.mark.anyio
async def test_the_second_of_two_tasks_waits_for_the_first(
    tmp_path: Path, world: Sandbox, way: AsgiTransport
) -> None:
    """A task that comes while another is asking gets the same payment."""
    slow = _Async(way, world=world)
    key, url = world.pay.api_key, "http://localhost"
    begun: list[Begun] = []
    with Store(tmp_path / "pay.db", now=world.clock.now) as store:
        first, second = AsyncPaymentBook(store), AsyncPaymentBook(store, now=slow.now)

        async def click(book: AsyncPaymentBook, pay: AsyncPayClient) -> None:
            begun.append(await book.begin(pay, a_payment(), service="s", case="1"))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(click, first, AsyncPayClient(key, base_url=url, transport=slow))
            await slow.arrived.wait()
            tasks.start_soon(click, second, AsyncPayClient(key, base_url=url, transport=way))

    assert 1 == len({each.entry.id for each in begun}) == len(world.pay.payments)


# ---------------------------------------------------------------- killed


def _started(
    store_url: str, sandbox: Sandbox, *, first: int, last: int, steps: int | None = None
) -> Child:
    work = partial(
        begin_all,
        store=store_url,
        url=sandbox.pay.url,
        key=sandbox.pay.api_key,
        first=first,
        last=last,
    )
    return Child(work, steps=steps)


def _killed_while_it_asks(store_url: str, sandbox: Sandbox) -> None:
    child = _started(store_url, sandbox, first=1, last=2)
    until = time.monotonic() + PATIENCE
    while not sandbox.pay.requests and time.monotonic() < until:
        time.sleep(0.01)  # for the request to arrive
    child.kill()
    assert -9 == child.ended()


@pytest.mark.parametrize("fault", [Fault.TIMEOUT_AFTER, Fault.TIMEOUT_BEFORE])
def test_killed_between_the_intent_and_the_answer(
    store_url: str, sandbox: Sandbox, fault: Fault
) -> None:
    """A process that dies while it asks leaves its intent; after a minute the order goes on."""
    sandbox.pay.faults.add(fault, operation="create_payment")
    with PaymentBook(store_url, now=sandbox.clock.now, patience=timedelta()) as book:
        _killed_while_it_asks(store_url, sandbox)
        new = a_payment(reference="GW-1")

        with PayClient(sandbox.pay.api_key, base_url=sandbox.pay.url) as pay:
            assert ["asking"] == [entry.state for entry in book.entries(case="1")]
            with pytest.raises(PaymentBeingOpenedError):
                begin(book, pay, new, case="1")
            sandbox.clock.advance(MINUTE)
            begun = begin(book, pay, new, case="1")
            again = begin(book, pay, new, case="1")

        states = sorted(entry.state for entry in book.entries(case="1"))
    assert ["created", "lost"] == states
    assert begun.entry.payment_id == again.entry.payment_id
    assert (2 if fault is Fault.TIMEOUT_AFTER else 1) == len(sandbox.pay.payments)


def test_mop_up_closes_what_a_killed_process_left(store_url: str, sandbox: Sandbox) -> None:
    """Nobody needs to come back for an attempt without an answer to be closed."""
    sandbox.pay.faults.add(Fault.TIMEOUT_BEFORE, operation="create_payment")
    _killed_while_it_asks(store_url, sandbox)
    with (
        PaymentBook(store_url, now=sandbox.clock.now) as book,
        PayClient(sandbox.pay.api_key, base_url=sandbox.pay.url) as pay,
    ):
        early = mop_up(book, pay)
        sandbox.clock.advance(MINUTE)
        late = mop_up(book, pay)

    assert (0, 1) == (early.lost, late.lost)


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_killed_anywhere_each_order_is_paid_once(store_url: str, sandbox: Sandbox) -> None:
    """Wherever a process is killed, every order can be paid after it, and none twice."""
    sandbox.pay.account.rate_limited = False
    orders, done = 6, 0
    held: dict[int, list[str]] = {number: [] for number in range(orders)}
    while done < orders:
        steps = random.randint(1, 3)  # noqa: S311 -- where to kill, not a secret
        child = _started(store_url, sandbox, first=done, last=orders, steps=steps)
        child.ended()
        for told in child.told:
            number, address = told.split()
            held[int(number)].append(address)
            done = int(number) + 1
        sandbox.clock.advance(MINUTE)
        done += 1  # the one that was cut off is left as it is

    way = asgi(sandbox.pay.app)
    with (
        PaymentBook(store_url, now=lambda: datetime.now(UTC) + MINUTE * 2) as book,
        PayClient(sandbox.pay.api_key, base_url=sandbox.pay.url) as pay,
    ):
        for number, addresses in held.items():
            begun = begin(book, pay, a_payment(reference=f"GW-{number}"), case=str(number))
            for address in (*addresses, begun.next_url or ""):
                AsgiPayer(way).pay(address)
    way.close()

    charged = sorted(charge.reference for charge in sandbox.pay.charges)
    assert sorted(f"GW-{number}" for number in range(orders)) == charged


# ---------------------------------------------------------------- what is kept


def test_the_table_has_no_other_column() -> None:
    """There is no place for a name, an e-mail address or anything of a card."""
    expected = {
        "id", "service", "case_id", "reference", "amount", "slot", "payment_id", "state", "code",
        "provider", "revision", "asked_at", "changed_at", "looked_at", "due_at", "paid_at",
        "ended_at", "submitted_at", "reversed_at", "undone_at", "unheard_since", "given_up_reason",
    }  # fmt: skip

    assert expected == {column.name for column in TABLE.columns}
    assert [TABLE.name] == list(BOOK_SCHEMA.metadata.tables)


def test_nothing_of_a_person_reaches_the_file(tmp_path: Path, world: Sandbox) -> None:
    """What GOV.UK Pay tells of the payer is in no byte of the database."""
    payment = Payment.model_validate(_full_of_people())
    new = NewPayment(
        amount=payment.amount,
        reference="GW-0001",
        description=PLANTED["description"],
        return_url=PLANTED["return address"],
        email=PLANTED["e-mail"],
    )
    way = _Answering(payment)
    pay = PayClient(world.pay.api_key, base_url="http://localhost", transport=way)
    with PaymentBook(tmp_path / "pay.db") as book:
        begun = begin(book, pay, new)
        book.note(payment)
        book.note(payment.model_copy(update={"amount": payment.amount}))
        kept = b"".join(file.read_bytes() for file in sorted(tmp_path.iterdir()))

    assert begun.entry.paid
    assert b"GW-0001" in kept
    assert not leaks_in(kept.decode("latin-1"))


class _Answering:
    """A transport that answers everything with one payment."""

    def __init__(self, payment: Payment) -> None:
        self._body = payment.model_dump_json(by_alias=True).encode()

    def send(self, request: WireRequest) -> WireAnswer:
        """Answer."""
        del request
        return WireAnswer(201, {"content-type": "application/json"}, self._body)

    def close(self) -> None:
        """Do nothing."""


def _full_of_people() -> dict[str, object]:
    return full_answer(
        state={"status": "success", "finished": True, "message": PLANTED["name"]},
        description=PLANTED["description"],
        email=PLANTED["e-mail"],
        return_url=PLANTED["return address"],
        metadata={PLANTED["metadata key"]: PLANTED["metadata value"]},
        provider_id=PLANTED["signing secret"],
        card_details={
            "cardholder_name": PLANTED["name"],
            "first_digits_card_number": PLANTED["card number"],
            "last_digits_card_number": PLANTED["card number"],
            "billing_address": {
                "line1": PLANTED["address"],
                "city": PLANTED["town"],
                "postcode": PLANTED["postcode"],
            },
        },
    )


def test_one_open_attempt_is_a_rule_of_the_database(store_url: str) -> None:
    """Whatever writes there, the database holds one open attempt an order and any number of old."""
    with PaymentBook(store_url) as book, book.store.begin() as connection:
        names = {
            index["name"]: index["column_names"]
            for index in sqlalchemy.inspect(connection).get_unique_constraints(TABLE.name)
        }

    assert ["reference", "case_id", "service", "amount", "slot"] == names[
        "lg_pay_book_payment_one_open"
    ]


# ---------------------------------------------------------------- what is loaded


def _run(program: str) -> str:
    done = subprocess.run(  # noqa: S603 -- this interpreter, and a program that stands above
        [sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True
    )
    return done.stdout


def test_the_book_is_loaded_without_a_database() -> None:
    """Its words and errors load no SQL library, so a plain install can import them."""
    program = "import sys, lg_pay.book; lg_pay.book.News.PAID; print('sqlalchemy' in sys.modules)"

    assert "False\n" == _run(program)


@pytest.mark.parametrize("module", ["lg_pay.book._schema", "lg_pay._sync.book"])
def test_what_to_install_is_said(module: str) -> None:
    """Without SQLAlchemy, the error names the extra."""
    program = (
        "import importlib, sys; sys.modules['sqlalchemy'] = None\n"
        "from lg_core.errors import ConfigError\n"
        f"try:\n    importlib.import_module({module!r})\n"
        "except ConfigError as error:\n    print(error)\n"
    )

    assert "lg-pay[book]" in _run(program)
