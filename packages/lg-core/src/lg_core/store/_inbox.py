# SPDX-License-Identifier: MIT
"""An inbox for what others send: each message is kept once, and worked on later."""

from collections.abc import Mapping
from datetime import timedelta

from pydantic import JsonValue

from lg_core.store._hosts import HostConnection
from lg_core.store._store import Store
from lg_core.store._work import WorkQueue

__all__ = ["Inbox"]


class Inbox:
    """Keeps each message that arrives once, for a worker.

    A webhook is verified, received here and answered; everything else happens in a worker. A
    sender that is not sure of our answer sends again, so a key that is known is a replay.

    Args:
        store: where the messages are kept.
        name: the inbox's name, such as `lg-pay.webhooks`.
        keep: how long the key of a message that was worked on is known. It must be longer than
            the sender goes on repeating.
        lease: how long a worker holds a message before another may take it.
        max_attempts: how often a message is taken before it is set aside.

    Raises:
        InvalidValueError: the name has another shape.
        ConfigError: the lease or the number of attempts is not above zero, or the tables are of
            another version.
    """

    def __init__(
        self,
        store: Store,
        *,
        name: str,
        keep: timedelta = timedelta(days=30),
        lease: timedelta = timedelta(seconds=60),
        max_attempts: int = 20,
    ) -> None:
        self._queue = WorkQueue(
            store, name=name, lease=lease, max_attempts=max_attempts, keep_done=keep
        )

    def __repr__(self) -> str:
        return f"Inbox({self._queue.store!r}, name={self._queue.name!r})"

    @property
    def queue(self) -> WorkQueue:
        """The queue from which a worker takes the messages."""
        return self._queue

    def receive(
        self,
        key: str,
        body: Mapping[str, JsonValue],
        *,
        connection: HostConnection | None = None,
    ) -> bool:
        """Keep a message, unless its key is known.

        When this returns, the message is on the disk and the sender may be told that it arrived.

        Args:
            key: what names the message: its id, or a digest of it; 1 to 200 characters.
            body: what the worker needs of it, as a JSON object.
            connection: a transaction to join; see `Store.begin`. The message is then kept when
                that transaction is committed.

        Returns:
            False where it is known: a replay.

        Raises:
            InvalidValueError: the key or the body cannot be kept.
            StoreError: the database could not do what it was asked; ask the sender to repeat.
        """
        return self._queue.put(key, body, connection=connection)
