# SPDX-License-Identifier: MIT
"""Make the batch of a day: read, code, post, check against an independent sum, seal. Or nothing.

A run looks back over the days before as well, so that what became known late is posted in the
next batch, by name: a late capture, a refund that the provider refused, a payment whose capture
failed after it was posted, a fee that has changed, a lost dispute that was won after all.

The lines are made apart from the ledger, and written to it at the end in one short transaction.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from lg_core.days import london_day
from lg_core.errors import ConfigError, LgError, ResponseShapeError
from lg_core.money import Pence, format_pounds
from lg_pay.reconcile._day_run import DayRun
from lg_pay.reconcile.batches import Batch
from lg_pay.reconcile.check import Expected
from lg_pay.reconcile.coding import Coding
from lg_pay.reconcile.happenings import DayBasis
from lg_pay.reconcile.pages import Pages, Recording, Window
from lg_pay.reconcile.posting_book import BatchOvertakenError, NewBatch, PostingBook

__all__ = ["BalanceError", "DayError", "Outcome", "Plan", "due", "reconcile", "window"]

_SHOWN: Final = 20
_TRIES: Final = 3


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
            holds no list of payments, or the records of other days.
        UnfinishedPagesError: the recording is not whole. Nothing was posted.
        BalanceError: the batch differs from the independent sum. Nothing was posted.
        ResponseShapeError: a page cannot be read. Nothing was posted.
        BatchOvertakenError: others kept changing the ledger meanwhile. Nothing was posted.
    """
    for _ in range(_TRIES):
        known = due(day, book=book, plan=plan, now=now)
        if known is not None:
            return Outcome(known, repeated=True)
        _check_recording(recording, day=day)
        try:
            return _new(day, recording=recording, book=book, plan=plan, now=now, told=told)
        except BatchOvertakenError:
            continue  # another process posted, or erased a reference: look again
    raise BatchOvertakenError


def _new(
    day: date,
    *,
    recording: Recording,
    book: PostingBook,
    plan: Plan,
    now: datetime,
    told: Callable[[int], None] | None,
) -> Outcome:
    with book.new_batch(plan.ledger, day=day) as batch:
        # Looked at again: since `due` looked, another process may have made the day.
        earlier = batch.earlier()
        known = _made(day, made=earlier, now=now)
        if known is not None:
            return Outcome(known, repeated=True)
        first = max(earlier[0].day if earlier else day, window(day, plan).first)
        run = DayRun(batch, recording=recording, plan=plan, first=first, told=told)
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


def _check_recording(recording: Recording, *, day: date) -> None:
    # GOV.UK Pay answers at least one page, if an empty one. None at all is a slip, not a quiet day.
    if not any(kind is Pages.PAYMENTS for _, kind, _ in recording):
        raise DayError(
            "The recording holds no list of payments, so nothing was posted. Call download with "
            "the window of the day first."
        )
    days = recording.whole()
    if days is not None and not days.first <= day <= days.last:
        raise DayError(
            f"The recording holds the records from {days.first.isoformat()} to "
            f"{days.last.isoformat()}, and not those of {day.isoformat()}, so nothing was posted. "
            "Call download with the window of the day."
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
            batch.sums(since=first, also=expected.given_back()),
            first=first.isoformat(),
            last=batch.day.isoformat(),
        )
    if differences:
        batch.look_again()  # what another process posted meanwhile is no difference of ours
        raise BalanceError(differences)
