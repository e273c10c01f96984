# SPDX-License-Identifier: MIT
"""What the API and the pages share: the clock, the services, the messages, one lock."""

import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from lg_sandbox.clock import Clock
from lg_sandbox.notify import machine, tokens
from lg_sandbox.notify.callback_queue import Callback, CallbackQueue
from lg_sandbox.notify.callbacks import CallbackKind, receipt_body, tells_of
from lg_sandbox.notify.desk import Desk
from lg_sandbox.notify.errors import ErrorName, NotifyError, Refusal
from lg_sandbox.notify.files import HeldFile
from lg_sandbox.notify.keys import KeyKind, parse_key
from lg_sandbox.notify.model import Account, Channel, Message, Status
from lg_sandbox.notify.templates import FIRST_TEMPLATES, Template

__all__ = ["Office", "PlannedEnd", "UnknownMessageError"]


class UnknownMessageError(LookupError):
    """There is no such message, or the API no longer knows it."""


@dataclass(frozen=True, slots=True)
class PlannedEnd:
    """How a message to come is to end.

    Args:
        status: the state it ends in; `SENDING` for a text or an email of which its provider never
            reports.
        channel: of which kind of message.
        to: to whom, in the normal form; to anybody when None.
        times: for how many messages still.
    """

    status: Status
    channel: Channel
    to: str | None = field(repr=False)
    times: int


class Office:
    """The state of the stand-in. Whoever reads or changes it holds `open()`.

    Args:
        clock: the virtual clock.
        wall: the time that tokens are held against, in seconds since 1970. It is real time, for
            the clock of the program that signs them is real too.
    """

    def __init__(self, clock: Clock, *, wall: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.callbacks = CallbackQueue()
        self.files = dict[str, HeldFile]()
        self.planned: list[PlannedEnd] = []
        self._wall = wall
        self._lock = threading.RLock()
        self._desks: dict[str, Desk] = {}
        self._messages: dict[str, Message] = {}
        self._awaited: dict[str, None] = {}
        self.first = self.add(Account())

    @contextmanager
    def open(self) -> Generator[datetime]:
        """Hold the lock, and give the present instant."""
        with self._lock:
            yield self.clock.now()

    @property
    def desks(self) -> tuple[Desk, ...]:
        """The services, oldest first."""
        return tuple(self._desks.values())

    def add(self, account: Account, *, first: tuple[Template, ...] = FIRST_TEMPLATES) -> Desk:
        """Add a service.

        Args:
            account: its settings.
            first: the templates that it begins with.

        Raises:
            ValueError: when another service has the same id.
        """
        with self._lock:
            if account.id in self._desks:
                raise ValueError("Another service has this id: give each service its own.")
            desk = Desk(account, now=self.clock.now, first=first)
            self._desks[account.id] = desk
            return desk

    def desk(self, account_id: str) -> Desk:
        """Return the service with an id that a message carries.

        Args:
            account_id: the id of the service.
        """
        return self._desks[account_id]

    def revoke(self, text: str) -> None:
        """Take a key back.

        Args:
            text: the key.

        Raises:
            LookupError: when it is no service's.
        """
        with self._lock:
            for desk in self._desks.values():
                held = desk.held(text)
                if held is not None:
                    held.revoked = True
                    return
        raise LookupError("This is no key of this stand-in: look where it came from.")

    def who(self, authorization: str | None) -> tuple[Desk, KeyKind]:
        """Return the service and the kind of key that a request was signed with.

        Args:
            authorization: the header `Authorization`.

        Raises:
            Refusal: 401 or 403 `AuthError`.
        """
        held = tokens.check(
            authorization,
            ring_of=lambda service: self._desks[service].ring if service in self._desks else None,
            secret_of=lambda held: held.key.secret,
            now=self._wall() + self.first.account.clock_skew.total_seconds(),
        )
        if held.revoked:
            raise Refusal(403, [NotifyError(ErrorName.AUTH, "Invalid token: API key revoked")])
        return self._desks[held.key.service], held.kind

    def sign(self, key: str) -> str:
        """Make a token for a key, as a client does.

        Args:
            key: the key.

        Returns:
            The token.
        """
        return tokens.sign(parse_key(key), now=self._wall())

    def keep(self, message: Message) -> None:
        """Keep a new message.

        Args:
            message: the message.
        """
        self._messages[message.id] = message
        if self.callbacks.of(CallbackKind.DELIVERY_RECEIPT, account=message.account) is not None:
            self._awaited[message.id] = None

    def course(self, recipient: str, *, channel: Channel, outcome: Status) -> Status:
        """Return how a message will end: as planned, or as it would.

        Args:
            recipient: to whom, in the normal form.
            channel: how it is sent.
            outcome: how it would end.
        """
        for index, planned in enumerate(self.planned):
            if planned.channel is channel and planned.to in {None, recipient}:
                if planned.times == 1:
                    del self.planned[index]
                else:
                    self.planned[index] = replace(planned, times=planned.times - 1)
                return planned.status
        return outcome

    def all(self, *, now: datetime) -> tuple[Message, ...]:
        """Return every message as it is now, oldest first, also those past their retention.

        Args:
            now: the instant.
        """
        return tuple(machine.at(message, now) for message in self._messages.values())

    def listed(self, account: Account, *, now: datetime) -> Iterator[Message]:
        """Give what the API still knows of a service, newest first.

        Args:
            account: the service.
            now: the instant.
        """
        oldest = now - account.retention
        for message in reversed(self._messages.values()):
            if message.account == account.id and message.created_at > oldest:
                yield machine.at(message, now)

    def get(self, message_id: str, *, now: datetime) -> Message:
        """Return one message as it is now, also when it is past its retention.

        Args:
            message_id: Notify's id of it.
            now: the instant.

        Raises:
            UnknownMessageError: when there is no such message.
        """
        message = self._messages.get(message_id)
        if message is None:
            raise UnknownMessageError(
                "There is no message with this id. Look at `sandbox.notify.messages`."
            )
        return machine.at(message, now)

    def end(self, message_id: str, status: Status, *, now: datetime) -> Message:
        """End a message, and tell its service where that has a callback.

        Args:
            message_id: Notify's id of it.
            status: how.
            now: the instant.

        Returns:
            The message.

        Raises:
            UnknownMessageError: when there is no such message.
            ValueError: when messages do not end so.
        """
        self.catch_up(now=now)
        ended = machine.end(self.get(message_id, now=now), status, now=now)
        self._messages[ended.id] = ended
        self._awaited.pop(ended.id, None)
        self._tell(ended, at=now)
        return ended

    def set_up(self, callback: Callback, *, now: datetime) -> None:
        """Set a callback up. Receipts are told of what ends from now on.

        Args:
            callback: the callback.
            now: the instant.
        """
        self.catch_up(now=now)
        self.callbacks.set_up(callback)
        if callback.kind is CallbackKind.DELIVERY_RECEIPT:
            for message in self._messages.values():
                if message.account == callback.account and not machine.at(message, now).finished:
                    self._awaited[message.id] = None

    def catch_up(self, *, now: datetime) -> None:
        """Make the receipts of what has ended by now. Sending does no such work.

        Args:
            now: the instant.
        """
        seen = [machine.at(self._messages[each], now) for each in self._awaited]
        for message in seen:
            if message.finished:
                del self._awaited[message.id]
                self._tell(message, at=message.completed_at or now)

    def _tell(self, message: Message, *, at: datetime) -> None:
        if tells_of(message):
            self.callbacks.tell(
                CallbackKind.DELIVERY_RECEIPT,
                receipt_body(message),
                account=message.account,
                about=message.id,
                at=at,
            )
