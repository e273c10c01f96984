# SPDX-License-Identifier: MIT
"""What a dry run found in a file: counts, sums, and each problem with its line and its column.

The first thousand problems and warnings are held in words; those after them are counted by kind,
so that a wrong column in a large file takes no memory. The results of a run name every one.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from lg_notify.bulk._rows import BulkRow, Finding
from lg_notify.bulk._schedule import Schedule
from lg_notify.bulk._spending import BulkCost, Spending

if TYPE_CHECKING:
    from lg_notify.costs import Cost

__all__ = ["MOST_TOLD", "BulkReport", "LineFinding", "Tally"]

MOST_TOLD: Final = 1000
"""How many problems, and how many warnings, a report holds in words."""


@dataclass(frozen=True, slots=True)
class LineFinding:
    """A problem or a warning, and where it is.

    Attributes:
        line: the line of the file, from 1.
        column: what is in the column; empty where it is the whole row.
        code: what it is; see `Finding`.
        text: what is wrong and what to do.
    """

    line: int
    column: str
    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkReport:
    """What a dry run found.

    Attributes:
        rows: how many rows the file has.
        sendable: how many have no problem.
        problems: the first of them, in the order of the file.
        problem_counts: how many there are of each kind, of all.
        warnings: the first of them.
        warning_counts: how many there are of each kind, of all.
        lengths: of texts: how many rows are so many fragments long.
        cost: what the rows without a problem cost.
        within_budget: how many of them the budget pays for; all where there is none.
        schedule: when they are sent.
    """

    rows: int
    sendable: int
    problems: tuple[LineFinding, ...]
    problem_counts: Mapping[str, int]
    warnings: tuple[LineFinding, ...]
    warning_counts: Mapping[str, int]
    lengths: Mapping[int, int]
    cost: BulkCost
    within_budget: int
    schedule: Schedule | None = None

    @property
    def clean(self) -> bool:
        """Whether every row can be sent."""
        return self.sendable == self.rows


@dataclass(slots=True)
class _Found:
    """Findings of one kind, counted, and the first of them."""

    first: list[LineFinding] = field(default_factory=list["LineFinding"])
    counts: Counter[str] = field(default_factory=Counter[str])

    def add(self, line: int, found: Iterable[Finding]) -> None:
        for each in found:
            self.counts[each.code] += 1
            if len(self.first) < MOST_TOLD:
                self.first.append(LineFinding(line, each.column, each.code, each.text))


class Tally:
    """Counts rows as they are checked.

    Args:
        spending: knows which rows the budget pays for.
        free_fragments: what is left of the year's allowance.
    """

    def __init__(self, spending: Spending, *, free_fragments: int = 0) -> None:
        self._spending = spending
        self._free = free_fragments
        self._rows = 0
        self._costs: Counter[Cost] = Counter()
        self._within = 0
        self._problems = _Found()
        self._warnings = _Found()

    def add(self, row: BulkRow) -> None:
        """Count a row.

        Args:
            row: the row.
        """
        self._rows += 1
        if row.problems:
            self._problems.add(row.line, row.problems)
        if row.warnings:
            self._warnings.add(row.line, row.warnings)
        if row.cost is not None:
            self._costs[row.cost] += 1
            self._within += self._spending.takes(row.cost)

    @property
    def sendable(self) -> int:
        """How many of them have no problem."""
        return self._costs.total()

    @property
    def within_budget(self) -> int:
        """How many of them the budget pays for."""
        return self._within

    def report(self, *, schedule: Schedule | None = None) -> BulkReport:
        """Return what was counted.

        Args:
            schedule: when the rows are sent.
        """
        lengths: Counter[int] = Counter()
        for cost, rows in self._costs.items():
            if cost.fragments:
                lengths[cost.fragments] += rows
        return BulkReport(
            rows=self._rows,
            sendable=self.sendable,
            problems=tuple(self._problems.first),
            problem_counts=dict(self._problems.counts.most_common()),
            warnings=tuple(self._warnings.first),
            warning_counts=dict(self._warnings.counts.most_common()),
            lengths=dict(sorted(lengths.items())),
            cost=BulkCost.of(self._costs.items(), free_fragments=self._free),
            within_budget=self._within,
            schedule=schedule,
        )
