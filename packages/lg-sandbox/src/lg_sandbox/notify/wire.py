# SPDX-License-Identifier: MIT
"""Messages as they go over the wire: the answer to sending, one message, and a list.

Source: the recorded answers. They hold more than Notify's published schemas.
"""

from datetime import datetime
from typing import Any

from lg_sandbox.notify.model import Channel, Message, Status

__all__ = ["accepted_body", "message_body"]

# notifications-api, the rates from April 2026: 2.4 pence a fragment, in thousandths of a pound.
_SMS_RATE = 24
_THOUSAND = 1000


def accepted_body(message: Message, *, sender: str, base: str, service: str) -> dict[str, Any]:
    """Write the answer to an accepted message.

    Args:
        message: the message.
        sender: whom it comes from.
        base: the address of the API, for links.
        service: the service's id.

    Returns:
        The body. `scheduled_for` is null whatever was asked for: Notify sends at once.
    """
    body: dict[str, Any] = {
        "id": message.id,
        "reference": message.reference,
        "uri": f"{base}/v2/notifications/{message.id}",
        "template": {
            "id": message.template_id,
            "uri": f"{base}/services/{service}/templates/{message.template_id}",
            "version": message.template_version,
        },
        "scheduled_for": None,
    }
    if message.channel is Channel.SMS:
        # Without the service's name, although the text is sent with it.
        return body | {"content": {"body": message.body, "from_number": sender}}
    return body | {
        "content": {
            "body": message.body,
            "from_email": sender,
            "one_click_unsubscribe_url": message.unsubscribe_url,
            "subject": message.subject,
        },
        "sanitised_content": {},
    }


def message_body(message: Message, *, base: str) -> dict[str, Any]:
    """Write one message.

    Args:
        message: the message, as it is now.
        base: the address of the API, for links.

    Returns:
        The body.
    """
    sms = message.channel is Channel.SMS
    template = f"{base}/v2/template/{message.template_id}/version/{message.template_version}"
    return {
        "id": message.id,
        "reference": message.reference,
        "email_address": None if sms else message.to,
        "phone_number": message.to if sms else None,
        **{f"line_{number}": None for number in range(1, 7)},
        "postcode": None,
        "postage": None,
        "type": message.channel.value,
        "status": message.status.value,
        "template": {
            "id": message.template_id,
            "uri": template,
            "version": message.template_version,
        },
        "body": message.body,
        "subject": message.subject,
        "created_at": _time(message.created_at),
        "created_by_name": None,
        "sent_at": _time(message.sent_at),
        "completed_at": _time(message.completed_at),
        "scheduled_for": None,
        "one_click_unsubscribe_url": message.unsubscribe_url,
        **_cost(message),
    }


def _cost(message: Message) -> dict[str, Any]:
    if message.channel is Channel.EMAIL:
        return {"cost_in_pounds": 0.0, "cost_details": {}, "is_cost_data_ready": True}
    if message.status is Status.CREATED:
        return {"cost_in_pounds": None, "cost_details": {}, "is_cost_data_ready": False}
    # Nothing is charged for what Notify itself could not send.
    charged = 0 if message.status is Status.TECHNICAL_FAILURE else message.fragments
    return {
        "cost_in_pounds": charged * message.multiplier * _SMS_RATE / _THOUSAND,
        "cost_details": {
            "billable_sms_fragments": charged,
            "international_rate_multiplier": float(message.multiplier),
            "sms_rate": _SMS_RATE / _THOUSAND,
        },
        "is_cost_data_ready": True,
    }


def _time(instant: datetime | None) -> str | None:
    return None if instant is None else instant.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
