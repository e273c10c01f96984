# SPDX-License-Identifier: MIT
"""Turn the text of an email into HTML, as GOV.UK Notify does.

Source: technical documentation, 'Formatting'; the outputs recorded from notifications-utils
127.0.0, 'email'. Headings, lists, insets, rules and links, and nothing else: what looks like bold,
code or a table stays text, and HTML is escaped.

First the text is cut into blocks (`blocks_of`), then each is written. Tables stand around lists
because the real emails have them: mail programs need them.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from html import escape

__all__ = ["Block", "Kind", "blocks_of", "inline", "to_html"]


class Kind(Enum):
    """What a block is."""

    HEADING = "heading"
    SUBHEADING = "subheading"
    PARAGRAPH = "paragraph"
    INSET = "inset"
    RULE = "rule"
    BULLETS = "bullets"
    NUMBERS = "numbers"


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a text.

    Args:
        kind: what it is.
        text: its text; empty for lists and rules.
        items: the items of a list, each as the blocks that it holds.
    """

    kind: Kind
    text: str = field(default="", repr=False)
    items: "tuple[tuple[Block, ...], ...]" = ()


_FONT = "font-size: 19px; line-height: 25px; color: #0B0C0C;"
_STYLES = {
    Kind.HEADING: (
        "Margin: 0 0 15px 0; padding: 10px 0 0 0; font-size: 27px; line-height: 35px; "
        "font-weight: bold; color: #0B0C0C;"
    ),
    Kind.SUBHEADING: (
        "Margin: 0 0 15px 0; padding: 10px 0 0 0; font-size: 19px; line-height: 25px; "
        "font-weight: bold; color: #0B0C0C;"
    ),
    Kind.PARAGRAPH: f"Margin: 0 0 20px 0; {_FONT}",
    Kind.RULE: "border: 0; height: 1px; background: #B1B4B6; Margin: 30px 0 30px 0;",
}
_INSET = (
    "Margin: 0; border-left: 10px solid #B1B4B6;padding: 15px 0 0.1px 15px; font-size: 19px; "
    "line-height: 25px;"
)
_ITEM = "Margin: 5px 0 5px; padding: 0 0 0 5px; font-size: 19px;line-height: 25px; color: #0B0C0C;"
_LISTS = {
    Kind.BULLETS: ("ul", "disc"),
    Kind.NUMBERS: ("ol", "decimal"),
}
_LINK = "word-wrap: break-word; color: #1D70B8;"

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*")
_RULE = re.compile(r"\s*(?:-\s*){3,}|\s*(?:_\s*){3,}")
_INSET_MARK = re.compile(r"\^\s*(.*)")
_ITEM_MARK = re.compile(r"(\s*)(?:(\*(?!\s*$)|[\u2022-](?=\s))|([0-9]+)\.(?=\s))\s*(.*)")
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_TOKEN = re.compile(
    r"""\[(?P<text>[^\[\]]+)\]\(\s*(?P<url>[^\s()"]+)(?:\s+"(?P<title>[^"]*)")?\s*\)"""
    r"""|(?P<bare>https?://[^\s<>"\u201c\u201d]+[^\s<>"'.,;:!?)\]\u201c\u201d\u2019])"""
    r"""|\\(?P<escaped>[\\`*_{}\[\]()#+\-.!<>|~])"""
)
_DOMAIN = re.compile(r"(?<![\w.@/-])gov\.uk")
_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|#[0-9]+);)")
_QUOTE_OPENS = re.compile(r"""(^|[\s(\[{>])(["'])""")


def to_html(text: str) -> str:
    """Write the text of an email as HTML.

    Args:
        text: the template's Markdown with its values.

    Returns:
        The HTML, with Notify's styles.
    """
    return "".join(map(_written, blocks_of(text)))


def blocks_of(text: str) -> tuple[Block, ...]:
    """Cut a text into its blocks.

    Args:
        text: the text.

    Returns:
        The blocks, in order.
    """
    found: list[Block] = []
    lines = _IMAGE.sub("", text).splitlines()
    while lines:
        line = lines[0]
        heading = _HEADING.fullmatch(line)
        inset = _INSET_MARK.fullmatch(line.strip())
        if not line.strip():
            lines.pop(0)
        elif heading:
            found.append(_heading(heading))
            lines.pop(0)
        elif _RULE.fullmatch(line):
            found.append(Block(Kind.RULE))
            lines.pop(0)
        elif inset:
            found.append(Block(Kind.INSET, inset[1].strip()))
            lines.pop(0)
        elif _ITEM_MARK.fullmatch(line):
            found.append(_take_list(lines))
        else:
            found.append(_take_paragraph(lines))
    return tuple(found)


def inline(text: str, *, link: str = f' style="{_LINK}"') -> str:
    """Write the text of a block: links, line breaks and typography.

    Args:
        text: the text.
        link: other attributes of its links.

    Returns:
        The HTML.
    """
    done: list[str] = []
    place = 0
    for match in _TOKEN.finditer(text):
        done.append(_plain(text[place : match.start()]))
        place = match.end()
        if match["escaped"]:
            done.append(escape(match["escaped"], quote=False))
            continue
        url = escape(match["bare"] or match["url"])
        shown = url if match["bare"] else _plain(match["text"])
        title = f' title="{escape(match["title"])}"' if match["title"] else ""
        done.append(f'<a{link} href="{url}"{title}>{shown}</a>')
    done.append(_plain(text[place:]))
    return "".join(done).replace("\n", "<br>")


def _heading(match: re.Match[str]) -> Block:
    kinds = {1: Kind.HEADING, 2: Kind.SUBHEADING}
    return Block(kinds.get(len(match[1]), Kind.PARAGRAPH), match[2])


def _take_paragraph(lines: list[str]) -> Block:
    taken: list[str] = []
    while lines and lines[0].strip() and not _starts_block(lines[0], first=not taken):
        taken.append(lines.pop(0).lstrip())
        if taken[-1].startswith("+ "):
            break  # looks like a list, and each line of it is a paragraph
    return Block(Kind.PARAGRAPH, "\n".join(taken))


def _starts_block(line: str, *, first: bool) -> bool:
    if first:
        return False
    return any(
        (
            _HEADING.fullmatch(line),
            _RULE.fullmatch(line),
            _INSET_MARK.fullmatch(line.strip()),
            _ITEM_MARK.fullmatch(line),
        )
    )


def _take_list(lines: list[str]) -> Block:
    """Take a list with what is indented below its items.

    A list of numbers that follows bullets after a blank line goes on with them, as Notify's
    library has it.
    """
    start = _ITEM_MARK.fullmatch(lines[0])
    depth = len(start[1]) if start else 0
    kind = Kind.BULLETS if start and start[2] else Kind.NUMBERS
    items: list[list[str]] = []
    while lines:
        match = _ITEM_MARK.fullmatch(lines[0])
        if match and not _RULE.fullmatch(lines[0]) and len(match[1]) <= depth + 1:
            items.append([match[4]])
        elif lines[0].strip() and lines[0].startswith("  ") and items:
            items[-1].append(lines[0][2:])
        elif lines[0].strip() or not _goes_on(lines):
            break
        lines.pop(0)
    return Block(kind, items=tuple(blocks_of("\n".join(each)) for each in items))


def _goes_on(lines: Sequence[str]) -> bool:
    following = next((each for each in lines if each.strip()), "")
    return bool(_ITEM_MARK.fullmatch(following)) and not _RULE.fullmatch(following)


def _written(block: Block) -> str:
    match block.kind:
        case Kind.RULE:
            return f'<hr style="{_STYLES[Kind.RULE]}">'
        case Kind.INSET:
            inner = f'<p style="{_STYLES[Kind.PARAGRAPH]}">{inline(block.text)}</p>'
            return (
                f'<div style="Margin: 0 0 20px 0;"><blockquote style="{_INSET}">{inner}'
                "</blockquote></div>"
            )
        case Kind.BULLETS | Kind.NUMBERS:
            return _list(block)
        case Kind.HEADING:
            return f'<h2 style="{_STYLES[Kind.HEADING]}">{inline(block.text)}</h2>'
        case Kind.SUBHEADING:
            return f'<h3 style="{_STYLES[Kind.SUBHEADING]}">{inline(block.text)}</h3>'
        case _:
            return f'<p style="{_STYLES[Kind.PARAGRAPH]}">{inline(block.text)}</p>'


def _list(block: Block) -> str:
    tag, mark = _LISTS[block.kind]
    items = "".join(f'<li style="{_ITEM}">{_item(each)}</li>' for each in block.items)
    return (
        '<table role="presentation" style="padding: 0 0 20px 0;"><tr>'
        '<td style="font-family: Helvetica, Arial, sans-serif;">'
        f'<{tag} style="Margin: 0 0 0 20px; padding: 0; list-style-type: {mark};">{items}</{tag}>'
        "</td></tr></table>"
    )


def _item(blocks: Iterable[Block]) -> str:
    return "".join(
        inline(each.text) if each.kind is Kind.PARAGRAPH else _written(each) for each in blocks
    )


def _plain(text: str) -> str:
    """Set quotes and dashes as print sets them, keep gov.uk from becoming a link, and escape."""
    opened = _QUOTE_OPENS.sub(lambda match: match[1] + ("“" if match[2] == '"' else "‘"), text)  # noqa: RUF001 -- what Notify sends
    curly = opened.replace('"', "”").replace("'", "’")
    dashed = re.sub(r"\s+--?\s+", " – ", curly)  # noqa: RUF001 -- what Notify sends
    broken = _DOMAIN.sub("gov.\u200buk", dashed)
    # What is escaped already is not escaped again.
    return _AMPERSAND.sub("&amp;", broken).replace("<", "&lt;").replace(">", "&gt;")
