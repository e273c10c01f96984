# SPDX-License-Identifier: MIT
import re
from dataclasses import fields

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lg_core.errors import ConfigError
from lg_web.theme import Colours, contrast

COLOUR = st.from_regex(r"#([0-9a-f]{3}|[0-9a-f]{6})", fullmatch=True)
NAMES = [each.name for each in fields(Colours)]


def test_black_on_white_has_the_greatest_contrast() -> None:
    """Black and white have 21 to 1, the end of WCAG's scale."""
    assert 21 == pytest.approx(contrast("#000", "#ffffff"))


def test_contrast_is_that_of_the_definition() -> None:
    """A grey known to be the lightest that may be read on white has a little over 4.5 to 1."""
    assert 4.54 == pytest.approx(contrast("#767676", "#fff"), abs=0.005)
    assert contrast("#777777", "#fff") < 4.5


@given(COLOUR, COLOUR)
def test_contrast_does_not_depend_on_which_comes_first(one: str, other: str) -> None:
    """Contrast is between 1 and 21, and the same in both directions."""
    assert contrast(one, other) == contrast(other, one)
    assert 1 <= contrast(one, other) <= 21.000001


@given(COLOUR)
def test_a_colour_has_no_contrast_with_itself(colour: str) -> None:
    """A colour against itself has 1 to 1."""
    assert 1 == contrast(colour, colour)


def test_the_colours_that_are_given_can_be_read() -> None:
    """The colours of a council that sets none pass their own checks."""
    assert Colours() == Colours()


def test_short_and_long_notation_mean_the_same() -> None:
    """#rgb is #rrggbb with each digit twice."""
    assert contrast("#036", "#fff") == contrast("#003366", "#ffffff")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "value", ["", "red", "#12345", "#ggg", "#fff;}", "#fff\n", "url(x)", "#\uff11\uff12\uff13"]
)
def test_what_is_no_colour_is_refused(name: str, value: str) -> None:
    """Only hexadecimal colours reach the stylesheet, and the error names the setting alone."""
    with pytest.raises(ConfigError) as refused:
        Colours(**{name: value})

    assert f"colours.{name}" == refused.value.setting
    assert not value or value not in str(refused.value)


@pytest.mark.parametrize(
    ("given_colours", "setting"),
    [
        ({"brand": "#ffcc00"}, "colours.brand_text"),
        ({"brand": "#000", "brand_text": "#333"}, "colours.brand_text"),
        ({"link": "#5694ca"}, "colours.link"),
        ({"link": "#737373"}, "colours.link"),  # enough on white, not on the footer's grey
        ({"link_hover": "#aaa"}, "colours.link_hover"),
        ({"link_visited": "#aaa"}, "colours.link_visited"),
        ({"error": "#ff6666"}, "colours.error"),
        ({"focus": "#0b0c0c"}, "colours.focus_text"),
        ({"button": "#00b050"}, "colours.button_text"),
    ],
)
def test_a_text_that_is_hard_to_read_is_refused(
    given_colours: dict[str, str], setting: str
) -> None:
    """Text with less than 4.5 to 1 is refused, and the error says by how much."""
    with pytest.raises(ConfigError, match=r"by \d+\.\d\d to 1 only") as refused:
        Colours(**given_colours)

    assert setting == refused.value.setting


@given(COLOUR, COLOUR)
def test_every_brand_that_is_taken_can_be_read(brand: str, text: str) -> None:
    """Whatever brand is taken, its text has at least 4.5 to 1; whatever is refused has less."""
    try:
        Colours(brand=brand, brand_text=text)
    except ConfigError:
        assert contrast(brand, text) < 4.5
    else:
        assert contrast(brand, text) >= 4.5


@given(COLOUR)
def test_the_stylesheet_holds_nothing_but_colours(button: str) -> None:
    """The stylesheet is one rule of custom properties, each with a hexadecimal colour."""
    assume(contrast(button, "#fff") >= 4.5)
    lines = Colours(button=button).stylesheet().splitlines()

    assert ":root {" == lines[0]
    assert "}" == lines[-1]
    assert all(
        re.fullmatch(r"  --(govuk|lg)-[a-z-]+: #[0-9a-fA-F]{3,6};", line) for line in lines[1:-1]
    )
    assert f"  --lg-button-colour: {button};" in lines


def test_the_button_is_darker_under_the_pointer() -> None:
    """The button's hover and shadow colours are shades of the button's own."""
    sheet = Colours(button="#005e30").stylesheet()

    assert "--lg-button-hover-colour: #004b26;" in sheet
    assert "--lg-button-shadow-colour: #002613;" in sheet


def test_the_icon_has_the_brands_colour() -> None:
    """The icon is a picture in the brand's colour."""
    assert 'fill="#003d5c"' in Colours(brand="#003d5c").icon()
