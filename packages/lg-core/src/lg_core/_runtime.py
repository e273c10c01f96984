# SPDX-License-Identifier: MIT
"""What both clients share: their settings, and the progress of one call.

Nothing here waits or sends.
"""

import itertools
import platform as python
import random
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.metadata import version
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

from lg_core import _policy, _wire
from lg_core.calls import Answer, Call, Repeat
from lg_core.errors import (
    ApiError,
    ConfigError,
    LgError,
    OutcomeUnknownError,
    ResponseShapeError,
)
from lg_core.limits import Limiter
from lg_core.logs import LgLogger, get_logger
from lg_core.network import Network
from lg_core.observers import CallFinished, CallOutcome, CallRetried, CallStarted, Observer
from lg_core.platforms import Platform
from lg_core.settings import check_base_url, is_loopback
from lg_core.telemetry._counting import Component, component_of, count_call
from lg_core.transport import TransportFailure, WireAnswer, WireRequest

__all__ = ["Exchange", "Settings", "TryAgain", "next_wait"]

T = TypeVar("T")

_call_ids = itertools.count(1)


class TryAgain(Exception):  # noqa: N818 -- a signal to stamina, never seen by a user
    """Tell stamina's loop to wait and go round again.

    stamina logs the repr of what made it wait, so this holds nothing but names and numbers there.
    """

    def __init__(self, wait: _policy.Wait) -> None:
        super().__init__(wait.reason)
        self.seconds = wait.seconds
        self.error = wait.error


def next_wait(error: Exception) -> float | bool:
    """Tell stamina how long to wait, in seconds, or not to try again."""
    return error.seconds if isinstance(error, TryAgain) else False


@dataclass(frozen=True, slots=True)
class Settings:
    """How a client calls its platform. Shared by its copies, apart from what they change.

    Attributes:
        platform: the platform.
        base_url: its address.
        authorise: makes the headers that carry the credentials, for each attempt anew.
        network: how it is reached.
        observers: who is told.
        limiter: the buckets of its rate limits.
        user_agent: the whole User-Agent header.
        timeout: seconds that a call may take, all attempts and waits included.
        attempts: how often a call is tried at the most.
        council: the council that the client works for.
        live: whether it speaks to a live account; what is not live is never counted as production.
        component: the platform's component as it is counted; None where it cannot be.
        log: the component's logger.
    """

    platform: Platform
    base_url: str
    authorise: Callable[[], Mapping[str, str]] = field(repr=False)
    network: Network
    observers: tuple[Observer, ...]
    limiter: Limiter = field(repr=False)
    user_agent: str
    timeout: float
    attempts: int
    council: str | None
    live: bool
    component: Component | None
    log: LgLogger = field(repr=False)

    @classmethod
    def build(
        cls,
        platform: Platform,
        *,
        base_url: str,
        authorise: Callable[[], Mapping[str, str]],
        network: Network | None,
        observers: Sequence[Observer],
        limiter: Limiter | None,
        app: str | None,
        timeout: float | None,
        attempts: int | None,
        council: str | None,
        live: bool,
    ) -> "Settings":
        """Check what the user gave, and fill in what the platform says."""
        return cls(
            platform=platform,
            base_url=check_base_url(base_url, setting="base_url"),
            authorise=authorise,
            network=network or Network(),
            observers=tuple(observers),
            limiter=limiter or Limiter(platform.rates),
            user_agent=_user_agent(platform, app),
            timeout=_positive("timeout", platform.timeout if timeout is None else timeout),
            attempts=_positive("attempts", platform.attempts if attempts is None else attempts),
            council=council,
            live=live and not is_loopback(base_url),
            component=component_of(platform.component, platform.version, platform.capabilities),
            log=get_logger(platform.component.replace("-", "_")),
        )

    def changed(
        self, *, timeout: float | None, attempts: int | None, council: str | None
    ) -> "Settings":
        """Return a copy with other options; None keeps what is set."""
        return replace(
            self,
            timeout=_positive("timeout", self.timeout if timeout is None else timeout),
            attempts=_positive("attempts", self.attempts if attempts is None else attempts),
            council=self.council if council is None else council,
        )


N = TypeVar("N", int, float)


def _positive(name: str, number: N) -> N:
    if not number > 0:
        raise ConfigError(f"{name} must be more than 0.", setting=name)
    return number


def _user_agent(platform: Platform, app: str | None) -> str:
    if app is not None and not (app.isascii() and app.isprintable() and app.strip()):
        raise ConfigError(
            "app must be a short name of your product in plain letters, such as Acme/3.2.",
            setting="app",
        )
    own = f"{platform.component}/{platform.version} {_below()}"
    return f"{app.strip()} {own}" if app else own


@cache
def _below() -> str:
    """Name what every component stands on. Kept: a version is read from the disk."""
    return f"lg-core/{version('lg-core')} python/{python.python_version()}"


class Exchange(Generic[T]):
    """One call on its way: what is sent, where it stands, and who is told."""

    __slots__ = (
        "_body",
        "_call",
        "_deadline",
        "_headers",
        "_id",
        "_left",
        "_number",
        "_past",
        "_settings",
        "_started",
        "_url",
    )

    def __init__(self, call: Call[T], settings: Settings, timeout: float | None) -> None:
        self._started = time.monotonic()
        limit = settings.timeout if timeout is None else _positive("timeout", timeout)
        self._deadline = self._started + limit
        self._call = call
        self._settings = settings
        self._body = _wire.encode(call)
        self._url = _wire.url_of(settings.base_url, call)
        self._headers = _wire.headers_of(call, user_agent=settings.user_agent, body=self._body)
        if call.key_header is not None and call.repeat is Repeat.WITH_KEY:
            # Made once a call: every attempt carries the same.
            self._headers.append((call.key_header, call.key or str(uuid.uuid4())))
        self._past: tuple[LgError, ...] = ()
        self._number = 0
        self._left = False
        self._id = 0
        if settings.observers:
            self._id = next(_call_ids)
            self._tell(
                "started",
                CallStarted(
                    self._id, settings.platform.component, call.capability, settings.council
                ),
            )

    @property
    def attempts(self) -> int:
        """How often the call may be tried."""
        return self._settings.attempts

    def begin(self) -> float:
        """Begin the next attempt.

        Returns:
            Seconds to wait first, so as to stay below the platform's rate limit.

        Raises:
            RequestNotSentError: no room before the deadline.
            OutcomeUnknownError: as above, and an earlier attempt left a doubt.
        """
        self._number += 1
        if self._past:
            self._past[-1].previous = ()  # the last error lists them all: none need list the rest
        remaining = self._deadline - time.monotonic()
        if remaining <= 0:
            raise _policy.not_sent(self._attempt(), reason="deadline")
        wait = self._settings.limiter.reserve(self._call.bucket, max_wait=remaining)
        if wait is None:
            raise _policy.not_sent(self._attempt(), reason="rate")
        return wait

    def request(self) -> WireRequest:
        """Return this attempt as it goes to the transport.

        Raises:
            RequestNotSentError: the deadline passed in the meantime.
        """
        remaining = self._deadline - time.monotonic()
        if remaining <= 0:
            raise _policy.not_sent(self._attempt(), reason="deadline")
        self._left = True
        return _wire.wire_request(
            self._call,
            url=self._url,
            headers=[*self._headers, *self._settings.authorise().items()],
            body=self._body,
            phases=self._settings.network.phases,
            remaining=remaining,
        )

    def conclude(self, outcome: WireAnswer | TransportFailure) -> Answer[T]:
        """Return what came back, where it means yes, and tell who watches.

        Raises:
            TryAgain: wait and begin again.
            LgError: what became of the call.
        """
        match _policy.verdict(self._attempt(), outcome):
            case _policy.Deliver(value, answer):
                return self._answer(value, answer)
            case _policy.Wait() as wait:
                self._past = (*wait.error.previous, wait.error)
                self._retried(wait)
                raise TryAgain(wait) from _cause(outcome)
            case _policy.Raise(error):
                raise error from _cause(outcome)

    def _answer(self, value: T, wire: WireAnswer) -> Answer[T]:
        request_id = wire.headers.get(self._settings.platform.request_id_header)
        self._finished(CallOutcome.OK, status=wire.status, request_id=request_id)
        return Answer(
            value=value,
            status=wire.status,
            headers=wire.headers,
            request_id=request_id,
            attempts=self._number,
            elapsed=time.monotonic() - self._started,
            raw=wire.body,
        )

    def failed(self, error: BaseException) -> None:
        """Tell who watches how the call ended, and say what a cancellation leaves in doubt."""
        if isinstance(error, LgError):
            self._finished(_outcome_of(error), **_facts_of(error))
            return
        if isinstance(error, Exception):  # a defect of a transport, an observer or ours
            self._finished(CallOutcome.UNKNOWN)
            return
        self._finished(CallOutcome.CANCELLED)
        if self._call.repeat is not Repeat.ALWAYS and self._left:
            error.add_note(
                f"{self._call.capability} was stopped while it was on its way: whether "
                f"{self._settings.platform.name} carried it out is not known. "
                f"{self._call.find_out}".rstrip()
            )

    def _attempt(self) -> "_policy.Attempt[T]":
        return _policy.Attempt(
            call=self._call,
            platform=self._settings.platform,
            number=self._number,
            attempts=self._settings.attempts,
            remaining=self._deadline - time.monotonic(),
            jitter=random.random(),  # noqa: S311 -- spreads retries, guards nothing
            place=urlsplit(self._settings.base_url).netloc,
            past=self._past,
        )

    def _retried(self, wait: _policy.Wait) -> None:
        settings = self._settings
        settings.log.info(
            "call_retried",
            capability=self._call.capability,
            attempt=self._number,
            wait=round(wait.seconds, 3),
            reason=wait.reason,
        )
        if settings.observers:
            self._tell(
                "retried",
                CallRetried(
                    self._id,
                    settings.platform.component,
                    self._call.capability,
                    settings.council,
                    self._number,
                    wait.seconds,
                    wait.reason,
                ),
            )

    def _finished(
        self,
        outcome: CallOutcome,
        *,
        status: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
    ) -> None:
        settings = self._settings
        if outcome is CallOutcome.UNKNOWN and self._call.repeat is not Repeat.ALWAYS:
            settings.log.warning("outcome_unknown", capability=self._call.capability, status=status)
        count_call(
            settings.component,
            self._call.capability,
            outcome,
            council=settings.council,
            live=settings.live,
        )
        if not settings.observers:
            return
        self._tell(
            "finished",
            CallFinished(
                self._id,
                settings.platform.component,
                self._call.capability,
                settings.council,
                outcome,
                status,
                code,
                request_id,
                self._number,
                time.monotonic() - self._started,
            ),
        )

    def _tell(self, method: str, event: CallStarted | CallRetried | CallFinished) -> None:
        for observer in self._settings.observers:
            try:
                getattr(observer, method)(event)
            except Exception as error:  # noqa: BLE001 -- a payment is not lost for a broken counter
                self._settings.log.error(  # noqa: TRY400 -- its text could hold anything
                    "observer_failed",
                    reason=type(observer).__name__,
                    exc_type=type(error).__name__,
                )


def _cause(outcome: WireAnswer | TransportFailure) -> BaseException | None:
    """Return what a failure came from; an answer comes from nothing."""
    return outcome.__cause__ if isinstance(outcome, TransportFailure) else None


def _outcome_of(error: LgError) -> CallOutcome:
    match error:
        case OutcomeUnknownError():
            return CallOutcome.UNKNOWN
        case ResponseShapeError():
            return CallOutcome.UNREADABLE
        case ApiError():
            return CallOutcome.REFUSED
        case _:
            return CallOutcome.NOT_SENT


def _facts_of(error: LgError) -> dict[str, Any]:
    match error:
        case ApiError():
            return {"status": error.status, "code": error.code, "request_id": error.request_id}
        case OutcomeUnknownError() | ResponseShapeError():
            return {"status": error.status, "request_id": error.request_id}
        case _:
            return {}
