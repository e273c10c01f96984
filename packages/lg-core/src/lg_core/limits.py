# SPDX-License-Identifier: MIT
"""Keep below a platform's published rate limits, so that it need not say no.

A bucket of tokens for each kind of call, in this process, shared by every thread and task that
uses the same `Limiter`. A call takes a token, and each token comes back one period after the call
for which it was taken: so no window of one period ever holds more calls than the rate allows,
wherever the platform's own window begins. (A bucket that refills steadily would let twice the rate
through in the period after a rest.)

A platform whose own limit is a bucket that refills steadily allows that. For it a rate has a
`burst`: tokens then come back evenly, and those that nobody takes are kept, up to the burst.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lg_core import _fork

__all__ = ["Limiter", "Rate"]


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls in so many seconds.

    Attributes:
        calls: how many calls may be made in each period.
        seconds: the length of the period.
        burst: how many calls may be saved up and made at once after a rest, where the platform
            refills steadily. None holds the rate in every window. A bucket begins with the calls of
            one period, not with the burst: the platform may still count what another process sent.

    Raises:
        ValueError: calls is less than 1, seconds is not more than 0, or burst is less than 1.
    """

    calls: int
    seconds: float = 1.0
    burst: int | None = None

    def __post_init__(self) -> None:
        """Refuse a rate that would let nothing through."""
        if self.calls < 1 or not self.seconds > 0:
            raise ValueError("A rate is 1 call or more, in a period of more than 0 seconds.")
        if self.burst is not None and self.burst < 1:
            raise ValueError("A burst is 1 call or more.")

    def shared(self, workers: int) -> "Rate":
        """Return the part of this rate that one of several workers may use.

        Rounded down, so that all workers together keep the rate in every window. Where there are
        more workers than calls, each makes one call in a longer period, and together they keep the
        rate over that period.

        Args:
            workers: how many workers divide the rate.

        Returns:
            The part of one worker.
        """
        burst = None if self.burst is None else max(1, self.burst // workers)
        if workers <= self.calls:
            return Rate(self.calls // workers, self.seconds, burst)
        return Rate(1, self.seconds * workers / self.calls, burst)


class _Bucket:
    """The instants at which the tokens of one bucket come back, soonest first."""

    __slots__ = ("_back", "_rate")

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._back: deque[float] = deque(maxlen=rate.calls)

    def reserve(self, now: float, max_wait: float) -> float | None:
        full = len(self._back) == self._rate.calls
        at = max(now, self._back[0]) if full else now
        if at - now > max_wait:
            return None
        self._back.append(at + self._rate.seconds)
        return at - now


class _Refilling:
    """The tokens of a bucket that refills steadily; below 0 for calls that wait their turn."""

    __slots__ = ("_burst", "_last", "_per_second", "_tokens")

    def __init__(self, rate: Rate, burst: int) -> None:
        self._per_second = rate.calls / rate.seconds
        self._burst = float(burst)
        self._tokens = float(min(rate.calls, burst))
        self._last: float | None = None

    def reserve(self, now: float, max_wait: float) -> float | None:
        # A clock that stands still or is read out of order brings no token back twice.
        since = 0.0 if self._last is None else max(0.0, now - self._last)
        tokens = min(self._burst, self._tokens + since * self._per_second) - 1
        wait = max(0.0, -tokens / self._per_second)
        if wait > max_wait:
            return None
        self._tokens = tokens
        self._last = now if self._last is None else max(self._last, now)
        return wait


def _bucket(rate: Rate) -> _Bucket | _Refilling:
    return _Bucket(rate) if rate.burst is None else _Refilling(rate, rate.burst)


class Limiter:
    """Token buckets by name. Safe to share between threads, tasks and clients.

    Args:
        rates: the rate of each bucket; a bucket without a rate is not limited.
        share: how many workers divide the rates between them, this one included.
        clock: seconds that only go forward.

    Raises:
        ValueError: share is less than 1.
    """

    def __init__(
        self,
        rates: Mapping[str, Rate],
        *,
        share: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if share < 1:
            raise ValueError("share is the number of workers, so it is 1 or more.")
        self._buckets = {name: _bucket(rate.shared(share)) for name, rate in rates.items()}
        self._clock = clock
        self._lock = threading.Lock()
        self._generation = _fork.generation()

    def reserve(self, bucket: str, *, max_wait: float) -> float | None:
        """Take a token from a bucket.

        Args:
            bucket: the name of the bucket.
            max_wait: the longest wait that is of use, in seconds.

        Returns:
            Seconds to wait before the call, 0 for none; or None where the wait would be longer
            than `max_wait`, and then no token was taken.
        """
        tokens = self._buckets.get(bucket)
        if tokens is None:
            return 0.0
        if self._generation != _fork.generation():
            # A thread of the parent may have held the lock when this process was forked off.
            self._lock = threading.Lock()
            self._generation = _fork.generation()
        with self._lock:
            return tokens.reserve(self._clock(), max_wait)
