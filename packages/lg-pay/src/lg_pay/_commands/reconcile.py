# SPDX-License-Identifier: MIT
"""`lg-pay reconcile`: the balanced posting file of a day, or of each missing day."""

from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer  # noqa: TID253 -- loaded only when a command runs

from lg_core.cli import GOOD, Exit, emit, note, state_of
from lg_core.errors import InvalidValueError
from lg_pay._commands._open import (
    PROGRAM,
    coding_of,
    one_account,
    open_accounts,
    open_store,
    plan_of,
    read_file,
)
from lg_pay._commands._options import Account, Json, SettingsFile, day_of
from lg_pay._commands.settlement import as_text, matched
from lg_pay._files import CouncilFile
from lg_pay.payment import Payment
from lg_pay.reconcile.pages import Recording
from lg_pay.settlement import SettlementReport

if TYPE_CHECKING:
    from lg_pay._commands._batches import Source
    from lg_pay.reconcile.batches import Batch
    from lg_pay.reconcile.posting_book import PostingBook
    from lg_pay.reconcile.postings import Posting
    from lg_pay.reconcile.run import Outcome, Plan
    from lg_pay.reconcile.writers.formats import PostingWriter

__all__ = ["reconcile"]

PathOption = Path | None


def reconcile(
    *,
    day: Annotated[
        str | None, typer.Option("--day", help="The day in London; yesterday if left out.")
    ] = None,
    through: Annotated[
        str | None,
        typer.Option("--through", help="Make each missing day in order, up to this one."),
    ] = None,
    out: Annotated[
        PathOption, typer.Option("--out", help="The folder for the posting files.")
    ] = None,
    formats: Annotated[
        str | None,
        typer.Option(
            "--format", help="Names with commas: csv,json,localgovims,columns,fixed-width."
        ),
    ] = None,
    html: Annotated[
        PathOption, typer.Option("--html", help="Write a report on one page to this file.")
    ] = None,
    explain: Annotated[
        str | None,
        typer.Option("--explain", metavar="PAYMENT", help="Post nothing: say how it is coded."),
    ] = None,
    from_pages: Annotated[
        PathOption, typer.Option("--from-pages", help="Read recorded pages instead of the API.")
    ] = None,
    keep_pages: Annotated[
        PathOption,
        typer.Option("--keep-pages", help="Keep the pages here. They hold personal data."),
    ] = None,
    from_export: Annotated[
        PathOption,
        typer.Option(
            "--from-export", help="Read the CSV file of the admin tool instead of the API."
        ),
    ] = None,
    statement: Annotated[
        PathOption,
        typer.Option("--statement", help="Match settlements with this bank statement as well."),
    ] = None,
    erased: Annotated[
        bool,
        typer.Option(
            "--erased",
            help="Write files of a batch from which references were erased since (store erase).",
        ),
    ] = False,
    account: Account = None,
    file: SettingsFile = None,
    json: Json = False,
) -> None:
    """Make the posting file of a day from GOV.UK Pay's records, balanced against them. Or nothing.

    A day that was made gives the same files again. Ends with 1 where lines are in suspense, or the
    batch does not balance.
    """
    council = read_file(file)
    if explain is not None:
        _explain(explain, council=council, from_pages=from_pages, account=account, json=json)
        return
    _check_options(pages=from_pages, keep_pages=keep_pages, export=from_export, statement=statement)
    result = _Result()
    plan = plan_of(council)
    with open_store(council) as store:
        # These load SQLAlchemy.
        from lg_pay._commands import _batches  # noqa: PLC0415
        from lg_pay.reconcile.posting_book import PostingBook  # noqa: PLC0415

        source = _batches.Source(
            council=council,
            from_pages=from_pages,
            from_export=from_export,
            account="" if from_export is None else _batches.export_account(council, account),
            keep_pages=keep_pages,
        )
        ours = _Files(
            PostingBook(store),
            plan,
            _batches.writers_of(council, formats),
            folder=out or council.reconcile.out,
            html=html,
            erased=erased,
        )
        days = _batches.days_to_make(
            ours.book,
            ledger=source.ledger(plan),
            day=day_of(day, option="--day") if day else None,
            through=day_of(through, option="--through") if through else None,
            now=datetime.now(UTC),
        )
        if not days:
            note("lg-pay: every day up to --through has its batch.")
        try:
            _make(days, source=source, files=ours, result=result, json=json)
            if statement is not None and not result.differences:
                result.settlement = matched(council, statement=statement)
                _print(as_text(result.settlement), json=json)
        finally:  # what was made is told, whatever came then
            if json:
                emit(result, json=True, human=str)
    if result.found:
        raise typer.Exit(Exit.FOUND)


def _check_options(
    *,
    pages: Path | None,
    keep_pages: Path | None,
    export: Path | None,
    statement: Path | None,
) -> None:
    if sum(each is not None for each in (pages, keep_pages, export)) > 1:
        raise typer.BadParameter("Give one of --from-pages, --keep-pages and --from-export.")
    if statement is not None and export is not None:
        raise typer.BadParameter(
            "--statement needs the API: the admin tool's file has no settled days."
        )


@dataclass(slots=True)
class _Result:
    """What a run came to, as JSON shows it; amounts in pence."""

    batches: list[dict[str, object]] = field(default_factory=list[dict[str, object]])
    differences: list[dict[str, object]] = field(default_factory=list[dict[str, object]])
    settlement: SettlementReport | None = None

    @property
    def found(self) -> bool:
        """Whether there is something for a person to look at."""
        suspense = any(each["suspense"] for each in self.batches)
        unsettled = self.settlement is not None and not self.settlement.settled
        return suspense or unsettled or bool(self.differences)


@dataclass(frozen=True, slots=True)
class _Files:
    """What is written of each batch, and where."""

    book: "PostingBook"
    plan: "Plan"
    writers: "list[PostingWriter]"
    folder: Path | None
    html: Path | None
    erased: bool

    def write(self, outcome: "Outcome", *, several: bool) -> list[str]:
        """Write the posting files and the report, and return their paths."""
        from lg_pay.reconcile.report import write_report  # noqa: PLC0415 -- for this alone
        from lg_pay.reconcile.writers.files import write_files  # noqa: PLC0415 -- as above

        written: list[Path] = []
        if self.folder is not None:
            written += write_files(
                outcome.batch,
                self.book,
                self.folder,
                formats=self.writers,
                erased=self.erased,
            )
        if self.html is not None:
            page = self.html
            if several:
                page = page.with_stem(f"{page.stem}-{outcome.batch.day.isoformat()}")
            names = {code: fund.name for code, fund in self.plan.coding.funds.funds.items()}
            written.append(write_report(page, outcome=outcome, book=self.book, fund_names=names))
        return [str(path) for path in written]


def _make(
    days: list[date], *, source: "Source", files: _Files, result: _Result, json: bool
) -> None:
    from lg_pay._commands._batches import make_day  # noqa: PLC0415 -- loads SQLAlchemy
    from lg_pay.reconcile.report import summary  # noqa: PLC0415 -- for this alone
    from lg_pay.reconcile.run import BalanceError  # noqa: PLC0415 -- loads SQLAlchemy

    for day in days:
        try:
            outcome = make_day(
                day, source=source, book=files.book, plan=files.plan, now=datetime.now(UTC)
            )
        except BalanceError as error:
            note(f"lg-pay: {day.isoformat()}: {error.message}")
            for name, wanted, made in error.differences:
                result.differences.append(
                    {"day": day, "name": name, "expected": wanted, "made": made}
                )
            return
        written = files.write(outcome, several=len(days) > 1)
        result.batches.append(_shown(outcome, written))
        parts = [summary(outcome), *outcome.notes, *(f"Wrote {path}" for path in written)]
        _print("\n".join(parts), json=json)


def _print(text: str, *, json: bool) -> None:
    if not json:
        emit(text, json=False, human=lambda shown: f"{shown}\n")


def _shown(outcome: "Outcome", files: list[str]) -> dict[str, object]:
    batch = outcome.batch
    return {
        "name": batch.name,
        "ledger": batch.ledger,
        "number": batch.number,
        "day": batch.day,
        "repeated": outcome.repeated,
        "totals": asdict(batch.totals),
        "digest": batch.digest,
        "suspense": batch.totals.suspense,
        "not_captured": [payment_id for payment_id, _ in outcome.not_captured],
        "earlier": outcome.earlier,
        "read": outcome.read,
        "notes": list(outcome.notes),
        "files": files,
    }


def _explain(
    payment_id: str,
    *,
    council: CouncilFile,
    from_pages: Path | None,
    account: str | None,
    json: bool,
) -> None:
    from lg_pay.reconcile.explain import as_text as explained  # noqa: PLC0415 -- for this alone
    from lg_pay.reconcile.explain import explain  # noqa: PLC0415 -- as above

    coding = coding_of(council)
    if from_pages is not None:
        name, payment = _recorded(payment_id, Recording(from_pages))
    else:
        with open_accounts(council) as accounts:
            name, client = one_account(accounts, account)
            payment = client.get_payment(payment_id)
    found = explain(
        payment,
        account=name,
        coding=coding,
        basis=council.reconcile.basis,
        posted=_posted(council, payment_id),
    )
    emit(found, json=json, human=explained)


def _posted(council: CouncilFile, payment_id: str) -> "tuple[tuple[Batch, Posting], ...]":
    """Return what the ledger holds of a payment. Nothing is made where there is no ledger yet."""
    if council.store is None or not _is_there(council.store):
        return ()
    with open_store(council) as store:
        # These load SQLAlchemy.
        from lg_pay.reconcile.posting_book import POSTING_SCHEMA, PostingBook  # noqa: PLC0415

        if state_of(store, POSTING_SCHEMA, program=PROGRAM) != GOOD:
            return ()
        return PostingBook(store).history(council.reconcile.ledger, payment_id)


def _is_there(url: str) -> bool:
    path = url.removeprefix("sqlite:///")
    return "://" in path or Path(path).exists()


def _recorded(payment_id: str, recording: Recording) -> tuple[str, Payment]:
    rows = chain(recording.records(), recording.singles())
    found = [
        (account, row)
        for account, row in rows
        if isinstance(row, Payment) and row.payment_id == payment_id
    ]
    if not found:
        raise InvalidValueError("--explain: the pages do not hold this payment.", field="--explain")
    return found[-1]  # of a row that comes twice, the later one counts
