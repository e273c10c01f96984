# SPDX-License-Identifier: MIT
"""The page that every stand-in shares: its head, its look, and the notice that nothing is real.

What stands on a page is its platform's own. This module knows no platform.
"""

from html import escape

__all__ = ["stand_in_page"]

_STYLE = """
:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0;font:1.125rem/1.5 system-ui,sans-serif;color:#111;background:#fff;
overflow-wrap:anywhere}
header,main{max-width:42rem;margin:0 auto;padding:1rem}
header{border-bottom:.25rem solid #5a2d82}
h1{font-size:1.9rem;line-height:1.2;margin:1rem 0}
h2{font-size:1.3rem;line-height:1.3}
a{color:#1a4f9c}
fieldset{border:0;margin:0;padding:0;min-width:0}
legend{padding:0;font-weight:600}
:focus-visible{outline:.25rem solid #b45f06;outline-offset:.15rem}
.notice{background:#f3ecf9;padding:.8rem;margin:0}
dt{font-weight:600}dd{margin:0 0 .5rem}
.table{overflow-x:auto}
table{border-collapse:collapse;width:100%;overflow-wrap:normal}
caption{text-align:left;font-weight:600}
th,td{text-align:left;padding:.3rem .6rem .3rem 0;border-bottom:1px solid #767676}
"""


def stand_in_page(
    title: str,
    body: str,
    *,
    notice: str,
    style: str = "",
    language: str = "en",
    navigation: str = "",
) -> str:
    """Write a whole page. Long words wrap, except in a table, which scrolls in its `.table`.

    Args:
        title: plain text.
        body: HTML, with the heading of the page.
        notice: plain text that says what is not real.
        style: CSS of this stand-in's own, which stands after the shared one.
        language: `en` or `cy`.
        navigation: HTML that stands under the notice.

    Returns:
        The page as HTML.
    """
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{escape(title)} - lg-sandbox</title>"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}{style}</style></head><body>"
        f'<header><p class="notice">{escape(notice)}</p>{navigation}</header>'
        f"<main>{body}</main></body></html>"
    )
