# SPDX-License-Identifier: MIT
"""The callbacks of a service, what is still to be told, and when the next try is due.

Source: technical documentation, 'Callbacks'; notifications-api, `service_callback_tasks.py`: a try
has 5 seconds; a connection that fails, 429 and 5xx are tried again every 5 minutes, at most 5
times; any other answer but 2xx is the end, and what was to be told is lost.

Every time here is on the virtual clock. Not safe between threads: the stand-in calls it under its
one lock, and never holds that lock while it sends.
"""

import hashlib
import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from lg_sandbox.notify.callbacks import CallbackKind

__all__ = [
    "RETRIES",
    "RETRY_EVERY",
    "TIMEOUT_SECONDS",
    "Callback",
    "CallbackAttempt",
    "CallbackQueue",
    "CallbackStatus",
    "Disorder",
    "Telling",
]

TIMEOUT_SECONDS = 5.0
"""How long Notify waits for an answer, in seconds."""

RETRY_EVERY = timedelta(minutes=5)
"""How long it waits before it tries again."""

RETRIES = 5
"""How often it tries again: six tries in all."""

_TOO_MANY = 429


class CallbackStatus(StrEnum):
    """How the telling of one thing stands."""

    PENDING = "pending"
    """A try is still to come."""
    DELIVERED = "delivered"
    """The service answered with 2xx."""
    DROPPED = "dropped"
    """The service refused it with another status, and Notify never tells it again."""
    GIVEN_UP = "given up"
    """Six tries failed."""


@dataclass(frozen=True, slots=True)
class Callback:
    """A callback as a service sets it up.

    Args:
        kind: what it tells of.
        account: the id of the service.
        url: where it goes; None where it is handed over in process.
        bearer_token: what the service knows Notify by.
        created_at: when it was set up.
    """

    kind: CallbackKind
    account: str
    url: str | None
    bearer_token: str = field(repr=False)
    created_at: datetime


@dataclass(frozen=True, slots=True)
class CallbackAttempt:
    """One try to tell a service something.

    Args:
        telling_id: the id of what was told.
        kind: what it was about.
        at: when.
        status: the HTTP status answered; None when nothing was.
        delivered: whether it was any 2xx.
        repeat: whether it is the second copy that `Disorder.duplicate` asks for.
    """

    telling_id: str
    kind: CallbackKind
    at: datetime
    status: int | None
    delivered: bool
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class Telling:
    """One thing that a service is told, with what became of it.

    Args:
        id: ours; Notify sends none.
        kind: what it is about.
        account: the id of the service.
        about: Notify's id of the message or the received text.
        at: when it happened.
        body: the bytes that are sent.
        number: its place among all, from 0.
        status: how it stands.
        due_at: when the next try is due; None when there is none.
        attempts: the tries so far, oldest first.
    """

    id: str
    kind: CallbackKind
    account: str
    about: str
    at: datetime
    body: bytes = field(repr=False)
    number: int
    status: CallbackStatus
    due_at: datetime | None
    attempts: tuple[CallbackAttempt, ...] = ()


@dataclass(slots=True)
class Disorder:
    """What may happen to callbacks on the way. Notify promises no order and no single delivery.

    Args:
        shuffle: whether those that are due come in another order, always the same for a seed.
        duplicate: whether each comes twice.
        seed: for the order.
    """

    shuffle: bool = False
    duplicate: bool = False
    seed: int = 0


class CallbackQueue:
    """The callbacks of all services, and what is told by them, oldest first."""

    def __init__(self) -> None:
        self.disorder = Disorder()
        self._callbacks: dict[tuple[str, CallbackKind], Callback] = {}
        self._tellings: dict[str, Telling] = {}

    @property
    def callbacks(self) -> tuple[Callback, ...]:
        """The callbacks that are set up."""
        return tuple(self._callbacks.values())

    @property
    def tellings(self) -> tuple[Telling, ...]:
        """What was and is told, oldest first."""
        return tuple(self._tellings.values())

    def set_up(self, callback: Callback) -> None:
        """Set a callback up, in place of the one of its kind.

        Args:
            callback: the callback.
        """
        self._callbacks[callback.account, callback.kind] = callback

    def remove(self, kind: CallbackKind, *, account: str) -> None:
        """Take a callback away. What it was still to tell waits for the next of its kind.

        Args:
            kind: which.
            account: the id of the service.
        """
        self._callbacks.pop((account, kind), None)

    def of(self, kind: CallbackKind, *, account: str) -> Callback | None:
        """Return the callback of a kind, or None.

        Args:
            kind: which.
            account: the id of the service.
        """
        return self._callbacks.get((account, kind))

    def tell(
        self, kind: CallbackKind, body: bytes, *, account: str, about: str, at: datetime
    ) -> Telling | None:
        """Plan to tell a service something.

        Args:
            kind: what it is about.
            body: what is sent.
            account: the id of the service.
            about: Notify's id of the message or the received text.
            at: when it happened.

        Returns:
            What is told; None where the service has no callback for it: then nobody is told.
        """
        if (account, kind) not in self._callbacks:
            return None
        telling = Telling(
            id=str(uuid.uuid4()),
            kind=kind,
            account=account,
            about=about,
            at=at,
            body=body,
            number=len(self._tellings),
            status=CallbackStatus.PENDING,
            due_at=at,
        )
        self._tellings[telling.id] = telling
        return telling

    def due(self, *, now: datetime) -> tuple[Telling, ...]:
        """Return what is due to be told, in the order in which it is sent.

        Args:
            now: the instant on the virtual clock.
        """
        found = [
            each
            for each in self._tellings.values()
            if each.due_at is not None
            and each.due_at <= now
            and (each.account, each.kind) in self._callbacks
        ]
        place = self._place if self.disorder.shuffle else _by_time
        return tuple(sorted(found, key=place))

    def record(self, telling: Telling, status: int | None, *, now: datetime) -> CallbackAttempt:
        """Note how a try ended, and plan the next one where there is one.

        Args:
            telling: what was told, as `due` gave it.
            status: the HTTP status answered; None when nothing was.
            now: the instant on the virtual clock.
        """
        delivered = _was_delivered(status)
        attempt = CallbackAttempt(telling.id, telling.kind, now, status, delivered)
        attempts = (*telling.attempts, attempt)
        due_at = None
        if delivered:
            stands = CallbackStatus.DELIVERED
        elif not _is_retried(status):
            stands = CallbackStatus.DROPPED
        elif len(attempts) > RETRIES:
            stands = CallbackStatus.GIVEN_UP
        else:
            stands, due_at = CallbackStatus.PENDING, now + RETRY_EVERY
        self._tellings[telling.id] = replace(
            telling, status=stands, due_at=due_at, attempts=attempts
        )
        return attempt

    def repeat(self, telling: Telling, status: int | None, *, now: datetime) -> CallbackAttempt:
        """Note the second copy of what was told: it changes nothing.

        Args:
            telling: what was told.
            status: the HTTP status answered; None when nothing was.
            now: the instant on the virtual clock.
        """
        return CallbackAttempt(
            telling.id, telling.kind, now, status, _was_delivered(status), repeat=True
        )

    def _place(self, telling: Telling) -> bytes:
        return hashlib.sha256(f"{self.disorder.seed} {telling.number}".encode()).digest()


def _by_time(telling: Telling) -> bytes:
    return f"{telling.at.isoformat(timespec='microseconds')} {telling.number:012}".encode()


def _was_delivered(status: int | None) -> bool:
    return status is not None and 200 <= status <= 299  # noqa: PLR2004 -- HTTP statuses


def _is_retried(status: int | None) -> bool:
    return status is None or status == _TOO_MANY or status >= 500  # noqa: PLR2004 -- HTTP statuses
