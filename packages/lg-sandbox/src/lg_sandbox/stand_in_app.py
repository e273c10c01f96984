# SPDX-License-Identifier: MIT
"""The edge that every stand-in shares: read a request, note it, show a fault or send the answer.

What a platform's API says is in that platform's own functions, which this module is given. It
knows no platform.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

from starlette.requests import Request
from starlette.routing import Route

from lg_sandbox.answers import Answer, not_built_answer
from lg_sandbox.delivery import deliver, show
from lg_sandbox.faults import Fault, Faults, PlannedFault

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

__all__ = ["Api", "Notebook", "Received", "api_routes"]

OperationT = TypeVar("OperationT", bound=StrEnum)
CallT = TypeVar("CallT")

_SILENT = frozenset(
    {Fault.TIMEOUT_BEFORE, Fault.TIMEOUT_AFTER, Fault.RESET_BEFORE, Fault.RESET_AFTER}
)


@dataclass(frozen=True, slots=True)
class Received:
    """One request to an API that arrived: no body, no query and no key.

    Args:
        method: the HTTP method.
        path: the path, without the query.
        operation: what was asked for; None for what the stand-in does not have yet.
        status: the HTTP status answered; None when a fault left it without an answer.
        at: when, on the virtual clock.
        who: who asked, where the work was done and the key known: for GOV.UK Pay the id of the
            account, for GOV.UK Notify the kind of key, for OS Places the name of the project.
    """

    method: str
    path: str
    operation: str | None
    status: int | None
    at: datetime
    who: object | None


@dataclass(frozen=True, slots=True)
class Notebook:
    """Where requests are noted.

    Args:
        record: is told of each request.
        now: gives the present instant of the virtual clock.
    """

    record: Callable[[Received], None]
    now: Callable[[], datetime]

    def note(
        self, request: Request, *, operation: str | None, status: int | None, who: object | None
    ) -> None:
        """Note a request.

        Args:
            request: the request.
            operation: what was asked for.
            status: the HTTP status answered.
            who: who asked.
        """
        method, path = request.method, request.url.path
        self.record(Received(method, path, operation, status, self.now(), who))


@dataclass(frozen=True, slots=True)
class Api(Generic[OperationT, CallT]):
    """What one platform's API is, as functions.

    Args:
        operations: the method and path of each operation that the stand-in has.
        not_built: methods and paths that the real API has and the stand-in does not.
        read: makes a call from the operation, the request and its whole body.
        answer: does the work of a call; gives the answer, and who asked where that is known.
        fault_answer: gives what a planned fault puts on the wire, from the fault, the operation
            and the answer to the work.
    """

    operations: Mapping[tuple[str, str], OperationT]
    not_built: tuple[tuple[str, str], ...]
    read: Callable[[OperationT, Request, bytes], CallT]
    answer: Callable[[CallT], tuple[Answer, object | None]]
    fault_answer: Callable[[PlannedFault, OperationT, Answer], Answer]


def api_routes(api: Api[OperationT, CallT], *, faults: Faults, notebook: Notebook) -> list[Route]:
    """Build the routes of an API.

    Args:
        api: what the API is.
        faults: the faults to show.
        notebook: where requests are noted.

    Returns:
        One route for each operation, and one for each that is not built.
    """
    routes = [
        Route(
            path,
            _Endpoint(api, operation, faults=faults, notebook=notebook),
            methods=[method],
        )
        for (method, path), operation in api.operations.items()
    ]
    routes += [
        Route(path, _NotBuilt(path, notebook), methods=[method]) for method, path in api.not_built
    ]
    return routes


class _Endpoint(Generic[OperationT, CallT]):
    """One operation of an API as an ASGI app, so that it may break its own answer."""

    def __init__(
        self,
        api: Api[OperationT, CallT],
        operation: OperationT,
        *,
        faults: Faults,
        notebook: Notebook,
    ) -> None:
        self._api = api
        self._operation = operation
        self._faults = faults
        self._notebook = notebook

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        request = Request(scope, receive)
        call = self._api.read(self._operation, request, await request.body())
        planned = self._faults.take(self._operation)
        if planned is None:
            done, who = self._api.answer(call)
            self._note(request, done.status, who)
            await deliver(done, send=send)
            return
        done, who = self._api.answer(call) if planned.acts else (Answer(500), None)
        spoilt = self._api.fault_answer(planned, self._operation, done)
        self._note(request, None if planned.fault in _SILENT else spoilt.status, who)
        await show(
            planned.fault,
            spoilt,
            seconds=planned.seconds,
            scope=scope,
            receive=receive,
            send=send,
        )

    def _note(self, request: Request, status: int | None, who: object | None) -> None:
        self._notebook.note(request, operation=self._operation, status=status, who=who)


class _NotBuilt:
    """An operation that the real API has and this stand-in does not."""

    def __init__(self, path: str, notebook: Notebook) -> None:
        self._path = path
        self._notebook = notebook

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        request = Request(scope, receive)
        self._notebook.note(request, operation=None, status=501, who=None)
        await deliver(not_built_answer(f"{request.method} {self._path}"), send=send)
