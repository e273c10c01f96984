# SPDX-License-Identifier: MIT
"""A payer with a browser of sorts: opens pages over HTTP, fills in forms, presses buttons.

It knows nothing of the client or of the sandbox beyond what the pages show.
"""

import http.client
import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from typing import IO
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit

__all__ = ["Form", "Page", "Payer"]

_TIMEOUT_SECONDS = 10.0


@dataclass(slots=True)
class Form:
    """One form of a page.

    Attributes:
        action: where it is sent.
        method: how.
        fields: the values of its fields, as the page gives them.
        button: the text of its button.
    """

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict[str, str])
    button: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """What the payer sees.

    Attributes:
        url: where it is.
        heading: its main heading.
        forms: its forms, in order.
        left: whether this address is outside the payment pages, which is where the payer comes back
            to the council; it is not opened.
    """

    url: str
    heading: str = ""
    forms: tuple[Form, ...] = ()
    left: bool = False


class Payer:
    """Opens payment pages and presses buttons."""

    def __init__(self) -> None:
        # No proxy of the environment: the pages are on this machine.
        self._browser = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(CookieJar()),
            _StayOnPages(),
        )

    def open(self, url: str) -> Page:
        """Open a page."""
        return self._load(urllib.request.Request(url))  # noqa: S310 -- the sandbox's own address

    def press(self, page: Page, button: str, **values: str) -> Page:
        """Fill in the form that has a button, and press it.

        Args:
            page: the page.
            button: how the text of the button begins.
            values: what to fill in, by field.

        Raises:
            LookupError: the page has no such button, or its form no such field.
        """
        form = next((form for form in page.forms if form.button.startswith(button)), None)
        if form is None:
            raise LookupError(f"The page '{page.heading}' has no button '{button}'.")
        if unknown := values.keys() - form.fields.keys():
            raise LookupError(f"The page '{page.heading}' has no field {min(unknown)}.")
        data = urlencode(form.fields | values)
        url = urljoin(page.url, form.action)
        if form.method == "get":
            return self.open(f"{url}?{data}" if data else url)
        return self._load(urllib.request.Request(url, data=data.encode()))  # noqa: S310 -- as above

    def _load(self, request: urllib.request.Request) -> Page:
        try:
            with self._browser.open(request, timeout=_TIMEOUT_SECONDS) as answer:
                return _read(answer.url, answer.read().decode())
        except _LeftPagesError as gone:
            return Page(gone.url, left=True)
        except HTTPError as error:
            # A page all the same: the payment pages answer 4xx for a link that was used before.
            with error:
                return _read(error.url or request.full_url, error.read().decode())


class _LeftPagesError(Exception):
    """A redirect leads back to the council."""

    def __init__(self, url: str) -> None:
        super().__init__("the payer has left the payment pages")
        self.url = url


class _StayOnPages(urllib.request.HTTPRedirectHandler):
    """Follows redirects between payment pages, and stops at the first that leads elsewhere."""

    def redirect_request(  # noqa: PLR0917 -- how urllib calls it
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if urlsplit(newurl).netloc != urlsplit(req.full_url).netloc:
            fp.close()
            raise _LeftPagesError(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _read(url: str, html: str) -> Page:
    reader = _Reader()
    reader.feed(html)
    return Page(url, " ".join("".join(reader.heading).split()), tuple(reader.forms))


class _Reader(HTMLParser):
    """Finds the heading, the forms, their fields and their buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.heading: list[str] = []
        self.forms: list[Form] = []
        self._within: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in {"h1", "button"}:
            self._within.append(tag)
        elif tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        elif tag == "input" and self.forms and "name" in given:
            self.forms[-1].fields[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._within:
            self._within.remove(tag)

    def handle_data(self, data: str) -> None:
        if "h1" in self._within:
            self.heading.append(data)
        if "button" in self._within and self.forms:
            self.forms[-1].button += data.strip()
