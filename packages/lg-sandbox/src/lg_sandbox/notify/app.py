# SPDX-License-Identifier: MIT
"""The ASGI app of the stand-in for GOV.UK Notify: its API and the inbox."""

from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from lg_sandbox.faults import Faults
from lg_sandbox.notify.api import NOT_BUILT, ROUTES, Call, Operation, answer, fault_answer
from lg_sandbox.notify.errors import outside_answer
from lg_sandbox.notify.inbox import inbox_routes
from lg_sandbox.notify.office import Office
from lg_sandbox.stand_in_app import Api, Notebook, api_routes

__all__ = ["build_app"]


def build_app(office: Office, *, faults: Faults, notebook: Notebook) -> Starlette:
    """Build the app.

    Args:
        office: the state of the stand-in.
        faults: the faults to show.
        notebook: where requests to the API are noted.

    Returns:
        The API and the inbox.
    """
    api = Api(
        ROUTES,
        NOT_BUILT,
        _read,
        partial(answer, office=office),
        partial(fault_answer, office=office),
    )
    app = Starlette(
        routes=[*api_routes(api, faults=faults, notebook=notebook), *inbox_routes(office)],
        exception_handlers={404: _outside, 405: _outside},
    )
    # A slash too many is not found, and is not led elsewhere (recorded answer 'trailing slash').
    app.router.redirect_slashes = False
    return app


async def _outside(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    said = outside_answer(status)
    return Response(said.body, said.status, media_type=said.content_type)


def _read(operation: Operation, request: Request, body: bytes) -> Call:
    return Call(
        operation=operation,
        notification_id=str(request.path_params.get("notification_id", "")),
        authorization=request.headers.get("authorization"),
        query=tuple(request.query_params.multi_items()),
        body=body,
        base=str(request.base_url).rstrip("/"),
    )
