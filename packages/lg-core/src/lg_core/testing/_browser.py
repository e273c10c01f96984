# SPDX-License-Identifier: MIT
"""A browser of sorts, without JavaScript: opens pages over HTTP, fills in forms, presses buttons.

It knows nothing beyond what the pages show, as a resident does. It opens addresses on this machine
alone, so a test or a demonstration never reaches a real service: a redirect that leads elsewhere
ends the way, and the page says so.
"""

import http.client
import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from typing import IO
from urllib.error import HTTPError
from urllib.parse import quote, urlencode, urljoin

from lg_core.settings import is_loopback

__all__ = ["Browser", "Button", "Form", "Page", "read_page"]

_TIMEOUT_SECONDS = 10.0
_NOT_QUOTED = "%/:=&?~#+!$,;'@()*[]"  # what stands in an address as it is (RFC 3986, 2.2)
_NOT_TYPED = {"button", "image", "reset", "submit"}


@dataclass(frozen=True, slots=True)
class Button:
    """A button of a form.

    Attributes:
        text: what it says.
        name: the field that pressing it sends, or nothing.
        value: the field's value.
    """

    text: str
    name: str = ""
    value: str = ""


@dataclass(slots=True)
class Form:
    """One form of a page.

    Attributes:
        action: where it is sent.
        method: how, in small letters.
        fields: the values of its fields, as the page gives them; never printed.
        choices: for each group of radio buttons, checkboxes or options, its values and labels.
        buttons: its buttons.
    """

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict[str, str], repr=False)
    choices: dict[str, dict[str, str]] = field(
        default_factory=dict[str, dict[str, str]], repr=False
    )
    buttons: list[Button] = field(default_factory=list[Button])

    @property
    def button(self) -> str:
        """What the first button says; nothing where there is none."""
        return self.buttons[0].text if self.buttons else ""


@dataclass(frozen=True, slots=True)
class Page:
    """What somebody sees.

    Attributes:
        url: where it is; not printed, since it may hold somebody's id.
        status: the HTTP status; 0 for a page that was not opened.
        title: its title.
        heading: its main heading.
        text: all its text, in one line.
        forms: its forms, in order.
        links: the address of each link, by its text.
        rows: what its description lists say, by the term.
        left: whether this address is not on this machine, and so was not opened.
    """

    url: str = field(repr=False)
    status: int = 0
    title: str = ""
    heading: str = ""
    text: str = field(default="", repr=False)
    forms: tuple[Form, ...] = field(default=(), repr=False)
    links: dict[str, str] = field(default_factory=dict[str, str], repr=False)
    rows: dict[str, str] = field(default_factory=dict[str, str], repr=False)
    left: bool = False


class Browser:
    """Opens pages on this machine, and keeps cookies. Another browser is another `Browser()`."""

    def __init__(self) -> None:
        # No proxy of the environment: the pages are on this machine.
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(CookieJar()),
            _StayHere(),
        )

    def open(self, url: str) -> Page:
        """Open a page.

        Args:
            url: its address.

        Returns:
            The page; with `left` where the address is not on this machine.
        """
        if not is_loopback(url):
            return Page(url, left=True)
        return self._load(_request(url))

    def follow(self, page: Page, link: str) -> Page:
        """Follow a link.

        Args:
            page: the page that it is on.
            link: how its text begins.

        Raises:
            LookupError: the page has no such link.
        """
        for text, href in page.links.items():
            if text.startswith(link):
                return self.open(urljoin(page.url, href))
        raise LookupError(f"The page '{page.heading}' has no link '{link}'.")

    def press(self, page: Page, button: str, **values: str) -> Page:
        """Fill in the form that has a button, and press it.

        Args:
            page: the page.
            button: how the text of the button begins.
            values: what to fill in, by field.

        Returns:
            The page that comes next, redirects followed.

        Raises:
            LookupError: the page has no such button, its form no such field, or the field no such
                choice.
        """
        form, pressed = _find(page, button)
        for name, value in values.items():
            if name not in form.fields and name not in form.choices:
                raise LookupError(f"The page '{page.heading}' has no field {name}.")
            if name in form.choices and value not in form.choices[name]:
                raise LookupError(f"The page '{page.heading}' has no such choice of {name}.")
        given = form.fields | values | ({pressed.name: pressed.value} if pressed.name else {})
        data = urlencode(given)
        url = urljoin(page.url, form.action)
        if form.method == "get":
            return self.open(f"{url}?{data}" if data else url)
        if not is_loopback(url):
            return Page(url, left=True)
        return self._load(_request(url, data.encode()))

    def _load(self, request: urllib.request.Request) -> Page:
        try:
            with self._opener.open(request, timeout=_TIMEOUT_SECONDS) as answer:
                return read_page(answer.url, _text(answer.read()), status=answer.status)
        except _LeftError as gone:
            return Page(gone.url, left=True)
        except HTTPError as error:
            with error:  # a page all the same
                url = error.url or request.full_url
                return read_page(url, _text(error.read()), status=error.code)


def _request(url: str, data: bytes | None = None) -> urllib.request.Request:
    # An address with a space would be refused by an error that repeats it.
    return urllib.request.Request(quote(url, safe=_NOT_QUOTED), data=data)  # noqa: S310 -- on this machine


def _text(body: bytes) -> str:
    return body.decode(errors="replace")  # the error of a strict one would hold the page


def _find(page: Page, button: str) -> tuple[Form, Button]:
    for form in page.forms:
        for one in form.buttons:
            if one.text.startswith(button):
                return form, one
    raise LookupError(f"The page '{page.heading}' has no button '{button}'.")


class _LeftError(Exception):
    """A redirect leads away from this machine."""

    def __init__(self, url: str) -> None:
        super().__init__("a redirect leads to another machine")
        self.url = url


class _StayHere(urllib.request.HTTPRedirectHandler):
    """Follows redirects on this machine, and stops at the first that leads elsewhere."""

    def redirect_request(  # noqa: PLR0917 -- how urllib calls it
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if not is_loopback(newurl):
            fp.close()
            raise _LeftError(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def read_page(url: str, html: str, *, status: int = 200) -> Page:
    """Read a page.

    Args:
        url: where it is.
        html: the page.
        status: the HTTP status that it came with.

    Returns:
        What somebody would see.
    """
    reader = _Reader()
    reader.feed(html)
    return Page(
        url,
        status,
        _line(reader.texts["title"]),
        _line(reader.texts["h1"]),
        _line(reader.all),
        tuple(reader.forms),
        reader.links,
        reader.rows,
    )


def _line(parts: list[str]) -> str:
    return " ".join("".join(parts).split())


class _Reader(HTMLParser):
    """Finds headings, links, lists, forms, their fields and their buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[str, list[str]] = {"title": [], "h1": []}
        self.all: list[str] = []
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self.rows: dict[str, str] = {}
        self._open: list[tuple[str, dict[str, str], list[str]]] = []
        self._labels: dict[str, tuple[Form, str, str]] = {}
        self._select: str | None = None
        self._term = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        elif tag == "input" and self.forms and "name" in given:
            self._input(self.forms[-1], given)
        elif tag == "select" and self.forms:
            self._select = given.get("name")
        if tag in _READ:
            self._open.append((tag, given, []))
        elif tag in _BLOCKS:
            self.all.append(" ")

    def _input(self, form: Form, given: dict[str, str]) -> None:
        kind, name, value = given.get("type", "text"), given["name"], given.get("value", "")
        if kind in _NOT_TYPED:
            return
        if kind in {"radio", "checkbox"}:
            form.choices.setdefault(name, {})[value] = ""
            self._labels[given.get("id", "")] = (form, name, value)
            if "checked" in given:
                form.fields[name] = value
        else:
            form.fields[name] = value

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None
        if tag in _BLOCKS:
            self.all.append(" ")
        if not any(tag == one for one, _, _ in self._open):
            return
        while True:  # whatever was left open within it ends with it
            name, given, parts = self._open.pop()
            self._close(name, given, _line(parts))
            if name == tag:
                return

    def _close(self, tag: str, given: dict[str, str], text: str) -> None:
        form = self.forms[-1] if self.forms else None
        if tag == "a" and "href" in given:
            self.links.setdefault(text, given["href"])
        elif tag == "dt":
            self._term = text
        elif tag == "dd":
            self.rows.setdefault(self._term, text)
        elif tag == "label" and given.get("for") in self._labels:
            owner, name, value = self._labels[given["for"]]
            owner.choices[name][value] = text
        elif tag == "button" and form is not None:
            form.buttons.append(Button(text, given.get("name", ""), given.get("value", "")))
        elif tag == "textarea" and form is not None and "name" in given:
            form.fields[given["name"]] = text
        elif tag == "option" and form is not None and self._select is not None:
            value = given.get("value", text)
            form.choices.setdefault(self._select, {})[value] = text
            if "selected" in given or self._select not in form.fields:
                form.fields[self._select] = value

    def handle_data(self, data: str) -> None:
        for tag, _, parts in self._open:
            parts.append(data)
            if tag in self.texts:
                self.texts[tag].append(data)
        if not any(tag in {"script", "style", "title"} for tag, _, _ in self._open):
            self.all.append(data)


_READ = {
    "a", "button", "dd", "dt", "h1", "label", "option", "script", "style", "textarea", "title",
}  # fmt: skip
_BLOCKS = {"br", "dd", "div", "dl", "dt", "h1", "h2", "h3", "li", "main", "p", "section", "ul"}
