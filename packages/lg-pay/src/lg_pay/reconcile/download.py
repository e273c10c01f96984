# SPDX-License-Identifier: MIT
"""Fetch the records of a window from GOV.UK Pay, and keep each page as it came."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from lg_core.calls import Answer, Call
from lg_pay.calls import get_payment
from lg_pay.dispute import DisputeStatus
from lg_pay.errors import PaymentNotFoundError
from lg_pay.reconcile.pages import Pages, Recording, Window, payment_ids
from lg_pay.search import DisputeSearch, PaymentSearch, RefundSearch

__all__ = ["Exchange", "download"]

Exchange = Callable[[Call[Any]], Answer[Any]]
"""Makes a call and gives the whole answer, as `PayClient.exchange` does."""


def download(
    window: Window,
    *,
    accounts: Mapping[str, Exchange],
    recording: Recording,
    posted: Callable[[Iterable[str]], set[str]] = lambda _: set(),
    told: Callable[[int], None] | None = None,
) -> int:
    """Fetch what was created, or settled, in a window of days.

    A refund or a lost dispute can belong to an older payment. Where the ledger does not hold that
    payment's lines, the payment is fetched by itself, so that the refund can be coded by it.

    Disputes that were won are fetched whatever their day is: one that was lost and posted months
    ago has no settled day any more, and is found no other way.

    Args:
        window: the days.
        accounts: how to make a call for each account, by its name.
        recording: where the pages are kept.
        posted: says which of some payments the ledger holds (`PostingBook.holds`).
        told: called with the number of rows so far, for a progress bar.

    Returns:
        How many rows were fetched.

    Raises:
        LgError: GOV.UK Pay could not be asked, or its lists were not whole.
    """
    # The last settled day of a search is not part of it.
    days = (window.first, window.last + timedelta(days=1))
    rows = 0
    for account, exchange in accounts.items():
        searches = (
            (Pages.PAYMENTS, PaymentSearch(created=window.instants)),
            (Pages.REFUNDS, RefundSearch(created=window.instants)),
            (Pages.DISPUTES, DisputeSearch(settled=days)),
            (Pages.DISPUTES, DisputeSearch(status=DisputeStatus.WON)),
        )
        for kind, search in searches:
            cursor: str | None = None
            while True:
                answer = exchange(search.call(cursor))
                recording.add(answer.raw, kind=kind, account=account)
                rows += len(search.items(answer.value))
                if told is not None:
                    told(rows)
                cursor = search.next_cursor(answer.value, cursor)
                if cursor is None:
                    break
    for account, payment_id in sorted(_older(recording, posted=posted)):
        try:
            answer = accounts[account](get_payment(payment_id))
        except PaymentNotFoundError:
            continue  # the run posts the refund to suspense, and says so
        recording.add(answer.raw, kind=Pages.PAYMENT, account=account)
    recording.finish(window=window)
    return rows


def _older(
    recording: Recording, *, posted: Callable[[Iterable[str]], set[str]]
) -> set[tuple[str, str]]:
    """Return the payments of refunds and disputes that are neither on a page nor posted."""
    wanted = recording.returned()
    for account, kind, raw in recording:
        if wanted and kind is Pages.PAYMENTS:
            wanted.difference_update((account, one) for one in payment_ids(raw))
    held = posted(payment_id for _, payment_id in wanted)
    return {one for one in wanted if one[1] not in held}
