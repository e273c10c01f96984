# SPDX-License-Identifier: MIT
"""What may be asked of Notify, and what is refused before it leaves."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_core.errors import InvalidValueError
from lg_core.identifiers import Postcode
from lg_core.money import Pence
from lg_notify import Email, Sms

TEMPLATE = "0f9f1b4c-2f7a-4c53-9d0e-6a1a5c0d1e02"


class _Word(StrEnum):
    YES = "yes"


class _Number(IntEnum):
    ONE = 1


def a_text(**changes: Any) -> Sms:
    """Return a text, with changes."""
    values: dict[str, Any] = {"phone_number": "07900900123", "template_id": TEMPLATE}
    return Sms(**(values | changes))


def an_email(**changes: Any) -> Email:
    """Return an e-mail, with changes."""
    values: dict[str, Any] = {"email_address": "a@example.gov.uk", "template_id": TEMPLATE}
    return Email(**(values | changes))


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "none"),
        ([None], "none"),
        ({"a": 1}, "mapping"),
        ({1, 2}, "set"),
        (float("nan"), "nan"),
        ([float("inf")], "nan"),
        (Decimal("46.50"), "decimal"),
        (Pence(4650), "money"),
        (date(2026, 11, 22), "date"),
        (datetime(2026, 11, 22, tzinfo=UTC), "date"),
        (uuid4(), "uuid"),
        (b"x", "bytes"),
        (_Number.ONE, "value_type"),
        (object(), "value_type"),
        ([["x"]], "value_type"),
    ],
)
def test_a_value_that_notify_prints_wrongly_is_refused(value: object, code: str) -> None:
    """Each is refused by its kind, and the text says what to give instead."""
    for make in (a_text, an_email):
        with pytest.raises(InvalidValueError) as refused:
            make(personalisation={"zqname": value})

        assert ("personalisation", code) == (refused.value.field, refused.value.code)
        assert "zqname" not in str(refused.value)


def test_values_that_notify_takes_are_sent_as_they_are() -> None:
    """Text, numbers, True, False, lists; a subclass of text goes as plain text."""
    given = {"a": "x", "b": 1, "c": 2.5, "d": True, "e": ["x", 1], "f": ("y",), "g": ""}
    text = a_text(personalisation=given | {"h": Postcode("sw1a1aa"), "i": _Word.YES})
    sent = json.loads(text.model_dump_json(exclude_none=True))["personalisation"]

    assert given | {"f": ["y"], "h": "SW1A 1AA", "i": "yes"} == sent
    assert {} == a_text().personalisation


def test_a_file_goes_by_email_only() -> None:
    """A file is taken in an e-mail, and refused in a text and where it is not whole."""
    file = {"file": "eA==", "filename": "a.csv", "is_csv": None}
    sent = json.loads(an_email(personalisation={"f": file}).model_dump_json(exclude_none=True))

    assert {"f": file} == sent["personalisation"]
    for make, value, code in (
        (a_text, file, "file"),
        (an_email, file | {"foo": "x"}, "file_member"),
        (an_email, file | {"filename": 1}, "file_member"),
        (an_email, {"file": ""}, "no_file"),
    ):
        with pytest.raises(InvalidValueError) as refused:
            make(personalisation={"f": value})
        assert code == refused.value.code


@pytest.mark.parametrize(
    ("given_values", "code"),
    [
        ("x", "not_a_mapping"),
        ({1: "x"}, "name_type"),
        ({" ": "x"}, "name_type"),
        ({"first name": "x", "First_Name": "y"}, "same_name"),
    ],
)
def test_names_that_notify_cannot_tell_apart_are_refused(given_values: object, code: str) -> None:
    """Names are texts, and differ in more than capitals, spaces, _ and -."""
    with pytest.raises(InvalidValueError) as refused:
        a_text(personalisation=given_values)

    assert code == refused.value.code


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"template_id": "x"}, "template_id"),
        ({"template_id": TEMPLATE.replace("-", "")}, "template_id"),
        ({"reference": "x" * 1001}, "reference"),
        ({"reference": " "}, "reference"),
        ({"reference": 7}, "reference"),
        ({"sms_sender_id": "x"}, "sms_sender_id"),
        ({"phone_number": "07abc"}, "phone_number"),
        ({"phone_number": "+-"}, "phone_number"),
        ({"phone_number": 7900900123}, "phone_number"),
        ({"scheduled_for": "2026-11-23T09:00:00"}, "scheduled_for"),
    ],
)
def test_a_wrong_field_of_a_text_is_named(changes: dict[str, object], field: str) -> None:
    """The error names the field; there is no field for a time, which Notify would ignore."""
    with pytest.raises(InvalidValueError) as refused:
        a_text(**changes)

    assert field == refused.value.field


@pytest.mark.parametrize(
    "right", ["07900 900 123", "(+44) 7900-900-123", "00447900900123", "\u200b07900900123"]
)
def test_numbers_are_taken_as_people_write_them(right: str) -> None:
    """Spaces, brackets, hyphens and a plus sign are Notify's to take out."""
    assert right == a_text(phone_number=right).phone_number


@pytest.mark.parametrize(
    "right", ["a@example.gov.uk", "A@EXAMPLE.GOV.UK ", ".a@example.com", "ann@exämple.com"]
)
def test_addresses_that_notify_takes_are_taken(right: str) -> None:
    """What was recorded as accepted is accepted."""
    assert right == an_email(email_address=right).email_address


@pytest.mark.parametrize(
    "wrong",
    ["", "a@b", "a@b.c", "a b@example.com", "o’neil@example.com", "a@example.gov.uk,", "a..b@x.uk"],
)
def test_addresses_that_notify_refuses_are_refused(wrong: str) -> None:
    """What was recorded as refused is refused before it leaves."""
    with pytest.raises(InvalidValueError) as refused:
        an_email(email_address=wrong)

    assert ("email_address", "not_an_email") == (refused.value.field, refused.value.code)


@pytest.mark.parametrize("wrong", ["http://x.uk", "https://", "https://x y", "https://x:y", "é"])
def test_an_unsubscribe_address_is_https(wrong: str) -> None:
    """Anything else would come back as a ValidationError."""
    with pytest.raises(InvalidValueError):
        an_email(one_click_unsubscribe_url=wrong)

    assert an_email(one_click_unsubscribe_url="https://x.uk/u", email_reply_to_id=TEMPLATE)


VALUES = (
    st.text() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
)


@given(
    pairs=st.dictionaries(st.from_regex(r"[a-z]{1,9}", fullmatch=True), VALUES | st.lists(VALUES))
)
def test_no_value_is_printed_or_changed(pairs: dict[str, Any]) -> None:
    """Whatever is taken comes out of the JSON as it went in, and never stands in the repr."""
    text = a_text(personalisation=pairs)

    assert pairs == dict(text.personalisation)
    assert f"Sms(template_id='{TEMPLATE}', sms_sender_id=None)" == repr(text) == str(text)
