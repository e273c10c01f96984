# SPDX-License-Identifier: MIT
"""The payment book: the dance between its steps, which are written down, and GOV.UK Pay."""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from lg_core.errors import ApiError, ConfigError, InvalidValueError, RequestNotSentError
from lg_core.store import HostConnection, Store
from lg_pay._async.client import AsyncPayClient
from lg_pay.book._entries import Begun, BookedPayment, Change
from lg_pay.book._steps import Key, Steps, Way
from lg_pay.book._threads import asleep, astep
from lg_pay.book.errors import PaymentBeingOpenedError
from lg_pay.errors import CannotCancelError
from lg_pay.new_payment import NewPayment
from lg_pay.payment import Payment

__all__ = ["AsyncPaymentBook"]

_UPGRADE = "lg-pay store upgrade"
_POLL = timedelta(milliseconds=100)
_NOTHING_MADE = (RequestNotSentError, ApiError, ConfigError, InvalidValueError)


class AsyncPaymentBook:
    """Keeps one open payment for each service, case, reference and amount, and what became of it.

        begun = await book.begin(pay, new, service="garden-waste", case=order.id)
        # send the payer to begun.next_url

    A double click, two tabs, a lost answer and two servers at once lead to one payment. Build it
    when your program starts and keep it; threads, tasks and forked processes may share it, and
    several machines may share one PostgreSQL database. It keeps no name, no e-mail address and
    nothing of a card.

    Args:
        store: where it is kept: a `Store`, or the path or address of one.
        now: tells the time, in UTC; the store's clock where it is None.
        keep: how long what has ended is kept, unless `purge()` is told otherwise.
        patience: how long `begin()` waits for another request that is opening the same payment.

    Raises:
        ConfigError: the store cannot be used; the text says why and what to do.
    """

    def __init__(
        self,
        store: Store | str | os.PathLike[str],
        *,
        now: Callable[[], datetime] | None = None,
        keep: timedelta = timedelta(days=730),
        patience: timedelta = timedelta(seconds=5),
    ) -> None:
        self._own = not isinstance(store, Store)
        kept = store if isinstance(store, Store) else Store(store, upgrade_command=_UPGRADE)
        self._steps = Steps(kept, now=now or kept.now, keep=keep)
        self._polls = patience // _POLL

    @property
    def store(self) -> Store:
        """Where the book is kept; `store.begin()` opens a transaction to join."""
        return self._steps.store

    async def begin(
        self,
        pay: AsyncPayClient,
        new: NewPayment,
        *,
        service: str,
        case: str,
        timeout: float | None = None,
    ) -> Begun:
        """Open a payment, or go on with the one that is open.

        The intent is committed before GOV.UK Pay is asked, so this cannot be part of a
        transaction of yours. An open payment is read again, and its fresh address returned. One
        that ended unpaid makes room for another attempt; the old one stays in the book. Another
        amount or reference is another payment: cancel the old one first.

        Args:
            pay: the client of the account that the payment belongs to.
            new: the payment to ask for; with the mode `web`.
            service: which of your services, at most 255 characters.
            case: your own id of what is paid for, at most 255 characters; nothing personal.
            timeout: seconds that each call of GOV.UK Pay may take.

        Returns:
            The attempt, with an address to send the payer to, or None where it is paid already or
            waits for something else. `changes` has the news that came to light here. Where this
            raises instead, mop-up tells that news.

        Raises:
            PaymentBeingOpenedError: another request is at it. Let the payer try again.
            OutcomeUnknownError: no answer came. The attempt is closed as lost: nobody holds its
                address, so nobody can pay it. Calling again makes another one.
            RequestNotSentError: nothing was sent, and nothing is kept.
            PayError: GOV.UK Pay refused, and nothing is kept.
            InvalidValueError: a name is empty or too long, or the mode is not `web`.
        """
        key = Key.of(new, service=service, case=case)
        changes: tuple[Change, ...] = ()
        polls = self._polls
        while True:
            claim = await astep(self._steps.claim, key)
            if claim.way is Way.PAID:
                return Begun(claim.entry, None, changes)
            if claim.way is Way.MINE:
                opened, payment = await self._open(pay, new, claim.entry, timeout=timeout)
                if opened is not None:
                    return Begun(opened, _address(opened, payment), changes)
                # Another took this attempt for lost and opened its own payment: the address of
                # ours goes to nobody, and it expires by itself.
            elif claim.way is Way.RESUME:
                payment, change = await self._read(pay, claim.entry, timeout=timeout)
                if change.news is not None:
                    changes = (*changes, change)
                if change.after is not None and not change.after.ended_unpaid:
                    return Begun(change.after, _address(change.after, payment), changes)
            elif polls:
                polls -= 1
                await asleep(_POLL.total_seconds())
            else:
                raise PaymentBeingOpenedError

    async def _open(
        self, pay: AsyncPayClient, new: NewPayment, entry: BookedPayment, *, timeout: float | None
    ) -> tuple[BookedPayment | None, Payment]:
        try:
            payment = await pay.create_payment(new, timeout=timeout)
        except _NOTHING_MADE:
            await astep(self._steps.release, entry)
            raise
        except BaseException:
            # Also where the caller is stopped: the request may have left.
            await astep(self._steps.lose, entry)
            raise
        return await astep(self._steps.opened, entry, payment), payment

    async def _read(
        self, pay: AsyncPayClient, entry: BookedPayment, *, timeout: float | None
    ) -> tuple[Payment, Change]:
        payment = await pay.get_payment(entry.payment_id or "", timeout=timeout)
        return payment, await astep(self._steps.note, payment)

    async def refresh(
        self, pay: AsyncPayClient, payment_id: str, *, timeout: float | None = None
    ) -> Change:
        """Ask GOV.UK Pay what became of a payment, and note it.

        Args:
            pay: the client of the account that the payment belongs to.
            payment_id: GOV.UK Pay's name for it.
            timeout: seconds that the call may take.

        Returns:
            What changed. Its `news` is told to you first, and comes back until somebody has acted.

        Raises:
            PaymentNotFoundError: there is no such payment for this client's key.
        """
        payment = await pay.get_payment(payment_id, timeout=timeout)
        return await astep(self._steps.note, payment)

    async def note(self, payment: Payment, *, connection: HostConnection | None = None) -> Change:
        """Note what GOV.UK Pay says of a payment: what you have read yourself, late or early.

        Args:
            payment: the payment, as GOV.UK Pay answered it.
            connection: a transaction of yours to join, so that the news and what you make of it
                are kept together or not at all.

        Returns:
            What changed. Its `news` is told to you first, and comes back until somebody has acted.
            `before` and `after` are None where the book does not hold the payment.

        Raises:
            PaymentMismatchError: the payment's amount or reference is not the one in the book.
        """
        return await astep(self._steps.note, payment, connection=connection)

    async def cancel(
        self, pay: AsyncPayClient, payment_id: str, *, timeout: float | None = None
    ) -> Change:
        """Cancel a payment, and note what became of it: it may have gone too far.

        Args:
            pay: the client of the account that the payment belongs to.
            payment_id: GOV.UK Pay's name for it.
            timeout: seconds that each call may take.

        Returns:
            What changed. `after` says whether it was cancelled: it may have been paid meanwhile.

        Raises:
            PaymentNotFoundError: there is no such payment for this client's key.
            OutcomeUnknownError: no answer came: `refresh()` says whether it was cancelled.
        """
        with suppress(CannotCancelError):  # it has gone too far: the next line says how far
            await pay.cancel_payment(payment_id, timeout=timeout)
        return await self.refresh(pay, payment_id, timeout=timeout)

    async def submitted(self, payment_id: str, *, connection: HostConnection | None = None) -> bool:
        """Note that you have acted on a payment: the order is placed, the case is filed.

        Until you do, mop-up reports the payment as money that was taken for nothing.

        Args:
            payment_id: GOV.UK Pay's name for it.
            connection: a transaction of yours to join.

        Returns:
            False where somebody said so before you, or the money was lost meanwhile: roll back.

        Raises:
            NotInBookError: the book does not hold the payment.
        """
        return await astep(self._steps.acts.submitted, payment_id, connection=connection)

    async def undone(
        self, payment_id: str, *, partly: bool = False, connection: HostConnection | None = None
    ) -> bool:
        """Note that you have undone what was done for a payment that was reversed.

        Until you do, mop-up reports the payment. Where its `submitted_at` is None, there is nothing
        to undo but to say so. Where the money came after all meanwhile, it is in `unsubmitted()`.

        Args:
            payment_id: GOV.UK Pay's name for it.
            partly: whether a person must still undo the rest. Money that comes after all is acted
                on anew then, and mop-up reports the payment until this is called without.
            connection: a transaction of yours to join.

        Returns:
            False where somebody said so before you, or it was never reversed: undo nothing.

        Raises:
            NotInBookError: the book does not hold the payment.
        """
        acts = self._steps.acts
        return await astep(acts.undone, payment_id, partly=partly, connection=connection)

    async def heard(self, payment_id: str, *, connection: HostConnection | None = None) -> bool:
        """Note that you have acted on the end of a payment that brought no money.

        Until you do, mop-up tells it again, to a `tell` that takes it.

        Args:
            payment_id: GOV.UK Pay's name for it.
            connection: a transaction of yours to join.

        Returns:
            False where somebody said so before you, or there is no such end.

        Raises:
            NotInBookError: the book does not hold the payment.
        """
        return await astep(self._steps.acts.heard, payment_id, connection=connection)

    async def give_up(
        self, payment_id: str, *, reason: str, connection: HostConnection | None = None
    ) -> Change:
        """Give up an open payment that GOV.UK Pay can no longer be asked about.

        Its account was closed, or its key is gone. Look first, in the admin tool, whether it was
        paid: another attempt may be begun after this. Where money shows after all, it is told as
        `PAID` with the code `late_success`.

        Args:
            payment_id: GOV.UK Pay's name for it.
            reason: why, as a short code such as `account_closed`; it is kept and printed.
            connection: a transaction of yours to join.

        Returns:
            What changed: the news is `ENDED_UNPAID`.

        Raises:
            CannotGiveUpError: it is paid, or has ended otherwise.
            NotInBookError: the book does not hold the payment.
            InvalidValueError: the reason is no code.
        """
        acts = self._steps.acts
        return await astep(acts.give_up, payment_id, reason=reason, connection=connection)

    async def find(self, payment_id: str) -> BookedPayment | None:
        """Return the entry of a payment, or None.

        Args:
            payment_id: GOV.UK Pay's name for it.
        """
        return await astep(self._steps.find, payment_id)

    async def entries(
        self,
        *,
        service: str | None = None,
        case: str | None = None,
        reference: str | None = None,
    ) -> tuple[BookedPayment, ...]:
        """Return the attempts that match all that is given, oldest first.

        Args:
            service: one of your services.
            case: your own id of what is paid for.
            reference: the payment's reference.
        """
        return await astep(self._steps.entries, service=service, case=case, reference=reference)

    async def unfinished(
        self, *, older_than: timedelta = timedelta(), limit: int = 1000
    ) -> tuple[BookedPayment, ...]:
        """Return the payments that have not ended, oldest first.

        Args:
            older_than: how long ago at the least they were asked for.
            limit: how many at the most.
        """
        return await astep(self._steps.unfinished, older_than=older_than, limit=limit)

    async def unsubmitted(
        self, *, older_than: timedelta = timedelta()
    ) -> tuple[BookedPayment, ...]:
        """Return the payments that are paid and that nothing has acted on, oldest first.

        Args:
            older_than: how long ago at the least the book learnt that they were paid.
        """
        return await astep(self._steps.unsubmitted, older_than=older_than)

    async def not_undone(self, *, older_than: timedelta = timedelta()) -> tuple[BookedPayment, ...]:
        """Return the payments that were reversed and that nobody has undone, oldest first.

        Args:
            older_than: how long ago at the least the book learnt that they were reversed.
        """
        return await astep(self._steps.not_undone, older_than=older_than)

    async def unheard(
        self, *, older_than: timedelta = timedelta(), limit: int = 1000
    ) -> tuple[BookedPayment, ...]:
        """Return the payments whose end without money nobody has acted on, longest first.

        Args:
            older_than: how long ago at the least the book learnt of the end.
            limit: how many at the most.
        """
        return await astep(self._steps.unheard, older_than=older_than, limit=limit)

    async def erase(self, *, reference: str, connection: HostConnection | None = None) -> int:
        """Remove every attempt of a reference, as when a person asks to be forgotten.

        Args:
            reference: the payment's reference.
            connection: a transaction of yours to join.

        Returns:
            How many attempts were removed.

        Raises:
            MoneyAtStakeError: one is open, paid and not acted on, or reversed and not undone.
                Nothing was removed.
        """
        return await astep(self._steps.erase, reference=reference, connection=connection)

    async def purge(
        self, *, before: datetime | None = None, connection: HostConnection | None = None
    ) -> int:
        """Remove what has ended, and was acted on where it was paid or reversed.

        Args:
            before: only what last changed before this instant; `keep` ago where it is None.
            connection: a transaction of yours to join.

        Returns:
            How many attempts were removed.
        """
        return await astep(self._steps.purge, before=before, connection=connection)

    async def aclose(self) -> None:
        """Close the store, if it was made here; one that was given is its owner's to close."""
        if self._own:
            await astep(self._steps.store.close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()


def _address(entry: BookedPayment, payment: Payment) -> str | None:
    """Say where the payer goes on: nowhere, where the book knows that it has ended."""
    return None if entry.ended else payment.next_url
