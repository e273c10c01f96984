# SPDX-License-Identifier: MIT
"""Finance rebuilds what was posted from GOV.UK Pay alone, without a database of the service."""

from datetime import timedelta
from pathlib import Path

import pytest
from patterns.resident import answer, pay
from patterns.towns import anytown

from lg_core.days import london_day
from lg_core.testing import Browser
from lg_patterns.garden_waste import GardenWasteSettings
from lg_pay import PayClient
from lg_pay.funds import Funds
from lg_pay.reconcile import Coding, Plan, PostingBook, Recording, download, reconcile, window

FUNDS = """
[funds.GF]
name = "Garden waste"
cost_centre = "WS210"
gl_code = "42310"

[funds.SUSP]
name = "Suspense"

[vat.OS]
rate = "outside the scope"

[vat.SR]
rate = "20%"

[suspense]
fund = "SUSP"
"""


def _at_twenty_per_cent(settings: GardenWasteSettings) -> GardenWasteSettings:
    ledger = settings.ledger.model_dump() | {"vat_code": "SR", "vat_percent": "20"}
    return settings.model_copy(update={"ledger": type(settings.ledger).model_validate(ledger)})


@pytest.mark.parametrize("vat", [False, True], ids=["outside", "20%"])
def test_finance_posts_what_the_service_posted(tmp_path: Path, *, vat: bool) -> None:
    """Three payments, one of whose payers vanished: the same fund, gross and VAT, to the penny."""
    town = anytown(store=tmp_path / "anytown.db", settings=_at_twenty_per_cent if vat else None)
    with town, PayClient(town.sandbox.pay.api_key, base_url=town.sandbox.pay.url) as client:
        clock = town.sandbox.clock
        # Not around midnight: the three payments are to be of one day.
        clock.advance(timedelta(days=1) - (clock.now() - clock.now().replace(hour=9, minute=0)))
        day = london_day(clock.now())
        for bins in ("1", "2"):
            browser = Browser()
            pay(browser, browser.press(answer(town, browser, bins=bins), "Continue to payment"))
        browser = Browser()
        browser.press(answer(town, browser, bins="4"), "Continue to payment")
        town.sandbox.pay.pay(town.sandbox.pay.payments[-1].id)
        clock.advance(timedelta(minutes=20))
        assert town.service.mop_up().clean

        clock.advance(timedelta(days=1))
        book = PostingBook(tmp_path / "ledger.db")
        plan = Plan(Coding(Funds.from_toml(FUNDS)))
        recording = Recording(tmp_path / "pages")
        download(window(day, plan), accounts={"main": client.exchange}, recording=recording)
        outcome = reconcile(day, recording=recording, book=book, plan=plan, now=clock.now())
        rebuilt = {
            one.payment_id: (
                one.day,
                one.fund,
                one.cost_centre,
                one.gl_code,
                one.vat_code,
                one.gross,
                one.vat,
                one.account_reference,
            )
            for one in book.lines(outcome.batch)
        }
        posted = {
            line.payment_id: (
                line.day,
                line.fund,
                line.cost_centre,
                line.gl_code,
                line.vat_code,
                line.gross,
                line.vat,
                line.reference,
            )
            for line in town.ledger.lines
        }
        rules = {one.rule for one in book.lines(outcome.batch)}
        narratives = {one.narrative for one in book.lines(outcome.batch)}
        book.close()

    assert posted == rebuilt
    assert [4650, 7650, 13650] == sorted(line.gross for line in town.ledger.lines)
    assert ([0, 0, 0], [775, 1275, 2275])[vat] == sorted(line.vat for line in town.ledger.lines)
    assert {"basket"} == rules
    assert all(one.isdecimal() for one in narratives)  # the UPRN
