# SPDX-License-Identifier: MIT
"""A council's file of 200,000 numbers, checked and costed; and one number, against the library.

Of the file nine in ten are UK mobile numbers in the spellings that spreadsheets have. The rest are
landlines, numbers abroad, typing mistakes and nonsense, which take the library. Beside one number
stands what somebody would write without lg-notify: phonenumbers' parse, is_valid_number and
format_number.

`python benchmarks/recipients.py` measures, and ends with 1 where the goals are missed: 20,000
usual numbers a second, and 30 seconds for the file, half of the minute in which a file must be
checked, costed and rendered. Seconds are those of a machine without other work.
"""

import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from itertools import cycle, islice

import phonenumbers
from measure import Measured, as_table

from lg_notify.costs import Budget, CostEstimate, sms_cost
from lg_notify.recipients import check_email, check_phone, check_postal

__all__ = ["one_number"]

ROWS, ROUNDS, NUMBERS = 200_000, 9, 3_000
USUAL_RATE, FILE_SECONDS = 20_000, 30.0
DAY = date(2026, 11, 28)
USUAL = ("07{}", "07{} ", "+447{}", "00447{}", "447{}", "7{}", "07{} ", "+44 (0)7{}", "07-{}")
OTHERS = (
    "020 7946 {}", "+33 6 12 34 {}", "079009001{}", "07700 9{}", "+34 612 34 {}", "0161 {}",
    "none", "07{} ext 2", "+44 7624 12{}",
)  # fmt: skip


def numbers(rows: int = ROWS) -> list[str]:
    """Make a file's numbers, the same ones each time."""
    made: list[str] = []
    for row, usual, other in zip(range(rows), cycle(USUAL), cycle(OTHERS), strict=False):
        if row % 10:
            made.append(usual.format(f"{123 + row % 7}{row:06}"))
        else:
            made.append(other.format(f"{row % 9973:04}"))
    return made


def one_number() -> list[Measured]:
    """Compare checking a UK mobile number with what the library alone would take."""
    usual = list(islice((number for number in numbers() if number[-1].isdigit()), 9 * NUMBERS))
    usual = [number for number in usual if check_phone(number).ok][:NUMBERS]
    pairs = [(_seconds(check_phone, usual), _seconds(_bare, usual)) for _ in range(ROUNDS)]
    return [
        Measured(
            what="a UK mobile number, checked",
            against="phonenumbers alone",
            ours=statistics.median(one for one, _ in pairs),
            other=statistics.median(two for _, two in pairs),
            ratio=statistics.median(one / two for one, two in pairs),
            goal=0.25,
        )
    ]


def one_file(rows: list[str]) -> tuple[float, CostEstimate]:
    """Check and cost a file; return the seconds and what it would cost."""
    began = time.perf_counter()
    costs = [
        sms_cost(1, multiplier=found.rate_multiplier, on=DAY, message=str(row))
        for row, found in enumerate(check_phone(each, international=True) for each in rows)
        if found.ok
    ]
    estimate = CostEstimate.of(costs, free_fragments=10_000)
    budget = Budget(estimate.full_pounds)
    for cost in costs:
        budget.spend(cost.pounds)
    return time.perf_counter() - began, estimate


def _bare(text: str) -> str:
    number = phonenumbers.parse(text, "GB")
    valid = phonenumbers.is_valid_number(number)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if valid else ""


def _seconds(work: Callable[[str], object], rows: list[str]) -> float:
    began = time.perf_counter()
    for row in rows:
        work(row)
    return (time.perf_counter() - began) / len(rows)


def main() -> int:
    """Measure, and print."""
    lines = one_number()
    print(as_table(lines))
    rate = 1 / lines[0].ours
    seconds, estimate = one_file(numbers())
    emails = [f"ann.{row}@example{row % 500}.gov.uk" for row in range(NUMBERS)]
    lines_of = ["Ann Example", "1 High Street", "Testham", "SW1A 1AA"]
    letters = [f"{row}\n" + "\n".join(lines_of) for row in range(NUMBERS)]
    print(f"\n{rate:,.0f} usual numbers a second.")
    print(f"{1 / _seconds(check_email, emails):,.0f} e-mail addresses a second.")
    print(f"{1 / _seconds(check_postal, letters):,.0f} postal addresses a second.")
    print(f"{ROWS:,} rows, {estimate.texts:,} of them right: {seconds:.1f} s.")
    missed = any(line.ratio > line.goal for line in lines)
    return int(missed or rate < USUAL_RATE or seconds > FILE_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
