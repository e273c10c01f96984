# SPDX-License-Identifier: MIT
"""The probe of GOV.UK Pay's money side: planted payments are refunded, disputed and searched."""

import json
from datetime import timedelta
from urllib.parse import urlencode

from pay.leak_platforms import probe
from pay.leaks import PLANTED, Saw

from lg_core.errors import LgError
from lg_core.testing import asgi
from lg_core.transport import TransportFailure, WireRequest
from lg_sandbox import Fault, Sandbox
from lg_sandbox.pay import Account, Provider
from lg_sandbox.pay.api import RULES
from lg_sandbox.pay.query import read_query

CREATE = {
    "amount": 1200,
    "reference": PLANTED["reference"],
    "description": PLANTED["description"],
    "return_url": PLANTED["return address"],
    "email": PLANTED["e-mail"],
    "metadata": {PLANTED["metadata key"]: PLANTED["metadata value"]},
    "prefilled_cardholder_details": {"cardholder_name": PLANTED["name"]},
}
SEARCHES: tuple[dict[str, str], ...] = (
    {},
    {"reference": PLANTED["reference"], "state": "success"},
    {"email": PLANTED["e-mail"], "cardholder_name": PLANTED["name"]},
    {"last_digits_card_number": "1111", "agreement_id": PLANTED["postcode"]},
    {"from_settled_date": "2026-01-01", "display_size": "1", "page": "2"},
    {"from_date": PLANTED["name"], "to_date": "2026-99-99T00:00:00Z", "page": PLANTED["phone"]},
    {"from_settled_date": PLANTED["name"], "to_settled_date": "2026-02-30"},
    {"state": PLANTED["name"], "status": PLANTED["name"], "page": "9"},
    {"first_digits_card_number": PLANTED["card number"], "status": "lost"},
)


class _Asker:
    """Asks the stand-in, and gives what it answers to nobody."""

    def __init__(self, saw: Saw, sandbox: Sandbox, *, key: str) -> None:
        self._saw = saw
        self._key = key
        self._way = asgi(sandbox.pay.app)

    def __call__(self, method: str, path: str, body: object = None) -> str | None:
        """Ask, and return the id of the payment or refund in the answer."""
        request = WireRequest(
            method=method,
            url=f"http://localhost{path}",
            headers=(
                ("Authorization", f"Bearer {self._key}"),
                ("Content-Type", "application/json"),
            ),
            body=b"" if body is None else json.dumps(body).encode(),
            connect=1,
            read=0.05,
            write=1,
            pool=1,
            total=1,
            max_answer=10_000_000,
        )
        try:
            answer = self._way.send(request)
        except (LgError, TransportFailure) as failure:
            self._saw(failure)
            return None
        self._saw.text("repr of an answer", repr(answer))
        told: dict[str, str] = json.loads(answer.body) if answer.body[:1] == b"{" else {}
        return told.get("refund_id") or told.get("payment_id")

    def close(self) -> None:
        self._way.close()


@probe
def the_money_side_of_the_stand_in_for_pay(saw: Saw) -> None:
    """Records, errors and payouts show nothing of what was paid for, and by whom."""
    sandbox = Sandbox()
    pay = sandbox.pay
    account = Account(
        "stripe",
        live=True,
        provider=Provider.STRIPE,
        refunds_settle_later=True,
        corporate_surcharge=50,
        failed_fee=1,
        rate_limited=False,
    )
    key = pay.new_api_key(account=account)
    saw.planted["a sandbox key of Pay"] = key
    ask = _Asker(saw, sandbox, key=key)
    try:
        paid = _paid(ask, sandbox)
        failed = ask("POST", "/v1/payments", CREATE) or ""
        pay.decline(failed)
        _refunds(saw, ask, sandbox, paid=paid)
        _disputes(saw, sandbox, _paid(ask, sandbox))
        for path in ("payments", "refunds", "disputes"):
            for search in SEARCHES:
                ask("GET", f"/v1/{path}?{urlencode(search)}")
        _ends(saw, ask, sandbox)
        saw(pay.settle(account))
        saw.attempt(pay.settle, account, sandbox.clock.now().date() + timedelta(days=9))
        for fault in Fault:
            if fault is not Fault.CONFLICT:
                pay.faults.add(fault, operation="search_payments", seconds=0.01)
                ask("GET", f"/v1/payments?{urlencode(SEARCHES[1])}")
    finally:
        ask.close()
    saw(read_query(tuple(SEARCHES[5].items()), allowed=tuple(SEARCHES[5])))
    saw([account, *pay.payments, *pay.refunds, *pay.disputes, *pay.ledger, *pay.payouts])
    saw([pay, *pay.requests, *pay.charges, *RULES.values()])


def _paid(ask: _Asker, sandbox: Sandbox) -> str:
    payment_id = ask("POST", "/v1/payments", CREATE) or ""
    sandbox.pay.pay(payment_id, card="4111111111111111")
    return payment_id


def _refunds(saw: Saw, ask: _Asker, sandbox: Sandbox, *, paid: str) -> None:
    at = f"/v1/payments/{paid}/refunds"
    good = ask("POST", at, {"amount": 1, "refund_amount_available": 1250}) or ""
    for body in (
        {"amount": PLANTED["name"]},
        {"amount": 0},
        {"amount": 1, "refund_amount_available": 9},
        {"amount": 9999},
        {},
    ):
        ask("POST", at, body)
    ask("GET", at)
    ask("GET", f"{at}/{good}")
    ask("GET", f"{at}/none")
    saw(sandbox.pay.complete_refund(good))
    saw(sandbox.pay.fail_refund(sandbox.pay.staff_refund(paid, 2).id))
    saw.attempt(sandbox.pay.complete_refund, good)
    saw.attempt(sandbox.pay.fail_refund, PLANTED["reference"])
    saw.attempt(sandbox.pay.staff_refund, PLANTED["reference"], 1)
    saw.attempt(sandbox.pay.staff_refund, paid, 9999)


def _disputes(saw: Saw, sandbox: Sandbox, paid: str) -> None:
    pay = sandbox.pay
    lost = pay.dispute(paid, 1)
    saw(pay.submit_evidence(lost.id))
    saw(pay.lose(lost.id))
    saw(pay.win(pay.dispute(paid, 1).id))
    saw.attempt(pay.win, lost.id)
    saw.attempt(pay.win, PLANTED["reference"])
    saw.attempt(pay.dispute, PLANTED["reference"])
    saw.attempt(pay.dispute, paid, 9999)
    saw.attempt(lambda: pay.dispute(paid, reason=PLANTED["name"]))
    saw.attempt(pay.staff_refund, paid, 1)


def _ends(saw: Saw, ask: _Asker, sandbox: Sandbox) -> None:
    waiting = ask("POST", "/v1/payments", CREATE | {"delayed_capture": True}) or ""
    sandbox.pay.pay(waiting)
    saw(sandbox.pay.capture(waiting))
    saw(sandbox.pay.staff_cancel(ask("POST", "/v1/payments", CREATE) or ""))
    saw.attempt(sandbox.pay.staff_cancel, waiting)
    for method, step in (("GET", "events"), ("POST", "capture"), ("POST", "cancel")):
        ask(method, f"/v1/payments/{waiting}/{step}")
    saw.attempt(sandbox.pay.capture, PLANTED["reference"])
