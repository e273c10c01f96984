# SPDX-License-Identifier: MIT
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_notify.render import placeholders
from lg_notify.templates import Kind
from lg_notify.templates._placeholders import is_address_line, kinds_of, parts_of


@pytest.mark.parametrize(
    ("channel", "body", "kinds"),
    [
        ("sms", "((name)) ((garden??Yes))", {"name": Kind.TEXT, "garden": Kind.CONDITION}),
        ("sms", "((a??x)) ((a))", {"a": Kind.TEXT}),
        ("email", "You paid for:\n\n((items))\n\nBye", {"items": Kind.LIST}),
        ("email", "You paid for:\n((items))", {"items": Kind.LIST}),
        ("letter", "You owe:\n\n((items))", {"items": Kind.LIST}),
        ("sms", "You owe:\n\n((items))", {"items": Kind.TEXT}),
        ("email", "You paid for\n\n((items))", {"items": Kind.TEXT}),
        ("email", "You paid: ((items))", {"items": Kind.TEXT}),
        ("email", "You paid for:\n\n((items)) today", {"items": Kind.TEXT}),
        ("email", "For:\n\n((items))\n\nand ((items))", {"items": Kind.TEXT}),
        ("email", "For:\n\n((a))((b))", {"a": Kind.TEXT, "b": Kind.TEXT}),
        ("email", "((First Name)) ((first_name))", {"First Name": Kind.TEXT}),
        ("sms", "no marks", {}),
    ],
)
def test_a_placeholder_is_for_what_the_text_shows(
    channel: str, body: str, kinds: dict[str, Kind]
) -> None:
    """Conditions are sure, and lists are guessed where they stand below a line with a colon."""
    assert kinds == kinds_of(channel, [body])


def test_all_parts_are_looked_at() -> None:
    """The contact block and the subject hold placeholders too, and no lists."""
    parts = parts_of("((office))", "For:\n((name))", "((name))\n((day))")

    assert ["office", "name", "day"] == list(kinds_of("letter", parts))
    assert {Kind.TEXT} == set(kinds_of("letter", parts).values())


@pytest.mark.parametrize("name", ["address_line_1", "Address Line 7", "postcode", "addressline3"])
def test_lines_of_an_address_are_known(name: str) -> None:
    """However they are written, as Notify compares names."""
    assert is_address_line(name)


@pytest.mark.parametrize("name", ["address_line_8", "address", "line_1", "name"])
def test_other_names_are_no_lines_of_an_address(name: str) -> None:
    """Notify knows seven lines and the postcode."""
    assert not is_address_line(name)


@given(st.text(alphabet="ab(): ?\n_", max_size=60), st.sampled_from(["sms", "email", "letter"]))
def test_the_same_placeholders_are_found_as_are_filled(body: str, channel: str) -> None:
    """What is a placeholder for the renderer is one here, in the same order."""
    assert placeholders(body) == tuple(kinds_of(channel, [body]))
