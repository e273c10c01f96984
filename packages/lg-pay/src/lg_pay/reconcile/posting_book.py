# SPDX-License-Identifier: MIT
"""What has been posted, kept: a batch a day, and each movement once.

The names of movements are unique in a ledger, so nothing can be posted twice, whichever process
tries. A batch and its lines are written in one transaction: a run that is killed leaves nothing.

The tables hold references and account references, which can point to a person, and no name, e-mail
address or card detail. `purge` removes batches that finance no longer needs (six years as a rule:
Limitation Act 1980, section 5), `erase` blanks one reference.
"""

import json
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from lg_core.errors import LgError
from lg_core.store import Store
from lg_pay.basket import Line
from lg_pay.reconcile._posting_tables import (
    BATCHES,
    FLOWING,
    POSTING_SCHEMA,
    POSTINGS,
    REFUNDS,
    as_text,
    batches_of,
    erase_recorded,
    lines_of,
    recorded_for,
    remove_batch,
    texts_of,
)
from lg_pay.reconcile.batches import Batch, Tally, digest_of
from lg_pay.reconcile.happenings import Kind
from lg_pay.reconcile.postings import Adjustment, Posting

if TYPE_CHECKING:
    from os import PathLike

__all__ = ["POSTING_SCHEMA", "NewBatch", "PostingBook", "RecordedRefundError"]


_AT_ONCE: Final = 500


class RecordedRefundError(LgError):
    """Other lines were recorded for the refund before. What was recorded first stays."""


class NewBatch:
    """A batch while it is being made, within one transaction.

    `PostingBook.new_batch` gives it.
    """

    def __init__(self, connection: sa.Connection, *, ledger: str, number: int, day: date) -> None:
        self._connection = connection
        self.ledger = ledger
        self.number = number
        self.day = day
        self.sealed: Batch | None = None
        self._tally = Tally()

    def earlier(self) -> tuple[Batch, ...]:
        """Return the batches that the ledger has. Nobody adds one before this batch is done."""
        return batches_of(self._connection, self.ledger)

    def known(self, keys: Iterable[str]) -> set[str]:
        """Return which of these movements the ledger holds, this batch included.

        Args:
            keys: the names of movements.
        """
        wanted = list(dict.fromkeys(keys))
        found: set[str] = set()
        for at in range(0, len(wanted), _AT_ONCE):
            some = (
                sa.select(POSTINGS.c.key)
                .distinct()
                .where(
                    POSTINGS.c.ledger == self.ledger,
                    POSTINGS.c.key.in_(wanted[at : at + _AT_ONCE]),
                )
            )
            found.update(self._connection.scalars(some))
        return found

    def add(self, postings: Sequence[Posting]) -> None:
        """Add lines.

        Args:
            postings: the lines.
        """
        if not postings:
            return
        rows: list[dict[str, object]] = []
        for one in postings:
            self._tally.add(one)
            day = one.day.isoformat()
            rows.append(
                {
                    "ledger": self.ledger,
                    "key": one.key,
                    "line": one.line,
                    "number": self.number,
                    "at": f"{day} {one.stamp}",
                    "payment_id": one.payment_id,
                    "gross": int(one.gross),
                    "day": day,
                    "reference": one.origin.reference,
                    "data": one.to_json(),
                }
            )
        # By the driver's own call: what SQLAlchemy does for each row is a tenth of a run.
        insert = sa.insert(POSTINGS).compile(dialect=self._connection.dialect)
        order = insert.positiontup if insert.positional else None
        self._connection.exec_driver_sql(
            insert.string,
            [tuple(row[name] for name in order) for row in rows] if order else rows,
        )

    def standing(self, payment_ids: Iterable[str]) -> dict[str, tuple[Posting, ...]]:
        """Return the lines of payments that stand, those of reversed movements left out.

        Args:
            payment_ids: GOV.UK Pay's names for payments.

        Returns:
            The lines of each payment that has any, in the order of their instants.
        """
        wanted = list(dict.fromkeys(payment_ids))
        found: dict[str, list[Posting]] = {}
        for at in range(0, len(wanted), _AT_ONCE):
            rows = self._connection.execute(
                sa.select(POSTINGS.c.payment_id, POSTINGS.c.data)
                .where(
                    POSTINGS.c.ledger == self.ledger,
                    POSTINGS.c.payment_id.in_(wanted[at : at + _AT_ONCE]),
                )
                .order_by(POSTINGS.c.at, POSTINGS.c.key, POSTINGS.c.line)
            )
            for payment_id, data in rows:
                found.setdefault(payment_id, []).append(Posting.from_json(data))
        return {payment_id: _standing(every) for payment_id, every in found.items()}

    def recorded_lines(self, refund_ids: Iterable[str]) -> dict[str, tuple[Line, ...]]:
        """Return the lines that staff recorded with refunds.

        Args:
            refund_ids: the refunds.

        Returns:
            The lines of each refund that has any.
        """
        wanted, found = list(refund_ids), dict[str, tuple[Line, ...]]()
        for at in range(0, len(wanted), _AT_ONCE):
            rows = self._connection.execute(
                sa.select(REFUNDS).where(REFUNDS.c.refund_id.in_(wanted[at : at + _AT_ONCE]))
            )
            found |= {row.refund_id: lines_of(row.lines) for row in rows}
        return found

    def sums(self, *, since: date) -> Iterator[tuple[str, int, bool]]:
        """Give each movement, its pence with what was reversed, and whether this batch holds it.

        They come in the order of the names, to be compared with another list side by side.

        Args:
            since: the first day of the movements.
        """
        plain = sa.func.replace(POSTINGS.c.key, ":reversed", "").label("plain")
        rows = self._connection.execute(
            sa.select(
                plain,
                sa.func.sum(POSTINGS.c.gross),
                sa.func.max(POSTINGS.c.number) == self.number,
            )
            .where(POSTINGS.c.ledger == self.ledger, POSTINGS.c.day >= since.isoformat())
            .group_by(plain)
            .order_by(plain),
            execution_options=FLOWING,
        )
        for key, pence, new in rows:
            yield str(key), int(pence), bool(new)

    def seal(self) -> Batch:
        """Add up the lines, and write the batch.

        Returns:
            The batch.
        """
        totals = self._tally.totals()
        digest = digest_of(texts_of(self._connection, self.ledger, self.number))
        batch = Batch(self.ledger, self.number, self.day, totals, digest)
        self._connection.execute(
            sa.insert(BATCHES).values(
                ledger=self.ledger,
                number=self.number,
                day=self.day.isoformat(),
                totals=json.dumps(asdict(totals)),
                digest=digest,
            )
        )
        self.sealed = batch
        return batch


def _standing(every: Sequence[Posting]) -> tuple[Posting, ...]:
    gone = {one.key for one in every if one.adjustment is Adjustment.REVERSAL}
    return tuple(one for one in every if not {one.key, f"{one.key}:reversed"} & gone)


class PostingBook:
    """Keeps batches and their lines.

    Args:
        store: the database, or its URL, such as `sqlite:///pay.db`.
    """

    def __init__(self, store: "Store | str | PathLike[str]") -> None:
        self._store = store if isinstance(store, Store) else Store(store)
        self._store.prepare(POSTING_SCHEMA)

    @contextmanager
    def new_batch(self, ledger: str, *, day: date) -> Generator[NewBatch]:
        """Begin the next batch of a ledger. What is added counts only if the block ends well.

        Whoever else begins a batch of this ledger waits until the block has ended. On SQLite, so
        does every writer of the file.

        Args:
            ledger: the name of the ledger.
            day: the day.

        Yields:
            The batch to add to and to seal.
        """
        with self._store.begin() as connection:
            if connection.dialect.name == "postgresql":  # SQLite has one writer at a time
                name = sa.func.hashtextextended(f"lg-pay.posting:{ledger}", 0)
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(name)))
            number = (self._last(connection, ledger) or 0) + 1
            yield NewBatch(connection, ledger=ledger, number=number, day=day)

    def batch(self, ledger: str, *, day: date) -> Batch | None:
        """Return the batch of a day, or None where there is none.

        Args:
            ledger: the name of the ledger.
            day: the day.
        """
        return next((one for one in self.batches(ledger) if one.day == day), None)

    def batches(self, ledger: str) -> tuple[Batch, ...]:
        """Return every batch of a ledger, the first one first.

        Args:
            ledger: the name of the ledger.
        """
        with self._store.read() as connection:
            return batches_of(connection, ledger)

    def holds(self, ledger: str, payment_ids: Iterable[str]) -> set[str]:
        """Return which of these payments the ledger holds lines of.

        Args:
            ledger: the name of the ledger.
            payment_ids: GOV.UK Pay's names for payments.
        """
        wanted, found = list(payment_ids), set[str]()
        with self._store.read() as connection:
            for at in range(0, len(wanted), _AT_ONCE):
                some = (
                    sa.select(POSTINGS.c.payment_id)
                    .distinct()
                    .where(
                        POSTINGS.c.ledger == ledger,
                        POSTINGS.c.payment_id.in_(wanted[at : at + _AT_ONCE]),
                        POSTINGS.c.key.startswith(f"{Kind.PAYMENT}:"),
                    )
                )
                found.update(connection.scalars(some))
        return found

    def lines(self, batch: Batch) -> Iterator[Posting]:
        """Give the lines of a batch, always in the same order.

        Args:
            batch: the batch.
        """
        with self._store.read() as connection:
            yield from map(Posting.from_json, texts_of(connection, batch.ledger, batch.number))

    def record_refund(self, refund_id: str, lines: Sequence[Line]) -> None:
        """Record which lines a part refund takes back, with amounts above 0.

        Call it when the refund is made: GOV.UK Pay keeps nothing with a refund.

        Args:
            refund_id: GOV.UK Pay's name for the refund.
            lines: the lines.

        Raises:
            RecordedRefundError: other lines were recorded before.
        """
        with self._store.begin() as connection:
            known = recorded_for(connection, refund_id)
            if not known:
                connection.execute(
                    sa.insert(REFUNDS).values(refund_id=refund_id, lines=as_text(lines))
                )
            elif known != tuple(lines):
                raise RecordedRefundError(
                    "Other lines were recorded for this refund before, and they stand. Post the "
                    "difference in the ledger by hand."
                )

    def erase(self, *, reference: str) -> int:
        """Blank a reference wherever it stands as the payment's reference or the account's.

        The narrative of such a line goes too. The amounts and the funds stay. The digest of a batch
        that held it no longer is that of its lines.

        Args:
            reference: the reference.

        Returns:
            How many lines were changed.
        """
        if not reference:
            return 0
        with self._store.begin() as connection:
            # An account is not a column: it is looked for in the text, and compared when read.
            inside = json.dumps(reference, ensure_ascii=False)
            rows = connection.execute(
                sa.select(POSTINGS).where(
                    (POSTINGS.c.reference == reference)
                    | POSTINGS.c.data.contains(f'"account_reference":{inside}', autoescape=True)
                )
            ).all()
            changed = 0
            for row in rows:
                one = Posting.from_json(row.data)
                if reference not in {one.origin.reference, one.account_reference}:
                    continue  # LIKE takes capitals and small letters for the same
                one, changed = one.without(reference), changed + 1
                connection.execute(
                    sa.update(POSTINGS)
                    .where(
                        POSTINGS.c.ledger == row.ledger,
                        POSTINGS.c.key == row.key,
                        POSTINGS.c.line == row.line,
                    )
                    .values(reference=one.origin.reference, data=one.to_json())
                )
            erase_recorded(connection, reference)
        return changed

    def purge(self, ledger: str, *, before: date) -> int:
        """Remove the batches of earlier days, with their lines.

        Movements of those days are then no longer known: keep more than the days that a run looks
        back, and as long as refunds of those payments can come.

        Args:
            ledger: the name of the ledger.
            before: the first day that stays.

        Returns:
            How many batches were removed.
        """
        with self._store.begin() as connection:
            numbers = list(
                connection.scalars(
                    sa.select(BATCHES.c.number).where(
                        BATCHES.c.ledger == ledger, BATCHES.c.day < before.isoformat()
                    )
                )
            )
            # The last batch stays: the next one's number and day follow from it.
            last = self._last(connection, ledger)
            numbers = [number for number in numbers if number != last]
            for number in numbers:
                remove_batch(connection, ledger, number)
        return len(numbers)

    @staticmethod
    def _last(connection: sa.Connection, ledger: str) -> int | None:
        return connection.scalar(
            sa.select(sa.func.max(BATCHES.c.number)).where(BATCHES.c.ledger == ledger)
        )

    def close(self) -> None:
        """Close the database."""
        self._store.close()
