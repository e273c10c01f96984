# SPDX-License-Identifier: MIT
"""From what a framework knows of a request to an endpoint's reply, the same for all frameworks.

Pure: `lg_web.starlette`, `lg_web.flask` and `lg_web.django` hand over an `Arrival`, read the body
up to a limit, and write the `Reply` out. All that could differ between them is decided here: which
endpoint a path means, how cookies and fields are read, what HEAD, 400, 404, 405 and 413 say.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from lg_core.endpoints import Endpoint, Fields, Reply, Request, read_fields
from lg_core.errors import InvalidValueError
from lg_web.headers import read_cookies
from lg_web.problems import Problem
from lg_web.site import PageHandle

__all__ = [
    "Arrival",
    "Routes",
    "Turn",
    "below",
    "checked_prefix",
    "decoded_path",
    "matched",
    "read_up_to",
    "split_prefix",
]

_PREFIX: Final = re.compile(r"(/[a-z0-9._~-]+)*", re.IGNORECASE)
_SLOT: Final = re.compile(r"\{([a-z_]+)\}")
_IN_QUERY: Final = "/?:@!$&'()*+,;=%-._~"
_BROKEN: Final = "\N{REPLACEMENT CHARACTER}"
_WITHOUT_BODY: Final = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}
_CHUNK: Final = 64 * 1024
_PLAIN: Final[Mapping[Problem, str]] = {
    Problem.UNREADABLE: "The request could not be read.",
    Problem.NOT_FOUND: "Page not found.",
    Problem.METHOD: "This address does not take that method.",
    Problem.TOO_LARGE: "The request is too large.",
}


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request as a framework knows it before its body is read.

    Attributes:
        method: `GET`, `HEAD`, `POST` and so on.
        path: the decoded path below the prefix.
        prefix: where the endpoints are mounted, as the browser sees it.
        query: the query as it came.
        headers: every header; repeated ones may stand apart or joined.
    """

    method: str
    path: str = field(repr=False)
    prefix: str = ""
    query: bytes = field(default=b"", repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)


class Routes:
    """A list of endpoints, by path.

    Args:
        endpoints: the endpoints. Where two match, the one with more fixed parts counts, then the
            one that stands first.

    Raises:
        InvalidValueError: two endpoints have the same method and path.
    """

    def __init__(self, endpoints: Iterable[Endpoint]) -> None:
        self._endpoints = sorted(endpoints, key=lambda each: len(_SLOT.findall(each.path)))
        known = [(each.method, _SLOT.sub("{}", each.path)) for each in self._endpoints]
        if len(set(known)) != len(known):
            raise InvalidValueError(
                "Two endpoints have the same method and path: mount each of them once.",
                field="endpoints",
                code="twice",
            )

    @property
    def paths(self) -> tuple[str, ...]:
        """The patterns of the paths, each once."""
        return tuple(dict.fromkeys(each.path for each in self._endpoints))

    def knows(self, path: str) -> bool:
        """Say whether an endpoint has this path, whatever the method.

        Args:
            path: the decoded path below the prefix; nothing counts as a slash.
        """
        wanted = path or "/"
        return any(matched(each.path, wanted) is not None for each in self._endpoints)

    def receive(self, arrival: Arrival) -> "Turn":
        """Find what is to answer a request.

        Args:
            arrival: the request without its body. Where its path is nothing, because somebody
                left out the slash behind the prefix, it is sent to the first page.
        """
        if not arrival.path:
            moved = Reply(308, headers=(("location", _first_page(arrival)),))
            return Turn(limit=0, _answer=lambda _: moved)
        method = "GET" if arrival.method == "HEAD" else arrival.method
        here = [
            (each, params)
            for each in self._endpoints
            if (params := matched(each.path, arrival.path)) is not None
        ]
        headers = _joined(arrival.headers)
        request = Request(
            method=method,
            path=arrival.path,
            prefix=arrival.prefix,
            headers=headers,
            cookies=read_cookies(headers.get("cookie", "")),
        )
        for endpoint, params in here:
            if endpoint.method == method:
                return _turn(arrival, request, endpoint, params=params)
        answer = partial(_not_here, request, [each for each, _ in here])
        return Turn(limit=0, _answer=answer, _head=arrival.method == "HEAD")


@dataclass(frozen=True, slots=True)
class Turn:
    """What is to answer one request, once its body is there.

    Attributes:
        limit: how much of the body is wanted, in bytes. Read no more than one byte past it.
    """

    limit: int
    _answer: Callable[[bytes | None], Reply] = field(repr=False)
    _head: bool = False

    def answer(self, body: bytes | None) -> Reply:
        """Answer the request.

        Args:
            body: the whole body; None where it is larger than `limit`, and so was not read whole.

        Returns:
            The reply as it goes out: `content-type` and `content-length` stand among its headers,
            names are in small letters, and only `set-cookie` may come twice. The body is left out
            after HEAD.
        """
        fits = body is not None and len(body) <= self.limit
        return _ready(self._answer(body if fits else None), head=self._head)


def matched(pattern: str, path: str) -> Mapping[str, str] | None:
    """Match a path against an endpoint's pattern.

    Args:
        pattern: such as `/return/{case_id}`.
        path: a decoded path.

    Returns:
        The values of the named parts, or None. A named part is at least one character, and no
        slash. A path that was not UTF-8 matches nothing.
    """
    found = None if _BROKEN in path else _compiled(pattern).fullmatch(path)
    return None if found is None else found.groupdict()


def checked_prefix(prefix: str) -> str:
    """Return what the paths of a mount begin with, or refuse it.

    Args:
        prefix: such as `/garden-waste`, or nothing.

    Raises:
        InvalidValueError: it is not of that form.
    """
    if not _PREFIX.fullmatch(prefix):
        raise InvalidValueError(
            "The prefix of a mount must be empty, or begin with a slash and end without one, and "
            "be made of letters, digits, dots and hyphens: such as /garden-waste.",
            field="prefix",
            code="not_a_prefix",
        )
    return prefix


def split_prefix(path: str, prefix: str) -> str | None:
    """Return the part of a path below a prefix, or None where the path is elsewhere.

    Args:
        path: a decoded path.
        prefix: as `checked_prefix` returns it, or a framework's own.
    """
    rest = path.removeprefix(prefix)
    return rest if path.startswith(prefix) and rest[:1] in {"", "/"} else None


def decoded_path(path_info: str) -> str:
    """Decode the path of a WSGI request, which is bytes in the guise of text (PEP 3333).

    Args:
        path_info: the environment's `PATH_INFO`.

    Returns:
        The path; what is not UTF-8 becomes the replacement character, as ASGI servers have it.
    """
    return path_info.encode("latin-1").decode("utf-8", "replace")


def below(pattern: str, path: str) -> tuple[str, str]:
    """Split a path that a framework has matched into what is above the mount and what is below.

    Args:
        pattern: the endpoint's pattern; nothing for the mount itself without its slash.
        path: the decoded path, the mount's own part included.

    Returns:
        The prefix, and the path below it.
    """
    if not pattern:
        return path, ""
    parts = path.split("/")
    count = pattern.count("/")
    return "/".join(parts[:-count]), "/" + "/".join(parts[-count:])


def read_up_to(limit: int, read: Callable[[int], bytes]) -> bytes | None:
    """Read a body that may be too large.

    Args:
        limit: the most that is wanted, in bytes.
        read: reads up to so many bytes, and nothing at the end.

    Returns:
        The body, or None where there is more than that.
    """
    body = bytearray()
    while len(body) <= limit and (chunk := read(min(_CHUNK, limit + 1 - len(body)))):
        body += chunk
    return bytes(body) if len(body) <= limit else None


def _turn(
    arrival: Arrival, request: Request, endpoint: Endpoint, *, params: Mapping[str, str]
) -> Turn:
    head = arrival.method == "HEAD"
    try:
        query = read_fields(arrival.query)
    except InvalidValueError:
        refuse = partial(_refused, endpoint, request, Problem.UNREADABLE)
        return Turn(limit=0, _answer=lambda _: refuse(), _head=head)

    def answer(body: bytes | None) -> Reply:
        whole = _request(request, params=params, query=query, body=body or b"")
        if body is None:
            return _refused(endpoint, whole, Problem.TOO_LARGE)
        return endpoint.handle(whole)

    return Turn(limit=endpoint.max_body, _answer=answer, _head=head)


def _first_page(arrival: Arrival) -> str:
    query = quote(arrival.query, safe=_IN_QUERY)
    return quote(f"{arrival.prefix}/") + (f"?{query}" if query else "")


def _request(request: Request, *, params: Mapping[str, str], query: Fields, body: bytes) -> Request:
    return Request(
        method=request.method,
        path=request.path,
        prefix=request.prefix,
        params=params,
        query=query,
        headers=request.headers,
        cookies=request.cookies,
        body=body,
    )


def _refused(endpoint: Endpoint | None, request: Request, problem: Problem) -> Reply:
    """A page where pages live, a line of text where only machines call."""
    if endpoint is not None and isinstance(endpoint.handle, PageHandle):
        return endpoint.handle.refuse(request, problem)
    return Reply.plain(_PLAIN[problem], status=problem.status).with_headers(
        ("cache-control", "no-store"), ("x-content-type-options", "nosniff")
    )


def _not_here(request: Request, here: list[Endpoint], _body: bytes | None) -> Reply:
    if not here:
        return _refused(None, request, Problem.NOT_FOUND)
    allowed = sorted({name for each in here for name in _methods(each)})
    refusal = _refused(here[0], request, Problem.METHOD)
    return refusal.with_headers(("allow", ", ".join(allowed)))


def _methods(endpoint: Endpoint) -> tuple[str, ...]:
    return ("GET", "HEAD") if endpoint.method == "GET" else (endpoint.method,)


def _joined(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Join repeated headers (RFC 9110 section 5.3; RFC 9113 section 8.2.3 for cookies)."""
    joined: dict[str, str] = {}
    for raw, value in headers:
        name = raw.lower()
        if name not in joined:
            joined[name] = value
        else:
            joined[name] += f"{'; ' if name == 'cookie' else ', '}{value}"
    return joined


def _ready(reply: Reply, *, head: bool) -> Reply:
    """Write out all headers. An answer without a body says no type and no length (RFC 9110)."""
    cookies = tuple(("set-cookie", value) for name, value in reply.headers if _is_cookie(name))
    headers = _joined((name, value) for name, value in reply.headers if not _is_cookie(name))
    bodiless = reply.status in _WITHOUT_BODY
    if not bodiless:
        if reply.media_type is not None:
            headers["content-type"] = reply.media_type
        headers["content-length"] = str(len(reply.body))
    body = b"" if head or bodiless else reply.body
    return Reply(reply.status, body, None, (*headers.items(), *cookies))


def _is_cookie(name: str) -> bool:
    return name.lower() == "set-cookie"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    pieces = _SLOT.split(pattern)
    named = (f"(?P<{piece}>[^/]+)" for piece in pieces[1::2])
    fixed = [re.escape(piece) for piece in pieces[::2]]
    return re.compile("".join((fixed[0], *(a + b for a, b in zip(named, fixed[1:], strict=True)))))
