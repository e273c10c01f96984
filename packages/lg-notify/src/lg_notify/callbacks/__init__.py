# SPDX-License-Identifier: MIT
"""What GOV.UK Notify says by itself: receipts, received texts, returned letters, complaints.

A callback carries a token and no signature, no id and no time of its own; it comes late, twice and
out of order, and Notify drops it for good on any 4xx. So an endpoint checks the token, keeps the
message and answers. A worker then reads the message of a receipt again, and acts on what it reads.

Some things no callback says: see `lg_notify.poller`.
"""

from lg_notify.callbacks._bearer import bearer_matches
from lg_notify.callbacks._endpoint import (
    CallbackInbox,
    complaints,
    receipts,
    received_texts,
    returned_letters,
)
from lg_notify.callbacks._events import (
    Complaint,
    DeliveryReceipt,
    ReceivedText,
    ReturnedLetter,
    receipt_of,
)
from lg_notify.callbacks._reading import (
    CallbackFault,
    CallbackRefusedError,
    parse_complaint,
    parse_receipt,
    parse_received_text,
    parse_returned_letter,
)
from lg_notify.callbacks._worker import worker

__all__ = [
    "CallbackFault",
    "CallbackInbox",
    "CallbackRefusedError",
    "Complaint",
    "DeliveryReceipt",
    "ReceivedText",
    "ReturnedLetter",
    "bearer_matches",
    "complaints",
    "parse_complaint",
    "parse_receipt",
    "parse_received_text",
    "parse_returned_letter",
    "receipt_of",
    "receipts",
    "received_texts",
    "returned_letters",
    "worker",
]
