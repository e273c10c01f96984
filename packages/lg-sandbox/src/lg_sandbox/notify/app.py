# SPDX-License-Identifier: MIT
"""The ASGI app of the stand-in for GOV.UK Notify: reads requests, shows faults, sends answers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lg_sandbox.answers import Answer, text_answer
from lg_sandbox.delivery import deliver, show
from lg_sandbox.faults import Fault, Faults
from lg_sandbox.notify.api import NOT_BUILT, ROUTES, Call, Operation, answer, fault_answer
from lg_sandbox.notify.errors import outside_answer
from lg_sandbox.notify.inbox import inbox_routes
from lg_sandbox.notify.keys import KeyKind
from lg_sandbox.notify.office import Office

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

__all__ = ["Received", "build_app"]

_SILENT = frozenset(
    {Fault.TIMEOUT_BEFORE, Fault.TIMEOUT_AFTER, Fault.RESET_BEFORE, Fault.RESET_AFTER}
)


@dataclass(frozen=True, slots=True)
class Received:
    """One request to the API that arrived.

    Args:
        method: the HTTP method.
        path: the path, without the query.
        operation: what was asked for; None for what the stand-in does not have yet.
        status: the HTTP status answered; None when a fault left it without an answer.
        at: when, on the virtual clock.
        key: the kind of key, where the work was done and the key known.
    """

    method: str
    path: str
    operation: Operation | None
    status: int | None
    at: datetime
    key: KeyKind | None


Record = Callable[[Received], None]


def build_app(office: Office, *, faults: Faults, record: Record) -> Starlette:
    """Build the app.

    Args:
        office: the state of the stand-in.
        faults: the faults to show.
        record: is told of each request to the API.

    Returns:
        The API and the inbox.
    """
    routes = [
        Route(
            path,
            _Endpoint(operation, office=office, faults=faults, record=record),
            methods=[method],
        )
        for (method, path), operation in ROUTES.items()
    ]
    routes += [
        Route(path, _NotBuilt(path, office, record), methods=[method]) for method, path in NOT_BUILT
    ]
    app = Starlette(
        routes=[*routes, *inbox_routes(office)],
        exception_handlers={404: _outside, 405: _outside},
    )
    # A slash too many is not found, and is not led elsewhere (recorded answer 'trailing slash').
    app.router.redirect_slashes = False
    return app


async def _outside(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    said = outside_answer(status)
    return Response(said.body, said.status, media_type=said.content_type)


class _Endpoint:
    """One operation of the API as an ASGI app, so that it may break its own answer."""

    def __init__(
        self, operation: Operation, *, office: Office, faults: Faults, record: Record
    ) -> None:
        self._operation = operation
        self._office = office
        self._faults = faults
        self._record = record

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        request = Request(scope, receive)
        call = await self._read(request)
        planned = self._faults.take(self._operation)
        if planned is None:
            done, key = answer(call, office=self._office)
            self._note(request, done.status, key)
            await deliver(done, send=send)
            return
        done, key = answer(call, office=self._office) if planned.acts else (Answer(500), None)
        spoilt = fault_answer(planned, done, office=self._office)
        self._note(request, None if planned.fault in _SILENT else spoilt.status, key)
        await show(
            planned.fault,
            spoilt,
            seconds=planned.seconds,
            scope=scope,
            receive=receive,
            send=send,
        )

    async def _read(self, request: Request) -> Call:
        return Call(
            operation=self._operation,
            notification_id=str(request.path_params.get("notification_id", "")),
            authorization=request.headers.get("authorization"),
            query=tuple(request.query_params.multi_items()),
            body=await request.body(),
            base=str(request.base_url).rstrip("/"),
        )

    def _note(self, request: Request, status: int | None, key: KeyKind | None) -> None:
        now = self._office.clock.now()
        self._record(Received(request.method, request.url.path, self._operation, status, now, key))


class _NotBuilt:
    """An operation that the real API has and this stand-in does not."""

    def __init__(self, path: str, office: Office, record: Record) -> None:
        self._path = path
        self._office = office
        self._record = record

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        request = Request(scope, receive)
        now = self._office.clock.now()
        self._record(Received(request.method, request.url.path, None, 501, now, None))
        said = f"lg-sandbox does not have {request.method} {self._path} yet.\n"
        await deliver(text_answer(501, said), send=send)
