# SPDX-License-Identifier: MIT
"""Watch calls: when they start, are tried again, and end. Names and numbers only, never bodies.

Counting use (`lg_core.telemetry`) and tracing (`lg_core.opentelemetry`) are observers. An observer
that raises does not disturb the call: the fault is logged, and the call goes on.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

__all__ = ["CallFinished", "CallOutcome", "CallRetried", "CallStarted", "Observer"]


class CallOutcome(StrEnum):
    """How a call ended, from a closed list."""

    OK = "ok"
    REFUSED = "refused"
    """The platform answered, and the answer was no."""
    NOT_SENT = "not_sent"
    """No byte left."""
    UNKNOWN = "unknown"
    """The request left, and no verdict came back."""
    UNREADABLE = "unreadable"
    """An answer came that could not be read."""
    CANCELLED = "cancelled"
    """The caller stopped waiting. Where the call changes something, its outcome is unknown."""


@dataclass(frozen=True, slots=True)
class CallStarted:
    """A call begins.

    Attributes:
        call_id: the same in every event of one call, and of no other in this process.
        component: the package, such as `lg-pay`.
        capability: the registered name of the call, such as `lg-pay.get_payment`.
        council: the council that the client works for, where it was set.
    """

    call_id: int
    component: str
    capability: str
    council: str | None


@dataclass(frozen=True, slots=True)
class CallRetried:
    """A call will be tried again.

    Attributes:
        call_id: the same in every event of one call.
        component: the package.
        capability: the registered name of the call.
        council: the council that the client works for, where it was set.
        attempt: the number of the attempt that failed, from 1.
        wait: seconds until the next attempt.
        reason: why the attempt failed: a failure's name or `status_503`.
    """

    call_id: int
    component: str
    capability: str
    council: str | None
    attempt: int
    wait: float
    reason: str


@dataclass(frozen=True, slots=True)
class CallFinished:
    """A call has ended.

    Attributes:
        call_id: the same in every event of one call.
        component: the package.
        capability: the registered name of the call.
        council: the council that the client works for, where it was set.
        outcome: how it ended.
        status: the last HTTP status, where there was one.
        code: the platform's error code, where it gave one.
        request_id: the platform's name for the request, where it gave one.
        attempts: how often it was tried.
        elapsed: seconds from start to end, waits included.
    """

    call_id: int
    component: str
    capability: str
    council: str | None
    outcome: CallOutcome
    status: int | None
    code: str | None
    request_id: str | None
    attempts: int
    elapsed: float


class Observer(Protocol):
    """Is told what a client does. Called in the thread or task that makes the call: be quick."""

    def started(self, event: CallStarted) -> None:
        """Take note that a call begins."""
        ...

    def retried(self, event: CallRetried) -> None:
        """Take note that a call will be tried again."""
        ...

    def finished(self, event: CallFinished) -> None:
        """Take note that a call has ended."""
        ...
