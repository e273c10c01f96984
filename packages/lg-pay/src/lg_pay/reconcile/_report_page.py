# SPDX-License-Identifier: MIT
"""The frame of the report: one HTML document with its style, its sections and its tables."""

import re
from collections.abc import Collection, Iterable, Sequence
from html import escape
from typing import Final

__all__ = ["page", "section", "table_of"]

# Nothing is fetched, and nothing can run: the style in this document is all there is.
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'"

_STYLE: Final = """
:root { color-scheme: light; --ink: #0b0c0c; --quiet: #484949; --line: #8f9194; --bar: #1d70b8; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 70rem; background: #fff; color: var(--ink);
  font: 1rem/1.5 system-ui, arial, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .25rem; }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 2rem 0 .75rem; border-top: 2px solid var(--ink);
  padding-top: .75rem; }
header p { margin: 0; color: var(--quiet); }
dl { margin: 0 0 1rem; }
dl div { display: flex; flex-wrap: wrap; gap: 0 1rem; padding: .25rem 0;
  border-bottom: 1px solid var(--line); }
dt { flex: 0 1 18rem; font-weight: 700; }
dd { flex: 1 1 12rem; margin: 0; }
.wide { overflow-x: auto; margin: 0 0 1rem; }
.wide:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; overflow-wrap: normal; }
caption { text-align: left; font-weight: 700; padding: 0 0 .5rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0;
  border-bottom: 1px solid var(--line); }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
figure { margin: 0 0 1.5rem; }
figcaption, .ends { color: var(--quiet); }
.ends { display: flex; justify-content: space-between; gap: 1rem; }
svg { display: block; }
.upright { width: 100%; height: 10rem; }
.across { width: 100%; min-width: 6rem; height: 1.25rem; }
.above { fill: var(--bar); }
.below { fill: #ca3535; }
.axis { stroke: var(--ink); stroke-width: 1; vector-effect: non-scaling-stroke; }
@media print {
  body { max-width: none; padding: 0; font-size: 9pt; }
  .wide { overflow: visible; }
  h2, caption { break-after: avoid; }
  tr, figure { break-inside: avoid; }
  thead { display: table-header-group; }
  .above, .below { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""


def page(*, title: str, lead: str, parts: Iterable[str]) -> str:
    """Make the document.

    Args:
        title: its title and first heading.
        lead: the line under the heading.
        parts: its sections, as HTML.
    """
    return (
        '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}: {escape(lead)}</title>\n"
        f"<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<header>\n<h1>{escape(title)}</h1>\n<p>{escape(lead)}</p>\n</header>\n<main>\n"
        f"{''.join(parts)}</main>\n</body>\n</html>\n"
    )


def section(heading: str, content: str) -> str:
    """Make a section.

    Args:
        heading: its heading.
        content: what stands in it, as HTML.
    """
    return f"<section>\n<h2>{escape(heading)}</h2>\n{content}\n</section>\n"


def table_of(
    caption: str,
    *,
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    numbers: Collection[int],
) -> str:
    """Make a table. The first cell of each row is its heading.

    It stands in a frame of its own that scrolls, and that the keyboard reaches: on a telephone the
    page itself then never moves sideways (WCAG 2.2, 1.4.10 'Reflow').

    Args:
        caption: what the table shows. No two tables of a page have the same.
        columns: the headings of the columns.
        rows: the cells of each row, as HTML.
        numbers: which columns hold numbers, the first being 0.
    """
    name = re.sub(r"[^a-z0-9]+", "-", caption.lower())
    kinds = [' class="number"' if at in numbers else "" for at in range(len(columns))]
    head = "".join(
        f'<th scope="col"{kind}>{escape(text)}</th>'
        for text, kind in zip(columns, kinds, strict=True)
    )
    body = "\n".join(f"<tr>{_cells(row, kinds)}</tr>" for row in rows)
    return (
        f'<div class="wide" role="region" aria-labelledby="{name}" tabindex="0">\n<table>\n'
        f'<caption id="{name}">{escape(caption)}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>\n</div>\n"
    )


def _cells(row: Sequence[str], kinds: Sequence[str]) -> str:
    first, *rest = row
    return f'<th scope="row"{kinds[0]}>{first}</th>' + "".join(
        f"<td{kind}>{cell}</td>" for cell, kind in zip(rest, kinds[1:], strict=True)
    )
