# SPDX-License-Identifier: MIT
"""The steps of a dispatcher: each reads or writes in one transaction, and calls nobody.

What always holds when a transaction ends: a message that waits or is being sent has a job, and no
other has one. So what becomes of the job is decided by the state in which the message is left,
read under its lock, and never by what was believed before.
"""

import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from lg_core.store import Job, LeaseLostError
from lg_notify.hours import SendingHours
from lg_notify.outbox import _states, _writing
from lg_notify.outbox._counting import ENTERED_DOUBT, OUTBOX, SET_ASIDE
from lg_notify.outbox._entries import MessageState, OutboxMessage
from lg_notify.outbox._outbox import Outbox
from lg_notify.outbox._pauses import Pauses
from lg_notify.outbox._plan import Act, Plan, Policy, Verdict, plan, wait_longer
from lg_notify.outbox._schema import Kept
from lg_notify.outbox._states import Step, Told

# lg_core.store says what to install where this is missing, so it comes first.
import sqlalchemy as sa  # isort: skip

__all__ = ["Turn", "Turns"]

_LIVE: Final = frozenset({MessageState.WAITING, MessageState.SENDING})
_AGAIN: Final = timedelta(seconds=5)
_SHORTEST_LOOK: Final = timedelta(seconds=30)
_LONGEST_LOOK: Final = timedelta(hours=1)

_Change = Callable[[OutboxMessage], OutboxMessage | None]


@dataclass(frozen=True, slots=True)
class Turn:
    """A message whose turn has come.

    Attributes:
        job: its job, as this dispatcher holds it.
        kept: the message and what is to be sent; None where it was erased.
        plan: what to do with it.
    """

    job: Job
    kept: Kept | None
    plan: Plan


class Turns:
    """The steps, on an outbox.

    Args:
        outbox: whose messages.
        policy: returns what the dispatcher goes by, for an account.
    """

    def __init__(self, outbox: Outbox, policy: Callable[[str], Policy]) -> None:
        self._outbox = outbox
        self._store = outbox.store
        self._queue = outbox.queue
        self._policy = policy
        # SQLite has one writer, and lets others ask again and again: threads queue up here instead.
        self._one = threading.Lock() if self._store.dialect == "sqlite" else nullcontext()
        self._pauses = Pauses(self._store.dialect, begin=self._begin, now=self.now)

    @contextmanager
    def _begin(self) -> Generator[sa.Connection]:
        with self._one, self._store.begin() as connection:
            yield connection

    def now(self) -> datetime:
        """Return the present instant."""
        return self._store.now()

    # ------------------------------------------------------------ taking

    def take(self, limit: int) -> tuple[list[Turn], list[Turn]]:
        """Take the messages whose turn it is, and be done with those that need no call.

        Args:
            limit: how many at most.

        Returns:
            Those for which Notify is to be called, and those that are done with.
        """
        with self._one:
            jobs = self._queue.take(limit=limit)
        if not jobs:
            return [], []
        with self._store.read() as connection:
            kept = _writing.kept(connection, [job.key for job in jobs])
            self._pauses.read(connection)
        turns = [Turn(job, kept.get(job.key), self.plan(kept.get(job.key))) for job in jobs]
        calling = [turn for turn in turns if turn.plan.act in {Act.SEND, Act.LOOK_UP}]
        others = [turn for turn in turns if turn.plan.act not in {Act.SEND, Act.LOOK_UP}]
        self._settle_all(others)
        return calling, others

    def plan(self, kept: Kept | None) -> Plan:
        """Say what to do with a message now.

        Args:
            kept: the message; None where it was erased.
        """
        if kept is None:
            return Plan(Act.FORGET)
        message = kept.message
        hours = (
            self._outbox.hours.get(message.channel)
            if kept.hours is None
            else SendingHours.from_text(kept.hours)
        )
        return plan(
            message,
            self._policy(message.account),
            now=self.now(),
            pause=self._pauses.of(message),
            hours=hours,
        )

    def _settle_all(self, turns: Sequence[Turn]) -> None:
        if not turns:
            return
        try:
            with self._begin() as connection:
                # In one order, so that on PostgreSQL no two wait for each other.
                for turn in sorted(turns, key=lambda turn: turn.job.key):
                    self._settle(connection, turn, turn.plan)
        except LeaseLostError:  # one of them is another's by now: each for itself
            for turn in turns:
                self.settle(turn, turn.plan)

    def settle(self, turn: Turn, decided: Plan) -> None:
        """Do what needs no call.

        Args:
            turn: the message.
            decided: what to do.
        """
        try:
            with self._begin() as connection:
                self._settle(connection, turn, decided)
        except LeaseLostError:
            return  # whoever has the job decides anew

    def _settle(self, connection: sa.Connection, turn: Turn, decided: Plan) -> None:
        now = self.now()
        step = _STEPS.get(decided.act)

        def change(message: OutboxMessage) -> OutboxMessage | None:
            if turn.kept is None or message.revision != turn.kept.message.revision:
                return None
            if step is not None:
                return _states.step(message, step, now=now, reason=decided.reason)
            if decided.act is Act.POSTPONE and message.state is MessageState.WAITING:
                return _due(message, decided.at or now, reason=decided.reason)
            return None

        self._change(connection, turn, change, at=decided.at, reason=decided.reason)
        if step is Step.SET_ASIDE:
            OUTBOX.count(SET_ASIDE, live=self._outbox.live)
        elif step is Step.GIVE_UP:
            OUTBOX.count(ENTERED_DOUBT, live=self._outbox.live)

    def give_back(self, turns: Sequence[Turn]) -> None:
        """Give back what was taken and not begun.

        Args:
            turns: the messages.
        """
        for turn in turns:
            self.settle(turn, Plan(Act.POSTPONE, self.now(), "stopped"))

    # ------------------------------------------------------------ sending

    def intend(self, turn: Turn, *, timeout: timedelta) -> Turn:
        """Write the intent to send a message, and prove in the same transaction that it is ours.

        Args:
            turn: the message.
            timeout: how long the call may take.

        Returns:
            The message as it is then, and what to do: `SEND` where the intent is committed.

        Raises:
            LeaseLostError: another dispatcher has it. Nothing was written.
        """
        with self._begin() as connection:
            kept = _writing.locked(connection, turn.job.key)
            decided = self.plan(kept)
            if kept is None or decided.act is not Act.SEND:
                return Turn(turn.job, kept, decided)
            job = self._queue.extend(turn.job, connection=connection)
            now = self.now()
            message = kept.message
            intended = _states.step(message, Step.INTEND, now=now)
            if intended is None:
                raise AssertionError
            after = replace(
                intended,
                attempts=message.attempts + 1,
                intended_at=now,
                give_up_at=now + timeout,
                asked_of=self._policy(message.account).asked_of,
            )
            if not self._write(connection, message, after):
                raise AssertionError  # the row is locked
        return Turn(job, replace(kept, message=after), decided)

    def sent(self, turn: Turn, notification_id: str, *, smoke_test: bool) -> None:
        """Note that Notify has accepted a message.

        Args:
            turn: the message, with its intent.
            notification_id: Notify's name for it.
            smoke_test: whether Notify keeps nothing of such a message.
        """
        now = self.now()
        reason = _states.SMOKE_TEST if smoke_test else None
        self._conclude(
            turn,
            lambda message: _states.accepted(message, notification_id, now=now, reason=reason),
        )
        if turn.kept is not None:
            self._pauses.end(turn.kept.message)

    def not_sent(self, turn: Turn, why: Verdict) -> None:
        """Note what became of an attempt that was not answered with yes.

        Args:
            turn: the message, with its intent.
            why: what follows from it.
        """
        now = self.now()

        def change(message: OutboxMessage) -> OutboxMessage | None:
            # Of another intent, or of none: what is known of this one says nothing about it.
            if turn.kept is None or message.revision != turn.kept.message.revision:
                return None
            if why.doubt:
                ended = min(now, message.give_up_at or now)
                return replace(
                    message, give_up_at=ended, reason=why.reason, revision=message.revision + 1
                )
            if why.aside:
                return _states.step(message, Step.SET_ASIDE, now=now, reason=why.reason)
            back = _states.step(message, Step.RELEASE, now=now, reason=why.reason)
            if back is None:
                return None
            attempts = back.attempts if why.counts else back.attempts - 1
            return replace(back, attempts=attempts, due_at=why.at or now)

        self._conclude(turn, change, at=why.at, reason=why.reason)
        if why.aside:
            OUTBOX.count(SET_ASIDE, live=self._outbox.live)
        if why.pause is not None and turn.kept is not None and why.at is not None:
            message = turn.kept.message
            channel = message.channel if why.pause else ""
            self._pauses.start(message.account, channel=channel, until=why.at, reason=why.reason)

    # ------------------------------------------------------------ looking

    def found(self, turn: Turn, told: Told) -> None:
        """Note that Notify's list has a message.

        Args:
            turn: the message.
            told: what the list says of it.
        """
        now = self.now()
        self._conclude(turn, lambda message: _states.follow(message, told, now=now))

    def absent(self, turn: Turn, *, smoke_test: bool) -> None:
        """Note that Notify's list does not have a message.

        Args:
            turn: the message as it was before the list was asked.
            smoke_test: whether Notify keeps nothing of such a message.
        """
        now = self.now()

        def change(message: OutboxMessage) -> OutboxMessage | None:
            # The list was asked about the attempt that was known then, and about no later one.
            if turn.kept is None or message.revision != turn.kept.message.revision:
                return None
            if smoke_test:
                return _states.accepted(message, None, now=now, reason=_states.SMOKE_TEST)
            back = _states.step(message, Step.RELEASE, now=now, reason="not_found")
            if back is None:
                return None
            again = now + wait_longer(_AGAIN, back.attempts - 1) if back.attempts > 1 else now
            return replace(back, due_at=again)

        self._conclude(turn, change)

    def not_seen(self, turn: Turn, why: Verdict) -> None:
        """Note that Notify's list could not be asked, and ask again later.

        Args:
            turn: the message.
            why: what follows from the error.
        """
        now = self.now()
        age = timedelta()
        if turn.kept is not None and turn.kept.message.intended_at is not None:
            age = now - turn.kept.message.intended_at
        at = now + min(max(age / 4, _SHORTEST_LOOK), _LONGEST_LOOK)
        self.settle(turn, Plan(Act.POSTPONE, at, "not_seen"))
        if why.pause is False and turn.kept is not None and why.at is not None:
            account = turn.kept.message.account
            self._pauses.start(account, channel="", until=why.at, reason=why.reason)

    def pauses_of(self, account: str) -> int:
        """Return how often in a row an account was paused.

        Args:
            account: the account.
        """
        return self._pauses.times(account)

    # ------------------------------------------------------------ writing

    def _conclude(
        self, turn: Turn, change: _Change, *, at: datetime | None = None, reason: str = ""
    ) -> None:
        """Write what was learnt. That the job is another's by now does not make it less true."""
        try:
            with self._begin() as connection:
                self._change(connection, turn, change, at=at, reason=reason)
        except LeaseLostError:
            with self._begin() as connection:
                found = _writing.locked(connection, turn.job.key)
                after = None if found is None else change(found.message)
                if found is not None and after is not None:
                    self._write(connection, found.message, after)

    def _change(
        self,
        connection: sa.Connection,
        turn: Turn,
        change: _Change,
        *,
        at: datetime | None,
        reason: str,
    ) -> None:
        found = _writing.locked(connection, turn.job.key)
        after = None if found is None else change(found.message)
        if found is not None and after is not None:
            self._write(connection, found.message, after)
        left = after or (None if found is None else found.message)
        if left is None or left.state not in _LIVE:
            self._queue.forget(turn.job, connection=connection)
            return
        due = left.due_at if left.state is MessageState.WAITING else at or self._settled_at(left)
        self._queue.postpone(
            turn.job, at=max(due, self.now()), reason=reason or "again", connection=connection
        )

    def _settled_at(self, message: OutboxMessage) -> datetime:
        """Return from when Notify's list tells what became of a message that is being sent."""
        ended = message.give_up_at or self.now()
        return ended + self._policy(message.account).settle

    def _write(
        self, connection: sa.Connection, before: OutboxMessage, after: OutboxMessage
    ) -> bool:
        return _writing.write(connection, before, after, keep_content=self._outbox.keeps_content)


_STEPS: Final = {
    Act.EXPIRE: Step.EXPIRE,
    Act.SET_ASIDE: Step.SET_ASIDE,
    Act.SUPPRESS: Step.SUPPRESS,
    Act.GIVE_UP: Step.GIVE_UP,
}


def _due(message: OutboxMessage, at: datetime, *, reason: str) -> OutboxMessage:
    return replace(message, due_at=at, reason=reason, revision=message.revision + 1)
