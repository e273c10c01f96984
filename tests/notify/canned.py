# SPDX-License-Identifier: MIT
"""Answers of Notify's that a test writes down, and a clock that waits without waiting."""

import json
from collections import deque
from urllib.parse import parse_qsl, urlsplit

from lg_core.transport import TransportFailure, WireAnswer, WireRequest

__all__ = ["ID", "KEY", "SERVICE", "Canned", "Time", "a_notification", "refusal"]

ID = "0f9f1b4c-2f7a-4c53-9d0e-6a1a5c0d1e02"
SERVICE = "26785a09-ab16-4eb0-8407-a37497a57506"
KEY = f"k-{SERVICE}-3d844edf-8d35-48ac-975b-e847b4f122b0"


class Canned:
    """A transport that gives its answers in order, and keeps what was asked.

    Args:
        answers: each a status and what is answered, as JSON or as bytes; or a failure.
    """

    def __init__(self, *answers: tuple[int, object] | TransportFailure) -> None:
        self._answers = deque(answers)
        self.asked: list[WireRequest] = []

    @property
    def paths(self) -> list[str]:
        """What was asked for, each with its method."""
        return [f"{each.method} {urlsplit(each.url).path}" for each in self.asked]

    @property
    def query(self) -> list[tuple[str, str]]:
        """The query of the last question."""
        return parse_qsl(urlsplit(self.asked[-1].url).query)

    def send(self, request: WireRequest) -> WireAnswer:
        """Give the next answer."""
        self.asked.append(request)
        answer = self._answers.popleft()
        if isinstance(answer, TransportFailure):
            raise answer
        status, body = answer
        if isinstance(body, bytes):
            return WireAnswer(status, {"content-type": "application/pdf"}, body)
        return WireAnswer(status, {"content-type": "application/json"}, json.dumps(body).encode())

    async def asend(self, request: WireRequest) -> WireAnswer:
        """Give the next answer."""
        return self.send(request)

    def close(self) -> None:
        """Do nothing."""

    async def aclose(self) -> None:
        """Do nothing."""


class Time:
    """A clock which a pause moves on."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self.now = now
        self.pauses: list[float] = []

    def __call__(self) -> float:
        """Return the time."""
        return self.now

    def sleep(self, seconds: float, /) -> None:
        """Move on."""
        self.pauses.append(seconds)
        self.now += seconds

    async def asleep(self, seconds: float, /) -> None:
        """Move on."""
        self.sleep(seconds)


def refusal(status: int, name: str, text: str) -> tuple[int, object]:
    """Return an answer in Notify's envelope."""
    return status, {"status_code": status, "errors": [{"error": name, "message": text}]}


def a_notification(created_at: str = "2023-11-14T22:13:20.000000Z") -> dict[str, object]:
    """Return a text as Notify lists it."""
    return {
        "id": ID,
        "reference": "r",
        "type": "sms",
        "status": "sending",
        "template": {"id": ID, "version": 1, "uri": "u"},
        "body": "b",
        "created_at": created_at,
    }
