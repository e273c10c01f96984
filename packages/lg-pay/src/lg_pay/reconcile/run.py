# SPDX-License-Identifier: MIT
"""Make the batch of a day: read, code, post, check against an independent sum, seal. Or nothing.

A run looks back over the days before as well, so that what became known late is posted in the
next batch, by name: a late capture, a refund that the provider refused, a payment whose capture
failed after it was posted.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from lg_core.days import london_day
from lg_core.errors import ConfigError, LgError, ResponseShapeError
from lg_core.money import Pence, format_pounds
from lg_pay.basket import Line
from lg_pay.dispute import Dispute, DisputeStatus
from lg_pay.payment import Payment
from lg_pay.reconcile.batches import Batch
from lg_pay.reconcile.check import Expected
from lg_pay.reconcile.coding import Coded, Coding, code_payment, code_refund
from lg_pay.reconcile.happenings import (
    DayBasis,
    Happening,
    Kind,
    of_dispute,
    of_payment,
    of_refund,
    waits_for_capture,
)
from lg_pay.reconcile.pages import Pages, Recording, Window
from lg_pay.reconcile.posting_book import NewBatch, PostingBook
from lg_pay.reconcile.postings import Adjustment, Origin, Posting, coded_again, post, reverse
from lg_pay.refund import Refund

__all__ = ["BalanceError", "DayError", "Outcome", "Plan", "due", "reconcile", "window"]

_AT_ONCE: Final = 500
_SHOWN: Final = 20
_RETURNS: Final = (Kind.REFUND, Kind.DISPUTE)


class DayError(LgError):
    """The day cannot be posted now: it is not over, or days before it are missing."""


class BalanceError(LgError):
    """The ledger and the independent sum differ, so nothing was posted.

    Args:
        differences: each movement that differs: its name, the pence expected and the pence made.
    """

    def __init__(self, differences: list[tuple[str, int, int]]) -> None:
        self.differences = tuple(differences)
        lines = [
            f"  {key}: GOV.UK Pay's records come to {format_pounds(Pence(wanted))}, the ledger to "
            f"{format_pounds(Pence(made))}"
            for key, wanted, made in differences[:_SHOWN]
        ]
        if len(differences) > _SHOWN:
            lines.append(f"  and {len(differences) - _SHOWN} more")
        super().__init__(
            "The batch does not balance, so nothing was posted. Look at these in GOV.UK Pay, and "
            "run the day again:\n" + "\n".join(lines)
        )

    def __reduce__(self) -> tuple[type["BalanceError"], tuple[list[tuple[str, int, int]]]]:
        return type(self), (list(self.differences),)


@dataclass(frozen=True, slots=True)
class Plan:
    """How a council's ledger is made.

    Attributes:
        coding: where money goes.
        ledger: the name of the ledger; a batch is numbered within it.
        basis: what decides on which day a payment is posted.
        look_back: how many days before are looked at again. It must cover a delayed capture (5
            days) and the days over which a capture or a refund can still fail.
    """

    coding: Coding
    ledger: str = "income"
    basis: DayBasis = DayBasis.CAPTURE_SUBMITTED
    look_back: int = 14

    def __post_init__(self) -> None:
        if not _LEDGER.fullmatch(self.ledger):
            raise ConfigError(
                "ledger must be 1 to 60 letters, digits, hyphens and underscores: it stands in "
                "the names of files.",
                setting="ledger",
            )
        if self.look_back < _DELAYED_CAPTURE:
            raise ConfigError(
                f"look_back must be {_DELAYED_CAPTURE} days or more: a delayed capture can come "
                "5 days after the payment.",
                setting="look_back",
            )


_DELAYED_CAPTURE: Final = 6
_LEDGER: Final = re.compile(r"[A-Za-z0-9_-]{1,60}")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to.

    Attributes:
        batch: the batch of the day.
        repeated: whether it had been made before; nothing was posted now.
        not_captured: the payments that may still bring money, by id, with the instant of their
            creation.
        earlier: how many movements belong to days before the ledger's first batch, and were left
            to whatever posted them then.
        read: how many rows were read.
        notes: what the records could not tell, in sentences.
    """

    batch: Batch
    repeated: bool = False
    not_captured: tuple[tuple[str, datetime], ...] = ()
    earlier: int = 0
    read: int = 0
    notes: tuple[str, ...] = field(default=())


def window(day: date, plan: Plan) -> Window:
    """Return the days whose records the batch of a day needs.

    Args:
        day: the day.
        plan: how the ledger is made.
    """
    return Window(day - timedelta(days=plan.look_back), day)


def due(day: date, *, book: PostingBook, plan: Plan, now: datetime) -> Batch | None:
    """Say whether the batch of a day is there, or may be made now.

    Args:
        day: the day, in Europe/London.
        book: what has been posted.
        plan: how the ledger is made.
        now: the instant that it is, aware.

    Returns:
        The batch that was made, or None where it is due.

    Raises:
        DayError: the day is not over, or the batch of an earlier day is missing.
    """
    return _made(day, made=book.batches(plan.ledger), now=now)


def _made(day: date, *, made: tuple[Batch, ...], now: datetime) -> Batch | None:
    known = next((batch for batch in made if batch.day == day), None)
    if known is None:
        _check_day(day, made=made, now=now)
    return known


def reconcile(
    day: date,
    *,
    recording: Recording,
    book: PostingBook,
    plan: Plan,
    now: datetime,
    told: Callable[[int], None] | None = None,
) -> Outcome:
    """Make the batch of a day, or return the one that was made.

    Args:
        day: the day, in Europe/London; it must be over.
        recording: GOV.UK Pay's records of `window(day, plan)`, from `download`.
        book: what has been posted.
        plan: how the ledger is made.
        now: the instant that it is, aware.
        told: called with the number of rows read so far, for a progress bar.

    Returns:
        The batch, and what finance should know beside it.

    Raises:
        DayError: the day is not over, the batch of an earlier day is missing, or the recording
            holds no list of payments.
        BalanceError: the batch differs from the independent sum. Nothing was posted.
        ResponseShapeError: a page cannot be read. Nothing was posted.
    """
    known = due(day, book=book, plan=plan, now=now)
    if known is not None:
        return Outcome(known, repeated=True)
    _check_recording(recording)
    with book.new_batch(plan.ledger, day=day) as batch:
        # Looked at again: while this waited for its turn, another process may have made the day.
        earlier = batch.earlier()
        known = _made(day, made=earlier, now=now)
        if known is not None:
            return Outcome(known, repeated=True)
        first = max(earlier[0].day if earlier else day, window(day, plan).first)
        run = _Run(batch, recording=recording, plan=plan, first=first, told=told)
        run.read()
        _balance(batch, recording=recording, plan=plan, first=first)
        sealed = batch.seal()
    return Outcome(
        sealed,
        not_captured=tuple(sorted(run.waiting.items(), key=lambda one: one[1])),
        earlier=len(run.earlier),
        read=run.rows,
        notes=tuple(dict.fromkeys(run.notes)),
    )


def _check_day(day: date, *, made: tuple[Batch, ...], now: datetime) -> None:
    if day >= london_day(now):
        raise DayError(
            f"{day.isoformat()} is not over in Europe/London. Run it tomorrow: money can still "
            "come."
        )
    if not made:
        return
    due = made[-1].day + timedelta(days=1)
    if day < due:
        raise DayError(
            f"{day.isoformat()} is before the last batch ({made[-1].day.isoformat()}) and has "
            "none of its own. What belongs to it is in a later batch, as an adjustment."
        )
    if day > due:
        raise DayError(
            f"The batch of {due.isoformat()} is missing. Make the days in order: run "
            f"{due.isoformat()} first."
        )


def _check_recording(recording: Recording) -> None:
    # GOV.UK Pay answers at least one page, if an empty one. None at all is a slip, not a quiet day.
    if not any(kind is Pages.PAYMENTS for _, kind, _ in recording):
        raise DayError(
            "The recording holds no list of payments, so nothing was posted. Call download with "
            "the window of the day first."
        )


def _balance(batch: NewBatch, *, recording: Recording, plan: Plan, first: date) -> None:
    readable = False
    with Expected(basis=plan.basis.value) as expected:
        try:
            expected.read((account, kind.value, raw) for account, kind, raw in recording)
            readable = True
        except (ValueError, LookupError, TypeError, AttributeError):
            pass  # raised below: the error of the parser holds the page
        if not readable:
            raise ResponseShapeError(
                "A recorded page cannot be read a second time, so nothing was posted. Download "
                "the day again, and let nothing change the folder while it is read."
            )
        differences = expected.differences(
            batch.sums(since=first), first=first.isoformat(), last=batch.day.isoformat()
        )
    if differences:
        raise BalanceError(differences)


class _Run:
    """Reads the rows of a run, and posts a few hundred movements at a time.

    Payments are posted as they are read. What went back is posted after them, in the order in
    which it went back: the lists are newest first, and a refund may depend on the one before.
    """

    def __init__(
        self,
        batch: NewBatch,
        *,
        recording: Recording,
        plan: Plan,
        first: date,
        told: Callable[[int], None] | None,
    ) -> None:
        self._batch = batch
        self._recording = recording
        self._plan = plan
        self._first = first
        self._told = told
        self._returned = {payment_id for _, payment_id in recording.returned()}
        self._behind: dict[str, tuple[tuple[Coded, ...], Origin]] = {}
        self._returns: dict[str, Happening] = {}
        self.waiting: dict[str, datetime] = {}
        self.earlier: set[str] = set()
        self.notes: list[str] = []
        self.rows = 0

    def read(self) -> None:
        """Read every row, and post what is to be posted."""
        for account, payment in self._recording.singles():
            self._keep_behind(payment, account=account)
        some: list[tuple[str, Payment]] = []
        for account, record in self._recording.records():
            if isinstance(record, Payment):
                some.append((account, record))
                if len(some) == _AT_ONCE:
                    self._post_payments(some)
                    some = []
            else:
                self._keep_return(account, record)
        self._post_payments(some)
        self._post_returns()

    # ------------------------------------------------------------------ payments

    def _post_payments(self, rows: list[tuple[str, Payment]]) -> None:
        moved = [each for row in rows for each in self._payment_moves(*row)]
        known = self._known([one for one, _ in moved])
        lines: list[Posting] = []
        for one, payment in moved:
            if one.undone and self._stands(one, known):
                self._batch.add(lines)  # so that its own lines are found
                lines = list(self._taken_back(one))
                known.add(f"{one.key}:reversed")
            elif not one.undone and one.key not in known:
                lines += self._payment_lines(one, payment)
                known.add(one.key)
        self._batch.add(lines)
        for account, payment in rows:
            posted = f"{Kind.PAYMENT}:{payment.payment_id}" in known
            if payment.payment_id in self._returned and not posted:
                self._keep_behind(payment, account=account)
        self._count(len(rows))

    def _payment_moves(self, account: str, payment: Payment) -> Iterator[tuple[Happening, Payment]]:
        self.waiting.pop(payment.payment_id, None)
        if waits_for_capture(payment):
            self.waiting[payment.payment_id] = payment.created_date
        for one in of_payment(payment, account=account, basis=self._plan.basis):
            if self._is_ours(one):
                yield one, payment

    def _payment_lines(self, one: Happening, payment: Payment) -> Iterator[Posting]:
        coding = self._plan.coding
        if one.kind is Kind.FEE:
            coded: tuple[Coded, ...] = (coding.fee(one.amount),)
        else:
            coded = code_payment(payment, account=one.account, coding=coding)
        return self._lines(one, coded, _origin(payment))

    # ------------------------------------------------------------------ what went back

    def _keep_return(self, account: str, record: Refund | Dispute) -> None:
        if isinstance(record, Refund):
            refund = of_refund(record, account=account)
            found = () if refund is None else (refund,)
        else:
            found = tuple(of_dispute(record, account=account))
            if not found and record.status == DisputeStatus.LOST:
                self.notes.append(
                    "A lost dispute has no settled day, so it is not posted: only Stripe tells it."
                )
        for one in found:
            self._returns[one.key] = one  # of a row that comes twice, the later one counts
        self._count(1)

    def _post_returns(self) -> None:
        ours = sorted(
            (one for one in self._returns.values() if self._is_ours(one)),
            key=lambda one: (one.day, one.at, one.key),
        )
        for at in range(0, len(ours), _AT_ONCE):
            some = ours[at : at + _AT_ONCE]
            known = self._known(some)
            standing = self._batch.standing(one.payment_id for one in some)
            recorded = self._batch.recorded_lines(one.id for one in some)
            lines: list[Posting] = []
            for one in some:
                held = standing.get(one.payment_id, ())
                if one.undone:
                    back = reverse([each for each in held if each.key == one.key])
                    lines += back if self._stands(one, known) else ()
                    held = tuple(each for each in held if each.key != one.key)
                elif one.key not in known:
                    made = tuple(self._return_lines(one, held, recorded.get(one.id, ())))
                    lines += made
                    held += made
                standing[one.payment_id] = held
            self._batch.add(lines)

    def _return_lines(
        self, one: Happening, held: Sequence[Posting], recorded: Sequence[Line]
    ) -> Iterator[Posting]:
        coding = self._plan.coding
        paid = [each for each in held if each.kind is Kind.PAYMENT]
        if paid:
            lines, origin = coded_again(paid), paid[0].origin
        else:
            lines, origin = self._behind.get(one.payment_id, ((), Origin("")))
        if one.kind is Kind.DISPUTE_FEE:
            return self._lines(one, (coding.fee(one.amount),), origin)
        if not lines:
            self.notes.append(
                "A refund or dispute belongs to a payment that could not be read. It is in "
                "suspense."
            )
            reason = f"{one.kind} of a payment that cannot be read"
            return self._lines(one, (coding.suspense(one.amount, reason),), origin)
        coded = code_refund(
            -one.amount,
            paid=lines,
            returned=coded_again([each for each in held if each.kind in _RETURNS]),
            recorded=recorded,
            coding=coding,
            what=one.kind.value,
        )
        return self._lines(one, coded, origin)

    # ------------------------------------------------------------------ both

    def _is_ours(self, one: Happening) -> bool:
        """Say whether a movement belongs to the days of this ledger and of this run."""
        if one.day < self._first and not one.undone:
            self.earlier.add(one.key)
        return self._first <= one.day <= self._batch.day

    def _known(self, moved: Sequence[Happening]) -> set[str]:
        names = [one.key for one in moved]
        return self._batch.known(names + [f"{one.key}:reversed" for one in moved if one.undone])

    @staticmethod
    def _stands(one: Happening, known: set[str]) -> bool:
        return one.key in known and f"{one.key}:reversed" not in known

    def _taken_back(self, one: Happening) -> Iterator[Posting]:
        standing = self._batch.standing([one.payment_id])
        held = standing.get(one.payment_id, ())
        return reverse([each for each in held if each.key == one.key])

    def _lines(self, one: Happening, coded: tuple[Coded, ...], origin: Origin) -> Iterator[Posting]:
        late = one.day < self._batch.day
        return post(
            one,
            coded,
            origin=origin,
            funds=self._plan.coding.funds,
            adjustment=Adjustment.LATE if late else Adjustment.NONE,
        )

    def _keep_behind(self, payment: Payment, *, account: str) -> None:
        """Keep what a payment that is not posted was for, since something of it went back."""
        lines = code_payment(payment, account=account, coding=self._plan.coding)
        self._behind[payment.payment_id] = (lines, _origin(payment))

    def _count(self, rows: int) -> None:
        self.rows += rows
        if self._told is not None:
            self._told(self.rows)


def _origin(payment: Payment) -> Origin:
    mode = payment.authorisation_mode or "web"
    return Origin(
        reference=payment.reference,
        provider=payment.payment_provider,
        provider_id=payment.provider_id or "",
        method="moto" if payment.moto else mode,
    )
