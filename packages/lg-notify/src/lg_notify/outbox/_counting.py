# SPDX-License-Identifier: MIT
"""What the outbox counts, beside the calls of the client: the closed list of its capabilities."""

from importlib.metadata import version
from typing import Final

from lg_core.telemetry import Component

__all__ = ["ENQUEUED", "ENTERED_DOUBT", "OUTBOX", "SET_ASIDE"]

ENQUEUED: Final = "lg-notify.outbox.enqueued"
"""A message was enqueued that was not there before."""
SET_ASIDE: Final = "lg-notify.outbox.set_aside"
"""A message could not be sent as it is."""
ENTERED_DOUBT: Final = "lg-notify.outbox.in_doubt"
"""Nobody can find out any more whether a message was sent."""

OUTBOX: Final = Component(
    "lg-notify",
    version=version("lg-notify"),
    capabilities=(ENQUEUED, SET_ASIDE, ENTERED_DOUBT),
)
