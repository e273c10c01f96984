# SPDX-License-Identifier: MIT
"""Read an undated list of GOV.UK Pay's, page by page, while rows come and go. Pure.

Theory of operation. The list is newest first and is paged by offset, so a row that comes or goes
moves the others along. Each page is therefore asked for so that it begins at or before the row
that was read last: page sizes differ a little, so that pages overlap. A row is new if it is older
than the row read last, or as old and not yet seen. A page that begins after the row read last
proves nothing about the rows between: the page before it is asked for instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from lg_pay._window import incomplete, milliseconds, wrong_cursor
from lg_pay.agreement import Agreement

__all__ = ["Step", "next_step", "not_yet_seen"]

_STEPS_BACK = 10


class AgreementRows(Protocol):
    """A page of agreements, newest first."""

    @property
    def total(self) -> int:
        """How many rows the search has in all."""
        ...

    @property
    def page(self) -> int:
        """The number of this page, from 1; 0 past the end."""
        ...

    @property
    def results(self) -> Sequence[Agreement]:
        """The rows."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """Where the next page begins, and what was read before it.

    Attributes:
        size: how many rows are asked for.
        page: the number of the page, from 1, counted in pages of this size.
        oldest: the millisecond of the row read last; None before the first page.
        seen: the rows of that millisecond that were read.
        back: how often a page was asked for again.
    """

    size: int
    page: int = 1
    oldest: int | None = None
    seen: frozenset[str] = frozenset()
    back: int = 0

    def text(self, mark: str) -> str:
        """Write the step as a cursor of the search with this mark."""
        numbers = f"{self.size}.{self.page}.{self.oldest}.{self.back}"
        return ".".join((mark, numbers, *sorted(self.seen)))

    @classmethod
    def read(cls, cursor: str, mark: str) -> "Step":
        """Read a cursor.

        Raises:
            InvalidValueError: it is no cursor, or one of another search.
        """
        own, *numbers = cursor.split(".")[:5]
        if own != mark or len(numbers) != 4 or not all(map(str.isdecimal, numbers)):  # noqa: PLR2004 -- the four numbers of `text`
            raise wrong_cursor()
        size, page, oldest, back = map(int, numbers)
        if size < 1 or page < 1:
            raise wrong_cursor()
        return cls(size, page, oldest, frozenset(cursor.split(".")[5:]), back)


def not_yet_seen(row: Agreement, page: AgreementRows, step: Step) -> bool:
    """Say whether a row of a page adds to the pages before it."""
    if step.oldest is None:
        return True
    if not _reaches_back(page, step):
        return False
    created = milliseconds(row.created_date)
    return created < step.oldest or (created == step.oldest and row.agreement_id not in step.seen)


def next_step(page: AgreementRows, step: Step, *, largest: int) -> Step | None:
    """Return where the page after this one begins, or None after the last.

    Args:
        page: the page.
        step: where it was asked for.
        largest: how many rows may be asked for.

    Raises:
        SearchIncompleteError: the list changed too often while it was read.
    """
    if page.results and page.page != step.page:
        raise incomplete("another page came than was asked for")
    if not _reaches_back(page, step):
        if step.back == _STEPS_BACK:
            raise incomplete("rows left it as fast as it was read")
        return Step(step.size, max(1, step.page - 1), step.oldest, step.seen, step.back + 1)
    read = (step.page - 1) * step.size + len(page.results)
    if read >= page.total or not page.results:
        return None
    oldest = milliseconds(page.results[-1].created_date)
    seen = frozenset(
        row.agreement_id for row in page.results if milliseconds(row.created_date) == oldest
    )
    if step.oldest is not None and oldest > step.oldest:
        # So much came in that this page ends among what was read: what was read last still counts.
        oldest, seen = step.oldest, step.seen
    elif oldest == step.oldest:
        seen |= step.seen
    size = _overlapping(read, largest)
    return Step(size, (read - 1) // size + 1, oldest, seen, step.back)


def _reaches_back(page: AgreementRows, step: Step) -> bool:
    """Say whether a page begins at or before the row that was read last."""
    if step.page == 1:
        return True
    if step.oldest is None or not page.results:
        return False
    first = page.results[0]
    created = milliseconds(first.created_date)
    return created > step.oldest or (created == step.oldest and first.agreement_id in step.seen)


def _overlapping(read: int, largest: int) -> int:
    """Return the page size with which a page holds the row read last and most rows after it."""
    return max(range(largest // 2, largest + 1), key=lambda size: -read % size)
