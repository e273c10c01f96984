# SPDX-License-Identifier: MIT
"""`POST /v1/auth`: the service sends the card details of a telephone payment itself.

Sources: spec, `AuthorisationRequest`; connector code, `AuthoriseRequest`, for the checks and their
sentences. The operation has no Bearer key: the token that came with the payment opens it, once.
"""

import re
from collections.abc import Callable

from lg_sandbox.answers import Answer
from lg_sandbox.pay._bodies import read_object
from lg_sandbox.pay.book import PayerDetails
from lg_sandbox.pay.calls import Call, Operation, Rule, Work
from lg_sandbox.pay.cards import Card, Outcome, find_card
from lg_sandbox.pay.errors import Code, Refusal
from lg_sandbox.pay.limits import Bucket
from lg_sandbox.pay.machine import Action, NotAllowedError
from lg_sandbox.pay.model import Account, Address, AuthorisationMode
from lg_sandbox.pay.office import Office

__all__ = ["CARD_RULES"]

_FIELDS = ("one_time_token", "card_number", "cvc", "expiry_date", "cardholder_name")
_EXPIRY = re.compile(r"(0[1-9]|1[0-2])/[0-9]{2}", re.ASCII)
_CENTURY = 2000

_CHECKS: dict[str, tuple[Callable[[str], bool], str]] = {
    "card_number": (
        lambda text: 12 <= len(text) <= 19,  # noqa: PLR2004 -- the spec's lengths
        "Must be between 12 and 19 characters long",
    ),
    "cvc": (
        lambda text: text.isascii() and text.isdigit() and 3 <= len(text) <= 4,  # noqa: PLR2004
        "Must contain only digits and be between 3 and 4 characters long",
    ),
    "expiry_date": (
        lambda text: _EXPIRY.fullmatch(text) is not None,
        "Must be a valid date with the format MM/YY",
    ),
    "cardholder_name": (
        lambda text: len(text) <= 255,  # noqa: PLR2004 -- the spec's length
        "Must be less than or equal to 255 characters length",
    ),
}


def _read(body: bytes) -> dict[str, str]:
    """Check the fields one after the other (422, spec and connector code)."""
    values = read_object(body, not_json=Code.NOT_JSON)
    for name in _FIELDS:
        text = values.get(name)
        if not isinstance(text, str) or not text.strip():
            raise Refusal(Code.CARD_MISSING, name, field=name)
        holds, wrong = _CHECKS.get(name, (lambda _: True, ""))
        if not holds(text):
            raise Refusal(Code.INVALID_VALUE, name, wrong, field=name)
    return {name: values[name] for name in _FIELDS}


def _who(call: Call, office: Office) -> Account:
    """Find the account by the token: the checks of the fields come first."""
    token = _read(call.body)["one_time_token"]
    payment_id = office.book.token_of(token)
    if payment_id is None:
        raise Refusal(Code.TOKEN_INVALID)
    payment = office.book.get(payment_id, now=office.clock.now())
    if payment.authorisation_mode is not AuthorisationMode.MOTO_API:
        raise Refusal(Code.TOKEN_INVALID)
    return office.account(payment.account)


def _authorise(work: Work) -> Answer:
    book, now = work.office.book, work.now
    typed = _read(work.call.body)
    card = find_card(typed["card_number"])
    if card is None or card.outcome is Outcome.NOT_ACCEPTED:
        # The token is not used up: another card may be tried.
        raise Refusal(Code.CARD_NUMBER_REFUSED)
    month, year = typed["expiry_date"].split("/")
    if (int(year) + _CENTURY, int(month)) < (now.year, now.month):
        raise Refusal(
            Code.INVALID_VALUE,
            "expiry_date",
            "Must be a valid date in the future",
            field="expiry_date",
        )
    payment_id = book.use_token(typed["one_time_token"], now=now)
    if payment_id is None:
        raise Refusal(Code.TOKEN_USED)
    return _send(work, payment_id, card=card, typed=typed)


def _send(work: Work, payment_id: str, *, card: Card, typed: dict[str, str]) -> Answer:
    details = PayerDetails(
        cardholder_name=typed["cardholder_name"],
        expiry_date=typed["expiry_date"],
        address=Address(),
    )
    book, account, now = work.office.book, work.account, work.now
    try:
        payment = book.authorise(payment_id, card, details, now=now, account=account)
        if not payment.finished:
            book.act(payment_id, Action.CONFIRM, now=now, account=account)
    except NotAllowedError:
        # It ended meanwhile, so its token opens nothing.
        raise Refusal(Code.TOKEN_INVALID) from None
    match card.outcome:
        case Outcome.ACCEPTED:
            return Answer(204)
        case Outcome.PROVIDER_ERROR:
            raise Refusal(Code.CARD_FAILED)
        case _:
            raise Refusal(Code.CARD_REJECTED)


# spec, `paths`
CARD_RULES: tuple[Rule, ...] = (
    Rule(
        Operation.SEND_CARD_DETAILS,
        "POST",
        "/v1/auth",
        Bucket.OTHER_POST,
        _authorise,
        failed=Code.CARD_FAILED,
        needs_json=True,
        who=_who,
    ),
)
