# SPDX-License-Identifier: MIT
"""Read a dated list of GOV.UK Pay's page by page without missing or repeating a row. Pure.

Theory of operation. GOV.UK Pay answers a search newest first, and pages it by offset. What arrives
between two pages moves every row along, so an offset then points at another row. Here only the
first page is an offset. Every other page is asked for as the first page of what was created up to
the oldest row of the page before: new rows cannot move it, since they are newer.

Rows of one millisecond may stand on both sides of a page's end, in any order. So the oldest
millisecond of a page is left to the next page, which then holds all of it. A page with one
millisecond alone has nothing to leave: those are read by offset, and a change of their number is an
error.

Both bounds of GOV.UK Pay's dates are exclusive, whatever its reference says, and its dates have
milliseconds. A window is asked for from one millisecond before its start, and what is before the
start is left out here. So adjoining windows hold every row once.

The total that each answer gives is held against what the answer before leaves to come. Fewer is an
error: a row that was there is not.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from lg_core.errors import InvalidValueError
from lg_pay.errors import SearchIncompleteError

__all__ = [
    "Dated",
    "DatedPage",
    "Place",
    "check_whole",
    "held_back",
    "in_wire_form",
    "incomplete",
    "instant_of",
    "milliseconds",
    "next_place",
    "whole_milliseconds",
    "wrong_cursor",
]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


class Dated(Protocol):
    """A row with the instant of its creation."""

    @property
    def created_date(self) -> datetime:
        """When it was created."""
        ...


class DatedPage(Protocol):
    """A page of rows, newest first, as GOV.UK Pay wraps it."""

    @property
    def total(self) -> int:
        """How many rows the search has in all."""
        ...

    @property
    def page(self) -> int:
        """The number of this page, from 1."""
        ...

    @property
    def results(self) -> Sequence[Dated]:
        """The rows."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where the next page begins.

    Attributes:
        until: rows created before this are wanted; milliseconds since 1970. None for the end that
            the search was given.
        page: the number of the page among those, from 1.
        expected: how many rows there must still be.
    """

    until: int | None = None
    page: int = 1
    expected: int | None = None

    def text(self, mark: str) -> str:
        """Write the place as a cursor of the search with this mark."""
        return f"{mark}.{self.until}.{self.page}.{self.expected}"

    @classmethod
    def read(cls, cursor: str, mark: str) -> "Place":
        """Read a cursor.

        Raises:
            InvalidValueError: it is no cursor, or one of another search.
        """
        own, *numbers = cursor.split(".")
        if len(numbers) != 3 or not all(part.isdecimal() for part in numbers):  # noqa: PLR2004 -- the three parts of `text`
            raise wrong_cursor()
        if own != mark:
            raise wrong_cursor()
        until, page, expected = map(int, numbers)
        if page < 1:
            raise wrong_cursor()
        return cls(until, page, expected)


def wrong_cursor() -> InvalidValueError:
    """Make the error for a cursor that cannot be used."""
    return InvalidValueError(
        "cursor is not one of this search: give back the cursor of a search with the same "
        "arguments, unchanged.",
        field="cursor",
        code="not_a_cursor",
    )


def milliseconds(instant: datetime) -> int:
    """Return the whole milliseconds since 1970 that an instant has reached."""
    return (instant - _EPOCH) // _MS


def whole_milliseconds(instant: datetime, *, field: str) -> int:
    """Return an instant as milliseconds since 1970, rounded up.

    GOV.UK Pay's dates are cut to milliseconds, so a date is at or after an instant exactly when it
    is at or after the next whole millisecond.

    Args:
        instant: the instant.
        field: what it is called, for the error.

    Raises:
        InvalidValueError: it has no time zone.
    """
    if instant.tzinfo is None or instant.utcoffset() is None:
        raise InvalidValueError(
            f"{field} needs a time zone: for a day in the United Kingdom use lg_core.days, for an "
            "instant datetime(..., tzinfo=UTC).",
            field=field,
            code="no_time_zone",
        )
    return -((_EPOCH - instant) // _MS)


def instant_of(instant: int) -> datetime:
    """Return the instant of whole milliseconds since 1970."""
    return _EPOCH + instant * _MS


def in_wire_form(instant: int) -> str:
    """Write milliseconds since 1970 as GOV.UK Pay writes a date."""
    return instant_of(instant).strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant % 1000:03d}Z"


def _before(page: DatedPage, size: int) -> int:
    return (page.page - 1) * size


def _is_last(page: DatedPage, size: int) -> bool:
    return _before(page, size) + len(page.results) >= page.total


def held_back(page: DatedPage, size: int) -> int | None:
    """Return the millisecond whose rows are left to the next page, if there are any.

    Args:
        page: the page.
        size: how many rows were asked for.
    """
    if _is_last(page, size) or not page.results:
        return None
    oldest = milliseconds(page.results[-1].created_date)
    return oldest if milliseconds(page.results[0].created_date) > oldest else None


def check_whole(page: DatedPage, place: Place, size: int, *, may_leave: bool) -> None:
    """Hold a page against what the page before leaves to come.

    Args:
        page: the page.
        place: where it was asked for.
        size: how many rows were asked for.
        may_leave: whether rows may leave the list while it is read, since what is searched for
            changes.

    Raises:
        SearchIncompleteError: rows are missing, or are not newest first.
    """
    by_offset = place.page > 1
    expected = place.expected
    if expected is not None and (
        page.total != expected if by_offset else (page.total < expected and not may_leave)
    ):
        raise incomplete("the number of rows changed in a way that new ones do not explain")
    if page.page != place.page:
        raise incomplete("another page came than was asked for")
    if place.until is not None and any(
        milliseconds(row.created_date) >= place.until for row in page.results[:1]
    ):
        raise incomplete("a page held rows that it was not asked for")
    if len(page.results) < min(size, page.total - _before(page, size)):
        raise incomplete("a page held fewer rows than it said")
    instants = [row.created_date for row in page.results]
    if not _is_last(page, size) and any(
        later > earlier for earlier, later in itertools.pairwise(instants)
    ):
        raise incomplete("a page was not newest first")


def incomplete(what: str) -> SearchIncompleteError:
    """Make the error for a list that could not be read whole.

    Args:
        what: what came instead.
    """
    return SearchIncompleteError(
        f"GOV.UK Pay's list could not be read whole: {what}. Nothing that was listed is wrong, but "
        "something may be missing: make the search again from its beginning."
    )


def next_place(page: DatedPage, place: Place, size: int) -> Place | None:
    """Return where the page after this one begins, or None after the last.

    Args:
        page: the page.
        place: where it was asked for.
        size: how many rows were asked for.
    """
    if _is_last(page, size):
        return None
    until = milliseconds(page.results[-1].created_date) + 1
    oldest = held_back(page, size)
    if oldest is None:
        # All of one millisecond. After the first of these, the rest is read by offset.
        kept = place.until if place.page > 1 else until
        return Place(kept, place.page + 1, page.total)
    newer = instant_of(oldest + 1)
    read = sum(row.created_date >= newer for row in page.results)
    return Place(until, 1, page.total - _before(page, size) - read)
