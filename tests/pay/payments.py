# SPDX-License-Identifier: MIT
"""Payments to ask for, and a payer who pays at an address, for the tests of lg-pay."""

import re
from collections.abc import Mapping
from urllib.parse import urlencode, urljoin

from hypothesis import strategies as st

from lg_core.money import Pence
from lg_core.testing import AsgiTransport, UnreliableTransport
from lg_core.texts import Language
from lg_core.transport import WireAnswer, WireRequest
from lg_pay import AgreementPaymentType, NewPayment

__all__ = [
    "AGREEMENT_ID",
    "AnsweringTransport",
    "AsgiPayer",
    "KeepingTransport",
    "a_payment",
    "fields",
    "full_answer",
    "metadata",
    "payment_of",
    "plain_texts",
]

AGREEMENT_ID = "cgc1ocvh0pt9fqs0ma67r42l58"
GOOD_CARD = "4444333322221111"


def a_payment(**changes: object) -> NewPayment:
    """Return a payment that GOV.UK Pay takes, with changes; a field that is None is left out."""
    values: dict[str, object] = {
        "amount": Pence(4650),
        "reference": "GW-0001",
        "description": "Garden waste collection",
        "return_url": "https://www.example.gov.uk/return/6f1c2f6a",
    }
    values.update(changes)
    return payment_of({name: value for name, value in values.items() if value is not None})


def payment_of(values: Mapping[str, object]) -> NewPayment:
    """Return a payment of these fields alone."""
    return NewPayment(**values)  # pyright: ignore[reportArgumentType]  # wrong types are the point


def full_answer(**changes: object) -> dict[str, object]:
    """Return a payment as GOV.UK Pay answers it when every documented field is there."""
    base = "https://publicapi.payments.service.gov.uk/v1/payments/hu20sqlact5260q2nanm0q8u93"
    return {
        "payment_id": "hu20sqlact5260q2nanm0q8u93",
        "amount": 4650,
        "description": "Garden waste collection",
        "reference": "GW-0001",
        "language": "en",
        "email": "payer@example.org",
        "metadata": {"ledger": "GW", "lines": 2, "online": True, "rate": 0.2},
        "state": {
            "status": "failed",
            "finished": True,
            "code": "P0010",
            "message": "Payment method rejected",
            "can_retry": False,
        },
        "payment_provider": "stripe",
        "provider_id": "pi_123",
        "created_date": "2026-11-22T16:21:30.123Z",
        "return_url": "https://www.example.gov.uk/return/6f1c2f6a",
        "authorisation_mode": "agreement",
        "agreement_id": AGREEMENT_ID,
        "agreement_payment_type": "recurring",
        "delayed_capture": False,
        "moto": False,
        "refund_summary": {"status": "available", "amount_available": 4650, "amount_submitted": 0},
        "settlement_summary": {
            "capture_submit_time": "2026-11-22T16:22:00.000Z",
            "captured_date": "2026-11-22",
            "settled_date": "2026-11-24",
        },
        "card_details": {
            "card_brand": "Visa",
            "card_type": "debit",
            "last_digits_card_number": "1234",
            "first_digits_card_number": "123456",
            "expiry_date": "04/31",
            "cardholder_name": "Sherlock Holmes",
            "billing_address": {
                "line1": "221 Baker Street",
                "line2": "Flat b",
                "city": "London",
                "postcode": "NW1 6XE",
                "country": "GB",
            },
            "wallet_type": "Apple Pay",
        },
        "corporate_card_surcharge": 250,
        "total_amount": 4900,
        "fee": 100,
        "net_amount": 4800,
        "authorisation_summary": {"three_d_secure": {"required": True}},
        "exemption": {
            "requested": True,
            "type": "corporate",
            "outcome": {"result": "out of scope"},
        },
        "_links": {
            "self": {"href": base, "method": "GET"},
            "next_url": {"href": "https://card.example/secure/once", "method": "GET"},
            "next_url_post": {
                "href": "https://card.example/secure",
                "method": "POST",
                "type": "application/x-www-form-urlencoded",
                "params": {"chargeTokenId": "once"},
            },
            "auth_url_post": None,
            "events": {"href": f"{base}/events", "method": "GET"},
            "refunds": {"href": f"{base}/refunds", "method": "GET"},
            "cancel": None,
            "capture": {"href": f"{base}/capture", "method": "POST"},
        },
        **changes,
    }


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


_CARD_FORM = {
    "expiryMonth": "12",
    "expiryYear": "2031",
    "cardholderName": "A Tester",
    "cvc": "123",
    "addressLine1": "1 Test Street",
    "addressCity": "Testtown",
    "addressPostcode": "ZZ1 1ZZ",
    "email": "simulate-delivered@notifications.service.gov.uk",
}


class KeepingTransport:
    """Keeps every request that it carries."""

    def __init__(self, beneath: AsgiTransport | UnreliableTransport) -> None:
        self._beneath = beneath
        self.requests: list[WireRequest] = []
        self.closed = 0

    def send(self, request: WireRequest) -> WireAnswer:
        """Keep it and carry it on."""
        self.requests.append(request)
        return self._beneath.send(request)

    async def asend(self, request: WireRequest) -> WireAnswer:
        """Keep it and carry it on."""
        self.requests.append(request)
        return await self._beneath.asend(request)

    def close(self) -> None:
        """Count, and close the transport beneath."""
        self.closed += 1
        self._beneath.close()

    async def aclose(self) -> None:
        """Count, and close the transport beneath."""
        self.closed += 1
        await self._beneath.aclose()

    def header(self, name: str) -> list[str | None]:
        """Return the values of a header, one a request."""
        named = [
            {each.lower(): value for each, value in request.headers} for request in self.requests
        ]
        return [headers.get(name) for headers in named]


class AnsweringTransport:
    """Gives one answer to everything."""

    def __init__(self, status: int, body: bytes, *, kind: str = "application/json") -> None:
        self._answer = WireAnswer(status, {"content-type": kind}, body)

    def send(self, request: WireRequest) -> WireAnswer:
        """Answer."""
        del request
        return self._answer

    async def asend(self, request: WireRequest) -> WireAnswer:
        """Answer."""
        del request
        return self._answer

    def close(self) -> None:
        """Do nothing."""

    async def aclose(self) -> None:
        """Do nothing."""


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
        self._load("GET", card_page)
        form = {**_CARD_FORM, "cardNo": self._card}
        confirm_page = self._follow(self._load("POST", card_page, form), card_page)
        self._load("GET", confirm_page)
        return self._follow(self._load("POST", confirm_page, {}), confirm_page)

    def _follow(self, answer: WireAnswer, page: str) -> str:
        return urljoin(page, answer.headers.get("location", page))

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
