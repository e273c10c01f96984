# SPDX-License-Identifier: MIT
"""Match expected sums with bank lines. A rule that leaves a choice lists it, and chooses nothing.

For each account, in this order:

1. One sum and one line, equal, the line booked on the settled date, and no other such line:
   matched. Then the same for lines booked a few days after, where neither the sum nor the line
   has another that could take its place.
2. A sum and all lines of one day, which together make the sum, likewise: matched, as several
   payouts.
3. A sum that more than one line could be, or a line that more than one sum could be: ambiguous,
   with all of the lines named.
4. A sum and lines booked on the very day, which differ: a residual.
5. The rest: a sum that is missing at the bank, a line that nobody expected.

Each sum and each line is in one row, so the residuals add up to what was expected less what came.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from lg_core.errors import InvalidValueError
from lg_core.money import Pence, format_pounds
from lg_pay.settlement._bank import BankLine, BankStatement
from lg_pay.settlement._expected import (
    Expected,
    NotSettled,
    SettlementProblem,
    SettlementTally,
)

__all__ = ["Match", "MatchOutcome", "SettlementReport", "match"]


class MatchOutcome(StrEnum):
    """How a sum and the bank's lines go together. Names are stable."""

    MATCHED = "matched"
    """One line is the sum."""
    SEVERAL_PAYOUTS = "several_payouts"
    """All lines of one day together are the sum. Which payment was in which is not known."""
    RESIDUAL = "residual"
    """Lines were booked on the settled date, and they differ from the sum."""
    AMBIGUOUS = "ambiguous"
    """More than one line could be the sum, or more than one sum the line."""
    MISSING_AT_BANK = "missing_at_bank"
    """No line could be the sum."""
    NOT_EXPECTED = "not_expected"
    """A line that no sum explains."""
    NOTHING_DUE = "nothing_due"
    """The day comes to nought, and no line is needed."""


@dataclass(frozen=True, slots=True)
class Match:
    """One row of the report.

    Attributes:
        account: the account's name.
        day: the settled date, or for a line that nobody expected the day of its booking.
        outcome: how they go together.
        expected: the sum that should have arrived, or None.
        lines: the bank's lines that belong to this row alone.
        candidates: for an ambiguous row, the numbers of the lines that could be the sum.
    """

    account: str
    day: date
    outcome: MatchOutcome
    expected: Expected | None
    lines: tuple[BankLine, ...] = ()
    candidates: tuple[int, ...] = ()

    @property
    def received(self) -> Pence:
        """What the lines of this row add up to, in pence."""
        return sum((line.amount for line in self.lines), Pence(0))

    @property
    def residual(self) -> Pence:
        """What was expected less what came, in pence: above 0 where money is missing."""
        return (self.expected.amount if self.expected else Pence(0)) - self.received


@dataclass(frozen=True, slots=True)
class SettlementReport:
    """What was expected, what came, and what is left to look into.

    Attributes:
        matches: the rows, by account and day.
        not_settled: for each account, what has no settled date; nothing can be said of it.
        problems: for each account, what could not be added up.
    """

    matches: tuple[Match, ...]
    not_settled: tuple[tuple[str, NotSettled], ...]
    problems: tuple[tuple[str, str, SettlementProblem], ...]

    @property
    def expected(self) -> Pence:
        """All that should have arrived, in pence."""
        return sum((row.expected.amount for row in self.matches if row.expected), Pence(0))

    @property
    def received(self) -> Pence:
        """All that came, in pence."""
        return sum((row.received for row in self.matches), Pence(0))

    @property
    def residual(self) -> Pence:
        """The sum of all residuals, which is what was expected less what came."""
        return sum((row.residual for row in self.matches), Pence(0))

    @property
    def settled(self) -> bool:
        """Whether every sum and every line found its partner, and nothing was left out."""
        good = {MatchOutcome.MATCHED, MatchOutcome.SEVERAL_PAYOUTS, MatchOutcome.NOTHING_DUE}
        return not self.problems and all(row.outcome in good for row in self.matches)

    @property
    def header(self) -> tuple[str, ...]:
        """The headings of `rows`."""
        return (
            "Account", "Settled", "Outcome", "Payments", "Gross", "Fees", "Refunds", "Disputes",
            "Expected", "Received", "Residual", "Statement lines",
        )  # fmt: skip

    def rows(self) -> tuple[tuple[str | int | date, ...], ...]:
        """Return the matches as rows of a table or of a CSV file, amounts in pounds."""
        return tuple(_row(match) for match in self.matches)


def match(tallies: Iterable[SettlementTally], statement: BankStatement) -> SettlementReport:
    """Match what was expected with what came.

    Give the payments settled in a time and the statement of the same time, with the few days after
    it: a line on the edge looks unexpected otherwise.

    Args:
        tallies: what was expected, one tally an account.
        statement: what came.

    Returns:
        The report.

    Raises:
        InvalidValueError: two tallies have the same account.
    """
    kept = list(tallies)
    names = [tally.account for tally in kept]
    if len(set(names)) != len(names):
        raise InvalidValueError(
            "Two tallies are of the same account: add both to one tally.", field="tallies"
        )
    rows: list[Match] = []
    for name in sorted({*names, *(line.account for line in statement.lines)}):
        expected = [each for tally in kept if tally.account == name for each in tally.expected]
        lines = [line for line in statement.lines if line.account == name]
        rows += _Account(name, expected, lines).matched(timedelta(days=statement.days_after))
    rows.sort(key=lambda row: (row.account, row.day, row.expected is None))
    return SettlementReport(
        tuple(rows),
        tuple((tally.account, each) for tally in kept for each in tally.not_settled),
        tuple((tally.account, name, why) for tally in kept for name, why in tally.problems),
    )


class _Account:
    """The sums and lines of one account that have found no partner yet."""

    def __init__(self, name: str, expected: Sequence[Expected], lines: Sequence[BankLine]) -> None:
        self._name = name
        self._sums = {each.day: each for each in expected}
        self._lines = {line.line: line for line in lines}
        self._rows: list[Match] = []

    def matched(self, lag: timedelta) -> list[Match]:
        for each in [each for each in self._sums.values() if each.amount == 0]:
            self._take(each, MatchOutcome.NOTHING_DUE, ())
        self._single_lines(timedelta(0))
        self._whole_days(timedelta(0), {})
        ambiguous = self._single_lines(lag)
        self._whole_days(lag, ambiguous)
        for day, numbers in ambiguous.items():
            candidates = tuple(sorted(numbers))
            self._take(self._sums[day], MatchOutcome.AMBIGUOUS, (), candidates=candidates)
        listed = {number for numbers in ambiguous.values() for number in numbers}
        for each in list(self._sums.values()):
            booked = self._on(each.day, without=listed)
            outcome = MatchOutcome.RESIDUAL if booked else MatchOutcome.MISSING_AT_BANK
            self._take(each, outcome, booked)
        for line in list(self._lines.values()):
            outcome = MatchOutcome.AMBIGUOUS if line.line in listed else MatchOutcome.NOT_EXPECTED
            self._rows.append(Match(self._name, line.day, outcome, None, (line,)))
        return self._rows

    def _single_lines(self, lag: timedelta) -> dict[date, set[int]]:
        """Match sums with the one line that can be theirs; return those with a choice."""
        could_be = {
            day: {
                line.line
                for line in self._lines.values()
                if line.amount == each.amount and day <= line.day <= day + lag
            }
            for day, each in self._sums.items()
        }
        wanted: defaultdict[int, set[date]] = defaultdict(set)
        for day, numbers in could_be.items():
            for number in numbers:
                wanted[number].add(day)
        ambiguous: dict[date, set[int]] = {}
        for day, numbers in could_be.items():
            if len(numbers) == 1 and all(wanted[number] == {day} for number in numbers):
                self._take(self._sums[day], MatchOutcome.MATCHED, [self._lines[n] for n in numbers])
            elif numbers:
                ambiguous[day] = numbers
        return ambiguous

    def _whole_days(self, lag: timedelta, ambiguous: dict[date, set[int]]) -> None:
        """Match sums with all lines of one day, where one day alone can be theirs."""
        listed = {number for numbers in ambiguous.values() for number in numbers}
        booked: defaultdict[date, list[BankLine]] = defaultdict(list)
        for line in self._lines.values():
            if line.line not in listed:
                booked[line.day].append(line)
        totals = {
            day: sum((line.amount for line in lines), Pence(0))
            for day, lines in booked.items()
            if len(lines) > 1
        }
        open_ = [each for day, each in self._sums.items() if day not in ambiguous]
        could_be = {
            each.day: [
                day
                for day, total in totals.items()
                if total == each.amount and each.day <= day <= each.day + lag
            ]
            for each in open_
        }
        for each in open_:
            days = could_be[each.day]
            rivals = [day for day, found in could_be.items() if set(found) & set(days)]
            if len(days) == 1 and rivals == [each.day]:
                self._take(each, MatchOutcome.SEVERAL_PAYOUTS, booked[days[0]])
            elif days:
                ambiguous[each.day] = {line.line for day in days for line in booked[day]}

    def _on(self, day: date, *, without: set[int]) -> list[BankLine]:
        return [
            line for line in self._lines.values() if line.day == day and line.line not in without
        ]

    def _take(
        self,
        expected: Expected,
        outcome: MatchOutcome,
        lines: Sequence[BankLine],
        *,
        candidates: tuple[int, ...] = (),
    ) -> None:
        del self._sums[expected.day]
        for line in lines:
            del self._lines[line.line]
        self._rows.append(
            Match(self._name, expected.day, outcome, expected, tuple(lines), candidates)
        )


def _row(match: Match) -> tuple[str | int | date, ...]:
    sums = match.expected or Expected(match.account, match.day)
    numbers = [line.line for line in match.lines] or match.candidates
    return (
        match.account,
        match.day,
        match.outcome.value,
        sums.payments,
        *(
            format_pounds(amount, symbol=False, commas=False)
            for amount in (
                sums.gross,
                sums.fees,
                sums.refunds,
                sums.disputes,
                sums.amount,
                match.received,
                match.residual,
            )
        ),
        " ".join(map(str, numbers)),
    )
