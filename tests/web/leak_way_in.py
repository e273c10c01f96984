"""Probes of the way in: sessions, forms, cookies, paths and faults full of what is planted."""

import asyncio  # noqa: TID253 -- a test may load it
from typing import Any

from flask import Flask
from pay.leak_platforms import probe
from pay.leaks import PLANTED, Saw
from starlette.applications import Starlette
from web.way_in import Browser, Clock, endpoints_of, site_of

import lg_web.django
import lg_web.flask
import lg_web.starlette
from lg_core.endpoints import FORM_TYPE, Endpoint, Reply, Request
from lg_core.records import MemoryRecords
from lg_web import Problem, Session, Site, Visit, csrf, headers, routing


def _told(_error: Exception, _request: Request) -> None:
    """Stand for the host's error tracking, which is its own business."""


def _session(saw: Saw, records: MemoryRecords, key: str | None = None) -> Session:
    session = Session(records, key=key, idle=_site().settings.session_idle, now=Clock())
    saw(session)
    return session


def _site() -> Site:
    return site_of(on_error=_told)


@probe
def sessions_of_the_web(saw: Saw) -> None:
    """Neither what a session keeps nor its id is printed."""
    records = MemoryRecords(now=Clock())
    session = _session(saw, records)
    for number, value in enumerate(PLANTED.values()):
        session.set(f"n{number}", value)
        saw.attempt(session.set, f"n{number}", value.encode())
        session.get(f"n{number}")
        saw.attempt(_session, saw, records, value)
    session.save()
    saw.planted["a session's id"] = str(session.key)
    saw(session)
    again = _session(saw, records, session.key)
    again.pop("n1")
    again.renew()
    again.save()
    saw.planted["a renewed id"] = str(again.key)
    saw(again)
    session.set("late", PLANTED["name"])
    session.save()
    again.clear()
    again.end()
    again.save()
    saw(again)


@probe
def tokens_and_headers_of_the_web(saw: Saw) -> None:
    """What is wrong with a token, a cookie or a prefix is said without it."""
    secret = csrf.new_secret()
    saw.planted["a csrf secret"] = secret
    for value in PLANTED.values():
        saw.attempt(csrf.token_matches, value, secret=secret)
        saw.attempt(csrf.token_matches, csrf.masked(secret), secret=secret)
        saw.attempt(csrf.same_site, value)
        saw.attempt(headers.cookie, "a", f"{value}; {value}", secure=True)
        headers.read_cookies(f"a={value}")
        saw.attempt(headers.with_missing, Reply.plain(value), [("a", value)])
        saw.attempt(routing.checked_prefix, value)
        saw.attempt(routing.split_prefix, value, value)
        saw.attempt(routing.decoded_path, value)
        saw.attempt(routing.below, "/{x}", f"/{value}")
        routing.matched("/{x}", f"/{value}")
        saw.attempt(routing.read_up_to, 1, iter([value.encode()] * 2).__next__)
    headers.page_headers(nonce="n")
    headers.content_security_policy(nonce="n")


def _fail(visit: Visit) -> Reply:
    raise LookupError(*visit.request.form().values(), visit.request.path)


@probe
def pages_of_the_web(saw: Saw) -> None:
    """A page that fails logs its own name and the type of the exception, and nothing else."""
    site = _site()
    browser = Browser(site, *endpoints_of(site), site.page("POST", "/fail", _fail, name="fail"))
    saw(site)
    browser.ask("GET", "/name")
    for value in PLANTED.values():
        browser.post("/name", name=value)
        browser.post("/fail", name=value)
        browser.ask("GET", "/name", query={"lang": value}, headers={"referer": value})
        browser.ask("POST", "/name", form={"csrf_token": value, "name": value})
        request = Request("GET", f"/{value}", cookies={site.settings.cookie_name: value})
        saw(request)
        saw(site.problem(request, Problem.NOT_FOUND))
        visit = Visit(
            request,
            session=_session(saw, MemoryRecords()),
            language=site.settings.languages[0],
            nonce="n",
            site=site,
        )
        saw.attempt(visit.redirect, value)
        saw.attempt(visit.redirect, f"https://{value}/", absolute=True)
        saw.attempt(visit.render, "web/question.html", title=value)
        saw.attempt(visit.problem, Problem.FORBIDDEN)
        saw(visit)


@probe
def routes_of_the_web(saw: Saw) -> None:
    """What arrives is printed neither before it is answered nor after."""
    routes = routing.Routes(endpoints_of(_site()))
    saw(routes)
    saw(routes.paths)
    for value in PLANTED.values():
        routes.knows(value)
        for method, path in (
            ("POST", "/webhook"),
            ("DELETE", "/name"),
            ("GET", f"/return/{value}"),
            ("GET", value),
        ):
            arrival = routing.Arrival(
                method,
                path,
                query=f"a={value}".encode(),
                headers=(("cookie", f"a={value}"), ("content-type", FORM_TYPE)),
            )
            saw(arrival)
            turn = routes.receive(arrival)
            saw(turn)
            saw(turn.answer(f"a={value}".encode()[:90]))


@probe
def frameworks_of_the_web(saw: Saw) -> None:
    """Mounting and answering in a framework prints nothing of what was sent."""
    endpoints = endpoints_of(_site())
    patterns: list[Any] = []
    lg_web.django.mount(patterns, endpoints)
    saw.attempt(lg_web.django.mount, patterns, endpoints, prefix=PLANTED["name"])
    saw.attempt(lg_web.flask.mount, Flask("the_host"), endpoints, prefix=PLANTED["name"])
    saw.attempt(lg_web.starlette.mount, Starlette(), [*endpoints, *endpoints])
    app = Flask("the_host")
    lg_web.flask.mount(app, endpoints)
    for value in PLANTED.values():
        client = app.test_client()
        client.post("/webhook", data={"a": value}, headers={"x-a": value})
        client.get(f"/return/{value}", query_string={"a": value})
    asyncio.run(_starlette(endpoints))


async def _starlette(endpoints: list[Endpoint]) -> None:
    app = Starlette()
    lg_web.starlette.mount(app, endpoints)
    for value in PLANTED.values():
        scope: dict[str, Any] = {
            "type": "http",
            "method": "GET",
            "path": f"/return/{value}",
            "query_string": value.encode(),
            "headers": [],
        }

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(_message: Any) -> None:
            pass

        await app(scope, receive, send)
