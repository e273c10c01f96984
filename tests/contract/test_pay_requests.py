# SPDX-License-Identifier: MIT
"""What lg-pay sends is what GOV.UK Pay's published specification takes.

The specification is wrong in places, where its own code and reference say otherwise. Each place is
handled here by name, and a test says that the oddity is still there: when GOV.UK Pay mends its
file, that test fails and the allowance goes.
"""

import copy
import json
from typing import Any, cast

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pay.payments import AGREEMENT_ID, a_payment, fields, payment_of

from lg_core.calls import Call
from lg_core.errors import InvalidValueError
from lg_pay import NewPayment, calls

MODES = ("web", "agreement", "moto_api")
CALLS: dict[str, tuple[Call[Any], str]] = {
    "create": (calls.create_payment(a_payment()), "/v1/payments"),
    "get": (calls.get_payment(AGREEMENT_ID), "/v1/payments/{paymentId}"),
    "events": (calls.get_payment_events(AGREEMENT_ID), "/v1/payments/{paymentId}/events"),
    "cancel": (calls.cancel_payment(AGREEMENT_ID), "/v1/payments/{paymentId}/cancel"),
}


def _request_schema(specification: dict[str, Any], mode: str) -> dict[str, Any]:
    """Return the schema of a create request, as it holds for a mode."""
    schema = copy.deepcopy(specification["components"]["schemas"]["CreateCardPaymentRequest"])
    if mode != "web":
        # Oddity: return_url is listed as required, though GOV.UK Pay refuses it with these modes.
        schema["required"].remove("return_url")
    # OpenAPI allows unknown names unless told otherwise; a name of ours must not pass unseen.
    schema["additionalProperties"] = False
    return {**schema, "components": specification["components"]}


def _sent(new: NewPayment) -> dict[str, Any]:
    return json.loads(new.model_dump_json(by_alias=True, exclude_none=True))


@pytest.mark.parametrize("mode", MODES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_payment_is_a_valid_request(
    pay_specification: dict[str, Any], mode: str, data: st.DataObject
) -> None:
    """Whatever NewPayment accepts, the specification accepts, in every mode."""
    new = payment_of(data.draw(fields(mode)))
    sent = _sent(new)
    # Oddity: metadata is described as {"metadata": {...objects}}. Real metadata is flat, and passes
    # but for a key that is called "metadata" itself; the real API takes that too.
    sent.get("metadata", {}).pop("metadata", None)

    # Raises where the body is not valid. Its types are only partly known to a type checker.
    cast("Any", jsonschema).validate(sent, _request_schema(pay_specification, mode))
    assert sent["reference"] == new.reference


@pytest.mark.parametrize("name", CALLS)
def test_every_call_is_an_operation(pay_specification: dict[str, Any], name: str) -> None:
    """The path and the method of each call are in the specification."""
    call, template = CALLS[name]

    assert template.replace("{paymentId}", AGREEMENT_ID) == call.path
    assert call.method.lower() in pay_specification["paths"][template]


@pytest.mark.parametrize("name", CALLS)
def test_every_success_that_is_named_is_a_success(
    pay_specification: dict[str, Any], name: str
) -> None:
    """What the specification calls success is success for the call."""
    call, template = CALLS[name]
    responses = pay_specification["paths"][template][call.method.lower()]["responses"]

    named = {int(status) for status in responses if status.startswith("2")}

    # Oddity: create lacks 200, which answers a create with an idempotency key that was used.
    assert named == call.success - ({200} if name == "create" else set())


def test_every_field_of_a_request_can_be_given(pay_specification: dict[str, Any]) -> None:
    """The model has each field that the specification has, and no other."""
    schema = pay_specification["components"]["schemas"]["CreateCardPaymentRequest"]

    assert set(schema["properties"]) == set(NewPayment.model_fields)


@pytest.mark.parametrize("field", ["reference", "description", "return_url"])
def test_the_limits_are_those_of_the_specification(
    pay_specification: dict[str, Any], field: str
) -> None:
    """The longest texts are as long."""
    ours = NewPayment.model_json_schema()["properties"][field]
    ours = next(iter(ours.get("anyOf", [ours])))
    theirs = pay_specification["components"]["schemas"]["CreateCardPaymentRequest"]["properties"]

    assert theirs[field]["maxLength"] == ours["maxLength"]


def test_the_range_of_the_amount_is_that_of_the_specification(
    pay_specification: dict[str, Any],
) -> None:
    """The least and the greatest amount are theirs, and one more is refused."""
    schema = pay_specification["components"]["schemas"]["CreateCardPaymentRequest"]
    amount = schema["properties"]["amount"]

    for right in (amount["minimum"], amount["maximum"]):
        assert right == a_payment(amount=right).amount
    for wrong in (amount["minimum"] - 1, amount["maximum"] + 1):
        with pytest.raises(InvalidValueError):
            a_payment(amount=wrong)


def test_the_idempotency_key_is_a_header_of_the_specification(
    pay_specification: dict[str, Any],
) -> None:
    """The header has the name that the specification gives it."""
    parameters = pay_specification["paths"]["/v1/payments"]["post"]["parameters"]
    new = a_payment(authorisation_mode="agreement", agreement_id=AGREEMENT_ID, return_url=None)

    assert [calls.create_payment(new).key_header] == [
        parameter["name"] for parameter in parameters if parameter["in"] == "header"
    ]


def test_the_oddities_are_still_there(pay_specification: dict[str, Any]) -> None:
    """Each allowance above is needed: when this fails, take the allowance away."""
    schemas = pay_specification["components"]["schemas"]

    assert "return_url" in schemas["CreateCardPaymentRequest"]["required"]
    assert "200" not in pay_specification["paths"]["/v1/payments"]["post"]["responses"]
    assert ["metadata"] == list(schemas["ExternalMetadata"]["properties"])
