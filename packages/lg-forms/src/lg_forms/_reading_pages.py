# SPDX-License-Identifier: MIT
"""Read a page's HTML as far as a test looks at it: title, heading, form, errors, links, rows."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

__all__ = ["Control", "Parsed", "parsed"]

_VOID = frozenset({"input", "link", "meta", "br", "hr", "img"})
_UNSEEN = frozenset({"script", "style", "title"})


@dataclass(slots=True)
class Control:
    """An input of the form. Its `repr` shows only what it is, not what stands in it.

    Attributes:
        name: its name.
        kind: the input's type, or `select` or `textarea`.
        value: its value; of a choice, the value that it sends.
        checked: whether a choice is chosen.
        attributes: all its attributes.
    """

    name: str
    kind: str
    value: str = field(default="", repr=False)
    checked: bool = False
    attributes: dict[str, str] = field(default_factory=dict[str, str], repr=False)


@dataclass(slots=True)
class Parsed:
    """What was read of a page."""

    title: str = ""
    language: str = ""
    heading: str = ""
    text: str = ""
    controls: list[Control] = field(default_factory=list[Control])
    errors: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    links: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    rows: dict[str, str] = field(default_factory=dict[str, str])
    ids: list[str] = field(default_factory=list[str])


class _Reader(HTMLParser):
    """Keeps the open elements, and gives each its text when it closes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Parsed()
        self._open: list[tuple[str, dict[str, str], list[str]]] = []
        self._key = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if "id" in attributes:
            self.page.ids.append(attributes["id"])
        if tag == "html":
            self.page.language = attributes.get("lang", "")
        if tag == "br":
            self.handle_data("\n")
        if tag == "input":
            self._control(attributes.get("type", "text"), attributes, attributes.get("value", ""))
        if tag == "select":
            self._control("select", attributes, "")
        if tag == "option" and "selected" in attributes:
            self.page.controls[-1].value = attributes.get("value", "")
        if tag not in _VOID:
            self._open.append((tag, attributes, []))

    def handle_data(self, data: str) -> None:
        if any(tag in _UNSEEN for tag, _, _ in self._open):
            if self._open[-1][0] == "title":
                self._open[-1][2].append(data)
            return
        for _, _, texts in self._open:
            texts.append(data)

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            opened, attributes, texts = self._open.pop()
            if opened == tag:
                self._closed(tag, attributes, "".join(texts))
                return

    def _closed(self, tag: str, attributes: dict[str, str], raw: str) -> None:
        page = self.page
        text = " ".join(raw.split())
        classes = attributes.get("class", "").split()
        if tag == "title":
            page.title = text
        elif tag == "h1":
            page.heading = text
        elif tag == "main":
            page.text = text
        elif tag == "textarea":
            self._control("textarea", attributes, raw.removeprefix("\n"))
        elif tag == "a":
            page.links.append((text, attributes.get("href", "")))
            if any("error-summary" in each[1].get("class", "") for each in self._open):
                page.errors.append((attributes.get("href", ""), text))
        elif "govuk-summary-list__key" in classes:
            self._key = text
        elif "govuk-summary-list__value" in classes:
            page.rows[self._key] = "\n".join(
                " ".join(line.split()) for line in raw.strip().splitlines()
            )

    def _control(self, kind: str, attributes: dict[str, str], value: str) -> None:
        self.page.controls.append(
            Control(attributes.get("name", ""), kind, value, "checked" in attributes, attributes)
        )


def parsed(html: str) -> Parsed:
    """Read a page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.page
