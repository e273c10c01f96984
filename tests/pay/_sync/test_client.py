# SPDX-License-Identifier: MIT
# Made by tools/sync.py from tests/pay/_async/test_client.py: change that one.
"""PayClient against the sandbox: in process and over sockets, with all that it can answer."""

import json
import pickle
from collections.abc import Callable, Iterator

import pytest
import stamina  # noqa: TID253 -- a test may load it
from pay.payments import (
    AGREEMENT_ID,
    AnsweringTransport,
    KeepingTransport,
    a_payment,
    full_answer,
)

from lg_core.errors import (
    ApiError,
    AuthenticationError,
    ConfigError,
    ConflictError,
    InvalidRequestError,
    InvalidValueError,
    NotFoundError,
    OutcomeUnknownError,
    PermissionDeniedError,
    RateLimitedError,
    RequestNotSentError,
    ResponseShapeError,
    ServerError,
)
from lg_core.limits import Limiter, Rate
from lg_core.network import Network
from lg_core.observers import CallFinished, CallOutcome, CallRetried, CallStarted
from lg_core.testing import RecordingObserver, Trouble, asgi, unreliable
from lg_pay import (
    AccountNotReadyError,
    CannotCancelError,
    InvalidKeyError,
    InvalidPaymentError,
    KeyReusedError,
    NewPayment,
    PayClient,
    PayError,
    PaymentNotFoundError,
    PaymentStatus,
    PayUnavailableError,
    TooManyRequestsError,
    calls,
)
from lg_pay.payer_messages import CANNOT_START, CANNOT_TELL
from lg_sandbox import Fault, Sandbox
from lg_sandbox.pay import Account, Provider

pytestmark = pytest.mark.anyio

NOBODYS = "0" * 26
MOTO_API = {"authorisation_mode": "moto_api", "return_url": None}
AGREEMENT = {
    "authorisation_mode": "agreement",
    "agreement_id": AGREEMENT_ID,
    "return_url": None,
}

Connect = Callable[..., PayClient]


@pytest.fixture(autouse=True)
def _no_waits() -> Iterator[None]:
    """Attempts follow each other at once."""
    with stamina.set_testing(True, attempts=5, cap=True):
        yield


@pytest.fixture(params=["in process", "sockets"])
def connect(request: pytest.FixtureRequest, sandbox: Sandbox) -> Iterator[Connect]:
    """Build clients of the sandbox, one way and the other, and close them after the test."""
    transport = asgi(sandbox.pay.app) if request.param == "in process" else None
    built: list[PayClient] = []

    def build(api_key: str | None = None, **options: object) -> PayClient:
        pay = PayClient(
            api_key or sandbox.pay.api_key,
            base_url="http://localhost" if transport else sandbox.pay.url,
            transport=transport,
            **options,  # pyright: ignore[reportArgumentType]  # the options of the client
        )
        built.append(pay)
        return pay

    yield build
    for pay in built:
        pay.close()
    if transport:
        transport.close()


def test_a_payment_is_made(connect: Connect, sandbox: Sandbox) -> None:
    """What GOV.UK Pay answers is what was asked for, with somewhere to send the payer."""
    payment = connect().create_payment(a_payment(metadata={"ledger": "GW", "lines": 2}))

    (kept,) = sandbox.pay.payments
    assert kept.id == payment.payment_id
    assert PaymentStatus.CREATED == payment.state.status
    assert 4650 == payment.amount
    assert ("GW-0001", "Garden waste collection") == (payment.reference, payment.description)
    assert {"ledger": "GW", "lines": 2} == payment.metadata
    assert payment.next_url is not None
    assert payment.links.cancel is not None


def test_a_payment_is_read_as_it_goes_on(connect: Connect, sandbox: Sandbox) -> None:
    """Each read gives the state of the moment, and an address while there is something to do."""
    pay = connect()
    made = pay.create_payment(a_payment())
    before = pay.get_payment(made.payment_id)
    sandbox.pay.pay(made.payment_id)
    after = pay.get_payment(made.payment_id)

    assert before.next_url not in {None, made.next_url}
    assert PaymentStatus.SUCCESS == after.state.status
    assert after.state.finished
    assert after.state.payer_message is None
    assert after.next_url is None
    assert after.settlement_summary is not None
    assert after.settlement_summary.captured_date == sandbox.clock.now().date()
    assert after.card_details is not None
    assert "1111" == after.card_details.last_digits_card_number


def test_a_declined_payment_says_what_to_tell_the_payer(connect: Connect, sandbox: Sandbox) -> None:
    """The state of a payment that failed has its code and a text for the payer."""
    pay = connect()
    made = pay.create_payment(a_payment())
    sandbox.pay.decline(made.payment_id)

    state = (pay.get_payment(made.payment_id)).state

    assert "P0010" == state.code
    assert state.payer_message is not None
    assert "declined" in state.payer_message.en


def test_a_payment_is_cancelled(connect: Connect) -> None:
    """Cancelling answers nothing, and the payment then says so itself."""
    pay = connect()
    made = pay.create_payment(a_payment())

    pay.cancel_payment(made.payment_id)

    state = (pay.get_payment(made.payment_id)).state
    assert (PaymentStatus.CANCELLED, "P0040") == (state.status, state.code)


def test_the_events_of_a_payment_are_oldest_first(connect: Connect, sandbox: Sandbox) -> None:
    """Each change of state is there, in order, with its instant."""
    pay = connect()
    made = pay.create_payment(a_payment())
    sandbox.pay.pay(made.payment_id)

    history = pay.get_payment_events(made.payment_id)

    assert made.payment_id == history.payment_id
    assert ["created", "started", "submitted", "success"] == [
        event.state.status for event in history.events
    ]
    times = [event.updated for event in history.events]
    assert sorted(times) == times


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("account", "new", "code", "field", "kinds"),
    [
        ({}, {"amount": 0}, "P0102", "amount", (InvalidPaymentError, InvalidRequestError)),
        ({"provider": Provider.STRIPE}, {"amount": 29}, "P0102", "amount", (InvalidPaymentError,)),
        (
            {"provider": Provider.WORLDPAY},
            {"amount": 500_001},
            "P0102",
            "amount",
            (InvalidPaymentError,),
        ),
        ({"disabled": True}, {}, "P0941", None, (AccountNotReadyError, PermissionDeniedError)),
        ({}, {"moto": True}, "P0196", None, (AccountNotReadyError, PermissionDeniedError)),
        ({}, MOTO_API, "P0195", None, (AccountNotReadyError,)),
        (
            {"recurring_enabled": False},
            {"set_up_agreement": AGREEMENT_ID},
            "P0942",
            None,
            (AccountNotReadyError,),
        ),
        (
            {},
            {"set_up_agreement": AGREEMENT_ID},
            "P0103",
            "set_up_agreement",
            (InvalidPaymentError,),
        ),
        ({}, AGREEMENT, "P0102", "agreement_id", (InvalidPaymentError,)),
    ],
    ids=[
        "zero",
        "too little for Stripe",
        "too much for Worldpay",
        "disabled",
        "moto",
        "moto_api",
        "recurring off",
        "unknown agreement to set up",
        "unknown agreement to charge",
    ],
)
def test_a_refused_payment_says_why(
    connect: Connect,
    sandbox: Sandbox,
    *,
    account: dict[str, object],
    new: dict[str, object],
    code: str,
    field: str | None,
    kinds: tuple[type[ApiError], ...],
) -> None:
    """The class, the code and the field are GOV.UK Pay's; the payer is told it cost nothing."""
    key = sandbox.pay.new_api_key(account=Account("other", **account))  # pyright: ignore[reportArgumentType]  # its options

    with pytest.raises(PayError) as refused:
        connect(key).create_payment(a_payment(**new))

    error = refused.value
    assert all(isinstance(error, kind) for kind in kinds)
    assert (code, field) == (error.code, error.field)
    assert CANNOT_START is error.payer_message
    assert not error.retryable
    assert "lg-pay.create_payment" == error.capability
    assert error.doc_url is not None
    assert () == sandbox.pay.payments


def test_an_unknown_payment_is_not_found(connect: Connect) -> None:
    """Each operation on a payment that is not there has its own code and one class."""
    pay = connect()
    works = {
        "P0200": pay.get_payment,
        "P0300": pay.get_payment_events,
        "P0500": pay.cancel_payment,
    }
    for code, work in works.items():
        with pytest.raises(PaymentNotFoundError) as missing:
            work(NOBODYS)

        assert isinstance(missing.value, NotFoundError)
        assert (404, code) == (missing.value.status, missing.value.code)
        assert CANNOT_TELL is missing.value.payer_message


def test_a_payment_that_has_ended_cannot_be_cancelled(connect: Connect, sandbox: Sandbox) -> None:
    """400 P0501 where it ended, 409 P0502 where two requests race: one class for both."""
    pay = connect()
    made = pay.create_payment(a_payment())
    sandbox.pay.pay(made.payment_id)
    with pytest.raises(CannotCancelError) as ended:
        pay.cancel_payment(made.payment_id)
    sandbox.pay.faults.add(Fault.CONFLICT, operation="cancel_payment")
    with pytest.raises(CannotCancelError) as raced:
        pay.cancel_payment(made.payment_id)

    assert isinstance(ended.value, ConflictError)
    assert [(400, "P0501"), (409, "P0502")] == [
        (each.value.status, each.value.code) for each in (ended, raced)
    ]
    assert CANNOT_TELL is ended.value.payer_message


def test_a_reused_idempotency_key_is_a_conflict(connect: Connect, sandbox: Sandbox) -> None:
    """409 P0191 is KeyReusedError."""
    sandbox.pay.faults.add(Fault.CONFLICT, operation="create_payment")

    with pytest.raises(KeyReusedError) as raced:
        connect().create_payment(a_payment(**AGREEMENT), idempotency_key="order-1")

    assert (409, "P0191") == (raced.value.status, raced.value.code)


def test_a_key_that_is_not_known_is_said_without_a_body(connect: Connect, sandbox: Sandbox) -> None:
    """401 has no code and no JSON, and is InvalidKeyError all the same."""
    key = sandbox.pay.api_key
    other = Sandbox().pay.api_key

    with pytest.raises(InvalidKeyError) as refused:
        connect(other).get_payment(NOBODYS)

    assert isinstance(refused.value, AuthenticationError)
    assert (401, None) == (refused.value.status, refused.value.code)
    assert "admin tool" in refused.value.message
    assert not any(each in str(refused.value) for each in (key, other))


def test_the_rate_limit_is_said_when_attempts_are_used_up(
    connect: Connect, sandbox: Sandbox
) -> None:
    """429 P0900 on every attempt is TooManyRequestsError, which may succeed later."""
    sandbox.pay.faults.add(Fault.RATE_LIMITED, operation="create_payment", times=3)

    with pytest.raises(TooManyRequestsError) as refused:
        connect(attempts=3).create_payment(a_payment())

    error = refused.value
    assert isinstance(error, RateLimitedError)
    assert ("P0900", 3, True) == (error.code, error.attempts, error.retryable)
    assert 2 == len(error.previous)
    assert () == sandbox.pay.payments


@pytest.mark.parametrize(
    ("status", "code"), [(500, "P0298"), (502, None), (503, None), (504, None)]
)
def test_a_read_that_goes_on_failing_is_unavailable(
    connect: Connect, sandbox: Sandbox, *, status: int, code: str | None
) -> None:
    """A read is tried again, and in the end says that GOV.UK Pay is not available."""
    sandbox.pay.faults.add(Fault.ERROR_BEFORE, operation="get_payment", status=status, times=2)

    with pytest.raises(PayUnavailableError) as failed:
        connect(attempts=2).get_payment(NOBODYS)

    assert isinstance(failed.value, ServerError)
    assert (status, code, 2) == (failed.value.status, failed.value.code, failed.value.attempts)
    assert CANNOT_TELL is failed.value.payer_message


def test_a_read_survives_one_failure(connect: Connect, sandbox: Sandbox) -> None:
    """A read that fails once is repeated, and the answer says how often it was tried."""
    pay = connect()
    made = pay.create_payment(a_payment())
    for fault in (Fault.ERROR_BEFORE, Fault.RESET_BEFORE, Fault.TRUNCATED):
        sandbox.pay.faults.add(fault, operation="get_payment")

        answer = pay.exchange(calls.get_payment(made.payment_id))

        assert (2, made.payment_id) == (answer.attempts, answer.value.payment_id)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_error_to_a_create_leaves_the_outcome_unknown(
    connect: Connect, sandbox: Sandbox, status: int
) -> None:
    """A 5xx is no verdict on a call that makes something; the platform's own error is kept."""
    sandbox.pay.faults.add(Fault.ERROR_AFTER, operation="create_payment", status=status)

    with pytest.raises(OutcomeUnknownError) as doubt:
        connect().create_payment(a_payment())

    error = doubt.value
    assert ("server_error", status, 1) == (error.reason, error.status, error.attempts)
    assert not error.safe_to_repeat
    assert "The payer cannot have paid" in error.find_out
    assert [status] == [each.status for each in error.previous if isinstance(each, PayError)]
    assert 1 == len(sandbox.pay.payments)


def test_a_page_instead_of_an_answer_is_a_misshapen_answer(
    connect: Connect, sandbox: Sandbox
) -> None:
    """A web page with status 200 to a read is said for what it is, and not repeated."""
    sandbox.pay.faults.add(Fault.HTML, operation="get_payment", status=200)

    with pytest.raises(ResponseShapeError) as misshapen:
        connect().get_payment(NOBODYS)

    assert "text/html" in misshapen.value.message
    assert "proxy" in misshapen.value.message
    assert 1 == misshapen.value.attempts


# ------------------------------------------------------------------ how calls go


def test_an_exchange_says_how_it_went(connect: Connect) -> None:
    """The answer has the status, the headers, the attempts, the time and the bytes."""
    answer = connect().exchange(calls.create_payment(a_payment()))

    assert 201 == answer.status
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.headers["location"].endswith(answer.value.payment_id)
    assert answer.request_id is None
    assert 1 == answer.attempts
    assert answer.elapsed > 0
    assert answer.value.payment_id == json.loads(answer.raw)["payment_id"]
    assert "GW-0001" not in repr(answer)


def test_what_goes_out(sandbox: Sandbox) -> None:
    """The headers are those that GOV.UK Pay asks for, and the product is named first."""
    kept = KeepingTransport(asgi(sandbox.pay.app))
    pay = PayClient(
        sandbox.pay.api_key, base_url="http://localhost", transport=kept, app="Acme/3.2"
    )
    made = pay.create_payment(a_payment())
    pay.get_payment(made.payment_id)
    pay.cancel_payment(made.payment_id)
    kept.close()

    assert [f"Bearer {sandbox.pay.api_key}"] * 3 == kept.header("authorization")
    assert ["application/json"] * 3 == kept.header("accept")
    assert ["application/json", None, None] == kept.header("content-type")
    assert [None] * 3 == kept.header("idempotency-key")
    assert all((name or "").startswith("Acme/3.2 lg-pay/") for name in kept.header("user-agent"))
    assert ["POST", "GET", "POST"] == [request.method for request in kept.requests]
    assert b"" == kept.requests[2].body


def test_each_attempt_of_an_agreement_payment_carries_one_key(sandbox: Sandbox) -> None:
    """A key is made for the call, and kept through its attempts; the next call has another."""
    lost = [Trouble.LOST_ANSWER, Trouble.ERROR_AFTER, Trouble.RESET_BEFORE]
    kept = KeepingTransport(unreliable(asgi(sandbox.pay.app), lost))
    pay = PayClient(sandbox.pay.api_key, base_url="http://localhost", transport=kept)
    for _ in range(2):
        with pytest.raises((OutcomeUnknownError, InvalidPaymentError)):
            pay.create_payment(a_payment(**AGREEMENT))
    with pytest.raises(InvalidPaymentError):
        pay.create_payment(a_payment(**AGREEMENT), idempotency_key="order-1")
    kept.close()

    first, second, own = kept.header("idempotency-key")[:4], *kept.header("idempotency-key")[4:]
    assert 1 == len(set(first))
    assert None not in first
    assert second not in {None, first[0]}
    assert "order-1" == own


def test_a_doubt_is_not_lost_by_a_later_refusal(sandbox: Sandbox) -> None:
    """After a lost answer, a refusal of the repeat does not say that nothing was done."""
    transport = unreliable(asgi(sandbox.pay.app), [Trouble.LOST_ANSWER])
    pay = PayClient(sandbox.pay.api_key, base_url="http://localhost", transport=transport)

    with pytest.raises(OutcomeUnknownError) as doubt:
        pay.create_payment(a_payment(**AGREEMENT))
    transport.close()

    assert ("timeout", 2) == (doubt.value.reason, doubt.value.attempts)
    assert "within 24 hours with the same idempotency_key" in doubt.value.find_out
    assert [OutcomeUnknownError, InvalidPaymentError] == [
        type(each) for each in doubt.value.previous
    ]


@pytest.mark.parametrize("new", [{}, MOTO_API], ids=["web", "moto_api"])
def test_an_idempotency_key_without_effect_is_refused(
    connect: Connect, new: dict[str, object]
) -> None:
    """GOV.UK Pay would take the key and ignore it, so a developer must not rely on it."""
    with pytest.raises(InvalidValueError) as wrong:
        connect().create_payment(a_payment(**new), idempotency_key="order-1")

    assert ("idempotency_key", "no_effect") == (wrong.value.field, wrong.value.code)


def test_a_live_payment_comes_back_over_https() -> None:
    """An http return address with a live key is refused here, before GOV.UK Pay's firewall."""
    live = "api_live_" + "k7" * 20
    pay = PayClient(live, transport=AnsweringTransport(201, json.dumps(full_answer()).encode()))

    with pytest.raises(InvalidValueError) as wrong:
        pay.create_payment(a_payment(return_url="http://www.example.gov.uk/back"))
    made = pay.create_payment(a_payment(return_url="HTTPS://www.example.gov.uk/back"))

    assert ("return_url", "not_https") == (wrong.value.field, wrong.value.code)
    assert "hu20sqlact5260q2nanm0q8u93" == made.payment_id
    assert "live" == pay.key_kind


def test_options_make_a_cheap_copy(connect: Connect, sandbox: Sandbox) -> None:
    """A copy shares the connections and the limits, and changes nothing of what it came from."""
    watching = RecordingObserver()
    pay = connect(observers=[watching], attempts=3, council="E06000001")
    copy = pay.with_options(attempts=1, council="E06000002", timeout=3)
    sandbox.pay.faults.add(Fault.RATE_LIMITED, operation="get_payment", times=4)

    with pytest.raises(TooManyRequestsError) as once:
        copy.get_payment(NOBODYS)
    with pytest.raises(TooManyRequestsError) as thrice:
        pay.get_payment(NOBODYS)

    assert isinstance(copy, PayClient)
    assert (1, 3) == (once.value.attempts, thrice.value.attempts)
    assert ["E06000002", "E06000001"] == [
        event.council for event in watching.events if isinstance(event, CallFinished)
    ]
    for wrong in ({"timeout": 0}, {"timeout": -1.0}, {"attempts": 0}):
        with pytest.raises(ConfigError):
            pay.with_options(**wrong)  # pyright: ignore[reportArgumentType]  # wrong on purpose


def test_observers_are_told_of_each_step(connect: Connect, sandbox: Sandbox) -> None:
    """Started, retried, finished: with one number for the call, names, and how it ended."""
    watching = RecordingObserver()
    sandbox.pay.faults.add(Fault.RATE_LIMITED, operation="create_payment")
    connect(observers=[watching]).create_payment(a_payment())

    started, retried, finished = watching.events
    assert isinstance(started, CallStarted)
    assert isinstance(retried, CallRetried)
    assert isinstance(finished, CallFinished)
    assert 1 == len({started.call_id, retried.call_id, finished.call_id})
    assert ("lg-pay", "lg-pay.create_payment") == (started.component, started.capability)
    assert (1, "status_429") == (retried.attempt, retried.reason)
    assert retried.wait >= 1
    assert (CallOutcome.OK, 201, 2) == (finished.outcome, finished.status, finished.attempts)


def test_a_refusal_has_its_code_for_observers(connect: Connect) -> None:
    """How a call ended is told with GOV.UK Pay's own code."""
    watching = RecordingObserver()
    with pytest.raises(PaymentNotFoundError):
        connect(observers=[watching]).get_payment(NOBODYS)

    last = watching.last
    assert (CallOutcome.REFUSED, 404, "P0200") == (last.outcome, last.status, last.code)


def test_the_limits_of_the_account_are_kept(connect: Connect) -> None:
    """Where the limiter leaves no room before the deadline, nothing is sent."""
    pay = connect(limiter=Limiter({"create": Rate(1, 60)}))
    pay.create_payment(a_payment())

    with pytest.raises(RequestNotSentError) as full:
        pay.create_payment(a_payment(), timeout=5)

    assert "rate" == full.value.reason


def test_a_closed_port_is_not_reached() -> None:
    """Nothing listens: nothing was sent, and the error says what to look at."""
    with Sandbox() as gone:
        url, key = gone.pay.url, gone.pay.api_key
    pay = PayClient(key, base_url=url, attempts=2)
    with pytest.raises(RequestNotSentError) as failed:
        pay.create_payment(a_payment())
    pay.close()

    assert ("connect", 2) == (failed.value.reason, failed.value.attempts)
    assert "base_url" in failed.value.message


@pytest.mark.parametrize("timeout", [0, -1, float("nan")])
def test_a_timeout_must_be_more_than_nothing(connect: Connect, timeout: float) -> None:
    """A timeout that could never do is a mistake in the settings."""
    with pytest.raises(ConfigError) as wrong:
        connect().get_payment(NOBODYS, timeout=timeout)

    assert "timeout" == wrong.value.setting


def test_a_closed_client_makes_no_calls(sandbox: Sandbox) -> None:
    """A client that was closed says so, instead of opening connections again."""
    with PayClient(sandbox.pay.api_key, base_url=sandbox.pay.url) as pay:
        copy = pay.with_options(council="E06000002")
    for each in (pay, copy):
        with pytest.raises(ConfigError) as closed:
            each.get_payment(NOBODYS)

        assert "closed" in closed.value.message


def test_a_transport_that_was_given_is_its_owners_to_close(sandbox: Sandbox) -> None:
    """Closing the client leaves the transport open for others."""
    kept = KeepingTransport(asgi(sandbox.pay.app))
    with PayClient(sandbox.pay.api_key, base_url="http://localhost", transport=kept) as pay:
        pay.create_payment(a_payment())

    assert 0 == kept.closed
    kept.close()


def test_a_client_is_not_pickled_and_a_payment_is(connect: Connect) -> None:
    """A client holds a key and connections; what it answers may go to a queue."""
    pay = connect()
    made = pay.create_payment(a_payment())

    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(pay)
    assert made == pickle.loads(pickle.dumps(made))
    assert a_payment() == pickle.loads(pickle.dumps(a_payment()))


def test_a_client_prints_without_its_key(connect: Connect, sandbox: Sandbox) -> None:
    """The repr says where the client goes, and nothing else."""
    pay = connect()

    assert f"<{type(pay).__name__} {pay.base_url}>" == repr(pay)
    assert sandbox.pay.api_key not in repr(vars(pay))
    assert "test" == pay.key_kind


# ------------------------------------------------------------------ from the environment


@pytest.fixture
def _environment(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox) -> None:
    monkeypatch.setenv("LG_PAY_API_KEY", sandbox.pay.api_key)
    monkeypatch.setenv("LG_PAY_BASE_URL", sandbox.pay.url)


@pytest.mark.usefixtures("_environment")
def test_a_client_is_built_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables that are set are used: the key, the address, the time and the attempts."""
    monkeypatch.setenv("LG_PAY_TIMEOUT", "2.5")
    monkeypatch.setenv("LG_PAY_ATTEMPTS", "1")
    watching = RecordingObserver()
    with PayClient.from_env(observers=[watching], council="E06000002") as pay:
        made = pay.create_payment(a_payment())

    assert 26 == len(made.payment_id)
    assert "E06000002" == watching.last.council


@pytest.mark.usefixtures("_environment")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LG_PAY_API_KEY", ""),
        ("LG_PAY_API_KEY", " \t"),
        ("LG_PAY_API_KEY", "api_test_cut"),
        ("LG_PAY_BASE_URL", "http://pay.example.gov.uk"),
        ("LG_PAY_TIMEOUT", "soon"),
        ("LG_PAY_TIMEOUT", "0"),
        ("LG_PAY_ATTEMPTS", "1.5"),
        ("LG_PAY_ATTEMPTS", "-1"),
        ("LG_PAY_PROXY", "socks5://proxy:1"),
        ("LG_PAY_CA_FILE", "/nowhere/ca.pem"),
    ],
)
def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """A variable that is missing or wrong is named, with what to set it to."""
    monkeypatch.setenv(name, value)

    with pytest.raises(ConfigError) as wrong:
        _closed(PayClient.from_env())

    argument = name.removeprefix("LG_PAY_").lower()
    assert wrong.value.setting in {name, argument, f"Network({argument}=...)"}
    assert argument in wrong.value.message.lower()


def _closed(pay: PayClient) -> None:
    """Close a client that should not have been built, so that nothing is left open."""
    pay.close()


def test_a_proxy_that_is_not_there_is_not_passed_by(sandbox: Sandbox) -> None:
    """A proxy that was named is used, also where the way would be open without it."""
    with Sandbox() as gone:
        proxy = gone.pay.url
    pay = PayClient(
        sandbox.pay.api_key, base_url=sandbox.pay.url, network=Network(proxy=proxy), attempts=1
    )
    with pytest.raises(RequestNotSentError):
        pay.create_payment(a_payment())
    pay.close()

    assert () == sandbox.pay.payments


def test_the_client_takes_one_request_model(connect: Connect) -> None:
    """The value that is sent is the value that a book or a preview keeps."""
    new = NewPayment.model_validate_json(a_payment().model_dump_json())

    assert (connect().create_payment(new)).reference == new.reference
