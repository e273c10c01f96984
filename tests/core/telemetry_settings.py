"""Settings with which the tests count, and a process that has decided nothing yet."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lg_core.telemetry import Component, TelemetrySettings
from lg_core.telemetry._deciding import forget

__all__ = ["BRISTOL", "COUNCILS", "DONE", "GARDEN", "LEEDS", "as_new", "counting"]

BRISTOL, LEEDS = "E06000023", "E08000035"
COUNCILS = (BRISTOL, LEEDS, "x-bins-partnership")
DONE = "lg-patterns.garden_waste.completed"
GARDEN = Component(
    "lg-patterns", version="0.1.0", capabilities=(DONE, "lg-patterns.garden_waste.started")
)


@contextmanager
def as_new() -> Generator[None]:
    """Be a process without settings, and put back at the end what the environment held."""
    kept = {
        name: os.environ.pop(name)
        for name in list(os.environ)
        if name.startswith("LG_TELEMETRY") or name == "DO_NOT_TRACK"
    }
    forget()
    try:
        yield
    finally:
        forget()
        os.environ.update(kept)


def counting(spool: Path | None = None, **changes: Any) -> TelemetrySettings:
    """Return settings that count for three councils in production."""
    given: dict[str, Any] = {
        "mode": "on",
        "council": BRISTOL,
        "councils": ",".join(COUNCILS[1:]),
        "supplier": "acme",
        "product": "garden-waste",
        "environment": "production",
        "endpoint": "https://reports.example" if spool is None else None,
        "spool": None if spool is None else str(spool),
    }
    return TelemetrySettings(**{**given, **changes})
