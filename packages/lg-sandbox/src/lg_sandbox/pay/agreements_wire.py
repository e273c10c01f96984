# SPDX-License-Identifier: MIT
"""Agreements as GOV.UK Pay writes them in its answers."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from lg_sandbox.pay.agreements import Agreement, PaymentInstrument
from lg_sandbox.pay.agreements_reading import AgreementSearch
from lg_sandbox.pay.wire import card_details_body, timestamp

__all__ = ["agreement_body", "agreement_page_body"]


def agreement_body(agreement: Agreement) -> dict[str, Any]:
    """Write an agreement (spec, `Agreement`). Parts without a value are left out.

    The status is in lower case (publicapi code, `Agreement.getStatus`), although an example in
    the technical documentation is not.

    Args:
        agreement: the agreement.

    Returns:
        The body.
    """
    cancelled, instrument = agreement.cancelled_at, agreement.instrument
    parts: dict[str, Any] = {
        "agreement_id": agreement.id,
        "reference": agreement.reference,
        "description": agreement.description,
        "status": agreement.status.value,
        "created_date": timestamp(agreement.created_at),
        "cancelled_date": None if cancelled is None else timestamp(cancelled),
        "payment_instrument": None if instrument is None else _instrument(instrument),
        "user_identifier": agreement.user_identifier,
    }
    return {name: value for name, value in parts.items() if value is not None}


def _instrument(instrument: PaymentInstrument) -> dict[str, Any]:
    # publicapi code: `card_details` on the wire. The spec's `CardDetails` is a slip.
    return {
        "type": "card",
        "created_date": timestamp(instrument.created_at),
        "card_details": card_details_body(instrument.card),
    }


def agreement_page_body(
    found: Sequence[Agreement], search: AgreementSearch, *, base: str
) -> dict[str, Any] | None:
    """Write one page of a search, newest first (spec, `AgreementSearchResults`).

    Args:
        found: all agreements that match, newest first.
        search: what was asked for.
        base: the address of the API, without a slash at its end.

    Returns:
        The body; None for a page past the end, which Pay answers with 404 P2402.
    """
    size, page = search.display_size, search.page
    last = max(1, -(-len(found) // size))
    if page > last:
        return None
    results = found[(page - 1) * size : page * size]
    pages = {"self": page, "first_page": 1, "last_page": last}
    if page < last:
        pages["next_page"] = page + 1
    if page > 1:
        pages["prev_page"] = page - 1
    return {
        "total": len(found),
        "count": len(results),
        "page": page,
        "results": [agreement_body(each) for each in results],
        "_links": {
            name: {"href": f"{base}/v1/agreements?{_query(search, page=number)}"}
            for name, number in pages.items()
        },
    }


def _query(search: AgreementSearch, *, page: int) -> str:
    wanted = {
        "reference": search.reference,
        "status": None if search.status is None else search.status.value,
        "page": page,
        "display_size": search.display_size,
    }
    return urlencode({name: value for name, value in wanted.items() if value is not None})
