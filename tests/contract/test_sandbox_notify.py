"""The stand-in for Notify, held against published schemas and recorded answers."""

import json
import os
from pathlib import Path
from typing import Any, cast

import pytest
from jsonschema import Draft7Validator
from starlette.testclient import TestClient

from lg_sandbox import Sandbox
from lg_sandbox.notify import BIN_DAY, PAYMENT_RECEIVED, KeyKind
from lg_sandbox.notify.api import NOT_BUILT, ROUTES
from lg_sandbox.notify.placeholders import as_bullets, as_sentence, fill_in, missing_from, names_in
from lg_sandbox.notify.recipients import BadRecipientError, read_email, read_phone
from lg_sandbox.notify.sending import _typeset
from lg_sandbox.notify.sms_text import clean, fragments

DATA = Path(
    os.environ.get("LG_CONTRACT_DATA")
    or Path(__file__).resolve().parents[2].parent / "shared" / "data"
)
LIST = "/v2/notifications"
# Only a library with every country's numbering refuses this one.
NOT_KNOWN_HERE = {"+16643551234"}
KEYS = {
    "API_KEY": KeyKind.TEST,
    "API_SENDING_KEY": KeyKind.NORMAL,
    "PEER_TEAM_KEY": KeyKind.TEAM,
}


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


def _replayed(data: dict[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Give the recorded requests that this stand-in should answer alike, with their requests."""
    observed = data["observed_responses"]
    chosen: list[tuple[dict[str, Any], dict[str, Any]]] = []
    for each in observed["responses"]:
        request = each.get("request")
        text = json.dumps(request)
        if (
            each["path"] in (f"{LIST}/sms", f"{LIST}/email")
            and each["method"] == "POST"
            and each.get("key") in KEYS
            and isinstance(request, dict)
            and not any(word in text for word in ('"file"', "sanitise", "<uuid>", "<EMAIL_REPLY"))
            and "scheduled_for in 1h" not in each["case"]
        ):
            chosen.append((each, cast("dict[str, Any]", request)))
    return chosen


def _long(value: Any) -> Any:
    """Write out what the records shorten."""
    if isinstance(value, dict):
        parts = cast("dict[str, Any]", value)
        if "$repeat" in parts:
            return parts["$repeat"] * parts["times"]
        return {name: _long(each) for name, each in parts.items()}
    return value


def test_recorded_requests_are_answered_alike(data: dict[str, Any]) -> None:
    """Same status, same errors, same text: for every request to send that was recorded."""
    sandbox = Sandbox()
    notify = sandbox.notify
    notify.account.international_sms = True
    ids = {
        name: notify.templates.add(each["body"], subject=each["subject"]).id
        for name, each in data["observed_responses"]["templates"].items()
        if each["type"] != "letter"
    }
    keys = {name: notify.new_api_key(kind=kind) for name, kind in KEYS.items()}
    cases = _replayed(data)
    with TestClient(notify.app) as http:
        for case, request in cases:
            body = {name: ids.get(str(each), _long(each)) for name, each in request.items()}
            headers = {"Authorization": f"Bearer {notify.token(keys[case['key']])}"}
            answer = http.post(case["path"], json=body, headers=headers)
            said, recorded = answer.json(), case["response"]
            assert case["status"] == answer.status_code, case["case"]
            if "$long" not in json.dumps(recorded):
                for part in ("errors", "reference", "scheduled_for"):
                    assert recorded.get(part) == said.get(part), case["case"]
                for part in ("body", "subject"):
                    theirs = recorded.get("content", {}).get(part)
                    assert theirs == said.get("content", {}).get(part), case["case"]

    assert len(cases) > 40


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


def test_emails_are_rendered_as_recorded(data: dict[str, Any]) -> None:
    """Subject and body."""
    for case in data["golden_vectors"]["email"]:
        values = case["personalisation"]
        subject = fill_in(case["subject_template"], values, listing=as_sentence)
        body = fill_in(case["template"], values, listing=as_bullets)
        assert case["subject"] == _typeset(subject)
        assert case["body"] == body.strip()


def test_phone_numbers_are_read_as_recorded(data: dict[str, Any]) -> None:
    """Normal form, price and error."""
    for case in data["golden_vectors"]["phone"]:
        if case["input"] in NOT_KNOWN_HERE:
            continue
        if "error" in case:
            with pytest.raises(BadRecipientError, match=f"^{case['v2_message']}$"):
                read_phone(case["input"])
        else:
            number = read_phone(case["input"])
            expected = (case["normalised"], case["info"]["rate_multiplier"])
            assert expected == (number.normalised, number.multiplier)


def test_email_addresses_are_read_as_recorded(data: dict[str, Any]) -> None:
    """Normal form and error."""
    for case in data["golden_vectors"]["email_address"]:
        if "error" in case:
            with pytest.raises(BadRecipientError):
                read_email(case["input"])
        else:
            assert case["normalised"] == read_email(case["input"])


def test_every_operation_of_the_specification_is_here_or_named_as_missing(
    data: dict[str, Any],
) -> None:
    """Nothing of the real API is forgotten, and nothing is invented."""
    assert data
    specification = json.loads((DATA / "notify/openapi/publicapi_spec.json").read_text("utf-8"))
    here = {path for _, path in [*ROUTES, *NOT_BUILT]}

    assert set(specification["paths"]) == here
