# SPDX-License-Identifier: MIT
"""A file is checked as a stream, and is the same file each time it is read."""

import tracemalloc
from datetime import UTC, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest
from notify.bulk_files import RULES, SMS, a_file, lines_of

from lg_core.errors import ConfigError, InvalidValueError
from lg_notify.bulk import BulkFile, BulkReport, BulkRow, LineFinding
from lg_notify.bulk._report import MOST_TOLD
from lg_notify.hours import SendingHours

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def test_a_dry_run_says_what_was_found(tmp_path: Path) -> None:
    """Rows, problems with their lines, lengths, cost and time."""
    lines = lines_of(3)
    file = a_file(tmp_path, *lines, "0790,Ann,Monday,no", f"07900900999,{'x' * 200},Monday,no")

    report = file.check(now=NOON, budget=Decimal("0.1"), free_fragments=1)

    assert (5, 4, 4) == (report.rows, report.sendable, report.within_budget)
    assert not report.clean
    assert (
        LineFinding(5, "phone number", "too_short", "The number has too few digits."),
    ) == report.problems
    assert {"too_short": 1} == report.problem_counts
    assert {1: 3, 2: 1} == report.lengths
    assert (5, 1, Decimal("0.096")) == (
        report.cost.fragments,
        report.cost.free_units,
        report.cost.pounds,
    )
    assert report.schedule is not None
    assert (NOON, 1) == (report.schedule.begins, report.schedule.days)


def test_the_budget_and_the_day_decide_how_long_it_takes(tmp_path: Path) -> None:
    """What the budget does not pay for takes no time."""
    file = a_file(tmp_path, *lines_of(10))
    night = NOON.replace(hour=23)

    report = file.check(
        now=night, budget=Decimal("0.2"), per_day=3, hours=SendingHours(start=time(8))
    )

    assert (10, 8) == (report.sendable, report.within_budget)
    assert report.schedule is not None
    assert (3, True) == (report.schedule.days, report.schedule.waits_for_hours)


def test_each_row_is_shown_to_who_watches(tmp_path: Path) -> None:
    """For a bar, or to keep what was found."""
    seen: list[BulkRow] = []

    a_file(tmp_path, *lines_of(3)).check(now=NOON, watch=seen.append)

    assert [2, 3, 4] == [row.line for row in seen]


def test_it_says_what_it_is_made_of(tmp_path: Path) -> None:
    """The template and the rules can be read again."""
    file = a_file(tmp_path, *lines_of(1))

    assert (SMS.id, RULES) == (file.template.id, file.rules)


def test_the_prefix_counts(tmp_path: Path) -> None:
    """The service's name stands before each text, and is charged for."""
    line = f"07900900123,{'x' * 118},Monday,no"

    def length(prefix: str | None) -> dict[int, int]:
        file = a_file(tmp_path, lines_of(0)[0], line, prefix=prefix)
        return dict(file.check(now=NOON).lengths)

    assert ({1: 1}, {2: 1}) == (length(None), length("A Council"))


def test_a_file_that_changed_is_refused(tmp_path: Path) -> None:
    """What was agreed to was another."""
    file = a_file(tmp_path, *lines_of(2))
    file.check(now=NOON)
    path = tmp_path / "rows.csv"
    path.write_text(path.read_text().replace("Monday", "Friday"))

    with pytest.raises(InvalidValueError, match="has changed since it was checked"):
        next(file.rows())


def test_a_file_that_is_not_there_is_told_without_its_name(tmp_path: Path) -> None:
    """A file's name may name somebody."""
    file = BulkFile(tmp_path / "gwenllian.csv", template=SMS, rules=RULES)

    with pytest.raises(ConfigError) as raised:
        file.check(now=NOON)

    assert "FileNotFoundError" in raised.value.message
    assert "gwenllian" not in raised.value.message + repr(file)


def test_another_encoding_and_delimiter_can_be_given(tmp_path: Path) -> None:
    """A file from Windows is often cp1252, with semicolons."""
    path = tmp_path / "rows.csv"
    path.write_bytes(
        "phone number;name;day;garden\n07900900123;Siân;dydd Llun;no\n".encode("cp1252")
    )
    file = BulkFile(path, template=SMS, rules=RULES, encoding="cp1252", delimiter=";")

    (row,) = file.rows()

    assert row.problems == ()


def test_many_problems_are_counted_and_the_first_are_told(tmp_path: Path) -> None:
    """A wrong column in a large file takes no memory."""
    bad = [f"none {number},Ann,Monday,no" for number in range(MOST_TOLD + 5)]

    report = a_file(tmp_path, lines_of(0)[0], *bad).check(now=NOON)

    assert MOST_TOLD == len(report.problems)
    assert {"unknown_character": MOST_TOLD + 5} == report.problem_counts


def peak(folder: Path, rows: int) -> tuple[int, BulkReport]:
    """Return how many bytes Python held at the most while a file was checked."""
    file = a_file(folder, *lines_of(rows))
    tracemalloc.start()
    try:
        report = file.check(now=NOON)
        return tracemalloc.get_traced_memory()[1], report
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """Eight times the rows take no more memory, give or take a buffer."""
    peak(tmp_path, 10)  # what is loaded and cached once

    small, _ = peak(tmp_path, 1_000)
    large, report = peak(tmp_path, 8_000)

    assert 8_000 == report.sendable
    assert large < small + 600_000
