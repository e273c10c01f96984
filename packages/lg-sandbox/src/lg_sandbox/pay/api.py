# SPDX-License-Identifier: MIT
"""Answer a request to the API: who asks, how often, and what Pay says to it.

What is fixed about each operation stands in `RULES`, which modules by subject fill.
"""

from collections.abc import Mapping

from lg_sandbox.answers import Answer, html_answer, json_answer, text_answer
from lg_sandbox.faults import Fault, PlannedFault
from lg_sandbox.pay.agreements_api import AGREEMENT_RULES
from lg_sandbox.pay.calls import Call, Operation, Rule, Work
from lg_sandbox.pay.card_api import CARD_RULES
from lg_sandbox.pay.disputes_api import DISPUTE_RULES
from lg_sandbox.pay.errors import Code, PayError, Refusal, UnknownRecordError
from lg_sandbox.pay.model import Account
from lg_sandbox.pay.office import Office
from lg_sandbox.pay.payments_api import PAYMENT_RULES
from lg_sandbox.pay.refunds_api import REFUND_RULES
from lg_sandbox.pay.search_api import SEARCH_RULES

__all__ = [
    "CONFLICTS",
    "NOT_BUILT",
    "ROUTES",
    "RULES",
    "Call",
    "Operation",
    "answer",
    "fault_answer",
]

RULES: Mapping[Operation, Rule] = {
    rule.operation: rule
    for rules in (
        PAYMENT_RULES,
        SEARCH_RULES,
        REFUND_RULES,
        DISPUTE_RULES,
        AGREEMENT_RULES,
        CARD_RULES,
    )
    for rule in rules
}
"""What is fixed about each operation that this stand-in has."""

ROUTES: Mapping[tuple[str, str], Operation] = {
    (rule.method, rule.path): rule.operation for rule in RULES.values()
}
"""Where each operation is found."""

NOT_BUILT: tuple[tuple[str, str], ...] = tuple(
    way
    for way in (
        ("POST", "/v1/agreements"),
        ("GET", "/v1/agreements"),
        ("GET", "/v1/agreements/{agreement_id}"),
        ("POST", "/v1/agreements/{agreement_id}/cancel"),
        ("POST", "/v1/auth"),
    )
    if way not in ROUTES
)
"""Operations of the real API that this stand-in does not have yet."""

CONFLICTS: Mapping[str, Code] = {
    rule.operation: rule.conflict for rule in RULES.values() if rule.conflict is not None
}
"""What Pay answers when two requests race; GETs have nothing of the kind."""

# publicapi code: the framework's own answer to a key it does not know. No code, no JSON
# (spec: 401 has no content).
_UNKNOWN_KEY = text_answer(
    401,
    "Credentials are required to access this resource.",
    headers=(("WWW-Authenticate", 'Bearer realm="realm"'),),
)


def answer(call: Call, *, office: Office) -> tuple[Answer, str | None]:
    """Answer a call as Pay does.

    Args:
        call: the request.
        office: the state of the stand-in.

    Returns:
        The answer, and the id of the account that asked, where its key was known.
    """
    rule = RULES[call.operation]
    framed = _framing(call, rule)
    if framed is not None:
        return framed, None
    with office.open() as now:
        try:
            account = _who(call, rule, office)
        except Refusal as refusal:
            return _refusal(refusal.error), None
        if account is None:
            return _UNKNOWN_KEY, None
        return _handle(Work(call, office, account, now), rule), account.id


def _handle(work: Work, rule: Rule) -> Answer:
    """Do the work, where the account has not asked too often."""
    account = work.account
    limits = work.office.limits
    if account.rate_limited and not limits.take(account.id, rule.bucket, now=work.now):
        # publicapi code: no Retry-After comes with it.
        return _refusal(Refusal(Code.TOO_MANY).error)
    try:
        return rule.handler(work)
    except Refusal as refusal:
        return _refusal(refusal.error)
    except UnknownRecordError:
        return _refusal(Refusal(rule.not_found or rule.failed).error)


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
            return _refusal(Refusal(RULES[operation].failed).error)
        case Fault.ERROR_BEFORE | Fault.ERROR_AFTER | Fault.HTML:
            # What stands in front of the API answers with pages, not with Pay's codes.
            return html_answer(planned.status, _PROXY_PAGE)
        case _:
            return done


_PROXY_PAGE = (
    "<!DOCTYPE html><html lang=en><head><title>Sorry, there is a problem</title></head>"
    "<body><h1>Sorry, there is a problem with the service</h1></body></html>"
)


def _framing(call: Call, rule: Rule) -> Answer | None:
    """Refuse what the framework refuses before anybody looks at the key.

    API reference, 'Making requests': the body is JSON, and Accept, if sent, allows JSON.
    """
    accepted = {
        part.partition(";")[0].strip().lower() for part in (call.accept or "*/*").split(",")
    }
    if not accepted & {"application/json", "application/*", "*/*"}:
        return json_answer(406, {"code": 406, "message": "HTTP 406 Not Acceptable"})
    if rule.needs_json:
        sent = (call.content_type or "").partition(";")[0].strip().lower()
        if sent != "application/json":
            return json_answer(415, {"code": 415, "message": "HTTP 415 Unsupported Media Type"})
    return None


def _who(call: Call, rule: Rule, office: Office) -> Account | None:
    """Say who asks: by the Bearer key, or as the operation itself says."""
    return office.who(call.authorization) if rule.who is None else rule.who(call, office)


def _refusal(error: PayError) -> Answer:
    return json_answer(error.code.status, error.body)
