# SPDX-License-Identifier: MIT
"""What lg-notify sends is what GOV.UK Notify's published schemas take."""

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from lg_notify import Email, File, Letter, Postage, PrecompiledLetter, Sms, TemplateType
from lg_notify.calls import _STATUSES
from lg_notify.files import FILE_TYPES
from lg_notify.new_message import Message

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


UUID = "0f9f1b4c-2f7a-4c53-9d0e-6a1a5c0d1e02"
TEXT = Sms(
    phone_number="07900900123",
    template_id=UUID,
    personalisation={"a": ["b", 1], "c": True},
    reference="x" * 1000,
    sms_sender_id=UUID,
)
EMAIL = Email(
    email_address="a@example.gov.uk",
    template_id=UUID,
    reference="r",
    email_reply_to_id=UUID,
    one_click_unsubscribe_url="https://www.example.gov.uk/u",
)
LETTER = Letter(template_id=UUID, address=["Sian", "1 High St", "SW1A 1AA"], reference="r")
PDF = PrecompiledLetter(content=b"%PDF-1.4", reference="r" * 1001, postage=Postage.SECOND)
# Left out on purpose: Notify ignores the one, and answers 500 to lists with the other.
NOT_OFFERED = {"scheduled_for", "sanitise_content_for"}
# What says how a message is made, and is not sent.
OURS = {"address", "language", "sanitise"}


@pytest.mark.parametrize(
    ("name", "message"),
    [("sms", TEXT), ("email", EMAIL), ("letter", LETTER), ("precompiled_letter", PDF)],
)
def test_every_message_is_a_valid_request(name: str, message: Message) -> None:
    """The body fits the schema, which allows no other field, and every field is offered."""
    schema = published("notify", f"post_{name}_request.json")
    body = json.loads(message.model_dump_json(exclude_none=True))
    validator: Any = jsonschema.Draft7Validator(schema)

    assert [] == [error.message for error in validator.iter_errors(body)]
    assert set(schema["properties"]) - NOT_OFFERED == set(type(message).model_fields) - OURS


def test_a_file_is_what_notify_takes() -> None:
    """Its members are those of the schema; the types are those that a refusal was seen to list."""
    schema = published("notify", "send_a_file_validation.json")
    whole = File(b"x", "a.csv", confirm_email_before_download=True, retention_period=78).parts()
    bare = File(b"x", is_csv=False).parts()
    refusals = json.dumps(published("notify", "observed_responses.json")["responses"])

    assert set(schema["properties"]) == {*whole, *bare}
    assert f"Supported types are: {', '.join(map(repr, FILE_TYPES))}" in refusals


def test_the_words_of_a_list_are_those_of_the_schema() -> None:
    """Each state and kind that Notify takes can be asked for, and no other."""
    fields = published("notify", "get_notifications_request.json")["properties"]

    assert set(fields["status"]["items"]["enum"]) == _STATUSES
    assert fields["template_type"]["items"]["enum"] == [str(each) for each in TemplateType]
