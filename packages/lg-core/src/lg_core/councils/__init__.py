# SPDX-License-Identifier: MIT
"""Find a council, and say which there are.

The register holds the principal councils of the United Kingdom: counties, districts, unitary
authorities, London boroughs, and the councils of Scotland, Wales and Northern Ireland. Each has a
stable code, the GSS code of its area today, a name, a nation and a tier. Combined authorities and
parish councils are not in it.

Made from mySociety's 'UK local authority names and codes' (CC BY 4.0, changed) and GOV.UK's list
of local authorities (MIT licence, Crown copyright). The data file says so in full.
"""

from lg_core.councils._model import Council, CouncilFault, Tier
from lg_core.councils._register import all_councils, councils_on, resolve, suggest

__all__ = [
    "Council",
    "CouncilFault",
    "Tier",
    "all_councils",
    "councils_on",
    "resolve",
    "suggest",
]
