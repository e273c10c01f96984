# SPDX-License-Identifier: MIT
"""Probes of the commands: planted data in a settings file, and on the command line."""

import os
from datetime import timedelta
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from pay.commanding import FUNDS, RULES, SETTINGS
from pay.leak_platforms import planted_payment, probe
from pay.leaks import PLANTED, Saw

from lg_core.days import london_day
from lg_pay import PayClient, PaymentBook
from lg_pay._commands import store
from lg_pay._commands.act import cancel, capture
from lg_pay._commands.check import check
from lg_pay._commands.disputes import disputes
from lg_pay._commands.link import link
from lg_pay._commands.mop_up import mop_up
from lg_pay._commands.payments import payment, payments
from lg_pay._commands.reconcile import reconcile
from lg_pay._commands.refund import refund
from lg_pay._commands.settlement import settlement
from lg_pay._files import read_council_file
from lg_pay.accounts import accounts_in
from lg_sandbox import Sandbox

__all__: list[str] = []

FILES = (
    '[store]\nurl = "postgresql://pay:{0}@db.internal/pay"\n',
    '[accounts.main]\napi_key = "{0}"\n',
    '[accounts.main]\nkey_env = "{0}"\n',
    '[reconcile]\nday = "{0}"\nledger = "{0}"\nformats = ["{0}"]\n',
    '[reconcile]\nledger = 1\nfunds = "{0}"\n',
    '[work]\ntell = "{0}"\n',
    "[work]\ntell = {0}\n",
)


@probe
def a_settings_file(saw: Saw) -> None:
    """Whatever stands in a settings file, no error and no repr repeats it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "lg-pay.toml"
        for text, value in product(FILES, PLANTED.values()):
            path.write_text(text.format(value), "utf-8")
            saw.attempt(read_council_file, path)
    for value in PLANTED.values():
        saw.attempt(accounts_in, {"main": {"key_env": f"{value} "}})
        saw.attempt(accounts_in, {"main": {"api_key": value}})


@probe
def commands_print_nothing_personal(saw: Saw) -> None:
    """What the commands print about a payment full of personal data, unless it is asked for."""
    with TemporaryDirectory() as folder, Sandbox() as sandbox:
        file = _council(Path(folder), sandbox)
        payment_id = _paid(sandbox, Path(folder) / "pay.db")
        day = london_day(sandbox.clock.now() - timedelta(days=1)).isoformat()
        for as_json in (False, True):
            saw.attempt(check, file=file, json=as_json)
            saw.attempt(payments, file=file, json=as_json, reference=PLANTED["reference"])
            saw.attempt(payments, file=file, json=as_json, from_=PLANTED["name"])
            saw.attempt(payment, payment_id, file=file, json=as_json)
            saw.attempt(payment, PLANTED["name"], file=file, json=as_json)
            saw.attempt(mop_up, file=file, json=as_json, from_minutes=0)
            saw.attempt(reconcile, file=file, json=as_json, day=day)
            saw.attempt(disputes, file=file, json=as_json)
            saw.attempt(settlement, Path(PLANTED["name"]), file=file, json=as_json)
        for line in (PLANTED["name"], f"{PLANTED['name']}=1.00", "GW/x=1.00"):
            words = {"amount": "1", "line": [line], "yes": True, "available": "46.50"}
            saw.attempt(refund, payment_id, file=file, **words)
        saw.attempt(refund, payment_id, file=file, amount="1", yes=True, available="46.50")
        saw.attempt(capture, payment_id, file=file, yes=True)
        saw.attempt(cancel, payment_id, file=file, yes=True)
        saw.attempt(store.status, file=file)
        saw.attempt(store.erase, reference=PLANTED["reference"], yes=True, file=file)
        saw.attempt(link, PLANTED["e-mail"], reference=PLANTED["reference"])


def _council(folder: Path, sandbox: Sandbox) -> Path:
    os.environ["LEAK_PAY_KEY"] = sandbox.pay.api_key
    (folder / "funds.toml").write_text(FUNDS)
    (folder / "rules.toml").write_text(RULES)
    file = folder / "lg-pay.toml"
    text = SETTINGS.format(url=sandbox.pay.url).replace("COUNCIL_PAY_KEY", "LEAK_PAY_KEY")
    file.write_text(f'{text}[settlement]\nbank = "bank.toml"\n')
    return file


def _paid(sandbox: Sandbox, path: Path) -> str:
    with (
        PayClient(sandbox.pay.api_key, base_url=sandbox.pay.url) as pay,
        PaymentBook(path) as book,
    ):
        begun = book.begin(pay, planted_payment(), service="main", case="c1")
        sandbox.pay.pay(begun.entry.payment_id or "")
    return begun.entry.payment_id or ""
