# SPDX-License-Identifier: MIT
"""A file of texts, checked and costed: 20,000 rows and 200,000, the seconds and the memory of each.

Of the rows, nine in ten have UK mobile numbers in the spellings that spreadsheets have. The others
are landlines, numbers abroad, typing mistakes, the same row again, and the same person again. Each
size is measured in a process of its own, from an empty one to the report; the peak of its memory
is what the system counted. Beside them stands a process that loads the same modules and checks
nothing.

`python benchmarks/bulk.py` measures, and ends with 1 where the goals are missed: 60 seconds for
200,000 rows, and no more than 4 MiB between the peaks of the two files. Seconds are those of a
machine without other work.
"""

import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from itertools import cycle
from pathlib import Path

from lg_notify.bulk import BulkFile, BulkReport, BulkRules
from lg_notify.template import Template

SIZES = (1, 20_000, 200_000)
GOAL_SECONDS, GOAL_KIB = 60.0, 4096
USUAL = ("07{}", "07{} ", "+447{}", "00447{}", "447{}", "7{}", "07{} ", "+44 (0)7{}", "07-{}")
OTHERS = (
    "020 7946 {}", "+33 6 12 34 {}", "079009001{}", "07700 9{}", "+34 612 34 {}", "0161 {}",
    "none", "07{} ext 2", "+44 7624 12{}",
)  # fmt: skip
TEMPLATE = Template(
    id="0f9f1b4c-2f7a-4c53-9d0e-6a1a5c0d1e02",
    type="sms",
    name="Bin day",
    version=1,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
    body="Hello ((name)), your next bin day is ((day)). ((garden??Put your garden waste out.))",
)


def write_file(path: Path, rows: int) -> None:
    """Write a file of rows, the same ones each time."""
    with path.open("w", encoding="utf-8") as file:
        file.write("Phone number,Name,Day,Garden,Ward\n")
        for row, usual, other in zip(range(rows), cycle(USUAL), cycle(OTHERS), strict=False):
            number = usual.format(f"{123 + row % 7}{row:06}")
            if row % 10 == 0:
                number = other.format(f"{row % 9973:04}")
            name = f"Siân ŵ {row}" if row % 50 == 0 else f"Ann Example {row % 1000}"
            garden = "yes" if row % 3 else "no"
            file.write(f"{number},{name},Monday {row % 28 + 1} March,{garden},{row % 40}\n")


def check(path: Path) -> BulkReport:
    """Check and cost a file."""
    rules = BulkRules(on=date(2026, 11, 28), international=True)
    file = BulkFile(path, template=TEMPLATE, rules=rules, prefix="Council")
    return file.check(now=datetime.now(UTC), free_fragments=10_000)


def one(path: str) -> None:
    """Measure one file in this process, and print the seconds, the KiB and what was found."""
    began = time.perf_counter()
    report = check(Path(path))
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(seconds, peak, report.rows, report.sendable, report.cost.pounds)


def main() -> int:
    """Measure each size, and print a table."""
    print("| rows | can be sent | cost | seconds | rows a second | peak memory |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: |")
    found: dict[int, tuple[float, int]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for rows in SIZES:
            path = Path(folder, f"{rows}.csv")
            write_file(path, rows)
            told = subprocess.run(  # noqa: S603 -- this script
                [sys.executable, __file__, str(path)], check=True, capture_output=True, text=True
            ).stdout.split()
            seconds, kib = float(told[0]), int(told[1])
            found[rows] = (seconds, kib)
            print(
                f"| {rows:,} | {int(told[3]):,} | £{told[4]} | {seconds:.1f} | "
                f"{rows / seconds:,.0f} | {kib / 1024:.1f} MiB |"
            )
    grown = found[SIZES[-1]][1] - found[SIZES[1]][1]
    print(f"\nTen times the rows take {grown:,} KiB more.")
    return int(found[SIZES[-1]][0] > GOAL_SECONDS or grown > GOAL_KIB)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        one(sys.argv[1])
    else:
        sys.exit(main())
