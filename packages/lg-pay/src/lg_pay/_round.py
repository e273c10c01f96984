# SPDX-License-Identifier: MIT
"""Ask several accounts at once, in tasks or in threads: a name each, so one source serves both."""

from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from lg_core.errors import LgError

__all__ = ["agather", "gather"]

T = TypeVar("T")

_THREADS = 16


def gather(work: Mapping[str, Callable[[], T]]) -> dict[str, T | LgError]:
    """Do all of it in threads, and return what each gave or how it failed, by name."""

    def one(each: Callable[[], T]) -> T | LgError:
        try:
            return each()
        except LgError as error:
            return error

    with ThreadPoolExecutor(max_workers=min(_THREADS, len(work) or 1)) as threads:
        # Each thread sees the caller's context: for whom use is counted stands there.
        begun = {name: threads.submit(copy_context().run, one, each) for name, each in work.items()}
        return {name: each.result() for name, each in begun.items()}


async def agather(work: Mapping[str, Callable[[], Awaitable[T]]]) -> dict[str, T | LgError]:
    """Do all of it in tasks, and return what each gave or how it failed, by name."""
    import anyio

    found: dict[str, T | LgError] = {}

    async def one(name: str, each: Callable[[], Awaitable[T]]) -> None:
        try:
            found[name] = await each()
        except LgError as error:
            found[name] = error

    async with anyio.create_task_group() as tasks:
        for name, each in work.items():
            tasks.start_soon(one, name, each)
    return {name: found[name] for name in work}
