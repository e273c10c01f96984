# SPDX-License-Identifier: MIT
"""The command `lg-sandbox serve` in a process of its own, to be killed."""

import sys
from io import TextIOBase
from pathlib import Path

from children import Tell

from lg_sandbox._commands import build

__all__ = ["serve"]


class _Told(TextIOBase):
    """A standard output that tells each line."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._begun = ""

    def write(self, text: str, /) -> int:
        """Tell the lines that are whole."""
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            self._tell(line)
        return len(text)


def serve(tell: Tell, *, keep: Path) -> None:
    """Serve, keep the state in a file, and tell what the command prints."""
    sys.stdout = _Told(tell)
    build()(["serve", "--json", "--keep", str(keep)])
