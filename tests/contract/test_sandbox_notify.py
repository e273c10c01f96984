"""The stand-in for Notify, held against published schemas and recorded answers."""

import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from contract.notify_replay import Replay, as_recorded, differs
from jsonschema import Draft7Validator
from starlette.testclient import TestClient

from lg_sandbox import Sandbox
from lg_sandbox.notify import BIN_DAY, PAYMENT_RECEIVED, REMINDER_LETTER, CallbackKind
from lg_sandbox.notify.calls import NOT_BUILT, ROUTES
from lg_sandbox.notify.content import typeset
from lg_sandbox.notify.markdown import to_html
from lg_sandbox.notify.placeholders import as_bullets, as_sentence, fill_in, missing_from, names_in
from lg_sandbox.notify.post_days import delivery
from lg_sandbox.notify.postal import read_address
from lg_sandbox.notify.recipients import BadRecipientError, read_email, read_phone
from lg_sandbox.notify.sms_text import LONGEST, clean, fragments

DATA = Path(
    os.environ.get("LG_CONTRACT_DATA")
    or Path(__file__).resolve().parents[2].parent / "shared" / "data"
)
LIST = "/v2/notifications"


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    """Give all of Notify's files by name."""
    folder = DATA / "notify"
    if not folder.is_dir():
        pytest.skip("Notify's published schemas are not here: set LG_CONTRACT_DATA.")
    return {file.stem: json.loads(file.read_text("utf-8")) for file in folder.glob("*.json")}


def faults(schema: dict[str, Any], body: Any) -> list[str]:
    """Hold a body against a schema."""
    # The library's own types leave this method half unknown.
    validator: Any = Draft7Validator(schema)
    return [f"{list(e.absolute_path)}: {e.message}" for e in validator.iter_errors(body)]


def sent(sandbox: Sandbox, http: TestClient) -> tuple[dict[str, Any], dict[str, Any]]:
    """Send a text and an email."""
    headers = {"Authorization": f"Bearer {sandbox.notify.token()}"}
    text = {
        "phone_number": "07900900123",
        "template_id": BIN_DAY.id,
        "personalisation": {"name": "A", "day": "B", "garden": "no"},
    }
    email = {
        "email_address": "a@example.gov.uk",
        "template_id": PAYMENT_RECEIVED.id,
        "personalisation": {"reference": 1, "name": "A", "amount": "B", "items": ["x"]},
    }
    return (
        http.post(f"{LIST}/sms", json=text, headers=headers).json(),
        http.post(f"{LIST}/email", json=email, headers=headers).json(),
    )


def test_answers_fit_the_published_schemas(data: dict[str, Any]) -> None:
    """Sending, one message and a list, in each state."""
    sandbox = Sandbox()
    sandbox.clock.freeze()
    with TestClient(sandbox.notify.app) as http:
        text, email = sent(sandbox, http)
        assert [] == faults(data["post_sms_response"], text)
        assert [] == faults(data["post_email_response"], email)
        for _ in range(3):
            headers = {"Authorization": f"Bearer {sandbox.notify.token()}"}
            one = http.get(f"{LIST}/{text['id']}", headers=headers).json()
            listed = http.get(LIST, headers=headers).json()
            assert [] == faults(data["get_notification_response"], one)
            assert [] == faults(data["get_notifications_response"], listed)
            sandbox.clock.advance(seconds=3)


def test_other_answers_fit_the_published_schemas(data: dict[str, Any]) -> None:
    """Letters, templates, previews and received texts.

    Of a letter: where nothing is posted the schema wants a text, and the records have null.
    """
    sandbox = Sandbox()
    sandbox.clock.freeze()
    sandbox.notify.receive_text("Yes")
    values = {"name": "A", "amount": "£1", "date": "1 May"}
    address = {"address_line_1": "A", "address_line_2": "B", "address_line_3": "SW1A 1AA"}
    letter = {"template_id": REMINDER_LETTER.id, "personalisation": values | address}
    with TestClient(sandbox.notify.app) as http:
        http.headers["Authorization"] = f"Bearer {sandbox.notify.token()}"
        sent = http.post(f"{LIST}/letter", json=letter).json()
        preview = f"/v2/template/{REMINDER_LETTER.id}/preview"
        for name, body in {
            "post_letter_response": sent,
            "get_notification_response": http.get(f"{LIST}/{sent['id']}").json(),
            "get_template_by_id_response": http.get(f"/v2/template/{REMINDER_LETTER.id}").json(),
            "get_all_template_response": http.get("/v2/templates?type=letter").json(),
            "get_inbound_sms_response": http.get("/v2/received-text-messages").json(),
            "post_template_preview_response": http.post(
                preview, json={"personalisation": values}
            ).json(),
        }.items():
            assert [] == faults(data[name], body), name


def test_a_wrong_body_is_found(data: dict[str, Any]) -> None:
    """The check itself can fail."""
    assert faults(data["post_sms_response"], {"id": 5})


def test_answers_have_the_parts_of_the_recorded_ones(data: dict[str, Any]) -> None:
    """Which are more than the schemas name: none too few and none too many."""
    recorded = {each["case"]: each["response"] for each in data["observed_responses"]["responses"]}
    sandbox = Sandbox()
    with TestClient(sandbox.notify.app) as http:
        text, email = sent(sandbox, http)
        headers = {"Authorization": f"Bearer {sandbox.notify.token()}"}
        sandbox.clock.advance(seconds=10)
        one = http.get(f"{LIST}/{text['id']}", headers=headers).json()

    for ours, theirs in (
        (text, recorded["personalisation extra key ignored"]),
        (email, recorded["email_reply_to_id ok"]),
        (one, recorded["get one wrong key type"]),
    ):
        assert set(theirs) == set(ours)
        for part in ("content", "template", "cost_details"):
            assert set(theirs.get(part, ())) == set(ours.get(part, ()))


NOT_REPLAYED: frozenset[str] = frozenset()
"""The recorded requests that cannot be asked of a sandbox, by name: none."""


def test_every_recorded_request_is_answered_alike(data: dict[str, Any]) -> None:
    """Same status and same body, in the order of the records; ids and times are scrubbed alike."""
    observed = data["observed_responses"]
    replay = Replay(observed)
    wrong: dict[str, Any] = {}
    for case in observed["responses"]:
        if case["case"] in NOT_REPLAYED:
            continue
        status, body = replay.answer(case)
        found = differs(as_recorded(case["response"]), replay.scrubbed(body))
        if case["status"] != status or found:
            wrong[case["case"]] = (case["status"], status, found)

    assert {} == wrong
    assert 152 == len(observed["responses"]) - len(NOT_REPLAYED)


def test_a_difference_is_found() -> None:
    """The comparison itself can fail: in a value, a member, a length, a long text, a type."""
    long = {"$long": "ab", "length": 3}

    assert [] == differs({"a": [1, long]}, {"a": [1, "abc"]})
    others: list[Any] = [{"a": [1, "abcd"]}, {"a": [1, "xbc"]}, {"a": [2, "abc"]}, {"a": [1]}, {}]
    for other in others:
        assert 1 == len(differs({"a": [1, long]}, other))
    assert 1 == len(differs(0, False))
    assert 1 == len(differs({"x": {"templates": [1]}}, {"x": {"templates": []}}))


def test_every_recorded_callback_is_made_alike(data: dict[str, Any]) -> None:
    """Same body, and the token that the service set; ids and times are scrubbed alike."""
    observed = data["observed_responses"]
    replay = Replay(observed)
    told: dict[str, Any] = {}
    headers: list[Mapping[str, str]] = []

    def receive(sent: Mapping[str, str], body: bytes) -> int:
        headers.append(sent)
        told[json.loads(body)["reference"]] = json.loads(body)
        return 204

    notify = replay.sandbox.notify
    notify.set_callback(
        CallbackKind.DELIVERY_RECEIPT, send=receive, bearer_token="peer-bearer-token"
    )
    for each in observed["callbacks"]:
        body = each["body"]
        sms = body["notification_type"] == "sms"
        sent: dict[str, Any] = {
            "phone_number" if sms else "email_address": body["to"],
            "template_id": body["template_id"],
            "personalisation": {"name": "A", "day": "B", "garden": "no"},
            "reference": body["reference"],
        }
        replay.send(body["notification_type"], sent, key="API_KEY")
    replay.sandbox.clock.advance(seconds=10)

    assert 6 == len(notify.deliver_callbacks()) == len(observed["callbacks"])
    for each in observed["callbacks"]:
        scrubbed = replay.scrubbed(told[each["body"]["reference"]])
        assert [] == differs(as_recorded(each["body"]), scrubbed)
        for name in ("Content-Type", "Authorization"):
            assert each["headers"][name] == headers[0][name]


def test_texts_are_rendered_as_recorded(data: dict[str, Any]) -> None:
    """Text, fragments, placeholders and what is missing, for every recorded template."""
    for case in data["golden_vectors"]["sms"]:
        values, prefix = case["personalisation"], case["prefix"]
        filled = fill_in(case["template"], values, listing=as_sentence)
        text = clean(f"{prefix}: {filled}" if prefix else filled)
        names = names_in(case["template"])
        assert case["rendered"] == text
        assert case["fragments"] == fragments(text)
        assert case["placeholders"] == names
        assert case["missing"] == missing_from(values, names=names)
        assert case["count_without_prefix"] == len(clean(filled))
        assert case["content_count"] == len(text)
        assert case["too_long"] is (len(clean(filled)) > LONGEST)


def test_emails_are_rendered_as_recorded(data: dict[str, Any]) -> None:
    """Subject and body."""
    for case in data["golden_vectors"]["email"]:
        values = case["personalisation"]
        subject = fill_in(case["subject_template"], values, listing=as_sentence)
        body = fill_in(case["template"], values, listing=as_bullets)
        assert case["subject"] == typeset(subject)
        assert case["body"] == body.strip()


def test_phone_numbers_are_read_as_recorded(data: dict[str, Any]) -> None:
    """Normal form, price, error, and what needs the permission to send abroad."""
    for case in data["golden_vectors"]["phone"]:
        if "error" in case:
            with pytest.raises(BadRecipientError, match=f"^{case['v2_message']}$"):
                read_phone(case["input"])
        else:
            number = read_phone(case["input"])
            expected = (case["normalised"], case["info"]["rate_multiplier"])
            assert expected == (number.normalised, number.multiplier)
            at_home = number.mobile and not number.international
            assert (case["ok_intl_false_landline_false"] is True) is at_home
            assert (case["ok_intl_true_landline_false"] is True) is number.mobile


def test_email_addresses_are_read_as_recorded(data: dict[str, Any]) -> None:
    """Normal form and error."""
    for case in data["golden_vectors"]["email_address"]:
        if "error" in case:
            with pytest.raises(BadRecipientError):
                read_email(case["input"])
        else:
            assert case["normalised"] == read_email(case["input"])


def test_postal_addresses_are_read_as_recorded(data: dict[str, Any]) -> None:
    """What is printed, the zone, the postcode, and whether it is good."""
    for case in data["golden_vectors"]["postal"]:
        read = read_address(case["lines"], international=case["allow_international"])
        expected = (case["normalised"], case["postage_zone"], case["postcode"], case["valid"])
        assert expected == (list(read.lines), read.zone.value, read.postcode, read.fault is None)
        assert case["international"] is read.international


def test_letters_take_as_long_as_recorded(data: dict[str, Any]) -> None:
    """Printed by, earliest and latest day, for every recorded postage and season."""
    for case in data["golden_vectors"]["letter_timing"]:
        made = delivery(datetime.fromisoformat(case["created_at"]), postage=case["postage"])
        assert (case["printed_by"], case["earliest"], case["latest"]) == tuple(map(str, made))


def test_emails_become_html_as_recorded(data: dict[str, Any]) -> None:
    """All but two: a list that stands first, and numbers that follow bullets."""
    known = {"((list))", "## Sub\n\n* a\n* b\n\n1. x\n2. y"}
    for case in data["golden_vectors"]["email"]:
        html = to_html(fill_in(case["template"], case["personalisation"], listing=as_bullets))
        assert (case["template"] in known) is (case["html_body"] != html), case["template"]


def test_every_operation_of_the_specification_is_here_or_named_as_missing(
    data: dict[str, Any],
) -> None:
    """Nothing of the real API is forgotten, and nothing is invented."""
    assert data
    specification = json.loads((DATA / "notify/openapi/publicapi_spec.json").read_text("utf-8"))
    here = {path.replace(":int", "") for _, path in ROUTES}

    assert () == NOT_BUILT
    # What is sent by a channel that there is not falls over on Notify, and is not documented.
    assert set(specification["paths"]) == here - {"/v2/notifications/{channel}"}
