# SPDX-License-Identifier: MIT
"""The promise of lg-pay: however the network fails, one order is charged at most once."""

import contextlib
import re
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field

import anyio  # noqa: TID253 -- a test may load it
import pytest
import stamina  # noqa: TID253 -- as above
from examples import examples
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pay.payments import AsgiPayer, a_payment

from lg_core.errors import LgError, OutcomeUnknownError, RequestNotSentError
from lg_core.limits import Limiter
from lg_core.testing import AsgiTransport, Trouble, UnreliableTransport, asgi, unreliable
from lg_pay import AsyncPayClient, NewPayment, PayClient, Payment
from lg_sandbox import Fault, Sandbox

MOST_ATTEMPTS = 5
TROUBLES = list(Trouble)
SCHEDULES = st.lists(st.sampled_from(TROUBLES), max_size=MOST_ATTEMPTS * 4)
ATTEMPTS = st.integers(1, MOST_ATTEMPTS)
ACTED = frozenset(
    {
        Trouble.NONE,
        Trouble.LOST_ANSWER,
        Trouble.RESET_AFTER,
        Trouble.ERROR_AFTER,
        Trouble.TRUNCATED,
        Trouble.HTML,
        Trouble.STOPPED_AFTER,
    }
)
REPEATED = frozenset({Trouble.REFUSED, Trouble.LIMITED})
STOPPED = frozenset({Trouble.STOPPED_BEFORE, Trouble.STOPPED_AFTER})

Create = Callable[[NewPayment], Payment]


@pytest.fixture(autouse=True)
def _no_waits() -> Iterator[None]:
    """Attempts follow each other at once."""
    with stamina.set_testing(True, attempts=MOST_ATTEMPTS, cap=True):
        yield


@dataclass
class World:
    """A sandbox without rate limits, and a way to it on which things go wrong."""

    sandbox: Sandbox = field(default_factory=Sandbox)

    def __post_init__(self) -> None:
        """Make the ways: a good one for the payer, and one for the service."""
        self.sandbox.pay.account.rate_limited = False
        self.good = asgi(self.sandbox.pay.app)

    def way(self, schedule: list[Trouble]) -> UnreliableTransport:
        """Return the service's way: each attempt meets the next trouble."""
        return unreliable(self.good, schedule)

    @property
    def payments(self) -> int:
        """How many payments GOV.UK Pay has made."""
        return len(self.sandbox.pay.payments)

    @property
    def charges(self) -> int:
        """How often money moved."""
        return len(self.sandbox.pay.charges)


@contextlib.contextmanager
def _world() -> Generator[World]:
    world = World()
    try:
        yield world
    finally:
        world.good.close()


def _with_sync(world: World, schedule: list[Trouble], attempts: int) -> Create:
    pay = PayClient(
        world.sandbox.pay.api_key,
        base_url="http://localhost",
        transport=world.way(schedule),
        limiter=Limiter({}),
        attempts=attempts,
    )
    return pay.create_payment


def _with_async(backend: str) -> Callable[[World, list[Trouble], int], Create]:
    def make(world: World, schedule: list[Trouble], attempts: int) -> Create:
        pay = AsyncPayClient(
            world.sandbox.pay.api_key,
            base_url="http://localhost",
            transport=world.way(schedule),
            limiter=Limiter({}),
            attempts=attempts,
        )

        async def create(new: NewPayment) -> Payment | BaseException:
            # A KeyboardInterrupt that left the task would stop the event loop, not the test.
            try:
                return await pay.create_payment(new)
            except (LgError, KeyboardInterrupt) as error:
                return error

        def run(new: NewPayment) -> Payment:
            result = anyio.run(create, new, backend=backend)
            if isinstance(result, BaseException):
                raise result
            return result

        return run

    return make


CLIENTS = {
    "sync": _with_sync,
    "asyncio": _with_async("asyncio"),
    "trio": _with_async("trio"),
}
all_clients = pytest.mark.parametrize("client", CLIENTS)
several_rounds = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def _expected_attempts(schedule: list[Trouble], attempts: int) -> list[Trouble]:
    """Say which attempts one call may make: on after nothing was sent, and never after that."""
    made: list[Trouble] = []
    for trouble in [*schedule, *[Trouble.NONE] * attempts][:attempts]:
        made.append(trouble)
        if trouble not in REPEATED:
            break
    return made


@several_rounds
@all_clients
@given(schedule=SCHEDULES, attempts=ATTEMPTS)
@example(schedule=[Trouble.LOST_ANSWER], attempts=5)
@example(schedule=[Trouble.REFUSED, Trouble.LIMITED, Trouble.RESET_AFTER], attempts=5)
@example(schedule=[Trouble.ERROR_AFTER] * 5, attempts=5)
def test_one_call_makes_at_most_one_payment(
    client: str, schedule: list[Trouble], attempts: int
) -> None:
    """One create_payment makes one payment or none, says truly how it went, and costs one charge.

    The number of payments is not merely limited: it is exactly what the schedule lets through.
    """
    made = _expected_attempts(schedule, attempts)
    with _world() as world:
        create = CLIENTS[client](world, schedule, attempts)
        address = None
        try:
            payment = create(a_payment())
            address = payment.next_url
        except RequestNotSentError:
            outcome = "not sent"
        except OutcomeUnknownError:
            outcome = "unknown"
        except KeyboardInterrupt:
            outcome = "stopped"
        except LgError:
            outcome = "refused"
        else:
            outcome = "made"

        assert (made[-1] in ACTED) == bool(world.payments)
        assert world.payments <= 1
        assert _expected_outcome(made[-1]) == outcome
        assert (address is None) == (outcome != "made")
        if address is not None:
            AsgiPayer(world.good).pay(address)
            AsgiPayer(world.good).pay(address)
        assert (outcome == "made") == bool(world.charges)
        assert world.charges <= 1


def _expected_outcome(last: Trouble) -> str:
    if last in STOPPED:
        return "stopped"
    named = {Trouble.NONE: "made", Trouble.REFUSED: "not sent", Trouble.LIMITED: "refused"}
    return named.get(last, "unknown")


@dataclass
class Order:
    """One order of a hurried developer's service.

    Attributes:
        held: every address to pay at that the service ever held.
        told: what the errors said to do.
    """

    held: list[str] = field(default_factory=list[str])
    told: list[str] = field(default_factory=list[str])


def _order(create: Create, *, calls: int) -> Order:
    """Do as the error says, a few times: make a new call. A refusal made nothing either."""
    order = Order()
    for _ in range(calls):
        try:
            payment = create(a_payment())
        except OutcomeUnknownError as error:
            order.told.append(error.find_out)
        except RequestNotSentError as error:
            order.told.append(error.message)
        except KeyboardInterrupt as stop:
            # The process was stopped and the order begins anew; the note says what to do.
            order.told += getattr(stop, "__notes__", [""])
        except LgError:
            continue
        else:
            assert payment.next_url is not None
            order.held.append(payment.next_url)
            break
    assert all(re.search("make (a new call|the call again)", told) for told in order.told)
    return order


@several_rounds
@all_clients
@given(schedule=SCHEDULES, attempts=ATTEMPTS)
@example(schedule=[Trouble.LOST_ANSWER, Trouble.HTML], attempts=1)
@example(schedule=[Trouble.STOPPED_AFTER, Trouble.ERROR_AFTER], attempts=4)
def test_a_naive_service_charges_at_most_once(
    client: str, schedule: list[Trouble], attempts: int
) -> None:
    """A service that makes a new call after each doubt, three times over, still charges once.

    Payments whose answer was lost exist, but nobody holds their address: they expire unpaid.
    """
    with _world() as world:
        held = _order(CLIENTS[client](world, schedule, attempts), calls=4).held
        for address in held:
            AsgiPayer(world.good).pay(address)
            AsgiPayer(world.good).pay(address)

        assert len(held) == world.charges
        assert world.charges <= 1
        world.sandbox.clock.advance(seconds=6_000)
        unpaid = [each for each in world.sandbox.pay.payments if not each.charged]
        assert {"P0020"} >= {each.code for each in unpaid}
        assert world.charges <= 1


@pytest.mark.parametrize("trouble", TROUBLES)
def test_what_each_trouble_makes_and_what_the_caller_is_told(trouble: Trouble) -> None:
    """One attempt, one trouble: the payment is there or not, and the error never says otherwise."""
    with _world() as world:
        create = _with_sync(world, [trouble], 1)
        with contextlib.ExitStack() as expected:
            kind = _expected_outcome(trouble)
            if kind != "made":
                errors = {
                    "stopped": KeyboardInterrupt,
                    "not sent": RequestNotSentError,
                    "unknown": OutcomeUnknownError,
                    "refused": LgError,
                }
                expected.enter_context(pytest.raises(errors[kind]))
            create(a_payment())

        assert (1 if trouble in ACTED else 0) == world.payments


def test_a_call_that_could_not_leave_is_repeated_until_it_does() -> None:
    """Refused connections and 429 are waited out within one call, and one payment is made."""
    schedule = [Trouble.REFUSED, Trouble.LIMITED, Trouble.REFUSED, Trouble.LIMITED]
    with _world() as world:
        payment = _with_sync(world, schedule, 5)(a_payment())

        assert [payment.payment_id] == [each.id for each in world.sandbox.pay.payments]


# ------------------------------------------------- the sandbox's own faults, over real sockets

CREATE_FAULTS = [fault for fault in Fault if fault is not Fault.SLOW]
_PATIENCE = 0.25  # seconds; the faults that keep silent cost this much each


@settings(
    max_examples=examples(8),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(faults=st.lists(st.sampled_from(CREATE_FAULTS), max_size=5), attempts=st.integers(1, 3))
@example(faults=[Fault.TIMEOUT_AFTER, Fault.RESET_AFTER, Fault.TRUNCATED], attempts=3)
@example(faults=[Fault.ERROR_AFTER, Fault.RESET_BEFORE, Fault.CONFLICT], attempts=3)
def test_a_naive_service_charges_at_most_once_over_sockets(
    sandbox: Sandbox, faults: list[Fault], attempts: int
) -> None:
    """Real resets, silences, cut answers and gateways' pages end in one charge at the most."""
    before = len(sandbox.pay.charges)
    sandbox.pay.account.rate_limited = False
    sandbox.pay.faults.clear()
    for fault in faults:
        sandbox.pay.faults.add(fault, operation="create_payment", acts=fault is Fault.HTML)
    with PayClient(
        sandbox.pay.api_key,
        base_url=sandbox.pay.url,
        limiter=Limiter({}),
        timeout=_PATIENCE,
        attempts=attempts,
    ) as pay:
        held = _order(pay.create_payment, calls=4).held
    payer = asgi(sandbox.pay.app)
    _pay_all(payer, held)

    assert len(held) == len(sandbox.pay.charges) - before
    assert len(held) <= 1


def _pay_all(payer: AsgiTransport, held: list[str]) -> None:
    try:
        for address in held:
            AsgiPayer(payer).pay(address)
            AsgiPayer(payer).pay(address)
    finally:
        payer.close()


def test_a_slow_answer_within_the_deadline_is_an_answer(sandbox: Sandbox) -> None:
    """An answer that comes in pieces is waited for, and one payment is made."""
    sandbox.pay.faults.add(Fault.SLOW, operation="create_payment", seconds=0.2)
    with PayClient(sandbox.pay.api_key, base_url=sandbox.pay.url) as pay:
        payment = pay.create_payment(a_payment())

    assert [payment.payment_id] == [each.id for each in sandbox.pay.payments]


def test_a_slow_answer_past_the_deadline_is_a_doubt_and_is_not_repeated(sandbox: Sandbox) -> None:
    """A server that dribbles past the deadline leaves one payment, and the caller is told."""
    sandbox.pay.faults.add(Fault.SLOW, operation="create_payment", seconds=3)
    with (
        PayClient(sandbox.pay.api_key, base_url=sandbox.pay.url, timeout=0.3) as pay,
        pytest.raises(OutcomeUnknownError),
    ):
        pay.create_payment(a_payment())

    assert 1 == len(sandbox.pay.payments)
