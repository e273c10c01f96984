# SPDX-License-Identifier: MIT
"""Payments to ask for, and a payer who pays at an address, for the tests of lg-pay."""

import re
from collections.abc import Mapping
from urllib.parse import urlencode, urljoin

from hypothesis import strategies as st

from lg_core.money import Pence
from lg_core.testing import AsgiTransport
from lg_core.transport import WireAnswer, WireRequest
from lg_pay import AgreementPaymentType, Language, NewPayment

__all__ = ["AGREEMENT_ID", "AsgiPayer", "a_payment", "fields", "metadata", "plain_texts"]

AGREEMENT_ID = "cgc1ocvh0pt9fqs0ma67r42l58"
GOOD_CARD = "4444333322221111"


def a_payment(**changes: object) -> NewPayment:
    """Return a payment that GOV.UK Pay takes, with changes; a field changed to None is left out."""
    values: dict[str, object] = {
        "amount": Pence(4650),
        "reference": "GW-0001",
        "description": "Garden waste collection",
        "return_url": "https://www.example.gov.uk/return/6f1c2f6a",
    }
    values.update(changes)
    given = {name: value for name, value in values.items() if value is not None}
    return NewPayment(**given)  # pyright: ignore[reportArgumentType]  # wrong types are the point


def _text(*, longest: int, shortest: int = 0) -> st.SearchStrategy[str]:
    """Any text that can be sent: no lone surrogates."""
    return st.text(st.characters(exclude_categories=("Cs",)), min_size=shortest, max_size=longest)


def plain_texts() -> st.SearchStrategy[str]:
    """References and descriptions that GOV.UK Pay takes."""
    return (
        st.text(
            st.characters(exclude_categories=("Cs",), exclude_characters='<>|"\\'),
            min_size=1,
            max_size=255,
        )
        .filter(lambda text: bool(text.strip()))
        .filter(lambda text: not re.search(r"https?://|\bwww\.", text, re.IGNORECASE))
    )


def metadata() -> st.SearchStrategy[dict[str, str | int | float | bool]]:
    """Metadata within GOV.UK Pay's limits."""
    return st.dictionaries(
        _text(shortest=1, longest=30),
        _text(longest=100)
        | st.integers(-(2**53), 2**53)
        | st.booleans()
        | st.floats(allow_nan=False, allow_infinity=False),
        max_size=15,
    ).filter(lambda pairs: len({key.lower() for key in pairs}) == len(pairs))


def _prefilled() -> st.SearchStrategy[dict[str, object]]:
    address = st.fixed_dictionaries(
        {},
        optional={
            "line1": _text(longest=255),
            "line2": _text(longest=255),
            "city": _text(longest=255),
            "postcode": _text(longest=25),
            "country": st.from_regex(r"[A-Z]{2}", fullmatch=True),
        },
    )
    return st.fixed_dictionaries(
        {}, optional={"cardholder_name": _text(longest=255), "billing_address": address}
    )


def _return_urls() -> st.SearchStrategy[str]:
    path = st.text("abcdefghijklmnopqrstuvwxyz0123456789-._~/?=&%", max_size=200)
    return st.builds("{}://www.example.gov.uk/{}".format, st.sampled_from(["http", "https"]), path)


_ALWAYS: Mapping[str, st.SearchStrategy[object]] = {
    "amount": st.integers(0, 10_000_000).map(Pence),
    "reference": plain_texts(),
    "description": plain_texts(),
}
_ANY_MODE: Mapping[str, st.SearchStrategy[object]] = {
    "language": st.sampled_from(list(Language)),
    "metadata": metadata(),
}
_PAYER: Mapping[str, st.SearchStrategy[object]] = {
    "email": st.from_regex(r"[a-z0-9.]{1,40}@[a-z]{1,40}\.gov\.uk", fullmatch=True),
    "prefilled_cardholder_details": _prefilled(),
}
_TYPES = st.sampled_from(list(AgreementPaymentType))


def _web() -> st.SearchStrategy[dict[str, object]]:
    alone = {
        **_ANY_MODE,
        **_PAYER,
        "authorisation_mode": st.just("web"),
        "delayed_capture": st.booleans(),
        "moto": st.booleans(),
    }
    needed = {**_ALWAYS, "return_url": _return_urls()}
    setting_up = {**needed, "set_up_agreement": st.just(AGREEMENT_ID)}
    return st.fixed_dictionaries(needed, optional=alone) | st.fixed_dictionaries(
        setting_up, optional={**alone, "agreement_payment_type": _TYPES}
    )


def _agreement() -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries(
        {
            **_ALWAYS,
            "authorisation_mode": st.just("agreement"),
            "agreement_id": st.just(AGREEMENT_ID),
        },
        optional={**_ANY_MODE, "agreement_payment_type": _TYPES},
    )


def _moto_api() -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries(
        {**_ALWAYS, "authorisation_mode": st.just("moto_api")},
        optional={**_ANY_MODE, **_PAYER, "delayed_capture": st.booleans()},
    )


def fields(mode: str) -> st.SearchStrategy[dict[str, object]]:
    """Return the fields of any payment of a mode that is within GOV.UK Pay's documented limits."""
    return {"web": _web, "agreement": _agreement, "moto_api": _moto_api}[mode]()


class AsgiPayer:
    """A payer who has an address and a card, and nothing else: no id, and no key."""

    def __init__(self, transport: AsgiTransport, *, card: str = GOOD_CARD) -> None:
        self._transport = transport
        self._card = card
        self._cookie = ""

    def pay(self, next_url: str) -> str:
        """Open the address, enter the card, confirm. Return where the payer is then."""
        answer = self._load("GET", next_url)
        place = answer.headers.get("location")
        if place is None:
            return next_url  # the link was used before: there is nothing to pay here
        self._cookie = answer.headers["set-cookie"].partition(";")[0]
        card_page = urljoin(next_url, place)
        form = {
            "cardNo": self._card,
            "expiryMonth": "12",
            "expiryYear": "2031",
            "cardholderName": "A Tester",
            "cvc": "123",
            "addressLine1": "1 Test Street",
            "addressCity": "Testtown",
            "addressPostcode": "ZZ1 1ZZ",
            "email": "simulate-delivered@notifications.service.gov.uk",
        }
        confirm_page = urljoin(
            next_url, self._load("POST", card_page, form).headers.get("location", place)
        )
        return self._load("POST", confirm_page, {}).headers.get("location", confirm_page)

    def _load(self, method: str, url: str, form: Mapping[str, str] | None = None) -> WireAnswer:
        return self._transport.send(
            WireRequest(
                method=method,
                url=url,
                headers=(
                    ("cookie", self._cookie),
                    ("content-type", "application/x-www-form-urlencoded"),
                ),
                body=urlencode(form or {}).encode(),
                connect=5,
                read=5,
                write=5,
                pool=5,
                total=5,
                max_answer=1_000_000,
            )
        )
