# SPDX-License-Identifier: MIT
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lg_core import Pence
from lg_core.money import VatRate
from lg_core.texts import Language
from lg_patterns.garden_waste.cases import new_case, new_reference
from lg_patterns.garden_waste.ledger import MemoryLedger, basket_line, line_for
from lg_patterns.garden_waste.prices import Kind, Quote
from lg_patterns.garden_waste.settings import LedgerPart
from lg_pay.basket import decode, encode

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


@given(
    amount=st.integers(1, 10_000_000),
    uprn=st.none() | st.from_regex(r"[0-9]{1,12}", fullmatch=True),
    rate=st.none() | st.sampled_from([0, 500, 2000]).map(VatRate),
)
def test_a_line_travels_with_the_payment(
    amount: int, uprn: str | None, rate: VatRate | None
) -> None:
    """Whatever the reference and the property, the line comes back from GOV.UK Pay as it was."""
    priced = Quote(
        Kind.NEW, 1, date(2026, 11, 22), date(2027, 3, 31), Pence(amount), date(2026, 4, 1)
    )
    answers: dict[str, Any] = {"address": {"uprn": uprn}}
    case = new_case(new_reference(), quote=priced, answers=answers, language=Language.ENGLISH)
    ledger = LedgerPart(fund="GF", cost_centre="WS210", gl_code="42310", vat_code="S")
    line = basket_line(case, ledger.model_copy(update={"vat_percent": rate}))

    assert (line,) == decode(encode([line]), amount=Pence(amount))
    assert ("GF", case.reference, rate) == (line.fund, line.account, line.vat_rate)
    assert (uprn or "").lstrip("0") == line.narrative
