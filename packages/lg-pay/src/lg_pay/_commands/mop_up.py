# SPDX-License-Identifier: MIT
"""`lg-pay mop-up`: look after the payments whose payers did not come back.

With an option that names a payment it looks at nothing, and notes in the book what a person did.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer  # noqa: TID253 -- loaded only when a command runs

from lg_core.cli import Exit, bar, emit, note, table
from lg_core.errors import (
    AuthenticationError,
    ConfigError,
    InvalidValueError,
    PermissionDeniedError,
)
from lg_core.money import format_pounds
from lg_pay._commands._open import open_accounts, open_store, read_file, tell_of
from lg_pay._commands._options import Json, SettingsFile, Yes, agreed
from lg_pay._commands._telling import Telling
from lg_pay._files import CouncilFile
from lg_pay._sync.accounts import PayAccounts
from lg_pay._sync.client import PayClient
from lg_pay.book import NotInBookError
from lg_pay.errors import PaymentNotFoundError

if TYPE_CHECKING:
    from lg_pay._sync.book import PaymentBook
    from lg_pay.book import BookedPayment
    from lg_pay.mop_up import MopUp

__all__ = ["as_text", "asked_through", "counts_of", "mop_up", "needing_a_person"]


_NOT_ASKED = (PaymentNotFoundError, AuthenticationError, PermissionDeniedError, ConfigError)
"""What says that the account of a payment, or its key, is gone."""


@dataclass(frozen=True, slots=True)
class _Noted:
    """What a person did, as the book has it now."""

    payment_id: str
    state: str
    done: bool
    reason: str | None = None


def mop_up(
    *,
    from_minutes: Annotated[
        int,
        typer.Option("--from-minutes", min=0, help="How old a payment must be to be asked for."),
    ] = 15,
    submitted: Annotated[
        str | None,
        typer.Option("--submitted", metavar="ID", help="Note that this payment was acted on."),
    ] = None,
    undone: Annotated[
        str | None,
        typer.Option(
            "--undone", metavar="ID", help="Note that what was done for this payment is undone."
        ),
    ] = None,
    give_up: Annotated[
        str | None,
        typer.Option(
            "--give-up",
            metavar="ID",
            help="Give up this open payment: its account or its key is gone. Needs --reason.",
        ),
    ] = None,
    reason: Annotated[
        str | None,
        typer.Option("--reason", help="Why it is given up: a short code, such as account_closed."),
    ] = None,
    yes: Yes = False,
    file: SettingsFile = None,
    json: Json = False,
) -> None:
    """Ask GOV.UK Pay about every payment in the book that is due, and report what needs a person.

    Run it every few minutes. It ends with 1 where money was taken and nothing was submitted, where
    money could not be taken after all, and where anything else is left for a person to look at.

    With --submitted, --undone or --give-up it looks at nothing, and notes in the book what a person
    did.
    """
    council = read_file(file)
    named = [each for each in (submitted, undone, give_up) if each is not None]
    if len(named) > 1 or (give_up is None) is not (reason is None):
        raise InvalidValueError(
            "Give one of --submitted, --undone and --give-up, and --reason with --give-up alone.",
            field="--reason",
        )
    if named:
        _note(
            council,
            submitted=submitted,
            undone=undone,
            reason=reason,
            of=named[0],
            yes=yes,
            json=json,
        )
        return
    with open_store(council) as store, open_accounts(council) as accounts:
        from lg_pay._sync.book import PaymentBook  # noqa: PLC0415 -- loads SQLAlchemy
        from lg_pay.mop_up import mop_up as run  # noqa: PLC0415 -- as above

        telling = Telling(tell_of(council))
        with PaymentBook(store) as book, bar("Asking GOV.UK Pay") as watch:
            found = run(
                book,
                asked_through(accounts),
                from_=timedelta(minutes=from_minutes),
                tell=telling,
                progress=watch,
            )
    shown = {
        **counts_of(found),
        "needs_a_person": list(needing_a_person(found)),
        "not_told": telling.failed,
    }
    emit(shown, json=json, human=lambda _: as_text(found))
    for name in telling.failed:
        note(f"lg-pay: the news of {name} was not taken. Act on it by hand.")
    if not found.clean or telling.failed:
        raise typer.Exit(Exit.FOUND)


def _note(
    council: CouncilFile,
    *,
    submitted: str | None,
    undone: str | None,
    reason: str | None,
    of: str,
    yes: bool,
    json: bool,
) -> None:
    with open_store(council) as store:
        from lg_pay._sync.book import PaymentBook  # noqa: PLC0415 -- loads SQLAlchemy

        with PaymentBook(store) as book:
            if submitted is not None:
                done = book.submitted(of)
            elif undone is not None:
                done = book.undone(of)
            else:
                _give_up(council, book, of, reason=reason or "", yes=yes)
                done = True
            entry = _entry(book, of)
    emit(
        _Noted(of, entry.state, done, entry.given_up_reason),
        json=json,
        human=lambda noted: (
            f"{noted.payment_id}: noted; it is {noted.state}."
            if noted.done
            else f"{noted.payment_id}: nothing to note; it is {noted.state}."
        ),
    )
    if not done:
        raise typer.Exit(Exit.FOUND)


def _give_up(
    council: CouncilFile, book: "PaymentBook", payment_id: str, *, reason: str, yes: bool
) -> None:
    """Give up a payment, once nobody can be asked about it."""
    entry = _entry(book, payment_id)
    with open_accounts(council) as accounts:
        pay = asked_through(accounts)
        try:
            client = pay if isinstance(pay, PayClient) else pay.for_service(entry.service)
            found = book.refresh(client, payment_id)
        except _NOT_ASKED as gone:
            note(f"lg-pay: GOV.UK Pay does not tell of {payment_id} ({type(gone).__name__}).")
        else:
            if found.after is not None and not found.after.ended:
                raise InvalidValueError(
                    "GOV.UK Pay still tells of this payment, so it is not given up. End it with "
                    "`lg-pay cancel`, and run `lg-pay mop-up`.",
                    field="--give-up",
                )
    if not entry.ended:
        agreed(
            f"Give up {payment_id} ({format_pounds(entry.amount)}, {entry.state})? Look first "
            "whether it was paid: another payment may be made after this.",
            yes=yes,
        )
    book.give_up(payment_id, reason=reason)


def _entry(book: "PaymentBook", payment_id: str) -> "BookedPayment":
    entry = book.find(payment_id)
    if entry is None:
        raise NotInBookError("lg-pay mop-up")
    return entry


def asked_through(accounts: PayAccounts) -> PayClient | PayAccounts:
    """Return what asks for a payment: the only account, or the one of the payment's service."""
    if len(accounts.names) == 1:
        return accounts.for_service(accounts.names[0])
    return accounts


def counts_of(found: "MopUp") -> dict[str, int]:
    """Return what a run counted."""
    return {
        "looked": found.looked,
        "paid": found.paid,
        "ended": found.ended,
        "captured": found.captured,
        "reversed": found.reversed,
        "still_open": found.still_open,
        "lost": found.lost,
    }


def needing_a_person(found: "MopUp") -> Iterator[dict[str, object]]:
    """Give each payment that a person must look at, with the reason. Nothing personal."""
    for entry in found.unsubmitted:
        yield _row(entry, "money taken, nothing submitted")
    for entry in found.not_undone:
        yield _row(entry, "paid, and the money could not be taken; nothing undone")
    for each in found.not_asked:
        yield _row(each.entry, f"could not be asked for: {type(each.error).__name__}")
    for entry in found.unclear:
        yield _row(entry, "ended with a state that this version does not know")


def _row(entry: "BookedPayment", why: str) -> dict[str, object]:
    return {
        "payment_id": entry.payment_id,
        "service": entry.service,
        "amount": int(entry.amount),
        "state": entry.state,
        "asked_at": entry.asked_at,
        "why": why,
        "shown": format_pounds(entry.amount),
    }


def as_text(found: "MopUp") -> str:
    counted = [(name.replace("_", " "), number) for name, number in counts_of(found).items()]
    parts = [table(counted, columns=("What", "Payments"))]
    rows = [
        (each["payment_id"], each["service"], each["shown"], each["state"], each["why"])
        for each in needing_a_person(found)
    ]
    if rows:
        columns = ("Payment", "Service", "Amount", "State", "Needs a person")
        parts.append(table(rows, columns=columns))
    if found.reversed:
        parts.append(
            f"{found.reversed} were paid, and the money could not be taken. Undo what was done."
        )
    return "\n\n".join(parts)
