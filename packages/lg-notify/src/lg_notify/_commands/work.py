# SPDX-License-Identifier: MIT
"""`lg-notify work`: send what waits, act on receipts, ask for those that never come."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Final

import typer  # noqa: TID253 -- loaded only when a command runs

from lg_core.cli import Exit, emit, note, table, until_stopped
from lg_core.errors import ApiError, OutcomeUnknownError, RequestNotSentError, ResponseShapeError
from lg_core.logs import get_logger
from lg_notify._commands._open import (
    INBOX,
    open_accounts,
    open_outbox,
    read_file,
    suppression_of,
    tell_of,
)
from lg_notify._commands._options import Json, SettingsFile
from lg_notify._files import CouncilFile
from lg_notify._sync.accounts import NotifyAccounts
from lg_notify.errors import MessageNotFoundError
from lg_notify.message import Notification
from lg_notify.poller import ReceiptPoller, Unended

if TYPE_CHECKING:
    from lg_core.store import Ran
    from lg_notify.outbox import Dispatched, Outbox, OutboxMessage

__all__ = ["again", "work"]

_log: Final = get_logger("lg_notify.work")
_NOT_ASKED: Final = (ApiError, OutcomeUnknownError, RequestNotSentError, ResponseShapeError)
_TICK_SECONDS: Final = 0.5
_TELL_SECONDS: Final = 5.0
_AT_ONCE: Final = 100
_MOST: Final = 100_000
_FIRST_WAIT: Final = 60.0
_LONGEST_WAIT: Final = 3600.0


@dataclass(slots=True)
class _Worked:
    """What was done, for the person who looks."""

    sent: int = 0
    found: int = 0
    later: int = 0
    ended: int = 0
    set_aside: int = 0
    in_doubt: int = 0
    receipts: int = 0
    receipts_later: int = 0
    receipts_aside: int = 0
    looked: int = 0
    chained: int = 0
    told: int = 0
    failed: int = 0

    @property
    def clean(self) -> bool:
        return not (self.set_aside or self.in_doubt or self.receipts_aside or self.failed)

    def dispatched(self, done: "Dispatched") -> None:
        self.sent += done.sent
        self.found += done.found
        self.later += done.later + done.lost
        self.ended += done.ended
        self.set_aside += done.aside
        self.in_doubt += done.in_doubt

    def received(self, ran: "Ran") -> None:
        self.receipts += ran.done
        self.receipts_later += ran.retried + ran.lost
        self.receipts_aside += ran.aside


def work(
    *,
    once: Annotated[
        bool, typer.Option("--once", help="Do what is due now, and end: for a scheduler.")
    ] = False,
    poll_minutes: Annotated[
        float,
        typer.Option(
            "--poll-minutes",
            min=0,
            help="How often to ask about messages that no receipt came for; 0 for not at all.",
        ),
    ] = 5,
    file: SettingsFile = None,
    json: Json = False,
) -> None:
    """Send the messages of the outbox, and note what became of them.

    Runs until it is stopped. Start as many as are needed, on as many machines: they share the rate
    limit. With --once it ends with 1 where something failed, was set aside, or needs a person.
    """
    council = read_file(file)
    with ExitStack() as opened, until_stopped() as wait:
        outbox = opened.enter_context(open_outbox(council))
        accounts = opened.enter_context(open_accounts(council))
        job = _Job(council, outbox, accounts, poll=poll_minutes)
        if once:
            job.once()
            emit(job.worked, json=json, human=_as_table)
            if not job.worked.clean:
                raise typer.Exit(Exit.FOUND)
            return
        threading.Thread(target=lambda: (wait(), job.stop.set()), daemon=True).start()
        note("lg-notify: at work. Stop with Ctrl-C.")
        job.until_stopped()
        emit(job.worked, json=json, human=_as_table)


def again(
    task: Callable[[], None],
    *,
    every: float,
    stop: threading.Event,
    failed: Callable[[str, Exception], object],
) -> None:
    """Do a task again and again, until asked to stop. A database that is away is waited for.

    Args:
        task: what to do.
        every: how many seconds lie between.
        stop: set it to stop.
        failed: is told where the database was away.

    Raises:
        StoreError: the database could not do what it was asked, and waiting does not help.
    """
    from lg_core.store import StoreError  # noqa: PLC0415 -- loads SQLAlchemy

    while not stop.is_set():
        try:
            task()
        except StoreError as error:
            if not error.retryable:
                raise
            failed("lg-notify.store_away", error)
        stop.wait(every)


class _Job:
    """One process's share of the work."""

    def __init__(
        self, council: CouncilFile, outbox: "Outbox", accounts: NotifyAccounts, *, poll: float
    ) -> None:
        from lg_core.store import Inbox  # noqa: PLC0415 -- loads SQLAlchemy
        from lg_notify.callbacks import worker  # noqa: PLC0415 -- as above
        from lg_notify.chains import Chains  # noqa: PLC0415 -- as above
        from lg_notify.outbox import Dispatcher, SendRate  # noqa: PLC0415 -- as above

        ours = council.work
        self.worked = _Worked()
        self.stop = threading.Event()
        self._outbox = outbox
        self._accounts = accounts
        self._tell = tell_of(council)
        # Where a function is told of ends, it is told of those of chains too, and says so itself.
        self._chains = Chains(outbox, acknowledge=self._tell is None)
        self._waits: dict[str, tuple[float, float]] = {}
        self._every = poll * 60
        self._dispatcher = Dispatcher(
            outbox,
            accounts.for_service,
            threads=ours.threads,
            rate=SendRate(per_minute=ours.per_minute),
            key_kind=ours.key_kind.value,
            suppression=suppression_of(council),
        )
        self._receipts = worker(
            Inbox(outbox.store, name=INBOX),
            read=self._read,
            act=self._chains.note,
            gone=self._chains.note,
        )
        self._pollers = list(self._made_pollers()) if poll else []

    def once(self) -> None:
        """Do what is due now."""
        self._advance()
        while (done := self._dispatcher.run_once()).taken:
            self.worked.dispatched(done)
        while (ran := self._receipts.run_once(limit=_AT_ONCE)).taken:
            self.worked.received(ran)
        for poller in self._pollers:
            self._poll(poller)
        self._advance()
        self._tell_all()

    def until_stopped(self) -> None:
        """Do it in threads of their own, so that none waits for another, until asked to stop.

        Raises:
            LgError: the database could not do what it was asked, and waiting does not help.
        """
        loops: list[Callable[[], None]] = [
            lambda: self.worked.dispatched(self._dispatcher.run(self.stop)),
            lambda: self.worked.received(self._receipts.run(self.stop)),
            lambda: self._again(self._advance, _TELL_SECONDS),
        ]
        loops += [
            lambda poller=poller: self._again(lambda: self._poll(poller), self._every)
            for poller in self._pollers
        ]
        if self._tell is not None:
            loops.append(lambda: self._again(self._tell_all, _TELL_SECONDS))
        failures: list[BaseException] = []

        def run(loop: Callable[[], None]) -> None:
            try:
                loop()
            except BaseException as failure:  # noqa: BLE001 -- raised again below, in the main thread
                failures.append(failure)
                self.stop.set()

        threads = [threading.Thread(target=run, args=(loop,)) for loop in loops]
        for thread in threads:
            thread.start()
        while not self.stop.wait(_TICK_SECONDS):
            pass
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]

    def _again(self, task: Callable[[], None], every: float) -> None:
        again(task, every=every, stop=self.stop, failed=self._failed)

    # ------------------------------------------------------------ receipts

    def _read(self, notification_id: str) -> Notification:
        # A receipt does not say whose message it is: the other accounts know nothing of it.
        *others, last = self._accounts.names
        for name in others:
            try:
                return self._accounts.for_service(name).get_notification(notification_id)
            except MessageNotFoundError:
                continue
        return self._accounts.for_service(last).get_notification(notification_id)

    # ------------------------------------------------------------ what no receipt says

    def _made_pollers(self) -> Iterator[ReceiptPoller]:
        for name in self._accounts.names:
            yield ReceiptPoller(
                self._accounts.for_service(name),
                unended=lambda name=name: self._unended(name),
                act=self._chains.note,
                every=timedelta(seconds=self._every),
            )

    def _unended(self, account: str) -> Iterable[Unended]:
        for message in self._outbox.unended(limit=_MOST):
            if (
                message.account == account
                and message.notification_id is not None
                and message.sent_at is not None
            ):
                yield message.notification_id, message.channel, message.sent_at

    def _poll(self, poller: ReceiptPoller) -> None:
        try:
            polled = poller.poll_once()
        except _NOT_ASKED as error:
            self._failed("lg-notify.poll_failed", error)
            return
        self.worked.looked += polled.looked
        self.worked.failed += polled.failed

    # ------------------------------------------------------------ another way

    def _advance(self) -> None:
        """Let chains of messages go on to the next way."""
        self.worked.chained += self._chains.advance().sent

    # ------------------------------------------------------------ telling

    def _tell_all(self) -> None:
        """Tell of each message that ended, until the function has taken it.

        Whoever dies in between tells it again, so the function must bear that.
        """
        if self._tell is None:
            return
        for message in self._outbox.unacted():
            if self._is_due(message) and self._told(message, self._tell):
                self._outbox.acted(message.reference)

    def _told(self, message: "OutboxMessage", tell: Callable[["OutboxMessage"], object]) -> bool:
        try:
            tell(message)
        except Exception as failure:  # noqa: BLE001 -- whatever failed, it is told again later
            _, wait = self._waits.get(message.reference, (0.0, _FIRST_WAIT / 2))
            wait = min(2 * wait, _LONGEST_WAIT)
            self._waits[message.reference] = (time.monotonic() + wait, wait)
            self._failed("lg-notify.tell_failed", failure)
            return False
        self._waits.pop(message.reference, None)
        self.worked.told += 1
        return True

    def _is_due(self, message: "OutboxMessage") -> bool:
        at, _ = self._waits.get(message.reference, (0.0, 0.0))
        return time.monotonic() >= at

    def _failed(self, event: str, error: Exception) -> None:
        self.worked.failed += 1
        _log.warning(event, reason=type(error).__name__)


_SAID: Final = {
    "found": "found to be sent before",
    "later": "to try later",
    "ended": "not sent: expired, cancelled or not wanted",
    "set_aside": "set aside",
    "in_doubt": "in doubt",
    "receipts": "receipts done",
    "receipts_later": "receipts to try again",
    "receipts_aside": "receipts set aside",
    "looked": "asked about",
    "chained": "sent another way",
    "told": "ends told",
}


def _as_table(worked: _Worked) -> str:
    rows = [(_SAID.get(name, name), number) for name, number in asdict(worked).items()]
    return table(rows, columns=("What", "Number"))
