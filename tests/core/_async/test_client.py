"""lg_core's client: one call, from its arguments to its value or its error."""

import copy
import json
import logging
import pickle
import uuid
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from typing import TypeVar

import pytest
from core.platform_app import (
    API_KEY,
    BASE_URL,
    FIND_OUT,
    Odd,
    PlatformApp,
    authorise,
    broken_app,
    create_thing,
    delete_thing,
    download,
    get_thing,
    platform,
)
from hypothesis import example, given
from hypothesis import strategies as st

from lg_core.calls import Answer, Call, Repeat
from lg_core.clients import AsyncApiClient
from lg_core.errors import (
    ApiError,
    AuthenticationError,
    ConfigError,
    InvalidRequestError,
    LgError,
    NotFoundError,
    OutcomeUnknownError,
    RateLimitedError,
    RequestNotSentError,
    ResponseShapeError,
    ServerError,
)
from lg_core.limits import Limiter, Rate
from lg_core.observers import CallFinished, CallOutcome, CallRetried, CallStarted, Observer
from lg_core.testing import RecordingObserver, Trouble, asgi, unreliable
from lg_core.transport import AsyncTransport

# The mark runs coroutines on asyncio and on Trio; plain functions take no notice of it.
pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("retries_without_waiting")]

T = TypeVar("T")

CREATING = st.sampled_from([Repeat.WITH_KEY, Repeat.IF_NOT_SENT])
SCHEDULES = st.lists(st.sampled_from(Trouble), max_size=6)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def client_of(
    transport: AsyncTransport,
    *observers: Observer,
    attempts: int = 4,
    timeout: float = 30.0,
    limiter: Limiter | None = None,
    app: str | None = None,
    council: str | None = None,
) -> AsyncApiClient:
    """Build a client of the test platform."""
    return AsyncApiClient(
        platform(),
        base_url=BASE_URL,
        authorise=authorise,
        transport=transport,
        observers=observers,
        attempts=attempts,
        timeout=timeout,
        limiter=limiter,
        app=app,
        council=council,
    )


async def end_of(client: AsyncApiClient, call: Call[T]) -> Answer[T] | LgError | KeyboardInterrupt:
    """Make a call and return what it ends in."""
    try:
        return await client.exchange(call)
    except (LgError, KeyboardInterrupt) as error:
        return error


# ---------------------------------------------------------------- never twice


@given(repeat=CREATING, schedule=SCHEDULES, attempts=st.integers(1, 5))
@example(repeat=Repeat.WITH_KEY, schedule=[Trouble.LOST_ANSWER, Trouble.REFUSED], attempts=2)
@example(repeat=Repeat.WITH_KEY, schedule=[Trouble.RESET_AFTER, Trouble.LIMITED], attempts=2)
@example(repeat=Repeat.WITH_KEY, schedule=[Trouble.HTML, Trouble.ERROR_AFTER], attempts=5)
@example(repeat=Repeat.IF_NOT_SENT, schedule=[Trouble.REFUSED, Trouble.LOST_ANSWER], attempts=5)
@example(repeat=Repeat.IF_NOT_SENT, schedule=[Trouble.LIMITED, Trouble.ERROR_AFTER], attempts=5)
@example(repeat=Repeat.IF_NOT_SENT, schedule=[Trouble.TRUNCATED], attempts=5)
@example(repeat=Repeat.IF_NOT_SENT, schedule=[Trouble.HTML], attempts=5)
async def test_a_creating_call_is_carried_out_at_most_once(
    repeat: Repeat, schedule: list[Trouble], attempts: int
) -> None:
    """Whatever goes wrong, one call creates one thing at the most, and its end says no untruth."""
    app = PlatformApp()
    transport = asgi(app)
    client = client_of(unreliable(transport, schedule), attempts=attempts)
    ended = await end_of(client, create_thing(repeat=repeat))
    await transport.aclose()

    assert len(app.carried_out) <= 1
    match ended:
        case Answer(value=value):
            assert app.carried_out == [value.number]
        case RequestNotSentError() | ApiError():
            assert app.carried_out == []
        case OutcomeUnknownError():
            assert not ended.safe_to_repeat
            assert ended.find_out == FIND_OUT
        case _:
            assert isinstance(ended, KeyboardInterrupt)
            assert FIND_OUT in ended.__notes__[0]


@given(schedule=SCHEDULES, attempts=st.integers(1, 5))
async def test_two_calls_create_two_things(schedule: list[Trouble], attempts: int) -> None:
    """A key is made for each call, so that two equal calls are two things."""
    app = PlatformApp()
    transport = asgi(app)
    client = client_of(unreliable(transport, schedule), attempts=attempts)
    ends = [await end_of(client, create_thing(repeat=Repeat.WITH_KEY)) for _ in range(2)]
    await transport.aclose()
    delivered = [end.value.number for end in ends if isinstance(end, Answer)]

    assert len(set(delivered)) == len(delivered)
    assert set(delivered) <= set(app.carried_out)
    assert len(app.carried_out) <= 2


@given(
    schedule=st.lists(
        st.sampled_from([t for t in Trouble if not t.value.startswith("stopped")]), max_size=6
    ),
    attempts=st.integers(1, 5),
)
async def test_a_call_that_changes_nothing_is_always_safe_to_repeat(
    schedule: list[Trouble], attempts: int
) -> None:
    """What a call that changes nothing ends in never leaves a doubt."""
    app = PlatformApp(names={7: "bin"})
    transport = asgi(app)
    client = client_of(unreliable(transport, schedule), attempts=attempts)
    ended = await end_of(client, get_thing(7))
    await transport.aclose()

    match ended:
        case Answer(value=thing):
            assert (thing.number, thing.name) == (7, "bin")
        case OutcomeUnknownError():
            assert ended.safe_to_repeat
        case _:
            assert isinstance(
                ended, RequestNotSentError | ServerError | RateLimitedError | ResponseShapeError
            )
            assert ended.attempts <= attempts


# ---------------------------------------------------------------- a call that goes well


async def test_a_call_gives_its_value_and_how_it_came() -> None:
    """exchange() returns the value with status, headers, request id, attempts, time and body."""
    app = PlatformApp()
    transport = asgi(app)
    answer = await client_of(transport).exchange(create_thing("bin"))
    await transport.aclose()

    assert (answer.value.number, answer.value.name) == (1, "bin")
    assert answer.status == 201
    assert answer.headers["content-type"] == "application/json"
    assert answer.request_id == "r-1"
    assert answer.attempts == 1
    assert 0 < answer.elapsed < 30
    assert json.loads(answer.raw) == {"number": 1, "name": "bin"}


async def test_an_answer_prints_no_word_of_what_came() -> None:
    """The repr of an answer holds neither body nor headers nor personal fields."""
    app = PlatformApp()
    transport = asgi(app)
    answer = await client_of(transport).exchange(create_thing("Mrs Evans"))
    await transport.aclose()

    assert "Evans" not in repr(answer)
    assert "application/json" not in repr(answer)
    assert "number=1" in repr(answer)


async def test_send_returns_the_value_alone() -> None:
    """A component's methods are made of _send."""
    app = PlatformApp(names={3: "box"})
    transport = asgi(app)
    thing = await client_of(transport)._send(get_thing(3), timeout=None)
    await transport.aclose()

    assert thing.name == "box"


async def test_a_request_carries_what_the_platform_needs() -> None:
    """Method, path, credentials, user agent, media types and a body without its None values."""
    app = PlatformApp()
    transport = asgi(app)
    await client_of(transport, app="Acme/3.2").exchange(create_thing("bin"))
    await transport.aclose()

    seen = app.seen[0]
    assert (seen.method, seen.path, seen.query) == ("POST", "/v1/things", "")
    assert f"Bearer {API_KEY}" == seen.headers["authorization"]
    assert seen.headers["user-agent"].startswith("Acme/3.2 lg-things/1.2 lg-core/")
    assert seen.headers["accept"] == "application/json"
    assert seen.headers["content-type"] == "application/json"
    assert json.loads(seen.body) == {"name": "bin"}
    assert "idempotency-key" not in seen.headers


async def test_a_file_comes_as_bytes() -> None:
    """A call that reads bytes asks for anything, and takes what comes as it is."""
    app = PlatformApp()
    transport = asgi(app)
    answer = await client_of(transport).exchange(download())
    await transport.aclose()

    assert answer.value == b"%PDF-1.7"
    assert app.seen[0].headers["accept"] == "*/*"


async def test_an_empty_answer_is_none() -> None:
    """A call that reads nothing returns None."""
    app = PlatformApp(names={7: "bin"})
    transport = asgi(app)
    answer = await client_of(transport).exchange(delete_thing(7))
    await transport.aclose()

    assert answer.value is None
    assert answer.status == 204
    assert app.names == {}


async def test_credentials_are_asked_for_at_each_attempt() -> None:
    """A token that was renewed between two attempts is used."""
    app = PlatformApp(names={7: "bin"})
    transport = asgi(app)
    keys = iter(["an-old-key", API_KEY])
    client = AsyncApiClient(
        platform(),
        base_url=BASE_URL,
        authorise=lambda: {"authorization": f"Bearer {next(keys)}"},
        transport=unreliable(transport, []),
    )
    app.odd.append(Odd(503))
    answer = await client.exchange(get_thing(7))
    await transport.aclose()

    assert answer.value.name == "bin"
    assert ["Bearer an-old-key", f"Bearer {API_KEY}"] == [
        seen.headers["authorization"] for seen in app.seen
    ]


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, InvalidRequestError),
        (401, AuthenticationError),
        (404, NotFoundError),
        (418, ApiError),
        (422, InvalidRequestError),
    ],
)
async def test_a_refusal_is_an_error_of_its_kind(status: int, kind: type[ApiError]) -> None:
    """A 4xx becomes its error at the first attempt, with the platform's code and request id."""
    app = PlatformApp()
    app.odd.append(Odd(status, b'{"code": "T0007", "field": "size", "description": "Too big."}'))
    transport = asgi(app)
    with pytest.raises(ApiError, match=r"refused lg-things\.create_thing: Too big") as caught:
        await client_of(transport).exchange(create_thing())
    await transport.aclose()

    error = caught.value
    assert kind is type(error)
    assert (status, "T0007", "size", "r-1") == (
        error.status,
        error.code,
        error.field,
        error.request_id,
    )
    assert (
        error.capability,
        error.attempts,
        error.retryable,
    ) == ("lg-things.create_thing", 1, False)
    assert error.previous == ()
    assert len(app.seen) == 1


async def test_a_refusal_does_not_repeat_what_was_sent() -> None:
    """A platform that quotes the request in its answer puts no word of it into the error."""
    app = PlatformApp()
    transport = asgi(app)
    with pytest.raises(InvalidRequestError) as caught:
        await client_of(transport).exchange(create_thing("forbidden"))
    await transport.aclose()

    assert "forbidden" not in str(caught.value)
    assert "Not [removed]." in str(caught.value)


async def test_a_page_in_place_of_an_answer_is_named_without_its_text() -> None:
    """HTML where JSON was expected says what came and where to look, for a call that reads."""
    app = PlatformApp()
    app.odd.append(Odd(200, b"<h1>Sign in, bob</h1>", {"content-type": "text/html; charset=utf-8"}))
    transport = asgi(app)
    with pytest.raises(ResponseShapeError, match="text/html where JSON was expected") as caught:
        await client_of(transport).exchange(get_thing(7))
    await transport.aclose()

    assert "bob" not in str(caught.value)
    assert (
        caught.value.status,
        caught.value.request_id,
        caught.value.attempts,
    ) == (200, "r-1", 1)


async def test_an_unreadable_answer_to_a_creation_is_an_unknown_outcome() -> None:
    """The platform may have acted: the shape's error stands among the earlier ones."""
    app = PlatformApp()
    app.odd.append(Odd(200, b'{"number": ', acts=True))
    transport = asgi(app)
    with pytest.raises(OutcomeUnknownError) as caught:
        await client_of(transport).exchange(create_thing())
    await transport.aclose()

    assert (
        caught.value.reason,
        caught.value.status,
        caught.value.request_id,
        caught.value.find_out,
    ) == ("unreadable", 200, "r-1", FIND_OUT)
    assert [ResponseShapeError] == [type(error) for error in caught.value.previous]


# ---------------------------------------------------------------- trying again


async def test_a_call_that_changes_nothing_is_tried_until_it_succeeds() -> None:
    """Passing failures of every kind are tried again, and the answer counts the attempts."""
    app = PlatformApp(names={7: "bin"})
    transport = asgi(app)
    troubles = [Trouble.REFUSED, Trouble.LOST_ANSWER, Trouble.ERROR_BEFORE, Trouble.LIMITED]
    client = client_of(unreliable(transport, troubles), attempts=5)
    answer = await client.exchange(get_thing(7))
    await transport.aclose()

    assert answer.attempts == 5
    assert answer.value.name == "bin"


async def test_the_last_error_lists_the_earlier_ones() -> None:
    """previous holds the errors of the earlier attempts, oldest first, each without a past."""
    transport = asgi(PlatformApp())
    troubles = [Trouble.REFUSED, Trouble.LOST_REQUEST, Trouble.LIMITED, Trouble.ERROR_BEFORE]
    with pytest.raises(ServerError) as caught:
        await client_of(unreliable(transport, troubles)).exchange(get_thing(7))
    await transport.aclose()

    assert [RequestNotSentError, OutcomeUnknownError, RateLimitedError] == [
        type(error) for error in caught.value.previous
    ]
    assert [error.previous for error in caught.value.previous] == [()] * 3
    assert caught.value.attempts == 4


async def test_one_key_serves_every_attempt_and_each_call_has_its_own() -> None:
    """The idempotency key is made once a call: a repeat cannot act twice, a new call can act."""
    app = PlatformApp()
    transport = asgi(app)
    client = client_of(unreliable(transport, [Trouble.LOST_ANSWER, Trouble.ERROR_AFTER]))
    first = await client.exchange(create_thing(repeat=Repeat.WITH_KEY))
    second = await client.exchange(create_thing(repeat=Repeat.WITH_KEY))
    await transport.aclose()

    keys = [seen.headers["idempotency-key"] for seen in app.seen]
    assert len(keys) == 4
    assert len(set(keys[:3])) == 1
    assert keys[3] != keys[0]
    assert str(uuid.UUID(keys[0])) == keys[0]
    assert (first.attempts, first.status, second.attempts, second.status) == (3, 200, 1, 201)
    assert app.carried_out == [1, 2]


async def test_a_key_of_the_callers_own_is_used() -> None:
    """A caller can repeat a call from another process with the key that it kept."""
    app = PlatformApp()
    transport = asgi(app)
    call = create_thing(repeat=Repeat.WITH_KEY, key="order-17")
    numbers = [(await client_of(transport).exchange(call)).value.number for _ in range(2)]
    await transport.aclose()

    assert numbers == [1, 1]
    assert [seen.headers["idempotency-key"] for seen in app.seen] == ["order-17"] * 2


async def test_where_the_host_switched_retries_off_the_first_error_is_raised() -> None:
    """stamina.set_active(False) leaves one attempt, whose own error the caller sees."""
    recorder = RecordingObserver()
    import stamina

    transport = asgi(PlatformApp())
    stamina.set_active(False)
    try:
        with pytest.raises(RequestNotSentError) as caught:
            await client_of(unreliable(transport, [Trouble.REFUSED]), recorder).exchange(
                create_thing()
            )
    finally:
        stamina.set_active(True)
        await transport.aclose()

    assert (caught.value.reason, caught.value.attempts) == ("connect", 1)
    assert CallOutcome.NOT_SENT is recorder.last.outcome


async def test_where_the_host_ends_the_retries_early_no_earlier_error_is_lost() -> None:
    """stamina.set_testing(attempts=3) ends a call of five attempts: two errors stand before."""
    import stamina

    transport = asgi(PlatformApp())
    troubles = [Trouble.REFUSED, Trouble.LOST_REQUEST, Trouble.ERROR_AFTER]
    try:
        with stamina.set_testing(True, attempts=3), pytest.raises(OutcomeUnknownError) as caught:
            await client_of(unreliable(transport, troubles), attempts=5).exchange(
                create_thing(repeat=Repeat.WITH_KEY)
            )
    finally:
        await transport.aclose()

    assert (
        caught.value.reason,
        caught.value.status,
        caught.value.attempts,
    ) == ("server_error", 502, 3)
    assert [RequestNotSentError, OutcomeUnknownError] == [
        type(error) for error in caught.value.previous[:2]
    ]


async def test_a_defect_of_a_transport_is_raised_as_it_is() -> None:
    """An error that is not about the wire is not retried, and observers hear of an unknown end."""
    recorder = RecordingObserver()
    transport = asgi(broken_app)
    with pytest.raises(ZeroDivisionError):
        await client_of(transport, recorder).exchange(create_thing())
    await transport.aclose()

    assert (recorder.last.outcome, recorder.last.attempts) == (CallOutcome.UNKNOWN, 1)


# ---------------------------------------------------------------- being stopped


@pytest.mark.parametrize("trouble", [Trouble.STOPPED_BEFORE, Trouble.STOPPED_AFTER])
async def test_a_call_that_is_stopped_says_what_it_leaves_in_doubt(trouble: Trouble) -> None:
    """The interruption passes through with a note how to find out, and observers are told."""
    recorder = RecordingObserver()
    transport = asgi(PlatformApp())
    with pytest.raises(KeyboardInterrupt) as caught:
        await client_of(unreliable(transport, [trouble]), recorder).exchange(create_thing())
    await transport.aclose()

    note = caught.value.__notes__[0]
    assert "whether The Platform carried it out is not known" in note
    assert note.endswith(FIND_OUT)
    assert CallOutcome.CANCELLED is recorder.last.outcome


async def test_a_reading_call_that_is_stopped_leaves_no_note() -> None:
    """A call that changes nothing leaves no doubt."""
    transport = asgi(PlatformApp())
    with pytest.raises(KeyboardInterrupt) as caught:
        await client_of(unreliable(transport, [Trouble.STOPPED_AFTER])).exchange(get_thing(7))
    await transport.aclose()

    assert not hasattr(caught.value, "__notes__")


# ---------------------------------------------------------------- limits and deadlines


async def test_a_call_waits_for_its_token() -> None:
    """A call over the rate waits until a token comes back, then goes out."""
    app = PlatformApp(names={7: "bin"})
    transport = asgi(app)
    limiter = Limiter({"get": Rate(1, 0.02)}, clock=Clock())
    client = client_of(transport, limiter=limiter)
    await client.exchange(get_thing(7))
    second = await client.exchange(get_thing(7))
    await transport.aclose()

    assert second.elapsed >= 0.02
    assert len(app.seen) == 2


async def test_a_call_without_room_before_its_deadline_is_not_sent() -> None:
    """Where the rate leaves no room in time, the call fails at once and says what to do."""
    app = PlatformApp(names={7: "bin"})
    transport = asgi(app)
    recorder = RecordingObserver()
    limiter = Limiter({"get": Rate(1, 60)}, clock=Clock())
    client = client_of(transport, recorder, limiter=limiter)
    await client.exchange(get_thing(7))
    with pytest.raises(RequestNotSentError, match="leaves no room before the deadline") as caught:
        await client.exchange(get_thing(7), timeout=5)
    await transport.aclose()

    assert (
        caught.value.reason,
        caught.value.capability,
        caught.value.attempts,
    ) == ("rate", "lg-things.get_thing", 1)
    assert len(app.seen) == 1
    assert CallOutcome.NOT_SENT is recorder.last.outcome


class LastMoment(Limiter):
    """Promises each token for the instant of the deadline."""

    def reserve(self, bucket: str, *, max_wait: float) -> float | None:
        """Return the longest wait that is of use."""
        del bucket
        return max_wait


async def test_a_token_that_comes_with_the_deadline_comes_too_late() -> None:
    """A call whose time ran out while it waited for its token is not sent."""
    app = PlatformApp(names={7: "bin"})
    transport = asgi(app)
    with pytest.raises(RequestNotSentError, match="the deadline passed") as caught:
        await client_of(transport, limiter=LastMoment({}), timeout=0.02).exchange(get_thing(7))
    await transport.aclose()

    assert (caught.value.reason, caught.value.attempts) == ("deadline", 1)
    assert app.seen == []


async def test_a_deadline_that_has_passed_sends_nothing() -> None:
    """A call with next to no time is not begun, and takes no token."""
    app = PlatformApp(names={7: "bin"})
    transport = asgi(app)
    client = client_of(transport, limiter=Limiter({"get": Rate(1, 60)}, clock=Clock()))
    with pytest.raises(RequestNotSentError) as caught:
        await client.exchange(get_thing(7), timeout=1e-9)
    await client.exchange(get_thing(7))
    await transport.aclose()

    assert caught.value.reason == "deadline"
    assert len(app.seen) == 1


async def test_a_doubt_outlives_a_refusal_of_the_rate_limit() -> None:
    """After an attempt with a key whose answer was lost, 'not sent' would be untrue."""
    app = PlatformApp()
    transport = asgi(app)
    limiter = Limiter({"create": Rate(1, 60)}, clock=Clock())
    client = client_of(unreliable(transport, [Trouble.LOST_ANSWER]), limiter=limiter, timeout=5)
    with pytest.raises(OutcomeUnknownError) as caught:
        await client.exchange(create_thing(repeat=Repeat.WITH_KEY))
    await transport.aclose()

    assert app.carried_out == [1]
    assert (caught.value.reason, caught.value.attempts) == ("timeout", 2)
    assert [OutcomeUnknownError, RequestNotSentError] == [
        type(error) for error in caught.value.previous
    ]


async def test_copies_share_the_rate_limit() -> None:
    """with_options does not double what the platform allows."""
    app = PlatformApp(names={7: "bin"})
    transport = asgi(app)
    client = client_of(transport, limiter=Limiter({"get": Rate(1, 60)}, clock=Clock()))
    await client.exchange(get_thing(7))
    with pytest.raises(RequestNotSentError):
        await client.with_options(timeout=1).exchange(get_thing(7))
    await transport.aclose()

    assert len(app.seen) == 1


async def test_the_platforms_own_rates_are_kept_where_none_are_given() -> None:
    """A client without a limiter makes one from what the platform publishes."""
    app = PlatformApp(names={7: "bin"})
    transport = asgi(app)
    client = AsyncApiClient(
        platform({"get": Rate(1, 60)}), base_url=BASE_URL, authorise=authorise, transport=transport
    )
    await client.exchange(get_thing(7))
    with pytest.raises(RequestNotSentError):
        await client.exchange(get_thing(7), timeout=1)
    await transport.aclose()


async def test_timeout_bounds_the_call_and_attempts_its_tries() -> None:
    """Both can be set for a copy; the client it came from keeps its own."""
    transport = asgi(PlatformApp())
    client = client_of(unreliable(transport, [Trouble.REFUSED] * 10))
    with pytest.raises(RequestNotSentError) as once:
        await client.with_options(attempts=1).exchange(get_thing(7))
    with pytest.raises(RequestNotSentError) as hasty:
        await client.exchange(get_thing(7), timeout=0.1)
    with pytest.raises(RequestNotSentError) as patient:
        await client.exchange(get_thing(7))
    await transport.aclose()

    assert (once.value.attempts, hasty.value.attempts, patient.value.attempts) == (1, 1, 4)


# ---------------------------------------------------------------- observers


async def test_observers_hear_of_start_retry_and_end() -> None:
    """Each event holds the names of the call, and the retry its reason and wait."""
    recorder = RecordingObserver()
    app = PlatformApp(names={7: "bin"})
    transport = asgi(app)
    client = client_of(unreliable(transport, [Trouble.ERROR_BEFORE]), recorder, council="camden")
    await client.exchange(get_thing(7))
    await transport.aclose()

    started, retried, finished = recorder.events
    assert isinstance(started, CallStarted)
    assert isinstance(retried, CallRetried)
    assert isinstance(finished, CallFinished)
    common = (started.call_id, "lg-things", "lg-things.get_thing", "camden")
    for event in (started, retried, finished):
        assert common == (event.call_id, event.component, event.capability, event.council)
    assert (retried.attempt, retried.reason) == (1, "status_503")
    assert 0.125 <= retried.wait <= 0.25
    assert (
        finished.outcome,
        finished.status,
        finished.code,
        finished.request_id,
        finished.attempts,
    ) == (CallOutcome.OK, 200, None, "r-1", 2)
    assert finished.elapsed > 0


@pytest.mark.parametrize(
    ("odd", "end"),
    [
        (Odd(404, b'{"code": "T0404"}'), (CallOutcome.REFUSED, 404, "T0404")),
        (Odd(200, b"[]"), (CallOutcome.UNREADABLE, 200, None)),
        (Odd(204, b""), (CallOutcome.UNREADABLE, 204, None)),
    ],
)
async def test_observers_hear_how_a_call_failed(
    odd: Odd, end: tuple[CallOutcome, int, str | None]
) -> None:
    """The end of a call is told from a closed list, with status and code where there are any."""
    recorder = RecordingObserver()
    app = PlatformApp()
    app.odd.append(odd)
    transport = asgi(app)
    with pytest.raises(LgError):
        await client_of(transport, recorder).exchange(get_thing(7))
    await transport.aclose()

    last = recorder.last
    assert end == (last.outcome, last.status, last.code)
    assert (last.request_id, last.attempts) == ("r-1", 1)


async def test_observers_hear_of_an_unknown_outcome(caplog: pytest.LogCaptureFixture) -> None:
    """An unknown outcome is also a warning in the log, with the capability and nothing more."""
    recorder = RecordingObserver()
    transport = asgi(PlatformApp())
    caplog.set_level(logging.DEBUG)
    with pytest.raises(OutcomeUnknownError):
        await client_of(unreliable(transport, [Trouble.ERROR_AFTER]), recorder).exchange(
            create_thing("Mrs Evans")
        )
    await transport.aclose()

    assert (recorder.last.outcome, recorder.last.status) == (CallOutcome.UNKNOWN, 502)
    assert "outcome_unknown" in caplog.text
    assert "Evans" not in caplog.text
    assert API_KEY not in caplog.text


class BrokenObserver:
    """Fails at every event."""

    def started(self, event: CallStarted) -> None:
        """Fail."""
        raise RuntimeError(event.capability)

    def retried(self, event: CallRetried) -> None:
        """Fail."""
        raise RuntimeError(event.capability)

    def finished(self, event: CallFinished) -> None:
        """Fail."""
        raise RuntimeError(event.capability)


async def test_an_observer_that_raises_does_not_disturb_the_call(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The fault is logged with the observer's name, and the other observers are told all."""
    recorder = RecordingObserver()
    app = PlatformApp(names={7: "bin"})
    transport = asgi(app)
    client = client_of(unreliable(transport, [Trouble.ERROR_BEFORE]), BrokenObserver(), recorder)
    caplog.set_level(logging.DEBUG)
    answer = await client.exchange(get_thing(7))
    await transport.aclose()

    assert answer.value.name == "bin"
    assert len(recorder.events) == 3
    assert caplog.text.count("observer_failed") == 3
    assert caplog.text.count("BrokenObserver") == 3


# ---------------------------------------------------------------- the client itself


async def test_a_copy_shares_connections_and_is_of_the_same_class() -> None:
    """with_options is cheap, keeps what it is not told, and changes only the copy."""

    class OwnClient(AsyncApiClient):
        """A component's client."""

    recorder = RecordingObserver()
    transport = asgi(PlatformApp(names={7: "bin"}))
    client = OwnClient(
        platform(),
        base_url=BASE_URL,
        authorise=authorise,
        transport=transport,
        observers=[recorder],
        council="camden",
    )
    twin = client.with_options(council="barnet", timeout=3)
    await twin.exchange(get_thing(7))
    await client.exchange(get_thing(7))
    await transport.aclose()

    assert type(twin) is OwnClient
    assert twin._connection is client._connection
    assert [event.council for event in recorder.events if isinstance(event, CallFinished)] == [
        "barnet",
        "camden",
    ]
    assert (twin._settings.timeout, client._settings.timeout) == (3, 30.0)


async def test_a_closed_client_refuses() -> None:
    """After `with`, or close, a call is a ConfigError and not a fault of the network."""
    async with AsyncApiClient(platform(), base_url=BASE_URL, authorise=authorise) as client:
        pass

    with pytest.raises(ConfigError, match="was closed"):
        await client.exchange(get_thing(7))
    await client.aclose()


async def test_a_closed_client_with_a_transport_of_its_own_refuses_too() -> None:
    """A client that was closed makes no more calls, in tests as in production."""
    app = PlatformApp(names={7: "bin"})
    transport = asgi(app)
    async with client_of(transport) as client:
        pass
    try:
        with pytest.raises(ConfigError, match="was closed"):
            await client.exchange(get_thing(7))
    finally:
        await transport.aclose()

    assert app.seen == []


async def test_a_given_transport_is_its_owners_to_close() -> None:
    """Closing a client leaves the transport that was given to it open for others."""
    transport = asgi(PlatformApp(names={7: "bin"}))
    await client_of(transport).aclose()
    answer = await client_of(transport).exchange(get_thing(7))
    await transport.aclose()

    assert answer.value.name == "bin"


class LateLock:
    """A lock for which a call waits until another has made the transport."""

    def __init__(self, make: Callable[[], None]) -> None:
        self._make = make

    def __enter__(self) -> None:
        """Let the other call make the transport."""
        self._make()

    def __exit__(self, *_: object) -> None:
        """Let go."""


async def test_two_first_calls_at_once_share_one_transport() -> None:
    """A call that waited while another made the transport uses that one."""
    app = PlatformApp(names={7: "bin"})
    transport = asgi(app)
    client = AsyncApiClient(platform(), base_url=BASE_URL, authorise=authorise)
    connection = client._connection

    def make() -> None:
        connection._made = transport

    connection._lock = LateLock(make)  # pyright: ignore[reportAttributeAccessIssue] -- stands in
    answer = await client.exchange(get_thing(7))
    await client.aclose()
    await transport.aclose()

    assert "bin" == answer.value.name


def test_a_client_is_neither_pickled_nor_copied() -> None:
    """It holds connections and a key, and says to build one where it is used."""
    client = client_of(asgi(PlatformApp()))

    with pytest.raises(TypeError, match="Build one in the process that uses it"):
        pickle.dumps(client)
    with pytest.raises(TypeError, match="cannot be pickled"):
        copy.copy(client)


def test_a_client_shows_its_address_and_no_key() -> None:
    """The repr of a client and of its settings holds no key."""
    client = client_of(asgi(PlatformApp()))

    assert f"<{type(client).__name__} {BASE_URL}>" == repr(client)
    assert BASE_URL == client.base_url
    assert API_KEY not in repr(client._settings)


@pytest.mark.parametrize(
    ("setting", "options"),
    [
        ("timeout", {"timeout": 0}),
        ("timeout", {"timeout": -1.5}),
        ("timeout", {"timeout": float("nan")}),
        ("attempts", {"attempts": 0}),
        ("app", {"app": "Siôn/1"}),
        ("app", {"app": "two\r\nlines"}),
        ("app", {"app": "  "}),
        ("base_url", {"base_url": "http://example.gov.uk"}),
    ],
)
def test_an_option_that_cannot_be_used_is_refused(setting: str, options: dict[str, object]) -> None:
    """A client with an impossible option is not built, and the error names the option."""
    given_options: dict[str, object] = {"base_url": BASE_URL, "authorise": authorise, **options}

    with pytest.raises(ConfigError) as caught:
        AsyncApiClient(platform(), **given_options)  # pyright: ignore[reportArgumentType] -- on purpose

    assert setting == caught.value.setting


@pytest.mark.parametrize("timeout", [0, -1])
async def test_a_timeout_of_nothing_is_refused(timeout: float) -> None:
    """A method's timeout must be more than 0, as a client's must."""
    app = PlatformApp()
    transport = asgi(app)
    client = client_of(transport)
    with pytest.raises(ConfigError):
        await client.exchange(get_thing(7), timeout=timeout)
    with pytest.raises(ConfigError):
        client.with_options(timeout=timeout)
    with pytest.raises(ConfigError):
        client.with_options(attempts=0)
    await transport.aclose()

    assert app.seen == []


async def test_with_options_keeps_what_it_is_not_told() -> None:
    """None keeps the option as it is."""
    client = client_of(asgi(PlatformApp()), attempts=3, timeout=7, council="camden")
    twin = client.with_options()

    assert client._settings == twin._settings


async def test_a_clients_settings_cannot_be_changed() -> None:
    """What several threads share is frozen."""
    client = client_of(asgi(PlatformApp()))

    with pytest.raises(FrozenInstanceError):
        client._settings.attempts = 9  # pyright: ignore[reportAttributeAccessIssue] -- on purpose
