# SPDX-License-Identifier: MIT
"""What GOV.UK Pay says by itself: verify a webhook, keep it, and act on what it points to.

A webhook is a hint that something happened to a payment, and no more: messages come late, twice
and out of order, and their words differ from the API's. So the endpoint verifies a message, keeps
its id and answers. A worker then reads the payment again, and what it reads is acted on.
"""

from lg_pay.webhooks._endpoint import EventInbox, endpoint
from lg_pay.webhooks._event import (
    PaymentEvent,
    PaymentEventType,
    PaymentSnapshot,
    WebhookFault,
    WebhookRefusedError,
    verify,
)
from lg_pay.webhooks._worker import worker

__all__ = [
    "EventInbox",
    "PaymentEvent",
    "PaymentEventType",
    "PaymentSnapshot",
    "WebhookFault",
    "WebhookRefusedError",
    "endpoint",
    "verify",
    "worker",
]
