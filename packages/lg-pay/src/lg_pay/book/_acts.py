# SPDX-License-Identifier: MIT
"""What callers say that they did with the news of a payment: each in one transaction.

Each mark is made once. Who makes it is told so, and who comes too late is told that: with the act
in the same transaction, one of several that act at once goes through and the others roll back.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

from lg_core.errors import InvalidValueError
from lg_core.store import HostConnection, Instant, Store
from lg_pay.book import _states
from lg_pay.book._entries import BookedPayment, BookState, Change, News
from lg_pay.book._schema import LATER, TABLE, entry_of, later_values_of
from lg_pay.book.errors import NotInBookError

# lg_core.store says what to install where this is missing, so it comes first.
import sqlalchemy as sa  # isort: skip

__all__ = ["OF_PAYMENT", "PAID", "UNPAID", "WRITE", "WRITE_ENDED", "Acts"]

_COLUMN = TABLE.c
PAID: Final = (BookState.SUCCESS.value, BookState.CAPTURED.value)
UNPAID: Final = (
    BookState.LOST.value,
    BookState.FAILED.value,
    BookState.CANCELLED.value,
    BookState.ERROR.value,
    BookState.GIVEN_UP.value,
)
_REASON = re.compile(r"[A-Za-z0-9_.\-]{1,80}")

# Built once: making a statement anew takes SQLAlchemy longer than carrying it out.
OF_PAYMENT: Final = sa.select(TABLE).where(_COLUMN.payment_id == sa.bindparam("payment"))
WRITE: Final = (
    sa.update(TABLE)
    .where(_COLUMN.id == sa.bindparam("this"), _COLUMN.revision == sa.bindparam("read"))
    .values({column: sa.bindparam(column.name) for column in TABLE.columns if column.name in LATER})
)
WRITE_ENDED: Final = WRITE.values(slot=None)
_THIS = _COLUMN.payment_id == sa.bindparam("payment")
_ONE_ON = {"revision": _COLUMN.revision + 1}
_SUBMIT = (
    sa.update(TABLE)
    .where(_THIS, _COLUMN.submitted_at.is_(None))
    .values(
        submitted_at=sa.bindparam("at"),
        # Acted on, though it had been reversed meanwhile: that is to be undone, whoever said before
        # that there was nothing to undo.
        undone_at=sa.case((_COLUMN.state == BookState.ERROR.value, None), else_=_COLUMN.undone_at),
        **_ONE_ON,
    )
    .returning(_COLUMN.state)
)
_UNDO = (
    sa.update(TABLE)
    .where(_THIS, _COLUMN.reversed_at.is_not(None), _COLUMN.undone_at.is_(None))
    .values(
        undone_at=sa.bindparam("at"),
        # The money came after all while it was being undone: it is to be acted on anew.
        submitted_at=sa.case((_COLUMN.state.in_(PAID), None), else_=_COLUMN.submitted_at),
        **_ONE_ON,
    )
    .returning(_COLUMN.state)
)
_UNDO_PARTLY = (
    sa.update(TABLE)
    .where(
        _THIS,
        _COLUMN.reversed_at.is_not(None),
        _COLUMN.undone_at.is_(None),
        _COLUMN.submitted_at.is_not(None),
    )
    .values(
        submitted_at=None,
        # The money came after all while it was being undone: nothing is left to undo.
        undone_at=sa.case(
            (_COLUMN.state.in_(PAID), sa.bindparam("at", type_=Instant())), else_=None
        ),
        **_ONE_ON,
    )
    .returning(_COLUMN.state)
)
_HEAR = (
    sa.update(TABLE)
    .where(_THIS, _COLUMN.unheard_since.is_not(None))
    .values(unheard_since=None, **_ONE_ON)
    .returning(_COLUMN.state)
)


class Acts:
    """Notes what callers did, on a store."""

    def __init__(self, store: Store, *, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def submitted(self, payment_id: str, *, connection: HostConnection | None = None) -> bool:
        """Note that a payment was acted on; False where that was said before, or is too late."""
        state = self._mark(_SUBMIT, payment_id, connection, doing="submitted()")
        return state is not None and state not in UNPAID

    def undone(
        self, payment_id: str, *, partly: bool = False, connection: HostConnection | None = None
    ) -> bool:
        """Note that what was done for a payment has been undone; False where nothing is to be."""
        statement = _UNDO_PARTLY if partly else _UNDO
        return self._mark(statement, payment_id, connection, doing="undone()") is not None

    def heard(self, payment_id: str, *, connection: HostConnection | None = None) -> bool:
        """Note that an end without money was heard of; False where that was said before."""
        return self._mark(_HEAR, payment_id, connection, doing="heard()") is not None

    def _mark(
        self,
        statement: sa.UpdateBase,
        payment_id: str,
        connection: HostConnection | None,
        *,
        doing: str,
    ) -> str | None:
        with self._store.begin(connection) as joined:
            state: str | None = joined.scalar(statement, {"payment": payment_id, "at": self._now()})
            if state is None:
                self._found(joined, payment_id, doing=doing)
            return state

    def give_up(
        self, payment_id: str, *, reason: str, connection: HostConnection | None = None
    ) -> Change:
        """Give up an open payment.

        Raises:
            InvalidValueError: the reason is no code.
            NotInBookError: the book does not hold the payment.
            CannotGiveUpError: it has ended.
        """
        if not _REASON.fullmatch(reason):
            raise InvalidValueError(
                "The reason must be a short code, such as account_closed: 1 to 80 letters, digits, "
                "`_`, `.` and `-`. It is printed, so it may name nobody.",
                field="reason",
                code="shape",
            )
        with self._store.begin(connection) as joined:
            while True:
                before = self._found(joined, payment_id, doing="give_up()")
                after = _states.given_up(before, reason=reason, now=self._now())
                values = later_values_of(after) | {"this": before.id, "read": before.revision}
                if joined.execute(WRITE_ENDED, values).rowcount:
                    return Change(before, after, News.ENDED_UNPAID)

    def _found(self, connection: sa.Connection, payment_id: str, *, doing: str) -> BookedPayment:
        found = connection.execute(OF_PAYMENT, {"payment": payment_id}).mappings().first()
        if found is None:
            raise NotInBookError(doing)
        return entry_of(found)
