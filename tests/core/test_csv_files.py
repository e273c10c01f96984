# SPDX-License-Identifier: MIT
import csv
import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_core.csv_files import (
    MACHINES,
    PEOPLE,
    CsvFault,
    CsvProfile,
    CsvValue,
    Quoting,
    write_rows,
)
from lg_core.errors import ConfigError, InvalidValueError
from lg_core.money import Pence

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
PROFILES = st.builds(
    CsvProfile,
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"]),
    line_end=st.sampled_from(["\r\n", "\n"]),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    quoting=st.sampled_from([Quoting.ALL, Quoting.MINIMAL]),
    bom=st.booleans(),
)


def written(
    rows: Sequence[Sequence[CsvValue]],
    *,
    header: Sequence[str] = (),
    profile: CsvProfile = MACHINES,
) -> bytes:
    """Return the file that rows make."""
    file = io.BytesIO()
    assert len(rows) == write_rows(file, header, rows, profile=profile)
    return file.getvalue()


@given(profile=PROFILES, rows=st.lists(st.lists(TEXTS, min_size=1, max_size=4), max_size=5))
def test_what_is_written_for_machines_is_read_again(
    profile: CsvProfile, rows: list[list[str]]
) -> None:
    """Whatever the text, another reader gets exactly the cells that were given."""
    data = written(rows, profile=profile)
    marked = profile.bom and rows and profile.encoding == "utf-16-le"
    text = data.decode(profile.encoding).removeprefix("\ufeff" if marked else "")
    if profile.bom and profile.encoding == "utf-8":
        text = data.decode("utf-8-sig")

    assert rows == list(csv.reader(io.StringIO(text, newline=""), delimiter=profile.delimiter))


@given(st.one_of(TEXTS, st.from_regex(r"\s?[=+\-@\t\r\n].*", fullmatch=True)))
def test_no_cell_for_people_is_a_formula(text: str) -> None:
    """A cell never begins as a formula does, unless the whole of it is a number."""
    file = io.StringIO(written([[text, "x"]], profile=PEOPLE).decode("utf-8-sig"), newline="")
    ((cell, _),) = csv.reader(file)

    assert cell.removeprefix("'") == text.removeprefix("'")
    if cell.strip().startswith(("=", "+", "-", "@", "\uff1d")):
        assert cell.replace(",", "").replace(".", "").lstrip("+-").isdigit()
    assert not cell.startswith(("\t", "\r", "\n"))


@pytest.mark.parametrize("number", ["-3.20", "-1,234.50", "0", "+5", "1234"])
def test_a_number_stays_a_number_for_people(number: str) -> None:
    """A negative amount can be added up in a spreadsheet."""
    assert (
        f"\ufeff{number}\r\n".encode()
        == written([[number.replace(",", "")]], profile=PEOPLE)[:3] + number.encode() + b"\r\n"
    )
    assert "'" not in written([[number]], profile=PEOPLE).decode()


@pytest.mark.parametrize(
    "text", ["=1+1", "+44 20", "-2+3", "@SUM(A1)", " =1", "\t=1", "|calc", "%0A", "\uff1d1"]
)
def test_what_could_be_carried_out_gets_an_apostrophe(text: str) -> None:
    """Text that a spreadsheet takes for a formula is shown instead."""
    file = io.StringIO(written([[text]], profile=PEOPLE).decode("utf-8-sig"), newline="")

    assert [[f"'{text}"]] == list(csv.reader(file))


def test_every_kind_of_value_is_written_in_one_way() -> None:
    """Numbers in digits, days and instants as ISO 8601, None as nothing, an enum as its text."""
    instant = datetime(2026, 4, 1, 9, 30, tzinfo=UTC)
    row = ["a", 7, date(2026, 4, 1), instant, None, Quoting.ALL]

    assert b"a,7,2026-04-01,2026-04-01T09:30:00+00:00,,all\n" == written(
        [row], profile=CsvProfile(line_end="\n")
    )


@pytest.mark.parametrize("value", [1.5, True, Pence(7), b"x", object()])
def test_a_value_that_does_not_say_how_is_refused(value: object) -> None:
    """A float, a bool, or an amount without its unit is refused, with its place."""
    with pytest.raises(InvalidValueError, match=r"Row 2, column 2 \(two\)") as caught:
        written([["a", "b"], ["a", cast("Any", value)]], header=["one", "two"])

    assert CsvFault.WRONG_TYPE == caught.value.code
    assert isinstance(value, Pence) == ("format_pounds" in caught.value.message)


def test_a_row_of_another_width_is_refused() -> None:
    """A row that does not fit the header would move amounts into other columns."""
    with pytest.raises(InvalidValueError, match="Row 1 has 1 cells") as caught:
        written([["a"]], header=["one", "two"])

    assert CsvFault.WIDTH == caught.value.code


def test_a_character_that_the_encoding_lacks_is_refused() -> None:
    """The place is named, and neither the error nor what hangs on it holds the text."""
    with pytest.raises(InvalidValueError, match=r"Row 1, column 2 \(two\).*cp1252") as caught:
        written([["a", "Llŷr"]], header=["one", "two"], profile=CsvProfile(encoding="cp1252"))

    assert CsvFault.ENCODING == caught.value.code
    assert caught.value.__context__ is None


@pytest.mark.parametrize("cell", ["a,b", 'a"b', "a\nb", "a\rb", ""])
def test_without_quotation_marks_a_cell_that_needs_them_is_refused(cell: str) -> None:
    """A reader that knows no quotation marks would see other cells."""
    with pytest.raises(InvalidValueError) as caught:
        written([[cell]], profile=CsvProfile(quoting=Quoting.NONE))

    assert CsvFault.QUOTES == caught.value.code


def test_without_quotation_marks_plain_cells_are_written() -> None:
    """Semicolons divide the cells, and nothing else stands between them."""
    profile = CsvProfile(quoting=Quoting.NONE, delimiter=";", encoding="cp1252", line_end="\n")

    assert b"a,b;\xa35\n" == written([["a,b", "£5"]], profile=profile)


@pytest.mark.parametrize(
    ("wrong", "setting"),
    [
        ({"encoding": "klingon"}, "encoding"),
        ({"encoding": "cp1252", "bom": True}, "bom"),
        ({"line_end": "\r"}, "line_end"),
        ({"delimiter": ""}, "delimiter"),
        ({"delimiter": ", "}, "delimiter"),
        ({"delimiter": '"'}, "delimiter"),
    ],
)
def test_a_profile_that_cannot_be_is_refused(wrong: dict[str, Any], setting: str) -> None:
    """The setting to look at is named."""
    with pytest.raises(ConfigError) as caught:
        CsvProfile(**wrong)

    assert setting == caught.value.setting
