# SPDX-License-Identifier: MIT
"""A bar for long work with the rate and the time that is left, where a person is watching."""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager

__all__ = ["rate_bar"]


@contextmanager
def rate_bar(label: str, *, total: int | None = None) -> Generator[Callable[[int], None]]:
    """Show on stderr how far the work has come, how fast it goes and when it ends.

    Args:
        label: what is being done.
        total: how much there is; None where that is not known.

    Yields:
        A function that is told how much is done.
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

        def tell(done: int) -> None:
            speed = shown.tasks[0].speed
            rate = "" if speed is None else f"{speed:,.0f} a second"
            shown.update(task, completed=done, rate=rate)

        yield tell


def _nobody_watches(done: int) -> None:
    """Show nothing."""
