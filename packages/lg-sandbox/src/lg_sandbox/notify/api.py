# SPDX-License-Identifier: MIT
"""Answer a request to the API: who asks, how often, and what Notify says to it."""

from collections.abc import Callable, Mapping

from lg_sandbox.answers import Answer, html_answer, json_answer
from lg_sandbox.faults import Fault, PlannedFault
from lg_sandbox.notify import reading
from lg_sandbox.notify.calls import NOT_BUILT, PAGE_SIZE, ROUTES, Call, Operation, Work
from lg_sandbox.notify.errors import ErrorName, NotifyError, Refusal, broken, error_answer
from lg_sandbox.notify.keys import KeyKind
from lg_sandbox.notify.model import Channel
from lg_sandbox.notify.office import Office
from lg_sandbox.notify.posting import post, post_precompiled
from lg_sandbox.notify.schema import read_body, read_message, read_precompiled
from lg_sandbox.notify.sending import check_limits, check_rate, rate_refusal, send
from lg_sandbox.notify.wire import accepted_body, precompiled_body

__all__ = ["NOT_BUILT", "PAGE_SIZE", "ROUTES", "Call", "Operation", "answer", "fault_answer"]


def answer(call: Call, *, office: Office) -> tuple[Answer, KeyKind | None]:
    """Answer a call as Notify does.

    Args:
        call: the request.
        office: the state of the stand-in.

    Returns:
        The answer, and the kind of key that asked, where it was known.
    """
    key: KeyKind | None = None
    with office.open() as now:
        try:
            desk, key = office.who(call.authorization)
            return _HANDLERS[call.operation](Work(call, office, desk, key, now)), key
        except Refusal as refusal:
            return error_answer(refusal.status, refusal.errors), key


def fault_answer(
    planned: PlannedFault, _operation: Operation, done: Answer, *, office: Office
) -> Answer:
    """Return what a fault puts on the wire.

    Args:
        planned: the fault.
        _operation: what was asked for; Notify answers for all in one way.
        done: the answer to the work, where it was done; anything where it was not.
        office: the state of the stand-in.

    Returns:
        The answer of the fault, or `done` for the faults that only spoil its way.
    """
    match planned.fault:
        case Fault.RATE_LIMITED:
            refusal = rate_refusal(office.first.account, KeyKind.TEST)
            return error_answer(refusal.status, refusal.errors)
        case Fault.ERROR_BEFORE | Fault.ERROR_AFTER if planned.status in _FAILED:
            return error_answer(planned.status, [_FAILED[planned.status]])
        case Fault.ERROR_BEFORE | Fault.ERROR_AFTER | Fault.HTML:
            # What stands in front of the API answers with pages, not with Notify's errors.
            return html_answer(planned.status, _PROXY_PAGE)
        case _:
            return done


_PROXY_PAGE = (
    "<!DOCTYPE html><html lang=en><head><title>Sorry, there is a problem</title></head>"
    "<body><h1>Sorry, there is a problem with the service</h1></body></html>"
)
# notifications-api, `app/v2/errors.py`: a failure of its own, and giving up after 30 seconds.
_FAILED = {
    500: NotifyError(ErrorName.EXCEPTION, "Internal server error"),
    504: NotifyError(ErrorName.TIMEOUT, "Timeout serving request"),
}


def _send(work: Work, channel: Channel) -> Answer:
    check_limits(work.caller, channel=channel, now=work.now)
    new = read_message(read_body(work.call.body), channel=channel, now=work.now)
    accepted = send(new, office=work.office, caller=work.caller, now=work.now)
    return json_answer(201, accepted_body(accepted, base=work.call.base))


def _send_sms(work: Work) -> Answer:
    return _send(work, Channel.SMS)


def _send_email(work: Work) -> Answer:
    return _send(work, Channel.EMAIL)


def _send_letter(work: Work) -> Answer:
    """A body with `content` is a letter whose PDF the service made."""
    check_limits(work.caller, channel=Channel.LETTER, now=work.now)
    fields = read_body(work.call.body)
    if "content" in fields:
        pdf = read_precompiled(fields, now=work.now)
        made = post_precompiled(pdf, office=work.office, caller=work.caller, now=work.now)
        return json_answer(201, precompiled_body(made.message, postage=pdf.postage))
    new = read_message(fields, channel=Channel.LETTER, now=work.now)
    accepted = post(new, office=work.office, caller=work.caller, now=work.now)
    return json_answer(201, accepted_body(accepted, base=work.call.base))


def _send_unknown(work: Work) -> Answer:
    """Notify falls over a channel that it does not have (recorded answer 'unknown channel')."""
    check_rate(work.caller, now=work.now)
    raise broken(ErrorName.KEY)


_HANDLERS: Mapping[Operation, Callable[[Work], Answer]] = {
    Operation.SEND_SMS: _send_sms,
    Operation.SEND_EMAIL: _send_email,
    Operation.SEND_LETTER: _send_letter,
    Operation.SEND_UNKNOWN: _send_unknown,
    Operation.GET_NOTIFICATION: reading.get_notification,
    Operation.GET_PDF: reading.get_pdf,
    Operation.LIST_NOTIFICATIONS: reading.list_notifications,
    Operation.GET_TEMPLATE: reading.get_template,
    Operation.GET_TEMPLATE_VERSION: reading.get_template,
    Operation.LIST_TEMPLATES: reading.list_templates,
    Operation.PREVIEW_TEMPLATE: reading.preview_template,
    Operation.LIST_RECEIVED_TEXTS: reading.list_received_texts,
}
