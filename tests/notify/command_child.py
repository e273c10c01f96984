# SPDX-License-Identifier: MIT
"""`lg-notify` as its own process: all but the loading, which a fork has behind it."""

import io
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout

from children import Tell

from lg_notify.__main__ import main

__all__ = ["command"]


def command(_tell: Tell, *, words: Sequence[str], environment: Mapping[str, str]) -> None:
    """Run the command, which ends the process with its number."""
    os.environ.update(environment)
    sys.argv = ["lg-notify", *words]
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        main()
