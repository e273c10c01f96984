# SPDX-License-Identifier: MIT
"""What GOV.UK Notify's API was recorded to answer is what lg-notify reads."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from lg_core.platforms import Refusal
from lg_notify import (
    InvalidFileError,
    InvalidRecipientError,
    NotifyError,
    NotifyUnavailableError,
    PDFNotReadyError,
    SentMessage,
    TooManyRequestsError,
)
from lg_notify._platform import read_refusal
from lg_notify._sentences import known
from lg_notify.message import Notification, NotificationPage, SentLetter
from lg_notify.received_text import ReceivedTextPage
from lg_notify.template import Template, TemplateList, TemplatePreview

DATA = Path(
    os.environ.get("LG_CONTRACT_DATA")
    or Path(__file__).resolve().parents[2].parent / "shared" / "data"
)


def published(folder: str, name: str) -> Any:
    """Read a published file."""
    path = DATA / folder / name
    if not path.is_file():
        pytest.skip("The platform's published files are not here: set LG_CONTRACT_DATA.")
    return json.loads(path.read_text("utf-8"))


def recorded() -> list[dict[str, Any]]:
    """Give the recorded answers."""
    return published("notify", "observed_responses.json")["responses"]


def test_every_accepted_message_is_read() -> None:
    """Each 201 to a text or an e-mail is a SentMessage."""
    answers = [
        each["response"]
        for each in recorded()
        if each["status"] == 201 and each["path"].endswith(("/sms", "/email"))
    ]
    # Long texts were shortened to a note of their length when they were recorded.
    whole = [each for each in answers if isinstance(each["content"]["body"], str)]
    read = [SentMessage.model_validate_json(json.dumps(each)) for each in whole]

    assert read
    assert [each["id"] for each in whole] == [each.id for each in read]


def test_every_accepted_letter_is_read() -> None:
    """Each 201 to a letter is a SentLetter, from a template or of one's own."""
    answers = [
        each["response"]
        for each in recorded()
        if each["status"] == 201 and each["path"].endswith("/letter")
    ]
    whole = [
        each
        for each in answers
        if "content" not in each or isinstance(each["content"]["body"], str)
    ]
    read = [SentLetter.model_validate_json(json.dumps(each)) for each in whole]

    assert [each["id"] for each in whole] == [each.id for each in read]
    assert {None, "second"} == {each.postage for each in read}
    assert [each.template is None for each in read] == [each.content is None for each in read]


def test_every_template_preview_and_received_text_is_read() -> None:
    """Each 200 to a question about templates and received texts is read."""
    kinds = {
        "/preview": TemplatePreview,
        "/v2/templates": TemplateList,
        "/v2/received-text-messages": ReceivedTextPage,
        "/v2/template/": Template,
    }
    met: set[str] = set()
    for each in recorded():
        kind = next((kind for kind in kinds if kind in each["path"]), None)
        if each["status"] != 200 or kind is None:
            continue
        read = kinds[kind].model_validate_json(json.dumps(each["response"]))
        met.add(kind)
        if isinstance(read, Template):
            assert set(each["response"]["personalisation"]) == set(read.placeholders)

    assert set(kinds) == met


def test_the_cost_of_a_message_keeps_its_digits() -> None:
    """A text costs a fraction of a penny, as Notify wrote it."""
    costs = {
        str(Notification.model_validate_json(json.dumps(each["response"])).cost_in_pounds)
        for each in recorded()
        if each["status"] == 200
        and "cost_in_pounds" in str(each["response"])
        and "status" in each["response"]
    }

    assert "0.024" in costs


KINDS = {
    "PDF not available yet, try again later": PDFNotReadyError,
    "Must be a real address": InvalidRecipientError,
    "Address must be at least 3 lines": InvalidRecipientError,
    "Document must not be empty": InvalidFileError,
    "Uploaded file exceeds file size limit": InvalidFileError,
}


def test_every_text_of_a_refusal_is_known() -> None:
    """Each text that was recorded has a sentence, but those that were cut short."""
    unknown: set[str] = set()
    for each in recorded():
        body = each["response"]
        if not isinstance(body, dict) or each["status"] >= 500:
            continue
        for problem in body.get("errors", ()):  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  # recorded JSON
            text: Any = problem["message"]  # pyright: ignore[reportUnknownVariableType]  # as above
            if not isinstance(text, str):
                continue
            sentence = known(text)
            if sentence is None:
                unknown.add(text)
            elif text in KINDS:
                assert KINDS[text] is sentence.kind

    # No message of ours has the field.
    assert all(text.startswith("scheduled_for ") for text in unknown)


def test_every_message_and_list_is_read() -> None:
    """Each 200 to a question about messages is read, letters too."""
    lists = 0
    for each in recorded():
        if each["status"] != 200 or not each["path"].startswith("/v2/notifications"):
            continue
        body = each["response"]
        if not isinstance(body, dict):
            continue
        if "notifications" in body:
            lists += 1
            assert NotificationPage.model_validate_json(json.dumps(body)).notifications
        elif "status" in body:
            assert Notification.model_validate_json(json.dumps(body)).id
    assert lists


def test_every_refusal_is_an_error() -> None:
    """Each recorded refusal has a class, and its text holds nothing of the request."""
    for each in recorded():
        if each["status"] < 400:
            continue
        refusal = Refusal(
            platform="GOV.UK Notify",
            capability="lg-notify.send_sms",
            status=each["status"],
            body=json.dumps(each["response"]).encode(),
            request_id=None,
            retryable=False,
            attempts=1,
            sent=frozenset(),
        )
        try:
            error: NotifyError = read_refusal(refusal)
        except TooManyRequestsError as limit:
            error = limit

        assert (each["status"] >= 500) == isinstance(error, NotifyUnavailableError)
        request: Any = each.get("request")
        phone = request.get("phone_number") if isinstance(request, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  # recorded JSON
        assert not (isinstance(phone, str) and len(phone) > 5 and phone in str(error))
