# SPDX-License-Identifier: MIT
"""State that must survive: tables over SQLAlchemy Core, on SQLite or PostgreSQL.

Needs the extra `lg-core[store]`, and `lg-core[postgresql]` for PostgreSQL.
"""

from lg_core.store._available import AVAILABLE
from lg_core.store._errors import (
    LeaseLostError,
    SchemaTooNewError,
    SchemaTooOldError,
    StoreError,
    StoreFault,
)
from lg_core.store._hosts import HostConnection
from lg_core.store._inbox import Inbox
from lg_core.store._instants import Instant, utc_now
from lg_core.store._jobs import WORK_SCHEMA, Aside, Job, QueueCounts
from lg_core.store._records import RECORDS_SCHEMA, StoredRecords
from lg_core.store._schema import Schema, Step
from lg_core.store._store import Store
from lg_core.store._work import WorkQueue
from lg_core.store._worker import Ran, RetryLater, SetAside, Worker

__all__ = [
    "AVAILABLE",
    "RECORDS_SCHEMA",
    "WORK_SCHEMA",
    "Aside",
    "HostConnection",
    "Inbox",
    "Instant",
    "Job",
    "LeaseLostError",
    "QueueCounts",
    "Ran",
    "RetryLater",
    "Schema",
    "SchemaTooNewError",
    "SchemaTooOldError",
    "SetAside",
    "Step",
    "Store",
    "StoreError",
    "StoreFault",
    "StoredRecords",
    "WorkQueue",
    "Worker",
    "utc_now",
]
