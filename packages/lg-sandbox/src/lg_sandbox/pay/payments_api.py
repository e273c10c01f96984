# SPDX-License-Identifier: MIT
"""The operations on one payment: create, get, events, cancel, capture."""

from lg_sandbox.answers import Answer, json_answer
from lg_sandbox.pay.calls import Operation, Rule, Work
from lg_sandbox.pay.errors import Code, Refusal
from lg_sandbox.pay.limits import Bucket
from lg_sandbox.pay.machine import Action, NotAllowedError
from lg_sandbox.pay.recurring import check_set_up, create_under_agreement
from lg_sandbox.pay.validation import read_new_payment
from lg_sandbox.pay.wire import events_body

__all__ = ["PAYMENT_RULES"]


def _create(work: Work) -> Answer:
    call, account = work.call, work.account
    new = read_new_payment(call.body, idempotency_key=call.idempotency_key, account=account)
    if new.agreement_id is not None:
        return create_under_agreement(work, new, agreement_id=new.agreement_id)
    check_set_up(work, new)
    payment = work.office.book.create(new, account=account, now=work.now)
    location = f"{call.base}/v1/payments/{payment.id}"
    return json_answer(201, work.body(payment), headers=(("Location", location),))


def _get(work: Work) -> Answer:
    return json_answer(200, work.body(work.payment()))


def _events(work: Work) -> Answer:
    return json_answer(200, events_body(work.payment(), base=work.call.base))


def _cancel(work: Work) -> Answer:
    try:
        work.act(Action.CANCEL_BY_SERVICE)
    except NotAllowedError:
        # connector code, `ChargeCancelService`: a finished payment is an illegal state, which
        # becomes 400. 409 is for two requests that race.
        raise Refusal(Code.CANCEL_REFUSED) from None
    return Answer(204)


def _capture(work: Work) -> Answer:
    try:
        work.act(Action.CAPTURE)
    except NotAllowedError:
        # connector code, `DelayedCaptureService`: whatever does not wait for capture is 409.
        raise Refusal(Code.CAPTURE_CONFLICT) from None
    return Answer(204)


# spec, `paths`
PAYMENT_RULES: tuple[Rule, ...] = (
    Rule(
        Operation.CREATE_PAYMENT,
        "POST",
        "/v1/payments",
        Bucket.CREATE,
        _create,
        failed=Code.CREATE_FAILED,
        conflict=Code.KEY_REUSED,
        needs_json=True,
    ),
    Rule(
        Operation.GET_PAYMENT,
        "GET",
        "/v1/payments/{payment_id}",
        Bucket.GET,
        _get,
        failed=Code.GET_FAILED,
        not_found=Code.GET_NOT_FOUND,
    ),
    Rule(
        Operation.GET_PAYMENT_EVENTS,
        "GET",
        "/v1/payments/{payment_id}/events",
        Bucket.GET,
        _events,
        failed=Code.EVENTS_FAILED,
        not_found=Code.EVENTS_NOT_FOUND,
    ),
    Rule(
        Operation.CANCEL_PAYMENT,
        "POST",
        "/v1/payments/{payment_id}/cancel",
        Bucket.OTHER_POST,
        _cancel,
        failed=Code.CANCEL_FAILED,
        not_found=Code.CANCEL_NOT_FOUND,
        conflict=Code.CANCEL_CONFLICT,
    ),
    Rule(
        Operation.CAPTURE_PAYMENT,
        "POST",
        "/v1/payments/{payment_id}/capture",
        Bucket.CAPTURE,
        _capture,
        failed=Code.CAPTURE_FAILED,
        not_found=Code.CAPTURE_NOT_FOUND,
        conflict=Code.CAPTURE_CONFLICT,
    ),
)
