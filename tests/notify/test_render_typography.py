# SPDX-License-Identifier: MIT
import pytest
from hypothesis import given
from hypothesis import strategies as st
from notify.render_values import tags_of

from lg_notify.render._typography import govuk_unlinked, one_line, typeset, without_unsupported

OPEN, CLOSE = "\u2018", "\u2019"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'single' \"double\"", "\u2018single\u2019 \u201cdouble\u201d"),
        ("isn't it John's", "isn\u2019t it John\u2019s"),
        ("the dogs' home", "the dogs\u2019 home"),
        ("in the '80s", "in the \u201880s"),
        ("4'80s", "4\u201980s"),
        ("\"'Quoted' words\"", "\u201c\u2018Quoted\u2019 words\u201d"),
        ("'\"Quoted\" words'", "\u2018\u201cQuoted\u201d words\u2019"),
        ('("x") -- "y"', "(\u201cx\u201d) \u2013 \u201cy\u201d"),
        ('" x "', "\u201d x \u201c"),
        ("<b>'</b>", f"<b>{OPEN}</b>"),
        ("x<b>'</b>", f"x<b>{CLOSE}</b>"),
        ('x <b>"</b>', "x <b>\u201c</b>"),
        ("<a href=\"u\">'x'</a> 'y'", f"<a href=\"u\">'x'</a> {OPEN}y{CLOSE}"),
        ("<pre>'<code>'</code>'</pre>'", f"<pre>'<code>'</code>'</pre>{CLOSE}"),
        ("<pre>'</code>'</pre></pre> 'x'", f"<pre>'</code>'</pre></pre> {OPEN}x{CLOSE}"),
        ("<!-- 'x' -->'y'", f"<!-- 'x' -->{OPEN}y{CLOSE}"),
        ("\\' \\\" \\\\", "&#39; &#34; &#92;"),
        ("o'ann@example.gov.uk and 'x'", f"o'ann@example.gov.uk and {OPEN}x{CLOSE}"),
        ("a - b -- c --- d", "a \u2013 b \u2013 c \u2013 d"),
        ("a-b ---- c", "a-b ---- c"),
        ("a , b\t. c", "a, b. c"),
        ("plain", "plain"),
    ],
)  # fmt: skip
def test_typography(text: str, expected: str) -> None:
    """Quotes curl, spaced hyphens are dashes, and links and addresses keep what they have."""
    assert expected == typeset(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GOV.UK", "GOV.\u200bUK"),
        ("see gov.uk, or #Gov.uk", "see gov.\u200buk, or #Gov.\u200buk"),
        ("www.gov.uk gov.uk/x gov.uk?x gov.uk#x", "www.gov.uk gov.uk/x gov.uk?x gov.uk#x"),
    ],
)
def test_govuk_is_no_link(text: str, expected: str) -> None:
    """The name of the site is broken, an address with a path is not."""
    assert expected == govuk_unlinked(text)


def test_what_programs_show_wrongly() -> None:
    """The line separator and the Hangul filler go."""
    assert "abc" == without_unsupported("a\u2028b\u3164c")


def test_a_subject_is_one_line() -> None:
    """All white space is taken together."""
    assert "a b cd" == one_line(" a\n\u00a0b \tc\u200bd ")


@given(st.text("<a>'\"/bp re\\-.@ "))
def test_setting_never_fails(text: str) -> None:
    """Whatever looks like a tag, a text comes out."""
    assert isinstance(typeset(text), str)


@given(st.text("ab'\"-., @\n"))
def test_tags_stay(text: str) -> None:
    """The tags around a text are the same behind it."""
    html = f'<p title="it\'s">{text}</p><p>{text}</p>'

    assert tags_of(html) == tags_of(typeset(html))
