# SPDX-License-Identifier: MIT
"""Texts that people sent to a service's number."""

from datetime import datetime
from typing import ClassVar

from lg_core.models import AnswerModel
from lg_notify.message import PageLinks

__all__ = ["ReceivedText", "ReceivedTextPage"]


class ReceivedText(AnswerModel):
    """A text that somebody sent to the service.

    Attributes:
        id: Notify's name for the text.
        created_at: when Notify got it (UTC).
        service_id: the service.
        notify_number: the number that it was sent to.
        user_number: the number that it came from.
        content: what it says.
    """

    shown: ClassVar[frozenset[str]] = frozenset({"id", "created_at"})

    id: str
    created_at: datetime
    service_id: str
    notify_number: str
    user_number: str
    content: str


class ReceivedTextPage(AnswerModel):
    """A page of a list, newest text first; 250 at the most.

    Attributes:
        received_text_messages: the texts.
        links: where it is, and where the next is.
    """

    received_text_messages: tuple[ReceivedText, ...]
    links: PageLinks
