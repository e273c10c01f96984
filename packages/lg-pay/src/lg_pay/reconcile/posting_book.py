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
from dataclasses import asdict, replace
from datetime import date
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from lg_core.errors import LgError
from lg_core.money import Pence, VatRate
from lg_core.store import Schema, Store
from lg_pay.basket import Line
from lg_pay.reconcile.batches import Batch, ControlTotals, FundTotal, Tally, digest_of
from lg_pay.reconcile.happenings import Kind
from lg_pay.reconcile.postings import Adjustment, Posting

if TYPE_CHECKING:
    from os import PathLike

__all__ = ["POSTING_SCHEMA", "NewBatch", "PostingBook", "RecordedRefundError"]


def _by_code_point(length: int) -> sa.String:
    # A collation of the database would sort otherwise than Python and SQLite do, and may change
    # with a new release of the operating system: a batch written again must be the same bytes.
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


_METADATA: Final = sa.MetaData()
_BATCHES: Final = sa.Table(
    "lg_pay_batch",
    _METADATA,
    sa.Column("ledger", sa.String(60), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("day", sa.String(10), nullable=False),
    sa.Column("totals", sa.Text, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.UniqueConstraint("ledger", "day"),
)
_POSTINGS: Final = sa.Table(
    "lg_pay_posting",
    _METADATA,
    sa.Column("ledger", sa.String(60), primary_key=True),
    sa.Column("key", _by_code_point(120), primary_key=True),
    sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("at", _by_code_point(50), nullable=False),
    sa.Column("payment_id", sa.String(64), nullable=False),
    sa.Column("gross", sa.BigInteger, nullable=False),
    sa.Column("day", _by_code_point(10), nullable=False),
    sa.Column("reference", sa.String(255), nullable=False),
    sa.Column("data", sa.Text, nullable=False),
    sa.Index("lg_pay_posting_batch", "ledger", "number", "at", "key", "line"),
    sa.Index("lg_pay_posting_payment", "ledger", "payment_id"),
    sa.Index("lg_pay_posting_day", "ledger", "day"),
)
_REFUNDS: Final = sa.Table(
    "lg_pay_refund_lines",
    _METADATA,
    sa.Column("refund_id", sa.String(64), primary_key=True),
    sa.Column("lines", sa.Text, nullable=False),
)

POSTING_SCHEMA: Final = Schema(
    name="lg-pay.posting",
    metadata=_METADATA,
    version=1,
    upgrade_command="lg-pay store upgrade",
)
"""The tables of what has been posted."""

_AT_ONCE: Final = 500
_FLOWING: Final = {"yield_per": 1_000}


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
        return _batches(self._connection, self.ledger)

    def known(self, keys: Iterable[str]) -> set[str]:
        """Return which of these movements the ledger holds, this batch included.

        Args:
            keys: the names of movements.
        """
        wanted = list(dict.fromkeys(keys))
        found: set[str] = set()
        for at in range(0, len(wanted), _AT_ONCE):
            some = (
                sa.select(_POSTINGS.c.key)
                .distinct()
                .where(
                    _POSTINGS.c.ledger == self.ledger,
                    _POSTINGS.c.key.in_(wanted[at : at + _AT_ONCE]),
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
        insert = sa.insert(_POSTINGS).compile(dialect=self._connection.dialect)
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
                sa.select(_POSTINGS.c.payment_id, _POSTINGS.c.data)
                .where(
                    _POSTINGS.c.ledger == self.ledger,
                    _POSTINGS.c.payment_id.in_(wanted[at : at + _AT_ONCE]),
                )
                .order_by(_POSTINGS.c.at, _POSTINGS.c.key, _POSTINGS.c.line)
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
                sa.select(_REFUNDS).where(_REFUNDS.c.refund_id.in_(wanted[at : at + _AT_ONCE]))
            )
            found |= {row.refund_id: _lines_of(row.lines) for row in rows}
        return found

    def sums(self, *, since: date) -> Iterator[tuple[str, int, bool]]:
        """Give each movement, its pence with what was reversed, and whether this batch holds it.

        They come in the order of the names, to be compared with another list side by side.

        Args:
            since: the first day of the movements.
        """
        plain = sa.func.replace(_POSTINGS.c.key, ":reversed", "").label("plain")
        rows = self._connection.execute(
            sa.select(
                plain,
                sa.func.sum(_POSTINGS.c.gross),
                sa.func.max(_POSTINGS.c.number) == self.number,
            )
            .where(_POSTINGS.c.ledger == self.ledger, _POSTINGS.c.day >= since.isoformat())
            .group_by(plain)
            .order_by(plain),
            execution_options=_FLOWING,
        )
        for key, pence, new in rows:
            yield str(key), int(pence), bool(new)

    def seal(self) -> Batch:
        """Add up the lines, and write the batch.

        Returns:
            The batch.
        """
        totals = self._tally.totals()
        digest = digest_of(_texts(self._connection, self.ledger, self.number))
        batch = Batch(self.ledger, self.number, self.day, totals, digest)
        self._connection.execute(
            sa.insert(_BATCHES).values(
                ledger=self.ledger,
                number=self.number,
                day=self.day.isoformat(),
                totals=json.dumps(asdict(totals)),
                digest=digest,
            )
        )
        self.sealed = batch
        return batch


def _is_reversal(one: Posting) -> bool:
    return one.adjustment is Adjustment.REVERSAL


def _standing(every: Sequence[Posting]) -> tuple[Posting, ...]:
    gone = {one.key.removesuffix(":reversed") for one in every if _is_reversal(one)}
    return tuple(one for one in every if one.key not in gone and not _is_reversal(one))


def _texts(connection: sa.Connection, ledger: str, number: int) -> Iterator[str]:
    yield from connection.scalars(
        sa.select(_POSTINGS.c.data)
        .where(_POSTINGS.c.ledger == ledger, _POSTINGS.c.number == number)
        .order_by(_POSTINGS.c.at, _POSTINGS.c.key, _POSTINGS.c.line),
        execution_options=_FLOWING,
    )


def _batches(connection: sa.Connection, ledger: str) -> tuple[Batch, ...]:
    rows = connection.execute(
        sa.select(_BATCHES).where(_BATCHES.c.ledger == ledger).order_by(_BATCHES.c.number)
    ).all()
    return tuple(
        Batch(row.ledger, row.number, date.fromisoformat(row.day), _totals(row.totals), row.digest)
        for row in rows
    )


def _recorded(connection: sa.Connection, refund_id: str) -> tuple[Line, ...]:
    text = connection.scalar(sa.select(_REFUNDS.c.lines).where(_REFUNDS.c.refund_id == refund_id))
    return () if text is None else _lines_of(text)


def _lines_of(text: str) -> tuple[Line, ...]:
    return tuple(
        Line(
            fund=one["fund"],
            account=one["account"],
            amount=Pence(one["amount"]),
            vat_code=one["vat_code"],
            vat_rate=None if one["vat_rate"] is None else VatRate(one["vat_rate"]),
            narrative=one["narrative"],
        )
        for one in json.loads(text)
    )


def _as_text(lines: Sequence[Line]) -> str:
    return json.dumps(
        [
            {
                "fund": one.fund,
                "account": one.account,
                "amount": int(one.amount),
                "vat_code": one.vat_code,
                "vat_rate": None if one.vat_rate is None else one.vat_rate.basis_points,
                "narrative": one.narrative,
            }
            for one in lines
        ]
    )


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
            return _batches(connection, ledger)

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
                    sa.select(_POSTINGS.c.payment_id)
                    .distinct()
                    .where(
                        _POSTINGS.c.ledger == ledger,
                        _POSTINGS.c.payment_id.in_(wanted[at : at + _AT_ONCE]),
                        _POSTINGS.c.key.startswith(f"{Kind.PAYMENT}:"),
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
            yield from map(Posting.from_json, _texts(connection, batch.ledger, batch.number))

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
            known = _recorded(connection, refund_id)
            if not known:
                connection.execute(
                    sa.insert(_REFUNDS).values(refund_id=refund_id, lines=_as_text(lines))
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
                sa.select(_POSTINGS).where(
                    (_POSTINGS.c.reference == reference)
                    | _POSTINGS.c.data.contains(f'"account_reference":{inside}', autoescape=True)
                )
            ).all()
            changed = 0
            for row in rows:
                one = Posting.from_json(row.data)
                if reference not in {one.origin.reference, one.account_reference}:
                    continue  # LIKE takes capitals and small letters for the same
                one, changed = one.without(reference), changed + 1
                connection.execute(
                    sa.update(_POSTINGS)
                    .where(
                        _POSTINGS.c.ledger == row.ledger,
                        _POSTINGS.c.key == row.key,
                        _POSTINGS.c.line == row.line,
                    )
                    .values(reference=one.origin.reference, data=one.to_json())
                )
            _erase_recorded(connection, reference)
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
                    sa.select(_BATCHES.c.number).where(
                        _BATCHES.c.ledger == ledger, _BATCHES.c.day < before.isoformat()
                    )
                )
            )
            # The last batch stays: the next one's number and day follow from it.
            last = self._last(connection, ledger)
            numbers = [number for number in numbers if number != last]
            for number in numbers:
                _remove(connection, ledger, number)
        return len(numbers)

    @staticmethod
    def _last(connection: sa.Connection, ledger: str) -> int | None:
        return connection.scalar(
            sa.select(sa.func.max(_BATCHES.c.number)).where(_BATCHES.c.ledger == ledger)
        )

    def close(self) -> None:
        """Close the database."""
        self._store.close()


def _erase_recorded(connection: sa.Connection, reference: str) -> None:
    found = connection.execute(
        sa.select(_REFUNDS).where(_REFUNDS.c.lines.contains(json.dumps(reference), autoescape=True))
    ).all()
    for row in found:
        lines = [
            replace(one, account="", narrative="") if one.account == reference else one
            for one in _lines_of(row.lines)
        ]
        connection.execute(
            sa.update(_REFUNDS)
            .where(_REFUNDS.c.refund_id == row.refund_id)
            .values(lines=_as_text(lines))
        )


def _remove(connection: sa.Connection, ledger: str, number: int) -> None:
    """Remove a batch, its lines, and what staff recorded with its refunds."""
    mine = (_POSTINGS.c.ledger == ledger, _POSTINGS.c.number == number)
    keys = connection.scalars(
        sa.select(_POSTINGS.c.key)
        .distinct()
        .where(*mine, _POSTINGS.c.key.startswith(f"{Kind.REFUND}:"))
    ).all()
    if keys:
        names = [key.removeprefix(f"{Kind.REFUND}:") for key in keys]
        connection.execute(sa.delete(_REFUNDS).where(_REFUNDS.c.refund_id.in_(names)))
    connection.execute(sa.delete(_POSTINGS).where(*mine))
    connection.execute(
        sa.delete(_BATCHES).where(_BATCHES.c.ledger == ledger, _BATCHES.c.number == number)
    )


def _totals(text: str) -> ControlTotals:
    values = json.loads(text)
    funds = tuple(
        FundTotal(
            one["fund"], one["vat_code"], one["lines"], Pence(one["gross"]), Pence(one["vat"])
        )
        for one in values.pop("funds")
    )
    counts = {name: values.pop(name) for name in ("lines", "suspense")}
    return ControlTotals(
        **counts, **{name: Pence(pence) for name, pence in values.items()}, funds=funds
    )
