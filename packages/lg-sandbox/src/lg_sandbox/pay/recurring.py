# SPDX-License-Identifier: MIT
"""Payments that set an agreement up, and payments taken under one.

Sources: spec, `set_up_agreement`, `agreement_id` and `authorisation_mode`; technical documentation,
'Recurring payments'; connector code, `ChargeService` and the sandbox provider's answer when no
payer is present.
"""

import uuid
from dataclasses import replace

from lg_sandbox.answers import Answer, json_answer
from lg_sandbox.pay.agreements import AgreementNotActiveError, UnknownAgreementError
from lg_sandbox.pay.calls import Work
from lg_sandbox.pay.cards import TEST_CARDS
from lg_sandbox.pay.errors import Code, Refusal
from lg_sandbox.pay.idempotency import KeyReusedError, body_digest
from lg_sandbox.pay.machine import Action
from lg_sandbox.pay.model import CardDetails, Payment
from lg_sandbox.pay.validation import NewPayment

__all__ = ["check_set_up", "create_under_agreement"]

# Technical documentation, 'Mock card numbers for testing purposes': the first payment succeeds, and
# every later one under the agreement fails. The provider knows a kept card by its outer digits.
_LATER_FAILURE = "5105105105105100"


def check_set_up(work: Work, new: NewPayment) -> None:
    """Refuse a payment that would set up an agreement which does not exist.

    Args:
        work: the call.
        new: the payment asked for.

    Raises:
        Refusal: 400 P0103.
    """
    if new.set_up_agreement is not None:
        try:
            work.office.agreements.get(new.set_up_agreement, account=work.account.id)
        except UnknownAgreementError:
            raise Refusal(Code.UNKNOWN_AGREEMENT, field="set_up_agreement") from None


def create_under_agreement(work: Work, new: NewPayment, *, agreement_id: str) -> Answer:
    """Take a payment under an agreement, once for each `Idempotency-Key`.

    The answer is that of Pay, which charges a moment later: the state in it is `created`. Here the
    card is charged before the answer leaves, so the next request sees how it ended.

    Args:
        work: the call.
        new: the payment asked for.
        agreement_id: Pay's id of the agreement.

    Returns:
        201 with the payment; 200 with the first one when the key was used for it.

    Raises:
        Refusal: 400 P0102 where no payment may be taken, 409 P0191 where the key came with
            another body.
    """
    office, account, key = work.office, work.account, work.call.idempotency_key
    digest = body_digest(work.call.body)
    if key is not None:
        try:
            first = office.idempotency.first(key, account=account.id, digest=digest, now=work.now)
        except KeyReusedError:
            raise Refusal(Code.KEY_REUSED) from None
        if first is not None:
            return json_answer(200, work.body(office.book.get(first, now=work.now)))
    card = _card(work, agreement_id)
    payment = office.book.create(new, account=account, now=work.now)
    if key is not None:
        office.idempotency.note(
            key, account=account.id, digest=digest, payment_id=payment.id, now=work.now
        )
    location = f"{work.call.base}/v1/payments/{payment.id}"
    answer = json_answer(201, work.body(payment), headers=(("Location", location),))
    _charge(work, payment, card, agreement_id=agreement_id)
    return answer


def _card(work: Work, agreement_id: str) -> CardDetails:
    try:
        return work.office.agreements.active(agreement_id, account=work.account.id).card
    except UnknownAgreementError:
        wrong = "Agreement does not exist"
    except AgreementNotActiveError:
        wrong = "Agreement must be active"
    raise Refusal(Code.INVALID_TYPE, "agreement_id", wrong, field="agreement_id")


def _charge(work: Work, payment: Payment, card: CardDetails, *, agreement_id: str) -> None:
    office, now = work.office, work.now
    # connector code, `MappedAuthorisationRejectedReason`: a refusal without a reason may be tried
    # again.
    can_retry = office.agreements.take_decline(agreement_id)
    if can_retry is None and _fails_later(card):
        can_retry = True
    office.book.change(
        replace(payment, card=card, provider_id=str(uuid.uuid4()), can_retry=can_retry), now=now
    )
    if can_retry is not None:
        office.book.act(payment.id, Action.REJECT, now=now, account=work.account)
        office.agreements.refused(agreement_id, can_retry=can_retry)
        return
    office.book.act(payment.id, Action.AUTHORISE, now=now, account=work.account)
    office.book.act(payment.id, Action.CONFIRM, now=now, account=work.account)


def _fails_later(card: CardDetails) -> bool:
    found = next(each for each in TEST_CARDS if each.number == _LATER_FAILURE)
    return (card.first_digits, card.last_digits) == (found.first_digits, found.last_digits)
