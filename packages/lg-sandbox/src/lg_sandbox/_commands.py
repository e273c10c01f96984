# SPDX-License-Identifier: MIT
"""The commands of `lg-sandbox`."""

import json
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from lg_sandbox.pay.keeping import FileInUseError
from lg_sandbox.pay.kept_values import UnreadableError
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
        pay_port: Annotated[int, _port("GOV.UK Pay")] = 0,
        notify_port: Annotated[int, _port("GOV.UK Notify")] = 0,
        places_port: Annotated[int, _port("OS Places")] = 0,
        one_login_port: Annotated[int, _port("GOV.UK One Login")] = 0,
        keep: Annotated[
            Path | None,
            typer.Option(help="Keep the state of GOV.UK Pay in this file.", dir_okay=False),
        ] = None,
    ) -> None:
        """Serve the stand-ins on this machine until Ctrl-C."""
        try:
            sandbox = Sandbox(
                pay_port=pay_port,
                notify_port=notify_port,
                places_port=places_port,
                one_login_port=one_login_port,
                keep=keep,
            )
        except (FileInUseError, FileNotFoundError, UnreadableError) as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(3) from error
        try:
            sandbox.start()
        except OSError as error:
            options = " or ".join(f"--{each.name.replace('_', '-')}-port" for each in _SHOWN)
            typer.echo(f"The port is taken: choose another with {options}.", err=True)
            raise typer.Exit(3) from error
        stopping = threading.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda _number, _frame: stopping.set())
        typer.echo(as_json_line(sandbox) if as_json else as_text(sandbox))
        wait(sandbox, stopping)

    return app


def _port(platform: str) -> "typer.models.OptionInfo":
    import typer

    return typer.Option(help=f"The port for {platform}; any free one when 0.", min=0, max=65535)


# Windows delivers Ctrl-C to a waiting thread only when the wait ends.
_TICK_SECONDS = 0.5


def wait(sandbox: Sandbox, stopping: threading.Event) -> None:
    """Keep serving until asked to stop, then stop. Deliver webhooks as they come due.

    Args:
        sandbox: the running sandbox.
        stopping: is set when it is time.
    """
    try:
        while not stopping.wait(_TICK_SECONDS):
            sandbox.pay.deliver_webhooks()
            sandbox.notify.deliver_callbacks()
    finally:
        sandbox.stop()


def as_json_line(sandbox: Sandbox) -> str:
    """Write addresses and keys for a program, on one line.

    Args:
        sandbox: the running sandbox.

    Returns:
        A JSON object with one member a stand-in.
    """
    return json.dumps({each.name: each.members(sandbox) for each in _SHOWN})


def as_text(sandbox: Sandbox) -> str:
    """Write addresses and keys for a person.

    Args:
        sandbox: the running sandbox.

    Returns:
        A few lines, the first of which says that nothing is real.
    """
    lines: list[str] = []
    for each in _SHOWN:
        lines.append(f"Stand-in for {each.notice}")
        lines += (f"  {label:<10}  {value}" for label, value in each.lines(sandbox))
    return "\n".join([*lines, "Stop with Ctrl-C."])


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is printed of one stand-in: a notice, lines for people, members for programs."""

    name: str
    notice: str
    lines: Callable[[Sandbox], tuple[tuple[str, str], ...]]
    members: Callable[[Sandbox], dict[str, object]]


def _pay_lines(sandbox: Sandbox) -> tuple[tuple[str, str], ...]:
    pay = sandbox.pay
    return (
        ("Address", pay.url),
        ("API key", pay.api_key),
        ("Start page", f"{pay.url}/"),
        ("Admin page", f"{pay.url}/admin"),
    )


def _pay_members(sandbox: Sandbox) -> dict[str, object]:
    pay = sandbox.pay
    return {
        "url": pay.url,
        "api_key": pay.api_key,
        "live_api_key": pay.live_api_key,
        "start_page": f"{pay.url}/",
        "admin_page": f"{pay.url}/admin",
    }


def _notify_lines(sandbox: Sandbox) -> tuple[tuple[str, str], ...]:
    notify = sandbox.notify
    return ("Address", notify.url), ("API key", notify.api_key), ("Inbox", f"{notify.url}/")


def _notify_members(sandbox: Sandbox) -> dict[str, object]:
    notify = sandbox.notify
    return {
        "url": notify.url,
        "api_key": notify.api_key,
        "inbox_page": f"{notify.url}/",
        "templates": {each.name: each.id for each in notify.templates.all},
    }


def _places_lines(sandbox: Sandbox) -> tuple[tuple[str, str], ...]:
    places = sandbox.places
    return ("Address", places.url), ("API key", places.api_key), ("Start page", f"{places.url}/")


def _places_members(sandbox: Sandbox) -> dict[str, object]:
    places = sandbox.places
    return {"url": places.url, "api_key": places.api_key, "start_page": f"{places.url}/"}


def _one_login_lines(sandbox: Sandbox) -> tuple[tuple[str, str], ...]:
    one_login = sandbox.one_login
    return (
        ("Issuer", one_login.url),
        ("Client id", one_login.client_id),
        ("Key", "--json prints the private key"),
        ("Start page", one_login.url),
    )


def _one_login_members(sandbox: Sandbox) -> dict[str, object]:
    one_login = sandbox.one_login
    return {
        "url": one_login.url,
        "core_identity_issuer": one_login.core_identity_issuer,
        "did_url": one_login.did_url,
        "did_id": one_login.did_id,
        "client_id": one_login.client_id,
        "private_key": one_login.private_key,
        "redirect_uris": list(one_login.redirect_uris),
        "start_page": one_login.url,
    }


_SHOWN = (
    _Shown("pay", "GOV.UK Pay. Nothing is real, and no money moves.", _pay_lines, _pay_members),
    _Shown("notify", "GOV.UK Notify. Nothing is sent to anybody.", _notify_lines, _notify_members),
    _Shown("places", "OS Places. The town is invented.", _places_lines, _places_members),
    _Shown(
        "one_login",
        "GOV.UK One Login. All people are invented.",
        _one_login_lines,
        _one_login_members,
    ),
)
