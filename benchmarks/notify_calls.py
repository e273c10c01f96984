# SPDX-License-Identifier: MIT
"""Sending with lg-notify, against GOV.UK Notify's own client.

    uv run python benchmarks/notify_calls.py

The server is on loopback and answers at once, or after 50 ms as Notify does from afar. The limiter
is off: Notify itself lets 50 messages a second through. Ratios are ours to theirs, so less is
better.
"""

import asyncio
import gc
import json
import statistics
import sys
import time
from collections.abc import Callable

from loopback import answering
from measure import Measured, as_table
from notifications_python_client.notifications import NotificationsAPIClient

from lg_core.limits import Limiter
from lg_core.network import Network
from lg_notify import AsyncNotifyClient, NotifyClient, Sms

__all__ = ["sending"]

SERVICE = "26785a09-ab16-4eb0-8407-a37497a57506"
KEY = f"bench-{SERVICE}-3d844edf-8d35-48ac-975b-e847b4f122b0"
TEMPLATE = "0f9f1b4c-2f7a-4c53-9d0e-6a1a5c0d1e02"
VALUES = {"name": "Siân", "day": "Monday", "garden": "no"}
NUMBER = "07700900123"
ROUNDS, CALLS = 15, 200
DELAY, TASKS, FEW = 0.05, 64, 20
THEIRS = "notifications-python-client"

ANSWER = json.dumps(
    {
        "id": TEMPLATE,
        "reference": "BIN-0001",
        "content": {"body": "Hello Siân, your bin day is Monday.", "from_number": "GOVUK"},
        "template": {"id": TEMPLATE, "version": 1, "uri": "https://notify.example/t"},
        "uri": "https://notify.example/n",
        "scheduled_for": None,
    }
).encode()


def sending() -> list[Measured]:
    """Measure a send by the clock and by the processor, and many sends at once."""
    with answering(ANSWER, status=201) as url:
        lines = _one_after_another(url)
    with answering(ANSWER, status=201, delay=DELAY) as url:
        lines.append(_many_at_once(url))
    return lines


def _one_after_another(url: str) -> list[Measured]:
    other = NotificationsAPIClient(KEY, base_url=url)
    with NotifyClient(KEY, base_url=url, limiter=Limiter({})) as notify:

        def ours() -> None:
            notify.send(
                Sms(
                    phone_number=NUMBER,
                    template_id=TEMPLATE,
                    personalisation=VALUES,
                    reference="BIN-0001",
                )
            )

        def theirs() -> None:
            other.send_sms_notification(NUMBER, TEMPLATE, VALUES, "BIN-0001")  # pyright: ignore[reportUnknownMemberType] -- it has no types

        for warm_up in (ours, theirs):
            _took(warm_up)
        pairs = [(_took(ours), _took(theirs)) for _ in range(ROUNDS)]
    walls = [(one[0], two[0]) for one, two in pairs]
    work = [(one[1], two[1]) for one, two in pairs]
    return [
        # 1.3 times the rate is 0.77 of the time.
        _measured("send, sync, wall clock", walls, goal=1 / 1.3),
        _measured("send, sync, processor time", work, goal=1.0),
    ]


def _many_at_once(url: str) -> Measured:
    other = NotificationsAPIClient(KEY, base_url=url)
    started = time.perf_counter()
    for _ in range(FEW):
        other.send_sms_notification(NUMBER, TEMPLATE, VALUES, "BIN-0001")  # pyright: ignore[reportUnknownMemberType] -- it has no types
    theirs = (time.perf_counter() - started) / FEW
    pairs = [(asyncio.run(_tasks(url)), theirs) for _ in range(3)]
    return _measured(f"send, async, {TASKS} tasks, 50 ms away", pairs, goal=0.1)


async def _tasks(url: str) -> float:
    network = Network(max_connections=TASKS)
    async with AsyncNotifyClient(KEY, base_url=url, limiter=Limiter({}), network=network) as notify:

        async def send(many: int) -> None:
            for _ in range(many):
                await notify.send_sms(
                    NUMBER, template_id=TEMPLATE, personalisation=VALUES, reference="BIN-0001"
                )

        async with asyncio.TaskGroup() as warm_up:
            for _ in range(TASKS):
                warm_up.create_task(send(1))
        started = time.perf_counter()
        async with asyncio.TaskGroup() as tasks:
            for _ in range(TASKS):
                tasks.create_task(send(FEW))
        return (time.perf_counter() - started) / (TASKS * FEW)


def _took(call: Callable[[], None]) -> tuple[float, float]:
    """Return seconds a call by the clock, and of this process's work."""
    gc.collect()
    started, worked = time.perf_counter(), time.process_time()
    for _ in range(CALLS):
        call()
    return (time.perf_counter() - started) / CALLS, (time.process_time() - worked) / CALLS


def _measured(what: str, pairs: list[tuple[float, float]], *, goal: float) -> Measured:
    return Measured(
        what=what,
        against=THEIRS,
        ours=statistics.median(ours for ours, _ in pairs),
        other=statistics.median(other for _, other in pairs),
        ratio=statistics.median(ours / other for ours, other in pairs),
        goal=goal,
    )


if __name__ == "__main__":
    measured = sending()
    print(as_table(measured))
    for line in measured:
        print(f"{line.what}: {1 / line.ratio:.2f} times theirs")
    sys.exit(int(any(line.ratio > line.goal for line in measured)))
