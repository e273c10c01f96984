# SPDX-License-Identifier: MIT
"""What has been posted, kept: a batch a day, and each movement once.

The names of movements are unique in a ledger, so nothing can be posted twice, whichever process
tries. The lines of a batch wait in a temporary file, and are written with the batch in one short
transaction: a run that is killed leaves nothing, and while it works others write to the store.

The tables hold references and account references, which can point to a person, and no name, e-mail
address or card detail. `purge` removes batches that finance no longer needs (six years as a rule:
Limitation Act 1980, section 5), `erase` blanks one reference.
"""

import json
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Final, Self

import sqlalchemy as sa

from lg_core.errors import LgError
from lg_core.store import Store
from lg_pay.basket import Line
from lg_pay.reconcile._new_batch import BatchOvertakenError, NewBatch
from lg_pay.reconcile._posting_tables import (
    BATCHES,
    POSTING_SCHEMA,
    POSTINGS,
    REFUNDS,
    as_text,
    batches_of,
    erase_recorded,
    history_of,
    recorded_for,
    remove_batch,
    texts_of,
)
from lg_pay.reconcile._stage import Stage
from lg_pay.reconcile.batches import Batch
from lg_pay.reconcile.happenings import Kind
from lg_pay.reconcile.postings import Posting

if TYPE_CHECKING:
    from os import PathLike

__all__ = [
    "POSTING_SCHEMA",
    "BatchOvertakenError",
    "NewBatch",
    "PostingBook",
    "RecordedRefundError",
]


_AT_ONCE: Final = 500


class RecordedRefundError(LgError):
    """Other lines were recorded for the refund before. What was recorded first stays."""


class PostingBook:
    """Keeps batches and their lines. Use it as a context manager, or call `close`.

    Args:
        store: the database, or its URL, such as `sqlite:///pay.db`.
    """

    def __init__(self, store: "Store | str | PathLike[str]") -> None:
        self._own = not isinstance(store, Store)
        self._store = store if isinstance(store, Store) else Store(store)
        self._store.prepare(POSTING_SCHEMA)

    @contextmanager
    def new_batch(self, ledger: str, *, day: date) -> Generator[NewBatch]:
        """Begin the next batch of a ledger: written if it is sealed and the block ends well.

        Nobody waits while the block runs: the batch is written at its end, in one transaction. Of
        two that were begun side by side, the second one is refused.

        Args:
            ledger: the name of the ledger.
            day: the day.

        Yields:
            The batch to add to and to seal.

        Raises:
            BatchOvertakenError: what the block read of the ledger has changed since. Begin again.
        """
        with Stage() as stage:
            batch = NewBatch(self._store, stage=stage, ledger=ledger, day=day)
            yield batch
            if batch.sealed is None:
                return
            with self._store.begin() as connection:
                if connection.dialect.name == "postgresql":  # SQLite has one writer at a time
                    name = sa.func.hashtextextended(f"lg-pay.posting:{ledger}", 0)
                    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(name)))
                batch.write(connection)

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

    def history(self, ledger: str, payment_id: str) -> tuple[tuple[Batch, Posting], ...]:
        """Return every line of a payment, with the batch that it is in, the first one first.

        Args:
            ledger: the name of the ledger.
            payment_id: GOV.UK Pay's name for the payment.
        """
        with self._store.read() as connection:
            batches = {one.number: one for one in batches_of(connection, ledger)}
            return tuple(
                (batches[number], Posting.from_json(text))
                for number, text in history_of(connection, ledger, payment_id)
            )

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
        """Close the store, if it was made here; one that was given is its owner's to close."""
        if self._own:
            self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_ignored: object) -> None:
        self.close()
