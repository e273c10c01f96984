"""lg_sandbox.pay.refunds and refunds_api: the refund lock, the codes, and what becomes of it."""

from typing import Any

import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from sandbox.pay_steps import GOOD, client, create, error_of, paid, stripe
from starlette.testclient import TestClient

from lg_sandbox import Fault, Sandbox
from lg_sandbox.pay import RefundRefusal, RefundRefusedError, RefundStatus


def refund(http: TestClient, payment_id: str, **body: Any) -> Any:
    """Ask for a refund."""
    return http.post(f"/v1/payments/{payment_id}/refunds", json=body)


def summary(http: TestClient, payment_id: str) -> dict[str, Any]:
    """Give the refund summary of a payment."""
    return http.get(f"/v1/payments/{payment_id}").json()["refund_summary"]


def test_a_refund_is_accepted_with_its_body(idle: Sandbox, http: TestClient) -> None:
    """202, a success at once for test keys, and the summary follows."""
    payment_id = paid(idle, http)
    answer = refund(http, payment_id, amount=200, refund_amount_available=1200)

    (made,) = idle.pay.refunds
    at = f"http://pay/v1/payments/{payment_id}"
    assert 202 == answer.status_code
    assert {
        "refund_id": made.id,
        "payment_id": payment_id,
        "created_date": idle.clock.now().isoformat(timespec="milliseconds")[:-6] + "Z",
        "amount": 200,
        "status": "success",
        "settlement_summary": {},
        "_links": {
            "self": {"href": f"{at}/refunds/{made.id}", "method": "GET"},
            "payment": {"href": at, "method": "GET"},
        },
    } == answer.json()
    assert answer.json() == http.get(f"/v1/payments/{payment_id}/refunds/{made.id}").json()
    assert {
        "status": "available",
        "amount_available": 1000,
        "amount_submitted": 200,
    } == summary(http, payment_id)
    assert [1200, -200] == [entry.amount for entry in idle.pay.ledger]


@pytest.mark.parametrize(
    ("body", "expected", "field"),
    [
        (b"", (400, "P0920"), None),
        (b"{", (400, "P0697"), None),
        (b"[]", (400, "P0601"), "amount"),
        (b'{"amount": null}', (400, "P0601"), "amount"),
        (b'{"amount": 1.5}', (400, "P0602"), "amount"),
        (b'{"amount": true}', (400, "P0602"), "amount"),
        (b'{"amount": "1"}', (400, "P0602"), "amount"),
        (b'{"amount": 99999999999}', (400, "P0602"), "amount"),
        (b'{"amount": 0}', (422, "P0602"), "amount"),
        (b'{"amount": 10000001}', (422, "P0602"), "amount"),
        (
            b'{"amount": 1, "refund_amount_available": "1"}',
            (400, "P0602"),
            "refund_amount_available",
        ),
        (b'{"amount": 1, "refund_amount_available": 0}', (422, "P0602"), "refund_amount_available"),
        (b'{"amount": 1, "refund_amount_available": 1199}', (412, "P0604"), None),
        (b'{"amount": 1201}', (400, "P0603"), None),
        (b'{"amount": 1, "refund_amount_available": null}', None, None),
    ],
)
def test_a_wrong_refund_is_refused_with_its_code(
    *,
    idle: Sandbox,
    http: TestClient,
    body: bytes,
    expected: tuple[int, str] | None,
    field: str | None,
) -> None:
    """Types are 400, sizes 422, the lock 412; and no money moves."""
    payment_id = paid(idle, http)
    answer = http.post(
        f"/v1/payments/{payment_id}/refunds",
        content=body,
        headers={"Content-Type": "application/json"},
    )

    assert (expected is None) == (len(idle.pay.refunds) == 1)
    if expected is not None:
        assert expected == error_of(answer)
        assert field == answer.json().get("field")


def test_a_refund_needs_money_that_was_taken(idle: Sandbox, http: TestClient) -> None:
    """P0603 names the refund status: pending, unavailable or full."""
    idle.pay.account.captures_at_once = False
    pending, failed = paid(idle, http), create(http)
    idle.pay.decline(failed)
    idle.pay.account.captures_at_once = True
    full = paid(idle, http)
    refund(http, full, amount=1200)

    for payment_id, status in ((pending, "pending"), (failed, "unavailable"), (full, "full")):
        answer = refund(http, payment_id, amount=1)
        assert (400, "P0603") == error_of(answer)
        assert answer.json()["description"].endswith(f"Payment refund status: {status}")
        assert status == summary(http, payment_id)["status"]


def test_a_disputed_payment_is_not_refunded(idle: Sandbox, http: TestClient) -> None:
    """P0603 with its other text, and the summary says unavailable."""
    payment_id = paid(idle, http)
    idle.pay.dispute(payment_id)

    answer = refund(http, payment_id, amount=1)

    assert (400, "P0603") == error_of(answer)
    assert "disputed" in answer.json()["description"]
    assert "unavailable" == summary(http, payment_id)["status"]


def test_a_disabled_account_refunds_nothing(idle: Sandbox, http: TestClient) -> None:
    """403 P0941."""
    payment_id = paid(idle, http)
    idle.pay.account.disabled = True

    assert (403, "P0941") == error_of(refund(http, payment_id, amount=1))


def test_a_refund_may_take_its_time(idle: Sandbox, http: TestClient) -> None:
    """Submitted moves no money; a success does; an error gives the amount back."""
    idle.pay.account.refunds_settle_later = True
    payment_id = paid(idle, http)
    good, bad = (refund(http, payment_id, amount=100).json()["refund_id"] for _ in range(2))

    assert [("submitted", 1200)] * 2 == [
        (each.status.value, each.amount + 1100) for each in idle.pay.refunds
    ]
    assert 1000 == summary(http, payment_id)["amount_available"]
    assert [1200] == [entry.amount for entry in idle.pay.ledger]
    assert RefundStatus.SUCCESS is idle.pay.complete_refund(good).status
    assert RefundStatus.ERROR is idle.pay.fail_refund(bad).status
    assert 1100 == summary(http, payment_id)["amount_available"]
    assert [1200, -100] == [entry.amount for entry in idle.pay.ledger]
    for again in (idle.pay.complete_refund, idle.pay.fail_refund):
        with pytest.raises(RefundRefusedError) as caught:
            again(good)
        assert RefundRefusal.NOT_SUBMITTED is caught.value.reason


def test_staff_refund_in_the_admin_tool(idle: Sandbox, http: TestClient) -> None:
    """It counts as any other, is marked, and has the same limits."""
    payment_id = paid(idle, http)

    made = idle.pay.staff_refund(payment_id, 1200)

    assert (True, 1200) == (made.by_staff, made.amount)
    assert "full" == summary(http, payment_id)["status"]
    with pytest.raises(RefundRefusedError, match="full"):
        idle.pay.staff_refund(payment_id, 1)
    with pytest.raises(ValueError, match="1 penny"):
        idle.pay.staff_refund(payment_id, 0)
    with pytest.raises(LookupError, match=r"sandbox\.pay\.payments"):
        idle.pay.staff_refund("none", 1)
    with pytest.raises(LookupError, match="refund"):
        idle.pay.complete_refund("none")


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [("POST", "", "P0600"), ("GET", "/none", "P0700"), ("GET", "", "P0800")],
)
def test_refunds_of_an_unknown_payment_are_not_found(
    *, idle: Sandbox, http: TestClient, method: str, path: str, code: str
) -> None:
    """Another account's payment is as unknown as none."""
    others = paid(idle, client(idle, stripe()))

    for payment_id in ("none", others):
        body = {"amount": 1} if method == "POST" else None
        answer = http.request(method, f"/v1/payments/{payment_id}/refunds{path}", json=body)
        assert (404, code) == error_of(answer)


def test_a_refund_is_found_under_its_own_payment_alone(idle: Sandbox, http: TestClient) -> None:
    """P0700 under another payment."""
    first, second = paid(idle, http), paid(idle, http)
    refund_id = refund(http, first, amount=1).json()["refund_id"]

    assert (404, "P0700") == error_of(http.get(f"/v1/payments/{second}/refunds/{refund_id}"))


def test_the_refunds_of_a_payment_lag_behind(idle: Sandbox, http: TestClient) -> None:
    """They come from the ledger; the refund itself does not."""
    idle.pay.account.ledger_delay = 10
    payment_id = paid(idle, http)
    idle.clock.advance(seconds=60)
    refund_id = refund(http, payment_id, amount=1).json()["refund_id"]
    at = f"/v1/payments/{payment_id}/refunds"

    early = http.get(at).json()["_embedded"]["refunds"]
    strong = http.get(f"{at}/{refund_id}").status_code
    idle.clock.advance(seconds=10)
    late = http.get(at).json()["_embedded"]["refunds"]

    assert ([], 200, [refund_id]) == (early, strong, [each["refund_id"] for each in late])


def test_a_lost_answer_hides_a_refund_that_was_made(idle: Sandbox, http: TestClient) -> None:
    """With the lock, asking again is refused, and nothing is refunded twice."""
    payment_id = paid(idle, http)
    idle.pay.faults.add(Fault.ERROR_AFTER, operation="create_refund")

    first = refund(http, payment_id, amount=500, refund_amount_available=1200)
    second = refund(http, payment_id, amount=500, refund_amount_available=1200)

    assert [(500, "P0698"), (412, "P0604")] == [error_of(first), error_of(second)]
    assert 1 == len(idle.pay.refunds)


@settings(max_examples=examples(60), deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 1300), st.none() | st.integers(1, 1300)), max_size=8),
)
def test_no_order_of_refunds_takes_more_than_was_paid(
    asked: list[tuple[int, int | None]],
) -> None:
    """A refund goes through exactly when the lock fits and enough is left."""
    sandbox = Sandbox()
    http = client(sandbox)
    payment_id = paid(sandbox, http)
    left = GOOD["amount"]
    for amount, lock in asked:
        body = {"amount": amount} | ({} if lock is None else {"refund_amount_available": lock})
        status = refund(http, payment_id, **body).status_code
        allowed = left > 0 and lock in (None, left) and amount <= left
        assert (status == 202) == allowed
        left -= amount if allowed else 0
    assert left == summary(http, payment_id)["amount_available"]
    assert left == sum(entry.amount for entry in sandbox.pay.ledger)
