# SPDX-License-Identifier: MIT
"""The readers of lists: nothing is missed and nothing repeated, whatever happens between pages."""

import itertools
import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pay.ledger_model import (
    EPOCH,
    AgreementLedger,
    RefundLedger,
    Row,
    read_agreements,
    read_refunds,
)
from pay.payments import full_answer
from pydantic import ValidationError

from lg_core.errors import InvalidValueError
from lg_pay import SearchIncompleteError
from lg_pay.search import (
    AgreementPage,
    AgreementSearch,
    DisputePage,
    DisputeSearch,
    PaymentPage,
    PaymentSearch,
    RefundPage,
    RefundSearch,
)

# Few instants, so that many rows share a millisecond, and some an instant.
INSTANTS = st.integers(0, 12_000).map(lambda at: at // 250 * 250)


def rows_of(instants: list[int], first: int = 0) -> list[Row]:
    """Number rows."""
    return [Row(str(first + number), at) for number, at in enumerate(instants)]


def milliseconds(row: Row) -> int:
    """Return what an answer shows of a row's instant."""
    return row.at // 1000


def nothing(_turn: int) -> None:
    """Let nothing happen."""


# --------------------------------------------------------------- dated lists


@given(st.lists(INSTANTS, max_size=40), st.integers(1, 9))
def test_a_list_that_rests_is_read_once_and_whole(instants: list[int], size: int) -> None:
    """Every row, once, though rows of one instant change places with every answer."""
    ledger = RefundLedger(rows_of(instants))
    most = max((instants.count(at) for at in instants), default=0)
    # More rows of one millisecond than a page holds, in no order at all, can only be refused.
    assume(most <= 1 or all(_in_one_millisecond(instants, at) < size for at in instants))

    ids = read_refunds(RefundSearch(page_size=size), ledger, nothing)

    assert sorted(row.id for row in ledger.rows) == sorted(ids)


def _in_one_millisecond(instants: list[int], at: int) -> int:
    return sum(other // 1000 == at // 1000 for other in instants)


@given(
    st.lists(INSTANTS, min_size=1, max_size=40),
    st.integers(2, 9),
    st.lists(st.lists(st.integers(0, 3_000), max_size=6), max_size=12),
)
def test_rows_that_arrive_move_nothing(
    instants: list[int], size: int, arrivals: list[list[int]]
) -> None:
    """What was there at the first page is listed once, however many newer rows come between."""
    assume(all(_in_one_millisecond(instants, at) < size for at in instants))
    ledger = RefundLedger(rows_of(instants))
    before = {row.id for row in ledger.rows}

    def between(turn: int) -> None:
        if turn < len(arrivals):
            newest = max(row.at for row in ledger.rows) // 1000 * 1000 + 1000
            ledger.rows += rows_of(
                [newest + later for later in arrivals[turn]], first=len(ledger.rows)
            )

    ids = read_refunds(RefundSearch(page_size=size), ledger, between)

    assert len(set(ids)) == len(ids)
    assert before <= set(ids)


@given(
    st.lists(INSTANTS, min_size=1, max_size=40),
    st.integers(2, 9),
    st.lists(INSTANTS, max_size=12),
)
def test_rows_that_arrive_late_repeat_nothing(
    instants: list[int], size: int, late: list[int]
) -> None:
    """A row that reaches the ledger late, among old ones, moves no other row out of the list."""
    assume(all(_in_one_millisecond(instants + late, at) < size for at in instants + late))
    ledger = RefundLedger(rows_of(instants))
    before = {row.id for row in ledger.rows}

    def between(turn: int) -> None:
        if turn < len(late):
            ledger.rows += rows_of([late[turn]], first=len(ledger.rows))

    ids = read_refunds(RefundSearch(page_size=size), ledger, between)

    assert len(set(ids)) == len(ids)
    assert before <= set(ids)


@given(
    st.lists(INSTANTS, max_size=30),
    st.lists(st.integers(-1_000, 13_000), min_size=2, max_size=5),
    st.integers(3, 9),
)
def test_adjoining_windows_hold_every_row_once(
    instants: list[int], cuts: list[int], size: int
) -> None:
    """At any boundary, of whole milliseconds or not, a row is in one window and not in two."""
    assume(all(_in_one_millisecond(instants, at) < size for at in instants))
    ledger = RefundLedger(rows_of(instants))
    edges = [EPOCH + timedelta(microseconds=cut) for cut in sorted(cuts)]
    ids: list[str] = []
    for window in itertools.pairwise(edges):
        ids += read_refunds(RefundSearch(created=window, page_size=size), ledger, nothing)

    def inside(row: Row) -> bool:
        shown = EPOCH + timedelta(milliseconds=milliseconds(row))
        return edges[0] <= shown < edges[-1]

    assert sorted(row.id for row in ledger.rows if inside(row)) == sorted(ids)


@given(st.lists(INSTANTS, min_size=1, max_size=40), st.integers(2, 6), st.data())
def test_a_list_goes_on_from_its_cursor(
    instants: list[int], size: int, data: st.DataObject
) -> None:
    """Another process, with the cursor and the same arguments, reads the rest."""
    assume(all(_in_one_millisecond(instants, at) < size for at in instants))
    ledger = RefundLedger(rows_of(instants))
    cursor, ids = None, list[str]()
    while True:
        search = RefundSearch(page_size=size)
        page = ledger.answer(search.call(cursor))
        ids += [refund.refund_id for refund in search.items(page)]
        if data.draw(st.booleans()):
            page = ledger.answer(search.call(cursor))  # a page in hand may be asked for again
        cursor = search.next_cursor(page, cursor)
        if cursor is None:
            break

    assert sorted(row.id for row in ledger.rows) == sorted(ids)


@pytest.mark.parametrize("count", [5, 6, 11])
def test_more_rows_in_a_millisecond_than_a_page_holds(count: int) -> None:
    """They are read by offset, and the list goes on after them."""
    same = rows_of([5_000] * count)
    around = [Row("900", 9_000), Row("901", 1_000), Row("902", 900)]
    ledger = RefundLedger([*same, *around])
    ledger.page = _in_steady_order(ledger)  # pyright: ignore[reportAttributeAccessIssue] -- a ledger whose order rests

    ids = read_refunds(RefundSearch(page_size=3), ledger, nothing)

    assert sorted(row.id for row in ledger.rows) == sorted(ids)


def _in_steady_order(ledger: RefundLedger) -> object:
    page = ledger.page

    def steady(query: object, found: list[Row]) -> tuple[int, bytes]:
        ledger.asked = 0
        return page(query, found)  # pyright: ignore[reportArgumentType] -- as it came

    return steady


def test_a_millisecond_that_changes_while_it_is_read_by_offset_is_refused() -> None:
    """Offsets prove nothing then."""
    ledger = RefundLedger(rows_of([5_000] * 7))

    def between(turn: int) -> None:
        if turn == 1:
            ledger.rows.append(Row("99", 5_000))

    with pytest.raises(SearchIncompleteError, match="make the search again"):
        read_refunds(RefundSearch(page_size=3), ledger, between)


def test_the_end_of_a_millisecond_that_has_shrunk_is_refused() -> None:
    """404 past the end is the end of nothing that was expected to go on."""
    ledger = RefundLedger(rows_of([5_000] * 7))

    with pytest.raises(SearchIncompleteError):
        read_refunds(RefundSearch(page_size=3), ledger, lambda _: ledger.rows.clear())


def test_rows_that_vanish_are_an_error() -> None:
    """A refund cannot leave the ledger: a list that has lost one is not whole."""
    ledger = RefundLedger(rows_of([at * 1000 for at in range(9)]))

    with pytest.raises(SearchIncompleteError):
        read_refunds(RefundSearch(page_size=3), ledger, lambda _: ledger.rows.pop(0) and None)


def test_rows_may_leave_a_list_whose_filter_they_no_longer_pass() -> None:
    """A search by state goes on: a payment that has changed state is not missing."""
    search = PaymentSearch(state="created", page_size=2)
    first = payments(total=5, made=[9, 8])
    assert search.next_cursor(payments(total=2, made=[9, 9]), None) is None
    cursor = search.next_cursor(first, None)

    assert search.next_cursor(payments(total=1, made=[7]), cursor) is None


def test_a_page_that_is_not_newest_first_is_refused() -> None:
    """The list is read by its order, so it is not read without one."""
    search = PaymentSearch(page_size=2)

    with pytest.raises(SearchIncompleteError, match="newest first"):
        search.next_cursor(payments(total=5, made=[7, 9]), None)


def test_a_page_with_too_few_rows_is_refused() -> None:
    """A page that holds fewer rows than there are is not the end."""
    search = PaymentSearch(page_size=2)

    with pytest.raises(SearchIncompleteError, match="fewer rows"):
        search.next_cursor(payments(total=5, made=[7]), None)
    with pytest.raises(SearchIncompleteError, match="fewer rows"):
        search.next_cursor(payments(total=5, made=[]), None)


def test_a_platform_that_ignores_what_it_is_asked_is_refused() -> None:
    """The same page for ever would be read for ever."""
    search = PaymentSearch(page_size=2)
    by_date, by_offset = payments(total=900, made=[9, 8]), payments(total=900, made=[9, 9])

    for page, said in ((by_date, "not asked for"), (by_offset, "another page")):
        cursor = search.next_cursor(page, None)
        with pytest.raises(SearchIncompleteError, match=said):
            search.next_cursor(page, cursor)


def test_agreements_of_another_page_are_refused() -> None:
    """A platform that ignores the number of the page."""
    ledger = AgreementLedger(rows_of([at * 1000 for at in range(40)]))
    search = AgreementSearch(page_size=10)
    first = ledger.answer(search.call(None))
    cursor = search.next_cursor(first, None)

    with pytest.raises(SearchIncompleteError, match="another page"):
        search.next_cursor(first, cursor)


# --------------------------------------------------------------- agreements


@given(
    st.lists(INSTANTS, max_size=60, unique=True),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 4)), max_size=12),
)
def test_agreements_that_come_and_go_hide_no_other(
    instants: list[int], changes: list[tuple[int, int]]
) -> None:
    """What was there from the first page to the last is listed once, or the list is refused."""
    ledger = AgreementLedger(rows_of(instants))
    throughout = {row.id for row in ledger.rows}

    def between(turn: int) -> None:
        if turn < len(changes):
            gone, come = changes[turn]
            left = ledger.rows[: gone // 6]
            throughout.difference_update(row.id for row in left)
            del ledger.rows[: len(left)]
            newest = max((row.at for row in ledger.rows), default=0) // 1000 * 1000 + 1000
            ledger.rows += [Row(str(1000 + turn * 10 + n), newest + n) for n in range(come)]

    try:
        ids = read_agreements(AgreementSearch(page_size=10), ledger, between)
    except SearchIncompleteError:
        return

    assert len(set(ids)) == len(ids)
    assert throughout <= set(ids)


@given(st.lists(INSTANTS, max_size=60))
def test_agreements_at_rest_are_listed_once_and_whole(instants: list[int]) -> None:
    """Also where several have one instant."""
    ledger = AgreementLedger(rows_of(instants))
    assume(all(_in_one_millisecond(instants, at) < 4 for at in instants))
    ledger.page = _in_steady_order(ledger)  # pyright: ignore[reportAttributeAccessIssue, reportArgumentType] -- a ledger whose order rests

    ids = read_agreements(AgreementSearch(page_size=10), ledger, nothing)

    assert sorted(row.id for row in ledger.rows) == sorted(ids)


def test_agreements_that_leave_as_fast_as_they_are_read_are_refused() -> None:
    """Somebody who has to know all of them is told that these are not all."""
    ledger = AgreementLedger(rows_of([at * 1000 for at in range(400)]))

    def leave(turn: int) -> None:
        if turn > 20:
            ledger.rows.sort(key=lambda row: -row.at)
            del ledger.rows[:10]

    with pytest.raises(SearchIncompleteError, match="make the search again"):
        read_agreements(AgreementSearch(page_size=10), ledger, leave)


# --------------------------------------------------------------- what is asked


def payments(*, total: int, made: list[int], **changes: object) -> PaymentPage:
    """Return a page of payments made so many seconds after the hour."""
    results = [
        full_answer(payment_id=f"p{at}", created_date=f"2026-11-22T12:00:{at:02d}.000Z", **changes)
        for at in made
    ]
    body = {"total": total, "page": 1, "count": len(results), "results": results}
    return PaymentPage.model_validate_json(json.dumps(body))


def test_what_is_asked_for() -> None:
    """Each argument is GOV.UK Pay's parameter; the start is asked one millisecond early."""
    start = datetime(2026, 11, 22, 13, 0, 0, 123_400, tzinfo=timezone(timedelta(hours=1)))
    search = PaymentSearch(
        created=(start, datetime(2026, 11, 23, tzinfo=UTC)),
        settled=(date(2026, 11, 1), date(2026, 12, 1)),
        reference="GW-0001",
        email="a@example.org",
        state="success",
        agreement_id="a" * 26,
        cardholder_name="Holmes",
        first_digits="123456",
        last_digits="1234",
    )

    call = search.call(None)

    assert ("GET", "/v1/payments", "lg-pay.search_payments") == (
        call.method,
        call.path,
        call.capability,
    )
    assert {
        "from_date": "2026-11-22T12:00:00.123Z",  # .1234 is at or after .124 only from there on
        "to_date": "2026-11-23T00:00:00.000Z",
        "from_settled_date": "2026-11-01",
        "to_settled_date": "2026-12-01",
        "reference": "GW-0001",
        "email": "a@example.org",
        "state": "success",
        "agreement_id": "a" * 26,
        "cardholder_name": "Holmes",
        "first_digits_card_number": "123456",
        "last_digits_card_number": "1234",
        "page": 1,
        "display_size": 500,
    } == call.query
    assert frozenset({200}) == call.success


def test_an_open_search_asks_for_no_dates() -> None:
    """The end is fixed by the first row of the first page, whatever any clock says."""
    search = PaymentSearch(page_size=2)
    first = search.call(None)
    cursor = search.next_cursor(payments(total=5, made=[9, 8]), None)

    assert (None, None) == (first.query["from_date"], first.query["to_date"])
    assert "2026-11-22T12:00:08.001Z" == search.call(cursor).query["to_date"]
    assert 1 == search.call(cursor).query["page"]


@pytest.mark.parametrize("brand", ["Visa", "visa", "VISA"])
def test_a_card_brand_is_filtered_here(brand: str) -> None:
    """GOV.UK Pay does not filter by it, so it is not asked to. Without a card there is none."""
    search = PaymentSearch(card_brand=brand)
    page = payments(total=1, made=[9])
    other = payments(total=1, made=[9], card_details={"card_brand": "Mastercard"})
    no_card = payments(total=1, made=[9], card_details=None)

    assert "card_brand" not in search.call(None).query
    assert ["p9"] == [payment.payment_id for payment in search.items(page)]
    assert [] == search.items(other)
    assert [] == search.items(no_card)
    assert [] == search.items(payments(total=1, made=[9], card_details={}))


def test_capturable_is_filtered_here() -> None:
    """GOV.UK Pay refuses to search for it."""
    search = PaymentSearch(state="capturable")
    waiting = {"status": "capturable", "finished": False}

    assert search.call(None).query["state"] is None
    assert [] == search.items(payments(total=1, made=[9]))
    assert 1 == len(search.items(payments(total=1, made=[9], state=waiting)))


def test_the_status_of_disputes_is_asked_for_on_every_page() -> None:
    """GOV.UK Pay's link to the next page has lost it, so no link is followed."""
    search = DisputeSearch(status="lost", page_size=2)
    cursor = search.next_cursor(_disputes(), None)

    assert "lost" == search.call(cursor).query["status"]
    assert "/v1/disputes" == search.call(cursor).path


def _disputes() -> DisputePage:
    rows = [
        {
            "dispute_id": f"d{at}",
            "payment_id": "p",
            "amount": 1,
            "created_date": f"2026-11-22T12:00:{at:02d}.000Z",
            "status": "lost",
        }
        for at in (9, 8)
    ]
    return DisputePage.model_validate_json(json.dumps({"total": 3, "page": 1, "results": rows}))


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"created": (datetime(2026, 1, 1), None)}, "created"),  # noqa: DTZ001 -- what is refused
        (
            {"created": (datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))},
            "created",
        ),
        ({"settled": (date(2026, 1, 2), date(2026, 1, 2))}, "settled"),
        (
            {"settled": (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC))},
            "settled",
        ),
        ({"reference": " "}, "reference"),
        ({"email": ""}, "email"),
        ({"state": ""}, "state"),
        ({"card_brand": ""}, "card_brand"),
        ({"first_digits": "12345"}, "first_digits"),
        ({"last_digits": "12a4"}, "last_digits"),
        ({"page_size": 0}, "page_size"),
        ({"page_size": 501}, "page_size"),
    ],
)
def test_what_cannot_be_searched_for_is_refused(arguments: dict[str, object], field: str) -> None:
    """Before anything is sent, with the name of the argument."""
    with pytest.raises(InvalidValueError) as refused:
        PaymentSearch(**arguments)  # pyright: ignore[reportArgumentType] -- wrong values are the point

    assert field == refused.value.field


def test_a_page_of_agreements_has_ten_rows_at_least() -> None:
    """With fewer, pages could not overlap."""
    with pytest.raises(InvalidValueError):
        AgreementSearch(page_size=9)


CURSORS = st.text(max_size=40) | st.from_regex(r"[0-9a-f]{8}(\.[0-9]{1,3}){0,6}", fullmatch=True)


@given(CURSORS, st.sampled_from([RefundSearch(), AgreementSearch()]))
def test_a_cursor_of_something_else_is_refused(
    cursor: str, search: RefundSearch | AgreementSearch
) -> None:
    """No text that is not a cursor of this search begins a page."""
    with pytest.raises(InvalidValueError) as refused:
        search.call(cursor)

    assert "cursor" == refused.value.field


@pytest.mark.parametrize("cursor", ["{mark}.1.0.1", "{mark}.1.1", "{mark}.x.1.1", "{mark}.-1.1.1"])
def test_a_cursor_that_was_changed_is_refused(cursor: str) -> None:
    """The right mark with wrong numbers is no cursor."""
    search = RefundSearch()

    with pytest.raises(InvalidValueError):
        search.call(cursor.format(mark=search._mark))


@pytest.mark.parametrize("cursor", ["{mark}.0.1.1.0", "{mark}.10.0.1.0", "{mark}.10.1.1"])
def test_a_cursor_of_agreements_that_was_changed_is_refused(cursor: str) -> None:
    """The right mark with wrong numbers is no cursor."""
    search = AgreementSearch()

    with pytest.raises(InvalidValueError):
        search.call(cursor.format(mark=search._mark))


def test_a_404_is_the_end_only_with_its_code() -> None:
    """The page of a proxy, or an error of another kind, is not the end of a list."""
    end = b'{"code": "P1100", "description": "Page not found"}'

    assert () == RefundPage.model_validate_json(end).results
    assert () == AgreementPage.model_validate_json(end.replace(b"P1100", b"P2402")).results
    for body in (b"{}", b'{"code": "P0200"}', b'{"total": 1, "page": 1}', b'{"results": []}'):
        with pytest.raises(ValidationError):
            RefundPage.model_validate_json(body)


def test_nothing_that_was_searched_for_is_printed() -> None:
    """A reader's repr names its kind alone."""
    search = PaymentSearch(reference="HB-QX-77120943", email="someone@example.org")

    assert "<PaymentSearch>" == repr(search)
    assert "<AgreementSearch>" == repr(AgreementSearch(reference="HB-QX-77120943"))
