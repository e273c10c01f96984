# SPDX-License-Identifier: MIT
"""The prices of garden waste can be said in a price book of lg-pay, with the same figures."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from pay.test_fees import FILE

from lg_core.money import Pence
from lg_patterns.garden_waste.prices import Kind, MonthDay, PriceList, quote
from lg_pay.fees import Item, PriceBook

LONDON = ZoneInfo("Europe/London")
GARDEN = (
    PriceList(date(2027, 4, 1), Pence(4800), Pence(3150), Pence(4650), Pence(3000)),
    PriceList(date(2026, 4, 1), Pence(4650), Pence(3000), Pence(4650), Pence(3000)),
)


@given(
    at=st.datetimes(datetime(2026, 4, 2), datetime(2090, 1, 1)).map(  # noqa: DTZ001 -- given a zone here
        lambda at: at.replace(tzinfo=UTC)
    ),
    bins=st.integers(1, 10),
    kind=st.sampled_from(Kind),
    year=st.none() | st.builds(MonthDay, st.integers(1, 12), st.integers(1, 28)),
)
def test_garden_waste_can_be_said_so(
    *, at: datetime, bins: int, kind: Kind, year: MonthDay | None
) -> None:
    """The prices of a garden waste subscription come out the same, with the same figures."""
    expected = quote(
        GARDEN, kind=kind, bins=bins, today=at.astimezone(LONDON).date(), year_starts=year
    )

    said = PriceBook.from_toml(FILE).quote(
        [Item(charge=str(kind), count=bins)], at=at, starts=expected.starts
    )

    assert (expected.amount, expected.prices_from) == (said.total, said.prices_from)
