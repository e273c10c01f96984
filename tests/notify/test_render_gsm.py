# SPDX-License-Identifier: MIT
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_notify.render import _gsm
from lg_notify.render._gsm import carried, fragments_of

GSM = st.text(st.sampled_from(sorted(_gsm._GSM)))
FREE_WELSH = "ÄÉÖÜàäèéìòöùü"
DEAR_WELSH = "ŵŷâêîôûáíóúïëÿẁẃẅýỳŴŶÂÊÎÔÛÁÍÓÚÏËŸẀẂẄÝỲÀÈÌÒÙ"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("\u2018x\u2019 \u201cy\u201d \u2013 — …", "'x' \"y\" - - ..."),
        ("ã ő ç ñ Å é Ł ł", "a o c ñ Å é L l"),
        ("ế ǖ", "ê ü"),
        ("日本 😀 Ж ` ά \U0001d15e", "?? ? ? ? ? ?"),
        ("a\u200bb\u2060c\ufeffd\u200de", "abcde"),
        ("a\u00a0b\tc\u202fd", "a b c d"),
        ("²½", "??"),
        ("\u2126", "Ω"),
        (FREE_WELSH + DEAR_WELSH, FREE_WELSH + DEAR_WELSH),
    ],
)
def test_what_a_text_cannot_carry_is_replaced(given: str, expected: str) -> None:
    """Punctuation becomes plain, letters lose accents, Welsh stays, the rest is a question mark."""
    assert expected == carried(given).text


def test_it_says_what_it_replaced() -> None:
    """Each character that changed comes once, with what stands for it."""
    assert (("…", "..."), ("ã", "a"), ("😀", "?")) == carried("…ã…😀 ŵ").replaced
    assert () == carried("ŵ plain €").replaced


@pytest.mark.parametrize("letter", DEAR_WELSH)
def test_a_welsh_letter_takes_the_longer_alphabet(letter: str) -> None:
    """Every Welsh letter that GSM lacks is named as the cause."""
    assert (letter,) == carried(f"a{letter}{letter}").beyond


@pytest.mark.parametrize("letter", FREE_WELSH)
def test_a_welsh_letter_that_costs_nothing(letter: str) -> None:
    """These are in GSM's alphabet."""
    assert () == carried(letter).beyond


@pytest.mark.parametrize(
    ("text", "unicode", "expected"),
    [
        ("", False, 1),
        ("a" * 160, False, 1),
        ("a" * 161, False, 2),
        ("a" * 306, False, 2),
        ("a" * 307, False, 3),
        ("a" * 918, False, 6),
        ("€" * 80, False, 1),
        ("€" * 81, False, 2),
        ("ŵ" * 70, True, 1),
        ("ŵ€" * 35, True, 1),
        ("ŵ" * 71, True, 2),
        ("ŵ" * 134, True, 2),
        ("ŵ" * 135, True, 3),
        ("ŵ" * 918, True, 14),
    ],
)
def test_fragments(text: str, *, unicode: bool, expected: int) -> None:
    """GSM holds 160 and then 153 to a fragment, UCS-2 70 and then 67; some signs take two."""
    assert expected == fragments_of(text, unicode=unicode)


@given(st.text())
def test_only_gsm_and_welsh_are_left(text: str) -> None:
    """Whatever comes in, what goes out can be sent, and going out again changes nothing."""
    sent = carried(text)

    assert set(sent.text) <= _gsm._KEPT
    assert sent.text == carried(sent.text).text
    assert bool(sent.beyond) == bool(set(sent.text) & set(DEAR_WELSH))


@given(GSM)
def test_gsm_stays(text: str) -> None:
    """A text of GSM's characters is sent as it is."""
    assert (text, (), ()) == (carried(text).text, carried(text).replaced, carried(text).beyond)


@given(GSM, GSM, st.booleans())
def test_more_text_never_takes_fewer_fragments(text: str, more: str, unicode: bool) -> None:  # noqa: FBT001 -- hypothesis gives it
    """Fragments grow with the text, and each holds what it may."""
    fewer, all_of_it = (fragments_of(each, unicode=unicode) for each in (text, text + more))

    assert fewer <= all_of_it
    assert all_of_it <= max(1, math.ceil(2 * len(text + more) / 67))
