# SPDX-License-Identifier: MIT
"""A story that a command tells step by step, as it happens: for `try` and `demo` commands."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field

from lg_core.cli._output import printable

__all__ = ["Step", "Steps", "print_step"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a story.

    Attributes:
        number: from 1.
        what: what happened, in a sentence.
        details: names and values.
    """

    number: int
    what: str
    details: dict[str, str]


@dataclass(slots=True)
class Steps:
    """The steps so far.

    Args:
        watch: is told of each step as it happens; None for nobody.
    """

    watch: Callable[[Step], None] | None = None
    all: list[Step] = field(default_factory=list[Step])

    def add(self, what: str, **details: object) -> None:
        """Add a step.

        Args:
            what: what happened, in a sentence.
            details: names, with underscores for spaces, and values.
        """
        named = {name.replace("_", " "): str(value) for name, value in details.items()}
        step = Step(len(self.all) + 1, what, named)
        self.all.append(step)
        if self.watch is not None:
            self.watch(step)


def print_step(step: Step) -> None:
    """Print a step on stdout, its details below it.

    Args:
        step: the step.
    """
    lines = [f"{step.number:>2}. {step.what}"]
    for name, value in step.details.items():
        text = value.replace("\n", "\n        ")
        lines.append(f"      {name}: {text}")
    sys.stdout.write("".join(f"{printable(line)}\n" for line in lines))
    sys.stdout.flush()
