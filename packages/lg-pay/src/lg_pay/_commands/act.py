# SPDX-License-Identifier: MIT
"""`lg-pay capture` and `lg-pay cancel`: take the money of a delayed capture, or let it go.

Neither writes to the payment book: what became of the payment is news, and mop-up or the worker
tells it to whoever acts on news.
"""

from dataclasses import dataclass
from typing import Annotated

import typer  # noqa: TID253 -- loaded only when a command runs

from lg_core.cli import emit
from lg_core.money import format_pounds
from lg_pay._commands._open import one_account, open_accounts, read_file
from lg_pay._commands._options import Account, Json, SettingsFile, Yes, agreed
from lg_pay.payment import Payment

__all__ = ["cancel", "capture"]

PaymentId = Annotated[str, typer.Argument(metavar="ID", help="GOV.UK Pay's id of the payment.")]


@dataclass(frozen=True, slots=True)
class _Done:
    payment_id: str
    amount: int
    before: str
    after: str
    code: str | None


def capture(
    payment_id: PaymentId,
    *,
    yes: Yes = False,
    account: Account = None,
    file: SettingsFile = None,
    json: Json = False,
) -> None:
    """Take the money of a payment that waits for you (delayed capture)."""
    with open_accounts(read_file(file)) as accounts:
        _, client = one_account(accounts, account)
        before = client.get_payment(payment_id)
        agreed(f"Take {format_pounds(before.amount)} of {before.payment_id}?", yes=yes)
        client.capture_payment(payment_id)
        after = client.get_payment(payment_id)
    emit(_done(before, after), json=json, human=_in_words)


def cancel(
    payment_id: PaymentId,
    *,
    yes: Yes = False,
    account: Account = None,
    file: SettingsFile = None,
    json: Json = False,
) -> None:
    """Cancel a payment that has not ended."""
    with open_accounts(read_file(file)) as accounts:
        _, client = one_account(accounts, account)
        before = client.get_payment(payment_id)
        amount = format_pounds(before.amount)
        agreed(f"Cancel {before.payment_id} ({amount}, {before.state.status})?", yes=yes)
        client.cancel_payment(payment_id)
        after = client.get_payment(payment_id)
    emit(_done(before, after), json=json, human=_in_words)


def _done(before: Payment, after: Payment) -> _Done:
    return _Done(
        after.payment_id, after.amount, before.state.status, after.state.status, after.state.code
    )


def _in_words(done: _Done) -> str:
    return f"{done.payment_id}: was {done.before}, is {done.after}."
