# SPDX-License-Identifier: MIT
import io
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pay.payments import full_answer

from lg_core.csv_files import MACHINES, write_rows
from lg_core.csv_reading import read_table
from lg_core.errors import ConfigError, InvalidValueError
from lg_core.money import Pence, format_pounds
from lg_pay import Payment
from lg_pay.dispute import Dispute
from lg_pay.refund import Refund
from lg_pay.settlement import (
    BankLine,
    BankProfile,
    BankStatement,
    MatchOutcome,
    SettlementProblem,
    SettlementReport,
    SettlementTally,
    match,
    read_statement,
)

DAY = date(2026, 11, 16)
STAMP = "2026-11-15T10:00:00.000Z"
PROFILE: dict[str, Any] = {
    "date": "Date",
    "date_format": "%d/%m/%Y",
    "narrative": ["Details"],
    "amount": "Amount",
    "accounts": {"garden": ["GARDEN WASTE"]},
}


def payment(net: int | None, *, day: date | None = DAY, fee: int = 0, **changes: Any) -> Payment:
    """Return a payment, settled on a day."""
    settled = (
        {} if day is None else {"settled_date": day.isoformat(), "captured_date": "2026-11-15"}
    )
    values: dict[str, Any] = {
        "amount": (net or 0) + fee,
        "net_amount": net,
        "fee": fee,
        "total_amount": None,
        "settlement_summary": settled,
        "state": {"status": "success", "finished": True},
        "payment_provider": "stripe",
    }
    return Payment.model_validate(full_answer(**{**values, **changes}))


def refund(amount: int, *, day: date | None = DAY, status: str = "success") -> Refund:
    """Return a refund, settled on a day."""
    settled = {"settled_date": day.isoformat()} if day else {}
    return Refund.model_validate(
        {
            "refund_id": "r1",
            "amount": amount,
            "created_date": STAMP,
            "status": status,
            "settlement_summary": settled,
        }
    )


def dispute(net: int | None, *, day: date | None = DAY, status: str = "lost") -> Dispute:
    """Return a dispute, settled on a day."""
    return Dispute.model_validate(
        {
            "dispute_id": "d1",
            "payment_id": "p1",
            "amount": 1000,
            "net_amount": net,
            "created_date": STAMP,
            "status": status,
            "settlement_summary": {"settled_date": day.isoformat()} if day else {},
        }
    )


def tally_of(sums: dict[date, int], *, account: str = "garden") -> SettlementTally:
    """Return a tally with these sums by day."""
    tally = SettlementTally(account)
    for day, amount in sums.items():
        if amount < 0:
            tally.refund(refund(-amount, day=day))
        else:
            tally.payment(payment(amount, day=day))
    return tally


def bank(*lines: tuple[date, int], account: str = "garden", days_after: int = 3) -> BankStatement:
    """Return a statement with these lines, numbered from 2."""
    return BankStatement(
        tuple(
            BankLine(number, account, day, Pence(amount))
            for number, (day, amount) in enumerate(lines, start=2)
        ),
        0,
        days_after,
    )


def outcomes(report: SettlementReport) -> list[tuple[str, int]]:
    """Return each row's outcome and residual."""
    return [(row.outcome.value, int(row.residual)) for row in report.matches]


def later(days: int) -> date:
    """Return a day after the first."""
    return DAY + timedelta(days=days)


# ------------------------------------------------------------------ what is expected


def test_a_day_is_payments_less_refunds_less_disputes() -> None:
    """Gross and fees stand apart, and the sum is what should arrive."""
    tally = SettlementTally("garden")
    tally.payment(payment(4500, fee=150))
    tally.payment(payment(950, fee=50))
    tally.payment(payment(-30, state={"status": "failed", "finished": True}, amount=700))
    tally.refund(refund(1000))
    tally.refund(refund(1000, status="error", day=None))
    tally.dispute(dispute(-2000))
    tally.dispute(dispute(None, status="under_review", day=None))
    (day,) = tally.expected

    assert (3, 5650, 230, 5420) == (day.payments, day.gross, day.fees, day.net)
    assert (1, -1000, 1, -2000) == (
        day.refund_count,
        day.refunds,
        day.dispute_count,
        day.disputes,
    )
    assert 2420 == day.amount
    assert not tally.problems
    assert "garden" == tally.account


def test_a_surcharge_is_part_of_the_gross() -> None:
    """What was taken is the total, not the amount that was asked for."""
    tally = SettlementTally("garden")
    tally.payment(payment(1050, amount=1000, total_amount=1100, fee=50))
    (day,) = tally.expected

    assert (1100, 50, 1050) == (day.gross, day.fees, day.net)


def test_what_worldpay_cannot_give_is_said() -> None:
    """Without a settled date nothing can be expected; counts and sums are shown instead."""
    tally = SettlementTally("garden")
    captured = {"captured_date": "2026-11-15"}
    for summary in (captured, {}, None):
        tally.payment(
            payment(
                None,
                day=None,
                amount=100,
                payment_provider="worldpay",
                settlement_summary=summary,
            )
        )
    failed = {"status": "failed", "finished": True}
    tally.payment(payment(-20, day=None, state=failed))
    tally.payment(payment(None, day=None, state=failed, payment_provider="sandbox"))
    tally.payment(payment(5, day=None, payment_provider="other"))
    tally.refund(refund(70, day=None))
    other, stripe, worldpay = tally.not_settled

    assert not tally.expected
    assert (3, 300, 1) == (worldpay.payments, worldpay.gross, worldpay.captured)
    assert "invoice" in worldpay.explanation
    assert (0, 20) == (stripe.payments, stripe.failed_fees)
    assert "Not paid out yet" in stripe.explanation
    assert "no settled date" in other.explanation
    assert (1, 70) == tally.refunds_not_settled


def test_what_cannot_be_added_up_is_named() -> None:
    """Nothing is taken for nought."""
    tally = SettlementTally("garden")
    tally.payment(payment(None, payment_id="p" * 26))
    tally.refund(refund(5, status="error"))
    tally.dispute(dispute(None))
    tally.dispute(dispute(-5, status="won"))
    report = match([tally], bank())

    assert (
        ("p" * 26, SettlementProblem.NO_NET_AMOUNT),
        ("r1", SettlementProblem.NOT_FINAL),
        ("d1", SettlementProblem.NO_NET_AMOUNT),
        ("d1", SettlementProblem.NOT_FINAL),
    ) == tally.problems
    assert 4 == len(report.problems)
    assert not report.settled


# ------------------------------------------------------------------ matching


@pytest.mark.parametrize(
    ("sums", "lines", "expected"),
    [
        ({DAY: 500}, [(DAY, 500)], [("matched", 0)]),
        ({DAY: 500}, [(later(3), 500)], [("matched", 0)]),
        ({DAY: -500}, [(DAY, -500)], [("matched", 0)]),
        ({DAY: 500}, [(later(4), 500)], [("missing_at_bank", 500), ("not_expected", -500)]),
        ({DAY: 500}, [(later(-1), 500)], [("not_expected", -500), ("missing_at_bank", 500)]),
        ({DAY: 500}, [(DAY, 300), (DAY, 200)], [("several_payouts", 0)]),
        ({DAY: 500}, [(later(1), 300), (later(1), 200)], [("several_payouts", 0)]),
        ({DAY: 500}, [(DAY, 480)], [("residual", 20)]),
        ({DAY: 500}, [(DAY, 300), (DAY, 100)], [("residual", 100)]),
        ({DAY: 500}, [], [("missing_at_bank", 500)]),
        ({}, [(DAY, 500)], [("not_expected", -500)]),
        (
            {DAY: 500},
            [(DAY, 500), (DAY, 500)],
            [("ambiguous", 500), ("ambiguous", -500), ("ambiguous", -500)],
        ),
        (
            {DAY: 500, later(1): 500},
            [(DAY, 500), (later(1), 500)],
            [("matched", 0), ("matched", 0)],
        ),
        (
            {DAY: 500, later(1): 500},
            [(later(2), 500)],
            [("ambiguous", 500), ("ambiguous", 500), ("ambiguous", -500)],
        ),
        (
            {DAY: 500},
            [(later(1), 300), (later(1), 200), (later(2), 400), (later(2), 100)],
            [("ambiguous", 500)] + [("ambiguous", n) for n in (-300, -200, -400, -100)],
        ),
    ],
)
def test_sums_and_lines_find_each_other(
    sums: dict[date, int],
    lines: Sequence[tuple[date, int]],
    expected: list[tuple[str, int]],
) -> None:
    """One line, a few days later, several payouts; what leaves a choice is listed."""
    report = match([tally_of(sums)], bank(*lines))

    assert expected == outcomes(report)
    assert report.settled == all(name in {"matched", "several_payouts"} for name, _ in expected)


def test_an_ambiguous_sum_names_all_lines_that_could_be_it() -> None:
    """A person chooses."""
    report = match([tally_of({DAY: 500})], bank((DAY, 500), (DAY, 500)))

    assert (2, 3) == report.matches[0].candidates
    assert "2 3" == report.rows()[0][-1]


def test_a_day_that_comes_to_nought_needs_no_line() -> None:
    """As much went back as came in."""
    tally = tally_of({DAY: 500})
    tally.refund(refund(500))

    assert [("nothing_due", 0)] == outcomes(match([tally], bank()))


def test_accounts_are_apart() -> None:
    """The same amount of another account is no partner, and one account has one tally."""
    report = match(
        [tally_of({DAY: 500}), tally_of({DAY: 500}, account="permits")],
        bank((DAY, 500), account="permits"),
    )

    assert [("missing_at_bank", 500), ("matched", 0)] == outcomes(report)
    with pytest.raises(InvalidValueError):
        match([tally_of({}), tally_of({})], bank())


AMOUNTS = st.integers(-3, 6).map(lambda n: n * 100)
DAYS = st.integers(0, 6).map(later)


@given(
    st.dictionaries(DAYS, AMOUNTS, max_size=6),
    st.lists(st.tuples(DAYS, AMOUNTS), max_size=8),
    st.integers(0, 4),
)
def test_no_penny_is_lost(
    sums: dict[date, int], lines: list[tuple[date, int]], days_after: int
) -> None:
    """Each sum and each line is in one row, and the residuals are what was expected less came."""
    report = match([tally_of(sums)], bank(*lines, days_after=days_after))

    assert sum(sums.values()) == report.expected
    assert sum(amount for _, amount in lines) == report.received
    assert report.expected - report.received == report.residual
    assert sorted(sums) == sorted(row.day for row in report.matches if row.expected)
    assert list(range(2, 2 + len(lines))) == sorted(
        line.line for row in report.matches for line in row.lines
    )
    for row in report.matches:
        good = {MatchOutcome.MATCHED, MatchOutcome.SEVERAL_PAYOUTS, MatchOutcome.NOTHING_DUE}
        assert (row.outcome not in good) or row.residual == 0


@given(st.dictionaries(DAYS, AMOUNTS, max_size=6), st.lists(st.tuples(DAYS, AMOUNTS), max_size=6))
def test_the_order_of_the_statement_changes_nothing(
    sums: dict[date, int], lines: list[tuple[date, int]]
) -> None:
    """No line is chosen because it came first."""
    forward = match([tally_of(sums)], bank(*lines))
    backward = match([tally_of(sums)], bank(*reversed(lines)))

    assert sorted(outcomes(forward)) == sorted(outcomes(backward))


def test_the_rows_can_be_written() -> None:
    """They are a table, with amounts in pounds."""
    report = match([tally_of({DAY: 123450})], bank((DAY, 120000)))
    file = io.BytesIO()
    write_rows(file, report.header, report.rows(), profile=MACHINES)
    file.seek(0)
    (row,) = read_table(file).rows

    assert {
        "Settled": "2026-11-16",
        "Outcome": "residual",
        "Expected": "1234.50",
        "Residual": "34.50",
        "Statement lines": "2",
    }.items() <= row.cells.items()


# ------------------------------------------------------------------ the statement


def read(text: str, **changes: Any) -> BankStatement:
    """Read a statement."""
    profile = BankProfile(**{**PROFILE, **changes})
    return read_statement(io.BytesIO(text.encode(profile.encoding)), profile=profile)


@pytest.mark.parametrize(
    ("text", "pence"),
    [
        ("1,234.50", 123450),
        ("£1,234.50", 123450),
        ("+12.00", 1200),
        ("-12.00", -1200),
        ("\N{MINUS SIGN}12.00", -1200),
        ("(12.00)", -1200),
        ("12.00-", -1200),
        ("12.00 CR", 1200),
        ("12.00DR", -1200),
    ],
)
def test_amounts_are_read_as_banks_write_them(text: str, pence: int) -> None:
    """Commas, brackets, signs before and after, CR and DR."""
    statement = read(f'Date,Details,Amount\n16/11/2026,gov Garden  Waste 1,"{text}"\n')

    assert (BankLine(2, "garden", DAY, Pence(pence)),) == statement.lines


@given(st.integers(-10_000_000, 10_000_000), st.booleans())
def test_every_amount_is_read_again(pence: int, commas: bool) -> None:  # noqa: FBT001 -- hypothesis gives it
    """Whatever the bank's columns are, no penny is lost."""
    text = format_pounds(Pence(pence), symbol=False, commas=commas)
    one = read(f'Date,Details,Amount\n16/11/2026,GARDEN WASTE,"{text}"\n')
    plain = text.removeprefix("-")
    cells = f'"{plain}",' if pence >= 0 else f',"{plain}"'
    two = read(
        f"Date,Details,In,Out\n16/11/2026,GARDEN WASTE,{cells}\n",
        amount=None,
        credit="In",
        debit="Out",
    )

    assert pence == one.lines[0].amount == two.lines[0].amount


def test_only_payouts_are_read() -> None:
    """Other rows need not be readable, and are counted."""
    statement = read(
        "Bank\n\nDate;Details;Amount\n16/11/2026;GARDEN WASTE;£5.00\nx;Council tax;\n;Balance;x\n",
        encoding="cp1252",
        delimiter=";",
        skip_lines=2,
    )

    assert (1, 2, 3) == (len(statement.lines), statement.others, statement.days_after)


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("2026-11-16,GARDEN WASTE,5.00", "date"),
        ("16/11/2026,GARDEN WASTE,", "amount"),
        ("16/11/2026,GARDEN WASTE,5.001", "amount"),
        ("16/11/2026,GARDEN WASTE,(5.00", "amount"),
        ("16/11/2026,GARDEN WASTE,-5.00 DR", "amount"),
        ("16/11/2026,GARDEN WASTE,5.00,6.00", "cells"),
        ("16/11/2026,GARDEN WASTE PERMITS,5.00", "garden and permits"),
    ],
)
def test_a_payout_that_cannot_be_read_is_refused(row: str, what: str) -> None:
    """Its line is named, and what stands there is not repeated."""
    with pytest.raises(InvalidValueError, match=f"line 2 .*{what}") as caught:
        read(
            f"Date,Details,Amount\n{row}\n",
            accounts={"garden": ["GARDEN WASTE"], "permits": ["PERMITS"]},
        )

    assert "5.00" not in caught.value.message


def test_many_bad_rows_are_named_up_to_a_point() -> None:
    """The first ten, and how many more; `faults` has all."""
    with pytest.raises(InvalidValueError, match="and 2 more") as caught:
        read("Date,Details,Amount\n" + "x,GARDEN WASTE,1.00\n" * 12)

    assert 12 == len(caught.value.faults)


@pytest.mark.parametrize("cells", [",", "5.00,5.00", "-5.00,", "x,"])
def test_a_row_with_two_sides_or_none_is_refused(cells: str) -> None:
    """What came in and what went out are two columns, of which one is filled."""
    with pytest.raises(InvalidValueError, match="no clear amount"):
        read(
            f"Date,Details,In,Out\n16/11/2026,GARDEN WASTE,{cells}\n",
            amount=None,
            credit="In",
            debit="Out",
        )


def test_a_column_that_is_not_there_is_a_setting_to_change() -> None:
    """The column is named, and where the header was looked for."""
    with pytest.raises(ConfigError, match=r"no column Details.*line 1"):
        read("Date,Text,Amount\n")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"amount": None}, "amount"),
        ({"amount": None, "credit": "In"}, "amount"),
        ({"credit": "In"}, "amount"),
        ({"accounts": {"garden": []}}, "accounts"),
        ({"accounts": {"garden": [" "]}}, "accounts"),
        ({"date_format": "%d/%m"}, "date_format"),
        ({"date_format": "%Y-%H"}, "date_format"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_profile_that_cannot_be_is_refused(wrong: dict[str, Any], field: str) -> None:
    """The field is named."""
    with pytest.raises(InvalidValueError) as caught:
        BankProfile(**{**PROFILE, **wrong})

    assert field == caught.value.field


TOML = """
[bank]
date = "Date"
date_format = "%d %b %Y"
narrative = "Details"
credit = "Paid in"
debit = "Paid out"
[bank.accounts]
garden = ["GARDEN WASTE"]
"""


def test_a_profile_is_read_from_a_file(tmp_path: Path) -> None:
    """One narrative column may be a text of its own."""
    file = tmp_path / "bank.toml"
    file.write_text(TOML, "utf-8")

    profile = BankProfile.from_toml(file)

    assert (("Details",), "Paid in", 3) == (profile.narrative, profile.credit, profile.days_after)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (None, "cannot be opened"),
        (b"[bank]\ndate = ", "line 2:  is no TOML"),
        (b"\xff", "not UTF-8"),
        (b"a = 1", r"bank is missing"),
        (b"bank = 1", r"bank is missing"),
        (b"[bank]\ndate = 'x'", "date_format"),
    ],
)
def test_a_file_that_is_no_profile_is_refused(
    text: bytes | None, what: str, tmp_path: Path
) -> None:
    """What is wrong is said, for finance to mend."""
    file = tmp_path / "bank.toml"
    if text is not None:
        file.write_bytes(text)

    with pytest.raises(ConfigError, match=what):
        BankProfile.from_toml(file)
