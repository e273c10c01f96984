# SPDX-License-Identifier: MIT
"""lg_sandbox.notify.postal, .countries and .markdown: addresses, countries, emails as HTML."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_sandbox.notify.countries import Zone, country_of
from lg_sandbox.notify.markdown import Kind, blocks_of, to_html
from lg_sandbox.notify.postal import lines_from, read_address

LINES = st.sampled_from(
    [
        *("Ann", "1 High Street", " London ,", "", "SW1A1AA", "sw1a 1aa", "BFPO 12", "(a)"),
        *("France", "Cymru", "-", "@x", "NFA", "United Kingdom"),
    ]
)
MARKS = st.lists(
    st.sampled_from(
        [
            *("# a", "## b", "* c", "- d", "1. e", "2. f", "^ g", "---", "", "text", "  * deep"),
            *("* ", "[x](https://a.example)", "https://a.example/?b=c.", "<b>", "&amp;", "\\#"),
            *('"q"', "+ z", "**bold**", "! [i](u)", "gov.uk", "a - b"),
        ]
    ),
    max_size=8,
).map("\n".join)
VOID = {"br", "hr"}


class Outline(HTMLParser):
    """Checks that tags match, and collects them with their links and their text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.stack: list[str] = []
        self.seen: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert [] == self.stack

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag, and expect its end."""
        self.seen.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag not in VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Match a tag with its start."""
        assert tag == self.stack.pop()

    def handle_data(self, data: str) -> None:
        """Collect the text."""
        self.text += data


@given(lines=st.lists(LINES, max_size=9), international=st.booleans())
def test_an_address_that_was_read_reads_the_same_again(
    *, lines: list[str], international: bool
) -> None:
    """What is printed of a good address is a good address; any lines can be read."""
    once = read_address(lines, international=international)
    again = read_address(once.lines, international=international)

    if once.fault is None:
        assert 3 <= len(once.lines) <= 7
        assert once.postcode or once.international or "BFPO" in once.lines[-1]
        assert international or not once.international
        if sum(line.startswith("BFPO") for line in once.lines) < 2:  # of two, one moves each time
            assert (once.lines, once.fault) == (again.lines, again.fault)
    assert not any(each != each.strip(" ,") for each in once.lines)


@given(st.lists(st.text(max_size=20), max_size=9))
def test_any_lines_are_read_or_refused(lines: list[str]) -> None:
    """Never with another error, and the fault does not repeat them."""
    fault = read_address(lines, international=True).fault

    assert fault is None or "line" in fault or "address" in fault.lower()


def test_the_number_of_a_forces_post_office_comes_last() -> None:
    """However it is typed, and wherever."""
    read = read_address(["Ann", "b f p o c/o 7", "bf11aa"], international=False)

    assert (("Ann", "BF1 1AA", "BFPO 7"), None) == (read.lines, read.fault)


def test_the_seventh_line_takes_the_place_of_the_postcode() -> None:
    """Numbers are written as text; nothing is blank."""
    both = {"address_line_1": 1, "address_line_7": "SW1A 1AA", "postcode": "lost"}

    assert ["1", "", "", "", "", "", "SW1A 1AA"] == lines_from(both)
    assert "lost" == lines_from({"address_line_7": "", "postcode": "lost"})[-1]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("FRANCE", ("France", Zone.EUROPE)),
        ("Ffrainc", ("France", Zone.EUROPE)),
        ("Y Swistir", ("Switzerland", Zone.EUROPE)),
        ("Cote d'Ivoire", ("Côte d'Ivoire", Zone.REST_OF_WORLD)),
        ("U.S.A.", ("United States", Zone.REST_OF_WORLD)),
        ("trinidad & tobago", ("Trinidad and Tobago", Zone.REST_OF_WORLD)),
        ("Guernsey", (None, Zone.UK)),
        ("Yr Alban", (None, Zone.UK)),
        ("Atlantis", None),
        ("", None),
    ],
)
def test_a_country_is_known_in_both_languages(
    typed: str, expected: tuple[str | None, Zone] | None
) -> None:
    """Whatever its case, accents and points."""
    assert expected == country_of(typed)


@given(MARKS)
def test_markdown_becomes_sound_html(text: str) -> None:
    """Tags match; only Notify's are there; every link is one that was written."""
    outline = Outline(to_html(text))

    allowed = {"h2", "h3", "p", "ul", "ol", "li", "table", "tr", "td", "a", "hr", "br", "div"}
    assert allowed | {"blockquote"} >= set(outline.seen)
    for link in outline.links:
        assert link in text


@given(st.text(max_size=100))
def test_no_text_becomes_another_tag(text: str) -> None:
    """What is typed is text, whatever it holds."""
    outline = Outline(to_html(text))

    assert {"script", "b", "img", "iframe"}.isdisjoint(outline.seen)


@given(st.lists(st.from_regex(r"[a-z]{1,9}", fullmatch=True), min_size=1, max_size=6))
def test_no_item_of_a_list_is_lost(items: list[str]) -> None:
    """Bullets and numbers, each item once and in order."""
    for mark, kind in (("* {}", Kind.BULLETS), ("1. {}", Kind.NUMBERS)):
        (block,) = blocks_of("\n".join(mark.format(each) for each in items))
        assert kind is block.kind
        assert items == [part.text for each in block.items for part in each]


def test_a_list_ends_where_other_text_begins() -> None:
    """A rule, a heading, an inset and a plain line are blocks of their own."""
    kinds = [each.kind for each in blocks_of("* a\n---\n* b\n\n# c\ntext\n^ d\n* e\ntext")]

    assert [
        Kind.BULLETS,
        Kind.RULE,
        Kind.BULLETS,
        Kind.HEADING,
        Kind.PARAGRAPH,
        Kind.INSET,
        Kind.BULLETS,
        Kind.PARAGRAPH,
    ] == kinds
    assert re.search(r'title="T"', to_html('[a](https://b.example "T")'))
    assert "<ol" in to_html("1. a\n\n2. b")
    assert "<ul" in to_html("* a\n  1. b\n* c")
