# SPDX-License-Identifier: MIT
"""GOV.UK Notify for council services: send texts and e-mails, and know what became of them.

In short:

    with NotifyClient.from_env() as notify:
        sent = notify.send(Sms(phone_number="07700 900123", template_id=..., reference="GW-0001"))
        notify.get_notification(sent.id).is_delivered
"""

from typing import TYPE_CHECKING

from lg_core.lazy import lazy_names

if TYPE_CHECKING:
    from lg_notify._async.client import AsyncNotifyClient
    from lg_notify._sync.client import NotifyClient
    from lg_notify.errors import (
        ClockError,
        InvalidKeyError,
        InvalidMessageError,
        InvalidRecipientError,
        MessageNotFoundError,
        NotAllowedError,
        NotifyError,
        NotifyUnavailableError,
        Problem,
        RateLimitError,
        TooManyRequestsError,
    )
    from lg_notify.message import Notification, NotificationStatus, SentMessage, TemplateType
    from lg_notify.new_message import Email, Sms

_HOMES = {
    "AsyncNotifyClient": "lg_notify._async.client",
    "NotifyClient": "lg_notify._sync.client",
    **dict.fromkeys(
        (
            "ClockError",
            "InvalidKeyError",
            "InvalidMessageError",
            "InvalidRecipientError",
            "MessageNotFoundError",
            "NotAllowedError",
            "NotifyError",
            "NotifyUnavailableError",
            "Problem",
            "RateLimitError",
            "TooManyRequestsError",
        ),
        "lg_notify.errors",
    ),
    **dict.fromkeys(
        ("Notification", "NotificationStatus", "SentMessage", "TemplateType"), "lg_notify.message"
    ),
    **dict.fromkeys(("Email", "Sms"), "lg_notify.new_message"),
}

__all__ = [
    "AsyncNotifyClient",
    "ClockError",
    "Email",
    "InvalidKeyError",
    "InvalidMessageError",
    "InvalidRecipientError",
    "MessageNotFoundError",
    "NotAllowedError",
    "Notification",
    "NotificationStatus",
    "NotifyClient",
    "NotifyError",
    "NotifyUnavailableError",
    "Problem",
    "RateLimitError",
    "SentMessage",
    "Sms",
    "TemplateType",
    "TooManyRequestsError",
]

if not TYPE_CHECKING:
    __getattr__ = lazy_names(__name__, _HOMES)
