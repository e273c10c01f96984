# SPDX-License-Identifier: MIT
"""Pauses: an account, or a channel of it, sends nothing for a while. All dispatchers keep them."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime

from lg_notify.outbox._entries import OutboxMessage
from lg_notify.outbox._plan import Pause
from lg_notify.outbox._schema import PAUSES

# lg_core.store says what to install where this is missing, so it comes first.
import sqlalchemy as sa  # isort: skip
from sqlalchemy.dialects import postgresql, sqlite  # isort: skip

__all__ = ["Pauses"]


class Pauses:
    """The pauses, as they were read last, and as this dispatcher writes them.

    Args:
        dialect: the database's.
        begin: opens a transaction.
        now: tells the time, in UTC.
    """

    def __init__(
        self,
        dialect: str,
        *,
        begin: Callable[[], AbstractContextManager[sa.Connection]],
        now: Callable[[], datetime],
    ) -> None:
        self._insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
        self._begin = begin
        self._now = now
        self._known: Mapping[tuple[str, str], Pause] = {}

    def read(self, connection: sa.Connection) -> None:
        """Read what all dispatchers have written.

        Args:
            connection: a transaction.
        """
        rows = connection.execute(sa.select(PAUSES))
        self._known = {
            (row.account, row.channel): Pause(row.until, row.reason, row.times) for row in rows
        }

    def of(self, message: OutboxMessage) -> Pause | None:
        """Return the pause that keeps a message the longest, or None.

        Args:
            message: the message.
        """
        found = [
            pause
            for channel in ("", message.channel)
            if (pause := self._known.get((message.account, channel))) is not None
        ]
        return max(found, key=lambda pause: pause.until, default=None)

    def times(self, account: str) -> int:
        """Return how often in a row an account was paused.

        Args:
            account: the account.
        """
        pause = self._known.get((account, ""))
        return 0 if pause is None else pause.times

    def start(self, account: str, *, channel: str, until: datetime, reason: str) -> None:
        """Let an account, or a channel of it, send nothing for a while.

        Args:
            account: the account.
            channel: its channel; empty for all.
            until: until when.
            reason: why.
        """
        now = self._now()
        mine = (PAUSES.c.account == account, PAUSES.c.channel == channel)
        times = 1
        with self._begin() as connection:
            row = connection.execute(sa.select(PAUSES).where(*mine).with_for_update()).first()
            if row is None:
                connection.execute(
                    self._insert(PAUSES)
                    .values(
                        account=account, channel=channel, until=until, reason=reason, times=times
                    )
                    .on_conflict_do_nothing()
                )
            elif row.until <= now:  # else another has just paused it for the same
                times = row.times + 1
                connection.execute(
                    sa.update(PAUSES).where(*mine).values(until=until, reason=reason, times=times)
                )
            else:
                return
        self._known = {**self._known, (account, channel): Pause(until, reason, times)}

    def end(self, message: OutboxMessage) -> None:
        """Forget the pauses of an account that has sent.

        Args:
            message: what it has sent.
        """
        mine = {(message.account, ""), (message.account, message.channel)}
        if not mine & self._known.keys():
            return
        now = self._now()
        with self._begin() as connection:
            connection.execute(
                sa.delete(PAUSES).where(
                    PAUSES.c.account == message.account,
                    PAUSES.c.channel.in_(["", message.channel]),
                    PAUSES.c.until <= now,
                )
            )
        self._known = {
            key: pause for key, pause in self._known.items() if key not in mine or pause.until > now
        }
