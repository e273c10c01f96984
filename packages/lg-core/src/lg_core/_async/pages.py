# SPDX-License-Identifier: MIT
"""A list that a platform gives a page at a time."""

from collections.abc import AsyncIterator
from typing import Any, Generic, Protocol, Self, TypeVar

from lg_core.calls import Call
from lg_core.errors import ConfigError

__all__ = ["AsyncPages", "PageReader"]

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
        self._reader = reader
        self._fetch = fetch
        self._left = max_pages
        self.cursor = cursor
        self.finished = False

    async def pages(self) -> AsyncIterator[list[T]]:
        """Iterate over the pages, each a list of items, from where the cursor stands.

        A page counts as read when the next one is asked for: after a failure or a `break`, the
        cursor still stands at the page in hand, so that no item is missed.
        """
        while not self.finished and self._left != 0:
            page = await self._fetch(self._reader.call(self.cursor))
            yield self._reader.items(page)
            following = self._reader.next_cursor(page, self.cursor)
            if following is None:
                self.finished = True
            else:
                self.cursor = following
            if self._left is not None:
                self._left -= 1

    def __aiter__(self) -> AsyncIterator[T]:
        return self._items()

    async def _items(self) -> AsyncIterator[T]:
        async for page in self.pages():
            for item in page:
                yield item

    def __repr__(self) -> str:
        return f"<{type(self).__name__} finished={self.finished}>"

    def from_cursor(self, cursor: str) -> Self:
        """Return the same list from a cursor that was kept.

        Args:
            cursor: a cursor of an earlier run over the same list.
        """
        return type(self)(self._reader, self._fetch, cursor=cursor, max_pages=self._left)
