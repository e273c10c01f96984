# SPDX-License-Identifier: MIT
"""See what GOV.UK Notify would send, without a network, a key or an account.

    render.sms("Bins: ((day))", {"day": "Monday"}, prefix="Council").text

Everything here is pure. It follows the outputs of Notify's own library, notifications-utils
127.0.0; a later change of Notify's may differ. `NotifyClient.preview_template` asks Notify itself.
"""

from lg_notify.render._email import EmailPreview, email
from lg_notify.render._fields import fill, placeholders
from lg_notify.render._letter import LetterPreview, QrCode, letter
from lg_notify.render._page import email_page
from lg_notify.render._sanitise import sanitise
from lg_notify.render._sms import SmsPreview, SmsTemplate, sms

__all__ = [
    "EmailPreview",
    "LetterPreview",
    "QrCode",
    "SmsPreview",
    "SmsTemplate",
    "email",
    "email_page",
    "fill",
    "letter",
    "placeholders",
    "sanitise",
    "sms",
]
