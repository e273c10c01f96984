# SPDX-License-Identifier: MIT
"""The operations of GOV.UK Pay, one function each: what its API reference documents, said once.

Pure: each returns a `Call`, which a client sends. Use them with `client.exchange(call)` where you
need the status, the headers or the number of attempts as well as the value.
"""

import re
from types import NoneType

from lg_core.calls import Call, Repeat
from lg_core.errors import InvalidValueError
from lg_pay.limits import CREATE, GET, POST
from lg_pay.new_payment import AuthorisationMode, NewPayment
from lg_pay.payment import Payment, PaymentEvents

__all__ = ["cancel_payment", "create_payment", "get_payment", "get_payment_events"]

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


_FIND_OUT = {
    AuthorisationMode.WEB: "The payer cannot have paid: only the lost answer held the address to "
    "pay at, and such a payment expires after 90 minutes. To go on, make a new call for the same "
    "order.",
    AuthorisationMode.AGREEMENT: "The card may have been charged. Make the call again within 24 "
    "hours with the same idempotency_key, or look for the reference in the GOV.UK Pay admin tool.",
    AuthorisationMode.MOTO_API: "No card details were sent, so nothing was charged. To go on, make "
    "a new call for the same order.",
}


def _checked(payment_id: str) -> str:
    if not _IDENTIFIER.fullmatch(payment_id):
        raise InvalidValueError(
            "payment_id must be GOV.UK Pay's own id of the payment, as in payment.payment_id: "
            "letters and digits, 26 of them as a rule.",
            field="payment_id",
            code="not_an_id",
        )
    return payment_id


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
