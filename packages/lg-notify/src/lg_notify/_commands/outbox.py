# SPDX-License-Identifier: MIT
"""`lg-notify outbox`: what waits to be sent, what a person must look at, and taking back."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer  # noqa: TID253 -- loaded only when a command runs

from lg_core.cli import Exit, emit, table
from lg_core.errors import InvalidValueError
from lg_notify._commands._open import open_outbox, read_file
from lg_notify._commands._options import Json, SettingsFile, Yes, agreed

if TYPE_CHECKING:
    from lg_notify.outbox import OutboxCounts, OutboxMessage

__all__ = ["Kept", "app", "kept_of"]

app = typer.Typer(help="Look after the messages that wait to be sent.", no_args_is_help=True)
Reference = Annotated[
    str, typer.Argument(metavar="REFERENCE", help="The outbox's name for the message.")
]


@dataclass(frozen=True, slots=True)
class Kept:
    """A message of the outbox, without what it says and whom it is for."""

    reference: str
    state: str
    channel: str
    account: str
    reason: str | None
    status: str | None
    notification_id: str | None
    template_id: str | None
    attempts: int
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None
    ended_at: datetime | None


def kept_of(message: "OutboxMessage") -> Kept:
    """Return what may be printed of a message."""
    return Kept(
        reference=message.reference,
        state=message.state.value,
        channel=message.channel,
        account=message.account,
        reason=message.reason,
        status=message.status,
        notification_id=message.notification_id,
        template_id=message.template_id,
        attempts=message.attempts,
        created_at=message.created_at,
        due_at=message.due_at,
        sent_at=message.sent_at,
        ended_at=message.ended_at,
    )


@app.command()
def status(*, file: SettingsFile = None, json: Json = False) -> None:
    """Count the messages by state. Ends with 1 where a person must look at some."""
    with open_outbox(read_file(file)) as outbox:
        counts = outbox.counts()
    emit(counts, json=json, human=_as_table)
    if counts.aside or counts.in_doubt:
        raise typer.Exit(Exit.FOUND)


@app.command()
def aside(*, file: SettingsFile = None, json: Json = False) -> None:
    """List the messages that a person must look at. Ends with 1 where there are any."""
    with open_outbox(read_file(file)) as outbox:
        found = [kept_of(message) for message in outbox.aside()]
    emit(found, json=json, human=_listed)
    if found:
        raise typer.Exit(Exit.FOUND)


@app.command()
def put_back(
    reference: Reference,
    *,
    although_in_doubt: Annotated[
        bool,
        typer.Option(
            "--although-in-doubt",
            help="Also where it may have been sent: you found out that it was not, or twice is "
            "better than never.",
        ),
    ] = False,
    yes: Yes = False,
    file: SettingsFile = None,
    json: Json = False,
) -> None:
    """Let a message that was set aside be sent after all."""
    with open_outbox(read_file(file)) as outbox:
        agreed("Let this message be sent?", yes=yes)
        done = outbox.put_back(reference, although_in_doubt=although_in_doubt)
    if not done:
        raise InvalidValueError(
            "No message with this reference is set aside, or it is in doubt whether it was sent. "
            "See lg-notify outbox aside; for one in doubt give --although-in-doubt.",
            field="REFERENCE",
            code="not_aside",
        )
    emit({"put_back": True}, json=json, human=lambda _done: "It waits to be sent.")


@app.command()
def cancel(
    reference: Annotated[
        str | None, typer.Argument(metavar="REFERENCE", help="The outbox's name for the message.")
    ] = None,
    *,
    case: Annotated[
        str | None, typer.Option("--case", help="All messages of a case, in place of one.")
    ] = None,
    yes: Yes = False,
    file: SettingsFile = None,
    json: Json = False,
) -> None:
    """Take back a message, or all of a case, that is not being sent yet. Ends with 1 for none."""
    if (reference is None) == (case is None):
        raise typer.BadParameter("Give a REFERENCE or --case, and not both.")
    with open_outbox(read_file(file)) as outbox:
        agreed("Take back what is not sent yet?", yes=yes)
        count = outbox.stop(case=case) if case is not None else int(outbox.cancel(reference or ""))
    emit({"cancelled": count}, json=json, human=lambda done: f"Taken back: {done['cancelled']}.")
    if not count:
        raise typer.Exit(Exit.FOUND)


def _as_table(counts: "OutboxCounts") -> str:
    rows = [
        ("waiting", counts.waiting),
        ("waiting, and due now", counts.due),
        ("the first of them due", counts.oldest_due),
        ("being sent", counts.sending),
        ("sent, end not known yet", counts.sent),
        ("delivered", counts.delivered),
        ("failed", counts.failed),
        ("cancelled", counts.cancelled),
        ("expired", counts.expired),
        ("not wanted", counts.suppressed),
        ("in doubt", counts.in_doubt),
        ("set aside", counts.aside),
    ]
    return table(rows, columns=("Messages", "Number"))


def _listed(found: list[Kept]) -> str:
    if not found:
        return "Nothing is set aside."
    rows = [
        (each.reference, each.state, each.reason, each.channel, each.attempts, each.created_at)
        for each in found
    ]
    return table(rows, columns=("Reference", "State", "Reason", "Channel", "Attempts", "Enqueued"))
