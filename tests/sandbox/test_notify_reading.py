# SPDX-License-Identifier: MIT
"""lg_sandbox.notify.reading: templates, previews, received texts, and the quirks of lists."""

import uuid
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from sandbox.notify_caller import ADDRESS, EMAIL, LETTER, LIST, TEXT, Caller

from lg_sandbox import Sandbox
from lg_sandbox.notify import BIN_DAY, PAYMENT_RECEIVED, REMINDER_LETTER, SECURITY_CODE, KeyKind
from lg_sandbox.notify.calls import PAGE_SIZE

RECEIVED = "/v2/received-text-messages"


def read_all(call: Caller, path: str, name: str) -> tuple[list[int], list[str]]:
    """Follow the links to the end: the size of each page, and all ids."""
    sizes: list[int] = []
    ids: list[str] = []
    while path:
        body = call.get(path)
        sizes.append(len(body[name]))
        ids += [each["id"] for each in body[name]]
        following = urlsplit(str(body["links"].get("next", "")))
        path = f"{following.path}?{following.query}" if following.query else ""
    return sizes, ids


def test_a_template_is_read_with_its_versions(idle: Sandbox) -> None:
    """The latest, any one of them, and with 0 the latest again; what was sent keeps its own."""
    call = Caller(idle)
    idle.clock.advance(seconds=60)
    idle.notify.templates.edit(BIN_DAY.id, body="Hi ((name))", name="Bins")
    path = f"/v2/template/{BIN_DAY.id}"
    latest = call.get(path)

    assert ("Bins", 2, {"name": {"required": True}}) == (
        latest["name"],
        latest["version"],
        latest["personalisation"],
    )
    assert (BIN_DAY.body, None) == tuple(
        call.get(f"{path}/version/1")[name] for name in ("body", "updated_at")
    )
    assert latest == call.get(f"{path}/version/0") == call.get(f"{path}/version/2")
    assert 2 == call.send("sms", TEXT)["template"]["version"]
    for wrong in (f"{path}/version/3", f"/v2/template/{uuid.uuid4()}"):
        assert (404, "NoResultFound", "No result found") == call.refused("GET", wrong)
    assert 404 == call("GET", f"{path}/version/x").status_code


def test_a_letters_template_has_its_own_parts(idle: Sandbox) -> None:
    """Postage and contact block, whose placeholders are required too."""
    call = Caller(idle)
    added = idle.notify.templates.add(
        "((b))", subject="((a))", postage="first", contact_block="((c))"
    )
    seen = call.get(f"/v2/template/{added.id}")

    assert ("letter", "first", "((c))") == (
        seen["type"],
        seen["postage"],
        seen["letter_contact_block"],
    )
    assert ["c", "a", "b"] == list(seen["personalisation"])
    idle.notify.templates.edit(added.id, postage="economy", subject="x")
    body = {"template_id": added.id, "personalisation": ADDRESS | {"a": 1, "b": 2, "c": "D"}}
    sent = idle.notify.message(call.send("letter", body)["id"])
    assert ("economy", "D", "x") == (
        sent.letter and sent.letter.postage,
        sent.letter and sent.letter.contact_block,
        sent.subject,
    )


def test_all_templates_are_listed_by_name_without_the_deleted(idle: Sandbox) -> None:
    """Drift: a deleted template can be read by its id, and nothing more is sent with it."""
    call = Caller(idle)
    names = [each["name"] for each in call.get("/v2/templates")["templates"]]
    idle.notify.templates.archive(BIN_DAY.id)

    assert sorted(names) == names
    assert 4 == len(names)
    assert [SECURITY_CODE.id] == [
        each["id"] for each in call.get("/v2/templates", type="sms")["templates"]
    ]
    assert BIN_DAY.id == call.get(f"/v2/template/{BIN_DAY.id}")["id"]
    said = call.refused("POST", f"{LIST}/sms", json=TEXT)
    assert (400, "BadRequestError", "Template has been deleted") == said


@pytest.mark.parametrize(
    ("path", "query", "message"),
    [
        ("/v2/templates", {"type": "x"}, "type x is not one of [sms, email, letter]"),
        (
            "/v2/templates",
            {"x": "1"},
            "Additional properties are not allowed (x was unexpected)",
        ),
        (RECEIVED, {"older_than": "x"}, "older_than is not a valid UUID"),
        (RECEIVED, {"x": "1"}, "Additional properties are not allowed (x was unexpected)"),
        ("/v2/template/x", {}, "id is not a valid UUID"),
        (f"{LIST}/x/pdf", {}, "notification_id is not a valid UUID"),
    ],
)
def test_a_question_that_does_not_fit_is_told(
    *, idle: Sandbox, path: str, query: dict[str, str], message: str
) -> None:
    """In the words of the schema's library."""
    said = Caller(idle).refused("GET", path, params=query)

    assert (400, "ValidationError", message) == said


@pytest.mark.parametrize(
    ("template", "values", "part", "expected"),
    [
        (BIN_DAY.id, TEXT["personalisation"], "body", "Hello Ann, your next bin day is Monday."),
        (PAYMENT_RECEIVED.id, EMAIL["personalisation"], "subject", "Your payment 1"),
        (REMINDER_LETTER.id, LETTER["personalisation"], "postage", "second"),
    ],
)
def test_a_template_is_previewed(
    *, idle: Sandbox, template: str, values: dict[str, Any], part: str, expected: str
) -> None:
    """With its values; HTML for an email only; nothing is sent, and nothing is counted."""
    idle.notify.account.rate_limit = 1
    call = Caller(idle)
    for _ in range(9):
        answer = call("POST", f"/v2/template/{template}/preview", json={"personalisation": values})
        assert 200 == answer.status_code
        assert expected == answer.json()[part]
        assert (answer.json()["type"] == "email") is (answer.json()["html"] is not None)
    assert () == idle.notify.messages


def test_a_preview_may_have_no_body(idle: Sandbox) -> None:
    """Then no value is there; what is no object is refused."""
    call = Caller(idle)
    path = f"/v2/template/{BIN_DAY.id}/preview"
    plain = idle.notify.templates.add("Hello")

    assert "Hello" == call("POST", f"/v2/template/{plain.id}/preview").json()["body"]
    assert "Missing personalisation: name, day, garden" == call.refused("POST", path)[2]
    said = call.refused("POST", path, json={"personalisation": [1]})
    assert (400, "ValidationError", "personalisation [1] is not of type object") == said
    assert "Invalid JSON supplied in POST data" == call.refused("POST", path, content=b"{")[2]


def test_received_texts_are_listed_in_pages(idle: Sandbox) -> None:
    """250 a page, newest first, the last one empty; kept as long as messages are."""
    ids = [idle.notify.receive_text(str(number)).id for number in range(PAGE_SIZE + 1)]
    call = Caller(idle)
    sizes, found = read_all(call, RECEIVED, "received_text_messages")

    assert ([PAGE_SIZE, 1, 0], ids[::-1]) == (sizes, found)
    unknown = call.get(RECEIVED, older_than=str(uuid.uuid4()))
    assert [] == unknown["received_text_messages"]
    idle.clock.advance(timedelta(days=7))
    assert [] == call.get(RECEIVED)["received_text_messages"]


@pytest.mark.parametrize("skipped", [False, True])
def test_messages_of_one_instant_can_be_lost_between_pages(idle: Sandbox, *, skipped: bool) -> None:
    """As on Notify, whose pages begin after a time: only where a test asks for it."""
    idle.notify.account.rate_limited = False
    idle.notify.account.ties_skipped = skipped
    call = Caller(idle)
    for _ in range(PAGE_SIZE + 5):
        call.send("sms", TEXT)
    sizes, _ = read_all(call, LIST, "notifications")

    assert ([PAGE_SIZE, 0] if skipped else [PAGE_SIZE, 5, 0]) == sizes


def test_texts_abroad_have_a_limit_of_their_own(idle: Sandbox) -> None:
    """A hundred of those of a day, unless Notify raised it."""
    idle.notify.account.international_sms = True
    idle.notify.account.international_limit = 1
    call = Caller(idle)
    abroad = TEXT | {"phone_number": "+1 202 555 0100"}
    call.send("sms", abroad)

    said = call.refused("POST", f"{LIST}/sms", json=abroad)
    assert (429, "TooManyRequestsError", "Exceeded send limits (1) for today") == said
    call.send("sms", TEXT)


def test_an_unknown_channel_costs_a_request_and_falls_over(idle: Sandbox) -> None:
    """500 with the name of the Python error, after the limit of the minute."""
    idle.notify.account.rate_limit = 1
    call = Caller(idle)
    said = [call.refused("POST", f"{LIST}/fax", json={})[:2] for _ in range(2)]

    assert [(500, "KeyError"), (429, "RateLimitError")] == said


def test_a_revoked_key_and_a_deleted_service_are_refused(idle: Sandbox) -> None:
    """Each service by itself."""
    other = idle.notify.add_account()
    key = other.new_api_key(kind=KeyKind.NORMAL)
    call = Caller(idle, key=key)

    assert 200 == call("GET", LIST).status_code
    idle.notify.revoke(key)
    assert "Invalid token: API key revoked" == call.refused("GET", LIST)[2]
    other.account.archived = True
    assert "Invalid token: service is archived" == call.refused("GET", LIST)[2]
    assert 200 == Caller(idle)("GET", LIST).status_code
    with pytest.raises(LookupError, match="no key"):
        idle.notify.revoke("x")
