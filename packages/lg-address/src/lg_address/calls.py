# SPDX-License-Identifier: MIT
"""The operations of OS Places, as its documentation says them.

Pure: what is here makes a `Call`, which a client sends.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from lg_address._platform import FIND_BY_POSTCODE
from lg_address._records import PlacesPage, PlacesResult
from lg_address.limits import PLACES
from lg_core.calls import Call, Repeat
from lg_core.identifiers import Postcode

__all__ = ["Dataset", "PostcodeList"]

_PAGE = 100


class Dataset(StrEnum):
    """Which records OS Places looks in."""

    DPA = "DPA"
    """Royal Mail's delivery points: the addresses that people write. The usual choice."""
    LPI = "LPI"
    """The councils' gazetteers: also churches, land, annexes and what has no letter box."""
    BOTH = "DPA,LPI"
    """Both, each property once: as Royal Mail writes it where it has it."""


@dataclass(frozen=True, slots=True)
class PostcodeList:
    """How OS Places pages the records of a postcode (docs, 'postcode').

    A page holds 100 at the most. The cursor is the number of records before the page.

    Args:
        postcode: the postcode.
        dataset: which records.
    """

    postcode: Postcode = field(repr=False)
    dataset: Dataset = Dataset.DPA

    def call(self, cursor: str | None, /) -> Call[PlacesPage]:
        """Return the call for the page at a cursor, or for the first page.

        Args:
            cursor: the number of records before the page.
        """
        return Call(
            "GET",
            "/search/places/v1/postcode",
            capability=FIND_BY_POSTCODE,
            read=PlacesPage,
            repeat=Repeat.ALWAYS,
            query={
                "postcode": str(self.postcode),
                "dataset": self.dataset.value,
                "maxresults": _PAGE,
                "offset": cursor,
            },
            bucket=PLACES,
        )

    def items(self, page: PlacesPage, /) -> list[PlacesResult]:
        """Return the records of a page.

        Args:
            page: the page.
        """
        return list(page.results or ())

    def next_cursor(self, page: PlacesPage, cursor: str | None, /) -> str | None:
        """Return where the next page begins, or None after the last.

        Args:
            page: the page.
            cursor: where it began.
        """
        following = int(cursor or 0) + len(page.results or ())
        return str(following) if page.results and following < page.header.totalresults else None
