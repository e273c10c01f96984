# SPDX-License-Identifier: MIT
"""Walk through a journey in a test, as a browser without JavaScript would, without sockets.

walk = Walk([*site.endpoints(), *journey.endpoints(site, at="/apply")], site=site)
walk.open("/apply")
walk.fill("bins", {"bins": "2"})
walk.fill("contact", {"full_name": "Ada Lovelace", "email": "ada@example.org"})
assert walk.page.heading == "Check your answers before sending them"
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urlencode, urljoin, urlsplit

from lg_core.endpoints import FORM_TYPE, Endpoint, Reply
from lg_forms._reading_pages import Control, Parsed, parsed
from lg_web.routing import Arrival, Routes
from lg_web.site import Site

__all__ = ["Control", "Seen", "Walk"]

_MOST_REDIRECTS: Final = 10
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_CHOICES: Final = frozenset({"radio", "checkbox"})


@dataclass(frozen=True, slots=True)
class Seen:
    """A page as the browser has it. Its `repr` shows nothing that it says.

    Attributes:
        status: the HTTP status.
        path: the path below the prefix, with its query.
        html: the page.
        left_for: the address that a redirect led to, where it is none of these endpoints.
    """

    status: int
    path: str
    html: str = field(repr=False)
    left_for: str | None = None
    _parsed: Parsed = field(default_factory=Parsed, repr=False)

    @property
    def title(self) -> str:
        """What the browser's tab says."""
        return self._parsed.title

    @property
    def heading(self) -> str:
        """The page's h1."""
        return self._parsed.heading

    @property
    def language(self) -> str:
        """The language that the page says it is in."""
        return self._parsed.language

    @property
    def text(self) -> str:
        """What stands in the main part."""
        return self._parsed.text

    @property
    def errors(self) -> tuple[tuple[str, str], ...]:
        """The lines of the error summary: where each leads, and what it says."""
        return tuple(self._parsed.errors)

    @property
    def links(self) -> tuple[tuple[str, str], ...]:
        """The links: what each says, and where it leads."""
        return tuple(self._parsed.links)

    @property
    def rows(self) -> Mapping[str, str]:
        """The answers of a page on which they are checked, by what they are called."""
        return self._parsed.rows

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all elements, in order."""
        return tuple(self._parsed.ids)

    @property
    def controls(self) -> tuple[Control, ...]:
        """The inputs, in order."""
        return tuple(self._parsed.controls)

    @property
    def values(self) -> Mapping[str, str]:
        """What stands in the inputs and is chosen, by name; without hidden ones."""
        return {
            each.name: each.value
            for each in self.controls
            if each.kind != "hidden" and (each.kind not in _CHOICES or each.checked)
        }


class Walk:
    """One browser. It keeps its cookies, follows redirects, and sends forms as they stand.

    Args:
        endpoints: the endpoints of the site and of its journeys.
        site: the site that they belong to.
    """

    def __init__(self, endpoints: Iterable[Endpoint], *, site: Site) -> None:
        self._routes = Routes(endpoints)
        self._prefix = site.settings.prefix
        self._cookies: dict[str, str] = {}
        self.page = Seen(0, "", "")

    def open(self, path: str) -> Seen:
        """Open a page.

        Args:
            path: its path below the prefix, with a query if you like.
        """
        return self._request("GET", path, b"")

    def follow(self, text: str) -> Seen:
        """Click on a link.

        Args:
            text: what the link says, in whole.

        Raises:
            LookupError: there is no such link.
        """
        for said, href in self.page.links:
            if said == text:
                return self.open(self._below(href))
        raise LookupError(f"No link on {self.page.path} says {text!r}.")

    def submit(self, fields: Mapping[str, str | Sequence[str]] | None = None) -> Seen:
        """Send the page's form. What is not given is sent as it stands.

        Args:
            fields: what is typed or chosen, by name; a list where several boxes are ticked.

        Raises:
            LookupError: the form has no input of a name.
        """
        given = fields or {}
        unknown = given.keys() - {each.name for each in self.page.controls}
        if unknown:
            raise LookupError(f"No input on {self.page.path} is named {sorted(unknown)}.")
        return self.send(self._standing(given))

    def fill(self, page: str, fields: Mapping[str, str | Sequence[str]]) -> Seen:
        """Send the form of a page, after making sure that the browser stands there.

        Args:
            page: the end of the page's path, such as `contact` or `address/choose`.
            fields: what is typed or chosen, by name.

        Raises:
            LookupError: the browser stands elsewhere, or the form has no input of a name.
        """
        if not self.page.path.partition("?")[0].endswith(f"/{page}"):
            raise LookupError(f"The browser is on {self.page.path}, not on {page!r}.")
        return self.submit(fields)

    def send(self, pairs: Iterable[tuple[str, str]]) -> Seen:
        """Send a form to the page's own address, whatever inputs the page has.

        Args:
            pairs: names and values, the token among them.
        """
        return self._request("POST", self.page.path, urlencode(list(pairs)).encode())

    def _standing(self, given: Mapping[str, str | Sequence[str]]) -> list[tuple[str, str]]:
        pairs = [
            (each.name, each.value)
            for each in self.page.controls
            if each.name not in given and (each.kind not in _CHOICES or each.checked)
        ]
        for name, value in given.items():
            pairs += [(name, value)] if isinstance(value, str) else [(name, each) for each in value]
        return pairs

    def _request(self, method: str, path: str, body: bytes) -> Seen:
        for _ in range(_MOST_REDIRECTS):
            reply = self._answer(method, path, body)
            location = dict(reply.headers).get("location")
            if reply.status not in _REDIRECTS or location is None:
                html = reply.body.decode()
                self.page = Seen(reply.status, path, html, None, parsed(html))
                return self.page
            target = urljoin(f"{self._prefix}{path}", location)
            path, method, body = self._below(target), "GET", b""
            if urlsplit(target).netloc or not self._routes.knows(path.partition("?")[0]):
                self.page = Seen(reply.status, path, "", target)
                return self.page
        raise LookupError(f"The redirects from {path} do not come to an end.")

    def _answer(self, method: str, path: str, body: bytes) -> Reply:
        bare, _, query = path.partition("?")
        headers = [("cookie", "; ".join(f"{name}={each}" for name, each in self._cookies.items()))]
        if method == "POST":
            headers.append(("content-type", FORM_TYPE))
        turn = self._routes.receive(
            Arrival(method, unquote(bare), self._prefix, query.encode(), tuple(headers))
        )
        reply = turn.answer(body)
        for name, value in reply.headers:
            if name.lower() == "set-cookie":
                cookie, _, attributes = value.partition(";")
                self._keep(cookie, gone="max-age=0" in attributes.lower())
        return reply

    def _keep(self, cookie: str, *, gone: bool) -> None:
        name, _, value = cookie.partition("=")
        self._cookies.pop(name, None)
        if not gone:
            self._cookies[name] = value

    def _below(self, href: str) -> str:
        parts = urlsplit(urljoin(f"{self._prefix}{self.page.path}", href))
        path = parts.path.removeprefix(self._prefix)
        return f"{path}?{parts.query}" if parts.query else path
