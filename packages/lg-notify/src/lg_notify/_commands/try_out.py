# SPDX-License-Identifier: MIT
"""`lg-notify try`: messages to nobody, against a sandbox on this machine."""

from typing import Annotated

import typer  # noqa: TID253 -- loaded only when a command runs

from lg_core.cli import Exit, emit, note, print_step
from lg_core.errors import ConfigError
from lg_notify._commands._options import Json

__all__ = ["try_out"]


def try_out(
    *,
    lose_answer: Annotated[
        bool,
        typer.Option("--lose-answer", help="The answer to a text is lost on the way."),
    ] = False,
    serve: Annotated[
        bool, typer.Option("--serve", help="Keep the sandbox up until Ctrl-C, to try it by hand.")
    ] = False,
    json: Json = False,
) -> None:
    """Send a text, an e-mail and a letter in a sandbox on this machine. No account is needed."""
    if lose_answer and serve:
        raise typer.BadParameter("Give one of --lose-answer and --serve.")
    try:
        # Here alone a component uses the sandbox, which comes with an extra.
        from lg_notify._try import stories  # noqa: PLC0415 -- it may not be installed
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.partition(".")[0] != "lg_sandbox":
            raise
        raise ConfigError(
            'This needs the sandbox, which is not installed: pip install "lg-notify[sandbox]"'
        ) from missing
    if serve:
        stories.serve(json=json)
        return
    tell = stories.lost_answer if lose_answer else stories.sent
    story = tell(watch=None if json else print_step)
    if json:
        emit(story, json=True, human=str)
    else:
        typer.echo(f"\n{story.summary}")
    if not story.as_it_should_be:
        note("lg-notify: the messages did not end as they should. See the steps above.")
        raise typer.Exit(Exit.FOUND)
