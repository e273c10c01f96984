# SPDX-License-Identifier: MIT
"""A list that a platform gives a page at a time."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Generic, Protocol, Self, TypeVar, runtime_checkable

from lg_core.calls import Call
from lg_core.errors import ConfigError

__all__ = ["AsyncPages", "OverlappingReader", "PageReader"]

T = TypeVar("T")
P = TypeVar("P")


class AsyncFetch(Protocol):
    """Makes a call and returns its value, as a client does."""

    async def __call__(self, call: Call[P], /) -> P:
        """Make the call."""
        ...


class PageReader(Protocol[P, T]):
    """How a platform pages a list. Pure; a component writes one for each of its lists."""

    def call(self, cursor: str | None, /) -> Call[P]:
        """Return the call for the page at a cursor, or for the first page."""
        ...

    def items(self, page: P, /) -> list[T]:
        """Return what the page lists."""
        ...

    def next_cursor(self, page: P, cursor: str | None, /) -> str | None:
        """Return the cursor of the page after this one, or None after the last."""
        ...


@runtime_checkable
class OverlappingReader(PageReader[P, T], Protocol[P, T]):
    """Pages a list whose pages repeat rows, since the list moves while it is read. Pure."""

    def unseen(self, page: P, cursor: str | None, /) -> list[T]:
        """Return what the page lists and the pages before it did not: what `AsyncPages` gives.

        Where a reader has this, `items` may repeat rows.
        """
        ...


@dataclass(slots=True)
class _Steps(Generic[T]):
    """How a list is walked, and how many pages of it are still wanted."""

    reader: PageReader[Any, T]
    fetch: AsyncFetch
    left: int | None

    def items(self, page: object, cursor: str | None) -> list[T]:
        if isinstance(self.reader, OverlappingReader):
            return self.reader.unseen(page, cursor)
        return self.reader.items(page)

    def turned(self) -> None:
        if self.left is not None:
            self.left -= 1


class AsyncPages(Generic[T]):
    """A list that a platform gives a page at a time: iterate over it for its items.

        async for payment in pay.search_payments(...):
            ...

    Nothing is asked before the first item is wanted, and never more than one page is held.

    Attributes:
        cursor: where the next page begins; keep it, and give it back to go on later. None before
            the first page.
        finished: whether the last page has been read.
    """

    def __init__(
        self,
        reader: PageReader[Any, T],
        fetch: AsyncFetch,
        *,
        cursor: str | None = None,
        max_pages: int | None = None,
    ) -> None:
        if max_pages is not None and max_pages < 1:
            raise ConfigError("max_pages must be 1 or more.", setting="max_pages")
        self._steps = _Steps(reader, fetch, max_pages)
        self.cursor = cursor
        self.finished = False

    def pages(self) -> AsyncIterator[list[T]]:
        """Iterate over the pages, each a list of items, from where the cursor stands.

        A page counts as read when the next one is asked for: after a failure or a `break`, the
        cursor still stands at the page in hand, so that no item is missed.
        """
        return _PageIterator(self, self._steps)

    def __aiter__(self) -> AsyncIterator[T]:
        return _ItemIterator(self.pages())

    def __repr__(self) -> str:
        return f"<{type(self).__name__} finished={self.finished}>"

    def from_cursor(self, cursor: str) -> Self:
        """Return the same list from a cursor that was kept.

        Args:
            cursor: a cursor of an earlier run over the same list.

        Returns:
            The list, as if its earlier pages had been read.
        """
        steps = self._steps
        return type(self)(steps.reader, steps.fetch, cursor=cursor, max_pages=steps.left)


class _PageIterator(AsyncIterator[list[T]]):
    """A class and not a generator: Trio warns of one that is left in the middle."""

    def __init__(self, listing: AsyncPages[T], steps: "_Steps[T]") -> None:
        self._listing = listing
        self._steps = steps
        self._in_hand: object = None

    async def __anext__(self) -> list[T]:
        listing = self._listing
        if self._in_hand is not None:
            following = self._steps.reader.next_cursor(self._in_hand, listing.cursor)
            self._in_hand = None
            self._steps.turned()
            listing.finished = following is None
            listing.cursor = listing.cursor if following is None else following
        if listing.finished or self._steps.left == 0:
            raise StopAsyncIteration
        self._in_hand = await self._steps.fetch(self._steps.reader.call(listing.cursor))
        return self._steps.items(self._in_hand, listing.cursor)


class _ItemIterator(AsyncIterator[T]):
    def __init__(self, pages: AsyncIterator[list[T]]) -> None:
        self._pages = pages
        self._items: list[T] = []
        self._next = 0

    async def __anext__(self) -> T:
        while self._next == len(self._items):
            self._items, self._next = await self._pages.__anext__(), 0
        self._next += 1
        return self._items[self._next - 1]
