# SPDX-License-Identifier: MIT
"""What `lg-notify send` does once its settings are read: check, ask, enqueue, send, account.

What survives is in the outbox alone. So wherever this is killed, the same command again goes on.
"""

import signal
import threading
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from lg_core.cli import Exit, bar, emit, note, table
from lg_notify._commands._bulk_text import pounds, report_text, when
from lg_notify.bulk import BulkFile, BulkReport, write_results
from lg_notify.bulk._results import dry_results, reason_text
from lg_notify.bulk._spending import Spending
from lg_notify.hours import SendingHours

if TYPE_CHECKING:
    from types import FrameType

    from lg_notify.bulk import BulkRun, Enqueued, Standing
    from lg_notify.outbox import Dispatched, Dispatcher, Outbox

__all__ = ["Sending", "Wishes", "send_rows"]

_PATIENCE: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the person asked for.

    Attributes:
        name: the name of the run.
        dry_run: whether to check alone.
        skip_bad_rows: whether to send the other rows where some have problems.
        dispatch: whether to send here, or to leave that to `lg-notify work`.
        results: the file of results.
        budget: pounds that the run may cost.
        free_fragments: what is left of the year's free texts.
        per_day: how many messages may be sent in a day.
        account: whose key sends.
        hours: when messages may be sent.
        json: whether the result is for a program.
        patience: how long to wait where nothing moves.
    """

    name: str
    dry_run: bool = False
    skip_bad_rows: bool = False
    dispatch: bool = True
    results: Path | None = None
    budget: Decimal | None = None
    free_fragments: int = 0
    per_day: int | None = None
    account: str = "default"
    hours: SendingHours | None = None
    json: bool = False
    patience: timedelta = _PATIENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What a run is made with.

    Attributes:
        file: the rows.
        outbox: opens the outbox; it is not called in a dry run.
        dispatcher: makes what sends.
        agree: asks the person; it ends the command where the answer is no.
        now: tells the time.
    """

    file: BulkFile
    outbox: "Callable[[], AbstractContextManager[Outbox]]"
    dispatcher: "Callable[[Outbox], Dispatcher]"
    agree: Callable[[str], object]
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))


@dataclass(slots=True)
class _Result:
    """What came of the command, as JSON shows it."""

    run: str
    template: str
    report: BulkReport
    enqueued: "Enqueued | None" = None
    standing: "Standing | None" = None
    results: str | None = None
    stopped: bool = False

    @property
    def all_sent(self) -> bool:
        """Whether there is nothing for a person to look at."""
        return not _left_out(self) and self.standing is not None and self.standing.all_sent


def send_rows(sending: Sending, wishes: Wishes) -> Exit:
    """Check a file, and send it where that was agreed to.

    Returns:
        `DONE` where every row was sent, or could be in a dry run; else `FOUND`.

    Raises:
        LgError: what kept it from going on; what was enqueued stays, and is sent once.
    """
    report = _checked(sending, wishes)
    template = sending.file.template
    result = _Result(wishes.name, template.id, report)
    if not wishes.json:
        _print(report_text(report, template=template, budget=wishes.budget))
    fits = report.within_budget == report.sendable
    if wishes.dry_run or not _may_go_on(report, wishes):
        if wishes.results is not None:
            spending = Spending(wishes.budget, free_fragments=wishes.free_fragments)
            write_results(wishes.results, dry_results(sending.file.rows(), spending=spending))
            result.results = str(wishes.results)
        if wishes.json:
            emit(result, json=True, human=str)
        return Exit.DONE if wishes.dry_run and report.clean and fits else Exit.FOUND
    try:
        with sending.outbox() as outbox:
            _send(sending, wishes, outbox=outbox, result=result)
    finally:  # what was done is told, whatever came then
        if wishes.json:
            emit(result, json=True, human=str)
    if not wishes.json:
        _print(_end_text(result, wishes))
    done = result.all_sent or (not wishes.dispatch and not _left_out(result))
    return Exit.DONE if done else Exit.FOUND


def _checked(sending: Sending, wishes: Wishes) -> BulkReport:
    with bar("Checking rows") as tell:
        seen = _Counter(tell)
        return sending.file.check(
            now=sending.now(),
            hours=wishes.hours,
            per_day=wishes.per_day,
            budget=wishes.budget,
            free_fragments=wishes.free_fragments,
            watch=lambda _row: seen.add(),
        )


class _Counter:
    """Tells of each thousandth row, since a bar that is told of each one takes its time."""

    def __init__(self, tell: Callable[[int], None]) -> None:
        self._tell = tell
        self._done = 0

    def add(self) -> None:
        self._done += 1
        if self._done % 1000 == 0:
            self._tell(self._done)


def _may_go_on(report: BulkReport, wishes: Wishes) -> bool:
    if not report.sendable:
        note("lg-notify: no row can be sent. Nothing was sent.")
        return False
    if not report.clean and not wishes.skip_bad_rows:
        note(
            "lg-notify: nothing was sent, since rows have problems. Put them right, or give "
            "--skip-bad-rows to send the others."
        )
        return False
    return True


def _send(sending: Sending, wishes: Wishes, *, outbox: "Outbox", result: _Result) -> None:
    from lg_notify.bulk import BulkRun  # noqa: PLC0415 -- loads SQLAlchemy

    with ExitStack() as opened:
        run = opened.enter_context(
            BulkRun(
                outbox,
                name=wishes.name,
                account=wishes.account,
                hours=wishes.hours,
                budget=wishes.budget,
                free_fragments=wishes.free_fragments,
            )
        )
        sending.agree(_question(result.report, run.standing(), wishes))
        try:
            _enqueue_and_dispatch(sending, wishes, run=run, outbox=outbox, result=result)
        finally:  # also where it was stopped: the file says what became of each line
            result.standing = run.standing()
            if wishes.results is not None and result.enqueued is not None:
                write_results(wishes.results, run.results())
                result.results = str(wishes.results)


def _enqueue_and_dispatch(
    sending: Sending, wishes: Wishes, *, run: "BulkRun", outbox: "Outbox", result: _Result
) -> None:
    with bar("Enqueuing messages", total=result.report.rows) as tell:
        result.enqueued = run.enqueue(sending.file.rows(), watch=tell)
    if not wishes.dispatch:
        return
    to_do = run.standing().open
    with (
        _stopping() as stop,
        bar("Sending messages", total=to_do) as tell,
    ):

        def watch(done: "Dispatched") -> None:
            tell(min(done.taken - done.later - done.lost, to_do))

        run.dispatch(sending.dispatcher(outbox), stop=stop, patience=wishes.patience, watch=watch)
        result.stopped = stop.is_set()


@contextmanager
def _stopping() -> Generator[threading.Event]:
    """Let Ctrl-C and SIGTERM end the sending after the messages at hand."""
    stop = threading.Event()

    def end(_number: int, _frame: "FrameType | None") -> None:
        stop.set()

    before = {name: signal.signal(name, end) for name in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def _question(report: BulkReport, before: "Standing", wishes: Wishes) -> str:
    known = ""
    if before.total:
        known = (
            f" The run {wishes.name} has {before.total:,} messages already, {before.sent:,} of "
            "them sent: the same rows are not sent again. Give another --name for a new run."
        )
        note(f"lg-notify:{known}")
    cost = pounds(report.cost.most_pounds)
    if wishes.budget is not None and report.within_budget < report.sendable:
        cost = f"up to {pounds(wishes.budget)}"
    verb = "Send" if wishes.dispatch else "Enqueue"
    return f"{verb} {report.within_budget:,} messages for {cost} without VAT?"


def _left_out(result: _Result) -> bool:
    return result.enqueued is None or bool(result.enqueued.left_out)


def _end_text(result: _Result, wishes: Wishes) -> str:
    # Both are there where the command came to its end.
    enqueued, standing = cast("Enqueued", result.enqueued), cast("Standing", result.standing)
    rows: list[tuple[str, str]] = [
        ("enqueued now", f"{enqueued.new:,}"),
        ("enqueued before", f"{enqueued.known:,}"),
        ("left out, with problems", f"{enqueued.bad:,}"),
        ("left out, over the budget", f"{enqueued.over_budget:,}"),
    ]
    rows += [(state.replace("_", " "), f"{n:,}") for state, n in standing.counts.items()]
    parts = [table(rows, columns=("What", "Number"))]
    if standing.reasons:
        told = [(number, reason_text(code)) for code, number in standing.reasons.items()]
        parts.append(table(told, columns=("Number", "Not sent, because")))
    if result.results is not None:
        parts.append(f"Wrote {result.results}.")
    if wishes.dispatch and standing.open:
        due = standing.held_up_until or standing.next_due
        at = "" if due is None else f" The next may be sent on {when(due)}."
        parts.append(
            f"{standing.open:,} messages are still to be sent.{at} Run the same command again, or "
            "let lg-notify work send them."
        )
    if not wishes.dispatch:
        parts.append("Nothing was sent here: lg-notify work sends what is in the outbox.")
    return "\n\n".join(parts)


def _print(text: str) -> None:
    emit(text, json=False, human=lambda shown: f"{shown}\n")
