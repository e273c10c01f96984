# SPDX-License-Identifier: MIT
"""AsyncPayClient's other operations against the sandbox: refunds, capture, agreements, lists."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, timedelta

import pytest
import stamina  # noqa: TID253 -- a test may load it
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pay.payments import KeepingTransport, a_payment

from lg_core.errors import InvalidValueError, LgError, OutcomeUnknownError, RequestNotSentError
from lg_core.limits import Limiter
from lg_core.money import Pence
from lg_core.testing import AsgiTransport, Trouble, asgi, unreliable
from lg_core.transport import AsyncTransport
from lg_pay import (
    AgreementNotActiveError,
    AgreementNotFoundError,
    AgreementStatus,
    AsyncPayClient,
    CannotCaptureError,
    DisputeStatus,
    InvalidFieldError,
    NewAgreement,
    PaymentNotFoundError,
    PaymentStatus,
    PayUnavailableError,
    RefundMismatchError,
    RefundNotAvailableError,
    RefundNotFoundError,
    RefundRefusal,
    RefundStatus,
    calls,
)
from lg_pay._credentials import GivenKey
from lg_pay.search import PaymentSearch, RefundSearch
from lg_sandbox import Fault, Sandbox
from lg_sandbox.pay import Account, Provider

pytestmark = pytest.mark.anyio

NOBODYS = "0" * 26
BUSY = Account("busy", rate_limited=False)


@pytest.fixture(autouse=True)
def _no_waits() -> Iterator[None]:
    """Attempts follow each other at once."""
    with stamina.set_testing(True, attempts=5, cap=True):
        yield


@pytest.fixture
async def beneath(sandbox: Sandbox) -> AsyncIterator[AsgiTransport]:
    """The sandbox in process."""
    transport = asgi(sandbox.pay.app)
    yield transport
    await transport.aclose()


@pytest.fixture
def pay(sandbox: Sandbox, beneath: AsgiTransport) -> AsyncPayClient:
    """A client of the sandbox."""
    return client(sandbox.pay.api_key, beneath)


def client(api_key: GivenKey, transport: AsyncTransport, **options: object) -> AsyncPayClient:
    """Return a client over a transport."""
    return AsyncPayClient(
        api_key,
        base_url="http://localhost",
        transport=transport,
        limiter=Limiter({}),
        **options,  # pyright: ignore[reportArgumentType]  # the options of the client
    )


async def paid(pay: AsyncPayClient, sandbox: Sandbox, amount: int = 5000) -> str:
    """Take a payment, and return its id."""
    made = await pay.create_payment(a_payment(amount=Pence(amount)))
    sandbox.pay.pay(made.payment_id)
    return made.payment_id


# ------------------------------------------------------------------ refunds


async def test_a_refund_is_made_and_read(pay: AsyncPayClient, sandbox: Sandbox) -> None:
    """It is a part of the payment, and is listed with it."""
    payment_id = await paid(pay, sandbox)

    refund = await pay.refund_payment(payment_id, amount=Pence(1500), available=Pence(5000))

    assert (1500, RefundStatus.SUCCESS) == (refund.amount, refund.status)
    assert refund.refund_id == (await pay.get_refund(payment_id, refund.refund_id)).refund_id
    listed = await pay.get_refunds(payment_id)
    assert (payment_id, [refund.refund_id]) == (
        listed.payment_id,
        [each.refund_id for each in listed.refunds],
    )
    summary = (await pay.get_payment(payment_id)).refund_summary
    assert summary is not None
    assert (3500, 1500) == (summary.amount_available, summary.amount_submitted)


async def test_a_refund_of_something_that_has_changed_is_refused(
    pay: AsyncPayClient, sandbox: Sandbox
) -> None:
    """The lock: staff refunded meanwhile, so the caller looks again."""
    payment_id = await paid(pay, sandbox)
    sandbox.pay.staff_refund(payment_id, 1000)

    with pytest.raises(RefundMismatchError) as refused:
        await pay.refund_payment(payment_id, amount=Pence(1500), available=Pence(5000))

    assert (412, "P0604") == (refused.value.status, refused.value.code)
    assert 1 == len(sandbox.pay.refunds)


async def test_a_payment_that_cannot_be_refunded_says_why(
    pay: AsyncPayClient, sandbox: Sandbox
) -> None:
    """P0603 has two texts, and one class with the reason."""
    disputed = await paid(pay, sandbox)
    sandbox.pay.dispute(disputed)
    unpaid = (await pay.create_payment(a_payment())).payment_id

    with pytest.raises(RefundNotAvailableError) as by_dispute:
        await pay.refund_payment(disputed, amount=Pence(1), available=Pence(5000))
    with pytest.raises(RefundNotAvailableError) as by_status:
        await pay.refund_payment(unpaid, amount=Pence(1), available=Pence(4650))

    assert RefundRefusal.DISPUTED is by_dispute.value.reason
    assert RefundRefusal.STATUS is by_status.value.reason


async def test_a_refund_that_cannot_be_is_not_sent(pay: AsyncPayClient, sandbox: Sandbox) -> None:
    """More than there is, or nothing."""
    for amount, available in ((2, 1), (0, 5)):
        with pytest.raises(InvalidValueError):
            await pay.refund_payment(NOBODYS, amount=Pence(amount), available=Pence(available))

    assert () == sandbox.pay.requests


async def test_what_is_not_there_is_not_found(pay: AsyncPayClient, sandbox: Sandbox) -> None:
    """Each operation has its own class for it."""
    payment_id = await paid(pay, sandbox)
    with pytest.raises(PaymentNotFoundError):
        await pay.refund_payment(NOBODYS, amount=Pence(1), available=Pence(1))
    with pytest.raises(RefundNotFoundError):
        await pay.get_refund(payment_id, NOBODYS)
    with pytest.raises(PaymentNotFoundError):
        await pay.get_refunds(NOBODYS)
    with pytest.raises(PaymentNotFoundError):
        await pay.capture_payment(NOBODYS)
    with pytest.raises(AgreementNotFoundError):
        await pay.get_agreement(NOBODYS)
    with pytest.raises(AgreementNotFoundError):
        await pay.cancel_agreement(NOBODYS)


@pytest.mark.parametrize("trouble", [Trouble.LOST_ANSWER, Trouble.ERROR_AFTER, Trouble.TRUNCATED])
async def test_a_refund_whose_answer_was_lost_is_found(
    pay: AsyncPayClient, sandbox: Sandbox, *, beneath: AsgiTransport, trouble: Trouble
) -> None:
    """The payment and its refunds say that it was made: it is returned, and made once."""
    payment_id = await paid(pay, sandbox)
    sandbox.pay.staff_refund(payment_id, 500)
    sandbox.clock.advance(seconds=5)
    shaky = client(sandbox.pay.api_key, unreliable(beneath, [trouble]))

    refund = await shaky.refund_payment(payment_id, amount=Pence(500), available=Pence(4500))

    assert 500 == refund.amount
    assert [500, 500] == [each.amount for each in sandbox.pay.refunds]
    assert refund.refund_id == sandbox.pay.refunds[-1].id


@pytest.mark.parametrize("trouble", [Trouble.LOST_REQUEST, Trouble.ERROR_BEFORE])
async def test_a_refund_that_was_not_made_may_be_made_again(
    pay: AsyncPayClient, sandbox: Sandbox, *, beneath: AsgiTransport, trouble: Trouble
) -> None:
    """The outcome stays unknown, and the text says how to go on; the lock makes it safe."""
    payment_id = await paid(pay, sandbox)
    shaky = client(sandbox.pay.api_key, unreliable(beneath, [trouble]))

    with pytest.raises(OutcomeUnknownError, match="nothing had been refunded") as lost:
        await shaky.refund_payment(payment_id, amount=Pence(500), available=Pence(5000))
    await shaky.refund_payment(payment_id, amount=Pence(500), available=Pence(5000))

    assert "same available=" in lost.value.find_out
    assert "lg-pay.refund_payment" == lost.value.capability
    assert 1 == len(sandbox.pay.refunds)


async def test_a_lost_refund_made_again_is_refused_and_not_doubled(
    pay: AsyncPayClient, sandbox: Sandbox, beneath: AsgiTransport
) -> None:
    """412 after an unknown attempt: the first one went through, and there is one refund."""
    payment_id = await paid(pay, sandbox)
    transport = unreliable(beneath, [Trouble.LOST_ANSWER, *[Trouble.LOST_ANSWER] * 4])
    shaky = client(sandbox.pay.api_key, transport, attempts=1)
    with pytest.raises(OutcomeUnknownError) as lost:
        await shaky.refund_payment(payment_id, amount=Pence(500), available=Pence(5000))

    with pytest.raises(RefundMismatchError, match="unknown outcome"):
        await pay.refund_payment(payment_id, amount=Pence(500), available=Pence(5000))

    assert any("get_payment" in str(error) for error in lost.value.previous)
    assert 1 == len(sandbox.pay.refunds)


async def test_a_refund_that_is_not_listed_yet_stays_unknown(
    sandbox: Sandbox, beneath: AsgiTransport
) -> None:
    """The list of refunds lags: nothing is concluded from half of it."""
    account = Account("slow", ledger_delay=60)
    key = sandbox.pay.new_api_key(account=account)
    made = await client(key, beneath).create_payment(a_payment(amount=Pence(5000)))
    sandbox.pay.pay(made.payment_id)
    sandbox.clock.advance(seconds=300)
    shaky = client(key, unreliable(beneath, [Trouble.LOST_ANSWER]))

    with pytest.raises(OutcomeUnknownError, match="in some minutes"):
        await shaky.refund_payment(made.payment_id, amount=Pence(500), available=Pence(5000))

    assert 1 == len(sandbox.pay.refunds)


async def test_a_refund_of_somebody_else_is_not_taken_for_ours(
    pay: AsyncPayClient, sandbox: Sandbox, beneath: AsgiTransport
) -> None:
    """Staff refunded another amount while the call was lost: the outcome stays unknown."""
    payment_id = await paid(pay, sandbox)
    sandbox.pay.staff_refund(payment_id, 300)
    shaky = client(sandbox.pay.api_key, unreliable(beneath, [Trouble.LOST_REQUEST]))

    with pytest.raises(OutcomeUnknownError):
        await shaky.refund_payment(payment_id, amount=Pence(500), available=Pence(5000))

    assert [300] == [each.amount for each in sandbox.pay.refunds]


# ------------------------------------------------------------------ cancel and capture


async def capturable(pay: AsyncPayClient, sandbox: Sandbox) -> str:
    """Return the id of a payment that waits for its money to be taken."""
    made = await pay.create_payment(a_payment(delayed_capture=True))
    sandbox.pay.pay(made.payment_id)
    return made.payment_id


async def test_a_payment_is_captured(pay: AsyncPayClient, sandbox: Sandbox) -> None:
    """Where it waits for that; one that nobody has paid cannot be."""
    payment_id = await capturable(pay, sandbox)
    unpaid = await pay.create_payment(a_payment(delayed_capture=True))
    await pay.capture_payment(payment_id)

    with pytest.raises(CannotCaptureError):
        await pay.capture_payment(unpaid.payment_id)

    assert PaymentStatus.SUCCESS == (await pay.get_payment(payment_id)).state.status


@pytest.mark.parametrize("trouble", [Trouble.LOST_ANSWER, Trouble.ERROR_AFTER])
async def test_a_lost_answer_to_a_capture_or_a_cancellation_is_resolved(
    pay: AsyncPayClient, sandbox: Sandbox, *, beneath: AsgiTransport, trouble: Trouble
) -> None:
    """The payment says that it was carried out, so the call has succeeded."""
    transport = unreliable(beneath, [trouble, Trouble.NONE, trouble, Trouble.NONE])
    shaky = client(sandbox.pay.api_key, transport)
    captured = await capturable(pay, sandbox)
    cancelled = (await pay.create_payment(a_payment())).payment_id

    await shaky.capture_payment(captured)
    await shaky.cancel_payment(cancelled)

    assert PaymentStatus.SUCCESS == (await pay.get_payment(captured)).state.status
    assert PaymentStatus.CANCELLED == (await pay.get_payment(cancelled)).state.status


async def test_a_capture_or_a_cancellation_that_was_not_carried_out_stays_unknown(
    pay: AsyncPayClient, sandbox: Sandbox, beneath: AsgiTransport
) -> None:
    """It may still arrive: the caller gets the doubt, and the payment was read."""
    transport = KeepingTransport(unreliable(beneath, [Trouble.LOST_REQUEST, Trouble.NONE] * 2))
    shaky = client(sandbox.pay.api_key, transport)
    waiting = await capturable(pay, sandbox)
    unpaid = (await pay.create_payment(a_payment())).payment_id

    with pytest.raises(OutcomeUnknownError):
        await shaky.capture_payment(waiting)
    with pytest.raises(OutcomeUnknownError):
        await shaky.cancel_payment(unpaid)

    assert ["POST", "GET", "POST", "GET"] == [each.method for each in transport.requests]


async def test_looking_has_a_share_of_the_time(
    pay: AsyncPayClient, sandbox: Sandbox, beneath: AsgiTransport
) -> None:
    """A call that may take 30 seconds takes 20 itself, so that 10 are left to find out."""
    transport = KeepingTransport(unreliable(beneath, [Trouble.LOST_ANSWER]))
    unpaid = (await pay.create_payment(a_payment())).payment_id

    await client(sandbox.pay.api_key, transport).cancel_payment(unpaid, timeout=30)

    first, second = transport.requests
    assert 20 == pytest.approx(first.total, abs=1)
    assert 10 < second.total <= 30


async def test_a_look_that_fails_is_kept_with_the_doubt(
    pay: AsyncPayClient, sandbox: Sandbox, beneath: AsgiTransport
) -> None:
    """The doubt is what is raised, and what stopped the look is among its earlier errors."""
    unpaid = (await pay.create_payment(a_payment())).payment_id
    transport = unreliable(beneath, [Trouble.LOST_ANSWER, Trouble.REFUSED])
    shaky = client(sandbox.pay.api_key, transport, attempts=1)

    with pytest.raises(OutcomeUnknownError) as lost:
        await shaky.cancel_payment(unpaid)

    assert "lg-pay.cancel_payment" == lost.value.capability
    assert isinstance(lost.value.previous[-1], RequestNotSentError)


# ------------------------------------------------------------------ agreements


async def test_an_agreement_is_set_up_charged_and_cancelled(
    pay: AsyncPayClient, sandbox: Sandbox
) -> None:
    """The whole way of a recurring payment."""
    new = NewAgreement(
        reference="DD-1", description="Garden waste each year", user_identifier="account-1"
    )
    agreement = await pay.create_agreement(new)
    assert AgreementStatus.CREATED == agreement.status
    first = await pay.create_payment(a_payment(set_up_agreement=agreement.agreement_id))
    sandbox.pay.pay(first.payment_id)
    active = await pay.get_agreement(agreement.agreement_id)
    assert AgreementStatus.ACTIVE == active.status
    assert active.payment_instrument is not None
    assert active.payment_instrument.card_details is not None
    assert "1111" == active.payment_instrument.card_details.last_digits_card_number

    charged = await pay.create_payment(
        a_payment(
            authorisation_mode="agreement", agreement_id=agreement.agreement_id, return_url=None
        )
    )
    await pay.cancel_agreement(agreement.agreement_id)

    assert agreement.agreement_id == charged.agreement_id
    ended = await pay.get_agreement(agreement.agreement_id)
    assert AgreementStatus.CANCELLED == ended.status
    with pytest.raises(AgreementNotActiveError):
        await pay.cancel_agreement(agreement.agreement_id)
    listed = [each.agreement_id async for each in pay.search_agreements(status="cancelled")]
    assert [agreement.agreement_id] == listed


async def test_a_lost_answer_to_the_end_of_an_agreement_is_resolved(
    pay: AsyncPayClient, sandbox: Sandbox, beneath: AsgiTransport
) -> None:
    """The agreement says that it was cancelled."""
    agreement = await pay.create_agreement(NewAgreement(reference="DD-1", description="Garden"))
    first = await pay.create_payment(a_payment(set_up_agreement=agreement.agreement_id))
    sandbox.pay.pay(first.payment_id)
    shaky = client(sandbox.pay.api_key, unreliable(beneath, [Trouble.LOST_ANSWER]))

    await shaky.cancel_agreement(agreement.agreement_id)

    assert AgreementStatus.CANCELLED == (await pay.get_agreement(agreement.agreement_id)).status


# ------------------------------------------------------------------ lists


async def test_payments_are_searched(pay: AsyncPayClient, sandbox: Sandbox) -> None:
    """By reference, state, card brand and the instant of creation."""
    start = sandbox.clock.now()
    ids = [await paid(pay, sandbox) for _ in range(3)]
    await pay.create_payment(a_payment(reference="GW-0002"))
    end = sandbox.clock.advance(seconds=1)

    found = [each.payment_id async for each in pay.search_payments(reference="gw-0001")]
    unpaid = pay.search_payments(created=(start, end), state="created")
    created = [each.reference async for each in unpaid]
    visa = [each.payment_id async for each in pay.search_payments(card_brand="visa")]
    nothing = [each.payment_id async for each in pay.search_payments(created=(end, None))]

    assert sorted(ids) == sorted(found)
    assert ["GW-0002"] == created
    assert sorted(ids) == sorted(visa)
    assert [] == nothing


@given(gaps=st.lists(st.integers(0, 2), min_size=1, max_size=12), cut=st.integers(0, 20))
@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_adjoining_windows_of_the_sandbox_hold_every_payment_once(
    gaps: list[int], cut: int
) -> None:
    """Also payments made exactly on the boundary, which GOV.UK Pay itself leaves out of both."""
    sandbox = Sandbox()
    start = sandbox.clock.freeze()
    transport = asgi(sandbox.pay.app)
    pay = client(sandbox.pay.new_api_key(account=BUSY), transport)
    ids: list[str] = []
    for gap in gaps:
        sandbox.clock.advance(timedelta(milliseconds=gap))
        ids.append((await pay.create_payment(a_payment())).payment_id)
    middle = start + timedelta(milliseconds=cut)
    end = start + timedelta(seconds=1)

    found = [
        payment.payment_id
        for window in ((start - timedelta(milliseconds=1), middle), (middle, end))
        if window[0] <= window[1]
        async for payment in pay.search_payments(created=window)
    ]
    await transport.aclose()

    assert sorted(ids) == sorted(found)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=8))
@settings(max_examples=examples(15))
async def test_payments_that_arrive_between_pages_hide_no_other(arrivals: list[int]) -> None:
    """Against the sandbox, which pages by offset as GOV.UK Pay does."""
    sandbox = Sandbox()
    sandbox.clock.freeze()
    transport = asgi(sandbox.pay.app)
    pay = client(sandbox.pay.new_api_key(account=BUSY), transport)

    async def take() -> str:
        sandbox.clock.advance(timedelta(milliseconds=1))
        return (await pay.create_payment(a_payment())).payment_id

    before = {await take() for _ in range(12)}
    found: list[str] = []
    turns = iter(arrivals)
    async for page in pay.read(PaymentSearch(page_size=3)).pages():
        found += [payment.payment_id for payment in page]
        for _ in range(next(turns, 0)):
            await take()
    await transport.aclose()

    assert len(set(found)) == len(found)
    assert before <= set(found)


async def test_refunds_that_change_between_pages_are_listed_once(
    pay: AsyncPayClient, sandbox: Sandbox, beneath: AsgiTransport
) -> None:
    """Refunds settle and more arrive while the list is read."""
    key = sandbox.pay.new_api_key(account=Account("later", refunds_settle_later=True))
    pay = client(key, beneath)
    sandbox.clock.freeze()
    payment_id = await paid(pay, sandbox)
    for number in range(9):
        sandbox.clock.advance(timedelta(milliseconds=1))
        await pay.refund_payment(
            payment_id, amount=Pence(100), available=Pence(5000 - 100 * number)
        )
    before = [each.id for each in sandbox.pay.refunds]
    found: list[str] = []
    async for page in pay.read(RefundSearch(page_size=2)).pages():
        found += [refund.refund_id for refund in page]
        sandbox.pay.complete_refund(before.pop())
        sandbox.clock.advance(timedelta(milliseconds=1))
        sandbox.pay.staff_refund(payment_id, 10)

    assert len(set(found)) == len(found)
    assert {each.id for each in sandbox.pay.refunds[:9]} <= set(found)


async def test_disputes_are_searched_by_status(pay: AsyncPayClient, sandbox: Sandbox) -> None:
    """A lost one has cost its fee too; its links are read whatever they are called."""
    lost, open_ = [sandbox.pay.dispute(await paid(pay, sandbox)) for _ in range(2)]
    sandbox.pay.submit_evidence(lost.id)
    sandbox.pay.lose(lost.id)

    every = {each.dispute_id: each.links async for each in pay.search_disputes()}
    found = [each.dispute_id async for each in pay.search_disputes(status=DisputeStatus.LOST)]

    assert {lost.id, open_.id} == every.keys()
    assert [lost.id] == found
    assert all(links is not None and links.payment is not None for links in every.values())


async def test_what_was_settled_is_searched_by_day(
    sandbox: Sandbox, beneath: AsgiTransport
) -> None:
    """The first day is part of the list, the last is not."""
    key = sandbox.pay.new_api_key(account=Account("stripe", provider=Provider.STRIPE))
    pay = client(key, beneath)
    payment_id = await paid(pay, sandbox)
    account = Account("stripe", provider=Provider.STRIPE)
    today: date = sandbox.clock.now().astimezone(UTC).date()
    sandbox.pay.settle(account)
    day = timedelta(days=1)

    async def settled(first: date, last: date) -> list[str]:
        found = pay.search_payments(settled=(first, last))
        return [each.payment_id async for each in found]

    assert [payment_id] == await settled(today, today + day)
    assert [] == await settled(today - day, today)
    refunds = pay.search_refunds(settled=(today, today + day))
    assert [] == [each.refund_id async for each in refunds]


async def test_a_search_goes_on_from_its_cursor(pay: AsyncPayClient, sandbox: Sandbox) -> None:
    """After a failure in the middle, nothing is missing and nothing is repeated."""
    sandbox.clock.freeze()
    ids: list[str] = []
    for _ in range(7):
        sandbox.clock.advance(timedelta(milliseconds=1))
        ids.append((await pay.create_payment(a_payment())).payment_id)
    first = pay.read(PaymentSearch(page_size=3), max_pages=1)
    found = [each.payment_id async for each in first]
    sandbox.pay.faults.add(Fault.ERROR_BEFORE, operation="search_payments", times=9)
    with pytest.raises(PayUnavailableError):
        _ = [
            each.payment_id
            async for each in pay.read(PaymentSearch(page_size=3), cursor=first.cursor)
        ]
    sandbox.pay.faults.clear()

    found += [
        each.payment_id async for each in pay.read(PaymentSearch(page_size=3), cursor=first.cursor)
    ]

    assert sorted(ids) == sorted(found)


async def test_the_pages_of_a_search_can_be_kept(pay: AsyncPayClient, sandbox: Sandbox) -> None:
    """A reader driven by hand gives the bytes of each page, and the same payments."""
    sandbox.clock.freeze()
    for _ in range(4):
        sandbox.clock.advance(timedelta(milliseconds=1))
        await pay.create_payment(a_payment())
    reader, cursor = PaymentSearch(page_size=3), None
    found: list[str] = []
    kept: list[bytes] = []
    while True:
        answer = await pay.exchange(reader.call(cursor))
        kept.append(answer.raw)
        found += [each.payment_id for each in reader.items(answer.value)]
        cursor = reader.next_cursor(answer.value, cursor)
        if cursor is None:
            break

    assert [each.id for each in reversed(sandbox.pay.payments)] == found
    assert 2 == len(kept)
    assert all(found[0].encode() in raw or found[-1].encode() in raw for raw in kept)


async def test_a_search_that_is_refused_says_so(pay: AsyncPayClient) -> None:
    """A word that GOV.UK Pay does not know as a state."""
    with pytest.raises(InvalidFieldError) as refused:
        _ = [each.payment_id async for each in pay.search_payments(state="happy")]

    assert "P0401" == refused.value.code


# ------------------------------------------------------------------ limits and keys


async def test_the_limits_of_the_provider_hold_before_anything_is_sent(
    sandbox: Sandbox, beneath: AsgiTransport
) -> None:
    """Where the client knows the provider; otherwise GOV.UK Pay decides."""
    for provider, amount in (("stripe", 29), ("worldpay", 500_001)):
        pay = client(sandbox.pay.api_key, beneath, provider=provider)
        with pytest.raises(InvalidValueError) as refused:
            await pay.create_payment(a_payment(amount=Pence(amount)))
        assert "amount" == refused.value.field

    assert () == sandbox.pay.requests
    await client(sandbox.pay.api_key, beneath).create_payment(a_payment(amount=Pence(29)))


async def test_a_key_is_replaced_while_the_client_is_open(
    sandbox: Sandbox, beneath: AsgiTransport
) -> None:
    """GOV.UK Pay refuses the old key: the function is asked again, and the call is made once."""
    old = Sandbox().pay.api_key
    keys = [old, sandbox.pay.api_key]
    transport = KeepingTransport(beneath)
    pay = client(lambda: keys[0], transport)
    with pytest.raises(LgError):
        await pay.create_payment(a_payment())  # asked again, and got the old key again
    keys.pop(0)
    fresh = client(lambda: old if len(transport.requests) < 2 else keys[0], transport)

    made = await fresh.create_payment(a_payment())

    assert [made.payment_id] == [each.id for each in sandbox.pay.payments]
    assert 3 == len(transport.requests)


async def test_the_bare_calls_give_the_same(pay: AsyncPayClient, sandbox: Sandbox) -> None:
    """Each operation is a call that can be exchanged."""
    payment_id = await paid(pay, sandbox)
    call = calls.refund_payment(payment_id, amount=Pence(1), available=Pence(5000))

    answer = await pay.exchange(call)

    assert (202, 1) == (answer.status, answer.value.amount)
