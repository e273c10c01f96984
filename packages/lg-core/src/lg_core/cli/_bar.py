# SPDX-License-Identifier: MIT
"""A progress bar for work that tells how far it has come, where a person is watching."""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager

__all__ = ["bar"]


@contextmanager
def bar(label: str) -> Generator[Callable[[int, int | None], None]]:
    """Show on stderr how far the work has come.

    Args:
        label: what is being done.

    Yields:
        A function that is told how much is done, and of how much where that is known.
    """
    if not sys.stderr.isatty():
        yield _nobody_watches
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("[progress.description]{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(escape(label), total=None)

        def tell(done: int, of: int | None) -> None:
            shown.update(task, completed=done, total=of)

        yield tell


def _nobody_watches(done: int, of: int | None) -> None:
    """Show nothing."""
