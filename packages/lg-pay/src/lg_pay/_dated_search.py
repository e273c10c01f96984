# SPDX-License-Identifier: MIT
"""Read a list that GOV.UK Pay searches by date, page by page, so that nothing is missed. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from lg_core.calls import Call
from lg_core.errors import InvalidValueError
from lg_pay._search_pages import (
    DisputePage,
    PaymentPage,
    RefundPage,
    checked_size,
    mark_of,
    search_call,
    settled_query,
)
from lg_pay._window import (
    Dated,
    Place,
    check_whole,
    held_back,
    in_wire_form,
    instant_of,
    next_place,
    whole_milliseconds,
)

__all__ = ["DatedSearch", "Days", "Window"]

P = TypeVar("P", PaymentPage, RefundPage, DisputePage)
R = TypeVar("R", bound=Dated)

Window = tuple[datetime, datetime | None]
Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class _Bounds:
    """A window of instants, in milliseconds since 1970, the end excluded."""

    start: int | None
    end: int | None

    @classmethod
    def of(cls, created: Window | None) -> "_Bounds":
        if created is None:
            return cls(None, None)
        first, last = created
        start = whole_milliseconds(first, field="created")
        end = None if last is None else whole_milliseconds(last, field="created")
        if end is not None and end < start:
            raise _backwards("created")
        return cls(start, end)


def _backwards(field: str) -> InvalidValueError:
    return InvalidValueError(
        f"{field} must be a start and a later end, which is not part of it.",
        field=field,
        code="backwards",
    )


class DatedSearch(Generic[P, R]):
    """A search that GOV.UK Pay can narrow by the instant of creation."""

    __slots__ = (
        "_bounds",
        "_capability",
        "_mark",
        "_may_leave",
        "_path",
        "_query",
        "_read",
        "_size",
    )

    def __init__(
        self,
        path: str,
        *,
        capability: str,
        read: type[P],
        created: Window | None,
        settled: Days | None,
        query: Mapping[str, str | None],
        kept_here: str = "",
        may_leave: bool,
        page_size: int,
    ) -> None:
        self._path = path
        self._capability = capability
        self._read = read
        self._bounds = _Bounds.of(created)
        self._may_leave = may_leave
        self._size = checked_size(page_size, least=1)
        self._query = {**query, **settled_query(settled)}
        self._mark = mark_of(path, self._query, self._bounds, self._size, kept_here)

    def call(self, cursor: str | None, /) -> Call[P]:
        """Return the call for the page at a cursor, or for the first page.

        Args:
            cursor: where the page begins, from `next_cursor`; None for the first page.

        Returns:
            The call; its answer is a page.

        Raises:
            InvalidValueError: the cursor is not one of this search.
        """
        place = self._place(cursor)
        start, end = self._bounds.start, self._bounds.end
        until = end if place.until is None else place.until
        return search_call(
            self._path,
            capability=self._capability,
            read=self._read,
            query={
                **self._query,
                # Both bounds are exclusive on the server: one millisecond more, cut off in `items`.
                "from_date": None if start is None else in_wire_form(start - 1),
                "to_date": None if until is None else in_wire_form(until),
            },
            page=place.page,
            size=self._size,
        )

    def items(self, page: P, /) -> list[R]:
        """Return what the page adds to the pages before it.

        Args:
            page: the answer.

        Returns:
            The rows, newest first. Those of its oldest millisecond come with the next page.
        """
        rows: Iterable[R] = page.results  # pyright: ignore[reportAssignmentType] -- R goes with P
        left = held_back(page, self._size)
        bounds = self._bounds
        # Bounds are whole milliseconds, so comparing instants is comparing milliseconds.
        first = None if left is None else left + 1
        if bounds.start is not None:
            first = bounds.start if first is None else max(first, bounds.start)
        if first is not None:
            at_first = instant_of(first)
            rows = (row for row in rows if row.created_date >= at_first)
        if bounds.end is not None:
            at_end = instant_of(bounds.end)
            rows = (row for row in rows if row.created_date < at_end)
        return self._wanted(rows)

    def next_cursor(self, page: P, cursor: str | None, /) -> str | None:
        """Return the cursor of the page after this one, or None after the last.

        Args:
            page: the answer.
            cursor: the cursor that it was asked for with.

        Raises:
            SearchIncompleteError: rows are missing: what was listed is not all.
            InvalidValueError: the cursor is not one of this search.
        """
        place = self._place(cursor)
        check_whole(page, place, self._size, may_leave=self._may_leave)
        following = next_place(page, place, self._size)
        return None if following is None else following.text(self._mark)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def _place(self, cursor: str | None) -> Place:
        return Place() if cursor is None else Place.read(cursor, self._mark)

    def _wanted(self, rows: Iterable[R]) -> list[R]:
        """Return the rows that pass what GOV.UK Pay cannot filter by."""
        return list(rows)
