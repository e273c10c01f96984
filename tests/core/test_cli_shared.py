# SPDX-License-Identifier: MIT
"""What tools share: the options, what they import, and the commands of a store."""

import io
import json
import re
import sys
import time
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Annotated

import pytest
import typer  # noqa: TID253 -- a test may load it
from sqlalchemy import MetaData
from typer.testing import CliRunner  # noqa: TID253 -- a test may load it

from lg_core.cli import (
    GOOD,
    StoreStatus,
    account_option,
    agreed,
    bar,
    day_of,
    file_option,
    imported,
    show_removed,
    show_status,
    state_of,
    upgrade_tables,
    yes_option,
)
from lg_core.errors import ConfigError, InvalidValueError
from lg_core.store import WORK_SCHEMA, Schema, Step, Store


def test_a_day_is_read_or_refused() -> None:
    """The error names the option, and does not repeat what was typed."""
    assert date(2026, 4, 1) == day_of("2026-04-01", option="--from")
    with pytest.raises(InvalidValueError, match="--from must be a day") as caught:
        day_of("first of April", option="--from")
    assert "April" not in caught.value.message


def test_what_a_file_names_is_imported() -> None:
    """A function or a thing; what is not there is a setting that is wrong."""
    assert day_of is imported("lg_core.cli:day_of", setting="work.tell")
    for wrong in ("lg_core.cli:nothing", "no_such_package:x", "no colon", ":x", ""):
        with pytest.raises(ConfigError, match=r"tell under \[work\] names nothing"):
            imported(wrong, setting="work.tell")


def test_the_options_are_those_of_every_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    """A question is asked unless --yes says so, and the file may come from a variable."""
    app = typer.Typer()

    @app.command()
    def act(
        *,
        yes: Annotated[bool, yes_option()] = False,
        account: Annotated[str | None, account_option()] = None,
        file: Annotated[Path | None, file_option("f.toml", variable="ACT_FILE")] = None,
    ) -> None:
        agreed("Go on?", yes=yes)
        typer.echo(f"{account} {file}")

    run = CliRunner()
    monkeypatch.setenv("ACT_FILE", "x.toml")
    assert "main x.toml" in run.invoke(app, ["--yes", "--account", "main"]).stdout
    assert 1 == run.invoke(app, [], input="n\n").exit_code
    assert 0 == run.invoke(app, [], input="y\n").exit_code


def test_a_store_is_described_made_and_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Tables that are missing, made, and of a newer version."""
    with Store(tmp_path / "a.db") as store:
        assert "not there yet: they are made at the first use" == state_of(
            store, WORK_SCHEMA, program="lg-x"
        )
        upgrade_tables(store, [WORK_SCHEMA], sql=True, json=True)
        assert "CREATE TABLE" in json.loads(capsys.readouterr().out)["sql"]
        upgrade_tables(store, [WORK_SCHEMA], sql=False, json=False)
        assert capsys.readouterr().out.strip()
        upgrade_tables(store, [WORK_SCHEMA], sql=False, json=False)
        assert "Nothing to do.\n" == capsys.readouterr().out
        assert GOOD == state_of(store, WORK_SCHEMA, program="lg-x")
        newer = Schema(name="x", metadata=MetaData(), version=2, steps=(Step(2, ()),))
        older = Schema(name="x", metadata=MetaData(), version=1)
        store.upgrade(newer)
        assert "upgrade lg-x" in state_of(store, older, program="lg-x")


@pytest.mark.parametrize(
    ("state", "to_do", "good"),
    [
        (GOOD, False, True),
        (GOOD, True, False),
        ("not there yet: they are made at the first use", False, True),
        ("old: run lg-x store upgrade", False, False),
        ("of a newer version than this program: upgrade lg-x", False, False),
    ],
)
def test_a_status_that_needs_a_person_ends_with_1(
    state: str, *, to_do: bool, good: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is good is told and ends with 0."""
    found = StoreStatus({"tables": state}, {"waiting": 3}, to_do=to_do)
    assert good == found.good
    with nullcontext() if good else pytest.raises(typer.Exit, check=lambda end: end.exit_code == 1):
        show_status(found, json=True)
    assert {
        "tables": {"tables": state}, "numbers": {"waiting": 3}, "good": good,
    } == json.loads(capsys.readouterr().out)  # fmt: skip


def test_what_was_removed_is_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    """And the same as JSON."""
    show_removed({"messages": 2}, json=False)
    assert "messages" in capsys.readouterr().out
    show_removed({"messages": 2}, json=True)
    assert {"messages": 2} == json.loads(capsys.readouterr().out)


def test_a_bar_is_shown_to_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a person is watching, the bar takes how much is done, with and without an end."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with bar("Reading [pages]") as tell_bar:
        tell_bar(1)
        tell_bar(2, 3)

    assert "Reading [pages]" in terminal.getvalue()
    assert "left" in terminal.getvalue()


def test_a_bar_tells_how_fast_it_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once two numbers were told, whether the end was known at first or not."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("COLUMNS", "120")
    with bar("Sending", total=3) as tell_bar:
        for done in (1, 2, 3):
            time.sleep(0.01)  # a rate needs some time
            tell_bar(done)

    assert re.search(r"[\d,]+ a second", terminal.getvalue())


def test_no_bar_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    """A log or a pipe gets nothing."""
    with bar("Reading") as tell_bar:
        tell_bar(1, 2)

    assert ("", "") == capsys.readouterr()
