# SPDX-License-Identifier: MIT
"""The official client of GOV.UK Notify, every method of it, against the stand-in over loopback.

It was written by others for the real API. What it can read, and the errors that it raises, are a
second opinion on the stand-in.
"""

import io
import json
from collections.abc import Iterator
from typing import Any, cast

import pytest
from notifications_python_client import utils
from notifications_python_client.errors import HTTPError
from notifications_python_client.notifications import NotificationsAPIClient

from lg_sandbox import Sandbox
from lg_sandbox.notify import BIN_DAY, PAYMENT_RECEIVED, REMINDER_LETTER, CallbackKind
from lg_sandbox.notify.calls import PAGE_SIZE

BIN = {"name": "Ann", "day": "Monday", "garden": "yes"}
PAID: dict[str, Any] = {"reference": "GW-1", "name": "Ann", "amount": "£1", "items": ["a", "b"]}
DUE = {
    "name": "Ann",
    "amount": "£1",
    "date": "1 May",
    "address_line_1": "Ann",
    "address_line_2": "1 High Street",
    "address_line_3": "SW1A 1AA",
}
PDF = b"%PDF-1.4\n"
METHODS = {
    "send_sms_notification",
    "send_email_notification",
    "send_letter_notification",
    "send_precompiled_letter_notification",
    "get_received_texts",
    "get_received_texts_iterator",
    "get_notification_by_id",
    "get_pdf_for_letter",
    "get_all_notifications",
    "get_all_notifications_iterator",
    "post_template_preview",
    "get_template",
    "get_template_version",
    "get_all_template_versions",
    "get_all_templates",
}


@pytest.fixture
def official(sandbox: Sandbox) -> Iterator[Any]:
    """Give the official client, which has no types."""
    sandbox.clock.freeze()
    client = cast("Any", NotificationsAPIClient)(
        sandbox.notify.api_key, base_url=sandbox.notify.url, timeout=10
    )
    client.request_session.trust_env = False
    try:
        yield client
    finally:
        client.request_session.close()


def refused(call: Any, *args: Any, **named: Any) -> tuple[int, Any]:
    """Return the status and the message of the error that the client raises."""
    with pytest.raises(HTTPError) as caught:
        call(*args, **named)
    error = cast("Any", caught.value)
    return error.status_code, error.message


def test_these_are_all_of_its_methods() -> None:
    """A method that a later client adds has no test yet."""
    public = {
        name
        for name, each in vars(NotificationsAPIClient).items()
        if callable(each) and not name.startswith("_")
    }

    assert METHODS == public


def test_it_sends_texts_and_reads_them(sandbox: Sandbox, official: Any) -> None:
    """With a sender and a reference; one by one, as a list, and by its iterator over pages."""
    sandbox.notify.account.sms_senders[BIN_DAY.id] = "COUNCIL"
    sent = official.send_sms_notification(
        "07900900123", BIN_DAY.id, BIN, reference="b-1", sms_sender_id=BIN_DAY.id
    )
    for number in range(PAGE_SIZE):
        official.send_sms_notification("07900900123", BIN_DAY.id, BIN, reference=f"a-{number}")
    sandbox.clock.advance(seconds=10)

    assert "COUNCIL" == sent["content"]["from_number"]
    assert "delivered" == official.get_notification_by_id(sent["id"])["status"]
    found = official.get_all_notifications(
        status=["delivered"], template_type="sms", reference="b-1", include_jobs=True
    )
    assert [sent["id"]] == [each["id"] for each in found["notifications"]]
    assert PAGE_SIZE + 1 == len(list(official.get_all_notifications_iterator("delivered", "sms")))
    assert 404 == refused(official.get_notification_by_id, BIN_DAY.id)[0]


def test_it_sends_emails_with_files(sandbox: Sandbox, official: Any) -> None:
    """Its nulls for what is left out are taken; unsafe values are made harmless."""
    file = cast("Any", utils).prepare_upload(
        io.BytesIO(PDF), filename="bill.pdf", retention_period="2 weeks"
    )
    sandbox.notify.account.email_reply_to[BIN_DAY.id] = "reply@council.example"
    sent = official.send_email_notification(
        "ann@example.org",
        PAYMENT_RECEIVED.id,
        {**PAID, "items": file, "name": "[x](https://evil.example)"},
        reference="r-1",
        email_reply_to_id=BIN_DAY.id,
        one_click_unsubscribe_url="https://council.example/stop",
        sanitise_content_for=["name"],
    )

    (held,) = sandbox.notify.files
    assert (PDF, "bill.pdf", True) == (held.content, held.filename, held.confirm)
    assert f"/{held.id}?key={held.key}" in sent["content"]["body"]
    assert ["name"] == list(sent["sanitised_content"])
    status, (error,) = refused(
        official.send_email_notification, "ann@example.org", PAYMENT_RECEIVED.id, {}
    )
    assert (400, "BadRequestError") == (status, error["error"])


def test_it_sends_letters_and_reads_their_pdfs(sandbox: Sandbox, official: Any) -> None:
    """Of a template and as a PDF; the PDF is late."""
    letter = official.send_letter_notification(REMINDER_LETTER.id, DUE, reference="l-1")
    own = official.send_precompiled_letter_notification("p-1", io.BytesIO(PDF), postage="first")
    status, (error,) = refused(official.get_pdf_for_letter, letter["id"])
    sandbox.clock.advance(seconds=60)

    assert (400, "PDFNotReadyError") == (status, error["error"])
    assert {"id": own["id"], "reference": "p-1", "postage": "first"} == own
    assert PDF == official.get_pdf_for_letter(own["id"]).read()
    assert official.get_pdf_for_letter(letter["id"]).read().startswith(b"%PDF-")
    assert "received" == official.get_notification_by_id(letter["id"])["status"]


def test_it_reads_templates(sandbox: Sandbox, official: Any) -> None:
    """One, a version of it, all of a kind, and a preview; all versions are for Notify's pages."""
    sandbox.notify.templates.edit(BIN_DAY.id, body="Hello ((name))")

    assert 2 == official.get_template(BIN_DAY.id)["version"]
    assert BIN_DAY.body == official.get_template_version(BIN_DAY.id, 1)["body"]
    kinds = {each["type"] for each in official.get_all_templates("letter")["templates"]}
    assert {"letter"} == kinds
    assert 4 == len(official.get_all_templates()["templates"])
    assert "Hello A" == official.post_template_preview(BIN_DAY.id, {"name": "A"})["body"]
    expected = (401, {"token": ["Unauthorized: not allowed to perform this action"]})
    assert expected == refused(official.get_all_template_versions, BIN_DAY.id)


def test_it_reads_received_texts(sandbox: Sandbox, official: Any) -> None:
    """A page, the page after a text, and all by its iterator."""
    told: list[Any] = []

    def receive(_headers: Any, body: bytes) -> int:
        told.append(json.loads(body)["message"])
        return 200

    sandbox.notify.set_callback(CallbackKind.RECEIVED_TEXT, send=receive, bearer_token="t")
    first, second = (sandbox.notify.receive_text(each) for each in ("Yes", "No"))

    listed = official.get_received_texts()["received_text_messages"]
    assert ["No", "Yes"] == [each["content"] for each in listed]
    older = official.get_received_texts(older_than=second.id)["received_text_messages"]
    assert [first.id] == [each["id"] for each in older]
    assert 2 == len(list(official.get_received_texts_iterator()))
    assert 2 == len(sandbox.notify.deliver_callbacks())
    assert ["Yes", "No"] == told
