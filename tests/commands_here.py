# SPDX-License-Identifier: MIT
"""Run a command as its process does, in the test's own: a process loads the libraries anew.

What a process of its own adds (its signals, what it loads, what its interpreter writes) is for the
few tests that start one.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from io import BytesIO, TextIOWrapper
from unittest import mock

import pytest

__all__ = ["run_here"]


def run_here(
    main: Callable[[], object], *arguments: str, environment: Mapping[str, str]
) -> "subprocess.CompletedProcess[bytes]":
    """Run the function that a command begins with; the fixture `own_process` must stand around it.

    Args:
        main: the function; it must end with a number, as a process does.
        arguments: what is typed after the command's name.
        environment: all of the environment, in which PYTHONIOENCODING says what a console can show.

    Returns:
        How it ended, and every byte that it wrote.
    """
    encoding = environment.get("PYTHONIOENCODING", "utf-8")
    out = TextIOWrapper(BytesIO(), encoding, write_through=True)
    err = TextIOWrapper(BytesIO(), encoding, "backslashreplace", write_through=True)
    with (
        mock.patch.dict(os.environ, environment, clear=True),
        mock.patch.object(sys, "argv", ["command", *arguments]),
        mock.patch.object(sys, "stdout", out),
        mock.patch.object(sys, "stderr", err),
        pytest.raises(SystemExit) as ended,
    ):
        main()
    assert isinstance(ended.value.code, int)
    written = [each.buffer.getvalue() for each in (out, err)]
    return subprocess.CompletedProcess(arguments, ended.value.code, *written)
