# SPDX-License-Identifier: MIT
"""What GOV.UK Pay's published specification and the sandbox answer is what lg-pay reads."""

import json
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from pay.payments import a_payment

from lg_core.models import AnswerModel
from lg_core.testing import asgi
from lg_pay import PayClient, Payment, calls
from lg_pay.payment import PaymentEvents
from lg_sandbox import Sandbox

# Oddity: the example of ExternalMetadata is a text that holds JSON, with one bracket too many.
METADATA = {"property1": "value1", "property2": "value2"}
# Oddity: params are typed as objects, though real ones are texts (chargeTokenId).
PARAMS = {"chargeTokenId": "51cd0d8d-f3d1-4c2d-b1a6-0b2c6f0e8c5f"}
ANSWERS: dict[str, type[AnswerModel]] = {
    "CreatePaymentResult": Payment,
    "PaymentWithAllLinks": Payment,
    "PaymentEvents": PaymentEvents,
}


def _example(specification: dict[str, Any], schema: dict[str, Any]) -> Any:
    """Make the example of a schema from the examples of its parts, as its readers do."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        part = specification["components"]["schemas"][name]
        return METADATA if name == "ExternalMetadata" else _example(specification, part)
    if "properties" in schema:
        return {
            name: PARAMS if name == "params" else _example(specification, part)
            for name, part in schema["properties"].items()
            # Oddity: card_brand stands beside card_details, where it also is, and is deprecated.
            if not part.get("deprecated")
        }
    if schema.get("type") == "array":
        return [_example(specification, schema["items"])]
    plain = {"integer": 1, "boolean": True}.get(schema.get("type", ""), "text")
    return schema.get("example", schema.get("enum", [plain])[0])


@pytest.fixture(params=ANSWERS)
def answer(
    request: pytest.FixtureRequest, pay_specification: dict[str, Any]
) -> tuple[type[AnswerModel], dict[str, Any]]:
    """An answer's model, and its example."""
    name: str = request.param
    schema = pay_specification["components"]["schemas"][name]
    return ANSWERS[name], _example(pay_specification, schema)


def _read(model: type[AnswerModel], value: object) -> AnswerModel:
    return model.model_validate_json(json.dumps(value))


def _places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of every member of an object, at any depth."""
    if isinstance(value, dict):
        for name, part in cast("dict[str, Any]", value).items():
            yield (*path, name)
            yield from _places(part, (*path, name))
    elif isinstance(value, list):
        for number, part in enumerate(cast("list[Any]", value)):
            yield from _places(part, (*path, number))


def _changed(value: Any, path: tuple[str | int, ...], change: Callable[[Any, Any], None]) -> Any:
    """Return a copy in which the member at a path was changed."""
    copy = json.loads(json.dumps(value))
    place = copy
    for step in path[:-1]:
        place = place[step]
    change(place, path[-1])
    return copy


def test_the_specifications_own_examples_are_read(
    answer: tuple[type[AnswerModel], dict[str, Any]],
) -> None:
    """Every documented field of the example is there afterwards, under its own name."""
    model, example = answer

    read = _read(model, example)

    kept = json.loads(read.model_dump_json(by_alias=True))
    # lg-pay follows no link of a list of events: it makes its own.
    assert {*example} - {"_links"} <= {*kept}
    assert example["payment_id"] == kept["payment_id"]


def _values(answer: AnswerModel) -> dict[str, Any]:
    """Give what an answer says: a part that is kept as it came is read."""
    read = {name: getattr(answer, name) for name in answer.later}
    return {name: value for name, value in answer if not name.endswith("_given")} | read


def test_new_fields_are_ignored_wherever_they_stand(
    answer: tuple[type[AnswerModel], dict[str, Any]],
) -> None:
    """GOV.UK Pay adds fields without a new version (API reference, 'Versioning')."""
    model, example = answer
    plain = _read(model, example)

    def add(place: Any, _name: Any) -> None:
        place["added_since"] = {"deep": [1]}

    for path in _places(example):
        if isinstance(path[-1], str) and not {"metadata", "params"} & {*path[:-1]}:
            assert _values(plain) == _values(_read(model, _changed(example, path, add)))


NEEDED = {
    ("payment_id",),
    ("amount",),
    ("description",),
    ("reference",),
    ("payment_provider",),
    ("created_date",),
    ("_links",),
    ("events",),
    ("state",),
}
NEEDED_WITHIN = {
    "state": {"status", "finished"},
    "_links": {"href"},
    "refund_summary": {"status"},
    "events": {"payment_id", "state", "updated", "status", "finished"},
}


def _may_be_absent(path: tuple[str | int, ...]) -> bool:
    names = [step for step in path if isinstance(step, str)]
    if len(names) == 1:
        return tuple(names) not in NEEDED
    if "metadata" in names[:-1] or "params" in names[:-1]:
        return False
    return names[-1] not in NEEDED_WITHIN.get(names[0], set())


def test_what_may_be_absent_may_be_absent_or_null(
    answer: tuple[type[AnswerModel], dict[str, Any]],
) -> None:
    """Leaving a part out, or sending null for it, is read; `_links.cancel` is null in real life."""
    model, example = answer

    def leave_out(place: Any, name: Any) -> None:
        del place[name]

    def null(place: Any, name: Any) -> None:
        place[name] = None

    for path in filter(_may_be_absent, _places(example)):
        if isinstance(path[-1], str) and path[-1] != "method":
            assert _read(model, _changed(example, path, null))
        assert _read(model, _changed(example, path, leave_out))


def test_words_that_are_new_are_read(answer: tuple[type[AnswerModel], dict[str, Any]]) -> None:
    """A new status, provider, brand or type is read as it is."""
    model, example = answer

    def rename(place: Any, name: Any) -> None:
        place[name] = "brand_new"

    words = {"status", "payment_provider", "card_brand", "card_type", "authorisation_mode", "type"}
    for path in _places(example):
        if path[-1] in words:
            assert "brand_new" in _read(model, _changed(example, path, rename)).model_dump_json()


def test_the_word_null_is_nothing(pay_specification: dict[str, Any]) -> None:
    """Oddity: the specification lists the text "null" as a card type; the wire has null."""
    schema = pay_specification["components"]["schemas"]["PaymentWithAllLinks"]
    example = _example(pay_specification, schema)
    for word in ("null", None):
        example["card_details"]["card_type"] = word
        payment = Payment.model_validate_json(json.dumps(example))

        assert payment.card_details is not None
        assert payment.card_details.card_type is None


@pytest.mark.parametrize(
    "end", ["created", "started", "submitted", "paid", "declined", "cancelled"]
)
def test_every_answer_of_the_sandbox_is_read_whole(end: str) -> None:
    """No member of what the sandbox sends is lost, in each state of a payment."""
    sandbox = Sandbox()
    transport = asgi(sandbox.pay.app)
    pay = PayClient(sandbox.pay.api_key, base_url="http://localhost", transport=transport)
    made = pay.exchange(calls.create_payment(a_payment(metadata={"ledger": "GW"})))
    payment_id = made.value.payment_id
    steps: dict[str, Callable[[], object]] = {
        "created": lambda: None,
        "started": lambda: sandbox.pay.start(payment_id),
        "submitted": lambda: sandbox.pay.submit(payment_id),
        "paid": lambda: sandbox.pay.pay(payment_id),
        "declined": lambda: sandbox.pay.decline(payment_id),
        "cancelled": lambda: pay.cancel_payment(payment_id),
    }
    steps[end]()
    answers = (
        made,
        pay.exchange(calls.get_payment(payment_id)),
        pay.exchange(calls.get_payment_events(payment_id)),
    )
    transport.close()

    for each in answers:
        sent = json.loads(each.raw)
        kept = json.loads(each.value.model_dump_json(by_alias=True))
        lost = {path for path in _places(sent) if not _is_there(kept, path)}
        # lg-pay follows no link of a list of events: it makes its own.
        assert not {path for path in lost if "events" not in sent or path[0] != "_links"} - {
            path for path in lost if path[0] == "events" and "_links" in path
        }


def _is_there(value: Any, path: tuple[str | int, ...]) -> bool:
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return False
    return True
