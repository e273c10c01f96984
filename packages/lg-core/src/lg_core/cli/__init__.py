# SPDX-License-Identifier: MIT
"""One shape for every command-line tool: the same exits, options, output and errors.

- Results go to stdout, as text for people or as JSON with `--json`. Logs and notes go to stderr.
- A tool ends with one of the numbers of `Exit`, so that a scheduler can act on it.
- A long job shows a progress bar when a person is watching.

Typer and Rich come with the extra `[cli]`. Importing this package imports neither, so the exit
numbers can be used without them.
"""

from lg_core.cli._bar import Told, bar
from lg_core.cli._exits import Exit, exit_for
from lg_core.cli._options import (
    account_option,
    agreed,
    day_of,
    file_option,
    imported,
    yes_option,
)
from lg_core.cli._output import emit, note, progress, table
from lg_core.cli._run import run
from lg_core.cli._serving import until_stopped
from lg_core.cli._shape import command_line, json_option
from lg_core.cli._steps import Step, Steps, print_step
from lg_core.cli._stores import (
    GOOD,
    StoreStatus,
    show_removed,
    show_status,
    state_of,
    upgrade_tables,
)

__all__ = [
    "GOOD",
    "Exit",
    "Step",
    "Steps",
    "StoreStatus",
    "Told",
    "account_option",
    "agreed",
    "bar",
    "command_line",
    "day_of",
    "emit",
    "exit_for",
    "file_option",
    "imported",
    "json_option",
    "note",
    "print_step",
    "progress",
    "run",
    "show_removed",
    "show_status",
    "state_of",
    "table",
    "until_stopped",
    "upgrade_tables",
    "yes_option",
]
