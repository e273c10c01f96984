# SPDX-License-Identifier: MIT
"""Move a chain: decide and write in one transaction, the outbox's message with it.

The order of locks. Who moves a chain locks its row, and then its messages. Who brings news has
locked a message first; so nobody who moves a chain waits for its row: a chain that somebody else
holds is left, and `advance` finds the news, since the message's revision is one that the chain has
not seen. `stop` and `erase` wait for the row, and hold nothing else while they do.

That a chain has seen news is noted in its own table, and not by the outbox's `acted()`: a program
that tells people of each end says `acted()` too, and may come first.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from lg_core.errors import InvalidValueError
from lg_core.store import HostConnection
from lg_notify.chains._entries import Attempt, Chain, ChainState, ChainStep
from lg_notify.chains._schema import CHAINS, SENT, STEPS, chains_of, message_values
from lg_notify.chains._states import UNREADABLE, Plan, decide
from lg_notify.hours import SendingHours
from lg_notify.outbox._content import load
from lg_notify.outbox._entries import MessageState, OutboxMessage
from lg_notify.outbox._outbox import Outbox
from lg_notify.outbox._schema import MESSAGES
from lg_notify.outbox._writing import locked

# lg_core.store says what to install where this is missing, so it comes first.
import sqlalchemy as sa  # isort: skip

if TYPE_CHECKING:
    from lg_notify.new_message import Message

__all__ = ["Mover", "with_news"]

_S = MessageState
_NEVER_TRIED_AGAIN: Final = "letter"
_LAST_ATTEMPT: Final = 2


@dataclass(frozen=True, slots=True)
class Mover:
    """Moves chains, in a transaction that is open.

    Args:
        outbox: where their messages are.
        connection: the transaction.
        host: the connection of the program around us, where the transaction is its.
        acknowledge: whether the outbox is told `acted()` of what has ended.
    """

    outbox: Outbox
    connection: sa.Connection
    host: HostConnection | None = None
    acknowledge: bool = True

    @property
    def _joined(self) -> HostConnection:
        # What joins must be given the host's own connection, not the one that is lent to us.
        return self.connection if self.host is None else self.host

    def locked(self, name: str, *, wait: bool) -> Chain | None:
        """Read a chain, and keep others from moving it.

        Args:
            name: the chain's name.
            wait: whether to wait for who has it.

        Returns:
            The chain; None where there is none, or somebody else has it.
        """
        asked = sa.select(CHAINS).where(CHAINS.c.name == name)
        rows = self.connection.execute(asked.with_for_update(skip_locked=not wait)).mappings().all()
        return next(iter(chains_of(self.connection, rows)), None)

    def messages_of(self, chain: Chain) -> dict[str, OutboxMessage]:
        """Read what the outbox has of a chain's messages, and keep others from changing them.

        Args:
            chain: the chain.
        """
        kept = (locked(self.connection, each.reference) for each in chain.attempts)
        return {each.message.reference: each.message for each in kept if each is not None}

    def move(self, name: str, *, wait: bool = False) -> tuple[Chain, Plan] | None:
        """Do what the outbox's knowledge of a chain asks for.

        Args:
            name: the chain's name.
            wait: whether to wait for who has it.

        Returns:
            The chain as it was, and what was done; None where it was left to somebody else.
        """
        chain = self.locked(name, wait=wait)
        if chain is None:
            return None
        messages = self.messages_of(chain)
        now = self.outbox.store.now()
        return chain, self.carry_out(chain, messages, decide(chain, messages, now=now), now=now)

    def carry_out(
        self, chain: Chain, messages: Mapping[str, OutboxMessage], plan: Plan, *, now: datetime
    ) -> Plan:
        """Do what was decided.

        Args:
            chain: the chain, locked.
            messages: its messages, locked.
            plan: what to do.
            now: the present.

        Returns:
            What was done.
        """
        self.take_back(plan.take_back, messages)
        if self.acknowledge:
            for reference in plan.noted:
                self.outbox.acted(reference, connection=self._joined)
        if any(self._is_new(each, messages) for each in chain.attempts):
            self._see(chain)
        if plan.send:
            plan = self._send(chain, plan, now=now)
        self._write(chain, plan, now=now)
        if plan.state is not ChainState.RUNNING:
            self._watch_what_is_open(chain, messages, plan)
        return plan

    def _is_new(self, attempt: Attempt, messages: Mapping[str, OutboxMessage]) -> bool:
        message = messages.get(attempt.reference)
        return message is not None and message.revision != attempt.seen

    def _see(self, chain: Chain) -> None:
        """Note that the chain has acted on its messages as they are now."""
        mine = MESSAGES.c.reference == SENT.c.reference
        revision = sa.select(MESSAGES.c.revision).where(mine).scalar_subquery()
        self.connection.execute(
            sa.update(SENT)
            .where(SENT.c.chain == chain.name, sa.exists().where(mine))
            .values(seen=revision)
        )

    def take_back(self, references: Iterable[str], messages: Mapping[str, OutboxMessage]) -> None:
        """Take messages out of the outbox that are not being sent.

        Args:
            references: which.
            messages: the messages, locked.
        """
        for reference in references:
            if self.outbox.cancel(reference, connection=self._joined):
                self.outbox.acted(reference, connection=self._joined)
            if messages[reference].state is _S.IN_DOUBT:
                self.connection.execute(
                    sa.update(SENT).where(SENT.c.reference == reference).values(doubt=1)
                )

    def _send(self, chain: Chain, plan: Plan, *, now: datetime) -> Plan:
        """Give the outbox a message. It knows the same one again, whatever became of the chain."""
        step = chain.steps[plan.step - 1]
        message = self._message(chain, step)
        if message is None:
            return replace(plan, state=ChainState.FAILED, reason=UNREADABLE, send=0)
        queued = self.outbox.enqueue(
            message,
            case=chain.case,
            period=f"{chain.period}~{step.number}.{plan.send}",
            expires=chain.expires_at,
            priority=chain.priority,
            hours=None if step.hours is None else SendingHours.from_text(step.hours),
            account=chain.account,
            council=chain.council,
            connection=self._joined,
        )
        kept = locked(self.connection, queued.reference)
        begins = now if kept is None else kept.message.due_at
        attempt = Attempt(queued.reference, step.number, plan.send, begins)
        self.connection.execute(sa.insert(SENT).values(message_values(attempt, chain=chain.name)))
        # One that the outbox had before may have ended long ago: look at once.
        return replace(plan, due_at=begins + step.patience if queued.is_new else now)

    def _message(self, chain: Chain, step: ChainStep) -> "Message | None":
        mine = (STEPS.c.chain == chain.name, STEPS.c.number == step.number)
        content = self.connection.scalar(sa.select(STEPS.c.content).where(*mine))
        if content is None:
            return None
        reference = json.loads(content).get("reference")
        try:
            message = load(step.kind, content, reference=reference or chain.name)
        except InvalidValueError:
            return None
        return message if reference else message.model_copy(update={"reference": None})

    def _write(self, chain: Chain, plan: Plan, *, now: datetime) -> None:
        running = plan.state is ChainState.RUNNING
        moved = plan.send > 0 or plan.state is not chain.state
        if not moved and plan.due_at == chain.due_at:
            return
        self.connection.execute(
            sa.update(CHAINS)
            .where(CHAINS.c.name == chain.name)
            .values(
                state=plan.state,
                reason=plan.reason,
                step=plan.step,
                due_at=plan.due_at,
                changed_at=now if moved else chain.changed_at,
                ended_at=None if running else now if moved else chain.ended_at,
            )
        )
        if moved:
            self._forget(chain, plan)

    def _forget(self, chain: Chain, plan: Plan) -> None:
        """Forget what the messages say that cannot be sent any more."""
        over = sa.true()
        if plan.state is ChainState.RUNNING:
            step = chain.steps[plan.step - 1]
            last = step.channel == _NEVER_TRIED_AGAIN or plan.send == _LAST_ATTEMPT
            over = STEPS.c.number < plan.step + last
        self.connection.execute(
            sa.update(STEPS)
            .where(STEPS.c.chain == chain.name, STEPS.c.content.is_not(None), over)
            .values(content=None)
        )

    def _watch_what_is_open(
        self, chain: Chain, messages: Mapping[str, OutboxMessage], plan: Plan
    ) -> None:
        """Watch no longer what has ended; what may still arrive is watched."""
        back = {each for each in plan.take_back if messages[each].state is not _S.IN_DOUBT}
        in_doubt = {each.reference for each in chain.attempts if each.doubt}
        still = {
            each.reference
            for each in messages.values()
            if not each.ended and each.reference not in back
        } | in_doubt
        self.connection.execute(
            sa.update(SENT)
            .where(SENT.c.chain == chain.name, SENT.c.reference.not_in(still))
            .values(watched=0)
        )


def with_news(connection: sa.Connection, *, now: datetime, limit: int) -> tuple[str, ...]:
    """Name the chains that are due, and those that have not acted on the news of their messages.

    Args:
        connection: a transaction.
        now: the present.
        limit: how many at the most.
    """
    c, m = CHAINS.c, MESSAGES.c
    due = sa.select(c.name).where(c.due_at <= now).order_by(c.due_at).limit(limit)
    ended = m.ended_at.is_not(None)
    unsent = m.state.in_((_S.WAITING, _S.ASIDE, _S.IN_DOUBT))
    no_such = (m.state == _S.ASIDE) & (m.reason == "invalid_recipient")
    news = (
        sa.select(SENT.c.chain)
        .join(MESSAGES, m.reference == SENT.c.reference)
        .join(CHAINS, c.name == SENT.c.chain)
        .where(
            SENT.c.watched == 1,
            m.revision != SENT.c.seen,
            ended | no_such | (unsent & (c.state != ChainState.RUNNING)),
        )
        .distinct()
        .limit(limit)
    )
    found = [*connection.scalars(due), *connection.scalars(news)]
    return tuple(dict.fromkeys(found))[:limit]
