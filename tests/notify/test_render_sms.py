# SPDX-License-Identifier: MIT
import pytest
from hypothesis import given
from hypothesis import strategies as st
from notify.render_values import VALUES

from lg_notify import render
from lg_notify.render import _gsm

PRINTED = st.text(st.sampled_from(sorted(_gsm._GSM - {"\n", "\r", "\x1b"})))


def test_a_text_as_it_is_sent() -> None:
    """The preview has the service's name, the lengths, and what is missing."""
    preview = render.sms("Bin day: ((day)) ((who))", {"Day": "dydd Llun"}, prefix="Cyngor Ŵ")

    assert "Cyngor Ŵ: Bin day: dydd Llun ((who))" == preview.text
    assert (36, 26) == (preview.characters, preview.characters_without_prefix)
    assert (1, True, ("Ŵ",)) == (preview.fragments, preview.is_unicode, preview.unicode_because)
    assert (("day", "who"), ("who",)) == (preview.placeholders, preview.missing)
    assert not preview.too_long
    assert "Llun" not in repr(preview)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("  padded \u200b ", "padded"),
        ("a  \t b\u00a0\u00a0c", "a b c"),
        ("one\n\n\n\n\ntwo  x\n ,y", "one\n\ntwo x\n,y"),
        ("now , and . then", "now, and. then"),
        ("wait … there", "wait ... there"),
        ("a\r\nb\u2028c", "a\nb\nc"),
        ("x\u2003y", "x y"),
    ],
)
def test_white_space_is_taken_together(body: str, expected: str) -> None:
    """Spaces and empty lines are taken together before characters are replaced."""
    assert expected == render.sms(body).text


@pytest.mark.parametrize(
    ("length", "prefix", "too_long"),
    [(918, None, False), (919, None, True), (918, "Council", False), (919, "Council", True)],
)
def test_the_name_of_the_service_does_not_count(
    length: int, prefix: str | None, *, too_long: bool
) -> None:
    """Notify limits the text to 918 characters without the name before it."""
    preview = render.sms("a" * length, prefix=prefix)

    assert too_long == preview.too_long
    assert length == preview.characters_without_prefix


def test_an_empty_text_behind_a_name() -> None:
    """The count is never below 0 where the space behind the name goes, too."""
    preview = render.sms("((no??text))", {"no": "no"}, prefix="Council")

    assert ("Council:", 8, 0) == (
        preview.text, preview.characters, preview.characters_without_prefix,
    )  # fmt: skip


def test_what_was_replaced_is_said() -> None:
    """Characters that a text cannot carry come with what stands for them."""
    assert (("😀", "?"), ("’", "'")) == render.sms("😀 it’s").replaced


def test_a_template_is_rendered_again_and_again() -> None:
    """A template keeps nothing of the values of the rendering before."""
    template = render.SmsTemplate("Dear ((name))", prefix="Council")

    texts = [template.render({"name": name}).text for name in ("Ann", "Siân")]

    assert ["Council: Dear Ann", "Council: Dear Siân"] == texts
    assert "Council: Dear ((name))" == template.render().text


@given(st.text("a ()?.,\n\t ’Ŵ") | st.text(), st.dictionaries(st.text("a "), VALUES), st.text())
def test_rendering_never_fails(body: str, values: dict[str, object], prefix: str) -> None:
    """Whatever the template and the values, a text comes out that can be sent."""
    preview = render.sms(body, values, prefix=prefix)

    assert set(preview.text) <= _gsm._KEPT
    assert preview.characters == len(preview.text)
    assert preview.characters_without_prefix <= preview.characters
    assert preview.fragments >= 1


@given(PRINTED)
def test_gsm_changes_in_white_space_alone(text: str) -> None:
    """A text of GSM's characters keeps all of them but white space."""
    if render.placeholders(text):
        return
    preview = render.sms(text)

    assert "".join(text.split()) == "".join(preview.text.split())
    assert not preview.replaced
    assert not preview.is_unicode


@given(PRINTED, PRINTED)
def test_a_longer_text_takes_no_fewer_fragments(text: str, more: str) -> None:
    """Fragments grow with the text."""
    assert render.sms(f"x{text}x").fragments <= render.sms(f"x{text}x{more}").fragments
