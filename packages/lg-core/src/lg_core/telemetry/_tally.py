# SPDX-License-Identifier: MIT
"""What counts look like in words, and what keeps them."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import date

    from lg_core.telemetry._settings import Plan

__all__ = ["Row", "Source", "Store", "Tally", "Who"]

Who = tuple[str, int | None, int | None]
"""A council, and the service and interaction that are done for it."""

Row = tuple[str, int | None, int | None, str, str, str, str, str]
"""Council, LGSL, LGIL, component, version, capability, outcome, environment: what is counted."""

Tally = dict[Row, int]

Source = tuple[str | None, str]
"""The supplier and the product that counted."""


class Store(Protocol):
    """Keeps counts by day."""

    def add(self, day: "date", plan: "Plan", tally: Tally) -> None:
        """Add counts to those of a day.

        Raises:
            OSError: they could not be written, and were not kept.
        """
        ...

    def read(self, day: "date", plan: "Plan") -> dict[Source, Tally]:
        """Return the counts of a day."""
        ...

    def instance(self, day: "date") -> str:
        """Return a random name of the store, another one each month."""
        ...
