# SPDX-License-Identifier: MIT
"""Read what stands in a line of an e-mail or a letter: links, line breaks, escaped signs. Pure.

Notify has switched bold, italic, struck and code off (docs, 'Formatting'); outputs of
notifications-utils 127.0.0 say the rest. A backslash before a sign of Markdown keeps the sign,
except before `<`.
"""

import re
from typing import Protocol

from lg_notify.render._blocks import key_of_link
from lg_notify.render._nodes import Document

__all__ = ["InlineReader", "InlineWriter"]

_ESCAPE = re.compile(r"\\([\\`*{}\[\]()#+\-.!_>~|])")
_PLACEHOLDER = re.compile(r"<span class='placeholder(?:-conditional)?'>[^<]*</span>")
_ENDING = r"(?!:/|[^\w\s@]*@)\b"
_ATTRIBUTE = r"\s*[a-zA-Z-](?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s'\">]+))?"
_TAG = re.compile(
    r"<!--[\s\S]*?-->"
    rf"|<(\w+{_ENDING})(?:{_ATTRIBUTE})*?\s*>[\s\S]*?</\1>"
    rf"|<\w+{_ENDING}(?:{_ATTRIBUTE})*?\s*/?>"
)
_ANGLED = re.compile(r"<([^ >]+(@|:)[^ >]+)>")
_URL = re.compile(r"https?://[^\s<]+[^<.,:\"')\]\s]")
_NOTE = re.compile(r"\[\^([^\]]+)\]")
_LABEL = r"!?\[((?:\[[^^\]]*\]|[^\[\]]|\](?=[^\[]*\]))*)\]"
_LINK = re.compile(_LABEL + r"\(\s*(<)?([\s\S]*?)(?(2)>)(?:\s+['\"]([\s\S]*?)['\"])?\s*\)")
_NAMED = re.compile(_LABEL + r"\s*\[([^^\]]*)\]")
_SHORT = re.compile(r"!?\[((?:\[[^\]]*\]|[^\[\]])*)\]")
_LINE_BREAK = re.compile(r" *\n(?!\s*$)")
_PLAIN = re.compile(r"[\s\S]+?(?=[\\<!\[_*`~]|https?://| *\n|$)")
_AMPERSAND = re.compile(r"&(?!#?\w+;)")
_DEEPEST = 20
"""Brackets in brackets beyond this are text. Nobody writes them, and Python's stack ends."""


class InlineWriter(Protocol):
    """How what stands in a line is written."""

    def link(self, address: str, title: str | None, text: str) -> str:
        """Write a link with a text of its own."""
        ...

    def autolink(self, address: str) -> str:
        """Write an address that stands in the text."""
        ...

    def line_break(self) -> str:
        """Write the end of a line."""
        ...


class InlineReader:
    """Reads lines of one document.

    Args:
        document: where links and footnotes are defined.
        writer: how it is written.
        tags: whether `<` may begin an element that somebody typed.
    """

    def __init__(self, document: Document, writer: InlineWriter, *, tags: bool) -> None:
        self._document = document
        self._writer = writer
        self._tags = tags
        self._in_link = False
        self._depth = 0
        self.in_note = False
        self.used_notes: list[str] = []

    def read(self, text: str) -> str:
        """Return a text as the writer writes it.

        Args:
            text: the lines.
        """
        text = text.rstrip("\n")
        parts: list[str] = []
        at = 0
        while at < len(text):
            written, at = self._next(text, at)
            parts.append(written)
        return "".join(parts)

    def _next(self, text: str, at: int) -> tuple[str, int]:
        first = text[at]
        found = None
        if first == "\\" and (match := _ESCAPE.match(text, at)):
            found = _safe(match[1]), match.end()
        elif first == "<":
            found = self._angle(text, at)
        elif first == "h" and (match := _URL.match(text, at)):
            written = _safe(match[0])
            found = written if self._in_link else self._writer.autolink(written), match.end()
        elif first in "![":
            found = self._bracket(text, at)
        elif first in " \n" and (match := _LINE_BREAK.match(text, at)):
            found = self._writer.line_break(), match.end()
        if found is not None:
            return found
        match = _PLAIN.match(text, at)
        end = match.end() if match else len(text)
        return _safe(text[at:end]), end

    def _angle(self, text: str, at: int) -> tuple[str, int] | None:
        if match := (_TAG if self._tags else _PLACEHOLDER).match(text, at):
            return match[0], match.end()
        if match := _ANGLED.match(text, at):
            address = _safe(match[1])
            written = address if match[2] == "@" else self._writer.autolink(address)
            return written, match.end()
        return None

    def _bracket(self, text: str, at: int) -> tuple[str, int] | None:
        if not self.in_note and (match := _NOTE.match(text, at)):
            key = key_of_link(match[1])
            if key in self._document.notes and key not in self.used_notes:
                self.used_notes.append(key)
                return "", match.end()
        if match := _LINK.match(text, at):
            return self._link(match, match[3], match[4]), match.end()
        for pattern in (_NAMED, _SHORT):
            if match := pattern.match(text, at):
                name = (match[2] if pattern is _NAMED else "") or match[1]
                defined = self._document.links.get(key_of_link(name))
                if defined is not None:
                    return self._link(match, *defined), match.end()
        return None

    def _link(self, match: re.Match[str], address: str, title: str | None) -> str:
        if match[0].startswith("!"):
            return ""  # Notify shows no picture
        if self._depth == _DEEPEST:
            return self._writer.link(address, title, _safe(match[1]))
        self._in_link = True
        self._depth += 1
        text = self.read(match[1])
        self._depth -= 1
        self._in_link = False
        return self._writer.link(address, title, text)


def _safe(text: str) -> str:
    """Escape what is not escaped yet; a character reference stays."""
    return _AMPERSAND.sub("&amp;", text).replace("<", "&lt;").replace(">", "&gt;")
