# SPDX-License-Identifier: MIT
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notify.render_values import VALUES, tags_of

from lg_notify import render

P = '<p style="Margin: 0 0 20px 0; font-size: 19px; line-height: 25px; color: #0B0C0C;">'
A = '<a style="word-wrap: break-word; color: #1D70B8;" href='
NAMED = f'{A}"http://x.uk" title="t">'
ELEMENTS = {
    "a", "blockquote", "br", "div", "h2", "h3", "hr", "li", "ol", "p", "span", "table", "td", "tr",
    "ul",
}  # fmt: skip


def html_of(body: str, **values: object) -> str:
    """Return the HTML of a body."""
    return render.email("s", body, values).html


def text_of(body: str, **values: object) -> str:
    """Return the text of a body."""
    return render.email("s", body, values).plain_text


@pytest.mark.parametrize(
    ("line", "html", "text"),
    [
        ("[t](https://x.uk/a \"b 'c'\")",
         f"{A}\"https://x.uk/a\" title=\"b 'c'\">t</a>", "t (b \u2018c\u2019): https://x.uk/a"),
        ("[t](x.uk)", f'{A}"http://x.uk">t</a>', "t: x.uk"),
        ("[t](javascript:alert%281%29)", f'{A}"http://javascript:alert%281%29">t</a>',
         "t: javascript:alert%281%29"),
        ("[t](mailto:a@x.uk)", f'{A}"mailto:a%40x.uk">t</a>', "t: mailto:a@x.uk"),
        ("[](x.uk)", f'{A}"http://x.uk">x.uk</a>', ": x.uk"),
        ("[https://y.uk](x.uk)", f'{A}"http://x.uk">https://y.uk</a>', "https://y.uk: x.uk"),
        ("https://x.uk/a\"b'c.", f"{A}\"https://x.uk/a%22b%27c\">https://x.uk/a\"b'c</a>.",
         "https://x.uk/a\u201db\u2019c."),
        ("(see http://x.uk/?a=1&b=2)",
         f'(see {A}"http://x.uk/?a=1&amp;b=2">http://x.uk/?a=1&amp;b=2</a>)',
         "(see http://x.uk/?a=1&b=2)"),
        ("ftp://x.uk a@x.uk", "ftp://x.uk a@x.uk", "ftp://x.uk a@x.uk"),
        ("a ![p](x.png) b", "a  b", "a  b"),
        (r"\[t\](u) \* \# \< \q", r"[t](u) * # \&lt; \q", r"[t](u) * # \< \q"),
        ("x *a* **b** _c_ `d` ~~e~~", "x *a* **b** _c_ `d` ~~e~~", "x *a* **b** _c_ `d` ~~e~~"),
        ("a  \n b", "a<br> b", "a\n b"),
        ("x &lt;b&gt; &amp; &copy; &nbsp;y", "x &lt;b&gt; &amp; © &nbsp;y", "x <b> & © \u00a0y"),
        ("a ! b [c] d", "a ! b [c] d", "a ! b [c] d"),
    ],
)  # fmt: skip
def test_what_stands_in_a_line(line: str, html: str, text: str) -> None:
    """Links, addresses, pictures, escaped signs and references, in both forms of an e-mail."""
    assert f"{P}{html}</p>" == html_of(line)
    assert f"{text}\n" == text_of(line)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("# H\n\n## I\n\n### J\n\nk", f"H\n{'=' * 65}\n\n\nI\n{'-' * 65}\n\nJ\n\nk"),
        ("a\n\n---\n\nb", f"a\n\n{'=-' * 32}=\n\nb"),
        ("a\n\n1. b\n2. c\n\n* d\n\ne", "a\n\n1. b\n2. c\n3. d\n\ne"),
        ("* a\n  1. b\n  2. c\n* d", "\u2022 a\n\n1. b\n2. c\n\u2022 d"),
        ("^ a\n\nb", "a\n\nb"),
        ("a\n\n    b", "ab"),
        ("a\n---\nb", f"a\n{'-' * 65}\n\nb"),
        ("<div>*a* [b](c)</div>", "<div>*a* [b](c)</div>"),
        ("<b>[a](b)</b> <https://x.uk> <a@x.uk>", "<b>[a](b)</b> https://x.uk a@x.uk"),
        ("x < y <", "x < y <"),
        ("gov.uk", "gov.\u200buk"),
        ("x\u3164y", "xy"),
    ],
)
def test_the_text_of_an_email(body: str, text: str) -> None:
    """Headings are underlined, lists keep their signs, elements that somebody typed stay."""
    assert f"{text}\n" == text_of(body)


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("### h", f"{P}h</p>"),
        ("a\n\n    b <c>", f"{P}a</p>b &lt;c&gt;"),
        ("[a][K] [k], [K][] [other]\n\n[k]: x.uk (t)",
         f"{P}{NAMED}a</a> {NAMED}k</a>, {NAMED}K</a> [other]</p>"),
        ("![a][k]\n\n[k]: x.uk", ""),
        ("a[^1] b[^1] c[^2]\n\n[^1]: note[^1]",
         f"{P}a b[^1] c[^2]</p>{P}note[^1]</p>"),
        ('[a](b "c"d")', f'{P}{A}"http://b" title="c&quot;d">a</a></p>'),
    ],
)  # fmt: skip
def test_the_html_of_an_email(body: str, html: str) -> None:
    """Links by name, footnotes, and a title that would end its attribute."""
    assert html == html_of(body)


def test_an_email_as_it_is_sent() -> None:
    """The preview has all parts, and names what is missing, the subject's names first."""
    preview = render.email(
        "Bins  for ((n)) - 'x' ((l))",
        "# Hi ((N))\n\n((l))\n\n((day)) https://x.uk ((end??bye))",
        {"n": "Ann <b>", "l": ["a", "b"]},
    )

    assert "Bins for Ann <b> \u2013 \u2018x\u2019 a and b" == preview.subject
    assert "# Hi Ann <b>\n\n\n\n* a\n* b\n\n((day)) https://x.uk ((end??bye))" == preview.body
    assert (
        "Hi Ann &lt;b&gt; \u2022 a \u2022 b ((day)) https://x.uk ((end??bye))" == preview.preheader
    )
    assert (len(preview.body), False) == (preview.size, preview.too_long)
    assert ("n", "l", "day", "end") == preview.placeholders
    assert ("day", "end") == preview.missing
    assert "<span class='placeholder'>&#40;&#40;day&#41;&#41;</span>" in preview.html
    assert (
        "<span class='placeholder-conditional'>&#40;&#40;end??</span>bye&#41;&#41;" in preview.html
    )
    assert "Ann" not in repr(preview)


def test_a_mark_in_an_address() -> None:
    """A placeholder without a value in a link's address shows in the address."""
    assert f'{P}{A}"http://&#40;&#40;u&#41;&#41;">t</a></p>' == html_of("[t](((u)))")
    assert f'{P}{A}"https://x.uk/&#40;&#40;u&#41;&#41;">t</a></p>' == html_of(
        "[t](https://x.uk/((u)))"
    )


def test_the_preheader_is_short() -> None:
    """It has 256 characters, of headings and links without rules and addresses."""
    preview = render.email("s", "## a\n\n---\n\n[b](x.uk 't') [c](x.uk)\n\n" + "d" * 300)

    assert preview.preheader.startswith("a b (t) c ddd")
    assert 256 == len(preview.preheader)


def test_a_body_that_is_too_long() -> None:
    """Notify takes 2,000,000 bytes of body, as UTF-8 with the values in it."""
    body = "((a))"

    assert not render.email("s", body, {"a": "\u0175" * 1_000_000}).too_long
    assert render.email("s", body, {"a": "\u0175" * 1_000_000 + "a"}).too_long


SIGNS = st.lists(
    st.sampled_from(
        ["\n", "\n\n", " ", "    ", "* ", "- ", "1.", "^", "# ", "---", "```", "|", "a", "[", "](",
         ")", "]", "((", "))", "??", "((x))", "((f??", "<", ">", "<b>", "&", "&amp;", "&lt;", '"',
         "'", "https://x.uk", "[a]: u", "[^1]", "\\", "!", "gov.uk", "@", " - ", "javascript:",
         "((a[b))", "((a]b))", "((a\n\nb))", "((<b>))", "\ud800"],
    )
).map("".join)  # fmt: skip


@given(SIGNS | st.text(), SIGNS, st.dictionaries(st.sampled_from("xfab"), VALUES | SIGNS))
def test_html_is_whole_and_ours(subject: str, body: str, values: dict[str, object]) -> None:
    """Whatever the template and the values, each element is closed, and is Notify's."""
    preview = render.email(subject, body, values)

    for tag, attributes in tags_of(preview.html):
        assert tag in ELEMENTS
        assert set(attributes) <= {"style", "href", "title", "role", "class"}
        assert tag != "a" or re.match("(ftp|file|https?|mailto|tel):", attributes["href"] or "")
    assert "<" not in preview.preheader
    assert "html" == tags_of(render.email_page(preview))[0][0]


@given(st.text(), st.text(), st.dictionaries(st.text(), VALUES))
def test_rendering_never_fails(subject: str, body: str, values: dict[str, object]) -> None:
    """An e-mail comes out of any text and any values."""
    preview = render.email(subject, body, values)

    assert preview.plain_text.endswith("\n")
    assert "\n" not in preview.subject


def test_a_page_to_look_at() -> None:
    """The page holds the subject, the body and a preheader that ends in a whole character."""
    preview = render.email("<b> & 'x'", "a" * 253 + "&b", {})
    page = render.email_page(preview, language="cy")

    assert '<html lang="cy">' in page
    assert "<title>&lt;b&gt; &amp; \u2018x\u2019</title>" in page
    assert "a" * 253 + "\u2026</span>" in page
    assert preview.html in page
    assert "src=" not in page
    assert "url(" not in page


def test_the_language_of_a_page_is_escaped() -> None:
    """What is given for the language does not leave its attribute."""
    assert 'lang="&quot;&gt;"' in render.email_page(render.email("s", "b"), language='">')


@pytest.mark.parametrize("levels", [10, 400])
def test_brackets_in_brackets(levels: int) -> None:
    """Links in the texts of links do not end the program, however many there are."""
    html = html_of("[" * levels + "x" + "](u)" * levels)

    assert html.count("<a ") == html.count("</a>")
    assert "x" in html
