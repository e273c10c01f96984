# SPDX-License-Identifier: MIT
"""`lg-notify store`: how the tables stand, bring them up to date, remove what is not needed."""

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Final
from zoneinfo import ZoneInfo

import typer  # noqa: TID253 -- loaded only when a command runs

from lg_core.cli import (
    GOOD,
    StoreStatus,
    show_removed,
    show_status,
    state_of,
    upgrade_tables,
)
from lg_core.days import london_day
from lg_core.errors import InvalidValueError
from lg_notify._commands._open import INBOX, PROGRAM, open_outbox, open_store, read_file
from lg_notify._commands._options import Json, SettingsFile, Yes, agreed, day_of

if TYPE_CHECKING:
    from lg_core.store import Store

__all__ = ["app"]

app = typer.Typer(help="Look after the database of lg-notify.", no_args_is_help=True)
_KEEP_EVENTS: Final = timedelta(days=30)


@app.command()
def status(*, file: SettingsFile = None, json: Json = False) -> None:
    """Say how the tables stand, and what waits in them. Changes nothing.

    Ends with 1 where the tables must be upgraded, or something was set aside.
    """
    with open_store(read_file(file)) as store:
        from lg_notify._commands._schemas import SCHEMAS  # noqa: PLC0415 -- loads SQLAlchemy

        tables = {each.name: state_of(store, each, program=PROGRAM) for each in SCHEMAS}
        numbers = _numbers(store, there={name for name, state in tables.items() if state == GOOD})
    aside = any(
        numbers.get(name)
        for name in ("callbacks set aside", "messages set aside", "messages in doubt")
    )
    show_status(StoreStatus(tables, numbers, to_do=aside), json=json)


@app.command()
def upgrade(
    *,
    sql: Annotated[
        bool, typer.Option("--sql", help="Print the statements, and change nothing.")
    ] = False,
    file: SettingsFile = None,
    json: Json = False,
) -> None:
    """Make the tables, or bring them to this version. Make a backup first."""
    with open_store(read_file(file)) as store:
        from lg_notify._commands._schemas import SCHEMAS  # noqa: PLC0415 -- loads SQLAlchemy

        upgrade_tables(store, SCHEMAS, sql=sql, json=json)


@app.command()
def purge(
    *,
    before: Annotated[
        str, typer.Option("--before", help="The first day that stays, such as 2026-04-01.")
    ],
    yes: Yes = False,
    file: SettingsFile = None,
    json: Json = False,
) -> None:
    """Remove what ended before a day: messages from the outbox, callbacks from the inbox.

    What waits, is being sent or needs a person stays. So long as a message is kept it is known as
    the same one, and not sent again. Callbacks stay for 30 days, since GOV.UK Notify may send
    them again.
    """
    day = day_of(before, option="--before")
    if day > london_day(datetime.now(UTC)):
        raise InvalidValueError("--before is a day that is still to come.", field="--before")
    instant = datetime.combine(day, time(), tzinfo=ZoneInfo("Europe/London"))
    with open_outbox(read_file(file)) as outbox:
        from lg_core.store import Inbox  # noqa: PLC0415 -- loads SQLAlchemy
        from lg_notify.chains import Chains  # noqa: PLC0415 -- as above

        agreed(f"Remove messages and callbacks from before {day.isoformat()}?", yes=yes)
        kept = outbox.store.now() - _KEEP_EVENTS
        inbox = Inbox(outbox.store, name=INBOX)
        removed = {
            "chains": Chains(outbox).purge(before=instant),
            "messages": outbox.purge(before=instant),
            "callbacks": inbox.queue.purge(before=min(instant, kept)),
        }
    show_removed(removed, json=json)


@app.command()
def erase(
    *,
    recipient: Annotated[
        str | None,
        typer.Option(
            "--recipient", help="A telephone number or an e-mail address; asked for if left out."
        ),
    ] = None,
    reference: Annotated[
        str | None,
        typer.Option("--reference", help="The outbox's name for one message, such as a letter."),
    ] = None,
    yes: Yes = False,
    file: SettingsFile = None,
    json: Json = False,
) -> None:
    """Remove all messages to a person, or one message, as when a person asks to be forgotten.

    Refused while one of them is being sent. Who wants no messages stays on that list.
    """
    council = read_file(file)
    if recipient is not None and reference is not None:
        raise typer.BadParameter("Give --recipient or --reference, and not both.")
    if recipient is None and reference is None:
        recipient = str(typer.prompt("Telephone number or e-mail address", err=True))
    with open_outbox(council) as outbox:
        from lg_notify.chains import Chains  # noqa: PLC0415 -- loads SQLAlchemy

        agreed("Remove these messages from the outbox?", yes=yes)
        removed = {
            # First: what is still to come of a chain stands there alone.
            "chains": 0 if recipient is None else Chains(outbox).erase(recipient=recipient),
            "messages": outbox.erase(recipient=recipient, reference=reference),
        }
    show_removed(removed, json=json)


def _numbers(store: "Store", *, there: set[str]) -> dict[str, int | str | None]:
    """Count what waits, in the tables that are there."""
    from lg_core.store import WORK_SCHEMA, Inbox  # noqa: PLC0415 -- loads SQLAlchemy
    from lg_notify.outbox import OUTBOX_SCHEMA, Outbox  # noqa: PLC0415 -- as above

    numbers: dict[str, int | str | None] = {}
    if OUTBOX_SCHEMA.name in there and WORK_SCHEMA.name in there:
        counts = Outbox(store).counts()
        numbers["messages waiting"] = counts.waiting
        numbers["messages without an end"] = counts.sending + counts.sent
        numbers["messages in doubt"] = counts.in_doubt
        numbers["messages set aside"] = counts.aside
    if WORK_SCHEMA.name in there:
        events = Inbox(store, name=INBOX).queue.counts()
        numbers["callbacks to do"] = events.waiting + events.leased
        numbers["callbacks set aside"] = events.aside
    return numbers
