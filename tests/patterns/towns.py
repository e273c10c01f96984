# SPDX-License-Identifier: MIT
"""Anytown as the tests begin it: with keys for One Login that are made once in a process."""

from collections.abc import Callable
from pathlib import Path

from made_once import with_keys

from lg_patterns.demo.anytown import Anytown
from lg_patterns.demo.serving import Framework
from lg_patterns.garden_waste import GardenWasteSettings

__all__ = ["anytown"]


def anytown(
    *,
    framework: Framework = Framework.STARLETTE,
    port: int = 0,
    settings: Callable[[GardenWasteSettings], GardenWasteSettings] | None = None,
    store: str | Path | None = None,
) -> Anytown:
    """Make a town that is not served yet; the arguments are those of `Anytown`."""
    town = Anytown(framework=framework, port=port, settings=settings, store=store)
    with_keys(town.sandbox)
    return town
