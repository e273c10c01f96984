# SPDX-License-Identifier: MIT
"""The blocks that an e-mail or a letter of GOV.UK Notify's is made of."""

from dataclasses import dataclass

__all__ = [
    "Block",
    "Code",
    "Document",
    "Gap",
    "Heading",
    "Item",
    "ListBlock",
    "Paragraph",
    "Quote",
    "Rule",
    "Text",
]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, of level 1 to 6."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines of text."""

    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """Lines of an item of a list, which are a paragraph only where the list is loose."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Lines that are shown as they are: code, or HTML in the plain text of an e-mail."""

    text: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across an e-mail; the end of a page in a letter."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Empty lines that belong to no block."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Inset text."""

    blocks: "tuple[Block, ...]"


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list."""

    loose: bool
    blocks: "tuple[Block, ...]"


@dataclass(frozen=True, slots=True)
class ListBlock:
    """A list."""

    ordered: bool
    items: tuple[Item, ...]


Block = Heading | Paragraph | Text | Code | Rule | Gap | Quote | ListBlock


@dataclass(frozen=True, slots=True)
class Document:
    """A body, taken apart.

    Attributes:
        blocks: what shows, in order.
        links: the addresses and titles that the body defines for use by name.
        notes: the footnotes that it defines.
    """

    blocks: tuple[Block, ...]
    links: dict[str, tuple[str, str | None]]
    notes: dict[str, tuple[Block, ...]]
