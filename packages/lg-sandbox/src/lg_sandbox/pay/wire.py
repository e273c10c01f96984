# SPDX-License-Identifier: MIT
"""Payments as GOV.UK Pay writes them in its answers."""

from datetime import UTC, datetime
from typing import Any

from lg_sandbox.pay.model import Address, AuthorisationMode, CardDetails, Payment, State

__all__ = ["events_body", "payment_body", "timestamp"]

_FORM = "application/x-www-form-urlencoded"


def timestamp(instant: datetime) -> str:
    """Write an instant as Pay does.

    Args:
        instant: an aware instant.

    Returns:
        UTC with milliseconds and a Z (spec, `created_date`).
    """
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def payment_body(payment: Payment, *, base: str, token: str | None) -> dict[str, Any]:
    """Write a payment as `POST /v1/payments` and `GET /v1/payments/{id}` answer it.

    Args:
        payment: the payment.
        base: the address of the API, without a slash at its end.
        token: a fresh token for the payer's page; None when there is nothing left to pay.

    Returns:
        The body (spec, `PaymentWithAllLinks`). Parts without a value are left out, except
        `_links.cancel`, which is null where the payment cannot be cancelled.
    """
    body: dict[str, Any] = {
        "amount": payment.amount,
        "description": payment.description,
        "reference": payment.reference,
        "language": payment.language,
        "email": payment.email,
        "metadata": dict(payment.metadata) or None,
        "state": _state(payment.state),
        "payment_id": payment.id,
        "payment_provider": payment.provider.value,
        "created_date": timestamp(payment.created_at),
        "refund_summary": _refund_summary(payment),
        "settlement_summary": _settlement_summary(payment),
        "card_details": _card_details(payment.card),
        "delayed_capture": payment.delayed_capture,
        "moto": payment.moto,
        "provider_id": payment.provider_id,
        "return_url": payment.return_url,
        "authorisation_mode": payment.authorisation_mode.value,
    }
    present = {name: value for name, value in body.items() if value is not None}
    present["_links"] = _links(payment, base=base, token=token)
    return present


def events_body(payment: Payment, *, base: str) -> dict[str, Any]:
    """Write the events of a payment, oldest first (spec, `PaymentEvents`).

    Args:
        payment: the payment.
        base: the address of the API, without a slash at its end.

    Returns:
        The body.
    """
    address = f"{base}/v1/payments/{payment.id}"
    return {
        "payment_id": payment.id,
        "events": [
            {
                "payment_id": payment.id,
                "state": _state(event.state),
                "updated": timestamp(event.at),
                "_links": {"payment_url": {"href": address, "method": "GET"}},
            }
            for event in payment.history
        ],
        "_links": {"self": {"href": f"{address}/events", "method": "GET"}},
    }


def _state(state: State) -> dict[str, Any]:
    # spec, `PaymentState`: code and message appear only where the payment failed.
    body: dict[str, Any] = {"status": state.status, "finished": state.finished}
    if state.code is not None:
        body |= {"code": state.code, "message": state.message}
    return body


def _refund_summary(payment: Payment) -> dict[str, Any]:
    """spec, `RefundSummary`; API reference, 'Refund status': pending until the money is taken."""
    if payment.state is State.CAPTURED:
        status = "available" if payment.amount else "full"
    elif payment.state in _NEVER_PAID:
        status = "unavailable"
    else:
        status = "pending"
    return {"status": status, "amount_available": payment.amount, "amount_submitted": 0}


_NEVER_PAID = frozenset(
    {
        State.REJECTED,
        State.EXPIRED,
        State.CANCELLED_BY_PAYER,
        State.CANCELLED_BY_SERVICE,
        State.ERROR,
    }
)


def _settlement_summary(payment: Payment) -> dict[str, str]:
    # spec, `PaymentSettlementSummary`. settled_date comes with Stripe alone, and never here.
    summary: dict[str, str] = {}
    if payment.capture_submitted_at is not None:
        summary["capture_submit_time"] = timestamp(payment.capture_submitted_at)
    if payment.captured_at is not None:
        summary["captured_date"] = payment.captured_at.date().isoformat()
    return summary


def _card_details(card: CardDetails | None) -> dict[str, Any] | None:
    if card is None:
        return None
    parts: dict[str, Any] = {
        "last_digits_card_number": card.last_digits,
        "first_digits_card_number": card.first_digits,
        "cardholder_name": card.cardholder_name,
        "expiry_date": card.expiry_date,
        "billing_address": _address(card.billing_address),
        "card_brand": card.brand,
    }
    details = {name: value for name, value in parts.items() if value is not None}
    if card.brand is not None:
        # The spec lists the word "null"; the wire has JSON null for an unknown type.
        details["card_type"] = card.type
    return details or None


def _address(address: Address | None) -> dict[str, str] | None:
    if address is None:
        return None
    parts = {
        "line1": address.line1,
        "line2": address.line2,
        "postcode": address.postcode,
        "city": address.city,
        "country": address.country,
    }
    return {name: value for name, value in parts.items() if value is not None}


def _links(payment: Payment, *, base: str, token: str | None) -> dict[str, Any]:
    """spec, `PaymentLinks`."""
    address = f"{base}/v1/payments/{payment.id}"
    links: dict[str, Any] = {
        "self": {"href": address, "method": "GET"},
        "events": {"href": f"{address}/events", "method": "GET"},
        "refunds": {"href": f"{address}/refunds", "method": "GET"},
        "cancel": (None if payment.finished else {"href": f"{address}/cancel", "method": "POST"}),
    }
    if payment.state is State.CAPTURABLE:
        links["capture"] = {"href": f"{address}/capture", "method": "POST"}
    if token is not None:
        links |= _payer_links(payment.authorisation_mode, base=base, token=token)
    return links


def _payer_links(mode: AuthorisationMode, *, base: str, token: str) -> dict[str, Any]:
    if mode is AuthorisationMode.MOTO_API:
        return {
            "auth_url_post": {
                "type": "application/json",
                "params": {"one_time_token": token},
                "href": f"{base}/v1/auth",
                "method": "POST",
            }
        }
    return {
        "next_url": {"href": f"{base}/secure/{token}", "method": "GET"},
        "next_url_post": {
            "type": _FORM,
            "params": {"chargeTokenId": token},
            "href": f"{base}/secure",
            "method": "POST",
        },
    }
