# SPDX-License-Identifier: MIT
"""Read the parameters of a search, and say which of them are wrong.

Sources: API reference, 'Search payments', and publicapi code, `SearchValidator` and the validators
on it: a blank parameter counts as absent, an unknown one is ignored, and all wrong ones are named
in one answer (422).
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

__all__ = ["DATES", "PAGING", "SETTLED", "Query", "read_query"]

_ZONED = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})(\[[\w/+-]+\])?",
    re.ASCII,
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
MOST = 500

DATES = ("from_date", "to_date")
"""Parameters that are instants."""
SETTLED = ("from_settled_date", "to_settled_date")
"""Parameters that are days."""
PAGING = ("page", "display_size")
"""Parameters that say which page."""


@dataclass(frozen=True, slots=True)
class Query:
    """The parameters of a search that are right.

    Args:
        words: the parameters that stay words, by name.
        created: the instants `from_date` and `to_date`, in UTC.
        settled: the days `from_settled_date` and `to_settled_date`.
        page: which page, from 1.
        display_size: how many results a page has.
    """

    words: dict[str, str] = field(repr=False)
    created: tuple[datetime | None, datetime | None]
    settled: tuple[date | None, date | None]
    page: int
    display_size: int

    def settles(self, day: date | None) -> bool:
        """Say whether a day of settlement fits: from the first on, and before the second.

        Args:
            day: the day; None for what is not settled.
        """
        start, end = self.settled
        if start is None and end is None:
            return True
        return day is not None and (start is None or day >= start) and (end is None or day < end)

    @property
    def name(self) -> tuple[tuple[str, str], ...]:
        """What tells this search from others, whatever page is asked for."""
        return tuple(each for each in self.words.items() if each[0] not in PAGING)

    @property
    def plain(self) -> bool:
        """Whether nothing but instants and paging was asked for."""
        return self.settled == (None, None)


def read_query(
    given: Sequence[tuple[str, str]], *, allowed: Collection[str]
) -> tuple[Query, list[str]]:
    """Read the parameters of a search.

    Args:
        given: the parameters as they came. Of one given twice the first counts.
        allowed: the names that this search knows.

    Returns:
        The query, and the names of the dates and numbers that are wrong, in Pay's order.
    """
    words: dict[str, str] = {}
    for name, value in given:
        if name in allowed and value.strip():
            words.setdefault(name, value)
    faults: list[str] = []
    created = tuple(_instant(words.get(name), name, faults) for name in DATES)
    settled = tuple(_day(words.get(name), name, faults) for name in SETTLED)
    page = _number(words.get("page"), "page", faults, most=None)
    size = _number(words.get("display_size"), "display_size", faults, most=MOST)
    query = Query(
        words=words,
        created=(created[0], created[1]),
        settled=(settled[0], settled[1]),
        page=1 if page is None else page,
        display_size=MOST if size is None else size,
    )
    return query, faults


def _instant(text: str | None, name: str, faults: list[str]) -> datetime | None:
    """Read an instant with a zone (publicapi code, `DateValidator`: any ISO-8601 zoned one)."""
    if text is None:
        return None
    if _ZONED.fullmatch(text):
        try:
            return datetime.fromisoformat(text.partition("[")[0]).astimezone(UTC)
        except (ValueError, OverflowError):
            # A day that no calendar has is refused as any other text is.
            faults.append(name)
            return None
    faults.append(name)
    return None


def _day(text: str | None, name: str, faults: list[str]) -> date | None:
    if text is None:
        return None
    if _DAY.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            # A day that no calendar has is refused as any other text is.
            faults.append(name)
            return None
    faults.append(name)
    return None


def _number(text: str | None, name: str, faults: list[str], *, most: int | None) -> int | None:
    if text is None:
        return None
    if _NUMBER.fullmatch(text):
        number = int(text)
        if number >= 1 and (most is None or number <= most):
            return number
    faults.append(name)
    return None
