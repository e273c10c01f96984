# SPDX-License-Identifier: MIT
"""The ASGI app of the stand-in for GOV.UK Pay: its API and the payer's pages."""

from functools import partial

from starlette.applications import Starlette
from starlette.requests import Request

from lg_sandbox.faults import Faults
from lg_sandbox.pay.api import NOT_BUILT, ROUTES, Call, Operation, answer, fault_answer
from lg_sandbox.pay.office import Office
from lg_sandbox.pay.payer import payer_routes
from lg_sandbox.stand_in_app import Api, Notebook, api_routes

__all__ = ["build_app"]


def build_app(office: Office, *, faults: Faults, notebook: Notebook) -> Starlette:
    """Build the app.

    Args:
        office: the state of the stand-in.
        faults: the faults to show.
        notebook: where requests to the API are noted.

    Returns:
        The API and the payer's pages.
    """
    api = Api(ROUTES, NOT_BUILT, _read, partial(answer, office=office), fault_answer)
    routes = api_routes(api, faults=faults, notebook=notebook)
    return Starlette(routes=[*routes, *payer_routes(office)])


def _read(operation: Operation, request: Request, body: bytes) -> Call:
    headers = request.headers
    return Call(
        operation=operation,
        payment_id=str(request.path_params.get("payment_id", "")),
        authorization=headers.get("authorization"),
        idempotency_key=headers.get("idempotency-key"),
        content_type=headers.get("content-type"),
        accept=headers.get("accept"),
        body=body,
        base=str(request.base_url).rstrip("/"),
    )
