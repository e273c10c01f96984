"""The command lg-core: what it says of counting, and the exact bytes that it shows."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from core.telemetry_settings import DONE, GARDEN, LEEDS, as_new, counting
from typer.testing import CliRunner  # noqa: TID253 -- a test may load it

from lg_core._commands import app
from lg_core.errors import ConfigError, InvalidValueError
from lg_core.telemetry import acting_for, configure, flush, reports

RUNNER = CliRunner()
pytestmark = pytest.mark.usefixtures("own_process")


@pytest.fixture(autouse=True)
def undecided() -> Iterator[None]:
    """Begin each test as a process without settings."""
    with as_new():
        yield


def test_the_status_says_what_decided() -> None:
    """For a person in words, for a program as JSON."""
    plain = RUNNER.invoke(app, ["telemetry", "status"])
    configure(counting(mode="on", council=None))
    wrong = RUNNER.invoke(app, ["telemetry", "status", "--json"])

    assert "Counting use is off. Decided by: default.\n" == plain.output
    assert {"mode": "off", "decided_by": "configure"}.items() <= json.loads(wrong.output).items()
    assert "LG_TELEMETRY_COUNCIL" in json.loads(wrong.output)["problems"][0]


def test_show_prints_exactly_the_bytes_of_the_reports(tmp_path: Path) -> None:
    """What is shown is what would be sent, from the spool and from this process."""
    configure(counting(tmp_path))
    GARDEN.count(DONE)
    flush()
    with acting_for(LEEDS, lgsl=530):
        GARDEN.count(DONE)
    shown = RUNNER.invoke(app, ["telemetry", "show"])

    assert 0 == shown.exit_code
    assert 2 == len(reports())
    assert b"".join(one.to_bytes() + b"\n" for one in reports()) == shown.stdout_bytes


def test_show_says_why_there_is_nothing() -> None:
    """Off is no fault: nothing on stdout, the reason on stderr."""
    shown = RUNNER.invoke(app, ["telemetry", "show"])

    assert (0, b"") == (shown.exit_code, shown.stdout_bytes)
    assert "Counting use is off." in shown.stderr


def test_export_writes_the_same_bytes(tmp_path: Path) -> None:
    """A day can be handed over as a file, and a day that has not ended is told."""
    configure(counting(tmp_path / "spool"))
    GARDEN.count(DONE)
    today = datetime.now(UTC).date()
    file = tmp_path / "reports.jsonl"
    done = RUNNER.invoke(
        app, ["telemetry", "export", "--day", today.isoformat(), "--to", str(file)]
    )
    printed = RUNNER.invoke(app, ["telemetry", "export", "--day", today.isoformat(), "--to", "-"])

    assert 0 == done.exit_code
    assert reports()[0].to_bytes() + b"\n" == file.read_bytes() == printed.stdout_bytes
    assert "Written: 1 report of" in done.stderr
    assert "has not ended" in done.stderr


def test_export_of_a_past_day_is_final(tmp_path: Path) -> None:
    """A day that has ended is written without the note."""
    configure(counting(tmp_path))
    file = tmp_path / "reports.jsonl"
    day = date(2026, 1, 1).isoformat()
    done = RUNNER.invoke(app, ["telemetry", "export", "--day", day, "--to", str(file)])

    assert (b"", "has not ended" in done.stderr) == (file.read_bytes(), False)


def test_export_refuses_what_it_cannot_do(tmp_path: Path) -> None:
    """Off, no day and no place are each told for what they are."""
    day = ["telemetry", "export", "--day", "2026-11-22", "--to"]
    off = RUNNER.invoke(app, [*day, str(tmp_path / "x")])
    configure(counting(tmp_path))
    nowhere = RUNNER.invoke(app, [*day, str(tmp_path / "no" / "folder")])
    no_day = RUNNER.invoke(app, ["telemetry", "export", "--day", "Gwenllian", "--to", "x"])

    assert isinstance(off.exception, ConfigError)
    assert "Counting use is off" in str(off.exception)
    assert isinstance(nowhere.exception, ConfigError)
    assert "--to" in str(nowhere.exception)
    assert isinstance(no_day.exception, InvalidValueError)
    assert "Gwenllian" not in str(no_day.exception)


def test_the_module_runs_as_a_command() -> None:
    """`python -m lg_core` is the same command."""
    done = subprocess.run(
        [sys.executable, "-m", "lg_core", "telemetry", "status", "--json"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "DO_NOT_TRACK": "1"},
    )

    assert "DO_NOT_TRACK" == json.loads(done.stdout)["decided_by"]
