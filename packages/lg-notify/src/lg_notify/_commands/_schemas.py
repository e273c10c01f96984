# SPDX-License-Identifier: MIT
"""The tables that lg-notify keeps in a store."""

from typing import Final

from lg_core.store import WORK_SCHEMA, Schema
from lg_notify.chains import CHAIN_SCHEMA
from lg_notify.outbox import OUTBOX_SCHEMA
from lg_notify.unsubscribe import SUPPRESSION_SCHEMA

__all__ = ["SCHEMAS"]

SCHEMAS: Final[tuple[Schema, ...]] = (
    OUTBOX_SCHEMA,
    WORK_SCHEMA,
    CHAIN_SCHEMA,
    SUPPRESSION_SCHEMA,
)
"""The outbox, its queue and the inbox of callbacks, chains, and who wants no messages."""
