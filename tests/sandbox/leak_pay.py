# SPDX-License-Identifier: MIT
"""The probe of GOV.UK Pay's stand-in: agreements, webhooks, admin pages and the kept file."""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from pay.leak_platforms import probe
from pay.leaks import PLANTED, Saw

from lg_core.errors import LgError
from lg_core.testing import asgi
from lg_core.transport import TransportFailure, WireRequest
from lg_sandbox import Sandbox
from lg_sandbox.pay.agreements import Agreements, NewAgreement
from lg_sandbox.pay.agreements_reading import read_agreement_search, read_new_agreement
from lg_sandbox.pay.idempotency import Keys, body_digest
from lg_sandbox.pay.kept_values import from_text, to_text
from lg_sandbox.pay.webhook_delivery import asgi_sender, check_address, http_sender
from lg_sandbox.pay.webhooks import sign

TEXTS = {
    "reference": PLANTED["reference"],
    "description": PLANTED["name"],
    "user_identifier": PLANTED["e-mail"],
}
PAYMENT = {
    "amount": 1200,
    "reference": PLANTED["reference"],
    "description": PLANTED["name"],
    "email": PLANTED["e-mail"],
    "metadata": {"k": PLANTED["address"]},
}
UNSEEN = {"amount": 1, "reference": PLANTED["reference"], "description": PLANTED["name"]}
CARD = {
    "card_number": "4444333322221111",
    "cvc": "123",
    "expiry_date": "12/39",
    "cardholder_name": PLANTED["name"],
}


class _Asker:
    """Asks the stand-in, and shows what it answers to nobody but the caller."""

    def __init__(self, saw: Saw, sandbox: Sandbox) -> None:
        self._saw = saw
        self._key = sandbox.pay.api_key
        self._way = asgi(sandbox.pay.app)

    def __call__(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        form: bool = False,
        key: str = "k-1",
    ) -> dict[str, Any]:
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        text = urlencode(body or {}) if form else json.dumps(body)
        request = WireRequest(
            method=method,
            url=f"http://localhost{path}",
            headers=(
                ("Authorization", f"Bearer {self._key}"),
                ("Content-Type", kind),
                ("Idempotency-Key", key),
            ),
            body=b"" if body is None else text.encode(),
            connect=1,
            read=5,
            write=1,
            pool=1,
            total=5,
            max_answer=10_000_000,
        )
        try:
            answer = self._way.send(request)
        except (LgError, TransportFailure) as failure:
            self._saw(failure)
            return {}
        self._saw.text("repr of an answer", repr(answer))
        return json.loads(answer.body) if answer.body.startswith(b"{") else {}

    def close(self) -> None:
        self._way.close()


@probe
def the_stand_in_for_pay_with_agreements_and_webhooks(saw: Saw) -> None:
    """Its records and errors show nothing of what was sent, nor the signing secret."""
    with tempfile.TemporaryDirectory() as folder:
        sandbox = Sandbox(keep=Path(folder) / "pay.sandbox")
        try:
            _live(saw, sandbox)
        finally:
            sandbox.stop()
        again = Sandbox(keep=Path(folder) / "pay.sandbox")
        saw([*again.pay.agreements, *again.pay.webhooks, *again.pay.webhook_messages])
        saw.attempt(Sandbox, keep=Path(folder) / "pay.sandbox")
        again.stop()
        saw.attempt(Sandbox, keep=Path(folder) / PLANTED["name"] / "x")
    saw.attempt(from_text, f'{{"of": "{PLANTED["name"]}", "with": {{}}}}')
    saw.attempt(to_text, lambda: PLANTED["name"])


def _live(saw: Saw, sandbox: Sandbox) -> None:
    pay = sandbox.pay
    pay.account.moto_api_enabled = True
    ask = _Asker(saw, sandbox)
    told: list[bytes] = []

    def send(_headers: Mapping[str, str], body: bytes) -> int:
        told.append(body)
        return 500

    try:
        webhook = pay.add_webhook(send=send, secret=PLANTED["signing secret"])
        payment_id = _agree(ask, sandbox)
        _send_card(ask)
        _staff(ask, payment_id)
        saw(pay.deliver_webhooks())
        ask("GET", f"/admin/webhooks/messages/{pay.webhook_messages[0].id}")
        pay.switch_webhook(webhook.id, active=False)
        saw.attempt(pay.switch_webhook, PLANTED["name"], active=True)
        saw.attempt(pay.add_webhook, f"https://{PLANTED['name']}.example/")
        saw.attempt(pay.add_webhook, send=send, events=[PLANTED["name"]])
        saw.attempt(lambda: len(sign(told[0], secret=PLANTED["signing secret"])))
        saw.attempt(lambda: len(pay.export_csv()))
        saw([webhook, replace(webhook, active=False), pay.webhook_disorder])
        saw([*pay.agreements, *pay.webhooks, *pay.webhook_messages, *pay.payments, *pay.requests])
    finally:
        ask.close()
    _alone(saw)


def _agree(ask: _Asker, sandbox: Sandbox) -> str:
    web = PAYMENT | {"return_url": PLANTED["return address"]}
    agreement = ask("POST", "/v1/agreements", TEXTS)["agreement_id"]
    first = ask("POST", "/v1/payments", web | {"set_up_agreement": agreement})
    sandbox.pay.pay(first["payment_id"])
    under = UNSEEN | {"authorisation_mode": "agreement", "agreement_id": agreement}
    for changes in ({}, {}, {"description": PLANTED["town"]}):
        ask("POST", "/v1/payments", under | changes)
    ask("GET", "/v1/agreements?" + urlencode({"reference": PLANTED["reference"]}))
    ask("GET", "/v1/agreements?" + urlencode({"page": PLANTED["name"]}))
    ask("GET", f"/v1/agreements/{agreement}")
    sandbox.pay.decline_next(agreement)
    ask("POST", "/v1/payments", under, key="k-2")
    ask("POST", "/v1/payments", web | {"set_up_agreement": PLANTED["name"]})
    ask("POST", f"/v1/agreements/{agreement}/cancel")
    ask("POST", "/v1/agreements", TEXTS | {"reference": [PLANTED["name"]]})
    return first["payment_id"]


def _send_card(ask: _Asker) -> None:
    links = ask("POST", "/v1/payments", UNSEEN | {"authorisation_mode": "moto_api"})["_links"]
    token = links["auth_url_post"]["params"]["one_time_token"]
    for changes in (
        {"one_time_token": PLANTED["api key"]},
        {"cvc": PLANTED["name"]},
        {"card_number": PLANTED["card number"]},
        {},
        {},
    ):
        ask("POST", "/v1/auth", CARD | {"one_time_token": token} | changes)


def _alone(saw: Saw) -> None:
    """Each function by itself, with what it refuses."""
    for address in (f"http://{PLANTED['town']}/", "http://127.0.0.1:9/"):
        saw.attempt(check_address, address)
        saw.attempt(_knock, address)
    saw.attempt(asgi_sender(_broken, path="/"), {}, b"{}")
    for body in (b"", PLANTED["name"].encode(), json.dumps(TEXTS).encode()):
        saw.attempt(read_new_agreement, body)
    saw.attempt(body_digest, json.dumps(TEXTS).encode())
    saw.attempt(read_agreement_search, (("status", PLANTED["name"]),))
    agreements, now = Agreements(), datetime.now(UTC)
    new = agreements.create(
        NewAgreement(PLANTED["reference"], PLANTED["name"]), account="a", now=now
    )
    saw(new)
    saw.attempt(agreements.get, PLANTED["name"])
    saw.attempt(agreements.cancel, new.id, account="a", now=now)
    keys = Keys()
    keys.note(PLANTED["name"], account="a", digest="1", payment_id="p", now=now)
    saw.attempt(keys.first, PLANTED["name"], account="a", digest="2", now=now)


def _knock(address: str) -> int:
    return http_sender(address)({}, b"{}")


def _staff(ask: _Asker, payment_id: str) -> None:
    ask("GET", "/admin")
    ask("GET", "/admin/transactions.csv")
    ask("GET", "/admin/transactions/none")
    ask("GET", f"/admin/transactions/{payment_id}")
    refund = f"/admin/transactions/{payment_id}/refund"
    ask("POST", refund, {"amount": PLANTED["name"]}, form=True)
    ask("POST", refund, {"amount": "1.00"}, form=True)
    ask("GET", "/admin/webhooks")
    ask("POST", "/admin/webhooks", {"url": f"http://{PLANTED['town']}/"}, form=True)
    ask("POST", "/admin/webhooks/deliver", {}, form=True)


async def _broken(_scope: Any, _receive: Any, _send: Any) -> None:
    raise ConnectionError
