# SPDX-License-Identifier: MIT
"""A run: the rows of a file under one name, enqueued once each, sent, and accounted for.

The theory. A row is the same row when its run has the same name and it has the same identity (its
key, or all its cells): both make the case under which the outbox keeps it, and the outbox takes
each case once. So a run has no state of its own that could be lost. Whoever died while rows were
enqueued or sent begins again from the first row, and what is there already stays as it is.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Final, Self

from lg_core.errors import InvalidValueError
from lg_notify.bulk._results import (
    NOT_SENT,
    ResultRow,
    pounds_of,
    problems_of,
    reason_text,
    result_of,
)
from lg_notify.bulk._rows import BulkRow
from lg_notify.bulk._spending import Spending
from lg_notify.bulk._spool import Spool, Spooled
from lg_notify.hours import SendingHours
from lg_notify.outbox import Dispatched, Dispatcher, MessageState, Outbox, ToSend
from lg_notify.outbox import _writing as writing
from lg_notify.outbox._schema import MESSAGES

# lg_core.store says what to install where this is missing, so it comes after the outbox.
import sqlalchemy as sa  # isort: skip

__all__ = ["BulkRun", "Enqueued", "Standing"]

_BATCH: Final = 500
_PIECE: Final = 100
"""How many messages are sent before somebody who wants to stop is heard: two seconds' worth."""
_LOOK_EVERY: Final = 50
"""After how many pieces it is looked whether the run's own rows are done."""
_LONGEST_NAME: Final = 80
_PATIENCE: Final = timedelta(minutes=5)
_TICK: Final = 1.0

_C: Final = MESSAGES.c
_S = MessageState
_OPEN: Final = frozenset({_S.WAITING.value, _S.SENDING.value})
_THERE: Final = frozenset({_S.SENT.value, _S.DELIVERED.value})
_HOLDS_UP_ALL: Final = frozenset(
    {"daily_limit", "unreachable", "key_refused", "clock", "refused", "quiet_hours"}
)
"""Reasons of one message that keep all others of its account or channel from being sent."""


@dataclass(frozen=True, slots=True)
class Enqueued:
    """What became of the rows of a file.

    Attributes:
        new: they were enqueued now.
        known: they had been enqueued before, under the same name.
        bad: they have problems, and were left out.
        over_budget: the budget was reached before them.
        spent: what the others cost, in pounds without VAT; nought where there is no budget.
    """

    new: int = 0
    known: int = 0
    bad: int = 0
    over_budget: int = 0
    spent: Decimal = Decimal(0)

    @property
    def left_out(self) -> int:
        """How many rows were not enqueued."""
        return self.bad + self.over_budget


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the messages of a run stand.

    Attributes:
        counts: how many are in each state of the outbox.
        reasons: of those that are neither sent nor delivered, how many for which reason.
        next_due: when the next one of those that wait may be sent (UTC); None where none waits.
        held_up_until: when the account may send again, where something holds all of it up.
    """

    counts: Mapping[str, int] = field(default_factory=dict[str, int])
    reasons: Mapping[str, int] = field(default_factory=dict[str, int])
    next_due: datetime | None = None
    held_up_until: datetime | None = None

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(self.counts.values())

    @property
    def sent(self) -> int:
        """How many Notify has, and has not said to have failed."""
        return sum(self.counts.get(state, 0) for state in _THERE)

    @property
    def open(self) -> int:
        """How many are still to be sent, or it is not known yet whether they were."""
        return sum(self.counts.get(state, 0) for state in _OPEN)

    @property
    def all_sent(self) -> bool:
        """Whether Notify has all of them, and has not said that one failed."""
        return self.sent == self.total


class BulkRun:
    """One run of a file. Close it when its results are read, or use it in a `with` block.

        with BulkRun(outbox, name="bins-april") as run:
            run.enqueue(file.rows())
            run.dispatch(Dispatcher(outbox, notify))
            write_results("results.csv", run.results())

    For one thread. The same rows under the same name are sent once, however often they are given;
    give each new run of the same file a name of its own.

    Args:
        outbox: where the messages are kept until they are sent.
        name: the name of the run, 1 to 80 characters; nothing personal.
        account: whose key sends it.
        hours: when messages may be sent; the outbox's own hours where it is None.
        council: the council that it is sent for.
        budget: pounds without VAT that the whole run may cost; no limit where it is None.
        free_fragments: what is left of the year's free texts, used before the budget.

    Raises:
        InvalidValueError: the name cannot be one, or the budget is no amount.
    """

    def __init__(
        self,
        outbox: Outbox,
        *,
        name: str,
        account: str = "default",
        hours: SendingHours | None = None,
        council: str | None = None,
        budget: Decimal | None = None,
        free_fragments: int = 0,
    ) -> None:
        if not 0 < len(name.strip()) <= _LONGEST_NAME or "/" in name or "\0" in name:
            raise InvalidValueError(
                f"The name of a run must be of 1 to {_LONGEST_NAME} characters, none of them /.",
                field="name",
                code="name",
            )
        self._outbox = outbox
        self._cases = f"{name.strip()}/"
        self._account = account
        self._hours = hours
        self._council = council
        self._budget = budget
        self._free = free_fragments
        Spending(budget)  # refuses what is no amount, before anything is enqueued
        self._spool = Spool()

    def __repr__(self) -> str:
        return f"BulkRun({self._outbox!r})"

    def close(self) -> None:
        """Forget which line became which message. The outbox stays as it is."""
        self._spool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_ignored: object) -> None:
        self.close()

    # ------------------------------------------------------------------ enqueuing

    def enqueue(
        self, rows: Iterable[BulkRow], *, watch: Callable[[int], object] | None = None
    ) -> Enqueued:
        """Write the rows into the outbox, 500 in a transaction. Those with problems are left out.

        Give the rows from the first one each time: those that are there already stay as they are.
        A budget is that of the whole run, so they count against it too. Once a row does not fit,
        it and all after it are left out. A smaller budget takes nothing back.

        Args:
            rows: the rows, checked.
            watch: is told how many rows are done.

        Returns:
            What became of them.

        Raises:
            InvalidValueError: one cannot be kept, or the file cannot be read further. What was
                committed stays.
            StoreError: the database could not do what it was asked.
        """
        spending = Spending(self._budget, free_fragments=self._free)
        left, done = iter(rows), 0
        new = known = bad = over = 0
        while batch := list(islice(left, _BATCH)):
            taken: list[BulkRow] = []
            spooled: list[Spooled] = []
            for row in batch:
                if row.message is None or row.cost is None:
                    bad += 1
                    spooled.append(Spooled(row.line, None, None, problems_of(row)))
                elif spending.takes(row.cost):
                    taken.append(row)
                else:
                    over += 1
                    reason = reason_text("budget")
                    spooled.append(Spooled(row.line, None, pounds_of(row), reason))
            queued = self._outbox.enqueue_many([self._to_send(row) for row in taken])
            for row, each in zip(taken, queued, strict=True):
                new, known = new + each.is_new, known + (not each.is_new)
                spooled.append(Spooled(row.line, each.reference, pounds_of(row)))
            self._spool.put(spooled)
            done += len(batch)
            if watch is not None:
                watch(done)
        return Enqueued(new, known, bad, over, spending.spent)

    def _to_send(self, row: BulkRow) -> ToSend:
        if row.message is None:
            raise AssertionError  # left out above
        return ToSend(
            row.message,
            case=f"{self._cases}{row.identity}",
            hours=self._hours,
            account=self._account,
            council=self._council,
        )

    # ------------------------------------------------------------------ sending

    def dispatch(
        self,
        dispatcher: Dispatcher,
        *,
        stop: threading.Event | None = None,
        patience: timedelta = _PATIENCE,
        watch: Callable[[Dispatched], object] | None = None,
    ) -> Standing:
        """Send what is due, until the run is done or cannot go on for a while.

        Other messages of the outbox are sent in their turn, too. It waits for what is about to be
        due or found out, and ends where nothing has moved for as long as `patience`, or where the
        hours or a limit of the day hold everything up for longer. Then call it again later, or
        leave the rest to `lg-notify work`.

        Args:
            dispatcher: sends for the same outbox.
            stop: set it to end after the messages at hand.
            patience: how long to wait where nothing moves.
            watch: is told what was done so far.

        Returns:
            Where the run's messages stand.

        Raises:
            StoreError: the database could not do what it was asked.
        """
        stop = stop or threading.Event()
        done, pieces = Dispatched(), 0
        idle_since: float | None = None
        while not stop.is_set():
            piece = dispatcher.run_once(limit=_PIECE)
            done, pieces = done + piece, pieces + 1
            if watch is not None:
                watch(done)
            if piece.taken > piece.later + piece.lost:
                idle_since = None
                if pieces % _LOOK_EVERY or self.standing().open:
                    continue
                break
            idle_since = time.monotonic() if idle_since is None else idle_since
            if not self._goes_on(patience) or _passed(idle_since) >= patience.total_seconds():
                break
            if not piece.taken:
                stop.wait(min(_TICK, patience.total_seconds()))
        return self.standing()

    def _goes_on(self, patience: timedelta) -> bool:
        """Say whether anything of the run may move soon."""
        standing = self.standing()
        if standing.counts.get(_S.SENDING, 0):
            return True  # it is being found out
        soon = self._outbox.store.now() + patience
        held_up = standing.held_up_until is not None and standing.held_up_until > soon
        return standing.next_due is not None and standing.next_due <= soon and not held_up

    # ------------------------------------------------------------------ looking

    def standing(self) -> Standing:
        """Return where the messages of the run stand, those of earlier starts included."""
        mine = sa.func.substr(_C.case_id, 1, len(self._cases)) == self._cases
        asked = (
            sa.select(
                _C.state,
                _C.reason,
                sa.func.count().label("number"),
                sa.func.min(_C.due_at, type_=_C.due_at.type).label("first"),
                sa.func.max(_C.due_at, type_=_C.due_at.type).label("last"),
            )
            .where(mine)
            .group_by(_C.state, _C.reason)
        )
        counts: dict[str, int] = {}
        reasons: dict[str, int] = {}
        due: list[datetime] = []
        held_up: list[datetime] = []
        with self._outbox.store.read() as connection:
            for row in connection.execute(asked):
                counts[row.state] = counts.get(row.state, 0) + row.number
                if row.state not in _THERE and row.reason:
                    reasons[row.reason] = reasons.get(row.reason, 0) + row.number
                if row.state == _S.WAITING:
                    due.append(row.first)
                    if row.reason in _HOLDS_UP_ALL:
                        held_up.append(row.last)
        return Standing(counts, reasons, min(due, default=None), max(held_up, default=None))

    def results(self) -> Iterator[ResultRow]:
        """Say what became of each line that was given to `enqueue`, in the order of the file."""
        for batch in self._spool.batches():
            wanted = [each.reference for each in batch if each.reference is not None]
            with self._outbox.store.read() as connection:
                found = writing.read_all(connection, _C.reference.in_(wanted)) if wanted else ()
            messages = {message.reference: message for message in found}
            for each in batch:
                message = messages.get(each.reference or "")
                if message is not None:
                    yield result_of(each.line, message=message, pounds=each.pounds)
                else:
                    # One that was erased since is not there, and nothing is known of it.
                    reason = each.reason or "It was erased from the outbox."
                    yield ResultRow(each.line, None, NOT_SENT, None, each.pounds, reason)


def _passed(since: float) -> float:
    return time.monotonic() - since
