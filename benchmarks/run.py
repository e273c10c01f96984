# SPDX-License-Identifier: MIT
"""Print every benchmark as one table: `uv run python benchmarks/run.py`.

Ratios hold from machine to machine where seconds do not. Nothing here is a test.
"""

import platform
import sys

from calls import one_call
from counting import counting
from forms import one_page
from imports import imports
from measure import as_table


def main() -> int:
    """Measure, print, and end with 1 where a goal was missed."""
    lines = [*one_call(), *one_page(), *counting(), *imports()]
    print(as_table(lines))
    print(f"\nPython {platform.python_version()}, {platform.machine()}.")
    return int(any(line.ratio > line.goal for line in lines))


if __name__ == "__main__":
    sys.exit(main())
