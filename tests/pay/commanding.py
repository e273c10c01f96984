# SPDX-License-Identifier: MIT
"""A council's folder of settings, and its commands run in this process, for the tests of them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result  # noqa: TID253 -- a test may load it

from lg_core.money import Pence, VatRate
from lg_pay import NewPayment, PayClient, _commands
from lg_pay.basket import Line, encode
from lg_sandbox import Sandbox

__all__ = ["FUNDS", "RULES", "SETTINGS", "Council", "a_council", "a_line", "paid"]

FUNDS = """
[funds.GW]
name = "Garden waste"
vat_code = "S"
[funds.CT]
name = "Council tax"
vat_code = "OS"
[funds.SUSP]
name = "Suspense"
[funds.FEES]
name = "Fees"
[vat.S]
rate = "20%"
[vat.OS]
rate = "outside the scope"
[suspense]
fund = "SUSP"
[fees]
fund = "FEES"
"""
RULES = """
[[rules]]
name = "links"
description = "Link*"
fund = "CT"
"""
SETTINGS = """
[store]
url = "pay.db"
[accounts.main]
key_env = "COUNCIL_PAY_KEY"
base_url = "{url}"
[reconcile]
funds = "funds.toml"
rules = "rules.toml"
out = "posted"
"""


@dataclass(frozen=True, slots=True)
class Council:
    """A folder with the council's files, and its sandbox."""

    folder: Path
    sandbox: Sandbox
    pay: PayClient

    @property
    def file(self) -> Path:
        """The settings file."""
        return self.folder / "lg-pay.toml"

    def run(self, *words: str, given: str | None = None) -> Result:
        """Run a command with the council's settings file."""
        options = {"LG_PAY_FILE": str(self.file)}
        return CliRunner().invoke(_commands.app, list(words), env=options, input=given)

    def json(self, *words: str) -> Any:
        """Run a command with `--json`, and read what it prints on stdout."""
        return json.loads(self.run(*words, "--json").stdout)


def a_council(
    folder: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, *, more: str = ""
) -> Council:
    """Write the council's files, and set its key."""
    monkeypatch.setenv("COUNCIL_PAY_KEY", sandbox.pay.api_key)
    (folder / "funds.toml").write_text(FUNDS)
    (folder / "rules.toml").write_text(RULES)
    council = Council(folder, sandbox, PayClient(sandbox.pay.api_key, base_url=sandbox.pay.url))
    council.file.write_text(SETTINGS.format(url=sandbox.pay.url) + more)
    return council


def a_line(amount: int, *, fund: str = "GW", account: str = "A1") -> Line:
    """Return a line of a basket."""
    vat = ("S", VatRate(2000)) if fund == "GW" else ("OS", None)
    return Line(fund, account, Pence(amount), *vat, "BIN")


def paid(council: Council, *lines: Line, **changes: Any) -> str:
    """Let a payer pay for lines, and return the payment's id."""
    new = NewPayment(
        amount=Pence(sum(int(line.amount) for line in lines)),
        reference="GW-0001-SECRET",
        description="Garden waste",
        return_url="https://www.example.gov.uk/return",
        metadata=encode(lines),
        **changes,
    )
    payment = council.pay.create_payment(new)
    council.sandbox.pay.pay(payment.payment_id)
    return payment.payment_id
