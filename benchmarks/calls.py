# SPDX-License-Identifier: MIT
"""One call of lg-pay, against the same exchange on a bare kept httpx client plus pydantic."""

import asyncio
import gc
import json
import statistics
import time
from collections.abc import Awaitable, Callable

import httpx  # noqa: TID251 -- what lg-pay is compared with
from loopback import answering
from measure import Measured

from lg_core.limits import Limiter
from lg_core.money import Pence
from lg_pay import AsyncPayClient, NewPayment, PayClient, Payment

__all__ = ["one_call"]

KEY = "api_test_" + "a" * 40
ROUNDS, CALLS = 25, 150

ANSWER = {
    "payment_id": "hu20sqlact5260q2nanm0q8u93",
    "amount": 4650,
    "description": "Garden waste collection",
    "reference": "GW-0001",
    "language": "en",
    "metadata": {"l1": "GW|100200|4650|S"},
    "state": {"status": "created", "finished": False},
    "payment_provider": "sandbox",
    "created_date": "2026-11-22T10:00:00.000Z",
    "return_url": "https://www.example.gov.uk/return",
    "authorisation_mode": "web",
    "delayed_capture": False,
    "moto": False,
    "refund_summary": {"status": "pending", "amount_available": 4650, "amount_submitted": 0},
    "settlement_summary": {},
    "_links": {
        "self": {"href": "https://publicapi.example/v1/payments/hu20", "method": "GET"},
        "next_url": {"href": "https://www.example/secure/abc", "method": "GET"},
        "cancel": {"href": "https://publicapi.example/cancel", "method": "POST"},
    },
}
NEW = NewPayment(
    amount=Pence(4650),
    reference="GW-0001",
    description="Garden waste collection",
    return_url="https://www.example.gov.uk/return",
)
HEADERS = {
    "authorization": f"Bearer {KEY}",
    "content-type": "application/json",
    "accept": "application/json",
    "user-agent": "bench",
}


def one_call() -> list[Measured]:
    """Measure get and create, synchronous and asynchronous."""
    with answering(json.dumps(ANSWER).encode()) as url:
        return [_sync_get(url), _sync_create(url), *asyncio.run(_async(url))]


def _sync_get(url: str) -> Measured:
    address = f"{url}/v1/payments/hu20sqlact5260q2nanm0q8u93"
    with httpx.Client() as bare, PayClient(KEY, base_url=url, limiter=Limiter({})) as pay:

        def by_hand() -> None:
            answer = bare.get(address, headers=HEADERS)
            answer.raise_for_status()
            Payment.model_validate_json(answer.content)

        def ours() -> None:
            pay.get_payment("hu20sqlact5260q2nanm0q8u93")

        return _side_by_side("get_payment, sync", ours, by_hand)


def _sync_create(url: str) -> Measured:
    address = f"{url}/v1/payments"
    with httpx.Client() as bare, PayClient(KEY, base_url=url, limiter=Limiter({})) as pay:

        def by_hand() -> None:
            body = NEW.model_dump_json(exclude_none=True)
            answer = bare.post(address, content=body, headers=HEADERS)
            answer.raise_for_status()
            Payment.model_validate_json(answer.content)

        def ours() -> None:
            pay.create_payment(NEW)

        return _side_by_side("create_payment, sync", ours, by_hand)


async def _async(url: str) -> list[Measured]:
    address = f"{url}/v1/payments"
    async with (
        httpx.AsyncClient() as bare,
        AsyncPayClient(KEY, base_url=url, limiter=Limiter({})) as pay,
    ):

        async def get_by_hand() -> None:
            answer = await bare.get(f"{address}/hu20sqlact5260q2nanm0q8u93", headers=HEADERS)
            answer.raise_for_status()
            Payment.model_validate_json(answer.content)

        async def our_get() -> None:
            await pay.get_payment("hu20sqlact5260q2nanm0q8u93")

        async def create_by_hand() -> None:
            body = NEW.model_dump_json(exclude_none=True)
            answer = await bare.post(address, content=body, headers=HEADERS)
            answer.raise_for_status()
            Payment.model_validate_json(answer.content)

        async def our_create() -> None:
            await pay.create_payment(NEW)

        return [
            await _side_by_side_async("get_payment, async", our_get, get_by_hand),
            await _side_by_side_async("create_payment, async", our_create, create_by_hand),
        ]


def _side_by_side(what: str, ours: Callable[[], None], other: Callable[[], None]) -> Measured:
    def rate(call: Callable[[], None]) -> float:
        gc.collect()
        started = time.perf_counter()
        for _ in range(CALLS):
            call()
        return (time.perf_counter() - started) / CALLS

    for warm_up in (ours, other):
        rate(warm_up)
    pairs = [(rate(ours), rate(other)) for _ in range(ROUNDS)]
    return _measured(what, pairs)


async def _side_by_side_async(
    what: str, ours: Callable[[], Awaitable[None]], other: Callable[[], Awaitable[None]]
) -> Measured:
    async def rate(call: Callable[[], Awaitable[None]]) -> float:
        gc.collect()
        started = time.perf_counter()
        for _ in range(CALLS):
            await call()
        return (time.perf_counter() - started) / CALLS

    await rate(ours)
    await rate(other)
    pairs = [(await rate(ours), await rate(other)) for _ in range(ROUNDS)]
    return _measured(what, pairs)


def _measured(what: str, pairs: list[tuple[float, float]]) -> Measured:
    return Measured(
        what=what,
        against="bare kept httpx client plus pydantic",
        ours=statistics.median(ours for ours, _ in pairs),
        other=statistics.median(other for _, other in pairs),
        ratio=statistics.median(ours / other for ours, other in pairs),
        goal=1.25,
    )
