# SPDX-License-Identifier: MIT
"""Make text safe for HTML as GOV.UK Notify does, and say how a mark without a value shows. Pure."""

import html
import re
from urllib.parse import quote

from lg_notify.render._fields import Mark

__all__ = ["address_of", "attribute", "escaped", "marked", "unescaped"]

_KEPT = re.compile(r"(&nbsp;|&amp;)")
_REFERENCE = re.compile(r"&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[^\t\n\f <&#;]{1,32});")
_SCHEMES = ("ftp:", "file:", "http:", "https:", "mailto:", "tel:")
# A mark in an address, where the reader of links may have taken its first and last bracket off.
_MARKED = re.compile(r"<?span class='placeholder(?:-conditional)?'>(.*?)</span>?")
_BRACKETS = str.maketrans(
    {"[": "&#91;", "]": "&#93;", "\n": " ", "\r": " ", "\\": "&#92;", "\t": " "}
)


def escaped(text: str) -> str:
    """Escape a text for HTML.

    A character reference that somebody typed counts as its character, but `&nbsp;` and `&amp;`
    stay as they are (outputs of notifications-utils 127.0.0).

    Args:
        text: what the template or a value says.

    Returns:
        The same without markup.
    """
    if "&" not in text and "<" not in text and ">" not in text:
        return text
    parts = _KEPT.split(text)
    parts[::2] = [html.escape(unescaped(part), quote=False) for part in parts[::2]]
    return "".join(parts)


def unescaped(text: str) -> str:
    """Read character references, those that end with a semicolon alone.

    Args:
        text: what may hold them.

    Returns:
        The text.
    """
    return _REFERENCE.sub(lambda match: html.unescape(match[0]), text)


def attribute(text: str) -> str:
    """Make text of escaped HTML safe between double quotes.

    Args:
        text: the text.

    Returns:
        The same without quotes and tags.
    """
    return text.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def address_of(link: str) -> str:
    """Make a link's address safe in HTML.

    Args:
        link: the address, from escaped text.

    Returns:
        The address with a scheme, and without what would end an attribute. A scheme that Notify
        does not know, such as `javascript:`, becomes part of an `http://` address.
    """
    link = _MARKED.sub(r"\1", link)
    if not link.lower().startswith(_SCHEMES):
        link = f"http://{link}"
    return quote(link, safe=":/?#=&;%", errors="replace")


def marked(mark: Mark) -> str:
    """Show a mark that has no value, as Notify's pages do.

    Args:
        mark: the mark.

    Returns:
        An element of HTML, in one line.
    """
    # A bracket or a line's end in the name must not take part in the Markdown.
    name = escaped(mark.name).translate(_BRACKETS)
    if mark.text is None:
        return f"<span class='placeholder'>&#40;&#40;{name}&#41;&#41;</span>"
    return (
        f"<span class='placeholder-conditional'>&#40;&#40;{name}??</span>"
        f"{escaped(mark.text)}&#41;&#41;"
    )
