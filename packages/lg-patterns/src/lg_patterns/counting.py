# SPDX-License-Identifier: MIT
"""What lg-patterns counts: the closed list of its capabilities (docs/how-to/count-use.md)."""

from importlib.metadata import version
from typing import Final

from lg_core.telemetry import Component

__all__ = ["COMPONENT", "GARDEN_WASTE_APPLIED", "GARDEN_WASTE_PAID"]

GARDEN_WASTE_APPLIED: Final = "lg-patterns.garden_waste.applied"
"""A resident sent the answers of a garden waste subscription."""
GARDEN_WASTE_PAID: Final = "lg-patterns.garden_waste.paid"
"""A garden waste subscription was paid for."""

COMPONENT: Final = Component(
    "lg-patterns",
    version=version("lg-patterns"),
    capabilities=(GARDEN_WASTE_APPLIED, GARDEN_WASTE_PAID),
)
