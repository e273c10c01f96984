# SPDX-License-Identifier: MIT
"""The tables that lg-pay keeps in a store."""

from typing import Final

from lg_core.store import RECORDS_SCHEMA, WORK_SCHEMA, Schema
from lg_pay.book import BOOK_SCHEMA
from lg_pay.reconcile.posting_book import POSTING_SCHEMA

__all__ = ["SCHEMAS"]

SCHEMAS: Final[tuple[Schema, ...]] = (BOOK_SCHEMA, POSTING_SCHEMA, WORK_SCHEMA, RECORDS_SCHEMA)
"""The payment book, the postings, the inbox, and the poller's records."""
