# SPDX-License-Identifier: MIT
"""The commands of `lg-sandbox`."""

import json
import signal
import threading
from typing import TYPE_CHECKING, Annotated

from lg_sandbox.sandbox import Sandbox

if TYPE_CHECKING:
    import typer

__all__ = ["as_json_line", "as_text", "build", "wait"]


def build() -> "typer.Typer":
    """Build the command line."""
    import typer

    app = typer.Typer(help="Stand-ins for the platforms that councils use.", no_args_is_help=True)

    @app.callback()
    def _group() -> None:
        """Stand-ins for the platforms that councils use. Nothing is real, and no money moves."""

    @app.command()
    def serve(
        *,
        as_json: Annotated[
            bool, typer.Option("--json", help="Print the addresses and keys as JSON.")
        ] = False,
        pay_port: Annotated[
            int,
            typer.Option(help="The port for GOV.UK Pay; any free one when 0.", min=0, max=65535),
        ] = 0,
        notify_port: Annotated[
            int,
            typer.Option(help="The port for GOV.UK Notify; any free one when 0.", min=0, max=65535),
        ] = 0,
    ) -> None:
        """Serve the stand-ins on this machine until Ctrl-C."""
        sandbox = Sandbox(pay_port=pay_port, notify_port=notify_port)
        try:
            sandbox.start()
        except OSError as error:
            typer.echo(
                "The port is taken: choose another with --pay-port or --notify-port.", err=True
            )
            raise typer.Exit(3) from error
        stopping = threading.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda _number, _frame: stopping.set())
        typer.echo(as_json_line(sandbox) if as_json else as_text(sandbox))
        wait(sandbox, stopping)

    return app


# Windows delivers Ctrl-C to a waiting thread only when the wait ends.
_TICK_SECONDS = 0.5


def wait(sandbox: Sandbox, stopping: threading.Event) -> None:
    """Keep serving until asked to stop, then stop.

    Args:
        sandbox: the running sandbox.
        stopping: is set when it is time.
    """
    try:
        while not stopping.wait(_TICK_SECONDS):
            pass
    finally:
        sandbox.stop()


def as_json_line(sandbox: Sandbox) -> str:
    """Write addresses and keys for a program, on one line.

    Args:
        sandbox: the running sandbox.

    Returns:
        A JSON object with one member a stand-in.
    """
    pay, notify = sandbox.pay, sandbox.notify
    return json.dumps(
        {
            "pay": {
                "url": pay.url,
                "api_key": pay.api_key,
                "live_api_key": pay.live_api_key,
                "start_page": f"{pay.url}/",
            },
            "notify": {
                "url": notify.url,
                "api_key": notify.api_key,
                "inbox_page": f"{notify.url}/",
                "templates": {each.name: each.id for each in notify.templates.all},
            },
        }
    )


def as_text(sandbox: Sandbox) -> str:
    """Write addresses and keys for a person.

    Args:
        sandbox: the running sandbox.

    Returns:
        A few lines, the first of which says that nothing is real.
    """
    pay, notify = sandbox.pay, sandbox.notify
    return (
        "Stand-in for GOV.UK Pay. Nothing is real, and no money moves.\n"
        f"  Address     {pay.url}\n"
        f"  API key     {pay.api_key}\n"
        f"  Start page  {pay.url}/\n"
        "Stand-in for GOV.UK Notify. Nothing is sent to anybody.\n"
        f"  Address     {notify.url}\n"
        f"  API key     {notify.api_key}\n"
        f"  Inbox       {notify.url}/\n"
        "Stop with Ctrl-C."
    )
