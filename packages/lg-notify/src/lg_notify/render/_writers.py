# SPDX-License-Identifier: MIT
"""Write an e-mail or a letter from its blocks: as HTML, as text, or as one line. Pure.

The HTML is that of notifications-utils 127.0.0, to the character, so that a preview looks as the
e-mail does. A letter's is without the classes that Notify's own style sheet needs.
"""

import html
import re
from itertools import count
from typing import Protocol, assert_never

from lg_notify.render._blocks import document_of
from lg_notify.render._escaping import address_of, attribute
from lg_notify.render._inline import InlineReader
from lg_notify.render._nodes import (
    Block,
    Code,
    Document,
    Gap,
    Heading,
    ListBlock,
    Paragraph,
    Quote,
    Rule,
    Text,
)

__all__ = [
    "EmailHtml",
    "EmailText",
    "LetterHtml",
    "LetterText",
    "OneLine",
    "Writer",
    "is_qr_code",
    "written",
]

_WIDTH = 65
"""Columns of the text of an e-mail."""

_STYLE = "font-size: 19px; line-height: 25px; color: #0B0C0C;"
_LINK_STYLE = "word-wrap: break-word; color: #1D70B8;"
_QR = re.compile(r"\s*qr\s*:\s*(.+)", re.IGNORECASE)


class Writer(Protocol):
    """How each kind of block, and what stands in a line, is written."""

    def heading(self, text: str, level: int) -> str:
        """Write a heading."""
        ...

    def paragraph(self, text: str) -> str:
        """Write a paragraph; nothing for an empty one."""
        ...

    def rule(self) -> str:
        """Write a line across, or the end of a page."""
        ...

    def inset(self, text: str) -> str:
        """Write inset text."""
        ...

    def listing(self, items: list[str], *, ordered: bool) -> str:
        """Write a list."""
        ...

    def link(self, address: str, title: str | None, text: str) -> str:
        """Write a link with a text of its own."""
        ...

    def autolink(self, address: str) -> str:
        """Write an address that stands in the text."""
        ...

    def line_break(self) -> str:
        """Write the end of a line."""
        ...


def written(source: str, writer: Writer, *, tags: bool) -> str:
    """Write a body.

    Args:
        source: the body with its values: escaped for HTML, or as it is.
        writer: how it is written.
        tags: whether it is as it is, so that `<` may begin an element.

    Returns:
        What the writer makes of it.
    """
    document = document_of(source, tags=tags)
    reader = InlineReader(document, writer, tags=tags)
    body = _blocks(document.blocks, writer, reader)
    return body + _notes(document, writer, reader)


def _notes(document: Document, writer: Writer, reader: InlineReader) -> str:
    reader.in_note = True
    return "".join(_blocks(document.notes[key], writer, reader) for key in reader.used_notes)


def _blocks(blocks: tuple[Block, ...], writer: Writer, reader: InlineReader) -> str:
    return "".join(_block(block, writer, reader) for block in blocks)


def _block(block: Block, writer: Writer, reader: InlineReader) -> str:  # noqa: PLR0911 -- one for each kind
    match block:
        case Heading(level, text):
            return writer.heading(reader.read(text), level)
        case Paragraph(text) | Text(text):
            return writer.paragraph(reader.read(text))
        case Code(text):
            return text
        case Rule():
            return writer.rule()
        case Gap():
            return writer.line_break()
        case Quote(blocks):
            return writer.inset(_blocks(blocks, writer, reader))
        case ListBlock(ordered, items):
            texts = [
                "".join(
                    reader.read(each.text)
                    if isinstance(each, Text) and not item.loose
                    else _block(each, writer, reader)
                    for each in item.blocks
                ).strip()
                for item in items
            ]
            return writer.listing(texts, ordered=ordered)
        case _:
            assert_never(block)


class EmailHtml:
    """The HTML of an e-mail, each element with its own style, as e-mail programs need it."""

    def heading(self, text: str, level: int) -> str:
        """Write `#` as h2 and `##` as h3; deeper ones are paragraphs."""
        size = {1: ("h2", "27px", "35px"), 2: ("h3", "19px", "25px")}.get(level)
        if size is None:
            return self.paragraph(text)
        tag, font, line = size
        return (
            f'<{tag} style="Margin: 0 0 15px 0; padding: 10px 0 0 0; font-size: {font}; '
            f'line-height: {line}; font-weight: bold; color: #0B0C0C;">{text}</{tag}>'
        )

    def paragraph(self, text: str) -> str:
        """Write a paragraph; nothing for an empty one."""
        return f'<p style="Margin: 0 0 20px 0; {_STYLE}">{text}</p>' if text.strip() else ""

    def rule(self) -> str:
        """Write a line across."""
        return '<hr style="border: 0; height: 1px; background: #B1B4B6; Margin: 30px 0 30px 0;">'

    def inset(self, text: str) -> str:
        """Write inset text."""
        return (
            '<div style="Margin: 0 0 20px 0;"><blockquote style="Margin: 0; '
            "border-left: 10px solid #B1B4B6;padding: 15px 0 0.1px 15px; "
            f'font-size: 19px; line-height: 25px;">{text}</blockquote></div>'
        )

    def listing(self, items: list[str], *, ordered: bool) -> str:
        """Write a list in a table, which keeps its margin in every program."""
        tag, kind = ("ol", "decimal") if ordered else ("ul", "disc")
        inner = "".join(
            '<li style="Margin: 5px 0 5px; padding: 0 0 0 5px; font-size: 19px;'
            f'line-height: 25px; color: #0B0C0C;">{item}</li>'
            for item in items
        )
        return (
            '<table role="presentation" style="padding: 0 0 20px 0;"><tr>'
            '<td style="font-family: Helvetica, Arial, sans-serif;">'
            f'<{tag} style="Margin: 0 0 0 20px; padding: 0; list-style-type: {kind};">'
            f"{inner}</{tag}></td></tr></table>"
        )

    def link(self, address: str, title: str | None, text: str) -> str:
        """Write a link."""
        said = f' title="{attribute(title)}"' if title else ""
        shown = text or attribute(address)
        return f'<a style="{_LINK_STYLE}" href="{address_of(address)}"{said}>{shown}</a>'

    def autolink(self, address: str) -> str:
        """Write an address as a link to itself."""
        return self.link(address, None, address)

    def line_break(self) -> str:
        """Write the end of a line."""
        return "<br>"


class EmailText:
    """The text of an e-mail, for programs that show no HTML."""

    def heading(self, text: str, level: int) -> str:
        """Underline `#` and `##`; deeper ones are paragraphs."""
        line = {1: "=", 2: "-"}.get(level)
        return f"\n\n\n{text}\n{line * _WIDTH}" if line else self.paragraph(text)

    def paragraph(self, text: str) -> str:
        """Write a paragraph; nothing for an empty one."""
        return f"\n\n{text}" if text.strip() else ""

    def rule(self) -> str:
        """Write a line across."""
        return self.paragraph(("=-" * _WIDTH)[:_WIDTH])

    def inset(self, text: str) -> str:
        """Write inset text as any other."""
        return text

    def listing(self, items: list[str], *, ordered: bool) -> str:
        """Write a list with its bullets or numbers."""
        signs = (f"{number}." for number in count(1)) if ordered else iter(lambda: "\u2022", "")
        return "\n" + "".join(f"\n{sign} {item}" for item, sign in zip(items, signs, strict=False))

    def link(self, address: str, title: str | None, text: str) -> str:
        """Write a link's text, and its address after it."""
        return f"{text} ({title}): {address}" if title else f"{text}: {address}"

    def autolink(self, address: str) -> str:
        """Write an address."""
        return address

    def line_break(self) -> str:
        """Write the end of a line."""
        return "\n"


class OneLine(EmailText):
    """What an e-mail program shows beside the subject: text without rules and addresses."""

    def heading(self, text: str, level: int) -> str:
        """Write a heading as any other text."""
        del level
        return self.paragraph(text)

    def rule(self) -> str:
        """Write nothing."""
        return ""

    def link(self, address: str, title: str | None, text: str) -> str:
        """Write a link's text alone."""
        del address
        return f"{text} ({title})" if title else text


class LetterHtml(EmailHtml):
    """A letter's text as HTML. Links are printed, not followed."""

    def heading(self, text: str, level: int) -> str:
        """Write `#` as h2; deeper ones are paragraphs."""
        return f"<h2>{text}</h2>" if level == 1 else self.paragraph(text)

    def paragraph(self, text: str) -> str:
        """Write a paragraph, or the place of a QR code with what the code says."""
        if not text.strip():
            return ""
        if match := is_qr_code(text):
            return f'<p class="qr-code">QR code: {match[1]}</p>'
        return f"<p>{text}</p>"

    def rule(self) -> str:
        """End the page."""
        return '<div class="page-break">&nbsp;</div>'

    def inset(self, text: str) -> str:
        """Write inset text as any other."""
        return text

    def listing(self, items: list[str], *, ordered: bool) -> str:
        """Write a list."""
        tag = "ol" if ordered else "ul"
        return f"<{tag}>{''.join(f'<li>{item}</li>' for item in items)}</{tag}>"

    def link(self, address: str, title: str | None, text: str) -> str:
        """Write a link as its source: Notify's letters make none."""
        said = f' "{attribute(title)}"' if title else ""
        return f"[{text}]({attribute(address)}{said})"

    def autolink(self, address: str) -> str:
        """Write an address without its scheme, in bold."""
        return f"<strong>{re.sub('https?://', '', address)}</strong>"


class LetterText(EmailText):
    """A letter's text in lines, and what its QR codes say."""

    def __init__(self) -> None:
        self.codes: list[str] = []

    def heading(self, text: str, level: int) -> str:
        """Write a heading without an underline."""
        return f"\n\n{text}" if level == 1 else self.paragraph(text)

    def paragraph(self, text: str) -> str:
        """Write a paragraph, and keep what a QR code says."""
        if match := is_qr_code(text.replace("\n", "<br>")):
            # Notify puts the break's tag into the code.
            self.codes.append(html.unescape(match[1]))
        return f"\n\n{text}" if text.strip() else ""

    def rule(self) -> str:
        """End the page: an empty line here."""
        return "\n"

    def link(self, address: str, title: str | None, text: str) -> str:
        """Write a link as its source."""
        said = f' "{title}"' if title else ""
        return f"[{text}]({address}{said})"


def is_qr_code(text: str) -> re.Match[str] | None:
    """Say whether a paragraph is a QR code, `qr: ` and what it says (docs, 'Add a QR code').

    Args:
        text: the paragraph.

    Returns:
        The match, whose first group is what the code says; None for other text.
    """
    return _QR.fullmatch(text)
