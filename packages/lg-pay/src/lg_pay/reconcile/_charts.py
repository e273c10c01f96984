# SPDX-License-Identifier: MIT
"""Draw bars as inline SVG, for a page without a script. The numbers stand in a table beside it.

The bars stretch with the page, so no text stands in the picture: at 320 pixels it could not be
read. Colours come from the page's style sheet.
"""

from collections.abc import Sequence
from html import escape
from typing import Final

__all__ = ["across", "upright"]

_HIGH: Final = 100
_WIDE: Final = 100
_GAP: Final = 0.2


def upright(values: Sequence[int | None], *, title: str, description: str, name: str) -> str:
    """Draw a bar for each value side by side, those below 0 downwards.

    Args:
        values: the values; None leaves a gap.
        title: what the picture shows, in a few words.
        description: what it says, for those who do not see it.
        name: the id of the picture in the page.
    """
    known = [value for value in values if value is not None]
    top, bottom = max([0, *known]), min([0, *known])
    height = (top - bottom) or 1
    nought = _HIGH * top / height
    bars = [
        f'<rect class="{"below" if value < 0 else "above"}" x="{at + _GAP / 2:.2f}" '
        f'y="{nought - max(value, 0) * _HIGH / height:.2f}" width="{1 - _GAP:.2f}" '
        f'height="{abs(value) * _HIGH / height:.2f}"/>'
        for at, value in enumerate(values)
        if value
    ]
    wide = max(len(values), 1)
    return (
        f'<svg class="upright" role="img" aria-labelledby="{name}-title {name}-description" '
        f'viewBox="0 0 {wide} {_HIGH}" preserveAspectRatio="none">'
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-description">{escape(description)}</desc>'
        f"{''.join(bars)}"
        f'<line class="axis" x1="0" x2="{wide}" y1="{nought:.2f}" y2="{nought:.2f}"/></svg>'
    )


def across(value: int, *, largest: int) -> str:
    """Draw one bar from left to right, beside its number, which says the same.

    Args:
        value: the value; its sign is shown by the colour.
        largest: the largest value of the table, without a sign.
    """
    wide = abs(value) * _WIDE / largest if largest else 0
    return (
        f'<svg class="across" aria-hidden="true" focusable="false" viewBox="0 0 {_WIDE} 10" '
        'preserveAspectRatio="none">'
        f'<rect class="{"below" if value < 0 else "above"}" x="0" y="0" '
        f'width="{wide:.2f}" height="10"/></svg>'
    )
