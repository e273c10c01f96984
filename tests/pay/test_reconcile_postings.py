import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pay.reconciling import ACCOUNT, DAY, FUNDS, line

from lg_core.money import Pence
from lg_pay.reconcile import Adjustment, Happening, Kind, Origin, Posting
from lg_pay.reconcile.batches import add_up, digest_of
from lg_pay.reconcile.coding import Coded
from lg_pay.reconcile.postings import coded_again, post, reverse

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
PENCE = st.integers(-(10**9), 10**9).map(Pence)


def happening(amount: int) -> Happening:
    """Return a payment."""
    at = datetime(2026, 6, 1, 12, 0, 0, 123_000, tzinfo=UTC)
    return Happening(Kind.PAYMENT, "p1", "p1", ACCOUNT, DAY, at, Pence(amount))


def postings() -> st.SearchStrategy[Posting]:
    """Any lines that a ledger may hold."""
    return st.builds(
        Posting,
        key=TEXT,
        line=st.integers(1, 99),
        kind=st.sampled_from(Kind),
        id=TEXT,
        payment_id=TEXT,
        account=TEXT,
        day=st.dates(),
        at=st.datetimes(
            min_value=datetime(1990, 1, 1),  # noqa: DTZ001 -- hypothesis wants its bounds so
            timezones=st.builds(timezone, st.integers(-12, 14).map(lambda h: timedelta(hours=h))),
        ).map(lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)),
        origin=st.builds(Origin, TEXT, TEXT, TEXT, TEXT),
        fund=TEXT,
        account_reference=TEXT,
        cost_centre=TEXT,
        gl_code=TEXT,
        vat_code=TEXT,
        vat_rate=st.none() | st.integers(0, 10_000),
        gross=PENCE,
        vat=PENCE,
        narrative=TEXT,
        rule=TEXT,
        adjustment=st.sampled_from(Adjustment),
    )


@given(postings())
def test_a_line_is_the_same_after_it_was_written(one: Posting) -> None:
    """JSON and back, byte for byte; the instant is then in UTC."""
    text = one.to_json()
    again = Posting.from_json(text)

    assert (one, text) == (again, again.to_json())
    assert "\n" not in text
    assert one.gross == json.loads(text)["net"] + json.loads(text)["vat"]


@given(st.lists(postings(), max_size=8))
def test_control_totals_are_what_the_lines_add_up_to(lines: list[Posting]) -> None:
    """Each total against a sum of its own, and the digest against the bytes."""
    totals, digest = add_up(iter(lines))
    by_kind = {kind: sum(int(one.gross) for one in lines if one.kind is kind) for kind in Kind}

    assert len(lines) == totals.lines == sum(fund.lines for fund in totals.funds)
    assert sum(int(one.gross) for one in lines) == totals.net
    assert by_kind[Kind.PAYMENT] == totals.payments
    assert by_kind[Kind.REFUND] == totals.refunds
    assert by_kind[Kind.DISPUTE] == totals.disputes
    assert by_kind[Kind.FEE] + by_kind[Kind.DISPUTE_FEE] == totals.fees
    assert totals.net - totals.fees == totals.gross
    assert sum(int(one.gross) for one in lines if one.adjustment) == totals.adjustments
    assert sum(one.in_suspense for one in lines) == totals.suspense
    assert totals.net == sum((fund.gross for fund in totals.funds), Pence(0))
    assert sum(int(one.net) for one in lines) == sum(int(fund.net) for fund in totals.funds)
    assert digest_of(one.to_json() for one in lines) == digest


def test_a_movement_becomes_its_lines() -> None:
    """With the fund's cost centre and code, and VAT of each line."""
    coded = [Coded(line(4000), "basket"), Coded(line(650, fund="??", vat=False), "basket")]
    first, second = post(happening(4650), coded, origin=Origin("R"), funds=FUNDS)

    assert ("payment:p1", 1, "40010", "8210", 2000) == (
        first.key, first.line, first.cost_centre, first.gl_code, first.vat_rate,
    )  # fmt: skip
    assert (4000, 667, 3333) == (first.gross, first.vat, first.net)
    assert (2, "", "", None, 0) == (
        second.line, second.cost_centre, second.gl_code, second.vat_rate, second.vat,
    )  # fmt: skip


def test_a_coding_that_does_not_add_up_is_never_posted() -> None:
    """A fault of ours stops the run."""
    coded = [Coded(line(4649), "basket")]

    with pytest.raises(AssertionError, match="does not add up"):
        list(post(happening(4650), coded, origin=Origin("R"), funds=FUNDS))


def test_a_reversal_takes_everything_back() -> None:
    """Each line, gross and VAT, under a name of its own."""
    posted = tuple(
        post(happening(4000), [Coded(line(4000), "basket")], origin=Origin("R"), funds=FUNDS)
    )
    (back,) = reverse(posted)

    assert ("payment:p1:reversed", -4000, -667, Adjustment.REVERSAL) == (
        back.key, back.gross, back.vat, back.adjustment,
    )  # fmt: skip
    assert (posted[0].day, posted[0].rule) == (back.day, back.rule)


@given(st.lists(st.tuples(st.integers(-500, 500), st.booleans()), min_size=1, max_size=5))
def test_a_refund_can_follow_what_was_posted(amounts: list[tuple[int, bool]]) -> None:
    """The coding comes back out of the lines as it went in."""
    coded = [Coded(line(amount, vat=vat), "basket", Pence(0)) for amount, vat in amounts]
    whole = sum(amount for amount, _ in amounts)
    posted = tuple(post(happening(whole), coded, origin=Origin("R"), funds=FUNDS))

    assert tuple(coded) == coded_again(posted)


def test_a_reference_is_blanked_where_it_stands() -> None:
    """The payment's own, the account's, or both; the narrative goes in any case."""
    coded = [Coded(line(100), "basket")]
    (one,) = post(happening(100), coded, origin=Origin("R1"), funds=FUNDS)

    assert ("", "A1", "") == _texts(one.without("R1"))
    assert ("R1", "", "") == _texts(one.without("A1"))


def _texts(one: Posting) -> tuple[str, str, str]:
    return one.origin.reference, one.account_reference, one.narrative
