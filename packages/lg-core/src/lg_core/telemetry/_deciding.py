# SPDX-License-Identifier: MIT
"""Decide whether use is counted: DO_NOT_TRACK, LG_TELEMETRY=off, `configure`, the environment."""

import os
import threading
from dataclasses import dataclass
from typing import Final

from lg_core.logs import get_logger
from lg_core.telemetry import _counting
from lg_core.telemetry._counting import Counter
from lg_core.telemetry._settings import PREFIX, Plan, TelemetrySettings, plan_of
from lg_core.telemetry._words import Mode

__all__ = ["Status", "configure", "decide", "forget", "status"]

_NO: Final = frozenset({"", "0", "false", "no"})


@dataclass(frozen=True, slots=True)
class Status:
    """Whether use is counted, and why.

    Attributes:
        mode: off, local or on.
        decided_by: what decided: `DO_NOT_TRACK`, `LG_TELEMETRY`, `configure` or `default`.
        problems: what keeps it off though it was asked for: a sentence a setting, without values.
    """

    mode: Mode
    decided_by: str
    problems: tuple[str, ...] = ()


class _State:
    """What was decided, of which a process has one."""

    __slots__ = ("configured", "lock", "status")

    def __init__(self) -> None:
        self.configured: TelemetrySettings | None = None
        self.status: Status | None = None
        self.lock = threading.RLock()


_STATE = _State()


def _forked() -> None:
    _STATE.lock = threading.RLock()  # the thread that held the other one is not in the child


if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(after_in_child=_forked)


def configure(settings: TelemetrySettings) -> Status:
    """Set whether use is counted, in place of the environment variables. Never raises.

    `DO_NOT_TRACK=1` and `LG_TELEMETRY=off` still win. What was counted before is kept in its own
    spool, if it had one. Call it once, before anything is counted.

    Args:
        settings: what to count for, and where to keep it.

    Returns:
        What is in force now. Where something is missing or wrong it is off, and one warning says
        what.
    """
    with _STATE.lock:
        if _STATE.status is not None:  # something may have been counted before
            _counting.flush()
        _STATE.configured = settings
        _decide()
        return _known()


def status() -> Status:
    """Return whether use is counted in this process, and what decided."""
    with _STATE.lock:
        if _STATE.status is None:
            _decide()
        return _known()


def _known() -> Status:
    assert _STATE.status is not None  # noqa: S101 -- it has just been decided
    return _STATE.status


def decide() -> Counter | None:
    """Read the settings, once, and return what counts from now on."""
    status()
    return _counting.current()


def forget() -> None:
    """Let the next count decide anew, as in a new process. For tests."""
    with _STATE.lock:
        _STATE.configured = _STATE.status = None
        _counting.use(_counting.UNDECIDED)


def _decide() -> None:
    settings, decided_by = _winner()
    if settings.mode == Mode.OFF:
        _STATE.status = Status(Mode.OFF, decided_by)
        _counting.use(None)
        return
    plan = plan_of(settings)
    if not isinstance(plan, Plan):
        _STATE.status = Status(Mode.OFF, decided_by, plan)
        _counting.use(None)
        get_logger("lg_core").warning("telemetry_is_off", reason=" ".join(plan)[:200])
        return
    _STATE.status = Status(plan.mode, decided_by)
    # Loaded only where something is counted.
    from lg_core.telemetry._spool import store_for  # noqa: PLC0415 -- as the line above says

    _counting.use(Counter(plan, store_for(plan)))


def _winner() -> tuple[TelemetrySettings, str]:
    off = TelemetrySettings()
    if os.environ.get("DO_NOT_TRACK", "").strip().lower() not in _NO:
        return off, "DO_NOT_TRACK"
    mode = os.environ.get(PREFIX, "").strip()
    if mode == Mode.OFF:
        return off, PREFIX
    if _STATE.configured is not None:
        return _STATE.configured, "configure"
    return (TelemetrySettings.from_env(), PREFIX) if mode else (off, "default")
