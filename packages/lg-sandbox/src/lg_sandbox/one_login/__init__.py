# SPDX-License-Identifier: MIT
"""The stand-in for GOV.UK One Login, written from its documents and the facts known of it.

It imports no client of ours, so that a wrong idea in a client is not repeated in its test. Each
rule cites its source: "tech-docs" is the technical documentation of GOV.UK One Login, "simulator"
and "authentication-api" are the open source of its simulator and of the service itself, and
"measured" is what the simulator answered when it was run.
"""

from lg_sandbox.one_login.api import Operation
from lg_sandbox.one_login.clients import Clients
from lg_sandbox.one_login.model import Claim, Client, Level, Outcome, Scope, SigningAlgorithm
from lg_sandbox.one_login.people import PEOPLE, Name, People, Person
from lg_sandbox.one_login.stand_in import OneLoginStandIn
from lg_sandbox.stand_in_app import Received

__all__ = [
    "PEOPLE",
    "Claim",
    "Client",
    "Clients",
    "Level",
    "Name",
    "OneLoginStandIn",
    "Operation",
    "Outcome",
    "People",
    "Person",
    "Received",
    "Scope",
    "SigningAlgorithm",
]
