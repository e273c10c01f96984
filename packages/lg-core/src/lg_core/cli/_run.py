# SPDX-License-Identifier: MIT
"""Run a tool: load it, show what went wrong in plain words, and end with the right number."""

import errno
import importlib
import sys
import traceback
from typing import TYPE_CHECKING, Final, NoReturn, cast

from lg_core.cli._exits import ABORTED, FAULT, PIPE_CLOSED, Exit, exit_for
from lg_core.cli._logs import logs_to_stderr
from lg_core.cli._output import show_error, survive_any_console
from lg_core.errors import LgError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["run"]

_FROM_THE_EXTRA: Final = frozenset({"click", "rich", "typer"})


def run(name: str, app: str, *, extra: str) -> NoReturn:
    """Run a command-line tool and end the process.

    A tool's `__main__.py` is `def main() -> None: run("lg-pay", "lg_pay._commands:app",
    extra="lg-pay[cli]")`. The application is imported only here, so a plain install without Typer
    says what to install.

    Args:
        name: the command, such as `lg-pay`, also for `python -m lg_pay`.
        app: where the Typer application is: a module, a colon, and its name there.
        extra: what to install when Typer is missing, such as `lg-pay[cli]`.

    Raises:
        SystemExit: always, with a number of `lg_core.cli.Exit`, or 70, 130 or 141.
    """
    survive_any_console(sys.stdout, sys.stderr)
    try:
        code = _invoke(name, app)
    except LgError as error:
        show_error(error, name=name)
        code = exit_for(error)
    except KeyboardInterrupt:
        code = ABORTED
    except Exception as fault:  # noqa: BLE001 -- printed whole; 1 would say that something was found
        code = _report(fault, name=name, extra=extra)
    # Outside the handlers, so that no traceback hangs on the exit.
    sys.exit(code)


def _invoke(name: str, app: str) -> int:
    logs_to_stderr(verbose=False)
    module, _, attribute = app.partition(":")
    command = cast("Callable[..., object]", getattr(importlib.import_module(module), attribute))
    try:
        command(prog_name=name)
    except SystemExit as stop:
        return _code(stop)
    return Exit.DONE


def _code(stop: SystemExit) -> int:
    """Tell apart what Typer ends with 1: a prompt given up, and a pipe that was closed."""
    from typer import Abort

    cause = stop.__context__
    if isinstance(cause, Abort):
        return ABORTED
    if isinstance(cause, OSError) and cause.errno == errno.EPIPE:
        return PIPE_CLOSED
    if isinstance(stop.code, str):
        sys.stderr.write(f"{stop.code}\n")
        return FAULT
    return stop.code or Exit.DONE


def _report(fault: Exception, *, name: str, extra: str) -> int:
    if isinstance(fault, ModuleNotFoundError) and _root(fault.name) in _FROM_THE_EXTRA:
        sys.stderr.write(
            f"{name}: the command line needs Typer and Rich, which are not installed.\n"
            f'Install them with: pip install "{extra}"\n'
        )
        return Exit.CONFIG
    # Plain, and never with the values of variables: those may be personal.
    traceback.print_exception(fault)
    sys.stderr.write(
        f"{name}: this is a fault in the tool. Please report it with the lines above, once you "
        "have seen that they hold nothing personal.\n"
    )
    return FAULT


def _root(module: str | None) -> str:
    return (module or "").partition(".")[0]
