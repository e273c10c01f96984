# SPDX-License-Identifier: MIT
"""One process, forty councils: each copy of a client works for its own, in any thread."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import anyio  # noqa: TID253 -- a test may load it
import pytest
from pay.payments import a_payment

from lg_core.limits import Limiter
from lg_core.observers import CallFinished, CallStarted
from lg_core.testing import RecordingObserver, asgi
from lg_pay import AsyncPayClient, PayClient
from lg_sandbox import Sandbox

COUNCILS = [f"E0600{number:04}" for number in range(1, 41)]
CALLS = 3


def _check(watching: RecordingObserver, made: dict[str, set[str]], sandbox: Sandbox) -> None:
    started = {e.call_id: e.council for e in watching.events if isinstance(e, CallStarted)}
    finished = {e.call_id: e.council for e in watching.events if isinstance(e, CallFinished)}

    assert dict.fromkeys(COUNCILS, CALLS) == Counter(finished.values())
    assert started == finished
    ours = {payment.id: payment.reference for payment in sandbox.pay.payments}
    assert {i: council for council, ids in made.items() for i in ids} == ours


def test_forty_councils_in_threads() -> None:
    """Every event names the council whose copy made the call, and no answer is another's."""
    sandbox, watching = Sandbox(), RecordingObserver()
    sandbox.pay.account.rate_limited = False
    transport = asgi(sandbox.pay.app)
    pay = PayClient(
        sandbox.pay.api_key,
        base_url="http://localhost",
        transport=transport,
        observers=[watching],
        limiter=Limiter({}),
    )
    at_once = threading.Barrier(8)

    def work(council: str) -> set[str]:
        mine = pay.with_options(council=council)
        at_once.wait(10)
        return {mine.create_payment(a_payment(reference=council)).payment_id for _ in range(CALLS)}

    with ThreadPoolExecutor(8) as threads:
        made = dict(zip(COUNCILS, threads.map(work, COUNCILS), strict=True))
    transport.close()

    _check(watching, made, sandbox)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_forty_councils_in_tasks(backend: str) -> None:
    """The same in the tasks of one event loop."""
    sandbox, watching = Sandbox(), RecordingObserver()
    sandbox.pay.account.rate_limited = False
    made: dict[str, set[str]] = {council: set() for council in COUNCILS}
    pay = AsyncPayClient(
        sandbox.pay.api_key,
        base_url="http://localhost",
        transport=asgi(sandbox.pay.app),
        observers=[watching],
        limiter=Limiter({}),
    )

    async def work(council: str) -> None:
        mine = pay.with_options(council=council)
        for _ in range(CALLS):
            payment = await mine.create_payment(a_payment(reference=council))
            made[council].add(payment.payment_id)

    async def run() -> None:
        async with anyio.create_task_group() as tasks:
            for council in COUNCILS:
                tasks.start_soon(work, council)

    anyio.run(run, backend=backend)

    _check(watching, made, sandbox)
