# SPDX-License-Identifier: MIT
"""Callbacks: what is set up, what was told and how it was answered, and a form to set one up."""

from collections.abc import Sequence
from datetime import datetime
from html import escape

from lg_sandbox.notify.callback_queue import Callback, Telling
from lg_sandbox.notify.callbacks import CallbackKind
from lg_sandbox.notify.pages import Field, Table, button, form, page

__all__ = ["SHOWN", "callbacks_page", "telling_page"]

SHOWN = 100
"""How many tellings the page shows, newest first."""

_KINDS = {
    CallbackKind.DELIVERY_RECEIPT: "Delivery receipt",
    CallbackKind.RECEIVED_TEXT: "Received text",
    CallbackKind.RETURNED_LETTER: "Returned letter",
    CallbackKind.COMPLAINT: "Complaint",
}


def callbacks_page(
    callbacks: Sequence[Callback], tellings: Sequence[Telling], *, fault: str | None = None
) -> str:
    """Write the callbacks and their log.

    Args:
        callbacks: those that are set up.
        tellings: what was and is told, newest first.
        fault: what was wrong with the form; None where nothing was.

    Returns:
        The page.
    """
    set_up = Table("Set up", ("Tells of", "Where"))
    log = Table("What was told", ("At (UTC)", "Tells of", "State", "Tries", "Next try (UTC)"))
    there = [(_KINDS[each.kind], escape(each.url or "in process")) for each in callbacks]
    told = [
        (
            f'<a href="/callbacks/{each.id}">{_clock(each.at)}</a>',
            _KINDS[each.kind],
            each.status.value,
            str(len(each.attempts)),
            "none" if each.due_at is None else _clock(each.due_at),
        )
        for each in tellings[:SHOWN]
    ]
    fields = (
        Field("kind", "Tells of", choices=tuple(_KINDS.items())),
        Field("url", "Address on this machine", "http://127.0.0.1:8000/", kind="url"),
        Field("bearer_token", "Bearer token"),
    )
    body = (
        f"<h1>Callbacks</h1>{set_up.html(there, empty='No callback is set up yet.')}"
        f"<h2>Log</h2>{log.html(told, empty='Nothing was told yet.')}"
        f"{button('/callbacks/deliver', press='Tell what is due')}"
        f"<h2>Set one up</h2>{form('/callbacks', fields, press='Set it up', fault=fault)}"
    )
    return page("Callbacks", body, here="/callbacks")


def telling_page(telling: Telling) -> str:
    """Write one thing that was told, with every try.

    Args:
        telling: the thing.

    Returns:
        The page.
    """
    tries = Table("Tries", ("At (UTC)", "Answer"))
    rows = [
        (_clock(each.at), "no answer" if each.status is None else str(each.status))
        for each in telling.attempts
    ]
    body = (
        f'<p><a href="/callbacks">All callbacks</a></p><h1>{_KINDS[telling.kind]}</h1>'
        f"<p>State: {telling.status.value}.</p>{tries.html(rows, empty='No try yet.')}"
        f'<h2>Body</h2><div class="text">{escape(telling.body.decode())}</div>'
    )
    return page(_KINDS[telling.kind], body)


def _clock(instant: datetime) -> str:
    return f"{instant:%d %B %Y, %H:%M:%S}"
