# SPDX-License-Identifier: MIT
"""The address of a letter: given once, under names that Notify knows, and no line lost."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_core.errors import InvalidValueError
from lg_core.identifiers import Postcode
from lg_core.postal import NoUprn, PostalAddress
from lg_notify import Letter

TEMPLATE = "0f9f1b4c-2f7a-4c53-9d0e-6a1a5c0d1e02"
LINES = {"address_line_1": "Sian", "address_line_2": "1 High St", "postcode": "SW1A 1AA"}


def sent(letter: Letter) -> dict[str, Any]:
    """Return the values that are sent."""
    return json.loads(letter.model_dump_json(exclude_none=True))["personalisation"]


def test_lines_are_sent_under_notifys_names() -> None:
    """From the first on, blank ones left out; an address of lg_core goes as well."""
    address = PostalAddress(("1 High St", "Anytown"), Postcode("SW1A 1AA"), no_uprn=NoUprn.TYPED_IN)
    letter = Letter(
        template_id=TEMPLATE,
        address=["Sian", " ", *address.all_lines()],
        personalisation={"name": "Sian"},
    )

    assert {
        "name": "Sian",
        "address_line_1": "Sian",
        "address_line_2": "1 High St",
        "address_line_3": "Anytown",
        "address_line_4": "SW1A 1AA",
    } == sent(letter)
    assert "address" not in letter.model_dump(exclude_none=True)


def test_lines_in_notifys_form_are_taken() -> None:
    """As they are, with a postcode in place of the seventh line, or with all seven."""
    seven = {f"address_line_{n}": f"line {n}" for n in range(1, 8)}

    assert LINES == sent(Letter(template_id=TEMPLATE, personalisation=LINES))
    assert seven == sent(Letter(template_id=TEMPLATE, personalisation=seven))
    six = {f"address_line_{n}": f"line {n}" for n in range(1, 7)} | {"postcode": "SW1A 1AA"}
    assert six == sent(Letter(template_id=TEMPLATE, personalisation=six))


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({}, "address_lines"),
        ({"address_line_1": "zq", "postcode": "zq"}, "address_lines"),
        ({"address_line_1": "zq", "address_line_2": " ", "postcode": "zq"}, "address_lines"),
        (LINES | {"address_line_7": "zq"}, "postcode_lost"),
        (LINES | {"Address Line 3": "zq"}, "address_name"),
        (LINES | {"address_line_8": "zq"}, "address_name"),
        ({"addressline1": "zq"}, "address_name"),
        ({"POSTCODE": "zq"}, "address_name"),
    ],
)
def test_an_address_that_notify_would_lose_is_refused(values: dict[str, Any], code: str) -> None:
    """Notify reads its own names alone, and drops the postcode of eight lines without a word."""
    with pytest.raises(InvalidValueError) as refused:
        Letter(template_id=TEMPLATE, personalisation=values)

    assert ("personalisation", code) == (refused.value.field, refused.value.code)
    assert "zq" not in str(refused.value)


@pytest.mark.parametrize(
    ("address", "values", "code"),
    [
        (["a", "b"], {}, "address_lines"),
        (["a", "b", " "], {}, "address_lines"),
        (list("abcdefgh"), {}, "address_lines"),
        (["a", "b", "c"], LINES, "two_addresses"),
        (["a", "b", "c"], {"postcode": "zq"}, "two_addresses"),
    ],
)
def test_an_address_is_given_once_with_3_to_7_lines(
    address: Any, values: dict[str, Any], code: str
) -> None:
    """Two addresses would be mixed, and Notify counts the lines."""
    with pytest.raises(InvalidValueError) as refused:
        Letter(template_id=TEMPLATE, address=address, personalisation=values)

    assert code == refused.value.code


@given(st.lists(st.text(), max_size=10))
def test_no_line_is_lost(lines: list[str]) -> None:
    """An address is either refused, or each line that is not blank is sent, in order."""
    said = [line for line in lines if line.strip()]
    try:
        letter = Letter(template_id=TEMPLATE, address=lines)
    except InvalidValueError:
        assert not 3 <= len(said) <= 7
    else:
        assert said == list(sent(letter).values())
