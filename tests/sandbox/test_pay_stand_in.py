"""lg_sandbox.pay.stand_in: records, the payer's part, and faults that answer."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from lg_sandbox import Fault, NotRunningError, Sandbox
from lg_sandbox.pay import Received

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


def test_requests_are_recorded_without_bodies_and_keys(idle: Sandbox, http: TestClient) -> None:
    """Method, path, operation, status, time and account: no more."""
    create(http)

    (received,) = idle.pay.requests
    expected = Received("POST", "/v1/payments", received.operation, 201, idle.clock.now(), "test")
    assert expected == received
    assert "create_payment" == received.operation
    assert idle.pay.api_key not in repr(received)


def test_records_print_nothing_personal(idle: Sandbox, http: TestClient) -> None:
    """The repr of a payment and a charge keeps references, names and addresses to itself."""
    payment_id = create(http, email="planted@example.org", reference="PLANTED")["payment_id"]
    idle.pay.pay(payment_id)

    said = repr(idle.pay.payments) + repr(idle.pay.charges)
    assert "planted" not in said.lower()
    assert "Test Payer" not in said
    assert "1111" not in said


def test_the_payer_may_stop_half_way(idle: Sandbox, http: TestClient) -> None:
    """Started, submitted, then paid: each step is a state of its own."""
    payment_id = create(http)["payment_id"]

    states = [
        idle.pay.start(payment_id).status,
        idle.pay.submit(payment_id).status,
        idle.pay.pay(payment_id).status,
    ]

    assert ["started", "submitted", "success"] == states


def test_the_payer_may_decline_and_cancel(idle: Sandbox, http: TestClient) -> None:
    """Each has its code."""
    declined, cancelled = create(http)["payment_id"], create(http)["payment_id"]

    assert "P0010" == idle.pay.decline(declined).code
    assert "P0030" == idle.pay.cancel(cancelled).code


def test_a_card_that_is_no_test_card_is_refused(idle: Sandbox, http: TestClient) -> None:
    """The number is not repeated in the error."""
    payment_id = create(http)["payment_id"]

    with pytest.raises(ValueError, match="test card") as caught:
        idle.pay.pay(payment_id, card="4999999999999999")
    assert "4999" not in str(caught.value)


def test_an_unknown_payment_is_a_lookup_error(idle: Sandbox) -> None:
    """The error says where to look."""
    with pytest.raises(LookupError, match=r"sandbox\.pay\.payments"):
        idle.pay.pay("none")


def test_an_address_needs_a_running_sandbox(idle: Sandbox) -> None:
    """The error says what to do."""
    with pytest.raises(NotRunningError, match="with Sandbox"):
        _ = idle.pay.url


@pytest.mark.parametrize(
    ("fault", "options", "status", "code"),
    [
        (Fault.ERROR_BEFORE, {}, 500, "P0198"),
        (Fault.ERROR_AFTER, {}, 500, "P0198"),
        (Fault.ERROR_BEFORE, {"status": 503}, 503, None),
        (Fault.RATE_LIMITED, {}, 429, "P0900"),
        (Fault.CONFLICT, {}, 409, "P0191"),
        (Fault.HTML, {}, 502, None),
        (Fault.HTML, {"status": 200, "acts": True}, 200, None),
        (Fault.SLOW, {"seconds": 0.05}, 201, None),
    ],
)
def test_a_fault_that_answers_shows_its_status(
    *,
    idle: Sandbox,
    http: TestClient,
    fault: Fault,
    options: dict[str, Any],
    status: int,
    code: str | None,
) -> None:
    """And the work is done exactly when it was planned so."""
    planned = idle.pay.faults.add(fault, operation="create_payment", **options)

    answer = http.post("/v1/payments", json=GOOD)

    assert (status, status) == (answer.status_code, idle.pay.requests[-1].status)
    assert planned.acts == (len(idle.pay.payments) == 1)
    if code is not None:
        assert code == answer.json()["code"]
    elif fault is not Fault.SLOW:
        assert answer.headers["content-type"].startswith("text/html")
    assert 201 == http.post("/v1/payments", json=GOOD).status_code
