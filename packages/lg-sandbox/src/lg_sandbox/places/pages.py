# SPDX-License-Identifier: MIT
"""The start page: which postcodes the invented town has, and how to ask for one."""

from collections import Counter
from html import escape

from lg_sandbox.places.town import EMPTY_POSTCODE, TOWN, build_town

__all__ = ["start_page"]

_STYLE = """
:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0;font:1.125rem/1.5 system-ui,sans-serif;color:#111;background:#fff}
header,main{max-width:42rem;margin:0 auto;padding:1rem}
header{border-bottom:.25rem solid #5a2d82}
h1{font-size:1.9rem;line-height:1.2;margin:1rem 0}
code{overflow-wrap:anywhere}
.notice{background:#f3ecf9;padding:.8rem;margin:0}
table{border-collapse:collapse;width:100%}
caption{text-align:left;font-weight:600}
th,td{text-align:left;padding:.3rem .6rem .3rem 0;border-bottom:1px solid #767676}
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
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        "<title>Stand-in for OS Places - lg-sandbox</title>"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body>"
        '<header><p class="notice">This is a sandbox. Nothing here is real: the town of '
        f"{TOWN.title()}, its streets and its addresses are invented.</p></header><main>"
        "<h1>Stand-in for OS Places</h1>"
        f"<p>Send your sandbox key in the header <code>key</code> to "
        f"<code>{escape(example)}</code>.</p>"
        '<table><caption>Postcodes</caption><thead><tr><th scope="col">Postcode</th>'
        '<th scope="col">Street</th><th scope="col">Properties</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></main></body></html>"
    )
