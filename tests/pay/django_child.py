# SPDX-License-Identifier: MIT
"""What `manage.py` of a Django project does, in a process of its own."""

import contextlib
import io
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

from children import Tell
from django.core import management

__all__ = ["manage"]


def manage(tell: Tell, *, project: Path, environment: Mapping[str, str], command: str) -> None:
    """Run a command as `manage.py` in a project's folder does, and tell what it printed."""
    sys.path.insert(0, str(project))
    os.environ.update(environment)
    execute = cast("Callable[[list[str]], None]", cast("Any", management).execute_from_command_line)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        execute(["manage.py", command])
    tell(printed.getvalue())
