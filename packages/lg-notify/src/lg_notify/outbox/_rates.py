# SPDX-License-Identifier: MIT
"""The bucket of GOV.UK Notify's rate limit, mirrored so that all processes stay below it.

Notify keeps a bucket of tokens for each service and kind of key: `min(ceil(rate / 3) + 1, 1000)` of
them, refilled at `rate / 60` a second. Each request takes one, a refused request too, and a request
that leaves less than one is refused. So it lets a burst of one less than its size through, and a
program that goes on asking while it is empty keeps it empty.

The mirror is one row of a table. Whoever wants to send takes a few tokens at once, so that the
table is asked a few times a second and not for each message; where there are none, they are
promised for the instant at which they will be there. Notify counts a request when it arrives, a
while after its token was due: the mirror is smaller than the real bucket by `spare`, so that up to
so many tokens may be held or on the way at once, in all processes together, and none is refused.
"""

import math
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from lg_core.errors import ConfigError
from lg_core.store import Store
from lg_notify.outbox._schema import RATES

# lg_core.store says what to install where this is missing, so it comes first.
import sqlalchemy as sa  # isort: skip
from sqlalchemy.dialects import postgresql, sqlite  # isort: skip

__all__ = ["Level", "SendRate", "SharedRate", "drained", "promise"]

_LARGEST: Final = 1000
_REST: Final = timedelta(seconds=5)
"""How long nothing is sent after a refusal: somebody else uses the key, who must get a turn."""
_CLOCKS_APART: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class SendRate:
    """How fast messages may be sent with one kind of key.

    Args:
        per_minute: Notify's limit for the service (docs, 'Rate limits'): 3,000 as a rule.
        spare: how many requests may be held back or on the way at once: threads of all dispatchers
            together, and a block of tokens for each dispatcher. The burst is smaller by so many.

    Raises:
        ConfigError: a number is below 1.
    """

    per_minute: int = 3000
    spare: int = 200

    def __post_init__(self) -> None:
        if self.per_minute < 1 or self.spare < 1:
            raise ConfigError("per_minute and spare must be 1 or more.", setting="rate")

    @property
    def burst(self) -> int:
        """How many messages may be sent at once after a rest."""
        size = min(math.ceil(self.per_minute / 3) + 1, _LARGEST)
        return max(1, size - 1 - self.spare)

    @property
    def per_second(self) -> float:
        """How many tokens come back in a second."""
        return self.per_minute / 60


@dataclass(frozen=True, slots=True)
class Level:
    """How full a bucket is, and since when. Below 0 where tokens are promised."""

    tokens: float
    at: datetime


def promise(
    level: Level, rate: SendRate, *, now: datetime, count: int, patience: timedelta
) -> tuple[Level | None, tuple[datetime, ...]]:
    """Take tokens out of a bucket, those that are not there yet for the instant when they are.

    Args:
        level: how full it was.
        rate: how it refills.
        now: the present.
        count: how many tokens.
        patience: how far off the first of them may be.

    Returns:
        The level then, and from when each token is good. Where the first is too far off, none is
        taken: the level is None, and that instant stands alone.
    """
    if now < level.at - _CLOCKS_APART:  # the clock that wrote it was wrong, or this one is
        level = Level(min(level.tokens, 0.0), now)
    elapsed = max((now - level.at).total_seconds(), 0.0)
    tokens = min(rate.burst, level.tokens + elapsed * rate.per_second)
    waits = [max(0.0, (number - tokens) / rate.per_second) for number in range(1, count + 1)]
    instants = tuple(now + timedelta(seconds=wait) for wait in waits)
    # A clock that is behind another takes, and does not refill: the other does.
    at = max(now, level.at)
    if instants[0] > now + patience:
        return None, instants[:1]
    return Level(tokens - count, at), instants


def drained(rate: SendRate, *, now: datetime) -> Level:
    """Return the level of a bucket out of which Notify has refused a request.

    Args:
        rate: how it refills.
        now: when.
    """
    return Level(-rate.per_second * _REST.total_seconds(), now)


class SharedRate:
    """The tokens of this process, fetched in blocks from the table. Safe between threads.

    Args:
        store: where the table is.
        rate: how the buckets refill; None for no limit of ours.
        key_kind: which kind of key.
        block: how many tokens are fetched at once.
        now: tells the time.
    """

    def __init__(
        self,
        store: Store,
        rate: SendRate | None,
        *,
        key_kind: str,
        block: int,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._rate = rate
        self._key_kind = key_kind
        self._block = block
        self._now = now
        self._lock = threading.Lock()
        self._held: dict[str, deque[datetime]] = {}

    def take(self, account: str, *, patience: timedelta) -> tuple[bool, datetime]:
        """Take a token.

        Args:
            account: out of whose bucket.
            patience: how far off it may be.

        Returns:
            Whether one was taken, and from when it is good, or from when to ask again.
        """
        now = self._now()
        if self._rate is None:
            return True, now
        with self._lock:
            held = self._held.setdefault(account, deque())
            if held and held[0] > now + patience:  # the clock was set back since
                held.clear()
            if not held:
                level, instants = self._fetch(account, self._rate, patience=patience)
                if level is None:
                    return False, instants[0]
                held.extend(instants)
            return True, max(now, held.popleft())

    def give_back(self, account: str, token: datetime) -> None:
        """Give back a token that was not used.

        Args:
            account: out of whose bucket it was taken.
            token: from when it is good.
        """
        with self._lock:
            self._held.setdefault(account, deque()).appendleft(token)

    def refused(self, account: str) -> None:
        """Note that Notify has refused a request for the rate: the bucket is empty.

        Args:
            account: whose bucket.
        """
        if self._rate is None:
            return
        with self._lock:
            self._held.pop(account, None)
            with self._store.begin() as connection:
                level = self._level(connection, account, self._rate)
                empty = drained(self._rate, now=self._now())
                if level.tokens > empty.tokens:
                    self._write(connection, account, empty)

    def _fetch(
        self, account: str, rate: SendRate, *, patience: timedelta
    ) -> tuple[Level | None, tuple[datetime, ...]]:
        with self._store.begin() as connection:
            after, instants = promise(
                self._level(connection, account, rate),
                rate,
                now=self._now(),
                count=self._block,
                patience=patience,
            )
            if after is not None:
                self._write(connection, account, after)
            return after, instants

    def _level(self, connection: sa.Connection, account: str, rate: SendRate) -> Level:
        full = Level(rate.burst, self._now())
        insert = sqlite.insert if self._store.dialect == "sqlite" else postgresql.insert
        connection.execute(
            insert(RATES)
            .values(account=account, key_kind=self._key_kind, tokens=full.tokens, at=full.at)
            .on_conflict_do_nothing()
        )
        row = connection.execute(
            sa.select(RATES.c.tokens, RATES.c.at).where(*self._named(account)).with_for_update()
        ).one()
        return Level(row.tokens, row.at)

    def _write(self, connection: sa.Connection, account: str, level: Level) -> None:
        connection.execute(
            sa.update(RATES).where(*self._named(account)).values(tokens=level.tokens, at=level.at)
        )

    def _named(self, account: str) -> tuple[sa.ColumnElement[bool], ...]:
        return RATES.c.account == account, RATES.c.key_kind == self._key_kind
