# SPDX-License-Identifier: MIT
"""Columns are found as Notify finds them, and every fault is named at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notify.bulk_files import EMAIL, LETTER, SMS, a_template

from lg_core.errors import InvalidValueError
from lg_notify.bulk._columns import match_columns
from lg_notify.bulk._template import BulkTemplate
from lg_notify.template import Template

SMS_HEADER = ("phone number", "name", "day", "garden")


def found(header: tuple[str, ...], *, template: Template = SMS, **named: str) -> list[str]:
    """Return the faults of a header."""
    with pytest.raises(InvalidValueError) as raised:
        match_columns(header, template=BulkTemplate(template), named=named)
    return raised.value.message.splitlines()[1:]


@pytest.mark.parametrize(
    "header",
    [
        SMS_HEADER,
        ("Phone Number", "NAME", "D a y", "Garden"),
        ("phone_number", "na-me", "day", "garden", "ward"),
    ],
)
def test_headings_are_compared_as_notify_compares_names(header: tuple[str, ...]) -> None:
    """Capitals, spaces, _ and - do not count, and other columns are left alone."""
    columns = match_columns(header, template=BulkTemplate(SMS), named={})

    assert (("phone number", header[0]),) == columns.recipient
    assert tuple(zip(("name", "day", "garden"), header[1:], strict=False)) == columns.values
    assert columns.key is None
    assert len(header) - 4 == columns.others


def test_a_heading_can_be_given() -> None:
    """`to`, `key` and each placeholder may stand under another heading."""
    columns = match_columns(
        ("Mobile", "Full name", "day", "garden", "Account"),
        template=BulkTemplate(SMS),
        named={"to": "Mobile", "Name": "Full name", "key": "Account"},
    )

    assert (("phone number", "Mobile"),) == columns.recipient
    assert ("name", "Full name") == columns.values[0]
    assert "Account" == columns.key


def test_a_letter_has_its_lines() -> None:
    """The lines of an address come in their order, and a placeholder that is one needs no more."""
    header = ("postcode", "address line 2", "address_line_1", "name", "amount", "office")

    columns = match_columns(header, template=BulkTemplate(LETTER), named={})

    assert ("address_line_1", "address line 2", "postcode") == tuple(
        heading for _, heading in columns.recipient
    )
    assert ("office", "name", "amount") == tuple(name for name, _ in columns.values)


def test_every_fault_is_named_at_once() -> None:
    """What is missing, what stands twice, and what was given and is not there."""
    faults = found(("Phone", "day", "DAY"), garden="Gone", colour="Phone")

    assert [
        "No column is called name. Name it so, or say which it is, with --column name=HEADING.",
        "Two columns could be day. Say which it is, with --column day=HEADING.",
        "The file has no column with the heading that was given for garden.",
        (
            "No column is called phone number. Name it so, or say which it is, with "
            "--column phone number=HEADING."
        ),
        (
            "A column was given for something that the template does not have. It has to, "
            "phone number, name, day, garden, key."
        ),
    ] == faults


def test_a_letter_needs_three_lines() -> None:
    """Two columns are no address."""
    faults = found(("address line 1", "postcode", "name", "amount", "office"), template=LETTER)

    assert faults[0].startswith("A letter needs three columns or more")


def test_a_first_line_that_is_no_header_is_not_repeated() -> None:
    """A file without a header begins with somebody's number, which no error shows."""
    faults = found(("07700 900461", "Gwenllian"))

    assert not any("900461" in fault or "Gwenllian" in fault for fault in faults)


def test_a_placeholder_called_key_leaves_row_key() -> None:
    """Where the template uses `key` itself, its column does not tell rows apart."""
    template = BulkTemplate(a_template("((key))"))

    columns = match_columns(("phone number", "key"), template=template, named={})
    with_both = match_columns(("phone number", "key", "row key"), template=template, named={})

    assert (None, "row key") == (columns.key, with_both.key)


def test_an_email_has_its_column_and_both_parts_placeholders() -> None:
    """The subject's placeholders come first, each once."""
    header = ("Email address", "name", "amount", "payment reference")

    columns = match_columns(header, template=BulkTemplate(EMAIL), named={})

    assert (("email address", "Email address"),) == columns.recipient
    assert ("payment-reference", "name", "amount") == tuple(name for name, _ in columns.values)


@given(st.permutations([*SMS_HEADER, "key", "ward", "uprn"]))
def test_the_order_of_columns_does_not_matter(header: list[str]) -> None:
    """Wherever a column stands, it is found."""
    columns = match_columns(header, template=BulkTemplate(SMS), named={})

    assert (("name", "name"), ("day", "day"), ("garden", "garden")) == columns.values
    assert ("key", 2) == (columns.key, columns.others)


_LEFT_OUT = str.maketrans("", "", " _-")
_NEEDED = ("phonenumber", "name", "day", "garden")
_HEADING = st.text(max_size=8) | st.sampled_from([*SMS_HEADER, "Phone-Number"])


@given(st.lists(_HEADING, max_size=8, unique_by=lambda name: name.translate(_LEFT_OUT).lower()))
def test_any_header_is_matched_or_refused(header: list[str]) -> None:
    """No heading makes it fail in another way."""
    known = {name.translate(_LEFT_OUT).lower() for name in header}
    if set(_NEEDED) <= known:
        columns = match_columns(header, template=BulkTemplate(SMS), named={})
        assert {heading for _, heading in columns.values} <= set(header)
    else:
        assert found(tuple(header))
