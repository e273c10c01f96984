from collections import defaultdict
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pay.reconciling import (
    ACCOUNT,
    STANDARD,
    a_coding,
    a_payment_row,
    basket_row,
    line,
    read_payment,
)

from lg_core.money import Pence, VatRate, split_vat
from lg_pay.basket import Line
from lg_pay.reconcile.coding import Coded, Coding, PartRefunds, code_payment, code_refund

CODING = a_coding()
POLICIES = (PartRefunds.PRO_RATA, PartRefunds.LARGEST_LINE)

Sums = dict[tuple[str, str], tuple[int, int]]


def paid_lines(*lines: Line, coding: Coding = CODING) -> tuple[Coded, ...]:
    """Return how a payment with a basket is coded."""
    payment = read_payment(basket_row("p1", list(lines)))
    return code_payment(payment, account=ACCOUNT, coding=coding)


def back(
    amount: int,
    paid: tuple[Coded, ...],
    *,
    returned: tuple[Coded, ...] = (),
    recorded: tuple[Line, ...] = (),
    coding: Coding = CODING,
) -> tuple[Coded, ...]:
    """Return how a refund is coded."""
    return code_refund(
        Pence(amount), paid=paid, returned=returned, recorded=recorded, coding=coding
    )


def sums(coded: tuple[Coded, ...]) -> Sums:
    """Return the gross and the VAT of each fund and account that is not nought."""
    found: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for one in coded:
        key = (one.line.fund, one.line.account)
        found[key][0] += int(one.line.amount)
        found[key][1] += int(one.vat)
    return {key: (gross, vat) for key, (gross, vat) in found.items() if gross or vat}


def amount_of(coded: tuple[Coded, ...]) -> int:
    """Return what lines add up to."""
    return sum(int(one.line.amount) for one in coded)


LINES = st.lists(
    st.builds(
        line,
        st.integers(1, 3_000),
        fund=st.sampled_from(["GW", "CT"]),
        account=st.sampled_from(["A1", "A2", "A3"]),
        vat=st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


@given(
    amount=st.integers(0, 10_000),
    surcharge=st.integers(0, 300),
    metadata=st.dictionaries(
        st.sampled_from(["lg_basket", "lg_basket_1", "flow"]), st.text("a;1", max_size=9)
    ),
    description=st.sampled_from(["Link to pay", "Something else"]),
    fund=st.sampled_from([None, "GW", "NO"]),
)
def test_the_lines_of_a_payment_add_up(
    *, amount: int, surcharge: int, metadata: dict[str, str], description: str, fund: str | None
) -> None:
    """With a damaged basket, a rule, no rule or a surcharge: never a penny more or less."""
    extra: dict[str, Any] = {
        "corporate_card_surcharge": surcharge,
        "total_amount": amount + surcharge,
    }
    row = a_payment_row(
        amount=amount, metadata=metadata, description=description, **(extra if surcharge else {})
    )

    coded = code_payment(read_payment(row), account=ACCOUNT, coding=a_coding(surcharge_fund=fund))

    assert amount + surcharge == amount_of(coded)
    damaged = bool(metadata.keys() - {"flow"})
    assert damaged == any(one.rule.startswith("suspense: basket") for one in coded)


def test_a_basket_says_where_its_money_goes() -> None:
    """Each line to its fund and account, with its VAT."""
    coded = paid_lines(line(4000), line(650, fund="CT", vat=False))

    assert {("GW", "A1"): (4000, 667), ("CT", "A1"): (650, 0)} == sums(coded)
    assert {"basket"} == {one.rule for one in coded}


def test_a_line_that_names_a_vat_code_alone_has_its_rate() -> None:
    """Standard-rated money is not posted without VAT because a basket left the rate out."""
    bare = replace(line(4000), vat_rate=None)
    paid = paid_lines(bare)

    assert [(STANDARD, 667)] == [(one.line.vat_rate, one.vat) for one in paid]
    assert {"refund by recorded lines"} == {
        one.rule for one in back(100, paid, recorded=(replace(bare, amount=Pence(100)),))
    }


def test_the_rate_of_a_basket_is_that_of_the_sale() -> None:
    """A rate that stands in the basket is not replaced by today's."""
    paid = paid_lines(replace(line(4000), vat_rate=VatRate(1750)))

    assert [split_vat(Pence(4000), rate=VatRate(1750)).vat] == [one.vat for one in paid]


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (Line("NO", "A1", Pence(100)), "suspense: fund NO is not known"),
        (Line("GW", "A1", Pence(100), "XX"), "suspense: VAT code XX is not known"),
    ],
)
def test_what_finance_does_not_know_goes_to_suspense(one: Line, reason: str) -> None:
    """By name, with the account that it came with; the other lines are not touched."""
    coded = paid_lines(line(50), one)

    assert [("GW", "basket"), ("SUSP", reason)] == [(c.line.fund, c.rule) for c in coded]
    assert "A1" == coded[1].line.account


def test_a_payment_without_a_basket_is_coded_by_a_rule_or_by_nobody() -> None:
    """The rule's name stands on the line; without one it is suspense, with the reference."""
    link = code_payment(read_payment(a_payment_row()), account=ACCOUNT, coding=CODING)
    other = code_payment(
        read_payment(a_payment_row(description="Other")), account=ACCOUNT, coding=CODING
    )

    assert [("CT", "rule links", "REF-p1", "OS")] == [
        (one.line.fund, one.rule, one.line.account, one.line.vat_code) for one in link
    ]
    assert [("SUSP", "suspense: no rule", "REF-p1")] == [
        (one.line.fund, one.rule, one.line.account) for one in other
    ]


def test_a_surcharge_has_a_fund_of_its_own_or_none() -> None:
    """Without a fund it is suspense."""
    row = a_payment_row(corporate_card_surcharge=250, total_amount=4900)
    named, unnamed = (
        code_payment(read_payment(row), account=ACCOUNT, coding=a_coding(surcharge_fund=fund))[1]
        for fund in ("GW", None)
    )

    assert ("GW", "surcharge", 250) == (named.line.fund, named.rule, named.line.amount)
    assert ("SUSP", "suspense: surcharge") == (unnamed.line.fund, unnamed.rule)


def test_a_fee_needs_a_fund() -> None:
    """Where finance named none, the fee is suspense."""
    none = replace(CODING, funds=replace(CODING.funds, fee_fund=None))

    assert ("FEES", "fee") == (CODING.fee(Pence(-9)).line.fund, CODING.fee(Pence(-9)).rule)
    assert "suspense: no fund for fees" == none.fee(Pence(-9)).rule


@given(
    lines=LINES,
    policy=st.sampled_from(POLICIES),
    shares=st.lists(st.integers(1, 2_000), max_size=12),
    data=st.data(),
)
def test_when_all_went_back_nothing_is_left_of_any_line(
    *, lines: list[Line], policy: PartRefunds, shares: list[int], data: st.DataObject
) -> None:
    """Any part refunds, recorded or not: at the end gross, net and VAT of each line are nought."""
    coding = a_coding(policy)
    paid = paid_lines(*lines, coding=coding)
    left, returned = amount_of(paid), tuple[Coded, ...]()
    for share in [*shares, left]:
        amount = min(share, left)
        recorded = ()
        if amount and data.draw(st.booleans()):
            recorded = tuple(data.draw(st.permutations(_from_lines(paid, returned, amount))))
        if not amount:
            break
        made = back(amount, paid, returned=returned, recorded=recorded, coding=coding)
        assert -amount == amount_of(made)
        assume(not any(one.line.fund == "SUSP" for one in made))
        for one in made:
            assert 0 <= -int(one.vat) <= -int(one.line.amount)
        returned += made
        left -= amount
    if left:
        returned += back(left, paid, returned=returned, coding=coding)

    assert {} == sums(paid + returned)


def _from_lines(paid: tuple[Coded, ...], returned: tuple[Coded, ...], amount: int) -> list[Line]:
    """Record a refund from the first lines that have something left."""
    room: dict[Line, int] = defaultdict(int)
    for one in (*paid, *returned):
        room[replace(one.line, amount=Pence(0))] += int(one.line.amount)
    recorded: list[Line] = []
    for bare, left in room.items():
        taken = min(left, amount)
        if taken > 0:
            recorded.append(replace(bare, amount=Pence(taken)))
            amount -= taken
    return recorded


@given(lines=LINES, shares=st.lists(st.integers(1, 2_000), min_size=1, max_size=8))
def test_a_refund_that_names_no_line_takes_from_no_fund(
    lines: list[Line], shares: list[int]
) -> None:
    """As long as finance has decided nothing, every part goes to suspense, whole and by name."""
    paid = paid_lines(*lines)
    left, returned = amount_of(paid), tuple[Coded, ...]()
    for share in shares:
        if share >= left:
            break
        made = back(share, paid, returned=returned)
        returned += made
        left -= share
        assert {("SUSP", "")} == set(sums(made))
        assert all(one.rule.startswith("suspense: ") for one in made)
    assume(returned)
    last = back(left, paid, returned=returned)

    assert {"suspense: refund after one in suspense"} == {one.rule for one in last}
    assert 0 == amount_of(paid + returned + last)
    assert sums(paid) == {key: sums_of for key, sums_of in sums(paid + returned).items() if key[1]}


@given(lines=LINES)
def test_a_full_refund_is_the_payment_backwards(lines: list[Line]) -> None:
    """Line for line, with exactly the VAT that was charged."""
    paid = paid_lines(*lines)
    made = back(amount_of(paid), paid)

    assert [(one.line.account, -one.line.amount, -one.vat) for one in paid] == [
        (one.line.account, one.line.amount, one.vat) for one in made
    ]
    assert {"full refund"} == {one.rule for one in made}


@given(amount=st.integers(2, 5_000), parts=st.integers(2, 60))
def test_vat_never_drifts(amount: int, parts: int) -> None:
    """After each of many small refunds the VAT that is left is that of the amount that is left."""
    coding = a_coding(PartRefunds.PRO_RATA)
    paid = paid_lines(line(amount), coding=coding)
    returned, left = tuple[Coded, ...](), amount
    for _ in range(min(parts, amount - 1)):
        returned += back(1, paid, returned=returned, coding=coding)
        left -= 1
        stays = sum(int(one.vat) for one in paid + returned)
        assert split_vat(Pence(left), rate=STANDARD).vat == stays


def test_a_full_refund_takes_a_discount_back_too() -> None:
    """And part of such a payment is suspense, since a share of a discount is a guess."""
    paid = paid_lines(line(4000), line(-500, account="OFF"))

    assert [-4000, 500] == [one.line.amount for one in back(3500, paid)]
    for policy in POLICIES:
        (part,) = back(100, paid, coding=a_coding(policy))
        assert "suspense: part refund: a line is below nought" == part.rule


def test_recorded_lines_are_taken_from_lines_that_are_alike() -> None:
    """Two lines of one account are one purse; a discount in it is not taken from."""
    paid = paid_lines(line(-100), line(600), line(500))
    first = back(700, paid, recorded=(line(700),))
    last = back(300, paid, returned=first)

    assert [("refund by recorded lines", -700)] == [(c.rule, c.line.amount) for c in first]
    assert {"rest of a refund"} == {one.rule for one in last}
    assert {} == sums(paid + first + last)


@pytest.mark.parametrize(
    "recorded",
    [
        (line(100),),
        (line(300),),
        (line(200, account="A9"),),
        (line(400), line(-200)),
        (line(200, vat=False),),
    ],
)
def test_recorded_lines_that_do_not_fit_go_to_suspense(recorded: tuple[Line, ...]) -> None:
    """Another sum, another account, more than the line has, or another VAT code."""
    paid = paid_lines(line(250), line(1000, account="A2"))
    (made,) = back(200, paid, recorded=recorded)

    assert ("SUSP", -200) == (made.line.fund, made.line.amount)
    assert "suspense: refund: recorded lines do not fit the payment" == made.rule


def test_recorded_lines_after_one_in_suspense_go_there_too() -> None:
    """What is left of each line is not known any more."""
    paid = paid_lines(line(250), line(1000, account="A2"))
    first = back(100, paid)
    (made,) = back(200, paid, returned=first, recorded=(line(200),))

    assert "SUSP" == made.line.fund


def test_the_largest_line_must_cover_the_refund() -> None:
    """Else no line is the one, and it goes to suspense."""
    coding = a_coding(PartRefunds.LARGEST_LINE)
    paid = paid_lines(line(300), line(200, account="A2"), coding=coding)

    (fits,) = back(299, paid, coding=coding)
    (over,) = back(301, paid, coding=coding)

    assert ("A1", "part refund from the largest line") == (fits.line.account, fits.rule)
    assert "suspense: part refund: no line named" == over.rule


def test_a_dispute_is_coded_as_a_refund_is() -> None:
    """With its own word in the rule."""
    paid = paid_lines(line(300))
    (made,) = code_refund(Pence(300), paid=paid, coding=CODING, what="dispute")

    assert ("full dispute", -300, -50) == (made.rule, made.line.amount, made.vat)


def test_money_in_suspense_leaves_it_by_a_full_refund() -> None:
    """The line says both why it was there and why it went."""
    payment = read_payment(a_payment_row(description="Other"))
    paid = code_payment(payment, account=ACCOUNT, coding=CODING)
    (made,) = back(4650, paid)

    assert "suspense: no rule, full refund" == made.rule
    assert {} == sums((*paid, made))
