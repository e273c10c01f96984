# SPDX-License-Identifier: MIT
"""A bar for long work, where a person is watching: how far, how fast, and how long still."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Protocol

__all__ = ["Told", "bar"]


class Told(Protocol):
    """What a bar is moved with."""

    def __call__(self, done: int, of: int | None = None, /) -> None:
        """Say how much is done, and of how much where that has become known."""
        ...


@contextmanager
def bar(label: str, *, total: int | None = None) -> Generator[Told]:
    """Show on stderr how far the work has come, how fast it goes and when it ends.

    Args:
        label: what is being done.
        total: how much there is; None where that is not known yet.

    Yields:
        A function that is told how much is done, and of how much where that is known.
    """
    if not sys.stderr.isatty():
        yield _nobody_watches
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import (
        BarColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("[progress.description]{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}"),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(escape(label), total=total, rate="")

        def tell(done: int, of: int | None = None, /) -> None:
            speed = shown.tasks[0].speed
            rate = "" if speed is None else f"{speed:,.0f} a second"
            known = total if of is None else of
            shown.update(task, completed=done, total=known, rate=rate)

        yield tell


def _nobody_watches(done: int, of: int | None = None, /) -> None:
    """Show nothing."""
