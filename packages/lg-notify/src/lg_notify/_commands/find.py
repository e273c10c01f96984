# SPDX-License-Identifier: MIT
"""`lg-notify find`: what became of a message, by its reference: in the outbox, and at Notify."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer  # noqa: TID253 -- loaded only when a command runs

from lg_core.cli import Exit, emit, table
from lg_notify._commands._open import open_accounts, open_outbox, read_file
from lg_notify._commands._options import Account, Json, SettingsFile
from lg_notify._commands.outbox import Kept, kept_of

if TYPE_CHECKING:
    from lg_notify._files import CouncilFile
    from lg_notify.message import Notification

__all__ = ["find"]

_MOST_PAGES = 1


@dataclass(frozen=True, slots=True)
class _AtNotify:
    """A message as Notify has it, without what it says and whom it is for."""

    account: str
    id: str
    type: str
    status: str
    template_id: str
    created_at: datetime
    sent_at: datetime | None
    completed_at: datetime | None


@dataclass(slots=True)
class _Found:
    """Where a reference was found."""

    outbox: list[Kept] = field(default_factory=list[Kept])
    notify: list[_AtNotify] = field(default_factory=list[_AtNotify])


def find(
    reference: Annotated[
        str,
        typer.Argument(
            metavar="REFERENCE", help="The message's reference, or your own id of the case."
        ),
    ],
    *,
    account: Account = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Look in the outbox alone, and do not ask Notify.")
    ] = False,
    file: SettingsFile = None,
    json: Json = False,
) -> None:
    """Find a message by its reference: in the outbox, and in GOV.UK Notify's list of 7 days.

    A live key does not list what a test key sent. Ends with 1 where nothing is found.
    """
    council = read_file(file)
    found = _Found()
    references = [reference]
    if council.store is not None:
        found.outbox = _in_outbox(council, reference)
        # In Notify a message of the outbox has the outbox's reference.
        references = [each.reference for each in found.outbox] or references
    if not offline:
        with open_accounts(council) as accounts:
            for name in [account] if account is not None else accounts.names:
                client = accounts.for_service(name)
                for each in references:
                    listed = client.list_notifications(reference=each, max_pages=_MOST_PAGES)
                    found.notify += [_at_notify(name, one) for one in listed]
    emit(found, json=json, human=_as_text)
    if not found.outbox and not found.notify:
        raise typer.Exit(Exit.FOUND)


def _in_outbox(council: "CouncilFile", reference: str) -> list[Kept]:
    with open_outbox(council) as outbox:
        one = outbox.get(reference)
        messages = [one] if one is not None else outbox.for_case(reference)
        return [kept_of(message) for message in messages]


def _at_notify(account: str, message: "Notification") -> _AtNotify:
    return _AtNotify(
        account=account,
        id=message.id,
        type=str(message.type),
        status=str(message.status),
        template_id=message.template.id,
        created_at=message.created_at,
        sent_at=message.sent_at,
        completed_at=message.completed_at,
    )


def _as_text(found: _Found) -> str:
    parts: list[str] = []
    if found.outbox:
        rows = [
            (each.reference, each.channel, each.state, each.reason, each.status, each.sent_at)
            for each in found.outbox
        ]
        columns = ("In the outbox", "Channel", "State", "Reason", "Notify said", "Sent")
        parts.append(table(rows, columns=columns))
    if found.notify:
        rows = [
            (each.id, each.account, each.type, each.status, each.created_at, each.completed_at)
            for each in found.notify
        ]
        columns = ("At GOV.UK Notify", "Account", "Type", "Status", "Accepted", "Ended")
        parts.append(table(rows, columns=columns))
    return "\n\n".join(parts) or "Nothing was found."
