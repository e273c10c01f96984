# SPDX-License-Identifier: MIT
"""Chains of messages: the next way is taken when the one before has failed."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from lg_core.errors import InvalidValueError
from lg_core.store import HostConnection
from lg_notify.chains._entries import (
    PATIENCE,
    Advanced,
    Chain,
    ChainState,
    Started,
    StopWhen,
    Way,
)
from lg_notify.chains._moving import Mover, with_news
from lg_notify.chains._prices import Prices
from lg_notify.chains._schema import CHAIN_SCHEMA, CHAINS, SENT, STEPS, chain_values, chains_of
from lg_notify.chains._starting import Defaults, begun, checked_patience
from lg_notify.chains._states import stopped
from lg_notify.outbox._content import recipient_digest
from lg_notify.outbox._entries import Change
from lg_notify.outbox._outbox import Outbox
from lg_notify.outbox._states import Told

# lg_core.store says what to install where this is missing, so it comes first.
import sqlalchemy as sa  # isort: skip
from sqlalchemy.dialects import postgresql, sqlite  # isort: skip

if TYPE_CHECKING:
    from lg_core.models import RequestModel

__all__ = ["Chains"]

_C: Final = CHAINS.c
_NO_PRICES: Final = Prices()
_FOR_A_PERSON: Final = tuple(state for state in ChainState if state.needs_a_person)


class Chains:
    """Keeps chains of messages, and moves them on.

        chains.start("GW-0001", [Email(...), Sms(...), Letter(...)], cost_cap=Decimal("1.00"))

    Each message is given to the outbox in the transaction in which the chain moves, so it is sent
    once at the most, whatever dies when. The next one's turn comes when the one before has failed,
    was not wanted, or was waited for in vain. Several processes may move chains at once.

    Args:
        outbox: where the messages go; the chains are kept in its store.
        patience: how long a message of each channel is waited for, in place of `PATIENCE`.
        prices: what is known of the templates, to say what messages cost.
        acknowledge: whether the chain says `acted()` to the outbox of a message that has ended, so
            that `outbox.unacted()` is of the other messages. Say False where your program acts on
            those ends too, and says it itself: `lg-notify work` with a function to tell does.
        keep: how long a chain that has ended is kept, unless `purge()` is told otherwise. So long
            it is known as the same chain.

    Raises:
        ConfigError: the store cannot be used, or its tables are of another version.
        InvalidValueError: a patience is no span of a second to a year.
        StoreError: the database could not do what it was asked.
    """

    def __init__(
        self,
        outbox: Outbox,
        *,
        patience: Mapping[str, timedelta] = PATIENCE,
        prices: Prices = _NO_PRICES,
        acknowledge: bool = True,
        keep: timedelta = timedelta(days=365),
    ) -> None:
        given = {name: checked_patience(span) for name, span in patience.items()}
        self._outbox = outbox
        self._store = outbox.store
        self._defaults = Defaults({**PATIENCE, **given}, prices)
        self._acknowledge = acknowledge
        self._keep = keep
        self._store.prepare(CHAIN_SCHEMA)

    def __repr__(self) -> str:
        return f"Chains({self._outbox!r})"

    @property
    def outbox(self) -> Outbox:
        """Where the messages go."""
        return self._outbox

    # ------------------------------------------------------------------ beginning

    def start(
        self,
        case: str,
        ways: Sequence["RequestModel | Way"],
        *,
        period: str = "",
        cost_cap: Decimal | None = None,
        stop_when: StopWhen = StopWhen.HANDED_OVER,
        expires: datetime | None = None,
        account: str = "default",
        council: str | None = None,
        priority: int = 0,
        connection: HostConnection | None = None,
    ) -> Started:
        """Begin a chain: give its first message to the outbox.

        The same case and period are the same chain: it begins once, for as long as it is
        remembered. For another person of the case give another period.

        Args:
            case: your own id of what it is about, 1 to 255 characters; nothing personal.
            ways: the messages for one person, in order; a `Way` where more is to be said of one.
            period: what sets it apart from the next one of the case; at most 60 characters.
            cost_cap: what all messages may cost together, in pounds without VAT. The cost of each
                must be known: from `prices`, or from its `Way`.
            stop_when: what is enough to end the chain.
            expires: from when none of its messages is worth sending.
            account: whose key sends.
            council: the council that it is for.
            priority: a higher one is sent first.
            connection: a transaction of yours to join: the chain begins when that is committed,
                and not where it is rolled back.

        Returns:
            The chain's name, whether it is new, and where it stands.

        Raises:
            InvalidValueError: an argument cannot be kept. Nothing began.
            StoreError: the database could not do what it was asked. Nothing began.
        """
        now = self._store.now()
        given = begun(
            Chain(
                name="",
                case=case,
                period=period,
                state=ChainState.RUNNING,
                created_at=now,
                changed_at=now,
                stop_when=stop_when,
                cost_cap=cost_cap,
                expires_at=expires,
                account=account,
                council=council,
                priority=priority,
            ),
            ways,
            self._defaults,
            now=now,
        )
        insert = sqlite.insert if self._store.dialect == "sqlite" else postgresql.insert
        first = insert(CHAINS).on_conflict_do_nothing(index_elements=["case_id", "period"])
        with self._store.begin(connection) as ours:
            ours.execute(first.values(chain_values(given.chain)))
            kept = ours.execute(
                sa.select(_C.name, _C.state).where(_C.case_id == case, _C.period == period)
            ).one()
            if kept.name != given.chain.name:
                return Started(kept.name, is_new=False, state=ChainState(kept.state))
            ours.execute(sa.insert(STEPS), list(given.rows))
            moved = self._mover(ours, connection).move(kept.name, wait=True)
            if moved is None:
                raise AssertionError  # the row is ours
            return Started(kept.name, is_new=True, state=moved[1].state)

    # ------------------------------------------------------------------ moving

    def note(
        self,
        told: Told,
        _receipt: object = None,
        /,
        *,
        connection: HostConnection | None = None,
    ) -> Change | None:
        """Note what GOV.UK Notify says of a message, and move its chain, in one transaction.

        It takes what `act` is given, so it may be the `act` of a callbacks' worker and of a
        poller, and the worker's `gone`.

        Args:
            told: the message as it was read, or a receipt.
            connection: a transaction of yours to join.

        Returns:
            What changed; None where that was known, or where the outbox does not hold the message.

        Raises:
            StoreError: the database could not do what it was asked. Nothing was noted.
        """
        with self._store.begin(connection) as ours:
            joined = ours if connection is None else connection
            change = self._outbox.note(told, connection=joined)
            if change is not None:
                self._act(ours, change, host=connection)
            return change

    def act(self, change: Change, *, connection: HostConnection | None = None) -> bool:
        """Move the chain of a message of which something was learnt.

        Where you die before it, `advance` does it. Doing it again changes nothing.

        Args:
            change: what `outbox.note` returned.
            connection: a transaction of yours to join, such as that of the note.

        Returns:
            False where the message is none of a chain's, or where somebody else is moving the
            chain: they or `advance` see to it.

        Raises:
            StoreError: the database could not do what it was asked.
        """
        with self._store.begin(connection) as ours:
            return self._act(ours, change, host=connection)

    def _act(
        self, connection: sa.Connection, change: Change, *, host: HostConnection | None
    ) -> bool:
        mine = SENT.c.reference == change.after.reference
        name = connection.scalar(sa.select(SENT.c.chain).where(mine))
        return name is not None and self._mover(connection, host).move(name) is not None

    def advance(self, *, limit: int = 1000) -> Advanced:
        """Move the chains that are due, and those that have not acted on the news.

        Run it every few seconds, beside the dispatcher; several at once do no harm. It is what
        makes the end of patience come, and what goes on where another process died.

        Args:
            limit: how many chains at the most.

        Returns:
            What was done.

        Raises:
            StoreError: the database could not do what it was asked. Each chain was moved whole, or
                not at all.
        """
        with self._store.read() as connection:
            names = with_news(connection, now=self._store.now(), limit=limit)
        looked = sent = ended = 0
        for name in names:
            with self._store.begin() as connection:
                moved = self._mover(connection).move(name)
            if moved is not None:
                looked += 1
                sent += moved[1].send > 0
                ended += moved[1].state is not moved[0].state
        return Advanced(looked, sent, ended)

    def stop(
        self, case: str, *, period: str | None = None, connection: HostConnection | None = None
    ) -> int:
        """End the chains of a case: no further message, and what still waits is taken back.

        Args:
            case: your own id of what they are about.
            period: which chain of the case; all where it is not given.
            connection: a transaction of yours to join.

        Returns:
            How many were running, and are stopped.

        Raises:
            StoreError: the database could not do what it was asked.
        """
        now = self._store.now()
        ended = 0
        with self._store.begin(connection) as ours:
            mover = self._mover(ours, connection)
            for name in self._names(ours, *_of(case, period), _C.state == ChainState.RUNNING):
                chain = mover.locked(name, wait=True)
                if chain is None or chain.state is not ChainState.RUNNING:
                    continue  # it ended while we waited for it
                messages = mover.messages_of(chain)
                mover.carry_out(chain, messages, stopped(chain, messages), now=now)
                ended += 1
        return ended

    # ------------------------------------------------------------------ looking

    def get(self, case: str, *, period: str = "") -> Chain | None:
        """Return a chain, or None.

        Args:
            case: your own id of what it is about.
            period: what sets it apart from the next one of the case.
        """
        found = self._read(*_of(case, period))
        return found[0] if found else None

    def for_case(self, case: str) -> tuple[Chain, ...]:
        """Return the chains of a case, oldest first.

        Args:
            case: your own id of what they are about.
        """
        return self._read(*_of(case, None), order=_C.created_at)

    def for_a_person(self, *, limit: int = 1000) -> tuple[Chain, ...]:
        """Return the chains that ended without reaching anybody, the longest first.

        Call `handled()` when a person has looked after one.

        Args:
            limit: how many at the most.
        """
        return self._read(_C.state.in_(_FOR_A_PERSON), _C.handled_at.is_(None), limit=limit)

    def handled(
        self, case: str, *, period: str = "", connection: HostConnection | None = None
    ) -> bool:
        """Say that a person has looked after a chain that reached nobody.

        Args:
            case: your own id of what it is about.
            period: what sets it apart from the next one of the case.
            connection: a transaction of yours to join.

        Returns:
            False where no such chain waits for a person.

        Raises:
            StoreError: the database could not do what it was asked.
        """
        waits = (_C.state.in_(_FOR_A_PERSON), _C.handled_at.is_(None))
        with self._store.begin(connection) as ours:
            done = ours.execute(
                sa.update(CHAINS)
                .where(*_of(case, period), *waits)
                .values(handled_at=self._store.now())
            )
            return done.rowcount == 1

    def counts(self) -> Mapping[ChainState, int]:
        """Count the chains by state; a state that none has is counted as 0."""
        asked = sa.select(_C.state, sa.func.count().label("number")).group_by(_C.state)
        with self._store.read() as connection:
            found = {row.state: row.number for row in connection.execute(asked)}
        return {state: found.get(state.value, 0) for state in ChainState}

    # ------------------------------------------------------------------ forgetting

    def erase(
        self,
        *,
        recipient: str | None = None,
        case: str | None = None,
        connection: HostConnection | None = None,
    ) -> int:
        """Remove all chains with a message to a person, or those of a case.

        What still waits in the outbox is taken back. The messages themselves are the outbox's:
        then call its `erase()`, or the same chain, started again, finds them there.

        Args:
            recipient: a telephone number or an e-mail address, however it was typed. Chains of
                letters alone are found by their case.
            case: your own id of what they are about.
            connection: a transaction of yours to join.

        Returns:
            How many were removed.

        Raises:
            InvalidValueError: give a recipient or a case, and not both.
            StoreError: the database could not do what it was asked.
        """
        if (recipient is None) == (case is None):
            raise InvalidValueError("Give a recipient or a case, and not both.", field="erase")
        if recipient is None:
            mine = _C.case_id == case
        else:
            channel = "email" if "@" in recipient else "sms"
            digest = recipient_digest(channel, recipient)
            mine = _C.name.in_(sa.select(STEPS.c.chain).where(STEPS.c.recipient == digest))
        with self._store.begin(connection) as ours:
            mover = self._mover(ours, connection)
            names = self._names(ours, mine)
            for name in names:
                chain = mover.locked(name, wait=True)
                if chain is not None:
                    messages = mover.messages_of(chain)
                    mover.take_back(stopped(chain, messages).take_back, messages)
            return self._remove(ours, _C.name.in_(names))

    def purge(
        self, *, before: datetime | None = None, connection: HostConnection | None = None
    ) -> int:
        """Remove the chains that ended long ago. Run it daily. One that is running stays.

        Args:
            before: only what ended before this instant; `keep` ago where it is None.
            connection: a transaction of yours to join.

        Returns:
            How many were removed.

        Raises:
            InvalidValueError: the instant has no time zone.
            StoreError: the database could not do what it was asked.
        """
        limit = self._store.now() - self._keep if before is None else before
        if limit.tzinfo is None:
            raise InvalidValueError(
                "before must have a time zone: use datetime.now(UTC).", field="before", code="naive"
            )
        with self._store.begin(connection) as ours:
            return self._remove(ours, _C.ended_at < limit)

    def _remove(self, connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> int:
        names = sa.select(_C.name).where(*conditions)
        connection.execute(sa.delete(SENT).where(SENT.c.chain.in_(names)))
        connection.execute(sa.delete(STEPS).where(STEPS.c.chain.in_(names)))
        return connection.execute(sa.delete(CHAINS).where(*conditions)).rowcount

    # ------------------------------------------------------------------ as one

    def _mover(self, connection: sa.Connection, host: HostConnection | None = None) -> Mover:
        return Mover(self._outbox, connection, host, acknowledge=self._acknowledge)

    def _names(self, connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> list[str]:
        # In one order, so that on PostgreSQL no two wait for each other.
        asked = sa.select(_C.name).where(*conditions).order_by(_C.name)
        return list(connection.scalars(asked))

    def _read(
        self,
        *conditions: sa.ColumnElement[bool],
        order: sa.ColumnElement[datetime] = _C.changed_at,
        limit: int | None = None,
    ) -> tuple[Chain, ...]:
        asked = sa.select(CHAINS).where(*conditions).order_by(order, _C.name).limit(limit)
        with self._store.read() as connection:
            return chains_of(connection, connection.execute(asked).mappings().all())


def _of(case: str, period: str | None) -> tuple[sa.ColumnElement[bool], ...]:
    mine = _C.case_id == case
    return (mine,) if period is None else (mine, _C.period == period)
