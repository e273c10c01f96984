# SPDX-License-Identifier: MIT
"""Count: one table of numbers in the process, behind a lock, moved to a store now and then.

Off is one comparison. On is a look into a dict: the key is made of what is at hand, and is turned
into words only when the table is moved. The day is read then too, not at each count. A key stays
in the table at zero, so that the number of keys of a process has one cap.
"""

import os
import re
import threading
from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from lg_core import _fork
from lg_core.errors import InvalidValueError
from lg_core.logs import LgLogger, get_logger
from lg_core.telemetry._tally import Source, Store, Tally, Who
from lg_core.telemetry._words import CAPABILITY, COMPONENT, OTHER, VERSION, Environment, Outcome

if TYPE_CHECKING:
    from datetime import date

    from lg_core.councils import Council
    from lg_core.telemetry._settings import Plan

__all__ = [
    "ACTING",
    "MAX_KEYS",
    "Component",
    "Counter",
    "component_of",
    "count_call",
    "current",
    "flush",
]

_Key = tuple[Who, "Component", str, str, bool]

ACTING: Final[ContextVar[Who | None]] = ContextVar("lg_core.telemetry.acting", default=None)

MAX_KEYS: Final = 2_000
"""How many different things a process counts; what comes after counts as `__other__`."""

_MAX_CODES: Final = 1_000


class Component:
    """A package whose use is counted, with the closed list of what can be counted of it.

        GARDEN = Component(
            "lg-patterns", version="0.1.0", capabilities=("lg-patterns.garden_waste.completed",)
        )
        GARDEN.count("lg-patterns.garden_waste.completed", outcome=Outcome.OK)

    Make it once, where the package is imported.

    Args:
        name: the distribution, such as `lg-patterns`.
        version: its version. A local part (`+...`) is left out.
        capabilities: all that it counts; each begins with the name and a dot.

    Raises:
        InvalidValueError: a name or the version is not of its form.
    """

    __slots__ = ("capabilities", "name", "version")

    def __init__(self, name: str, *, version: str, capabilities: tuple[str, ...]) -> None:
        public = version.partition("+")[0]
        if not re.fullmatch(COMPONENT, name):
            raise _wrong("name", "must be a distribution's name, such as lg-patterns")
        if not re.fullmatch(VERSION, public):
            raise _wrong("version", "must be a version, such as 0.1.0")
        for capability in capabilities:
            if not re.fullmatch(CAPABILITY, capability) or not capability.startswith(f"{name}."):
                raise _wrong(
                    "capabilities", "must each begin with the name, such as lg-pay.get_payment"
                )
        self.name = name
        self.version = public
        self.capabilities = frozenset(capabilities)

    # Not keyword-only: CPython calls such functions by its slow path, and off must cost nothing.
    def count(
        self,
        capability: str,
        outcome: Outcome = Outcome.OK,
        live: bool = True,  # noqa: FBT001, FBT002 -- as above
    ) -> None:
        """Count one use, for the council that the process acts for. Never raises.

        Args:
            capability: one of the component's list; any other counts as `__other__`.
            outcome: how it ended; what is no outcome counts as `unknown`.
            live: False where a test key or a sandbox was used: it then counts as a test, whatever
                environment is set. A client's `live` says so.
        """
        if _counter is not None:
            _counter.add(self, capability, outcome, live)

    def __repr__(self) -> str:
        return f"Component({self.name} {self.version})"


def _wrong(field: str, what: str) -> InvalidValueError:
    return InvalidValueError(f"Component: {field} {what}.", field=field, code="not_of_its_form")


@lru_cache(maxsize=256)
def component_of(name: str, version: str, capabilities: tuple[str, ...]) -> Component | None:
    """Return the component of a platform, the same one each time.

    Args:
        name: the platform's component.
        version: its version.
        capabilities: the platform's closed list.

    Returns:
        The component; None where its name or version could not stand in a report. A client works
        without being counted.
    """
    if re.fullmatch(COMPONENT, name) and re.fullmatch(VERSION, version.partition("+")[0]):
        return Component(name, version=version, capabilities=capabilities)
    return None


class Counter:
    """Counts what a plan allows.

    Args:
        plan: the settings in force.
        store: where counts are moved to.
    """

    __slots__ = (
        "__weakref__",
        "_codes",
        "_counts",
        "_default",
        "_generation",
        "_lock",
        "_log",
        "_moving",
        "_started",
        "_warned",
        "plan",
        "store",
    )

    def __init__(self, plan: "Plan", store: Store) -> None:
        self.plan = plan
        self.store = store
        self._default: Who = (plan.council, None, None)
        self._counts: dict[_Key, int] = {}
        self._codes: dict[str, str] = {}
        self._lock = threading.Lock()
        self._moving = threading.Lock()
        self._generation = _fork.generation()
        self._started = False
        self._warned = False
        self._log: LgLogger = get_logger("lg_core")

    def add(  # noqa: PLR0917 -- positional: this is the path of each count
        self,
        component: Component,
        capability: str,
        outcome: str,
        live: bool = True,  # noqa: FBT001, FBT002 -- as above
        who: Who | None = None,
    ) -> None:
        """Count one."""
        key = (who or ACTING.get() or self._default, component, capability, outcome, live)
        with self._lock:
            try:
                self._counts[key] += 1
            except (KeyError, TypeError):  # new, or something that cannot be a key
                self._add_new(key)

    def _add_new(self, given: tuple[Who, Component, object, object, bool]) -> None:
        who, component, capability, outcome, live = given
        listed = isinstance(capability, str) and capability in component.capabilities
        counted = str(capability) if listed else OTHER
        ended = outcome if isinstance(outcome, Outcome) else Outcome.UNKNOWN
        key = (who, component, counted, ended, bool(live))
        if key not in self._counts and len(self._counts) >= MAX_KEYS:
            key = ((who[0], None, None), component, OTHER, ended, bool(live))
        self._counts[key] = self._counts.get(key, 0) + 1
        if not self._started:
            self._started = True
            # A program that counts nothing needs no thread.
            from lg_core.telemetry._flushing import start  # noqa: PLC0415 -- as the line above says

            start(self)

    def accepted(self, council: "Council | str") -> str | None:
        """Return the code that is counted for a council, or None where it may not be named.

        Args:
            council: an entry of the register, or a code.
        """
        text = council if isinstance(council, str) else str(council.gss)
        known = self._codes.get(text)
        if known is not None:
            return known
        from lg_core.telemetry._settings import find_code  # noqa: PLC0415 -- only where it is on

        code = find_code(text)
        accepts = self.plan.accepts
        if code is None or (code.startswith("x-") if accepts is None else code not in accepts):
            return None
        if len(self._codes) < _MAX_CODES:
            self._codes[text] = code
        return code

    def add_call(
        self,
        component: Component,
        capability: str,
        outcome: str,
        *,
        council: str | None,
        live: bool,
    ) -> None:
        """Count a call of a client, for the client's own council where it has one."""
        who = ACTING.get() or self._default
        if council is not None:
            code = self.accepted(council)
            if code is None:
                # Nobody is credited with what was done for somebody else.
                self._warn(
                    "council_not_counted", setting="LG_TELEMETRY_COUNCILS", reason="not_named"
                )
                return
            who = (code, who[1], who[2])
        self.add(component, capability, Outcome(outcome), live, who)

    def counts_of(self, day: "date", *, today: "date") -> dict[Source, Tally]:
        """Return the exact counts of a day: the store's, and today those that were not yet moved.

        Args:
            day: a day in UTC.
            today: the day that it is now.
        """
        with self._moving:
            found = self.store.read(day, self.plan)
            if day == today:
                own = found.setdefault((self.plan.supplier, self.plan.product), {})
                with self._lock:
                    counts = list(self._counts.items())
                self._put_into_words(counts, own)
        return found

    def flush(self) -> None:
        """Move what was counted to the store, under today's day. What fails to move stays."""
        if self._generation != _fork.generation():
            return  # a parent's counter, in its child
        from datetime import UTC, datetime  # noqa: PLC0415 -- off, it is not needed

        with self._moving:
            with self._lock:
                taken = [(key, count) for key, count in self._counts.items() if count]
                self._counts.update((key, 0) for key, _ in taken)
            if not taken:
                return
            try:
                self.store.add(datetime.now(UTC).date(), self.plan, self._put_into_words(taken, {}))
            except OSError as error:
                with self._lock:
                    for key, count in taken:
                        self._counts[key] += count
                self._warn(
                    "counts_not_written",
                    setting="LG_TELEMETRY_SPOOL",
                    reason=type(error).__name__,
                )

    def _put_into_words(self, counts: "list[tuple[_Key, int]]", into: Tally) -> Tally:
        for (who, component, capability, outcome, live), count in counts:
            environment = self.plan.environment if live else Environment.TEST
            words = (component.name, component.version, capability, str(outcome), str(environment))
            row = (*who, *words)
            if count:
                into[row] = into.get(row, 0) + count
        return into

    def _warn(self, event: str, *, setting: str, reason: str) -> None:
        if not self._warned:
            self._warned = True
            self._log.warning(event, setting=setting, reason=reason)

    def anew(self) -> "Counter":
        """Return a counter with the same plan and nothing counted, for a forked child."""
        return Counter(self.plan, self.store)


class _Undecided:
    """Stands where the counter will be until the first count: then the settings are read."""

    __slots__ = ()

    def add(self, component: Component, capability: str, outcome: str, live: bool) -> None:  # noqa: FBT001, PLR0917 -- as Counter.add
        """Decide, and count."""
        counter = current()
        if counter is not None:
            counter.add(component, capability, outcome, live)


UNDECIDED: Final = _Undecided()
_counter: Counter | _Undecided | None = UNDECIDED


def current() -> Counter | None:
    """Return what counts in this process, or None where counting is off."""
    if isinstance(_counter, _Undecided):
        from lg_core.telemetry._deciding import decide  # noqa: PLC0415 -- at the first count only

        return decide()
    return _counter


def use(counter: Counter | _Undecided | None) -> None:
    """Put a counter in force, or none, or let the next count decide anew."""
    global _counter  # noqa: PLW0603 -- the one process-wide table
    _counter = counter


def count_call(
    component: Component | None, capability: str, outcome: str, *, council: str | None, live: bool
) -> None:
    """Count a call of a client that has ended.

    Args:
        component: the package whose client it is.
        capability: the call's.
        outcome: how it ended, in the words of `lg_core.observers.CallOutcome`.
        council: the client's own council, where it has one.
        live: whether the client speaks to a live account.
    """
    if _counter is None or component is None:
        return
    counter = current()
    if counter is not None:
        counter.add_call(component, capability, outcome, council=council, live=live)


def flush() -> None:
    """Move what this process has counted to the spool now.

    It happens by itself every few minutes and when the process ends. Call it where a process is
    ended without notice, such as a serverless function. Does nothing where counting is off.
    """
    counter = current()
    if counter is not None:
        counter.flush()


def _forked() -> None:
    """Begin from zero in a forked child: what the parent counted is the parent's to report."""
    if isinstance(_counter, Counter):
        use(_counter.anew())


if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(after_in_child=_forked)
