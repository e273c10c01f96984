# SPDX-License-Identifier: MIT
"""Ten minutes of sending at GOV.UK Notify's own pace, against the sandbox's real bucket.

    uv run python benchmarks/notify_pace.py           ten minutes
    uv run python benchmarks/notify_pace.py 60        so many seconds

The sandbox serves in a process of its own and refuses what Notify would refuse. The client's
limiter is as it comes. Printed are the rate, this process's share of one core, and how many
requests were refused (429). It ends with 1 where the rate is below 49.5 a second, the share is a
quarter of a core or more, or anything was refused.
"""

import asyncio
import json
import signal
import subprocess
import sys
import time
from dataclasses import dataclass

from lg_core.observers import CallFinished, CallRetried, CallStarted
from lg_notify import AsyncNotifyClient

from lg_sandbox.notify import SECURITY_CODE  # isort: skip -- beside the client that it serves

__all__ = ["Pace", "hold"]

TASKS, SECONDS = 32, 600.0
RATE, SHARE = 49.5, 0.25
NUMBER = "07700900123"


@dataclass(frozen=True, slots=True)
class Pace:
    """What was seen.

    Attributes:
        sent: how many messages Notify accepted.
        seconds: how long it took, after the first burst.
        share: this process's processor time to that.
        refused: how many requests were made again.
    """

    sent: int
    seconds: float
    share: float
    refused: int


class _Refusals:
    """Counts the requests that were made again."""

    def __init__(self) -> None:
        self.seen = 0

    def started(self, event: CallStarted) -> None:
        """Nothing is counted yet."""

    def retried(self, event: CallRetried) -> None:  # noqa: ARG002 -- each counts alike
        """Count it."""
        self.seen += 1

    def finished(self, event: CallFinished) -> None:
        """Nothing more is counted."""


async def hold(url: str, key: str, *, seconds: float) -> Pace:
    """Send as fast as the limiter lets, for so long.

    Args:
        url: the sandbox's address.
        key: its key.
        seconds: how long.
    """
    refusals, sent = _Refusals(), 0
    async with AsyncNotifyClient(key, base_url=url, observers=[refusals]) as notify:
        began, worked = time.perf_counter(), time.process_time()

        async def send() -> None:
            nonlocal sent
            while time.perf_counter() - began < seconds:
                await notify.send_sms(
                    NUMBER, template_id=SECURITY_CODE.id, personalisation={"code": "12345"}
                )
                sent += 1

        async with asyncio.TaskGroup() as tasks:
            for _ in range(TASKS):
                tasks.create_task(send())
        took = time.perf_counter() - began
        return Pace(sent, took, (time.process_time() - worked) / took, refusals.seen)


def main() -> int:
    """Measure, and print."""
    seconds = float(sys.argv[1]) if sys.argv[1:] else SECONDS
    with subprocess.Popen(
        [sys.executable, "-m", "lg_sandbox", "serve", "--json"], stdout=subprocess.PIPE, text=True
    ) as serving:
        assert serving.stdout is not None
        told = json.loads(serving.stdout.readline())["notify"]
        pace = asyncio.run(hold(told["url"], told["api_key"], seconds=seconds))
        serving.send_signal(signal.SIGINT)
    rate = pace.sent / pace.seconds
    print(
        f"{pace.sent:,} messages in {pace.seconds:.0f} s: {rate:.1f} a second, "
        f"{pace.share:.0%} of a core, {pace.refused} refused."
    )
    return int(rate < RATE or pace.share >= SHARE or pace.refused > 0)


if __name__ == "__main__":
    sys.exit(main())
