# SPDX-License-Identifier: MIT
"""The stand-in for GOV.UK Pay, driven by what its published specification allows to be sent.

Every operation is called with generated queries and bodies, on payments, refunds, disputes and
agreements of every kind. Each answer is held against the specification: its status, its kind, its
schema. What is known to be wrong with the specification is put right first, one by one and by name.
"""

import json
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest
import schemathesis
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS  # pyright: ignore[reportUnknownVariableType]
from starlette.testclient import TestClient

from lg_sandbox import Sandbox
from lg_sandbox.pay import Account, Provider

DATA = Path(
    os.environ.get("LG_CONTRACT_DATA")
    or Path(__file__).resolve().parents[2].parent / "shared" / "data"
)
SPECIFICATION = DATA / "pay" / "publicapi_spec.json"
Spec = dict[str, Any]

OPERATIONS = (
    "GET /v1/agreements",
    "GET /v1/agreements/{agreementId}",
    "GET /v1/disputes",
    "GET /v1/payments",
    "GET /v1/payments/{paymentId}",
    "GET /v1/payments/{paymentId}/events",
    "GET /v1/payments/{paymentId}/refunds",
    "GET /v1/payments/{paymentId}/refunds/{refundId}",
    "GET /v1/refunds",
    "POST /v1/agreements",
    "POST /v1/agreements/{agreementId}/cancel",
    "POST /v1/auth",
    "POST /v1/payments",
    "POST /v1/payments/{paymentId}/cancel",
    "POST /v1/payments/{paymentId}/capture",
    "POST /v1/payments/{paymentId}/refunds",
)
NOT_CHECKED = {
    # The specification says less than the server: no blank texts, no dates but ISO 8601, which
    # fields go together. What is refused must still be refused as the specification says.
    "positive_data_acceptance": "the server is stricter than its specification",
    # Only sound data is generated here.
    "negative_data_rejection": "nothing negative is generated",
    "missing_required_header": "nothing negative is generated",
    # The API says 404 or 405 by its framework; no schema covers other methods.
    "unsupported_method": "no schema covers it",
    # These call again with other keys; tests/sandbox/test_pay_api.py has them.
    "ignored_auth": "tested by name elsewhere",
    "use_after_free": "the API deletes nothing",
    "ensure_resource_availability": "searches lag by design",
}
QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
BODY: dict[str, Any] = {
    "amount": 1200,
    "reference": "GW-1",
    "description": "Garden waste",
    "return_url": "https://council.example/done",
}


# ---------------------------------------------------------------- what is wrong with it, by name


def _responses(spec: Spec, operation: str) -> Spec:
    method, _, path = operation.partition(" ")
    return spec["paths"][path][method.lower()]["responses"]


def _json(schema: str) -> Spec:
    at = {"$ref": f"#/components/schemas/{schema}"}
    return {"description": "", "content": {"application/json": {"schema": at}}}


def return_url_is_not_always_required(spec: Spec) -> None:
    """Oddity 1: it is listed as required, and forbidden in two of three modes."""
    spec["components"]["schemas"]["CreateCardPaymentRequest"]["required"].remove("return_url")


def metadata_is_flat(spec: Spec) -> None:
    """Oddity 2: real metadata is a map of scalars, not an object called metadata."""
    spec["components"]["schemas"]["ExternalMetadata"] = {
        "type": "object",
        "maxProperties": 15,
        "additionalProperties": {
            "oneOf": [
                {"type": "string", "maxLength": 100},
                {"type": "number"},
                {"type": "boolean"},
            ]
        },
    }


def post_params_are_texts(spec: Spec) -> None:
    """Oddity 3: the parameters of a form are strings, not objects."""
    link = spec["components"]["schemas"]["PostLink"]
    link["properties"]["params"]["additionalProperties"] = {"type": "string"}


def the_mode_agreement_exists(spec: Spec) -> None:
    """Oddity 4: the answers' modes lack `agreement`."""
    for schema in spec["components"]["schemas"].values():
        mode = schema.get("properties", {}).get("authorisation_mode")
        if mode is not None and "enum" in mode:
            mode["enum"] = sorted({*mode["enum"], "agreement"})


def null_is_not_a_word(spec: Spec) -> None:
    """Oddity 5: an unknown type of card is null, and so is the link where nothing can be done."""
    schemas = spec["components"]["schemas"]
    card = schemas["CardDetails"]["properties"]["card_type"]
    card["enum"].append(None)
    card["nullable"] = True
    links = schemas["PaymentLinks"]["properties"]
    links["cancel"] = {"nullable": True, "allOf": [links["cancel"]]}


def a_refund_is_answered_202(spec: Spec) -> None:
    """Oddity 6: the body stands under 200, the server answers 202; 400, 403 and 422 are missing."""
    answers = _responses(spec, "POST /v1/payments/{paymentId}/refunds")
    answers["202"] = answers.pop("200")
    for status in ("400", "403", "422"):
        answers.setdefault(status, _json("ErrorResponse"))


def a_page_may_lie_past_the_end(spec: Spec) -> None:
    """Oddity 7: a page past the end is answered 404, which three searches do not say."""
    for path in ("/v1/payments", "/v1/disputes", "/v1/refunds"):
        _responses(spec, f"GET {path}").setdefault("404", _json("ErrorResponse"))


CORRECTIONS: tuple[Callable[[Spec], None], ...] = (
    return_url_is_not_always_required,
    metadata_is_flat,
    post_params_are_texts,
    the_mode_agreement_exists,
    null_is_not_a_word,
    a_refund_is_answered_202,
    a_page_may_lie_past_the_end,
)


# ---------------------------------------------------------------- the stand-in with records


class World:
    """A stand-in that holds at least one record of each kind and state, and what they are called.

    It is of a provider with fees and settled days, so that every field of an answer shows.
    """

    def __init__(self) -> None:
        self.sandbox = Sandbox()
        self.account = Account(
            "contract",
            provider=Provider.STRIPE,
            fees_on_test=True,
            failed_fee=15,
            moto_enabled=True,
            moto_api_enabled=True,
            corporate_surcharge=250,
            refunds_settle_later=True,
            rate_limited=False,
        )
        self.key = self.sandbox.pay.new_api_key(account=self.account)
        self.http = TestClient(
            self.sandbox.pay.app,
            base_url="http://pay",
            headers={"Authorization": f"Bearer {self.key}"},
        )
        self.agreements = [self._agreement() for _ in range(2)]
        self.payments = list(self._payments())
        self.refunds = [
            self.sandbox.pay.staff_refund(each.id, 100).id
            for each in self.sandbox.pay.payments
            if each.refund_status == "available"
        ]
        self.sandbox.pay.complete_refund(self.refunds[0])
        self._disputes()
        self.sandbox.pay.settle(self.account)

    def make(self, **changes: Any) -> str:
        """Make a payment."""
        fields = {name: value for name, value in (BODY | changes).items() if value is not None}
        made = self.http.post("/v1/payments", json=fields)
        assert 201 == made.status_code, made.json()
        return made.json()["payment_id"]

    def _agreement(self) -> str:
        body = {"reference": "A", "description": "Permit", "user_identifier": "u1"}
        return self.http.post("/v1/agreements", json=body).json()["agreement_id"]

    def _payments(self) -> Iterator[str]:
        pay = self.sandbox.pay
        for act in (
            None,
            pay.start,
            pay.submit,
            pay.pay,
            pay.pay,
            pay.decline,
            pay.cancel,
            pay.expire,
            pay.staff_cancel,
        ):
            made = self.make(metadata={"ledger": "12", "n": 3, "yes": True})
            if act is not None:
                act(made)
            yield made
        delayed = self.make(delayed_capture=True)
        pay.pay(delayed)
        yield delayed
        corporate = self.make()
        pay.pay(corporate, card="4988080000000000")
        yield corporate
        stored = self.make(set_up_agreement=self.agreements[0])
        pay.pay(stored)
        yield stored
        yield self.make(
            authorisation_mode="agreement", agreement_id=self.agreements[0], return_url=None
        )

    def _disputes(self) -> None:
        pay = self.sandbox.pay
        for end in (None, pay.submit_evidence, pay.win, pay.lose):
            paid = self.make()
            pay.pay(paid)
            dispute = pay.dispute(paid)
            if end is not None:
                end(dispute.id)

    def ids(self, name: str) -> list[str]:
        """Return the known ids that a place in a path may take."""
        return {
            "paymentId": self.payments,
            "refundId": self.refunds,
            "agreementId": self.agreements,
        }[name]


# ---------------------------------------------------------------- the test


def specification() -> Spec:
    """Read the published specification, and put right what is known to be wrong with it."""
    if not SPECIFICATION.is_file():
        pytest.skip("The published specification of GOV.UK Pay is not here: set LG_CONTRACT_DATA.")
    spec: Spec = json.loads(SPECIFICATION.read_text("utf-8"))
    for correct in CORRECTIONS:
        correct(spec)
    return spec


@pytest.fixture(scope="module")
def world() -> World:
    """Give a stand-in with records."""
    return World()


def _aimed(case: Any, *, world: World) -> st.SearchStrategy[Any]:
    """Aim half of the calls at records and pages that are there, or are just not."""
    places: dict[str, str] = case.path_parameters or {}

    def at(ids: dict[str, str]) -> Any:
        case.path_parameters = {**places, **ids}
        return case

    def on_page(page: str) -> Any:
        case.query = {"page": page}
        return case

    if places:
        known = {name: st.sampled_from(world.ids(name)) for name in places}
        return st.just(dict[str, str]()).map(at) | st.fixed_dictionaries(known).map(at)
    if case.method == "GET":
        return st.just(case) | st.sampled_from(["1", "2", "9999"]).map(on_page)
    return st.just(case)


def test_every_operation_of_the_specification_is_driven() -> None:
    """No operation is left out, and none is invented."""
    spec = specification()
    published = {
        f"{method.upper()} {path}" for path, methods in spec["paths"].items() for method in methods
    }

    assert published == set(OPERATIONS)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_the_specification_allows_is_answered_as_it_says(world: World, operation: str) -> None:
    """Status, content type, headers and schema; nothing answers 5xx."""
    schema: Any = schemathesis.openapi.from_dict(specification())  # half unknown types there
    schema.app = world.sandbox.pay.app
    method, _, path = operation.partition(" ")
    registry = cast("Any", CHECKS)
    checks = [check for check in registry.get_all() if check.__name__ not in NOT_CHECKED]
    cases: st.SearchStrategy[Any] = schema[path][method].as_strategy()
    statuses: set[int] = set()

    @settings(max_examples=examples(25), deadline=None, database=None, suppress_health_check=QUIET)
    @given(cases.flatmap(partial(_aimed, world=world)))
    def drive(case: Any) -> None:
        answer = case.call(headers={"Authorization": f"Bearer {world.key}"})
        statuses.add(answer.status_code)
        case.validate_response(answer, checks=checks)

    drive()

    assert statuses - {401}, "nothing but refused keys came back"
    assert not {status for status in statuses if status >= 500}


def test_each_correction_is_needed() -> None:
    """A correction of a specification that is right would hide a fault: each changes something."""
    if not SPECIFICATION.is_file():
        pytest.skip("The published specification of GOV.UK Pay is not here: set LG_CONTRACT_DATA.")
    published = SPECIFICATION.read_text("utf-8")
    for correct in CORRECTIONS:
        spec = json.loads(published)
        correct(spec)
        assert json.loads(published) != spec, correct.__name__
