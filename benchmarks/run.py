# SPDX-License-Identifier: MIT
"""Print every benchmark: `uv run python benchmarks/run.py`, or only some: `... run.py search book`.

First the ratios as one table: they hold from machine to machine, where seconds do not. Then what
has a goal in itself, such as so many rows in a minute; each of those runs in a process of its own.
Nothing here is a test.
"""

import importlib
import platform
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from measure import Measured, as_table

RATIOS = {
    "calls": "one_call",
    "search": "one_search",
    "notify_calls": "sending",
    "forms": "one_page",
    "counting": "counting",
    "imports": "imports",
    "store": "keeping",
    "recipients": "one_number",
}
"""Modules, and the function of each that measures ratios."""

ALONE = ("book", "reconcile", "render", "recipients", "outbox", "bulk")
"""Scripts that print figures of their own, and end with 1 where a goal was missed."""


def main(names: Sequence[str]) -> int:
    """Measure, print, and end with 1 where a goal was missed.

    Args:
        names: which benchmarks; all where it is empty.
    """
    wanted = set(names) or {*RATIOS, *ALONE}
    unknown = wanted - {*RATIOS, *ALONE}
    if unknown:
        known = ", ".join(sorted({*RATIOS, *ALONE}))
        print(f"There is no such benchmark. There are: {known}.", file=sys.stderr)
        return 2
    lines: list[Measured] = []
    for module, function in RATIOS.items():
        if module in wanted:
            measure: Callable[[], list[Measured]] = getattr(
                importlib.import_module(module), function
            )
            print(f"measuring {module}", file=sys.stderr, flush=True)
            lines += measure()
    if lines:
        print(as_table(lines))
        print(f"\nPython {platform.python_version()}, {platform.machine()}.", flush=True)
    missed = any(line.ratio > line.goal for line in lines)
    for module in ALONE:
        if module in wanted:
            print(f"\n{module}", flush=True)
            script = Path(__file__).with_name(f"{module}.py")
            done = subprocess.run([sys.executable, script], check=False)  # noqa: S603 -- our own script
            missed = missed or done.returncode != 0
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
