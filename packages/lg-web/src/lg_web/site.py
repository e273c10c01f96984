# SPDX-License-Identifier: MIT
"""A service's pages: each opens the session, checks the form's token, answers, and is made safe.

`Site.page` turns a function from a `Visit` to a `Reply` into an `Endpoint`, which `lg_web.flask`,
`lg_web.django` and `lg_web.starlette` mount. Around the function it does, in this order:

1. read the cookie and open the session;
2. choose the language: `?lang=cy`, then what the session remembers, then the first of the site's;
3. on every method but GET, refuse what was not sent from a page of ours (CSRF);
4. run the function;
5. save the session, if it changed;
6. add the headers and, where the id is new, the cookie.

What the function raises becomes a page that says sorry. It is logged as the type of the exception
and the endpoint's name, and given to `on_error`, where the host may report it.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from lg_core.endpoints import MAX_BODY, Endpoint, Reply, Request
from lg_core.errors import InvalidValueError
from lg_core.logs import get_logger
from lg_core.records import Records
from lg_core.texts import Catalogue, Language
from lg_web.assets import asset_endpoints
from lg_web.csrf import TOKEN_FIELD, same_site, token_matches
from lg_web.headers import cookie, page_headers, with_missing
from lg_web.problems import Problem, problem_page
from lg_web.sessions import Session
from lg_web.settings import SiteSettings
from lg_web.shell import Shell
from lg_web.visits import SECRET_NAME, Visit

__all__ = ["LANGUAGE_NAME", "OnError", "PageHandle", "Site"]

LANGUAGE_NAME: Final = "lg-web.language"
"""The session's name for the language that a person chose."""

OnError = Callable[[Exception, Request], None]
_NONCE_BYTES = 16
_LOG = get_logger("lg_web")


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Site:
    """A service: its settings, its shell, its sessions, and the pages that are made of them.

    Build one when the program starts.

    Args:
        settings: the service's settings.
        records: where sessions are kept. `MemoryRecords` forgets them when the process ends; two
            processes need a store that they share.
        templates: import names of packages with a folder `templates`.
        texts: the council's own texts in place of ours.
        on_error: told of each exception that a page raised, with the request; such as a function
            that reports it to the host's error tracking. What it raises is logged.
        now: tells the time, in UTC.
    """

    def __init__(
        self,
        settings: SiteSettings,
        *,
        records: Records,
        templates: Sequence[str] = (),
        texts: Catalogue | None = None,
        on_error: OnError | None = None,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self.settings = settings
        self.records = records
        self.shell = Shell(settings, templates=templates, texts=texts)
        self.on_error = on_error
        self.now = now

    def page(
        self,
        method: str,
        path: str,
        handle: Callable[[Visit], Reply],
        *,
        name: str,
        max_body: int = MAX_BODY,
    ) -> Endpoint:
        """Make an endpoint of a page.

        Args:
            method: `GET`, `POST` and so on; GET answers HEAD as well.
            path: below the prefix, such as `/name` or `/return/{case_id}`.
            handle: makes the reply. It may block.
            name: what the page is called in logs.
            max_body: the largest body that it takes, in bytes.

        Raises:
            InvalidValueError: the path is not of that form.
        """
        return Endpoint(method, path, PageHandle(self, handle, name), name, max_body)

    def endpoints(self) -> list[Endpoint]:
        """Return the endpoints of the site itself: its style sheet, script and pictures."""
        return asset_endpoints(self.settings)

    def problem(self, request: Request, problem: Problem) -> Reply:
        """Answer a request with a page that says what went wrong, with all headers of a page.

        For what never reaches a page's function, such as the host's own 404.

        Args:
            request: the request.
            problem: such as `Problem.NOT_FOUND`.
        """
        nonce = _new_nonce()
        language = _asked(request, self.settings) or self._remembered(request)
        page = problem_page(self.shell, problem, language=language, nonce=nonce, path=request.path)
        return self._dressed(page, nonce)

    def _remembered(self, request: Request) -> Language:
        return _chosen(self._open(request), self.settings)

    def _open(self, request: Request) -> Session:
        return Session(
            self.records,
            key=request.cookies.get(self.settings.cookie_name),
            idle=self.settings.session_idle,
            now=self.now,
        )

    def _dressed(self, reply: Reply, nonce: str) -> Reply:
        return with_missing(
            reply, page_headers(nonce=nonce, form_targets=self.settings.form_targets)
        )


@dataclass(frozen=True, slots=True)
class PageHandle:
    """A page's function and what is done around it. `Site.page` makes it.

    Attributes:
        site: the site that the page belongs to.
        handle: the page's function.
        name: what the page is called in logs.
    """

    site: Site
    handle: Callable[[Visit], Reply]
    name: str

    def __call__(self, request: Request) -> Reply:
        """Answer a request."""
        nonce = _new_nonce()
        try:
            reply = self._answered(request, nonce)
        except Exception as error:  # noqa: BLE001 -- a resident sees a page, whatever went wrong
            reply = self._fault(error, request, nonce)
        return self.site._dressed(reply, nonce)  # noqa: SLF001 -- the two are one thing

    def refuse(self, request: Request, problem: Problem) -> Reply:
        """Answer what never reaches the function, such as another method, with a page.

        Args:
            request: the request.
            problem: why it is refused.
        """
        try:
            return self.site.problem(request, problem)
        except Exception as error:  # noqa: BLE001 -- as above
            nonce = _new_nonce()
            return self.site._dressed(self._fault(error, request, nonce), nonce)  # noqa: SLF001 -- as above

    def _answered(self, request: Request, nonce: str) -> Reply:
        settings = self.site.settings
        session = self.site._open(request)  # noqa: SLF001 -- as above
        asked = _asked(request, settings)
        if asked is not None and asked is not _chosen(session, settings):
            session.set(LANGUAGE_NAME, asked.value)
        visit = Visit(
            request,
            session=session,
            language=asked or _chosen(session, settings),
            nonce=nonce,
            site=self.site,
        )
        problem = None if request.method == "GET" else _objection(request, session)
        reply = self.handle(visit) if problem is None else visit.problem(problem)
        if not session.save():
            _LOG.info("lg-web.session_gone", operation=self.name)
        elif session.key_changed:
            reply = reply.with_headers(
                cookie(settings.cookie_name, session.key, secure=settings.secure)
            )
        return reply

    def _fault(self, error: Exception, request: Request, nonce: str) -> Reply:
        _LOG.error("lg-web.page_failed", exc_info=error, operation=self.name, method=request.method)
        self._tell(error, request)
        try:
            return problem_page(
                self.site.shell,
                Problem.FAULT,
                language=_asked(request, self.site.settings) or self.site.settings.languages[0],
                nonce=nonce,
                path=request.path,
            )
        except Exception as worse:  # noqa: BLE001 -- the templates themselves may be what is broken
            _LOG.error("lg-web.problem_page_failed", exc_info=worse, operation=self.name)
            return Reply.plain("Sorry, there is a problem with the service.", status=500)

    def _tell(self, error: Exception, request: Request) -> None:
        if self.site.on_error is None:
            return
        try:
            self.site.on_error(error, request)
        except Exception as worse:  # noqa: BLE001 -- the host's own function must not cost the page
            _LOG.error("lg-web.on_error_failed", exc_info=worse, operation=self.name)


def _new_nonce() -> str:
    return secrets.token_urlsafe(_NONCE_BYTES)


def _asked(request: Request, settings: SiteSettings) -> Language | None:
    """The language that the address asks for, if it is one of the site's."""
    asked = request.query.get("lang")
    return next((language for language in settings.languages if language.value == asked), None)


def _chosen(session: Session, settings: SiteSettings) -> Language:
    """The language that the session remembers, or else the site's first."""
    kept = session.get(LANGUAGE_NAME)
    known = (language for language in settings.languages if language.value == kept)
    return next(known, settings.languages[0])


def _objection(request: Request, session: Session) -> Problem | None:
    """Say why a form is not taken: it cannot be read, or was not sent from a page of ours."""
    try:
        token = request.form().get(TOKEN_FIELD, "")
    except InvalidValueError:
        return Problem.UNREADABLE
    secret = session.get(SECRET_NAME)
    if (
        isinstance(secret, str)
        and same_site(request.headers.get("sec-fetch-site"))
        and token_matches(token, secret=secret)
    ):
        return None
    return Problem.FORBIDDEN
