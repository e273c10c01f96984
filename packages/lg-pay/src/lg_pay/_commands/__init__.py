# SPDX-License-Identifier: MIT
"""The commands of `lg-pay`. Loaded when a command runs, and never by `import lg_pay`."""

from lg_core.cli import command_line
from lg_pay._commands import references, store
from lg_pay._commands.act import cancel, capture
from lg_pay._commands.check import check
from lg_pay._commands.disputes import disputes
from lg_pay._commands.link import link
from lg_pay._commands.mop_up import mop_up
from lg_pay._commands.payments import payment, payments
from lg_pay._commands.reconcile import reconcile
from lg_pay._commands.refund import refund
from lg_pay._commands.settlement import settlement
from lg_pay._commands.try_out import try_out
from lg_pay._commands.work import work

__all__ = ["app"]

app = command_line(
    "lg-pay", component="lg-pay", help="GOV.UK Pay for council services, from the command line."
)
for _name, _command in (
    ("check", check),
    ("try", try_out),
    ("payments", payments),
    ("payment", payment),
    ("refund", refund),
    ("capture", capture),
    ("cancel", cancel),
    ("link", link),
    ("work", work),
    ("mop-up", mop_up),
    ("reconcile", reconcile),
    ("settlement", settlement),
    ("disputes", disputes),
):
    app.command(_name)(_command)
app.add_typer(references.app, name="references")
app.add_typer(store.app, name="store")
