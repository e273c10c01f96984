# SPDX-License-Identifier: MIT
import io

import pytest
from core.test_csv_files import PROFILES, TEXTS, written
from hypothesis import given
from hypothesis import strategies as st

from lg_core.csv_files import CsvProfile
from lg_core.csv_reading import CsvFault, read_table
from lg_core.errors import ConfigError, InvalidValueError


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=2), max_size=5), PROFILES)
def test_our_reader_reads_what_our_writer_wrote(rows: list[list[str]], profile: CsvProfile) -> None:
    """Cells come back as they were, and blank rows are left out."""
    file = io.BytesIO(written(rows, header=["one", "two"], profile=profile))
    table = read_table(file, encoding=profile.encoding, delimiter=profile.delimiter)

    assert ("one", "two") == table.header
    assert [{"one": one, "two": two} for one, two in rows if one.strip() or two.strip()] == [
        dict(row.cells) for row in table.rows
    ]


def test_a_file_with_lines_before_its_header_is_read() -> None:
    """Lines are numbered as an editor numbers them; short rows and nameless columns are seen."""
    file = io.BytesIO(b'Account 1\n\nday,"text",\n1,"a\nb",\n\n2,c\n3,d,,e\n')
    table = read_table(file, skip=2)
    rows = list(table.rows)

    assert ("day", "text", "") == table.header
    assert [(4, True), (7, False), (8, False)] == [(row.line, row.whole) for row in rows]
    assert {"day": "1", "text": "a\nb"} == rows[0].cells
    assert "a" not in repr(rows[0]).replace("CsvRow", "").replace("whole", "")


@pytest.mark.parametrize("data", [b"", b"\n\n", b",,\n \n", b"a,b,a\n1,2,3\n"])
def test_a_file_without_a_clear_header_is_refused(data: bytes) -> None:
    """No names, or a name twice: nobody can say which column is which."""
    with pytest.raises(InvalidValueError) as caught:
        read_table(io.BytesIO(data))

    assert CsvFault.HEADER == caught.value.code


@pytest.mark.parametrize(
    ("data", "fault", "line"),
    [
        (b"a,b\n1,2\n\xa3,x\n", CsvFault.ENCODING, "not utf-8 in or after line 1"),
        (b'a,b\n1,2\n"x"y,3\n', CsvFault.QUOTES, "line 4|line 3"),
        (b'a,b\n1,"2\n', CsvFault.QUOTES, "line"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(data: bytes, fault: CsvFault, line: str) -> None:
    """What is wrong is named with its line, and no error holds a part of the file."""
    with pytest.raises(InvalidValueError, match=line) as caught:
        list(read_table(io.BytesIO(data)).rows)

    assert fault == caught.value.code
    assert caught.value.__context__ is None


def test_a_byte_order_mark_wins() -> None:
    """A spreadsheet's 'Unicode text' is read though UTF-8 was expected."""
    data = "a;b\r\nŵ;2\r\n".encode("utf-16")

    (row,) = read_table(io.BytesIO(data), delimiter=";", encoding="cp1252").rows

    assert {"a": "ŵ", "b": "2"} == row.cells


def test_the_file_stays_open() -> None:
    """The file is its owner's, also where the table is forgotten half way."""
    file = io.BytesIO(b"a\n1\n2\n")

    next(read_table(file).rows)

    assert not file.closed


def test_an_unknown_encoding_is_refused_before_reading() -> None:
    """A slip of the pen in the settings is a ConfigError."""
    with pytest.raises(ConfigError):
        read_table(io.BytesIO(b"a\n"), encoding="klingon")
