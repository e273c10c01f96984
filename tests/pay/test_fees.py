# SPDX-License-Identifier: MIT
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import permutations
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lg_core.errors import ConfigError, InvalidValueError
from lg_core.money import Pence, VatRate
from lg_pay import basket
from lg_pay.fees import (
    Charge,
    CountBand,
    CountBands,
    Discount,
    Discounted,
    DiscountKind,
    FirstAndFurther,
    Fixed,
    Item,
    NamedBands,
    PerUnit,
    PriceBook,
    PriceList,
    Pricing,
    ProRata,
    Quote,
    Step,
    Steps,
)

LONDON = ZoneInfo("Europe/London")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
FIRST = date(2020, 1, 1)
PENCE = st.integers(0, 100_000).map(Pence)


def book(*discounts: Discount, starts: date = FIRST, **kinds: Pricing) -> PriceBook:
    """Return a book with one list."""
    charges = {name: Charge(pricing=kind, fund="GW") for name, kind in kinds.items()}
    return PriceBook([PriceList(starts=starts, charges=charges, discounts=discounts)])


def asked(kind: Pricing, *items: dict[str, Any], at: datetime = NOON) -> list[Pence]:
    """Return what items of one kind of price cost."""
    quote = book(x=kind).quote([Item(charge="x", **item) for item in items], at=at)
    return [line.amount for line in quote.lines]


# ------------------------------------------------------------------ the kinds of price

BINS = FirstAndFurther({"": (Pence(4650), Pence(3000))})
SIZES = FirstAndFurther(
    {"240": (Pence(6000), Pence(3000)), "140": (Pence(4000), Pence(3500), Pence(2500))}
)
BANDS = CountBands((CountBand(3, Pence(4000)), CountBand(6, Pence(6100))))
EMISSIONS = NamedBands({"A": Pence(2000), "B": Pence(4550)})
PENALTY = Steps((Step(14, Pence(3500)), Step(28, Pence(7000)), Step(None, Pence(10500))), True)


@pytest.mark.parametrize(
    ("kind", "item", "amount"),
    [
        (Fixed(Pence(1200)), {}, 1200),
        (PerUnit(Pence(1250)), {"count": 3}, 3750),
        (PerUnit(Pence(500), Pence(2000)), {"count": 3}, 2000),
        (PerUnit(Pence(500), Pence(2000)), {"count": 5}, 2500),
        (BINS, {"count": 1}, 4650),
        (BINS, {"count": 3}, 10650),
        (BINS, {"count": 2, "already": 1}, 6000),
        (SIZES, {"name": "140", "count": 4}, 4000 + 3500 + 2500 + 2500),
        (SIZES, {"name": "140", "count": 1, "already": 7}, 2500),
        (BANDS, {"count": 1}, 4000),
        (BANDS, {"count": 3}, 4000),
        (BANDS, {"count": 4}, 6100),
        (EMISSIONS, {"name": "B", "count": 2}, 9100),
    ],
)
def test_a_price_worked_by_hand(kind: Pricing, item: dict[str, Any], amount: int) -> None:
    """Each kind costs what a person works out on paper."""
    assert [Pence(amount)] == asked(kind, item)


def test_the_dearest_is_the_first() -> None:
    """The size with the dearest first price holds the first place, whatever is asked for first."""
    big, small = {"name": "240"}, {"name": "140", "count": 2}

    assert [Pence(6000), Pence(3500 + 2500)] == asked(SIZES, big, small)
    assert [Pence(3500 + 2500), Pence(6000)] == asked(SIZES, small, big)


@given(
    prices=st.dictionaries(
        st.sampled_from("abcd"), st.lists(PENCE, min_size=1, max_size=3).map(tuple), min_size=1
    ),
    counts=st.lists(st.integers(1, 4), min_size=4, max_size=4),
)
def test_the_order_of_items_changes_no_price(
    prices: dict[str, tuple[Pence, ...]], counts: list[int]
) -> None:
    """Each size costs the same in every order, and one unit in all pays a first price."""
    items = [{"name": name, "count": count} for name, count in zip(prices, counts, strict=False)]
    kind = FirstAndFurther(prices)
    totals = {sum(asked(kind, *order), Pence(0)) for order in permutations(items)}

    assert 1 == len(totals)


@given(price=PENCE, further=PENCE, count=st.integers(1, 50), already=st.integers(0, 5))
def test_first_and_further_by_hand(
    *, price: Pence, further: Pence, count: int, already: int
) -> None:
    """The first pays its price where there is none yet, and each other the further one."""
    units = [price if place == 0 else further for place in range(already, already + count)]
    kind = FirstAndFurther({"": (price, further)})

    assert [sum(units, Pence(0))] == asked(kind, {"count": count, "already": already})


@pytest.mark.parametrize(
    ("ends", "weeks"),
    [(0, 0), (5, 0), (6, 1), (12, 1), (13, 2), (364, 52)],
)
def test_whole_weeks_are_paid_for(ends: int, weeks: int) -> None:
    """The day of the quote and the last day both count, so seven days are the first whole week."""
    last = NOON.date() + timedelta(days=ends)

    assert [Pence(1000 + 60 * weeks)] == asked(ProRata(Pence(60), Pence(1000)), {"ends": last})


def test_weeks_may_be_in_the_minimum_and_have_an_end() -> None:
    """The minimum may pay for some weeks, and no unit costs more than the most."""
    last = NOON.date() + timedelta(days=69)  # ten weeks

    assert [Pence(1540)] == asked(ProRata(Pence(60), Pence(1000), 1), {"ends": last})
    assert [Pence(1000)] == asked(ProRata(Pence(60), Pence(1000), 20), {"ends": last})
    assert [Pence(2400)] == asked(
        ProRata(Pence(60), Pence(1000), 0, Pence(1200)), {"ends": last, "count": 2}
    )


def test_weeks_are_counted_from_the_day_on_which_it_begins() -> None:
    """A subscription that begins later is paid for from then on."""
    prices = book(x=ProRata(Pence(60)))
    begins = date(2027, 4, 1)
    item = Item(charge="x", ends=date(2027, 4, 14))

    assert Pence(120) == prices.quote([item], at=NOON, starts=begins).total


@given(days=st.integers(0, 400), weekly=PENCE)
def test_a_later_day_costs_no_more(days: int, weekly: Pence) -> None:
    """Waiting a day never makes the rest of a year dearer, and never by more than a week."""
    last = date(2027, 12, 31)
    kind = ProRata(weekly)
    today = datetime.combine(last - timedelta(days=days + 1), NOON.time(), UTC)

    now, tomorrow = (
        asked(kind, {"ends": last}, at=today + timedelta(days=more))[0] for more in (0, 1)
    )

    assert Pence(0) <= now - tomorrow <= weekly


@pytest.mark.parametrize(
    ("counts", "days", "amount"),
    [
        (True, 0, 3500),
        (True, 13, 3500),
        (True, 14, 7000),
        (True, 27, 7000),
        (True, 28, 10500),
        (True, 500, 10500),
        (False, 14, 3500),
        (False, 15, 7000),
        (False, 28, 7000),
        (False, 29, 10500),
    ],
)
def test_a_penalty_goes_up_by_steps(*, counts: bool, days: int, amount: int) -> None:
    """Half price holds for 14 days, the day of the notice counted as the law of the charge says."""
    kind = Steps(PENALTY.steps, counts)
    since = NOON.date() - timedelta(days=days)

    assert [Pence(amount)] == asked(kind, {"since": since})
    assert kind.last_day(since, step=2) is None
    half_price_ends = kind.last_day(since, step=0)
    assert half_price_ends is not None
    assert (amount == 3500) is (NOON.date() <= half_price_ends)


def test_a_penalty_goes_up_at_midnight_in_london() -> None:
    """In summer the last half-price second is 22:59:59 UTC."""
    last = datetime(2026, 7, 14, 22, 59, 59, tzinfo=UTC)
    item = {"since": date(2026, 7, 1)}

    assert [Pence(3500)] == asked(PENALTY, item, at=last)
    assert [Pence(7000)] == asked(PENALTY, item, at=last + timedelta(seconds=1))


UNPRICED: list[tuple[Pricing, dict[str, Any], str]] = [
    (Fixed(Pence(1)), {"count": 2}, "too_many"),
    (PerUnit(Pence(1)), {"name": "a"}, "not_priced_so"),
    (PerUnit(Pence(1)), {"ends": date(2027, 1, 1)}, "not_priced_so"),
    (PerUnit(Pence(1)), {"since": date(2026, 1, 1)}, "not_priced_so"),
    (BINS, {"name": "240"}, "unknown_name"),
    (SIZES, {}, "unknown_name"),
    (BANDS, {"count": 7}, "too_many"),
    (EMISSIONS, {"name": "C"}, "unknown_name"),
    (ProRata(Pence(1)), {}, "missing"),
    (ProRata(Pence(1)), {"ends": date(2026, 11, 21)}, "out_of_range"),
    (PENALTY, {}, "missing"),
    (PENALTY, {"since": date(2026, 11, 23)}, "out_of_range"),
    (Steps((Step(14, Pence(1)),), False), {"since": date(2026, 11, 1)}, "over"),
]


@pytest.mark.parametrize(("kind", "item", "code"), UNPRICED)
def test_what_cannot_be_priced_is_refused(kind: Pricing, item: dict[str, Any], code: str) -> None:
    """What a price would leave out of account, or cannot do without, is no price of nought."""
    with pytest.raises(InvalidValueError) as refused:
        asked(kind, item)

    assert code == refused.value.code
    assert "x" == refused.value.field


def test_a_charge_without_sizes_is_given_once() -> None:
    """Two items with names of their own do not share a charge that has no names."""
    prices = book(x=PerUnit(Pence(1)))

    with pytest.raises(InvalidValueError, match="no sizes"):
        prices.quote([Item(charge="x"), Item(charge="x", name="b")], at=NOON)


@pytest.mark.parametrize("number", [-1, True, 1.0, 100_001, Pence(1)])
def test_a_count_is_a_whole_number(number: Any) -> None:
    """No pence, no True and no fraction count what is asked for, nor what is there already."""
    with pytest.raises(InvalidValueError, match="count"):
        Item(charge="x", count=number)
    with pytest.raises(InvalidValueError, match="already"):
        Item(charge="x", already=number)
    with pytest.raises(InvalidValueError, match="count"):
        Item(charge="x", count=0)


@pytest.mark.parametrize(
    "build",
    [
        lambda: Fixed(Pence(-1)),
        lambda: Fixed(100),  # pyright: ignore[reportArgumentType]  # on purpose
        lambda: PerUnit(Pence(1), Pence(-1)),
        lambda: FirstAndFurther({}),
        lambda: FirstAndFurther({"": ()}),
        lambda: FirstAndFurther({"": (Pence(-1),)}),
        lambda: CountBands(()),
        lambda: CountBands((CountBand(0, Pence(1)),)),
        lambda: CountBands((CountBand(2, Pence(1)), CountBand(2, Pence(1)))),
        lambda: NamedBands({}),
        lambda: ProRata(Pence(1), weeks_in_minimum=-1),
        lambda: ProRata(Pence(1), most=Pence(-1)),
        lambda: Steps((), first_day_counts=True),
        lambda: Steps((Step(None, Pence(1)), Step(2, Pence(1))), first_day_counts=True),
        lambda: Steps((Step(2, Pence(1)), Step(1, Pence(1))), first_day_counts=True),
        lambda: Steps((Step(0, Pence(1)),), first_day_counts=True),
        lambda: Discount(name="x", kind=DiscountKind.AMOUNT, size=-1),
        lambda: Discount(name="x", kind=DiscountKind.PERCENT, size=10_001),
        lambda: PriceBook([]),
        lambda: PriceBook([PriceList(starts=FIRST, charges={})] * 2),
    ],
    ids=map(str, range(20)),
)
def test_a_price_that_cannot_be_right(build: Any) -> None:
    """A price list with a price below nought, bands that overlap or no end is not built."""
    with pytest.raises(ConfigError):
        build()


# ------------------------------------------------------------------ discounts

REDUCTION = Discount(name="reduction", kind=DiscountKind.AMOUNT, size=1000)
HALF = Discount(name="half", kind=DiscountKind.PERCENT, size=5000)
FIRST_BIN = Discount(
    name="first-bin", kind=DiscountKind.FIRST_ITEM, size=500, charges=frozenset({"bins"})
)


def discounted(*discounts: Discount, names: Sequence[str] = (), **counts: int) -> Quote:
    """Quote bins and a fee with discounts."""
    prices = book(*discounts, bins=BINS, fee=PerUnit(Pence(333)))
    items = [Item(charge=charge, count=count) for charge, count in counts.items()]
    return prices.quote(items, at=NOON, concessions=names)


def test_a_discount_is_for_who_has_it() -> None:
    """A concession takes off what it says from who has it, and nothing from anybody else."""
    without = discounted(REDUCTION, bins=1)
    having = discounted(REDUCTION, names=["reduction"], bins=1)

    assert (Pence(4650), ()) == (without.total, without.discounts)
    assert (Pence(3650), (Discounted("reduction", Pence(1000)),)) == (
        having.total,
        having.discounts,
    )
    assert (Pence(4650), Pence(4650)) == (having.before, having.lines[0].before)


def test_the_order_is_that_of_the_list() -> None:
    """Ten pounds off and then half is not half and then ten pounds off."""
    names = ("reduction", "half")

    assert Pence(1825) == discounted(REDUCTION, HALF, names=names, bins=1).total
    assert Pence(1325) == discounted(HALF, REDUCTION, names=tuple(reversed(names)), bins=1).total


def test_a_first_item_discount_is_taken_once() -> None:
    """It comes off one first bin, and off nothing where the first bin is there already."""
    prices = book(FIRST_BIN, bins=BINS)
    for count, already, total in ((1, 0, 4150), (3, 0, 10150), (2, 1, 6000)):
        items = [Item(charge="bins", count=count, already=already)]
        assert Pence(total) == prices.quote(items, at=NOON, concessions=["first-bin"]).total


def test_a_first_item_discount_is_no_more_than_the_first_item() -> None:
    """A discount of 10 pounds on a first item of 3.33 takes off 3.33."""
    big = Discount(name="big", kind=DiscountKind.FIRST_ITEM, size=1000, always=True)
    quote = book(big, fee=PerUnit(Pence(333))).quote([Item(charge="fee", count=4)], at=NOON)

    assert (Pence(999), (Discounted("big", Pence(333)),)) == (quote.total, quote.discounts)


def test_half_a_penny_goes_to_the_payer() -> None:
    """A percentage is rounded once on the sum, half a penny up, and shared out to the penny."""
    quote = discounted(HALF, names=["half"], bins=1, fee=1)

    assert Pence(2492) == quote.discounts[0].amount  # half of 49.83 is 24.915
    assert [Pence(2325), Pence(166)] == [line.amount for line in quote.lines]


def test_free_is_free() -> None:
    """What costs nothing already is not shared out, and nothing goes below nought."""
    free = Discount(name="free", kind=DiscountKind.PERCENT, size=10_000, always=True)

    quote = discounted(free, REDUCTION, names=["reduction"], bins=2)

    assert Pence(0) == quote.total
    assert [Pence(7650), Pence(0)] == [each.amount for each in quote.discounts]


DISCOUNTS = st.lists(
    st.builds(
        Discount,
        name=st.uuids().map(str),
        kind=st.sampled_from(DiscountKind),
        size=st.integers(0, 10_000),
        charges=st.sets(st.sampled_from(["bins", "fee", "permit"])).map(frozenset),
        always=st.booleans(),
    ),
    max_size=5,
    unique_by=lambda discount: discount.name,
)
ITEMS = st.lists(
    st.builds(Item, charge=st.sampled_from(["bins", "fee", "permit"]), count=st.integers(1, 9)),
    min_size=1,
    unique_by=lambda item: item.charge,
)


@given(discounts=DISCOUNTS, items=ITEMS, prices=st.lists(PENCE, min_size=4, max_size=4))
def test_no_penny_is_lost_in_a_discount(
    discounts: list[Discount], items: list[Item], prices: list[Pence]
) -> None:
    """Lines and discounts add up to the full price, and no line is below nought or above it."""
    first, further, fee, permit = prices
    prices_book = book(
        *discounts,
        bins=FirstAndFurther({"": (first, further)}),
        fee=PerUnit(fee),
        permit=PerUnit(permit),
    )
    names = [discount.name for discount in discounts if not discount.always]

    quote = prices_book.quote(items, at=NOON, concessions=names)

    off = sum((each.amount for each in quote.discounts), Pence(0))
    assert quote.before == quote.total + off
    assert all(Pence(0) <= line.amount <= line.before for line in quote.lines)
    assert [discount.name for discount in discounts] == [each.name for each in quote.discounts]
    untouched = [
        line for line in quote.lines if not any(one.covers(line.charge) for one in discounts)
    ]
    assert all(line.amount == line.before for line in untouched)


@given(size=st.integers(0, 10_000), count=st.integers(1, 9))
def test_a_percentage_is_the_nearest_penny(size: int, count: int) -> None:
    """What a percentage takes off is never half a penny away from the exact share."""
    share = Discount(name="share", kind=DiscountKind.PERCENT, size=size, always=True)

    quote = discounted(share, fee=count)

    exact = int(quote.before) * size
    assert -5000 < int(quote.discounts[0].amount) * 10_000 - exact <= 5000 or not quote.before


# ------------------------------------------------------------------ the day

LISTS = [
    PriceList(starts=starts, charges={"bin": Charge(pricing=Fixed(Pence(price)), fund="GW")})
    for starts, price in (
        (date(2026, 10, 26), 3000),
        (date(2025, 1, 1), 1000),
        (date(2026, 3, 30), 2000),
    )
]
DATED = PriceBook(LISTS)


def clocks_change(year: int, month: int) -> datetime:
    """Return the instant at which the clocks change: 01:00 UTC on the last Sunday of a month."""
    last = datetime(year, month, 31, 1, tzinfo=UTC)
    return last - timedelta(days=(last.weekday() + 1) % 7)


@pytest.mark.parametrize(
    ("at", "price"),
    [
        # The clocks went forward on 29 March 2026, so 30 March began at 23:00 UTC on the 29th.
        ("2026-03-29T22:59:59+00:00", 1000),
        ("2026-03-29T23:00:00+00:00", 2000),
        ("2026-03-30T00:00:00+01:00", 2000),
        ("2026-03-30T00:30:00+02:00", 1000),
        # The clocks went back on 25 October 2026, so 26 October began at 00:00 UTC.
        ("2026-10-25T23:59:59+00:00", 2000),
        ("2026-10-26T00:00:00+00:00", 3000),
        ("2026-10-25T00:30:00+01:00", 2000),
        ("2026-10-26T00:59:59+01:00", 2000),
    ],
)
def test_prices_change_at_midnight_in_london(at: str, price: int) -> None:
    """On the days after the clocks changed, the list changes with the day in London."""
    quote = DATED.quote([Item(charge="bin")], at=datetime.fromisoformat(at))

    assert Pence(price) == quote.total


def test_every_hour_of_a_year() -> None:
    """In each hour of a year, the list is that of the day that clocks in London show."""
    spring, autumn = clocks_change(2026, 3), clocks_change(2026, 10)
    assert (date(2026, 3, 29), date(2026, 10, 25)) == (spring.date(), autumn.date())
    start = datetime(2026, 1, 1, tzinfo=UTC)
    wrong: list[datetime] = []
    for hour in range(365 * 24):
        at = start + timedelta(hours=hour)
        shown = at + timedelta(hours=1) if spring <= at < autumn else at
        price = 1000 if shown.date() < date(2026, 3, 30) else 2000
        price = 3000 if shown.date() >= date(2026, 10, 26) else price
        quote = DATED.quote([Item(charge="bin")], at=at)
        if (quote.day, quote.total) != (shown.date(), Pence(price)):
            wrong.append(at)

    assert not wrong


@given(
    at=st.datetimes(datetime(2025, 2, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 -- given a zone below
    minutes=st.integers(-12 * 60, 14 * 60),
)
def test_the_zone_of_the_instant_changes_nothing(at: datetime, minutes: int) -> None:
    """The same instant has the same price, whatever the zone that it is written in."""
    instant = at.replace(tzinfo=UTC)
    elsewhere = instant.astimezone(timezone(timedelta(minutes=minutes)))

    item = [Item(charge="bin")]

    assert DATED.quote(item, at=instant) == DATED.quote(item, at=elsewhere)
    assert instant.astimezone(LONDON).date() == DATED.quote(item, at=elsewhere).day


def test_a_renewal_is_priced_on_the_day_on_which_it_begins() -> None:
    """The day whose prices hold may be another than that of the quote."""
    quote = DATED.quote([Item(charge="bin")], at=NOON, starts=date(2026, 4, 1))

    assert (Pence(2000), date(2026, 3, 30)) == (quote.total, quote.prices_from)
    assert (date(2026, 11, 22), date(2026, 4, 1)) == (quote.day, quote.prices_on)


def test_a_day_before_the_first_list_has_no_price() -> None:
    """A council that forgot a list is told which day has none, instead of a wrong price."""
    with pytest.raises(ConfigError, match="2024-12-31"):
        DATED.quote([Item(charge="bin")], at=datetime(2024, 12, 31, tzinfo=UTC))


def test_a_day_is_no_instant() -> None:
    """A time of day where a day is asked for is refused: which day it is depends on the zone."""
    for name in ("ends", "since"):
        with pytest.raises(InvalidValueError, match=name):
            Item(charge="bin", **{name: NOON})  # pyright: ignore[reportArgumentType]  # on purpose
    with pytest.raises(InvalidValueError, match="starts"):
        DATED.quote([Item(charge="bin")], at=NOON, starts=NOON)


def test_an_instant_has_a_time_zone() -> None:
    """A time without a zone could be either side of midnight, and is refused."""
    with pytest.raises(InvalidValueError, match="time zone"):
        DATED.quote([Item(charge="bin")], at=datetime(2026, 4, 1))  # noqa: DTZ001 -- what is tested


@pytest.mark.parametrize(
    ("items", "concessions", "code"),
    [
        ([], [], "empty"),
        ([Item(charge="zq")], [], "unknown"),
        ([Item(charge="bin"), Item(charge="bin")], [], "twice"),
        ([Item(charge="bin")], ["zq"], "unknown"),
        ([Item(charge="bin")], "zq", "wrong_type"),
    ],
)
def test_a_request_that_does_not_fit(
    items: list[Item], concessions: Sequence[str], code: str
) -> None:
    """An unknown charge or concession is refused without being repeated, and is no full price."""
    with pytest.raises(InvalidValueError) as refused:
        DATED.quote(items, at=NOON, concessions=concessions)

    assert code == refused.value.code
    assert "zq" not in refused.value.message


# ------------------------------------------------------------------ what it is for

FILE = """
[[prices]]
from = 2026-04-01

[prices.charges.new]
kind = "first-and-further"
first = "46.50"
further = "30.00"
fund = "GW"
vat_code = "OS"
narrative = "BIN"

[prices.charges.renewal]
kind = "first-and-further"
first = "46.50"
further = "30.00"
fund = "GW"

[[prices]]
from = 2027-04-01

[prices.charges.new]
kind = "first-and-further"
first = "48.00"
further = "31.50"
fund = "GW"
vat_code = "OS"
narrative = "BIN"

[prices.charges.renewal]
kind = "first-and-further"
first = "46.50"
further = "30.00"
fund = "GW"
"""


@given(price=PENCE, count=st.integers(1, 20), rate=st.integers(0, 10_000).map(VatRate))
def test_vat_is_worked_out_for_the_line(price: Pence, count: int, rate: VatRate) -> None:
    """Net and VAT of each line add up to it, and the quote's VAT is the sum of its lines'."""
    charges = {
        "with": Charge(pricing=PerUnit(price), fund="A", vat_code="S", vat_rate=rate),
        "without": Charge(pricing=PerUnit(price), fund="B", vat_code="X"),
    }
    prices = PriceBook([PriceList(starts=FIRST, charges=charges)])

    quote = prices.quote([Item(charge=name, count=count) for name in charges], at=NOON)

    first, second = quote.lines
    assert first.amount == first.vat.net + first.vat.vat
    assert (second.amount, Pence(0)) == (second.vat.net, second.vat.vat)
    assert quote.vat == first.vat.vat


def test_a_quote_goes_into_a_basket_and_comes_back() -> None:
    """The lines of a quote are those of the basket that is sent with the payment."""
    items = [
        Item(charge="new", count=2, account="GW-0001"),
        Item(charge="renewal", account="GW-0002"),
    ]
    quote = PriceBook.from_toml(FILE).quote(items, at=NOON)

    lines = quote.basket()

    assert quote.total == basket.total(lines)
    assert lines == basket.decode(basket.encode(lines))
    assert ("GW", "GW-0001", "OS", "BIN") == (
        lines[0].fund, lines[0].account, lines[0].vat_code, lines[0].narrative
    )  # fmt: skip


def test_nothing_shows_an_account() -> None:
    """The account reference may point to a person, so no repr shows it."""
    item = Item(charge="new", account="HB-QX-77120943")
    quote = PriceBook.from_toml(FILE).quote([item], at=NOON)

    assert "77120943" not in f"{item!r} {quote!r} {quote.lines[0]}"
    assert "PriceBook of 2 lists from 2026-04-01" == repr(PriceBook.from_toml(FILE))


# ------------------------------------------------------------------ files

WHOLE = """
[[prices]]
from = 2026-04-01
[prices.charges.fixed]
kind = "fixed"
price = "12.00"
fund = "A"
vat_code = "S"
vat_rate = "20%"
[prices.charges.each]
kind = "per-unit"
price = "5.00"
minimum = "20.00"
fund = "A"
[prices.charges.sizes]
kind = "first-and-further"
fund = "A"
[prices.charges.sizes.sizes]
240 = { first = "60.00", further = "30.00" }
140 = { first = "40.00", further = ["35.00", "25.00"] }
[prices.charges.bulky]
kind = "bands"
bands = [{ up_to = 3, price = "40.00" }, { up_to = 6, price = "61.00" }]
fund = "A"
[prices.charges.permit]
kind = "named-bands"
bands = { A = "20.00", B = "45.50" }
fund = "A"
[prices.charges.weeks]
kind = "pro-rata"
minimum = "10.00"
weekly = "0.60"
weeks_in_minimum = 1
most = "46.50"
fund = "A"
[prices.charges.penalty]
kind = "steps"
first_day_counts = true
steps = [{ days = 14, price = "35.00" }, { days = 28, price = "70.00" }, { price = "105.00" }]
fund = "A"
[[prices.discounts]]
name = "reduction"
amount = "10.00"
[[prices.discounts]]
name = "first"
first_item = "5.00"
charges = ["sizes"]
[[prices.discounts]]
name = "staff"
percent = "12.5%"
always = true
"""


def test_a_file_holds_every_kind(tmp_path: Path) -> None:
    """What finance writes is read into the same prices as those written in Python."""
    path = tmp_path / "prices.toml"
    path.write_text(WHOLE, "utf-8")
    (prices,) = PriceBook.read(path).lists

    expected = {
        "fixed": Fixed(Pence(1200)),
        "each": PerUnit(Pence(500), Pence(2000)),
        "sizes": SIZES,
        "bulky": BANDS,
        "permit": EMISSIONS,
        "weeks": ProRata(Pence(60), Pence(1000), 1, Pence(4650)),
        "penalty": PENALTY,
    }
    assert expected == {name: charge.pricing for name, charge in prices.charges.items()}
    assert VatRate(2000) == prices.charges["fixed"].vat_rate
    assert ["reduction", "first", "staff"] == [one.name for one in prices.discounts]
    assert [1000, 500, 1250] == [one.size for one in prices.discounts]
    assert list(DiscountKind) == [one.kind for one in prices.discounts]
    assert [False, False, True] == [one.always for one in prices.discounts]


def wrong(text: str) -> str:
    """Return what is said of a file that is wrong."""
    with pytest.raises(ConfigError) as refused:
        PriceBook.from_toml(text, name="own.toml")
    return refused.value.message


def test_a_file_that_is_wrong_says_all_at_once_with_lines() -> None:
    """Every fault is named with its line and what to do, and no value is repeated."""
    text = (
        WHOLE.replace('"12.00"', "12.00")
        .replace('"5.00"\nminimum', '"-5.00"\nminimum')
        .replace('"20%"', '"20"')
        .replace('kind = "bands"', 'kind = "zq"')
        .replace('percent = "12.5%"', 'percent = "101%"')
    )

    said = wrong(text).splitlines()

    assert "own.toml cannot be used. Correct and read it again:" == said[0]
    expected = """\
line 9: prices.1.charges.fixed.vat_rate must be a percentage in quotes, such as "20%".
line 6: prices.1.charges.fixed.price must be pounds in quotes, such as "46.50": a bare number \
loses pence.
line 12: prices.1.charges.each.price must not be below 0: write a discount instead.
line 21: prices.1.charges.bulky must have a `kind` that there is: look at the page on fees.
line 50: prices.1.discounts.3.percent must be a percentage in quotes, such as "20%".\
"""
    assert sorted(expected.splitlines()) == sorted(line.strip() for line in said[1:])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("prices = ", "is no TOML"),
        ("", "line 1: prices is missing"),
        ("prices = 3", "line 1: prices must be a list"),
        ("prices = []", "at least one [[prices]]"),
        ("[[prices]]\nself = 1", "line 1: prices has a key with the name self"),
        ('[[prices]]\nfrom = "2026-04-01"', "line 2: prices.1.from must be a day"),
        ("[[prices]]\nfrom = 2026-04-01T00:00:00", "line 2: prices.1.from must be a day"),
        ("[[prices]]\nfrom = 2026-04-01\ncharges = {}", "line 3: prices.1.charges must not be"),
        (FILE.replace("2027", "2026"), "Two of [[prices]]"),
        (FILE.replace('further = "30.00"\n', "", 1), "line 5: prices.1.charges.new needs `first`"),
        (
            WHOLE.replace("up_to = 6", "up_to = 3"),
            "line 21: prices.1.charges.bulky A price must have bands",
        ),
        (
            WHOLE.replace('amount = "10.00"', ""),
            "line 41: prices.1.discounts.1 needs one of `amount`",
        ),
        (WHOLE.replace('["sizes"]', '["zq"]'), "line 2: prices.1 The discount first covers"),
        (WHOLE.replace('"first"', '"staff"'), "Two discounts of a price list"),
    ],
)
def test_a_file_that_cannot_be_used(text: str, said: str) -> None:
    """Whatever is wrong with the file, the error says where and what to do."""
    assert said in wrong(text)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A missing file, and one that is not UTF-8, are told without their path or content."""
    latin = tmp_path / "latin.toml"
    latin.write_bytes(b"\xe9")

    for path in (tmp_path / "none.toml", latin):
        with pytest.raises(ConfigError, match=r"cannot be (opened|used)") as refused:
            PriceBook.read(path)
        assert str(tmp_path) not in refused.value.message
        assert refused.value.__context__ is None


@given(pounds=st.integers(0, 99_999), pence=st.integers(0, 99), further=PENCE)
def test_a_price_in_a_file_is_exact(pounds: int, pence: int, further: Pence) -> None:
    """Each amount that can be written comes back to the penny."""
    assume((pounds, pence) != (0, 0))
    text = FILE.replace("46.50", f"{pounds}.{pence:02}").replace(
        '"30.00"', f'"{int(further) // 100}.{int(further) % 100:02}"'
    )

    quote = PriceBook.from_toml(text).quote([Item(charge="new", count=2)], at=NOON)

    assert Pence(pounds * 100 + pence) + further == quote.total
