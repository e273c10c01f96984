# SPDX-License-Identifier: MIT
"""GOV.UK Notify for council services: send messages once, and know what became of them.

In short:

    with NotifyClient.from_env() as notify:
        sent = notify.send(Sms(phone_number="07700 900123", template_id=..., reference="GW-0001"))
        notify.get_notification(sent.id).is_delivered
"""

from typing import TYPE_CHECKING

from lg_core.lazy import lazy_names

if TYPE_CHECKING:
    from lg_notify._async.accounts import AsyncNotifyAccounts
    from lg_notify._async.client import AsyncNotifyClient
    from lg_notify._sync.accounts import NotifyAccounts
    from lg_notify._sync.client import NotifyClient
    from lg_notify.accounts import NotifyAccount
    from lg_notify.errors import (
        ClockError,
        InvalidFileError,
        InvalidKeyError,
        InvalidMessageError,
        InvalidRecipientError,
        MessageNotFoundError,
        NotAllowedError,
        NotifyError,
        NotifyTimeoutError,
        NotifyUnavailableError,
        PDFNotReadyError,
        Problem,
        RateLimitError,
        SendOutcomeUnknownError,
        TemplateNotFoundError,
        TooManyRequestsError,
    )
    from lg_notify.files import File
    from lg_notify.found_out import FoundOut, FoundOutcome, StillUnknown
    from lg_notify.message import (
        Notification,
        NotificationStatus,
        SentLetter,
        SentMessage,
        TemplateType,
    )
    from lg_notify.new_message import Email, Letter, Postage, PrecompiledLetter, Sms
    from lg_notify.outbox import Dispatcher, Outbox
    from lg_notify.received_text import ReceivedText
    from lg_notify.template import Template, TemplatePreview

_HOMES = {
    "AsyncNotifyAccounts": "lg_notify._async.accounts",
    "AsyncNotifyClient": "lg_notify._async.client",
    "File": "lg_notify.files",
    "NotifyAccount": "lg_notify.accounts",
    "NotifyAccounts": "lg_notify._sync.accounts",
    "NotifyClient": "lg_notify._sync.client",
    "ReceivedText": "lg_notify.received_text",
    **dict.fromkeys(("Dispatcher", "Outbox"), "lg_notify.outbox"),
    **dict.fromkeys(
        (
            "ClockError",
            "InvalidFileError",
            "InvalidKeyError",
            "InvalidMessageError",
            "InvalidRecipientError",
            "MessageNotFoundError",
            "NotAllowedError",
            "NotifyError",
            "NotifyTimeoutError",
            "NotifyUnavailableError",
            "PDFNotReadyError",
            "Problem",
            "RateLimitError",
            "SendOutcomeUnknownError",
            "TemplateNotFoundError",
            "TooManyRequestsError",
        ),
        "lg_notify.errors",
    ),
    **dict.fromkeys(("FoundOut", "FoundOutcome", "StillUnknown"), "lg_notify.found_out"),
    **dict.fromkeys(
        ("Notification", "NotificationStatus", "SentLetter", "SentMessage", "TemplateType"),
        "lg_notify.message",
    ),
    **dict.fromkeys(
        ("Email", "Letter", "Postage", "PrecompiledLetter", "Sms"), "lg_notify.new_message"
    ),
    **dict.fromkeys(("Template", "TemplatePreview"), "lg_notify.template"),
}

__all__ = [
    "AsyncNotifyAccounts",
    "AsyncNotifyClient",
    "ClockError",
    "Dispatcher",
    "Email",
    "File",
    "FoundOut",
    "FoundOutcome",
    "InvalidFileError",
    "InvalidKeyError",
    "InvalidMessageError",
    "InvalidRecipientError",
    "Letter",
    "MessageNotFoundError",
    "NotAllowedError",
    "Notification",
    "NotificationStatus",
    "NotifyAccount",
    "NotifyAccounts",
    "NotifyClient",
    "NotifyError",
    "NotifyTimeoutError",
    "NotifyUnavailableError",
    "Outbox",
    "PDFNotReadyError",
    "Postage",
    "PrecompiledLetter",
    "Problem",
    "RateLimitError",
    "ReceivedText",
    "SendOutcomeUnknownError",
    "SentLetter",
    "SentMessage",
    "Sms",
    "StillUnknown",
    "Template",
    "TemplateNotFoundError",
    "TemplatePreview",
    "TemplateType",
    "TooManyRequestsError",
]

if not TYPE_CHECKING:
    __getattr__ = lazy_names(__name__, _HOMES)
