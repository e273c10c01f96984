# SPDX-License-Identifier: MIT
"""`lg-pay disputes`: the deadlines of evidence, in working days."""

from datetime import UTC, datetime
from typing import Annotated, Final

import typer  # noqa: TID253 -- loaded only when a command runs

from lg_core.cli import Exit, emit, note, table
from lg_core.errors import InvalidValueError
from lg_core.identifiers import Nation
from lg_core.money import format_pounds
from lg_core.working_days import WorkingDays
from lg_pay._commands._open import one_account, open_accounts, read_file
from lg_pay._commands._options import Account, Json, SettingsFile
from lg_pay._files import CouncilFile
from lg_pay.disputes import DisputeReport, DisputeWatch

__all__ = ["disputes"]

_OPEN: Final = (
    "Account", "Dispute", "Payment", "Amount", "Reason", "Status", "Due", "Working days left",
)  # fmt: skip
_LOST: Final = ("Account", "Dispute", "Payment", "Amount", "Cost", "Settled")


def disputes(
    *,
    days: Annotated[
        int, typer.Option("--days", min=0, help="How many working days before a deadline is near.")
    ] = 5,
    nation: Annotated[
        Nation | None, typer.Option("--nation", help="Whose bank holidays count.")
    ] = None,
    account: Account = None,
    file: SettingsFile = None,
    json: Json = False,
) -> None:
    """List disputes that wait for evidence, and what lost ones have cost.

    Ends with 1 where evidence is due within --days working days, or is overdue.
    """
    council = read_file(file)
    watch = DisputeWatch(WorkingDays(nation or _nation(council)), alarms=(days,))
    now = datetime.now(UTC)
    reports: dict[str, DisputeReport] = {}
    with open_accounts(council) as accounts:
        for name in accounts.names if account is None else (one_account(accounts, account)[0],):
            found = accounts.for_service(name).search_disputes()
            reports[name] = watch.look(found, now=now)
    emit(reports, json=json, human=_as_text)
    if any(report.alarms for report in reports.values()):
        raise typer.Exit(Exit.FOUND)


def _nation(council: CouncilFile) -> Nation:
    """Return the nation of the settings, or the one in which every council of the accounts is."""
    if council.nation is not None:
        return council.nation
    from lg_core.councils import resolve  # noqa: PLC0415 -- loads the register

    nations: set[Nation] = set()
    for each in council.accounts.values():
        if each.council is not None:
            try:
                nations.add(Nation(resolve(each.council).nation))
            except (InvalidValueError, ValueError):
                continue  # a council that the register does not know: told below
    if len(nations) == 1:
        return nations.pop()
    note(
        "lg-pay: the bank holidays of England and Wales are counted. Write nation under "
        "[disputes] in the settings file, or give --nation."
    )
    return Nation.ENGLAND


def _as_text(reports: dict[str, DisputeReport]) -> str:
    waiting = [
        (
            name,
            each.dispute_id,
            each.payment_id,
            format_pounds(each.amount),
            each.reason,
            each.status,
            each.due,
            "overdue" if each.overdue else each.days_left,
        )
        for name, report in reports.items()
        for each in report.open
    ]
    lost = [
        (
            name,
            each.dispute_id,
            each.payment_id,
            format_pounds(each.amount),
            None if each.cost is None else format_pounds(each.cost),
            each.settled,
        )
        for name, report in reports.items()
        for each in report.lost
    ]
    review = sum(report.under_review for report in reports.values())
    won = sum(report.won for report in reports.values())
    parts = [table(waiting, columns=_OPEN) if waiting else "No dispute waits for evidence."]
    if lost:
        parts.append(table(lost, columns=_LOST))
    parts.append(f"{review} under review, {won} won, {len(lost)} lost.")
    return "\n\n".join(parts)
