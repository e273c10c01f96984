# SPDX-License-Identifier: MIT
"""The inbox: every message as the person receives it. Written by hand, no JavaScript, no brand."""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.routing import Route

from lg_sandbox.answers import html_answer
from lg_sandbox.delivery import deliver
from lg_sandbox.notify.model import Channel, Message
from lg_sandbox.notify.office import Office, UnknownMessageError
from lg_sandbox.notify.templates import Template

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

__all__ = ["inbox_page", "inbox_routes", "message_page", "unknown_page"]

_STYLE = """
:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0;font:1.125rem/1.5 system-ui,sans-serif;color:#111;background:#fff}
header,main{max-width:60rem;margin:0 auto;padding:1rem}
header{border-bottom:.25rem solid #5a2d82}
h1{font-size:1.9rem;line-height:1.2;margin:1rem 0}
h2{font-size:1.3rem;line-height:1.3}
a{color:#1a4f9c}
:focus-visible{outline:.25rem solid #b45f06;outline-offset:.15rem}
.notice{background:#f3ecf9;padding:.8rem;margin:0}
.text{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid #767676;padding:1rem}
.table{overflow-x:auto}
dt{font-weight:600}dd{margin:0 0 .5rem;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%}
caption{text-align:left;font-weight:600}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;
border-bottom:1px solid #767676}
tbody th{min-width:12rem}
td{white-space:nowrap}
"""
_SAFE = (
    ("Cache-Control", "no-store"),
    (
        "Content-Security-Policy",
        (
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'"
        ),
    ),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
)
_CHANNELS = {Channel.SMS: "Text message", Channel.EMAIL: "Email"}
_STARTS_WITH = 60


def inbox_routes(office: Office) -> list[Route]:
    """Return the routes of the inbox.

    Args:
        office: the state of the stand-in.
    """
    return [
        Route("/", _Page(office), methods=["GET"]),
        Route("/messages/{message_id}", _Page(office), methods=["GET"]),
    ]


class _Page:
    """One page as an ASGI app."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        request = Request(scope, receive)
        status, page = self._page(request, request.path_params.get("message_id"))
        await deliver(html_answer(status, page, headers=_SAFE), send=send)

    def _page(self, request: Request, message_id: str | None) -> tuple[int, str]:
        with self._office.open() as now:
            if message_id is None:
                return 200, inbox_page(
                    self._office.all(now=now)[::-1],
                    templates=self._office.templates.all,
                    base=str(request.base_url).rstrip("/"),
                )
            try:
                return 200, message_page(self._office.get(message_id, now=now))
            except UnknownMessageError:
                return 404, unknown_page()


def inbox_page(messages: Sequence[Message], *, templates: Sequence[Template], base: str) -> str:
    """Write the list of all messages.

    Args:
        messages: the messages, newest first.
        templates: the templates that can be sent with.
        base: the address of the API.

    Returns:
        The page.
    """
    body = (
        f"<h1>Inbox</h1><p>The API is at <code>{escape(base)}</code>. Sign your requests with your "
        "sandbox key, and load this page again to see what arrived.</p>"
        f"{_messages(messages)}{_templates(templates)}"
    )
    return _page("Inbox", body)


def message_page(message: Message) -> str:
    """Write one message as the person receives it.

    Args:
        message: the message.

    Returns:
        The page.
    """
    title = message.subject or f"Text message to {message.to}"
    facts = {
        "To": message.to,
        "Sent as": _CHANNELS[message.channel],
        "Status": message.status.value,
        "Accepted": f"{message.created_at:%d %B %Y, %H:%M:%S} UTC",
        "Key": message.key.value,
        "Reference": message.reference or "none",
        "Id": message.id,
    }
    if message.channel is Channel.SMS:
        facts["Charged as"] = f"{message.fragments} × {message.multiplier}"  # noqa: RUF001 -- times
    listed = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in facts.items())
    body = (
        f'<p><a href="/">Back to the inbox</a></p><h1>{escape(title)}</h1>'
        f'<div class="text" id="message">{escape(message.delivered_text)}</div>'
        f"<h2>About this message</h2><dl>{listed}</dl>"
    )
    return _page(title, body)


def unknown_page() -> str:
    """Write the page for a message that is not there.

    Returns:
        The page.
    """
    return _page(
        "Message not found",
        "<h1>Message not found</h1><p>Each start of the sandbox has an empty inbox. "
        '<a href="/">Go to the inbox</a>.</p>',
    )


def _messages(messages: Sequence[Message]) -> str:
    if not messages:
        return "<p>No messages yet.</p>"
    rows = "".join(
        f'<tr><th scope="row"><a href="/messages/{each.id}">{escape(_line(each))}</a></th>'
        f"<td>{_CHANNELS[each.channel]}</td><td>{escape(each.to)}</td>"
        f"<td>{each.status.value}</td></tr>"
        for each in messages
    )
    return _table(f"Messages: {len(messages)}", ("Message", "Sent as", "To", "Status"), rows)


def _templates(templates: Sequence[Template]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(each.name)}</th><td>{_CHANNELS[each.channel]}</td>'
        f"<td><code>{each.id}</code></td></tr>"
        for each in templates
        if not each.archived
    )
    return f"<h2>Templates</h2>{_table('Send with one of these', ('Name', 'For', 'Id'), rows)}"


def _table(caption: str, heads: Sequence[str], rows: str) -> str:
    columns = "".join(f'<th scope="col">{head}</th>' for head in heads)
    return (
        f'<div class="table" role="region" aria-label="{caption}" tabindex="0"><table>'
        f"<caption>{caption}</caption><thead><tr>{columns}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def _line(message: Message) -> str:
    text = message.subject or message.delivered_text
    return text if len(text) <= _STARTS_WITH else f"{text[:_STARTS_WITH].rstrip()}…"


def _page(title: str, body: str) -> str:
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(title)} - lg-sandbox</title>"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body>"
        '<header><p class="notice">This is a sandbox. Nothing here is real: no message was sent '
        f"to anybody.</p></header><main>{body}</main></body></html>"
    )
