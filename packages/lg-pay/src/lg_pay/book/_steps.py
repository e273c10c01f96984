# SPDX-License-Identifier: MIT
"""The steps of the book: each reads or writes the table in one transaction, and calls nobody."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from lg_core.errors import InvalidValueError
from lg_core.money import Pence
from lg_core.store import HostConnection, Store
from lg_pay.book import _states
from lg_pay.book._acts import OF_PAYMENT, PAID, UNPAID, WRITE, WRITE_ENDED, Acts
from lg_pay.book._entries import BookedPayment, BookState, Change
from lg_pay.book._schema import BOOK_SCHEMA, TABLE, entry_of, later_values_of, values_of
from lg_pay.book.errors import MoneyAtStakeError
from lg_pay.new_payment import AuthorisationMode, NewPayment

# lg_core.store says what to install where this is missing, so it comes first.
import sqlalchemy as sa  # isort: skip
from sqlalchemy.dialects import postgresql, sqlite  # isort: skip

if TYPE_CHECKING:
    from lg_pay.payment import Payment

__all__ = ["Claim", "Key", "Steps", "Way"]

_COLUMN = TABLE.c
_NOT_UNDONE = (
    (_COLUMN.state == BookState.ERROR.value)
    & _COLUMN.reversed_at.is_not(None)
    & _COLUMN.undone_at.is_(None)
)
_AT_STAKE = (
    _COLUMN.ended_at.is_(None)
    | (_COLUMN.state.not_in(UNPAID) & _COLUMN.submitted_at.is_(None))
    | _NOT_UNDONE
)
_LONGEST_NAME = 255

# Built once: making a statement anew takes SQLAlchemy longer than carrying it out.
_OF_KEY = (
    sa.select(TABLE)
    .where(
        _COLUMN.reference == sa.bindparam("reference"),
        _COLUMN.case_id == sa.bindparam("case"),
        _COLUMN.service == sa.bindparam("service"),
        _COLUMN.amount == sa.bindparam("amount"),
    )
    .order_by(_COLUMN.asked_at.desc())
)
_INTEND = {
    # Not rowcount: psycopg has forgotten it by the time that it is asked for an INSERT's.
    "sqlite": sqlite.insert(TABLE).on_conflict_do_nothing().returning(_COLUMN.id),
    "postgresql": postgresql.insert(TABLE).on_conflict_do_nothing().returning(_COLUMN.id),
}


@dataclass(frozen=True, slots=True)
class Key:
    """What there is one open payment for."""

    service: str
    case: str = field(repr=False)
    reference: str = field(repr=False)
    amount: Pence

    @classmethod
    def of(cls, new: NewPayment, *, service: str, case: str) -> "Key":
        """Make the key of a payment that is to be begun.

        Raises:
            InvalidValueError: a name is empty or too long, or the mode is not `web`.
        """
        for name, value in (("service", service), ("case", case)):
            if not 0 < len(value) <= _LONGEST_NAME:
                raise InvalidValueError(
                    f"{name} must be of 1 to {_LONGEST_NAME} characters.", field=name, code="length"
                )
        if new.mode is not AuthorisationMode.WEB:
            raise InvalidValueError(
                "The payment book is for payments that a payer makes at next_url, so "
                "authorisation_mode must be web. Charge an agreement with "
                "create_payment(new, idempotency_key=...), which may be repeated for 24 hours.",
                field="authorisation_mode",
                code="mode",
            )
        return cls(service, case, new.reference, new.amount)


class Way(Enum):
    """What a caller who wants a payment is to do."""

    MINE = auto()
    """The intent is written: ask GOV.UK Pay for the payment."""
    WAIT = auto()
    """Another is asking at this moment."""
    RESUME = auto()
    """There is an unfinished payment: ask for a fresh address."""
    PAID = auto()
    """It is paid."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a caller is to do, and with which attempt."""

    way: Way
    entry: BookedPayment


class Steps:
    """The steps, on a store."""

    def __init__(self, store: Store, *, now: Callable[[], datetime], keep: timedelta) -> None:
        store.prepare(BOOK_SCHEMA)
        self.store = store
        self.now = now
        self.acts = Acts(store, now=now)
        self._keep = keep
        self._intending = _INTEND[store.dialect]

    # ------------------------------------------------------------ one open payment

    def claim(self, key: Key) -> Claim:
        """Find what stands for a key, or write the intent to ask for a payment."""
        while True:
            with self.store.begin() as connection:
                claim = self._claim(connection, key)
            if claim is not None:  # else another was faster: look again at what it wrote
                return claim

    def _claim(self, connection: sa.Connection, key: Key) -> Claim | None:
        wanted = {
            "reference": key.reference,
            "case": key.case,
            "service": key.service,
            "amount": int(key.amount),
        }
        rows = connection.execute(_OF_KEY, wanted).mappings()
        standing: BookedPayment | None = None
        for row in rows:
            entry = entry_of(row)
            if entry.paid:  # before all else: money may come for an attempt that had ended
                return Claim(Way.PAID, entry)
            if row["slot"] is not None:
                standing = entry
        if standing is None:
            return self._intend(connection, key)
        if standing.state != BookState.ASKING:
            return Claim(Way.RESUME, standing)
        if self.now() < standing.asked_at + _states.LEASE:
            return Claim(Way.WAIT, standing)
        if not self._write(connection, standing, self._lost(standing)):
            return None
        return self._intend(connection, key)

    def _intend(self, connection: sa.Connection, key: Key) -> Claim | None:
        now = self.now()
        entry = BookedPayment(
            id=uuid.uuid4().hex,
            service=key.service,
            case=key.case,
            reference=key.reference,
            amount=key.amount,
            state=BookState.ASKING.value,
            revision=1,
            asked_at=now,
            changed_at=now,
        )
        written = connection.scalar(self._intending, values_of(entry) | {"slot": 1})
        return None if written is None else Claim(Way.MINE, entry)

    def opened(self, entry: BookedPayment, payment: "Payment") -> BookedPayment | None:
        """Note the payment that was made for an attempt.

        Returns:
            The entry; None where another took the attempt for lost meanwhile, so that the
            payment's address may be given to nobody.

        Raises:
            PaymentMismatchError: it is not the payment that was asked for.
        """
        after = _states.opened(entry, payment, now=self.now())
        with self.store.begin() as connection:
            return after if self._write(connection, entry, after) else None

    def release(self, entry: BookedPayment) -> None:
        """Forget an attempt of which GOV.UK Pay knows nothing."""
        with self.store.begin() as connection:
            connection.execute(
                sa.delete(TABLE).where(
                    _COLUMN.id == entry.id, _COLUMN.state == BookState.ASKING.value
                )
            )

    def lose(self, entry: BookedPayment) -> None:
        """Close an attempt whose answer did not come."""
        with self.store.begin() as connection:
            self._write(connection, entry, self._lost(entry))

    def lose_stale(self) -> int:
        """Close every attempt whose asker has not come back, and return how many."""
        now = self.now()
        with self.store.begin() as connection:
            done = connection.execute(
                sa.update(TABLE)
                .where(
                    _COLUMN.state == BookState.ASKING.value,
                    _COLUMN.asked_at <= now - _states.LEASE,
                )
                .values(
                    state=BookState.LOST.value,
                    slot=None,
                    ended_at=now,
                    changed_at=now,
                    revision=_COLUMN.revision + 1,
                )
            )
            return done.rowcount

    def _lost(self, entry: BookedPayment) -> BookedPayment:
        now = self.now()
        return replace(
            entry,
            state=BookState.LOST.value,
            ended_at=now,
            changed_at=now,
            revision=entry.revision + 1,
        )

    def _write(
        self, connection: sa.Connection, before: BookedPayment, after: BookedPayment
    ) -> bool:
        """Write an entry over the revision that was read; False where it is another by now."""
        values = later_values_of(after) | {"this": before.id, "read": before.revision}
        done = connection.execute(WRITE_ENDED if after.ended_unpaid else WRITE, values)
        return bool(done.rowcount)

    # ------------------------------------------------------------ what became of it

    def note(self, payment: "Payment", *, connection: HostConnection | None = None) -> Change:
        """Let the entry of a payment follow it, and give the news to one caller first."""
        with self.store.begin(connection) as joined:
            while True:
                before = self._of_payment(joined, payment.payment_id)
                if before is None:
                    return Change(None, None)
                after, news = _states.apply(before, payment, now=self.now())
                if self._write(joined, before, after):
                    return Change(before, after, news)

    def postpone(self, entry: BookedPayment) -> None:
        """Note that GOV.UK Pay could not be asked about a payment, and when to ask again."""
        due = _states.look_again_at(entry, now=self.now())
        with self.store.begin() as connection:
            connection.execute(
                sa.update(TABLE)
                .where(_COLUMN.id == entry.id, _COLUMN.revision == entry.revision)
                .values(due_at=due)
            )

    # ------------------------------------------------------------ looking

    def find(self, payment_id: str) -> BookedPayment | None:
        """Return the entry of a payment."""
        with self.store.read() as connection:
            return self._of_payment(connection, payment_id)

    def entries(
        self, *, service: str | None, case: str | None, reference: str | None
    ) -> tuple[BookedPayment, ...]:
        """Return the attempts that match, oldest first."""
        wanted = {"service": service, "case_id": case, "reference": reference}
        return self._entries(
            *(_COLUMN[name] == value for name, value in wanted.items() if value is not None)
        )

    def unfinished(self, *, older_than: timedelta, limit: int) -> tuple[BookedPayment, ...]:
        """Return the payments that have not ended, oldest first."""
        return self._entries(
            _COLUMN.ended_at.is_(None),
            _COLUMN.payment_id.is_not(None),
            _COLUMN.asked_at <= self.now() - older_than,
            limit=limit,
        )

    def unsubmitted(self, *, older_than: timedelta) -> tuple[BookedPayment, ...]:
        """Return the payments that are paid, and that nothing has acted on, oldest first."""
        return self._entries(
            _COLUMN.state.in_(PAID),
            _COLUMN.submitted_at.is_(None),
            _COLUMN.paid_at <= self.now() - older_than,
        )

    def not_undone(self, *, older_than: timedelta) -> tuple[BookedPayment, ...]:
        """Return the payments that were reversed, and whose act nobody has undone, oldest first."""
        return self._entries(_NOT_UNDONE, _COLUMN.reversed_at <= self.now() - older_than)

    def unheard(self, *, older_than: timedelta, limit: int) -> tuple[BookedPayment, ...]:
        """Return the payments whose end without money nobody has heard of, longest first."""
        return self._entries(
            _COLUMN.unheard_since <= self.now() - older_than,
            limit=limit,
            order=_COLUMN.unheard_since,
        )

    def unclear(self) -> tuple[BookedPayment, ...]:
        """Return the payments that ended with a word that this version does not know."""
        return self._entries(_COLUMN.ended_at.is_not(None), _COLUMN.state.not_in([*PAID, *UNPAID]))

    def due(self, *, asked_before: datetime, until: datetime) -> tuple[BookedPayment, ...]:
        """Return the payments that are to be asked for again, longest due first."""
        return self._entries(
            _COLUMN.due_at <= until, _COLUMN.asked_at <= asked_before, order=_COLUMN.due_at
        )

    def _of_payment(self, connection: sa.Connection, payment_id: str) -> BookedPayment | None:
        found = connection.execute(OF_PAYMENT, {"payment": payment_id}).mappings().first()
        return None if found is None else entry_of(found)

    def _entries(
        self,
        *conditions: sa.ColumnElement[bool],
        limit: int | None = None,
        order: sa.ColumnElement[Any] = _COLUMN.asked_at,
    ) -> tuple[BookedPayment, ...]:
        question = sa.select(TABLE).where(*conditions).order_by(order, _COLUMN.id).limit(limit)
        with self.store.read() as connection:
            rows: Sequence[sa.RowMapping] = connection.execute(question).mappings().all()
        return tuple(entry_of(row) for row in rows)

    # ------------------------------------------------------------ forgetting

    def erase(self, *, reference: str, connection: HostConnection | None = None) -> int:
        """Remove every attempt of a reference, or none."""
        mine = _COLUMN.reference == reference
        with self.store.begin(connection) as joined:
            count = joined.scalar(sa.select(sa.func.count()).where(mine, _AT_STAKE))
            if count:
                raise MoneyAtStakeError(count)
            return joined.execute(sa.delete(TABLE).where(mine)).rowcount

    def purge(self, *, before: datetime | None, connection: HostConnection | None = None) -> int:
        """Remove what ended before an instant."""
        limit = self.now() - self._keep if before is None else before
        with self.store.begin(connection) as joined:
            return joined.execute(
                sa.delete(TABLE).where(_COLUMN.changed_at < limit, ~_AT_STAKE)
            ).rowcount
