# SPDX-License-Identifier: MIT
"""A small honest platform for tests of lg-core: an ASGI application, and the calls it answers.

It creates things and counts each that it carried out, honours an idempotency key for 24 hours,
pages a list, and answers oddly when it is told to.
"""

import json
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from types import NoneType
from typing import Any, ClassVar
from urllib.parse import parse_qs

from lg_core.calls import Call, Repeat
from lg_core.limits import Rate
from lg_core.models import AnswerModel, RequestModel
from lg_core.platforms import Platform, Refusal, error_kind

__all__ = [
    "API_KEY",
    "BASE_URL",
    "FIND_OUT",
    "NewThing",
    "Odd",
    "PlatformApp",
    "Seen",
    "Thing",
    "ThingReader",
    "Things",
    "authorise",
    "broken_app",
    "create_thing",
    "delete_thing",
    "download",
    "get_thing",
    "platform",
]

API_KEY = "api_test_9f8e7d6c5b4a39281706f5e4d3c2b1a0"
BASE_URL = "http://localhost"
FIND_OUT = "Look for the thing by its name."
_KEY_KEPT = 24 * 60 * 60

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


# ---------------------------------------------------------------- the platform


@dataclass(frozen=True, slots=True)
class Odd:
    """An answer that the platform gives instead of its own.

    Attributes:
        status: the HTTP status.
        body: the body.
        headers: names and values.
        acts: whether the platform first does what it was asked.
    """

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=lambda: {"content-type": "application/json"})
    acts: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as the platform saw it."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class PlatformApp:
    """The platform. Its answers are by the book unless `odd` holds others.

    Attributes:
        clock: seconds, for how long a key is kept.
        carried_out: the number of each thing that was created, in order.
        names: the name of each thing by its number.
        seen: every request.
        odd: answers to give first, instead of its own.
    """

    clock: Callable[[], float] = time.monotonic
    carried_out: list[int] = field(default_factory=list[int])
    names: dict[int, str] = field(default_factory=dict[int, str])
    seen: list[Seen] = field(default_factory=list[Seen])
    odd: deque[Odd] = field(default_factory=deque[Odd])
    _kept: dict[str, tuple[float, bytes, int]] = field(
        default_factory=dict[str, tuple[float, bytes, int]]
    )

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        message = await receive()
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        request = Seen(
            scope["method"],
            scope["path"],
            scope["query_string"].decode(),
            headers,
            message["body"],
        )
        self.seen.append(request)
        answer = self._odd_answer(request) or self._answer(request)
        named = {"x-request-id": f"r-{len(self.seen)}"}
        await send(
            {
                "type": "http.response.start",
                "status": answer.status,
                "headers": [
                    (name.encode(), value.encode())
                    for name, value in (named | dict(answer.headers)).items()
                ],
            }
        )
        await send({"type": "http.response.body", "body": answer.body})

    def _odd_answer(self, request: Seen) -> Odd | None:
        if not self.odd:
            return None
        odd = self.odd.popleft()
        if odd.acts:
            self._answer(request)
        return odd

    def _answer(self, request: Seen) -> Odd:
        if request.headers.get("authorization") != f"Bearer {API_KEY}":
            return _json(401, {"code": "T0101", "description": "The key is not known."})
        return self._answer_to_known(request)

    def _answer_to_known(self, request: Seen) -> Odd:
        match request.method, request.path.strip("/").split("/"):
            case "POST", ["v1", "things"]:
                return self._create(request)
            case "GET", ["v1", "things"]:
                return self._page(parse_qs(request.query))
            case "GET", ["v1", "things", number]:
                return self._show(int(number))
            case "DELETE", ["v1", "things", number]:
                del self.names[int(number)]
                return Odd(204, headers={})
            case "GET", ["v1", "file"]:
                return Odd(200, b"%PDF-1.7", {"content-type": "application/pdf"})
            case _:
                return _json(404, {"code": "T0404", "description": "There is no such page."})

    def _create(self, request: Seen) -> Odd:
        key = request.headers.get("idempotency-key")
        kept = self._kept.get(key) if key is not None else None
        if kept is not None and self.clock() - kept[0] < _KEY_KEPT:
            if kept[1] != request.body:
                return _json(409, {"code": "T0409", "description": "The key was used before."})
            return self._show(kept[2])
        name = json.loads(request.body)["name"]
        if name == "forbidden":
            return _json(422, {"code": "T0422", "field": "name", "description": f"Not {name}."})
        number = len(self.carried_out) + 1
        self.carried_out.append(number)
        self.names[number] = name
        if key is not None:
            self._kept[key] = (self.clock(), request.body, number)
        return _json(201, {"number": number, "name": name})

    def _show(self, number: int) -> Odd:
        if number not in self.names:
            return _json(404, {"code": "T0404", "description": "There is no such thing."})
        return _json(200, {"number": number, "name": self.names[number], "added_later": True})

    def _page(self, query: Mapping[str, list[str]]) -> Odd:
        start, size = int(query.get("from", ["1"])[0]), int(query.get("size", ["2"])[0])
        numbers = [number for number in sorted(self.names) if number >= start]
        page = [{"number": number, "name": self.names[number]} for number in numbers[:size]]
        following = {"next": str(numbers[size])} if len(numbers) > size else {}
        return _json(200, {"things": page, **following})


async def broken_app(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
    """Fail as a program with a defect does."""
    del scope, receive, send
    raise ZeroDivisionError


def _json(status: int, value: Mapping[str, object]) -> Odd:
    return Odd(status, json.dumps(value).encode())


# ---------------------------------------------------------------- its calls


class NewThing(RequestModel):
    """A thing to create."""

    name: str
    note: str | None = None


class Thing(AnswerModel):
    """A thing."""

    shown: ClassVar[frozenset[str]] = frozenset({"number"})
    number: int
    name: str


class Things(AnswerModel):
    """A page of things."""

    things: list[Thing]
    next: str | None = None


def authorise() -> Mapping[str, str]:
    """Return the credentials."""
    return {"authorization": f"Bearer {API_KEY}"}


def platform(
    rates: Mapping[str, Rate] | None = None, *, timeout: float = 30.0, attempts: int = 4
) -> Platform:
    """Describe the platform."""
    return Platform(
        name="The Platform",
        component="lg-things",
        version="1.2",
        rates=rates or {},
        read_refusal=_read_refusal,
        timeout=timeout,
        attempts=attempts,
    )


def _read_refusal(refusal: Refusal) -> Any:
    said = refusal.json() or {}
    description = refusal.text(said.get("description")) or "no words"
    return refusal.error(
        error_kind(refusal.status),
        f"{refusal.platform} refused {refusal.capability}: {description}",
        code=refusal.text(said.get("code")),
        field=refusal.text(said.get("field")),
    )


def create_thing(
    name: str = "bin", *, repeat: Repeat = Repeat.IF_NOT_SENT, key: str | None = None
) -> Call[Thing]:
    """Create a thing."""
    return Call(
        "POST",
        "/v1/things",
        capability="lg-things.create_thing",
        read=Thing,
        success=frozenset({200, 201}),
        repeat=repeat,
        body=NewThing(name=name),
        bucket="create",
        key_header="Idempotency-Key" if repeat is Repeat.WITH_KEY else None,
        key=key,
        find_out=FIND_OUT,
    )


def get_thing(number: int) -> Call[Thing]:
    """Ask for a thing."""
    return Call(
        "GET",
        f"/v1/things/{number}",
        capability="lg-things.get_thing",
        read=Thing,
        repeat=Repeat.ALWAYS,
        bucket="get",
    )


def delete_thing(number: int) -> Call[None]:
    """Delete a thing."""
    return Call(
        "DELETE",
        f"/v1/things/{number}",
        capability="lg-things.delete_thing",
        read=NoneType,
        success=frozenset({204}),
        repeat=Repeat.IF_NOT_SENT,
        find_out=FIND_OUT,
    )


def download() -> Call[bytes]:
    """Ask for a file."""
    return Call(
        "GET",
        "/v1/file",
        capability="lg-things.download",
        read=bytes,
        repeat=Repeat.ALWAYS,
        max_answer=1024,
    )


@dataclass(frozen=True, slots=True)
class ThingReader:
    """How the platform pages its things."""

    size: int = 2

    def call(self, cursor: str | None, /) -> Call[Things]:
        """Return the call for a page."""
        return Call(
            "GET",
            "/v1/things",
            capability="lg-things.list_things",
            read=Things,
            repeat=Repeat.ALWAYS,
            query={"from": cursor, "size": self.size},
        )

    def items(self, page: Things, /) -> list[Thing]:
        """Return the things of a page."""
        return page.things

    def next_cursor(self, page: Things, cursor: str | None, /) -> str | None:
        """Return where the page after this one begins."""
        del cursor
        return page.next
