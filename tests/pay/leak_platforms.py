# SPDX-License-Identifier: MIT
"""A payment full of personal data, a platform that repeats it all, and spans that keep all."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from typing import Any, TypeVar

from examples import LONG
from opentelemetry import trace
from pay.leaks import PLANTED, Saw
from pay.payments import full_answer

import lg_core
from lg_core.limits import Limiter
from lg_core.opentelemetry import TracingObserver
from lg_core.testing import RecordingObserver
from lg_core.transport import WireAnswer, WireRequest
from lg_pay import NewPayment, PayClient
from lg_pay.new_payment import BillingAddress, PrefilledCardholderDetails
from lg_sandbox import Sandbox

__all__ = [
    "BODIES",
    "KEY",
    "OPERATIONS",
    "PROBES",
    "REPEATED",
    "STATUSES",
    "EchoTransport",
    "client_of",
    "echoes",
    "look_at_sandbox",
    "payment_in",
    "planted_payment",
    "probe",
    "repeated",
    "socket_payment",
    "watchers",
]

KEY = PLANTED["api key"]


def planted_payment(**changes: object) -> NewPayment:
    """Return a payment with something personal in every field."""
    values: dict[str, Any] = {
        "amount": lg_core.Pence(4650),
        "reference": PLANTED["reference"],
        "description": PLANTED["description"],
        "return_url": PLANTED["return address"],
        "email": PLANTED["e-mail"],
        "metadata": {
            PLANTED["metadata key"]: PLANTED["metadata value"],
            "card": PLANTED["card number"],
            "phone": PLANTED["phone"],
        },
        "prefilled_cardholder_details": PrefilledCardholderDetails(
            cardholder_name=PLANTED["name"],
            billing_address=BillingAddress(
                line1=PLANTED["address"],
                city=PLANTED["town"],
                postcode=PLANTED["postcode"],
                country="GB",
            ),
        ),
    }
    values.update(changes)
    return NewPayment(**values)


OPERATIONS: Mapping[str, Callable[[PayClient, str], object]] = {
    "create_payment": lambda pay, _id: pay.create_payment(planted_payment()),
    "get_payment": lambda pay, payment_id: pay.get_payment(payment_id),
    "get_payment_events": lambda pay, payment_id: pay.get_payment_events(payment_id),
    "cancel_payment": lambda pay, payment_id: pay.cancel_payment(payment_id),
}


class EchoTransport:
    """A rude platform: repeats all that it was sent, key and body, in whatever it answers."""

    def __init__(self, status: int, body: Callable[[str], bytes], *, kind: str) -> None:
        self._status = status
        self._body = body
        self._kind = kind

    def send(self, request: WireRequest) -> WireAnswer:
        """Answer."""
        key = dict(request.headers)["authorization"]
        said = f"{request.url} {key} {request.body.decode()}"
        return WireAnswer(self._status, {"content-type": self._kind}, self._body(said))

    async def asend(self, request: WireRequest) -> WireAnswer:
        """Answer."""
        return self.send(request)

    def close(self) -> None:
        """Do nothing."""

    async def aclose(self) -> None:
        """Do nothing."""


SHAPED = ("api key", "card number", "e-mail", "phone", "postcode")


def _sentences(said: str) -> str:
    """Repeat as platforms do, in sentences: what was sent, and what has a telling shape anyway."""
    return " ".join(
        f"Invalid value '{value}'. {value} cannot be used for '{value.upper()}'."
        for name, value in PLANTED.items()
        if name in SHAPED or (value in said and name != "metadata key")
    )


def _json(make: Callable[[str], object]) -> Callable[[str], bytes]:
    return lambda said: json.dumps(make(said)).encode()


def _full_of_people() -> dict[str, object]:
    """A payment that reads well, with something personal wherever there is room for it."""
    token = PLANTED["signing secret"]
    return full_answer(
        reference=PLANTED["reference"],
        description=PLANTED["description"],
        email=PLANTED["e-mail"],
        return_url=PLANTED["return address"],
        metadata={PLANTED["metadata key"]: PLANTED["metadata value"]},
        authorisation_summary={"three_d_secure": {"required": True}},
        exemption={"requested": True, "type": "corporate", "outcome": {"result": "honoured"}},
        card_details={
            "card_brand": "Visa",
            "card_type": "credit",
            "cardholder_name": PLANTED["name"],
            "first_digits_card_number": PLANTED["card number"],
            "last_digits_card_number": PLANTED["card number"],
            "billing_address": {
                "line1": PLANTED["address"],
                "city": PLANTED["town"],
                "postcode": PLANTED["postcode"],
            },
        },
        _links={
            "next_url": {"href": f"https://card.example/{token}", "method": "GET"},
            "next_url_post": {
                "href": "https://card.example",
                "method": "POST",
                "params": {"chargeTokenId": token},
            },
        },
    )


BODIES: Mapping[str, tuple[Callable[[str], bytes], str]] = {
    "description": (
        _json(lambda said: {"code": "P0102", "description": _sentences(said)}),
        "application/json",
    ),
    "firewall": (
        _json(lambda said: {"code": "P0920", "description": _sentences(said)}),
        "application/json",
    ),
    "field": (
        _json(lambda _: {"code": "P0102", "field": PLANTED["e-mail"], "description": "No."}),
        "application/json",
    ),
    "header": (
        _json(lambda _: {"code": "P0102", "header": f"Bearer {KEY}", "description": "No."}),
        "application/json",
    ),
    "code": (
        _json(lambda _: {"code": PLANTED["name"], "description": "No."}),
        "application/json",
    ),
    "unknown names": (
        _json(lambda said: {said: {said: said}, PLANTED["name"]: PLANTED["card number"]}),
        "application/json",
    ),
    "wrong types": (
        _json(
            lambda said: {
                "payment_id": [said],
                "amount": PLANTED["card number"],
                "state": said,
                "events": said,
                "metadata": {PLANTED["metadata key"]: {PLANTED["name"]: said}},
                "created_date": said,
                "_links": {"next_url": said, PLANTED["name"]: said},
            }
        ),
        "application/json",
    ),
    "everything": (_json(lambda _: _full_of_people()), "application/json"),
    "half": (lambda said: f'{{"description": "{said}'.encode(), "application/json"),
    "page": (lambda said: f"<h1>{said}</h1>".encode(), f"text/html; title={PLANTED['name']}"),
    "media type": (lambda said: said.encode(), PLANTED["name"]),
    "bytes": (lambda said: b"\xff\xfe" + said.encode("utf-16"), "application/json"),
}
REFUSALS_FROM = 300
STATUSES = (200, 201, 204, 302, 400, 401, 404, 409, 422, 429, 500, 503)


PROBES: dict[str, Callable[[Saw], None]] = {}
REPEATED: set[str] = set()
"""The probes that make the same calls hundreds of times, each with another answer."""


def probe(function: Callable[[Saw], None]) -> Callable[[Saw], None]:
    """Add a probe."""
    PROBES[function.__name__] = function
    return function


def repeated(function: Callable[[Saw], None]) -> Callable[[Saw], None]:
    """Say of a probe that it makes the same calls again and again."""
    REPEATED.add(function.__name__)
    return function


B = TypeVar("B")
W = TypeVar("W")


def echoes(
    statuses: Iterable[int], bodies: Iterable[B], works: Iterable[W]
) -> Iterator[tuple[int, B, list[W]]]:
    """Yield each status with each body, and the operations that are answered so.

    What is no refusal is read by the operation itself, and every one is asked. Refusals are read
    in one place: every second operation is asked, in turns, so that each meets every status and
    every body. The long run asks all of them.
    """
    asked = list(works)
    for (at, status), (turn, body) in product(enumerate(statuses), enumerate(bodies)):
        is_whole = status < REFUSALS_FROM or LONG
        yield status, body, asked if is_whole else asked[(at + turn) % 2 :: 2]


def watchers(saw: Saw) -> tuple[RecordingObserver, TracingObserver]:
    """Return the observers that are looked at: of events, and of spans."""
    return RecordingObserver(), TracingObserver(_SpanKeeper(saw))


def client_of(saw: Saw, transport: Any, **options: Any) -> tuple[PayClient, RecordingObserver]:
    """Return a client that is watched, and what it tells."""
    watching, tracing = watchers(saw)
    pay = PayClient(
        options.pop("api_key", KEY),
        base_url=options.pop("base_url", "http://localhost"),
        transport=transport,
        observers=[watching, tracing],
        limiter=Limiter({}),
        **options,
    )
    saw(pay)
    saw.attempt(pay.__reduce__)
    return pay, watching


def look_at_sandbox(saw: Saw, sandbox: Sandbox) -> None:
    """Look at all that the sandbox shows a test."""
    saw.planted["a sandbox key"] = sandbox.pay.api_key
    saw.planted["a live sandbox key"] = sandbox.pay.live_api_key
    saw(sandbox)
    saw(sandbox.pay)
    saw(list(sandbox.pay.payments))
    saw(list(sandbox.pay.charges))
    saw(list(sandbox.pay.requests))


def socket_payment(saw: Saw, sandbox: Sandbox) -> str:
    """Make a payment over sockets and return its id."""
    pay, _ = client_of(saw, None, api_key=sandbox.pay.api_key, base_url=sandbox.pay.url)
    with pay:
        payment = pay.create_payment(planted_payment())
    saw.planted["the payer's address"] = payment.next_url or ""
    return payment.payment_id


def payment_in(sandbox: Sandbox, transport: Any) -> str:
    """Make a payment and return its id."""
    pay = PayClient(sandbox.pay.api_key, base_url="http://localhost", transport=transport)
    return pay.create_payment(planted_payment()).payment_id


class _SpanKeeper(trace.TracerProvider):
    """Keeps all that is told to OpenTelemetry."""

    def __init__(self, saw: Saw) -> None:
        self._saw = saw

    def get_tracer(self, *args: Any, **kwargs: Any) -> trace.Tracer:
        """Return a tracer that keeps."""
        self._saw.text("tracer", repr((args, kwargs)))
        return _Tracer(self._saw)


class _Tracer(trace.NoOpTracer):
    def __init__(self, saw: Saw) -> None:
        self._saw = saw

    def start_span(self, *args: Any, **kwargs: Any) -> trace.Span:
        """Keep a span's beginning."""
        self._saw.text("span", repr((args, kwargs)))
        return _Span(self._saw)


class _Span(trace.NonRecordingSpan):
    def __init__(self, saw: Saw) -> None:
        super().__init__(trace.INVALID_SPAN_CONTEXT)
        self._saw = saw

    def set_attribute(self, key: str, value: Any) -> None:
        """Keep an attribute."""
        self._saw.text("span", repr((key, value)))

    def add_event(self, *args: Any, **kwargs: Any) -> None:
        """Keep an event."""
        self._saw.text("span", repr((args, kwargs)))

    def set_status(self, *args: Any, **kwargs: Any) -> None:
        """Keep the status."""
        self._saw.text("span", repr((args, kwargs)))
