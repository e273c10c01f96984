# SPDX-License-Identifier: MIT
"""`lg-pay references`: list the profiles, check, make and explain a reference."""

from pathlib import Path
from typing import Annotated

import typer  # noqa: TID253 -- loaded only when a command runs

from lg_core.cli import Exit, emit
from lg_core.references import References
from lg_pay import _commands_references as answers
from lg_pay._commands._open import read_file
from lg_pay._commands._options import Json, SettingsFile

__all__ = ["app"]

app = typer.Typer(help="Check, make and explain account references.", no_args_is_help=True)

Profile = Annotated[str, typer.Argument(metavar="PROFILE", help="The name of the profile.")]
Reference = Annotated[str, typer.Argument(metavar="REFERENCE", help="The reference.")]
Profiles = Annotated[
    Path | None,
    typer.Option("--profiles", help="A file of profiles; the settings file's, or the examples."),
]


@app.command("list")
def list_(*, profiles: Profiles = None, file: SettingsFile = None, json: Json = False) -> None:
    """List the profiles."""
    kinds = answers.list_kinds(_references(profiles, file))
    emit(kinds, json=json, human=answers.kinds_in_words)


@app.command()
def check(
    profile: Profile,
    reference: Reference,
    *,
    profiles: Profiles = None,
    file: SettingsFile = None,
    json: Json = False,
) -> None:
    """Check a reference. Ends with 1 where it is not right."""
    found = _references(profiles, file)
    answer = answers.check_reference(reference, profile=profile, references=found)
    _say(answer, json=json)


@app.command()
def make(
    profile: Profile,
    body: Annotated[
        str, typer.Argument(metavar="BODY", help="The reference without its check digit.")
    ],
    *,
    profiles: Profiles = None,
    file: SettingsFile = None,
    json: Json = False,
) -> None:
    """Put the check digit into a reference."""
    found = _references(profiles, file)
    answer = answers.make_reference(body, profile=profile, references=found)
    emit(answer, json=json, human=lambda made: made.reference)


@app.command()
def explain(
    profile: Profile,
    reference: Reference,
    *,
    profiles: Profiles = None,
    file: SettingsFile = None,
    json: Json = False,
) -> None:
    """Show how the check digit of a reference is worked out. Ends with 1 where it is not right."""
    found = _references(profiles, file)
    answer = answers.explain_reference(reference, profile=profile, references=found)
    _say(answer, json=json)


def _references(profiles: Path | None, file: Path | None) -> References:
    return answers.references_of(profiles or read_file(file).references)


def _say(answer: answers.ReferenceAnswer, *, json: bool) -> None:
    emit(answer, json=json, human=answers.answer_in_words)
    if not answer.ok:
        raise typer.Exit(Exit.FOUND)
