from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pay.reconciling import (
    ACCOUNT,
    DAY,
    NOON,
    a_dispute,
    a_payment_row,
    a_refund,
    read_dispute,
    read_payment,
    read_refund,
)

from lg_core.days import london_day
from lg_pay.reconcile.happenings import (
    DayBasis,
    Kind,
    amount_taken,
    of_dispute,
    of_payment,
    of_refund,
    waits_for_capture,
)

INSTANTS = st.datetimes(
    min_value=datetime(2025, 1, 1),  # noqa: DTZ001 -- hypothesis wants its bounds so
    max_value=datetime(2030, 1, 1),  # noqa: DTZ001 -- as above
    timezones=st.just(UTC),
).map(lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000))


@pytest.mark.parametrize(
    ("captured", "day"),
    [
        ("2026-06-01T22:59:59.999+00:00", date(2026, 6, 1)),
        ("2026-06-01T23:00:00.000+00:00", date(2026, 6, 2)),
        ("2026-01-01T23:59:59.999+00:00", date(2026, 1, 1)),
        ("2026-01-02T00:00:00.000+00:00", date(2026, 1, 2)),
        # The clocks go forward on 29 March 2026 at 01:00 UTC, and back on 25 October.
        ("2026-03-28T23:59:59.999+00:00", date(2026, 3, 28)),
        ("2026-03-29T00:00:00.000+00:00", date(2026, 3, 29)),
        ("2026-03-29T22:59:59.999+00:00", date(2026, 3, 29)),
        ("2026-03-29T23:00:00.000+00:00", date(2026, 3, 30)),
        ("2026-10-24T22:59:59.999+00:00", date(2026, 10, 24)),
        ("2026-10-24T23:00:00.000+00:00", date(2026, 10, 25)),
        ("2026-10-25T23:59:59.999+00:00", date(2026, 10, 25)),
        ("2026-10-26T00:00:00.000+00:00", date(2026, 10, 26)),
        # The year of account ends on 31 March, in summer time.
        ("2026-03-31T22:59:59.999+00:00", date(2026, 3, 31)),
        ("2026-03-31T23:00:00.000+00:00", date(2026, 4, 1)),
        ("2026-04-01T00:30:00.000+01:00", date(2026, 4, 1)),
    ],
)
def test_a_payment_belongs_to_the_london_day_of_its_capture(captured: str, day: date) -> None:
    """Midnight is London's, on both sides of the clock changes and of the end of the year."""
    at = datetime.fromisoformat(captured)
    payment = read_payment(a_payment_row(at=at - timedelta(days=3), captured=at))
    refund = read_refund(a_refund("r1", 1, at=at))

    (one,) = of_payment(payment, account=ACCOUNT)
    back = of_refund(refund, account=ACCOUNT)

    assert (day, at) == (one.day, one.at)
    assert back is not None
    assert day == back.day


@given(at=INSTANTS, hours=st.integers(-12, 14))
def test_the_offset_in_which_an_instant_is_written_does_not_matter(
    at: datetime, hours: int
) -> None:
    """An instant is on one day, however the server writes it."""
    row = a_payment_row(at=at)
    elsewhere = at.astimezone(timezone(timedelta(hours=hours)))
    row["settlement_summary"]["capture_submit_time"] = elsewhere.isoformat()

    (one,) = of_payment(read_payment(row), account=ACCOUNT)

    assert london_day(at) == one.day


@pytest.mark.parametrize(
    ("basis", "day"),
    [
        (DayBasis.CREATED, date(2026, 6, 1)),
        (DayBasis.CAPTURE_SUBMITTED, date(2026, 6, 4)),
        (DayBasis.CAPTURED, date(2026, 6, 3)),
    ],
)
def test_the_basis_decides_on_the_day(basis: DayBasis, day: date) -> None:
    """Creation, capture as it was asked for, or capture as the provider tells it."""
    row = a_payment_row(captured=datetime(2026, 6, 3, 23, 30, tzinfo=UTC))

    (one,) = of_payment(read_payment(row), account=ACCOUNT, basis=basis)

    assert day == one.day


@pytest.mark.parametrize("basis", DayBasis)
def test_success_is_not_proof_of_money(basis: DayBasis) -> None:
    """Nothing moved before the capture was submitted, whatever decides on the day."""
    payment = read_payment(a_payment_row(waiting=True))

    assert [] == list(of_payment(payment, account=ACCOUNT, basis=basis))
    assert waits_for_capture(payment)


def test_a_capture_whose_day_the_provider_has_not_told_waits() -> None:
    """By captured day there is no day yet, and nothing is posted."""
    row = a_payment_row()
    del row["settlement_summary"]["captured_date"]
    payment = read_payment(row)

    assert [] == list(of_payment(payment, account=ACCOUNT, basis=DayBasis.CAPTURED))


@pytest.mark.parametrize("waiting", [True, False])
@pytest.mark.parametrize("status", ["error", "failed", "cancelled"])
def test_a_payment_that_ended_without_money_is_undone(status: str, *, waiting: bool) -> None:
    """It takes back what was posted, also where the capture is no longer told."""
    payment = read_payment(a_payment_row(status=status, waiting=waiting))

    (one,) = of_payment(payment, account=ACCOUNT)

    assert (Kind.PAYMENT, True, DAY) == (one.kind, one.undone, one.day)
    assert not waits_for_capture(payment)


@pytest.mark.parametrize("status", ["created", "started", "submitted", "capturable", "new-word"])
def test_a_payment_on_its_way_moves_nothing(status: str) -> None:
    """Only an end is an end, and a word that is new to us is none."""
    payment = read_payment(a_payment_row(status=status, waiting=True))

    assert [] == list(of_payment(payment, account=ACCOUNT))
    assert (status in {"submitted", "capturable"}) == waits_for_capture(payment)


def test_the_surcharge_belongs_to_what_was_paid_and_the_fee_is_apart() -> None:
    """Gross income and cost are two movements of one day."""
    row = a_payment_row(corporate_card_surcharge=250, total_amount=4900, fee=93, net_amount=4807)
    payment = read_payment(row)

    paid, fee = of_payment(payment, account=ACCOUNT)

    assert 4900 == amount_taken(payment) == paid.amount
    assert (Kind.FEE, -93, "fee:p1") == (fee.kind, fee.amount, fee.key)
    assert paid.day == fee.day


def test_a_failed_payment_can_cost_a_fee() -> None:
    """The fee stands on the day of creation, since there is no other."""
    row = a_payment_row(status="failed", waiting=True, fee=7, net_amount=-7)

    moves = [one for one in of_payment(read_payment(row), account=ACCOUNT) if not one.undone]

    assert [("fee:p1", -7, DAY)] == [(one.key, one.amount, one.day) for one in moves]


@pytest.mark.parametrize("status", ["submitted", "success", "error"])
def test_a_refund_counts_from_the_moment_that_it_is_made(status: str) -> None:
    """And is undone where the provider refused it."""
    one = of_refund(read_refund(a_refund("r1", 100, status=status)), account=ACCOUNT)

    assert one is not None
    assert ("refund:r1", "p1", -100) == (one.key, one.payment_id, one.amount)
    assert (status == "error") == one.undone


def test_a_refund_without_a_payment_is_none_of_ours() -> None:
    """Where neither the refund nor the caller names the payment, nothing can be posted."""
    row = {**a_refund("r1", 100), "payment_id": None}

    given_one = of_refund(read_refund(row), account=ACCOUNT, payment_id="p9")

    assert of_refund(read_refund(row), account=ACCOUNT) is None
    assert given_one is not None
    assert "p9" == given_one.payment_id


def test_a_lost_dispute_takes_its_amount_and_its_fee_on_its_settled_day() -> None:
    """Two movements: the money back, and what the provider kept."""
    settled = DAY + timedelta(days=30)

    moves = list(of_dispute(read_dispute(a_dispute("d1", 4650, settled=settled)), account=ACCOUNT))

    assert [("dispute:d1", -4650), ("dispute-fee:d1", -1500)] == [
        (one.key, one.amount) for one in moves
    ]
    assert {settled} == {one.day for one in moves}


@pytest.mark.parametrize(
    "row",
    [
        a_dispute("d1", 4650, status="needs_response"),
        a_dispute("d1", 4650, settled=None),
        a_dispute("d1", 0, fee=None),
    ],
)
def test_other_disputes_move_nothing(row: dict[str, object]) -> None:
    """Open, without a settled day, or about nothing."""
    assert [] == list(of_dispute(read_dispute(row), account=ACCOUNT))


@pytest.mark.parametrize("settled", [DAY, None])
def test_a_dispute_that_was_won_undoes_what_it_took(settled: date | None) -> None:
    """The amount and the fee, also where GOV.UK Pay tells neither a day nor a fee any more."""
    row = a_dispute("d1", 4650, status="won", settled=settled, fee=None)

    moves = list(of_dispute(read_dispute(row), account=ACCOUNT))

    assert [("dispute:d1", True), ("dispute-fee:d1", True)] == [
        (one.key, one.undone) for one in moves
    ]
    assert {settled or DAY - timedelta(days=3)} == {one.day for one in moves}


@pytest.mark.parametrize(("fee", "told"), [(None, []), (0, [0]), (93, [-93])])
def test_a_fee_of_nothing_is_a_fee_that_was_told(fee: int | None, told: list[int]) -> None:
    """So that one that was posted before is brought to nothing; without a fee nothing is known."""
    moves = of_payment(read_payment(a_payment_row(fee=fee)), account=ACCOUNT)

    assert told == [int(one.amount) for one in moves if one.kind is Kind.FEE]


def test_noon_is_on_the_day() -> None:
    """The tests' own day is what they take it for."""
    assert DAY == london_day(NOON)
