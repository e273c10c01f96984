# SPDX-License-Identifier: MIT
"""The envelope around the results of a search: counts, and links from page to page."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode

from lg_sandbox.pay.errors import Code, Refusal
from lg_sandbox.pay.query import Query
from lg_sandbox.pay.shelf import Found, Record

__all__ = ["envelope", "skipped"]

RecordT = TypeVar("RecordT", bound=Record)


def skipped(query: Query) -> int:
    """Return how many results stand on the pages before.

    Args:
        query: what was asked for.
    """
    return (query.page - 1) * query.display_size


def envelope(
    found: Found[RecordT],
    query: Query,
    *,
    address: str,
    write: Callable[[RecordT], dict[str, Any]],
    past_the_end: Code,
    links: str = "_links",
    next_words: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Write one page of a search.

    Args:
        found: the page.
        query: what was asked for.
        address: where the search is, for the links.
        write: writes one result.
        past_the_end: the error for a page that does not exist. Pay does not answer an empty list;
            the first page of an empty search exists.
        links: the name of the links.
        next_words: the parameters that stand in the link to the next page; as in the others when
            None.

    Returns:
        The body (spec, `PaymentSearchResults`).

    Raises:
        Refusal: when there is no such page.
    """
    last = max(-(-found.total // query.display_size), 1)
    if query.page > last:
        raise Refusal(past_the_end)

    def link(page: int, words: Mapping[str, str]) -> dict[str, str]:
        told = {**words, "page": str(page), "display_size": str(query.display_size)}
        return {"href": f"{address}?{urlencode(told)}", "method": "GET"}

    words = query.words
    ways = {
        "self": link(query.page, words),
        "first_page": link(1, words),
        "last_page": link(last, words),
    }
    if query.page > 1:
        ways["prev_page"] = link(query.page - 1, words)
    if query.page < last:
        ways["next_page"] = link(query.page + 1, words if next_words is None else next_words)
    return {
        "total": found.total,
        "count": len(found.records),
        "page": query.page,
        "results": [write(record) for record in found.records],
        links: ways,
    }
