# SPDX-License-Identifier: MIT
"""What stood in a file is found again, and what became of each line comes back in order."""

from hypothesis import given
from hypothesis import strategies as st

from lg_notify.bulk._seen import Seen
from lg_notify.bulk._spool import Spool, Spooled


@given(st.lists(st.text(max_size=3)))
def test_the_first_line_is_told(things: list[str]) -> None:
    """As a dictionary would tell it."""
    known: dict[str, int] = {}
    with Seen() as seen:
        for line, thing in enumerate(things, start=2):
            assert known.setdefault(thing, line) == seen.first(thing, line=line)


LINES = st.dictionaries(
    st.integers(1, 5000),
    st.tuples(st.none() | st.text(max_size=5), st.none() | st.just("0.024"), st.text(max_size=5)),
    max_size=30,
)


@given(LINES, LINES)
def test_the_spool_gives_back_the_last_that_was_put(
    first: dict[int, tuple[str | None, str | None, str]],
    then: dict[int, tuple[str | None, str | None, str]],
) -> None:
    """In the order of the lines."""
    with Spool() as spool:
        for lines in (first, then):
            spool.put(Spooled(line, *rest) for line, rest in lines.items())
        found = [each for batch in spool.batches() for each in batch]

    assert [Spooled(line, *rest) for line, rest in sorted((first | then).items())] == found


def test_many_lines_come_in_batches() -> None:
    """None is lost between two of them."""
    with Spool() as spool:
        spool.put(Spooled(line, f"r{line}", None) for line in range(1, 1204))
        batches = list(spool.batches())

    assert [500, 500, 203] == [len(batch) for batch in batches]
    assert list(range(1, 1204)) == [each.line for batch in batches for each in batch]
