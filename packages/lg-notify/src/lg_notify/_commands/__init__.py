# SPDX-License-Identifier: MIT
"""The commands of `lg-notify`. Loaded when a command runs, and never by `import lg_notify`."""

from lg_core.cli import command_line
from lg_notify._commands import outbox, store, templates
from lg_notify._commands.check import check
from lg_notify._commands.find import find
from lg_notify._commands.preview import preview
from lg_notify._commands.send import send
from lg_notify._commands.try_out import try_out
from lg_notify._commands.work import work

__all__ = ["app"]

app = command_line(
    "lg-notify",
    component="lg-notify",
    help="GOV.UK Notify for council services, from the command line.",
)
for _name, _command in (
    ("check", check),
    ("try", try_out),
    ("preview", preview),
    ("send", send),
    ("find", find),
    ("work", work),
):
    app.command(_name)(_command)
app.add_typer(templates.app, name="templates")
app.add_typer(outbox.app, name="outbox")
app.add_typer(store.app, name="store")
