# SPDX-License-Identifier: MIT
"""What may be asked of Notify, and what is refused before it leaves."""

import base64
import io
import json
import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_core.errors import InvalidValueError
from lg_core.identifiers import Postcode
from lg_core.money import Pence
from lg_core.texts import Language
from lg_notify import Email, File, Letter, Postage, PrecompiledLetter, Sms
from lg_notify.new_message import with_reference

PDF = b"%PDF-1.4\n\xff\xfe\xfb"
LINES = {"address_line_1": "Sian", "address_line_2": "1 High St", "postcode": "SW1A 1AA"}
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


def a_letter(**changes: Any) -> Letter:
    """Return a letter, with changes."""
    values: dict[str, Any] = {"template_id": TEMPLATE, "address": list(LINES.values())}
    return Letter(**(values | changes))


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "none"),
        ([None], "none"),
        ({"a": 1}, "mapping"),
        ({1, 2}, "set"),
        (frozenset({1}), "set"),
        (float("nan"), "nan"),
        ([float("inf")], "nan"),
        (Decimal("NaN"), "nan"),
        (Decimal("-Infinity"), "nan"),
        (datetime(2026, 11, 22, tzinfo=UTC), "datetime"),
        (time(9, 30), "datetime"),
        ([datetime(2026, 11, 22, tzinfo=UTC)], "datetime"),
        (b"x", "bytes"),
        (bytearray(b"x"), "bytes"),
        (_Number.ONE, "value_type"),
        (object(), "value_type"),
        (1j, "value_type"),
        ([["x"]], "value_type"),
    ],
)
def test_a_value_that_notify_prints_wrongly_is_refused(value: object, code: str) -> None:
    """Each is refused by its kind, and the text says what to give instead."""
    for make in (a_text, an_email, a_letter):
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
    assert sent["d"] is True


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Pence(1250), "£12.50"),
        (Pence(-5), "-£0.05"),
        (Decimal("46.50"), "46.50"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.0000001"), "0.0000001"),
        (1e22, "10000000000000000000000"),
        (UUID(TEMPLATE), TEMPLATE),
        (date(2026, 1, 5), "Monday 5 January 2026"),
        ([date(2026, 1, 5), Pence(100)], ["Monday 5 January 2026", "£1.00"]),
    ],
)
def test_what_is_read_in_one_way_is_written(value: object, written: object) -> None:
    """Money, days, decimal numbers and identifiers are kept as they are sent."""
    for make in (a_text, an_email, a_letter):
        assert written == make(personalisation={"a": value}).personalisation["a"]


def test_a_welsh_message_has_welsh_days() -> None:
    """The language is the template's; it is not sent."""
    for make in (a_text, an_email, a_letter):
        message = make(language=Language.WELSH, personalisation={"a": date(2026, 1, 5)})

        assert "Dydd Llun 5 Ionawr 2026" == message.personalisation["a"]
        assert "language" not in message.model_dump_json()


@pytest.mark.parametrize("make", ["a_text", "an_email", "a_letter", "a_pdf"])
def test_a_message_that_was_kept_is_the_same(make: str) -> None:
    """What JSON keeps of a message is read again into the same message."""
    message: Any = {
        "a_text": lambda: a_text(personalisation={"a": Pence(1), "b": [Decimal("1.0")]}),
        "an_email": lambda: an_email(personalisation={"f": File(b"%PDF-", "a.pdf"), "b": True}),
        "a_letter": a_letter,
        "a_pdf": lambda: PrecompiledLetter(content=PDF, postage=Postage.FIRST),
    }[make]()
    kept = json.loads(json.dumps(message.model_dump(mode="json", exclude_none=True)))
    kind: Any = message.__class__
    again = kind.model_validate(kept)

    assert message.model_dump_json() == again.model_dump_json()


def test_a_reference_is_made_once() -> None:
    """A message without one gets one that no other has; one of yours stays."""
    bare = a_text()
    one, two = with_reference(bare), with_reference(bare)

    assert re.fullmatch(r"lg-[0-9a-f]{32}", one.reference or "")
    assert one.reference != two.reference
    assert bare.reference is None
    assert one is with_reference(one)


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
        (a_letter, file, "file"),
        (a_text, File(b"x"), "file"),
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


def test_what_strangers_typed_is_cleaned_here() -> None:
    """Names are matched as Notify matches them, each item of a list is cleaned, numbers stay."""
    email = an_email(
        sanitise=["Their_Name", "list"],
        personalisation={
            "their name": "[x](https://evil.example)",
            "list": ["# a", 1],
            "ours": "# kept",
        },
    )
    sent = json.loads(email.model_dump_json(exclude_none=True))

    assert "# kept" == email.personalisation["ours"]
    assert "https://evil.example" not in str(email.personalisation["their name"])
    assert 1 == email.personalisation["list"][1]  # pyright: ignore[reportIndexIssue, reportArgumentType]  # a list
    assert "sanitise" not in sent
    assert "# a" not in sent["personalisation"]["list"]


@pytest.mark.parametrize(
    ("sanitise", "field", "code"),
    [
        (["nobody"], "personalisation", "no_value"),
        (["file"], "personalisation", "file"),
        ("name", "sanitise", "not_names"),
        ([1], "sanitise", "not_names"),
        ([" "], "sanitise", "not_names"),
    ],
)
def test_a_name_to_clean_has_a_text(sanitise: object, field: str, code: str) -> None:
    """A slip of the pen would leave a stranger's link in the e-mail, so it is refused."""
    with pytest.raises(InvalidValueError) as refused:
        an_email(sanitise=sanitise, personalisation={"name": "x", "file": File(b"x")})

    assert (field, code) == (refused.value.field, refused.value.code)


@pytest.mark.parametrize("wrong", [b"", b"<html>", "not base64!", "eA==", 7, None])
def test_a_letter_of_your_own_is_a_pdf(wrong: Any) -> None:
    """Notify would take anything, and fail it later."""
    with pytest.raises(InvalidValueError) as refused:
        PrecompiledLetter(content=wrong)

    assert "content" == refused.value.field


def test_a_pdf_is_read_from_where_it_is(tmp_path: Path) -> None:
    """From a path, from a stream or from bytes, the same base64 is sent, of the common alphabet."""
    (tmp_path / "a.pdf").write_bytes(PDF)
    letters = [
        PrecompiledLetter.from_path(tmp_path / "a.pdf", reference="r", postage=Postage.ECONOMY),
        PrecompiledLetter.from_stream(io.BytesIO(PDF), reference="r", postage=Postage.ECONOMY),
        PrecompiledLetter(content=PDF, reference="r", postage=Postage.ECONOMY),
    ]
    sent = [json.loads(letter.model_dump_json(exclude_none=True)) for letter in letters]

    expected = {
        "content": base64.b64encode(PDF).decode(),
        "reference": "r",
        "postage": "economy",
    }
    assert [expected] * 3 == sent
    assert "//" in expected["content"]
    assert "PrecompiledLetter(postage=<Postage.ECONOMY: 'economy'>)" == repr(letters[0])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"postage": "first"}, "postage"),
        ({"address": "1 High St"}, "address"),
        ({"address": ["a", 1, "b"]}, "address"),
        ({"reference": "x" * 1001}, "reference"),
    ],
)
def test_a_wrong_field_of_a_letter_is_named(changes: dict[str, object], field: str) -> None:
    """Notify refuses a postage for a letter from a template: the template has it."""
    with pytest.raises(InvalidValueError) as refused:
        a_letter(**changes)

    assert field == refused.value.field
    with pytest.raises(InvalidValueError):
        PrecompiledLetter(content=PDF, postage="europe")  # pyright: ignore[reportArgumentType]  # as it says


VALUES = (
    st.text() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]  # pyright: ignore[reportUnknownVariableType]  # any
    exponent = type(value) is float and "e" in repr(value)
    return format(Decimal(repr(value)), "f") if exponent else value


@given(
    pairs=st.dictionaries(st.from_regex(r"[a-z]{1,9}", fullmatch=True), VALUES | st.lists(VALUES))
)
def test_no_value_is_printed_or_changed(pairs: dict[str, Any]) -> None:
    """Whatever is taken comes out of the JSON as it went in, and never stands in the repr."""
    text = a_text(personalisation=pairs)

    sent = json.loads(text.model_dump_json())["personalisation"]
    assert sent == dict(text.personalisation)
    assert {name: _plain(value) for name, value in pairs.items()} == sent
    assert f"Sms(template_id='{TEMPLATE}', sms_sender_id=None)" == repr(text) == str(text)
