# SPDX-License-Identifier: MIT
"""How many messages a service may send: in a minute, with each kind of key, and in a day."""

import math
from datetime import date, datetime

from lg_sandbox.notify.keys import KeyKind
from lg_sandbox.notify.model import Channel

__all__ = ["Limits"]

_LARGEST_BUCKET = 1000


class Limits:
    """What a service has used of its limits.

    Not safe between threads: the stand-in calls it under its lock.
    """

    def __init__(self) -> None:
        self._levels: dict[KeyKind, tuple[float, datetime]] = {}
        self._sent: dict[tuple[Channel, bool, bool], tuple[date, int]] = {}

    def take(self, key: KeyKind, *, rate: int, now: datetime) -> bool:
        """Take one request out of the bucket of a kind of key.

        The bucket holds a third of a minute's messages and one more, at most 1,000. A request
        that leaves less than one in it is refused, and has taken its share all the same
        (notifications-api, the token bucket behind 'Rate limits'; recorded answers 'limits').

        Args:
            key: the kind of key.
            rate: how many messages a minute.
            now: the instant on the virtual clock.

        Returns:
            False when the request is to be answered with 429.
        """
        size = float(min(math.ceil(rate / 3) + 1, _LARGEST_BUCKET))
        level, since = self._levels.get(key, (size, now))
        level = min(size, level + rate / 60 * (now - since).total_seconds()) - 1
        self._levels[key] = (max(level, 0.0), now)
        # A billionth of a message is rounding.
        return level >= 1 - 1e-9

    def used(self, channel: Channel, key: KeyKind, *, now: datetime, abroad: bool = False) -> int:
        """Return how many messages were sent today (UTC). A test key's are counted apart.

        Args:
            channel: how they were sent.
            key: the kind of key.
            now: the instant on the virtual clock.
            abroad: whether only those count that went abroad.
        """
        day, count = self._sent.get((channel, key is KeyKind.TEST, abroad), (now.date(), 0))
        return count if day == now.date() else 0

    def count(self, channel: Channel, key: KeyKind, *, now: datetime, abroad: bool = False) -> None:
        """Count one message.

        Args:
            channel: how it was sent.
            key: the kind of key.
            now: the instant on the virtual clock.
            abroad: whether it went abroad: it counts among all, and among those.
        """
        for part in {False, abroad}:
            used = self.used(channel, key, now=now, abroad=part)
            self._sent[channel, key is KeyKind.TEST, part] = (now.date(), used + 1)
