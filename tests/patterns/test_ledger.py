# SPDX-License-Identifier: MIT
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lg_core import Pence
from lg_core.money import VatRate
from lg_patterns.garden_waste.ledger import MemoryLedger, line_for

WHERE: dict[str, Any] = {
    "day": date(2026, 11, 22),
    "reference": "GW-2222-3333",
    "description": "Garden waste collection",
    "fund": "GF",
    "cost_centre": "WS210",
    "gl_code": "42310",
    "vat_code": "S",
}


@given(gross=st.integers(0, 10_000_000), rate=st.none() | st.integers(0, 10_000))
def test_no_penny_is_lost(gross: int, rate: int | None) -> None:
    """Net and VAT add up to what was paid, whatever the rate."""
    vat_rate = None if rate is None else VatRate(rate)
    line = line_for(Pence(gross), payment_id="p1", vat_rate=vat_rate, **WHERE)

    assert Pence(gross) == line.gross
    assert line.net + line.vat == line.gross
    assert vat_rate or Pence(0) == line.vat


def test_a_price_of_twenty_per_cent() -> None:
    """£46.50 with VAT at 20% is £38.75 and £7.75."""
    line = line_for(Pence(4650), payment_id="p1", vat_rate=VatRate(2000), **WHERE)

    assert (Pence(3875), Pence(775)) == (line.net, line.vat)


def test_a_payment_has_one_line() -> None:
    """A line that is posted again changes nothing."""
    ledger = MemoryLedger()
    line = line_for(Pence(4650), payment_id="p1", vat_rate=None, **WHERE)
    other = line_for(Pence(4650), payment_id="p2", vat_rate=None, **WHERE)
    for each in (line, line, other):
        ledger.post(each)

    assert (line, other) == ledger.lines
