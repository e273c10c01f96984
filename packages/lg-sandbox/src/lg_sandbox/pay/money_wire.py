# SPDX-License-Identifier: MIT
"""Refunds and disputes as GOV.UK Pay writes them in its answers."""

from typing import Any

from lg_sandbox.pay.money import Dispute, DisputeStatus, Refund
from lg_sandbox.pay.wire import timestamp

__all__ = ["dispute_body", "refund_body", "refunds_body"]


def refund_body(refund: Refund, *, base: str) -> dict[str, Any]:
    """Write a refund.

    Args:
        refund: the refund.
        base: the address of the API, without a slash at its end.

    Returns:
        The body (spec, `Refund`).
    """
    address = f"{base}/v1/payments/{refund.payment_id}"
    settled = refund.settled_on
    return {
        "refund_id": refund.id,
        "payment_id": refund.payment_id,
        "created_date": timestamp(refund.created_at),
        "amount": refund.amount,
        "status": refund.status.value,
        "settlement_summary": {} if settled is None else {"settled_date": settled.isoformat()},
        "_links": {
            "self": {"href": f"{address}/refunds/{refund.id}", "method": "GET"},
            "payment": {"href": address, "method": "GET"},
        },
    }


def refunds_body(payment_id: str, refunds: tuple[Refund, ...], *, base: str) -> dict[str, Any]:
    """Write the refunds of a payment, which are not paged.

    Args:
        payment_id: Pay's id of the payment.
        refunds: its refunds.
        base: the address of the API, without a slash at its end.

    Returns:
        The body (spec, `RefundForSearchResult`).
    """
    address = f"{base}/v1/payments/{payment_id}"
    return {
        "payment_id": payment_id,
        "_links": {
            "self": {"href": f"{address}/refunds", "method": "GET"},
            "payment": {"href": address, "method": "GET"},
        },
        "_embedded": {"refunds": [refund_body(refund, base=base) for refund in refunds]},
    }


def dispute_body(dispute: Dispute, *, base: str) -> dict[str, Any]:
    """Write a dispute.

    Args:
        dispute: the dispute.
        base: the address of the API, without a slash at its end.

    Returns:
        The body (spec, `DisputeDetailForSearch`). Fee, net amount and settlement appear only where
        it was lost.
    """
    body: dict[str, Any] = {
        "dispute_id": dispute.id,
        "payment_id": dispute.payment_id,
        "amount": dispute.amount,
        "reason": dispute.reason.value,
        "status": dispute.status.value,
        "created_date": timestamp(dispute.created_at),
        "evidence_due_date": timestamp(dispute.evidence_due_at),
        "_links": {
            "payment": {"href": f"{base}/v1/payments/{dispute.payment_id}", "method": "GET"}
        },
    }
    if dispute.status is DisputeStatus.LOST:
        body |= {"fee": dispute.fee, "net_amount": dispute.net_amount}
        if dispute.settled_on is not None:
            body["settlement_summary"] = {"settled_date": dispute.settled_on.isoformat()}
    return body
