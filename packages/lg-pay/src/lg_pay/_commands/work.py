# SPDX-License-Identifier: MIT
"""`lg-pay work`: act on what GOV.UK Pay says by itself, and mop up, until it is stopped."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Final

import typer  # noqa: TID253 -- loaded only when a command runs

from lg_core.cli import Exit, emit, note, table, until_stopped
from lg_core.errors import LgError
from lg_core.logs import get_logger
from lg_pay._commands._open import INBOX, open_accounts, open_store, read_file, tell_of
from lg_pay._commands._options import Json, SettingsFile
from lg_pay._commands._telling import Telling
from lg_pay._commands.mop_up import asked_through, needing_a_person
from lg_pay._sync.accounts import PayAccounts
from lg_pay.book import News
from lg_pay.errors import PaymentNotFoundError
from lg_pay.payment import Payment

if TYPE_CHECKING:
    from lg_core.store import Ran, Store
    from lg_pay.book import Change
    from lg_pay.poller import Poller
    from lg_pay.webhooks import PaymentEvent

__all__ = ["work"]

_log: Final = get_logger("lg_pay.work")
_IDLE_SECONDS: Final = 1.0
_AT_ONCE: Final = 100


@dataclass(slots=True)
class _Worked:
    """What was done, for the person who looks."""

    done: int = 0
    retried: int = 0
    aside: int = 0
    lost: int = 0
    told: int = 0
    looked: int = 0
    to_look_at: int = 0
    given_up: int = 0
    failed: int = 0

    @property
    def clean(self) -> bool:
        return not (self.retried or self.aside or self.to_look_at or self.given_up or self.failed)


def work(
    *,
    once: Annotated[
        bool, typer.Option("--once", help="Do what is due now, and end: for a scheduler.")
    ] = False,
    mop_up_minutes: Annotated[
        float,
        typer.Option("--mop-up-minutes", min=0, help="How often to mop up; 0 for not at all."),
    ] = 5,
    poll_minutes: Annotated[
        float,
        typer.Option(
            "--poll-minutes",
            min=0,
            help="How often to search for what a webhook would have said, where GOV.UK Pay will "
            "not call your domain; 0 for not at all.",
        ),
    ] = 0,
    file: SettingsFile = None,
    json: Json = False,
) -> None:
    """Empty the inbox of webhooks: read each payment again, note it in the book, tell the news.

    Runs until it is stopped. Start as many as are needed, on as many machines. With --once it ends
    with 1 where something failed, was set aside, or needs a person.
    """
    council = read_file(file)
    with ExitStack() as opened, until_stopped() as wait:
        store = opened.enter_context(open_store(council))
        accounts = opened.enter_context(open_accounts(council))
        job = _Job(store, accounts, tell_of(council))
        tasks = list(job.tasks(mop_up=mop_up_minutes, poll=poll_minutes))
        if once:
            for _, task in tasks:
                task()
            while job.empty():
                pass
            emit(job.worked, json=json, human=_as_table)
            if not job.worked.clean:
                raise typer.Exit(Exit.FOUND)
            return
        stop = job.stop
        threading.Thread(target=lambda: (wait(), stop.set()), daemon=True).start()
        note("lg-pay: at work. Stop with Ctrl-C.")
        _go_on(job, tasks, stop)
        emit(job.worked, json=json, human=_as_table)


def _go_on(
    job: "_Job", tasks: list[tuple[float, Callable[[], None]]], stop: threading.Event
) -> None:
    due = [time.monotonic() for _ in tasks]
    while not stop.is_set():
        for at, (every, task) in enumerate(tasks):
            if time.monotonic() >= due[at] and not stop.is_set():
                task()
                due[at] = time.monotonic() + every
        if not job.empty():
            stop.wait(_IDLE_SECONDS)


class _Stopped(Exception):  # noqa: N818 -- it ends a round of mop-up, and is caught here
    """The command was asked to stop."""


class _Job:
    """One process's share of the work."""

    def __init__(
        self, store: "Store", accounts: PayAccounts, tell: "Callable[[Change], object] | None"
    ) -> None:
        from lg_core.store import Inbox  # noqa: PLC0415 -- loads SQLAlchemy
        from lg_pay._sync.book import PaymentBook  # noqa: PLC0415 -- as above
        from lg_pay.webhooks import worker  # noqa: PLC0415 -- as above

        self.worked = _Worked()
        self.stop = threading.Event()
        self._store = store
        self._accounts = accounts
        self._telling = Telling(tell)
        self._book = PaymentBook(store)
        self._inbox = Inbox(store, name=INBOX)
        self._worker = worker(self._inbox, read=self._read, act=self._act)

    def tasks(self, *, mop_up: float, poll: float) -> Iterator[tuple[float, Callable[[], None]]]:
        """Give what is done from time to time: how many seconds lie between, and the task."""
        if poll:
            for poller in list(self._pollers(timedelta(minutes=poll))):
                yield poll * 60, self._guarded(lambda poller=poller: self._poll(poller))
        if mop_up:
            yield mop_up * 60, self._guarded(self._mop_up)

    def empty(self) -> bool:
        """Do the jobs that are due; say whether there were any."""
        from lg_core.store import StoreError  # noqa: PLC0415 -- loads SQLAlchemy

        try:
            ran: Ran = self._worker.run_once(limit=_AT_ONCE)
        except StoreError as error:
            if not error.retryable:
                raise
            self._failed(error)
            return False
        self.worked.done += ran.done
        self.worked.retried += ran.retried
        self.worked.aside += ran.aside
        self.worked.lost += ran.lost
        return bool(ran.taken)

    def _read(self, payment_id: str) -> Payment:
        entry = self._book.find(payment_id)
        names = self._accounts.names
        if entry is not None and entry.service in names:
            return self._accounts.for_service(entry.service).get_payment(payment_id)
        # An event does not say whose payment it is: the other accounts know nothing of it.
        *others, last = names
        for name in others:
            try:
                return self._accounts.for_service(name).get_payment(payment_id)
            except PaymentNotFoundError:
                continue
        return self._accounts.for_service(last).get_payment(payment_id)

    def _act(self, payment: Payment, _event: "PaymentEvent") -> None:
        self._news(self._book.note(payment))

    def _news(self, change: "Change") -> None:
        if change.news is None:
            return
        self.worked.told += 1
        taken = self._telling(change)
        if taken and change.news is News.ENDED_UNPAID and change.after is not None:
            self._book.heard(change.after.payment_id or "")
        if not taken:
            # A second try of the event would find no news: mop-up has it, and a person must look.
            self._name_untold()
            from lg_core.store import SetAside  # noqa: PLC0415 -- loads SQLAlchemy

            raise SetAside(f"tell_failed.{change.news}")

    def _mop_up(self) -> None:
        from lg_pay.mop_up import mop_up  # noqa: PLC0415 -- loads SQLAlchemy

        def watch(_done: int, _of: int) -> None:
            if self.stop.is_set():
                raise _Stopped

        try:
            found = mop_up(
                self._book, asked_through(self._accounts), tell=self._telling, progress=watch
            )
        except _Stopped:
            return
        finally:
            self._name_untold()
        self.worked.looked += found.looked
        self.worked.to_look_at = len(list(needing_a_person(found)))
        if not found.clean:
            note("lg-pay: payments need a person. Run lg-pay mop-up to see which.")

    def _name_untold(self) -> None:
        failed, self._telling.failed = self._telling.failed, []
        self.worked.failed += len(failed)
        for name in failed:
            note(f"lg-pay: the news of {name} was not taken. Act on it by hand.")

    def _pollers(self, every: timedelta) -> "Iterator[Poller]":
        from lg_core.store import StoredRecords  # noqa: PLC0415 -- loads SQLAlchemy
        from lg_pay.poller import Poller  # noqa: PLC0415 -- for this alone

        records = StoredRecords(self._store)
        since = datetime.now(UTC) - timedelta(days=1)
        for name in self._accounts.names:
            client = self._accounts.for_service(name)
            yield Poller(
                client, self._inbox, records=records, account=name, since=since, every=every
            )

    def _poll(self, poller: "Poller") -> None:
        found = poller.poll_once()
        self.worked.looked += found.looked
        self.worked.given_up += len(found.given_up)
        for name in found.given_up:
            note(f"lg-pay: {name} did not end while it was watched. Look into it.")

    def _guarded(self, task: Callable[[], None]) -> Callable[[], None]:
        """Let the work go on where one round of a task fails; it is done again the next time."""

        def run() -> None:
            try:
                task()
            except (LgError, ExceptionGroup) as error:
                self._failed(error)

        return run

    def _failed(self, error: Exception) -> None:
        self.worked.failed += 1
        _log.warning("lg-pay.work_failed", reason=type(error).__name__)


def _as_table(worked: _Worked) -> str:
    rows = [
        ("events done", worked.done),
        ("events to try again", worked.retried),
        ("events set aside", worked.aside),
        ("events taken over by another worker", worked.lost),
        ("news told", worked.told),
        ("payments and refunds looked at", worked.looked),
        ("payments that need a person", worked.to_look_at),
        ("watched in vain", worked.given_up),
        ("rounds that failed", worked.failed),
    ]
    return table(rows, columns=("What", "Number"))
