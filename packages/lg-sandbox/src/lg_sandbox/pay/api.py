# SPDX-License-Identifier: MIT
"""Answer a request to the API: who asks, how often, and what Pay says to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from lg_sandbox.answers import Answer, html_answer, json_answer, text_answer
from lg_sandbox.faults import Fault, PlannedFault
from lg_sandbox.pay.book import UnknownPaymentError
from lg_sandbox.pay.errors import Code, PayError, Refusal
from lg_sandbox.pay.limits import Bucket
from lg_sandbox.pay.machine import Action, NotAllowedError
from lg_sandbox.pay.model import Account, Payment
from lg_sandbox.pay.office import Office
from lg_sandbox.pay.validation import read_new_payment
from lg_sandbox.pay.wire import events_body, payment_body

__all__ = ["CONFLICTS", "NOT_BUILT", "ROUTES", "Call", "Operation", "answer", "fault_answer"]


class Operation(StrEnum):
    """The operations that this stand-in has, as faults and records name them."""

    CREATE_PAYMENT = "create_payment"
    GET_PAYMENT = "get_payment"
    GET_PAYMENT_EVENTS = "get_payment_events"
    CANCEL_PAYMENT = "cancel_payment"
    CAPTURE_PAYMENT = "capture_payment"


# spec, `paths`
ROUTES: Mapping[tuple[str, str], Operation] = {
    ("POST", "/v1/payments"): Operation.CREATE_PAYMENT,
    ("GET", "/v1/payments/{payment_id}"): Operation.GET_PAYMENT,
    ("GET", "/v1/payments/{payment_id}/events"): Operation.GET_PAYMENT_EVENTS,
    ("POST", "/v1/payments/{payment_id}/cancel"): Operation.CANCEL_PAYMENT,
    ("POST", "/v1/payments/{payment_id}/capture"): Operation.CAPTURE_PAYMENT,
}
"""Where each operation is found."""

NOT_BUILT: tuple[tuple[str, str], ...] = (
    ("GET", "/v1/payments"),
    ("POST", "/v1/payments/{payment_id}/refunds"),
    ("GET", "/v1/payments/{payment_id}/refunds"),
    ("GET", "/v1/payments/{payment_id}/refunds/{refund_id}"),
    ("GET", "/v1/refunds"),
    ("GET", "/v1/disputes"),
    ("POST", "/v1/agreements"),
    ("GET", "/v1/agreements"),
    ("GET", "/v1/agreements/{agreement_id}"),
    ("POST", "/v1/agreements/{agreement_id}/cancel"),
    ("POST", "/v1/auth"),
)
"""Operations of the real API that this stand-in does not have yet."""

_BUCKETS = {
    Operation.CREATE_PAYMENT: Bucket.CREATE,
    Operation.GET_PAYMENT: Bucket.GET,
    Operation.GET_PAYMENT_EVENTS: Bucket.GET,
    Operation.CANCEL_PAYMENT: Bucket.OTHER_POST,
    Operation.CAPTURE_PAYMENT: Bucket.CAPTURE,
}

_NOT_FOUND = {
    Operation.GET_PAYMENT: Code.GET_NOT_FOUND,
    Operation.GET_PAYMENT_EVENTS: Code.EVENTS_NOT_FOUND,
    Operation.CANCEL_PAYMENT: Code.CANCEL_NOT_FOUND,
    Operation.CAPTURE_PAYMENT: Code.CAPTURE_NOT_FOUND,
}

_FAILED = {
    Operation.CREATE_PAYMENT: Code.CREATE_FAILED,
    Operation.GET_PAYMENT: Code.GET_FAILED,
    Operation.GET_PAYMENT_EVENTS: Code.EVENTS_FAILED,
    Operation.CANCEL_PAYMENT: Code.CANCEL_FAILED,
    Operation.CAPTURE_PAYMENT: Code.CAPTURE_FAILED,
}

CONFLICTS: Mapping[str, Code] = {
    Operation.CREATE_PAYMENT: Code.KEY_REUSED,
    Operation.CANCEL_PAYMENT: Code.CANCEL_CONFLICT,
    Operation.CAPTURE_PAYMENT: Code.CAPTURE_CONFLICT,
}
"""What Pay answers when two requests race; GETs have nothing of the kind."""

# publicapi code: the framework's own answer to a key it does not know. No code, no JSON
# (spec: 401 has no content).
_UNKNOWN_KEY = text_answer(
    401,
    "Credentials are required to access this resource.",
    headers=(("WWW-Authenticate", 'Bearer realm="realm"'),),
)


@dataclass(frozen=True, slots=True)
class Call:
    """A request to the API.

    Args:
        operation: what is asked for.
        payment_id: Pay's id, for all but create.
        authorization: the header of that name.
        idempotency_key: the header of that name.
        content_type: the header of that name.
        accept: the header of that name.
        body: the body as it came.
        base: the address of the API, for links.
    """

    operation: Operation
    payment_id: str
    authorization: str | None
    idempotency_key: str | None
    content_type: str | None
    accept: str | None
    body: bytes
    base: str


def answer(call: Call, *, office: Office) -> tuple[Answer, str | None]:
    """Answer a call as Pay does.

    Args:
        call: the request.
        office: the state of the stand-in.

    Returns:
        The answer, and the id of the account that asked, where its key was known.
    """
    framed = _framing(call)
    if framed is not None:
        return framed, None
    with office.open() as now:
        account = office.who(call.authorization)
        if account is None:
            return _UNKNOWN_KEY, None
        bucket = _BUCKETS[call.operation]
        if account.rate_limited and not office.limits.take(account.id, bucket, now=now):
            # publicapi code: no Retry-After comes with it.
            return _refusal(Refusal(Code.TOO_MANY).error), account.id
        try:
            return _HANDLERS[call.operation](_Work(call, office, account, now)), account.id
        except Refusal as refusal:
            return _refusal(refusal.error), account.id
        except UnknownPaymentError:
            return _refusal(Refusal(_NOT_FOUND[call.operation]).error), account.id


def fault_answer(planned: PlannedFault, operation: Operation, done: Answer) -> Answer:
    """Return what a fault puts on the wire.

    Args:
        planned: the fault.
        operation: what was asked for.
        done: the answer to the work, where it was done; anything where it was not.

    Returns:
        The answer of the fault, or `done` for the faults that only spoil its way.
    """
    match planned.fault:
        case Fault.RATE_LIMITED:
            return _refusal(Refusal(Code.TOO_MANY).error)
        case Fault.CONFLICT:
            return _refusal(Refusal(CONFLICTS[operation]).error)
        case Fault.ERROR_BEFORE | Fault.ERROR_AFTER if planned.status == 500:  # noqa: PLR2004 -- an HTTP status
            return _refusal(Refusal(_FAILED[operation]).error)
        case Fault.ERROR_BEFORE | Fault.ERROR_AFTER | Fault.HTML:
            # What stands in front of the API answers with pages, not with Pay's codes.
            return html_answer(planned.status, _PROXY_PAGE)
        case _:
            return done


_PROXY_PAGE = (
    "<!DOCTYPE html><html lang=en><head><title>Sorry, there is a problem</title></head>"
    "<body><h1>Sorry, there is a problem with the service</h1></body></html>"
)


def _framing(call: Call) -> Answer | None:
    """Refuse what the framework refuses before anybody looks at the key.

    API reference, 'Making requests': the body is JSON, and Accept, if sent, allows JSON.
    """
    accepted = {
        part.partition(";")[0].strip().lower() for part in (call.accept or "*/*").split(",")
    }
    if not accepted & {"application/json", "application/*", "*/*"}:
        return json_answer(406, {"code": 406, "message": "HTTP 406 Not Acceptable"})
    if call.operation is Operation.CREATE_PAYMENT:
        sent = (call.content_type or "").partition(";")[0].strip().lower()
        if sent != "application/json":
            return json_answer(415, {"code": 415, "message": "HTTP 415 Unsupported Media Type"})
    return None


def _refusal(error: PayError) -> Answer:
    return json_answer(error.code.status, error.body)


@dataclass(frozen=True, slots=True)
class _Work:
    call: Call
    office: Office
    account: Account
    now: datetime

    def payment(self) -> Payment:
        return self.office.book.get(self.call.payment_id, now=self.now, account=self.account.id)

    def act(self, action: Action) -> None:
        payment = self.payment()
        self.office.book.act(payment.id, action, now=self.now, account=self.account)

    def body(self, payment: Payment) -> dict[str, Any]:
        token = self.office.book.issue_token(payment, now=self.now)
        return payment_body(payment, base=self.call.base, token=token)


def _create(work: _Work) -> Answer:
    call, account = work.call, work.account
    new = read_new_payment(call.body, idempotency_key=call.idempotency_key, account=account)
    payment = work.office.book.create(new, account=account, now=work.now)
    location = f"{call.base}/v1/payments/{payment.id}"
    return json_answer(201, work.body(payment), headers=(("Location", location),))


def _get(work: _Work) -> Answer:
    return json_answer(200, work.body(work.payment()))


def _events(work: _Work) -> Answer:
    return json_answer(200, events_body(work.payment(), base=work.call.base))


def _cancel(work: _Work) -> Answer:
    try:
        work.act(Action.CANCEL_BY_SERVICE)
    except NotAllowedError:
        # connector code, `ChargeCancelService`: a finished payment is an illegal state, which
        # becomes 400. 409 is for two requests that race.
        raise Refusal(Code.CANCEL_REFUSED) from None
    return Answer(204)


def _capture(work: _Work) -> Answer:
    try:
        work.act(Action.CAPTURE)
    except NotAllowedError:
        # connector code, `DelayedCaptureService`: whatever does not wait for capture is 409.
        raise Refusal(Code.CAPTURE_CONFLICT) from None
    return Answer(204)


_HANDLERS: dict[Operation, Callable[[_Work], Answer]] = {
    Operation.CREATE_PAYMENT: _create,
    Operation.GET_PAYMENT: _get,
    Operation.GET_PAYMENT_EVENTS: _events,
    Operation.CANCEL_PAYMENT: _cancel,
    Operation.CAPTURE_PAYMENT: _capture,
}
