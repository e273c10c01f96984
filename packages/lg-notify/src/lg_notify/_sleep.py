# SPDX-License-Identifier: MIT
"""Wait, in either of the two ways: one name each, so that one source serves both clients."""

import time
from typing import Protocol

__all__ = ["AsyncPause", "Pause", "asleep", "sleep"]


class Pause(Protocol):
    """Waits."""

    def __call__(self, seconds: float, /) -> None:
        """Wait so many seconds."""
        ...


class AsyncPause(Protocol):
    """Waits in a task."""

    async def __call__(self, seconds: float, /) -> None:
        """Wait so many seconds."""
        ...


sleep = time.sleep


async def asleep(seconds: float, /) -> None:
    """Wait in a task, on asyncio or Trio."""
    # anyio loads asyncio, which importing a component must not.
    import anyio

    await anyio.sleep(seconds)
