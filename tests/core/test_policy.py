"""lg_core._policy: what becomes of an attempt."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from core.platform_app import FIND_OUT, Thing, create_thing, get_thing, platform
from hypothesis import assume, given
from hypothesis import strategies as st

from lg_core._policy import Attempt, Deliver, Raise, Verdict, Wait, not_sent, verdict
from lg_core.calls import Call, Repeat
from lg_core.errors import (
    ApiError,
    ConflictError,
    LgError,
    NotFoundError,
    OutcomeUnknownError,
    RateLimitedError,
    RequestNotSentError,
    ResponseShapeError,
    ServerError,
)
from lg_core.platforms import Platform
from lg_core.transport import FailureReason, TransportFailure, WireAnswer

Outcome = WireAnswer | TransportFailure

JSON = {"content-type": "application/json"}
GOOD = b'{"number": 1, "name": "bin"}'
LEFT = ("timeout", "reset", "cancelled", "server_error", "truncated", "too_large", "unreadable")

BEFORE = ("connect", "connect_timeout", "tls", "proxy", "pool")
FAILURES = st.sampled_from(FailureReason).map(
    lambda reason: TransportFailure(reason, left=reason not in BEFORE, detail="said so")
)
HEADERS = st.fixed_dictionaries(
    {"content-type": st.sampled_from(["application/json", "text/html", "", "image/\n"])},
    optional={
        "x-request-id": st.just("r-1"),
        "retry-after": st.sampled_from(["0", "2", "3600", "9" * 400, "soon", "-1", ""]),
        "date": st.just("Sun, 22 Nov 2026 12:00:00 GMT"),
    },
)
BODIES = st.sampled_from([GOOD, b"", b'{"number": ', b"[]", b"<h1>no</h1>", b"\xff", b"null"])
ANSWERS = st.builds(WireAnswer, st.integers(100, 599), HEADERS, BODIES)
# Statuses in which the rules differ are met as often as all others together.
TELLING = st.builds(
    WireAnswer, st.sampled_from([200, 201, 204, 302, 404, 408, 409, 429, 500, 503]), HEADERS, BODIES
)
OUTCOMES = st.one_of(FAILURES, ANSWERS, TELLING)
CALLS: st.SearchStrategy[Call[Thing]] = st.one_of(
    st.builds(create_thing, repeat=st.sampled_from(Repeat)), st.just(get_thing(7))
)


def attempt_of(
    call: Call[Thing],
    *,
    number: int = 1,
    attempts: int = 4,
    remaining: float = 30.0,
    jitter: float = 0.5,
    past: tuple[LgError, ...] = (),
) -> Attempt[Thing]:
    """Make an attempt of a call."""
    return Attempt(call, platform(), number, attempts, remaining, jitter, "platform.example", past)


@dataclass(frozen=True)
class Play:
    """A call, and what its attempts meet."""

    call: Call[Thing]
    outcomes: list[Outcome]
    attempts: int
    timeout: float
    jitter: float

    def steps(self) -> Iterator[tuple[Attempt[Thing], Outcome, Verdict[Thing]]]:
        """Let the attempts meet the outcomes, as the client does, on a clock of their own.

        Yields:
            Each attempt, what it met, and what became of it.
        """
        past: tuple[LgError, ...] = ()
        remaining = self.timeout
        for number, outcome in enumerate(self.outcomes, 1):
            attempt = attempt_of(
                self.call,
                number=number,
                attempts=self.attempts,
                remaining=remaining,
                jitter=self.jitter,
                past=past,
            )
            became = verdict(attempt, outcome)
            yield attempt, outcome, became
            if not isinstance(became, Wait):
                return
            remaining -= became.seconds
            past = (*became.error.previous, became.error)
            became.error.previous = ()


plays = given(
    play=st.builds(
        Play,
        call=CALLS,
        outcomes=st.lists(OUTCOMES, min_size=1, max_size=6),
        attempts=st.integers(1, 5),
        timeout=st.floats(0.01, 60),
        jitter=st.floats(0, 1),
    )
)


def may_have_acted(outcome: Outcome) -> bool:
    """Tell whether the platform may have carried a call out, by the outcome alone.

    A platform that answers 4xx has refused. All else that came after bytes left may hide an act.
    """
    if isinstance(outcome, TransportFailure):
        return outcome.left
    return outcome.status not in range(300, 500) or outcome.status == 408


# ---------------------------------------------------------------- any sequence of outcomes


@plays
def test_a_call_without_a_key_never_waits_after_it_may_have_been_carried_out(play: Play) -> None:
    """IF_NOT_SENT is repeated only where no byte left, or after a 429."""
    play = replace(play, call=create_thing())
    for _, outcome, became in play.steps():
        if isinstance(became, Wait):
            limited = isinstance(outcome, WireAnswer) and outcome.status == 429
            unsent = isinstance(outcome, TransportFailure) and not outcome.left
            assert limited or unsent


@plays
def test_no_wait_reaches_the_deadline_and_the_last_attempt_waits_for_nothing(play: Play) -> None:
    """A wait ends before the deadline, and is given only where another attempt may follow."""
    for attempt, _, became in play.steps():
        if isinstance(became, Wait):
            assert 0 < became.seconds < attempt.remaining
            assert attempt.number < play.attempts
        if attempt.number == play.attempts:
            assert isinstance(became, Deliver | Raise)


@plays
def test_a_doubt_stays_until_an_answer_takes_it_away(play: Play) -> None:
    """Once an attempt that changes something may have acted, no error says that it did not."""
    acted = False
    for _, outcome, became in play.steps():
        acted = acted or may_have_acted(outcome)
        if acted and play.call.repeat is not Repeat.ALWAYS:
            assert isinstance(became, Deliver) or isinstance(became.error, OutcomeUnknownError)


@plays
def test_a_doubt_is_never_invented(play: Play) -> None:
    """An unknown outcome is said only after an attempt that may have been carried out."""
    acted = False
    for _, outcome, became in play.steps():
        acted = acted or may_have_acted(outcome)
        if not isinstance(became, Deliver) and isinstance(became.error, OutcomeUnknownError):
            assert acted
            assert became.error.safe_to_repeat == (play.call.repeat is Repeat.ALWAYS)


@plays
def test_an_error_is_complete(play: Play) -> None:
    """Every error names the call, counts the attempts, and lists the earlier ones in order."""
    for attempt, _, became in play.steps():
        if isinstance(became, Deliver):
            continue
        error = became.error
        assert isinstance(
            error, ApiError | OutcomeUnknownError | RequestNotSentError | ResponseShapeError
        )
        assert (play.call.capability, attempt.number) == (error.capability, error.attempts)
        assert attempt.past == error.previous[: len(attempt.past)]
        assert len(error.previous) <= len(attempt.past) + 1
        assert play.call.capability in str(error) or attempt.platform.name in str(error)


@plays
def test_an_error_gives_a_reason_of_the_closed_list(play: Play) -> None:
    """A program may compare the reason with the list in the error's documentation."""
    for _, _, became in play.steps():
        if isinstance(became, Deliver):
            continue
        if isinstance(became.error, RequestNotSentError):
            assert became.error.reason in BEFORE
        if isinstance(became.error, OutcomeUnknownError):
            assert became.error.reason in LEFT


@plays
def test_a_value_is_delivered_only_from_an_answer_that_means_yes(play: Play) -> None:
    """A delivery is what the answer said, under a status that the call names."""
    for _, outcome, became in play.steps():
        good = (
            isinstance(outcome, WireAnswer)
            and outcome.status in play.call.success
            and outcome.body == GOOD
            and outcome.headers["content-type"] == "application/json"
        )
        assert good == isinstance(became, Deliver)
        if isinstance(became, Deliver):
            assert outcome is became.answer
            assert (1, "bin") == (became.value.number, became.value.name)


@given(attempts=st.integers(2, 9), number=st.integers(1, 8), jitter=st.floats(0, 1))
def test_waits_grow_and_are_spread(attempts: int, number: int, jitter: float) -> None:
    """A wait is between half of and all of a quarter second, doubled each time, at most 5 s."""
    assume(number < attempts)
    attempt = attempt_of(create_thing(), number=number, attempts=attempts, jitter=jitter)
    became = verdict(attempt, TransportFailure(FailureReason.CONNECT, left=False))

    longest = min(5.0, 0.25 * 2 ** (number - 1))
    assert isinstance(became, Wait)
    assert longest / 2 <= became.seconds <= longest
    assert math.isclose(longest * (1 + jitter) / 2, became.seconds)


# ---------------------------------------------------------------- one attempt


def raised(became: Verdict[Any]) -> LgError:
    """Return the error of an attempt that ends the call."""
    assert isinstance(became, Raise)
    return became.error


def waited(became: Verdict[Any]) -> Wait:
    """Return the wait of an attempt after which another follows."""
    assert isinstance(became, Wait)
    return became


@given(status=st.integers(300, 399), repeat=st.sampled_from(Repeat))
def test_a_redirect_is_refused_with_a_hint_at_the_address(status: int, repeat: Repeat) -> None:
    """A redirect is not followed: the error names base_url and a proxy's sign-in page."""
    answer = WireAnswer(status, {"location": "https://elsewhere.example"}, b"")
    error = raised(verdict(attempt_of(create_thing(repeat=repeat)), answer))

    assert isinstance(error, ApiError)
    assert status == error.status
    assert not error.retryable
    assert "Check base_url" in str(error)
    assert "platform.example" in str(error)
    assert "elsewhere" not in str(error)


@pytest.mark.parametrize("status", [100, 199, 202, 204, 226, 299])
def test_a_yes_that_the_documentation_does_not_name_is_not_taken_for_one(status: int) -> None:
    """An unexpected 1xx or 2xx to a call that reads is a ResponseShapeError, at once."""
    error = raised(verdict(attempt_of(get_thing(7)), WireAnswer(status, JSON, GOOD)))

    assert isinstance(error, ResponseShapeError)
    assert status == error.status
    assert f"status {status}, which its documentation does not name" in str(error)


@pytest.mark.parametrize("status", [202, 204])
def test_an_unexpected_yes_to_a_creation_is_an_unknown_outcome(status: int) -> None:
    """Something was done, and what it was cannot be read."""
    error = raised(verdict(attempt_of(create_thing()), WireAnswer(status, JSON, GOOD)))

    assert isinstance(error, OutcomeUnknownError)
    assert ("unreadable", status, FIND_OUT) == (error.reason, error.status, error.find_out)
    assert [ResponseShapeError] == [type(past) for past in error.previous]


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"content-type": "text/html"}, b"<h1>Sign in</h1>"),
        (JSON, b'{"number": 1, "na'),
        (JSON, b""),
        ({}, GOOD),
    ],
)
def test_an_answer_that_cannot_be_read_is_repeated_only_with_a_key(
    headers: dict[str, str], body: bytes
) -> None:
    """With a key the call is made again; without one the outcome is unknown; a read just fails."""
    answer = WireAnswer(200, headers, body)

    with_key = waited(verdict(attempt_of(create_thing(repeat=Repeat.WITH_KEY)), answer))
    without = raised(verdict(attempt_of(create_thing()), answer))
    reading = raised(verdict(attempt_of(get_thing(7)), answer))

    assert "unreadable" == with_key.reason
    assert isinstance(without, OutcomeUnknownError)
    assert isinstance(reading, ResponseShapeError)


def test_a_failure_that_will_not_pass_is_not_repeated() -> None:
    """A certificate that is not accepted, or an answer over the limit, is the same next time."""
    untrusted = TransportFailure(FailureReason.TLS, left=False, detail="self-signed")
    too_large = TransportFailure(FailureReason.TOO_LARGE, left=True)

    tls = raised(verdict(attempt_of(get_thing(7)), untrusted))
    large = raised(verdict(attempt_of(get_thing(7)), too_large))

    assert isinstance(tls, RequestNotSentError)
    assert "(self-signed)" in str(tls)
    assert "Network(ca_file=...)" in str(tls)
    assert isinstance(large, OutcomeUnknownError)
    assert large.safe_to_repeat


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
def test_a_gateways_error_is_no_verdict_on_a_creation(status: int) -> None:
    """A 5xx or 408 may come from in front of a platform that acted."""
    answer = WireAnswer(status, {"x-request-id": "r-1"}, b"")
    error = raised(verdict(attempt_of(create_thing()), answer))

    assert isinstance(error, OutcomeUnknownError)
    assert ("server_error", status, "r-1") == (error.reason, error.status, error.request_id)
    assert [ServerError] == [type(past) for past in error.previous]


@pytest.mark.parametrize("status", [501, 505, 511, 599])
def test_a_server_error_that_stays_is_not_repeated(status: int) -> None:
    """Only the statuses that pass are tried again; on a creation all of 5xx leave a doubt."""
    answer = WireAnswer(status, {}, b"")
    reading = raised(verdict(attempt_of(get_thing(7)), answer))
    creating = raised(verdict(attempt_of(create_thing(repeat=Repeat.WITH_KEY)), answer))

    assert isinstance(reading, ServerError)
    assert not reading.retryable
    assert isinstance(creating, OutcomeUnknownError)


def test_a_conflict_after_a_lost_answer_is_still_a_doubt() -> None:
    """A refusal of the repeat says nothing of the first attempt; it stands among the earlier."""
    call = create_thing(repeat=Repeat.WITH_KEY)
    lost = waited(verdict(attempt_of(call), TransportFailure(FailureReason.RESET, left=True)))
    error = raised(
        verdict(attempt_of(call, number=2, past=(lost.error,)), WireAnswer(409, JSON, b"{}"))
    )

    assert isinstance(error, OutcomeUnknownError)
    assert ("reset", 2) == (error.reason, error.attempts)
    assert [OutcomeUnknownError, ConflictError] == [type(past) for past in error.previous]


@pytest.mark.parametrize("reason", FailureReason)
@pytest.mark.parametrize("call", [create_thing(), get_thing(7)], ids=["create", "get"])
def test_a_transport_may_report_any_reason_with_or_without_bytes_gone(
    reason: FailureReason, call: Call[Thing]
) -> None:
    """Whether bytes left decides, whatever the reason: another's transport may say either."""
    gone = verdict(attempt_of(call), TransportFailure(reason, left=True))
    kept = verdict(attempt_of(call), TransportFailure(reason, left=False))

    assert isinstance(gone, Wait | Raise)
    assert isinstance(gone.error, OutcomeUnknownError)
    assert isinstance(kept, Wait | Raise)
    assert isinstance(kept.error, RequestNotSentError)


@pytest.mark.parametrize("reason", ["rate", "deadline"])
def test_what_was_not_begun_was_not_sent(reason: str) -> None:
    """The client's own refusal names the call and says that it is safe to repeat."""
    error = not_sent(attempt_of(create_thing()), reason=reason)

    assert isinstance(error, RequestNotSentError)
    assert (reason, "lg-things.create_thing", 1) == (
        error.reason,
        error.capability,
        error.attempts,
    )
    assert "safe to make the call again" in str(error)


def test_a_platform_whose_errors_have_no_form_is_read_by_its_status() -> None:
    """Without a reader of refusals the status alone makes the error."""
    plain = Platform("The Platform", "lg-things", "1.2")
    attempt = replace(attempt_of(get_thing(7)), platform=plain)
    error = raised(verdict(attempt, WireAnswer(404, {"x-request-id": "r-1"}, b"Mrs Evans")))

    assert isinstance(error, NotFoundError)
    assert "The Platform refused lg-things.get_thing with status 404." == str(error)
    assert ("r-1", False) == (error.request_id, error.retryable)


def test_a_refusal_that_is_nested_too_deep_is_still_a_refusal() -> None:
    """A body that no reader can unfold does not hide the status."""
    answer = WireAnswer(422, JSON, b"[" * 200_000)
    error = raised(verdict(attempt_of(create_thing()), answer))

    assert isinstance(error, ApiError)
    assert 422 == error.status


# ---------------------------------------------------------------- Retry-After


def after(headers: dict[str, str], *, status: int = 503, jitter: float = 0.0) -> Verdict[Thing]:
    """Return what becomes of a refusal with these headers."""
    attempt = attempt_of(get_thing(7), remaining=100.0, jitter=jitter)
    return verdict(attempt, WireAnswer(status, headers, b""))


@given(seconds=st.integers(1, 99))
def test_retry_after_in_seconds_is_waited_for(seconds: int) -> None:
    """RFC 9110, section 10.2.3: delay-seconds."""
    assert seconds == waited(after({"retry-after": f" {seconds} "})).seconds


@given(
    now=st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001 -- hypothesis adds UTC
    seconds=st.integers(-99, 99),
)
def test_retry_after_as_a_date_is_taken_against_the_answers_own(
    now: datetime, seconds: int
) -> None:
    """RFC 9110, section 10.2.3: a date; a clock of ours that is wrong changes nothing."""
    instant = now.replace(tzinfo=UTC, microsecond=0)
    headers = {
        "date": format_datetime(instant, usegmt=True),
        "retry-after": format_datetime(instant + timedelta(seconds=seconds), usegmt=True),
    }

    assert max(0.125, seconds) == waited(after(headers)).seconds


@given(seconds=st.integers(100, 10**9))
def test_a_retry_after_past_the_deadline_ends_the_call(seconds: int) -> None:
    """Rather than wait longer than the caller does, the error is raised at once."""
    for status, kind in ((503, ServerError), (429, RateLimitedError)):
        error = raised(after({"retry-after": str(seconds)}, status=status))
        assert kind is type(error)
        assert isinstance(error, ApiError)
        assert error.retryable


@given(jitter=st.floats(0, 1))
def test_a_429_without_a_time_waits_the_platforms_own(jitter: float) -> None:
    """The wait is wait_when_limited to twice that, so that clients do not return as one."""
    waits = waited(after({}, status=429, jitter=jitter)).seconds

    assert 1 <= waits <= 2


@given(
    said=st.one_of(
        st.text(max_size=30),
        st.sampled_from(
            [
                "-5",
                "1.5",
                "١٢",
                "Sun, 22 Nov 2026 12:00:05 -0000",
                "Sun, 22 Nov 99999999999999999999 12:00:05 GMT",
                "Sun, 22 Nov 2026 99999999999999999999:00:05 GMT",
                "Sun, 22 Nov 2026 12:00:05 +9999999999999999",
            ]
        ),
    ),
    date=st.sampled_from(["", "yesterday", "Sun, 22 Nov 2026 12:00:00 GMT"]),
)
def test_a_retry_after_that_means_nothing_is_passed_over(said: str, date: str) -> None:
    """Whatever stands in the header, the policy decides, and waits at least its own time."""
    became = after({"retry-after": said, "date": date})

    if isinstance(became, Wait):
        assert became.seconds >= 0.125
    else:
        assert isinstance(raised(became), ServerError)
