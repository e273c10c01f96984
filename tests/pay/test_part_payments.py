"""lg_pay.part_payments: plans that add up, and balances that lose nothing."""

import pickle
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_core.errors import InvalidValueError
from lg_core.money import Pence
from lg_pay.part_payments import Balance, Instalment, PartPayment, Plan, balance, plan_evenly
from lg_pay.payment import PaymentStatus

PAID = ("success", "captured", "SUCCESS")
ENDED = ("failed", "cancelled", "error", "lost", "declined", "timedout", "expired")
PENDING = ("asking", "created", "started", "submitted", "capturable", "a word to come")

amounts = st.integers(0, 1_000_000).map(Pence)


@st.composite
def payments(draw: st.DrawFn) -> list[PartPayment]:
    """Make payments of every state, some of them refunded."""
    made: list[PartPayment] = []
    for number in range(draw(st.integers(0, 6))):
        state, amount = draw(st.sampled_from(PAID + ENDED + PENDING)), draw(amounts)
        refunded = draw(st.integers(0, amount)) if state in PAID else 0
        made.append(PartPayment(f"payment-{number}", amount, state, Pence(refunded)))
    return made


# ------------------------------------------------------------------ plans


@given(
    st.tuples(st.integers(1, 120), st.integers(0, 10**7)),
    st.dates(max_value=date(2200, 1, 1)),
    st.integers(1, 24),
)
def test_an_even_plan_adds_up(size: tuple[int, int], first: date, every: int) -> None:
    """The parts add up, differ by at most a penny, and are as many months apart as asked."""
    parts, more = size
    plan = plan_evenly(Pence(parts + more), parts=parts, first=first, every=every)

    found = [each.amount for each in plan.instalments]
    assert parts + more == plan.total == sum(found, Pence(0))
    assert max(found) - min(found) <= 1
    days = [each.due for each in plan.instalments]
    months = [day.year * 12 + day.month for day in days]
    assert first == days[0]
    assert [months[0] + every * number for number in range(parts)] == months
    assert all(day.day == first.day or day.day >= 28 for day in days)


def test_the_last_day_of_a_month_stays_the_last() -> None:
    """A day that a month lacks becomes its last one, and comes back when it can."""
    plan = plan_evenly(Pence(10000), parts=4, first=date(2026, 12, 31))

    assert [date(2026, 12, 31), date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)] == [
        each.due for each in plan.instalments
    ]
    assert [2500] * 4 == [each.amount for each in plan.instalments]


def test_what_is_due_by_a_day() -> None:
    """An instalment is due on its day."""
    plan = plan_evenly(Pence(1000), parts=3, first=date(2027, 4, 1))

    assert [0, 334, 334, 667, 1000] == [
        plan.due_by(day)
        for day in (
            date(2027, 3, 31),
            date(2027, 4, 1),
            date(2027, 4, 30),
            date(2027, 5, 1),
            date(2030, 1, 1),
        )
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"parts": 0}, "parts"),
        ({"parts": 101}, "total"),
        ({"every": 0}, "every"),
        ({"first": date(9999, 1, 1), "parts": 13}, "parts"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(changes: dict[str, Any], field: str) -> None:
    """No instalment of nought, no step back, no day that a calendar lacks."""
    values: dict[str, Any] = {"parts": 2, "first": date(2027, 1, 1), "every": 1} | changes
    with pytest.raises(InvalidValueError) as caught:
        plan_evenly(Pence(100), **values)

    assert field == caught.value.field


def test_the_last_day_of_all_is_a_day() -> None:
    """A plan may end in December of the year 9999."""
    plan = plan_evenly(Pence(12), parts=12, first=date(9999, 1, 31))

    assert date(9999, 12, 31) == plan.instalments[-1].due


@pytest.mark.parametrize(
    ("instalments", "code"),
    [
        ((Instalment(date(2027, 1, 1), Pence(99)),), "wrong_total"),
        (
            (Instalment(date(2027, 1, 2), Pence(50)), Instalment(date(2027, 1, 1), Pence(50))),
            "order",
        ),
        (
            (Instalment(date(2027, 1, 1), Pence(50)), Instalment(date(2027, 1, 1), Pence(50))),
            "order",
        ),
    ],
)
def test_a_plan_of_your_own_is_checked(instalments: tuple[Instalment, ...], code: str) -> None:
    """A plan adds up, and is in order."""
    with pytest.raises(InvalidValueError) as caught:
        Plan(Pence(100), instalments)

    assert code == caught.value.code


@pytest.mark.parametrize("amount", [0, -1])
def test_an_instalment_is_more_than_nought(amount: int) -> None:
    """An instalment of nought would never be paid."""
    with pytest.raises(InvalidValueError):
        Instalment(date(2027, 1, 1), Pence(amount))


# ------------------------------------------------------------------ balances


@given(amounts, payments())
def test_no_penny_is_lost(owed: Pence, made: list[PartPayment]) -> None:
    """What is paid, given back, owed and overpaid always adds up to what is owed."""
    found = balance(owed, made)

    assert owed == found.paid - found.refunded + found.outstanding - found.overpaid
    assert 0 in {found.outstanding, found.overpaid}
    assert Pence(0) <= found.open_to_pay <= found.outstanding
    assert found.open_to_pay in {0, found.outstanding - found.pending}
    assert sum((p.amount for p in made if p.state in PAID), Pence(0)) == found.paid
    assert sum((p.amount for p in made if p.state in PENDING), Pence(0)) == found.pending
    assert tuple(p.payment_id for p in made if p.state in PENDING) == found.pending_ids


@given(amounts, payments(), st.randoms(use_true_random=False))
def test_order_and_repeats_do_not_matter(owed: Pence, made: list[PartPayment], chance: Any) -> None:
    """The same payments, told twice and in another order, give the same balance."""
    again = made * 2
    chance.shuffle(again)

    assert balance(owed, made) == balance(owed, again)


@given(st.integers(1, 12), st.integers(12, 10**6).map(Pence), payments())
def test_the_next_instalment_is_the_first_not_wholly_paid(
    parts: int, owed: Pence, made: list[PartPayment]
) -> None:
    """What is left of the next one, and those after it, is what is outstanding."""
    plan = plan_evenly(owed, parts=parts, first=date(2027, 4, 1))

    found = balance(plan, made)

    left = Pence(0)
    if found.next_due:
        day = found.next_due.due
        left = plan.total - plan.due_by(day) + found.next_due.amount
        assert found.next_due.amount <= next(p.amount for p in plan.instalments if p.due == day)
    assert found.outstanding == left
    assert balance(owed, made).outstanding == left


def test_an_example() -> None:
    """Two of three paid, one of them partly given back, one being paid now."""
    plan = plan_evenly(Pence(30000), parts=3, first=date(2027, 4, 30))
    made = [
        PartPayment("a", Pence(10000), "success"),
        PartPayment("b", Pence(10000), "success", refunded=Pence(2500)),
        PartPayment("c", Pence(10000), "failed"),
        PartPayment("d", Pence(12500), "started"),
    ]

    assert Balance(
        paid=Pence(20000),
        refunded=Pence(2500),
        outstanding=Pence(12500),
        overpaid=Pence(0),
        next_due=Instalment(date(2027, 5, 30), Pence(2500)),
        pending=Pence(12500),
        pending_ids=("d",),
    ) == balance(plan, made)
    assert Pence(0) == balance(plan, made).open_to_pay


def test_too_much_is_said() -> None:
    """Two people paid the same: the second payment is overpaid, and nothing is due."""
    plan = plan_evenly(Pence(5000), parts=1, first=date(2027, 4, 30))
    found = balance(plan, [PartPayment(name, Pence(5000), "success") for name in "ab"])

    assert (5000, 0, None) == (found.overpaid, found.outstanding, found.next_due)


def test_every_status_of_gov_uk_pay_has_its_place() -> None:
    """Of the documented states, success alone is paid, and only the unfinished are pending."""
    made = {status: PartPayment("x", Pence(1), status) for status in PaymentStatus}

    assert {PaymentStatus.SUCCESS} == {status for status, each in made.items() if each.is_paid}
    assert {"created", "started", "submitted", "capturable"} == {
        status.value for status, each in made.items() if each.is_pending
    }


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"amount": Pence(-1)}, "out_of_range"),
        ({"amount": 1.5}, "wrong_type"),
        ({"refunded": Pence(-1)}, "out_of_range"),
        ({"refunded": Pence(101)}, "out_of_range"),
        ({"refunded": Pence(1), "state": "failed"}, "not_paid"),
        ({"refunded": Pence(1), "state": "started"}, "not_paid"),
    ],
)
def test_a_payment_that_contradicts_itself_is_refused(values: dict[str, Any], code: str) -> None:
    """No refund without a payment, none larger than it, and no negative amount."""
    whole: dict[str, Any] = {"payment_id": "x", "amount": Pence(100), "state": "success"} | values
    with pytest.raises(InvalidValueError) as caught:
        PartPayment(**whole)

    assert code == caught.value.code


def test_one_payment_in_two_states_is_refused() -> None:
    """Which of two readings is the newer cannot be known here."""
    made = [PartPayment("x", Pence(1), "started"), PartPayment("x", Pence(1), "success")]
    with pytest.raises(InvalidValueError) as caught:
        balance(Pence(1), made)

    assert "contradiction" == caught.value.code


def test_nothing_negative_is_owed() -> None:
    """A debt under nought is a refund, and not worked out here."""
    with pytest.raises(InvalidValueError):
        balance(Pence(-1), [])


def test_a_balance_does_not_print_ids_and_pickles() -> None:
    """A balance survives a way to another process."""
    found = balance(Pence(10), [PartPayment("hu20sqlact5260q2nanm0q8u93", Pence(10), "created")])

    assert "hu20" not in repr(found)
    assert found == pickle.loads(pickle.dumps(found))
