# SPDX-License-Identifier: MIT
"""The operations on agreements: create, get, search, cancel."""

from lg_sandbox.answers import Answer, json_answer
from lg_sandbox.pay.agreements import AgreementNotActiveError
from lg_sandbox.pay.agreements_reading import (
    AgreementSearch,
    read_agreement_search,
    read_new_agreement,
)
from lg_sandbox.pay.agreements_wire import agreement_body, agreement_page_body
from lg_sandbox.pay.calls import Operation, Rule, Work
from lg_sandbox.pay.errors import Code, Refusal
from lg_sandbox.pay.limits import Bucket

__all__ = ["AGREEMENT_RULES"]


def _create(work: Work) -> Answer:
    new = read_new_agreement(work.call.body)
    if not work.account.recurring_enabled:
        # publicapi code, `CreateAgreementExceptionMapper`.
        raise Refusal(Code.RECURRING_OFF)
    agreement = work.office.agreements.create(new, account=work.account.id, now=work.now)
    return json_answer(201, agreement_body(agreement))


def _get(work: Work) -> Answer:
    agreement_id = work.call.ids["agreement_id"]
    agreement = work.office.agreements.get(agreement_id, account=work.account.id)
    return json_answer(200, agreement_body(agreement))


def _search(work: Work) -> Answer:
    search = read_agreement_search(work.call.query)
    found = [
        each
        for each in reversed(work.office.agreements.all(account=work.account.id))
        if search.status in {None, each.status} and _refers(each.reference, search)
    ]
    body = agreement_page_body(found, search, base=work.call.base)
    if body is None:
        raise Refusal(Code.AGREEMENT_PAGE_NOT_FOUND)
    return json_answer(200, body)


def _refers(reference: str, search: AgreementSearch) -> bool:
    # spec, `reference`: exact, not case sensitive.
    return search.reference is None or search.reference.lower() == reference.lower()


def _cancel(work: Work) -> Answer:
    agreement_id = work.call.ids["agreement_id"]
    try:
        work.office.agreements.cancel(agreement_id, account=work.account.id, now=work.now)
    except AgreementNotActiveError:
        raise Refusal(Code.AGREEMENT_CANCEL_REFUSED) from None
    return Answer(204)


# spec, `paths`
AGREEMENT_RULES: tuple[Rule, ...] = (
    Rule(
        Operation.CREATE_AGREEMENT,
        "POST",
        "/v1/agreements",
        Bucket.OTHER_POST,
        _create,
        failed=Code.AGREEMENT_CREATE_FAILED,
        needs_json=True,
    ),
    Rule(
        Operation.SEARCH_AGREEMENTS,
        "GET",
        "/v1/agreements",
        Bucket.GET,
        _search,
        failed=Code.AGREEMENT_SEARCH_FAILED,
    ),
    Rule(
        Operation.GET_AGREEMENT,
        "GET",
        "/v1/agreements/{agreement_id}",
        Bucket.GET,
        _get,
        failed=Code.AGREEMENT_GET_FAILED,
        not_found=Code.AGREEMENT_NOT_FOUND,
    ),
    Rule(
        Operation.CANCEL_AGREEMENT,
        "POST",
        "/v1/agreements/{agreement_id}/cancel",
        Bucket.OTHER_POST,
        _cancel,
        failed=Code.AGREEMENT_CANCEL_FAILED,
        not_found=Code.AGREEMENT_CANCEL_NOT_FOUND,
    ),
)
