# SPDX-License-Identifier: MIT
"""The stand-in for GOV.UK Notify, written from its documents and the facts known of it.

It imports no client of ours, so that a wrong idea in a client is not repeated in its test. Each
rule cites its source: "technical documentation" is docs.notifications.service.gov.uk,
"notifications-api" and "notifications-utils" the open source of the API and its rules, and
"recorded answers" and "recorded outputs" what that source answered when it was run.
"""

from lg_sandbox.notify.callback_queue import (
    Callback,
    CallbackAttempt,
    CallbackStatus,
    Disorder,
    Telling,
)
from lg_sandbox.notify.callbacks import CallbackKind, ReceivedText
from lg_sandbox.notify.calls import Operation
from lg_sandbox.notify.desk import Desk
from lg_sandbox.notify.files import HeldFile
from lg_sandbox.notify.keys import KeyKind
from lg_sandbox.notify.model import Account, Channel, Letter, Message, Status
from lg_sandbox.notify.stand_in import NotifyStandIn
from lg_sandbox.notify.templates import (
    BIN_DAY,
    PAYMENT_RECEIVED,
    REMINDER_LETTER,
    SECURITY_CODE,
    Template,
    Templates,
)
from lg_sandbox.notify.townsfolk import JobRefusedError
from lg_sandbox.stand_in_app import Received

__all__ = [
    "BIN_DAY",
    "PAYMENT_RECEIVED",
    "REMINDER_LETTER",
    "SECURITY_CODE",
    "Account",
    "Callback",
    "CallbackAttempt",
    "CallbackKind",
    "CallbackStatus",
    "Channel",
    "Desk",
    "Disorder",
    "HeldFile",
    "JobRefusedError",
    "KeyKind",
    "Letter",
    "Message",
    "NotifyStandIn",
    "Operation",
    "Received",
    "ReceivedText",
    "Status",
    "Telling",
    "Template",
    "Templates",
]
