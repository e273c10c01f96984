# SPDX-License-Identifier: MIT
"""Tell whether this process was forked since something was made.

Connections and locks do not survive a fork: two processes on one connection read each other's
answers. What holds them keeps the generation in which it made them, and makes new ones when the
generation has changed. Comparing a number costs less than asking for the process id.
"""

import os

_generation = 0


def generation() -> int:
    """Return a number that changes in a forked child."""
    return _generation


def _forked() -> None:
    global _generation  # noqa: PLW0603 -- the one process-wide fact here: how often we were forked
    _generation += 1


if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(after_in_child=_forked)
