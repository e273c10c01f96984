# SPDX-License-Identifier: MIT
"""`lg-notify check`: whether the settings reach GOV.UK Notify, and the files are right."""

from collections.abc import Iterator

import typer  # noqa: TID253 -- loaded only when a command runs

from lg_core.cli import GOOD, Exit, emit, state_of, table
from lg_notify._check import Finding, check_account
from lg_notify._commands._open import (
    PROGRAM,
    accounts_of,
    key_of,
    open_accounts,
    open_store,
    rates_of,
    read_file,
    suppression_of,
    tell_of,
)
from lg_notify._commands._options import Json, SettingsFile
from lg_notify._files import CouncilFile

__all__ = ["check"]


def check(*, file: SettingsFile = None, json: Json = False) -> None:
    """Check that the settings reach GOV.UK Notify, that it takes the keys, and the clock.

    Lists the templates, so it changes nothing and sees nobody's data. With a settings file it
    reads the files that this names too, and looks at the store. Ends with 1 where a table or the
    clock needs a person.
    """
    council = read_file(file)
    findings: list[Finding] = list(_files(council))
    described = accounts_of(council)
    with open_accounts(council) as accounts:
        for name in accounts.names:
            some = check_account(accounts.for_service(name), key=key_of(described[name]))
            if len(accounts.names) > 1:
                some = [Finding(f"{name}: {each.what}", each.value, each.good) for each in some]
            findings += some
    emit(findings, json=json, human=_as_table)
    if not all(finding.good for finding in findings):
        raise typer.Exit(Exit.FOUND)


def _files(council: CouncilFile) -> Iterator[Finding]:
    if council.path is not None:
        yield Finding("Settings file", council.path.name)
    for channel in sorted(council.hours):
        yield Finding(f"Hours of {channel}", "read")
    if rates_of(council) is not None:
        yield Finding("Rates", "read")
    if council.manifest is not None:
        from lg_notify.templates import read_manifest  # noqa: PLC0415 -- where there is one

        yield Finding("Manifest", f"{len(read_manifest(council.manifest).templates)} templates")
    if tell_of(council) is not None:
        yield Finding("Function that is told", "found")
    if suppression_of(council) is not None:
        yield Finding("Who wants no messages", "found")
    if council.store is not None:
        with open_store(council) as store:
            from lg_notify._commands._schemas import SCHEMAS  # noqa: PLC0415 -- loads SQLAlchemy

            for schema in SCHEMAS:
                state = state_of(store, schema, program=PROGRAM)
                good = state == GOOD or state.startswith("not there yet")
                yield Finding(f"Tables of {schema.name}", state, good)


def _as_table(findings: list[Finding]) -> str:
    return table(
        [(finding.what, finding.value) for finding in findings], columns=("Checked", "Found")
    )
