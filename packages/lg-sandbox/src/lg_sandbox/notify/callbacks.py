# SPDX-License-Identifier: MIT
"""What GOV.UK Notify tells a service by itself: the kinds of callback, and their bodies.

Sources: technical documentation, 'Callbacks'; recorded callbacks; for the complaint, which is not
documented, notifications-api, `app/celery/service_callback_tasks.py`.
"""

import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from lg_sandbox.notify.model import Channel, Message

__all__ = [
    "CallbackKind",
    "ReceivedText",
    "complaint_body",
    "receipt_body",
    "received_text_body",
    "returned_letter_body",
    "tells_of",
    "timestamp",
]


class CallbackKind(StrEnum):
    """What a callback tells of. A service sets each up by itself, with its own address."""

    DELIVERY_RECEIPT = "delivery_receipt"
    """A text or an email came to its end."""
    RECEIVED_TEXT = "received_text"
    """Somebody sent a text to the service."""
    RETURNED_LETTER = "returned_letter"
    """A letter came back, weeks later."""
    COMPLAINT = "complaint"
    """Somebody marked an email as unwanted."""


@dataclass(frozen=True, slots=True)
class ReceivedText:
    """A text that somebody sent to the service.

    Args:
        id: Notify's id of it.
        created_at: when it came, on the virtual clock.
        account: the id of the service.
        notify_number: the service's number.
        user_number: whose it is.
        content: what it says.
    """

    id: str
    created_at: datetime
    account: str
    notify_number: str
    user_number: str = field(repr=False)
    content: str = field(repr=False)


def timestamp(instant: datetime | None) -> str | None:
    """Write an instant as Notify does: UTC, with six digits of a second.

    Args:
        instant: the instant, in UTC; None stays None.

    Returns:
        The text.
    """
    return None if instant is None else instant.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def tells_of(message: Message) -> bool:
    """Say whether a receipt is due for a message as it is now.

    Args:
        message: the message.

    Returns:
        False for letters, for what has not ended, and for what Notify itself gave up on: it sends
        no receipt for its own word (notifications-api).
    """
    return message.channel is not Channel.LETTER and message.finished and not message.silent


def receipt_body(message: Message) -> bytes:
    """Write a delivery receipt.

    Args:
        message: the message at its end.

    Returns:
        The bytes that are sent.
    """
    return _json(
        {
            "id": message.id,
            "reference": message.reference,
            "to": message.to,
            "status": message.state,
            "created_at": timestamp(message.created_at),
            "completed_at": timestamp(message.completed_at),
            "sent_at": timestamp(message.sent_at),
            "notification_type": message.channel.value,
            "template_id": message.template_id,
            "template_version": message.template_version,
        }
    )


def received_text_body(text: ReceivedText) -> bytes:
    """Write the callback of a received text.

    Args:
        text: the text.

    Returns:
        The bytes that are sent.
    """
    return _json(
        {
            "id": text.id,
            "source_number": text.user_number,
            "destination_number": text.notify_number,
            "message": text.content,
            "date_received": timestamp(text.created_at),
        }
    )


def returned_letter_body(message: Message, *, template_name: str | None) -> bytes:
    """Write the callback of a letter that came back.

    Args:
        message: the letter.
        template_name: what its template is called; None for a precompiled letter.

    Returns:
        The bytes that are sent.
    """
    return _json(
        {
            "notification_id": message.id,
            "reference": message.reference,
            "date_sent": timestamp(message.created_at),
            "sent_by": message.sent_by or "API",
            "template_name": template_name,
            "template_id": message.template_id,
            "template_version": message.template_version,
            "spreadsheet_file_name": None,
            "spreadsheet_row_number": None,
            "upload_letter_file_name": None,
        }
    )


def complaint_body(message: Message, *, at: datetime) -> bytes:
    """Write the callback of a complaint about an email.

    Args:
        message: the email.
        at: when the person complained.

    Returns:
        The bytes that are sent.
    """
    return _json(
        {
            "notification_id": message.id,
            "complaint_id": str(uuid.uuid4()),
            "reference": message.reference,
            "to": message.to,
            "complaint_date": timestamp(at),
        }
    )


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body).encode()
