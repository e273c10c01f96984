# SPDX-License-Identifier: MIT
"""Read the rows of one run, and post what is to be posted, a few hundred movements at a time."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from lg_pay.basket import Line
from lg_pay.dispute import Dispute, DisputeStatus
from lg_pay.payment import Payment
from lg_pay.reconcile.coding import Coded, code_payment, code_refund
from lg_pay.reconcile.happenings import (
    Happening,
    Kind,
    of_dispute,
    of_payment,
    of_refund,
    waits_for_capture,
)
from lg_pay.reconcile.pages import Recording
from lg_pay.reconcile.posting_book import NewBatch
from lg_pay.reconcile.postings import Adjustment, Origin, Posting, coded_again, post, reverse
from lg_pay.refund import Refund

if TYPE_CHECKING:
    from lg_pay.reconcile.run import Plan

__all__ = ["DayRun"]

_AT_ONCE: Final = 500
_RETURNS: Final = (Kind.REFUND, Kind.DISPUTE)


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
