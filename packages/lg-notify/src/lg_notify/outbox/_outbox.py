# SPDX-License-Identifier: MIT
"""The outbox: what is to be sent is written down with the caller's own work, and sent once."""

import os
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Self

from lg_core.errors import InvalidValueError
from lg_core.store import HostConnection, Store, WorkQueue
from lg_notify.hours import SendingHours
from lg_notify.outbox import _content, _forgetting, _states, _writing
from lg_notify.outbox._counting import ENQUEUED, OUTBOX
from lg_notify.outbox._enqueueing import enqueue, rows_of
from lg_notify.outbox._entries import (
    Change,
    MessageState,
    OutboxCounts,
    OutboxMessage,
    Queued,
    ToSend,
)
from lg_notify.outbox._schema import MESSAGES, OUTBOX_SCHEMA
from lg_notify.outbox._states import Step, Told
from lg_notify.outbox.errors import NotInOutboxError

# lg_core.store says what to install where this is missing, so it comes first.
import sqlalchemy as sa  # isort: skip

if TYPE_CHECKING:
    from lg_notify.new_message import Message

__all__ = ["LEASE", "QUEUE", "Outbox"]

QUEUE: Final = "lg-notify.outbox"
"""The name of the outbox's queue."""
LEASE: Final = timedelta(seconds=120)
"""How long a dispatcher holds a message before another may look after it."""

_C: Final = MESSAGES.c
_S = MessageState
_TO_ACT_ON: Final = (_S.DELIVERED, _S.FAILED, _S.EXPIRED, _S.SUPPRESSED, _S.ASIDE, _S.IN_DOUBT)
_ATTEMPTS: Final = 2**31 - 1
_NO_HOURS: Final[Mapping[str, SendingHours]] = MappingProxyType({})


class Outbox:
    """Keeps messages until they are sent, and what became of them.

        queued = outbox.enqueue(Sms(...), case=order.id, connection=connection)

    A message that was enqueued in a committed transaction is sent once, or ends as failed, expired,
    cancelled, suppressed or set aside with the reason; it is never sent twice, whatever dies when.
    A `Dispatcher` sends. Build the outbox when your program starts and keep it; threads and forked
    processes may share it, and several machines may share one PostgreSQL database.

    Args:
        store: where it is kept: a `Store`, or the path or address of one.
        hours: when messages may be sent, by channel; any time where it is not given. See
            `lg_notify.hours.read_hours`.
        keep: how long a message that has ended is kept, unless `purge()` is told otherwise. So
            long it is known as the same message.
        keep_content: how long the words and the recipient of a message are kept after its end.
            They are forgotten at its end where this is zero, and else by `purge()`.
        lease: how long a dispatcher holds a message before another looks after it.
        live: False where its messages are sent with a test key or to a sandbox: what is counted
            then counts as a test. A client's `live` says so.

    Raises:
        ConfigError: the store cannot be used; the text says why and what to do.
    """

    def __init__(
        self,
        store: Store | str | os.PathLike[str],
        *,
        hours: Mapping[str, SendingHours] = _NO_HOURS,
        keep: timedelta = timedelta(days=365),
        keep_content: timedelta = timedelta(0),
        lease: timedelta = LEASE,
        live: bool = True,
    ) -> None:
        self._own = not isinstance(store, Store)
        self._store = store if isinstance(store, Store) else Store(store)
        self._hours = dict(hours)
        self._keep = keep
        self._keep_content = keep_content
        self._live = live
        self._store.prepare(OUTBOX_SCHEMA)
        # Attempts are counted by the message: a look at Notify's list is none.
        self._queue = WorkQueue(self._store, name=QUEUE, lease=lease, max_attempts=_ATTEMPTS)

    def __repr__(self) -> str:
        return f"Outbox({self._store!r})"

    @property
    def store(self) -> Store:
        """Where the outbox is kept; `store.begin()` opens a transaction to join."""
        return self._store

    @property
    def queue(self) -> WorkQueue:
        """The queue of messages whose turn comes, for who watches it."""
        return self._queue

    @property
    def hours(self) -> Mapping[str, SendingHours]:
        """When messages may be sent, by channel."""
        return MappingProxyType(self._hours)

    @property
    def keeps_content(self) -> bool:
        """Whether what a message says is kept beyond its end."""
        return self._keep_content > timedelta(0)

    @property
    def live(self) -> bool:
        """Whether its messages are real: what is counted of others counts as a test."""
        return self._live

    def close(self) -> None:
        """Close the store, if it was made here; one that was given is its owner's to close."""
        if self._own:
            self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_ignored: object) -> None:
        self.close()

    # ------------------------------------------------------------------ enqueuing

    def enqueue(
        self,
        message: "Message",
        *,
        case: str,
        period: str = "",
        send_at: datetime | None = None,
        expires: datetime | None = None,
        priority: int = 0,
        hours: SendingHours | None = None,
        account: str = "default",
        council: str | None = None,
        connection: HostConnection | None = None,
    ) -> Queued:
        """Write down a message to be sent.

        The same case, template, recipient and period are the same message: it is kept once, for
        as long as the outbox remembers it. Give another period for the next one.

        Args:
            message: what to send. A reference of yours is kept beside it; in GOV.UK Notify it has
                the outbox's, since only a reference of its own can be found.
            case: your own id of what it is about, 1 to 255 characters; nothing personal.
            period: what sets it apart from the next one, such as `2027-04`.
            send_at: when it may be sent; at once where it is not given.
            expires: from when it is no longer worth sending.
            priority: a higher one is sent first.
            hours: when it may be sent; the outbox's hours of its channel where it is not given.
            account: whose key sends it.
            council: the council that it is sent for.
            connection: a transaction of yours to join: the message is sent when that is committed,
                and not where it is rolled back.

        Returns:
            The outbox's reference, and whether the message is new.

        Raises:
            InvalidValueError: an argument cannot be kept. Nothing was enqueued.
            StoreError: the database could not do what it was asked. Nothing was enqueued.
        """
        given = ToSend(
            message,
            case=case,
            period=period,
            send_at=send_at,
            expires=expires,
            priority=priority,
            hours=hours,
            account=account,
            council=council,
        )
        (queued,) = self.enqueue_many([given], connection=connection)
        return queued

    def enqueue_many(
        self, messages: Iterable[ToSend], *, connection: HostConnection | None = None
    ) -> tuple[Queued, ...]:
        """Write down many messages, 500 in a transaction.

        Where it fails half way, what was committed stays, and enqueuing all of them again adds
        the rest. With `connection` all are in your transaction.

        Args:
            messages: the messages, and how each is to be sent.
            connection: a transaction of yours to join.

        Returns:
            What became of each, in their order.

        Raises:
            InvalidValueError: one cannot be kept; those of the batches before it were.
            StoreError: the database could not do what it was asked.
        """
        rows = rows_of(messages, now=self._store.now(), hours=self._hours)
        queued = tuple(enqueue(self._store, self._queue, rows, connection=connection))
        for each in queued:
            if each.is_new:
                OUTBOX.count(ENQUEUED, live=self._live)
        return queued

    # ------------------------------------------------------------------ taking back

    def cancel(self, reference: str, *, connection: HostConnection | None = None) -> bool:
        """Take a message back, if it is not being sent yet.

        Args:
            reference: the outbox's name for it.
            connection: a transaction of yours to join.

        Returns:
            False where it is being sent, was sent or has ended, or where there is no such message.
        """
        with self._store.begin(connection) as ours:
            found = _writing.locked(ours, reference)
            return found is not None and self._cancel(ours, found.message, host=connection)

    def stop(self, *, case: str, connection: HostConnection | None = None) -> int:
        """Take back all messages of a case that are not being sent yet.

        Args:
            case: your own id of what they are about.
            connection: a transaction of yours to join.

        Returns:
            How many were taken back.
        """
        stoppable = (_S.WAITING, _S.ASIDE, _S.IN_DOUBT)
        with self._store.begin(connection) as ours:
            found = _writing.read_all(
                ours, _C.case_id == case, _C.state.in_(stoppable), order=_C.reference
            )
            stopped = 0
            for each in found:  # read without a lock, and so read again
                again = _writing.locked(ours, each.reference)
                if again is not None:
                    stopped += self._cancel(ours, again.message, host=connection)
            return stopped

    def _cancel(
        self, connection: sa.Connection, message: OutboxMessage, *, host: HostConnection | None
    ) -> bool:
        after = _states.step(message, Step.CANCEL, now=self._store.now(), reason="cancelled")
        if after is None or not self._write(connection, message, after):
            return False
        # Where a dispatcher holds the job it finds the message cancelled, and sends nothing.
        self._queue.cancel(message.reference, connection=_either(host, connection))
        return True

    def expire(self, *, limit: int = 1000) -> int:
        """End the messages that wait and are no longer worth sending. A dispatcher does it too.

        Args:
            limit: how many at the most.

        Returns:
            How many ended.
        """
        now = self._store.now()
        with self._store.begin() as connection:
            late = (_C.expires_at <= now, _C.state == _S.WAITING)
            found = _writing.read_all(connection, *late, order=_C.reference, limit=limit)
            return sum(self._expire(connection, each.reference, now=now) for each in found)

    def _expire(self, connection: sa.Connection, reference: str, *, now: datetime) -> bool:
        found = _writing.locked(connection, reference)
        if found is None:
            return False
        after = _states.step(found.message, Step.EXPIRE, now=now, reason="expired")
        if after is None or not self._write(connection, found.message, after):
            return False
        self._queue.cancel(reference, connection=connection)
        return True

    # ------------------------------------------------------------------ what became of it

    def note(self, told: Told, *, connection: HostConnection | None = None) -> Change | None:
        """Note what GOV.UK Notify says of a message: what a receipt or a poller learnt.

        The change is told to you and to nobody else. Where you die before you have acted on it,
        `unacted()` names it until `acted()` is called.

        Args:
            told: a `Notification`, or a receipt with the same names.
            connection: a transaction of yours to join, so that the change and what you make of it
                are kept together or not at all.

        Returns:
            What changed; None where that was known, or where the outbox does not hold the message.
        """
        with self._store.begin(connection) as ours:
            reference = self._reference_of(ours, told)
            found = None if reference is None else _writing.locked(ours, reference)
            if found is None:
                return None
            before = found.message
            after = _states.follow(before, told, now=self._store.now())
            if after is None or not self._write(ours, before, after):
                return None
            if before.state in _states.NOT_SENT:
                self._queue.cancel(before.reference, connection=_either(connection, ours))
            return Change(before, after)

    def _reference_of(self, connection: sa.Connection, told: Told) -> str | None:
        ours = _C.notification_id == told.id
        if told.reference is not None:
            ours |= _C.reference == told.reference
        return connection.scalar(sa.select(_C.reference).where(ours).limit(1))

    def acted(self, reference: str, *, connection: HostConnection | None = None) -> None:
        """Say that you have acted on the end of a message: tried another way, told somebody.

        Args:
            reference: the outbox's name for it.
            connection: a transaction of yours to join.

        Raises:
            NotInOutboxError: the outbox does not hold it.
        """
        with self._store.begin(connection) as ours:
            found = _writing.locked(ours, reference)
            if found is None:
                raise NotInOutboxError("acted()")
            ours.execute(
                sa.update(MESSAGES)
                .where(_C.reference == reference, _C.acted_at.is_(None))
                .values(acted_at=self._store.now(), revision=_C.revision + 1)
            )

    def unacted(
        self, *, older_than: timedelta = timedelta(), limit: int = 1000
    ) -> tuple[OutboxMessage, ...]:
        """Return the messages that ended, or wait for a person, and that nobody has acted on.

        What you cancelled yourself is not among them.

        Args:
            older_than: how long ago at the least that was learnt.
            limit: how many at the most.
        """
        return self._read(
            _C.state.in_(_TO_ACT_ON) | ((_C.state == _S.SENT) & _C.ended_at.is_not(None)),
            _C.acted_at.is_(None),
            _C.changed_at <= self._store.now() - older_than,
            order=_C.changed_at,
            limit=limit,
        )

    def unended(
        self, *, older_than: timedelta = timedelta(), limit: int = 1000
    ) -> tuple[OutboxMessage, ...]:
        """Return the messages that Notify has and that have not ended, for a poller.

        Callbacks do not tell of every end, so ask Notify for these before it forgets them.

        Args:
            older_than: how long ago at the least they were sent.
            limit: how many at the most; those that were sent first.
        """
        return self._read(
            _C.state == _S.SENT,
            _C.ended_at.is_(None),
            _C.sent_at <= self._store.now() - older_than,
            order=_C.sent_at,
            limit=limit,
        )

    # ------------------------------------------------------------------ looking

    def get(self, reference: str) -> OutboxMessage | None:
        """Return a message, or None.

        Args:
            reference: the outbox's name for it.
        """
        found = self._read(_C.reference == reference)
        return found[0] if found else None

    def for_case(self, case: str) -> tuple[OutboxMessage, ...]:
        """Return the messages of a case, oldest first.

        Args:
            case: your own id of what they are about.
        """
        return self._read(_C.case_id == case)

    def aside(self) -> tuple[OutboxMessage, ...]:
        """Return the messages that a person must look at, the longest first.

        `aside` ones cannot be sent as they are; of `in_doubt` ones nobody knows whether they were.
        """
        return self._read(_C.state.in_((_S.ASIDE, _S.IN_DOUBT)), order=_C.changed_at)

    def put_back(self, reference: str, *, although_in_doubt: bool = False) -> bool:
        """Let a message that was set aside be sent after all, with all its attempts.

        Args:
            reference: the outbox's name for it.
            although_in_doubt: whether to send it also where it may have been sent before: you have
                found out that it was not, or twice is better than never.

        Returns:
            False where it is not set aside, or is in doubt and you did not say so.
        """
        with self._store.begin() as connection:
            found = _writing.locked(connection, reference)
            if found is None or (found.message.state is _S.IN_DOUBT and not although_in_doubt):
                return False
            after = _states.step(found.message, Step.PUT_BACK, now=self._store.now())
            if after is None or not self._write(connection, found.message, after):
                return False
            self._queue.put(reference, {}, priority=after.priority, connection=connection)
            return True

    def counts(self) -> OutboxCounts:
        """Count the messages."""
        states = sa.select(_C.state, sa.func.count().label("number")).group_by(_C.state)
        with self._store.read() as connection:
            number = {row.state: row.number for row in connection.execute(states)}
        queue = self._queue.counts()
        return OutboxCounts(
            **{state.value: number.get(state.value, 0) for state in MessageState},
            due=queue.due,
            oldest_due=queue.oldest_due,
        )

    # ------------------------------------------------------------------ forgetting

    def erase(
        self,
        *,
        recipient: str | None = None,
        reference: str | None = None,
        connection: HostConnection | None = None,
    ) -> int:
        """Remove all messages to a person, or one message, and every trace of them.

        One that waits is not sent. The outbox then knows nothing of them: enqueued again, they
        are sent again.

        Args:
            recipient: a telephone number or an e-mail address, however it was typed. Letters are
                found by their reference.
            reference: the outbox's name for one message.
            connection: a transaction of yours to join.

        Returns:
            How many were removed.

        Raises:
            MessageInFlightError: one is being sent. Nothing was removed.
            InvalidValueError: give a recipient or a reference, and not both.
        """
        if (recipient is None) == (reference is None):
            raise InvalidValueError("Give a recipient or a reference, and not both.", field="erase")
        if recipient is not None:
            channel = "email" if "@" in recipient else "sms"
            mine = _C.recipient == _content.recipient_digest(channel, recipient)
        else:
            mine = _C.reference == reference
        with self._store.begin(connection) as ours:
            return _forgetting.erase(ours, mine, queue=self._queue, host=_either(connection, ours))

    def purge(
        self, *, before: datetime | None = None, connection: HostConnection | None = None
    ) -> int:
        """Remove what ended long ago, and forget the words and recipients that are kept no longer.

        Run it daily. What waits, is being sent, or waits for a person stays.

        Args:
            before: only what last changed before this instant; `keep` ago where it is None.
            connection: a transaction of yours to join.

        Returns:
            How many messages were removed.
        """
        now = self._store.now()
        with self._store.begin(connection) as ours:
            return _forgetting.purge(
                ours,
                before=now - self._keep if before is None else before,
                content_before=now - self._keep_content,
                now=now,
            )

    # ------------------------------------------------------------------ as one

    def _read(
        self,
        *conditions: sa.ColumnElement[bool],
        order: sa.ColumnElement[datetime] = _C.created_at,
        limit: int | None = None,
    ) -> tuple[OutboxMessage, ...]:
        with self._store.read() as connection:
            return _writing.read_all(connection, *conditions, order=order, limit=limit)

    def _write(
        self, connection: sa.Connection, before: OutboxMessage, after: OutboxMessage
    ) -> bool:
        return _writing.write(connection, before, after, keep_content=self.keeps_content)


def _either(host: HostConnection | None, ours: sa.Connection) -> HostConnection:
    """Return what the queue joins: the host's own connection, not the one that is lent to us."""
    return ours if host is None else host
