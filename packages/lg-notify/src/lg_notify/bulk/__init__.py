# SPDX-License-Identifier: MIT
"""Send a file of messages: checked and costed first, each row once, and every result told.

    file = BulkFile("bins.csv", template=notify.get_template(template_id), rules=rules)
    report = file.check(now=datetime.now(UTC))        # sends nothing

    run = BulkRun(outbox, name="bins-april")
    run.enqueue(file.rows())                          # again after a crash: what is new is added
    run.dispatch(Dispatcher(outbox, notify))
    write_results("results.csv", run.results())

The same rows under the same name are the same messages, whenever and however often they are given.
"""

from typing import TYPE_CHECKING

from lg_core.lazy import lazy_names

if TYPE_CHECKING:
    from lg_notify.bulk._file import BulkFile
    from lg_notify.bulk._report import BulkReport, LineFinding
    from lg_notify.bulk._results import ResultRow, write_results
    from lg_notify.bulk._rows import BulkRow, BulkRules, Finding
    from lg_notify.bulk._run import BulkRun, Enqueued, Standing
    from lg_notify.bulk._schedule import DAILY_LIMITS, Schedule, schedule
    from lg_notify.bulk._spending import BulkCost
    from lg_notify.bulk._template import BulkTemplate

_HOMES = {
    "BulkFile": "lg_notify.bulk._file",
    **dict.fromkeys(("BulkReport", "LineFinding"), "lg_notify.bulk._report"),
    **dict.fromkeys(("ResultRow", "write_results"), "lg_notify.bulk._results"),
    **dict.fromkeys(("BulkRow", "BulkRules", "Finding"), "lg_notify.bulk._rows"),
    **dict.fromkeys(("BulkRun", "Enqueued", "Standing"), "lg_notify.bulk._run"),
    **dict.fromkeys(("DAILY_LIMITS", "Schedule", "schedule"), "lg_notify.bulk._schedule"),
    "BulkCost": "lg_notify.bulk._spending",
    "BulkTemplate": "lg_notify.bulk._template",
}

__all__ = [
    "DAILY_LIMITS",
    "BulkCost",
    "BulkFile",
    "BulkReport",
    "BulkRow",
    "BulkRules",
    "BulkRun",
    "BulkTemplate",
    "Enqueued",
    "Finding",
    "LineFinding",
    "ResultRow",
    "Schedule",
    "Standing",
    "schedule",
    "write_results",
]

if not TYPE_CHECKING:
    __getattr__ = lazy_names(__name__, _HOMES)
