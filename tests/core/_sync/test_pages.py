# Made by tools/sync.py from tests/core/_async/test_pages.py: change that one.
"""lg_core's lists that a platform gives a page at a time."""

import pytest
from core.platform_app import (
    BASE_URL,
    PlatformApp,
    Thing,
    ThingReader,
    Things,
    authorise,
    platform,
)
from hypothesis import given
from hypothesis import strategies as st

from lg_core.calls import Call
from lg_core.clients import ApiClient, Pages
from lg_core.errors import ConfigError, RequestNotSentError
from lg_core.testing import Trouble, asgi, unreliable
from lg_core.transport import Transport

# The mark runs coroutines on asyncio and on Trio; plain functions take no notice of it.
pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("retries_without_waiting")]


def app_of(count: int) -> PlatformApp:
    """Make a platform that holds so many things."""
    return PlatformApp(names={number: f"thing {number}" for number in range(1, count + 1)})


def pages_of(
    transport: Transport,
    *,
    size: int = 2,
    cursor: str | None = None,
    max_pages: int | None = None,
) -> Pages[Thing]:
    """Make the list of a platform's things."""
    client = ApiClient(
        platform(attempts=1), base_url=BASE_URL, authorise=authorise, transport=transport
    )

    def fetch(call: Call[Things], /) -> Things:
        return client._send(call, timeout=None)

    return Pages(ThingReader(size), fetch, cursor=cursor, max_pages=max_pages)  # pyright: ignore[reportArgumentType] -- fetches this one list


@given(count=st.integers(0, 9), size=st.integers(1, 4))
def test_iterating_gives_every_item_once_in_order(count: int, size: int) -> None:
    """Whatever the size of a page, the items are those of the list."""
    app = app_of(count)
    transport = asgi(app)
    things = pages_of(transport, size=size)
    numbers = [thing.number for thing in things]
    transport.close()

    assert list(range(1, count + 1)) == numbers
    assert things.finished
    assert max(1, -(-count // size)) == len(app.seen)


@given(count=st.integers(1, 9), size=st.integers(1, 3), read=st.integers(1, 4))
def test_a_list_goes_on_from_a_kept_cursor(count: int, size: int, read: int) -> None:
    """Pages that were read, and those after the kept cursor, are the whole list."""
    transport = asgi(app_of(count))
    first = pages_of(transport, size=size, max_pages=read)
    numbers = [thing.number for thing in first]
    if not first.finished:
        assert first.cursor is not None
        rest = pages_of(transport, size=size).from_cursor(first.cursor)
        numbers += [thing.number for thing in rest]
    transport.close()

    assert list(range(1, count + 1)) == numbers


def test_nothing_is_asked_before_the_first_item_is_wanted() -> None:
    """Making a list costs no call."""
    app = app_of(3)
    things = pages_of(asgi(app))

    assert [] == app.seen
    assert things.cursor is None
    assert not things.finished


def test_pages_are_lists_of_items() -> None:
    """pages() gives each page as a list, and asks for the next only when it is wanted."""
    app = app_of(5)
    transport = asgi(app)
    asked = [
        (len(app.seen), [thing.number for thing in page]) for page in pages_of(transport).pages()
    ]
    transport.close()

    assert [(1, [1, 2]), (2, [3, 4]), (3, [5])] == asked


def test_a_page_in_hand_is_given_again_after_a_break() -> None:
    """A page counts as read when the next is asked for, so that no item is missed."""
    transport = asgi(app_of(5))
    things = pages_of(transport)
    seen: list[int] = []
    for thing in things:
        seen.append(thing.number)
        if thing.number == 3:
            break
    cursor = things.cursor
    again = [thing.number for thing in things]
    transport.close()

    assert [1, 2, 3] == seen
    assert "3" == cursor
    assert [3, 4, 5] == again


def test_a_failure_leaves_the_cursor_at_the_page_that_failed() -> None:
    """After a failure, iterating the same list again goes on where it stood."""
    transport = asgi(app_of(5))
    things = pages_of(unreliable(transport, [Trouble.NONE, Trouble.REFUSED]))
    seen: list[int] = []

    def read() -> None:
        for thing in things:
            seen.append(thing.number)  # noqa: PERF401 -- kept when the next page fails

    with pytest.raises(RequestNotSentError):
        read()
    rest = [thing.number for thing in things]
    transport.close()

    assert [1, 2] == seen
    assert [3, 4, 5] == rest
    assert things.finished


def test_max_pages_ends_the_list_early() -> None:
    """No more pages are asked for than allowed, and the cursor says where to go on."""
    app = app_of(9)
    transport = asgi(app)
    things = pages_of(transport, max_pages=2)
    numbers = [thing.number for thing in things]
    more = [thing.number for thing in things]
    transport.close()

    assert [1, 2, 3, 4] == numbers
    assert [] == more
    assert ("5", False) == (things.cursor, things.finished)
    assert 2 == len(app.seen)


def test_a_finished_list_asks_for_nothing_more() -> None:
    """Iterating again over a list that was read to its end gives nothing."""
    app = app_of(1)
    transport = asgi(app)
    things = pages_of(transport)
    first = [thing.number for thing in things]
    second = [thing.number for thing in things]
    transport.close()

    assert ([1], []) == (first, second)
    assert 1 == len(app.seen)


def test_a_limit_of_no_pages_is_refused() -> None:
    """A list of no pages at all is a slip."""
    with pytest.raises(ConfigError) as caught:
        pages_of(asgi(app_of(1)), max_pages=0)

    assert "max_pages" == caught.value.setting


def test_a_list_prints_no_cursor() -> None:
    """A cursor may hold what was searched for."""
    things = pages_of(asgi(app_of(1)), cursor="a-secret-cursor")

    assert f"<{type(things).__name__} finished=False>" == repr(things)


class _OverlappingReader(ThingReader):
    """A reader whose pages repeat the last row of the page before."""

    def unseen(self, page: Things, cursor: str | None, /) -> list[Thing]:
        """Leave the first row of every later page out."""
        return self.items(page)[0 if cursor is None else 1 :]


def test_a_reader_may_say_what_a_page_adds() -> None:
    """Where it does, a list gives that, and not all that the page lists."""
    transport = asgi(app_of(4))
    client = ApiClient(
        platform(attempts=1), base_url=BASE_URL, authorise=authorise, transport=transport
    )

    def fetch(call: Call[Things], /) -> Things:
        return client._send(call, timeout=None)

    things = Pages(_OverlappingReader(2), fetch)  # pyright: ignore[reportArgumentType] -- fetches this one list
    numbers = [thing.number for thing in things]
    transport.close()

    assert [1, 2, 4] == numbers
