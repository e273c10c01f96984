# SPDX-License-Identifier: MIT
"""`lg-pay store`: how the tables stand, bring them up to date, remove what is no longer needed."""

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated
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
from lg_pay._commands._open import INBOX, PROGRAM, open_store, read_file
from lg_pay._commands._options import Json, SettingsFile, Yes, agreed, day_of

if TYPE_CHECKING:
    from lg_core.store import Store

__all__ = ["app"]

app = typer.Typer(help="Look after the database of lg-pay.", no_args_is_help=True)


@app.command()
def status(*, file: SettingsFile = None, json: Json = False) -> None:
    """Say how the tables stand, and what waits in them. Changes nothing.

    Ends with 1 where the tables must be upgraded, or events were set aside.
    """
    council = read_file(file)
    with open_store(council) as opened:
        from lg_pay._commands._schemas import SCHEMAS  # noqa: PLC0415 -- loads SQLAlchemy

        tables = {each.name: state_of(opened, each, program=PROGRAM) for each in SCHEMAS}
        there = {name for name, state in tables.items() if state == GOOD}
        numbers = _numbers(opened, council.reconcile.ledger, there=there)
    show_status(
        StoreStatus(tables, numbers, to_do=bool(numbers.get("events set aside"))), json=json
    )


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
    with open_store(read_file(file)) as opened:
        from lg_pay._commands._schemas import SCHEMAS  # noqa: PLC0415 -- loads SQLAlchemy

        upgrade_tables(opened, SCHEMAS, sql=sql, json=json)


@app.command()
def purge(
    *,
    before: Annotated[
        str, typer.Option("--before", help="The first day that stays, such as 2020-04-01.")
    ],
    postings: Annotated[
        bool,
        typer.Option(
            "--postings",
            help="Remove the batches and their lines too. Finance keeps them for six years as a "
            "rule (Limitation Act 1980, section 5).",
        ),
    ] = False,
    yes: Yes = False,
    file: SettingsFile = None,
    json: Json = False,
) -> None:
    """Remove what ended before a day: payments from the book, events from the inbox.

    What is open, or paid and not acted on, stays. Events stay for 30 days, since GOV.UK Pay may
    send them again.
    """
    council = read_file(file)
    day = day_of(before, option="--before")
    if day > london_day(datetime.now(UTC)):
        raise InvalidValueError("--before is a day that is still to come.", field="--before")
    instant = datetime.combine(day, time(), tzinfo=ZoneInfo("Europe/London"))
    with open_store(council) as opened:
        from lg_core.store import Inbox, StoredRecords  # noqa: PLC0415 -- loads SQLAlchemy
        from lg_pay._commands._batches import EXPORT  # noqa: PLC0415 -- as above
        from lg_pay._sync.book import PaymentBook  # noqa: PLC0415 -- as above
        from lg_pay.reconcile.posting_book import PostingBook  # noqa: PLC0415 -- as above

        posted = PostingBook(opened)
        ours = council.reconcile
        ledgers = (ours.ledger, f"{ours.ledger}{EXPORT}") if postings else ()
        last = min(
            (made[-1].day for each in ledgers if (made := posted.batches(each))), default=None
        )
        if last is not None and day > last - timedelta(days=ours.look_back):
            raise InvalidValueError(
                "--before is within the days that a run of the reconciliation looks back. Give "
                f"{(last - timedelta(days=ours.look_back)).isoformat()} or an earlier day.",
                field="--before",
            )
        what = "payments, events and batches" if postings else "payments and events"
        agreed(f"Remove {what} from before {day.isoformat()}?", yes=yes)
        kept = opened.now() - timedelta(days=30)
        removed = {
            "payments": PaymentBook(opened).purge(before=instant),
            "events": Inbox(opened, name=INBOX).queue.purge(before=min(instant, kept)),
            "records": StoredRecords(opened).purge(),
            "batches": sum(posted.purge(each, before=day) for each in ledgers),
        }
    show_removed(removed, json=json)


@app.command()
def erase(
    *,
    reference: Annotated[
        str, typer.Option("--reference", prompt=True, help="The reference; asked for if left out.")
    ],
    yes: Yes = False,
    file: SettingsFile = None,
    json: Json = False,
) -> None:
    """Remove a reference, as when a person asks to be forgotten. Amounts and funds stay.

    Refused where a payment of it is open, or paid and not acted on. The digest of a batch that
    held it is then no longer that of its lines.
    """
    council = read_file(file)
    if not reference.strip():
        raise InvalidValueError("--reference is blank.", field="--reference")
    with open_store(council) as opened:
        from lg_pay._sync.book import PaymentBook  # noqa: PLC0415 -- loads SQLAlchemy
        from lg_pay.reconcile.posting_book import PostingBook  # noqa: PLC0415 -- as above

        book, posted = PaymentBook(opened), PostingBook(opened)
        agreed("Remove this reference from the payment book and the postings?", yes=yes)
        removed = {
            "payments": book.erase(reference=reference),  # first: it may refuse
            "lines": posted.erase(reference=reference),
        }
    show_removed(removed, json=json)


def _numbers(store: "Store", ledger: str, *, there: set[str]) -> dict[str, int | str | None]:
    """Count what waits, in the tables that are there."""
    from lg_core.store import WORK_SCHEMA, Inbox  # noqa: PLC0415 -- loads SQLAlchemy
    from lg_pay._sync.book import PaymentBook  # noqa: PLC0415 -- as above
    from lg_pay.book import BOOK_SCHEMA  # noqa: PLC0415 -- as above
    from lg_pay.reconcile.posting_book import (  # noqa: PLC0415 -- as above
        POSTING_SCHEMA,
        PostingBook,
    )

    numbers: dict[str, int | str | None] = {}
    if BOOK_SCHEMA.name in there:
        book = PaymentBook(store)
        numbers["payments that have not ended"] = len(book.unfinished(limit=1_000_000))
        numbers["paid, nothing submitted"] = len(book.unsubmitted())
    if WORK_SCHEMA.name in there:
        events = Inbox(store, name=INBOX).queue.counts()
        numbers["events to do"] = events.waiting + events.leased
        numbers["events set aside"] = events.aside
    if POSTING_SCHEMA.name in there:
        batches = PostingBook(store).batches(ledger)
        numbers["batches"] = len(batches)
        numbers["last batch"] = batches[-1].name if batches else None
    return numbers
