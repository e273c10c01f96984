# SPDX-License-Identifier: MIT
"""The stand-in for GOV.UK Pay, written from its published API and the facts known of it.

It imports no client of ours, so that a wrong idea in a client is not repeated in its test. Each
rule cites its source: "API reference" is docs.payments.service.gov.uk, "spec" the published
OpenAPI file of the API (`publicapi_spec.json`), "publicapi code" and "connector code" the open
source of the two services that answer, alphagov/pay-publicapi and alphagov/pay-connector.
"""

from lg_sandbox.pay.agreements import Agreement, AgreementStatus, PaymentInstrument
from lg_sandbox.pay.api import Operation
from lg_sandbox.pay.cards import TEST_CARDS, Card, Outcome
from lg_sandbox.pay.disputes import DisputeRefusedError
from lg_sandbox.pay.fees import FeePlan
from lg_sandbox.pay.machine import NotAllowedError
from lg_sandbox.pay.model import Account, AuthorisationMode, Charge, Payment, Provider, State
from lg_sandbox.pay.money import (
    Dispute,
    DisputeReason,
    DisputeStatus,
    EntryKind,
    LedgerEntry,
    Payout,
    Refund,
    RefundStatus,
)
from lg_sandbox.pay.refunds import RefundRefusal, RefundRefusedError
from lg_sandbox.pay.stand_in import PayStandIn
from lg_sandbox.pay.webhook_queue import Attempt, DeliveryStatus, Disorder, Webhook, WebhookMessage
from lg_sandbox.pay.webhooks import EventType
from lg_sandbox.stand_in_app import Received

__all__ = [
    "TEST_CARDS",
    "Account",
    "Agreement",
    "AgreementStatus",
    "Attempt",
    "AuthorisationMode",
    "Card",
    "Charge",
    "DeliveryStatus",
    "Disorder",
    "Dispute",
    "DisputeReason",
    "DisputeRefusedError",
    "DisputeStatus",
    "EntryKind",
    "EventType",
    "FeePlan",
    "LedgerEntry",
    "NotAllowedError",
    "Operation",
    "Outcome",
    "PayStandIn",
    "Payment",
    "PaymentInstrument",
    "Payout",
    "Provider",
    "Received",
    "Refund",
    "RefundRefusal",
    "RefundRefusedError",
    "RefundStatus",
    "State",
    "Webhook",
    "WebhookMessage",
]
