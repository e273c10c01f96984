# SPDX-License-Identifier: MIT
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_notify import render


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[click](https://evil.example) evil.example # h", r"\[click\]\(\) evil\. example \# h"),
        ("Ann Jones", "Ann Jones"),
        ("see HTTP://evil.example:80/a?b=c#d now", "see  now"),
        ("www.evil.example/path", r"www\. evil\. example/path"),
        ("ann@example.gov.uk", r"ann@example\.gov\.uk"),
        ("**b** _i_ `c` <b> {x} | !", r"\*\*b\*\* \_i\_ \`c\` \<b\> \{x\} \| \!"),
        ("1. one\n- two", "1\\. one\n\\- two"),
        ("hthttps://x.example/ tps://y.example", "ht tps://y\\. example"),
        ("hthttps://xtps://y.example/z", "ht"),
        ("", ""),
    ],
)
def test_links_and_signs_go(text: str, expected: str) -> None:
    """Addresses with a scheme go, others get a space after each dot, and signs a backslash."""
    assert expected == render.sanitise(text)


@given(st.text("https:/.ab ()[]<>@#*-\n") | st.text())
def test_a_sanitised_value_makes_no_link(text: str) -> None:
    """An e-mail that says such a value has no link in it, whatever it is."""
    preview = render.email("s", "Dear ((name)),", {"name": render.sanitise(text)})

    assert "<a " not in preview.html
