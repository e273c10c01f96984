# SPDX-License-Identifier: MIT
"""What the processes of `children` have loaded when they are forked: libraries, and no state."""

import importlib

__all__: list[str] = []

for _name in (
    "httpx",
    "psycopg",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite.pysqlite",
    "stamina",
    "lg_core.store",
    "lg_notify.outbox",
    "lg_pay.reconcile",
    "notify.outboxes",
    "pay.payments",
):
    importlib.import_module(_name)
