# SPDX-License-Identifier: MIT
"""Do a step of the book, and wait, in either of the two ways: one source serves both books.

The store is synchronous. A task does a step in a worker thread, and sees it through even where it
is cancelled meanwhile, since half a step is what the book exists to prevent.
"""

import functools
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

__all__ = ["asleep", "astep", "sleep", "step"]

P = ParamSpec("P")
T = TypeVar("T")

sleep = time.sleep


async def asleep(seconds: float) -> None:
    """Wait in a task."""
    # anyio loads asyncio, which a synchronous service need not have.
    import anyio

    await anyio.sleep(seconds)


def step(work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """Do a step in this thread."""
    return work(*args, **named)


async def astep(work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """Do a step in a worker thread, to its end; in this thread where it joins a connection.

    A host's connection belongs to the host's thread, and `sqlite3` insists on it.
    """
    import anyio
    import anyio.to_thread

    if named.get("connection") is not None:
        return work(*args, **named)
    with anyio.CancelScope(shield=True):
        return await anyio.to_thread.run_sync(functools.partial(work, *args, **named))
    raise AssertionError  # a scope that only shields ends nothing
