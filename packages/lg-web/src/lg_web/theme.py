# SPDX-License-Identifier: MIT
"""A council's colours, checked for contrast, and the stylesheet and icon made of them.

GOV.UK Frontend 6 reads its colours from custom properties, so a council changes them without
building a stylesheet. GOV.UK's own brand colours belong to GOV.UK alone, so the brand here begins
as a plain dark grey.
"""

import re
from dataclasses import dataclass, fields
from typing import Final

from lg_core.errors import ConfigError

__all__ = ["Colours", "contrast"]

_HEX: Final = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_WHITE: Final = "#ffffff"
_PAGE_TEXT: Final = "#0b0c0c"
_TINT: Final = "#f3f3f3"  # what GOV.UK Frontend lays under cards, tabs and the footer here
_ENOUGH: Final = 4.5
_PAIRS: Final = (
    ("brand_text", "brand"),
    ("link", _WHITE),
    ("link", _TINT),
    ("link_hover", _WHITE),
    ("link_visited", _WHITE),
    ("error", _WHITE),
    ("focus_text", "focus"),
    ("button_text", "button"),
)


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours of a council's pages, each as `#rrggbb` or `#rgb`.

    Text must stand out from what is behind it by at least 4.5 to 1 (WCAG 2.2, 1.4.3 'Contrast').

    Args:
        brand: the band at the top.
        brand_text: the council's name on it.
        link: a link.
        link_hover: a link under the pointer.
        link_visited: a link that was followed before.
        focus: what lies behind a link or a field that has the focus.
        focus_text: a link that has the focus.
        button: the main button.
        button_text: what is written on it.
        error: an error message, and the frame of its field.

    Raises:
        ConfigError: a colour is not written so, or a text does not stand out enough.
    """

    brand: str = "#383f43"
    brand_text: str = _WHITE
    link: str = "#1a65a6"
    link_hover: str = "#0f385c"
    link_visited: str = "#54319f"
    focus: str = "#ffdd00"
    focus_text: str = _PAGE_TEXT
    button: str = "#0f7a52"
    button_text: str = _WHITE
    error: str = "#ca3535"

    def __post_init__(self) -> None:
        for each in fields(self):
            if not _HEX.fullmatch(getattr(self, each.name)):
                raise ConfigError(
                    f"colours.{each.name} is not a colour: write it as #rrggbb or #rgb.",
                    setting=f"colours.{each.name}",
                )
        for text, behind in _PAIRS:
            self._check(text, behind)

    def _check(self, text: str, behind: str) -> None:
        known = not behind.startswith("#")
        ratio = contrast(getattr(self, text), getattr(self, behind) if known else behind)
        if ratio < _ENOUGH:
            ground = f"colours.{behind}" if known else f"the page ({behind})"
            raise ConfigError(
                f"colours.{text} stands out from {ground} by {ratio:.2f} to 1 only; it must be at "
                f"least {_ENOUGH} to 1, so that everybody can read it. Choose a darker or a "
                "lighter colour.",
                setting=f"colours.{text}",
            )

    def stylesheet(self) -> str:
        """Return the stylesheet that gives the pages these colours."""
        properties = {
            "--govuk-brand-colour": self.brand,
            "--govuk-link-colour": self.link,
            "--govuk-link-hover-colour": self.link_hover,
            "--govuk-link-visited-colour": self.link_visited,
            "--govuk-focus-colour": self.focus,
            "--govuk-focus-text-colour": self.focus_text,
            "--govuk-success-colour": self.button,
            "--govuk-error-colour": self.error,
            "--lg-brand-text-colour": self.brand_text,
            "--lg-button-colour": self.button,
            "--lg-button-text-colour": self.button_text,
            "--lg-button-hover-colour": _shade(self.button, 0.8),
            "--lg-button-shadow-colour": _shade(self.button, 0.4),
        }
        lines = "".join(f"  {name}: {value};\n" for name, value in properties.items())
        return f":root {{\n{lines}}}\n"

    def icon(self) -> str:
        """Return the pages' icon, a square in the brand's colour, as SVG."""
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48">'
            f'<rect width="48" height="48" rx="6" fill="{self.brand}"/></svg>\n'
        )


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2, 'contrast ratio').

    Args:
        one: a colour, as `#rrggbb` or `#rgb`.
        other: another one.

    Returns:
        From 1, for the same colour, to 21, for black and white.
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _parts(colour: str) -> tuple[int, int, int]:
    digits = colour[1:] if len(colour) > len("#rgb") else "".join(c * 2 for c in colour[1:])
    red, green, blue = bytes.fromhex(digits)
    return red, green, blue


def _luminance(colour: str) -> float:
    """Compute relative luminance, with the factors and the threshold of WCAG 2.2's definition."""
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 -- the definition's own numbers
        for value in (part / 255 for part in _parts(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _shade(colour: str, factor: float) -> str:
    return "#" + "".join(f"{round(part * factor):02x}" for part in _parts(colour))
