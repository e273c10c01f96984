# SPDX-License-Identifier: MIT
"""Mount endpoints in a Django project's `urlpatterns`.

Django ships no types. All that is untyped stands in this module, behind `_HttpRequest` and casts.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol, cast

from django.http import HttpResponse
from django.urls import path as url_path
from django.views.decorators import csrf

from lg_core.endpoints import Endpoint, Reply
from lg_web.routing import Arrival, Routes, below, checked_prefix, read_up_to

__all__ = ["mount"]


class _HttpRequest(Protocol):
    """What is used of `django.http.HttpRequest`."""

    method: str
    path_info: str
    headers: Mapping[str, str]
    META: Mapping[str, Any]

    def read(self, size: int, /) -> bytes: ...


def mount(urlpatterns: list[Any], endpoints: Iterable[Endpoint], *, prefix: str = "") -> None:
    """Let a project answer at the endpoints' paths.

    Paths that no endpoint has stay the project's own, and so do what an endpoint that is not a
    page raises, and what the project's middleware does. Django's own CSRF check is left out:
    pages have their own, and webhooks come from no page. Behind WSGI, Django writes bytes of a
    path that are not UTF-8 as escapes, and takes no body of undeclared length.

    Args:
        urlpatterns: the list of a module of URLs; it may be included in another one.
        endpoints: what is to be mounted, such as `[*site.endpoints(), ...]`.
        prefix: what the paths begin with, such as `/garden-waste`, or nothing.

    Raises:
        InvalidValueError: two endpoints have the same method and path, or the prefix is no path.
    """
    routes, where = Routes(endpoints), checked_prefix(prefix)
    for pattern in routes.paths:
        route = f"{where}{pattern}"[1:].replace("{", "<str:").replace("}", ">")
        urlpatterns.append(url_path(route, _view(routes, pattern)))
        if where and pattern == "/":
            urlpatterns.append(url_path(where[1:], _view(routes, "")))


def _view(routes: Routes, pattern: str) -> Callable[..., Any]:
    def view(request: _HttpRequest, **_params: str) -> Any:  # noqa: ANN401 -- Django has no types
        above, path = below(pattern, request.path_info)
        turn = routes.receive(
            Arrival(
                method=request.method,
                path=path,
                prefix=request.META["SCRIPT_NAME"] + above,
                query=_query(request),
                headers=tuple(request.headers.items()),
            )
        )
        return _response(turn.answer(_body(request, turn.limit)))

    return cast("Any", csrf).csrf_exempt(view)


def _query(request: _HttpRequest) -> bytes:
    """The query as bytes, which WSGI gives in the guise of text (PEP 3333)."""
    text: str = request.META["QUERY_STRING"]
    return text.encode("latin-1" if "wsgi.input" in request.META else "utf-8")


def _body(request: _HttpRequest, limit: int) -> bytes | None:
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if declared.isdecimal() and int(declared) > limit:
        return None
    return read_up_to(limit, request.read)


def _response(reply: Reply) -> Any:  # noqa: ANN401 -- Django has no types
    response: Any = HttpResponse(reply.body, status=reply.status)
    # Else Django logs, and may mail to ADMINS, the address of every answer from 400 on: it may
    # hold the secret id of a case.
    response._has_been_logged = True  # noqa: SLF001 -- Django has no other way to say so
    del response.headers["Content-Type"]  # Django writes one where there is no body, too
    for name, value in reply.headers:
        if name == "set-cookie":
            response.cookies.load(value)
        else:
            response.headers[name] = value
    return response
