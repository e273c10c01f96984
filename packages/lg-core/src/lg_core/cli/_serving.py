# SPDX-License-Identifier: MIT
"""Keep a command running until it is asked to stop: by Ctrl-C, or by whoever started it."""

import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types import FrameType

__all__ = ["until_stopped"]

_TICK_SECONDS: Final = 0.5  # Windows delivers Ctrl-C to a waiting thread only when the wait ends


@contextmanager
def until_stopped() -> Generator[Callable[[], None]]:
    """Listen for SIGINT and SIGTERM from entering on, so that neither is lost while things start.

    Yields:
        A function that waits until one of them has come.
    """
    stopping = threading.Event()

    def stop(_number: int, _frame: "FrameType | None") -> None:
        stopping.set()

    def wait() -> None:
        while not stopping.wait(_TICK_SECONDS):
            pass

    before = {name: signal.signal(name, stop) for name in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield wait
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
