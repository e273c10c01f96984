# SPDX-License-Identifier: MIT
"""What lg-notify renders is what Notify's own library renders, for each recorded case."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from lg_notify import letters, render

DATA = Path(
    os.environ.get("LG_CONTRACT_DATA")
    or Path(__file__).resolve().parents[2].parent / "shared" / "data"
)


@pytest.fixture(scope="module")
def recorded() -> dict[str, Any]:
    """The outputs of notifications-utils 127.0.0."""
    path = DATA / "notify" / "golden_vectors.json"
    if not path.is_file():
        pytest.skip("The platform's recorded outputs are not here: set LG_CONTRACT_DATA.")
    return json.loads(path.read_text("utf-8"))


def test_texts(recorded: dict[str, Any]) -> None:
    """Text, lengths, fragments, what is missing, and the letters that cost more."""
    cases = recorded["sms"]
    found = [
        render.sms(case["template"], case["personalisation"], prefix=case["prefix"])
        for case in cases
    ]

    assert [
        (
            case["rendered"], case["content_count"], case["count_without_prefix"],
            case["fragments"], case["too_long"], sorted(case["non_gsm"]), bool(case["non_gsm"]),
            case["placeholders"], case["missing"],
        )
        for case in cases
    ] == [
        (
            each.text, each.characters, each.characters_without_prefix,
            each.fragments, each.too_long, list(each.unicode_because), each.is_unicode,
            list(each.placeholders), list(each.missing),
        )
        for each in found
    ]  # fmt: skip
    assert len(cases) >= 90


@pytest.mark.parametrize(
    ("recorded_as", "name"),
    [
        ("subject", "subject"),
        ("body", "body"),
        ("plain_text", "plain_text"),
        ("html_body", "html"),
        ("preheader", "preheader"),
        ("size", "size"),
    ],
)
def test_emails(recorded: dict[str, Any], recorded_as: str, name: str) -> None:
    """Each part of an e-mail, to the character."""
    cases = recorded["email"]
    found = [
        render.email(case["subject_template"], case["template"], case["personalisation"])
        for case in cases
    ]

    assert [case[recorded_as] for case in cases] == [getattr(each, name) for each in found]
    assert [case["placeholders"] for case in cases] == [list(each.placeholders) for each in found]
    assert len(cases) >= 29


def test_times_of_letters(recorded: dict[str, Any]) -> None:
    """When a letter is printed, and when it arrives at the earliest and at the latest."""
    cases = recorded["letter_timing"]
    found = [letters.delivery(case["created_at"], case["postage"]) for case in cases]

    assert [(case["printed_by"], case["earliest"], case["latest"]) for case in cases] == [
        (str(each.printed_by), str(each.earliest), str(each.latest)) for each in found
    ]
    assert len(cases) >= 30


def test_a_sanitised_value(recorded: dict[str, Any]) -> None:
    """What the API answered that it had made of a value."""
    del recorded  # which says that the files are here
    answers = json.loads((DATA / "notify" / "observed_responses.json").read_text("utf-8"))
    values = [
        each
        for answer in answers["responses"]
        if isinstance(answer.get("response"), dict)
        for each in answer["response"].get("sanitised_content", {}).values()
    ]

    assert [each["sanitised"] for each in values] == [
        render.sanitise(each["unsanitised"]) for each in values
    ]
    assert values
