# SPDX-License-Identifier: MIT
"""The stand-in for GOV.UK Pay, written from its published API and the facts known of it.

It imports no client of ours, so that a wrong idea in a client is not repeated in its test. Each
rule cites its source: "API reference" is docs.payments.service.gov.uk, "spec" the published
OpenAPI file of the API (`publicapi_spec.json`), "publicapi code" and "connector code" the open
source of the two services that answer, alphagov/pay-publicapi and alphagov/pay-connector.
"""

from lg_sandbox.pay.api import Operation
from lg_sandbox.pay.cards import TEST_CARDS, Card, Outcome
from lg_sandbox.pay.model import Account, AuthorisationMode, Charge, Payment, Provider, State
from lg_sandbox.pay.stand_in import PayStandIn
from lg_sandbox.stand_in_app import Received

__all__ = [
    "TEST_CARDS",
    "Account",
    "AuthorisationMode",
    "Card",
    "Charge",
    "Operation",
    "Outcome",
    "PayStandIn",
    "Payment",
    "Provider",
    "Received",
    "State",
]
