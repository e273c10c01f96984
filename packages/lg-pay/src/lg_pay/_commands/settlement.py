# SPDX-License-Identifier: MIT
"""`lg-pay settlement`: match what GOV.UK Pay paid out with a bank statement."""

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer  # noqa: TID253 -- loaded only when a command runs

from lg_core.cli import Exit, emit, progress, table
from lg_core.errors import ConfigError, InvalidValueError
from lg_core.money import format_pounds
from lg_pay._commands._open import open_accounts, read_file
from lg_pay._commands._options import Json, SettingsFile, day_of
from lg_pay._files import CouncilFile
from lg_pay._sync.accounts import PayAccounts
from lg_pay.settlement import (
    BankProfile,
    BankStatement,
    SettlementReport,
    SettlementTally,
    match,
    read_statement,
)

__all__ = ["as_text", "matched", "settlement"]


def settlement(
    statement: Annotated[
        Path, typer.Argument(metavar="STATEMENT", help="The bank statement, a CSV file.")
    ],
    *,
    from_: Annotated[
        str | None,
        typer.Option("--from", help="The first settled day; the statement's first if left out."),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", help="The last settled day; the statement's last if left out."),
    ] = None,
    bank: Annotated[
        Path | None,
        typer.Option("--bank", help="The bank profile; the settings file's if left out."),
    ] = None,
    file: SettingsFile = None,
    json: Json = False,
) -> None:
    """Match payouts with a bank statement: what arrived, what is missing, what nobody expected.

    Ends with 1 where something is left to look into.
    """
    council = read_file(file)
    first = day_of(from_, option="--from") if from_ else None
    last = day_of(to, option="--to") if to else None
    report = matched(council, statement=statement, bank=bank, first=first, last=last)
    emit(report, json=json, human=as_text)
    if not report.settled:
        raise typer.Exit(Exit.FOUND)


def matched(
    council: CouncilFile,
    *,
    statement: Path,
    bank: Path | None = None,
    first: date | None = None,
    last: date | None = None,
) -> SettlementReport:
    """Read the statement, search what was settled in its days, and match the two.

    Raises:
        ConfigError: no bank profile is named, it cannot be used, or it names an account that is
            not known.
        InvalidValueError: the statement cannot be read, or the days are in the wrong order.
    """
    found = _statement(statement, _profile(council, bank))
    days = sorted(line.day for line in found.lines)
    first = first or (days[0] if days else None)
    last = last or (days[-1] if days else None)
    if first is None or last is None:
        raise InvalidValueError(
            "The statement has no payout of any account. Check the texts of [bank.accounts], or "
            "give --from and --to to see what should have arrived.",
            field="STATEMENT",
        )
    if last < first:
        raise InvalidValueError("--to is a day before --from.", field="--to")
    with open_accounts(council) as accounts:
        strangers = {line.account for line in found.lines} - set(accounts.names)
        if strangers:
            raise ConfigError(
                "The bank profile has accounts that the settings file does not have: "
                f"{', '.join(sorted(strangers))}. Call them the same in both.",
                setting="bank.accounts",
            )
        tallies = [
            _tally(accounts, name, settled=(first, last + timedelta(days=1)))
            for name in accounts.names
        ]
    return match(tallies, found)


def _profile(council: CouncilFile, bank: Path | None) -> BankProfile:
    path = bank or council.bank
    if path is None:
        raise ConfigError(
            'No bank profile is named. Write bank = "bank.toml" under [settlement] in the '
            "settings file, or give --bank.",
            setting="settlement.bank",
        )
    return BankProfile.from_toml(path)


def _statement(path: Path, profile: BankProfile) -> BankStatement:
    wrong = ""
    try:
        with path.open("rb") as file:
            return read_statement(file, profile=profile)
    except OSError as error:
        wrong = type(error).__name__
    # Raised outside the handler: that error holds the path.
    raise InvalidValueError(
        f"The statement could not be read ({wrong}). Check its path.", field="STATEMENT"
    )


def _tally(accounts: PayAccounts, name: str, *, settled: tuple[date, date]) -> SettlementTally:
    client, tally = accounts.for_service(name), SettlementTally(name)
    for payment in progress(client.search_payments(settled=settled), label="Reading payments"):
        tally.payment(payment)
    for refund in progress(client.search_refunds(settled=settled), label="Reading refunds"):
        tally.refund(refund)
    for dispute in progress(client.search_disputes(settled=settled), label="Reading disputes"):
        tally.dispute(dispute)
    return tally


def as_text(report: SettlementReport) -> str:
    """Lay a report out for a person."""
    parts = [table(report.rows(), columns=report.header)]
    parts += [
        f"{account}: {each.payments} payments ({format_pounds(each.gross)}) without a settled day. "
        f"{each.explanation}"
        for account, each in report.not_settled
    ]
    parts += [
        f"{account}: {name} cannot be added up: {why}." for account, name, why in report.problems
    ]
    parts.append(
        f"Expected {format_pounds(report.expected)}, received {format_pounds(report.received)}, "
        f"residual {format_pounds(report.residual)}."
    )
    return "\n\n".join(parts)
