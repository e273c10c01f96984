# SPDX-License-Identifier: MIT
"""One line of a benchmark's result: always a ratio of two things measured in one run."""

from dataclasses import dataclass

__all__ = ["Measured", "as_table"]


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured.

    Attributes:
        what: what of ours.
        against: what it was compared with.
        ours: seconds that ours took, the median.
        other: seconds that the other took, the median.
        ratio: the median of the rounds' ratios, ours to other.
        goal: the largest ratio that is good enough.
    """

    what: str
    against: str
    ours: float
    other: float
    ratio: float
    goal: float


def as_table(lines: list[Measured]) -> str:
    """Lay the lines out as a Markdown table."""
    rows = [
        "| what | against | ours | other | ratio | goal |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
    ]
    rows += [
        f"| {line.what} | {line.against} | {_time(line.ours)} | {_time(line.other)} "
        f"| {line.ratio:.2f} | {line.goal:.2f} |"
        for line in lines
    ]
    return "\n".join(rows)


def _time(seconds: float) -> str:
    if seconds > 0.005:  # noqa: PLR2004 -- where milliseconds read better
        return f"{seconds * 1e3:.0f} ms"
    if seconds > 2e-6:  # noqa: PLR2004 -- and here microseconds
        return f"{seconds * 1e6:.0f} µs"
    return f"{seconds * 1e9:.0f} ns"
