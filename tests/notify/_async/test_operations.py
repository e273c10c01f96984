# SPDX-License-Identifier: MIT
"""AsyncNotifyClient: letters, files, templates and received texts, as they go over the wire."""

import base64
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from notify.canned import ID, KEY, SERVICE, Canned, Time, refusal

from lg_core.errors import InvalidValueError
from lg_core.limits import Limiter
from lg_core.texts import Language
from lg_notify import (
    AsyncNotifyClient,
    File,
    InvalidKeyError,
    PDFNotReadyError,
    Postage,
    PrecompiledLetter,
    TemplateNotFoundError,
    TooManyRequestsError,
)

pytestmark = pytest.mark.anyio

NOT_READY = refusal(400, "PDFNotReadyError", "PDF not available yet, try again later")
LETTER = {
    "id": ID,
    "reference": "r",
    "content": {"subject": "Notice", "body": "Dear A"},
    "template": {"id": ID, "version": 2, "uri": "u"},
    "uri": "u",
    "scheduled_for": None,
}
TEMPLATE = {
    "id": ID,
    "type": "email",
    "name": "Payment",
    "version": 2,
    "created_at": "2026-11-22T13:25:51.598739Z",
    "updated_at": None,
    "created_by": "zq@example.gov.uk",
    "body": "Hello ((name))",
    "subject": "((ref))",
    "postage": None,
    "letter_contact_block": None,
    "personalisation": {"ref": {"required": True}, "name": {"required": True}},
    "a field of tomorrow": 1,
}


def client(way: Canned, **options: Any) -> AsyncNotifyClient:
    """Build a client over written answers."""
    return AsyncNotifyClient(KEY, transport=way, limiter=Limiter({}), **options)


def sent(way: Canned) -> Any:
    """Return what was sent last."""
    return json.loads(way.asked[-1].body)


async def test_a_letter_is_sent() -> None:
    """From a template with its address, and from a PDF; both answers are read."""
    way = Canned((201, LETTER), (201, {"id": ID, "reference": "r", "postage": "first"}))
    notify = client(way)
    printed = await notify.send_letter(
        ["Sian", "1 High St", "SW1A 1AA"],
        template_id=ID,
        personalisation={"day": date(2026, 1, 5)},
        language=Language.WELSH,
        reference="r",
    )
    values = sent(way)
    own = await notify.send_precompiled_letter(b"%PDF-1.4", reference="r", postage=Postage.FIRST)

    assert "Dydd Llun 5 Ionawr 2026" == values["personalisation"]["day"]
    assert "SW1A 1AA" == values["personalisation"]["address_line_3"]
    assert {"template_id", "personalisation", "reference"} == set(values)
    assert ("Notice", 2) == (
        printed.content and printed.content.subject,
        printed.template and printed.template.version,
    )
    assert {
        "content": base64.b64encode(b"%PDF-1.4").decode(),
        "reference": "r",
        "postage": "first",
    } == sent(way)
    assert ("first", None, None) == (own.postage, own.content, own.template)
    assert ["POST /v2/notifications/letter"] * 2 == way.paths
    assert "Dear A" not in repr(printed)


async def test_a_message_without_reference_gets_one() -> None:
    """So that it can be found, each its own; Notify asks for one for a PDF."""
    way = Canned(*[(201, {"id": ID, "reference": "r", "postage": "second"})] * 2)
    letter = PrecompiledLetter(content=b"%PDF-1.4")
    for _ in range(2):
        await client(way).send(letter)
    one, two = (json.loads(each.body)["reference"] for each in way.asked)

    assert one.startswith("lg-")
    assert one != two


async def test_the_secret_link_of_a_file_is_not_printed() -> None:
    """Notify answers with the link in the body; whoever has it may have the file."""
    link = "https://documents.example/d/zqsecret"
    answer = {
        "id": ID,
        "reference": "r",
        "content": {"subject": "s", "body": f"Your file: {link}", "from_email": "a@b.uk"},
        "template": {"id": ID, "version": 1, "uri": "u"},
        "uri": "u",
    }
    way = Canned((201, answer))
    email = await client(way).send_email(
        "a@example.gov.uk", template_id=ID, personalisation={"file": File(b"x", "a.txt")}
    )

    assert {"file": "eA==", "filename": "a.txt"} == sent(way)["personalisation"]["file"]
    assert link in email.content.body
    assert "zqsecret" not in repr(email) + str(email) + f"{email.content}"


async def test_a_pdf_is_waited_for() -> None:
    """It is asked for ever more seldom until it is there, and within the seconds that are given."""
    time = Time()
    way = Canned(NOT_READY, NOT_READY, NOT_READY, (200, b"%PDF-1.4"))
    notify = client(way, clock=time, pause=time.asleep)
    pdf = await notify.get_letter_pdf(ID, wait=60)

    assert b"%PDF-1.4" == pdf
    assert [1.0, 2.0, 4.0] == time.pauses
    assert [f"GET /v2/notifications/{ID}/pdf"] * 4 == way.paths


@pytest.mark.parametrize(("wait", "pauses"), [(None, []), (0, []), (2, [1.0, 1.0])])
async def test_a_pdf_that_is_not_made_in_time(wait: float | None, pauses: list[float]) -> None:
    """The error comes when the seconds are over, and at once where there are none."""
    time = Time()
    way = Canned(*[NOT_READY] * 9)
    with pytest.raises(PDFNotReadyError, match="not made yet") as refused:
        await client(way, clock=time, pause=time.asleep).get_letter_pdf(ID, wait=wait)

    assert pauses == time.pauses
    assert ("PDFNotReadyError", 400) == (refused.value.code, refused.value.status)


async def test_a_template_is_read() -> None:
    """By its id, in a version, and all of a kind; who made it is not printed."""
    way = Canned((200, TEMPLATE), (200, TEMPLATE), (200, {"templates": [TEMPLATE]}))
    notify = client(way)
    latest = await notify.get_template(ID)
    second = await notify.get_template(ID, version=2)
    listed = await notify.list_templates(template_type="email")

    assert latest == second == listed[0]
    assert ("ref", "name") == latest.placeholders
    assert "zq@example.gov.uk" not in repr(latest)
    assert [("type", "email")] == way.query
    assert [
        f"GET /v2/template/{ID}",
        f"GET /v2/template/{ID}/version/2",
        "GET /v2/templates",
    ] == way.paths
    with pytest.raises(InvalidValueError):
        await notify.get_template(ID, version=0)
    assert 3 == len(way.asked)


async def test_a_template_is_previewed() -> None:
    """Nothing is sent; the values are checked as those of a message are."""
    answer = {"id": ID, "type": "sms", "version": 1, "body": "Hello A", "html": None}
    missing = refusal(404, "NoResultFound", "No result found")
    way = Canned((200, answer), missing)
    notify = client(way)
    preview = await notify.preview_template(ID, personalisation={"name": "A"})

    assert "Hello A" == preview.body
    assert {"personalisation": {"name": "A"}} == sent(way)
    assert [f"POST /v2/template/{ID}/preview"] == way.paths
    with pytest.raises(TemplateNotFoundError):
        await notify.preview_template(ID)


async def test_received_texts_are_read_page_by_page() -> None:
    """Newest first, on to the page that is empty; numbers and words are not printed."""
    text = {
        "id": ID,
        "created_at": "2026-11-22T13:25:51.549182Z",
        "service_id": SERVICE,
        "notify_number": "07700900500",
        "user_number": "447700900461",
        "content": "zqcontent",
    }
    page = {"received_text_messages": [text], "links": {"current": "c", "next": "n"}}
    empty: dict[str, object] = {"received_text_messages": [], "links": {"current": "c"}}
    way = Canned((200, page), (200, empty))
    notify = client(way)
    texts = [(each.content, each) async for each in notify.list_received_texts()]

    assert ["zqcontent"] == [content for content, _ in texts]
    assert [("older_than", ID)] == way.query
    assert "zqcontent" not in repr(texts[0][1])
    assert "447700900461" not in repr(texts[0][1])
    with pytest.raises(InvalidValueError):
        notify.list_received_texts(older_than="x")


async def test_several_states_and_kinds_are_asked_for_at_once() -> None:
    """Each is a name of its own in the query."""
    way = Canned((200, {"notifications": [], "links": {"current": "c"}}))
    listing = client(way).list_notifications(status=["failed", "sending"], template_type={"sms"})

    assert [] == [each.id async for each in listing]
    assert [("status", "failed"), ("status", "sending"), ("template_type", "sms")] == way.query


async def test_the_limit_of_the_day_says_when_it_ends() -> None:
    """At the next midnight of UTC, whatever the season."""
    limit = refusal(429, "TooManyRequestsError", "Exceeded send limits (sms: 250000) for today")
    start = datetime(2026, 7, 1, 23, 59, 59, tzinfo=UTC)
    way = Canned(limit)
    with pytest.raises(TooManyRequestsError) as refused:
        await client(way, clock=start.timestamp).send_sms("07900900123", template_id=ID)

    assert datetime(2026, 7, 2, tzinfo=UTC) == refused.value.resets_at
    assert 1 == len(way.asked)


async def test_a_key_that_was_refused_is_asked_for_again() -> None:
    """The call is made once more with the new key, and with that one from then on."""
    no = refusal(403, "AuthError", "Invalid token: API key not found")
    other = f"k-{SERVICE}-{ID}"
    keys = iter([KEY, other])
    way = Canned(no, (200, {"templates": []}), no)
    notify = AsyncNotifyClient(lambda: next(keys), transport=way)
    listed = await notify.list_templates()
    with pytest.raises(InvalidKeyError):
        await notify.list_templates()

    tokens = [dict(each.headers)["authorization"] for each in way.asked]
    assert () == listed
    assert tokens[0] != tokens[1] == tokens[2]
