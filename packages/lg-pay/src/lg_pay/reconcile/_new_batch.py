# SPDX-License-Identifier: MIT
"""A batch while it is being made: what the ledger holds, and the lines that wait to join it.

Nothing is written to the store here. What was read of it is remembered in short, so that the
transaction that writes the batch can see whether it still holds.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from heapq import merge
from itertools import groupby
from typing import Final

import sqlalchemy as sa

from lg_core.errors import LgError
from lg_core.store import Store
from lg_pay.basket import Line
from lg_pay.reconcile._posting_tables import (
    FLOWING,
    POSTINGS,
    REFUNDS,
    batches_of,
    lines_of,
    write_batch,
    write_lines,
)
from lg_pay.reconcile._stage import Row, Stage, in_parts
from lg_pay.reconcile.batches import Batch, Tally, digest_of
from lg_pay.reconcile.postings import CHANGED, REVERSED, Posting

__all__ = ["BatchOvertakenError", "NewBatch", "standing_of"]

Rows = list[tuple[str, str, str, int, str]]


class BatchOvertakenError(LgError):
    """The ledger changed while the batch was made, so nothing of it was written. Make it again."""

    def __init__(self) -> None:
        super().__init__(
            "The ledger was changed by another process while the batch was made, so nothing was "
            "posted. Run the day again."
        )

    def __reduce__(self) -> tuple[type["BatchOvertakenError"], tuple[()]]:
        return type(self), ()


class NewBatch:
    """A batch while it is being made.

    `PostingBook.new_batch` gives it.
    """

    def __init__(self, store: Store, *, stage: Stage, ledger: str, day: date) -> None:
        self._store = store
        self._stage = stage
        self.ledger = ledger
        self.day = day
        with store.read() as connection:
            self._earlier = batches_of(connection, ledger)
        self.number = (self._earlier[-1].number if self._earlier else 0) + 1
        self.sealed: Batch | None = None
        self._tally = Tally()
        self._looks: list[tuple[Callable[[sa.Connection, list[str]], str], list[str], str]] = []

    def earlier(self) -> tuple[Batch, ...]:
        """Return the batches that the ledger had when this one was begun."""
        return self._earlier

    # ------------------------------------------------------------------ what the ledger holds

    def known(self, keys: Iterable[str]) -> set[str]:
        """Return which of these movements the ledger holds, this batch included.

        Args:
            keys: the names of movements.
        """
        return set(self.posted(keys))

    def posted(self, keys: Iterable[str]) -> dict[str, int]:
        """Return the pence of each of these movements that the ledger holds, this batch included.

        Args:
            keys: the names of movements, suffix included.

        Returns:
            The pence by name. A movement that the ledger does not hold is left out.
        """
        wanted = list(dict.fromkeys(keys))
        found = self._stage.posted(wanted)
        if not self._earlier:
            return found
        with self._store.read() as connection:
            for some in in_parts(wanted):
                for key, pence in _pence_of(connection, ledger=self.ledger, keys=some):
                    found[key] = found.get(key, 0) + pence
        return found

    def standing(self, payment_ids: Iterable[str]) -> dict[str, tuple[Posting, ...]]:
        """Return the lines of payments that stand, those of reversed movements left out.

        Args:
            payment_ids: GOV.UK Pay's names for payments.

        Returns:
            The lines of each payment that has any, in the order of their instants.
        """
        found: dict[str, Rows] = {}
        for some in in_parts(payment_ids):
            rows = self._held(some) if self._earlier else []
            rows += self._stage.of_payments(some)
            for row in rows:
                found.setdefault(row[0], []).append(row)
        return {
            payment_id: standing_of([Posting.from_json(data) for *_, data in sorted(every)])
            for payment_id, every in found.items()
        }

    def _held(self, payment_ids: list[str]) -> Rows:
        with self._store.read() as connection:
            rows = _lines_of_payments(connection, self.ledger, payment_ids)

        def look(connection: sa.Connection, names: list[str]) -> str:
            return _print_of(_lines_of_payments(connection, self.ledger, names))

        self._looks.append((look, payment_ids, _print_of(rows)))
        return rows

    def recorded_lines(self, refund_ids: Iterable[str]) -> dict[str, tuple[Line, ...]]:
        """Return the lines that staff recorded with refunds.

        Args:
            refund_ids: the refunds.

        Returns:
            The lines of each refund that has any.
        """
        found: dict[str, tuple[Line, ...]] = {}
        for some in in_parts(refund_ids):
            with self._store.read() as connection:
                rows = _recorded(connection, some)
            self._looks.append((_print_of_recorded, some, _print_of(rows)))
            found |= {refund_id: lines_of(lines) for refund_id, lines in rows}
        return found

    def sums(self, *, since: date, also: Iterable[str] = ()) -> Iterator[tuple[str, int, bool]]:
        """Give each movement, its pence with what was reversed, and whether this batch holds it.

        They come in the order of the names, to be compared with another list side by side.

        Args:
            since: the first day of the movements.
            also: movements that are looked at whatever their day is, by name without suffix.
        """
        first = since.isoformat()
        older = sorted({*self._stage.before(first), *also})
        mine = ((key, pence, True) for key, pence in self._stage.sums())
        with self._store.read() as connection:
            held = _sums_since(connection, ledger=self.ledger, first=first)
            before = _sums_before(connection, ledger=self.ledger, first=first, plain=older)
            every = merge(held, before, mine)
            for key, same in groupby(every, key=lambda one: one[0]):
                pence, new = 0, False
                for _, amount, is_mine in same:
                    pence, new = pence + amount, new or is_mine
                yield key, pence, new

    # ------------------------------------------------------------------ what joins it

    def add(self, postings: Sequence[Posting]) -> None:
        """Add lines.

        Args:
            postings: the lines.
        """
        rows: list[Row] = []
        for one in postings:
            self._tally.add(one)
            day, stamp, text = one.written()
            rows.append(
                (
                    one.key,
                    one.line,
                    f"{day} {stamp}",
                    one.payment_id,
                    int(one.gross),
                    day,
                    one.origin.reference,
                    text,
                )
            )
        self._stage.add(rows)

    def seal(self) -> Batch:
        """Add up the lines. They are written when the block of `new_batch` ends well.

        Returns:
            The batch.
        """
        digest = digest_of(self._stage.texts())
        self.sealed = Batch(self.ledger, self.number, self.day, self._tally.totals(), digest)
        return self.sealed

    def look_again(self) -> None:
        """Make sure that the ledger is as it was when this batch read it.

        Raises:
            BatchOvertakenError: it is not.
        """
        with self._store.read() as connection:
            self._compare(connection)

    def _compare(self, connection: sa.Connection) -> None:
        if batches_of(connection, self.ledger) != self._earlier or any(
            look(connection, names) != seen for look, names, seen in self._looks
        ):
            raise BatchOvertakenError

    def write(self, connection: sa.Connection) -> None:
        """Write the batch and its lines, where what was read of the ledger still holds.

        Args:
            connection: a write transaction of the store.

        Raises:
            BatchOvertakenError: it does not.
        """
        batch = self.sealed
        if batch is None:
            return
        self._compare(connection)
        for rows in self._stage.rows(ledger=self.ledger, number=self.number):
            write_lines(connection, rows)
        write_batch(connection, batch)


def standing_of(every: Sequence[Posting]) -> tuple[Posting, ...]:
    """Return the lines that stand: neither those that were taken back nor what took them back.

    Args:
        every: all lines of a payment.
    """
    gone = {one.key.removesuffix(REVERSED) for one in every if one.key.endswith(REVERSED)}
    return tuple(one for one in every if one.key.removesuffix(REVERSED) not in gone)


_PLAIN: Final = sa.func.replace(sa.func.replace(POSTINGS.c.key, REVERSED, ""), CHANGED, "")


def _pence_of(
    connection: sa.Connection, *, ledger: str, keys: Sequence[str], before: str = "9999"
) -> list[tuple[str, int]]:
    rows = connection.execute(
        sa.select(POSTINGS.c.key, sa.func.sum(POSTINGS.c.gross))
        .where(POSTINGS.c.ledger == ledger, POSTINGS.c.key.in_(keys), POSTINGS.c.day < before)
        .group_by(POSTINGS.c.key)
    )
    return [(row[0], int(row[1])) for row in rows]


def _lines_of_payments(connection: sa.Connection, ledger: str, payment_ids: list[str]) -> Rows:
    line = POSTINGS.c
    rows = connection.execute(
        sa.select(line.payment_id, line.at, line.key, line.line, line.data)
        .where(line.ledger == ledger, line.payment_id.in_(payment_ids))
        .order_by(line.at, line.key, line.line)
    )
    return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]


def _recorded(connection: sa.Connection, refund_ids: list[str]) -> list[tuple[str, str]]:
    rows = connection.execute(
        sa.select(REFUNDS.c.refund_id, REFUNDS.c.lines)
        .where(REFUNDS.c.refund_id.in_(refund_ids))
        .order_by(REFUNDS.c.refund_id)
    )
    return [(row[0], row[1]) for row in rows]


def _print_of_recorded(connection: sa.Connection, refund_ids: list[str]) -> str:
    return _print_of(_recorded(connection, refund_ids))


def _print_of(rows: Iterable[tuple[object, ...]]) -> str:
    """Return a mark of what was read, so that what was read need not be kept."""
    digest = hashlib.blake2b(digest_size=16)
    for row in rows:
        digest.update(repr(row).encode())
    return digest.hexdigest()


def _sums_since(
    connection: sa.Connection, *, ledger: str, first: str
) -> Iterator[tuple[str, int, bool]]:
    plain = _PLAIN.label("plain")
    rows = connection.execute(
        sa.select(plain, sa.func.sum(POSTINGS.c.gross))
        .where(POSTINGS.c.ledger == ledger, POSTINGS.c.day >= first)
        .group_by(plain)
        .order_by(plain),
        execution_options=FLOWING,
    )
    for key, pence in rows:
        yield str(key), int(pence), False


def _sums_before(
    connection: sa.Connection, *, ledger: str, first: str, plain: Sequence[str]
) -> list[tuple[str, int, bool]]:
    found: dict[str, int] = {}
    for some in in_parts(f"{key}{end}" for key in plain for end in SUFFIXES):
        for key, pence in _pence_of(connection, ledger=ledger, keys=some, before=first):
            name = key.replace(REVERSED, "").replace(CHANGED, "")
            found[name] = found.get(name, 0) + pence
    return [(key, pence, False) for key, pence in sorted(found.items())]


SUFFIXES: Final = ("", REVERSED, CHANGED, f"{CHANGED}{REVERSED}")
"""What may stand behind the name of a movement."""
