"""The API of the stand-in for GOV.UK Pay, in process: what it answers."""

from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from lg_sandbox import Sandbox
from lg_sandbox.pay import Account, Provider, State

GOOD: dict[str, Any] = {
    "amount": 1200,
    "reference": "GW-1",
    "description": "Garden waste",
    "return_url": "https://council.example/done",
}


def create(http: TestClient, **changes: Any) -> dict[str, Any]:
    """Create a payment, and return the answer's body."""
    answer = http.post("/v1/payments", json=GOOD | changes)
    assert 201 == answer.status_code
    return answer.json()


def test_a_new_payment_is_answered_as_pay_answers(idle: Sandbox, http: TestClient) -> None:
    """Its parts, its links, and nothing else."""
    answer = http.post("/v1/payments", json=GOOD)
    body = answer.json()
    links = body.pop("_links")
    payment_id = body.pop("payment_id")
    created = idle.clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")

    assert {
        "amount": 1200,
        "reference": "GW-1",
        "description": "Garden waste",
        "return_url": "https://council.example/done",
        "language": "en",
        "state": {"status": "created", "finished": False},
        "payment_provider": "sandbox",
        "created_date": created,
        "refund_summary": {"status": "pending", "amount_available": 1200, "amount_submitted": 0},
        "settlement_summary": {},
        "delayed_capture": False,
        "moto": False,
        "authorisation_mode": "web",
    } == body
    at = f"http://pay/v1/payments/{payment_id}"
    token = links["next_url_post"]["params"]["chargeTokenId"]
    assert at == answer.headers["location"]
    assert {
        "self": {"href": at, "method": "GET"},
        "events": {"href": f"{at}/events", "method": "GET"},
        "refunds": {"href": f"{at}/refunds", "method": "GET"},
        "cancel": {"href": f"{at}/cancel", "method": "POST"},
        "next_url": {"href": f"http://pay/secure/{token}", "method": "GET"},
        "next_url_post": {
            "type": "application/x-www-form-urlencoded",
            "params": {"chargeTokenId": token},
            "href": "http://pay/secure",
            "method": "POST",
        },
    } == links


def test_what_was_sent_comes_back(http: TestClient) -> None:
    """Optional parts appear when they were given, on create and on get."""
    given = {
        "email": "a@example.org",
        "language": "cy",
        "metadata": {"ledger": "12", "n": 3, "yes": True},
        "delayed_capture": True,
        "prefilled_cardholder_details": {
            "cardholder_name": "J Bloggs",
            "billing_address": {"line1": "1 High St", "city": "Leeds"},
        },
    }
    made = create(http, **given)
    got = http.get(f"/v1/payments/{made['payment_id']}").json()

    for body in (made, got):
        assert given["metadata"] == body["metadata"]
        assert ("a@example.org", "cy", True) == (
            body["email"],
            body["language"],
            body["delayed_capture"],
        )
        assert given["prefilled_cardholder_details"] == body["card_details"]


@pytest.mark.parametrize(
    ("prefilled", "expected"),
    [({"cardholder_name": "J Bloggs"}, {"cardholder_name": "J Bloggs"}), ({}, None)],
)
def test_only_what_was_prefilled_is_shown(
    http: TestClient, prefilled: dict[str, Any], expected: dict[str, Any] | None
) -> None:
    """A name without an address is a name, and nothing is nothing."""
    made = create(http, prefilled_cardholder_details=prefilled)

    assert made.get("card_details") == expected


def test_a_paid_payment_shows_card_and_capture(idle: Sandbox, http: TestClient) -> None:
    """Digits and dates appear, links to pay and cancel go, and the money has moved once."""
    payment_id = create(http)["payment_id"]

    idle.pay.pay(payment_id, card="5105105105105100")

    body = http.get(f"/v1/payments/{payment_id}").json()
    now = idle.clock.now()
    assert {"status": "success", "finished": True} == body["state"]
    assert ("510510", "5100", "Mastercard", "debit") == (
        body["card_details"]["first_digits_card_number"],
        body["card_details"]["last_digits_card_number"],
        body["card_details"]["card_brand"],
        body["card_details"]["card_type"],
    )
    assert now.date().isoformat() == body["settlement_summary"]["captured_date"]
    assert "capture_submit_time" in body["settlement_summary"]
    assert "available" == body["refund_summary"]["status"]
    assert body["provider_id"]
    assert {"self", "events", "refunds", "cancel"} == set(body["_links"])
    assert body["_links"]["cancel"] is None
    assert [(payment_id, 1200, "test")] == [
        (charge.payment_id, charge.amount, charge.account) for charge in idle.pay.charges
    ]


@pytest.mark.parametrize(
    ("card", "status", "code"),
    [
        ("4000000000000002", "failed", "P0010"),
        ("4000000000000069", "failed", "P0010"),
        ("4000000000000127", "failed", "P0010"),
        ("4000000000000119", "error", "P0050"),
    ],
)
def test_a_failing_card_fails_with_its_code(
    *, idle: Sandbox, http: TestClient, card: str, status: str, code: str
) -> None:
    """No money moves, and no refund is to be had."""
    payment_id = create(http)["payment_id"]

    paid = idle.pay.pay(payment_id, card=card)

    body = http.get(f"/v1/payments/{payment_id}").json()
    assert (status, code) == (body["state"]["status"], body["state"]["code"])
    assert (status, code, True, False) == (paid.status, paid.code, paid.finished, paid.charged)
    assert body["state"]["message"]
    assert "unavailable" == body["refund_summary"]["status"]
    assert () == idle.pay.charges


def test_events_come_oldest_first(idle: Sandbox, http: TestClient) -> None:
    """Each change of status once, with its time."""
    payment_id = create(http)["payment_id"]
    idle.clock.advance(seconds=60)
    idle.pay.pay(payment_id)

    body = http.get(f"/v1/payments/{payment_id}/events").json()

    at = f"http://pay/v1/payments/{payment_id}"
    assert payment_id == body["payment_id"]
    assert ["created", "started", "submitted", "success"] == [
        event["state"]["status"] for event in body["events"]
    ]
    assert {"self": {"href": f"{at}/events", "method": "GET"}} == body["_links"]
    assert {"payment_url": {"href": at, "method": "GET"}} == body["events"][0]["_links"]
    assert body["events"][0]["updated"] < body["events"][1]["updated"]


def test_the_service_can_cancel_what_is_unfinished(idle: Sandbox, http: TestClient) -> None:
    """204 once, 400 P0501 after that."""
    payment_id = create(http)["payment_id"]

    first = http.post(f"/v1/payments/{payment_id}/cancel")
    second = http.post(f"/v1/payments/{payment_id}/cancel")

    assert (204, b"") == (first.status_code, first.content)
    assert (400, {"code": "P0501", "description": "Cancellation of payment failed"}) == (
        second.status_code,
        second.json(),
    )
    assert ("cancelled", "P0040") == (
        idle.pay.payment(payment_id).status,
        idle.pay.payment(payment_id).code,
    )


def test_delayed_capture_waits_for_the_service(idle: Sandbox, http: TestClient) -> None:
    """A capture link and no way to pay again; captured once, however often asked."""
    payment_id = create(http, delayed_capture=True)["payment_id"]
    early = http.post(f"/v1/payments/{payment_id}/capture")
    idle.pay.pay(payment_id)

    waiting = http.get(f"/v1/payments/{payment_id}").json()

    assert (409, "P1003") == (early.status_code, early.json()["code"])
    assert "capturable" == waiting["state"]["status"]
    assert waiting["_links"]["capture"]["href"].endswith(f"{payment_id}/capture")
    assert "next_url" not in waiting["_links"]
    assert () == idle.pay.charges
    assert [204, 204] == [
        http.post(f"/v1/payments/{payment_id}/capture").status_code for _ in range(2)
    ]
    assert 1 == len(idle.pay.charges)


def test_a_success_may_still_lose_its_money(idle: Sandbox, http: TestClient) -> None:
    """Where capture comes later, success is no proof of money: it can turn into an error."""
    idle.pay.account.captures_at_once = False
    lost, kept = create(http)["payment_id"], create(http)["payment_id"]
    for payment_id in (lost, kept):
        idle.pay.pay(payment_id)
    before = http.get(f"/v1/payments/{lost}").json()

    idle.pay.fail_capture(lost)
    idle.pay.complete_capture(kept)

    after = http.get(f"/v1/payments/{lost}").json()
    assert ("success", "pending") == (before["state"]["status"], before["refund_summary"]["status"])
    assert "captured_date" not in before["settlement_summary"]
    assert ("error", "P0050") == (after["state"]["status"], after["state"]["code"])
    assert [kept] == [charge.payment_id for charge in idle.pay.charges]


def test_an_unpaid_payment_expires_on_the_clock(idle: Sandbox, http: TestClient) -> None:
    """Seen by the API and in the records alike."""
    payment_id = create(http)["payment_id"]

    idle.clock.advance(timedelta(minutes=90))

    assert "P0020" == http.get(f"/v1/payments/{payment_id}").json()["state"]["code"]
    assert [State.EXPIRED] == [payment.state for payment in idle.pay.payments]


def test_a_payment_can_be_made_to_expire_now(idle: Sandbox, http: TestClient) -> None:
    """A test need not move the clock for all."""
    payment_id = create(http)["payment_id"]

    assert "P0020" == idle.pay.expire(payment_id).code


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "", "P0200"),
        ("GET", "/events", "P0300"),
        ("POST", "/cancel", "P0500"),
        ("POST", "/capture", "P1000"),
    ],
)
def test_an_unknown_payment_is_not_found(
    *, idle: Sandbox, http: TestClient, method: str, path: str, code: str
) -> None:
    """Another account's payment is as unknown as none at all."""
    other = {"Authorization": f"Bearer {idle.pay.live_api_key}"}
    payment_id = create(http)["payment_id"]

    unknown = http.request(method, f"/v1/payments/{'0' * 26}{path}")
    others = http.request(method, f"/v1/payments/{payment_id}{path}", headers=other)

    expected = (404, {"code": code, "description": "Not found"})
    assert expected == (unknown.status_code, unknown.json())
    assert expected == (others.status_code, others.json())


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer wrong", "Basic KEY", "KEY", "Bearer KEYx"]
)
def test_a_wrong_key_is_refused_without_json(idle: Sandbox, http: TestClient, header: str) -> None:
    """401 has no code and no JSON."""
    sent = {"Authorization": header.replace("KEY", idle.pay.api_key)}

    answer = http.post("/v1/payments", json=GOOD, headers=sent)

    assert 401 == answer.status_code
    assert "json" not in answer.headers["content-type"]
    assert () == idle.pay.payments


def test_a_key_of_the_right_shape_from_elsewhere_is_refused(
    idle: Sandbox, http: TestClient
) -> None:
    """Another sandbox's key is nobody's here."""
    sent = {"Authorization": f"Bearer {Sandbox().pay.api_key}"}

    assert 401 == http.get("/v1/payments/x", headers=sent).status_code
    assert [(401, None)] == [(each.status, each.who) for each in idle.pay.requests]


def test_each_account_sees_its_own_payments(idle: Sandbox) -> None:
    """A second key of an account sees the same, a new account sees none of it."""
    stripe = Account("stripe", provider=Provider.STRIPE)
    keys = [idle.pay.new_api_key(), idle.pay.new_api_key(account=stripe)]
    first, second = (
        TestClient(idle.pay.app, headers={"Authorization": f"Bearer {key}"}) for key in keys
    )

    made = create(second)

    assert "stripe" == made["payment_provider"]
    assert 404 == first.get(f"/v1/payments/{made['payment_id']}").status_code
    assert "stripe" == idle.pay.payments[0].account
    assert idle.pay.api_key not in keys


def test_two_accounts_cannot_share_an_id(idle: Sandbox) -> None:
    """Records name accounts by id."""
    with pytest.raises(ValueError, match="its own"):
        idle.pay.new_api_key(account=Account("test"))


def test_a_live_account_needs_https_to_return_to(idle: Sandbox) -> None:
    """The key decides."""
    key = {"Authorization": f"Bearer {idle.pay.live_api_key}"}
    http = TestClient(idle.pay.app, headers=key)

    answer = http.post("/v1/payments", json=GOOD | {"return_url": "http://x.example/"})

    assert idle.pay.live_account.live
    assert (422, "P0920") == (answer.status_code, answer.json()["code"])


def test_too_many_requests_are_refused_until_time_passes(idle: Sandbox, http: TestClient) -> None:
    """15 creations in a second, then 429 P0900 without Retry-After."""
    for _ in range(15):
        create(http)

    refused = http.post("/v1/payments", json=GOOD)
    idle.clock.advance(seconds=1)
    later = http.post("/v1/payments", json=GOOD)

    assert (429, {"code": "P0900", "description": "Too many requests"}) == (
        refused.status_code,
        refused.json(),
    )
    assert "retry-after" not in refused.headers
    assert 201 == later.status_code


def test_limits_can_be_switched_off(idle: Sandbox, http: TestClient) -> None:
    """A load test of something else is not in their way."""
    idle.pay.account.rate_limited = False

    assert {201} == {http.post("/v1/payments", json=GOOD).status_code for _ in range(40)}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/json; charset=utf-8"}, 201),
        ({"Accept": "text/html"}, 406),
        ({"Accept": "text/html, application/json;q=0.5"}, 201),
    ],
)
def test_json_is_what_is_spoken(http: TestClient, headers: dict[str, str], status: int) -> None:
    """Another type of body, or of answer, is refused."""
    assert status == http.post("/v1/payments", json=GOOD, headers=headers).status_code


def test_a_moto_api_payment_gets_a_token_instead_of_a_page(idle: Sandbox, http: TestClient) -> None:
    """`auth_url_post` stands where `next_url` would."""
    idle.pay.account.moto_api_enabled = True
    body = {name: value for name, value in GOOD.items() if name != "return_url"}

    links = http.post("/v1/payments", json=body | {"authorisation_mode": "moto_api"}).json()[
        "_links"
    ]

    assert "next_url" not in links
    assert {"one_time_token"} == set(links["auth_url_post"]["params"])


def test_a_payment_of_nothing_has_nothing_to_refund(idle: Sandbox, http: TestClient) -> None:
    """Its refund status is `full`."""
    idle.pay.account.zero_amount_allowed = True
    payment_id = create(http, amount=0)["payment_id"]
    idle.pay.pay(payment_id)

    assert "full" == http.get(f"/v1/payments/{payment_id}").json()["refund_summary"]["status"]
