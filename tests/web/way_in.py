"""A made-up service that uses everything of the way in, and a browser that keeps its cookie."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from lg_core.endpoints import FORM_TYPE, Endpoint, Fields, Reply, Request
from lg_core.records import MemoryRecords, Records
from lg_core.texts import Language, Text
from lg_web import Problem, Site, SiteSettings, Visit

__all__ = ["PREFIX", "Browser", "Clock", "endpoints_of", "form_page", "headers_of", "site_of"]

PREFIX: Final = "/garden-waste"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Clock:
    """Tells the time that a test says."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The time."""
        return self.now

    def advance(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)


def site_of(
    *,
    url: str = f"https://forms.example.gov.uk{PREFIX}",
    records: Records | None = None,
    now: Callable[[], datetime] | None = None,
    on_error: Callable[[Exception, Request], None] | None = None,
    languages: tuple[Language, ...] = (Language.ENGLISH, Language.WELSH),
) -> Site:
    """Build the service."""
    return Site(
        SiteSettings(
            url=url,
            council=Text("Riverside District Council"),
            service=Text("Subscribe to garden waste"),
            languages=languages,
            form_targets=("https://card.payments.service.gov.uk",),
        ),
        records=records if records is not None else MemoryRecords(),
        templates=("web",),
        on_error=on_error,
        now=now or (lambda: datetime.now(UTC)),
    )


def form_page(visit: Visit) -> Reply:
    """Show the form."""
    return visit.render(
        "web/question.html",
        title="What is your name?",
        value=visit.session.get("name", ""),
        error_text="",
        button="Continue",
    )


def headers_of(reply: Reply) -> Mapping[str, str]:
    """The headers of a reply by name; each name stands once in what is asked here."""
    return {name.lower(): value for name, value in reply.headers}


def _save(visit: Visit) -> Reply:
    visit.session.set("name", visit.request.form()["name"])
    return visit.redirect("/name?saved=yes")


def _show(visit: Visit) -> Reply:
    if visit.params["case_id"] == "none":
        return visit.problem(Problem.NOT_FOUND)
    seen = [visit.params["case_id"], visit.request.path, *map(str, visit.request.query.pairs())]
    return Reply.plain("\n".join(seen))


def _echo(request: Request) -> Reply:
    seen = [
        *map(str, request.form().pairs()),
        *map(str, sorted(request.cookies.items())),
        request.method,
        request.prefix,
        request.path,
        request.url("/x"),
        request.headers.get("x-twice", "").replace(" ", ""),  # RFC 9110 5.3: a blank is no matter
        request.headers.get("content-type", "no type"),
        str(len(request.body)),
    ]
    return Reply.plain("\n".join(seen)).with_headers(
        ("set-cookie", "one=1; Path=/"), ("Set-Cookie", "two=2; Path=/"), ("Vary", "cookie")
    )


def _break(visit: Visit) -> Reply:
    raise ZeroDivisionError(visit.request.path)


def endpoints_of(site: Site) -> list[Endpoint]:
    """Every kind of endpoint."""
    return [
        *site.endpoints(),
        site.page("GET", "/", lambda visit: Reply.plain(visit.language), name="home"),
        site.page("GET", "/name", form_page, name="name"),
        site.page("POST", "/name", _save, name="name.save", max_body=400),
        site.page("GET", "/return/{case_id}", _show, name="return"),
        site.page("GET", "/broken", _break, name="broken"),
        site.page(
            "POST",
            "/pay",
            lambda visit: visit.redirect(
                "https://card.payments.service.gov.uk/secure/x", absolute=True
            ),
            name="pay",
        ),
        Endpoint("POST", "/webhook", _echo, name="webhook", max_body=100),
        Endpoint("DELETE", "/webhook", lambda _: Reply(204), name="webhook.delete"),
        Endpoint("GET", "/a.b~c/{x}/{y}", lambda r: Reply.plain(repr(dict(r.params))), name="two"),
        Endpoint(
            "GET", "/not-modified", lambda _: Reply(304, headers=(("etag", '"1"'),)), name="n"
        ),
    ]


class Browser:
    """Asks endpoints without any framework, keeps the cookie and finds the form's token."""

    def __init__(self, site: Site, *endpoints: Endpoint) -> None:
        self.site = site
        self.endpoints = endpoints or endpoints_of(site)
        self.cookie: str | None = None
        self.token = ""
        self.set_cookies: list[str] = []

    def ask(
        self,
        method: str,
        path: str,
        *,
        form: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Reply:
        """Send a request to the endpoint of that method and literal path."""
        name = self.site.settings.cookie_name
        endpoint = next(e for e in self.endpoints if (e.method, e.path) == (method, path))
        encoded = urlencode(form or {}).encode()
        reply = endpoint.handle(
            Request(
                method,
                path,
                query=Fields((query or {}).items()),
                headers={"content-type": FORM_TYPE, **(headers or {})},
                cookies={} if self.cookie is None else {name: self.cookie},
                body=encoded if body is None else body,
            )
        )
        for label, value in reply.headers:
            if label == "set-cookie":
                self.set_cookies.append(value)
                self.cookie = value.partition(";")[0].partition("=")[2] or None
        found = _TOKEN.search(reply.body.decode())
        self.token = found[1] if found else self.token
        return reply

    def post(self, path: str, **form: str) -> Reply:
        """Send a form with the token of the last page."""
        return self.ask("POST", path, form={"csrf_token": self.token, **form})
