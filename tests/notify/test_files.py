# SPDX-License-Identifier: MIT
"""Files by e-mail: what Notify takes, refused here where it would be refused there."""

import base64
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_core.errors import InvalidValueError
from lg_notify import File
from lg_notify.files import FILE_TYPES, LARGEST_FILE, checked_parts


def test_a_file_is_sent_as_notify_has_it() -> None:
    """What is left out is left out; weeks are written as Notify reads them."""
    whole = File(b"%PDF-", "a.PDF", confirm_email_before_download=False, retention_period=1)

    assert {"file": "eA=="} == File(b"x").parts()
    assert {"file": "eA==", "is_csv": True} == File.from_bytes(b"x", is_csv=True).parts()
    assert {
        "file": "JVBERi0=",
        "filename": "a.PDF",
        "confirm_email_before_download": False,
        "retention_period": "1 week",
    } == whole.parts()
    assert "78 weeks" == File(b"x", retention_period=78).parts()["retention_period"]


@pytest.mark.parametrize(
    ("content", "options", "part", "code"),
    [
        (b"", {}, "content", "no_file"),
        ("x", {}, "content", "bytes_type"),
        (b"x" * (LARGEST_FILE + 1), {}, "content", "too_large"),
        (b"x", {"filename": "zq"}, "filename", "file_type"),
        (b"x", {"filename": "zq.exe"}, "filename", "file_type"),
        (b"x", {"filename": "zq.xls"}, "filename", "file_type"),
        (b"x", {"filename": ".pdf"}, "filename", "file_type"),
        (b"x", {"filename": "z" * 97 + ".pdf"}, "filename", "too_long"),
        (b"x", {"filename": 7}, "filename", "file_member"),
        (b"x", {"filename": "a.csv", "is_csv": True}, "is_csv", "is_csv"),
        (b"x", {"retention_period": 0}, "retention_period", "retention_period"),
        (b"x", {"retention_period": 79}, "retention_period", "retention_period"),
        (b"x", {"retention_period": True}, "retention_period", "retention_period"),
        (b"x", {"retention_period": "4 weeks"}, "retention_period", "retention_period"),
    ],
)
def test_a_file_that_notify_refuses_is_refused_here(
    *, content: Any, options: dict[str, Any], part: str, code: str
) -> None:
    """The part is named, and neither the name nor the content is repeated."""
    with pytest.raises(InvalidValueError) as refused:
        File.from_bytes(content, **options)

    assert (part, code) == (refused.value.field, refused.value.code)
    assert "zq" not in str(refused.value)


def test_the_largest_file_is_taken() -> None:
    """2 MiB exactly was seen to be accepted."""
    largest = File(b"x" * LARGEST_FILE, "z" * 96 + ".pdf")

    assert largest.parts() == checked_parts({**largest.parts()})


def test_a_file_is_read_from_its_path(tmp_path: Path) -> None:
    """It keeps its name, unless another is given; what is too large is not read."""
    (tmp_path / "report.csv").write_bytes(b"a,b")
    (tmp_path / "large.csv").write_bytes(b"x" * (LARGEST_FILE + 1))
    own = File.from_path(tmp_path / "report.csv", retention_period=4)
    other = File.from_path(tmp_path / "report.csv", filename="a.txt")

    assert ("report.csv", b"a,b", 4) == (own.filename, own.content, own.retention_period)
    assert "a.txt" == other.filename
    with pytest.raises(InvalidValueError, match="larger than 2 MiB"):
        File.from_path(tmp_path / "large.csv")
    with pytest.raises(OSError, match=r"none\.csv"):
        File.from_path(tmp_path / "none.csv")


def test_a_file_is_not_printed() -> None:
    """The repr shows neither the name nor the content."""
    shown = repr(File(b"zqcontent", "zqname.pdf"))

    assert "zq" not in shown


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"zq": "x"}, "file_member"),
        ({"filename": 1}, "file_member"),
        ({"filename": True}, "file_member"),
        ({"is_csv": "zq"}, "file_member"),
        ({"file": "zq!"}, "not_base64"),
        ({"file": True}, "no_file"),
        ({"file": ""}, "no_file"),
        ({"file": "x" * ((LARGEST_FILE + 2) // 3 * 4 + 4)}, "too_large"),
        ({"retention_period": "0 weeks"}, "retention_period"),
        ({"retention_period": "79 weeks"}, "retention_period"),
        ({"filename": "zq.html"}, "file_type"),
        ({"filename": "a.csv", "is_csv": False}, "is_csv"),
    ],
)
def test_a_file_in_notifys_form_is_checked_too(changes: dict[object, object], code: str) -> None:
    """What was written for Notify's own client is held to the same rules."""
    with pytest.raises(InvalidValueError) as refused:
        checked_parts({"file": "eA=="} | changes)

    assert code == refused.value.code
    assert "zq" not in str(refused.value)


NAMES = st.tuples(
    st.from_regex(r"[a-z][a-z .-]{0,80}", fullmatch=True), st.sampled_from(FILE_TYPES)
).map("".join)


@given(
    content=st.binary(min_size=1),
    filename=st.none() | NAMES,
    weeks=st.none() | st.integers(1, 78),
    confirm=st.none() | st.booleans(),
)
def test_both_forms_agree(
    *, content: bytes, filename: str | None, weeks: int | None, confirm: bool | None
) -> None:
    """Whatever a File takes is taken in Notify's form, and holds the same bytes."""
    file = File(content, filename, confirm_email_before_download=confirm, retention_period=weeks)
    parts = file.parts()

    assert parts == checked_parts({**parts})
    assert content == base64.b64decode(str(parts["file"]), validate=True)
