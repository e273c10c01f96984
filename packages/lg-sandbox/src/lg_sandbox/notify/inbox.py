# SPDX-License-Identifier: MIT
"""The inbox: every message as the person receives it: a text, an email, a letter on paper."""

from collections.abc import Sequence
from html import escape

from lg_sandbox.notify.markdown import to_html
from lg_sandbox.notify.model import ENDS, Channel, Letter, Message
from lg_sandbox.notify.pages import Field, Table, button, form, page
from lg_sandbox.notify.templates import Template

__all__ = ["inbox_page", "message_page"]

_CHANNELS = {Channel.SMS: "Text message", Channel.EMAIL: "Email", Channel.LETTER: "Letter"}
_STARTS_WITH = 60


def inbox_page(messages: Sequence[Message], *, templates: Sequence[Template], base: str) -> str:
    """Write the list of all messages.

    Args:
        messages: the messages, newest first.
        templates: the templates that can be sent with.
        base: the address of the API.

    Returns:
        The page.
    """
    sent = Table(f"Messages: {len(messages)}", ("Message", "Sent as", "To", "Status"))
    rows = [
        (
            f'<a href="/messages/{each.id}">{escape(_line(each))}</a>',
            _CHANNELS[each.channel],
            escape(each.to),
            each.state,
        )
        for each in messages
    ]
    offered = Table("Send with one of these", ("Name", "For", "Id"))
    usable = [
        (escape(each.name), _CHANNELS[each.channel], f"<code>{each.id}</code>")
        for each in templates
        if not each.archived
    ]
    body = (
        f"<h1>Inbox</h1><p>The API is at <code>{escape(base)}</code>. Sign your requests with your "
        "sandbox key, and load this page again to see what arrived.</p>"
        f"{sent.html(rows, empty='No messages yet.')}"
        f"<h2>Templates</h2>{offered.html(usable, empty='There are no templates.')}"
    )
    return page("Inbox", body, here="/")


def message_page(message: Message, *, fault: str | None = None) -> str:
    """Write one message as the person receives it.

    Args:
        message: the message.
        fault: why what was asked for could not be done; None where it could.

    Returns:
        The page.
    """
    title = message.subject or f"Text message to {message.to}"
    facts = _facts(message)
    listed = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in facts.items())
    ends = tuple((each.value, each.value) for each in sorted(ENDS[message.channel]))
    ended = Field("status", "State", message.status.value, choices=ends)
    body = (
        f'<p><a href="/">Back to the inbox</a></p><h1>{escape(title)}</h1>'
        f"<h2>What arrives</h2>{_shown(message)}"
        f"<h2>About this message</h2><dl>{listed}</dl>"
        f"<h2>Let something happen</h2>"
        f"{form(f'/messages/{message.id}/end', (ended,), press='End it so', fault=fault)}"
        f"{_others(message)}"
    )
    return page(title, body)


def _facts(message: Message) -> dict[str, str]:
    facts = {
        "To": message.to,
        "Sent as": _CHANNELS[message.channel],
        "Status": message.state,
        "Accepted": f"{message.created_at:%d %B %Y, %H:%M:%S} UTC",
        "Key": message.key.value,
        "Reference": message.reference or "none",
        "Id": message.id,
    }
    if message.channel is Channel.SMS:
        facts["Charged as"] = f"{message.fragments} × {message.multiplier}"  # noqa: RUF001 -- times
    if message.letter is not None:
        facts["Postage"] = message.letter.postage
        facts["Pages"] = str(message.letter.pages)
        facts["Should arrive by"] = f"{message.letter.estimated_delivery:%d %B %Y}"
    return facts


def _shown(message: Message) -> str:
    if message.letter is not None:
        return _paper(message, message.letter)
    if message.channel is Channel.EMAIL:
        unsubscribe = ""
        if message.unsubscribe_url:
            address = escape(message.unsubscribe_url)
            unsubscribe = f'<p><a href="{address}">Unsubscribe from these emails</a></p>'
        return f'<div class="email" id="message">{to_html(message.body)}{unsubscribe}</div>'
    return f'<div class="text" id="message">{escape(message.delivered_text)}</div>'


def _paper(message: Message, letter: Letter) -> str:
    if letter.precompiled:
        return (
            '<div class="paper" id="message"><p>The service made this letter. Its PDF is what '
            "it sent; the API gives it back.</p></div>"
        )
    sender = escape(letter.contact_block or "")
    address = escape("\n".join(letter.address))
    return (
        f'<div class="paper" id="message"><address class="from">{sender}</address>'
        f'<address class="to">{address}</address><p>{message.created_at:%d %B %Y}</p>'
        f"<p><strong>{escape(message.subject or '')}</strong></p>{to_html(message.body)}</div>"
    )


def _others(message: Message) -> str:
    here = f"/messages/{message.id}"
    match message.channel:
        case Channel.EMAIL:
            return button(f"{here}/complain", press="Mark as unwanted")
        case Channel.LETTER:
            return button(f"{here}/return", press="Let it come back") + button(
                f"{here}/cancel", press="Cancel it before it is printed"
            )
        case _:
            return f'<p><a href="/phones/{message.recipient}">See the phone</a></p>'


def _line(message: Message) -> str:
    text = message.subject or message.delivered_text
    return text if len(text) <= _STARTS_WITH else f"{text[:_STARTS_WITH].rstrip()}…"
