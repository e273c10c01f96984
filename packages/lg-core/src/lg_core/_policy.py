# SPDX-License-Identifier: MIT
"""What becomes of an attempt: deliver, wait and try again, or raise. Pure.

Theory of operation. An attempt ends in one of two ways: an answer, or a failure to get one. Each is
first assessed by itself: which error would it be, will it pass, and may the platform have acted?
Then the call says whether it may be repeated:

    repeat          nothing left, or 429      left, no verdict      answered no
    ALWAYS          again                     again                 again if it passes
    WITH_KEY        again                     again, same key       again if it passes
    IF_NOT_SENT     again                     OutcomeUnknownError   raise

A 5xx is an answer, but no verdict: a platform's gateway gives one for a request that was carried
out behind it. It counts as 'left, no verdict' unless the call changes nothing.

Once an attempt with a key has ended without a verdict, no later failure can take the doubt away, so
the call then ends in a delivery or in OutcomeUnknownError. No wait goes past the deadline.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from lg_core._wire import read_answer, sent_values
from lg_core.calls import Call, Repeat
from lg_core.errors import (
    ApiError,
    LgError,
    OutcomeUnknownError,
    RequestNotSentError,
    ResponseShapeError,
)
from lg_core.platforms import Platform, Refusal
from lg_core.transport import FailureReason, TransportFailure, WireAnswer

__all__ = ["Attempt", "Deliver", "Raise", "Verdict", "Wait", "not_sent", "verdict"]

T = TypeVar("T")

_WAIT_FIRST = 0.25
_WAIT_MOST = 5.0
_PASSING = frozenset({408, 429, 500, 502, 503, 504})
_LIMITED = 429
_REDIRECT = range(300, 400)


@dataclass(frozen=True, slots=True)
class Attempt(Generic[T]):
    """Where a call stands when an attempt has ended.

    Attributes:
        call: the call.
        platform: the platform that it goes to.
        number: the number of this attempt, from 1.
        attempts: how many there may be.
        remaining: seconds until the deadline of the whole call.
        jitter: a random number from 0 to 1, so that many clients do not return together.
        place: host and port of the platform, for messages.
        past: the errors of the attempts before this one.
    """

    call: Call[T]
    platform: Platform
    number: int
    attempts: int
    remaining: float
    jitter: float
    place: str
    past: tuple[LgError, ...] = ()


@dataclass(frozen=True, slots=True)
class Deliver(Generic[T]):
    """Give the caller this value, read from this answer."""

    value: T
    answer: WireAnswer


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait so many seconds and try again; raise the error where that is not possible."""

    seconds: float
    error: LgError
    reason: str


@dataclass(frozen=True, slots=True)
class Raise:
    """Raise this error."""

    error: LgError


Verdict = Deliver[T] | Wait | Raise


_CallError = ApiError | OutcomeUnknownError | RequestNotSentError | ResponseShapeError


@dataclass(frozen=True, slots=True)
class _Finding:
    """One attempt by itself: the error it would be, whether it passes, whether it leaves doubt."""

    error: _CallError
    reason: str
    passing: bool
    doubt: bool
    at_least: float = 0.0


def verdict(attempt: Attempt[T], outcome: WireAnswer | TransportFailure) -> Verdict[T]:
    """Decide what becomes of an attempt."""
    call = attempt.call
    if isinstance(outcome, TransportFailure):
        finding = _failed(attempt, outcome)
    elif outcome.status in call.success:
        try:
            return Deliver(read_answer(call, attempt.platform, outcome), outcome)
        except ResponseShapeError as error:
            finding = _unreadable(attempt, error)
    else:
        finding = _refused(attempt, outcome)
    if _may_repeat(call, finding) and attempt.number < attempt.attempts:
        wait = max(_backoff(attempt), finding.at_least)
        if wait < attempt.remaining:
            error = _settle(attempt, finding)
            return Wait(wait, error, finding.reason)
    return Raise(_settle(attempt, finding))


def not_sent(attempt: Attempt[Any], *, reason: str) -> LgError:
    """Make the error for an attempt that this client itself did not begin.

    Args:
        attempt: where the call stands.
        reason: `rate` or `deadline`.
    """
    call, platform = attempt.call, attempt.platform
    why = {
        "rate": f"the limit of {platform.name} for this kind of call leaves no room before the "
        "deadline",
        "deadline": "the deadline passed before it could be sent",
    }[reason]
    error = RequestNotSentError(
        f"{call.capability} was not sent: {why}. It is safe to make the call again. Give it a "
        "longer timeout, or make fewer calls at once.",
        reason=reason,
    )
    finding = _Finding(error, reason, passing=False, doubt=False)
    return _settle(attempt, finding)


def _may_repeat(call: Call[Any], finding: _Finding) -> bool:
    return finding.passing and (call.repeat is not Repeat.IF_NOT_SENT or not finding.doubt)


def _backoff(attempt: Attempt[Any]) -> float:
    """Wait twice as long after each attempt, and between half of that and all of it."""
    longest = min(_WAIT_MOST, _WAIT_FIRST * 2.0 ** (attempt.number - 1))
    return longest * (0.5 + attempt.jitter / 2)


def _settle(attempt: Attempt[Any], finding: _Finding) -> LgError:
    """Complete the error; where an earlier attempt left a doubt, it is the doubt that stays."""
    call, error = attempt.call, finding.error
    earlier = [past for past in attempt.past if isinstance(past, OutcomeUnknownError)]
    if call.repeat is not Repeat.ALWAYS and not finding.doubt and earlier:
        past, error = (*attempt.past, error), _unknown(attempt, earlier[-1].reason)
    else:
        past = attempt.past
    error.attempts = attempt.number
    error.capability = call.capability
    return error.after((*past, *error.previous))


def _failed(attempt: Attempt[Any], failure: TransportFailure) -> _Finding:
    reason = failure.reason
    if failure.left:
        lost = _unknown(attempt, reason.value)
        passing = reason is not FailureReason.TOO_LARGE
        return _Finding(lost, reason.value, passing=passing, doubt=True)
    said = f" ({failure.detail})" if failure.detail else ""
    error = RequestNotSentError(
        f"{attempt.platform.name} at {attempt.place}: "
        f"{_NOT_SENT.get(reason, _NO_ANSWER)}{said}. Nothing was sent, "
        f"so it is safe to make the call again. {_ADVICE.get(reason, '')}".rstrip(),
        reason=reason.value,
    )
    return _Finding(error, reason.value, passing=reason is not FailureReason.TLS, doubt=False)


# A transport of somebody else's may report any reason with or without bytes gone.
_NO_ANSWER = "no answer came"
_NOT_SENT: Mapping[FailureReason, str] = {
    FailureReason.CONNECT: "no connection could be made",
    FailureReason.CONNECT_TIMEOUT: "no connection could be made in time",
    FailureReason.TLS: "its certificate was not accepted",
    FailureReason.PROXY: "the proxy did not open a way to it",
    FailureReason.POOL: "no connection became free in time",
}
_ADVICE: Mapping[FailureReason, str] = {
    FailureReason.CONNECT: "Check base_url, the firewall and the proxy (Network(proxy=...)).",
    FailureReason.CONNECT_TIMEOUT: "Check the firewall and the proxy (Network(proxy=...)).",
    FailureReason.TLS: "If the issuer is your council's inspecting proxy, add its certificate "
    "authority to the system's trust store, or name its PEM file: Network(ca_file=...).",
    FailureReason.PROXY: "Check the proxy's address, user and rules.",
    FailureReason.POOL: "Make fewer calls at once, or raise Network(max_connections=...).",
}


def _unknown(
    attempt: Attempt[Any],
    reason: str,
    *,
    status: int | None = None,
    request_id: str | None = None,
) -> OutcomeUnknownError:
    call, platform = attempt.call, attempt.platform
    safe = call.repeat is Repeat.ALWAYS
    find_out = "It changes nothing: make the call again." if safe else call.find_out
    outcome = "no answer could be used" if safe else "whether it was carried out is not known"
    return OutcomeUnknownError(
        f"{call.capability} was sent to {platform.name}, and {outcome} "
        f"({_WHY.get(reason, _NO_ANSWER)}). "
        f"{find_out}".rstrip(),
        reason=reason,
        find_out=find_out,
        safe_to_repeat=safe,
        status=status,
        request_id=request_id,
    )


_WHY: Mapping[str, str] = {
    "timeout": "no answer came in time",
    "reset": "the connection broke",
    "truncated": "the answer broke off",
    "too_large": "the answer was larger than the call allows",
    "server_error": "the platform answered with a server error",
    "unreadable": "the answer could not be read",
    "cancelled": "the caller stopped waiting",
}


def _unreadable(attempt: Attempt[Any], error: ResponseShapeError) -> _Finding:
    if attempt.call.repeat is Repeat.ALWAYS:
        return _Finding(error, "unreadable", passing=False, doubt=False)
    doubt = _unknown(attempt, "unreadable", status=error.status, request_id=error.request_id)
    error.attempts = attempt.number
    doubt.previous = (error,)
    return _Finding(doubt, "unreadable", passing=True, doubt=True)


def _refused(attempt: Attempt[Any], answer: WireAnswer) -> _Finding:
    call, platform = attempt.call, attempt.platform
    status, request_id = answer.status, answer.headers.get(platform.request_id_header)
    passing = status in _PASSING
    refusal = Refusal(
        platform=platform.name,
        capability=call.capability,
        status=status,
        body=answer.body,
        request_id=request_id,
        retryable=passing,
        attempts=attempt.number,
        sent=sent_values(call),
    )
    if status in _REDIRECT:
        message = (
            f"{platform.name} at {attempt.place} answered with a redirect (status {status}), which "
            "its API never does. Check base_url; a sign-in page of a proxy may be in the way."
        )
        return _Finding(refusal.error(ApiError, message), "redirect", passing=False, doubt=False)
    if status < _REDIRECT.start:
        shape = ResponseShapeError(
            f"{platform.name} answered {call.capability} with status {status}, which its "
            "documentation does not name.",
            status=status,
            request_id=request_id,
            capability=call.capability,
        )
        return _unreadable(attempt, shape)
    error = platform.read_refusal(refusal)
    reason = f"status_{status}"
    if status == _LIMITED:
        at_least = max(_retry_after(answer), platform.wait_when_limited * (1 + attempt.jitter))
        # A component knows which limits no wait can outlast, such as one of a whole day.
        passes = error.retryable
        return _Finding(error, reason, passing=passes, doubt=False, at_least=at_least)
    if call.repeat is not Repeat.ALWAYS and (passing or status >= 500):  # noqa: PLR2004 -- 5xx
        doubt = _unknown(attempt, "server_error", status=status, request_id=request_id)
        doubt.previous = (error,)
        return _Finding(doubt, reason, passing=passing, doubt=True)
    return _Finding(error, reason, passing=passing, doubt=False, at_least=_retry_after(answer))


def _retry_after(answer: WireAnswer) -> float:
    """Read Retry-After: seconds, or a date, taken against the answer's own Date (RFC 9110)."""
    said = answer.headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return float(said)
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 -- 7 ms that few calls need

    try:
        until = parsedate_to_datetime(said)
        now = parsedate_to_datetime(answer.headers.get("date", ""))
        return max(0.0, (until - now).total_seconds())
    except (ValueError, TypeError, OverflowError):  # neither: then it says nothing
        return 0.0
