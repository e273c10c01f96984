# SPDX-License-Identifier: MIT
import pytest
from hypothesis import given
from hypothesis import strategies as st
from notify.render_values import VALUES

from lg_notify.render import fill, placeholders

NAMES = st.text(st.characters(exclude_characters="()?", exclude_categories=["Cs"]), min_size=1)


@pytest.mark.parametrize(
    ("template", "values", "expected"),
    [
        ("Hello ((name))", {"name": "Ann"}, "Hello Ann"),
        ("((NAME)) ((n_a-m e))", {"name": "Ann"}, "Ann Ann"),
        ("((name))", {"N A_M-E": "Ann"}, "Ann"),
        ("(( name ))", {"name": "Ann"}, "Ann"),
        ("(((name)))", {"name": "Ann"}, "(Ann)"),
        ("((na\nme))", {"name": "Ann"}, "((na\nme))"),
        ("((name))", {"name": None}, "((name))"),
        ("((name))", {}, "((name))"),
        ("((name))", {"name": ""}, ""),
        ("((name))", {"name": "((name))"}, "((name))"),
        ("((unclosed) (single)", {"unclosed": "x", "single": "y"}, "((unclosed) (single)"),
        ("((n)) ((f)) ((t))", {"n": 3, "f": 2.5, "t": True}, "3 2.5 True"),
        ("((file))", {"file": {"file": "QUJD"}}, "https://documents.service.gov.uk/d/the-file"),
    ],
)
def test_a_placeholder_takes_its_value(
    template: str, values: dict[str, object], expected: str
) -> None:
    """Names are compared as Notify compares them, and a mark without a value stays."""
    assert expected == fill(template, values)


@pytest.mark.parametrize(
    "true", ["yes", "Y", "TRUE", "t", "1", "include", "Show", True, 1], ids=repr
)
def test_a_condition_shows(true: object) -> None:
    """Each word that Notify takes for true shows the text, "??" in it included."""
    assert "a??b" == fill("((flag??a??b))", {"Flag": true})


@pytest.mark.parametrize(
    "false", ["no", "on", "", "yes ", "2", False, 0, 2, 1.0, ["no"], []], ids=repr
)
def test_a_condition_hides(false: object) -> None:
    """All else hides it, "on" as well."""
    assert "" == fill("((flag??text))", {"flag": false})


def test_a_condition_without_a_value_stays() -> None:
    """A condition needs its value also where it would be false."""
    assert "((flag??text))" == fill("((flag??text))", {"other": "yes"})


def test_a_nested_mark_leaves_the_outer_brackets() -> None:
    """Only the inner mark is one: Notify has no marks in marks."""
    template = "((yes??see ((name))))"

    assert "((yes??see Ann))" == fill(template, {"name": "Ann", "yes": "yes"})
    assert ("name",) == placeholders(template)


@pytest.mark.parametrize(
    ("items", "sentence", "bullets"),
    [
        (["one", "two", "three"], "one, two and three", "\n\n* one\n* two\n* three"),
        (["one", "two"], "one and two", "\n\n* one\n* two"),
        (["one"], "one", "\n\n* one"),
        ((1, None, " ", "\u200b", "\u00a0x "), "1 and x", "\n\n* 1\n* x"),
        ([], "", ""),
        ([None, ""], "", ""),
    ],
)
def test_a_list_is_a_sentence_or_bullets(items: object, sentence: str, bullets: str) -> None:
    """A list reads as a sentence in a text and a subject, and as bullets in a body."""
    assert sentence == fill("((list))", {"list": items})
    assert bullets == fill("((list))", {"list": items}, bullets=True)


def test_a_list_as_a_condition() -> None:
    """A list is asked as it would read: in a body its bullets are never true."""
    assert "text" == fill("((list??text))", {"list": ["yes"]})
    assert "" == fill("((list??text))", {"list": ["yes"]}, bullets=True)


def test_placeholders_are_named_once_in_order() -> None:
    """Each name comes once, as it is written first, a condition's too."""
    assert ("b", "A b", "c") == placeholders("((b)) ((A b)) ((a_B)) ((B)) ((c??text)) ((b))")
    assert () == placeholders("no ((x) placeholder")


@given(st.text("a() ?_-\n"), st.dictionaries(st.text("a _?\n"), VALUES))
def test_filling_never_fails(template: str, values: dict[str, object]) -> None:
    """Whatever stands in a template and its values, it is filled."""
    assert isinstance(fill(template, values), str)
    assert isinstance(fill(template, values, bullets=True), str)


@given(st.lists(st.tuples(st.text("xyz.,\n "), NAMES)), st.text("xyz"))
def test_placeholders_are_what_is_filled(parts: list[tuple[str, str]], value: str) -> None:
    """A text with a value for each of its placeholders has no mark left, and lost only marks."""
    template = "".join(f"{text}(({name}))" for text, name in parts)
    values = dict.fromkeys(placeholders(template), value)

    assert "".join(text + value for text, _ in parts) == fill(template, values)


@given(st.text())
def test_without_marks_nothing_changes(text: str) -> None:
    """A text that names nothing stays as it is."""
    if not placeholders(text):
        assert text == fill(text, {"name": "Ann"})
