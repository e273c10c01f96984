# SPDX-License-Identifier: MIT
"""The start page: which postcodes the invented town has, and how to ask for one."""

from collections import Counter
from html import escape

from lg_sandbox.places.town import EMPTY_POSTCODE, TOWN, build_town
from lg_sandbox.stand_in_page import stand_in_page

__all__ = ["start_page"]

_STYLE = """
tbody th{white-space:nowrap}
@media(max-width:30em){table{font-size:.85rem}}
"""


def start_page(*, base: str) -> str:
    """Write the start page.

    Args:
        base: the address of the API.

    Returns:
        The page.
    """
    counted = Counter(each.postcode for each in build_town()) | {EMPTY_POSTCODE: 0}
    streets = {each.postcode: each.street.title() for each in build_town()}
    rows = "".join(
        f'<tr><th scope="row">{postcode}</th><td>{escape(streets.get(postcode, "none"))}</td>'
        f"<td>{count}</td></tr>"
        for postcode, count in sorted(counted.items())
    )
    example = f"{base}/search/places/v1/postcode?postcode=ZZ1+1AA"
    body = (
        "<h1>Stand-in for OS Places</h1>"
        f"<p>Send your sandbox key in the header <code>key</code> to "
        f"<code>{escape(example)}</code>.</p>"
        '<table><caption>Postcodes</caption><thead><tr><th scope="col">Postcode</th>'
        '<th scope="col">Street</th><th scope="col">Properties</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )
    notice = (
        f"This is a sandbox. Nothing here is real: the town of {TOWN.title()}, its streets and its "
        "addresses are invented."
    )
    return stand_in_page("Stand-in for OS Places", body, notice=notice, style=_STYLE)
