# SPDX-License-Identifier: MIT
"""Steps that the tests of GOV.UK Pay's money side share."""

from typing import Any

from starlette.testclient import TestClient

from lg_sandbox import Sandbox
from lg_sandbox.pay import Account, Provider

GOOD: dict[str, Any] = {
    "amount": 1200,
    "reference": "GW-1",
    "description": "Garden waste",
    "return_url": "https://council.example/done",
}


def create(http: TestClient, **changes: Any) -> str:
    """Create a payment, and return its id."""
    answer = http.post("/v1/payments", json=GOOD | changes)
    assert 201 == answer.status_code
    return answer.json()["payment_id"]


def paid(sandbox: Sandbox, http: TestClient, **changes: Any) -> str:
    """Create a payment and pay it; return its id."""
    payment_id = create(http, **changes)
    sandbox.pay.pay(payment_id)
    return payment_id


def client(sandbox: Sandbox, account: Account | None = None) -> TestClient:
    """Give a client with a key of an account, without limits on how often it asks."""
    (account or sandbox.pay.account).rate_limited = False
    key = sandbox.pay.new_api_key(account=account)
    return TestClient(
        sandbox.pay.app, base_url="http://pay", headers={"Authorization": f"Bearer {key}"}
    )


def stripe(**options: Any) -> Account:
    """Make a live account with Stripe."""
    return Account("stripe", live=True, provider=Provider.STRIPE, **options)


def error_of(answer: Any) -> tuple[int, str]:
    """Give status and code of a refused request."""
    return answer.status_code, answer.json()["code"]
