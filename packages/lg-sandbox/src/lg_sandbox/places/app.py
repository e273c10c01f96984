# SPDX-License-Identifier: MIT
"""The ASGI app of the stand-in for OS Places: its API and a start page."""

from functools import partial

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from lg_sandbox.faults import Faults
from lg_sandbox.places.api import NOT_BUILT, ROUTES, Call, answer, fault_answer
from lg_sandbox.places.office import Office
from lg_sandbox.places.pages import start_page
from lg_sandbox.places.query import Operation
from lg_sandbox.stand_in_app import Api, Notebook, api_routes

__all__ = ["build_app"]

_SAFE = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}


def build_app(office: Office, *, faults: Faults, notebook: Notebook) -> Starlette:
    """Build the app.

    Args:
        office: the state of the stand-in.
        faults: the faults to show.
        notebook: where requests to the API are noted.

    Returns:
        The API and the start page.
    """
    api = Api(ROUTES, NOT_BUILT, _read, partial(answer, office=office), fault_answer)
    routes = api_routes(api, faults=faults, notebook=notebook)
    return Starlette(routes=[*routes, Route("/", _start, methods=["GET"])])


async def _start(request: Request) -> HTMLResponse:
    return HTMLResponse(start_page(base=str(request.base_url).rstrip("/")), headers=_SAFE)


def _read(operation: Operation, request: Request, _body: bytes) -> Call:
    return Call(
        operation=operation,
        query=tuple(request.query_params.multi_items()),
        key=request.headers.get("key"),
        authorization=request.headers.get("authorization"),
        base=str(request.base_url).rstrip("/"),
    )
