# SPDX-License-Identifier: MIT
"""`lg-pay mop-up`: look after the payments whose payers did not come back."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer  # noqa: TID253 -- loaded only when a command runs

from lg_core.cli import Exit, emit, note, table
from lg_core.money import format_pounds
from lg_pay._commands._bar import bar
from lg_pay._commands._open import open_accounts, open_store, read_file, tell_of
from lg_pay._commands._options import Json, SettingsFile
from lg_pay._commands._telling import Telling
from lg_pay._sync.accounts import PayAccounts
from lg_pay._sync.client import PayClient

if TYPE_CHECKING:
    from lg_pay.book import BookedPayment
    from lg_pay.mop_up import MopUp

__all__ = ["as_text", "asked_through", "counts_of", "mop_up", "needing_a_person"]


def mop_up(
    *,
    from_minutes: Annotated[
        int,
        typer.Option("--from-minutes", min=0, help="How old a payment must be to be asked for."),
    ] = 15,
    file: SettingsFile = None,
    json: Json = False,
) -> None:
    """Ask GOV.UK Pay about every payment in the book that is due, and report what needs a person.

    Run it every few minutes. It ends with 1 where money was taken and nothing was submitted, and
    where anything else is left for a person to look at.
    """
    council = read_file(file)
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
