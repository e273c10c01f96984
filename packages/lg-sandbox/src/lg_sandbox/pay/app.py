# SPDX-License-Identifier: MIT
"""The ASGI app of the stand-in for GOV.UK Pay: its API, the payer's pages, the admin pages."""

from functools import partial

from starlette.applications import Starlette
from starlette.requests import Request

from lg_sandbox.faults import Faults
from lg_sandbox.pay.admin import admin_routes
from lg_sandbox.pay.api import NOT_BUILT, ROUTES, Call, Operation, answer, fault_answer
from lg_sandbox.pay.office import Office
from lg_sandbox.pay.payer import payer_routes
from lg_sandbox.pay.webhook_desk import WebhookDesk
from lg_sandbox.stand_in_app import Api, Notebook, api_routes

__all__ = ["build_app"]


def build_app(
    office: Office, *, desk: WebhookDesk, faults: Faults, notebook: Notebook
) -> Starlette:
    """Build the app.

    Args:
        office: the state of the stand-in.
        desk: the webhooks.
        faults: the faults to show.
        notebook: where requests to the API are noted.

    Returns:
        The API, the payer's pages and the admin pages.
    """
    api = Api(ROUTES, NOT_BUILT, _read, partial(answer, office=office), fault_answer)
    routes = api_routes(api, faults=faults, notebook=notebook)
    return Starlette(routes=[*routes, *payer_routes(office), *admin_routes(office, desk)])


def _read(operation: Operation, request: Request, body: bytes) -> Call:
    headers = request.headers
    return Call(
        operation=operation,
        authorization=headers.get("authorization"),
        idempotency_key=headers.get("idempotency-key"),
        content_type=headers.get("content-type"),
        accept=headers.get("accept"),
        body=body,
        base=str(request.base_url).rstrip("/"),
        ids={name: str(value) for name, value in request.path_params.items()},
        query=tuple(request.query_params.multi_items()),
    )
