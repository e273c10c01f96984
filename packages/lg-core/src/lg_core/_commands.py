# SPDX-License-Identifier: MIT
"""The commands of `lg-core`: `telemetry status`, `telemetry show` and `telemetry export`."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer  # noqa: TID253 -- loaded only when a command runs

from lg_core.cli import command_line, emit, json_option, note
from lg_core.errors import ConfigError, InvalidValueError
from lg_core.telemetry import Mode, Report, Status, reports, status

__all__ = ["app"]

app = command_line("lg-core", component="lg-core", help="What the components of lg-core share.")
telemetry = typer.Typer(
    name="telemetry", help="See whether use is counted, and what.", no_args_is_help=True
)
app.add_typer(telemetry)


@telemetry.command("status")
def show_status(*, json: Annotated[bool, json_option()] = False) -> None:
    """Say whether use is counted with the settings of this environment, and what decided."""
    emit(status(), json=json, human=_in_words)


def _in_words(found: Status) -> str:
    lines = [f"Counting use is {found.mode}. Decided by: {found.decided_by}.", *found.problems]
    return "\n".join(lines)


@telemetry.command()
def show() -> None:
    """Print today's reports so far: exactly the bytes that would be sent, one report a line."""
    _note_if_off()
    _write(reports())


@telemetry.command()
def export(
    *,
    day: Annotated[str, typer.Option("--day", help="The day in UTC, as YYYY-MM-DD.")],
    to: Annotated[Path, typer.Option("--to", help="The file to write; - for stdout.")],
) -> None:
    """Write the reports of a day to a file, one report a line, to hand over or to keep."""
    _refuse_if_off()
    wanted = _day(day)
    made = reports(wanted)
    if str(to) == "-":
        _write(made)
        return
    try:
        to.write_bytes(_lines(made))
    except OSError as error:
        raise ConfigError(
            f"The file that --to names cannot be written ({type(error).__name__}).", setting="--to"
        ) from None
    said = "1 report" if len(made) == 1 else f"{len(made)} reports"
    note(f"Written: {said} of {wanted}.")
    if wanted >= datetime.now(UTC).date():
        note("The day has not ended: the reports will still change.")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidValueError(
            "--day must be a day such as 2026-11-22.", field="--day", code="not_a_day"
        ) from None


def _lines(made: tuple[Report, ...]) -> bytes:
    return b"".join(each.to_bytes() + b"\n" for each in made)


def _write(made: tuple[Report, ...]) -> None:
    # As bytes: a console's encoding and line ends would change what is shown.
    sys.stdout.flush()
    sys.stdout.buffer.write(_lines(made))
    sys.stdout.buffer.flush()


def _note_if_off() -> None:
    if status().mode is Mode.OFF:
        note(_in_words(status()))


def _refuse_if_off() -> None:
    if status().mode is Mode.OFF:
        raise ConfigError(
            f"{_in_words(status())}\nSet LG_TELEMETRY, and the rest as the service has it.",
            setting="LG_TELEMETRY",
        )
