# SPDX-License-Identifier: MIT
"""Search payments, as the ledger has them.

Source: API reference, 'Search payments'; publicapi code, `PaymentSearchValidator`; ledger code, for
the strict bounds of instants. All filters have to fit.
"""

from collections.abc import Callable

from lg_sandbox.answers import Answer, json_answer
from lg_sandbox.pay.calls import Operation, Rule, Work
from lg_sandbox.pay.errors import Code, Refusal
from lg_sandbox.pay.limits import Bucket
from lg_sandbox.pay.model import CardDetails, Payment, State
from lg_sandbox.pay.paging import envelope, skipped
from lg_sandbox.pay.query import DATES, PAGING, SETTLED, Query, read_query
from lg_sandbox.pay.shelf import View
from lg_sandbox.pay.wire import found_payment_body

__all__ = ["SEARCH_RULES", "view_of"]

_STATES = ("created", "started", "submitted", "success", "failed", "cancelled", "error")
# publicapi code, `PaymentRequestValidator`: the longest value of each.
_LONGEST = {"reference": 255, "email": 254, "card_brand": 20, "agreement_id": 26}
_DIGITS = {"first_digits_card_number": 6, "last_digits_card_number": 4}
_WORDS = ("state", "reference", "email", "card_brand")
_ALLOWED = (*_WORDS, *DATES, *PAGING, *SETTLED, "cardholder_name", "agreement_id", *_DIGITS)


def view_of(work: Work, query: Query) -> View:
    """Return what a search may see: the account's own, as the lagging ledger has it.

    Args:
        work: the call.
        query: what was asked for.
    """
    after, before = query.created
    return View(work.account.id, work.now, work.now - work.account.lag, after, before)


def _search(work: Work) -> Answer:
    query, wrong = read_query(work.call.query, allowed=_ALLOWED)
    faults = [*_wrong_words(query.words), *wrong, *_wrong_cards(query.words)]
    if faults:
        raise Refusal(Code.SEARCH_INVALID, ", ".join(faults))
    reference = query.words.get("reference")
    found = work.office.book.shelf.search(
        view_of(work, query),
        fits=_filter(query),
        key=None if reference is None else reference.lower(),
        name=query.name,
        skip=skipped(query),
        most=query.display_size,
    )
    base = work.call.base
    body = envelope(
        found,
        query,
        address=f"{base}/v1/payments",
        write=lambda payment: found_payment_body(payment, base=base),
        past_the_end=Code.SEARCH_NO_PAGE,
    )
    return json_answer(200, body)


def _wrong_words(words: dict[str, str]) -> list[str]:
    # spec, `state`: `capturable` is not among them.
    state = ["state"] if words.get("state", _STATES[0]) not in _STATES else []
    return state + [
        name
        for name in _WORDS
        if len(words.get(name, "")) > _LONGEST.get(name, len(words.get(name, "")))
    ]


def _wrong_cards(words: dict[str, str]) -> list[str]:
    agreement = len(words.get("agreement_id", "")) > _LONGEST["agreement_id"]
    return [
        *(["agreement_id"] if agreement else []),
        *(name for name, length in _DIGITS.items() if not _are_digits(words.get(name), length)),
    ]


def _are_digits(text: str | None, length: int) -> bool:
    return text is None or (len(text) == length and text.isascii() and text.isdigit())


def _filter(query: Query) -> Callable[[Payment], bool] | None:
    """Return what says whether a payment fits; None when every one does.

    `card_brand` is read and has no effect: publicapi hands it on under another name than the ledger
    looks for (code of both services).
    """
    tests: list[Callable[[Payment], bool]] = []
    words = query.words
    if "state" in words:
        states = tuple(state for state in State if state.status == words["state"])
        tests.append(lambda payment: payment.state in states)
    if "email" in words:
        email = words["email"].lower()
        tests.append(lambda payment: email in (payment.email or "").lower())
    for name, read in _CARD_READERS.items():
        if name in words:
            tests.append(_card_test(read, words[name].lower(), exact=name in _DIGITS))
    if not query.plain:
        tests.append(lambda payment: query.settles(payment.settled_on))
    if "agreement_id" in words:
        agreement = words["agreement_id"]
        tests.append(lambda payment: payment.agreement_id == agreement)
    if len(tests) <= 1:
        return tests[0] if tests else None
    return lambda payment: all(test(payment) for test in tests)


_CARD_READERS: dict[str, Callable[[CardDetails], str | None]] = {
    "cardholder_name": lambda card: card.cardholder_name,
    "first_digits_card_number": lambda card: card.first_digits,
    "last_digits_card_number": lambda card: card.last_digits,
}


def _card_test(
    read: Callable[[CardDetails], str | None], wanted: str, *, exact: bool
) -> Callable[[Payment], bool]:
    def fits(payment: Payment) -> bool:
        value = None if payment.card is None else read(payment.card)
        if value is None:
            return False
        return value == wanted if exact else wanted in value.lower()

    return fits


SEARCH_RULES: tuple[Rule, ...] = (
    Rule(
        Operation.SEARCH_PAYMENTS,
        "GET",
        "/v1/payments",
        Bucket.GET,
        _search,
        failed=Code.SEARCH_FAILED,
    ),
)
