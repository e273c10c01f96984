# SPDX-License-Identifier: MIT
"""Counting use, off and on, against an empty call and against adding to a dict behind a lock."""

import statistics
import threading
import timeit

from measure import Measured

from lg_core.telemetry import Component, Outcome, TelemetrySettings, acting_for, configure

__all__ = ["counting"]

ROUNDS, CALLS = 15, 50_000
WHAT = "lg-bench.thing.done"
ONE = Component("lg-bench", version="1.0", capabilities=(WHAT,))
OK = Outcome.OK


def counting() -> list[Measured]:
    """Measure a count while it is off, and while it is on within `acting_for`."""
    configure(TelemetrySettings(mode="off"))
    off = _compare("count, off", "an empty call", ours=_OURS, other=_EMPTY, goal=2.0)
    configure(TelemetrySettings(mode="local"))
    with acting_for("E06000023", lgsl=530, lgil=8):
        on = _compare("count, on", "a dict behind a lock", ours=_OURS, other=_BY_HAND, goal=4.0)
    configure(TelemetrySettings(mode="off"))
    return [off, on]


def empty_call(capability: str, outcome: Outcome) -> None:
    pass


_LOCK = threading.Lock()
_COUNTS = {(WHAT, OK): 0}

# Statements, not functions: the call of a function round them would be half of what is measured.
_OURS = "ONE.count(WHAT, outcome=OK)"
_EMPTY = "empty_call(WHAT, outcome=OK)"
_BY_HAND = "with _LOCK: _COUNTS[WHAT, OK] += 1"


def _compare(what: str, against: str, *, ours: str, other: str, goal: float) -> Measured:
    pairs = [(_seconds(ours), _seconds(other)) for _ in range(ROUNDS)]
    return Measured(
        what=what,
        against=against,
        ours=statistics.median(one for one, _ in pairs),
        other=statistics.median(two for _, two in pairs),
        ratio=statistics.median(one / two for one, two in pairs),
        goal=goal,
    )


def _seconds(statement: str) -> float:
    return timeit.timeit(statement, globals=globals(), number=CALLS) / CALLS
