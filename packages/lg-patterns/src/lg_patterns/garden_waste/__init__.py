# SPDX-License-Identifier: MIT
"""Garden waste subscriptions: find the address, choose bins, pay, confirm, post to the ledger."""

from typing import TYPE_CHECKING

from lg_core.lazy import lazy_names

if TYPE_CHECKING:
    from lg_patterns.garden_waste.ledger import Ledger, LedgerLine, MemoryLedger
    from lg_patterns.garden_waste.service import LGIL, LGSL, GardenWaste
    from lg_patterns.garden_waste.settings import GardenWasteSettings

__all__ = [
    "LGIL",
    "LGSL",
    "GardenWaste",
    "GardenWasteSettings",
    "Ledger",
    "LedgerLine",
    "MemoryLedger",
]

if not TYPE_CHECKING:
    __getattr__ = lazy_names(
        __name__,
        {
            "GardenWaste": "lg_patterns.garden_waste.service",
            "GardenWasteSettings": "lg_patterns.garden_waste.settings",
            "LGIL": "lg_patterns.garden_waste.service",
            "LGSL": "lg_patterns.garden_waste.service",
            "Ledger": "lg_patterns.garden_waste.ledger",
            "LedgerLine": "lg_patterns.garden_waste.ledger",
            "MemoryLedger": "lg_patterns.garden_waste.ledger",
        },
    )
