# SPDX-License-Identifier: MIT
"""Callbacks as GOV.UK Notify sends them, and the messages that they are about."""

import json
from datetime import UTC, datetime
from typing import Any

from lg_core.endpoints import Request
from lg_notify import Notification

__all__ = [
    "COMPLAINT",
    "ID",
    "RECEIPT",
    "RETURNED_LETTER",
    "TEXT",
    "TOKEN",
    "a_notification",
    "calling",
]

TOKEN = "zebra-crossing-token"
ID = "11111111-2222-4333-8444-555555555555"
TEMPLATE = "99999999-2222-4333-8444-555555555555"

RECEIPT: dict[str, Any] = {
    "id": ID,
    "reference": "GW-0001",
    "to": "07700900003",
    "status": "temporary-failure",
    "created_at": "2026-11-22T13:31:06.744981Z",
    "completed_at": "2026-11-22T13:31:06.839425Z",
    "sent_at": "2026-11-22T13:31:06.783417Z",
    "notification_type": "sms",
    "template_id": TEMPLATE,
    "template_version": 1,
}
TEXT: dict[str, Any] = {
    "id": ID,
    "source_number": "447700900123",
    "destination_number": "07700900999",
    "message": "STOP",
    "date_received": "2026-11-22T13:31:06.744981Z",
}
RETURNED_LETTER: dict[str, Any] = {
    "notification_id": ID,
    "reference": None,
    "date_sent": "2026-10-22 13:31:06",
    "sent_by": "zq@example.gov.uk",
    "template_name": "Reminder",
    "template_id": TEMPLATE,
    "template_version": 2,
    "spreadsheet_file_name": None,
    "spreadsheet_row_number": None,
    "upload_letter_file_name": None,
}
COMPLAINT: dict[str, Any] = {
    "notification_id": ID,
    "complaint_id": "0100018f",
    "reference": "GW-0001",
    "to": "zq@example.org",
    "complaint_date": "2026-11-22T13:31:06.000000Z",
}


def a_notification(notification_id: str = ID, **changes: object) -> Notification:
    """Return a message as it was read."""
    values: dict[str, object] = {
        "id": notification_id,
        "reference": "GW-0001",
        "type": "sms",
        "status": "delivered",
        "template": {"id": TEMPLATE, "version": 1, "uri": "https://example.org"},
        "body": "Your bin is on Monday",
        "phone_number": "07700900003",
        "created_at": datetime(2026, 11, 22, 13, 31, 6, tzinfo=UTC),
    }
    return Notification.model_validate({**values, **changes})


def calling(wire: object, *, authorization: str | None = f"Bearer {TOKEN}") -> Request:
    """Return the request that delivers a callback."""
    body = wire if isinstance(wire, bytes) else json.dumps(wire).encode()
    headers = {} if authorization is None else {"authorization": authorization}
    return Request("POST", "/", headers=headers, body=body)
