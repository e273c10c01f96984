# SPDX-License-Identifier: MIT
"""Mount endpoints in a Starlette application (or FastAPI, which is one).

An endpoint's function may block, so it runs in a worker thread, with the context variables of the
request (such as `lg_core.telemetry.acting_for`).
"""

from collections.abc import Iterable

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import URLPath
from starlette.requests import Request as StarletteRequest
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Receive, Scope, Send

from lg_core.endpoints import Endpoint
from lg_web.routing import Arrival, Routes, checked_prefix, split_prefix

__all__ = ["mount"]


def mount(app: Starlette, endpoints: Iterable[Endpoint], *, prefix: str = "") -> None:
    """Let an application answer at the endpoints' paths.

    Paths that no endpoint has stay the application's own, and so do what an endpoint that is not
    a page raises, and what the application's middleware does.

    Args:
        app: the application.
        endpoints: what is to be mounted, such as `[*site.endpoints(), ...]`.
        prefix: what the paths begin with, such as `/garden-waste`, or nothing.

    Raises:
        InvalidValueError: two endpoints have the same method and path, or the prefix is no path.
    """
    app.router.routes.append(_Mounted(Routes(endpoints), checked_prefix(prefix)))


class _Mounted(BaseRoute):
    """All endpoints of one mount, as one route."""

    def __init__(self, routes: Routes, prefix: str) -> None:
        self._routes = routes
        self._prefix = prefix

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Say whether an endpoint has the path of a request."""
        if scope["type"] == "http":
            path = split_prefix(_route_path(scope), self._prefix)
            if path is not None and self._routes.knows(path):
                return Match.FULL, {}
        return Match.NONE, {}

    def url_path_for(self, name: str, /, **path_params: object) -> URLPath:
        """Refuse: endpoints have no names that the host's `url_for` could know."""
        raise NoMatchFound(name, path_params)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that matched."""
        request = StarletteRequest(scope, receive)
        turn = self._routes.receive(
            Arrival(
                method=scope["method"],
                path=split_prefix(_route_path(scope), self._prefix) or "",
                prefix=scope.get("root_path", "") + self._prefix,
                query=scope["query_string"],
                headers=tuple(
                    (name.decode("latin-1"), value.decode("latin-1"))
                    for name, value in scope["headers"]
                ),
            )
        )
        body = await _read(request, turn.limit)
        reply = await run_in_threadpool(turn.answer, body)
        response = Response(reply.body, status_code=reply.status)
        response.raw_headers = [
            (name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers
        ]
        await response(scope, receive, send)


def _route_path(scope: Scope) -> str:
    """The path below where the application itself is mounted (ASGI, 'root_path')."""
    path: str = scope["path"]
    rest = split_prefix(path, scope.get("root_path", ""))
    return path if rest is None else rest


async def _read(request: StarletteRequest, limit: int) -> bytes | None:
    """Read a body, and stop where it is too large."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            return None
    return bytes(body)
