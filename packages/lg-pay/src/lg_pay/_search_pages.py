# SPDX-License-Identifier: MIT
"""The pages that GOV.UK Pay's searches answer with, and the call for one."""

import hashlib
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Self, TypeVar

from pydantic import model_validator

from lg_core.calls import Call, Repeat
from lg_core.errors import InvalidValueError
from lg_core.models import AnswerModel
from lg_pay.agreement import Agreement
from lg_pay.dispute import Dispute
from lg_pay.limits import GET
from lg_pay.payment import Payment
from lg_pay.refund import Refund

__all__ = [
    "AgreementPage",
    "DisputePage",
    "PaymentPage",
    "RefundPage",
    "checked_size",
    "digits",
    "mark_of",
    "said",
    "search_call",
    "settled_query",
]

LARGEST_PAGE = 500
"""The most rows that GOV.UK Pay gives at once (API reference, 'display_size')."""

_END_CODES = frozenset({"P0402", "P1100", "P2402"})


class _Page(AnswerModel):
    """What every page of a search has, and what GOV.UK Pay says past the end instead."""

    total: int = 0
    page: int = 0
    code: str | None = None

    @model_validator(mode="after")
    def _a_page_or_the_end(self) -> Self:
        # Pay answers 404 past the end, with no rows and a code of its own.
        whole = {"total", "page", "results"} <= self.model_fields_set
        if not whole and self.code not in _END_CODES:
            raise ValueError("not a page of results")
        return self


class PaymentPage(_Page):
    """A page of payments as GOV.UK Pay gives it.

    Attributes:
        total: how many payments the search has in all.
        page: the number of this page; 0 past the end.
        results: the payments of this page, newest first.
    """

    shown = frozenset({"total", "page"})

    results: tuple[Payment, ...] = ()


class RefundPage(_Page):
    """A page of refunds as GOV.UK Pay gives it.

    Attributes:
        total: how many refunds the search has in all.
        page: the number of this page; 0 past the end.
        results: the refunds of this page, newest first.
    """

    shown = frozenset({"total", "page"})

    results: tuple[Refund, ...] = ()


class DisputePage(_Page):
    """A page of disputes as GOV.UK Pay gives it.

    Attributes:
        total: how many disputes the search has in all.
        page: the number of this page; 0 past the end.
        results: the disputes of this page, newest first.
    """

    shown = frozenset({"total", "page"})

    results: tuple[Dispute, ...] = ()


class AgreementPage(_Page):
    """A page of agreements as GOV.UK Pay gives it.

    Attributes:
        total: how many agreements the search has in all.
        page: the number of this page; 0 past the end.
        results: the agreements of this page, newest first.
    """

    shown = frozenset({"total", "page"})

    results: tuple[Agreement, ...] = ()


P = TypeVar("P", PaymentPage, RefundPage, DisputePage, AgreementPage)


def search_call(
    path: str,
    *,
    capability: str,
    read: type[P],
    query: Mapping[str, str | None],
    page: int,
    size: int,
) -> Call[P]:
    """Make the call for one page of a search (API reference, 'Search payments' and its like).

    Links of an answer are never followed: that of a dispute's next page has lost the status.

    Args:
        path: the list.
        capability: the registered name of the search.
        read: the page.
        query: what narrows the search.
        page: the number of the page, from 1.
        size: rows a page.
    """
    # A page past the end is 404 with a code; on the first page a 404 is something else.
    success = frozenset({200}) if page == 1 else frozenset({200, 404})
    return Call(
        "GET",
        path,
        capability=capability,
        read=read,
        success=success,
        repeat=Repeat.ALWAYS,
        query={**query, "page": page, "display_size": size},
        bucket=GET,
    )


def checked_size(size: int, *, least: int) -> int:
    """Refuse a size that GOV.UK Pay does not give, or that a list cannot be read with."""
    if not least <= size <= LARGEST_PAGE:
        raise InvalidValueError(
            f"page_size must be from {least} to {LARGEST_PAGE}.",
            field="page_size",
            code="out_of_range",
        )
    return size


def said(text: str | None, field: str) -> str | None:
    """Refuse a blank text, by which GOV.UK Pay would not narrow the search at all."""
    if text is not None and not text.strip():
        raise InvalidValueError(
            f"{field} must not be blank: leave it out to search for all.", field=field, code="blank"
        )
    return None if text is None else str(text)


def digits(text: str | None, field: str, count: int) -> str | None:
    """Refuse what is not so many digits."""
    if text is not None and not re.fullmatch(rf"[0-9]{{{count}}}", text):
        raise InvalidValueError(f"{field} must be {count} digits.", field=field, code="not_digits")
    return text


def settled_query(settled: tuple[date, date] | None) -> dict[str, str | None]:
    """Write the settled days: the first is part of the list, the last is not."""
    if settled is None:
        return {}
    first, last = settled
    if isinstance(first, datetime) or isinstance(last, datetime):
        raise InvalidValueError(
            "settled takes days, not instants: use date(...).", field="settled", code="not_a_day"
        )
    if last <= first:
        raise InvalidValueError(
            "settled must be a day and a later day, which is not part of it.",
            field="settled",
            code="backwards",
        )
    return {"from_settled_date": first.isoformat(), "to_settled_date": last.isoformat()}


def mark_of(*parts: object) -> str:
    """Return a short mark of a search, so that a cursor of another one is refused."""
    return hashlib.blake2b(repr(parts).encode(), digest_size=4).hexdigest()
