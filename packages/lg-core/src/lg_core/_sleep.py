# SPDX-License-Identifier: MIT
"""Wait, in either of the two ways: one name each, so that one source serves both clients."""

import time

__all__ = ["asleep", "sleep"]

sleep = time.sleep


async def asleep(seconds: float) -> None:
    """Wait in a task, on asyncio or Trio."""
    # anyio loads asyncio, which importing a component must not.
    import anyio

    await anyio.sleep(seconds)
