# SPDX-License-Identifier: MIT
"""What the browser of `lg_core.testing` makes of a page; a walk: tests/pay/test_browser.py."""

import pytest

from lg_core.testing import Browser, Page, read_page

PAGE = """<!doctype html><title>Bins - Council</title><style>p {}</style>
<h1>How many <em>bins</em>?</h1><p>Two</p><p>words</p>
<a href="/next">Next <span>page</span></a>
<dl><dt>Bins</dt><dd>2</dd><dd><a href="/c">Change</a></dd></dl>
<form method=post action=/bins>
<input type=radio name=bins id=b1 value=1><label for=b1>1 bin</label>
<input type=radio name=bins id=b2 value=2 checked><label for=b2>2 bins</label>
<select name=street><option value=a>A</option><option selected>B</option></select>
<textarea name=note> hello </textarea>
<button name=go value=on>Continue</button><button>Other</button></form>"""


def test_what_a_page_shows_is_read() -> None:
    """Title, heading, words, links and lists, each once."""
    page = read_page("http://127.0.0.1/", PAGE)

    assert "Bins - Council" == page.title
    assert "How many bins?" == page.heading
    assert "Two words" in page.text
    assert "p {}" not in page.text
    assert {"Next page": "/next", "Change": "/c"} == page.links
    assert {"Bins": "2"} == page.rows


def test_what_a_form_offers_is_read() -> None:
    """Choices with their labels, what is chosen, and every button."""
    (form,) = read_page("http://127.0.0.1/", PAGE).forms

    assert {"bins": {"1": "1 bin", "2": "2 bins"}, "street": {"a": "A", "B": "B"}} == form.choices
    assert {"bins": "2", "street": "B", "note": "hello"} == form.fields
    assert ["Continue", "Other"] == [button.text for button in form.buttons]
    assert ("go", "on") == (form.buttons[0].name, form.buttons[0].value)


def test_only_this_machine_is_opened() -> None:
    """An address elsewhere is kept and not called, also where a form leads to it."""
    elsewhere = "https://www.example.gov.uk/"
    page = read_page(elsewhere, "<form method=post><button>Go</button></form>")

    assert Page(elsewhere, left=True) == Browser().open(elsewhere)
    assert Page(elsewhere, left=True) == Browser().press(page, "Go")


def test_what_is_not_there_cannot_be_used() -> None:
    """A link, a field or a choice that the page does not have is said."""
    page = read_page("http://127.0.0.1/", PAGE)

    with pytest.raises(LookupError, match="no link 'Back'"):
        Browser().follow(page, "Back")
    with pytest.raises(LookupError, match="no field cvc"):
        Browser().press(page, "Continue", cvc="1")
    with pytest.raises(LookupError, match="no such choice of bins"):
        Browser().press(page, "Continue", bins="9")
