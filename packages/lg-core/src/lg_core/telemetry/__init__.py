# SPDX-License-Identifier: MIT
"""Count use: which capability, for which council and service, how often, with what outcome.

Off by default. A council switches it on with environment variables (`LG_TELEMETRY` and the rest)
or a program with `configure`. `DO_NOT_TRACK=1` and `LG_TELEMETRY=off` win over everything. Calls of
the clients count by themselves; a package counts its own steps with a `Component`. A process that
serves several councils says whom it serves with `acting_for`. Only values of closed lists are
counted, and a report gives bands in place of counts. Nothing here sends.
"""

from typing import TYPE_CHECKING

from lg_core.lazy import lazy_names

if TYPE_CHECKING:
    from lg_core.telemetry._acting import acting_for
    from lg_core.telemetry._counting import Component, flush
    from lg_core.telemetry._deciding import Status, configure, status
    from lg_core.telemetry._report import Report, Sdk, Use, report, reports
    from lg_core.telemetry._settings import TelemetrySettings
    from lg_core.telemetry._words import Band, Environment, Mode, Outcome

__all__ = [
    "Band",
    "Component",
    "Environment",
    "Mode",
    "Outcome",
    "Report",
    "Sdk",
    "Status",
    "TelemetrySettings",
    "Use",
    "acting_for",
    "configure",
    "flush",
    "report",
    "reports",
    "status",
]

if not TYPE_CHECKING:
    # A package that registers what it counts pays for that alone, not for reports.
    __getattr__ = lazy_names(
        __name__,
        {
            "Band": "lg_core.telemetry._words",
            "Component": "lg_core.telemetry._counting",
            "Environment": "lg_core.telemetry._words",
            "Mode": "lg_core.telemetry._words",
            "Outcome": "lg_core.telemetry._words",
            "Report": "lg_core.telemetry._report",
            "Sdk": "lg_core.telemetry._report",
            "Status": "lg_core.telemetry._deciding",
            "TelemetrySettings": "lg_core.telemetry._settings",
            "Use": "lg_core.telemetry._report",
            "acting_for": "lg_core.telemetry._acting",
            "configure": "lg_core.telemetry._deciding",
            "flush": "lg_core.telemetry._counting",
            "report": "lg_core.telemetry._report",
            "reports": "lg_core.telemetry._report",
            "status": "lg_core.telemetry._deciding",
        },
    )
