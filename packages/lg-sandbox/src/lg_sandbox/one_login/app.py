# SPDX-License-Identifier: MIT
"""The ASGI app of the stand-in for GOV.UK One Login: its endpoints and the tester's pages."""

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route

from lg_sandbox.answers import Answer, html_answer
from lg_sandbox.delivery import deliver
from lg_sandbox.faults import Faults
from lg_sandbox.one_login.api import ROUTES, Call, Operation, answer, fault_answer
from lg_sandbox.one_login.errors import go
from lg_sandbox.one_login.model import Outcome
from lg_sandbox.one_login.office import Office, UnknownVisitError
from lg_sandbox.one_login.pages import failed_page, gone_page, sign_in_page, start_page
from lg_sandbox.stand_in_app import Api, Notebook, api_routes

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

__all__ = ["build_app"]

# No form-action: browsers would hold the way back to the service against it.
_SAFE = (
    ("Cache-Control", "no-store"),
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
)


def build_app(office: Office, *, faults: Faults, notebook: Notebook) -> Starlette:
    """Build the app.

    Args:
        office: the state of the stand-in.
        faults: the faults to show.
        notebook: where requests to the endpoints are noted.

    Returns:
        The endpoints and the tester's pages.
    """
    api = Api(ROUTES, (), _read, partial(answer, office=office), fault_answer)
    pages = [
        Route("/", _Start(office), methods=["GET"]),
        Route("/sign-in/{visit}", _SignIn(office), methods=["GET", "POST"]),
    ]
    app = Starlette(routes=[*api_routes(api, faults=faults, notebook=notebook), *pages])
    app.router.redirect_slashes = False
    return app


def _read(operation: Operation, request: Request, body: bytes) -> Call:
    return Call(
        operation=operation,
        query=request.url.query,
        authorization=request.headers.get("authorization"),
        user_agent=request.headers.get("user-agent"),
        body=body,
        base=str(request.base_url).rstrip("/"),
    )


class _Start:
    """The page at the root as an ASGI app."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        base = str(Request(scope, receive).base_url).rstrip("/")
        page = start_page(
            issuer=self._office.addresses(base).issuer,
            client_id=self._office.first.client_id,
            people=self._office.people,
        )
        await deliver(html_answer(200, page, headers=_SAFE), send=send)


class _SignIn:
    """The page on which a tester chooses, as an ASGI app."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        request = Request(scope, receive)
        form = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
        visit = str(request.path_params["visit"])
        try:
            if request.method == "POST":
                done = self._chosen(visit, form.get("choice", ""))
            else:
                done = self._asked(visit, fault=False)
        except UnknownVisitError:
            done = html_answer(404, gone_page(), headers=_SAFE)
        await deliver(done, send=send)

    def _asked(self, visit: str, *, fault: bool) -> Answer:
        with self._office.open() as now:
            asked = self._office.asked(visit, now=now)
        page = sign_in_page(asked, visit=visit, people=self._office.people, fault=fault)
        return html_answer(400 if fault else 200, page, headers=_SAFE)

    def _chosen(self, visit: str, choice: str) -> Answer:
        kind, _, name = choice.partition(":")
        with self._office.open() as now:
            if kind == "person" and name in {each.id for each in self._office.people}:
                person = self._office.people.get(name)
                return go(self._office.sign_in(visit, person, now=now), status=303)
            if kind == "outcome" and name in set(Outcome):
                back = self._office.refuse(visit, Outcome(name), now=now)
                if name == Outcome.SERVER_ERROR:
                    return html_answer(500, failed_page(), headers=_SAFE)
                return go(back, status=303)
        return self._asked(visit, fault=True)
