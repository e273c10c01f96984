# SPDX-License-Identifier: MIT
"""What lg-patterns counts: the closed list of its capabilities (docs/how-to/count-use.md)."""

from contextlib import AbstractContextManager
from importlib.metadata import version
from typing import Final

from lg_core.councils import Council, resolve
from lg_core.telemetry import Component, acting_for

__all__ = [
    "COMPONENT",
    "GARDEN_WASTE_APPLIED",
    "GARDEN_WASTE_PAID",
    "LGIL",
    "LGSL",
    "acting",
    "council_of",
]

LGSL: Final = 530
"""Garden waste collection, in the Local Government Services List."""
LGIL: Final = 0
"""Applications for service, in the Local Government Interaction List."""

GARDEN_WASTE_APPLIED: Final = "lg-patterns.garden_waste.applied"
"""A resident sent the answers of a garden waste subscription."""
GARDEN_WASTE_PAID: Final = "lg-patterns.garden_waste.paid"
"""A garden waste subscription was paid for."""

COMPONENT: Final = Component(
    "lg-patterns",
    version=version("lg-patterns"),
    capabilities=(GARDEN_WASTE_APPLIED, GARDEN_WASTE_PAID),
)


def acting(council: Council | str) -> AbstractContextManager[None]:
    """Count what happens in the block for a council's garden waste service.

    Args:
        council: the council, or an `x-` identifier of its own.

    Returns:
        The block, for `with`.

    Raises:
        ConfigError: use is counted in this process, and not for this council.
    """
    return acting_for(council, lgsl=LGSL, lgil=LGIL)


def council_of(code: str) -> Council | str:
    """Return what to count for.

    Args:
        code: the council's code, or an id of its own that begins with `x-`.
    """
    return code if code.startswith("x-") else resolve(code)
