# SPDX-License-Identifier: MIT
"""What the processes of `children` have loaded when they are forked: libraries, and no state."""

import importlib

__all__: list[str] = []

for _name in (
    "encodings.idna",
    "httpcore",
    "httpx",
    "joserfc.jwt",
    "psycopg",
    "pydantic.dataclasses",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite.pysqlite",
    "stamina",
    "lg_core._tls",
    "lg_core.store",
    "lg_notify._commands._sending",
    "lg_notify.bulk",
    "lg_notify.chains",
    "lg_notify.outbox",
    "lg_notify.unsubscribe",
    "lg_pay.reconcile",
    "notify.bulk_files",
    "notify.chain_desks",
    "notify.outboxes",
    "patterns.mop_up_child",
    "pay.payments",
    "pay.whole.council",
):
    importlib.import_module(_name)
