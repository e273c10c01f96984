# SPDX-License-Identifier: MIT
"""Probes of refunds, capture, agreements, lists and accounts, with planted data on the wire."""

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import anyio  # noqa: TID253 -- a test may load it
from pay.leak_platforms import (
    BODIES,
    KEY,
    EchoTransport,
    client_of,
    echoes,
    look_at_sandbox,
    planted_payment,
    probe,
    repeated,
)
from pay.leaks import PLANTED, Saw
from pay.payments import full_answer

from lg_core.errors import LgError
from lg_core.limits import Limiter
from lg_core.money import Pence
from lg_core.testing import Trouble, asgi, unreliable
from lg_core.transport import WireAnswer, WireRequest
from lg_pay import (
    Agreement,
    AsyncPayAccounts,
    AsyncPayClient,
    NewAgreement,
    PayAccount,
    PayAccounts,
    PayClient,
    Payment,
    Refunds,
    calls,
)
from lg_pay.accounts import (
    AccountsFailedError,
    account_for_council,
    account_for_fund,
    account_for_service,
    read_accounts,
)
from lg_pay.agreement_rules import Renewal, renewals_due, retry_at
from lg_pay.limits import amount_limits, check_amount
from lg_pay.links import payment_link_url
from lg_pay.refund import NewRefund
from lg_pay.refund_outcome import refund_outcome
from lg_pay.search import AgreementSearch, DisputeSearch, PaymentSearch, RefundSearch
from lg_sandbox import Sandbox
from lg_sandbox.pay import Account, Provider

__all__: list[str] = []

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ID = "0" * 26


def _paid(pay: PayClient, sandbox: Sandbox) -> str:
    payment = pay.create_payment(planted_payment())
    sandbox.pay.pay(payment.payment_id)
    return payment.payment_id


def _new_agreement() -> NewAgreement:
    return NewAgreement(
        reference=PLANTED["reference"],
        description=PLANTED["description"],
        user_identifier=PLANTED["name"],
    )


def _listed(pay: PayClient) -> list[object]:
    return [
        list(pay.search_payments(reference=PLANTED["reference"], email=PLANTED["e-mail"])),
        list(pay.search_payments(cardholder_name=PLANTED["name"])),
        list(pay.search_refunds()),
        list(pay.search_disputes(status=PLANTED["name"])),
        list(pay.search_agreements(reference=PLANTED["reference"])),
    ]


WORK: Mapping[str, Callable[[PayClient, str], object]] = {
    "capture_payment": lambda pay, payment_id: pay.capture_payment(payment_id),
    "refund_payment": lambda pay, payment_id: pay.refund_payment(
        payment_id, amount=Pence(1), available=Pence(4650)
    ),
    "get_refund": lambda pay, payment_id: pay.get_refund(payment_id, ID),
    "get_refunds": lambda pay, payment_id: pay.get_refunds(payment_id),
    "create_agreement": lambda pay, _id: pay.create_agreement(_new_agreement()),
    "get_agreement": lambda pay, agreement_id: pay.get_agreement(agreement_id),
    "cancel_agreement": lambda pay, agreement_id: pay.cancel_agreement(agreement_id),
    "search": lambda pay, _id: _listed(pay),
    "read": lambda pay, _id: list(pay.read(PaymentSearch(email=PLANTED["e-mail"]))),
}


@probe
def money_that_goes_back(saw: Saw) -> None:
    """Refunds, disputes, agreements and lists, where all goes well."""
    sandbox = Sandbox()
    transport = asgi(sandbox.pay.app)
    pay, watching = client_of(saw, transport, api_key=sandbox.pay.api_key, provider="stripe")
    payment = pay.create_payment(planted_payment())
    sandbox.pay.pay(payment.payment_id)
    saw(pay.refund_payment(payment.payment_id, amount=Pence(1), available=Pence(4650)))
    refunds = pay.get_refunds(payment.payment_id)
    saw([refunds, refunds.refunds, *(each.links for each in refunds.refunds)])
    saw(pay.get_refund(payment.payment_id, refunds.refunds[0].refund_id))
    sandbox.pay.dispute(payment.payment_id)
    agreement = pay.create_agreement(_new_agreement())
    new = planted_payment(set_up_agreement=agreement.agreement_id)
    sandbox.pay.pay(pay.create_payment(new).payment_id)
    active = pay.get_agreement(agreement.agreement_id)
    saw([agreement, active, active.payment_instrument, _new_agreement()])
    pay.cancel_agreement(agreement.agreement_id)
    saw.attempt(pay.cancel_agreement, agreement.agreement_id)  # it is not active any more
    for found in (pay.search_payments(reference=PLANTED["reference"]), pay.search_refunds()):
        saw(found)
        saw(list(found))
    for page in pay.search_disputes().pages():
        saw([page, *(each.links for each in page)])
    sandbox.pay.account.provider = Provider.STRIPE  # the one whose settled days are told
    lost = sandbox.pay.dispute(_paid(pay, sandbox))
    sandbox.pay.lose(lost.id)
    sandbox.pay.settle()
    saw([each.settlement_summary for each in pay.search_disputes()])
    agreements = pay.search_agreements(reference=PLANTED["reference"])
    saw([agreements, list(agreements)])
    delayed = pay.create_payment(planted_payment(delayed_capture=True))
    sandbox.pay.pay(delayed.payment_id)
    saw.attempt(pay.capture_payment, delayed.payment_id)
    saw.attempt(calls.refund_payment, ID, amount=Pence(2), available=Pence(1))
    saw.attempt(NewRefund, amount=PLANTED["card number"], refund_amount_available=None)
    saw(NewRefund(amount=Pence(1), refund_amount_available=Pence(2)))
    saw.attempt(NewAgreement, reference=PLANTED["name"] + "<", description=PLANTED["e-mail"] * 99)
    saw(watching.events)
    transport.close()
    look_at_sandbox(saw, sandbox)


@probe
@repeated
def each_trouble_with_money(saw: Saw) -> None:
    """Every trouble on every operation, and on the look that follows it."""
    sandbox = Sandbox()
    sandbox.pay.account.rate_limited = False
    saw.planted["a sandbox key"] = sandbox.pay.api_key
    with closing(asgi(sandbox.pay.app)) as beneath:
        plain, _ = client_of(saw, beneath, api_key=sandbox.pay.api_key)
        for trouble, (name, work) in product(Trouble, WORK.items()):
            payment = plain.create_payment(planted_payment())
            sandbox.pay.pay(payment.payment_id)
            transport = unreliable(beneath, [trouble, trouble])
            pay, watching = client_of(
                saw, transport, api_key=sandbox.pay.api_key, attempts=1, timeout=20
            )
            saw.attempt(work, pay, payment.payment_id)
            saw.attempt(work, pay, payment.payment_id)
            saw(watching.events)
            saw.text(name, repr(watching.last))


@probe
@repeated
def a_platform_that_repeats_what_was_asked(saw: Saw) -> None:
    """Each status with each kind of body, for every further operation."""
    statuses = (200, 404, 412, 500)
    for status, (body, kind), works in echoes(statuses, BODIES.values(), WORK.values()):
        pay, watching = client_of(saw, EchoTransport(status, body, kind=kind), attempts=1)
        for work in works:
            saw.attempt(work, pay, ID)
        saw(watching.events)


class _Lists:
    """Answers every search with a page full of people, out of order or half of it."""

    def __init__(self, **changes: object) -> None:
        rows = [full_answer(reference=PLANTED["reference"], email=PLANTED["e-mail"])] * 2
        self._body = json.dumps({"total": 900, "page": 1, "results": rows, **changes}).encode()

    def send(self, request: WireRequest) -> WireAnswer:
        """Answer."""
        del request
        return WireAnswer(200, {"content-type": "application/json"}, self._body)

    def close(self) -> None:
        """Do nothing."""


@probe
def lists_that_cannot_be_read(saw: Saw) -> None:
    """Cursors, readers, and lists that are not whole."""
    searches: list[Any] = [
        PaymentSearch(reference=PLANTED["reference"], card_brand=PLANTED["name"], page_size=2),
        PaymentSearch(email=PLANTED["e-mail"], page_size=2),
        RefundSearch(),
        DisputeSearch(status=PLANTED["name"]),
        AgreementSearch(reference=PLANTED["reference"]),
    ]
    wrong: list[dict[str, object]] = [{}, {"total": "x"}, {"page": 3}, {"results": []}]
    for search, changes in product(searches, wrong):
        pay, _ = client_of(saw, _Lists(**changes))
        listing = pay.read(search)
        saw(search)
        saw(search.call(None))
        saw.attempt(list, listing)
        saw(listing)
        saw.text("cursor", str(listing.cursor))
        saw.attempt(search.call, PLANTED["name"])
        saw.attempt(search.next_cursor, None, PLANTED["reference"])
        page = saw.attempt(pay.exchange, search.call(None))
        saw(getattr(page, "value", None))
    page = (
        AgreementSearch()
        .call(None)
        .read.model_validate_json(json.dumps({"total": 0, "page": 1, "results": []}))
    )
    saw.attempt(AgreementSearch().items, page)
    saw.attempt(AgreementSearch().unseen, page, None)
    for name in ("reference", "email", "first_digits", "last_digits", "state"):
        saw.attempt(PaymentSearch, **{name: " ", "cardholder_name": PLANTED["name"]})
    saw.attempt(PaymentSearch, first_digits=PLANTED["card number"])


@probe
def several_accounts(saw: Saw) -> None:
    """Accounts, their files and their keys."""
    sandbox = Sandbox()
    transport = asgi(sandbox.pay.app)
    saw.planted["a sandbox key"] = sandbox.pay.api_key
    held = {
        "garden": PayAccount(api_key=sandbox.pay.api_key, council="Leeds", base_url=HERE),
        "rent": PayAccount(key=lambda: KEY, funds=(PLANTED["reference"],), base_url=HERE),
        "unset": PayAccount(key_env="LG_PAY_NO_SUCH_VARIABLE", base_url=HERE),
        "broken": PayAccount(api_key=PLANTED["name"], base_url=HERE),
    }
    saw.attempt(PayAccount)
    saw(AccountsFailedError({}))
    for find in (account_for_service, account_for_fund, account_for_council):
        saw.attempt(find, held, PLANTED["reference"] + "x")
    with PayAccounts(held, transport=transport) as accounts:
        saw(accounts)
        saw.attempt(accounts.__reduce__)
        for name in held:
            saw.attempt(accounts.for_service, name)
        saw.attempt(accounts.for_fund, PLANTED["name"])
        saw.attempt(accounts.for_council, PLANTED["name"])
        saw.attempt(list, accounts.search_payments(reference=PLANTED["reference"]))
        saw.attempt(accounts.for_service("rent").create_payment, planted_payment())
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "accounts.toml"
        for text in (f'[a]\nkey = "{KEY}"', f'["{PLANTED["name"]}"]\nx = 1', f"{KEY} ="):
            file.write_text(text, "utf-8")
            saw.attempt(read_accounts, file)
            saw.attempt(PayAccounts.from_toml, os.fspath(file))
    anyio.run(_elsewhere, saw, sandbox)
    transport.close()


HERE = "http://localhost"


async def _elsewhere(saw: Saw, sandbox: Sandbox) -> None:
    """The same through the asynchronous twins."""
    transport = asgi(sandbox.pay.app)
    account = PayAccount(api_key=sandbox.pay.api_key, council="Leeds", funds=("F",), base_url=HERE)
    revoked = PayAccount(api_key=KEY, base_url=HERE)
    accounts = AsyncPayAccounts({"a": account, "b": revoked}, transport=transport)
    try:
        async with accounts:
            saw(accounts)
            saw.attempt(accounts.__reduce__)
            saw.attempt(accounts.for_council, "Leeds")
            saw.attempt(accounts.for_fund, "F")
            async for _, payment in accounts.search_payments():
                saw(payment)
    except LgError as error:
        saw(error)
    saw.attempt(AsyncPayAccounts.from_toml, PLANTED["name"])
    saw.attempt(accounts.for_service, "a")
    async with AsyncPayClient(
        sandbox.pay.api_key, base_url=HERE, transport=transport, limiter=Limiter({})
    ) as pay:
        payment = await pay.create_payment(planted_payment())
        for work in (
            pay.capture_payment(payment.payment_id),
            pay.refund_payment(payment.payment_id, amount=Pence(1), available=Pence(4650)),
            pay.get_refund(payment.payment_id, ID),
            pay.get_refunds(payment.payment_id),
            pay.create_agreement(_new_agreement()),
            pay.get_agreement(ID),
            pay.cancel_agreement(ID),
        ):
            try:
                saw(await work)
            except LgError as error:
                saw(error)
        for listing in (
            pay.search_payments(email=PLANTED["e-mail"]),
            pay.search_refunds(),
            pay.search_disputes(),
            pay.search_agreements(reference=PLANTED["reference"]),
            pay.read(RefundSearch()),
        ):
            saw(listing)
            try:
                saw([each async for each in listing])
            except LgError as error:
                saw(error)
    await transport.aclose()


@probe
def rules_about_money(saw: Saw) -> None:
    """Pure functions over what GOV.UK Pay answered."""
    answer = full_answer(reference=PLANTED["reference"], email=PLANTED["e-mail"])
    payment = Payment.model_validate_json(json.dumps(answer))
    refunds = Refunds.model_validate_json(
        json.dumps({"payment_id": "p", "_embedded": {"refunds": []}})
    )
    agreement = Agreement.model_validate_json(
        json.dumps(
            {
                "agreement_id": "a",
                "reference": PLANTED["reference"],
                "description": PLANTED["description"],
                "user_identifier": PLANTED["name"],
                "status": "active",
                "created_date": NOW.isoformat(),
                "payment_instrument": {
                    "CardDetails": {"cardholder_name": PLANTED["name"]},
                },
            }
        )
    )
    renewal = Renewal(agreement, NOW.date(), (payment,))
    saw(renewal)
    saw.attempt(retry_at, [payment])
    saw.attempt(retry_at, [])
    saw.attempt(renewals_due, [renewal], now=NOW, today=NOW.date())
    saw(refund_outcome(payment, refunds, amount=Pence(1), available=Pence(2), since=NOW))
    saw.attempt(amount_limits, PLANTED["name"])
    saw.attempt(check_amount, planted_payment(amount=Pence(1)), provider="stripe")
    saw.attempt(payment_link_url, PLANTED["return address"] + "?x", reference=PLANTED["name"])
    saw.attempt(payment_link_url, "https://x.example", reference=PLANTED["name"] + "<")
    pay, _ = client_of(saw, None, api_key=KEY, provider="stripe", council="Leeds")
    saw.attempt(pay.create_payment, planted_payment(amount=Pence(1)))
    saw.attempt(PayClient, lambda: PLANTED["name"])
    saw(Account(PLANTED["town"][:3]))
