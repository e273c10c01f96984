# SPDX-License-Identifier: MIT
"""Probes of the clients: every way in which a call can end, with planted data on the wire."""

from contextlib import closing
from itertools import product
from typing import Any

import anyio  # noqa: TID253 -- a test may load it
from pay.leak_platforms import (
    BODIES,
    KEY,
    OPERATIONS,
    STATUSES,
    EchoTransport,
    client_of,
    echoes,
    look_at_sandbox,
    payment_in,
    planted_payment,
    probe,
    repeated,
    socket_payment,
    watchers,
)
from pay.leaks import PLANTED, Saw
from pay.payments import AsgiPayer

import lg_core
from lg_core.errors import LgError
from lg_core.limits import Limiter
from lg_core.testing import Trouble, asgi, unreliable
from lg_pay import AsyncPayClient, NewPayment, Payment, calls
from lg_sandbox import Fault, Sandbox
from lg_sandbox.pay import Account, Operation


@probe
def everything_goes_well(saw: Saw) -> None:
    """A payment is made, paid and read, and the answers' reprs show nothing."""
    sandbox = Sandbox()
    transport = asgi(sandbox.pay.app)
    pay, watching = client_of(saw, transport, api_key=sandbox.pay.api_key, app="Acme/3.2")
    try:
        answer = pay.exchange(calls.create_payment(planted_payment()))
        saw(answer)
        saw(answer.value)
        payment = answer.value
        assert payment.next_url
        saw.planted["the payer's address"] = payment.next_url
        saw.planted["the payer's token"] = payment.next_url.rpartition("/")[2]
        payer = AsgiPayer(transport)
        for address in (payment.next_url, payment.next_url, "http://localhost/secure/none"):
            payer.pay(address)
        payer.pay("http://localhost/")
        for name, work in OPERATIONS.items():
            saw.attempt(work, pay.with_options(council="E06000002"), payment.payment_id)
            saw.text(name, repr(watching.last))
        saw(pay.get_payment(payment.payment_id).state.payer_message)
        declined = pay.create_payment(planted_payment())
        assert declined.next_url
        saw.planted["another payer's address"] = declined.next_url
        AsgiPayer(transport, card="4000000000000002").pay(declined.next_url)
        message = pay.get_payment(declined.payment_id).state.payer_message
        assert message
        saw(message)
        saw.text("what the payer is told", message.text("cy"))
    finally:
        transport.close()
    saw(watching.events)
    look_at_sandbox(saw, sandbox)


@probe
def each_trouble_on_the_way(saw: Saw) -> None:
    """Every trouble, on every operation, with and without another attempt."""
    sandbox = Sandbox()
    sandbox.pay.account.rate_limited = False
    saw.planted["a sandbox key"] = sandbox.pay.api_key
    with closing(unreliable(asgi(sandbox.pay.app), [])) as beneath:
        for trouble, (name, work), attempts in product(Trouble, OPERATIONS.items(), (1, 2)):
            payment_id = payment_in(sandbox, beneath)
            transport = unreliable(beneath, [trouble] * attempts)
            pay, watching = client_of(
                saw, transport, api_key=sandbox.pay.api_key, attempts=attempts, timeout=20
            )
            saw.attempt(work, pay, payment_id)
            saw(watching.events)
            saw.text(name, repr(transport))


@probe
def each_fault_of_the_sandbox_over_sockets(saw: Saw) -> None:
    """Every fault of the sandbox, on real sockets, with the HTTP library's loggers on."""
    with Sandbox() as sandbox:
        payment_id = socket_payment(saw, sandbox)
        conflicting = {Operation.CREATE_PAYMENT, Operation.CANCEL_PAYMENT}
        for fault, name in product(Fault, ("create_payment", "get_payment")):
            if fault is Fault.CONFLICT and name not in conflicting:
                continue
            sandbox.pay.faults.add(fault, operation=name, seconds=0.3)
            pay, watching = client_of(
                saw,
                None,
                api_key=sandbox.pay.api_key,
                base_url=sandbox.pay.url,
                attempts=1,
                timeout=0.15,
            )
            with pay:
                saw.attempt(OPERATIONS[name], pay, payment_id)
            saw(watching.events)
            sandbox.pay.faults.clear()
        look_at_sandbox(saw, sandbox)
    saw.attempt(lambda: sandbox.pay.url)


@probe
@repeated
def a_platform_that_repeats_what_it_was_sent(saw: Saw) -> None:
    """Each status with each kind of body, all of them full of what was sent."""
    for status, (body, kind), works in echoes(STATUSES, BODIES.values(), OPERATIONS.values()):
        pay, watching = client_of(saw, EchoTransport(status, body, kind=kind), attempts=1)
        for work in works:
            payment = saw.attempt(work, pay, "0" * 26)
            if isinstance(payment, Payment):
                saw([payment.links, payment.links.next_url_post, payment.card_details])
                saw([payment.state, payment.settlement_summary, payment.refund_summary])
        saw(watching.events)


@probe
def the_asynchronous_client(saw: Saw) -> None:
    """The same through the other client, on both kinds of event loop."""

    async def run() -> None:
        for status, name in product((201, 401, 422, 503), ("description", "wrong types")):
            body, kind = BODIES[name]
            watching, tracing = watchers(saw)
            async with AsyncPayClient(
                KEY,
                base_url="http://localhost",
                transport=EchoTransport(status, body, kind=kind),
                observers=[watching, tracing],
                attempts=2,
            ) as pay:
                saw(pay)
                for work in (
                    pay.create_payment(planted_payment()),
                    pay.get_payment("0" * 26),
                    pay.get_payment_events("0" * 26),
                    pay.cancel_payment("0" * 26),
                    pay.with_options(timeout=3).exchange(calls.create_payment(planted_payment())),
                ):
                    try:
                        saw(await work)
                    except LgError as error:
                        saw(error)
            saw(watching.events)

    async def with_trouble() -> None:
        sandbox = Sandbox()
        saw.planted["a sandbox key"] = sandbox.pay.api_key
        for trouble in Trouble:
            transport = unreliable(asgi(sandbox.pay.app), [trouble])
            async with AsyncPayClient(
                sandbox.pay.api_key,
                base_url="http://localhost",
                transport=transport,
                limiter=Limiter({}),
            ) as pay:
                try:
                    saw(await pay.create_payment(planted_payment()))
                except (LgError, KeyboardInterrupt) as error:
                    saw(error)
            await transport.aclose()
        look_at_sandbox(saw, sandbox)

    for backend in ("asyncio", "trio"):
        anyio.run(run, backend=backend)
        anyio.run(with_trouble, backend=backend)


@probe
def accounts_that_may_not(saw: Saw) -> None:
    """The sandbox's own refusals: each code that a wrong or unlucky request can meet."""
    sandbox = Sandbox()
    beneath = asgi(sandbox.pay.app)
    closed = sandbox.pay.new_api_key(account=Account("closed", disabled=True))
    saw.planted["another key"] = closed
    live = sandbox.pay.live_api_key
    key = sandbox.pay.api_key
    agreement = "c" * 26
    plain = {"return_url": None, "email": None, "prefilled_cardholder_details": None}
    tries: list[tuple[str, NewPayment, dict[str, Any]]] = [
        (closed, planted_payment(), {}),
        (key, planted_payment(moto=True), {}),
        (key, planted_payment(set_up_agreement=agreement), {}),
        (key, planted_payment(return_url=None, authorisation_mode="moto_api"), {}),
        (
            key,
            planted_payment(**plain, authorisation_mode="agreement", agreement_id=agreement),
            {"idempotency_key": "zq-1"},
        ),
        (key, planted_payment(amount=lg_core.Pence(0)), {}),
        (key[:-1] + ("0" if key[-1] != "0" else "1"), planted_payment(), {}),
        (key, planted_payment(), {"idempotency_key": PLANTED["name"]}),
    ]
    for each, new, options in tries:
        pay, watching = client_of(saw, beneath, api_key=each)
        saw.planted["a changed key"] = each
        saw.attempt(pay.create_payment, new, **options)
        saw(watching.events)
    sandbox.pay.faults.add(Fault.CONFLICT, operation="create_payment")
    pay, _ = client_of(saw, beneath, api_key=key)
    saw.attempt(pay.create_payment, planted_payment())
    payment = pay.create_payment(planted_payment())
    sandbox.pay.pay(payment.payment_id)
    saw.attempt(pay.cancel_payment, payment.payment_id)
    saw.attempt(client_of, saw, beneath, api_key=live)
    beneath.close()
    look_at_sandbox(saw, sandbox)
