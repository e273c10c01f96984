# SPDX-License-Identifier: MIT
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lg_core import Pence
from lg_core.texts import Language
from lg_patterns.garden_waste.cases import Case, new_case
from lg_patterns.garden_waste.prices import Kind, Quote
from lg_patterns.garden_waste.standing import Standing, standing
from lg_pay.book import BookedPayment, BookState

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUOTE = Quote(Kind.NEW, 1, date(2026, 11, 22), date(2027, 3, 31), Pence(4650), date(2026, 4, 1))
UNPAID = (BookState.LOST, BookState.FAILED, BookState.CANCELLED, BookState.ERROR)
MONEY = (BookState.SUCCESS, BookState.CAPTURED, "settled")
UNFINISHED = (
    BookState.CREATED,
    BookState.STARTED,
    BookState.SUBMITTED,
    BookState.CAPTURABLE,
    "new",
)


def a_case() -> Case:
    """A case for which nobody has paid."""
    return new_case("GW-2222-3333", quote=QUOTE, answers={}, language=Language.ENGLISH)


def an_entry(state: str, *, ago: int = 0, code: str | None = None) -> BookedPayment:
    """An attempt to pay for it, begun some seconds ago; `settled` is an end that nobody knows."""
    at = NOW - timedelta(seconds=ago)
    return BookedPayment(
        id=f"{state}{ago}",
        service="garden-waste",
        case="c",
        reference="GW-2222-3333",
        amount=Pence(4650),
        state=state,
        revision=1,
        asked_at=at,
        changed_at=at,
        payment_id=None if state in {BookState.ASKING, BookState.LOST} else "p",
        code=code,
        ended_at=at if state in {*UNPAID, *MONEY} else None,
    )


def stands(*entries: BookedPayment, case: Case | None = None) -> Standing:
    """How a case with these attempts stands."""
    return standing(case or a_case(), entries, now=NOW).standing


def test_a_case_that_nobody_tried_to_pay_is_new() -> None:
    """Also where the answer to each attempt was lost: nobody could pay those."""
    assert Standing.NEW is stands()
    assert Standing.NEW is stands(an_entry(BookState.LOST), an_entry(BookState.LOST))


def test_who_asks_is_waited_for_a_minute() -> None:
    """A request that died while it asked does not hold the page for ever."""
    assert Standing.ASKING is stands(an_entry(BookState.ASKING, ago=59))
    assert Standing.NEW is stands(an_entry(BookState.ASKING, ago=60))


def test_why_it_was_not_paid_is_the_last_attempts() -> None:
    """The code of GOV.UK Pay where there is one, or its status."""
    declined = an_entry(BookState.FAILED, code="P0010")
    cancelled = an_entry(BookState.CANCELLED)
    lost = an_entry(BookState.LOST)

    assert "P0010" == standing(a_case(), [cancelled, declined, lost], now=NOW).ended
    assert "cancelled" == standing(a_case(), [declined, cancelled], now=NOW).ended


entries = st.lists(st.sampled_from([*BookState, "new", "settled"]).map(str).map(an_entry))


@given(entries)
def test_nobody_is_led_to_pay_where_money_may_have_been_taken(found: list[BookedPayment]) -> None:
    """An end with money, or one that nobody knows, outranks whatever else stands in the book."""
    if any(entry.state in MONEY for entry in found):
        assert Standing.UNCLEAR is stands(*found)
    else:
        assert stands(*found) not in {Standing.UNCLEAR, Standing.PAID}


@given(entries)
def test_an_open_payment_is_gone_on_with(found: list[BookedPayment]) -> None:
    """Where one can be finished, the page leads to it, whatever ended before or is being asked."""
    money = any(entry.state in MONEY for entry in found)
    if not money and any(entry.state in UNFINISHED for entry in found):
        assert Standing.PAYING is stands(*found)


@given(entries)
def test_paid_is_the_end(found: list[BookedPayment]) -> None:
    """A case that was paid for stays so, whatever the book learns later."""
    paid = a_case().pay("p", amount=Pence(4650), on=date(2026, 11, 22))

    assert Standing.PAID is stands(*found, case=paid)
