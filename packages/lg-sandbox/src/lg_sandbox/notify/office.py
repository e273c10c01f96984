# SPDX-License-Identifier: MIT
"""What the API and the inbox share: the clock, the service, its keys, the messages, one lock."""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from lg_sandbox.clock import Clock
from lg_sandbox.notify import machine, tokens
from lg_sandbox.notify.errors import ErrorName, NotifyError, Refusal
from lg_sandbox.notify.keys import ApiKey, KeyKind, new_key, parse_key
from lg_sandbox.notify.limits import Limits
from lg_sandbox.notify.model import Account, Message, Status
from lg_sandbox.notify.templates import Templates

__all__ = ["Office", "UnknownMessageError"]


class UnknownMessageError(LookupError):
    """There is no such message, or the API no longer knows it."""


@dataclass(slots=True)
class _HeldKey:
    key: ApiKey = field(repr=False)
    kind: KeyKind
    revoked: bool = False


class Office:
    """The state of the stand-in. Whoever reads or changes it holds `open()`.

    Args:
        clock: the virtual clock.
        wall: the time that tokens are held against, in seconds since 1970. It is real time, for
            the clock of the program that signs them is real too.
    """

    def __init__(self, clock: Clock, *, wall: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.account = Account()
        self.templates = Templates()
        self.limits = Limits()
        self._wall = wall
        self._lock = threading.RLock()
        self._keys: list[_HeldKey] = []
        self._messages: dict[str, Message] = {}

    @contextmanager
    def open(self) -> Generator[datetime]:
        """Hold the lock, and give the present instant."""
        with self._lock:
            yield self.clock.now()

    def admit(self, kind: KeyKind, *, name: str) -> str:
        """Make a key.

        Args:
            kind: what it may do.
            name: what to call it.

        Returns:
            The key.
        """
        key = new_key(self.account.id, name=name)
        with self._lock:
            self._keys.append(_HeldKey(key, kind))
        return key.text

    def revoke(self, text: str) -> None:
        """Take a key back.

        Args:
            text: the key.

        Raises:
            LookupError: when it is none of this service's.
        """
        with self._lock:
            for held in self._keys:
                if held.key.text == text:
                    held.revoked = True
                    return
        raise LookupError("This is no key of this stand-in: look where it came from.")

    def who(self, authorization: str | None) -> KeyKind:
        """Return the kind of key that a request was signed with.

        Args:
            authorization: the header `Authorization`.

        Raises:
            Refusal: 401 or 403 `AuthError`.
        """
        held = tokens.check(
            authorization,
            keys_of=lambda service: self._keys if service == self.account.id else None,
            secret_of=lambda held: held.key.secret,
            now=self._wall() + self.account.clock_skew.total_seconds(),
            archived=self.account.archived,
        )
        if held.revoked:
            raise Refusal(403, [NotifyError(ErrorName.AUTH, "Invalid token: API key revoked")])
        return held.kind

    def sign(self, key: str) -> str:
        """Make a token for a key, as a client does.

        Args:
            key: the key.

        Returns:
            The token.
        """
        return tokens.sign(parse_key(key), now=self._wall())

    def keep(self, message: Message) -> None:
        """Keep a new message, or a message's new state."""
        self._messages[message.id] = message

    def all(self, *, now: datetime) -> tuple[Message, ...]:
        """Return every message as it is now, oldest first, also those past their retention."""
        return tuple(machine.at(message, now) for message in self._messages.values())

    def listed(self, *, now: datetime) -> list[Message]:
        """Return what the API still knows, newest first."""
        oldest = now - self.account.retention
        return [each for each in reversed(self.all(now=now)) if each.created_at > oldest]

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
        """End a message.

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
        ended = machine.end(self.get(message_id, now=now), status, now=now)
        self.keep(ended)
        return ended
