"""lg_sandbox.pay.search_api, query and paging: filters, bounds, pages and the lagging ledger."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from sandbox.pay_steps import client, create, error_of, paid, stripe
from starlette.testclient import TestClient

from lg_sandbox import Clock, Sandbox

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def text(instant: datetime) -> str:
    """Write an instant for a search."""
    return instant.isoformat().replace("+00:00", "Z")


def ids(http: TestClient, path: str = "/v1/payments", **query: Any) -> list[str]:
    """Search, and give the ids found."""
    answer = http.get(path, params=query)
    assert 200 == answer.status_code, answer.text
    key = {"/v1/payments": "payment_id", "/v1/refunds": "refund_id", "/v1/disputes": "dispute_id"}
    return [each[key[path]] for each in answer.json()["results"]]


def test_an_empty_search_has_one_empty_page(http: TestClient) -> None:
    """Page 1 exists, page 2 does not."""
    body = http.get("/v1/payments").json()
    here = {"href": "http://pay/v1/payments?page=1&display_size=500", "method": "GET"}

    assert {
        "total": 0,
        "count": 0,
        "page": 1,
        "results": [],
        "_links": {"self": here, "first_page": here, "last_page": here},
    } == body
    assert (404, "P0402") == error_of(http.get("/v1/payments", params={"page": 2}))


def test_pages_are_linked_and_newest_first(idle: Sandbox, http: TestClient) -> None:
    """The envelope counts all, and its links keep the filters."""
    made = [create(http, reference=f"R{number}") for number in range(5)]

    body = http.get("/v1/payments", params={"display_size": 2, "page": 2, "email": ""}).json()
    links = {name: link["href"].partition("?")[2] for name, link in body["_links"].items()}

    assert (5, 2, 2) == (body["total"], body["count"], body["page"])
    assert [made[2], made[1]] == [each["payment_id"] for each in body["results"]]
    assert {
        "self": "display_size=2&page=2",
        "first_page": "display_size=2&page=1",
        "last_page": "display_size=2&page=3",
        "prev_page": "display_size=2&page=1",
        "next_page": "display_size=2&page=3",
    } == links
    assert "next_url" not in body["results"][0]["_links"]
    assert 5 == len(idle.pay.payments)


@pytest.mark.parametrize(
    ("query", "faults"),
    [
        ({"state": "capturable"}, "state"),
        ({"state": "settled", "page": "0"}, "state, page"),
        ({"reference": "x" * 256}, "reference"),
        ({"email": "x" * 255}, "email"),
        ({"card_brand": "x" * 21}, "card_brand"),
        ({"from_date": "2026-03-01"}, "from_date"),
        ({"from_date": "2026-02-30T00:00:00Z"}, "from_date"),
        ({"from_date": "0001-01-01T00:00:00+23:00"}, "from_date"),
        ({"to_date": "2026-03-01T00:00:00"}, "to_date"),
        ({"from_settled_date": "2026-3-1"}, "from_settled_date"),
        ({"to_settled_date": "2026-02-30"}, "to_settled_date"),
        ({"page": "x", "display_size": "501"}, "page, display_size"),
        ({"display_size": "0"}, "display_size"),
        ({"page": "-1"}, "page"),
        ({"agreement_id": "x" * 27}, "agreement_id"),
        ({"first_digits_card_number": "44443"}, "first_digits_card_number"),
        ({"last_digits_card_number": "111x"}, "last_digits_card_number"),
    ],
)
def test_wrong_parameters_are_named(
    *, http: TestClient, query: dict[str, str], faults: str
) -> None:
    """422 P0401 names all that is wrong, and repeats no value."""
    answer = http.get("/v1/payments", params=query)

    assert (422, "P0401") == error_of(answer)
    assert answer.json()["description"].startswith(f"Invalid parameters: {faults}. See ")


def test_filters_all_have_to_fit(idle: Sandbox, http: TestClient) -> None:
    """Reference exact in any case, email and name in part, digits exact, state as it is."""
    one = paid(idle, http, reference="GW-1", email="Ann@example.org")
    two = create(http, reference="GW-10", email="bob@example.org")
    idle.pay.decline(two)
    open_ = create(http, reference="gw-1")

    for query, expected in (
        ({"reference": "gw-1"}, [open_, one]),
        ({"reference": "gw-1", "state": "success"}, [one]),
        ({"reference": "nobody"}, []),
        ({"email": "ann@"}, [one]),
        ({"email": "ann@", "state": "success"}, [one]),
        ({"email": "ann@", "state": "failed"}, []),
        ({"state": "failed"}, [two]),
        ({"state": " "}, [open_, two, one]),
        ({"cardholder_name": "test p"}, [two, one]),
        ({"first_digits_card_number": "444433"}, [one]),
        ({"last_digits_card_number": "0002"}, [two]),
        ({"agreement_id": "x" * 26}, []),
        ({"last_digits_card_number": "9999"}, []),
        ({"card_brand": "jcb"}, [open_, two, one]),  # Pay's defect: it has no effect
        ({"unknown": "x"}, [open_, two, one]),
        ({"from_settled_date": "2020-01-01"}, []),
    ):
        assert expected == ids(http, **query), query


def test_a_search_sees_what_has_expired(idle: Sandbox, http: TestClient) -> None:
    """Time acts on what nobody has looked at."""
    payment_id = create(http)
    idle.clock.advance(timedelta(minutes=90))

    assert [payment_id] == ids(http, state="failed")
    assert [] == ids(http, state="created")


def test_bounds_are_strict_on_both_sides() -> None:
    """Two windows that meet at an instant both miss the payment created then."""
    sandbox = Sandbox(clock=Clock(start=START))
    sandbox.clock.freeze(START + timedelta(hours=1))
    http = client(sandbox)
    payment_id = create(http)
    at = sandbox.clock.now()
    hour, tick = timedelta(hours=1), timedelta(milliseconds=1)

    assert [] == ids(http, from_date=text(at - hour), to_date=text(at))
    assert [] == ids(http, from_date=text(at), to_date=text(at + hour))
    assert [payment_id] == ids(http, from_date=text(at - tick), to_date=text(at + tick))
    assert [payment_id] == ids(http, from_date="2026-03-01T13:59:59.9+01:00[Europe/Paris]")
    assert [] == ids(http, from_date=text(at), to_date=text(at - hour))
    assert [] == ids(http, reference="GW-1", from_date=text(at))
    assert [payment_id] == ids(http, reference="GW-1", to_date=text(at + tick))


def test_settled_days_include_the_first_and_not_the_last() -> None:
    """>= from, < to."""
    sandbox = Sandbox(clock=Clock(start=START))
    account = stripe()
    http = client(sandbox, account)
    payment_id = paid(sandbox, http)
    sandbox.pay.settle(account)

    assert [payment_id] == ids(http, from_settled_date="2026-03-01", to_settled_date="2026-03-02")
    assert [] == ids(http, to_settled_date="2026-03-01")
    assert [] == ids(http, from_settled_date="2026-03-02")
    assert [payment_id] == ids(http, from_settled_date="2026-03-01")


def test_the_ledger_lags_behind(idle: Sandbox, http: TestClient) -> None:
    """A search sees a payment as it was, and a new one not at all; get is up to date."""
    idle.pay.account.ledger_delay = 30
    old = create(http)
    idle.clock.advance(seconds=29)
    assert [] == ids(http)
    idle.clock.advance(seconds=1)
    assert [old] == ids(http)
    idle.pay.pay(old)
    new = create(http)

    seen = http.get("/v1/payments").json()["results"]
    now = http.get(f"/v1/payments/{old}").json()["state"]["status"]
    idle.clock.advance(seconds=30)

    assert ("success", [(old, "created")]) == (
        now,
        [(each["payment_id"], each["state"]["status"]) for each in seen],
    )
    assert [old] == ids(http, state="success")
    assert [new, old] == ids(http)


def test_expiry_reaches_the_ledger_late(idle: Sandbox, http: TestClient) -> None:
    """The payment is over at once, the search hears of it later."""
    idle.pay.account.ledger_delay = 60
    payment_id = create(http)
    idle.clock.advance(timedelta(minutes=90))

    assert [payment_id] == ids(http, state="created")
    assert "failed" == http.get(f"/v1/payments/{payment_id}").json()["state"]["status"]
    assert [payment_id] == ids(http, state="created")
    idle.clock.advance(seconds=60)
    assert [payment_id] == ids(http, state="failed")


def test_a_delay_that_ends_hides_nothing_again(idle: Sandbox, http: TestClient) -> None:
    """What the ledger knows, it goes on knowing, in the order in which it happened."""
    first = create(http)
    idle.pay.account.ledger_delay = 3600
    idle.pay.start(first)
    idle.pay.account.ledger_delay = 0
    second = create(http)
    idle.pay.cancel(first)

    assert [second, first] == ids(http)
    assert [second, first] == ids(http, state="created")
    idle.clock.advance(seconds=3600)
    assert [first] == ids(http, state="failed")


def test_refunds_are_searched_by_dates_alone(idle: Sandbox) -> None:
    """P1101 for wrong parameters, P1100 past the end."""
    account = stripe()
    http = client(idle, account)
    payment_id = paid(idle, http)
    made = [
        http.post(f"/v1/payments/{payment_id}/refunds", json={"amount": 1}).json()["refund_id"]
        for _ in range(3)
    ]
    idle.pay.settle(account)
    day = idle.clock.now().date()

    assert made[::-1] == ids(http, "/v1/refunds", status="error")
    assert made[:1] == ids(http, "/v1/refunds", display_size=2, page=2)
    assert 3 == len(ids(http, "/v1/refunds", from_settled_date=day.isoformat()))
    assert [] == ids(http, "/v1/refunds", to_settled_date=day.isoformat())
    assert (404, "P1100") == error_of(http.get("/v1/refunds", params={"page": 2}))
    assert (422, "P1101") == error_of(http.get("/v1/refunds", params={"page": "x"}))
    settled = http.get("/v1/refunds").json()["results"][0]["settlement_summary"]
    assert {"settled_date": day.isoformat()} == settled


def test_the_next_page_of_disputes_loses_its_filter(idle: Sandbox, http: TestClient) -> None:
    """Pay's defect: every link has `status`, but the next page's has `state`."""
    idle.pay.account.rate_limited = False
    made = [idle.pay.dispute(paid(idle, http)).id for _ in range(4)]
    idle.pay.submit_evidence(made[0])

    query = {"status": "needs_response", "display_size": 1, "page": 2}
    body = http.get("/v1/disputes", params=query).json()
    links = {name: link["href"].partition("?")[2] for name, link in body["links"].items()}

    assert (3, [made[2]]) == (body["total"], [each["dispute_id"] for each in body["results"]])
    assert "_links" not in body
    assert "state=needs_response&display_size=1&page=3" == links.pop("next_page")
    assert {"status=needs_response"} == {link.partition("&")[0] for link in links.values()}
    assert 4 == http.get(body["links"]["next_page"]["href"]).json()["total"]


def test_wrong_searches_of_disputes_are_refused(idle: Sandbox, http: TestClient) -> None:
    """The codes are those of payments; `created` is let through and finds nothing."""
    idle.pay.dispute(paid(idle, http))

    assert (422, "P0401") == error_of(http.get("/v1/disputes", params={"status": "open"}))
    assert (404, "P0402") == error_of(http.get("/v1/disputes", params={"page": 9}))
    assert [] == ids(http, "/v1/disputes", status="created")


def test_payments_that_arrive_between_pages_shift_the_rows(idle: Sandbox, http: TestClient) -> None:
    """Pages are offsets: the second page repeats the last of the first."""
    made = [create(http) for _ in range(3)]
    query: dict[str, Any] = {"display_size": 2, "state": "created"}

    first = ids(http, **query)
    newest = create(http)
    second = ids(http, page=2, **query)
    idle.pay.cancel(newest)

    assert [made[2], made[1]] == first
    assert [made[1], made[0]] == second
    assert [made[0]] == ids(http, page=2, **query)


@settings(max_examples=examples(40), deadline=None)
@given(
    gaps=st.lists(st.integers(0, 3), min_size=1, max_size=30),
    size=st.integers(1, 7),
    low=st.none() | st.integers(-1, 40),
    high=st.none() | st.integers(-1, 40),
    filtered=st.booleans(),
)
def test_pages_together_hold_exactly_what_lies_between_the_bounds(
    *, gaps: list[int], size: int, low: int | None, high: int | None, filtered: bool
) -> None:
    """Every payment strictly between, once each, newest first, with or without a filter."""
    sandbox = Sandbox(clock=Clock(start=START))
    start = sandbox.clock.freeze()
    http = client(sandbox)
    made: list[tuple[int, str]] = []
    second = 0
    for gap in gaps:
        second += gap
        sandbox.clock.advance(seconds=gap)
        made.append((second, create(http)))
    query: dict[str, Any] = {"display_size": size}
    if low is not None:
        query["from_date"] = text(start + timedelta(seconds=low))
    if high is not None:
        query["to_date"] = text(start + timedelta(seconds=high))
    if filtered:
        query["state"] = "created"
    expected = [
        payment_id
        for at, payment_id in reversed(made)
        if (low is None or at > low) and (high is None or at < high)
    ]

    found: list[str] = []
    pages = max(-(-len(expected) // size), 1)
    for page in range(1, pages + 1):
        body = http.get("/v1/payments", params=query | {"page": page}).json()
        assert len(expected) == body["total"]
        found += [each["payment_id"] for each in body["results"]]
    assert expected == found
    assert 404 == http.get("/v1/payments", params=query | {"page": pages + 1}).status_code
