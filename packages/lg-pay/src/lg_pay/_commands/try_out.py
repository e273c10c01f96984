# SPDX-License-Identifier: MIT
"""`lg-pay try`: a test payment against a sandbox on this machine."""

from typing import Annotated

import typer  # noqa: TID253 -- loaded only when a command runs

from lg_core.cli import Exit, emit, note, print_step
from lg_core.errors import ConfigError
from lg_pay._commands._options import Json

__all__ = ["try_out"]


def try_out(
    *,
    decline: Annotated[
        bool, typer.Option("--decline", help="The first card is declined, the second pays.")
    ] = False,
    lose_answer: Annotated[
        bool,
        typer.Option("--lose-answer", help="The answer to the first request is lost on the way."),
    ] = False,
    serve: Annotated[
        bool, typer.Option("--serve", help="Keep the sandbox up until Ctrl-C, to try it by hand.")
    ] = False,
    json: Json = False,
) -> None:
    """Take a test payment against a sandbox on this machine. No account, no real money."""
    if decline + lose_answer + serve > 1:
        raise typer.BadParameter("Give one of --decline, --lose-answer and --serve.")
    try:
        # Here alone a component uses the sandbox, which comes with an extra.
        from lg_pay._try import stories  # noqa: PLC0415 -- it may not be installed
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.partition(".")[0] != "lg_sandbox":
            raise
        raise ConfigError(
            'This needs the sandbox, which is not installed: pip install "lg-pay[sandbox]"'
        ) from missing
    if serve:
        stories.serve(json=json)
        return
    tell = stories.declined if decline else stories.lost_answer if lose_answer else stories.paid
    story = tell(watch=None if json else print_step)
    if json:
        emit(story, json=True, human=str)
    else:
        typer.echo(f"\n{story.summary}")
    if not story.as_it_should_be:
        note("lg-pay: the payment did not end as it should. See the steps above.")
        raise typer.Exit(Exit.FOUND)
