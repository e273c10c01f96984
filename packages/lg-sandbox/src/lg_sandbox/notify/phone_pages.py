# SPDX-License-Identifier: MIT
"""Phones: the conversation of a number with the services, and all texts that were received."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape

from lg_sandbox.notify.callbacks import ReceivedText
from lg_sandbox.notify.model import Message
from lg_sandbox.notify.pages import Field, Table, form, page

__all__ = ["phone_page", "phones_page", "received_page"]


def phones_page(numbers: Mapping[str, int]) -> str:
    """Write the list of all numbers.

    Args:
        numbers: how many texts each number sent or received, the last one first.

    Returns:
        The page.
    """
    table = Table("Phones that texts went to or came from", ("Number", "Texts"))
    rows = [
        (f'<a href="/phones/{escape(number)}">{escape(number)}</a>', str(count))
        for number, count in numbers.items()
    ]
    return page(
        "Phones",
        f"<h1>Phones</h1>{table.html(rows, empty='No phone has a text yet.')}",
        here="/phones",
    )


def phone_page(
    number: str,
    *,
    sent: Sequence[Message],
    received: Sequence[ReceivedText],
    fault: str | None = None,
) -> str:
    """Write the conversation of a number, as its owner sees it.

    Args:
        number: the number, in its normal form.
        sent: the texts that services sent to it, oldest first.
        received: the texts that it sent to services, oldest first.
        fault: what was wrong with a text that was to be sent; None where nothing was.

    Returns:
        The page.
    """
    talk = [(each.created_at, _arrived(each)) for each in sent]
    talk += [(each.created_at, _written(each)) for each in received]
    talk.sort(key=lambda part: part[0])
    said = "".join(html for _, html in talk)
    shown = f'<ol class="talk">{said}</ol>' if talk else "<p>No texts yet.</p>"
    reply = Field("content", "Text to the service", long=True)
    body = (
        f'<p><a href="/phones">All phones</a></p><h1>Phone {escape(number)}</h1>{shown}'
        "<h2>Write a text</h2>"
        f"{form(f'/phones/{number}', (reply,), press='Send the text', fault=fault)}"
    )
    return page(f"Phone {number}", body)


def received_page(
    texts: Sequence[ReceivedText], *, typed: Mapping[str, str], fault: str | None = None
) -> str:
    """Write the texts that services received, with a form to send one in.

    Args:
        texts: the texts, newest first.
        typed: what was typed in the form.
        fault: what was wrong with it; None where nothing was.

    Returns:
        The page.
    """
    table = Table("Received texts, newest first", ("From", "To", "Received (UTC)", "Text"))
    rows = [
        (
            f'<a href="/phones/{escape(each.user_number)}">{escape(each.user_number)}</a>',
            escape(each.notify_number),
            _clock(each.created_at),
            escape(each.content),
        )
        for each in texts
    ]
    fields = (
        Field("user_number", "From which number", typed.get("user_number", "447900900123")),
        Field("content", "Text to the service", typed.get("content", ""), long=True),
    )
    body = (
        f"<h1>Received texts</h1>{table.html(rows, empty='No service has received a text yet.')}"
        f"<h2>Send a text to the service</h2>"
        f"{form('/received', fields, press='Send the text', fault=fault)}"
    )
    return page("Received texts", body, here="/received")


def _arrived(message: Message) -> str:
    return (
        f"<li>{escape(message.delivered_text)}<small>{escape(message.sender)}, "
        f'{_clock(message.created_at)}, <a href="/messages/{message.id}">{message.state}'
        "</a></small></li>"
    )


def _written(text: ReceivedText) -> str:
    return (
        f'<li class="in">{escape(text.content)}<small>to {escape(text.notify_number)}, '
        f"{_clock(text.created_at)}</small></li>"
    )


def _clock(instant: datetime) -> str:
    return f"{instant:%d %B %Y, %H:%M}"
