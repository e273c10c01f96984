from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pay.reconciling import ACCOUNT, NOON, a_dispute, a_payment_row, a_refund, page

from lg_pay.reconcile.check import Expected

LONDON = ZoneInfo("Europe/London")
EVER = ("2000-01-01", "2100-01-01")


@st.composite
def payment_rows(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a payment, in any state."""
    return a_payment_row(
        f"p{draw(st.integers(1, 9))}",
        amount=draw(st.integers(0, 9_999)),
        at=NOON + timedelta(minutes=draw(st.integers(-3_000, 3_000))),
        status=draw(
            st.sampled_from(["success", "success", "error", "failed", "cancelled", "submitted"])
        ),
        waiting=draw(st.booleans()),
        fee=draw(st.none() | st.integers(0, 99)),
    )


@st.composite
def refund_rows(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a refund."""
    return a_refund(
        f"r{draw(st.integers(1, 9))}",
        draw(st.integers(1, 9_999)),
        at=NOON + timedelta(minutes=draw(st.integers(-3_000, 3_000))),
        status=draw(st.sampled_from(["submitted", "success", "error"])),
    )


@st.composite
def dispute_rows(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a dispute."""
    return a_dispute(
        f"d{draw(st.integers(1, 9))}",
        draw(st.integers(1, 9_999)),
        status=draw(st.sampled_from(["lost", "won", "under_review"])),
        fee=draw(st.sampled_from([0, 1500])),
    )


def expected(
    pages: list[tuple[str, list[dict[str, Any]]]], *, basis: str = "capture-submitted"
) -> Expected:
    """Return the sums of pages."""
    sums = Expected(basis=basis)
    sums.read((ACCOUNT, kind, page(rows)) for kind, rows in pages)
    return sums


def third(rows: list[dict[str, Any]]) -> dict[str, tuple[str, int]]:
    """Add rows up once more, in the plainest way: day and pence by the name of the movement."""
    found: dict[str, tuple[str, int]] = {}
    for row in rows:
        if "refund_id" in row:
            pence = -row["amount"] if row["status"] != "error" else 0
            found[f"refund:{row['refund_id']}"] = (_day(row["created_date"]), pence)
        elif "dispute_id" in row:
            if row["status"] in {"lost", "won"}:
                day, stays = row["settlement_summary"]["settled_date"], row["status"] == "lost"
                found[f"dispute:{row['dispute_id']}"] = (day, -row["amount"] * stays)
                found[f"dispute-fee:{row['dispute_id']}"] = (day, -row["fee"] * stays)
        else:
            taken = row["settlement_summary"].get("capture_submit_time")
            day = _day(taken or row["created_date"])
            status = row["state"]["status"]
            if status == "success" and taken:
                found[f"payment:{row['payment_id']}"] = (day, row["amount"])
            if status in {"error", "failed", "cancelled"}:
                found[f"payment:{row['payment_id']}"] = (day, 0)
            if row["fee"] is not None:
                found[f"fee:{row['payment_id']}"] = (day, -row["fee"])
    return found


def _day(instant: str) -> str:
    return str(datetime.fromisoformat(instant).astimezone(UTC).astimezone(LONDON).date())


@given(
    payments=st.lists(payment_rows(), max_size=12),
    refunds=st.lists(refund_rows(), max_size=8),
    disputes=st.lists(dispute_rows(), max_size=5),
)
def test_the_sums_are_those_of_a_third_way_to_add_up(
    payments: list[dict[str, Any]], refunds: list[dict[str, Any]], disputes: list[dict[str, Any]]
) -> None:
    """Days, signs, fees and rows that come twice: each movement, and the total of each day."""
    wanted = third([*payments, *refunds, *disputes])
    pages = [("payments", payments), ("refunds", refunds), ("disputes", disputes)]
    totals: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for key, (day, pence) in wanted.items():
        totals[day]["fee:" in key] += pence
    with expected(pages) as sums:
        missing = sums.differences([], first=EVER[0], last=EVER[1])
        posted = [(key, pence, True) for key, (_, pence) in sorted(wanted.items())]
        none = sums.differences(posted, first=EVER[0], last=EVER[1])
        by_day = {day: sums.total(day=day) for day in totals}

    assert [(key, pence, 0) for key, (_, pence) in sorted(wanted.items()) if pence] == missing
    assert [] == none
    assert {day: tuple(pair) for day, pair in totals.items()} == by_day


@given(
    wanted=st.dictionaries(st.sampled_from("abcdef"), st.integers(-3, 3)),
    posted=st.dictionaries(st.sampled_from("abcdef"), st.tuples(st.integers(-3, 3), st.booleans())),
)
def test_every_difference_is_named(
    wanted: dict[str, int], posted: dict[str, tuple[int, bool]]
) -> None:
    """Except what an earlier batch holds and these pages need not show."""
    refunds = [a_refund(key, -pence) for key, pence in wanted.items()]
    have = sorted((f"refund:{key}", pence, new) for key, (pence, new) in posted.items())
    with expected([("refunds", refunds)]) as sums:
        told = sums.differences(have, first=EVER[0], last=EVER[1])

    assert [
        (f"refund:{key}", wanted.get(key, 0), posted.get(key, (0, True))[0])
        for key in sorted(wanted.keys() | posted.keys())
        if wanted.get(key, 0) != posted.get(key, (0, True))[0] and (key in wanted or posted[key][1])
    ] == told


@pytest.mark.parametrize(
    ("basis", "day"),
    [
        ("capture-submitted", "2026-06-04"),
        ("captured", "2026-06-03"),
        ("created", "2026-06-01"),
    ],
)
def test_the_basis_decides_on_the_day(basis: str, day: str) -> None:
    """As it does for the ledger, worked out apart."""
    row = a_payment_row(captured=datetime(2026, 6, 3, 23, 30, tzinfo=UTC))
    with expected([("payments", [row])], basis=basis) as sums:
        assert [("payment:p1", 4650, 0)] == sums.differences([], first=day, last=day)
        assert (4650, 0) == sums.total(day=day)


def test_a_surcharge_is_in_what_was_paid() -> None:
    """The amount leaves it out."""
    row = a_payment_row(corporate_card_surcharge=250, total_amount=4900)
    with expected([("payments", [row])]) as sums:
        assert [("payment:p1", 4900, 0)] == sums.differences([], first=EVER[0], last=EVER[1])


def test_a_payment_by_itself_is_not_counted() -> None:
    """It was kept for its coding alone."""
    with Expected(basis="created") as sums:
        sums.read([(ACCOUNT, "payment", b"whatever")])
        assert [] == sums.differences([], first=EVER[0], last=EVER[1])


def test_many_rows_are_kept_in_parts() -> None:
    """More rows than are held at once all count."""
    rows = [a_refund(f"r{number:05}", 1) for number in range(4_500)]
    with expected([("refunds", rows[:3_000]), ("refunds", rows[3_000:])]) as sums:
        assert (-4_500, 0) == sums.total(day="2026-06-01")


def test_what_was_won_comes_to_nought_whatever_its_day() -> None:
    """A dispute that was lost months ago is looked for, and both of its movements are named."""
    row = a_dispute("d1", 500, settled=None, status="won")
    with expected([("disputes", [row])]) as sums:
        kept = [("dispute-fee:d1", -1500, False), ("dispute:d1", -500, False)]
        told = sums.differences(kept, first="2030-01-01", last="2030-01-02")

        assert ["dispute-fee:d1", "dispute:d1"] == sums.given_back()
    assert [("dispute-fee:d1", 0, -1500), ("dispute:d1", 0, -500)] == told


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)))  # noqa: DTZ001 -- hypothesis wants its bounds so
def test_an_instant_is_on_its_day_however_it_is_written(at: datetime) -> None:
    """With Z, which is worked out by the hour, and with an offset."""
    plain = at.isoformat(timespec="milliseconds")
    day = _day(f"{plain}+00:00")
    for instant in (f"{plain}Z", f"{plain}+00:00"):
        row = a_refund("r1", 5) | {"created_date": instant}
        with expected([("refunds", [row])]) as sums:
            assert (-5, 0) == sums.total(day=day)
