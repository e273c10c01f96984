# SPDX-License-Identifier: MIT
"""Take the Markdown of an e-mail or a letter apart into blocks. Pure.

Notify's Markdown is not CommonMark. It is what an old parser made of it, with changes of Notify's
own, and templates rely on that. The rules that differ, from outputs of notifications-utils
127.0.0 (docs/decisions/0027):

- a bullet (`*`, `-` or U+2022) or a number (`1.`) needs no space after it, and a list that begins
  with one takes in what follows with any other: mixed lists merge;
- `^` begins inset text; `>` begins none, but ends a paragraph, and so does `+ `;
- a paragraph is ended by the next line only where the parser as it was before Notify's changes
  saw a block begin there: `* ` and `- ` do so, U+2022, `*a` and `^` do not;
- a line of hyphens or equals signs under a line of text makes that line a heading;
- a table shows nothing.
"""

import re
from collections.abc import Iterator

from lg_notify.render._nodes import (
    Block,
    Code,
    Document,
    Gap,
    Heading,
    Item,
    ListBlock,
    Paragraph,
    Quote,
    Rule,
    Text,
)

__all__ = ["DEEPEST", "document_of", "key_of_link"]

DEEPEST = 40
"""Lists in lists beyond this are text. Nobody writes them, and Python's stack ends somewhere."""

_BULLET = r"(?:[\u2022*-]|\d+\.)"
_END = r" *(?:\n+|$)"
_LINK = r" *\[([^^\]]+)\]: *<?([^\s>]+)>?(?: +[\"(]([^\n]+)[\")])?" + _END
_NOTE = r"\[\^([^\]]+)\]: *([^\n]*(?:\n+|$)(?: +[^\n]*(?:\n+|$))*)"
_HRULE = r" {0,3}[-*_](?: *[-*_]){2,}" + _END
_HEADING = r" *(#{1,6}) *([^\n]+?) *#*" + _END
_UNDERLINED = r"([^\n]+)\n *(=|-)+" + _END
_FENCES = r" *(`{3,}|~{3,}) *([^`\s]+)? *\n([\s\S]+?)\s*\1" + _END
# Elements that stand in a line do not make a block.
_INLINE = (
    "a|em|strong|small|s|cite|q|dfn|abbr|data|time|code|var|samp|kbd|sub|sup|i|b|u|mark|ruby|rt|rp|"
    "bdi|bdo|span|br|wbr|ins|del|img|font"
)
_ELEMENT = rf"(?!(?:{_INLINE})\b)\w+(?!:/|[^\w\s@]*@)\b"
_ATTRIBUTE = r"\s*[a-zA-Z-](?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s'\">]+))?"

_BREAK = re.compile(r"\n+")
_INDENTED = re.compile(r"(?: {4}[^\n]+\n*)+")
_INSET = re.compile(r"(?: *\^[^\n]+(?:\n[^\n]+)*\n*)+")
_LISTED = re.compile(rf"( *)({_BULLET})")
_TABLE = re.compile(r" *\|.+\n *\| *[-:]+[-| :]*\n(?: *\|.*(?:\n|$))*\n*")
_BARE_TABLE = re.compile(r" *\S.*\|.*\n *[-:]+ *\|[-| :]*\n(?:.*\|.*(?:\n|$))*\n*")
_HTML = re.compile(
    r" *(?:<!--[\s\S]*?-->"
    rf"|<({_ELEMENT})(?:{_ATTRIBUTE})*?>[\s\S]*?</\1>"
    rf"|<{_ELEMENT}(?:{_ATTRIBUTE})*?\s*/?>) *(?:\n{{2,}}|\s*$)"
)
_LINK_LINE, _NOTE_LINE = re.compile(_LINK), re.compile(_NOTE)
_HRULE_LINE, _HEADING_LINE = re.compile(_HRULE), re.compile(_HEADING)
_UNDERLINED_LINE, _FENCED = re.compile(_UNDERLINED), re.compile(_FENCES)
# What ends a paragraph, by the rules as they were before Notify changed lists and quotes.
_ENDS_PARAGRAPH = tuple(
    re.compile(pattern)
    for pattern in (
        _FENCES,
        r" *(?=[*+-]|\d+\.)[*+-]?(?:\d+\.)? [\s\S]",
        _HRULE,
        _HEADING,
        _UNDERLINED,
        r" *>[^\n]",
        _LINK,
        _NOTE,
    )
)
_OPENS_ELEMENT = re.compile("<" + _ELEMENT)
_LIST_RULE = r"(?:[-*_] *){3,}(?:\n+|$)"
_BLANK = re.compile(r"^ +$", re.MULTILINE)
_LOOSE = re.compile(r"\n\n(?!\s*$)")
_MARGIN = re.compile(r"^ {4}", re.MULTILINE)
_INSET_SIGN = re.compile(r"^ *\^ ?", re.MULTILINE)
_SIGN = re.compile(rf" *{_BULLET}")
_TWO = 2


def key_of_link(text: str) -> str:
    """Return the name of a link or a footnote as it is compared.

    Args:
        text: what stands between its brackets.
    """
    return re.sub(r"\s+", " ", text.lower())


def document_of(source: str, *, tags: bool) -> Document:
    """Take a body apart.

    Args:
        source: the body with its values: escaped for HTML, or as it is.
        tags: whether it is as it is, so that `<` may begin an element.

    Returns:
        Its blocks.
    """
    text = re.sub(r"\r\n?", "\n", source).expandtabs(4).replace("\u2424", "\n")
    found = _Found(tags=tags)
    blocks = _Reader(_BLANK.sub("", text), found, depth=0).body()
    return Document(blocks, found.links, found.notes)


class _Found:
    """What a pass over a body has met, and whether the text still has its angle brackets."""

    __slots__ = ("links", "notes", "tags")

    def __init__(self, *, tags: bool) -> None:
        self.tags = tags
        self.links: dict[str, tuple[str, str | None]] = {}
        self.notes: dict[str, tuple[Block, ...]] = {}


class _Reader:
    """Reads the blocks of one text. Each method that may read one says whether it did."""

    __slots__ = ("_at", "_blocks", "_depth", "_found", "_text")

    def __init__(self, text: str, found: _Found, *, depth: int) -> None:
        self._text = text.rstrip("\n")
        self._found = found
        self._depth = depth
        self._at = 0
        self._blocks: list[Block] = []

    def body(self, *, defines: bool = True) -> tuple[Block, ...]:
        """Read all, where blocks of all kinds may stand. A footnote defines no other."""
        while self._at < len(self._text):
            _ = (
                self._gap()
                or self._ruled()
                or self._kept()
                or self._heading()
                or self._silent(_BARE_TABLE)
                or self._underlined()
                or self._nested()
                or (defines and self._definition())
                or self._silent(_TABLE)
                or self._paragraph()
            )
        return tuple(self._blocks)

    def item(self) -> tuple[Block, ...]:
        """Read all, where only some may stand: an item of a list, which has no # headings."""
        while self._at < len(self._text):
            _ = (
                self._gap()
                or self._kept()
                or self._underlined()
                or self._ruled()
                or self._nested()
                or self._line()
            )
        return tuple(self._blocks)

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Go behind what a pattern finds here."""
        if match := pattern.match(self._text, self._at):
            self._at = match.end()
        return match

    def _gap(self) -> bool:
        match = self._take(_BREAK)
        if match and len(match[0]) > 1:
            self._blocks.append(Gap())
        return match is not None

    def _ruled(self) -> bool:
        if self._take(_HRULE_LINE):
            self._blocks.append(Rule())
            return True
        return False

    def _kept(self) -> bool:
        """Read what is shown as it is: lines after four spaces, or between fences."""
        if match := self._take(_INDENTED):
            self._blocks.append(Code(_MARGIN.sub("", match[0])))
        elif match := self._take(_FENCED):
            self._blocks.append(Code(match[3]))
        return match is not None

    def _heading(self) -> bool:
        if match := self._take(_HEADING_LINE):
            self._blocks.append(Heading(len(match[1]), match[2]))
        return match is not None

    def _underlined(self) -> bool:
        if match := self._take(_UNDERLINED_LINE):
            self._blocks.append(Heading(1 if match[2] == "=" else 2, match[1]))
        return match is not None

    def _silent(self, pattern: re.Pattern[str]) -> bool:
        return self._take(pattern) is not None

    def _nested(self) -> bool:
        """Read a block that holds others, or an element."""
        return (self._depth < DEEPEST and (self._inset() or self._list())) or self._element()

    def _inset(self) -> bool:
        if match := self._take(_INSET):
            inner = _Reader(_INSET_SIGN.sub("", match[0]), self._found, depth=self._depth + 1)
            self._blocks.append(Quote(inner.body()))
        return match is not None

    def _list(self) -> bool:
        match = _LISTED.match(self._text, self._at)
        if match is None or match.end() == len(self._text):
            return False
        end = _list_end(self._text, match.end() + 1, indent=match[1])
        items = tuple(self._items(self._text[self._at : end], match[1]))
        self._blocks.append(ListBlock(ordered="." in match[2], items=items))
        self._at = end
        return True

    def _items(self, block: str, indent: str) -> Iterator[Item]:
        """Cut a list into items: each line with the first one's margin and a bullet begins one."""
        begins = re.compile(rf"{indent}{_BULLET}")
        groups: list[list[str]] = []
        for line in block.split("\n"):
            if begins.match(line) or not groups:
                groups.append([line])
            else:
                groups[-1].append(line)
        next_is_loose = False
        for number, group in enumerate(groups, start=1):
            whole = "\n".join(group)
            text = _SIGN.sub("", whole, count=1)
            if "\n " in text:
                margin = len(whole) - len(text)
                text = re.sub(rf"^ {{1,{margin}}}", "", text, flags=re.MULTILINE)
            loose = next_is_loose or _LOOSE.search(text) is not None
            if number < len(groups) and text:
                next_is_loose = text.endswith("\n")
                loose = loose or next_is_loose
            yield Item(loose, _Reader(text, self._found, depth=self._depth + 1).item())

    def _element(self) -> bool:
        match = self._take(_HTML) if self._found.tags else None
        if match:
            # An element that is closed loses the space around it; one that stands alone keeps it.
            self._blocks.append(Code(match[0].strip(" \n") if match[1] else match[0]))
        return match is not None

    def _definition(self) -> bool:
        if match := self._take(_LINK_LINE):
            self._found.links[key_of_link(match[1])] = (match[2], match[3])
        elif match := self._take(_NOTE_LINE):
            key = key_of_link(match[1])
            if key not in self._found.notes:
                inner = _Reader(_outdented(match[2]), self._found, depth=self._depth + 1)
                self._found.notes[key] = inner.body(defines=False)
        return match is not None

    def _paragraph(self) -> bool:
        text, end = self._text, self._line_end(self._at)
        while end < len(text) and text[end + 1] != "\n" and not self._begins(end + 1):
            end = self._line_end(end + 1)
        self._blocks.append(Paragraph(text[self._at : end]))
        self._at = end
        self._take(_BREAK)
        return True

    def _begins(self, at: int) -> bool:
        """Say whether a block begins at a line, so that a paragraph ends before it."""
        return any(pattern.match(self._text, at) for pattern in _ENDS_PARAGRAPH) or bool(
            self._found.tags and _OPENS_ELEMENT.match(self._text, at)
        )

    def _line(self) -> bool:
        end = self._line_end(self._at)
        line = self._text[self._at : end]
        if self._blocks and isinstance(last := self._blocks[-1], Text):
            self._blocks[-1] = Text(f"{last.text}\n{line}")
        else:
            self._blocks.append(Text(line))
        self._at = end
        return True

    def _line_end(self, at: int) -> int:
        end = self._text.find("\n", at)
        return len(self._text) if end < 0 else end


def _outdented(text: str) -> str:
    """Take from each line after the first the least margin that one of them has."""
    first, *rest = text.split("\n")
    margin = min((len(line) - len(line.lstrip(" ")) for line in rest if line[:1] == " "), default=0)
    return "\n".join([first, *(line[margin:] for line in rest)])


def _list_end(text: str, at: int, *, indent: str) -> int:
    """Say where a list ends: before a rule or a definition, or at an empty line with no item after.

    Args:
        text: all of it.
        at: the second character after the first bullet.
        indent: the spaces before the first bullet.
    """
    rule = re.compile(f"(?:{indent})?{_LIST_RULE}")
    item = re.compile(rf"{indent}{_BULLET} ")
    while match := _BREAK.search(text, at):
        at = match.end()
        lines = len(match[0])
        if any(each.match(text, at) for each in (rule, _LINK_LINE, _NOTE_LINE)):
            return at
        # Of three breaks or more, the last may stand for what follows, and that is no item then.
        if lines > _TWO or (lines == _TWO and text[at] != " " and not item.match(text, at)):
            return at
    return len(text)
