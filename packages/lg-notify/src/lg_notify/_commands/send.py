# SPDX-License-Identifier: MIT
"""`lg-notify send`: check a file of messages, say what it costs, and send each row once."""

import re
from datetime import UTC, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer  # noqa: TID253 -- loaded only when a command runs

from lg_core.cli import Exit
from lg_core.days import london_day
from lg_core.errors import ConfigError, InvalidValueError
from lg_notify._commands._open import (
    one_account,
    open_accounts,
    open_outbox,
    rates_of,
    read_file,
    suppression_of,
)
from lg_notify._commands._options import Account, Json, SettingsFile, Yes, agreed
from lg_notify.hours import SendingHours

if TYPE_CHECKING:
    from lg_notify import NotifyClient
    from lg_notify._files import CouncilFile
    from lg_notify._sync.accounts import NotifyAccounts
    from lg_notify.bulk import BulkTemplate
    from lg_notify.outbox import Dispatcher, Outbox
    from lg_notify.template import Template

__all__ = ["send"]

_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_AMOUNT: Final = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,4})?", re.ASCII)
_ALWAYS: Final = SendingHours(start=time(0), end=time(0))


def send(
    rows: Annotated[
        Path, typer.Argument(metavar="FILE.csv", help="The rows, one a message, with a header.")
    ],
    *,
    template: Annotated[
        str, typer.Option("--template", metavar="ID|NAME", help="The template, by id or name.")
    ],
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column",
            metavar="NAME=HEADING",
            help="A column with another heading: to=Mobile for the recipient, key=Account for the "
            "row's own key, or a placeholder's. Give it as often as needed.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check and cost the rows. Nothing is sent.")
    ] = False,
    skip_bad_rows: Annotated[
        bool, typer.Option("--skip-bad-rows", help="Send the other rows where some have problems.")
    ] = False,
    dispatch: Annotated[
        bool,
        typer.Option("--dispatch/--no-dispatch", help="Send here, or leave it to lg-notify work."),
    ] = True,
    results: Annotated[
        Path | None,
        typer.Option("--results", metavar="OUT.csv", help="Write what became of each line."),
    ] = None,
    budget: Annotated[
        str | None,
        typer.Option(
            "--budget", metavar="POUNDS", help="Stop before the run costs more, without VAT."
        ),
    ] = None,
    hours: Annotated[
        bool | None,
        typer.Option(
            "--hours/--no-hours",
            help="Insist on the sending hours of the settings file, or leave them. They are kept "
            "where there are any.",
            show_default=False,
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(
            "--name", metavar="RUN", help="The name of the run; that of the file if left out."
        ),
    ] = None,
    prefix: Annotated[
        str | None,
        typer.Option("--prefix", help="The service's name, where its texts begin with it."),
    ] = None,
    international: Annotated[
        bool, typer.Option("--international", help="The service may send abroad.")
    ] = False,
    landline: Annotated[
        bool, typer.Option("--landline", help="The service may send texts to landlines.")
    ] = False,
    allow_blank: Annotated[
        bool, typer.Option("--allow-blank", help="Send nothing in the place of a blank cell.")
    ] = False,
    sheets: Annotated[
        int, typer.Option("--sheets", min=1, max=5, help="Sheets of paper that a letter has.")
    ] = 1,
    free_fragments: Annotated[
        int, typer.Option("--free-fragments", min=0, help="Free texts that are left this year.")
    ] = 0,
    daily_limit: Annotated[
        int | None,
        typer.Option("--daily-limit", min=1, help="The service's limit of a day, if its own."),
    ] = None,
    encoding: Annotated[
        str | None, typer.Option("--encoding", help="Such as cp1252; UTF-8 if left out.")
    ] = None,
    delimiter: Annotated[
        str, typer.Option("--delimiter", help="The character between two cells.")
    ] = ",",
    account: Account = None,
    yes: Yes = False,
    file: SettingsFile = None,
    json: Json = False,
) -> None:
    """Send a CSV file of texts, e-mails or letters: each row once. It is checked and costed first.

    Where it stops half way, give the same command again: what was sent is not sent again. Ends
    with 1 where a row has problems, was left out, waits, or was refused.
    """
    # These load the models of messages and the renderer.
    from lg_notify._commands._sending import Sending, Wishes, send_rows  # noqa: PLC0415
    from lg_notify.bulk import BulkFile, BulkRules  # noqa: PLC0415

    council = read_file(file)
    limit = None if budget is None else _pounds(budget)
    named = _columns(column or [])
    with open_accounts(council) as accounts:
        account_name, client = one_account(accounts, account)
        now = datetime.now(UTC)
        read = BulkFile(
            rows,
            template=_template(client, template),
            rules=BulkRules(
                on=london_day(now),
                international=international,
                landline=landline,
                allow_blank=allow_blank,
                sheets=sheets,
                rates=rates_of(council),
            ),
            columns=named,
            prefix=prefix,
            encoding=encoding,
            delimiter=delimiter,
        )
        wishes = Wishes(
            name=rows.stem if name is None else name,
            dry_run=dry_run,
            skip_bad_rows=skip_bad_rows,
            dispatch=dispatch,
            results=results,
            budget=limit,
            free_fragments=free_fragments,
            per_day=daily_limit,
            account=account_name,
            hours=_hours(council, template=read.template, wanted=hours),
            json=json,
        )
        sending = Sending(
            file=read,
            outbox=lambda: open_outbox(council),
            dispatcher=lambda outbox: _dispatcher(outbox, council, accounts=accounts),
            agree=lambda question: agreed(question, yes=yes),
        )
        code = send_rows(sending, wishes)
    if code is not Exit.DONE:
        raise typer.Exit(code)


def _dispatcher(
    outbox: "Outbox", council: "CouncilFile", *, accounts: "NotifyAccounts"
) -> "Dispatcher":
    from lg_notify.outbox import Dispatcher, SendRate  # noqa: PLC0415 -- loads SQLAlchemy

    work = council.work
    return Dispatcher(
        outbox,
        accounts.for_service,
        threads=work.threads,
        rate=SendRate(work.per_minute),
        key_kind=work.key_kind.value,
        suppression=suppression_of(council),
    )


def _hours(
    council: "CouncilFile", *, template: "BulkTemplate", wanted: bool | None
) -> SendingHours | None:
    """Return the hours of the run, of the three ways: those there are, those or none, and none."""
    if wanted is False:
        return _ALWAYS
    found = council.hours.get(template.channel)
    if found is None and wanted:
        raise ConfigError(
            f"--hours: the settings file has no sending hours. Write a table "
            f"[hours.{template.channel.value}], or leave the option out.",
            setting="hours",
        )
    return found


def _template(client: "NotifyClient", wanted: str) -> "Template":
    """Find the template, by its id or its name on Notify's pages."""
    if _UUID.fullmatch(wanted):
        return client.get_template(wanted)
    found = [
        each
        for each in client.list_templates()
        if each.name.casefold() == wanted.strip().casefold()
    ]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(sorted(each.id for each in found))
        raise InvalidValueError(
            f"--template: several templates have this name. Give the id of one: {ids}.",
            field="--template",
        )
    raise InvalidValueError(
        "--template: the service has no template of this name. Give its name as GOV.UK Notify's "
        "pages have it, or its id.",
        field="--template",
    )


def _columns(given: list[str]) -> dict[str, str]:
    pairs = [each.partition("=") for each in given]
    if not all(name.strip() and heading.strip() for name, _, heading in pairs):
        raise InvalidValueError(
            "--column must be NAME=HEADING, such as to=Mobile.", field="--column", code="no_pair"
        )
    return {name.strip(): heading.strip() for name, _, heading in pairs}


def _pounds(text: str) -> Decimal:
    amount = text.strip().removeprefix("£").replace(",", "")
    if not _AMOUNT.fullmatch(amount):
        raise InvalidValueError(
            "--budget must be an amount in pounds, such as 250 or 99.50.",
            field="--budget",
            code="no_amount",
        )
    return Decimal(amount)
