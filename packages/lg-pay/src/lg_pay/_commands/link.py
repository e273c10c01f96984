# SPDX-License-Identifier: MIT
"""`lg-pay link`: fill the reference and the amount in on a payment link."""

from typing import Annotated

import typer  # noqa: TID253 -- loaded only when a command runs

from lg_core.cli import emit
from lg_pay._commands._options import Json, amount_of
from lg_pay.links import payment_link_url

__all__ = ["link"]


def link(
    address: Annotated[
        str, typer.Argument(metavar="LINK", help="The link as the admin tool shows it.")
    ],
    *,
    reference: Annotated[
        str | None, typer.Option("--reference", help="The payment's reference.")
    ] = None,
    amount: Annotated[
        str | None, typer.Option("--amount", help="Pounds to pay, such as 12.50.")
    ] = None,
    json: Json = False,
) -> None:
    """Fill the reference and the amount in on a payment link. Nothing is sent.

    Whoever has the address can read and change it: put nothing personal into the reference.
    """
    pence = None if amount is None else amount_of(amount, option="--amount")
    url = payment_link_url(address, reference=reference, amount=pence)
    emit({"url": url}, json=json, human=lambda found: found["url"])
