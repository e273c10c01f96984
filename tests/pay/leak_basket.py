# SPDX-License-Identifier: MIT
"""Probes of baskets, funds, part payments and invitations: planted accounts, names and files."""

import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pay.leak_platforms import probe
from pay.leaks import PLANTED, Saw

from lg_core.money import Pence
from lg_pay import basket, funds, invitations, part_payments

_SECRET = "zqinvitationsecret" * 3
_ENDS = datetime(2026, 12, 1, tzinfo=UTC)
_FUNDS = '[funds.GW]\nname = "Garden waste"\nmaximum = "5"\n[suspense]\nfund = "GW"\n'


def _pairs(saw: Saw, *lines: basket.Line) -> dict[str, str]:
    """Write lines. The pairs are what was asked for, and are looked at when they are read."""
    try:
        return basket.encode(lines)
    except basket.BasketError as error:
        saw(error)
        return {}


@probe
def baskets(saw: Saw) -> None:
    """What stands in a line, or in damaged metadata, is not repeated."""
    for value in PLANTED.values():
        line = basket.Line(fund="GW", account=value, amount=Pence(100), narrative=value)
        saw([line, basket.total([line])])
        pairs = _pairs(saw, line)
        saw.attempt(basket.encode, [replace(line, account=value * 9)])
        saw.attempt(basket.encode, [replace(line, amount=Pence(-1))])
        _pairs(saw, *[replace(line, narrative="")] * 99)
        saw.attempt(basket.encode, [replace(line, fund="GW", vat_code=f" {value}")])
        saw.attempt(basket.encode, [line], beside={"lg_basket": value})
        saw.attempt(basket.Line, fund="GW", account="1", amount=value)
        damaged = {"lg_basket": value, "lg_basket_1": value}
        basket.is_basket(damaged)
        saw.attempt(basket.decode, damaged)
        saw.attempt(basket.decode, {"lg_basket_7": value, value: value})
        saw.attempt(basket.decode, pairs)
        saw.attempt(basket.decode, pairs, amount=Pence(1))
        saw.attempt(basket.decode, {**pairs, "lg_basket_1": value})


@probe
def files_of_funds(saw: Saw) -> None:
    """A file that is wrong is described by lines and keys, and none of its values."""
    good = funds.Funds.from_toml(_FUNDS)
    saw(good)
    for value in PLANTED.values():
        for key in ("name", "vat_code", "maximum", "reference", f'"{value} key"'):
            saw.attempt(funds.Funds.from_toml, f'{_FUNDS}[funds.X]\n{key} = "{value}"\n')
        saw.attempt(funds.Funds.from_toml, f'{_FUNDS}[vat.X]\nrate = "{value}"\n')
        saw.attempt(funds.Funds.from_toml, f'[suspense]\nfund = "{value}"\n')
        saw.attempt(funds.Funds.from_toml, f'{_FUNDS}x = {value}"')
        saw.attempt(good.fund, value)
        saw.attempt(good.vat, value)
        saw.attempt(good.line, value, amount=Pence(1))
        saw.attempt(good.line, "GW", amount=Pence(501), account=value, narrative=value)
        saw.attempt(good.line, "GW", amount=Pence(1), account=value, narrative=value)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "funds.toml")
        saw.attempt(funds.Funds.read, file)
        file.write_bytes(PLANTED["name"].encode() + b"\xff")
        saw.attempt(funds.Funds.read, file)
        file.write_text(_FUNDS)
        saw.attempt(funds.Funds.read, file)


@probe
def parts_and_balances(saw: Saw) -> None:
    """Ids of payments are not printed with a balance, nor repeated in an error."""
    plan = part_payments.plan_evenly(Pence(1000), parts=3, first=date(2027, 4, 1))
    saw([plan, plan.due_by(date(2027, 5, 1)), *plan.instalments])
    saw.attempt(part_payments.Plan, Pence(1), plan.instalments)
    for value in PLANTED.values():
        made = part_payments.PartPayment(value, Pence(400), "success")
        waits = part_payments.PartPayment(f"{value}2", Pence(400), "started")
        saw([made, waits, part_payments.balance(plan, [made, waits])])
        saw.attempt(part_payments.balance, Pence(1), [made, replace(made, amount=Pence(1))])
        saw.attempt(part_payments.PartPayment, value, value, value)
        saw.attempt(part_payments.PartPayment, value, Pence(1), value, refunded=Pence(1))
        saw.attempt(part_payments.Instalment, date(2027, 4, 1), value)
        saw.attempt(part_payments.balance, value, [])


@probe
def invitations_to_pay(saw: Saw) -> None:
    """A token, a case and a secret are not repeated."""
    saw.planted["a secret of invitations"] = _SECRET
    nonce = invitations.new_nonce()
    saw.planted["a nonce"] = nonce
    before = _ENDS - timedelta(days=1)
    for value in PLANTED.values():
        token = saw.attempt(
            invitations.invite,
            value,
            amount=Pence(100),
            description=value,
            expires_at=_ENDS,
            nonce=nonce,
            secret=_SECRET,
        )
        saw.attempt(
            invitations.invite,
            "case",
            amount=Pence(0),
            description="Rent",
            expires_at=_ENDS,
            nonce=value,
            secret=value[:9],
        )
        for given in (token, value):
            if isinstance(given, str):
                for now in (before, _ENDS):
                    read = saw.attempt(
                        invitations.read_invitation, given, secrets=[_SECRET], now=now
                    )
                    if isinstance(read, invitations.Invitation):
                        saw(read)
                        read.is_current(value)
                saw.attempt(invitations.read_invitation, given, secrets=[f"{_SECRET}x"], now=before)
                saw.attempt(invitations.read_invitation, given, secrets=[value[:9]], now=before)
