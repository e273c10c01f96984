"""Tests of lg_web.starlette, lg_web.flask and lg_web.django: the same bytes in all of them."""

import asyncio  # noqa: TID253 -- a test may load it
import contextvars
import io
import re
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import unquote, unquote_to_bytes, urlencode

import django_project
import pytest
from django import conf
from django import urls as django_urls
from django.core.asgi import get_asgi_application
from django.core.handlers.wsgi import WSGIHandler
from django.urls import clear_url_caches, path
from flask import Flask, url_for
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, NoMatchFound, Route
from starlette.types import ASGIApp
from web.way_in import PREFIX, endpoints_of, site_of

import lg_web.django
import lg_web.flask
import lg_web.starlette
from lg_core.endpoints import FORM_TYPE, Endpoint, Reply
from lg_core.errors import InvalidValueError

DJANGO_URLS, CONF = cast("Any", django_urls), cast("Any", conf)  # Django ships no types
django_project.set_up()


@dataclass(frozen=True)
class Ask:
    """A request, as it comes over the wire."""

    method: str
    target: str
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    declared: bool = True
    root: str = ""

    @property
    def path(self) -> str:
        """The path, still escaped."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """The query, still escaped."""
        return self.target.partition("?")[2]

    def all_headers(self) -> list[tuple[str, str]]:
        """The headers, with the length where it is declared."""
        length = [("content-length", str(len(self.body)))] if self.declared and self.body else []
        return [("host", "forms.example.gov.uk"), *self.headers, *length]


Answer = tuple[int, list[tuple[str, str]], bytes]
Server = Callable[[Ask], Answer]


def wsgi(app: Callable[..., Any]) -> Server:
    """Speak to an application as a WSGI server does (PEP 3333)."""

    def ask(asked: Ask) -> Answer:
        environ: dict[str, Any] = {
            "REQUEST_METHOD": asked.method,
            "SCRIPT_NAME": asked.root,
            "PATH_INFO": unquote_to_bytes(asked.path).decode("latin-1"),
            "QUERY_STRING": asked.query,
            "SERVER_NAME": "forms.example.gov.uk",
            "SERVER_PORT": "443",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": "https",
            "wsgi.input": io.BytesIO(asked.body),
            "wsgi.input_terminated": True,
            "wsgi.errors": sys.stderr,
        }
        for name, value in asked.all_headers():
            key = name.upper().replace("-", "_")
            key = key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
            joint = "; " if name == "cookie" else ", "
            environ[key] = f"{environ[key]}{joint}{value}" if key in environ else value
        started: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
            started.extend((status, headers))

        pieces = app(environ, start)
        body = b"".join(pieces)
        getattr(pieces, "close", lambda: None)()
        headers = [(name.lower(), value.strip()) for name, value in started[1]]
        return int(started[0][:3]), headers, body

    return ask


def asgi(app: ASGIApp) -> Server:
    """Speak to an application as an ASGI server does."""

    def ask(asked: Ask) -> Answer:
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": asked.method,
            "scheme": "https",
            "path": asked.root + unquote(asked.path),
            "root_path": asked.root,
            "query_string": asked.query.encode(),
            "headers": [(n.encode(), v.encode("latin-1")) for n, v in asked.all_headers()],
            "client": ("127.0.0.1", 1),
            "server": ("forms.example.gov.uk", 443),
        }
        pieces = [asked.body[i : i + 40] for i in range(0, len(asked.body), 40)] or [b""]
        sent: list[Any] = []
        more = asyncio.Event()

        async def receive() -> dict[str, Any]:
            if not pieces:
                await more.wait()  # the client stays and says nothing
            piece = pieces.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

        async def send(message: Any) -> None:
            sent.append(message)

        asyncio.run(cast("Any", app)(scope, receive, send))
        headers = [(n.decode().lower(), v.decode("latin-1")) for n, v in sent[0]["headers"]]
        return sent[0]["status"], headers, b"".join(m.get("body", b"") for m in sent[1:])

    return ask


def _own(_request: object) -> PlainTextResponse:
    return PlainTextResponse("own")


def in_starlette(endpoints: list[Endpoint], prefix: str = PREFIX) -> Server:
    """Mount endpoints in Starlette."""
    app = Starlette(routes=[Route("/own", _own)])
    lg_web.starlette.mount(app, endpoints, prefix=prefix)
    return asgi(app)


def in_flask(endpoints: list[Endpoint], prefix: str = PREFIX) -> Server:
    """Mount endpoints in Flask."""
    app = Flask("the_host")
    app.add_url_rule("/own", "own", lambda: ("own", {"content-type": "text/plain; charset=utf-8"}))
    lg_web.flask.mount(app, endpoints, prefix=prefix)
    return wsgi(app)


def _urls(endpoints: list[Endpoint], prefix: str) -> None:
    patterns: list[Any] = []
    lg_web.django.mount(patterns, endpoints, prefix=prefix)
    django_project.URLS.urlpatterns = patterns  # type: ignore[attr-defined]
    clear_url_caches()


def in_django(endpoints: list[Endpoint], prefix: str = PREFIX) -> Server:
    """Mount endpoints in Django, behind WSGI."""
    _urls(endpoints, prefix)
    return wsgi(WSGIHandler())


def in_django_asgi(endpoints: list[Endpoint], prefix: str = PREFIX) -> Server:
    """Mount endpoints in Django, behind ASGI."""
    _urls(endpoints, prefix)
    return asgi(get_asgi_application())


FRAMEWORKS = (in_starlette, in_flask, in_django, in_django_asgi)
FORM = (("content-type", FORM_TYPE),)

ASKS = {
    "first page": Ask("GET", "/"),
    "first page without its slash": Ask("GET", "?lang=cy&a=%20"),
    "Welsh, which sets the cookie": Ask("GET", "/?lang=cy"),
    "a form": Ask("GET", "/name"),
    "HEAD of a form": Ask("HEAD", "/name"),
    "escapes and Unicode": Ask(
        "GET", "/return/%C5%B5%20%25%2B+%3F;=a?a=1&b=%C5%B5+x&a=2&c=&%26=%3D"
    ),
    "a line end in the path": Ask("GET", "/return/a%0A"),
    "dots in the path": Ask("GET", "/return/.."),
    "a parameter that is refused": Ask("GET", "/return/none"),
    "HEAD of a parameter that is refused": Ask("HEAD", "/return/none"),
    "two parameters": Ask("GET", "/a.b~c/x/%E2%82%AC"),
    "a wrong method at a page": Ask("DELETE", "/name", b"x=1"),
    "a wrong method at a webhook": Ask("PUT", "/webhook"),
    "OPTIONS": Ask("OPTIONS", "/name"),
    "a method that nobody knows": Ask("BREW", "/name"),
    "HEAD where there is no GET": Ask("HEAD", "/webhook"),
    "a webhook": Ask(
        "POST",
        "/webhook?x=y",
        b"a=1&a=2&b=%C5%B5&c=",
        (
            *FORM,
            ("cookie", 'one=1; two="2"; one=3; bad; tr\xeas=4'),
            ("x-twice", "1"),
            ("x-twice", "2"),
        ),
    ),
    "a webhook without a type": Ask("POST", "/webhook", b'{"a": 1}'),
    "a body of just the limit": Ask("POST", "/webhook", b"x" * 100),
    "a body over the limit": Ask("POST", "/webhook", b"x" * 101),
    "a form over the limit": Ask("POST", "/name", b"x" * 5000, FORM),
    "a form that cannot be read": Ask("POST", "/name", b"a=%FF", FORM),
    "a query that cannot be read": Ask("GET", "/name?a=%FF"),
    "a form without a token": Ask("POST", "/name", b"name=Gwen", FORM),
    "a page that fails": Ask("GET", "/broken"),
    "nothing to say": Ask("DELETE", "/webhook"),
    "nothing new": Ask("GET", "/not-modified"),
    "an asset that is not there": Ask("GET", "/assets/none.css"),
}


def below_prefix(asked: Ask, prefix: str = PREFIX) -> Ask:
    """The same request at the mount."""
    return Ask(
        asked.method,
        prefix + asked.target,
        asked.body,
        asked.headers,
        asked.declared,
        asked.root,
    )


def same(answer: Answer) -> Answer:
    """An answer without what is random in it: nonces, tokens and ids."""
    status, headers, body = answer
    text = re.sub(rb'(nonce="|csrf_token" value=")[\w-]+', rb"\1", body)
    rest = [
        (name, re.sub(r"('nonce-|lg_session[\w-]*=)[\w-]+", r"\1", value))
        for name, value in headers
    ]
    return status, sorted(rest), text


EXPECTED = {
    "first page without its slash": 308,
    "a form": 200,
    "HEAD of a form": 200,
    "a line end in the path": 200,
    "a parameter that is refused": 404,
    "a wrong method at a page": 405,
    "a method that nobody knows": 405,
    "a body of just the limit": 200,
    "a body over the limit": 413,
    "a form over the limit": 413,
    "a form that cannot be read": 400,
    "a query that cannot be read": 400,
    "a form without a token": 403,
    "a page that fails": 500,
    "nothing to say": 204,
    "nothing new": 304,
    "an asset that is not there": 404,
}


@pytest.mark.parametrize("name", ASKS)
def test_all_frameworks_answer_with_the_same_bytes(name: str) -> None:
    """Status, headers and body are equal, nonces and tokens apart."""
    asked = below_prefix(ASKS[name])
    answers = [same(mount(endpoints_of(site_of()))(asked)) for mount in FRAMEWORKS]

    assert [answers[0]] * len(answers) == answers
    assert EXPECTED.get(name, answers[0][0]) == answers[0][0]


def test_what_a_webhook_sees() -> None:
    """Fields, cookies, joined headers, prefix and path come as they were sent."""
    status, headers, body = in_starlette(endpoints_of(site_of()))(below_prefix(ASKS["a webhook"]))

    assert (200, ["one=1; Path=/", "two=2; Path=/"]) == (
        status,
        [value for name, value in headers if name == "set-cookie"],
    )
    assert [
        *("('a', '1')", "('a', '2')", "('b', 'ŵ')", "('c', '')"),
        *("('one', '1')", "('two', '2')"),
        *("POST", "/garden-waste", "/webhook", "/garden-waste/x", "1,2", FORM_TYPE, "19"),
    ] == body.decode().splitlines()


@pytest.mark.parametrize("mount", FRAMEWORKS)
def test_a_form_goes_through(mount: Callable[..., Server]) -> None:
    """A browser gets a page and a cookie, sends the form, and is sent on to what it saved."""
    server = mount(endpoints_of(site_of()))
    _, headers, page = server(Ask("GET", f"{PREFIX}/name"))
    (cookie,) = (value for name, value in headers if name == "set-cookie")
    found = re.search(rb'csrf_token" value="([^"]+)', page)
    assert found
    kept = ("cookie", cookie.partition(";")[0])
    form = urlencode({"csrf_token": found[1].decode(), "name": "Gwen Ŵ"}).encode()
    status, headers, _ = server(Ask("POST", f"{PREFIX}/name", form, (*FORM, kept)))

    assert (303, f"{PREFIX}/name?saved=yes") == (status, dict(headers)["location"])
    shown = server(Ask("GET", f"{PREFIX}/name", headers=(kept,)))
    assert 'value="Gwen Ŵ"' in shown[2].decode()
    assert "set-cookie" not in dict(shown[1])
    sent = server(Ask("POST", f"{PREFIX}/pay", form, (*FORM, kept)))
    assert "https://card.payments.service.gov.uk/secure/x" == dict(sent[1])["location"]


@pytest.mark.parametrize("mount", FRAMEWORKS)
def test_an_asset_is_served(mount: Callable[..., Server]) -> None:
    """What the page links to is there, below the prefix."""
    server = mount(endpoints_of(site_of()))
    page = server(Ask("GET", f"{PREFIX}/name"))[2].decode()
    links = re.findall(r'(?:href|src)="(/garden-waste/assets/[^"]+)"', page)

    assert links
    assert {200} == {server(Ask("GET", link))[0] for link in links}


@pytest.mark.parametrize("mount", FRAMEWORKS)
@pytest.mark.parametrize(
    "target",
    ["/nowhere", f"{PREFIX}/nowhere", f"{PREFIX}x/name", f"{PREFIX}/return/a%2Fb"],
)
def test_other_paths_stay_the_hosts(mount: Callable[..., Server], target: str) -> None:
    """What no endpoint has is answered by the framework itself."""
    status, headers, _ = mount(endpoints_of(site_of()))(Ask("GET", target))

    assert 404 == status
    assert "content-security-policy" not in dict(headers)


@pytest.mark.parametrize("mount", [in_starlette, in_flask, in_django_asgi])
@pytest.mark.parametrize(("length", "status"), [(100, 200), (101, 413)])
def test_a_body_of_undeclared_length(
    mount: Callable[..., Server], length: int, status: int
) -> None:
    """It is read up to the limit and refused beyond; behind WSGI, Django reads none of it."""
    asked = Ask("POST", f"{PREFIX}/webhook", b"x" * length, declared=False)

    assert status == mount(endpoints_of(site_of()))(asked)[0]


@pytest.mark.parametrize("mount", [in_starlette, in_flask, in_django_asgi])
def test_a_path_that_is_no_text_is_not_found(mount: Callable[..., Server]) -> None:
    """Bytes that are not UTF-8 reach no endpoint."""
    assert 404 == mount(endpoints_of(site_of()))(Ask("GET", f"{PREFIX}/return/%FF"))[0]


def test_a_path_that_is_no_text_in_django() -> None:
    """Behind WSGI, Django has written such bytes as escapes, and they arrive as those."""
    answer = in_django(endpoints_of(site_of()))(Ask("GET", f"{PREFIX}/return/%FF"))

    assert (200, b"%FF\n/return/%FF") == (answer[0], answer[2])


@pytest.mark.parametrize("mount", FRAMEWORKS)
def test_the_root_of_a_server_is_part_of_the_prefix(mount: Callable[..., Server]) -> None:
    """Where the whole application is mounted elsewhere, links are right all the same."""
    endpoints = endpoints_of(site_of())
    seen = [
        mount(endpoints, prefix)(Ask("POST", f"{prefix}/webhook", root="/apps"))[2]
        .decode()
        .splitlines()[1:4]
        for prefix in (PREFIX, "")
    ]

    assert [
        ["/apps/garden-waste", "/webhook", "/apps/garden-waste/x"],
        ["/apps", "/webhook", "/apps/x"],
    ] == seen


@pytest.mark.parametrize("mount", FRAMEWORKS)
def test_without_a_prefix(mount: Callable[..., Server]) -> None:
    """The endpoints may have the whole host."""
    server = mount(endpoints_of(site_of(url="https://forms.example.gov.uk")), "")

    assert (200, b"en") == (server(Ask("GET", "/"))[0], server(Ask("GET", "/"))[2])
    assert 200 == server(Ask("GET", "/name"))[0]


@pytest.mark.parametrize("mount", FRAMEWORKS)
def test_a_wrong_prefix_is_refused(mount: Callable[..., Server]) -> None:
    """It is found when the program starts."""
    with pytest.raises(InvalidValueError, match="prefix"):
        mount([], "/a/")


def test_the_hosts_own_routes_stay() -> None:
    """Mounting takes nothing away."""
    for mount in (in_starlette, in_flask):
        assert b"own" == mount(endpoints_of(site_of()))(Ask("GET", "/own"))[2]


def test_django_urls_may_be_included() -> None:
    """The prefix that `include` adds is part of the prefix."""
    patterns: list[Any] = []
    lg_web.django.mount(patterns, endpoints_of(site_of()), prefix="/waste")
    django_project.URLS.urlpatterns = [path("council/<slug:code>/", DJANGO_URLS.include(patterns))]  # type: ignore[attr-defined]
    clear_url_caches()
    server = wsgi(WSGIHandler())
    seen = server(Ask("POST", "/council/e07/waste/webhook"))[2].decode().splitlines()

    assert ["/council/e07/waste", "/webhook", "/council/e07/waste/x"] == seen[1:4]
    assert b"en" == server(Ask("GET", "/council/e07/waste/"))[2]


def test_a_starlette_app_may_be_mounted() -> None:
    """The prefix that `Mount` adds is part of the prefix."""
    inner = Starlette()
    lg_web.starlette.mount(inner, endpoints_of(site_of()), prefix="/waste")
    server = asgi(Starlette(routes=[Mount("/council", app=inner)]))
    seen = server(Ask("POST", "/council/waste/webhook"))[2].decode().splitlines()

    assert ["/council/waste", "/webhook", "/council/waste/x"] == seen[1:4]


def test_a_starlette_host_can_still_make_addresses() -> None:
    """Endpoints have no names for `url_for`, and stand in nobody's way."""
    app = Starlette()
    lg_web.starlette.mount(app, endpoints_of(site_of()))
    app.router.routes.append(Route("/own", _own, name="own"))

    assert "/own" == app.url_path_for("own")
    with pytest.raises(NoMatchFound):
        app.url_path_for("name")


def test_a_websocket_is_not_ours() -> None:
    """An endpoint answers HTTP alone."""
    app = Starlette()
    lg_web.starlette.mount(app, endpoints_of(site_of()))
    scope = {"type": "websocket", "path": "/name", "root_path": ""}

    assert [(False, {})] == [
        (bool(match.value), child) for match, child in (r.matches(scope) for r in app.routes)
    ]


def test_starlette_runs_endpoints_in_a_worker_with_the_requests_context() -> None:
    """A function may block, and sees the context variables that middleware set."""
    acting = contextvars.ContextVar("acting", default="nobody")
    seen: list[tuple[str, bool]] = []

    def handle(_request: object) -> Reply:
        seen.append((acting.get(), threading.current_thread() is threading.main_thread()))
        return Reply(204)

    app = Starlette()
    lg_web.starlette.mount(app, [Endpoint("GET", "/", handle, name="n")])

    async def with_context(scope: Any, receive: Any, send: Any) -> None:
        acting.set("e07")
        await app(scope, receive, send)

    assert 204 == asgi(with_context)(Ask("GET", "/"))[0]
    assert [("e07", False)] == seen


def test_flasks_own_limit_counts_too() -> None:
    """A body over MAX_CONTENT_LENGTH is answered as one over the endpoint's limit."""
    for declared in (True, False):
        app = Flask("the_host")
        app.config["MAX_CONTENT_LENGTH"] = 50
        lg_web.flask.mount(app, endpoints_of(site_of()))
        answer = wsgi(app)(Ask("POST", "/webhook", b"x" * 80, declared=declared))

        assert (413, b"The request is too large.") == (answer[0], answer[2])


def test_two_mounts_in_one_flask_app() -> None:
    """Each has its own prefix."""
    app = Flask("the_host")
    for prefix in ("/one", "/two"):
        lg_web.flask.mount(app, endpoints_of(site_of()), prefix=prefix)
    seen = [
        wsgi(app)(Ask("POST", f"/{name}/webhook"))[2].splitlines()[1] for name in ("one", "two")
    ]

    assert [b"/one", b"/two"] == seen
    with app.test_request_context():
        assert "/static/a.css" == url_for("static", filename="a.css")


@pytest.mark.parametrize("mount", FRAMEWORKS)
def test_what_an_endpoint_that_is_no_page_raises_is_the_hosts(
    mount: Callable[..., Server], caplog: pytest.LogCaptureFixture
) -> None:
    """The host's own error handling sees it; whoever called is told 500, or the server is."""

    def fail(_request: object) -> Reply:
        raise ZeroDivisionError

    server = mount([Endpoint("POST", "/webhook", fail, name="n")])
    try:
        status = server(Ask("POST", f"{PREFIX}/webhook"))[0]
    except ZeroDivisionError:  # Starlette answers, then raises again, for the server's log
        status = 500

    assert 500 == status
    assert "lg-web." not in caplog.text
