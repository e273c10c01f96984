# SPDX-License-Identifier: MIT
"""The ASGI app of the stand-in for GOV.UK Notify: its API and its pages."""

from functools import partial
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lg_sandbox.delivery import deliver
from lg_sandbox.faults import Faults
from lg_sandbox.notify.api import NOT_BUILT, ROUTES, Call, Operation, answer, fault_answer
from lg_sandbox.notify.callback_desk import CallbackDesk
from lg_sandbox.notify.errors import inside_answer, outside_answer
from lg_sandbox.notify.office import Office
from lg_sandbox.notify.site import site_routes
from lg_sandbox.notify.townsfolk import Townsfolk
from lg_sandbox.stand_in_app import Api, Notebook, api_routes

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

__all__ = ["build_app"]


def build_app(
    office: Office, *, people: Townsfolk, desk: CallbackDesk, faults: Faults, notebook: Notebook
) -> Starlette:
    """Build the app.

    Args:
        office: the state of the stand-in.
        people: what people and staff do.
        desk: the callbacks.
        faults: the faults to show.
        notebook: where requests to the API are noted.

    Returns:
        The API and the pages.
    """
    api = Api(
        ROUTES,
        NOT_BUILT,
        _read,
        partial(answer, office=office),
        partial(fault_answer, office=office),
    )
    app = Starlette(
        routes=[
            *api_routes(api, faults=faults, notebook=notebook),
            Route("/service/{rest:path}", _Inside(), methods=["GET", "POST"]),
            *site_routes(office, people, desk),
        ],
        exception_handlers={404: _outside, 405: _outside},
    )
    # A slash too many is not found, and is not led elsewhere (recorded answer 'trailing slash').
    app.router.redirect_slashes = False
    return app


class _Inside:
    """What only Notify's own pages may ask."""

    async def __call__(self, _scope: "Scope", _receive: "Receive", send: "Send") -> None:
        await deliver(inside_answer(), send=send)


async def _outside(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    said = outside_answer(status)
    return Response(said.body, said.status, media_type=said.content_type)


def _read(operation: Operation, request: Request, body: bytes) -> Call:
    return Call(
        operation=operation,
        authorization=request.headers.get("authorization"),
        body=body,
        base=str(request.base_url).rstrip("/"),
        ids={name: str(value) for name, value in request.path_params.items()},
        query=tuple(request.query_params.multi_items()),
    )
