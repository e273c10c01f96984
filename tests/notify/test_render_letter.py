# SPDX-License-Identifier: MIT
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notify.render_values import VALUES, tags_of

from lg_notify import render

ADDRESS = {
    "address_line_1": "Ann Jones",
    "address_line_2": "1 High Street,",
    "postcode": "SW1A 1AA",
}


def test_a_letter_as_it_is_printed() -> None:
    """The preview has the parts of a letter, and names what is missing."""
    preview = render.letter(
        "Your 'bill' for ((ref))",
        "# Hello ((name))\n\nPay ((amount)) - now:\n\n((list))\n\n---\n\n"
        "^ see https://x.uk-a\n\n## end",
        {"name": "Ann", "list": ["a", "b"], **ADDRESS},
        contact_block="\nCouncil \n ((office))  , Town\n",
    )

    assert "Your \u2018bill\u2019 for ((ref))" == preview.subject
    assert (
        "Hello Ann", "", "Pay ((amount)) \u2013 now:", "", "\u2022 a", "\u2022 b", "", "",
        "see https://x.uk-a", "", "end",
    ) == preview.lines  # fmt: skip
    assert (
        "<h2>Hello Ann</h2>"
        "<p>Pay <span class='placeholder'>&#40;&#40;amount&#41;&#41;</span> \u2013 now:</p>"
        "<ul><li>a</li><li>b</li></ul>"
        '<div class="page-break">&nbsp;</div>'
        "<p>see <strong>x.uk\u2011a</strong></p><p>end</p>"
    ) == preview.html
    assert ("Council", "((office))  , Town") == preview.contact_block
    assert ("Ann Jones", "1 High Street", "SW1A 1AA") == preview.address
    assert ("office", "ref", "name", "amount", "list") == preview.placeholders
    assert ("office", "ref", "amount") == preview.missing
    assert "Ann" not in repr(preview)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (ADDRESS, ("Ann Jones", "1 High Street", "SW1A 1AA")),
        ({**ADDRESS, "address line 7": "France"}, ("Ann Jones", "1 High Street", "France")),
        ({"address_line_1": " , ", "address_line_2": None, "address_line_6": "x ,"}, ("x",)),
        ({}, ()),
    ],
)
def test_the_address_of_the_values(values: dict[str, Any], expected: tuple[str, ...]) -> None:
    """The postcode is the last line, unless there is a seventh; empty lines and commas go."""
    assert expected == render.letter("s", "b", values).address


def test_an_address_that_is_given() -> None:
    """Lines that are given count before those of the values."""
    preview = render.letter("s", "b", ADDRESS, address=["Bob", "", " 2  Low Street , ", "ZZ1 1ZZ"])

    assert ("Bob", "2 Low Street", "ZZ1 1ZZ") == preview.address


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("qr: https://x.uk/?a=1&b=2", "https://x.uk/?a=1&b=2"),
        ("a\n\n qR :((x))\n\nb", "Ann"),
        ('QR:\tx-y "z"', 'x-y "z"'),
        ("qr: a\nb", "a<br>b"),
    ],
)
def test_a_qr_code(body: str, text: str) -> None:
    """A paragraph that begins with qr: is a code of what follows."""
    preview = render.letter("s", body, {"x": "Ann"})

    assert [text] == [code.text for code in preview.qr_codes]
    assert '<p class="qr-code">QR code: ' in preview.html


@pytest.mark.parametrize("body", ["a qr: b", "qr:", "* qr: b", "# qr: b", "a\nqr: b"])
def test_what_is_no_qr_code(body: str) -> None:
    """Elsewhere the sign is text."""
    assert () == render.letter("s", body).qr_codes


@pytest.mark.parametrize(
    ("text", "size", "too_long"),
    [("a" * 504, 504, False), ("a" * 505, 505, True), ("\u0175" * 252 + "a", 505, True)],
)
def test_how_much_a_qr_code_holds(text: str, size: int, *, too_long: bool) -> None:
    """A code holds 504 bytes."""
    (code,) = render.letter("s", "qr: ((x))", {"x": text}).qr_codes

    assert (size, too_long) == (code.bytes, code.too_long)
    assert text not in repr(code)


@pytest.mark.parametrize(
    ("body", "html", "line"),
    [
        ('[t](x.uk "q")', '<p>[t](x.uk "q")</p>', "[t](x.uk \u201cq\u201d)"),
        ("[t](x.uk)", "<p>[t](x.uk)</p>", "[t](x.uk)"),
        ("a-b <c>", "<p>a\u2011b &lt;c&gt;</p>", "a-b <c>"),
        ("1. a", "<ol><li>a</li></ol>", "1. a"),
        ("![a](b)", "", None),
    ],
)
def test_what_stands_in_a_letter(body: str, html: str, line: str | None) -> None:
    """Links are printed as they are typed, and a hyphen breaks no line."""
    preview = render.letter("s", body)

    assert html.replace('"q"', "\u201cq\u201d") == preview.html
    assert (() if line is None else (line,)) == preview.lines


@given(st.text("a*#-[]()<>&'\" \nqr:1.^((x))") | st.text(), st.dictionaries(st.just("x"), VALUES))
def test_html_is_whole(body: str, values: dict[str, object]) -> None:
    """Whatever the template and the values, each element is closed, and is one of a letter's."""
    preview = render.letter(body, body, values, contact_block=body, address=body.splitlines())

    assert {tag for tag, _ in tags_of(preview.html)} <= {
        "br", "div", "h2", "li", "ol", "p", "span", "strong", "ul",
    }  # fmt: skip
