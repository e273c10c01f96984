# SPDX-License-Identifier: MIT
"""The file of results is there whole or not at all, and safe to open in a spreadsheet."""

import csv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notify.bulk_files import a_file, lines_of

from lg_core.errors import ConfigError
from lg_notify.bulk import ResultRow, write_results
from lg_notify.bulk._results import dry_results
from lg_notify.bulk._spending import Spending


def read(path: Path) -> list[list[str]]:
    """Read a file of results, without its header."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))[1:]


def test_each_line_has_its_result(tmp_path: Path) -> None:
    """Line, reference, state, Notify's id, pounds and reason."""
    path = tmp_path / "results.csv"

    number = write_results(
        path,
        [
            ResultRow(2, "lg-1", "sent", "n-1", "0.024"),
            ResultRow(3, None, "not sent", None, None, "name: The cell is blank."),
        ],
    )

    assert 2 == number
    assert [
        ["2", "lg-1", "sent", "n-1", "0.024", ""],
        ["3", "", "not sent", "", "", "name: The cell is blank."],
    ] == read(path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbfline,reference,state")


@given(st.text(alphabet="=+-@|%\t\r\n 1a,\"'"))
def test_no_cell_is_a_formula(tmp_path_factory: pytest.TempPathFactory, reason: str) -> None:
    """Whatever GOV.UK Notify may call a reason, a spreadsheet carries nothing out."""
    path = tmp_path_factory.mktemp("results") / "results.csv"

    write_results(path, [ResultRow(2, None, "failed", None, None, reason)])

    ((*_, cell),) = read(path)
    assert not cell.lstrip().startswith(("=", "@", "|", "%"))
    assert not cell.startswith(("\t", "\r", "\n"))


def test_a_file_that_was_there_stays_where_writing_fails(tmp_path: Path) -> None:
    """And nothing is left beside it."""
    path = tmp_path / "results.csv"
    path.write_text("before")

    def failing() -> Iterator[ResultRow]:
        yield ResultRow(2, None, "sent")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_results(path, failing())

    assert "before" == path.read_text()
    assert [path] == list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_told_without_its_name(tmp_path: Path) -> None:
    """The error says what to do, and not the path."""
    with pytest.raises(ConfigError, match=r"cannot be written \(FileNotFoundError\)") as raised:
        write_results(tmp_path / "gwenllian" / "results.csv", [])

    assert "gwenllian" not in raised.value.message


def test_a_folder_in_the_place_of_the_file_is_told(tmp_path: Path) -> None:
    """And nothing is left beside it."""
    (tmp_path / "results.csv").mkdir()

    with pytest.raises(ConfigError, match="cannot be written"):
        write_results(tmp_path / "results.csv", [])

    assert [tmp_path / "results.csv"] == list(tmp_path.iterdir())


def test_a_dry_run_has_results_too(tmp_path: Path) -> None:
    """What would be sent, and why the others would not."""
    file = a_file(tmp_path, *lines_of(1), "0790,,Monday,no", *lines_of(1, start=1)[1:])

    good, bad, over = dry_results(file.rows(), spending=Spending(Decimal("0.03")))

    assert ResultRow(2, None, "to send", None, "0.024") == good
    assert (3, "not sent", None) == (bad.line, bad.state, bad.pounds)
    assert (
        "name: The cell is blank. Fill it, or allow blank cells. "
        "phone number: The number has too few digits."
    ) == bad.reason
    assert ("not sent", "The budget was reached before this line.") == (over.state, over.reason)
