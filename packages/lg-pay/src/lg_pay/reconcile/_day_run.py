# SPDX-License-Identifier: MIT
"""Read the rows of one run, and post what is to be posted, a few hundred movements at a time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from lg_pay.basket import Line
from lg_pay.dispute import Dispute, DisputeStatus
from lg_pay.reconcile._listed import AnyPayment, ListedPayment
from lg_pay.reconcile._new_batch import NewBatch, standing_of
from lg_pay.reconcile.coding import Coded, code_payment, code_refund
from lg_pay.reconcile.happenings import (
    Happening,
    Kind,
    of_dispute,
    of_payment,
    of_refund,
    waits_for_capture,
)
from lg_pay.reconcile.pages import Pages, Recording, read_listed
from lg_pay.reconcile.postings import (
    CHANGED,
    REVERSED,
    Adjustment,
    Origin,
    Posting,
    coded_again,
    fee_change,
    post,
    reverse,
)
from lg_pay.refund import Refund

if TYPE_CHECKING:
    from lg_pay.reconcile.run import Plan

__all__ = ["DayRun"]

_AT_ONCE: Final = 160
"""How many rows are worked on together: their names, three a payment, are one statement."""
_RETURNS: Final = (Kind.REFUND, Kind.DISPUTE)
_DISPUTES: Final = (Kind.DISPUTE, Kind.DISPUTE_FEE)
_FEES: Final = (Kind.FEE, Kind.DISPUTE_FEE)


class DayRun:
    """Reads the rows of a run, and posts a few hundred movements at a time.

    Payments are posted as they are read. What went back is posted after them, in the order in
    which it went back: the lists are newest first, and a refund may depend on the one before.
    """

    def __init__(
        self,
        batch: NewBatch,
        *,
        recording: Recording,
        plan: "Plan",
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
        for account, kind, raw in self._recording:
            if kind is Pages.PAYMENT:
                continue
            rows = read_listed(raw, kind)
            for at in range(0, len(rows), _AT_ONCE):
                some = rows[at : at + _AT_ONCE]
                self._post_payments(
                    account, [row for row in some if isinstance(row, ListedPayment)]
                )
                for row in some:
                    if not isinstance(row, ListedPayment):
                        self._keep_return(account, row)
                self._count(len(some))
        self._post_returns()

    # ------------------------------------------------------------------ payments

    def _post_payments(self, account: str, rows: list[ListedPayment]) -> None:
        moved = [each for row in rows for each in self._payment_moves(account, row)]
        held = self._held([one for one, _ in moved])
        lines: list[Posting] = []
        last, origin = None, Origin("")
        for one, payment in moved:
            key = one.key
            if one.undone or key in held:
                if self._is_adjusted(one, held):
                    self._batch.add(lines)  # so that its own lines are found
                    standing = self._batch.standing([one.payment_id]).get(one.payment_id, ())
                    lines = self._adjustments(one, standing)
                    _note(lines, held)
            elif one.amount or one.kind is not Kind.FEE:
                if payment is not last:  # a payment and its fee follow each other
                    last, origin = payment, _origin(payment)
                lines += self._payment_lines(one, payment, origin)
                held[key] = int(one.amount)
        self._batch.add(lines)
        for payment in rows:
            payment_id = payment.payment_id
            if payment_id in self._returned and f"{Kind.PAYMENT}:{payment_id}" not in held:
                self._keep_behind(payment, account=account)

    def _payment_moves(
        self, account: str, payment: AnyPayment
    ) -> Iterator[tuple[Happening, AnyPayment]]:
        self.waiting.pop(payment.payment_id, None)
        if waits_for_capture(payment):
            self.waiting[payment.payment_id] = payment.created_date
        for one in of_payment(payment, account=account, basis=self._plan.basis):
            if self._is_ours(one):
                yield one, payment

    def _payment_lines(
        self, one: Happening, payment: AnyPayment, origin: Origin
    ) -> Iterator[Posting]:
        coding = self._plan.coding
        if one.kind is Kind.FEE:
            coded: tuple[Coded, ...] = (coding.fee(one.amount),)
        else:
            coded = code_payment(payment, account=one.account, coding=coding)
        return self._lines(one, coded, origin)

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

    def _post_returns(self) -> None:
        ours = sorted(
            (one for one in self._returns.values() if self._is_ours(one)),
            key=lambda one: (one.day, one.at, one.key),
        )
        for at in range(0, len(ours), _AT_ONCE):
            some = ours[at : at + _AT_ONCE]
            held = self._held(some)
            some = [one for one in some if one.key not in held or self._is_adjusted(one, held)]
            standing = self._batch.standing(one.payment_id for one in some)
            recorded = self._batch.recorded_lines(
                one.id for one in some if one.kind is Kind.REFUND and one.key not in held
            )
            lines: list[Posting] = []
            for one in some:
                paid = standing.get(one.payment_id, ())
                if one.key in held:
                    made = self._adjustments(one, paid)
                elif one.undone or not one.amount:
                    continue
                else:
                    made = list(self._return_lines(one, paid, recorded.get(one.id, ())))
                lines += made
                standing[one.payment_id] = standing_of((*paid, *made))
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
        """Say whether a movement belongs to the days of this ledger and of this run.

        A dispute can be won months after it was lost: whatever its day, it is looked for.
        """
        if one.undone and one.kind in _DISPUTES:
            return one.day <= self._batch.day
        if one.day < self._first and not one.undone:
            self.earlier.add(one.key)
        return self._first <= one.day <= self._batch.day

    def _held(self, moved: Sequence[Happening]) -> dict[str, int]:
        """Return the pence that the ledger holds of movements, what adjusted them beside them."""
        names: list[str] = []
        for one in moved:
            key = one.key
            names.append(key)
            if one.undone:
                names.append(f"{key}{REVERSED}")
            elif one.kind in _FEES:
                names.append(f"{key}{CHANGED}")
        return self._batch.posted(names)

    @staticmethod
    def _is_adjusted(one: Happening, held: Mapping[str, int]) -> bool:
        """Say whether what is told now differs from what the ledger holds."""
        if one.key not in held:
            return False
        if one.undone:
            return f"{one.key}{REVERSED}" not in held
        posted = held[one.key] + held.get(f"{one.key}{CHANGED}", 0)
        return one.kind in _FEES and posted != one.amount

    @staticmethod
    def _adjustments(one: Happening, standing: Sequence[Posting]) -> list[Posting]:
        """Make the lines that bring what the ledger holds to what is told now."""
        posted = [each for each in standing if each.key.removesuffix(CHANGED) == one.key]
        if one.undone:
            won = one.kind in _DISPUTES
            why = Adjustment.DISPUTE_WON if won else Adjustment.REVERSAL
            return list(reverse(posted, adjustment=why))
        change = fee_change(posted, told=one.amount) if posted else None
        return [] if change is None else [change]

    def _lines(self, one: Happening, coded: tuple[Coded, ...], origin: Origin) -> Iterator[Posting]:
        late = one.day < self._batch.day
        return post(
            one,
            coded,
            origin=origin,
            funds=self._plan.coding.funds,
            adjustment=Adjustment.LATE if late else Adjustment.NONE,
        )

    def _keep_behind(self, payment: AnyPayment, *, account: str) -> None:
        """Keep what a payment that is not posted was for, since something of it went back."""
        lines = code_payment(payment, account=account, coding=self._plan.coding)
        self._behind[payment.payment_id] = (lines, _origin(payment))

    def _count(self, rows: int) -> None:
        self.rows += rows
        if self._told is not None:
            self._told(self.rows)


def _note(lines: Sequence[Posting], held: dict[str, int]) -> None:
    for one in lines:
        held[one.key] = held.get(one.key, 0) + int(one.gross)


def _origin(payment: AnyPayment) -> Origin:
    mode = payment.authorisation_mode or "web"
    return Origin(
        reference=payment.reference,
        provider=payment.payment_provider,
        provider_id=payment.provider_id or "",
        method="moto" if payment.moto else mode,
    )
