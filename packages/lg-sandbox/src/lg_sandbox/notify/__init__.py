# SPDX-License-Identifier: MIT
"""The stand-in for GOV.UK Notify, written from its documents and the facts known of it.

It imports no client of ours, so that a wrong idea in a client is not repeated in its test. Each
rule cites its source: "technical documentation" is docs.notifications.service.gov.uk,
"notifications-api" and "notifications-utils" the open source of the API and its rules, and
"recorded answers" and "recorded outputs" what that source answered when it was run.
"""

from lg_sandbox.notify.api import Operation
from lg_sandbox.notify.keys import KeyKind
from lg_sandbox.notify.model import Account, Channel, Message, Status
from lg_sandbox.notify.stand_in import NotifyStandIn
from lg_sandbox.notify.templates import (
    BIN_DAY,
    PAYMENT_RECEIVED,
    SECURITY_CODE,
    Template,
    Templates,
)
from lg_sandbox.stand_in_app import Received

__all__ = [
    "BIN_DAY",
    "PAYMENT_RECEIVED",
    "SECURITY_CODE",
    "Account",
    "Channel",
    "KeyKind",
    "Message",
    "NotifyStandIn",
    "Operation",
    "Received",
    "Status",
    "Template",
    "Templates",
]
