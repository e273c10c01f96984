# SPDX-License-Identifier: MIT
"""The options that the tools share, and how they read what was typed."""

import importlib
from datetime import date
from typing import TYPE_CHECKING

from lg_core.errors import ConfigError, InvalidValueError

if TYPE_CHECKING:
    from typer.models import OptionInfo

__all__ = ["account_option", "agreed", "day_of", "file_option", "imported", "yes_option"]


def yes_option() -> "OptionInfo":
    """Return the option `--yes`, for a command that asks before it acts.

    Returns:
        An option for a command that calls `agreed`.
    """
    import typer

    option: OptionInfo = typer.Option("--yes", help="Do not ask: for scripts.")
    return option


def account_option() -> "OptionInfo":
    """Return the option `--account`, for a command that works with one of several accounts.

    Returns:
        The option.
    """
    import typer

    option: OptionInfo = typer.Option(
        "--account", help="The name of the account, where there are several."
    )
    return option


def file_option(name: str, *, variable: str) -> "OptionInfo":
    """Return the option `--file`, which names the settings file.

    Args:
        name: what the file is called as a rule, such as `lg-pay.toml`.
        variable: the environment variable that may name it.

    Returns:
        The option.
    """
    import typer

    option: OptionInfo = typer.Option(
        "--file", envvar=variable, help=f"The settings file, {name}.", show_default=False
    )
    return option


def agreed(question: str, *, yes: bool) -> None:
    """Ask, on stderr, whether to go on. Ends the command where the answer is no.

    Args:
        question: what is to be done, as a question.
        yes: whether the option `--yes` has answered it.

    Raises:
        Abort: the person said no, or nobody is there to ask.
    """
    import typer

    if not yes:
        typer.confirm(question, abort=True, err=True)


def day_of(text: str, *, option: str) -> date:
    """Read a day that was typed as 2026-04-01.

    Args:
        text: what was typed.
        option: the option, for the error.

    Returns:
        The day.

    Raises:
        InvalidValueError: it is no such day.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass  # raised below: that error repeats the text
    raise InvalidValueError(f"{option} must be a day, such as 2026-04-01.", field=option)


def imported(text: str, *, setting: str) -> object:
    """Import what a settings file names as `package.module:name`.

    Args:
        text: the name.
        setting: the key of the file, such as `work.tell`, for the error.

    Returns:
        What has that name.

    Raises:
        ConfigError: there is no such thing.
    """
    module, _, name = text.partition(":")
    found: object = None
    try:
        found = getattr(importlib.import_module(module), name, None)
    except (ImportError, ValueError):
        found = None  # told below
    if found is None:
        table, _, key = setting.rpartition(".")
        raise ConfigError(
            f"{key} under [{table}] names nothing that can be imported. Write it as "
            '"package.module:name", and check that the package is installed here.',
            setting=setting,
        )
    return found
