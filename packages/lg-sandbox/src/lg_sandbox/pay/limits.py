# SPDX-License-Identifier: MIT
"""How many requests an account may make in a second."""

from datetime import datetime
from enum import Enum

__all__ = ["Bucket", "Limits"]


class Bucket(Enum):
    """What is counted together, with the requests allowed in a second.

    Source: API reference, 'API rate limits' (15 POSTs to create payments, 15 to capture, 15
    others, each counted alone, per account) and publicapi code, `rateLimiter` (75 GETs).
    """

    CREATE = ("create", 15)
    CAPTURE = ("capture", 15)
    OTHER_POST = ("other_post", 15)
    GET = ("get", 75)

    @property
    def per_second(self) -> int:
        """How many requests the bucket holds, and gains in a second."""
        return self.value[1]


class Limits:
    """Token buckets, one for each account and kind of request.

    Not safe between threads: the stand-in calls it under its lock.
    """

    def __init__(self) -> None:
        self._levels: dict[tuple[str, Bucket], tuple[float, datetime]] = {}

    def take(self, account: str, bucket: Bucket, *, now: datetime) -> bool:
        """Take one request out of a bucket.

        Args:
            account: the account's id.
            bucket: the kind of request.
            now: the instant on the virtual clock.

        Returns:
            False when the bucket is empty, so that the request is to be answered with 429.
        """
        size = bucket.per_second
        level, since = self._levels.get((account, bucket), (float(size), now))
        level = min(float(size), level + size * (now - since).total_seconds())
        # A thousandth of a request is lost to rounding, never gained.
        if level < 1 - 1e-9:
            self._levels[account, bucket] = (level, now)
            return False
        self._levels[account, bucket] = (level - 1, now)
        return True
