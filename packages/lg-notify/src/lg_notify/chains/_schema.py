# SPDX-License-Identifier: MIT
"""The tables of chains, and how rows become a chain.

`lg_notify_chain`: a row a chain; case and period are unique, so the database decides which of two
that are the same is the first.
`lg_notify_chain_step`: a row a message of it. `content` is NULL once the message cannot be sent any
more: then nothing in the row says what it said, and `recipient` is a digest.
`lg_notify_chain_message`: a row for what was given to the outbox. `watched` is 1 as long as news of
it may move the chain; `seen` is the outbox's revision that the chain has acted on.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from lg_core.store import Instant, Schema
from lg_notify.chains._entries import Attempt, Chain, ChainState, ChainStep, StopWhen

# lg_core.store says what to install where this is missing, so it comes first.
import sqlalchemy as sa  # isort: skip

__all__ = [
    "CHAINS",
    "CHAIN_SCHEMA",
    "SENT",
    "STEPS",
    "chain_values",
    "chains_of",
    "message_values",
    "step_values",
]

_metadata = sa.MetaData()

CHAINS: Final = sa.Table(
    "lg_notify_chain",
    _metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("case_id", sa.String(255), nullable=False),
    sa.Column("period", sa.String(60), nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("reason", sa.String(80)),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("stop_when", sa.String(12), nullable=False),
    sa.Column("cost_cap", sa.String(30)),
    sa.Column("account", sa.String(80), nullable=False),
    sa.Column("council", sa.String(80)),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("expires_at", Instant),
    sa.Column("due_at", Instant, index=True),
    sa.Column("ended_at", Instant),
    sa.Column("handled_at", Instant),
    sa.UniqueConstraint("case_id", "period", name="lg_notify_chain_case"),
    sa.Index("lg_notify_chain_state", "state", "changed_at"),
)
"""Every chain."""

STEPS: Final = sa.Table(
    "lg_notify_chain_step",
    _metadata,
    sa.Column("chain", sa.String(40), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("recipient", sa.String(64), nullable=False, index=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("channel", sa.String(10), nullable=False),
    sa.Column("template_id", sa.String(36)),
    sa.Column("patience", sa.BigInteger, nullable=False),
    sa.Column("go_on", sa.String(400), nullable=False),
    sa.Column("cost", sa.String(30)),
    sa.Column("hours", sa.String(60)),
    sa.Column("content", sa.Text),
)
"""Every message of a chain, sent or not. `patience` is in seconds."""

SENT: Final = sa.Table(
    "lg_notify_chain_message",
    _metadata,
    sa.Column("reference", sa.String(40), primary_key=True),
    sa.Column("chain", sa.String(40), nullable=False, index=True),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("begins_at", Instant, nullable=False),
    sa.Column("doubt", sa.Integer, nullable=False),
    sa.Column("watched", sa.Integer, nullable=False, index=True),
    sa.Column("seen", sa.Integer, nullable=False),
)
"""Every message that was given to the outbox."""

CHAIN_SCHEMA: Final = Schema(
    name="lg-notify.chain",
    metadata=_metadata,
    version=1,
    upgrade_command="lg-notify store upgrade",
)
"""The schema, for `Store.prepare()` and for a database administrator."""


def chain_values(chain: Chain) -> dict[str, object]:
    """Return what the row of a chain holds, by the names of its columns.

    Args:
        chain: the chain.
    """
    values: dict[str, object] = {
        column.name: getattr(chain, "case" if column.name == "case_id" else column.name)
        for column in CHAINS.c
    }
    return values | {"cost_cap": None if chain.cost_cap is None else str(chain.cost_cap)}


def step_values(step: ChainStep, *, chain: str, recipient: str, content: str) -> dict[str, object]:
    """Return what the row of a step holds, by the names of its columns.

    Args:
        step: the step.
        chain: the chain's name.
        recipient: the digest of who it goes to.
        content: what is to be sent.
    """
    return {
        "chain": chain,
        "number": step.number,
        "recipient": recipient,
        "kind": step.kind,
        "channel": step.channel,
        "template_id": step.template_id,
        "patience": int(step.patience.total_seconds()),
        "go_on": " ".join(sorted(step.go_on)),
        "cost": None if step.cost is None else str(step.cost),
        "hours": step.hours,
        "content": content,
    }


def message_values(attempt: Attempt, *, chain: str) -> dict[str, object]:
    """Return what the row of a message that was given to the outbox holds.

    Args:
        attempt: the message.
        chain: the chain's name.
    """
    return {
        "reference": attempt.reference,
        "chain": chain,
        "number": attempt.number,
        "attempt": attempt.attempt,
        "begins_at": attempt.begins_at,
        "doubt": int(attempt.doubt),
        "watched": 1,
        "seen": attempt.seen,
    }


def chains_of(connection: sa.Connection, rows: Iterable[sa.RowMapping]) -> tuple[Chain, ...]:
    """Read chains whole.

    Args:
        connection: the transaction in which their rows were read.
        rows: their rows.
    """
    chains = [_chain_of(row) for row in rows]
    names = [each.name for each in chains]
    attempts: dict[tuple[str, int], list[Attempt]] = {}
    steps: dict[str, list[ChainStep]] = {}
    mine = sa.select(SENT).where(SENT.c.chain.in_(names))
    ordered = mine.order_by(SENT.c.chain, SENT.c.number, SENT.c.attempt)
    for row in connection.execute(ordered).mappings():
        attempts.setdefault((row["chain"], row["number"]), []).append(_attempt_of(row))
    # Not `content`: who only looks does not read what the messages say.
    columns = [column for column in STEPS.c if column.name != "content"]
    asked = sa.select(*columns).where(STEPS.c.chain.in_(names)).order_by(STEPS.c.number)
    for row in connection.execute(asked).mappings():
        sent = attempts.get((row["chain"], row["number"]), [])
        steps.setdefault(row["chain"], []).append(replace(_step_of(row), attempts=tuple(sent)))
    return tuple(replace(each, steps=tuple(steps.get(each.name, ()))) for each in chains)


def _chain_of(row: sa.RowMapping) -> Chain:
    names = (column.name for column in CHAINS.c if column.name != "case_id")
    values: dict[str, Any] = {name: row[name] for name in names}
    cap = values["cost_cap"]
    values |= {
        "case": row["case_id"],
        "state": ChainState(values["state"]),
        "stop_when": StopWhen(values["stop_when"]),
        "cost_cap": None if cap is None else Decimal(cap),
    }
    return Chain(**values)


def _step_of(row: sa.RowMapping) -> ChainStep:
    return ChainStep(
        number=row["number"],
        kind=row["kind"],
        channel=row["channel"],
        template_id=row["template_id"],
        patience=timedelta(seconds=row["patience"]),
        go_on=frozenset(row["go_on"].split()),
        cost=None if row["cost"] is None else Decimal(row["cost"]),
        hours=row["hours"],
    )


def _attempt_of(row: sa.RowMapping) -> Attempt:
    return Attempt(
        reference=row["reference"],
        number=row["number"],
        attempt=row["attempt"],
        begins_at=row["begins_at"],
        doubt=bool(row["doubt"]),
        seen=row["seen"],
    )
