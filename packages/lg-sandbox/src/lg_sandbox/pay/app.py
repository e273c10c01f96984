# SPDX-License-Identifier: MIT
"""The ASGI app of the stand-in for GOV.UK Pay: reads requests, shows faults, sends answers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route

from lg_sandbox.answers import Answer, text_answer
from lg_sandbox.delivery import deliver, show
from lg_sandbox.faults import Fault, Faults
from lg_sandbox.pay.api import NOT_BUILT, ROUTES, Call, Operation, answer, fault_answer
from lg_sandbox.pay.office import Office
from lg_sandbox.pay.payer import payer_routes

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
        account: the id of the account that asked, where the work was done and the key known.
    """

    method: str
    path: str
    operation: Operation | None
    status: int | None
    at: datetime
    account: str | None


Record = Callable[[Received], None]


def build_app(office: Office, *, faults: Faults, record: Record) -> Starlette:
    """Build the app.

    Args:
        office: the state of the stand-in.
        faults: the faults to show.
        record: is told of each request to the API.

    Returns:
        The API and the payer's pages.
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
    return Starlette(routes=[*routes, *payer_routes(office)])


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
            done, account = answer(call, office=self._office)
            self._note(request, done.status, account)
            await deliver(done, send=send)
            return
        done, account = answer(call, office=self._office) if planned.acts else (Answer(500), None)
        spoilt = fault_answer(planned, self._operation, done)
        self._note(request, None if planned.fault in _SILENT else spoilt.status, account)
        await show(
            planned.fault,
            spoilt,
            seconds=planned.seconds,
            scope=scope,
            receive=receive,
            send=send,
        )

    async def _read(self, request: Request) -> Call:
        headers = request.headers
        return Call(
            operation=self._operation,
            payment_id=str(request.path_params.get("payment_id", "")),
            authorization=headers.get("authorization"),
            idempotency_key=headers.get("idempotency-key"),
            content_type=headers.get("content-type"),
            accept=headers.get("accept"),
            body=await request.body(),
            base=str(request.base_url).rstrip("/"),
        )

    def _note(self, request: Request, status: int | None, account: str | None) -> None:
        self._record(
            Received(
                request.method,
                request.url.path,
                self._operation,
                status,
                self._office.clock.now(),
                account,
            )
        )


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
