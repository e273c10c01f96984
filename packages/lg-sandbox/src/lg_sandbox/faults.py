# SPDX-License-Identifier: MIT
"""What can go wrong on the way, planned by a test: which fault, on which operation, how often."""

import threading
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import Enum

__all__ = ["Fault", "Faults", "PlannedFault"]


class Fault(Enum):
    """A failure that a stand-in can show.

    `BEFORE` means that nothing was done. `AFTER` means that the work was done and only the
    answer is lost, so that the caller cannot know.
    """

    TIMEOUT_BEFORE = "timeout_before"
    """No answer, and nothing done: the connection stays open and silent."""
    TIMEOUT_AFTER = "timeout_after"
    """No answer, although the work was done."""
    RESET_BEFORE = "reset_before"
    """The connection is reset, and nothing done."""
    RESET_AFTER = "reset_after"
    """The connection is reset, although the work was done."""
    ERROR_BEFORE = "error_before"
    """A 5xx answer, and nothing done. `status` says which."""
    ERROR_AFTER = "error_after"
    """A 5xx answer, although the work was done. `status` says which."""
    CONFLICT = "conflict"
    """The platform's own conflict answer, as when two requests race. Nothing done."""
    RATE_LIMITED = "rate_limited"
    """The platform's own answer to too many requests. Nothing done."""
    SLOW = "slow"
    """The right answer, a few bytes at a time over `seconds` of real time."""
    TRUNCATED = "truncated"
    """The right headers and half of the body, then the connection ends. The work was done."""
    HTML = "html"
    """A web page in place of the answer, as a proxy sends it. `status` is 200 or 502.

    Nothing done, unless planned with `acts=True`.
    """


_STATUSES: dict[Fault, tuple[int, ...]] = {
    Fault.ERROR_BEFORE: (500, 502, 503, 504),
    Fault.ERROR_AFTER: (500, 502, 503, 504),
    Fault.HTML: (502, 200),
}

_NOTHING_DONE = frozenset(
    {
        Fault.TIMEOUT_BEFORE,
        Fault.RESET_BEFORE,
        Fault.ERROR_BEFORE,
        Fault.CONFLICT,
        Fault.RATE_LIMITED,
    }
)


@dataclass(frozen=True, slots=True)
class PlannedFault:
    """One planned fault.

    Args:
        fault: what to show.
        operation: on which operation; any when None.
        times: how often still.
        status: the HTTP status, for the faults that answer with one; 0 for the others.
        seconds: how long a slow answer takes, in seconds of real time.
        acts: whether the work is done before the fault shows.
    """

    fault: Fault
    operation: str | None
    times: int
    status: int
    seconds: float
    acts: bool


class Faults:
    """The faults that a stand-in will show, first planned first shown. Safe between threads.

    Args:
        operations: the names of the operations that a fault can be planned for.
        conflicting: those among them for which the platform has a conflict answer.
    """

    def __init__(self, operations: Collection[str], *, conflicting: Collection[str] = ()) -> None:
        self._operations = frozenset(operations)
        self._conflicting = frozenset(conflicting)
        self._lock = threading.Lock()
        self._planned: list[PlannedFault] = []

    @property
    def planned(self) -> tuple[PlannedFault, ...]:
        """The faults not yet shown: empty when a test has used what it planned."""
        with self._lock:
            return tuple(self._planned)

    def add(
        self,
        fault: Fault,
        *,
        operation: str | None = None,
        times: int = 1,
        status: int | None = None,
        seconds: float = 1.0,
        acts: bool = False,
    ) -> PlannedFault:
        """Plan a fault.

        Args:
            fault: what to show.
            operation: on which operation, such as `create_payment`; any when None.
            times: on how many calls.
            status: the HTTP status, for `ERROR_BEFORE` and `ERROR_AFTER` (500, 502, 503 or 504;
                500 when left out) and `HTML` (200 or 502; 502 when left out).
            seconds: how long a `SLOW` answer takes, in seconds of real time.
            acts: for `HTML`, whether the work is done before the page is sent.

        Returns:
            What was planned.

        Raises:
            ValueError: when the operation is unknown, or a number makes no sense for the fault.
        """
        if operation is not None and operation not in self._operations:
            raise ValueError(
                "There is no such operation to plan a fault for. "
                f"Use one of: {', '.join(sorted(self._operations))}."
            )
        if fault is Fault.CONFLICT and operation not in self._conflicting:
            raise ValueError(_no_conflict(self._conflicting))
        if times < 1:
            raise ValueError("times must be 1 or more.")
        if seconds < 0:
            raise ValueError("seconds must be 0 or more.")
        planned = PlannedFault(
            fault,
            operation,
            times,
            _status(fault, status),
            seconds,
            acts if fault is Fault.HTML else fault not in _NOTHING_DONE,
        )
        with self._lock:
            self._planned.append(planned)
        return planned

    def clear(self) -> None:
        """Forget all planned faults."""
        with self._lock:
            self._planned.clear()

    def take(self, operation: str) -> PlannedFault | None:
        """Return the fault to show on this call, and count it as shown.

        Args:
            operation: the operation that was called.

        Returns:
            The first planned fault that fits, or None.
        """
        with self._lock:
            for index, planned in enumerate(self._planned):
                if planned.operation in (None, operation):
                    if planned.times == 1:
                        del self._planned[index]
                    else:
                        self._planned[index] = replace(planned, times=planned.times - 1)
                    return planned
        return None


def _no_conflict(conflicting: Collection[str]) -> str:
    if not conflicting:
        return "This platform has no conflict answer: plan another fault than CONFLICT."
    return (
        "CONFLICT needs an operation that the platform can refuse so. "
        f"Use one of: {', '.join(sorted(conflicting))}."
    )


def _status(fault: Fault, status: int | None) -> int:
    allowed = _STATUSES.get(fault, ())
    if status is None:
        return allowed[0] if allowed else 0
    if status not in allowed:
        wanted = " or ".join(map(str, sorted(allowed)))
        hint = f"status must be {wanted}." if wanted else "leave status out."
        raise ValueError(f"{fault.name} cannot answer with this status: {hint}")
    return status
