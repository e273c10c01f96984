# SPDX-License-Identifier: MIT
"""Payments as GOV.UK Pay writes them in its answers."""

from datetime import UTC, datetime
from typing import Any

from lg_sandbox.pay.model import Address, AuthorisationMode, CardDetails, Payment, State

__all__ = ["card_details_body", "events_body", "found_payment_body", "payment_body", "timestamp"]

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
    return _details(payment) | {"_links": _links(payment, base=base, token=token)}


def found_payment_body(payment: Payment, *, base: str) -> dict[str, Any]:
    """Write a payment as a search answers it.

    Args:
        payment: the payment, as the ledger has it.
        base: the address of the API, without a slash at its end.

    Returns:
        The body (spec, `PaymentDetailForSearch`), which has no link for the payer.
    """
    links = _links(payment, base=base, token=None)
    if links["cancel"] is None:
        del links["cancel"]
    return _details(payment) | {"_links": links}


def _details(payment: Payment) -> dict[str, Any]:
    body: dict[str, Any] = {
        "amount": payment.amount,
        "description": payment.description,
        "reference": payment.reference,
        "language": payment.language,
        "email": payment.email,
        "metadata": dict(payment.metadata) or None,
        "state": _payment_state(payment),
        "payment_id": payment.id,
        "payment_provider": payment.provider.value,
        "created_date": timestamp(payment.created_at),
        "refund_summary": _refund_summary(payment),
        "settlement_summary": _settlement_summary(payment),
        "card_details": card_details_body(payment.card),
        "delayed_capture": payment.delayed_capture,
        "moto": payment.moto,
        "provider_id": payment.provider_id,
        "return_url": payment.return_url,
        "authorisation_mode": payment.authorisation_mode.value,
        # The wire has it, although the spec's answers do not name it.
        "agreement_id": payment.agreement_id,
        "fee": payment.fee,
        "net_amount": payment.net_amount,
    }
    if payment.surcharge:
        # spec: both appear only where a surcharge was added.
        body |= {
            "corporate_card_surcharge": payment.surcharge,
            "total_amount": payment.total_amount,
        }
    return {name: value for name, value in body.items() if value is not None}


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


def _payment_state(payment: Payment) -> dict[str, Any]:
    # API reference, `state.can_retry`: only on failed payments under an agreement.
    body = _state(payment.state)
    return body if payment.can_retry is None else body | {"can_retry": payment.can_retry}


def _refund_summary(payment: Payment) -> dict[str, Any]:
    # spec, `RefundSummary`; the surcharge is part of what can be refunded.
    return {
        "status": payment.refund_status,
        "amount_available": payment.refundable,
        "amount_submitted": payment.refunded,
    }


def _settlement_summary(payment: Payment) -> dict[str, str]:
    # spec, `PaymentSettlementSummary`. settled_date comes with Stripe alone.
    summary: dict[str, str] = {}
    if payment.capture_submitted_at is not None:
        summary["capture_submit_time"] = timestamp(payment.capture_submitted_at)
    if payment.captured_at is not None:
        summary["captured_date"] = payment.captured_at.date().isoformat()
    if payment.settled_on is not None:
        summary["settled_date"] = payment.settled_on.isoformat()
    return summary


def card_details_body(card: CardDetails | None) -> dict[str, Any] | None:
    """Write what Pay keeps of a card (spec, `CardDetails`).

    Args:
        card: the card.

    Returns:
        The body; None where nothing is known.
    """
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
        "cancel": (
            None
            if payment.finished or payment.authorisation_mode is AuthorisationMode.AGREEMENT
            else {"href": f"{address}/cancel", "method": "POST"}
        ),
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
