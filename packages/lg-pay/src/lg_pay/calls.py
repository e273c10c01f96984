# SPDX-License-Identifier: MIT
"""The operations of GOV.UK Pay, one function each: what its API reference documents, said once.

Pure: each returns a `Call`, which a client sends. Use them with `client.exchange(call)` where you
need the status, the headers or the number of attempts as well as the value. The calls of a search
are made by its reader: see `lg_pay.search`.

`POST /v1/auth` is left out: it takes card numbers, which this package never touches.
"""

import re
from types import NoneType

from lg_core.calls import Call, Repeat
from lg_core.errors import InvalidValueError
from lg_core.money import Pence
from lg_pay.agreement import Agreement, NewAgreement
from lg_pay.limits import CAPTURE, CREATE, GET, POST
from lg_pay.new_payment import AuthorisationMode, NewPayment
from lg_pay.payment import Payment, PaymentEvents
from lg_pay.refund import NewRefund, Refund, Refunds

__all__ = [
    "cancel_agreement",
    "cancel_payment",
    "capture_payment",
    "create_agreement",
    "create_payment",
    "get_agreement",
    "get_payment",
    "get_payment_events",
    "get_refund",
    "get_refunds",
    "refund_payment",
]

_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,64}")
_IDEMPOTENCY_KEY = re.compile(r"[A-Za-z0-9-]{1,255}")


def create_payment(new: NewPayment, *, idempotency_key: str | None = None) -> Call[Payment]:
    """Ask GOV.UK Pay to open a payment.

    GOV.UK Pay honours an idempotency key only with the mode `agreement` (API reference,
    'Idempotency-Key'; in other modes it takes the key and ignores it). There each call carries
    one and may be repeated for 24 hours. In other modes the call is never repeated once it may
    have left: a payment whose answer was lost has a `next_url` that nobody holds, so nobody can
    pay it, and it expires by itself after 90 minutes.

    Args:
        new: the payment.
        idempotency_key: your own key for the mode `agreement`, 1 to 255 letters, digits and
            hyphens, to repeat the call from another process; made by the client where it is None.

    Returns:
        The call; its answer is the payment, with `next_url`.

    Raises:
        InvalidValueError: the key is of another form, or the mode does not honour one.
    """
    by_agreement = new.mode is AuthorisationMode.AGREEMENT
    if idempotency_key is not None:
        _check_key(idempotency_key, by_agreement=by_agreement)
    return Call(
        "POST",
        "/v1/payments",
        capability="lg-pay.create_payment",
        read=Payment,
        success=frozenset({200, 201}),  # 200 where an idempotency key replays
        repeat=Repeat.WITH_KEY if by_agreement else Repeat.IF_NOT_SENT,
        body=new,
        bucket=CREATE,
        key_header="Idempotency-Key" if by_agreement else None,
        key=idempotency_key,
        find_out=_FIND_OUT[new.mode],
    )


def get_payment(payment_id: str) -> Call[Payment]:
    """Ask for a payment as it is now. Strongly consistent (API reference, 'Get a payment').

    Args:
        payment_id: GOV.UK Pay's name for the payment.

    Returns:
        The call; its answer is the payment, with a fresh `next_url` if it is unfinished.

    Raises:
        InvalidValueError: the id cannot be one.
    """
    return Call(
        "GET",
        f"/v1/payments/{_checked(payment_id)}",
        capability="lg-pay.get_payment",
        read=Payment,
        repeat=Repeat.ALWAYS,
        bucket=GET,
    )


def get_payment_events(payment_id: str) -> Call[PaymentEvents]:
    """Ask what happened to a payment, oldest first (API reference, 'Get a payment's events').

    Args:
        payment_id: GOV.UK Pay's name for the payment.

    Returns:
        The call; its answer is the events.

    Raises:
        InvalidValueError: the id cannot be one.
    """
    return Call(
        "GET",
        f"/v1/payments/{_checked(payment_id)}/events",
        capability="lg-pay.get_payment_events",
        read=PaymentEvents,
        repeat=Repeat.ALWAYS,
        bucket=GET,
    )


def cancel_payment(payment_id: str) -> Call[None]:
    """Cancel a payment that the payer has not finished (API reference, 'Cancel a payment').

    Args:
        payment_id: GOV.UK Pay's name for the payment.

    Returns:
        The call; its answer is empty.

    Raises:
        InvalidValueError: the id cannot be one.
    """
    return Call(
        "POST",
        f"/v1/payments/{_checked(payment_id)}/cancel",
        capability="lg-pay.cancel_payment",
        read=NoneType,
        success=frozenset({204}),
        repeat=Repeat.IF_NOT_SENT,
        bucket=POST,
        find_out="Get the payment: its status is cancelled if it was carried out.",
    )


def capture_payment(payment_id: str) -> Call[None]:
    """Take the money of a payment with delayed capture (API reference, 'Capture a payment').

    It must be within 120 hours of the payment's creation.

    Args:
        payment_id: GOV.UK Pay's name for the payment.

    Returns:
        The call; its answer is empty.

    Raises:
        InvalidValueError: the id cannot be one.
    """
    return Call(
        "POST",
        f"/v1/payments/{_checked(payment_id)}/capture",
        capability="lg-pay.capture_payment",
        read=NoneType,
        success=frozenset({204}),
        repeat=Repeat.IF_NOT_SENT,
        bucket=CAPTURE,
        find_out="Get the payment: its status is success if it was carried out.",
    )


def refund_payment(payment_id: str, *, amount: Pence, available: Pence) -> Call[Refund]:
    """Pay back all or part of a payment (API reference, 'Refund a payment').

    GOV.UK Pay honours no idempotency key here. It compares `available` with what can be refunded
    and refuses where that has changed (P0604), so the same call made again with the same
    `available` cannot refund twice.

    Args:
        payment_id: GOV.UK Pay's name for the payment.
        amount: pence to pay back, from 1.
        available: `refund_summary.amount_available` of the payment as you saw it when the refund
            was decided on. Do not read it anew for a repeat.

    Returns:
        The call; its answer is the refund.

    Raises:
        InvalidValueError: the id cannot be one, or the amount is not from 1 to `available`.
    """
    if amount > available:
        raise InvalidValueError(
            "amount is more than available: a payment cannot be refunded beyond what was paid.",
            field="amount",
            code="more_than_available",
        )
    return Call(
        "POST",
        f"/v1/payments/{_checked(payment_id)}/refunds",
        capability="lg-pay.refund_payment",
        read=Refund,
        success=frozenset({200, 202}),  # the specification says 200, the server answers 202
        repeat=Repeat.IF_NOT_SENT,
        body=NewRefund(amount=amount, refund_amount_available=available),
        bucket=POST,
        find_out="Get the payment and its refunds to see whether it was made. The call may be made "
        "again with the same available=: GOV.UK Pay then refuses it (RefundMismatchError) if the "
        "first one went through. Never make it again with another available=.",
    )


def get_refund(payment_id: str, refund_id: str) -> Call[Refund]:
    """Ask for a refund as it is now. Strongly consistent (API reference, 'Get a payment refund').

    Args:
        payment_id: GOV.UK Pay's name for the payment.
        refund_id: GOV.UK Pay's name for the refund.

    Returns:
        The call; its answer is the refund.

    Raises:
        InvalidValueError: an id cannot be one.
    """
    refund = _checked(refund_id, field="refund_id")
    return Call(
        "GET",
        f"/v1/payments/{_checked(payment_id)}/refunds/{refund}",
        capability="lg-pay.get_refund",
        read=Refund,
        repeat=Repeat.ALWAYS,
        bucket=GET,
    )


def get_refunds(payment_id: str) -> Call[Refunds]:
    """Ask for the refunds of a payment. Eventually consistent: may lack the last moments.

    Args:
        payment_id: GOV.UK Pay's name for the payment.

    Returns:
        The call; its answer is the refunds.

    Raises:
        InvalidValueError: the id cannot be one.
    """
    return Call(
        "GET",
        f"/v1/payments/{_checked(payment_id)}/refunds",
        capability="lg-pay.get_refunds",
        read=Refunds,
        repeat=Repeat.ALWAYS,
        bucket=GET,
    )


def create_agreement(new: NewAgreement) -> Call[Agreement]:
    """Ask GOV.UK Pay to open an agreement (API reference, 'Create an agreement').

    It charges nothing: a card is stored by a payment with `set_up_agreement`.

    Args:
        new: the agreement.

    Returns:
        The call; its answer is the agreement.
    """
    return Call(
        "POST",
        "/v1/agreements",
        capability="lg-pay.create_agreement",
        read=Agreement,
        success=frozenset({200, 201}),
        repeat=Repeat.IF_NOT_SENT,
        body=new,
        bucket=POST,
        find_out="An agreement without a card charges nobody, so to go on make a new call. To tidy "
        "up, search agreements by reference and cancel the one that is not used.",
    )


def get_agreement(agreement_id: str) -> Call[Agreement]:
    """Ask for an agreement as it is now. Strongly consistent.

    Args:
        agreement_id: GOV.UK Pay's name for the agreement.

    Returns:
        The call; its answer is the agreement.

    Raises:
        InvalidValueError: the id cannot be one.
    """
    return Call(
        "GET",
        f"/v1/agreements/{_checked(agreement_id, field='agreement_id')}",
        capability="lg-pay.get_agreement",
        read=Agreement,
        repeat=Repeat.ALWAYS,
        bucket=GET,
    )


def cancel_agreement(agreement_id: str) -> Call[None]:
    """End an agreement: its card is charged no more (API reference, 'Cancel an agreement').

    Args:
        agreement_id: GOV.UK Pay's name for the agreement.

    Returns:
        The call; its answer is empty.

    Raises:
        InvalidValueError: the id cannot be one.
    """
    return Call(
        "POST",
        f"/v1/agreements/{_checked(agreement_id, field='agreement_id')}/cancel",
        capability="lg-pay.cancel_agreement",
        read=NoneType,
        success=frozenset({204}),
        repeat=Repeat.IF_NOT_SENT,
        bucket=POST,
        find_out="Get the agreement: its status is cancelled if it was carried out.",
    )


_FIND_OUT = {
    AuthorisationMode.WEB: "The payer cannot have paid: only the lost answer held the address to "
    "pay at, and such a payment expires after 90 minutes. To go on, make a new call for the same "
    "order.",
    AuthorisationMode.AGREEMENT: "The card may have been charged. Make the call again within 24 "
    "hours with the same idempotency_key, or look for the reference in the GOV.UK Pay admin tool.",
    AuthorisationMode.MOTO_API: "No card details were sent, so nothing was charged. To go on, make "
    "a new call for the same order.",
}


def _checked(identifier: str, *, field: str = "payment_id") -> str:
    if not _IDENTIFIER.fullmatch(identifier):
        raise InvalidValueError(
            f"{field} must be GOV.UK Pay's own id, as in its answers: letters and digits, 26 of "
            "them as a rule.",
            field=field,
            code="not_an_id",
        )
    return identifier


def _check_key(key: str, *, by_agreement: bool) -> None:
    if not by_agreement:
        raise InvalidValueError(
            "idempotency_key has no effect with this mode: GOV.UK Pay honours it only with the "
            "mode agreement. Leave it out.",
            field="idempotency_key",
            code="no_effect",
        )
    if not _IDEMPOTENCY_KEY.fullmatch(key):
        raise InvalidValueError(
            "idempotency_key must be 1 to 255 letters, digits and hyphens.",
            field="idempotency_key",
            code="not_a_key",
        )
