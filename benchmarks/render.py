# SPDX-License-Identifier: MIT
"""A run of texts rendered before it is sent, against a bare `re.sub` that fills and counts nothing.

`python benchmarks/render.py` prints the table and how many texts and e-mails are rendered in a
second, and ends with 1 where the goal of 20,000 texts a second is missed. Seconds are those of a
machine without other work.
"""

import gc
import re
import statistics
import sys
import time
from collections.abc import Callable

from measure import Measured, as_table

from lg_notify import render

__all__ = ["one_text"]

ROUNDS, TEXTS, EMAILS = 15, 2_000, 100
GOAL = 20_000
BODY = (
    "Dear ((name)), your garden waste bin is collected on ((day)) from 7am. "
    "((garden??Please put out the garden bin too.)) Reply STOP to end."
)
MARK = re.compile(r"\(\(([^()?]+)(\?\?[^()]+)?\)\)")
EMAIL = (
    "# Hello ((name))\n\nWe collect on ((day)):\n\n((bins))\n\n^ Put them out by 7am.\n\n"
    "Read [what goes where](https://www.example.gov.uk/bins), or see https://example.gov.uk"
)


def values(number: int) -> dict[str, object]:
    """Make the values of one resident."""
    return {
        "name": f"Resident {number}",
        "day": "Monday",
        "garden": "yes" if number % 2 else "no",
        "bins": ["Garden", "Recycling"],
    }


def one_text() -> tuple[list[Measured], float, float]:
    """Return the line of the table, and the texts and the e-mails rendered in a second."""
    residents = [values(number) for number in range(TEXTS)]

    def ours() -> None:
        for resident in residents:
            assert render.sms(BODY, resident, prefix="Council").fragments == 1

    def by_hand() -> None:
        for resident in residents:
            assert MARK.sub(lambda mark, resident=resident: str(resident[mark[1]]), BODY)

    def emails() -> None:
        for resident in residents[:EMAILS]:
            assert render.email("Bins on ((day))", EMAIL, resident).html

    pairs = [(_time(ours) / TEXTS, _time(by_hand) / TEXTS) for _ in range(ROUNDS)]
    text = statistics.median(one for one, _ in pairs)
    email = statistics.median(_time(emails) / EMAILS for _ in range(ROUNDS))
    line = Measured(
        what="render.sms, one text",
        against="re.sub alone",
        ours=text,
        other=statistics.median(other for _, other in pairs),
        ratio=statistics.median(one / other for one, other in pairs),
        goal=10.0,
    )
    return [line], 1 / text, 1 / email


def _time(work: Callable[[], None]) -> float:
    gc.collect()
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> int:
    """Measure, print, and end with 1 where a goal was missed."""
    lines, texts, emails = one_text()
    print(as_table(lines))
    print(f"\n{texts:,.0f} texts and {emails:,.0f} e-mails rendered in a second.")
    return int(texts < GOAL or any(line.ratio > line.goal for line in lines))


if __name__ == "__main__":
    sys.exit(main())
