# SPDX-License-Identifier: MIT
"""Mount endpoints in a Flask application."""

from collections.abc import Iterable

from flask import Flask, Response, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.routing import Rule

from lg_core.endpoints import Endpoint
from lg_web.routing import (
    Arrival,
    Routes,
    checked_prefix,
    decoded_path,
    read_up_to,
    split_prefix,
)

__all__ = ["mount"]


def mount(app: Flask, endpoints: Iterable[Endpoint], *, prefix: str = "") -> None:
    """Let an application answer at the endpoints' paths.

    Paths that no endpoint has stay the application's own, and so do what an endpoint that is not
    a page raises, and what `before_request` and `after_request` do. A `before_request` that reads
    `request.form` leaves no form for the endpoint.

    Args:
        app: the application.
        endpoints: what is to be mounted, such as `[*site.endpoints(), ...]`.
        prefix: what the paths begin with, such as `/garden-waste`, or nothing.

    Raises:
        InvalidValueError: two endpoints have the same method and path, or the prefix is no path.
    """
    routes, where = Routes(endpoints), checked_prefix(prefix)

    def view(**_params: str) -> Response:
        return _answered(routes, where)

    # Rules of our own, not add_url_rule: a rule without methods matches all of them, so that what
    # a wrong method is told is the same as elsewhere.
    name = f"lg_web.{len(app.view_functions)}"
    app.view_functions[name] = view
    for path in routes.paths:
        rule = f"{where}{path}".replace("{", "<").replace("}", ">")
        app.url_map.add(Rule(rule, endpoint=name, strict_slashes=not where or path != "/"))


def _answered(routes: Routes, prefix: str) -> Response:
    turn = routes.receive(
        Arrival(
            method=request.method,
            path=split_prefix(decoded_path(request.environ["PATH_INFO"]), prefix) or "",
            prefix=request.root_path + prefix,
            query=request.query_string,
            headers=tuple(request.headers.items()),
        )
    )
    reply = turn.answer(_body(turn.limit))
    response = Response(reply.body, status=reply.status)
    response.headers.clear()
    for name, value in reply.headers:
        response.headers.add(name, value)
    return response


def _body(limit: int) -> bytes | None:
    if (request.content_length or 0) > limit:
        return None
    try:
        return read_up_to(limit, request.stream.read)
    except RequestEntityTooLarge:  # over the application's own MAX_CONTENT_LENGTH
        return None
