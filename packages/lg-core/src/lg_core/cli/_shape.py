# SPDX-License-Identifier: MIT
"""The Typer application that every tool starts from."""

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Annotated

from lg_core.cli._logs import logs_to_stderr

if TYPE_CHECKING:
    import typer
    from typer.models import OptionInfo

__all__ = ["command_line", "json_option"]


def command_line(
    name: str,
    *,
    component: str,
    help: str,  # noqa: A002 -- the word that Typer has for it
) -> "typer.Typer":
    """Return a Typer application with the options that every tool has.

    They are `--version`, `--verbose`, `--help` and Typer's completion. Without arguments the tool
    prints its help. Add commands with `@app.command()`.

    Args:
        name: the command, such as `lg-pay`.
        component: the distribution whose version `--version` prints, such as `lg-pay`.
        help: what the tool is for, in a sentence.

    Returns:
        The application, for `lg_core.cli.run`.
    """
    import typer

    app = typer.Typer(
        name=name,
        help=help,
        no_args_is_help=True,
        # Not Rich's markup: it would take `lg-pay[cli]` in a help text for a style.
        rich_markup_mode="markdown",
        pretty_exceptions_show_locals=False,
    )

    def print_version(wanted: bool) -> None:  # noqa: FBT001 -- how Typer calls it
        if wanted:
            typer.echo(_versions(component))
            raise typer.Exit

    @app.callback()
    def every_command(
        *,
        show_version: Annotated[
            bool,
            typer.Option(
                "--version",
                help="Print the version and stop.",
                is_eager=True,
                callback=print_version,
            ),
        ] = False,
        verbose: Annotated[
            bool, typer.Option("--verbose", "-v", help="Show on stderr what is being done.")
        ] = False,
    ) -> None:
        del show_version  # its callback has acted on it
        logs_to_stderr(verbose=verbose)

    del every_command  # Typer keeps it
    return app


def json_option() -> "OptionInfo":
    """Return the option `--json`, which every command with a result has.

    A command takes it as `json: Annotated[bool, json_option()] = False`.

    Returns:
        An option for a command that ends in `lg_core.cli.emit`.
    """
    import typer

    option: OptionInfo = typer.Option("--json", help="Print the result as JSON.")
    return option


def _versions(component: str) -> str:
    ours = dict.fromkeys((component, "lg-core"))
    said = [f"{distribution} {_version(distribution)}" for distribution in ours]
    return ", ".join((*said, f"Python {platform.python_version()}"))


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "(not installed as a package)"
