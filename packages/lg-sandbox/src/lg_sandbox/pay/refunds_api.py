# SPDX-License-Identifier: MIT
"""The operations on refunds: create, get, those of a payment, search."""

import json
from typing import Any, cast

from lg_sandbox.answers import Answer, json_answer
from lg_sandbox.pay.calls import Operation, Rule, Work
from lg_sandbox.pay.errors import Code, Refusal
from lg_sandbox.pay.limits import Bucket
from lg_sandbox.pay.money_wire import refund_body, refunds_body
from lg_sandbox.pay.paging import envelope, skipped
from lg_sandbox.pay.query import DATES, PAGING, SETTLED, read_query
from lg_sandbox.pay.refunds import RefundRefusal, RefundRefusedError
from lg_sandbox.pay.search_api import view_of
from lg_sandbox.pay.shelf import View

__all__ = ["REFUND_RULES"]

_INT32 = range(-(2**31), 2**31)
_MOST = 10_000_000


def _create(work: Work) -> Answer:
    """Refund a payment: 202 with the refund (publicapi code; the spec says 200)."""
    amount, available = _read(work.call.body)
    payment = work.payment()
    if work.account.disabled:
        raise Refusal(Code.ACCOUNT_DISABLED)
    try:
        refund = work.office.refunds.create(
            payment, amount=amount, available=available, account=work.account, now=work.now
        )
    except RefundRefusedError as error:
        raise _refused(error.reason) from None
    return json_answer(202, refund_body(refund, base=work.call.base))


def _refused(reason: RefundRefusal) -> Refusal:
    match reason:
        case RefundRefusal.AMOUNT_MISMATCH:
            return Refusal(Code.REFUND_MISMATCH)
        case RefundRefusal.DISPUTED:
            return Refusal(Code.REFUND_DISPUTED)
        case _:
            return Refusal(Code.REFUND_NOT_AVAILABLE, reason.value)


def _read(body: bytes) -> tuple[int, int | None]:
    """Read a request: types first (400), then sizes (422), as with payments.

    Source: publicapi code, `RequestJsonParser` and `CreatePaymentRefundRequest`. Where
    `refund_amount_available` is left out, the server fills in what it is.
    """
    if not body:
        # API reference: a firewall refuses an empty POST body.
        raise Refusal(Code.BLOCKED)
    try:
        value: object = json.loads(body)
    except (ValueError, RecursionError):
        raise Refusal(Code.REFUND_NOT_JSON) from None
    values = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    amount = _pence(values, "amount")
    if amount is None:
        raise Refusal(Code.REFUND_MISSING, "amount", field="amount")
    available = _pence(values, "refund_amount_available")
    for name, pence in (("amount", amount), ("refund_amount_available", available)):
        if pence is not None and pence < 1:
            _too("greater", 1, name)
        if pence is not None and pence > _MOST:
            _too("less", _MOST, name)
    return amount, available


def _too(way: str, bound: int, name: str) -> None:
    text = f"Must be {way} than or equal to {bound}"
    raise Refusal(Code.REFUND_INVALID_VALUE, name, text, field=name)


def _pence(values: dict[str, Any], name: str) -> int | None:
    value = values.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value not in _INT32:
        raise Refusal(Code.REFUND_INVALID_TYPE, name, "Must be a valid numeric format", field=name)
    return value


def _get(work: Work) -> Answer:
    payment = work.payment()
    refund = work.office.refunds.get(work.call.ids.get("refund_id", ""), payment_id=payment.id)
    return json_answer(200, refund_body(refund, base=work.call.base))


def _of_payment(work: Work) -> Answer:
    """The refunds of a payment come from the ledger, so they lag behind it."""
    payment = work.payment()
    view = View(work.account.id, work.now, work.now - work.account.lag)
    found = work.office.refunds.shelf.search(view, key=payment.id, most=_MOST)
    return json_answer(200, refunds_body(payment.id, found.records, base=work.call.base))


def _search(work: Work) -> Answer:
    query, faults = read_query(work.call.query, allowed=(*DATES, *SETTLED, *PAGING))
    if faults:
        raise Refusal(Code.SEARCH_REFUNDS_INVALID, ", ".join(faults))
    found = work.office.refunds.shelf.search(
        view_of(work, query),
        fits=None if query.plain else lambda refund: query.settles(refund.settled_on),
        name=query.name,
        skip=skipped(query),
        most=query.display_size,
    )
    base = work.call.base
    body = envelope(
        found,
        query,
        address=f"{base}/v1/refunds",
        write=lambda refund: refund_body(refund, base=base),
        past_the_end=Code.SEARCH_REFUNDS_NO_PAGE,
    )
    return json_answer(200, body)


# spec, `paths`
REFUND_RULES: tuple[Rule, ...] = (
    Rule(
        Operation.CREATE_REFUND,
        "POST",
        "/v1/payments/{payment_id}/refunds",
        Bucket.OTHER_POST,
        _create,
        failed=Code.REFUND_FAILED,
        not_found=Code.REFUND_NOT_FOUND,
        needs_json=True,
    ),
    Rule(
        Operation.GET_REFUND,
        "GET",
        "/v1/payments/{payment_id}/refunds/{refund_id}",
        Bucket.GET,
        _get,
        failed=Code.GET_REFUND_FAILED,
        not_found=Code.GET_REFUND_NOT_FOUND,
    ),
    Rule(
        Operation.GET_PAYMENT_REFUNDS,
        "GET",
        "/v1/payments/{payment_id}/refunds",
        Bucket.GET,
        _of_payment,
        failed=Code.REFUNDS_FAILED,
        not_found=Code.REFUNDS_NOT_FOUND,
    ),
    Rule(
        Operation.SEARCH_REFUNDS,
        "GET",
        "/v1/refunds",
        Bucket.GET,
        _search,
        failed=Code.SEARCH_REFUNDS_FAILED,
    ),
)
