# SPDX-License-Identifier: MIT
"""What goes over the wire: the answer to sending, one message, a template, a received text.

Source: the recorded answers. They hold more than Notify's published schemas.
"""

from collections.abc import Mapping
from typing import Any

from lg_sandbox.notify.callbacks import ReceivedText, timestamp
from lg_sandbox.notify.content import Content
from lg_sandbox.notify.keys import KeyKind
from lg_sandbox.notify.letters import rate_of
from lg_sandbox.notify.markdown import to_html
from lg_sandbox.notify.model import Channel, Letter, Message, Status
from lg_sandbox.notify.placeholders import names_in
from lg_sandbox.notify.sending import Accepted
from lg_sandbox.notify.templates import Template

__all__ = [
    "accepted_body",
    "message_body",
    "precompiled_body",
    "preview_body",
    "received_text_item",
    "template_body",
]

# notifications-api, the rates from April 2026: 2.4 pence a fragment, in thousandths of a pound.
_SMS_RATE = 24
_THOUSAND = 1000
_NOTHING: Mapping[str, str | None] = {}
# Nothing is charged for what was never sent.
_FREE = frozenset(
    {
        Status.TECHNICAL_FAILURE,
        Status.CANCELLED,
        Status.VALIDATION_FAILED,
        Status.VIRUS_SCAN_FAILED,
    }
)


def accepted_body(accepted: Accepted, *, base: str) -> dict[str, Any]:
    """Write the answer to an accepted message.

    Args:
        accepted: the message.
        base: the address of the API, for links.

    Returns:
        The body. `scheduled_for` is null whatever was asked for: Notify sends at once.
    """
    message = accepted.message
    body: dict[str, Any] = {
        "id": message.id,
        "reference": message.reference,
        "uri": f"{base}/v2/notifications/{message.id}",
        "template": {
            "id": message.template_id,
            "uri": f"{base}/services/{message.account}/templates/{message.template_id}",
            "version": message.template_version,
        },
        "scheduled_for": None,
    }
    match message.channel:
        case Channel.SMS:
            # Without the service's name, although the text is sent with it.
            body["content"] = {"body": message.body, "from_number": message.sender}
        case Channel.EMAIL:
            body["content"] = {
                "body": message.body,
                "from_email": message.sender,
                "one_click_unsubscribe_url": message.unsubscribe_url,
                "subject": message.subject,
            }
            body["sanitised_content"] = dict(accepted.sanitised)
        case _:
            body["content"] = {"body": message.body, "subject": message.subject}
    return body


def precompiled_body(message: Message, *, postage: str) -> dict[str, Any]:
    """Write the answer to an accepted letter whose PDF the service made.

    Args:
        message: the letter.
        postage: how it is sent.

    Returns:
        The body.
    """
    return {"id": message.id, "postage": postage, "reference": message.reference}


def message_body(message: Message, *, base: str) -> dict[str, Any]:
    """Write one message.

    Args:
        message: the message, as it is now.
        base: the address of the API, for links.

    Returns:
        The body.
    """
    template = f"{base}/v2/template/{message.template_id}/version/{message.template_version}"
    letter = message.letter
    given = _NOTHING if letter is None else letter.given
    body = {
        "id": message.id,
        "reference": message.reference,
        "email_address": message.to if message.channel is Channel.EMAIL else None,
        "phone_number": message.to if message.channel is Channel.SMS else None,
        **{f"line_{number}": given.get(f"line_{number}") for number in range(1, 7)},
        "postcode": given.get("postcode"),
        "postage": None if letter is None else letter.postage,
        "type": message.channel.value,
        "status": message.state,
        "template": {
            "id": message.template_id,
            "uri": template,
            "version": message.template_version,
        },
        "body": message.body,
        "subject": message.subject,
        "created_at": timestamp(message.created_at),
        "created_by_name": message.sent_by,
        "sent_at": timestamp(message.sent_at),
        "completed_at": timestamp(message.completed_at),
        "scheduled_for": None,
        "one_click_unsubscribe_url": message.unsubscribe_url,
        **_cost(message),
    }
    if letter is not None:
        body["estimated_delivery"] = timestamp(letter.estimated_delivery)
    return body


def template_body(template: Template) -> dict[str, Any]:
    """Write one version of a template.

    Args:
        template: the version.

    Returns:
        The body.
    """
    return {
        "id": template.id,
        "type": template.channel.value,
        "name": template.name,
        "version": template.version,
        "created_at": timestamp(template.created_at),
        "updated_at": timestamp(template.updated_at),
        "created_by": template.created_by,
        "body": template.body,
        "subject": template.subject,
        "postage": template.postage,
        "letter_contact_block": template.contact_block,
        # The names of conditions are required too.
        "personalisation": {name: {"required": True} for name in names_in(*template.parts)},
    }


def preview_body(template: Template, content: Content) -> dict[str, Any]:
    """Write the preview of a template.

    Args:
        template: the template.
        content: what it says with its values.

    Returns:
        The body; HTML is there for an email only.
    """
    return {
        "id": template.id,
        "type": template.channel.value,
        "version": template.version,
        "body": content.body,
        "html": to_html(content.body) if template.channel is Channel.EMAIL else None,
        "subject": content.subject,
        "postage": template.postage,
    }


def received_text_item(text: ReceivedText) -> dict[str, Any]:
    """Write a text that the service received.

    Args:
        text: the text.

    Returns:
        The item of the list.
    """
    return {
        "id": text.id,
        "created_at": timestamp(text.created_at),
        "service_id": text.account,
        "notify_number": text.notify_number,
        "user_number": text.user_number,
        "content": text.content,
    }


def _cost(message: Message) -> dict[str, Any]:
    if message.channel is Channel.EMAIL:
        return {"cost_in_pounds": 0.0, "cost_details": {}, "is_cost_data_ready": True}
    if message.status in {Status.CREATED, Status.PENDING_VIRUS_CHECK}:
        return {"cost_in_pounds": None, "cost_details": {}, "is_cost_data_ready": False}
    if message.letter is not None:
        return _letter_cost(message, message.letter)
    charged = 0 if message.status in _FREE else message.fragments
    return {
        "cost_in_pounds": charged * message.multiplier * _SMS_RATE / _THOUSAND,
        "cost_details": {
            "billable_sms_fragments": charged,
            "international_rate_multiplier": float(message.multiplier),
            "sms_rate": _SMS_RATE / _THOUSAND,
        },
        "is_cost_data_ready": True,
    }


def _letter_cost(message: Message, letter: Letter) -> dict[str, Any]:
    free = message.key is KeyKind.TEST or message.status in _FREE
    sheets = 0 if free else letter.sheets
    return {
        "cost_in_pounds": rate_of(letter.postage, sheets=sheets) / _THOUSAND,
        "cost_details": {"billable_sheets_of_paper": sheets, "postage": letter.postage},
        "is_cost_data_ready": True,
    }
