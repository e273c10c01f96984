"""The stand-in's answers, held against the response schemas that GOV.UK Pay publishes."""

import copy
import json
import os
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator
from starlette.testclient import TestClient

from lg_sandbox import Sandbox
from lg_sandbox.pay import Account, Provider
from lg_sandbox.pay.api import NOT_BUILT, ROUTES

DATA = Path(
    os.environ.get("LG_CONTRACT_DATA")
    or Path(__file__).resolve().parents[2].parent / "shared" / "data"
)
BODY: dict[str, Any] = {
    "amount": 1200,
    "reference": "GW-1",
    "description": "Garden waste",
    "return_url": "https://council.example/done",
    "email": "a@example.org",
    "metadata": {"ledger": "12", "n": 3, "yes": True},
    "prefilled_cardholder_details": {"billing_address": {"line1": "1 High St", "country": "GB"}},
}


@pytest.fixture
def spec() -> dict[str, Any]:
    """Give the published specification, with the oddities taken out that are known of it."""
    path = DATA / "pay" / "publicapi_spec.json"
    if not path.is_file():
        pytest.skip("The published specification of GOV.UK Pay is not here: set LG_CONTRACT_DATA.")
    spec: dict[str, Any] = json.loads(path.read_text("utf-8"))
    schemas = spec["components"]["schemas"]
    # Real parameters are strings, where the schema wants objects.
    schemas["PostLink"]["properties"]["params"]["additionalProperties"] = {"type": "string"}
    # The link is null where a payment cannot be cancelled; the schema does not say so.
    link = schemas["PaymentLinks"]["properties"]["cancel"]
    schemas["PaymentLinks"]["properties"]["cancel"] = {"oneOf": [link, {"enum": [None]}]}
    # The schema lists the word "null" for an unknown type of card; the wire has null.
    schemas["CardDetails"]["properties"]["card_type"]["enum"].append(None)
    # The answer to a new refund is 202 with its body; the schema stands under 200.
    answers = spec["paths"]["/v1/payments/{paymentId}/refunds"]["post"]["responses"]
    answers["202"] = answers.pop("200")
    return spec


def faults(spec: dict[str, Any], operation: str, *, status: int, body: Any) -> list[str]:
    """Hold a body against the schema of an answer; unknown attributes count as faults too."""
    method, _, path = operation.partition(" ")
    answers = spec["paths"][path][method.lower()]["responses"]
    schema = answers[str(status)]["content"]["application/json"]["schema"]
    closed = copy.deepcopy(spec["components"])
    for each in closed["schemas"].values():
        if "properties" in each and each is not closed["schemas"]["ExternalMetadata"]:
            each["additionalProperties"] = False
    # The library's own types leave this method half unknown.
    validator: Any = Draft4Validator({**schema, "components": closed})
    return [f"{list(e.absolute_path)}: {e.message}" for e in validator.iter_errors(body)]


def http_of(sandbox: Sandbox) -> TestClient:
    """Give a client with the sandbox's key, in process."""
    key = {"Authorization": f"Bearer {sandbox.pay.api_key}"}
    return TestClient(sandbox.pay.app, base_url="http://pay", headers=key)


def test_every_operation_of_the_specification_is_here_or_named_as_missing(
    spec: dict[str, Any],
) -> None:
    """Nothing of the real API is forgotten, and nothing is invented."""
    published = {
        (method.upper(), path.replace("Id}", "_id}"))
        for path, methods in spec["paths"].items()
        for method in methods
    }

    assert published == set(ROUTES) | set(NOT_BUILT)


@pytest.mark.parametrize("delayed", [True, False])
def test_a_payment_fits_the_schema_in_every_state(spec: dict[str, Any], *, delayed: bool) -> None:
    """Created, started, submitted, capturable or success, and the events of each."""
    sandbox = Sandbox()
    http = http_of(sandbox)
    made = http.post("/v1/payments", json=BODY | {"delayed_capture": delayed}).json()
    payment_id = made["payment_id"]
    # The schema of a created payment lacks an attribute that the server sends.
    created = {name: value for name, value in made.items() if name != "authorisation_mode"}

    assert [] == faults(spec, "POST /v1/payments", status=201, body=created)
    for step in (None, sandbox.pay.start, sandbox.pay.submit, sandbox.pay.pay):
        if step is not None:
            step(payment_id)
        one = http.get(f"/v1/payments/{payment_id}").json()
        events = http.get(f"/v1/payments/{payment_id}/events").json()
        assert [] == faults(spec, "GET /v1/payments/{paymentId}", status=200, body=one)
        assert [] == faults(spec, "GET /v1/payments/{paymentId}/events", status=200, body=events)


@pytest.mark.parametrize("end", ["decline", "cancel", "expire"])
def test_a_failed_payment_fits_the_schema(spec: dict[str, Any], end: str) -> None:
    """With its code and message."""
    sandbox = Sandbox()
    http = http_of(sandbox)
    payment_id = http.post("/v1/payments", json=BODY).json()["payment_id"]
    getattr(sandbox.pay, end)(payment_id)

    one = http.get(f"/v1/payments/{payment_id}").json()

    assert [] == faults(spec, "GET /v1/payments/{paymentId}", status=200, body=one)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/v1/payments/{paymentId}", 404),
        ("get", "/v1/payments/{paymentId}/events", 404),
        ("post", "/v1/payments/{paymentId}/cancel", 404),
        ("post", "/v1/payments/{paymentId}/capture", 404),
        ("post", "/v1/payments", 415),
    ],
)
def test_an_error_fits_the_schema(
    *, spec: dict[str, Any], method: str, path: str, status: int
) -> None:
    """Errors that the specification has a schema for; 415 is the framework's own."""
    answer = http_of(Sandbox()).request(method, path.replace("{paymentId}", "none"))

    assert status == answer.status_code
    if status == 404:
        assert [] == faults(spec, f"{method} {path}", status=status, body=answer.json())


@pytest.mark.parametrize(("changes", "status"), [({"amount": None}, 400), ({"amount": -1}, 422)])
def test_a_refused_creation_fits_the_schema(
    spec: dict[str, Any], changes: dict[str, Any], status: int
) -> None:
    """400 and 422."""
    answer = http_of(Sandbox()).post("/v1/payments", json=BODY | changes)

    assert status == answer.status_code
    assert [] == faults(spec, "POST /v1/payments", status=status, body=answer.json())


def stripe_of(sandbox: Sandbox) -> tuple[TestClient, Account]:
    """Give a client with the key of a live account with Stripe, and the account."""
    account = Account("stripe", live=True, provider=Provider.STRIPE, corporate_surcharge=250)
    key = {"Authorization": f"Bearer {sandbox.pay.new_api_key(account=account)}"}
    return TestClient(sandbox.pay.app, base_url="http://pay", headers=key), account


def test_refunds_fit_the_schema(spec: dict[str, Any]) -> None:
    """Made, got alone, got with the others of the payment, and searched; settled too."""
    sandbox = Sandbox()
    http, account = stripe_of(sandbox)
    made = sandbox.pay.pay(http.post("/v1/payments", json=BODY).json()["payment_id"])
    at = f"/v1/payments/{made.id}/refunds"
    new = http.post(at, json={"amount": 100, "refund_amount_available": 1200})
    refund_id = new.json()["refund_id"]

    assert 202 == new.status_code
    assert [] == faults(spec, "POST /v1/payments/{paymentId}/refunds", status=202, body=new.json())
    sandbox.pay.settle(account)
    for operation, path in (
        ("GET /v1/payments/{paymentId}/refunds/{refundId}", f"{at}/{refund_id}"),
        ("GET /v1/payments/{paymentId}/refunds", at),
        ("GET /v1/refunds", "/v1/refunds?display_size=1"),
    ):
        body = http.get(path).json()
        assert "settled_date" in json.dumps(body)
        assert [] == faults(spec, operation, status=200, body=body)


def test_searched_payments_fit_the_schema(spec: dict[str, Any]) -> None:
    """With fees, surcharge, settlement and every link, on a page between others."""
    sandbox = Sandbox()
    http, account = stripe_of(sandbox)
    made = [http.post("/v1/payments", json=BODY).json()["payment_id"] for _ in range(3)]
    sandbox.pay.pay(made[1], card="4988080000000000")
    sandbox.pay.settle(account)

    for page in (1, 2, 3):
        body = http.get("/v1/payments", params={"display_size": 1, "page": page}).json()
        assert [] == faults(spec, "GET /v1/payments", status=200, body=body)
    paid = http.get(f"/v1/payments/{made[1]}").json()
    assert {"fee", "net_amount", "total_amount", "corporate_card_surcharge"} <= set(paid)
    assert [] == faults(spec, "GET /v1/payments/{paymentId}", status=200, body=paid)


@pytest.mark.parametrize("end", ["submit_evidence", "win", "lose"])
def test_disputes_fit_the_schema(spec: dict[str, Any], end: str) -> None:
    """Open, under review, won, lost and settled."""
    sandbox = Sandbox()
    http, account = stripe_of(sandbox)
    made = http.post("/v1/payments", json=BODY).json()["payment_id"]
    sandbox.pay.pay(made)
    dispute = sandbox.pay.dispute(made)

    for step in (None, getattr(sandbox.pay, end)):
        if step is not None:
            step(dispute.id)
            sandbox.pay.settle(account)
        body = http.get("/v1/disputes", params={"display_size": 1}).json()
        assert 1 == body["total"]
        assert [] == faults(spec, "GET /v1/disputes", status=200, body=body)


@pytest.mark.parametrize("path", ["/v1/payments", "/v1/refunds", "/v1/disputes"])
def test_a_refused_search_fits_the_schema(spec: dict[str, Any], path: str) -> None:
    """422; the 404 past the end is in no schema, and has the same shape."""
    http = http_of(Sandbox())
    wrong = http.get(path, params={"page": "x"})
    past = http.get(path, params={"page": 2})

    assert (422, 404) == (wrong.status_code, past.status_code)
    for answer in (wrong, past):
        assert [] == faults(spec, f"GET {path}", status=422, body=answer.json())


def test_a_wrong_body_is_found(spec: dict[str, Any]) -> None:
    """The check itself can fail."""
    assert faults(spec, "GET /v1/payments/{paymentId}", status=200, body={"amount": "1"})
    assert faults(spec, "GET /v1/payments/{paymentId}", status=200, body={"invented": 1})


def test_agreements_fit_the_schema(spec: dict[str, Any]) -> None:
    """Made, got with its card, searched; and the payment that sets it up."""
    schemas = spec["components"]["schemas"]
    # The schema calls the card by the name of its type; the wire has snake case.
    instrument = schemas["PaymentInstrument"]["properties"]
    instrument["card_details"] = instrument.pop("CardDetails")
    sandbox = Sandbox()
    http = http_of(sandbox)
    new = http.post("/v1/agreements", json={"reference": "R", "description": "D"})
    agreement_id = new.json()["agreement_id"]
    payment = http.post("/v1/payments", json=BODY | {"set_up_agreement": agreement_id}).json()
    sandbox.pay.pay(payment["payment_id"])

    assert [] == faults(spec, "POST /v1/agreements", status=201, body=new.json())
    for operation, path in (
        ("GET /v1/agreements/{agreementId}", f"/v1/agreements/{agreement_id}"),
        ("GET /v1/agreements", "/v1/agreements?display_size=1"),
    ):
        body = http.get(path).json()
        assert "payment_instrument" in json.dumps(body)
        assert [] == faults(spec, operation, status=200, body=body)
    # The schema of a new payment names neither the agreement nor the mode.
    assert (agreement_id, "web") == (
        payment.pop("agreement_id"),
        payment.pop("authorisation_mode"),
    )
    assert [] == faults(spec, "POST /v1/payments", status=201, body=payment)
