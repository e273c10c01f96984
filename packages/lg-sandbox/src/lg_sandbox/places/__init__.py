# SPDX-License-Identifier: MIT
"""The stand-in for OS Places, written from its documents and the answers known of it.

It imports no client of ours, so that a wrong idea in a client is not repeated in its test. Each
rule cites its source: "technical specification" is Ordnance Survey's for OS Places, and
"recorded" what OS Places answered to public services that keep it in their tests. The town and
all its addresses are invented.
"""

from lg_sandbox.places.model import Custodian, Kind, Premises, Project, Side
from lg_sandbox.places.query import Operation
from lg_sandbox.places.stand_in import PlacesStandIn
from lg_sandbox.places.town import EMPTY_POSTCODE, SPLIT_POSTCODE
from lg_sandbox.stand_in_app import Received

__all__ = [
    "EMPTY_POSTCODE",
    "SPLIT_POSTCODE",
    "Custodian",
    "Kind",
    "Operation",
    "PlacesStandIn",
    "Premises",
    "Project",
    "Received",
    "Side",
]
