# SPDX-License-Identifier: MIT
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_notify.render._blocks import DEEPEST, document_of
from lg_notify.render._nodes import (
    Block,
    Code,
    Gap,
    Heading,
    Item,
    ListBlock,
    Paragraph,
    Quote,
    Rule,
    Text,
)


def tight(*texts: str, ordered: bool = False) -> ListBlock:
    """Return a list of one-line items."""
    items = tuple(Item(loose=False, blocks=(Text(text),)) for text in texts)
    return ListBlock(ordered=ordered, items=items)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a\nb\n\nc", [Paragraph("a\nb"), Paragraph("c")]),
        ("\n\na\n\n\n\nb\n", [Gap(), Paragraph("a"), Paragraph("b")]),
        ("a\r\nb\rc\u2424d", [Paragraph("a\nb\nc\nd")]),
        ("a\n   \nb", [Paragraph("a"), Paragraph("b")]),
        ("# a #\n##b\n####### c", [Heading(1, "a"), Heading(2, "b"), Heading(6, "# c")]),
        ("a\n# b", [Paragraph("a"), Heading(1, "b")]),
        ("#", [Paragraph("#")]),
        ("a\n---\nb\n=", [Heading(2, "a"), Heading(1, "b")]),
        ("a\nb\n---", [Paragraph("a"), Heading(2, "b")]),
        ("---\n\n***\n_ _ _", [Rule(), Rule(), Rule()]),
        ("a\n\n***\nb", [Paragraph("a"), Rule(), Paragraph("b")]),
        ("^ a\nb\n\n^c", [Quote((Paragraph("a\nb"), Paragraph("c")))]),
        ("a\n^ b", [Paragraph("a\n^ b")]),
        ("a\n> b", [Paragraph("a"), Paragraph("> b")]),
        ("    a\n     b\n\nc", [Code("a\n b\n\n"), Paragraph("c")]),
        ("```x\na\n\n```\nb", [Code("a"), Paragraph("b")]),
        ("a\n~~~\nb\n~~~", [Paragraph("a"), Code("b")]),
        ("```\na", [Paragraph("```\na")]),
        ("| a | b |\n|---|---|\n| c | d |\n\ne", [Paragraph("e")]),
        ("a | b\n--- | ---\nc | d\n", []),
        ("| a | b |\n|---|---|", [Paragraph("| a | b |\n|---|---|")]),
        ("[k]: u (title)\n[K  l]: <v>\na", [Paragraph("a")]),
    ],
)
def test_blocks(source: str, expected: list[Block]) -> None:
    """Each kind of block, and what ends a paragraph."""
    assert tuple(expected) == document_of(source, tags=False).blocks


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("* a\n* b", [tight(" a", " b")]),
        ("*a\n•b\n-c\n1.d", [tight("a", "b", "c", "d")]),
        ("1. a\n2.b", [tight(" a", "b", ordered=True)]),
        ("+ a\n+ b", [Paragraph("+ a"), Paragraph("+ b")]),
        ("1) a", [Paragraph("1) a")]),
        ("a\n* b", [Paragraph("a"), tight(" b")]),
        ("a\n• b\n*c", [Paragraph("a\n• b\n*c")]),
        ("* a\n* * *\n* b", [tight(" a"), Rule(), tight(" b")]),
        ("* a\n\nb", [tight(" a"), Paragraph("b")]),
        ("* a\n\n[k]: u", [tight(" a")]),
        ("* a\n\n\n* b", [tight(" a"), tight(" b")]),
        ("* a\nb\n  c", [tight("a\nb\n c")]),
        ("* a\n---", [Heading(2, "* a")]),
        ("*", [Paragraph("*")]),
        ("*\n", [Paragraph("*")]),
        ("*\na", [tight("a")]),
        ("**a", [ListBlock(ordered=False, items=(Item(loose=False, blocks=(tight("a"),)),))]),
        ("* ```\n  a\n  ```", [
            ListBlock(ordered=False, items=(Item(loose=False, blocks=(Code(" a"),)),))
        ]),
        ("* ^ a", [
            ListBlock(
                ordered=False,
                items=(Item(loose=False, blocks=(Quote((Paragraph("a"),)),)),),
            )
        ]),
        ("* # a", [tight(" # a")]),
    ],
)  # fmt: skip
def test_lists(source: str, expected: list[Block]) -> None:
    """A bullet needs no space, kinds merge, and an empty line ends a list where no item follows."""
    assert tuple(expected) == document_of(source, tags=False).blocks


def test_a_list_with_empty_lines_is_loose() -> None:
    """An item behind an empty line, and the one before it, are paragraphs; the others are not."""
    (found,) = document_of("* a\n* b\n\n1. x\n2. y", tags=False).blocks

    assert isinstance(found, ListBlock)
    assert [False, True, True, False] == [item.loose for item in found.items]


def test_an_item_of_several_paragraphs() -> None:
    """What is indented behind an empty line belongs to the item."""
    (found,) = document_of("* a\n\n  b\n  ***", tags=False).blocks

    assert (
        ListBlock(
            ordered=False,
            items=(Item(loose=True, blocks=(Text("a"), Gap(), Text(" b"), Rule())),),
        )
        == found
    )


def test_a_list_in_a_list() -> None:
    """An item that is indented further belongs to the one before."""
    (found,) = document_of("* a\n  * b\n* c", tags=False).blocks

    assert isinstance(found, ListBlock)
    assert (Text("a"), tight(" b")) == found.items[0].blocks
    assert (Text(" c"),) == found.items[1].blocks


@pytest.mark.parametrize(
    ("source", "tagged", "escaped"),
    [
        (
            " <div>* a</div>\n\nb",
            [Code("<div>* a</div>"), Paragraph("b")],
            [Paragraph(" <div>* a</div>"), Paragraph("b")],
        ),
        ("<hr>\n\nb", [Code("<hr>\n\n"), Paragraph("b")], [Paragraph("<hr>"), Paragraph("b")]),
        ("a\n<p>\nb", [Paragraph("a"), Paragraph("<p>\nb")], [Paragraph("a\n<p>\nb")]),
        ("a\n<b>c</b>", [Paragraph("a\n<b>c</b>")], [Paragraph("a\n<b>c</b>")]),
    ],
)
def test_elements_are_blocks_in_plain_text_alone(
    source: str, tagged: list[Block], escaped: list[Block]
) -> None:
    """Where text is escaped there is no element; in plain text one is left as it is."""
    assert tuple(tagged) == document_of(source, tags=True).blocks
    assert tuple(escaped) == document_of(source, tags=False).blocks


def test_links_and_footnotes_are_kept() -> None:
    """What a body defines shows nothing itself, and the first footnote of a name counts."""
    document = document_of('[A  b]: u "t"\n[^1]: n\n    m\n[^1]: o\nx', tags=False)

    assert (Paragraph("x"),) == document.blocks
    assert {"a b": ("u", "t")} == document.links
    assert {"1": (Paragraph("n\nm"),)} == document.notes


def test_a_footnote_defines_no_other() -> None:
    """What looks like a definition in a footnote is text of it."""
    document = document_of("[^1]: [^2]: [k]: u", tags=False)

    assert {"1": (Paragraph("[^2]: [k]: u"),)} == document.notes


@pytest.mark.parametrize("sign", ["*-", "^ ", "- 1."])
def test_there_is_a_depth_beyond_which_signs_are_text(sign: str) -> None:
    """Signs that nobody would write do not end the program."""
    (block,) = document_of(sign * (4 * DEEPEST) + "x", tags=False).blocks

    depth = 0
    while isinstance(block, ListBlock | Quote):
        depth += 1
        inner = block.blocks if isinstance(block, Quote) else block.items[0].blocks
        block = inner[-1]
    assert DEEPEST == depth
    assert isinstance(block, Text | Paragraph)


def texts_in(blocks: Iterable[Block]) -> Iterator[str]:
    """Yield the text of all blocks, those in others too."""
    for block in blocks:
        if isinstance(block, ListBlock):
            for item in block.items:
                yield from texts_in(item.blocks)
        elif isinstance(block, Quote):
            yield from texts_in(block.blocks)
        elif not isinstance(block, Gap | Rule):
            yield block.text


@given(
    st.lists(
        st.sampled_from(
            ["\n", "\n\n", " ", "    ", "* ", "-", "1.", "^", "> ", "# ", "---", "```", "|", "q",
             "[a]: u", "[^1]: n", "<b>", "<div>", "</div>", "|---|---|", "\t", "=", "\u2022"],
        )
    ).map("".join),
    st.booleans(),
)  # fmt: skip
def test_reading_ends(source: str, tags: bool) -> None:  # noqa: FBT001 -- hypothesis gives it
    """Whatever the order of signs, all of it is read, and no letter is lost or made."""
    document = document_of(source, tags=tags)
    shown = "".join(texts_in(document.blocks))

    # A table shows nothing, and so does what follows the signs of code in the same line.
    if not any(sign in source for sign in ("|", "[", "```")):
        assert source.count("q") == shown.count("q")
