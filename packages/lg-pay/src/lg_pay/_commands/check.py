# SPDX-License-Identifier: MIT
"""`lg-pay check`: whether the settings reach GOV.UK Pay, and the files are right."""

from collections.abc import Iterator

from lg_core.cli import emit, state_of, table
from lg_pay._check import Finding, check_account
from lg_pay._commands._open import (
    PROGRAM,
    coding_of,
    open_accounts,
    open_store,
    read_file,
    references_in,
)
from lg_pay._commands._options import Json, SettingsFile
from lg_pay._files import CouncilFile

__all__ = ["check"]


def check(*, file: SettingsFile = None, json: Json = False) -> None:
    """Check that the settings reach GOV.UK Pay, and that it takes the keys.

    Reads one payment that does not exist, so it changes nothing and sees nobody's data. With a
    settings file it reads the files that this names too, and looks at the store.
    """
    council = read_file(file)
    findings: list[Finding] = list(_files(council))
    with open_accounts(council) as accounts:
        for name in accounts.names:
            some = check_account(accounts.for_service(name))
            if len(accounts.names) > 1:
                some = [Finding(f"{name}: {each.what}", each.value) for each in some]
            findings += some
    emit(findings, json=json, human=_as_table)


def _files(council: CouncilFile) -> Iterator[Finding]:
    if council.path is not None:
        yield Finding("Settings file", council.path.name)
    references = references_in(council)
    if references is not None:
        yield Finding("Reference profiles", f"{len(references)} read")
    if council.reconcile.funds is not None:
        coding = coding_of(council)
        yield Finding("Funds", f"{len(coding.funds.funds)} read")
        yield Finding("Rules", f"{len(coding.rules.rules)} read")
    if council.store is not None:
        from lg_pay._commands._schemas import SCHEMAS  # noqa: PLC0415 -- loads SQLAlchemy

        with open_store(council) as store:
            for schema in SCHEMAS:
                yield Finding(f"Tables of {schema.name}", state_of(store, schema, program=PROGRAM))


def _as_table(findings: list[Finding]) -> str:
    return table(
        [(finding.what, finding.value) for finding in findings], columns=("Checked", "Found")
    )
