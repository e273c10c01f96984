# SPDX-License-Identifier: MIT
"""One visit to a page: what a page's function is given, and how it answers."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from lg_core.endpoints import Reply, Request
from lg_core.errors import InvalidValueError
from lg_core.texts import Language
from lg_web.csrf import masked, new_secret
from lg_web.problems import Problem, problem_page
from lg_web.sessions import Session

if TYPE_CHECKING:
    from lg_web.site import Site

__all__ = ["SECRET_NAME", "Visit"]

SECRET_NAME: Final = "lg-web.csrf"  # noqa: S105 -- a name
"""The session's name for the secret of its forms' tokens."""

_SENDABLE = "/?#[]@!$&'()*+,;=:%-._~"  # RFC 3986, 'reserved' and 'unreserved'


class Visit:
    """One request to a page, with all that a page's function needs to answer it.

    `site.page` makes it. Its `repr` shows nothing that a person sent.

    Attributes:
        request: the request.
        session: what is remembered of this browser. It is saved after the function has answered.
        language: the language to answer in.
        nonce: this answer's own random text: a script with `nonce="..."` may run.
        site: the site that the page belongs to.
    """

    __slots__ = ("language", "nonce", "request", "session", "site")

    def __init__(
        self, request: Request, *, session: Session, language: Language, nonce: str, site: "Site"
    ) -> None:
        self.request = request
        self.session = session
        self.language = language
        self.nonce = nonce
        self.site = site

    @property
    def params(self) -> Mapping[str, str]:
        """The parts of the path that the page's pattern names."""
        return self.request.params

    @property
    def csrf_token(self) -> str:
        """A token for this page's forms. Reading it begins a session where there is none."""
        secret = self.session.get(SECRET_NAME)
        if not isinstance(secret, str):
            secret = new_secret()
            self.session.set(SECRET_NAME, secret)
        return masked(secret)

    def render(
        self,
        template: str,
        *,
        title: str,
        status: int = 200,
        error: bool = False,
        back: str | None = None,
        **context: object,
    ) -> Reply:
        """Answer with a page made from a template.

        A page without a form begins no session: the token is made when one asks for it.

        Args:
            template: its name, such as `lg_forms/question.html`.
            title: what the page is called; the service and the council follow it.
            status: the HTTP status.
            error: whether the page shows errors in a form: its title then says so first.
            back: where the back link leads; None for a page without one.
            context: the template's own values.
        """
        html = self.site.shell.render(
            template,
            language=self.language,
            path=self.request.path,
            nonce=self.nonce,
            csrf_token=lambda: self.csrf_token,
            title=title,
            error=error,
            back=back,
            context=context,
        )
        return Reply.html(html, status=status)

    def redirect(self, path: str, *, absolute: bool = False) -> Reply:
        """Send the browser to another page (303, so that a form is not sent again).

        Args:
            path: a path of this service below its prefix, such as `/name`.
            absolute: whether it is a whole address of another origin instead, such as a payment's
                `next_url`. The origin must stand in the settings' `form_targets`: browsers would
                stop the redirect after a form otherwise.

        Raises:
            InvalidValueError: it is not a path, or not an address of an origin in `form_targets`.
        """
        if absolute:
            self._check_origin(path)
            return Reply.see_other(path)
        if not _is_path(path):
            raise InvalidValueError(
                "A redirect needs a path of this service that begins with one slash. For the page "
                "of another service, say absolute=True.",
                field="path",
                code="not_a_path",
            )
        return Reply.see_other(self.site.settings.prefix + quote(path, safe=_SENDABLE))

    def problem(self, problem: Problem) -> Reply:
        """Answer with a page that says what went wrong.

        Args:
            problem: such as `Problem.NOT_FOUND`.
        """
        return problem_page(
            self.site.shell,
            problem,
            language=self.language,
            nonce=self.nonce,
            path=self.request.path,
        )

    def _check_origin(self, url: str) -> None:
        targets = {_origin(target) for target in self.site.settings.form_targets}
        if not _is_plain(url) or _origin(url) is None or _origin(url) not in targets:
            raise InvalidValueError(
                "This service may not send people to that address: put its origin (https://host) "
                "into the form_targets of the SiteSettings.",
                field="path",
                code="not_a_form_target",
            )

    def __repr__(self) -> str:
        return f"Visit({self.request.method}, language={self.language.value!r})"


def _is_path(path: str) -> bool:
    return path.startswith("/") and not path.startswith(("//", "/\\")) and not _has_controls(path)


def _is_plain(url: str) -> bool:
    """Say whether an address has only characters that addresses have (RFC 3986)."""
    return url.isascii() and url.isprintable() and not {" ", "\\"} & set(url)


def _has_controls(text: str) -> bool:
    return any(character < " " or character == "\x7f" for character in text)


def _origin(url: str) -> tuple[str, str, int | None] | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if not parts.hostname or "@" in parts.netloc:
        return None
    scheme = parts.scheme.lower()
    return scheme, parts.hostname, port or {"https": 443, "http": 80}.get(scheme)
