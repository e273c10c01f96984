# SPDX-License-Identifier: MIT
"""Look after the payments whose payers did not come back: ask GOV.UK Pay, and tell the news.

Run it every few minutes. What the payer's return and the webhooks have told already costs nothing
here: only what has not ended is asked for, from 15 minutes after it was opened, at growing
distances, for as long as it takes. GOV.UK Pay asks services to do this for payments older than 3
hours (technical documentation, 'Check the status of a payment').
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from lg_core.errors import LgError
from lg_pay._sync.client import PayClient
from lg_pay.book import BookedPayment, Change, News, NotInBookError

if TYPE_CHECKING:
    from lg_pay._sync.book import PaymentBook

__all__ = ["Accounts", "MopUp", "NotAsked", "mop_up"]

_FROM = timedelta(minutes=15)


class Accounts(Protocol):
    """Finds the client of a service: `PayAccounts`, or something of yours."""

    def for_service(self, name: str, /) -> PayClient:
        """Return the client of a service's account.

        Args:
            name: the service, as `begin(service=...)` was told it.
        """
        ...


@dataclass(frozen=True, slots=True)
class NotAsked:
    """A payment of which GOV.UK Pay could not say what became.

    Attributes:
        entry: the payment, as the book has it.
        error: why; of `PaymentNotFoundError`, that its account's key does not see it.
    """

    entry: BookedPayment
    error: LgError


@dataclass(frozen=True, slots=True)
class MopUp:
    """What one run found.

    Attributes:
        looked: how many payments were asked for.
        paid: how many of them turned out to be paid.
        ended: how many turned out to have ended unpaid.
        captured: how many successes now show the day of their capture.
        reversed: how many successes turned out to have become errors: money that will not come.
        still_open: how many are still open.
        lost: how many attempts were closed whose asker never came back.
        not_asked: those that could not be asked for. They are asked for again later.
        unsubmitted: money taken, nothing submitted: paid, and nothing has acted on it.
        unclear: those that ended with a word that this version does not know.
        not_undone: paid, and the money could not be taken after all, and nobody has said that what
            was done for it is undone. They are here at every run until `book.undone()`.
    """

    looked: int
    paid: int
    ended: int
    captured: int
    reversed: int
    still_open: int
    lost: int
    not_asked: tuple[NotAsked, ...]
    unsubmitted: tuple[BookedPayment, ...]
    unclear: tuple[BookedPayment, ...]
    not_undone: tuple[BookedPayment, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether nobody needs to look at anything."""
        return not (self.not_undone or self.not_asked or self.unsubmitted or self.unclear)


def mop_up(
    book: "PaymentBook",
    pay: PayClient | Accounts,
    *,
    now: datetime | None = None,
    from_: timedelta = _FROM,
    tell: Callable[[Change], object] | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> MopUp:
    """Ask GOV.UK Pay about every payment that is due, and tell what is new.

    Each piece of news is committed to the book before `tell` is called. Where `tell` fails, or the
    process ends, none of it is lost: a payment that is paid stays among the unsubmitted ones, and
    one that is reversed among those not undone, which every run reports; an end without money is
    told again by the next runs, to `tell`, until one has taken it. Where `tell` fails, the others
    are still looked at, and the failures are raised together at the end.

    Args:
        book: the book.
        pay: the client of the one account, or what finds a client by the name of the service.
        now: the instant up to which payments are due; the book's present where it is None.
        from_: how old a payment must be before it is asked for at all.
        tell: told each change that holds news, such as that somebody has paid. An end without
            money counts as heard when it returns, unless it returns False. It may be told twice
            where somebody else learnt of it and has not said `book.heard()`.
        progress: told how many payments are done, and of how many.

    Returns:
        What was found.

    Raises:
        ExceptionGroup: `tell` failed, once or more; each failure is in it.
    """
    steps = book._steps  # noqa: SLF001 -- the book's own steps, in the book's own package
    present = now or steps.now()
    lost = steps.lose_stale()
    due = steps.due(asked_before=present - from_, until=present)
    run = _Run(book, pay, tell)
    unheard = book.unheard(older_than=from_) if tell is not None else ()
    for done, entry in enumerate(due, start=1):
        run.look(entry)
        if progress is not None:
            progress(done, len(due))
    for entry in unheard:
        run.tell(Change(entry, entry, News.ENDED_UNPAID))
    if run.failures:
        raise ExceptionGroup(
            "Telling the news of some payments failed. The book has the news: look at "
            "unsubmitted(), not_undone() and unheard().",
            run.failures,
        )
    return MopUp(
        looked=len(due) - len(run.not_asked),
        paid=run.news.count(News.PAID),
        ended=run.news.count(News.ENDED_UNPAID),
        captured=run.news.count(News.CAPTURED),
        reversed=run.news.count(News.REVERSED),
        still_open=run.still_open,
        lost=lost,
        not_asked=tuple(run.not_asked),
        unsubmitted=book.unsubmitted(older_than=from_),
        unclear=steps.unclear(),
        not_undone=book.not_undone(),
    )


class _Run:
    def __init__(
        self,
        book: "PaymentBook",
        pay: PayClient | Accounts,
        tell: Callable[[Change], object] | None,
    ) -> None:
        self._book = book
        self._pay = pay
        self._tell = tell
        self.news: list[News] = []
        self.still_open = 0
        self.not_asked: list[NotAsked] = []
        self.failures: list[Exception] = []

    def look(self, entry: BookedPayment) -> None:
        """Ask for one payment."""
        try:
            change = self._book.refresh(self._client(entry.service), entry.payment_id or "")
        except LgError as error:
            self.not_asked.append(NotAsked(entry, error))
            self._book._steps.postpone(entry)  # noqa: SLF001 -- as in mop_up()
            return
        self.still_open += change.after is not None and not change.after.ended
        if change.news is None:
            return
        self.news.append(change.news)
        self.tell(change)

    def tell(self, change: Change) -> None:
        """Tell a piece of news, and note that an end without money was heard."""
        if self._tell is None:
            return
        try:
            taken = self._tell(change)
        except Exception as failure:  # noqa: BLE001 -- raised at the end, with the others
            self.failures.append(failure)
            return
        if taken is not False and change.news is News.ENDED_UNPAID and change.after is not None:
            with suppress(NotInBookError):  # who was told may have erased it
                self._book.heard(change.after.payment_id or "")

    def _client(self, service: str) -> PayClient:
        pay = self._pay
        return pay if isinstance(pay, PayClient) else pay.for_service(service)
