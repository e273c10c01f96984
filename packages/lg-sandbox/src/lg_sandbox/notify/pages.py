# SPDX-License-Identifier: MIT
"""The frame of every page of this stand-in, and its parts. By hand, no JavaScript, no brand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

from lg_sandbox.stand_in_page import stand_in_page

__all__ = ["Field", "Table", "button", "form", "page", "unknown_page"]

_STYLE = """
header,main{max-width:60rem}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;margin:.8rem 0 0;padding:0}
nav [aria-current]{font-weight:600;text-decoration:none;color:#111}
.fault{border:.25rem solid #a4161a;padding:.8rem;font-weight:600}
.text{white-space:pre-wrap;border:1px solid #767676;padding:1rem}
.email{border:1px solid #767676;padding:1rem;max-width:40rem}
.email table,.paper table{width:auto;overflow-wrap:anywhere}
.email td,.paper td{border:0;padding:0;white-space:normal}
.paper{background:#fff;border:1px solid #767676;box-shadow:.2rem .2rem .6rem #8a8a8a;
max-width:42rem;padding:clamp(1rem,6vw,3.5rem);margin:1rem 0}
.paper address{font-style:normal;white-space:pre-line}
.paper .from{margin-left:auto;width:fit-content;text-align:right}
.paper .to{margin:2rem 0}
.talk{list-style:none;margin:0;padding:1rem;max-width:28rem;background:#eceff3;
border-radius:1rem;display:flex;flex-direction:column;gap:.8rem}
.talk li{max-width:85%;padding:.6rem .9rem;border-radius:1rem;background:#fff;
white-space:pre-wrap;align-self:flex-start}
.talk li.in{align-self:flex-end;background:#1a4f9c;color:#fff}
.talk small{display:block;margin-top:.3rem;font-size:.9rem}
th,td{vertical-align:top}
tbody th{min-width:12rem}
td{white-space:nowrap}
label{display:block;font-weight:600;margin-top:.8rem}
input,select,textarea{display:block;font:inherit;width:100%;max-width:32rem;padding:.4rem;
border:2px solid #111;background:#fff;color:#111}
textarea{min-height:10rem}
button{display:block;font:inherit;font-weight:600;margin:.8rem 0;padding:.5rem 1rem;
border:0;background:#5a2d82;color:#fff;cursor:pointer}
"""
_PLACES = (
    ("/", "Inbox"),
    ("/phones", "Phones"),
    ("/received", "Received texts"),
    ("/templates", "Templates"),
    ("/callbacks", "Callbacks"),
)


@dataclass(frozen=True, slots=True)
class Table:
    """A table that scrolls by itself where the window is narrow.

    Args:
        caption: plain text; names the table.
        columns: plain text.
    """

    caption: str
    columns: tuple[str, ...]

    def html(self, rows: Sequence[Sequence[str]], *, empty: str) -> str:
        """Write it.

        Args:
            rows: the cells as HTML; the first of each row is its heading.
            empty: what to say where there is no row.
        """
        if not rows:
            return f"<p>{escape(empty)}</p>"
        head = "".join(f'<th scope="col">{escape(each)}</th>' for each in self.columns)
        body = "".join(
            f'<tr><th scope="row">{row[0]}</th>'
            + "".join(f"<td>{cell}</td>" for cell in row[1:])
            + "</tr>"
            for row in rows
        )
        name = escape(self.caption)
        return (
            f'<div class="table" role="region" aria-label="{name}" tabindex="0"><table>'
            f"<caption>{name}</caption><thead><tr>{head}</tr></thead>"
            f"<tbody>{body}</tbody></table></div>"
        )


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form.

    Args:
        name: its name, and its id.
        label: plain text.
        value: what stands in it.
        choices: what can be chosen; a text is typed where there are none.
        long: whether the text has several lines.
        required: whether the browser asks for it.
        kind: what is typed.
    """

    name: str
    label: str
    value: str = field(default="", repr=False)
    choices: tuple[tuple[str, str], ...] = ()
    long: bool = False
    required: bool = True
    kind: str = "text"

    def html(self) -> str:
        """Write it."""
        must = " required" if self.required else ""
        head = f'<label for="{self.name}">{escape(self.label)}</label>'
        at = f'id="{self.name}" name="{self.name}"{must}'
        if self.choices:
            options = "".join(
                f'<option value="{escape(value)}"'
                f"{' selected' if value == self.value else ''}>{escape(label)}</option>"
                for value, label in self.choices
            )
            return f"{head}<select {at}>{options}</select>"
        if self.long:
            # A line break after the tag is not part of the text.
            return f"{head}<textarea {at}>\n{escape(self.value)}</textarea>"
        return f'{head}<input {at} type="{self.kind}" value="{escape(self.value)}">'


def form(action: str, fields: Sequence[Field], *, press: str, fault: str | None = None) -> str:
    """Write a form.

    Args:
        action: where it is sent.
        fields: its questions.
        press: what its button says.
        fault: what was wrong with it; None where nothing was.

    Returns:
        The HTML.
    """
    told = "" if fault is None else f'<p class="fault" role="alert">{escape(fault)}</p>'
    asked = "".join(each.html() for each in fields)
    return (
        f'{told}<form method="post" action="{escape(action)}" novalidate>{asked}'
        f'<button type="submit">{escape(press)}</button></form>'
    )


def button(action: str, *, press: str) -> str:
    """Write a button that asks for nothing.

    Args:
        action: where it leads.
        press: what it says.

    Returns:
        The HTML.
    """
    return form(action, (), press=press)


def page(title: str, body: str, *, here: str = "") -> str:
    """Write a page.

    Args:
        title: plain text.
        body: HTML, with the heading of the page.
        here: the path of the place in the navigation that this is.

    Returns:
        The page.
    """
    places = "".join(
        f'<li><a href="{path}"{" aria-current=page" if path == here else ""}>{name}</a></li>'
        for path, name in _PLACES
    )
    return stand_in_page(
        title,
        body,
        notice="This is a sandbox. Nothing here is real: no message was sent to anybody.",
        style=_STYLE,
        navigation=f'<nav aria-label="Sandbox"><ul>{places}</ul></nav>',
    )


def unknown_page() -> str:
    """Write the page for what is not there."""
    return page(
        "Not found",
        "<h1>Not found</h1><p>Each start of the sandbox is empty. "
        '<a href="/">Go to the inbox</a>.</p>',
    )
