# SPDX-License-Identifier: MIT
"""What every request to a page shares: who asks for what, and how it is answered.

Nobody signs in: the sandbox is served on this machine only. A form that another site sends is
refused all the same.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request

from lg_sandbox.answers import Answer, html_answer
from lg_sandbox.delivery import deliver
from lg_sandbox.notify.callback_desk import CallbackDesk
from lg_sandbox.notify.office import Office, UnknownMessageError
from lg_sandbox.notify.pages import unknown_page
from lg_sandbox.notify.townsfolk import Townsfolk

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

__all__ = ["SAFE", "MissingError", "PageApp", "Step", "Visit", "go", "show"]

SAFE = (
    ("Cache-Control", "no-store"),
    (
        "Content-Security-Policy",
        (
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; "
            "frame-ancestors 'none'"
        ),
    ),
    ("Referrer-Policy", "same-origin"),
    ("X-Content-Type-Options", "nosniff"),
)
"""Headers of every page."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request to a page.

    Args:
        office: the state of the stand-in.
        people: what people and staff do.
        desk: the callbacks.
        base: the address of the API.
        path: the path that is asked for.
        ids: what the path holds.
        query: what stands behind the question mark.
        form: the fields of its form.
    """

    office: Office
    people: Townsfolk
    desk: CallbackDesk
    base: str
    path: str = field(repr=False)
    ids: dict[str, str] = field(repr=False)
    query: dict[str, str] = field(repr=False)
    form: dict[str, str] = field(repr=False)


Step = Callable[[Visit], Answer]
"""Answers a visit."""


class MissingError(Exception):
    """There is no such thing to show."""


class PageApp:
    """One page as an ASGI app.

    Args:
        step: answers it.
        office: the state of the stand-in.
        people: what people and staff do.
        desk: the callbacks.
    """

    def __init__(
        self, step: Step, *, office: Office, people: Townsfolk, desk: CallbackDesk
    ) -> None:
        self._step = step
        self._office = office
        self._people = people
        self._desk = desk

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer a request, or refuse a form that another site sent."""
        from anyio.to_thread import run_sync

        request = Request(scope, receive)
        text = (await request.body()).decode("utf-8", "replace")
        visit = Visit(
            office=self._office,
            people=self._people,
            desk=self._desk,
            base=str(request.base_url).rstrip("/"),
            path=request.url.path,
            ids={name: str(value) for name, value in request.path_params.items()},
            query=dict(request.query_params),
            form={name: values[-1] for name, values in parse_qs(text).items()},
        )
        origin = request.headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
            await deliver(show(unknown_page(), status=403), send=send)
            return
        # In a thread: a callback may lead back to this very server.
        await deliver(await run_sync(self._answer, visit), send=send)

    def _answer(self, visit: Visit) -> Answer:
        try:
            return self._step(visit)
        except (UnknownMessageError, MissingError):
            return show(unknown_page(), status=404)


def show(text: str, *, status: int = 200) -> Answer:
    """Answer with a page.

    Args:
        text: the page.
        status: the HTTP status.

    Returns:
        The answer.
    """
    return html_answer(status, text, headers=SAFE)


def go(address: str) -> Answer:
    """Lead on to another page, as a form does that was taken.

    Args:
        address: its path.

    Returns:
        The answer, with status 303.
    """
    return Answer(303, headers=(("Location", address), *SAFE))
