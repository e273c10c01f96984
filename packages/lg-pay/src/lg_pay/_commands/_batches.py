# SPDX-License-Identifier: MIT
"""Make the batches of days for `lg-pay reconcile`: fetch, post, write the files."""

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from lg_core.cli import bar
from lg_core.days import london_day
from lg_core.errors import ConfigError, InvalidValueError
from lg_pay._commands._export_pages import record_export
from lg_pay._commands._open import open_accounts
from lg_pay._files import CouncilFile
from lg_pay.admin_export import CANNOT_SHOW
from lg_pay.reconcile.download import download
from lg_pay.reconcile.pages import Recording
from lg_pay.reconcile.posting_book import PostingBook
from lg_pay.reconcile.run import DayError, Outcome, Plan, due, reconcile, window
from lg_pay.reconcile.writers.formats import PostingWriter, writer

__all__ = ["EXPORT", "Source", "days_to_make", "export_account", "make_day", "writers_of"]

EXPORT: Final = "-export"
"""What follows the name of a ledger that is made from the admin tool's files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the records of a day come from.

    Attributes:
        council: the settings.
        from_pages: a folder of recorded pages.
        from_export: the admin tool's file.
        account: the name of the account that the file was downloaded for.
        keep_pages: the folder in which downloaded pages are kept.
    """

    council: CouncilFile
    from_pages: Path | None = None
    from_export: Path | None = None
    account: str = ""
    keep_pages: Path | None = None

    def ledger(self, plan: Plan) -> str:
        """Return the name of the ledger that the batches belong to."""
        return plan.ledger if self.from_export is None else f"{plan.ledger}{EXPORT}"


def writers_of(council: CouncilFile, names: str | None) -> list[PostingWriter]:
    """Return the writers of the formats that were named, or those of the settings file.

    Args:
        council: the settings.
        names: names with commas between them; None for those of the settings.

    Raises:
        ConfigError: there is no such format, or its layout is missing or wrong.
    """
    wanted = council.reconcile.formats if names is None else tuple(names.split(","))
    layouts = council.reconcile.layouts
    return [writer(name.strip(), settings=layouts.get(name.strip())) for name in wanted]


def days_to_make(
    book: PostingBook, *, ledger: str, day: date | None, through: date | None, now: datetime
) -> list[date]:
    """Return the days that are to be made, in their order.

    Args:
        book: what has been posted.
        ledger: the name of the ledger.
        day: the one day, or the first one where there is a last one; yesterday where None.
        through: the last day.
        now: the instant that it is.

    Raises:
        InvalidValueError: the ledger is empty and no first day was given, or the days are in the
            wrong order.
    """
    if through is None:
        return [day or london_day(now) - timedelta(days=1)]
    made = book.batches(ledger)
    if day is None and not made:
        raise InvalidValueError(
            "The ledger has no batch yet. Give its first day with --day beside --through.",
            field="--day",
        )
    first = day or made[-1].day + timedelta(days=1)
    if day is not None and day > through:
        raise InvalidValueError("--through is a day before --day.", field="--through")
    return [first + timedelta(days=n) for n in range((through - first).days + 1)]


def export_account(council: CouncilFile, account: str | None) -> str:
    """Return the name of the account that an admin tool's file belongs to.

    Raises:
        ConfigError: there are several accounts and none was named, or there is none of the name.
    """
    names = tuple(council.accounts) or ("default",)
    if account is None and len(names) == 1:
        return names[0]
    if account is None or (council.accounts and account not in names):
        raise ConfigError(
            "Say with --account which account the file was downloaded for: "
            f"{', '.join(sorted(names))}.",
            setting="--account",
        )
    return account


def make_day(day: date, *, source: Source, book: PostingBook, plan: Plan, now: datetime) -> Outcome:
    """Make the batch of a day, or return the one that was made.

    Args:
        day: the day.
        source: where the records come from.
        book: what has been posted.
        plan: how the ledger is made.
        now: the instant that it is.

    Raises:
        DayError: the day cannot be made now, or the other way of making it has been used for it.
        LgError: as `download` and `reconcile` raise.
    """
    _one_way(day, source=source, book=book, ledger=plan.ledger)
    plan = replace(plan, ledger=source.ledger(plan))
    known = due(day, book=book, plan=plan, now=now)
    if known is not None:
        return Outcome(known, repeated=True)
    with _recording(day, source) as recording:
        _fill(recording, day=day, source=source, book=book, plan=plan)
        with bar(f"Posting {day.isoformat()}") as watch:
            outcome = reconcile(
                day,
                recording=recording,
                book=book,
                plan=plan,
                now=now,
                told=lambda rows: watch(rows, None),
            )
    if source.from_export is None:
        return outcome
    cannot = tuple(f"The file does not show {what}." for what in CANNOT_SHOW)
    return replace(outcome, notes=(*outcome.notes, *cannot))


def _one_way(day: date, *, source: Source, book: PostingBook, ledger: str) -> None:
    """Refuse a day that was posted from a file and now from the API, or the other way round."""
    other = ledger if source.from_export is not None else f"{ledger}{EXPORT}"
    if book.batch(other, day=day) is not None:
        raise DayError(
            f"{day.isoformat()} was posted already, as a batch of the ledger {other}. A day is "
            "posted from the API or from the admin tool's file, never from both."
        )


@contextmanager
def _recording(day: date, source: Source) -> Generator[Recording]:
    if source.from_pages is not None:
        if not source.from_pages.is_dir():
            raise ConfigError(
                "--from-pages is no folder. Give the one in which --keep-pages kept the pages.",
                setting="--from-pages",
            )
        yield Recording(source.from_pages)
    elif source.keep_pages is not None:
        yield Recording(_unused(source.keep_pages / day.isoformat()))
    else:
        with tempfile.TemporaryDirectory(prefix="lg-pay-") as folder:
            yield Recording(folder)


def _unused(folder: Path) -> Path:
    """Return a folder that is not there yet: the pages of a run that broke off are not mixed in."""
    tried, number = folder, 1
    while tried.exists():
        number += 1
        tried = folder.with_name(f"{folder.name}-{number}")
    return tried


def _fill(
    recording: Recording, *, day: date, source: Source, book: PostingBook, plan: Plan
) -> None:
    if source.from_pages is not None:
        return
    if source.from_export is not None:
        record_export(source.from_export, account=source.account, recording=recording)
        return
    with open_accounts(source.council) as accounts, bar(f"Reading {day.isoformat()}") as watch:
        download(
            window(day, plan),
            accounts={name: accounts.for_service(name).exchange for name in accounts.names},
            recording=recording,
            posted=lambda ids: book.holds(plan.ledger, ids),
            told=lambda rows: watch(rows, None),
        )
